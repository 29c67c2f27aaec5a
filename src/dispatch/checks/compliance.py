"""What the law and the mailbox providers want to see in every issue."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser

from dispatch.checks.check import Finding, error
from dispatch.checks.evidence import Evidence
from dispatch.checks.hosts import is_local
from dispatch.rendering.compiled import Context, Slots

_OF_STARTER = {"Your name, your street, your town", "me@newsletter.example", "https://newsletter.example"}


def missing_postal_address(evidence: Evidence) -> Iterator[Finding]:
    """The newsletter's postal address is not in the mail, in its HTML or in its text part.

    Commercial mail has to carry one in many countries (United States: 15 U.S.C. § 7704(a)(5)(A)(iii)).
    """
    address, compiled = evidence.postal_address, evidence.compiled
    hint = "Put {{ newsletter.postal_address }} back into the footer of the template."
    if not _letters(address.value):
        message = "the newsletter has no postal address"
        yield error(missing_postal_address, address.location, message, "Write newsletter.postal_address.")
        return
    parts = {"HTML": _shown_text(compiled.html), "text": "".join(compiled.text.literals)}
    for part, shown in parts.items():
        if _letters(address.value) not in _letters(shown):
            message = f"the postal address is not in the {part} part"
            yield error(missing_postal_address, evidence.issue.locate(()), message, hint)


def missing_unsubscribe_link(evidence: Evidence) -> Iterator[Finding]:
    """There is no unsubscribe link in the mail, in its HTML or in its text part.

    The law wants one that readers see, and so do Gmail and Yahoo, beside the one in the headers (RFC 8058).
    """
    compiled = evidence.compiled
    parts = {
        "HTML": {slot.name for slot in compiled.html.slots if slot.context is Context.URL},
        "text": compiled.text.names,
    }
    for part, names in parts.items():
        if "unsubscribe_url" not in names:
            message = f"there is no unsubscribe link in the {part} part"
            hint = "Put {{ unsubscribe_url }} back into the footer of the template."
            yield error(missing_unsubscribe_link, evidence.issue.locate(()), message, hint)


def local_from_address(evidence: Evidence) -> Iterator[Finding]:
    """The From address has no domain that the world knows, so no mailbox provider would take the mail."""
    setting = evidence.from_address
    domain = setting.value.rpartition("@")[2]
    if is_local(domain):
        message = f"the From address has no public domain: {setting.value}"
        yield error(local_from_address, setting.location, message, "Write an address at the newsletter's own domain.")


def untouched_setting(evidence: Evidence) -> Iterator[Finding]:
    """A setting is still an example, as a new newsletter has it, and the mail would go to real people.

    It was written by `dispatch init`. As long as no mail leaves the machine, it may stay.
    """
    settings = (evidence.postal_address, evidence.from_address, evidence.newsletter_url)
    for setting in settings if evidence.real_mail else ():
        if setting.value in _OF_STARTER:
            message = f"this is an example, as `dispatch init` wrote it: {setting.value}"
            yield error(untouched_setting, setting.location, message, "Write the newsletter's own.")


class _ShownText(HTMLParser):
    """Collects what stands between the tags, but for styles and scripts."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._hidden += tag in {"style", "script", "title"}

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in {"style", "script", "title"}

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.text.append(data)


def _shown_text(html: Slots) -> str:
    parser = _ShownText()
    parser.feed("".join(html.literals))
    parser.close()
    return "".join(parser.text)


def _letters(text: str) -> str:
    """Only letters and digits: line breaks, commas and tags between the lines of an address do not matter."""
    return "".join(filter(str.isalnum, text.casefold()))
