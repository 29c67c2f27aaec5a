"""Which mail client lacks which feature, as caniemail has tested it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Feature:
    """A feature as caniemail has tested it."""

    name: str  # of its page: css-display-flex
    title: str
    lacking: Mapping[str, str] = field(compare=False)  # client → a remark, or ""

    @property
    def url(self) -> str:
        """Its page with all results."""
        return f"https://www.caniemail.com/features/{self.name}/"


def client_names() -> Mapping[str, str]:
    """Every client that was tested, such as `gmail/android`, and what people call it."""
    return _data().clients


def features() -> Mapping[str, Feature]:
    """The features as `dispatch.checks.features` spells them; several spellings may be one feature."""
    return _data().features


@dataclass(frozen=True)
class _Data:
    clients: Mapping[str, str]
    features: Mapping[str, Feature]


@cache
def _data() -> _Data:
    """The vendored data: read when somebody asks for it first, for it takes some milliseconds."""
    data = json.loads((files("dispatch.checks") / "caniemail/caniemail.json").read_text("utf-8"))
    features = {
        spelled: Feature(name, each["title"], each["lacking"])
        for name, each in data["features"].items()
        for spelled in each["found_by"]
    }
    return _Data(data["clients"], features)
