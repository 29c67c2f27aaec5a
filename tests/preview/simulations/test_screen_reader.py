"""What is said of a mail: words in order, and announcements in brackets."""

from __future__ import annotations

import pytest

from dispatch.preview.simulations import SIMULATIONS
from dispatch.preview.simulations.speech import read_aloud


@pytest.mark.parametrize(
    ("html", "said"),
    [
        ("<h2>Why it <b>matters</b></h2><p>Boats need <i>water</i>.</p>",
         "[heading level 2] Why it matters\nBoats need water."),
        ('<p>Read <a href="https://example.org/">the table</a> now.</p>', "Read [link] the table [end of link] now."),
        ('<img src="media/pier.png" alt="A pier at low tide.">', "[picture] A pier at low tide."),
        ('<img src="media/pier.png" alt="">', "[picture, passed over: its alt text is empty]"),
        ('<img src="media/pier.png">', "[picture without an alt text] pier.png"),
        ('<a href="https://example.org/x"><img src="a.png" alt=""></a>',
         "[link] [picture, passed over: its alt text is empty] example.org"),
        ("<ul><li>One</li><li>Two</li></ul><p>After</p>",
         "[list with 2 items]\n[•] One\n[•] Two\n[end of list]\nAfter"),
        ("<ol><li>One</li></ol>", "[list with 1 item]\n[1.] One\n[end of list]"),
        ('<table role="presentation"><tr><td>One</td><td>Two</td></tr></table>', "One\nTwo"),
        ("<table><tr><th>Port</th><th>Tide</th></tr><tr><td>Brest</td><td>4 m</td></tr></table>",
         "[table with 2 rows and 2 columns]\n[column heading] Port\n[column heading] Tide\n[row 2, column 1] Brest\n[row 2, column 2] 4 m\n[end of table]"),
        ('<html lang="en"><p>We say <span lang="fr">bonjour</span>.</p></html>',
         "We say [language fr] bonjour [language en] ."),
        ('<div style="display:none;max-height:0">Preheader</div><p hidden>a</p><p aria-hidden="true">b</p><p>c</p>', "c"),
        ("<!--[if mso]><p>Word</p><![endif]--><!--[if !mso]><!--><p>others</p><!--<![endif]-->", "others"),
        ("<head><title>T</title><style>p{}</style></head><body>x</body>", "x"),
        ("<blockquote><p>We shall build it.</p></blockquote>", "[quote] We shall build it.\n[end of quote]"),
        ("<p>One<br>two &amp;&nbsp;three\u200b\u034f</p>", "One\ntwo & three"),
        ("<p>a<hr>b</p></div></table>c", "a\n[separator]\nb\nc"),
    ],
)  # fmt: skip
def test_it_is_said(html: str, said: str) -> None:
    assert str(read_aloud(html)) == said


def test_each_line_is_of_the_block_that_it_begins_in() -> None:
    html = """\
<p>a</p><td data-block="title"><h1>Tides</h1>b<br>c</td><ul data-block="blocks.0"><li>d</li></ul>
<td data-block="cover"><img src="x.png" alt="e"></td><td>f</td>"""
    lines = read_aloud(html).lines
    assert [(str(line).rpartition(" ")[2], line.block) for line in lines] == [
        ("a", ""), ("Tides", "title"), ("b", "title"), ("c", "title"), ("item]", "blocks.0"), ("d", "blocks.0"),
        ("list]", "blocks.0"), ("e", "cover"), ("f", ""),
    ]  # fmt: skip


def test_a_picture_without_an_alt_text_is_a_loss_and_one_with_is_none() -> None:
    simulate = SIMULATIONS["screen-reader"].simulate
    assert "pier.png" in simulate('<img src="media/pier.png">', "light").losses[0]
    assert simulate('<img src="media/pier.png" alt="A pier">', "light").losses == ()
    passed_over = simulate('<img src="media/pier.png" alt="">', "light")
    assert passed_over.losses == ("Passed over, for the alt text is empty: 1 picture.",)
    assert "<i data-announced class=loss>picture, passed over" in passed_over.html


def test_the_transcript_is_text() -> None:
    html = SIMULATIONS["screen-reader"].simulate('<html lang="en"><p lang=\'a"b\'>&lt;b&gt;x</p></html>', "dark").html
    assert '<span lang="a&quot;b">&lt;b&gt;x</span>' in html
    assert "background:#151413" in html
