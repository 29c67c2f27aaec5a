"""Which words went and came: what is kept and added is the new text, what is kept and removed the old one."""

from __future__ import annotations

from collections import Counter
from difflib import Match, SequenceMatcher
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.comparison.words import Fate, Piece, compare_words, excerpt, likeness, words_of

MARKS = {Fate.KEPT: "{}", Fate.REMOVED: "[-{}-]", Fate.ADDED: "{{+{}+}}"}

WORDS = st.lists(
    st.sampled_from(["the ", "bridge", " ", ", ", ". ", "\n", "\u00a0", "{{name|you}}", "é", "日本", "👩‍🚀", "5,2"])
)
TEXTS = st.one_of(st.text(max_size=60), WORDS.map("".join))


def marked(pieces: tuple[Piece, ...]) -> str:
    return "".join(MARKS[piece.fate].format(piece.text) for piece in pieces)


@given(TEXTS, TEXTS)
def test_both_texts_are_in_the_pieces(before: str, after: str) -> None:
    pieces = compare_words(before, after)
    assert "".join(piece.text for piece in pieces if piece.fate is not Fate.ADDED) == before
    assert "".join(piece.text for piece in pieces if piece.fate is not Fate.REMOVED) == after
    assert all(piece.text for piece in pieces)
    fates = [piece.fate for piece in pieces]
    assert all(one is not other for one, other in pairwise(fates))
    assert (Fate.ADDED, Fate.REMOVED) not in pairwise(fates)


@given(TEXTS)
def test_words_joined_are_the_text(text: str) -> None:
    assert "".join(words_of(text)) == text
    assert compare_words(text, text) == ((Piece(Fate.KEPT, text),) if text else ())


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("for $3,8 million", "for $3.8 million", "for $[-3,8-]{+3.8+} million"),
        ("This help a lot", "This helps a lot", "This [-help-]{+helps+} a lot"),
        ("half built.", "half built today.", "half built{+ today+}."),
        ("Dear {{name|you}}!", "Dear {{name|reader}}!", "Dear [-{{name|you}}-]{+{{name|reader}}+}!"),
        ("5 %", "5\u00a0%", "5[- %-]{+\u00a0%+}"),
        ("don't", "don\u2019t", "[-don't-]{+don\u2019t+}"),
        ("بالأمس، وفيه", "اليوم، وفيه", "[-بالأمس-]{+اليوم+}، وفيه"),
        ("日本語です", "日本です", "日本[-語-]です"),
        ("a cold war and more", "the hot war and more", "[-a cold-]{+the hot+} war and more"),
        ("The sea", "Now the sea", "[-The-]{+Now the+} sea"),
        ("The sea", "Look: The sea", "{+Look: +}The sea"),
        ("So the sea", "the sea", "[-So -]the sea"),
        ("", "the sea", "{+the sea+}"),
        ("one to two", "six to ten", "[-one to two-]{+six to ten+}"),
    ],
)
def test_what_changed_is_told_in_words(before: str, after: str, told: str) -> None:
    assert marked(compare_words(before, after)) == told


def test_a_long_text_of_few_words_is_compared_by_sentences() -> None:
    middle = "".join(f"So it is in {year}. " for year in range(3000))
    before, after = f"Once. {middle}The end.", f"It is so. {middle}So it is. The very end."
    pieces = compare_words(before, after)
    assert "".join(piece.text for piece in pieces if piece.fate is not Fate.REMOVED) == after
    assert marked(pieces).startswith("[-Once.-]{+It is so.+} So it is in 0.")
    assert marked(pieces).endswith(" [-The end.-]{+So it is. The very end.+}")


def test_a_word_of_which_there_are_many_is_not_looked_for_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    find, steps = SequenceMatcher.find_longest_match, 0

    def counted(matcher: SequenceMatcher[str], alo: int, ahi: int, blo: int, bhi: int) -> Match:
        nonlocal steps
        of_old, of_new = Counter(matcher.a[alo:ahi]), Counter(matcher.b)
        steps += sum(times * of_new[word] for word, times in of_old.items())
        assert steps <= 4_000_000
        return find(matcher, alo, ahi, blo, bhi)

    monkeypatch.setattr(SequenceMatcher, "find_longest_match", counted)
    for number in (350, 1400):
        before, after = (" ".join(f"{name}{each} a" for each in range(number)) for name in "xy")
        pieces = compare_words(before, after)
        assert "".join(piece.text for piece in pieces if piece.fate is not Fate.ADDED) == before
        assert "".join(piece.text for piece in pieces if piece.fate is not Fate.REMOVED) == after


def test_a_text_that_cannot_be_cut_is_told_as_a_whole() -> None:
    assert compare_words("a ," * 6000, ", a" * 6000) == (
        Piece(Fate.REMOVED, "a ," * 6000),
        Piece(Fate.ADDED, ", a" * 6000),
    )


def test_an_excerpt_has_some_words_beside_each_change() -> None:
    pieces = compare_words("one two three four five six seven old end", "one two three four five six seven new end")
    assert marked(excerpt(pieces, around=2)) == "… six seven [-old-]{+new+} end"
    long = tuple(Piece(fate, " w" * 30) for fate in (Fate.KEPT, Fate.ADDED, Fate.KEPT))
    assert marked(excerpt(long, around=1)) == "… w{+" + " w" * 30 + "+} w …"


def test_texts_are_alike_by_their_words() -> None:
    assert likeness(Counter("ab"), Counter("ab")) == 1
    assert likeness(Counter("ab"), Counter("bc")) == 0.5
    assert likeness(Counter(), Counter()) == 0
