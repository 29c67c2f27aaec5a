"""Pictures off: the alt text is left, and nothing that a browser would ask anybody for."""

from __future__ import annotations

import re

import pytest

from dispatch.preview.pictures import without_pictures


@pytest.mark.parametrize(
    "html",
    [
        '<img src="https://example.org/a.png" alt="A pier">',
        '<img srcset="https://example.org/a.png 2x" src="media/a.png" alt="A pier">',
        '<picture><source srcset="https://example.org/a.webp"><img src="media/a.png" alt="A pier"></picture>',
        '<td background="https://example.org/a.png">A pier</td>',
        '<td style="background:#fff url(&quot;https://example.org/a).png&quot;)">A pier</td>',
        "<style>td{background-image:URL( 'https://example.org/a.png' )}</style>A pier",
        '<video poster="https://example.org/a.png">A pier</video>',
    ],
)
def test_no_address_of_a_picture_is_left(html: str) -> None:
    bare = without_pictures(html)
    assert "A pier" in bare
    assert not re.search(r"example\.org|media/|srcset", bare)


def test_links_and_sizes_stay() -> None:
    html = '<a href="https://example.org/"><img src="a.png" alt="" width="552" style="width:100%"></a>'
    assert without_pictures(html) == html.replace("a.png", "")
    assert without_pictures("<p style='color:red'>url(x)</p>") == "<p style='color:red'>url(x)</p>"
