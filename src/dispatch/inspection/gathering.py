"""Gathers what checks may look at: the issue, its settings, its pictures and the people who would get it."""

from __future__ import annotations

import io
import math
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from functools import lru_cache

from PIL import Image, ImageSequence

from dispatch.checks.evidence import Animation, EarlierIssue, Evidence, PictureFacts, Setting, TemplateText
from dispatch.checks.parts import figures
from dispatch.config import Config
from dispatch.content.blocks import Columns
from dispatch.content.issue import Issue
from dispatch.content.terms import Terms
from dispatch.inspection.audience import HtmlOf, LargestHtml, survey
from dispatch.rendering.album import PHONE_WIDTH
from dispatch.rendering.compiled import CompiledIssue, Picture
from dispatch.rendering.marks import MarkedHtml
from dispatch.rendering.pictures import PictureShelf
from dispatch.rendering.readership import Readership
from dispatch.rendering.readership_words import in_words
from dispatch.rendering.tables import BODY_WIDTH
from dispatch.subscribers.segments import Segment
from dispatch.subscribers.sorting import Sorter
from dispatch.subscribers.subscriber import Subscriber

_KEPT = 16
"""Animations whose frames are not unpacked again, of at most 1 MB each."""


def gather(
    issue: Issue,
    compiled: CompiledIssue,
    marked: MarkedHtml,
    config: Config,
    *,
    shelf: PictureShelf,
    subscribers: Iterable[Subscriber],
    known_fields: Iterable[str],
    reserved: Mapping[str, str],
    today: date,
    real_mail: bool,
    headers: tuple[tuple[str, str], ...],
    segments: Mapping[str, Segment],
    segment: str = "",
    history: tuple[EarlierIssue, ...] = (),
    terms: Terms = Terms(),  # noqa: B008 - frozen
    sorter: Sorter | None = None,
    html_of: HtmlOf | None = None,
) -> Evidence:
    """What checks may look at, for the issue as a whole; `marked` is the HTML of `compiled` with marks.

    `subscribers` are all who may be mailed, of whom the segment that `segment` names is the audience; they are read once
    and none is kept. `known_fields` are the merge fields of the whole list. `reserved` are values for the merge
    fields that dispatch fills itself, as long as real ones. `headers` are those of a specimen message, `history` the
    issues before this one, `terms` the house's. `sorter` and `html_of` tell what
    each reader gets; without them all get the same.
    """
    audience, largest = survey(
        compiled.html,
        subscribers,
        known_fields=known_fields,
        reserved=reserved,
        segments=segments,
        segment=segment,
        sorter=sorter,
        html_of=html_of,
        conditions=issue.conditions,
    )
    return Evidence(
        issue=issue,
        compiled=compiled,
        marked=marked,
        from_address=Setting(config.from_.address, config.locate(("from",))),
        postal_address=_newsletter_setting(config, "postal_address"),
        newsletter_url=_newsletter_setting(config, "url"),
        unsubscribe_url=_unsubscribe_url(config),
        real_mail=real_mail,
        audience=audience,
        pictures=_pictures(issue, shelf),
        largest_html_bytes=largest.size,
        largest_html_for=_whose(largest, audience.readerships),
        largest_html_segments=largest.readers.segments,
        today=today,
        headers=headers,
        history=history,
        terms=terms,
        subscribers=Setting(config.subscribers, config.locate(("subscribers",))),
        segments=tuple(Setting(name, config.locate(("segments", name))) for name in segments),
        from_name=config.from_.name,
        reply_to=Setting(config.reply_to.address, config.locate(("reply_to",))) if config.reply_to else None,
        mail_server=str(config.providers_.get("smtp", {}).get("host", "")) if config.provider == "smtp" else "",
        templates=_templates(config),
    )


def _whose(largest: LargestHtml, readerships: Collection[Readership]) -> str:
    variant = f" ({in_words(largest.readers, of=readerships)})" if len(readerships) > 1 else ""
    return f"{largest.address}{variant}" if largest.address else ""


def _newsletter_setting(config: Config, name: str) -> Setting:
    return Setting(getattr(config.newsletter, name), config.locate(("newsletter", name)))


def _unsubscribe_url(config: Config) -> Setting:
    """Where it is not set, it follows from the newsletter's URL, and that is the place to change."""
    derived = config.origin("unsubscribe.url") == "default"
    place = config.locate(("newsletter", "url") if derived else ("unsubscribe", "url"))
    return Setting(config.unsubscribe.url, place)


def _templates(config: Config) -> tuple[TemplateText, ...]:
    """Compiling the issue has just read them, so they are there and in UTF-8."""
    files = sorted((config.folder / "templates").rglob("*.j2"))
    return tuple(
        TemplateText(file.relative_to(config.folder).as_posix(), file.read_text(encoding="utf-8")) for file in files
    )


def _pictures(issue: Issue, shelf: PictureShelf) -> tuple[PictureFacts, ...]:
    """Compiling the issue has just put them on the shelf."""
    facts = {}
    for figure in figures(issue):
        width = PHONE_WIDTH if Columns.kind in figure.path else BODY_WIDTH
        picture = shelf.picture(figure.image, width, issue.locate(figure.path_to("image")))
        kind = picture.content_type.removeprefix("image/").upper()
        facts[figure.image] = PictureFacts(
            figure.image, kind, picture.width, picture.height, len(picture.content), _animation(picture)
        )
    return tuple(facts.values())


@lru_cache(_KEPT)
def _animation(picture: Picture) -> Animation | None:
    """How a GIF moves; the shelf has made a still one a PNG."""
    if picture.content_type != "image/gif":
        return None
    with Image.open(io.BytesIO(picture.content), formats=("GIF",)) as image:
        colours = image.convert("RGB").getcolors(1)  # None: more than one
        repeats = image.info.get("loop")  # absent: played once; 0: without end (GIF's Netscape extension)
        milliseconds = sum(frame.info.get("duration", 0) for frame in ImageSequence.Iterator(image))
    seconds = math.inf if repeats == 0 else milliseconds / 1000 * (1 + (repeats or 0))
    return Animation(seconds, begins_blank=colours is not None)
