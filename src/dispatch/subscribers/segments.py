"""Named filters over subscribers: a small language, parsed here and never run as code."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import NoReturn

from dispatch.errors import InvalidSegment
from dispatch.location import Location
from dispatch.subscribers.subscriber import Subscriber

_MAX_DEPTH = 50

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
      | (?P<number>-?\d+(?:\.\d+)?(?![\w.-]))
      | (?P<word>[^\W\d]\w*)
      | (?P<sign>==|!=|[()\[\],])
      | (?P<wrong>\S)
      | (?P<end>$)
    )""",
    re.VERBOSE | re.DOTALL,
)

_KEYWORDS = {"and", "or", "not", "in", "has"}

_HINTS = {
    "=": 'To compare, write two equals signs: language == "fr"',
    **dict.fromkeys("\u201c\u201d\u2018\u2019\u00ab\u00bb", 'Use straight quotes: "fr"'),
    **dict.fromkeys("\"'", "Close the quotes."),
    "&": "Write the word: and",
    "|": "Write the word: or",
    "!": "Write != between field and text, or the word: not",
    **dict.fromkeys("<>", "Segments compare with ==, !=, in and has only."),
}


@dataclass(frozen=True)
class Comparison:
    """`field == "text"`, `field != "text"`, `field in ["text", …]` or `tags has "text"`."""

    name: str  # of the field
    operator: str  # == != in has
    literals: tuple[str, ...]  # one, but for `in`
    offset: int = field(default=0, compare=False)  # of the field's name in the expression

    def matches(self, subscriber: Subscriber) -> bool:
        """Whether the subscriber is meant; a field that somebody lacks is the empty text."""
        if self.name == "tags":
            return any(literal in subscriber.tags for literal in self.literals)
        value = _text_of(subscriber, self.name)
        return value != self.literals[0] if self.operator == "!=" else value in self.literals

    def __str__(self) -> str:
        literals = ", ".join(map(_quoted, self.literals))
        return f"{self.name} {self.operator} {f'[{literals}]' if self.operator == 'in' else literals}"


@dataclass(frozen=True)
class Not:
    """Everybody but those."""

    term: Term

    def matches(self, subscriber: Subscriber) -> bool:
        """Whether the subscriber is meant."""
        return not self.term.matches(subscriber)

    def __str__(self) -> str:
        return f"not {_in_parentheses(self.term)}"


@dataclass(frozen=True)
class All:
    """Those whom every term means."""

    terms: tuple[Term, ...]

    def matches(self, subscriber: Subscriber) -> bool:
        """Whether the subscriber is meant."""
        return all(term.matches(subscriber) for term in self.terms)

    def __str__(self) -> str:
        return " and ".join(map(_in_parentheses, self.terms))


@dataclass(frozen=True)
class Either:
    """Those whom at least one term means."""

    terms: tuple[Term, ...]

    def matches(self, subscriber: Subscriber) -> bool:
        """Whether the subscriber is meant."""
        return any(term.matches(subscriber) for term in self.terms)

    def __str__(self) -> str:
        return " or ".join(map(_in_parentheses, self.terms))


Term = Comparison | Not | All | Either


@dataclass(frozen=True)
class Segment:
    """A filter, and where it was written."""

    term: Term
    text: str
    location: Location

    def matches(self, subscriber: Subscriber) -> bool:
        """Whether the subscriber is in the segment."""
        return self.term.matches(subscriber)

    @property
    def fields(self) -> frozenset[str]:
        """The fields that it asks for."""
        return frozenset(comparison.name for comparison in _comparisons(self.term))

    def check_fields(self, known: Collection[str]) -> None:
        """Raise InvalidSegment if it asks for a field that no subscriber can have."""
        for comparison in _comparisons(self.term):
            if comparison.name not in known:
                raise InvalidSegment(
                    f"there is no field {comparison.name!r} among the subscribers",
                    remedy=_other_fields(comparison.name, known),
                    location=_place(self.location, self.text, comparison.offset),
                )


def parse_segment(text: str, location: Location) -> Segment:
    """Read an expression that begins at `location`.

    The grammar, with the words in any case:

        expression = term {("and" | "or") term}      "and" binds tighter than "or", "not" tighter than both
        term       = ["not"] (comparison | "(" expression ")")
        comparison = field ("==" | "!=") literal
                   | field ["not"] "in" "[" literal {"," literal} "]"
                   | "tags" "has" literal
                   | literal ["not"] "in" "tags"
        literal    = text in double or single quotes, with \\" and \\\\ | a number, which is taken as text

    Raises InvalidSegment at file:line:column.
    """
    return Segment(_Parser(text, location).parse(), text, location)


@dataclass(frozen=True)
class _Token:
    kind: str  # text number word sign end
    value: str
    offset: int

    def __str__(self) -> str:
        return "the end" if self.kind == "end" else f"“{self.value}”"


class _Parser:
    def __init__(self, text: str, location: Location) -> None:
        self._text = text
        self._location = location
        self._tokens = self._tokenize()
        self._token = next(self._tokens)
        self._depth = 0

    def parse(self) -> Term:
        if self._token.kind == "end":
            self._fail("the segment is empty", 'Write for example: language == "fr"')
        term = self._either()
        if self._token.kind != "end":
            self._fail(f"{self._token} stands where “and”, “or” or the end belongs")
        return term

    def _tokenize(self) -> Iterator[_Token]:
        position = 0
        while match := _TOKEN.match(self._text, position):
            kind = match.lastgroup or ""
            token = _Token(kind, match[kind], match.start(kind))
            if kind == "wrong":
                self._fail(f"{token} does not belong in a segment", _HINTS.get(token.value, ""), token)
            if kind == "word" and token.value.lower() in _KEYWORDS:
                token = _Token("sign", token.value.lower(), token.offset)
            yield token
            if kind == "end":
                return
            position = match.end()

    def _either(self) -> Term:
        terms = [self._all()]
        while self._skip("or"):
            terms.append(self._all())
        return Either(tuple(terms)) if len(terms) > 1 else terms[0]

    def _all(self) -> Term:
        terms = [self._term()]
        while self._skip("and"):
            terms.append(self._term())
        return All(tuple(terms)) if len(terms) > 1 else terms[0]

    def _term(self) -> Term:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            self._fail(f"the segment is nested more than {_MAX_DEPTH} deep")
        if self._skip("not"):
            term: Term = Not(self._term())
        elif self._skip("("):
            term = self._either()
            self._expect(")")
        else:
            term = self._comparison()
        self._depth -= 1
        return term

    def _comparison(self) -> Term:
        start = self._token
        if start.kind in {"text", "number"}:
            return self._literal_in_tags()
        if start.kind != "word":
            self._fail(f"{start} stands where the name of a field belongs")
        self._advance()
        if self._skip("not"):
            self._expect("in")
            return Not(self._one_of(start))
        if self._skip("in"):
            return self._one_of(start)
        operator = self._token
        if operator.value not in {"==", "!=", "has"}:
            self._fail(f"{operator} stands where ==, !=, in or has belongs after “{start.value}”")
        self._advance()
        if (operator.value == "has") != (start.value == "tags"):
            self._fail_on_tags(start, operator)
        return Comparison(start.value, operator.value, (self._literal(),), start.offset)

    def _literal_in_tags(self) -> Term:
        literal = self._literal()
        negated = self._skip("not")
        operator = self._token
        self._expect("in")
        field_name = self._token
        if field_name.kind != "word":
            self._fail(f"{field_name} stands where “tags” belongs")
        self._advance()
        if field_name.value != "tags":
            self._fail_on_tags(field_name, operator)
        comparison = Comparison("tags", "has", (literal,), field_name.offset)
        return Not(comparison) if negated else comparison

    def _one_of(self, name: _Token) -> Comparison:
        if self._token.value != "[":
            self._fail(f"{self._token} stands where a list belongs", 'Write for example: language in ["fr", "de"]')
        self._advance()
        literals = [self._literal()]
        while self._skip(","):
            literals.append(self._literal())
        self._expect("]")
        return Comparison(name.value, "in", tuple(literals), name.offset)

    def _literal(self) -> str:
        token = self._token
        if token.kind == "number":
            self._advance()
            return token.value
        if token.kind != "text":
            hint = f'Put text in quotes: "{token.value}"' if token.kind == "word" else ""
            self._fail(f"{token} stands where a text in quotes belongs", hint)
        self._advance()
        return re.sub(r"\\(.)", r"\1", token.value[1:-1], flags=re.DOTALL)

    def _skip(self, sign: str) -> bool:
        if self._token.kind != "sign" or self._token.value != sign:
            return False
        self._advance()
        return True

    def _expect(self, sign: str) -> None:
        if not self._skip(sign):
            self._fail(f"{self._token} stands where “{sign}” belongs")

    def _advance(self) -> None:
        self._token = next(self._tokens)

    def _fail_on_tags(self, name: _Token, operator: _Token) -> NoReturn:
        if name.value == "tags":
            self._fail(f"“{operator.value}” compares one text, and tags are many", 'Write: tags has "paid"', operator)
        remedy = f'Write for example: {name.value} == "text"'
        self._fail(f"“{operator.value}” looks among the tags, and {name.value} is one text", remedy, operator)

    def _fail(self, message: str, remedy: str = "", token: _Token | None = None) -> NoReturn:
        offset = (token or self._token).offset
        remedy = remedy or 'Write for example: language == "fr" and "paid" in tags'
        raise InvalidSegment(message, remedy=remedy, location=_place(self._location, self._text, offset))


def _text_of(subscriber: Subscriber, name: str) -> str:
    if name in {"email", "name", "first_name", "language", "status", "consent_source", "consent_at"}:
        return str(getattr(subscriber, name))
    return subscriber.fields.get(name, "")


def _comparisons(term: Term) -> Iterator[Comparison]:
    match term:
        case Comparison():
            yield term
        case Not():
            yield from _comparisons(term.term)
        case All() | Either():
            for inner in term.terms:
                yield from _comparisons(inner)


def _quoted(literal: str) -> str:
    return '"' + re.sub(r'(["\\])', r"\\\1", literal) + '"'


def _in_parentheses(term: Term) -> str:
    return f"({term})" if isinstance(term, All | Either) else str(term)


def _other_fields(name: str, known: Collection[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    question = f"Did you mean {close[0]}? " if close else ""
    return f"{question}The fields are: {', '.join(sorted(known))}."


def _place(location: Location, text: str, offset: int) -> Location:
    """Where a character of the expression stands, if its lines follow each other in the file as they do here."""
    before = text[:offset]
    if "\n" in before:
        return Location(location.file, max(location.line, 1) + before.count("\n"), offset - before.rindex("\n"))
    return Location(location.file, max(location.line, 1), max(location.column, 1) + offset)
