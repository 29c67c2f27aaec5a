"""An issue file becomes an Issue with its defaults, its texts and their places."""

import datetime as dt
from hashlib import sha256
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.content.issue import Cover, Issue, Signoff, block_name, read_issue, slug_of
from dispatch.content.texts import IssueText, TextKind
from dispatch.errors import InvalidIssue, Problem
from dispatch.location import Location
from dispatch.testing.samples import SAMPLE_ISSUE, sample_issue

SMALL = "title: A title\nblocks:\n- paragraph: x\n"


def test_the_defaults_are_filled_in() -> None:
    issue = read_issue(SMALL, "issues/2026-03-a-title.yaml", default_language="fr")
    assert (issue.subject, issue.slug, issue.language) == ("A title", "2026-03-a-title", "fr")
    assert (issue.subtitle, issue.preheader, issue.author) == ("", "", "")
    assert (issue.date, issue.tags, issue.cover, issue.signoff) == (None, (), None, None)


def test_what_is_written_wins() -> None:
    text = SMALL + dedent("""\
        subject: A subject
        slug: a-slug
        language: no
        date: 2026-03-02
        subtitle: 2026
        author: 007
        tags: [1, two words ]
        cover: {image: ./a.png, alt: b}
        signoff: {tagline: c, signature: d}
    """)
    issue = read_issue(text, "x.yaml", default_language="fr")
    assert (issue.subject, issue.slug, issue.language) == ("A subject", "a-slug", "no")
    assert (issue.subtitle, issue.author, issue.tags) == ("2026", "007", ("1", "two words"))
    assert issue.date == dt.date(2026, 3, 2)
    assert issue.cover == Cover(image="a.png", alt="b")
    assert issue.signoff == Signoff(tagline="c", signature="d")


def test_keys_with_nothing_behind_them_are_left_out() -> None:
    text = SMALL + "subtitle:\nsubject:\ndate: ~\ntags:\ncover:\nsignoff:\nslug:\n"
    assert read_issue(text, "x.yaml").model_dump() == read_issue(SMALL, "x.yaml").model_dump()


def test_bytes_text_and_windows_files_give_the_same_issue() -> None:
    said = sample_issue().model_dump()
    assert read_issue(SAMPLE_ISSUE.encode(), "x.yaml").model_dump() == said
    assert read_issue(b"\xef\xbb\xbf" + SAMPLE_ISSUE.replace("\n", "\r\n").encode(), "x.yaml").model_dump() == said


def test_texts_are_told_in_the_order_of_the_file_with_their_places() -> None:
    issue = read_issue(
        dedent("""\
            signoff: {signature: S, tagline: T}
            blocks:
            - quote: {source: A, text: B, by: C}
            - list: [D, E]
            - list: {ordered: true, items: [F]}
            - table: {rows: [[G, H]], header: [I, J]}
            - button: {url: K, text: L}
            - figure: {link: M, image: n.png, alt: O}
            - divider:
            - columns:
              - - {figure: {caption: a, image: b.png}}
                - {heading: c}
              - - {list: [d, e]}
            - columns: {ratio: 2:1, sides: [[{button: {url: f, text: g}}], [{callout: h}]]}
            - heading: P
            cover: {caption: Q, image: r.png}
            title: R
            tags: [s]
        """),
        "x.yaml",
    )
    kinds = {TextKind.PLAIN: "SCLOgR", TextKind.RICH: "TABDEFGHIJacdehPQ", TextKind.URL: "KMf"}
    expected = {letter: kind for kind, letters in kinds.items() for letter in letters}
    texts = list(issue.texts())
    assert [text.value for text in texts] == list("STABCDEFGHIJKLMOacdefghPQR")
    assert {text.value: text.kind for text in texts} == expected
    assert texts[5] == IssueText(("blocks", 1, "list", 0), "D", TextKind.RICH, "en")
    for text in texts:
        start, stop = issue.source.span(text.path, 0, 1)
        assert issue.source.text[start:stop] == text.value


COLUMNS = """\
title: T
blocks:
- paragraph: Before
- columns:
    ratio: 1:2
    sides:
    - - figure: {image: a.png}
      - paragraph: Left
    - - paragraph: Right
        language: ar
  language: fr
- columns: [[heading: Un], [divider: ]]
"""


def test_blocks_in_columns_have_names_places_and_the_language_of_the_columns() -> None:
    issue = read_issue(COLUMNS, "x.yaml")
    assert [(block_name(block.path), block.kind, block.language) for block in issue.every_block()] == [
        ("blocks.0", "paragraph", ""),
        ("blocks.1", "columns", "fr"),
        ("blocks.1.columns.0.0", "figure", "fr"),
        ("blocks.1.columns.0.1", "paragraph", "fr"),
        ("blocks.1.columns.1.0", "paragraph", "ar"),
        ("blocks.2", "columns", ""),
        ("blocks.2.columns.0.0", "heading", ""),
        ("blocks.2.columns.1.0", "divider", ""),
    ]
    extents = {name: (start.line, end.line) for name, start, end in issue.extents()}
    assert extents["blocks.1"] == (4, 11)
    assert extents["blocks.1.columns.0.1"] == (8, 8)
    assert extents["blocks.1.columns.1.0"] == (9, 10)
    at = {line: issue.block_at(Location("x.yaml", line, 10)) for line in range(3, 13)}
    assert at == {
        3: "blocks.0",
        4: "blocks.1",
        5: "blocks.1",
        6: "blocks.1",
        7: "blocks.1.columns.0.0",
        8: "blocks.1.columns.0.1",
        9: "blocks.1.columns.1.0",
        10: "blocks.1.columns.1.0",
        11: "blocks.1",
        12: "blocks.2",
    }
    assert {text.language for text in issue.texts() if text.value == "Left"} == {"fr"}
    assert [path for path in issue.lacking() if path[:1] == ("blocks",)] == [
        ("blocks", 1, "columns", "sides", 0, 0, "figure", field) for field in ("alt", "caption", "source")
    ]


def test_a_word_in_a_column_makes_another_issue_of_it() -> None:
    issue, other, boxed = (
        read_issue(text, "x.yaml")
        for text in (COLUMNS, COLUMNS.replace("Left", "Links"), COLUMNS.replace("paragraph: Left", "callout: Left"))
    )
    assert len({issue.fingerprint(), other.fingerprint(), boxed.fingerprint()}) == 3
    assert len({*issue.digests()} & {*other.digests()}) == 3


def test_a_text_is_in_the_language_of_its_block_or_of_the_issue() -> None:
    issue = read_issue(
        dedent("""\
            title: Bridges
            language: en-GB
            blocks:
            - paragraph: He said
            - quote: {text: Bonjour, by: Anne}
              language: fr
            - language: ar
              paragraph: مرحبا
        """),
        "x.yaml",
    )
    assert [text.language for text in issue.texts()] == ["en-GB", "en-GB", "fr", "fr", "ar"]
    assert [block.language for block in issue.blocks] == ["", "fr", "ar"]


def test_a_place_inside_a_text_is_found() -> None:
    issue = read_issue("title: T\nblocks:\n- paragraph: >-\n    Some words\n    and {{name|x}}\n", "x.yaml")
    [_, paragraph] = issue.texts()
    assert str(issue.locate(paragraph.path, paragraph.value.index("{{"))) == "x.yaml:5:9"


PARTS = """\
title: A title
cover:
  image: images/a.png
  # whose is it?

blocks:
  # the first
  - paragraph: >-
      One
      and two.

  # about the list
  - list:
      - first
      - "second"  # kept
  - divider:
  - quote: {text: Three,
            by: Kim}
signoff: {signature: Joy}
"""


@pytest.mark.parametrize("text", [PARTS, PARTS.replace("\n", "\r\n")])
def test_the_lines_of_each_block_are_its_own(text: str) -> None:
    issue = read_issue(text, "issues/a.yaml")
    lines = {name: issue.source.lines(start.line, end.line) for name, start, end in issue.extents()}
    assert lines == {
        "title": ("title: A title",),
        "cover": ("cover:", "  image: images/a.png"),
        "blocks.0": ("  - paragraph: >-", "      One", "      and two."),
        "blocks.1": ("  - list:", "      - first", '      - "second"  # kept'),
        "blocks.2": ("  - divider:",),
        "blocks.3": ("  - quote: {text: Three,", "            by: Kim}"),
        "signoff.signature": ("signoff: {signature: Joy}",),
    }


def test_a_place_in_the_file_is_in_a_part_or_in_none() -> None:
    issue = read_issue(PARTS, "issues/a.yaml")

    def block_at(line: int, column: int) -> str:
        return issue.block_at(Location("issues/a.yaml", line, column))

    assert [block_at(*place) for place in [(1, 1), (1, 8), (2, 1), (3, 10), (4, 3), (8, 5), (10, 14)]] == [
        "", "title", "cover", "cover", "", "blocks.0", "blocks.0",
    ]  # fmt: skip
    assert [block_at(*place) for place in [(12, 3), (15, 9), (16, 5), (18, 20), (19, 1), (19, 22)]] == [
        "", "blocks.1", "blocks.2", "blocks.3", "", "signoff.signature",
    ]  # fmt: skip
    assert issue.block_at(Location("templates/head.css.j2", 8, 5)) == ""


def test_blocks_in_one_line_are_told_apart_by_their_columns() -> None:
    issue = read_issue("title: t\nblocks: [paragraph: One., divider: , paragraph: Two.]\n", "issues/a.yaml")
    places = [issue.locate(path) for path in [("blocks", 0, "paragraph"), ("blocks", 1), ("blocks", 2, "paragraph")]]
    assert [issue.block_at(place) for place in places] == ["blocks.0", "blocks.1", "blocks.2"]


def test_the_sample_is_an_issue() -> None:
    issue = sample_issue()
    assert issue.slug == "rivers-and-roads"
    assert issue.source.text == SAMPLE_ISSUE
    assert issue.blocks[0].path == ("blocks", 0, "paragraph")


@pytest.mark.parametrize("language", ["en", "pt-BR", "zh-Hant-TW", "sr-Latn", "es-419", "de-1996", "no", "yue"])
def test_language_tags(language: str) -> None:
    assert read_issue(f"{SMALL}language: {language}\n", "x.yaml").language == language


@pytest.mark.parametrize("slug", ["a", "0", "a-1", "2026-03-02", "2026", "a" * 80])
def test_slugs(slug: str) -> None:
    assert read_issue(f"{SMALL}slug: {slug}\n", "x.yaml").slug == slug


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Rivers & roads: who pays?", "rivers-roads-who-pays"),
        ("  Élan vital — 3,8 % ", "elan-vital-3-8"),
        ("Große Straße", "grosse-strasse"),
        ("東京", ""),
        ("a" * 200, "a" * 80),
    ],
)
def test_the_nearest_slug(text: str, slug: str) -> None:
    assert slug_of(text) == slug


# Without what YAML forbids, and what begins a merge field, a link or emphasis.
CALM = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co"], exclude_characters="\u2028\u2029\ufeff{(*_"), max_size=40
)


@given(CALM, st.sampled_from(["double", "single", "literal"]))
def test_any_text_comes_through_every_style_unchanged(text: str, style: str) -> None:
    text = f"x{text}x"
    spelling = {"double": {"\\": "\\\\", '"': '\\"'}, "single": {"'": "''"}, "literal": {}}[style]
    spelled = [spelling.get(character, character) for character in text]
    frame = {"double": '"{}"', "single": "'{}'", "literal": "|-\n    {}"}[style]
    written = frame.replace("{}", "".join(spelled))
    issue = read_issue(f"title: T\nblocks:\n- callout: {{title: x, text: y}}\n- paragraph: {written}\n", "x.yaml")
    [*_, paragraph] = issue.texts()
    assert paragraph.value == text
    for offset, expected in enumerate(spelled):
        assert issue.source.text[slice(*issue.source.span(paragraph.path, offset, offset + 1))] == expected


EDITS = st.lists(
    st.tuples(st.integers(0, len(SAMPLE_ISSUE)), st.integers(0, 3), st.text("a: -#[]{}*|>'\"\n\t\\é😀\0", max_size=3)),
    max_size=4,
)


@given(EDITS)
def test_a_mistyped_issue_is_an_issue_or_a_list_of_problems_with_places_and_remedies(
    edits: list[tuple[int, int, str]],
) -> None:
    text = SAMPLE_ISSUE
    for index, length, typed in edits:
        text = text[:index] + typed + text[index + length :]
    outcome = outcome_of(text)
    if isinstance(outcome, Issue):
        assert all(outcome.locate(each.path, len(each.value)).column for each in outcome.texts())
        return
    assert outcome.problems == tuple(sorted(outcome.problems, key=Problem.sort_key))
    for problem in outcome.problems:
        assert problem.location
        assert problem.location.file == "issues/x.yaml"
        assert problem.location.line >= 1
        assert problem.location.column >= 1
        assert problem.remedy.endswith((".", "?"))


def outcome_of(text: str) -> Issue | InvalidIssue:
    try:
        return read_issue(text, "issues/x.yaml")
    except InvalidIssue as error:
        return error


FOR_SOME = """\
title: T
blocks:
- paragraph: for all
- paragraph: for those who pay
  when: paid
- when: french
  paragraph: pour vous
- paragraph: again for those who pay
  when: paid
"""


def test_blocks_are_shown_to_those_whom_they_are_for() -> None:
    issue = read_issue(FOR_SOME, "issue.yaml")
    assert issue.conditions == ("paid", "french")
    assert [block.when for block in issue.shown_to(["french"]).blocks] == ["", "french"]
    assert [block.when for block in issue.shown_to([]).blocks] == [""]
    assert issue.shown_to(["french", "paid", "other"]) is issue


def test_what_is_left_out_leaves_the_others_in_their_places() -> None:
    issue = read_issue(FOR_SOME, "issue.yaml")
    shown = issue.shown_to(["french"])
    assert [name for name, *_ in shown.extents()] == ["title", "blocks.0", "blocks.2"]
    assert [issue.source.value_at(text.path) for text in shown.texts()] == ["T", "for all", "pour vous"]
    assert [str(issue.locate(text.path)) for text in shown.texts()][-1] == "issue.yaml:7:14"


# --- known again ------------------------------------------------------------------------------------


def fingerprint(text: str, file: str = "x.yaml") -> str:
    return read_issue(text, file).fingerprint()


@pytest.mark.parametrize(
    "changed",
    [
        SMALL.replace("x", "y"),
        SMALL.replace("A title", "a title"),
        f"{SMALL}- paragraph: x\n",
        SMALL.replace("paragraph", "heading"),
        *(f"{SMALL}{field}: z\n" for field in ("subject", "subtitle", "preheader", "author")),
        f"{SMALL}date: 2026-03-02\n",
        f"{SMALL}cover: {{image: a.png}}\n",
        f"{SMALL}signoff: {{tagline: Bye}}\n",
        f"{SMALL}language: fr\n",
        SMALL.replace("paragraph: x", "paragraph: x\n  language: fr"),
    ],
)
def test_what_readers_see_makes_the_fingerprint(changed: str) -> None:
    assert fingerprint(changed) != fingerprint(SMALL)


@pytest.mark.parametrize(
    "alike",
    [
        f"# a comment\n{SMALL}",
        SMALL.replace("\n", "\r\n"),
        'title: "A title"\nblocks: [{paragraph: {text: x}}]\n',
        f"{SMALL}tags: [a]\nslug: other\nallow: {{long-subject: It is a name.}}\n",
        f"{SMALL}subtitle:\nsubject: A title\n",
    ],
)
def test_what_readers_do_not_see_makes_no_other_fingerprint(alike: str) -> None:
    assert fingerprint(alike, "other.yaml") == fingerprint(SMALL)


def test_for_whom_a_block_is_makes_the_fingerprint() -> None:
    few, all_ = (f"{SMALL}- paragraph: y\n{when}" for when in ("  when: paid\n", ""))
    assert len({*map(fingerprint, (few, all_, few.replace("paid", "free")))}) == 3


def test_its_parts_are_known_as_older_ledgers_have_them() -> None:
    text = (
        "title: A\nblocks: [heading: One, list: [a, b], quote: {text: We shall see., by: Kim}, divider: , divider: ]\n"
    )
    issue = read_issue(text, "x.yaml")
    parts = (
        "A",
        'heading{"text":"One","level":2}',
        'list{"items":["a","b"],"ordered":false}',
        'quote{"text":"We shall see.","by":"Kim","source":""}',
        "divider{}",
    )
    assert issue.former_digests() == tuple(sha256(part.encode()).hexdigest()[:16] for part in parts)
    assert len(issue.digests()) == len(parts)


def test_the_order_of_the_blocks_counts() -> None:
    forth, back = (
        "title: A\nblocks: [paragraph: x, divider: , paragraph: y]\n",
        "title: A\nblocks: [paragraph: y, divider: , paragraph: x]\n",
    )
    assert fingerprint(forth) != fingerprint(back)
    assert set(read_issue(forth, "x.yaml").digests()) == set(read_issue(back, "x.yaml").digests())
