"""A newsletter folder, opened for everything: its issues are written and judged, and they are mailed."""

from __future__ import annotations

from dispatch.newsroom import Newsroom
from dispatch.records import Records


class Project(Newsroom, Records):
    """The newsroom and the records of a newsletter folder."""
