"""YAML as writers type it: plain values by YAML 1.2 core rules, with the place of every character."""

from dispatch.yaml_source.document import Path, YamlDocument
from dispatch.yaml_source.editing import Edit, appended, difference, edited
from dispatch.yaml_source.hints import CURLY_QUOTES, IN_QUOTES
from dispatch.yaml_source.reading import MAX_BYTES, read_yaml, scan_yaml

__all__ = [
    "CURLY_QUOTES",
    "IN_QUOTES",
    "MAX_BYTES",
    "Edit",
    "Path",
    "YamlDocument",
    "appended",
    "difference",
    "edited",
    "read_yaml",
    "scan_yaml",
]
