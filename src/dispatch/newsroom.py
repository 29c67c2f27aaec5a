"""Where issues are written and judged: a newsletter folder with its theme and its checks, without any database."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import closing, nullcontext, suppress
from dataclasses import replace
from datetime import datetime
from email.parser import BytesHeaderParser
from functools import cached_property, partial
from importlib import import_module
from pathlib import Path

from dispatch.checks.check import Finding, name_of
from dispatch.checks.evidence import Answer, Evidence, Proofs
from dispatch.checks.proofreading import PROOFS
from dispatch.checks.urls import web_addresses
from dispatch.checks.waivers import Judgement, judge
from dispatch.content.issue import Issue, read_issue
from dispatch.editing import Proposal, propose
from dispatch.errors import InvalidConfig, InvalidIssue, InvalidSegment, Problem
from dispatch.folder import Folder
from dispatch.inspection.gathering import gather
from dispatch.inspection.history import History
from dispatch.inspection.house_terms import house_terms
from dispatch.inspection.policy import policy_of
from dispatch.inspection.proofreading.proofreader import Proofreader
from dispatch.inspection.variants import evidence_about_variants
from dispatch.issue_files import read_bounded
from dispatch.messages.list_headers import feedback_id, list_id
from dispatch.messages.message import Message, Recipient
from dispatch.messages.personalize import Personalizer
from dispatch.messages.template import MessageTemplate, Variant
from dispatch.messages.tokens import TOKEN_LENGTH, KeyRing
from dispatch.providers import default_images
from dispatch.rendering.compiled import CompiledIssue
from dispatch.rendering.compiler import compile_issue, compile_marked
from dispatch.rendering.marks import MarkedHtml
from dispatch.rendering.pictures import PictureShelf
from dispatch.rendering.readership import EVERYBODY, Readership
from dispatch.rendering.theme import NewsletterFacts, Theme, ThemeSettings
from dispatch.rendering.webpage import WebPage, compile_webpage, issue_url
from dispatch.rendering.words import spoken_language
from dispatch.subscribers.csv_import import SubscribersFile, open_subscribers
from dispatch.subscribers.csv_rows import Rejected, Row
from dispatch.subscribers.repeats import Repeats
from dispatch.subscribers.segments import Segment
from dispatch.subscribers.sorting import Sorter
from dispatch.subscribers.subscriber import MERGE_COLUMNS, Status, Subscriber
from dispatch.yaml_source import Edit

SAMPLE_READER = Recipient(1, "0" * 32, "reader@example.org")
"""Nobody: has no value for any merge field."""

SAMPLE_RING = KeyRing(["a sample key, for files that nobody is mailed"])
"""A key that everybody knows, so that files are the same everywhere; it signs test links, which change nothing."""


class Newsroom(Folder):
    """A newsletter folder, with its issues and its theme."""

    def read_issue(self, name: str) -> Issue:
        """An issue by its file's name, its path or its slug; raises NotFound and InvalidIssue."""
        path = self.issue_path(name)
        try:
            content = read_bounded(path)
        except OSError as error:
            raise InvalidIssue(
                f"{os.path.relpath(path)} cannot be read: {error.strerror}",
                remedy="Make it readable for the user who runs dispatch.",
            ) from None
        return self._read(content, os.path.relpath(path))

    def propose(self, issue: Issue, edits: Iterable[Edit]) -> Proposal:
        """Edits of the file of an issue, to be looked at and written, if it is as it was read.

        Raises FileChanged, EditRefused, and InvalidIssue where the issue could not be read with them.
        """
        source = issue.source
        proposal = propose(Path(source.file), edits, digest=source.digest, folder=self.config.folder)
        document = proposal.document
        self._read(document.text, document.file)
        return proposal

    def _read(self, content: str | bytes, file: str) -> Issue:
        newsletter, segments = self.config.newsletter, self.config.segments
        return read_issue(content, file, default_language=newsletter.language, segments=segments)

    # --- rendering ---------------------------------------------------------------------------------

    @cached_property
    def newsletter(self) -> NewsletterFacts:
        """What a theme may know about the newsletter."""
        return NewsletterFacts(**self.config.newsletter.model_dump())

    @cached_property
    def theme(self) -> Theme:
        """The newsletter's templates over the built-in ones."""
        return Theme(self.config.folder, ThemeSettings(**self.config.theme.model_dump()))

    @cached_property
    def pictures(self) -> PictureShelf:
        """The newsletter's pictures, made fit for mail."""
        people = (self.subscribers_file, self.config.folder / self.config.subscribers)
        return PictureShelf(self.config.folder, self.config.state / "pictures", private=people)

    @property
    def media_url(self) -> str:
        """Where hosted pictures are found, with a slash at its end."""
        return f"{self.config.newsletter.url}/media/"

    def embeds(self) -> bool:
        """Whether pictures travel inside the messages."""
        images = self.config.images or default_images(self.config.provider, self.config.locate(("provider",)))
        return images == "embed"

    def compile(
        self, issue: Issue, *, embed: bool, media_url: str | None = None, reader_language: str = ""
    ) -> CompiledIssue:
        """An issue as it is mailed, to readers of a language; raises InvalidIssue and InvalidTheme."""
        return compile_issue(
            issue,
            self.theme,
            self.newsletter,
            pictures=self.pictures,
            embed=embed,
            media_url=self.media_url if media_url is None else media_url,
            reader_language=reader_language,
        )

    def compile_for(self, issue: Issue, readers: Readership, *, embed: bool) -> CompiledIssue:
        """The variant of an issue that some readers get."""
        return self.compile(issue.shown_to(readers.segments), embed=embed, reader_language=readers.language)

    def sorter(self, issue: Issue, *, known_fields: Collection[str]) -> Sorter:
        """What tells whose variant of an issue somebody gets; raises NotFound and InvalidSegment."""
        named = ((name, self.segment(name, known_fields=known_fields)) for name in issue.conditions)
        return Sorter({name: segment for name, segment in named if segment}, self.language_finder(issue))

    def language_finder(self, issue: Issue) -> Callable[[str], str]:
        """What tells in which language the theme speaks to a reader of a language."""
        return partial(spoken_language, issue=issue.language, newsletter=self.config.newsletter.language)

    def compile_marked(
        self, issue: Issue, *, embed: bool, reader_language: str = ""
    ) -> tuple[CompiledIssue, MarkedHtml]:
        """What `compile` gives, and its HTML with who wrote what in it, for checks and preview; raises as `compile`."""
        return compile_marked(
            issue,
            self.theme,
            self.newsletter,
            pictures=self.pictures,
            embed=embed,
            media_url=self.media_url,
            reader_language=reader_language,
        )

    def webpage(
        self,
        issue: Issue,
        *,
        media_url: str = "../media/",
        root: str = "../",
        previous: Issue | None = None,
        following: Issue | None = None,
    ) -> WebPage:
        """The page of an issue in the archive."""
        return compile_webpage(
            issue,
            self.theme,
            self.newsletter,
            pictures=self.pictures,
            media_url=media_url,
            root=root,
            previous=previous,
            next=following,
        )

    def page_url(self, slug: str) -> str:
        """Where an issue is read on the web."""
        return issue_url(self.newsletter, slug)

    # --- messages ----------------------------------------------------------------------------------

    def message_template(
        self, variants: Mapping[Readership, CompiledIssue], mailing: str, nonce: str, ring: KeyRing
    ) -> MessageTemplate:
        """What the messages of a mailing are made of; its variants are those of one issue, in order."""
        config, compiled = self.config, next(iter(variants.values()))
        domain = config.from_.address.rpartition("@")[2]
        return MessageTemplate(
            mailing=mailing,
            nonce=nonce,
            key_id=ring.key_id,
            from_=config.from_,
            reply_to=config.reply_to,
            domain=domain,
            list_id=list_id(config.newsletter.name, domain),
            feedback_id=feedback_id(compiled.slug, config.newsletter.name, domain),
            unsubscribe_url=config.unsubscribe.url,
            unsubscribe_mailto=config.unsubscribe.mailto or "",
            view_online_url=self.page_url(compiled.slug),
            archive_url=f"{config.newsletter.url}/",
            help_url=f"{config.newsletter.url}/",
            variants=tuple(Variant.of(compiled, readers) for readers, compiled in variants.items()),
        )

    def specimen(
        self, compiled: CompiledIssue, recipient: Recipient, ring: KeyRing, date: datetime, *, proven: bool = False
    ) -> Message:
        """A message with every header of a mailing's, whose unsubscribe link is for looking at only.

        It is read back before it is given out, unless one like it is `proven` elsewhere.
        """
        template = self.message_template({EVERYBODY: compiled}, f"{compiled.slug}.0", "specimen", ring)
        return Personalizer(template, ring, proven=proven).message(recipient, date, purpose="test")

    @cached_property
    def history(self) -> History:
        """What its issues have said."""
        return History()

    @cached_property
    def answers_to(self) -> Callable[[Iterable[str]], Mapping[str, Answer]]:
        """Finds out what links lead to. Only who asks waits for the libraries that go into the web."""
        module = import_module("dispatch.inspection.reachability")
        answers: Callable[[Iterable[str]], Mapping[str, Answer]]
        answers = module.Reachability(self.config.state / "links.json", self.clock).answers
        return answers

    @cached_property
    def proofreader(self) -> Proofreader:
        """Reads its issues; what it found is kept in the folder."""
        return Proofreader(self.config.state / "proofreading.json")

    def proofread(self, issue: Issue, *, patiently: bool = True) -> Proofs | None:
        """What is misspelt in an issue; without patience, what is known already. None where that is switched off."""
        if self.config.proofreading == "off":
            return None
        return self.proofreader.read(issue, patiently=patiently)

    @property
    def misspelling_stops(self) -> bool:
        """Whether what a proof-reader finds may be an error in this newsletter: it is a warning elsewhere."""
        severity = self.config.checks.severity
        return any(severity.get(name_of(check)) == "error" for check in PROOFS)

    # --- checks ------------------------------------------------------------------------------------

    def check(
        self,
        issue: Issue,
        compiled: CompiledIssue | None = None,
        marked: MarkedHtml | None = None,
        *,
        segment: str = "",
    ) -> list[Finding]:
        """What is wrong with an issue for its audience, and not allowed; raises as `judge` does.

        It is proof-read only where the newsletter takes what that finds for errors.
        """
        proofs = self.proofread(issue) if self.misspelling_stops else None
        return list(self.judge(issue, compiled, marked, segment=segment, proofs=proofs).findings)

    def judge(
        self,
        issue: Issue,
        compiled: CompiledIssue | None = None,
        marked: MarkedHtml | None = None,
        *,
        segment: str = "",
        online: bool = False,
        proofs: Proofs | None = None,
    ) -> Judgement:
        """What is wrong with an issue for its audience, and what is allowed; `online`, its links are followed as well.

        `proofs` is what `proofread` has found; None, where nobody has.

        Whoever has compiled the issue hands it in, and its HTML with marks; it is compiled for what is missing.

        Raises InvalidConfig, and what `evidence` raises, where that cannot be found out.
        """
        policy = policy_of(self.config)
        return judge(self.evidence(issue, compiled, marked, segment=segment, online=online, proofs=proofs), policy)

    def evidence(
        self,
        issue: Issue,
        compiled: CompiledIssue | None = None,
        marked: MarkedHtml | None = None,
        *,
        segment: str = "",
        online: bool = False,
        proofs: Proofs | None = None,
    ) -> list[Evidence]:
        """What is looked at to judge an issue, of each variant; raises InvalidIssue, InvalidTerms, InvalidTheme, NotFound and InvalidSubscribers."""
        self._refuse_shared_slug(issue)
        if not compiled or not marked:
            again, marked = self.compile_marked(issue, embed=compiled.embedded if compiled else self.embeds())
            compiled = compiled or again
        embed = compiled.embedded
        rejected: list[Problem] = []
        with open_subscribers(self.subscribers_file, self.subscribers_name) as file:
            evidence = gather(
                issue,
                compiled,
                marked,
                self.config,
                shelf=self.pictures,
                subscribers=_subscribed(file, rejected),
                known_fields=(*MERGE_COLUMNS, *file.merge_fields),
                reserved=self.reserved_values(issue),
                today=self.today(),
                real_mail=self._mails_people(),
                headers=self._headers(compiled),
                segments=self._segments(file, segment),
                segment=segment,
                sorter=self.sorter(issue, known_fields=file.fields),
                html_of=lambda readers: self.compile_for(issue, readers, embed=embed).html,
                history=self.history.before(
                    issue, ((path, self.heads.of(path)) for path in self.issue_files()), today=self.today()
                ),
                terms=house_terms(self.config.folder),
            )
        evidence = replace(evidence, rejected=tuple(rejected), proofs=proofs)
        if online:
            evidence = replace(evidence, answers=self.answers_to(url for _, url in web_addresses(evidence)))
        return evidence_about_variants(evidence, lambda shown: self.compile_marked(shown, embed=embed))

    def _refuse_shared_slug(self, issue: Issue) -> None:
        """Mailings and pages go by the slug: of two issues with one, the second could not be sent, and hides the first."""
        own = Path(issue.source.file).resolve()
        for other in self.files_with_slug(issue.slug):
            if other.resolve() != own:
                raise InvalidIssue(
                    f"{os.path.relpath(other)} has the slug {issue.slug} too",
                    location=issue.locate(("slug",)),
                    remedy="Give one of them another `slug:`; one that was mailed keeps its own.",
                )

    def _segments(self, file: SubscribersFile, chosen: str) -> dict[str, Segment]:
        """Every segment that can be read; what is wrong with the chosen one is raised, NotFound or InvalidSegment."""
        known_fields = file.fields
        segments = {}
        for name in {chosen: "", **self.config.segments}:
            with nullcontext() if name == chosen else suppress(InvalidSegment):
                if segment := self.segment(name, known_fields=known_fields):
                    segments[name] = segment
        return segments

    def _mails_people(self) -> bool:
        """Whether real mail would leave; so it seems as well where the provider's options are not in order yet."""
        try:
            with closing(self.open_provider()) as provider:
                return provider.capabilities.real
        except InvalidConfig:
            return True

    def _headers(self, compiled: CompiledIssue) -> tuple[tuple[str, str], ...]:
        """Those of a specimen; none where settings keep it from being made."""
        try:
            mime = self.specimen(compiled, SAMPLE_READER, SAMPLE_RING, self.clock(), proven=True).mime()
        except InvalidConfig:
            return ()
        parsed = BytesHeaderParser().parsebytes(mime)
        return tuple((name, " ".join(str(value).split())) for name, value in parsed.items())

    def reserved_values(self, issue: Issue) -> dict[str, str]:
        """Values for the merge fields that dispatch fills itself, as long as real ones."""
        way_out = self.config.unsubscribe.url + TOKEN_LENGTH * "x"
        return {
            "unsubscribe_url": way_out,
            "preferences_url": way_out,
            "view_online_url": self.page_url(issue.slug),
        }


def _subscribed(file: SubscribersFile, rejected: list[Problem]) -> Iterator[Subscriber]:
    """Who may be mailed; what is wrong with the lines that are nobody is put into `rejected`, in the end in their order.

    Somebody who stands there twice is given twice: that this is so is known in the end.
    """
    repeats = Repeats()
    lines: list[Rejected] = []
    for row in file:
        if not isinstance(row, Row):
            lines.append(row)
            continue
        repeats.note(row.key)
        if row.status is Status.SUBSCRIBED:
            yield row.subscriber(id="")
    lines += repeats.lines(file)
    rejected += [line.problem(file.facts.name) for line in sorted(lines)]
