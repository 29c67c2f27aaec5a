"""Holds the values of a YAML file against a pydantic model; every problem is a sentence at its place."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from dispatch.errors import InvalidInput, Problem
from dispatch.yaml_source import CURLY_QUOTES, IN_QUOTES, Path, YamlDocument

M = TypeVar("M", bound=BaseModel)

_FAULTS = "faults"


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with a value, or below it at `path`; in a text, at its character `offset`."""

    message: str
    remedy: str = ""
    offset: int = 0
    path: Path = ()


def wrong(message: str, remedy: str = "", offset: int = 0) -> PydanticCustomError:
    """What a validator raises to say in its own words what is wrong with a value."""
    return all_wrong([Fault(message, remedy, offset)])


def all_wrong(faults: Sequence[Fault]) -> PydanticCustomError:
    """What a validator raises for several faults of one value: each is told at its place."""
    return PydanticCustomError("dispatch", "{message}", {"message": faults[0].message, _FAULTS: tuple(faults)})


def parse_model(
    document: YamlDocument,
    model: type[M],
    error: type[InvalidInput],
    *,
    value: object = ...,
    path: Path = (),
    **context: object,
) -> M:
    """The values at `path` of a document as a model, or `error` with everything that is wrong with them.

    `value` stands in for what the document says there, where a short form has to be written out first. Validators find
    `document`, `path` and what else is given in their context.
    """
    try:
        context |= {"document": document, "path": path}
        return model.model_validate(document.value_at(path) if value is ... else value, context=context)
    except ValidationError as invalid:
        reporter = _Reporter(document, model, path)
        raise error.of(reporter.problems(invalid.errors(include_url=False))) from None


def did_you_mean(word: str, known: Iterable[str], *, otherwise: str = "") -> str:
    """The question that helps after a slip of the pen, or what may stand there; `otherwise` where that is too much."""
    known = list(known)
    if not known:
        return "Delete it: nothing may stand here."
    plain = word.strip().strip("\"'").strip(CURLY_QUOTES).casefold().replace("-", "_").replace(" ", "_")
    close = difflib.get_close_matches(plain, known, n=1, cutoff=0.7)
    close += [name for name in known if len(plain) > 2 and (name.startswith(plain) or plain.startswith(name))]
    return f"Did you mean `{close[0]}`?" if close else otherwise or f"Possible here: {', '.join(known)}."


class _Reporter:
    """Tells pydantic's errors in a writer's words, at the place in the file that each is about."""

    def __init__(self, document: YamlDocument, model: type[BaseModel], path: Path) -> None:
        self._document = document
        self._model = model
        self._base = path

    def problems(self, errors: Iterable[ErrorDetails]) -> Iterator[Problem]:
        """A problem for each error; of a union's, which pydantic reports once for each member, the first."""
        of_unions: set[Path] = set()
        for details in errors:
            if details["type"] == "too_short" and details["input"]:
                continue  # its items were counted after those that are wrong had been left out
            path = self._document.existing((*self._base, *details["loc"]))
            if len(path) < len(self._base) + len(details["loc"]) and details["type"] != "missing":
                if path in of_unions:
                    continue
                of_unions.add(path)
            yield from self._told(path, details)

    def _told(self, path: Path, details: ErrorDetails) -> Iterator[Problem]:
        match details["type"]:
            case "dispatch":
                for fault in details["ctx"][_FAULTS]:
                    place = self._document.locate((*path, *fault.path), fault.offset)
                    yield Problem(fault.message, place, fault.remedy)
            case "missing":
                yield self._missing(path, str(details["loc"][-1]))
            case "extra_forbidden":
                yield self._unknown(path, details)
            case _:
                message, remedy = self._expectation(path, details)
                yield Problem(message, self._document.locate(path), remedy)

    def _missing(self, path: Path, field: str) -> Problem:
        if path and path[-1] == field:
            return Problem(f"`{field}` is empty", self._document.locate(path), f"Write `{field}: …`.")
        if not path:
            return Problem(f"`{field}` is missing", self._document.locate(()), f"Write a line `{field}: …`.")
        return Problem(f"{_label(path)} has no `{field}`", self._document.locate_key(path), f"Add `{field}: …` to it.")

    def _unknown(self, path: Path, details: ErrorDetails) -> Problem:
        *parent, key = path
        where = f" in {_label(tuple(parent))}" if parent else ""
        remedy = did_you_mean(str(key), _fields_at(self._model, details["loc"][:-1]))
        if details["input"] is None and self._written(tuple(parent)).startswith("{"):
            remedy += " Between braces a comma ends a text: put a text with a comma in double quotes."
        return Problem(f"`{key}` is not known{where}", self._document.locate_key(path), remedy)

    def _expectation(self, path: Path, details: ErrorDetails) -> tuple[str, str]:
        """What a value should be and is, and how to write it."""
        label, value = _label(path), details["input"]
        if value is None:
            return f"{label} is empty", "Write a value, or delete it."
        match details["type"]:
            case "string_type":
                return f"{label} must be a text, not {_kind(value)}", self._as_text(path, value)
            case "model_type" | "dict_type":
                return f"{label} must have fields, but is {_kind(value)}", self._as_fields(details["loc"])
            case "literal_error" | "enum":
                choices = details["ctx"]["expected"].replace("'", "").replace(" or ", ", ").split(", ")
                return f"{label} cannot be {_kind(value)}", did_you_mean(str(value), choices)
            case "too_short" | "string_too_short":
                return f"{label} is empty", "Fill it, or delete it."
            case kind if kind in _MUST_BE:
                expected, remedy = _MUST_BE[kind]
                return f"{label} must be {expected}, not {_kind(value)}", remedy
            case kind if kind in _BOUNDS:
                name, words = _BOUNDS[kind]
                bound = f"{words} {details['ctx'][name]}"
                return f"{label} must be {bound}, not {value}", f"Write a number that is {bound}."
            case _:
                message = details["msg"].removeprefix("Value error, ").removeprefix("Assertion failed, ")
                return f"{label}: {message[:1].lower()}{message[1:]}", _SEE_SCHEMA

    def _as_text(self, path: Path, value: object) -> str:
        if isinstance(value, bool):
            return f'Put it in quotes: "{str(value).lower()}".'
        if isinstance(value, dict) and not self._written(path).startswith("{"):
            return f"A text that contains `: ` must stand in quotes. {IN_QUOTES}"
        return f"Is it meant as a text? {IN_QUOTES}"

    def _as_fields(self, loc: Path) -> str:
        fields = _fields_at(self._model, loc)
        return f"Write its fields in lines below it, indented: {', '.join(fields)}." if fields else _SEE_SCHEMA

    def _written(self, path: Path) -> str:
        return self._document.text[slice(*self._document.span(path, 0, 0))]


_SEE_SCHEMA = "`dispatch schema` prints what may stand here."

_LIST = ("a list", "Write `[first, second]`, or each item after `- `.")
_TRUTH = ("true or false", "Write `true` or `false`, without quotes.")
_WHOLE_NUMBER = ("a whole number", "Write digits only, without quotes.")
_NUMBER = ("a number", "Write digits, without quotes.")
_MUST_BE = {
    "list_type": _LIST,
    "tuple_type": _LIST,
    "set_type": _LIST,
    "bool_type": _TRUTH,
    "bool_parsing": _TRUTH,
    "int_type": _WHOLE_NUMBER,
    "int_parsing": _WHOLE_NUMBER,
    "int_from_float": _WHOLE_NUMBER,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
}

_BOUNDS = {
    "greater_than_equal": ("ge", "at least"),
    "greater_than": ("gt", "more than"),
    "less_than_equal": ("le", "at most"),
    "less_than": ("lt", "less than"),
}


def _label(path: Path) -> str:
    if not path:
        return "the file"
    last = path[-1]
    return f"item {last + 1} of {_label(path[:-1])}" if isinstance(last, int) else f"`{last}`"


def _kind(value: object) -> str:
    match value:
        case dict():
            return "a mapping"
        case list() | tuple():
            return "a list"
        case bool():
            return f"the truth value {str(value).lower()}"
        case int() | float():
            return f"the number {value}"
        case _:
            text = str(value)
            return f"“{text}”" if len(text) <= 40 else f"“{text[:39]}…”"


def _fields_at(model: type[BaseModel], loc: Path) -> list[str]:
    """The names of the fields that may stand at `loc`, as they are written in YAML."""
    models = [model]
    for step in loc:
        inner = [field.annotation for each in models for field in _named(each, step)]
        models = [found for annotation in inner for found in _models_in(annotation)] or models
    return [name for each in models for name in _names(each)]


def _names(model: type[BaseModel]) -> dict[str, Any]:
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _named(model: type[BaseModel], step: str | int) -> list[Any]:
    return [field for name, field in _names(model).items() if name == step]


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)
