"""What changes from one state of an issue to another, and what is left alone."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from PIL import Image

from comparison.letters import letter_of
from dispatch.checks.check import Finding, Severity
from dispatch.comparison.difference import Difference, compare, of_new, those_alike
from dispatch.comparison.letter import Letter, Link
from dispatch.comparison.telling import (
    besides_told,
    fate_of,
    look_told,
    picture_told,
    sizes_told,
    standing,
    summed_up,
)
from dispatch.comparison.words import Fate
from dispatch.errors import Problem
from dispatch.location import Location

TOWNS = "  - paragraph: The northern town pays for the stones and the timber.\n"
RIVER = "  - paragraph: Nobody has asked the river what it thinks of all this.\n"
HEADING = "  - heading: Who pays\n"


def told(difference: Difference) -> list[tuple[str, str]]:
    return [(change.part.name, fate_of(change)) for change in difference.parts]


def test_the_same_is_no_difference() -> None:
    assert not compare(letter_of(TOWNS), letter_of(TOWNS))


def test_changed_words_are_told_where_they_stand() -> None:
    difference = compare(letter_of(TOWNS + RIVER), letter_of(TOWNS + RIVER.replace("Nobody has", "We have")))
    assert told(difference) == [("blocks.1", "changed")]
    (change,) = difference.parts
    assert [(piece.fate, piece.text) for piece in change.words][:2] == [
        (Fate.REMOVED, "Nobody has"),
        (Fate.ADDED, "We have"),
    ]
    assert not difference.look


def test_a_block_that_stands_elsewhere_was_moved() -> None:
    difference = compare(letter_of(HEADING + TOWNS + RIVER), letter_of(HEADING + RIVER + TOWNS))
    assert [fate for _, fate in told(difference)] == ["moved"]
    assert not difference.look
    assert not difference.words_differ


def test_a_block_in_front_moves_no_other() -> None:
    difference = compare(letter_of(TOWNS + RIVER), letter_of(HEADING + TOWNS + RIVER))
    assert told(difference) == [("blocks.0", "added")]
    assert told(compare(letter_of(HEADING + TOWNS), letter_of(TOWNS))) == [("blocks.0", "removed")]


def test_a_block_that_was_rewritten_is_another() -> None:
    other = "  - paragraph: Eels.\n"
    assert sorted(fate for _, fate in told(compare(letter_of(TOWNS), letter_of(other)))) == ["added", "removed"]


COLUMNS = """\
  - columns:
      - - paragraph: The left side says what the mayor says.
        - paragraph: Nothing else.
      - - paragraph: The right side is empty but for this.
"""


def test_columns_are_what_is_in_them() -> None:
    texts = TOWNS + HEADING + RIVER + "  - paragraph: A third one, of which nobody knows anything.\n"
    difference = compare(letter_of(COLUMNS + texts), letter_of(COLUMNS.replace("mayor", "king") + texts))
    assert told(difference) == [("blocks.0.columns.0.0", "changed")]
    assert told(compare(letter_of(COLUMNS + texts), letter_of(texts + COLUMNS))) == [("blocks.4", "moved")]
    shorter = compare(letter_of(COLUMNS), letter_of(COLUMNS.replace("        - paragraph: Nothing else.\n", "")))
    assert told(shorter) == [("blocks.0.columns.0.1", "removed")]
    assert not shorter.look


def test_moved_and_changed_at_once() -> None:
    difference = compare(
        letter_of(HEADING + TOWNS + RIVER), letter_of(RIVER.replace("river", "stream") + HEADING + TOWNS)
    )
    assert told(difference) == [("blocks.0", "moved and changed")]


def test_the_row_in_the_inbox_is_compared() -> None:
    before, after = (letter_of(TOWNS, f"title: Who pays?\nsubject: {subject}\n") for subject in ("Old", "New"))
    assert told(compare(before, after)) == [("subject", "changed")]


def test_words_that_are_set_off_otherwise() -> None:
    (change,) = compare(letter_of(TOWNS), letter_of(TOWNS.replace("stones", "**stones**"))).parts
    assert [*besides_told(change)] == ["now bold: “stones”"]
    assert (change.set_off, change.no_longer_set_off, change.words) == ((("bold", "stones"),), (), ())


def test_for_whom_a_block_is_and_in_which_language() -> None:
    paid, french = TOWNS + "    when: paid\n", TOWNS + "    language: fr\n"
    (change,) = compare(letter_of(HEADING + TOWNS), letter_of(HEADING + paid)).parts
    assert [*besides_told(change)] == ['for everybody → for paid ("paid" in tags)']
    (change,) = compare(letter_of(HEADING + paid), letter_of(HEADING + french)).parts
    assert [*besides_told(change)] == [
        'for paid ("paid" in tags) → for everybody',
        "language: that of the issue → fr",
    ]
    (change,) = compare(letter_of(HEADING), letter_of(HEADING + paid)).parts
    assert [*besides_told(change)] == ['for paid ("paid" in tags) only']
    (change,) = compare(letter_of(HEADING), letter_of(HEADING + french)).parts
    assert [*besides_told(change)] == ["language: fr"]


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        ("a", "[a](https://a.example)", (None, Link("a", "https://a.example"))),
        ("[a](https://a.example)", "a", (Link("a", "https://a.example"), None)),
        (
            "[a](https://a.example)",
            "[a](https://b.example)",
            (Link("a", "https://a.example"), Link("a", "https://b.example")),
        ),
        (
            "[a](https://a.example)",
            "[b](https://a.example)",
            (Link("a", "https://a.example"), Link("b", "https://a.example")),
        ),
    ],
)
def test_links(before: str, after: str, change: tuple[Link | None, Link | None]) -> None:
    difference = compare(*(letter_of(f"  - paragraph: 'The town pays {text}'\n") for text in (before, after)))
    assert [(each.before, each.after) for each in difference.links] == [change]


def test_a_link_that_moves_with_its_block_is_the_same() -> None:
    link = "  - paragraph: '[Here](https://a.example) it is, the report of the year.'\n"
    assert compare(letter_of(link + TOWNS), letter_of(TOWNS + link)).links == ()


FIGURE = "  - figure: {image: dot.png, alt: A dot}\n"


def dot(width: int) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (width, 10), "red").save(buffer, "PNG")
    return buffer.getvalue()


def test_a_picture_with_another_content() -> None:
    (change,) = compare(letter_of(FIGURE, dot=dot(20)), letter_of(FIGURE, dot=dot(40))).pictures
    sign, name, (measures, shown) = picture_told(change)
    assert (sign, name) == ("~", "dot.png")
    assert measures.startswith("20 × 10 px, ")
    assert "→ 40 × 10 px" in measures
    assert shown == "shown 20 × 10 → 40 × 10 px"


def test_a_picture_with_another_alternative_text_gained_and_lost() -> None:
    (change,) = compare(letter_of(FIGURE), letter_of(FIGURE.replace("A dot", "Red"))).pictures
    assert picture_told(change) == ("~", "dot.png", ())
    assert [(piece.fate, piece.text) for piece in change.alternative] == [(Fate.REMOVED, "A dot"), (Fate.ADDED, "Red")]
    (gained,) = compare(letter_of(TOWNS), letter_of(TOWNS + FIGURE)).pictures
    assert picture_told(gained)[:2] == ("+", "dot.png")
    (lost,) = compare(letter_of(FIGURE + TOWNS), letter_of(TOWNS)).pictures
    assert picture_told(lost)[:2] == ("-", "dot.png")


def test_a_picture_that_is_drawn_goes_by_its_block() -> None:
    chart = "  - chart: {title: Trade, data: {a: 1, b: 2}}\n"
    (change,) = compare(letter_of(TOWNS + chart), letter_of(TOWNS + chart.replace("b: 2", "b: 3"))).pictures
    sign, name, facts = picture_told(change)
    assert (sign, name) == ("~", "chart in line 4")
    assert facts
    assert [piece.text for piece in change.alternative if piece.fate is not Fate.KEPT] == ["2", "3"]


@pytest.mark.parametrize(
    ("before", "after", "pieces"),
    [
        ("data: {a: 12, b: 5}", "data: {a: 2, b: 5}", ["12", "2"]),
        ("series: [road, rail], data: {a: [1, 2]}", "series: [road, ship], data: {a: [1, 2]}", ["rail", "ship"]),
        ("unit: t, data: {a: 1}", "unit: kg, data: {a: 1}", ["t", "kg"]),
    ],
)
def test_figures_of_a_chart_are_told_whatever_its_alternative_text(before: str, after: str, pieces: list[str]) -> None:
    chart = "  - chart: {{title: Trade, alt: It grew., {}}}\n"
    difference = compare(letter_of(chart.format(before)), letter_of(chart.format(after)))
    (change,) = difference.parts
    assert [piece.text.strip() for piece in change.words if piece.fate is not Fate.KEPT] == pieces


@pytest.mark.parametrize(
    ("differing", "the_same", "unreadable", "told"),
    [
        (0, 0, 0, "Nothing changes for the reader"),
        (0, 9, 0, "Nothing changes for the reader"),
        (1, 0, 0, "1 issue differs for the reader"),
        (2, 1, 0, "2 issues differ for the reader, 1 does not"),
        (1, 1200, 3, "1 issue differs for the reader, 1,200 do not, 3 cannot be read"),
        (0, 1, 1, "1 issue does not differ, 1 cannot be read"),
        (0, 0, 2, "2 issues cannot be read"),
    ],
)
def test_issues_are_counted(differing: int, the_same: int, unreadable: int, told: str) -> None:
    letter = letter_of(TOWNS)
    wrong = (Problem("it is no YAML"),)
    broken = Difference(None, None, problems_before=wrong, problems_after=wrong)
    differences = [compare(letter, replace(letter, slug="river"))] * differing + [broken] * unreadable
    assert summed_up(differences, the_same) == told


def test_only_the_theme_has_changed() -> None:
    quote = "  - quote: We shall see.\n"
    difference = compare(letter_of(TOWNS + quote), letter_of(TOWNS + quote, accent="#1b4fa3"))
    assert difference.only_look
    assert not difference.words_differ
    lines = [*look_told(difference.look, words_differ=difference.words_differ)]
    assert lines[0] == "the words are the same; other styles in 1 part"
    assert any("#a3241b → " in line and "#1b4fa3" in line for line in lines[1:])
    assert those_alike([difference, difference]) == [[difference, difference]]


def found(message: str, block: str = "blocks.0", line: int = 3) -> Finding:
    return Finding("vague", Severity.WARNING, Location("issues/bridge.yaml", line, 1), message, block=block)


def with_findings(letter: Letter, *findings: Finding) -> Letter:
    return replace(letter, findings=findings)


def test_findings_are_known_again_wherever_they_stand() -> None:
    before = with_findings(letter_of(TOWNS), found("“$3,8” is odd"), found("“$9,9” is odd"), found("old"))
    after = with_findings(
        letter_of(HEADING + TOWNS), found("“$9,9” is odd", "blocks.1", 4), found("new", "blocks.1", 4)
    )
    changes = compare(before, after).findings
    assert [finding.message for finding in changes.gained] == ["new"]
    assert [finding.message for finding in changes.lost] == ["“$3,8” is odd", "old"]


def test_a_number_in_a_finding_makes_no_new_one() -> None:
    before, after = (with_findings(letter_of(TOWNS), found(f"{size} bytes", "")) for size in ("90,000", "91,234"))
    assert not compare(before, after)


def test_findings_that_could_not_be_found_out_are_neither_gained_nor_lost() -> None:
    changes = compare(letter_of(TOWNS), with_findings(letter_of(TOWNS), found("new"))).findings
    assert (changes.gained, changes.lost, changes.known) == ((), (), False)


def test_sizes_that_were_measured_otherwise_are_not_compared() -> None:
    """Of an issue that could not be judged nobody knows who gets which blocks: it was measured with all of them."""
    before = letter_of(TOWNS)
    after = replace(letter_of(f"{TOWNS}  - {{paragraph: For you., when: paid}}\n"), html_bytes=1)
    assert [name for name, _ in sizes_told(compare(before, with_findings(after)))] == ["words"]
    told = dict(sizes_told(compare(with_findings(before), with_findings(after))))
    assert told["HTML"].endswith(" in the largest message, 0% of what Gmail shows")
    assert told["text part"].endswith(" in the largest message")
    assert [*told] == ["HTML", "text part", "words"]
    told = dict(sizes_told(compare(before, after)))
    assert told["HTML"].endswith(" with every block, 0% of what Gmail shows")
    assert not [*sizes_told(Difference(before, None))], "it is gone, or cannot be read: what it was is no news"


def test_an_issue_as_a_whole() -> None:
    letter = letter_of(TOWNS)
    assert standing(of_new(letter)) == "new"
    assert standing(compare(letter, replace(letter, slug="river"))) == "renamed from bridge"
    assert compare(letter, replace(letter, slug="river"))
    assert standing(compare(letter, letter)) == ""
    wrong = (Problem("it is no YAML"),)
    assert standing(Difference(None, None, problems_before=wrong)) == "removed"
    assert standing(Difference(None, None, problems_after=wrong)) == "new"
    assert standing(Difference(None, letter, problems_before=wrong)) == ""
    assert standing(Difference(None, None, problems_before=wrong, problems_after=wrong)) == "unreadable"


def test_the_text_part_alone_may_differ() -> None:
    letter = letter_of(TOWNS)
    difference = compare(letter, replace(letter, text=letter.text.replace("timber", "TIMBER")))
    assert [piece.text for piece in difference.text_part if piece.fate is Fate.ADDED] == ["TIMBER"]
