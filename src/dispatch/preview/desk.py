"""What the author's desk knows: the issues as they last compiled, and what is wrong with them now."""

from __future__ import annotations

import datetime as dt
import logging
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import ParamSpec, TypeVar

from dispatch.checks.evidence import Proofs
from dispatch.checks.waivers import Judgement
from dispatch.content.issue import Issue
from dispatch.content.richtext import parse_plain
from dispatch.errors import DispatchError, Problem
from dispatch.messages.message import Message, Recipient
from dispatch.messages.tokens import KeyRing
from dispatch.preview.people import Found, Values, find, recipient, search
from dispatch.preview.readers import ANYBODY, Reader, readers_of
from dispatch.preview.simulations import Scheme, Simulated, Simulation
from dispatch.project import Project
from dispatch.rendering.compiled import CompiledIssue, Picture, Slots
from dispatch.rendering.marks import MarkedHtml, with_blocks
from dispatch.rendering.readership import Readership
from dispatch.rendering.webpage import WebPage
from dispatch.subscribers.subscriber import Subscriber

Result = TypeVar("Result")
Arguments = ParamSpec("Arguments")
Problems = tuple[Problem, ...]

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Compilation:
    """An issue that compiled, as it would be mailed and as it is shown: `media/<name>` for pictures, `data-block` for what is the issue's."""

    issue: Issue
    compiled: CompiledIssue
    marked: MarkedHtml  # the same HTML, with who wrote what in it
    shown: CompiledIssue
    saved: dt.datetime
    seconds: float  # that compiling took
    variants: dict[Readership, Compilation] = field(default_factory=dict, repr=False)  # of it, as far as looked at


@dataclass(frozen=True)
class Sheet:
    """The last good compilation of an issue, and what keeps it from compiling now."""

    name: str
    good: Compilation | None = None
    problems: Problems = ()


@dataclass(frozen=True)
class Variant:
    """What some readers get of an issue, compiled."""

    readers: Readership
    compilation: Compilation


@dataclass(frozen=True)
class View:
    """An issue as one person would get it; without a message there is nothing to look at."""

    generation: int
    sheet: Sheet
    person: Subscriber | None  # None: nobody, every fallback shows
    message: Message | None
    problems: Problems
    variant: Variant | None = None  # that they get, if the issue ever compiled


@dataclass(frozen=True)
class Entry:
    """A line in the list of issues, as its file was last readable; before that the file's name is the title."""

    name: str
    title: str
    date: dt.date | None
    slug: str
    digest: str  # of its content
    fingerprint: str  # of what readers see of it
    said: int  # a hash of what later issues are compared with
    readable: bool


class Desk:
    """Compiles what is looked at, once after each change. Threads may share it; it has nothing that could send."""

    def __init__(self, project: Project, environ: Mapping[str, str], issue: str | None = None) -> None:
        """`issue` is what the author named, by slug or path; raises NotFound."""
        self._project = project
        self._environ = environ
        self._ring = KeyRing([secrets.token_hex(32)])  # its links are for looking at: no service knows them
        self._elsewhere: dict[str, Path] = {}  # a named issue that is not in issues/
        self._preferred = self._named(issue) if issue else ""
        self._lock = Lock()
        self._outdated = False
        self._trouble: Problems = ()
        self._sheets: dict[str, tuple[int, Sheet]] = {}  # with the generation that it is of
        self._entries: dict[Path, tuple[int, Entry]] = {}
        self._written: tuple[Compilation, Recipient, Message] | None = None
        self._page: tuple[Compilation, WebPage | Problems] | None = None
        self.generation = 0
        self.surroundings = 0  # the same for all that is no issue

    @property
    def project(self) -> Project:
        """The newsletter as its settings last made sense."""
        return self._project

    def folders(self) -> tuple[Path, ...]:
        """Where everything lies that issues are made of."""
        folder = self._project.config.folder
        linked = {(folder / name).resolve() for name in ("issues", "templates")} - {
            folder / "issues",
            folder / "templates",
        }
        return (folder, *sorted(linked | {path.parent for path in self._elsewhere.values()}))

    def changed(self, paths: Iterable[Path]) -> None:
        """Files have changed, or nobody knows which: what was compiled before is out of date."""
        paths = tuple(paths)
        issues = self._project.config.folder / "issues"
        own = {issues, issues.resolve()}
        if not paths or any(path.parent not in own or path.suffix != ".yaml" for path in paths):
            self.surroundings += 1
        settings = {self._project.config.file.name, ".env"}
        templates = (self._project.config.folder / "templates").resolve()
        # A theme does not notice a new file in the place of a built-in one, so it is opened anew: that costs 30 ms.
        self._outdated |= any(
            path.name in settings or "templates" in path.parts or templates in path.parents for path in paths
        )
        self.generation += 1

    def start(self) -> str:
        """The issue to begin with: the named one, or the one saved last of those not sent yet; empty where there is none."""
        if self._preferred:
            return self._preferred
        sent, files = _tried(self._project.sent), self._files()  # where the ledger is out of reach, nothing was sent
        entries = [entry for entry in self.issues() if entry.name in files]
        drafts = [entry for entry in entries if entry.slug not in sent] or entries
        stamps = {entry: _stamp(files[entry.name]) for entry in drafts}
        # To the second, and of those the newest: a clone writes all its files at once.
        ordered = sorted(drafts, key=lambda each: (stamps[each] // 10**9, each.date or dt.date.max, stamps[each]))
        return ordered[-1].name if ordered else ""

    def issues(self) -> list[Entry]:
        """All issues: those without a date, which are being written, then the newest first."""
        entries = [self._entry(name, path) for name, path in self._files().items()]
        entries += [Entry(name, name, None, name, "", "", 0, readable=False) for name in self._project.refused_files()]
        return sorted(entries, key=lambda entry: entry.date or dt.date.max, reverse=True)

    def view(self, name: str, reader: Reader = ANYBODY) -> View:
        """An issue as a reader would get it, compiled if anything has changed."""
        person = find(self._project.subscribers_file, reader.address) if reader.address else None
        with self._lock:
            generation = self.generation
            sheet = self._sheet(name)
            variant = _tried(self._variant, sheet.good, person, reader) if sheet.good else None
            if isinstance(variant, tuple):
                return View(generation, sheet, person, None, sheet.problems + variant)
            message = _tried(self._message, variant.compilation, person, reader.made_up) if variant else None
        if isinstance(message, tuple):
            return View(generation, sheet, person, None, sheet.problems + message)
        return View(generation, sheet, person, message, sheet.problems, variant)

    def sent(self, name: str, reader: Reader = ANYBODY) -> Message | None:
        """The message of a view as it leaves, its pictures where a mailing has them; None where there is none."""
        view = self.view(name, reader)
        return self._sent(view, view.variant.compilation.compiled) if view.variant else None

    def written(self, name: str, reader: Reader = ANYBODY) -> tuple[str, bytes] | None:
        """The same as a file, its name and the whole message in bytes."""
        view = self.view(name, reader)
        good = view.variant.compilation if view.variant else None
        message = self._sent(view, good.compiled, hollow=False) if good else None
        return (f"{good.compiled.slug}.eml", message.mime()) if good and message else None

    def _sent(self, view: View, compiled: CompiledIssue, *, hollow: bool = True) -> Message | None:
        """Hollow, without the content of its pictures: nobody looks at it, and it costs more than all the rest."""
        if not view.message:
            return None
        if hollow:
            empty = tuple(replace(picture, content=b"") for picture in compiled.pictures)
            compiled = replace(compiled, pictures=empty)
        return self._project.specimen(compiled, view.message.recipient, self._ring, self._project.clock())

    def simulated(
        self, simulation: Simulation, scheme: Scheme, name: str, reader: Reader = ANYBODY
    ) -> Simulated | None:
        """The message of a view as a client shows it, its pictures at `media/<name>`, and `data-block` as in the mail."""
        view = self.view(name, reader)
        good = view.variant.compilation if view.variant else None
        message = self._sent(view, replace(good.compiled, html=with_blocks(good.marked))) if good else None
        if not message or not good:
            return None
        simulated = _simulated(simulation, message.html, scheme)
        return replace(simulated, html=_at_hand(simulated.html, good.compiled.pictures, self._project.media_url))

    def webpage(self, name: str) -> WebPage | Problems:
        """The page of an issue in the archive, its pictures at `media/<name>`, or what is in its way."""
        view = self.view(name)
        good = view.sheet.good
        if not good:
            return view.problems
        if not self._page or self._page[0] is not good:
            root = f"{self._project.config.newsletter.url}/"
            self._page = (good, _tried(self._project.webpage, good.issue, media_url="media/", root=root))
        return self._page[1]

    def judged(self, name: str, proofs: Proofs | None = None) -> Judgement | Problems:
        """What the checks say of an issue as it is now, or what keeps them from it.

        `proofs` is what `proofread` has given; without it, what is known already is taken, and nobody waits.
        """
        sheet = self.view(name).sheet
        if sheet.problems or not sheet.good:
            return sheet.problems
        good = sheet.good
        proofs = proofs or self._project.proofread(good.issue, patiently=False)
        return _tried(self._project.judge, good.issue, good.compiled, good.marked, proofs=proofs)

    def proofread(self, name: str) -> Proofs | None:
        """What is misspelt in an issue as it is now, which may take seconds; None where nobody reads it."""
        good = self.view(name).sheet.good
        return self._project.proofread(good.issue) if good else None

    def close(self) -> None:
        """End what it has started."""
        self._project.proofreader.close()

    def people(self, query: str) -> Found | Problems:
        """Subscribers whose message could be looked at, or what is wrong with the list."""
        return _tried(search, self._project.subscribers_file, query)

    def picture(self, name: str) -> Picture | None:
        """A picture of an issue that was looked at."""
        with self._lock:
            good = [sheet.good for _, sheet in self._sheets.values() if sheet.good]
            page = self._page and self._page[1]
        pictures = [picture for compilation in good for picture in compilation.compiled.pictures]
        pictures += page.pictures if isinstance(page, WebPage) else ()
        return next((picture for picture in pictures if picture.name == name), None)

    def _named(self, issue: str) -> str:
        path = self._project.issue_path(issue).resolve()
        if path.parent == (self._project.config.folder / "issues").resolve():
            return path.stem
        self._elsewhere[issue] = path
        return issue

    def _files(self) -> dict[str, Path]:
        elsewhere = {name: path for name, path in self._elsewhere.items() if path.is_file()}
        return {path.stem: path for path in self._project.issue_files()} | elsewhere

    def _entry(self, name: str, path: Path) -> Entry:
        stamp = _stamp(path)
        known, entry = self._entries.get(path, (0, None))
        if entry is None or known != stamp:
            issue = _tried(self._project.read_issue, name)
            if isinstance(issue, Issue):
                title = parse_plain(issue.title).plain
                head = self._project.heads.of(path)
                said = hash((issue.subject, title, head.urls))
                digests = (issue.source.digest, issue.fingerprint())
                entry = Entry(name, title, issue.date, issue.slug, *digests, said, readable=True)
            else:
                slug = self._project.slug(name)
                entry = replace(
                    entry or Entry(name, name, None, slug, "", "", 0, readable=False), digest="", readable=False
                )
            self._entries[path] = (stamp, entry)
        return entry

    def _sheet(self, name: str) -> Sheet:
        """The sheet of this generation. A name is no path: only issues that are in the list are opened."""
        generation = self.generation
        known, sheet = self._sheets.get(name, (-1, Sheet(name)))
        if known == generation:
            return sheet
        self._reopen()
        path = self._files().get(name)
        if self._trouble:
            sheet = replace(sheet, problems=self._trouble)
        elif not path:
            refused = self._project.refused_files().get(name)
            sheet = replace(sheet, problems=(refused or _missing(sheet),) if name else ())
        else:
            outcome = _tried(self._compile, name, path)
            sheet = Sheet(name, outcome) if isinstance(outcome, Compilation) else replace(sheet, problems=outcome)
        if path or sheet.good:  # of names that no issue ever had, nothing is kept
            self._sheets[name] = (generation, sheet)
        return sheet

    def _reopen(self) -> None:
        if not self._outdated and not self._trouble:
            return
        self._outdated = False
        config = self._project.config
        outcome = _tried(Project.open, config.folder, config_file=config.file, environ=self._environ)
        if isinstance(outcome, Project):
            outcome.proofreader = self._project.proofreader  # its engines are loaded
            self._project, self._trouble = outcome, ()
        else:
            self._trouble = outcome

    def _compile(self, name: str, path: Path) -> Compilation:
        saved = _saved(path)
        return self._compiled(self._project.read_issue(name), saved)

    def _compiled(self, issue: Issue, saved: dt.datetime, language: str = "") -> Compilation:
        began = time.perf_counter()
        compiled, marked = self._project.compile_marked(issue, embed=self._project.embeds(), reader_language=language)
        shown = _with_pictures_at_hand(replace(compiled, html=with_blocks(marked)), self._project.media_url)
        return Compilation(issue, compiled, marked, shown, saved, time.perf_counter() - began)

    def _variant(self, good: Compilation, person: Subscriber | None, reader: Reader) -> Variant:
        """What somebody gets, or nobody in the segments that are looked at; raises as compiling does."""
        issue, own = good.issue, self._project.language_finder(good.issue)("")
        readers = readers_of(self._project, issue, person, reader)
        shown = issue.shown_to(readers.segments)
        if shown is issue and readers.language == own:
            return Variant(readers, good)
        if readers not in good.variants:
            good.variants[readers] = self._compiled(shown, good.saved, readers.language)
        return Variant(readers, good.variants[readers])

    def _message(self, good: Compilation, person: Subscriber | None, made_up: Values) -> Message:
        """The message; the last one is kept, because every browser asks twice."""
        reader = recipient(person, made_up)
        if self._written and self._written[0] is good and self._written[1] == reader:
            return self._written[2]
        # The checks read one back; doing it here too would be a quarter of the time until a save is seen.
        message = self._project.specimen(good.shown, reader, self._ring, self._project.clock(), proven=True)
        self._written = (good, reader, message)
        return message


def _tried(
    work: Callable[Arguments, Result], *arguments: Arguments.args, **options: Arguments.kwargs
) -> Result | Problems:
    """What work gives, or why it cannot: a mistake in a file must not end the program that helps to mend it."""
    try:
        return work(*arguments, **options)
    except DispatchError as error:
        return error.problems
    except OSError as error:
        return (Problem(f"{error.filename or 'a file'} cannot be read: {error.strerror or error}"),)
    except Exception as error:  # a fault of our own: the author can still go on with the other issues
        logger.exception("The preview came upon a fault in dispatch.")
        remedy = "This is a fault in dispatch: please report it, with what the terminal shows."
        return (Problem(f"{type(error).__name__}: {error}", remedy=remedy),)


def _with_pictures_at_hand(compiled: CompiledIssue, media_url: str) -> CompiledIssue:
    """The pictures outside of the message: encoding embedded ones, to look at none of it, costs more than compiling."""
    literals = tuple(_at_hand(text, compiled.pictures, media_url) for text in compiled.html.literals)
    return replace(compiled, html=Slots(literals, compiled.html.slots), embedded=False)


def _at_hand(html: str, pictures: Iterable[Picture], media_url: str) -> str:
    for picture in pictures:
        for address in (f"cid:{picture.content_id}", f"{media_url}{picture.name}"):
            html = html.replace(address, f"media/{picture.name}")
    return html


@lru_cache(maxsize=8)
def _simulated(simulation: Simulation, html: str, scheme: Scheme) -> Simulated:
    """Kept, because a browser asks twice: for the HTML, and for what is lost."""
    return simulation.simulate(html, scheme)


def _missing(sheet: Sheet) -> Problem:
    if sheet.good:
        return Problem("this issue's file is gone", remedy="Choose another issue; this one comes back with its file.")
    return Problem(f"there is no issue {sheet.name}", remedy="Choose one from the list.")


def _saved(path: Path) -> dt.datetime:
    """When a file was written; long ago where it has just gone."""
    return dt.datetime.fromtimestamp(_stamp(path) / 1e9, dt.UTC)


def _stamp(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
