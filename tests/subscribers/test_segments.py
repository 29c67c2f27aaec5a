"""A segment means those whom it says, and a mistake in it is told at its place."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.errors import InvalidSegment
from dispatch.location import Location
from dispatch.subscribers.segments import All, Comparison, Either, Not, Term, parse_segment
from dispatch.subscribers.subscriber import Status, Subscriber

HERE = Location("dispatch.yaml", 20, 14)

ANN = Subscriber(
    id="0" * 32,
    email="ann@x.example",
    first_name="Ann",
    language="fr",
    tags=("paid", "beta"),
    fields={"city": "Saint-Malo", "age": "42", "motto": 'She said "no"'},
)


@pytest.mark.parametrize(
    "text",
    [
        'language == "fr"',
        "language == 'fr'",
        'language != "de"',
        '"paid" in tags',
        "tags has 'paid'",
        '"gone" not in tags',
        'tags in ["gone", "beta"]',
        'tags not in ["gone"]',
        'language in ["de", "fr"]',
        'language not in ["de"]',
        "age == 42",
        "age in [41, 42]",
        'status == "subscribed"',
        'email == "ann@x.example"',
        'city == "Saint-Malo" and "paid" in tags',
        'language == "de" or city == "Saint-Malo"',
        'not language == "de"',
        'not (language == "de" or city == "Paris")',
        # "and" binds tighter than "or"
        'language == "fr" or language == "fr" and language == "de"',
        # "not" binds tighter than "and"
        'not language == "fr" and language == "de" or language == "fr"',
        'motto == "She said \\"no\\""',
        "motto == 'She said \"no\"'",
        'county == ""',
        'county != "Kerry"',
        'LANGUAGE_ != "x" AND NOT "gone" IN tags',
        '\n  language == "fr"\n  and age == 42\n',
        " and ".join(["(not age == 1)"] * 200),
    ],
)
def test_ann_is_in_the_segment(text: str) -> None:
    assert parse_segment(text, HERE).matches(ANN)


@pytest.mark.parametrize(
    "text",
    ['language == "FR"', 'tags has "Paid"', 'language == "de" and age == 42', "age == 42.0", 'city in ["Paris"]'],
)
def test_ann_is_not_in_the_segment(text: str) -> None:
    assert not parse_segment(text, HERE).matches(ANN)


@pytest.mark.parametrize(
    ("text", "column", "message", "remedy"),
    [
        ("", 14, "the segment is empty", "language"),
        ("   ", 17, "the segment is empty", "language"),
        ("language", 22, "the end stands where ==, !=, in or has belongs after “language”", ""),
        ("language == ", 26, "the end stands where a text in quotes belongs", ""),
        ("language = 'fr'", 23, "“=” does not belong in a segment", "language =="),
        ("language == fr", 26, "“fr” stands where a text in quotes belongs", '"fr"'),
        ("language == “fr”", 26, "““” does not belong in a segment", "straight quotes"),
        ("language == 'fr", 26, "“'” does not belong in a segment", "Close the quotes"),
        ("language is 'fr'", 23, "“is” stands where ==, !=, in or has belongs", ""),
        ("language == 'fr' language == 'de'", 31, "“language” stands where “and”, “or” or the end belongs", ""),
        ("language == 'fr' && age == 1", 31, "“&” does not belong in a segment", "and"),
        ("language == 'fr' and", 34, "the end stands where the name of a field belongs", ""),
        ("(language == 'fr'", 31, "the end stands where “)” belongs", ""),
        ("language == 'fr')", 30, "“)” stands where “and”, “or” or the end belongs", ""),
        ("language in 'fr'", 26, "“'fr'” stands where a list belongs", "["),
        ("language in []", 27, "“]” stands where a text in quotes belongs", ""),
        ("language in ['fr' 'de']", 32, "“'de'” stands where “]” belongs", ""),
        ("age > 3", 18, "“>” does not belong in a segment", "=="),
        ("born == 2026-03-02", 22, "“2” does not belong in a segment", ""),
        ("tags == 'paid'", 19, "“==” compares one text, and tags are many", "tags has"),
        ("city has 'Paris'", 19, "“has” looks among the tags, and city is one text", "city =="),
        ("'Paris' in city", 22, "“in” looks among the tags, and city is one text", "city =="),
        ("'Paris' in 'city'", 25, "“'city'” stands where “tags” belongs", ""),
        ("language.upper() == 'FR'", 22, "“.” does not belong in a segment", ""),
        ("__import__('os').system('x')", 24, "“(” stands where ==", ""),
        ("(" * 60 + "age == 1" + ")" * 60, 64, "the segment is nested more than 50 deep", ""),
        ("not " * 5000 + "age == 1", 214, "the segment is nested more than 50 deep", ""),
    ],
)
def test_a_mistake_is_told_at_its_place(text: str, column: int, message: str, remedy: str) -> None:
    with pytest.raises(InvalidSegment) as caught:
        parse_segment(text, HERE)
    problem = caught.value.problems[0]
    assert message in problem.message
    assert problem.location == Location("dispatch.yaml", 20, column)
    assert remedy in problem.remedy


def test_a_mistake_on_a_later_line_is_told_there() -> None:
    with pytest.raises(InvalidSegment) as caught:
        parse_segment("language == 'fr'\n  and age = 3", HERE)
    assert str(caught.value).startswith("dispatch.yaml:21:11: ")


def test_an_unknown_field_is_told_with_the_known_ones() -> None:
    segment = parse_segment('language == "fr" and contry == "FR"', HERE)
    assert segment.fields == {"language", "contry"}
    segment.check_fields(["language", "contry"])
    with pytest.raises(InvalidSegment) as caught:
        segment.check_fields(["language", "country", "email"])
    assert str(caught.value) == (
        "dispatch.yaml:20:35: there is no field 'contry' among the subscribers\n"
        "    Did you mean country? The fields are: country, email, language."
    )


# --- properties ---------------------------------------------------------------------------------

_VALUES = ["fr", "de", "", 'a "b"', "c\\d", "é\n", "42"]
_FIELDS = ["language", "city", "age", "status"]

people = st.builds(
    lambda language, city, age, tags, status: Subscriber(
        "0" * 32, "a@x.example", language=language, tags=tuple(tags), fields={"city": city, "age": age}, status=status
    ),
    st.sampled_from(_VALUES),
    st.sampled_from(_VALUES),
    st.sampled_from(_VALUES),
    st.lists(st.sampled_from(_VALUES), max_size=3),
    st.sampled_from(Status),
)

Oracle = Callable[[Subscriber], bool]


def value_of(person: Subscriber, name: str) -> str:
    return {"language": person.language, "status": str(person.status)}.get(name) or person.fields.get(name, "")


def comparisons() -> st.SearchStrategy[tuple[Term, Oracle]]:
    literals = st.lists(st.sampled_from([*_VALUES, "subscribed"]), min_size=1, max_size=3)

    def build(name: str, operator: str, texts: list[str]) -> tuple[Term, Oracle]:
        if operator == "in":
            return Comparison(name, "in", tuple(texts)), lambda person: value_of(person, name) in texts
        if operator == "==":
            return Comparison(name, "==", (texts[0],)), lambda person: value_of(person, name) == texts[0]
        return Comparison(name, "!=", (texts[0],)), lambda person: value_of(person, name) != texts[0]

    def build_tags(operator: str, texts: list[str]) -> tuple[Term, Oracle]:
        if operator == "in":
            return Comparison("tags", "in", tuple(texts)), lambda person: bool(set(person.tags) & set(texts))
        return Comparison("tags", "has", (texts[0],)), lambda person: texts[0] in person.tags

    return st.builds(build, st.sampled_from(_FIELDS), st.sampled_from(["==", "!=", "in"]), literals) | st.builds(
        build_tags, st.sampled_from(["has", "in"]), literals
    )


def combined(inner: st.SearchStrategy[tuple[Term, Oracle]]) -> st.SearchStrategy[tuple[Term, Oracle]]:
    several = st.lists(inner, min_size=2, max_size=3)
    return (
        inner.map(lambda pair: (Not(pair[0]), lambda person: not pair[1](person)))
        | several.map(
            lambda pairs: (
                All(tuple(term for term, _ in pairs)),
                lambda person: all(is_in(person) for _, is_in in pairs),
            )
        )
        | several.map(
            lambda pairs: (
                Either(tuple(term for term, _ in pairs)),
                lambda person: any(is_in(person) for _, is_in in pairs),
            )
        )
    )


@given(st.recursive(comparisons(), combined, max_leaves=12), people)
def test_an_expression_printed_and_read_again_means_what_python_says(
    pair: tuple[Term, Oracle], person: Subscriber
) -> None:
    term, oracle = pair
    again = parse_segment(str(term), HERE)
    assert again.term == term
    assert again.matches(person) == oracle(person)


@given(st.text(alphabet="ab \"'\\()[],=!&|.0123notadrihs", max_size=40))
def test_any_text_is_read_or_refused_with_its_place(text: str) -> None:
    try:
        segment = parse_segment(text, HERE)
    except InvalidSegment as error:
        location = error.problems[0].location
        assert location is not None
        assert HERE.column <= location.column <= HERE.column + len(text)
    else:
        segment.matches(ANN)
