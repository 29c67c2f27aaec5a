"""Where links lead that should lead there differently, once, or not again."""

from __future__ import annotations

from datetime import date

import pytest

from dispatch.checks import link_targets
from dispatch.checks.check import CheckFunction
from dispatch.checks.evidence import Answer, EarlierIssue
from dispatch.testing.checks import CheckContract, Example, findings
from dispatch.yaml_source import edited, read_yaml


def earlier(slug: str, day: date, *pages: str) -> EarlierIssue:
    return EarlierIssue(f"issues/{slug}.yaml", day, slug.title(), frozenset(pages))


SENT = (
    earlier("river", date(2026, 2, 23), "a.example/bridge", "a.example/shop"),
    earlier("road", date(2026, 2, 16), "a.example/shop", "a.example/tunnel", "a.example"),
    earlier("rail", date(2026, 2, 9), "a.example/shop"),
    earlier("harbour", date(2024, 2, 9), "a.example/port"),
)

ANSWERS = {
    "https://a.example/bridge": Answer("is answered with 404 Not Found", "Leave it out."),
    "https://a.example/tunnel": Answer(),
}

EXAMPLES: dict[CheckFunction, Example] = {
    link_targets.shortened_link: Example(
        bad="""
            title: A bridge
            blocks:
              - paragraph: "See ‸[it](https://bit.ly/3xYz) and ‸<https://t.co/Ab1>."
              - button: {text: Read on, url: "‸http://www.tinyurl.com/abc"}
        """,
        good="""
            title: A bridge
            blocks:
              - paragraph: "See [it](https://example.org/bit.ly/3xYz), [Bitly](https://bit.ly) and `https://t.co/Ab1`."
        """,
    ),
    link_targets.tracking_parameter: Example(
        bad="""
            title: A bridge
            blocks:
              - paragraph: "See ‸[it](https://example.org/?a=1&fbclid=IwAR0) and ‸[more](https://example.org/b?gclid=)."
              - button: {text: Read on, url: "‸https://example.org/?utm_source=a&utm_source=b"}
        """,
        good="""
            title: A bridge
            blocks:
              - paragraph: "See [it](https://example.org/fbclid?a=1#gclid=2) and [more](https://example.org/b)."
              - button: {text: Read on, url: "https://example.org/?utm_source=a&utm_medium=b"}
        """,
    ),
    link_targets.repeated_link: Example(
        bad="""
            title: A bridge
            blocks:
              - paragraph: "See [the bridge](https://example.org/a) and ‸[its map](https://www.example.org/a/#map)."
              - paragraph: "As said, see ‸[the *Bridge*](https://example.org/a)."
        """,
        good="""
            title: A bridge
            blocks:
              - paragraph: "See [the bridge](https://example.org/a) and [its map](https://example.org/a?map=1)."
              - paragraph: "As said, see [what bridges do](https://example.org/a)."
              - button: {text: The bridge, url: "https://example.org/a"}
              - figure: {image: a.png, alt: The bridge, link: "https://example.org/a"}
            signoff: {tagline: "[The bridge](https://example.org/a)"}
        """,
    ),
    link_targets.link_sent_before: Example(
        bad="""
            title: A bridge
            date: 2026-03-02
            blocks:
              - paragraph: "See ‸[the bridge](https://www.a.example/bridge/) and ‸[the tunnel](http://a.example/tunnel#map)."
        """,
        bad_facts={"history": SENT},
        good="""
            title: A bridge
            date: 2026-03-02
            blocks:
              - paragraph: >-
                  See [the bridge](https://a.example/bridge?new=1), [the shop](https://a.example/shop), [the port of two
                  years ago](https://a.example/port) and [A](https://a.example/).
              - button: {text: The bridge, url: "https://a.example/bridge"}
            signoff: {tagline: "[The bridge](https://a.example/bridge)"}
        """,
        good_facts={"history": SENT},
    ),
    link_targets.unreachable_link: Example(
        bad="""
            title: A bridge
            blocks: [paragraph: "See ‸[the bridge](https://a.example/bridge) and [the tunnel](https://a.example/tunnel)."]
        """,
        bad_facts={"answers": ANSWERS},
        good="""
            title: A bridge
            blocks: [paragraph: "See [the tunnel](https://a.example/tunnel) and [the port](https://a.example/{{name|}})."]
        """,
        good_facts={"answers": ANSWERS},
    ),
}


class TestContract(CheckContract):
    theme = link_targets
    examples = EXAMPLES


@pytest.mark.parametrize(
    ("url", "mended"),
    [
        ("https://a.example/?a=1&fbclid=2&b=3#c", "https://a.example/?a=1&b=3#c"),
        ("https://a.example/b?gclid=1&FBCLID=2", "https://a.example/b"),
        ("https://a.example/?utm_source=a&utm_source=b", None),
    ],
)
def test_foreign_tracking_is_left_out_by_a_fix(url: str, mended: str | None) -> None:
    issue = f"title: A\nblocks:\n  - paragraph: See [it]({url}).\n"
    [finding] = findings(link_targets.tracking_parameter, issue)
    if mended is None:
        assert not finding.fix
    else:
        assert finding.fix
        assert edited(read_yaml(issue, "a.yaml"), finding.fix.edits).text == issue.replace(url, mended)


def test_the_latest_issue_with_the_link_is_named() -> None:
    history = (earlier("river", date(2026, 2, 23), "a.example/x"), earlier("road", date(2026, 2, 16), "a.example/x"))
    text = "title: A\nblocks: [paragraph: '[x](https://a.example/x)']\n"
    [finding] = findings(link_targets.link_sent_before, text, history=history)
    assert finding.message == "this link was in issues/river.yaml, dated 2026-02-23"


def test_the_archive_of_the_newsletter_may_be_linked_again() -> None:
    history = (earlier("river", date(2026, 2, 23), "example.org/bridge"),)
    text = "title: A\nblocks: [paragraph: '[x](https://example.org/bridge)']\n"
    assert not findings(link_targets.link_sent_before, text, history=history)


@pytest.mark.parametrize("url", ["https://example.org/?x=%zz", "https://[::1/", "https://example.org:port/?fbclid=1"])
def test_addresses_that_are_none_are_for_another_check(url: str) -> None:
    text = f"title: A\nblocks: [button: {{text: A, url: '{url}'}}]\n"
    assert not any(findings(check, text) for check in EXAMPLES)
