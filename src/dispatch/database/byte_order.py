"""Text that every database compares and sorts byte by byte: in the same order everywhere, and fastest."""

from __future__ import annotations

import sqlalchemy
from sqlalchemy.ext.compiler import compiles


class Text(sqlalchemy.Text):
    """A column of it. SQLite sorts so anyway; PostgreSQL goes by a language, unless it is told."""


@compiles(Text, "postgresql")
def _with_collation(_type: Text, _compiler: object, **_options: object) -> str:
    # Not `Text(collation="C")`: SQLAlchemy would write that behind each parameter as well, where it is not always allowed.
    return 'TEXT COLLATE "C"'
