"""What links say of where they lead."""

from __future__ import annotations

import pytest

from dispatch.checks import link_texts
from dispatch.checks.check import CheckFunction
from dispatch.testing.checks import CheckContract, Example, findings

EXAMPLES: dict[CheckFunction, Example] = {
    link_texts.vague_link_text: Example(
        bad="""
            title: A bridge
            blocks:
              - paragraph: "To read it ‸[click **here**](https://example.org/a), or ‸[this link](https://example.org/b)."
              - columns: [[{divider: }], [{button: {text: ‸Click here!, url: "https://example.org"}}]]
        """,
        good="""
            title: A bridge
            blocks:
              - paragraph: "Read [what is here](https://example.org/a), <https://example.org/here> or [ici](https://a.example)."
              - button: {text: Read on, url: "https://example.org/here"}
        """,
    ),
    link_texts.disguised_link: Example(
        bad="""
            title: A bridge
            blocks:
              - paragraph: "See ‸[example.org](https://other.example), ‸[https://example.org/a](https://other.example/a)."
        """,
        good="""
            title: A bridge
            blocks:
              - paragraph: >-
                  See [example.org](https://www.example.org/bridge), [www.example.org/a](https://news.example.org/a),
                  <https://example.org>, [Booking.com](https://other.example), [index.js](https://other.example/index.js),
                  [me@example.org](mailto:me@example.org), [example.org]({{shop_url|}}), [no. 5](https://other.example).
        """,
    ),
}


class TestContract(CheckContract):
    theme = link_texts
    examples = EXAMPLES


@pytest.mark.parametrize(
    ("language", "text"),
    [("fr", "Cliquez ici"), ("de", "hier"), ("es", "aquí"), ("it", "questo link"), ("ja", "link"), ("en-GB", "Here.")],
)
def test_texts_that_say_nothing_are_known_in_some_languages(language: str, text: str) -> None:
    issue = f"title: A\nlanguage: {language}\nblocks: [paragraph: '[{text}](https://example.org)']\n"
    [finding] = findings(link_texts.vague_link_text, issue)
    assert f"“{text}”" in finding.message
