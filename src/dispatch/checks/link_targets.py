"""Links that lead somewhere, and should lead there differently, once, or not again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from dispatch.checks.check import Finding, warning
from dispatch.checks.evidence import Evidence
from dispatch.checks.mending import without_parameters
from dispatch.checks.parts import WrittenLink
from dispatch.checks.urls import host_of, names_in_query, same_page, split, web_addresses
from dispatch.content.richtext import RichText
from dispatch.content.texts import TextKind


def shortened_link(evidence: Evidence) -> Iterator[Finding]:
    """A link goes through a public shortener: readers cannot see where it leads, and filters take it for spam.

    The best known ones. Spammers use them, so their domains stand on the lists of Spamhaus and SURBL time and again,
    and a mail with one of them goes down with theirs.
    """
    for link, url in web_addresses(evidence):
        host = host_of(url).removeprefix("www.")
        if host in _SHORTENERS and (parts := split(url)) and parts.path.strip("/"):
            message = f"{host} hides where this link leads, and spam filters distrust it"
            yield warning(shortened_link, link.location, message, "Follow it, and write the address that it leads to.")


def tracking_parameter(evidence: Evidence) -> Iterator[Finding]:
    """A link carries the mark of somebody else's tracking: fbclid, gclid and the like, or utm_source twice.

    It was copied after a click: it tells the site that every reader is the person who clicked.
    """
    for link, url in web_addresses(evidence):
        counts = Counter(name.lower() for name in names_in_query(url))
        found = [name for name, times in counts.items() if name in _CLICKS or (name.startswith("utm_") and times > 1)]
        if found:
            message = f"this address has tracking in it that is not yours: {', '.join(found)}"
            fix = without_parameters(evidence.issue, link, _CLICKS.intersection(found))
            if not any(name in _CLICKS for name in found):
                message = f"this address says twice: {', '.join(found)}"
            hint = fix.title if fix else f"Leave {found[0]}=… out of it."
            yield warning(tracking_parameter, link.location, message, hint, fix)


def repeated_link(evidence: Evidence) -> Iterator[Finding]:
    """The same page is linked twice in one text, or twice with the same words.

    A picture and a button may lead where the text leads, and an address in the text may be linked elsewhere in other
    words.
    """
    in_texts: dict[tuple[str, ...], WrittenLink] = {}
    for link, url in web_addresses(evidence):
        if link.text is None or link.written.path[0] == "signoff":
            continue
        page, words = same_page(url), " ".join(RichText(link.text).plain.casefold().split())
        keys = ((page, "in", repr(link.written.path)), (page, "as", words))
        first = next((in_texts[key] for key in keys if key in in_texts), None)
        for key in keys:
            in_texts.setdefault(key, link)
        if first:
            message = f"the page is linked already, at {first.location}"
            yield warning(repeated_link, link.location, message, "One link is enough: leave one of them out.")


def link_sent_before(evidence: Evidence) -> Iterator[Finding]:
    """A link in the text was in an earlier issue, within a year.

    Read from the other files in issues/ that are dated before this one. What three issues have linked is a standing
    link; buttons, pictures, the sign-off, front pages and the newsletter's own site are not looked at.
    """
    day = evidence.issue.date or evidence.today
    recent = [earlier for earlier in evidence.history if earlier.date >= day - timedelta(days=366)]
    own = host_of(evidence.newsletter_url.value)
    for link, url in web_addresses(evidence):
        page, parts = same_page(url), split(url)
        if link.written.kind is not TextKind.RICH or link.written.path[0] == "signoff" or host_of(url) == own:
            continue
        if not parts or not (parts.path.strip("/") or parts.query):
            continue
        sent = [earlier for earlier in recent if page in earlier.pages]
        if 0 < len(sent) < _STANDING:
            message = f"this link was in {sent[0].file}, dated {sent[0].date}"
            yield warning(link_sent_before, link.location, message, "Leave it out, or say that it is an old one.")


def unreachable_link(evidence: Evidence) -> Iterator[Finding]:
    """A link was followed, and nothing came of it. Only with --online: without it nobody is asked.

    HEAD, then GET where HEAD is refused, at most 5 redirects and 15 seconds, never into a private network or to other
    ports than 80 and 443. A site that wants a login, or turns away programs (401, 403, 429 …), is not told: readers may
    well see it. Good answers are kept for a day.
    """
    for link, url in web_addresses(evidence):
        answer = (evidence.answers or {}).get(url)
        if answer and answer.trouble:
            yield warning(unreachable_link, link.location, f"the link {url} {answer.trouble}", answer.remedy)


_STANDING = 3

# The best known ones, with those that social networks put in the place of what was posted. SURBL's list of the most
# abused (2020-08-22, by mediumaxis.com); Spamhaus on bit.ly (wordtothewise.com, 2011-06, "Bit.ly gets you blocked").
_HOSTS = """
adf.ly bit.do bit.ly bitly.com bl.ink buff.ly cutt.ly dlvr.it fb.me goo.gl ht.ly ift.tt is.gd j.mp lnkd.in mcaf.ee ow.ly
qr.ae rb.gy rebrand.ly s.id shorte.st shorturl.at su.pr t.co t.ly tiny.cc tinyurl.com trib.al u.to v.gd wp.me x.co
"""
_PARAMETERS = """
dclid fbclid gbraid gclid gclsrc igsh igshid li_fat_id mc_eid mkt_tok msclkid ttclid twclid vero_id wbraid yclid _hsenc
_hsmi
"""
_SHORTENERS, _CLICKS = frozenset(_HOSTS.split()), frozenset(_PARAMETERS.split())
