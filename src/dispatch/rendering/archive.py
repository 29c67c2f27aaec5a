"""The archive around the issues' pages: its index, its Atom feed, its sitemap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from dispatch.content.richtext import parse_plain
from dispatch.rendering.compiled import Picture
from dispatch.rendering.legible import legible
from dispatch.rendering.theme import NewsletterFacts, Theme
from dispatch.rendering.webpage import PageFacts, WebPage, issue_url, web_css
from dispatch.rendering.words import direction_of, words_for, written_date


@dataclass(frozen=True)
class Entry:
    """An issue as the archive lists it."""

    slug: str
    url: str
    title: str
    subtitle: str
    author: str
    language: str
    direction: str
    date: date | None
    written_date: str
    published: str  # RFC 3339; empty without a date
    picture: Picture | None


def compile_index(pages: Sequence[WebPage], theme: Theme, newsletter: NewsletterFacts) -> str:
    """The archive's first page, newest issue first."""
    return theme.render(
        "index.html.j2",
        {
            "page": PageFacts(newsletter.name, newsletter.description, f"{newsletter.url}/"),
            "entries": _entries(pages, newsletter),
            "newsletter": newsletter,
            "words": words_for(newsletter.language),
            "language": newsletter.language,
            "direction": direction_of(newsletter.language),
            "root": "",
            "css": web_css(theme),
        },
    )


def compile_feed(pages: Sequence[WebPage], theme: Theme, newsletter: NewsletterFacts) -> str:
    """The Atom feed (RFC 4287), newest issue first; an issue without a date is not in it, since `updated` is required."""
    entries = [entry for entry in _entries(pages, newsletter) if entry.published]
    updated = entries[0].published if entries else "1970-01-01T00:00:00Z"
    return theme.render("feed.xml.j2", {"entries": entries, "newsletter": newsletter, "updated": updated})


def compile_sitemap(pages: Sequence[WebPage], theme: Theme, newsletter: NewsletterFacts) -> str:
    """The sitemap (sitemaps.org protocol 0.9)."""
    return theme.render("sitemap.xml.j2", {"entries": _entries(pages, newsletter), "newsletter": newsletter})


def _entries(pages: Sequence[WebPage], newsletter: NewsletterFacts) -> list[Entry]:
    """Newest first; those without a date last, by their slugs."""
    entries = [_entry(page, newsletter) for page in sorted(pages, key=lambda page: page.issue.slug)]
    return sorted(entries, key=lambda entry: entry.date or date.min, reverse=True)


def _entry(page: WebPage, newsletter: NewsletterFacts) -> Entry:
    issue = page.issue
    return Entry(
        slug=issue.slug,
        url=issue_url(newsletter, issue.slug),
        title=_shown(issue.title),
        subtitle=_shown(issue.subtitle),
        author=_shown(issue.author),
        language=issue.language,
        direction=direction_of(issue.language),
        date=issue.date,
        written_date=written_date(issue.date, issue.language) if issue.date else "",
        published=_midnight(issue.date, newsletter.timezone) if issue.date else "",
        picture=page.cover,
    )


def _shown(text: str) -> str:
    return legible(parse_plain(text).plain)


def _midnight(day: date, timezone: str) -> str:
    return datetime.combine(day, time(), ZoneInfo(timezone)).isoformat()
