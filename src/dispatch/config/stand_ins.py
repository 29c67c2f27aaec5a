"""What stands in for `${…}` in settings that somebody else has written: nothing is looked up for a stranger."""

from __future__ import annotations

import re
from pathlib import Path

from dispatch.config.references import References
from dispatch.yaml_source import Path as YamlPath
from dispatch.yaml_source import YamlDocument

_KEPT = {"keys", "database", "providers", "segments", "checks"}
_TEXTS = {("newsletter", "name"), ("newsletter", "description"), ("newsletter", "postal_address")}
_ADDRESSES = {("from",), ("reply_to",), ("unsubscribe", "mailto")}
_URLS = {("newsletter", "url"), ("unsubscribe", "url")}
_LONGEST = 40  # characters: less than a label of a host may have


class NoReferences(References):
    """Looks up nothing: what is written stays."""

    def __init__(self) -> None:
        super().__init__({}, Path())

    def resolve(self, value: object, document: YamlDocument, path: YamlPath) -> object:
        """The value itself."""
        del document, path
        return value


def stood_in(settings: object, path: YamlPath = ()) -> object:
    """Settings that can be read though no reference is filled in.

    In texts it stays for all to see; in addresses and URLs a name of its words stands for it, in the domain `invalid`
    that nobody has (RFC 2606). Others are left out, so that their default applies.
    """
    if isinstance(settings, dict):
        return {
            key: stood_in(value, (*path, key))
            for key, value in settings.items()
            if not _is_left_out(value, (*path, key))
        }
    if not _has_reference(settings) or path[0] in _KEPT or path in _TEXTS:
        return settings
    word = re.sub(r"[^a-z0-9]+", "-", str(settings).lower()).strip("-")[:_LONGEST].strip("-") or "setting"
    return f"{word}@unfilled.invalid" if path in _ADDRESSES else f"https://{word}.unfilled.invalid/"


def _is_left_out(value: object, path: YamlPath) -> bool:
    return _has_reference(value) and path[0] not in _KEPT and path not in _TEXTS | _ADDRESSES | _URLS


def _has_reference(value: object) -> bool:
    return isinstance(value, str) and "${" in value
