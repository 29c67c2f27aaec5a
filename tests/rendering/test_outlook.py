"""Conditional comments opened as Word opens them."""

import pytest

from dispatch.rendering.html_syntax import comments, unbalanced_tag
from dispatch.rendering.outlook import outlook_view


def test_outlook_sees_what_is_in_its_comments_and_not_what_is_for_others():
    html = (
        '<p title="<!--[if mso]>no<![endif]-->">a</p><!-- note --><!--[if mso | IE]><table><![endif]-->'
        "<!--[if !mso]><!--><b>others</b><!--<![endif]--><!--[if lte mso 11]>old<![endif]--><i>all</i>"
    )
    assert outlook_view(html) == '<p title="<!--[if mso]>no<![endif]-->">a</p><table>old<i>all</i>'


def test_a_comment_in_an_attribute_is_none():
    assert comments('<p title="<!-- a -->"><!-- b --></p>') == ["<!-- b -->"]


@pytest.mark.parametrize(
    ("html", "tag"),
    [
        ("<p><b>a</b><br><img src='>'></p>", None),
        ("<style>a > b {}</style><o:p/>", None),
        ("<p><b>a</p></b>", "</p>"),
        ("<p>", "<p>"),
        ("</p>", "</p>"),
        ("<!-- <p> --><i></i>", None),
    ],
)
def test_the_first_unbalanced_tag_is_told(html, tag):
    assert unbalanced_tag(html) == tag
