"""All that checks may look at, gathered beforehand and frozen: plain facts, no files, no clock, no network."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from lxml import etree

from dispatch.checks.features import Element, StyleBlock, Use, read_message, uses
from dispatch.checks.mail import read_mail
from dispatch.checks.parts import ReadText, WrittenField, WrittenLink, links_in, merge_fields_in, read_texts
from dispatch.content.issue import Issue
from dispatch.content.terms import Terms
from dispatch.errors import Problem
from dispatch.location import Location
from dispatch.rendering.compiled import CompiledIssue
from dispatch.rendering.marks import MarkedHtml
from dispatch.rendering.readership import Readership
from dispatch.yaml_source import Path


@dataclass(frozen=True)
class Setting:
    """A setting of dispatch.yaml, and where it stands there."""

    value: str
    location: Location


@dataclass(frozen=True)
class TemplateText:
    """A template of the newsletter's own."""

    file: str  # as its author knows it: templates/head.css.j2
    text: str


@dataclass(frozen=True)
class AudienceFacts:
    """Who would get the issue, in numbers."""

    people: int  # who may be mailed, after the segment
    known_fields: tuple[str, ...]  # the merge fields that subscribers can fill
    filled: Mapping[str, int]  # merge field → how many of the people have a value for it
    segment: str = ""  # its name; empty: everybody on the list
    listed: int = 0  # who may be mailed, before the segment
    empty_segments: tuple[str, ...] = ()  # the names of those, of dispatch.yaml, that match nobody
    services: Mapping[str, int] = field(default_factory=dict)  # mail service (`readers.CLIENTS`) → how many people
    readerships: Mapping[Readership, int] = field(default_factory=dict)  # how many people get each variant
    filled_in: Mapping[str, Mapping[str, int]] = field(
        default_factory=dict
    )  # `filled`, in a segment that blocks are for

    def readers_of(self, segment: str) -> int:
        """How many get the blocks for a segment; "" for those that everybody gets."""
        return (
            sum(people for each, people in self.readerships.items() if segment in each.segments)
            if segment
            else self.people
        )

    def filled_among(self, segment: str) -> Mapping[str, int]:
        """`filled` among those who get the blocks for a segment; "" for everybody."""
        return self.filled_in.get(segment, {}) if segment else self.filled


@dataclass(frozen=True)
class Animation:
    """How a GIF moves."""

    seconds: float  # until it stands still; infinity where it never does
    begins_blank: bool  # its first frame is of one colour


@dataclass(frozen=True)
class PictureFacts:
    """A picture of the issue as it travels, resized and recompressed."""

    path: str  # as the issue writes it
    format: str  # JPEG, PNG or GIF
    width: int  # pixels
    height: int  # pixels
    bytes: int
    animation: Animation | None = None  # None: it stands still


@dataclass(frozen=True)
class EarlierIssue:
    """Another issue of the newsletter, dated before this one."""

    file: str  # as its author knows it: issues/hello.yaml
    date: date
    subject: str
    pages: frozenset[str]  # what its links lead to, as `same_page` has it
    names: frozenset[str] = frozenset()  # that stand in it


@dataclass(frozen=True)
class Answer:
    """What came back when a link was followed."""

    trouble: str = ""  # to be read after “the link …”; empty: it leads somewhere
    remedy: str = ""


@dataclass(frozen=True)
class Mistake:
    """What a proof-reader found in a text: `length` characters from `offset` on, as the issue writes them."""

    offset: int
    length: int
    message: str  # of the engine, in its language; "" where there is none
    replacements: tuple[str, ...]  # the likeliest first
    rule: str  # the engine's id of it
    misspelt: bool  # no dictionary has the word
    literal: bool = True  # those characters are what was read: no marks of Markdown stand among them


@dataclass(frozen=True)
class Proofs:
    """What a proof-reader found in an issue."""

    mistakes: Mapping[Path, tuple[Mistake, ...]]  # by the paths of texts, in order
    notices: tuple[str, ...] = ()  # what was not read, and what to do about it, in sentences
    pending: bool = False  # some texts are still being read


@dataclass(frozen=True)
class Evidence:
    """What checks look at: an issue as some of its readers get it."""

    issue: Issue
    compiled: CompiledIssue
    marked: MarkedHtml  # the same HTML, with who wrote what in it
    from_address: Setting
    postal_address: Setting
    newsletter_url: Setting
    unsubscribe_url: Setting
    real_mail: bool  # the provider hands it to real people
    audience: AudienceFacts
    pictures: tuple[PictureFacts, ...]  # of the cover and the figures, in order, each once
    largest_html_bytes: int  # the HTML part as it arrives, its merge fields filled
    largest_html_for: str  # whose message that is, and of which variant; empty when there is nobody
    today: date  # where the newsletter is written
    headers: tuple[tuple[str, str], ...]  # of a specimen message, in order, unfolded; none where it cannot be made
    largest_html_segments: tuple[str, ...] = ()  # whose blocks are in that message
    subscribers: Setting | None = None  # the file
    rejected: tuple[Problem, ...] = ()  # its lines that are nobody
    segments: tuple[Setting, ...] = ()  # their names
    from_name: str = ""  # beside the From address; empty: there is none
    reply_to: Setting | None = None
    mail_server: str = ""  # the host that takes the mail by SMTP, as written; empty: a provider's API
    templates: tuple[TemplateText, ...] = ()  # the newsletter's own
    history: tuple[EarlierIssue, ...] = ()  # the newest first
    terms: Terms = field(default_factory=Terms)  # the house's
    answers: Mapping[str, Answer] | None = None  # by the address of the link; None: the web was not asked
    proofs: Proofs | None = None  # None: nobody has proof-read it
    whole: Issue | None = None  # with the blocks that only others get; None: there are none

    @cached_property
    def names_before(self) -> Counter[str]:
        """In how many earlier issues each name stands."""
        return Counter(name for issue in self.history for name in issue.names)

    def knows(self, word: str) -> bool:
        """Whether a word is in order in this newsletter: accepted by the house, or a name that earlier issues have had."""
        return self.terms.accepts(word) or self.names_before[word] > 0

    @cached_property
    def texts(self) -> tuple[ReadText, ...]:
        """Every text of the issue, in the order of its file; read once for all checks."""
        return tuple(read_texts(self.issue))

    @cached_property
    def message(self) -> tuple[Element | StyleBlock, ...]:
        """The elements and style blocks of the HTML, each with who wrote it."""
        return tuple(read_message(self.marked))

    @cached_property
    def uses(self) -> tuple[Use, ...]:
        """What the HTML asks of mail clients."""
        return tuple(uses(self.message))

    @cached_property
    def links(self) -> tuple[WrittenLink, ...]:
        """Every link of the issue, in the order of its file."""
        return tuple(links_in(self.issue, self.texts))

    @cached_property
    def merge_fields(self) -> tuple[WrittenField, ...]:
        """Every merge field of the issue, in the order of its file."""
        return tuple(merge_fields_in(self.issue, self.texts))

    @cached_property
    def mail(self) -> etree._Element:
        """The compiled HTML as a tree, its merge fields as `{{name}}`; read once for all checks."""
        return read_mail(self.compiled.html)

    def in_templates(self, pattern: re.Pattern[str]) -> Location | None:
        """The first place in the newsletter's own templates where the pattern is found."""
        for template in self.templates:
            if match := pattern.search(template.text):
                line = template.text.count("\n", 0, match.start()) + 1
                column = match.start() - (template.text.rfind("\n", 0, match.start()) + 1) + 1
                return Location(template.file, line, column)
        return None
