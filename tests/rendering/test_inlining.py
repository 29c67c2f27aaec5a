"""premailer inlines our CSS and leaves all else as it was."""

import subprocess
import sys
from html import escape

import pytest
from lxml import html as lxml_html

from dispatch.errors import InvalidTheme
from dispatch.rendering.html_syntax import comments
from dispatch.rendering.inlining import inline

PAGE = (
    '<!doctype html><html lang="en"><head><title>t</title><!--[if mso]><xml><o:AllowPNG/></xml><![endif]-->'
    '<style type="text/css">@media (min-width:480px) { .a { width:100% !important; } }\n#x:hover{a:b}</style>'
    '<style media="screen and (min-width:480px)">.moz-text-html .a { width:100% !important; }</style></head>'
    '<body><!--[if mso | IE]><table width="600"><tr><td style="width:600px;"><![endif]-->'
    '<p class="a">é zqabc123x000qz</p><img width="552" height="310" src="https://x.example/a.png" alt="" '
    'style="width:100%;height:auto">'
    "<!--[if mso | IE]></td></tr></table><![endif]--></body></html>"
)
HEAD = ["@media (prefers-color-scheme:dark){.a{color:#fff !important}}", "[data-ogsc] .a{color:#fff !important}"]


def test_rules_come_into_style_attributes_and_classes_stay():
    assert '<p class="a" style="color:red">' in inline(PAGE, ".a { color: red }", [])


def test_the_doctype_stays_so_that_browsers_do_not_go_quirky():
    assert inline(PAGE, "p { color: red }", []).startswith("<!DOCTYPE html>")


def test_conditional_comments_stay_byte_for_byte():
    assert comments(inline(PAGE, "p, td { color: red }", HEAD)) == comments(PAGE)


def test_every_style_block_stays_and_ours_stand_apart_from_each_other():
    html = inline(PAGE, "p { color: red }", HEAD)
    assert "@media (min-width:480px) { .a { width:100% !important; } }\n#x:hover{a:b}</style>" in html
    assert '<style media="screen and (min-width:480px)">.moz-text-html' in html
    for css in HEAD:
        assert f'<style type="text/css">{css}</style>' in html
    assert "premailer" not in html


def test_the_width_in_pixels_that_outlook_goes_by_stays():
    assert 'width="552" height="310"' in inline(PAGE, "img { width: 100%; border: 0 }", [])


def test_broken_css_is_told_as_the_themes_fault():
    with pytest.raises(InvalidTheme, match="premailer cannot inline the CSS"):
        inline(PAGE, r"p { content: '\0001' }", [])


@pytest.mark.parametrize("text", ['a<!--" onload="x&-->b', 'a&{" onload="x}b', "a&{#&#65;}b"])
def test_nothing_written_in_an_attribute_can_break_out_of_it(text):
    html = PAGE.replace('alt=""', f'alt="{escape(text, quote=True)}"')
    image = lxml_html.document_fromstring(inline(html, "p { color: red }", [])).find(".//img")
    assert image.get("alt") == text
    assert image.get("onload") is None


def test_whoever_wants_to_fetch_something_still_can_and_premailer_cannot():
    code = (
        "import sys, dispatch.rendering.inlining, premailer.premailer\n"
        "assert not {'requests', 'urllib.request', 'ssl'} & set(sys.modules)\n"
        "import requests, urllib.request\n"
        "assert requests.get and urllib.request.urlopen and not hasattr(premailer.premailer.requests, 'get')"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
