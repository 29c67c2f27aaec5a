"""Each merge field is found, its context told, its value escaped so that it stays a value."""

import json
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html

from dispatch.rendering.compiled import Context, Slot, Slots
from dispatch.rendering.escaping import _escaped_with_care, escape, escape_all
from dispatch.rendering.form import as_characters, as_utf8, json_columns
from dispatch.rendering.sentinels import Sentinels
from dispatch.rendering.slots import MisplacedField, fill, find_header_slots, find_plain_slots, find_slots


def slots_of(template: str):
    """The slots of HTML in which `@` stands for the field `name`."""
    sentinels = Sentinels(template)
    return find_slots(template.replace("@", sentinels.stand_in("name", "there")), sentinels)


@pytest.mark.parametrize(
    ("template", "context"),
    [
        ("<p>Dear @,</p>", Context.TEXT),
        ("@", Context.TEXT),
        ("<title>@</title>", Context.TEXT),
        ('<img alt="for @" src="https://x.example/a.png">', Context.ATTRIBUTE),
        ("<p title='@'>a</p>", Context.ATTRIBUTE),
        ('<div aria-label="a > @">', Context.ATTRIBUTE),
        ('<a href="@">a</a>', Context.URL),
        ('<a href="@?a=b">a</a>', Context.URL),
        ('<a href="@/more">a</a>', Context.URL),
        ('<a href="https://x.example/?q=@">a</a>', Context.URL_PART),
        ('<a href="https://x.example/@/more#x">a</a>', Context.URL_PART),
        ('<a href="mailto:@">a</a>', Context.URL_PART),
        ("<a class=b href='https://x.example/#@' title=\"a>b\">a</a>", Context.URL_PART),
        ("<!-- a --><p>@</p><!--[if mso]><p>a</p><![endif]-->", Context.TEXT),
    ],
)
def test_the_place_decides_the_context(template, context):
    assert [slot.context for slot in slots_of(template).slots] == [context]


@pytest.mark.parametrize(
    ("template", "place"),
    [
        ("<!-- @ -->", "in a comment for Outlook"),
        ("<!--[if mso]><td>@</td><![endif]-->", "in a comment for Outlook"),
        ("<style>a { color: @ }</style>", "inside <style>"),
        ("<script>@</script>", "inside <script>"),
        ('<p style="color:@">', "in the attribute style of <p>"),
        ('<p class="@">', "in the attribute class of <p>"),
        ('<p onclick="@">', "in the attribute onclick of <p>"),
        ("<img alt=@>", "in the attribute alt of <img>, which has no quotes"),
        ("<p @>", "in the attribute zq"),
        ('<p @="a">', "in the name of an attribute of <p>"),
        ("<@>", "in the tag <zq"),
        ('<a href="https://@/">', "in a URL's host or scheme"),
        ('<a href="https://a.@.example/">', "in a URL's host or scheme"),
        ('<a href="@.example/">', "in a URL's host or scheme"),
        ('<a href="@:x">', "in a URL's host or scheme"),
        ('<a href="java@">', "in a URL's host or scheme"),
        ('<a href="/a/@">', "in a URL's host or scheme"),
        ("<!doctype @>", "in a comment for Outlook"),
    ],
)
def test_where_no_value_is_safe_is_an_error(template, place):
    with pytest.raises(MisplacedField) as caught:
        slots_of(template)
    assert place in str(caught.value)


def test_two_fields_in_a_url_the_second_may_not_be_its_host():
    assert [slot.context for slot in slots_of('<a href="@/a?b=@">').slots] == [Context.URL, Context.URL_PART]
    with pytest.raises(MisplacedField):
        slots_of('<a href="@@">')


def test_the_same_field_with_two_fallbacks_is_two_slots():
    sentinels = Sentinels("")
    template = (
        f"<p>{sentinels.stand_in('name', 'a')}{sentinels.stand_in('name', 'b')}{sentinels.stand_in('name', 'a')}</p>"
    )
    slots = find_slots(template, sentinels)
    assert fill(slots, {}) == "<p>aba</p>"
    assert fill(slots, {"name": "c"}) == "<p>ccc</p>"


def test_a_blank_value_gives_the_fallback():
    assert fill(slots_of("<p>@</p>"), {"name": "  "}) == "<p>there</p>"


def test_fields_in_the_text_part_are_plain_and_encoded_inside_urls():
    sentinels = Sentinels("")
    field = sentinels.stand_in("name", "")
    text = f"Dear {field}, see https://x.example/?a={field} or\n{field}"
    slots = find_plain_slots(text, sentinels)
    assert fill(slots, {"name": "A & B"}) == "Dear A & B, see https://x.example/?a=A%20%26%20B or\nA & B"


def test_a_subject_holds_the_value_on_one_line():
    sentinels = Sentinels("")
    slots = find_header_slots(f"Hello {sentinels.stand_in('name', 'you')}", sentinels)
    assert fill(slots, {"name": "Eve\r\nBcc: all@example.org"}) == "Hello Eve Bcc: all@example.org"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("https://x.example/?a=b&c=d", "https://x.example/?a=b&amp;c=d"),
        ("mailto:leave@x.example", "mailto:leave@x.example"),
        ("javascript:alert(1)", "#"),
        ("JaVaScRiPt:alert(1)", "#"),
        (" javascript:alert(1)", "#"),
        ("java\nscript:alert(1)", "#"),
        ("java\x00script:alert(1)", "#"),
        ("data:text/html,x", "#"),
        ("vbscript:x", "#"),
        ("//evil.example", "#"),
        ("", "#"),
        ("https://münchen.example/straße", "https://xn--mnchen-3ya.example/stra%C3%9Fe"),
        ('https://x.example/"><script>', "https://x.example/%22%3E%3Cscript%3E"),
    ],
)
def test_a_url_keeps_only_harmless_schemes(value, expected):
    assert escape(value, Context.URL) == expected


anything = st.text(st.characters(), max_size=40)


@given(anything)
def test_a_value_in_text_comes_out_as_that_text_and_changes_no_tag(value):
    page = fill(slots_of("<html><body><p>a@b</p></body></html>"), {"name": value})
    tree = lxml_html.document_fromstring(page)
    assert [element.tag for element in tree.iter()] == ["html", "body", "p"]
    shown = escape(value, Context.PLAIN) if value.strip() else "there"
    assert tree.find("body/p").text == f"a{shown}b"


@given(anything)
def test_a_value_in_an_attribute_stays_inside_its_quotes(value):
    for template in ('<img alt="a@b" id="x">', "<img alt='a@b' id='x'>"):
        tree = lxml_html.fragment_fromstring(fill(slots_of(template), {"name": value}))
        assert dict(tree.attrib).keys() == {"alt", "id"}


@given(anything)
def test_a_value_in_a_url_stays_in_its_part(value):
    page = fill(slots_of('<a href="https://x.example/?q=@&amp;r=1">a</a>'), {"name": value})
    href = lxml_html.fragment_fromstring(page).get("href")
    before, _, after = href.partition("?q=")
    assert before == "https://x.example/"
    query, _, rest = after.partition("&")
    assert rest == "r=1"
    assert "there" in (unquote(query), "there")


@given(anything)
def test_no_value_has_controls_or_turns_the_reading_order(value):
    for context in Context:
        assert not set(escape(value, context)) & set("\r\n\x00\x07\x85\u2028\u202e\u2066\ufffe\ud800")


@given(
    st.text(st.sampled_from("aZ9é東ا .,@/:-_~%&<>'\"\u200d\u202e\u0301\u2028\ufdd0\n") | st.characters(), max_size=12)
    | st.sampled_from(["https://example.org/u/a-b_c~", "http://x", "https://", "x" * 3000, "https://" + "x" * 3000]),
    st.sampled_from(Context),
)
def test_what_needs_no_escaping_is_what_escaping_leaves_alone(value: str, context: Context) -> None:
    assert escape(value, context) == _escaped_with_care(value, context)


def test_a_form_fills_the_same_text_in_every_encoding() -> None:
    slots = Slots(
        ("<p>é ", "", " ", "!\n"),
        (Slot("a", "x&y", Context.TEXT), Slot("b", "", Context.URL_PART), Slot("a", "x&y", Context.TEXT)),
    )
    for values in ({"a": "Zoë <3", "b": "a@b"}, {"a": "  ", "b": "c d"}, {}, {"a": "ا", "b": "ا"}):
        expected = fill(slots, values)
        assert as_utf8(slots).fill(values).decode() == expected == as_characters(slots).fill(values)
    assert fill(slots, {"a": "Zoë <3", "b": "a@b"}) == "<p>é Zoë &lt;3a%40b Zoë &lt;3!\n"
    assert fill(slots, {}) == "<p>é x&amp;y x&amp;y!\n"


_ANY_VALUES = st.lists(
    st.one_of(
        st.sampled_from(["", " ", "Ann", "Zoë", "a@example.org", "https://x.example/a:b?c=1&d=%20", "http://", "a\nb"]),
        st.sampled_from(
            ["x" * 2001, "HTTPS://x.example", "javascript:1", "mailto:a@b.example", '"\\', "\x7f", "'<&>'"]
        ),
        st.text(max_size=12),
    ),
    min_size=1,
    max_size=8,
)


@given(_ANY_VALUES, st.sampled_from(Context))
def test_many_values_are_escaped_as_each_of_them_is(values: list[str], context: Context) -> None:
    assert escape_all(values, context) == [escape(value, context) for value in values]


@given(_ANY_VALUES, _ANY_VALUES)
def test_columns_hold_what_each_person_would_fill_in(names: list[str], cities: list[str]) -> None:
    slots = [Slot("name", "you &", context) for context in Context] + [Slot("city", "", Context.PLAIN)]
    people = [{"name": name, "city": cities[0]} for name in names]
    columns = json_columns(slots, {name: [person[name] for person in people] for name in ("name", "city")})
    filled = [[json.loads(f'"{text}"') for text in row] for row in zip(*columns, strict=True)]
    assert filled == [[fill(Slots(("", ""), (slot,)), person) for slot in slots] for person in people]
    form = as_utf8(Slots(("",) * (len(slots) + 1), tuple(slots)))
    for _ in range(2):  # the second time the values are known
        together = form.pieces_of_all({name: [person[name] for person in people] for name in ("name", "city")})
        assert [b"".join(pieces).decode() for pieces in together] == ["".join(row) for row in filled]
