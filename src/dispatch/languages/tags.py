"""Tags of languages (BCP 47): what is one, and the shorter ones that it falls back to."""

from __future__ import annotations

from collections.abc import Iterator

# RFC 5646 §2.1 without extensions, private use and grandfathered tags: language, script, region, variants.
TAG = r"[A-Za-z]{2,3}(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|[0-9]{3}))?(?:-(?:[A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))*"

NOUNS_WITH_CAPITALS = frozenset({"de", "lb", "gsw", "nds"})
"""Languages in which every noun has a capital."""


def primary(tag: str) -> str:
    """The language without script, region and variant: `pt` of `pt-BR`."""
    return tag.replace("_", "-").partition("-")[0].lower()


def ranges(tag: str) -> Iterator[str]:
    """The tag and, part by part from its end, each shorter one, in small letters (RFC 4647 §3.4): `pt-br`, `pt`."""
    parts = tag.replace("_", "-").lower().split("-")
    for length in range(len(parts), 0, -1):
        yield "-".join(parts[:length])
