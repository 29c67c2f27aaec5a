"""Where links lead, and whether they lead anywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dispatch.checks.check import Finding, Fix, error, warning
from dispatch.checks.evidence import Evidence
from dispatch.checks.hosts import is_local, is_this_machine
from dispatch.checks.mending import mended_link, mended_text, readdressed
from dispatch.checks.urls import OPEN, host_of, scheme_of, split, written_urls
from dispatch.content.richtext import RichText
from dispatch.content.texts import TextKind
from dispatch.location import Location
from dispatch.rendering.escaping import SCHEMES
from dispatch.yaml_model import did_you_mean


def malformed_link(evidence: Evidence) -> Iterator[Finding]:
    """A link leads nowhere: it is empty, has no scheme or host, has spaces in it, or was not read as a link at all.

    A mail has no page that a relative link (`/about`, `#top`) could start from: every address is written in full.
    """
    for link, url in written_urls(evidence):
        if fault := _fault(url):
            message, hint = fault
            fix = mended_link(evidence.issue, link)
            yield error(malformed_link, link.location, message, fix.title if fix else hint, fix)
    for place, fix in _unread_links(evidence):
        message = "this was meant to be a link, but is none: its address has a space in it or before it"
        hint = (
            fix.title
            if fix
            else "Write [text](https://…) without a space between ] and (, and %20 for each in the address."
        )
        yield error(malformed_link, place, message, hint, fix)


def forbidden_scheme(evidence: Evidence) -> Iterator[Finding]:
    """A link begins with something else than https:, http:, mailto: or tel:.

    Mail clients take `javascript:`, `data:` and `file:` for attacks; dispatch puts a dead `#` in their place.
    """
    for link, url in written_urls(evidence):
        scheme = scheme_of(url)
        if scheme and scheme not in SCHEMES:
            message = f"a link may not begin with `{scheme}:`"
            meant = [each for each in sorted(SCHEMES) if _one_letter_off(scheme, each)]
            fix = readdressed(evidence.issue, link, meant[0] + url[len(scheme) :]) if len(meant) == 1 else None
            hint = fix.title if fix else did_you_mean(scheme, sorted(SCHEMES))
            yield error(forbidden_scheme, link.location, message, hint, fix)


def insecure_link(evidence: Evidence) -> Iterator[Finding]:
    """A link begins with http: others can read and change what it leads to."""
    for link, url in written_urls(evidence):
        if scheme_of(url) == "http" and not is_local(host_of(url)):
            yield warning(
                insecure_link,
                link.location,
                f"this link is not encrypted: {url}",
                "Write https://, if the site has it.",
            )


def local_link(evidence: Evidence) -> Iterator[Finding]:
    """A link leads to a host that readers cannot reach: localhost, a private address, a name without a domain.

    An error where it is the author's own machine, else a warning: a text may explain how to reach one's router. The
    newsletter's own addresses in dispatch.yaml are looked at too; as long as nothing is sent they may be local.
    """
    for link, url in written_urls(evidence):
        host = host_of(url)
        if is_this_machine(host):
            message = f"only you can follow this link: to a reader, {host} is their own machine"
            yield error(local_link, link.location, message, "Write the address that the world knows.")
        elif host and is_local(host):
            message = f"readers outside of your network cannot follow this link to {host}"
            yield warning(local_link, link.location, message, "Write the address that the world knows.")
    settings = {setting.location: setting for setting in (evidence.unsubscribe_url, evidence.newsletter_url)}
    for setting in settings.values():
        if is_local(host_of(setting.value)):
            message = f"readers cannot follow links to {setting.value}"
            yield warning(local_link, setting.location, message, "Change it before you send to anybody but yourself.")


def link_without_text(evidence: Evidence) -> Iterator[Finding]:
    """A link has no text: nothing to press, and a screen reader spells out the address."""
    for link in evidence.links:
        if link.text is not None and not RichText(link.text).plain.strip():
            message = f"the link to {RichText(link.url).plain} has no text"
            yield warning(link_without_text, link.location, message, "Write in the square brackets where it leads.")


_UNREAD = re.compile(r"\]\s?\(\s*<?(?:https?:|mailto:|www\.)")


def _fault(url: str) -> tuple[str, str] | None:
    """What is wrong with a URL and how to mend it; the scheme is forbidden_scheme's affair."""
    if not url:
        return "the link has no address", "Write [text](https://…)."
    if re.search(r"\s", url):
        return f"the address has a space in it: {url}", "Write %20 in the place of each space."
    scheme = scheme_of(url)
    if not scheme:
        return f"the address is not complete: {url}", _completed(url)
    rest = url[len(scheme) + 1 :]
    if scheme == "mailto" and not re.match(rf"\?|[^@/?]+@[^@/?]+|[^@/?]*{OPEN}", rest):
        return f"there is no mail address in {url}", "Write mailto:name@example.org"
    if scheme == "tel" and not re.search(rf"\d|{OPEN}", rest):
        return f"there is no telephone number in {url}", "Write tel:+33-1-23-45-67-89"
    if scheme in {"https", "http"} and (trouble := _web_fault(url)):
        return f"{trouble}: {url}", f"Write {scheme}://example.org/path"
    return None


def _web_fault(url: str) -> str:
    parts = split(url)
    if parts is None:
        return "this is not a web address"
    host = (parts.hostname or "").removesuffix(".")
    if not host or not all(host.split(".")) or host in {"http", "https"}:
        return "the address has no proper host"
    return ""


def _one_letter_off(word: str, other: str) -> bool:
    """Whether a letter too many, one too few, or a wrong one is all that parts two words, or two in the wrong order."""
    one, two = word, other
    while one and two and one[0] == two[0]:
        one, two = one[1:], two[1:]
    return one != two and (
        one[1:] == two or one == two[1:] or one[1:] == two[1:] or (one[1::-1], one[2:]) == (two[:2], two[2:])
    )


def _completed(url: str) -> str:
    if re.match(r"[\w-]+(\.[\w-]+)+", url):
        return f"Write https://{url}"
    if url.startswith("#"):
        return "Leave the link out, or write the address of a page: a mail has no places that a link could lead to."
    return "Write it in full, from https:// on: a mail has no page that it could start from."


def _unread_links(evidence: Evidence) -> Iterator[tuple[Location, Fix | None]]:
    """Where Markdown that looks like a link was not taken for one, and readers would see its brackets; and its fix."""
    for text in evidence.texts:
        if text.written.kind is not TextKind.RICH:
            continue
        prose = text.without_code
        read = {prose.find("](", link.offset) for link in text.parsed.links}
        for match in _UNREAD.finditer(prose):
            if match.start() not in read:
                fix = mended_text(evidence.issue, text.written, match.start())
                yield evidence.issue.locate(text.written.path, match.start()), fix
