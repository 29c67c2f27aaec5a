"""What a tool or a client would silently drop from a style sheet is told."""

import pytest

from dispatch.errors import InvalidTheme
from dispatch.location import Location
from dispatch.rendering.stylesheet import check_head_css, check_inline_css, shrink_css


def origin(line: int) -> Location:
    return Location("templates/inline.css.j2", line)


@pytest.mark.parametrize(
    ("css", "expected"),
    [
        ("a{}\n@media x{a{b:c}}", "inline.css.j2:2: @media cannot be inlined\n    write it in head.css.j2"),
        ("a:hover{b:c}", "'a:hover' has a pseudo-class"),
        ("P, .Cap{b:c}", "would match nothing"),
        ("a..b{b:c}", "cannot be read"),
        ("a{\nb:c;\nd:e !important}", "inline.css.j2:3: !important inside a style attribute"),
        ("a{b:c;b:d}", "b stands twice in one rule"),
        ("a{b c}", "broken CSS"),
        ("a{b:c}}", "broken CSS"),
    ],
)
def test_what_premailer_would_not_inline_is_told_with_its_line(css, expected):
    with pytest.raises(InvalidTheme) as caught:
        check_inline_css(css, origin)
    assert expected in str(caught.value)


def test_plain_rules_pass():
    check_inline_css("/* a */ p + h2, .a > b { margin: 0; mso-line-height-rule: exactly }", origin)


@pytest.mark.parametrize("css", ["@media a{@media b{c{d:e}}}", "a{b:c}}", "@media a{@font-face{b:c}}"])
def test_what_gmail_drops_a_block_for_is_told(css):
    with pytest.raises(InvalidTheme):
        check_head_css(css, origin)


def test_media_and_important_may_stand_in_the_head():
    check_head_css("@media (max-width:480px){a:hover{b:c !important}}", origin)


def test_a_style_sheet_stands_on_one_line_with_the_space_before_important():
    css = "/* why */\n.a > b, c {\n  color: red !important;\n  margin: 0 auto;\n}\n"
    assert shrink_css(css) == ".a>b,c{color:red !important;margin:0 auto}"
