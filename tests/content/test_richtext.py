"""Inline Markdown and merge fields become a small tree; whatever else stands in a text stays text."""

from collections.abc import Iterator, Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dispatch.content.richtext import (
    Break,
    Code,
    Emphasis,
    Link,
    MergeField,
    Node,
    RichTextProblem,
    Strong,
    TextRun,
    parse,
    parse_plain,
)


def run(text: str) -> tuple[TextRun]:
    return (TextRun(text),)


@pytest.mark.parametrize(
    ("text", "nodes"),
    [
        ("", ()),
        ("plain", run("plain")),
        ("**bold** and __bold__", (Strong(run("bold")), TextRun(" and "), Strong(run("bold")))),
        ("*soft* and _soft_", (Emphasis(run("soft")), TextRun(" and "), Emphasis(run("soft")))),
        ("***both***", (Emphasis((Strong(run("both")),)),)),
        ("**a *b* c**", (Strong((TextRun("a "), Emphasis(run("b")), TextRun(" c"))),)),
        ("snake_case_name 2*3*4 a * b", (TextRun("snake_case_name 2"), Emphasis(run("3")), TextRun("4 a * b"))),
        ("`code *x*`", (Code(run("code *x*")),)),
        ("``a ` b``", (Code(run("a ` b")),)),
        (
            "[a **b**](https://x.example/?a=1&b=2#c)",
            (Link(run("https://x.example/?a=1&b=2#c"), (TextRun("a "), Strong(run("b"))), 0),),
        ),
        (
            "see <https://x.example/ü>",
            (TextRun("see "), Link(run("https://x.example/ü"), run("https://x.example/ü"), 4)),
        ),
        ("<me@x.example>", (Link(run("mailto:me@x.example"), run("me@x.example"), 0),)),
        ("[a](<b c>) [d]( e )", (Link(run("b c"), run("a"), 0), TextRun(" "), Link(run("e"), run("d"), 11))),
        ("[a](/x_(y))", (Link(run("/x_(y)"), run("a"), 0),)),
        (
            "one\ntwo  \nthree\\\nfour",
            (TextRun("one"), Break(), TextRun("two"), Break(), TextRun("three"), Break(), TextRun("four")),
        ),
        ("a\n\nb", (TextRun("a"), Break(), Break(), TextRun("b"))),
        (r"\*a\* \[b\](c) \\ \a", run(r"*a* [b](c) \ \a")),
        ("# no heading", run("# no heading")),
        ("- no item", run("- no item")),
        ("    no code block", run("    no code block")),
        ("~~a~~ [a][b] ^c^ ==d==", run("~~a~~ [a][b] ^c^ ==d==")),
        ("https://x.example/a_b_c", run("https://x.example/a_b_c")),
    ],
)
def test_inline_markdown(text: str, nodes: tuple[Node, ...]) -> None:
    assert parse(text).nodes == nodes


@pytest.mark.parametrize(
    "text",
    [
        "<b>bold</b>",
        "<script>alert(1)</script>",
        "<!-- x -->",
        "&amp; &nbsp; &#60; &copy;",
        "a < b > c & d",
        "\"quotes\" 'too'",
        "<a href='x'>y</a>",
    ],
)
def test_html_is_text(text: str) -> None:
    assert parse(text).nodes == run(text)


def test_a_url_of_any_scheme_stays_data_as_it_is_written() -> None:
    for url in (
        "javascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "JaVaScRiPt:x",
        "//x.example",
        "#top",
        "mailto:a@x.example",
        "ftp://ä/ü?é",
    ):
        [link] = parse(f"go [there]({url})").links
        assert link == Link(run(url), run("there"), 3)


def test_merge_fields_stand_anywhere_and_know_their_place() -> None:
    text = "Hi {{first_name|there}}, **{{ city | your *town* }}** `{{x|}}` [for {{name|you}}](https://x.example/?a={{email|no one}}&b=1)"
    parsed = parse(text)
    assert parsed.nodes == (
        TextRun("Hi "),
        MergeField("first_name", "there", 3),
        TextRun(", "),
        Strong((MergeField("city", "your *town*", 27),)),
        TextRun(" "),
        Code((MergeField("x", "", 55),)),
        TextRun(" "),
        Link(
            (TextRun("https://x.example/?a="), MergeField("email", "no one", 103), TextRun("&b=1")),
            (TextRun("for "), MergeField("name", "you", 68)),
            63,
        ),
    )
    assert [text[field.offset :].startswith("{{") for field in parsed.merge_fields] == [True] * 5
    assert [field.name for field in parsed.merge_fields] == ["first_name", "city", "x", "name", "email"]
    assert parsed.problems == ()


def test_fallbacks_may_contain_what_markdown_and_urls_do_not() -> None:
    assert parse("[a]({{url|https://x.example/a b)c}}) *{{n|x* y|z}}*").nodes == (
        Link((MergeField("url", "https://x.example/a b)c", 4),), run("a"), 0),
        TextRun(" "),
        Emphasis((MergeField("n", "x* y|z", 38),)),
    )


def test_of_three_braces_the_inner_two_open_a_merge_field() -> None:
    assert parse("{{{a|b}}}").nodes == (TextRun("{"), MergeField("a", "b", 1), TextRun("}"))
    assert parse(r"\{{{a|b}}").nodes == run("{{{a|b}}")


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        (r"\{{first_name|x}}", "{{first_name|x}}"),
        (r"`\{{a|b}}`", "{{a|b}}"),
        (r"[\{{](x)", "{{"),
        (r"\\\{{a|b}}", r"\{{a|b}}"),
        ("{a} {%b%} }} {", "{a} {%b%} }} {"),
    ],
)
def test_a_backslash_makes_braces_plain(text: str, plain: str) -> None:
    parsed = parse(text)
    assert (parsed.plain, parsed.merge_fields, parsed.problems) == (plain, (), ())


def test_an_escaped_backslash_does_not() -> None:
    assert parse(r"\\{{a|b}}").nodes == (TextRun("\\"), MergeField("a", "b", 2))


@pytest.mark.parametrize(
    ("text", "offset", "message"),
    [
        ("Hi {{first_name}}", 3, "the merge field `{{first_name}}` has no fallback"),
        ("Hi {{first_name|x", 3, "this `{{` is never closed"),
        ("Hi {{first_name|you and {{name|x}}", 3, "this `{{` is not closed before another merge field begins"),
        ("{{first_name|{{name|x}}}}", 0, "this `{{` is not closed before another merge field begins"),
        ("Hi {{first name|x}}", 3, "“first name” cannot be the name of a merge field"),
        ("Hi {{1st|x}}", 3, "“1st” cannot be the name of a merge field"),
        ("Hi {{|x}}", 3, "this merge field has no name"),
        ("Hi {{}}", 3, "this merge field has no name"),
        ("see ![map](map.png)", 4, "a picture cannot stand inside a text"),
        ('see [it](x "A title")', 4, "a link has no title in a mail"),
        ("*" * 40 + "a" + "*" * 40, 0, "bold and emphasis are nested more than 16 levels deep"),
    ],
)
def test_problems_are_located_and_have_a_remedy(text: str, offset: int, message: str) -> None:
    [problem] = parse(text).problems
    assert (problem.offset, problem.message) == (offset, message)
    assert problem.remedy.endswith(".")


def test_what_is_wrong_is_taken_for_plain_characters() -> None:
    assert parse("a **{{b}}** {{c").plain == "a {{b}} {{c"


def test_all_problems_of_a_text_are_told_in_order() -> None:
    problems = parse("![a](b) {{c}} {{d|e}} {{").problems
    assert [problem.offset for problem in problems] == [0, 8, 22]


def test_an_exclamation_mark_before_a_link_can_be_written() -> None:
    assert parse(r"Look\![here](x)").problems == ()


def test_plain_texts_have_merge_fields_only() -> None:
    parsed = parse_plain(r"**{{a|b}}** [c](d) \* \{{e|f}} {{g}}")
    assert parsed.nodes == (TextRun("**"), MergeField("a", "b", 2), TextRun(r"** [c](d) \* {{e|f}} {{g}}"))
    assert [problem.offset for problem in parsed.problems] == [31]
    assert parsed.links == ()


def test_deep_nesting_never_leads_to_a_deep_tree() -> None:
    parsed = parse("*" * 5_000 + "a" + "*" * 5_000)
    assert parsed.plain == "a"
    assert isinstance(parsed.problems[0], RichTextProblem)


@given(st.text(st.characters(exclude_categories=["Cs", "Cn"], exclude_characters="\\`*_[]<>{}!\n\r\0 ")))
def test_text_without_marks_comes_out_as_it_went_in(text: str) -> None:
    assert parse(text).plain == text
    assert parse_plain(text).plain == text


@given(st.text("ab \n*_`[]()<>!\\{}|&;\"'é😀#-", max_size=40))
@example("\ufdd0\ufdd1\ufde2\ufde2\ufde2 {{a|b}}")
def test_any_soup_gives_a_tree_whose_places_are_right(soup: str) -> None:
    for parsed in (parse(soup), parse_plain(soup)):
        for field in parsed.merge_fields:
            assert soup.startswith("{{", field.offset)
            assert field.name in soup[field.offset :]
        for link in parsed.links:
            assert soup[link.offset] in "[<"
        for problem in parsed.problems:
            assert 0 <= problem.offset < len(soup)
        assert not any("\ufdd0" <= character <= "\ufdef" for character in "".join(texts_of(parsed.nodes)))


def texts_of(nodes: Sequence[Node]) -> Iterator[str]:
    for node in nodes:
        match node:
            case TextRun(text):
                assert text
                yield text
            case MergeField() | Break():
                pass
            case Link(url, children):
                yield from texts_of(url)
                yield from texts_of(children)
            case _:
                yield from texts_of(node.children)


@given(
    st.lists(
        st.tuples(
            st.text("ab *_é😀", max_size=5),
            st.from_regex(r"[a-z_]{1,5}", fullmatch=True),
            st.text("ab *_`[]()|é😀", max_size=5),
        )
    )
)
def test_every_merge_field_is_found_whatever_surrounds_it(pieces: list[tuple[str, str, str]]) -> None:
    text, expected = "", []
    for before, name, fallback in pieces:
        text += before
        expected.append(MergeField(name, fallback.strip(), len(text)))
        text += f"{{{{{name}|{fallback}}}}}"
    assert parse(text).merge_fields == tuple(expected)
    assert parse_plain(text).merge_fields == tuple(expected)
