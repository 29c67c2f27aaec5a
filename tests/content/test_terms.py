"""The house's terms: what is read from terms.yaml, and what in a text goes against it."""

from __future__ import annotations

import re
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.content import terms
from dispatch.content.terms import Terms, read_terms
from dispatch.errors import InvalidTerms

HOUSE = read_terms(
    """\
    terms:
      Putin: [Poutine]
      Cold War: [cold war, coldwar]
      website: [web site, Web-site]
      email: e-mail
      U.S.: [US, "U.S.A."]
      North Korea: [Korea]
      O'Brien: [Obrien]
    accept: [Pyongyang, KCNA, hanja, Poutine Festival, Kim Jong Un]
    """,
    "terms.yaml",
)


def mended(text: str, house: Terms = HOUSE) -> str:
    for slip in reversed(list(house.slips(text))):
        assert text[slip.start : slip.end] == slip.written
        text = f"{text[: slip.start]}{slip.proper}{text[slip.end :]}"
    return text


@pytest.mark.parametrize(
    ("text", "proper"),
    [
        ("President Poutine came.", "President Putin came."),
        ("POUTINE’S WAR, a cold war, the Cold war", "PUTIN’S WAR, a Cold War, the Cold War"),
        ("_Poutine_ and **Poutine**-led, pro-Poutine", "_Putin_ and **Putin**-led, pro-Putin"),
        ("Our web site. Web sites. Web site of ours: web site", "Our website. Web sites. Website of ours: website"),
        ("Web-site", "Website"),
        ("the Web-site", "the website"),
        ("an e-mail, an E-mail", "an email, an Email"),
        ("the U.S.A. and the US", "the U.S. and the U.S."),
        ("Korea and North Korea", "North Korea and North Korea"),
        ("Obrien", "O'Brien"),
        ("a cold\u00a0war", "a Cold War"),
    ],
)
def test_a_wrong_form_becomes_the_right_one(text: str, proper: str) -> None:
    assert mended(text) == proper
    assert mended(proper) == proper


@pytest.mark.parametrize(
    "text",
    [
        "Putin, Cold War, COLD WAR and website",
        "poutine is a dish",
        "Poutines, Poutinesque, the-coldwarrior",
        "the Poutine Festival",
        "poutine.example, Poutine.example, a@Poutine, @Poutine",
        "help us, trust us",
        "e-mail-like",
        "cold wars",
    ],
)
def test_other_words_are_left_alone(text: str) -> None:
    assert mended(text) == text


@pytest.mark.parametrize(
    "word",
    [
        "Pyongyang",
        "Pyongyang’s",
        "PYONGYANG",
        "KCNA",
        "KCNA's",
        "hanja",
        "Hanja",
        "hanjas",
        "HANJA",
        "Putin",
        "Kim",
        "Jong",
        "U.S.",
        "O’Brien",
        "O’Briens’",
    ],
)
def test_a_word_of_the_house_is_in_order(word: str) -> None:
    assert HOUSE.accepts(word)


@pytest.mark.parametrize("word", ["pyongyang", "kcna", "Poutine", "Pyongyangg", "", "’s", "s", "Kcna"])
def test_another_word_is_not(word: str) -> None:
    assert not HOUSE.accepts(word)


@given(st.text(alphabet="aA bB-'’.\n", max_size=40), st.sampled_from(["a b", "A", "b-a", "Ab", "aa", "b'a"]))
def test_what_is_mended_stays_mended(text: str, wrong: str) -> None:
    once = mended(text, Terms({wrong: "Right"}))
    assert mended(once, Terms({wrong: "Right"})) == once


@pytest.mark.parametrize("text", ["", "# Nothing yet.\n", "terms:\naccept:\n", "terms: {}\naccept: []\n"])
def test_a_file_may_say_nothing(text: str) -> None:
    assert read_terms(text, "terms.yaml") == Terms()


def test_numbers_are_words_too_and_one_needs_no_brackets() -> None:
    assert read_terms("accept: 3D\nterms: {9/11: [9-11], B-52: 52}\n", "terms.yaml") == Terms(
        {"9-11": "9/11", "52": "B-52"}, frozenset({"3D", "9/11", "B-52"})
    )


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("terms: [Putin, Poutine]\n", "below it, the wrong ones in brackets: `Putin: [Poutine]`."),
        ("terms: [a, b, c]\n", "below it, the wrong ones in brackets: `website: [web site]`."),
        ("accept:\n  Tumen\n  Kim Jong Un\n", "Write each after `- `, or all in brackets: `[Tumen, Kim Jong Un]`."),
    ],
)
def test_a_wrong_shape_is_told_with_the_right_one(text: str, remedy: str) -> None:
    with pytest.raises(InvalidTerms) as raised:
        read_terms(text, "terms.yaml")
    (problem,) = raised.value.problems
    assert problem.remedy.endswith(remedy)


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("- a\n", ["terms.yaml:1:1: the file must have fields, but is a list"]),
        ("term: {a: b}\n", ["terms.yaml:1:1: `term` is not known"]),
        ("terms: [a]\n", ["terms.yaml:1:8: `terms` does not tell the right forms from the wrong ones"]),
        ("terms: Putin\n", ["terms.yaml:1:8: `terms` does not tell the right forms from the wrong ones"]),
        ("accept:\n  Tumen\n  Kim\n", ["terms.yaml:2:3: these lines are one phrase: “Tumen Kim”"]),
        (
            "terms:\n  Putin:\n    Poutine\n    Putine\n",
            ["terms.yaml:3:5: these lines are one phrase: “Poutine Putine”"],
        ),
        ("terms:\n  Putin: [[a]]\n", ["terms.yaml:2:11: item 1 of `Putin` must be a text, not a list"]),
        ("terms:\n  Putin:\n", ["terms.yaml:2:9: `Putin` is empty"]),
        ("accept: [KCNA, Tumen, KCNA]\n", ["terms.yaml:1:23: “KCNA” stands here twice: first in line 1"]),
        (
            "terms:\n  Putin: [Poutine, Putin]\n  Poutine: []\naccept: [Poutine]\n",
            [
                "terms.yaml:2:20: “Putin” stands here twice: first in line 2",
                "terms.yaml:3:3: “Poutine” stands here twice: first in line 2",
                "terms.yaml:4:10: “Poutine” stands here twice: first in line 2",
            ],
        ),
        ("accept: [K*NA]\n", ["terms.yaml:1:10: “*” may not stand in a term"]),
        ("accept: ['-']\n", ["terms.yaml:1:11: “-” does not begin with a letter or a digit"]),
        ('accept: ["a\\nb"]\n', ["terms.yaml:1:11: a term is one line of at most 100 characters"]),
        ("accept: [a\n", ["terms.yaml:1:9: what stands between this `[` and its `]` cannot be read from line 2 on"]),
        ("terms:\n  a: b\n  a: c\n", ["terms.yaml:3:3: `a` stands here twice: first in line 2"]),
    ],
)
def test_what_is_wrong_with_a_file_is_told_at_its_place(text: str, problems: list[str]) -> None:
    with pytest.raises(InvalidTerms) as raised:
        read_terms(text, "terms.yaml")
    told = raised.value.problems
    assert [f"{each.location}: {each.message}" for each in told] == problems
    assert all(each.remedy for each in told)


def test_a_file_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terms, "MOST_FORMS", 2)
    assert read_terms("accept: [a, b]\n", "terms.yaml")
    with pytest.raises(InvalidTerms, match=re.escape("there are 3 forms in this file; at most 2 are read")):
        read_terms(
            dedent("""\
            terms: {a: b}
            accept: [c]
        """),
            "terms.yaml",
        )


def test_a_single_letter_may_be_accepted() -> None:
    terms = read_terms("accept: [é, O'Brien]\n", "terms.yaml")
    assert terms.accepts("é")
    assert terms.accepts("És")
    assert not terms.accepts("O"), "a part of a name is none"
