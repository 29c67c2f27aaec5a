"""The house's terms, as terms.yaml has them: how a newsletter writes what, and which words are in order there."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema

from dispatch.content.texts import Written
from dispatch.errors import InvalidTerms, Problem
from dispatch.location import Location
from dispatch.yaml_model import Fault, all_wrong, parse_model
from dispatch.yaml_source import Path, YamlDocument, scan_yaml
from dispatch.yaml_source.nodes import Scalar

MOST_FORMS = 5_000
"""So many forms a glossary may have: right, wrong and accepted ones together."""

LONGEST = 100
"""Characters of a form."""

_SHORTEST_IN_CAPITALS = 4  # characters: `us` in capitals is another word

_APOSTROPHE = "['’]"  # noqa: RUF001
_WORD = re.compile(r"[^\W_]+")  # in Markdown, _ is a mark
_MARKS = re.compile(r"[{}\[\]<>`*_\\|]")
_ENDING = re.compile(rf"{_APOSTROPHE}s?$|e?s{_APOSTROPHE}?$")
_BEFORE = r"(?<![^\W_])(?<![^\W_][.@])(?<!@)"
_BEHIND = rf"(?![^\W_]|[.@][^\W_]|{_APOSTROPHE}(?![sS]\b)[^\W_])"
_BEGINNING = re.compile(r"(?:^|[.!?…:\n])[\s\"“”„«»(*_–—-]*$")  # noqa: RUF001


@dataclass(frozen=True)
class Slip:
    """Characters `start` up to `end` of a text that are written as the house does not, and how it does."""

    start: int
    end: int
    written: str
    proper: str


@dataclass(frozen=True)
class Terms:
    """How the house writes what it often writes, and the words that are in order in its issues."""

    right_of: Mapping[str, str] = field(default_factory=dict)  # wrong form → right form
    accepted: frozenset[str] = frozenset()  # words, and groups of them

    def accepts(self, word: str) -> bool:
        """Whether a word is in order: one of the right or accepted forms, also as a genitive or plural.

        A name keeps its capital: `Tumen` accepts no `tumen`. `hanja` accepts `Hanja`, which may begin a sentence. In
        capitals both are in order.
        """
        word = _alike(word)
        forms = (word, word.removesuffix("s"), _ENDING.sub("", word))
        if word in self.right_of:
            return False
        return any(form in self._words or f"{form[0].lower()}{form[1:]}" in self._words for form in forms if form)

    def slips(self, prose: str) -> Iterator[Slip]:
        """The wrong forms in a text, whole words only; what is part of a right or accepted form is none.

        A wrong form is found as it is written, with a capital at its beginning, and in capitals; the right one takes
        after it.
        """
        end = 0
        for word in _WORD.finditer(prose):
            pattern = self._patterns.get(word[0]) if word.start() >= end else None
            found = pattern.match(prose, word.start()) if pattern else None
            if found:
                end = found.end()
                proper = self._proper[_alike(found[0])]
                if found[0][0].isupper() and _BEGINNING.search(prose, max(word.start() - 40, 0), word.start()):
                    proper = _capitalised(proper)
                if _alike(found[0]) != _alike(proper):
                    yield Slip(*found.span(), found[0], proper)

    @cached_property
    def _in_order(self) -> frozenset[str]:
        return self.accepted | {*self.right_of.values()}

    @cached_property
    def _words(self) -> frozenset[str]:
        """Each word of each form that is in order, and the same in capitals."""
        words = {word for form in self._in_order for word in (*form.split(), *_WORD.findall(form)) if len(word) > 1}
        words |= {form for form in self._in_order if len(form) == 1}
        return frozenset(words | {word.upper() for word in words})

    @cached_property
    def _proper(self) -> dict[str, str]:
        """What is to be written for each form in each case that it may stand in; for those in order, the same."""
        proper = {form: form for form in self._in_order}
        for wrong, right in self.right_of.items():
            if len(wrong) >= _SHORTEST_IN_CAPITALS:
                proper.setdefault(wrong.upper(), right.upper())
            proper.setdefault(_capitalised(wrong), _capitalised(right))
        return {**proper, **self.right_of}

    @cached_property
    def _patterns(self) -> dict[str, re.Pattern[str]]:
        """By the first word of the forms: what finds the longest of them."""
        forms: dict[str, list[str]] = {}
        for form in self._proper:
            if first := _WORD.match(form):
                forms.setdefault(first[0], []).append(form)
        return {
            first: re.compile("|".join(map(_pattern, sorted(those, key=len, reverse=True))))
            for first, those in forms.items()
        }


def _listed(forms: object) -> object:
    """One form may stand without brackets."""
    return forms if isinstance(forms, list | tuple | dict) else [forms]


def _right_forms(written: object) -> object:
    """Right forms are keys; a list does not tell which of its words are right."""
    if written is None or isinstance(written, dict):
        return written
    words = [str(word) for word in written if isinstance(word, str)] if isinstance(written, list) else []
    right, other = words if len(words) == 2 else ("website", "web site")
    remedy = f"Write a line for each right form below it, the wrong ones in brackets: `{right}: [{other}]`."
    raise all_wrong([Fault("`terms` does not tell the right forms from the wrong ones", remedy)])


Forms = Annotated[
    tuple[str, ...],
    BeforeValidator(_listed),
    WithJsonSchema({"type": ["string", "number", "array"], "items": {"type": ["string", "number"]}}),
]


class TermsFile(Written):
    """How a newsletter writes what it often writes, and the words that are in order in its issues."""

    terms: Annotated[
        dict[str, Forms],
        BeforeValidator(_right_forms),
        Field(description="Each right form, and the wrong ones that occur."),
    ] = {}  # noqa: RUF012 - pydantic copies it
    accept: Annotated[Forms, Field(description="Words that are in order: names, and terms of the trade.")] = ()


def read_terms(content: str | bytes, file: str) -> Terms:
    """Read terms.yaml, or raise InvalidTerms with everything that is wrong with it."""
    document = scan_yaml(content, file)
    if document.broken:
        raise InvalidTerms.of(document.problems)
    written = parse_model(document, TermsFile, InvalidTerms, value={} if document.value is None else document.value)
    if problems := [*document.problems, *_problems(document, written)]:
        raise InvalidTerms.of(problems)
    right_of = {_alike(wrong): _alike(right) for right, wrongs in written.terms.items() for wrong in wrongs}
    return Terms(right_of, frozenset(map(_alike, (*written.terms, *written.accept))))


def fault_of(form: str) -> tuple[str, str] | None:
    """Why some words cannot stand in a glossary, and what to write; None where they can."""
    if not _WORD.match(form):
        return f"“{form}” does not begin with a letter or a digit", "Write a word, or some."
    if mark := _MARKS.search(form):
        return f"“{mark[0]}” may not stand in a term", "Write the words alone, without Markdown and merge fields."
    if len(form.splitlines()) > 1 or len(form) > LONGEST:
        return f"a term is one line of at most {LONGEST} characters", "Write a word, or some."
    return None


def _problems(document: YamlDocument, written: TermsFile) -> Iterator[Problem]:
    """What is wrong with single forms, each of which may stand once: else it would be right and wrong at once."""
    yield from _run_together(document, written)
    forms = list(_forms(document, written))
    if len(forms) > MOST_FORMS:
        message = f"there are {len(forms):,} forms in this file; at most {MOST_FORMS:,} are read"
        yield Problem(message, document.locate(()), "Delete those that nobody writes.")
        return
    known: dict[str, Location] = {}
    for form, place in forms:
        first = known.setdefault(_alike(form), place)
        if fault := fault_of(form):
            yield Problem(fault[0], place, fault[1])
        elif first != place:
            yield Problem(f"“{form}” stands here twice: first in line {first.line}", place, "Delete one of them.")


def _forms(document: YamlDocument, written: TermsFile) -> Iterator[tuple[str, Location]]:
    """Every form of the file, and where it stands."""
    for right, wrongs in written.terms.items():
        yield right, document.locate_key(("terms", right))
        for position, wrong in enumerate(wrongs):
            yield wrong, document.locate(document.existing(("terms", right, position)))
    for position, form in enumerate(written.accept):
        yield form, document.locate(document.existing(("accept", position)))


def _run_together(document: YamlDocument, written: TermsFile) -> Iterator[Problem]:
    """Words in lines of their own without `- `, which are one phrase to YAML."""
    paths: list[Path] = [("accept",), *(("terms", right) for right in written.terms)]
    for node in map(document.node, paths):
        lines = document.text[node.start : node.end].split("\n") if isinstance(node, Scalar) and not node.style else []
        if isinstance(node, Scalar) and len(lines) > 1:
            forms = ", ".join(line.strip() for line in lines if line.strip())
            remedy = f"Write each after `- `, or all in brackets: `[{forms}]`."
            yield Problem(f"these lines are one phrase: “{node.value}”", document.place(node.start), remedy)


def _pattern(form: str) -> str:
    """What finds a form as whole words; one in small letters is not looked for in a compound with a hyphen."""
    spelt = re.escape(form).replace(r"\ ", r"\s").replace("'", _APOSTROPHE)
    if form.islower() and " " not in form:
        return rf"(?<![^\W_]-){_BEFORE}{spelt}{_BEHIND}(?!-[^\W_])"
    return f"{_BEFORE}{spelt}{_BEHIND}"


def _alike(text: str) -> str:
    """A form as it is compared: composed (NFC), with straight apostrophes and simple spaces."""
    return re.sub(r"\s+", " ", re.sub(_APOSTROPHE, "'", unicodedata.normalize("NFC", text))).strip()


def _capitalised(form: str) -> str:
    return f"{form[:1].upper()}{form[1:]}"
