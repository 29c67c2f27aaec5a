"""Where links lead."""

from __future__ import annotations

import pytest

from dispatch.checks import links
from dispatch.checks.check import CheckFunction, Severity
from dispatch.checks.evidence import Setting
from dispatch.location import Location
from dispatch.testing.checks import CheckContract, Example, findings, places
from dispatch.yaml_source import edited, read_yaml

EXAMPLES: dict[CheckFunction, Example] = {
    links.malformed_link: Example(
        bad="""
            title: A bridge
            blocks:
              - paragraph: >-
                  Read ‸[all of it](www.example.org/bridge),
                  ‸[more](/more) and [much more‸](https://example.org/much more).
              - button: {text: Read on, url: "‸https:///bridge"}
              - figure: {image: a.png, alt: A bridge, link: ‸example.org}
        """,
        good="""
            title: A bridge
            blocks:
              - paragraph: >-
                  Read [all of it](https://www.example.org/bridge?a=1&b=2#c),
                  [more](https://example.org:8080/more) and [much more](<https://example.org/much%20more>),
                  [write](mailto:me@example.org?subject=Bridge), [call](tel:+33123456789) or
                  [leave]({{unsubscribe_url|}}), `[x](https:// x)`.
              - button: {text: Read on, url: "https://example.org/{{first_name|}}/{{email|}}"}
              - figure: {image: a.png, alt: A bridge, link: "https://例え.テスト/橋"}
              - figure: {image: b.png, alt: A road, link: ""}
        """,
    ),
    links.forbidden_scheme: Example(
        bad="""
            title: A bridge
            blocks:
              - paragraph: "Press ‸[here](javascript:alert(1)) or ‸<data:text/html,x>"
              - button: {text: Read on, url: "‸htp://example.org"}
        """,
        good="""
            title: A bridge
            blocks:
              - paragraph: "Press [here](HTTPS://example.org) or [call](tel:123)"
              - button: {text: Write to us, url: "mailto:us@example.org"}
        """,
    ),
    links.insecure_link: Example(
        bad="""
            title: A bridge
            blocks: [paragraph: "It is **now ‸[open](http://example.org)**"]
        """,
        good="""
            title: A bridge
            blocks: [paragraph: "It is [open](https://example.org/?from=http://example.com) on http://example.org"]
        """,
    ),
    links.local_link: Example(
        bad="""
            title: A bridge
            blocks:
              - list: ["‸[a](http://localhost:8000/)", "‸<https://127.0.0.1/>", "‸[b](https://192.168.1.1)"]
              - button: {text: Read on, url: "‸https://intranet/bridge"}
        """,
        good="""
            title: A bridge
            blocks:
              - list: ["[a](https://localhost.example.org/)", "<https://93.184.215.14/>", "[b](https://lan.example)"]
              - button: {text: Read on, url: "https://example.org/?next=http://localhost/"}
        """,
    ),
    links.link_without_text: Example(
        bad="""
            title: A bridge
            blocks: [paragraph: "It is ‸[](https://example.org/bridge) open ‸[**{{name|}}**](https://example.org)"]
        """,
        good="""
            title: A bridge
            blocks: [paragraph: "It is [`open`](https://example.org/bridge), see <https://example.org/>"]
        """,
    ),
}


class TestContract(CheckContract):
    theme = links
    examples = EXAMPLES


def about_url(url: str) -> str:
    return f"title: A bridge\nblocks:\n  - button: {{text: Read on, url: '{url}'}}\n"


@pytest.mark.parametrize(
    "url",
    [
        "#top",
        "example.org:8080/x",
        "localhost:8000",
        "https:example.org",
        "https://",
        "https://https://example.org",
        "https://example..org/",
        "https://example.org:port/",
        "https://[::1/",
        "https://example.org/a b",
        "mailto:",
        "mailto:Joy",
        "tel:",
        "//example.org/x",
        "?x=1",
    ],
)
def test_addresses_that_lead_nowhere_stop_the_mailing(url: str) -> None:
    [finding] = findings(links.malformed_link, about_url(url))
    assert finding.severity is Severity.ERROR
    assert [finding.location] == places(about_url(f"‸{url}"))


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org",
        "https://user@example.org/x",
        "https://[2001:db8::1]/",
        "https://xn--r8jz45g.xn--zckzah/",
        "https://example.org/a%20b?q=%5B1%5D&r=[2]#:~:text=x",
        "mailto:a.b+c@example.org",
        "tel:+1-201-555-0123",
        "mailto:?subject=Read%20this",
        "mailto:{{email|}}",
        "tel:{{phone|}}",
        "tel:112",
        "mailto:1@example.org",
        "https://example.org./x",
        "{{shop_url|https://example.org}}",
        "{{shop_url|}}/x",
    ],
)
def test_addresses_in_order_are_left_alone(url: str) -> None:
    assert not findings(links.malformed_link, about_url(url))
    assert not findings(links.forbidden_scheme, about_url(url))


@pytest.mark.parametrize(
    "text", ["[x](https://a b)", "[x] (https://example.org)", "[x](www.example.org/a b)", "[x]( <https://a\\>)"]
)
def test_what_was_meant_to_be_a_link_is_told(text: str) -> None:
    assert len(findings(links.malformed_link, f"title: A\nblocks:\n  - paragraph: |\n      See {text}.\n")) == 1


@pytest.mark.parametrize(
    "text", ["a [note] (see page 3)", "f[0] (x)", "`[x](https://a b)`", "[[x]](https://example.org)"]
)
def test_brackets_that_are_no_links_are_left_alone(text: str) -> None:
    assert not findings(links.malformed_link, f"title: A\nblocks:\n  - paragraph: |\n      See {text}.\n")


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "vbscript:x",
        "ftp://example.org",
    ],
)
def test_what_may_not_be_linked_stops_the_mailing(url: str) -> None:
    [finding] = findings(links.forbidden_scheme, about_url(url))
    assert finding.severity is Severity.ERROR
    assert not findings(links.malformed_link, about_url(url)), "one finding is enough"


def test_the_nearest_scheme_is_offered() -> None:
    [finding] = findings(links.forbidden_scheme, about_url("htps://{{first_name|a}}.example.org"))
    assert finding.hint == "Did you mean `https`?"


@pytest.mark.parametrize("host", ["localhost", "news.localhost", "127.0.0.1", "127.8.8.8", "0.0.0.0", "[::1]"])
def test_the_authors_own_machine_stops_the_mailing(host: str) -> None:
    [finding] = findings(links.local_link, about_url(f"https://{host}:8000/x"))
    assert finding.severity is Severity.ERROR


@pytest.mark.parametrize("host", ["10.0.0.1", "192.168.1.1", "[fe80::1]", "printer.local", "wiki", "wiki.internal"])
def test_the_authors_own_network_is_a_warning(host: str) -> None:
    [finding] = findings(links.local_link, about_url(f"https://{host}/x"))
    assert finding.severity is Severity.WARNING


def test_a_newsletter_on_the_authors_machine_is_told_once_where_it_is_set() -> None:
    place = Location("dispatch.yaml", 3, 8)
    [finding] = findings(
        links.local_link,
        about_url("https://example.org"),
        newsletter_url=Setting("http://localhost:8000", place),
        unsubscribe_url=Setting("http://localhost:8000/u/", place),
    )
    assert (finding.severity, finding.location) == (Severity.WARNING, place)


@pytest.mark.parametrize(
    ("url", "mended"),
    [
        ("https://example.org/a b", "https://example.org/a%20b"),
        ("www.example.org/a", "https://www.example.org/a"),
        ("“https://example.org/a”", "https://example.org/a"),
        ("„www.example.org/my report.pdf“", "https://www.example.org/my%20report.pdf"),
        ("https:// example.org/a", None),
        ("https://example.org and more", None),
        ("example.org", None),
        ("report.pdf", None),
        ("www.", None),
        ("mailto: me@example.org", None),
        ("“javascript:alert(1)”", None),
        ("https://example.org/{{first_name|}} b", None),
    ],
)
def test_an_address_is_mended_where_it_is_certain(url: str, mended: str | None) -> None:
    [finding] = findings(links.malformed_link, about_url(url))
    assert (finding.fix.edits[0].text if finding.fix else None) == mended


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("[www.a.example](www.a.example)", "[www.a.example](https://www.a.example)"),
        ("**[a](<https://a.example/b c>)**", "**[a](<https://a.example/b%20c>)**"),
        ("[a](https://a.example/b c), (d)", "[a](https://a.example/b%20c), (d)"),
        ("[`](`](www.a.example)", None),
        ("[a] (https://a.example)", "[a](https://a.example)"),
        ("[a] (https://a.example/b c)", None),
        ("[a]\n          (https://a.example)", None),
        ("[a](nora@a.example)", "[a](mailto:nora@a.example)"),
        ("[a](nora@a)", None),
        ("[a](https://a.example b c)", None),
        ("[a](https://a.example/b\n          c)", None),
    ],
)
def test_a_link_in_a_text_is_mended_where_it_is_certain(text: str, mended: str | None) -> None:
    issue = f"title: A bridge\nblocks:\n  - paragraph: >-\n          {text}\n"
    [finding] = findings(links.malformed_link, issue)
    if mended is None:
        assert not finding.fix
    else:
        assert finding.fix
        assert edited(read_yaml(issue, "a.yaml"), finding.fix.edits).text == issue.replace(text, mended)


@pytest.mark.parametrize(
    ("url", "mended"),
    [
        ("htps://a.example/b", "https://a.example/b"),
        ("htttps://a.example", "https://a.example"),
        ("hhtps://a.example", "https://a.example"),
        ("htpps://a.example", "https://a.example"),
        ("mailo:nora@a.example", "mailto:nora@a.example"),
        ("httsp://a.example", None),  # https and http are both one letter off
        ("ftp://a.example", None),
        ("htps:a.example", None),
    ],
)
def test_a_scheme_that_is_one_letter_off_is_mended(url: str, mended: str | None) -> None:
    [finding] = findings(links.forbidden_scheme, about_url(url))
    assert (finding.fix.edits[0].text if finding.fix else None) == mended


def test_a_mail_has_no_place_that_a_link_could_lead_to() -> None:
    [finding] = findings(links.malformed_link, about_url("#menu"))
    assert "a mail has no places" in finding.hint


def test_a_link_broken_over_two_lines_is_not_mended() -> None:
    [finding] = findings(links.malformed_link, about_url("https://example.org/a\n      b"))
    assert not finding.fix
