"""Tag lists as DKIM and DMARC records are written: `v=DKIM1; k=rsa; p=…` (RFC 6376 §3.2)."""

from __future__ import annotations


def read_tags(text: str) -> dict[str, str]:
    """Tags in lower case with their values, in order; raises ValueError with what is wrong.

    A tag that stands twice makes the whole list invalid.
    """
    tags: dict[str, str] = {}
    for part in filter(str.strip, text.split(";")):
        name, equals, value = part.partition("=")
        name = name.strip().lower()
        if not equals or not name:
            raise ValueError(f"“{part.strip()}” is not of the form tag=value")
        if name in tags:
            raise ValueError(f"the tag {name}= stands there twice")
        tags[name] = value.strip()
    return tags
