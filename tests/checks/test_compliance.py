"""Postal address, unsubscribe link, From address."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dispatch.checks import compliance
from dispatch.checks.check import CheckFunction, Severity
from dispatch.checks.evidence import Setting, TemplateText
from dispatch.content.issue import read_issue
from dispatch.location import Location
from dispatch.rendering.compiled import CompiledIssue, Context, Slot, Slots
from dispatch.testing.checks import CARET, HEADERS, POSTAL_ADDRESS, CheckContract, Example, compiled, findings

ISSUE = "title: A bridge\nblocks: [divider: ]\n"
COMPILED = compiled(read_issue(ISSUE, "issues/example.yaml"))
PROSE = (
    "Three towns share one river and quarrel about two budgets while winter comes early from distant mountains "
    "and nobody remembers which mayor promised that anything would ever stand here"
)
FROM_PLACE = Location("dispatch.yaml", 8, 7)
ADDRESS_PLACE = Location("dispatch.yaml", 6, 19)


def with_html(html: str) -> CompiledIssue:
    return replace(COMPILED, html=Slots((html,)))


EXAMPLES: dict[CheckFunction, Example] = {
    compliance.missing_postal_address: Example(
        bad=f"{CARET}{ISSUE}",
        bad_facts={"compiled": replace(COMPILED, html=Slots(("<p>Goodbye</p>",)))},
        good=ISSUE,
    ),
    compliance.missing_unsubscribe_link: Example(
        bad=f"{CARET}{ISSUE}",
        bad_facts={"compiled": replace(COMPILED, text=Slots(("Goodbye",)))},
        good=ISSUE,
    ),
    compliance.missing_one_click_headers: Example(
        bad=ISSUE,
        bad_facts={"headers": tuple((name, value.replace("https:", "http:")) for name, value in HEADERS)},
        at="dispatch.yaml:11:8",
        good=ISSUE,
    ),
    compliance.incomplete_headers: Example(
        bad=ISSUE,
        bad_facts={"headers": (*HEADERS, ("From", "Example News <news@example.org>"))},
        at="dispatch.yaml:8:7",
        good=ISSUE,
    ),
    compliance.free_from_address: Example(
        bad=ISSUE,
        bad_facts={"from_address": Setting("joy@gmail.com", FROM_PLACE), "mail_server": "smtp.example.org"},
        at="dispatch.yaml:8:7",
        good=ISSUE,
        good_facts={"from_address": Setting("joy@gmail.com", FROM_PLACE), "mail_server": "smtp.gmail.com"},
    ),
    compliance.unanswerable_address: Example(
        bad=ISSUE,
        bad_facts={"from_address": Setting("no-reply@example.org", FROM_PLACE)},
        at="dispatch.yaml:8:7",
        good=ISSUE,
        good_facts={
            "from_address": Setting("no-reply@example.org", FROM_PLACE),
            "reply_to": Setting("joy@example.org", FROM_PLACE),
        },
    ),
    compliance.missing_sender_name: Example(
        bad=ISSUE,
        bad_facts={"from_name": ""},
        at="dispatch.yaml:8:7",
        good=ISSUE,
        good_facts={"from_name": "", "real_mail": False},
    ),
    compliance.misleading_sender_name: Example(
        bad=ISSUE,
        bad_facts={"from_name": "Example News ✔"},
        at="dispatch.yaml:8:7",
        good=ISSUE,
        good_facts={"from_name": "Example™ News & Cie (Lyon), 20° Ost (2026)"},
    ),
    compliance.mixed_script_domain: Example(
        bad="""
            title: A bridge
            blocks: [paragraph: "‸[A bank](https://p\u0430ypal.example/), ‸[another](https://www.xn--pypal-4ve.example)"]
        """,
        good="""
            title: A bridge
            blocks: [paragraph: "[One](https://пример.example), [two](https://sony日本ストアー.example), [three](https://xn--9.example)"]
        """,
    ),
    compliance.hidden_content: Example(
        bad=f"{CARET}{ISSUE}",
        bad_facts={
            "compiled": with_html(f'<p style="visibility: hidden">{"word " * 37}<b style="display:none">ab</b></p>')
        },
        good=f"preheader: {PROSE}\n{ISSUE}",
        good_facts={"compiled": with_html(f'<div style="display:none">{PROSE} {"word " * 37}&zwnj;&nbsp;</div>')},
    ),
    compliance.incomplete_text_part: Example(
        bad=f"{CARET}title: A bridge\nblocks: [paragraph: {PROSE}]\n",
        good=f"title: A bridge\nblocks: [paragraph: {PROSE}]\n",
        good_facts={"compiled": replace(COMPILED, text=Slots((f"A bridge\n\n{PROSE}\n",)))},
    ),
    compliance.local_from_address: Example(
        bad=ISSUE,
        bad_facts={"from_address": Setting("joy@localhost", Location("dispatch.yaml", 8, 7))},
        at="dispatch.yaml:8:7",
        good=ISSUE,
    ),
    compliance.untouched_setting: Example(
        bad=ISSUE,
        bad_facts={"from_address": Setting("me@newsletter.example", Location("dispatch.yaml", 8, 7))},
        at="dispatch.yaml:8:7",
        good=ISSUE,
        good_facts={"from_address": Setting("me@newsletter.example", ADDRESS_PLACE), "real_mail": False},
    ),
}


class TestContract(CheckContract):
    theme = compliance
    examples = EXAMPLES


@pytest.mark.parametrize(
    "html",
    [
        "<p>Example News<br>1 Example Street<br/>10115 Berlin</p>",
        "<p>EXAMPLE <b>News</b> · 1&nbsp;Example&#32;Street · 10115 Berlin</p>",
        f"<table><tr><td>{POSTAL_ADDRESS.replace(' ', chr(10))}</td></tr></table>",
    ],
)
def test_the_address_is_found_however_its_lines_are_broken(html: str) -> None:
    assert not findings(compliance.missing_postal_address, ISSUE, compiled=with_html(html))


@pytest.mark.parametrize(
    "html",
    [
        f"<!-- {POSTAL_ADDRESS} -->",
        f'<img alt="{POSTAL_ADDRESS}">',
        f"<title>{POSTAL_ADDRESS}</title>",
        f"<style>/* {POSTAL_ADDRESS} */</style>",
        f'<div style="display:none"><p>{POSTAL_ADDRESS}</p></div>',
    ],
)
def test_an_address_that_nobody_sees_does_not_count(html: str) -> None:
    [finding] = findings(compliance.missing_postal_address, ISSUE, compiled=with_html(html))
    assert finding.severity is Severity.ERROR
    assert "HTML" in finding.message


def test_a_template_of_ones_own_is_blamed_for_what_it_lacks() -> None:
    bare = replace(COMPILED, html=Slots(("<p>Goodbye</p>",)), text=Slots(("Goodbye",)))
    own = TemplateText("templates/email.txt.j2", "Goodbye")
    for check in (compliance.missing_postal_address, compliance.missing_unsubscribe_link):
        places = {str(each.location) for each in findings(check, ISSUE, compiled=bare, templates=(own,))}
        assert places == {"issues/example.yaml:1:1", "templates/email.txt.j2"}


def test_letters_with_accents_and_ampersands_are_found() -> None:
    address = "Nord & Süd, 12 rue de l’Égalité, 75002 Paris"
    html = Slots(("<p>Nord &amp; Süd, 12 rue de l’Égalité, 75002 Paris</p>",))
    compiled_issue = replace(COMPILED, html=html, text=Slots((address.replace(" rue", "\nrue"),)))
    facts = {"compiled": compiled_issue, "postal_address": Setting(address, ADDRESS_PLACE)}
    assert not findings(compliance.missing_postal_address, ISSUE, **facts)


def test_an_empty_address_is_told_where_it_should_stand() -> None:
    [finding] = findings(compliance.missing_postal_address, ISSUE, postal_address=Setting(" ", ADDRESS_PLACE))
    assert finding.location == ADDRESS_PLACE


def test_an_unsubscribe_url_that_is_no_link_does_not_count_in_html() -> None:
    html = Slots(("<p>", "</p>"), (Slot("unsubscribe_url", "", Context.TEXT),))
    [finding] = findings(compliance.missing_unsubscribe_link, ISSUE, compiled=replace(COMPILED, html=html))
    assert finding.severity is Severity.ERROR


@pytest.mark.parametrize("address", ["joy@news", "joy@mac.local", "joy@localhost"])
def test_a_from_address_without_a_public_domain_stops_the_mailing(address: str) -> None:
    setting = Setting(address, ADDRESS_PLACE)
    [finding] = findings(compliance.local_from_address, ISSUE, from_address=setting)
    assert (finding.severity, finding.location) == (Severity.ERROR, ADDRESS_PLACE)


@pytest.mark.parametrize(
    "link",
    [
        '<a style="display:none" href="{}">Unsubscribe</a>',
        '<div style="display: none"><a href="{}">Unsubscribe</a></div>',
        '<a href="{}"></a>',
    ],
)
def test_an_unsubscribe_link_that_nobody_sees_does_not_count(link: str) -> None:
    html = Slots(tuple(f"<body>{link}</body>".split("{}")), (Slot("unsubscribe_url", "", Context.URL),))
    [finding] = findings(compliance.missing_unsubscribe_link, ISSUE, compiled=replace(COMPILED, html=html))
    assert "HTML" in finding.message


@pytest.mark.parametrize(
    ("address", "server", "severity"),
    [
        ("joy@yahoo.co.uk", "", Severity.ERROR),
        ("joy@aol.com", "smtp.example.org", Severity.ERROR),
        ("joy@outlook.com", "", Severity.WARNING),
        ("joy@outlook.com", "smtp.office365.com", None),
        ("joy@gmail.com", "${SMTP_HOST}", None),
        ("joy@gmail.com.example.org", "", None),
        ("joy@mygmail.com", "", None),
    ],
)
def test_only_a_mailboxs_own_server_may_send_for_it(address: str, server: str, severity: Severity | None) -> None:
    facts = {"from_address": Setting(address, FROM_PLACE), "mail_server": server}
    said = findings(compliance.free_from_address, ISSUE, **facts)
    assert [finding.severity for finding in said] == ([severity] if severity else [])
    assert not findings(compliance.free_from_address, ISSUE, **facts, real_mail=False)


def test_headers_that_are_of_another_domain_are_told() -> None:
    other = tuple((name, value.replace("abc@example.org", "abc@elsewhere.example")) for name, value in HEADERS)
    [finding] = findings(compliance.incomplete_headers, ISSUE, headers=other)
    assert finding.message == "the header Message-ID does not name the domain of From: <1.abc@elsewhere.example>"


@pytest.mark.parametrize(("way_out", "told"), [("http://127.0.0.1:8000", 0), ("http://example.org", 1)])
def test_without_https_only_the_authors_own_machine_offers_one_click(way_out: str, told: int) -> None:
    headers = tuple((name, value.replace("https://example.org", way_out)) for name, value in HEADERS)
    assert len(findings(compliance.missing_one_click_headers, ISSUE, headers=headers)) == told
    assert not findings(compliance.missing_one_click_headers, ISSUE, headers=headers, real_mail=False)


@pytest.mark.parametrize(
    ("name", "odd"),
    [
        ("Anna (2)", "(2)"),
        ("[1] New Message", "[1]"),
        ("Re: your bridge", "Re:"),
        ("joy@gmail.com", "joy@gmail.com"),
        ("{{first_name|reader}}", "{{first_name|reader}}"),
        ("📬 Example News", "📬"),
        ("news@example.org", None),
        ("Die Küche & Co. – 東京", None),
        ("Regards from Re", None),
    ],
)
def test_a_senders_name_is_a_name(name: str, odd: str | None) -> None:
    said = findings(compliance.misleading_sender_name, ISSUE, from_name=name)
    assert [finding.message.partition("”")[0] for finding in said] == ([f"“{odd}"] if odd else [])


@pytest.mark.parametrize("name", ["Subject", "Reply-To", "To", "List-Unsubscribe", "list-help"])
def test_no_header_may_stand_twice(name: str) -> None:
    [finding] = findings(compliance.incomplete_headers, ISSUE, headers=(*HEADERS, (name, "x"), (name, "x")))
    assert f"stands {3 if name in dict(HEADERS) else 2} times" in finding.message


def test_replies_reach_somebody() -> None:
    local = {"reply_to": Setting("joy@mac.local", ADDRESS_PLACE)}
    [finding] = findings(compliance.unanswerable_address, ISSUE, **local)
    assert (finding.message, finding.location) == ("readers cannot answer to joy@mac.local", ADDRESS_PLACE)


def test_the_senders_own_domains_are_of_one_alphabet() -> None:
    forged = {name: Setting("joy@p\u0430ypal.example", ADDRESS_PLACE) for name in ("from_address", "reply_to")}
    forged["newsletter_url"] = Setting("https://p\u0430ypal.example/news", ADDRESS_PLACE)
    assert len(findings(compliance.mixed_script_domain, ISSUE, **forged)) == 3


@pytest.mark.parametrize(
    ("rule", "count"),
    [
        ("@media (max-width: 600px) { .card b { display: inline !important } }", 0),
        ("@media (max-width: 600px) { .card b { display: inline } }", 1),
        ("@media (max-width: 600px) { .card i { display: inline !important } }", 1),
        ("@media (max-width: 600px) { .card b { display: none !important } }", 1),
        ("@media (prefers-color-scheme: dark) { .card b { display: inline !important } }", 1),
    ],
)
def test_what_a_phone_shows_is_not_hidden(rule: str, count: int) -> None:
    body = f'<style>{rule}</style><p class="card"><b style="display:none">{"word " * 40}</b></p>'
    assert len(findings(compliance.hidden_content, ISSUE, compiled=with_html(body))) == count


def test_what_hides_text_is_blamed_in_the_template() -> None:
    template = TemplateText("templates/email.mjml.j2", '<mj-raw>\n<p style="display: none">')
    hidden = {"compiled": with_html(f'<p style="display:none">{"word " * 40}</p>'), "templates": (template,)}
    [finding] = findings(compliance.hidden_content, ISSUE, **hidden)
    assert str(finding.location) == "templates/email.mjml.j2:2:11"
