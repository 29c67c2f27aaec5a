"""Where settings come from: dispatch.yaml, and what the environment, .env and the command line put over it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dispatch.config.references import References
from dispatch.location import Location
from dispatch.yaml_source import Path as YamlPath
from dispatch.yaml_source import YamlDocument


@dataclass(frozen=True)
class LayeredDocument(YamlDocument):
    """dispatch.yaml with other values over some of its own, whose place is then where those values come from."""

    overridden: Mapping[YamlPath, str] = field(default_factory=dict)  # path to origin

    def locate(self, path: YamlPath, offset: int = 0) -> Location:
        """The place of a setting: `dispatch.yaml:3:9`, or `DISPATCH_PROVIDER in the environment`."""
        origin = next((self.overridden[path[:n]] for n in range(len(path), 0, -1) if path[:n] in self.overridden), None)
        return Location(origin) if origin else super().locate(path, offset)

    def has(self, path: YamlPath) -> bool:
        """Whether anything is said at `path`, here or over it."""
        return super().has(path) or any(over[: len(path)] == path for over in self.overridden)

    def raw(self, path: YamlPath) -> object:
        """The value at a path, references unresolved; None where there is none."""
        value: object = self.value
        for step in path:
            if isinstance(value, dict):
                value = value.get(step)
            elif isinstance(value, list) and isinstance(step, int) and step < len(value):
                value = value[step]
            else:
                return None
        return value


@dataclass(frozen=True)
class Source:
    """Everything that a Config knows about its own origin."""

    file: Path
    document: LayeredDocument
    references: References
    home: Path  # the newsletter's own folder, wherever its dispatch.yaml was read

    def resolve(self, value: object, path: YamlPath) -> object:
        """A value that stands at a path, its references filled in; raises InvalidConfig."""
        return self.references.resolve(value, self.document, path)

    def origin(self, path: YamlPath) -> str:
        """Where a setting comes from, for a person: a place, a variable, `command line` or `default`."""
        if not self.document.has(path):
            return "default"
        place = self.document.locate(path)
        raw = self.document.raw(path)
        variable = self.references.origin(raw) if isinstance(raw, str) else None
        where = f"{place.file}:{place.line}" if place.line else place.file
        return f"{where}, {variable}" if variable else where
