"""What the law and the mailbox providers want to see in every issue."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from dispatch.checks.check import Finding, error, warning
from dispatch.checks.evidence import Evidence
from dispatch.checks.hosts import is_local, is_this_machine, mixes_alphabets
from dispatch.checks.mail import hidden_text, visible_text
from dispatch.checks.urls import host_of, written_urls
from dispatch.content.richtext import parse_plain
from dispatch.content.texts import TextKind
from dispatch.location import Location

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
    parts = {"HTML": visible_text(evidence.mail), "text": "".join(compiled.text.literals)}
    for part, shown in parts.items():
        if _letters(address.value) not in _letters(shown):
            message = f"the postal address is not in the {part} part"
            yield error(missing_postal_address, _template_of(part, evidence), message, hint)


def missing_unsubscribe_link(evidence: Evidence) -> Iterator[Finding]:
    """There is no unsubscribe link in the mail, in its HTML or in its text part.

    The law wants one that readers see, and so do Gmail and Yahoo, beside the one in the headers (RFC 8058).
    """
    shown = [link for link in evidence.mail.iter("a") if "{{unsubscribe_url}}" in link.get("href", "")]
    parts = {
        "HTML": any(visible_text(link, with_alt=True) for link in shown),
        "text": "unsubscribe_url" in evidence.compiled.text.names,
    }
    for part, found in parts.items():
        if not found:
            message = f"there is no unsubscribe link in the {part} part"
            hint = "Put {{ unsubscribe_url }} back into the footer of the template."
            yield error(missing_unsubscribe_link, _template_of(part, evidence), message, hint)


def missing_one_click_headers(evidence: Evidence) -> Iterator[Finding]:
    """The headers lack one-click unsubscribe: an https address in List-Unsubscribe, and List-Unsubscribe-Post beside it.

    RFC 8058 §3.1. Gmail wants it of whoever mails 5,000 a day ("Email sender guidelines", since 2024-06-01), and so does
    Yahoo ("Sender best practices", since 2024-06). Looked for in the headers of a specimen message, if it would go to
    real people; a provider may put its own in their place, and `dispatch doctor` asks it.
    """
    named = {name.lower(): value for name, value in evidence.headers}
    offered = any(
        scheme == "https" or is_this_machine(host)  # which is told as a local link, and is for trying things out
        for scheme, host in re.findall(r"<(https?)://(\[[^\]]+\]|[^/:>]+)[^>]*>", named.get("list-unsubscribe", ""))
    )
    if evidence.real_mail and not (offered and named.get("list-unsubscribe-post") == "List-Unsubscribe=One-Click"):
        message = "mail clients would show no unsubscribe button: the headers offer no one-click way out"
        hint = "Give an address that begins with https:// as `unsubscribe.url`."
        yield error(missing_one_click_headers, evidence.unsubscribe_url.location, message, hint)


def incomplete_headers(evidence: Evidence) -> Iterator[Finding]:
    """A header that every mail or every list has is missing, stands twice, or names another domain than From.

    From, Date and Message-ID have to be there, and none of RFC 5322 §3.6 twice (Gmail's "Email sender guidelines",
    2024-02), nor any of a list (RFC 2369 §2), of which List-Id is needed (RFC 2919); the Message-ID and the List-Id are
    of the domain of From. They are read from a specimen message.
    """
    domain = evidence.from_address.value.rpartition("@")[2].lower()
    for name in (*_NEEDED, *_ONCE) if evidence.headers else ():
        values = [value for each, value in evidence.headers if each.lower() == name.lower()]
        if len(values) > 1 or (not values and name in _NEEDED):
            fault = f"the header {name} stands {len(values)} times in the mail, and once is right"
        elif name in _ONCE:
            continue
        elif name != "Date" and not re.search(rf"[@.]{re.escape(domain)}>?$", values[0].lower()):
            fault = f"the header {name} does not name the domain of From: {values[0]}"
        else:
            continue
        yield error(incomplete_headers, evidence.from_address.location, fault, "Report this: dispatch writes it.")


def free_from_address(evidence: Evidence) -> Iterator[Finding]:
    """The From address belongs to a free mailbox, and only its provider's own server may send for it.

    Yahoo and AOL have such mail refused (DMARC p=reject, since 2014-04), so that is an error; Gmail puts it into spam
    ("Don't impersonate Gmail From: headers", Email sender guidelines, 2024-02), and others do the like. Mail by SMTP
    through the provider's own server is fine. Whether the domain's DMARC, SPF and DKIM agree with the mail is asked by
    `dispatch doctor`.
    """
    setting = evidence.from_address
    domain = setting.value.rpartition("@")[2].lower()
    server = evidence.mail_server.lower()
    servers = next((theirs for names, theirs in _FREE if re.fullmatch(names, domain)), None)
    if servers is None or not evidence.real_mail or "${" in server or server.endswith(servers):
        return
    message = f"mail from {domain} through another server is taken for forged"
    hint = "Write an address at the newsletter's own domain."
    says = error if _REJECTS.fullmatch(domain) else warning
    yield says(free_from_address, setting.location, message, hint)


def unanswerable_address(evidence: Evidence) -> Iterator[Finding]:
    """Readers cannot answer: the address is a no-reply one, or Reply-To has no domain that the world knows.

    Microsoft wants From or Reply-To to take replies of whoever mails 5,000 a day ("Outlook's New Requirements for
    High-Volume Senders", 2025-04-02). Whether the domain takes mail at all is asked by `dispatch doctor`.
    """
    setting = evidence.reply_to or evidence.from_address
    local_part, _, domain = setting.value.rpartition("@")
    if _NO_REPLY.fullmatch(local_part) or (evidence.reply_to and is_local(domain)):
        message = f"readers cannot answer to {setting.value}"
        yield warning(
            unanswerable_address, setting.location, message, "Write `reply_to:` with an address that is read."
        )


def missing_sender_name(evidence: Evidence) -> Iterator[Finding]:
    """There is no name beside the From address, and inboxes show a piece of the address in its place.

    "Sender information should be clear and visible" (Gmail, Email sender guidelines, 2024-02).
    """
    setting = evidence.from_address
    if evidence.real_mail and not evidence.from_name:
        hint = f'Write `from: "The newsletter <{setting.value}>"`.'
        yield warning(missing_sender_name, setting.location, "the inbox has no name to show for the sender", hint)


def misleading_sender_name(evidence: Evidence) -> Iterator[Finding]:
    """The name beside the From address is more than the sender's name: a sign, an address, a number of messages.

    Gmail counts emoji and signs that look like a part of the program, somebody's address, and what looks like an answer
    or a thread, "Anna (2)", as deceit ("Guidelines for email display names", Email sender guidelines, 2025-06). ©, ®,
    ™ and ° are no such signs, nor is a year in brackets.
    """
    setting, name = evidence.from_address, evidence.from_name
    odd = [match[0] for match in _NO_NAME.finditer(name)] + [sign for sign in name if _is_picture(sign)]
    if odd and odd[0].casefold() != setting.value.casefold():
        message = f"“{odd[0].strip()}” in the sender's name looks like a trick to mailbox providers"
        hint = "Write who sends it, and nothing else."
        yield warning(misleading_sender_name, setting.location, message, hint)


def hidden_content(evidence: Evidence) -> Iterator[Finding]:
    """The mail hides more text than its preheader, and mailbox providers take hidden text for a spammer's trick.

    "Don't use HTML and CSS to hide content" (Gmail, Email sender guidelines, 2024-02). Told from 150 letters on that
    are in `display:none` or `visibility:hidden`, and no part of the preheader. What a style sheet shows at some width is
    not hidden: the labels in the cards that wide tables become on a phone, or a line for phones alone.
    """
    surplus = len(_letters(hidden_text(evidence.mail))) - len(_letters(parse_plain(evidence.issue.preheader).plain))
    if surplus >= _MUCH_HIDDEN:
        place = evidence.in_templates(_HIDING) or evidence.issue.locate(())
        message = f"the mail hides {surplus:,} letters of text, and spam filters look for that"
        yield warning(hidden_content, place, message, "Leave out what nobody shall see, or show it.")


def mixed_script_domain(evidence: Evidence) -> Iterator[Finding]:
    """A domain mixes letters of several alphabets, as forgers do: a Cyrillic a in the place of a Latin one.

    Gmail looks for that in From, Reply-To and links (Unicode Technical Standard #39, §5.2; Email sender guidelines,
    2024-02). Latin beside Chinese, Japanese or Korean is usual, and fine.
    """
    senders = filter(None, (evidence.from_address, evidence.reply_to, evidence.newsletter_url))
    domains = [(each.value.rpartition("@")[2], each.location) for each in senders]
    linked = [(host_of(url), link.location) for link, url in written_urls(evidence)]
    for domain, place in (*((host_of(each) or each, place) for each, place in domains), *linked):
        if mixes_alphabets(domain):
            message = f"{domain} mixes letters of several alphabets, and mail programs take it for forged"
            yield warning(mixed_script_domain, place, message, "Type its name anew, letter by letter.")


def incomplete_text_part(evidence: Evidence) -> Iterator[Finding]:
    """The text part lacks most of the issue's text.

    Watches, some screen readers and many programmers read it, and filters take a part that says something else for a
    trick (SpamAssassin 4.0, MPART_ALT_DIFF). Told where less than half of the words are there, from 20 words on.
    """
    words = {
        word
        for text in evidence.texts
        if text.written.kind is TextKind.RICH and text.written.path[0] == "blocks"
        for word in _words(text.parsed.plain)
    }
    there = set(_words(" ".join(evidence.compiled.text.literals)))
    if len(words) >= 20 and len(words & there) < len(words) / 2:
        message = "the text part says less than half of what the issue says"
        hint = "Write {% for piece in body %}{{ piece }}{% endfor %} into email.txt.j2, as the built-in one does."
        yield warning(incomplete_text_part, _template_of("text", evidence), message, hint)


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


_NEEDED = ("From", "Date", "Message-ID", "List-Id")
_ONCE = (
    *("Sender", "Reply-To", "To", "Cc", "Subject", "In-Reply-To", "References"),
    *("List-Unsubscribe", "List-Unsubscribe-Post", "List-Help", "List-Archive", "List-Owner"),
)
_NO_NAME = re.compile(
    r"[^\s<>()]+@(?:[\w-]+\.)+\w+|\{\{.*?\}\}|[(\[]\d{1,3}[)\]]|^\s*(?:re|fwd?|aw|wg|tr)\s?:", re.IGNORECASE
)
_MUCH_HIDDEN = 150  # letters
_HIDING = re.compile(r"display:\s*none|visibility:\s*hidden")
_FREE: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"gmail\.com|googlemail\.com", (".gmail.com",)),
    (r"(?:yahoo|ymail|rocketmail)\.(?:[a-z]{2,3}|co\.[a-z]{2}|com\.[a-z]{2})", (".yahoo.com",)),
    (r"aol\.com", (".aol.com",)),
    (r"(?:outlook|hotmail|live|msn)\.[a-z]{2,3}(?:\.[a-z]{2})?", (".outlook.com", ".office365.com")),
    (r"icloud\.com|me\.com|mac\.com", (".me.com", ".icloud.com")),
    (r"gmx\.(?:de|net|com|at|ch)", (".gmx.net", ".gmx.com")),
    (r"web\.de", (".web.de",)),
    (r"proton\.me|protonmail\.com", (".protonmail.ch", ".proton.me", "127.0.0.1", "localhost")),
)
"""Domains of free mailboxes, and the ends of the names of the servers that may send for them."""
_REJECTS = re.compile(r"(?:yahoo|ymail|rocketmail|aol)\..+")
_NO_REPLY = re.compile(
    r"(?:no|do-?not|dont|nicht|ne-?pas)[-_.]?(?:reply|answer|respond|antworten|repondre)", re.IGNORECASE
)


def _template_of(part: str, evidence: Evidence) -> Location:
    """The newsletter's own template of the HTML or the text part; the issue, where the built-in one is used."""
    file = {"HTML": "templates/email.mjml.j2", "text": "templates/email.txt.j2"}[part]
    own = any(template.file == file for template in evidence.templates)
    return Location(file) if own else evidence.issue.locate(())


def _is_picture(character: str) -> bool:
    return unicodedata.category(character) == "So" and character not in "©®™°№℠"


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]{3,}", text.lower())


def _letters(text: str) -> str:
    """Only letters and digits: line breaks, commas and tags between the lines of an address do not matter."""
    return "".join(filter(str.isalnum, text.casefold()))
