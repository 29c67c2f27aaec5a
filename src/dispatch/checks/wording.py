"""What the inbox shows of an issue, and words that were meant to be replaced."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from dispatch.checks.check import Finding, Fix, error, warning
from dispatch.checks.evidence import Evidence
from dispatch.checks.parts import CODE, blanked
from dispatch.content.issue import Issue
from dispatch.content.richtext import parse_plain
from dispatch.content.texts import TextKind
from dispatch.languages.tags import primary
from dispatch.location import Location
from dispatch.rendering.display_width import display_width
from dispatch.yaml_source import Edit

LONGEST_SUBJECT = 50
LONGEST_PREHEADER = 90
"""Columns. A phone cuts a subject after 40 to 50; of a preheader Gmail shows about 90, iOS Mail fewer, Outlook 110
(inboxeagle.com, "Email preheader", 2026; look.md, inbox row)."""


def empty_subject(evidence: Evidence) -> Iterator[Finding]:
    """The subject is empty, at least for people without a value for its merge fields."""
    if not _subject(evidence.issue).strip():
        message = "the subject is empty"
        hint = "Write one, or give its merge field a fallback: {{first_name|Dear reader}}."
        yield error(empty_subject, _subject_place(evidence.issue), message, hint)


def long_subject(evidence: Evidence) -> Iterator[Finding]:
    """The subject is longer than phones show.

    More than 50 columns, merge fields counted with their fallbacks; Chinese, Japanese and Korean characters and emoji
    take two.
    """
    width = display_width(_subject(evidence.issue))
    if width > LONGEST_SUBJECT:
        message = f"the subject takes {width} columns; phones cut it after {LONGEST_SUBJECT} or fewer"
        yield warning(long_subject, _subject_place(evidence.issue), message, "Put what matters first, or shorten it.")


def missing_preheader(evidence: Evidence) -> Iterator[Finding]:
    """There is no preheader, so the inbox shows whatever the mail begins with beside the subject."""
    issue = evidence.issue
    if not parse_plain(issue.preheader).plain.strip():
        hint = "Write a line `preheader: …` that goes on where the subject ends."
        yield warning(missing_preheader, issue.locate(("preheader",)), "there is no preheader", hint)


def long_preheader(evidence: Evidence) -> Iterator[Finding]:
    """The preheader is longer than inboxes show: more than 90 columns."""
    issue = evidence.issue
    width = display_width(parse_plain(issue.preheader).plain)
    if width > LONGEST_PREHEADER:
        message = f"the preheader takes {width} columns; most inboxes cut it after {LONGEST_PREHEADER} or fewer"
        yield warning(long_preheader, issue.locate(("preheader",)), message, "Shorten it.")


def preheader_repeating_subject(evidence: Evidence) -> Iterator[Finding]:
    """The preheader says again what the subject says, in the one line that could say more."""
    issue = evidence.issue
    subject, preheader = _letters(_subject(issue)), _letters(parse_plain(issue.preheader).plain)
    if subject and (preheader == subject or (len(subject) > 12 and preheader.startswith(subject))):
        message = "the preheader repeats the subject, and inboxes show both in a row"
        hint = "Let it go on where the subject ends."
        yield warning(preheader_repeating_subject, issue.locate(("preheader",)), message, hint)


def shouting(evidence: Evidence) -> Iterator[Finding]:
    """The subject shouts: words in capitals that are no abbreviations, or several exclamation marks.

    Readers and spam filters take it for advertising. Two or more words in capitals in a row with more than ten
    letters together count as shouting; NATO, OPEC and BRICS do not.
    """
    subject = _subject(evidence.issue)
    if _in_capitals(subject) or _EXCLAMATIONS.search(subject):
        message = "the subject shouts, as advertising does"
        yield warning(shouting, _subject_place(evidence.issue), message, "Write it as you would say it to one reader.")


def pretended_reply(evidence: Evidence) -> Iterator[Finding]:
    """The subject pretends to be an answer or a forwarded mail, which it is not: Re:, Fwd:, AW:, TR: and the like.

    A misleading subject is against the law in many countries (United States: 15 U.S.C. § 7704(a)(2)).
    """
    if match := _REPLY.match(_subject(evidence.issue)):
        message = f"the subject begins like a reply or a forwarded mail: {match[0].strip()}"
        place, fix = _subject_place(evidence.issue), _without_reply(evidence.issue)
        yield warning(pretended_reply, place, message, "Leave that beginning out.", fix)


def subject_used_before(evidence: Evidence) -> Iterator[Finding]:
    """An earlier issue had the same subject, and Gmail shows mails with one subject as one conversation.

    Read from the other files in issues/ that are dated before this one. Capitals and marks do not count, but numbers
    do: “Bridges #12” is not “Bridges #13”.
    """
    subject = _letters(_subject(evidence.issue))
    for earlier in evidence.history:
        if subject and _letters(earlier.subject) == subject:
            message = f"{earlier.file}, dated {earlier.date}, has the same subject"
            hint = "Write one that says what is new."
            yield warning(subject_used_before, _subject_place(evidence.issue), message, hint)
            return


def leftover_placeholder(evidence: Evidence) -> Iterator[Finding]:
    """A placeholder was never replaced: TK, TODO, FIXME, XXX, lorem ipsum.

    Only whole words in capitals count (lorem ipsum in any case), outside of code and web addresses; TK in English
    issues (TKTK in any), TODO not where it is a word of the language. A flight (TK 1903), a company (TK Elevator) and
    a Roman number (Super Bowl XXX) are none. TK and lorem ipsum are errors: nobody writes them for readers.
    """
    issue = evidence.issue
    for text in evidence.texts:
        if text.written.kind is TextKind.URL:
            continue
        prose = blanked(text.written.value, _INNOCENT)
        for match in _PLACEHOLDER.finditer(prose):
            if not _is_a_word(match[0], text.written.language):
                place = issue.locate(text.written.path, match.start())
                message = f"“{match[0]}” looks like a placeholder"
                say = error if _CERTAIN.fullmatch(match[0]) else warning
                yield say(leftover_placeholder, place, message, "Write what belongs there.")


_EXCLAMATIONS = re.compile(r"[!\uff01]\s?[!\uff01]")
# AWS re:Invent and the conference re:publica are names.
_REPLY = re.compile(r"(?!\s*(?-i:re):\w)\s*(?:re|fwd?|aw|wg|antw|tr|rv|sv)\s?(?:\[\d+\])?[:\uff1a]", re.IGNORECASE)
_REPLIES = re.compile(rf"(?:{_REPLY.pattern})+\s*(?=\S)", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"\b(?:(?:TK)+|TODO|FIXME|X{3,}|[Ll]orem +[Ii]psum|LOREM +IPSUM)\b")
_CERTAIN = re.compile(r"(?:TK)+|lorem +ipsum", re.IGNORECASE)
_INNOCENT = re.compile(
    CODE + r"|\]\([^)\s]*|<[a-z]+:[^<>\s]*>|\bhttps?://\S+"  # web addresses
    r"|\bTK[ -]?\d+|\bTK [A-Z][a-z]+"
    r"|\b[A-Z][a-z]{3,} XXX\b|\bXXX [A-Z][a-z]+"
)


def _is_a_word(found: str, language: str) -> bool:
    """TK is a journalist's English ("to come"), elsewhere an abbreviation; `todo` is Spanish and Portuguese."""
    own = primary(language)
    return (found == "TK" and own != "en") or (found == "TODO" and own in {"es", "pt", "gl"})


def _in_capitals(subject: str) -> bool:
    for clause in re.split(r"[^\w\s'\u2019-]+", subject):
        for capitals, words in groupby(clause.split(), str.isupper):
            run = list(words)
            if capitals and len(run) > 1 and len(_letters("".join(run))) > 10:
                return True
    return False


def _without_reply(issue: Issue) -> Fix | None:
    """The subject, or the title that is the subject, without that beginning."""
    match = _REPLIES.match(issue.subject)
    return Fix(f"Leave out “{match[0].strip()}”", (Edit(_subject_path(issue), 0, match.end(), ""),)) if match else None


def _subject(issue: Issue) -> str:
    """As it reads for somebody of whom nothing is known."""
    return parse_plain(issue.subject).plain


def _subject_place(issue: Issue) -> Location:
    """Where the subject is written."""
    return issue.locate(_subject_path(issue))


def _subject_path(issue: Issue) -> tuple[str]:
    """Without a `subject:` the title is the subject."""
    return ("subject",) if issue.source.has(("subject",)) else ("title",)


def _letters(text: str) -> str:
    """Only its letters and digits, in one case: two texts with the same ones say the same."""
    return "".join(filter(str.isalnum, text.casefold()))
