"""What the browser is given: the desk's own files, its state as JSON, and the mail in a frame that cannot act."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from hashlib import sha256
from importlib.resources import files

from dispatch.checks.weight import CLIPPED
from dispatch.content.issue import Issue
from dispatch.content.richtext import MergeField, TextRun, parse_plain
from dispatch.inspection.report import problem_as_json
from dispatch.languages.sentences import LANGUAGES
from dispatch.messages.message import Message
from dispatch.preview.desk import Compilation, Entry, Problems, Variant, View
from dispatch.preview.people import Found
from dispatch.preview.pictures import without_pictures
from dispatch.preview.points import blocks_as_json, file_as_json, problems_as_json
from dispatch.preview.simulations import Simulation
from dispatch.preview.standings import Standings
from dispatch.project import Project
from dispatch.rendering.compiled import RESERVED_FIELDS, CompiledIssue, Context, Slot, Slots, bytes_of, resolve
from dispatch.rendering.readership_words import language_in_words
from dispatch.subscribers.subscriber import Subscriber

Json = dict[str, object]

_ALWAYS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",  # the address holds the token
    "X-Content-Type-Options": "nosniff",
}
DESK_HEADERS = {
    **_ALWAYS,
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    ),
}
# The frame's own attribute says the same; here it also holds for whoever opens the address by itself. No script
# runs in either. allow-same-origin is for the desk, which measures the mail's height; a link opens a tab of its own.
SANDBOX = "allow-same-origin allow-popups allow-popups-to-escape-sandbox"
_MAIL_POLICY = (
    "default-src 'none'; img-src {}; style-src 'unsafe-inline'; base-uri 'none'; "
    f"form-action 'none'; frame-ancestors 'self'; sandbox {SANDBOX}"
)
MAIL_HEADERS = {**_ALWAYS, "Content-Security-Policy": _MAIL_POLICY.format("'self' data: https:")}
BARE_MAIL_HEADERS = {**_ALWAYS, "Content-Security-Policy": _MAIL_POLICY.format("'none'")}  # nothing leads to a picture
PICTURE_HEADERS = {
    **_ALWAYS,
    "Cache-Control": "private, max-age=31536000, immutable",  # the name is the content's hash
    "Content-Security-Policy": "default-src 'none'; sandbox",
}

_TYPES = {"html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}


def static_files() -> dict[str, tuple[str, bytes]]:
    """The desk's own files by name, each with its type; nothing else is ever read for a browser."""
    folder = files(__package__).joinpath("static")
    contents = {file.name: file.read_bytes() for file in folder.iterdir()}
    return {name: (_TYPES[name.rpartition(".")[2]], content) for name, content in contents.items()}


def document(html: str, *, pictures: bool = True) -> str:
    """HTML with its pictures or without, and with links that open a tab of their own."""
    html = html.replace("<head>", '<head><base target="_blank">', 1)
    return html if pictures else without_pictures(html)


def simulations_as_json(simulations: Iterable[Simulation]) -> list[Json]:
    """The clients whose eyes the mail can be seen with, and what each model says of itself."""
    return [{"name": each.name, "label": each.label, "shows": each.shows, "omits": each.omits} for each in simulations]


def source_as_json(message: Message) -> Json:
    """The head of a message as it leaves, without the fields of MIME, and its HTML part before that is encoded."""
    head, _, _ = message.mime().partition(b"\r\nMIME-Version:")
    return {"head": head.decode("ascii").replace("\r\n", "\n"), "html": message.html}


def view_as_json(view: View, project: Project) -> Json:
    """All that the desk shows of a view at once; `mail` is null where there is nothing to look at.

    `compiles` tells whether the problems are no fault of the issue: then they are about whom the message is for.
    """
    good = view.sheet.good
    return {
        "generation": view.generation,
        "newsletter": project.newsletter.name,
        "issue": view.sheet.name,
        "problems": problems_as_json(view.problems, project),
        "compiles": good is not None and not view.sheet.problems,
        "person": _person(view.person) if view.person else None,
        "mail": _mail(view.message, view.variant.compilation) if view.message and view.variant else None,
        "reader": reader_as_json(view.variant, good.issue, project) if view.variant and good else None,
        "file": file_as_json(good.issue, project) if good else None,
        "blocks": blocks_as_json(good.issue, project, view.variant.readers.segments if view.variant else ())
        if good
        else [],
    }


def reader_as_json(variant: Variant, issue: Issue, project: Project) -> Json:
    """Whose variant it is: in which of the issue's segments they are, and the languages that the theme could speak to them."""
    own = project.language_finder(issue)("")
    languages = {own: f"as in the issue: {language_in_words(own)}"}
    languages |= {tag: language_in_words(tag) for tag in sorted(LANGUAGES, key=language_in_words) if tag != own}
    return {
        "segments": [{"name": name, "within": name in variant.readers.segments} for name in issue.conditions],
        "languages": [{"tag": tag, "name": name} for tag, name in languages.items()],
    }


def entries_as_json(entries: list[Entry]) -> list[Json]:
    """The list of issues."""
    return [
        {
            "name": entry.name,
            "title": entry.title,
            "date": entry.date.isoformat() if entry.date else None,
            "readable": entry.readable,
        }
        for entry in entries
    ]


def standings_as_json(standings: Standings | None) -> Json:
    """How far each issue has come; null where the question comes too early."""
    if standings is None:
        return {"standings": None}
    return {"standings": {name: asdict(each) for name, each in standings.of.items()}, "trouble": standings.trouble}


def people_as_json(found: Found | Problems) -> Json:
    """Subscribers to choose from, or what is wrong with the list."""
    if isinstance(found, Found):
        return {"people": [_person(person) for person in found.people], "more": found.more, "problems": []}
    return {"people": [], "more": False, "problems": [problem_as_json(problem) for problem in found]}


def _person(person: Subscriber) -> Json:
    return {
        "email": person.email,
        "name": person.name,
        "language": person.language,
        "tags": list(person.tags),
        "status": person.status,
    }


def _mail(message: Message, good: Compilation) -> Json:
    compiled = good.compiled
    return {
        "digest": good.issue.source.digest,
        "version": sha256(message.html.encode()).hexdigest()[:16],
        "title": compiled.title,
        "language": compiled.language,
        "direction": compiled.direction,
        "from": message.edition.from_.name or message.edition.from_.address,
        "address": message.edition.from_.address,
        "subject": message.subject,
        "preheader": _personal(good.issue.preheader, message.recipient.values),
        "text": message.text,
        "fields": _fields(compiled, message.recipient.values),
        "html_bytes": bytes_of(message.html) + _size(compiled.html) - _size(good.shown.html),
        "clipped_at": CLIPPED,
        "text_bytes": len(message.text.encode()),
        "pictures": len(compiled.pictures),
        "picture_bytes": sum(len(picture.content) for picture in compiled.pictures),
        "embedded": compiled.embedded,
        "saved": good.saved.isoformat(),
        "milliseconds": round(good.seconds * 1000),
    }


def _fields(compiled: CompiledIssue, values: Mapping[str, str]) -> list[Json]:
    """The merge fields of an issue but for those that dispatch fills, each with a value, and what stands in for it."""
    slots = [slot for part in (compiled.subject, compiled.html, compiled.text) for slot in part.slots]
    fields: dict[str, dict[str, None]] = {}
    for slot in slots:
        if slot.name not in RESERVED_FIELDS:
            fields.setdefault(slot.name, {})[slot.fallback] = None
    return [
        {"name": name, "value": values.get(name, "").strip(), "fallbacks": list(fallbacks)}
        for name, fallbacks in fields.items()
    ]


def _personal(text: str, values: Mapping[str, str]) -> str:
    """A plain text of the issue, such as its preheader, with the merge fields filled."""
    pieces = []
    for node in parse_plain(text).nodes:
        if isinstance(node, MergeField):
            pieces.append(resolve(Slot(node.name, node.fallback, Context.PLAIN), values))
        elif isinstance(node, TextRun):
            pieces.append(node.text)
    return "".join(pieces)


def _size(html: Slots) -> int:
    return sum(len(text.encode()) for text in html.literals)
