"""The house's terms as they lie in the newsletter's folder: terms.yaml, which need not be there."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from dispatch.content.terms import Terms, read_terms
from dispatch.errors import InvalidTerms
from dispatch.issue_files import read_bounded, refusal

NAME = "terms.yaml"

_KEPT = 4  # glossaries, read once for as long as their files stay the same


def house_terms(newsletter: Path) -> Terms:
    """The terms of a newsletter's folder, none where it has no terms.yaml; raises InvalidTerms."""
    path = newsletter / NAME
    if refused := refusal(path, newsletter):
        raise InvalidTerms.of((refused,))
    try:
        content = read_bounded(path)
    except FileNotFoundError:
        return Terms()
    except OSError as error:
        raise InvalidTerms(
            f"{os.path.relpath(path)} cannot be read: {error.strerror}",
            remedy="Make it readable for the user who runs dispatch.",
        ) from None
    return _read(content, os.path.relpath(path))


_read = lru_cache(_KEPT)(read_terms)
