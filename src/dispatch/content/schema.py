"""The JSON Schemas of issues and terms, from the classes that read them, for editors to check and complete with."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from dispatch.content.blocks import IN_COLUMNS, KINDS, Beside, Block
from dispatch.content.issue import SLUG, Issue
from dispatch.content.terms import TermsFile

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def issue_json_schema() -> dict[str, Any]:
    """The schema of an issue file: what `read_issue` accepts, short forms too, with a description of everything."""
    schema = Issue.model_json_schema(schema_generator=_AsWritten)
    schema["$defs"]["Block"] = _block(KINDS.values(), _beside())
    in_column = {name: field for name, field in _beside().items() if name != "when"}
    schema["$defs"]["BlockInColumn"] = _block(IN_COLUMNS, in_column)
    schema["properties"]["blocks"]["minItems"] = 1
    schema["properties"]["slug"]["pattern"] = f"^{SLUG}$"
    return {"$schema": DIALECT} | schema


def terms_json_schema() -> dict[str, Any]:
    """The schema of terms.yaml: what `read_terms` accepts, with a description of everything."""
    return {"$schema": DIALECT} | TermsFile.model_json_schema(schema_generator=_AsWritten)


SCHEMAS: dict[str, Callable[[], dict[str, Any]]] = {"issue": issue_json_schema, "terms": terms_json_schema}
"""By what is written so."""


def _beside() -> dict[str, Any]:
    """What may stand beside a kind; nothing behind one of these keys is refused, lest the block go to everybody."""
    properties: dict[str, Any] = Beside.model_json_schema(schema_generator=_AsWritten)["properties"]
    return {
        key: field | {"type": [each for each in field["type"] if each != "null"]} for key, field in properties.items()
    }


def _block(kinds: Collection[type[Block]], beside: dict[str, Any]) -> dict[str, Any]:
    """A mapping with one key for the kind: editors complete this better than a choice between mappings."""
    return {
        "description": "A piece of the issue: its kind, and what it says.",
        "type": "object",
        "properties": {block.kind: _behind(block) for block in kinds} | beside,
        "oneOf": [{"required": [block.kind]} for block in kinds],
        "additionalProperties": False,
    }


def _behind(block: type[Block]) -> dict[str, Any]:
    """What may stand behind the key of a kind: the short form, or fields; nothing where there are none."""
    fields = block.model_json_schema(schema_generator=_AsWritten, ref_template="#/$defs/{model}InColumn")
    fields.pop("$defs", None)
    if not fields["properties"]:
        return fields | {"type": ["null", "object"]}
    if not block.short:
        return fields
    short = fields["properties"][block.short]
    return {"description": fields.pop("description"), "anyOf": [short, fields]}


class _AsWritten(GenerateJsonSchema):
    """Numbers are texts too, and a key with nothing behind it is as good as none: see `Written`."""

    def str_schema(self, schema: core_schema.StringSchema) -> JsonSchemaValue:
        return super().str_schema(schema) | {"type": ["string", "number"]}

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        inner = self.generate_inner(schema["schema"])
        types = inner.get("type")
        if types is None:
            return inner
        return inner | {"type": [*([types] if isinstance(types, str) else types), "null"]}

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False
