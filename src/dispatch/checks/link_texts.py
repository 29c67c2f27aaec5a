"""What links say of where they lead."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dispatch.checks.check import Finding, warning
from dispatch.checks.evidence import Evidence
from dispatch.checks.urls import host_of, written_urls
from dispatch.content.blocks import Button
from dispatch.content.richtext import RichText, parse_plain
from dispatch.languages.tags import primary
from dispatch.location import Location


def vague_link_text(evidence: Evidence) -> Iterator[Finding]:
    """The text of a link says nothing: here, click here, this link.

    A screen reader lists the links of a mail without what is around them (WCAG 2.2, 2.4.9), and eyes skip from link to
    link as well. In English, French, German, Spanish, Italian and Arabic; buttons too.
    """
    for place, text, language in _texts(evidence):
        if _words(text) in _VAGUE.get(primary(language), frozenset()) | {"link"}:
            message = f"“{text.strip()}” does not say where the link leads"
            hint = "Link the words that name it: the [report](https://…) says …"
            yield warning(vague_link_text, place, message, hint)


def disguised_link(evidence: Evidence) -> Iterator[Finding]:
    """A link says one address and leads to another, as phishing does; mail programs warn of it or hide the mail.

    The same with and without www., and a part of the same site, is no other address. A name with a dot (Booking.com,
    Node.js) is no address unless it is written like one: in small letters, or with https:// or a path.
    """
    for link, url in written_urls(evidence):
        text = RichText(link.text).plain.strip() if link.text is not None else ""
        match, host = _ADDRESS.fullmatch(text), _bare(host_of(url))
        if not match or not host:
            continue
        said = _bare(match["host"])
        if match["host"].rpartition(".")[2] in _FILE_ENDINGS and not match["path"] and not match["scheme"]:
            continue
        if said != host and not said.endswith(f".{host}") and not host.endswith(f".{said}"):
            message = f"this link says {text} and leads to {host}"
            yield warning(
                disguised_link, link.location, message, "Write in words what it leads to, or mend the address."
            )


_VAGUE = {
    "en": frozenset({"here", "click here", "click", "this", "this link", "this page", "see here", "tap here"}),
    "fr": frozenset({"ici", "cliquez ici", "cliquer ici", "clique ici", "ce lien", "cette page", "lien", "par ici"}),
    "de": frozenset(
        {
            "hier",
            "hier klicken",
            "klicken sie hier",
            "klicke hier",
            "klick hier",
            "dieser link",
            "diesem link",
            "diesen link",
        }
    ),
    "es": frozenset({"aquí", "haz clic aquí", "haga clic aquí", "clic aquí", "pulsa aquí", "este enlace", "enlace"}),
    "ar": frozenset({"هنا", "اضغط هنا", "انقر هنا", "من هنا", "هذا الرابط", "الرابط", "هذه الصفحة"}),
    "it": frozenset({"qui", "clicca qui", "cliccate qui", "cliccando qui", "questo link", "questa pagina"}),
}
_ADDRESS = re.compile(r"(?P<scheme>https?://)?(?P<host>(?:[a-z0-9-]+\.)+[a-z]{2,})(?P<path>[/?#]\S*)?")
_FILE_ENDINGS = {"js", "py", "md", "rs", "sh", "ts", "pl", "pdf", "zip", "html", "txt", "csv", "json", "yaml", "toml"}


def _texts(evidence: Evidence) -> Iterator[tuple[Location, str, str]]:
    """What stands on a link or button, where, and in which language."""
    for link in evidence.links:
        if link.text is not None:
            yield link.location, RichText(link.text).plain, link.written.language
    for block in evidence.issue.every_block():
        if isinstance(block, Button):
            language = block.language or evidence.issue.language
            yield evidence.issue.locate(block.path_to("text")), parse_plain(block.text).plain, language


def _words(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))


def _bare(host: str) -> str:
    return host.lower().removeprefix("www.")
