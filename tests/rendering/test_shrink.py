"""Fewer bytes, same mail."""

from hypothesis import given
from hypothesis import strategies as st

from dispatch.rendering.shrink import shrink


def test_space_in_style_attributes_goes_but_not_in_what_they_quote():
    html = """<p style="color: red; font: 1px 'Segoe UI', a; background: url(data:a; b)">"""
    assert shrink(html) == """<p style="color:red;font:1px 'Segoe UI',a;background:url(data:a; b)">"""


def test_single_quoted_style_attributes_become_double_quoted():
    assert shrink("""<p style='font-family: "Segoe UI", a'>""") == """<p style="font-family:'Segoe UI',a">"""


def test_conditional_comments_and_style_blocks_stay():
    html = '<!--[if mso | IE]><td style="a: b; c: d;">  <tr><![endif]--><style>a { b: c }  </style>'
    assert shrink(html) == html


def test_space_between_words_stays():
    html = "<p>a <b>b</b> <i>c</i></p>"
    assert shrink(html) == html


def test_an_attribute_that_html_does_not_have_goes():
    assert shrink('<td align="left" vertical-align="middle" class="a">') == '<td align="left" class="a">'


@given(st.lists(st.sampled_from(["<p>", "</p>", "<b>", "</b>", "<td>", "</td>", " ", "a", "\n", "<ul>", "</ul>"])))
def test_no_word_is_glued_to_another(pieces):
    html = "".join(pieces)
    words = html.replace("<b>", "").replace("</b>", "").replace("<p>", " | ").replace("</p>", " | ")
    shrunk = shrink(html).replace("<b>", "").replace("</b>", "").replace("<p>", " | ").replace("</p>", " | ")
    for tag in ("<td>", "</td>", "<ul>", "</ul>"):
        words, shrunk = words.replace(tag, " | "), shrunk.replace(tag, " | ")
    assert words.split() == shrunk.split()
