"""The archive's page of an issue: the same letter on the web, for nobody in particular and without a script."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from dispatch.content.issue import Issue
from dispatch.content.richtext import parse_plain
from dispatch.rendering.album import Album
from dispatch.rendering.compiled import Picture
from dispatch.rendering.compiler import template_context
from dispatch.rendering.legible import legible
from dispatch.rendering.markup import HtmlWriter
from dispatch.rendering.parts import filled_parts
from dispatch.rendering.pictures import PictureShelf
from dispatch.rendering.sentinels import Sentinels
from dispatch.rendering.slots import fill, find_slots
from dispatch.rendering.stylesheet import shrink_css
from dispatch.rendering.theme import NewsletterFacts, Theme


@dataclass(frozen=True)
class PageFacts:
    """What the head of a page tells browsers, search engines and those who link to it."""

    title: str
    description: str
    url: str
    picture: str = ""  # its URL


@dataclass(frozen=True)
class WebPage:
    """The page of an issue, and the pictures that have to lie at `media/<name>` above it; the cover is the first."""

    issue: Issue
    html: str
    pictures: tuple[Picture, ...]

    @property
    def cover(self) -> Picture | None:
        """The picture that stands for the issue in the archive."""
        return self.pictures[0] if self.issue.cover else None


def issue_url(newsletter: NewsletterFacts, slug: str) -> str:
    """Where an issue is read on the web."""
    return f"{newsletter.url}/{slug}/"


def compile_webpage(
    issue: Issue,
    theme: Theme,
    newsletter: NewsletterFacts,
    *,
    pictures: PictureShelf,
    media_url: str = "../media/",
    root: str = "../",
    previous: Issue | None = None,
    next: Issue | None = None,  # noqa: A002
) -> WebPage:
    """Write the page of an issue, without what only some readers get: anybody may come here.

    Merge fields show their fallbacks, there is no link to unsubscribe.

    `root` leads from the page to the archive's index, `media_url` to its pictures. Raises InvalidIssue or InvalidTheme.
    """
    issue = issue.shown_to(())
    sentinels = Sentinels(issue.source.text, repr(newsletter))
    album = Album(pictures, issue, theme.palettes[0], lambda picture: f"{media_url}{picture.name}")
    context = template_context(issue, newsletter, sentinels) | {"writer": HtmlWriter(sentinels, album)}
    context["body"] = list(filled_parts(issue, theme, context, "html"))
    url = issue_url(newsletter, issue.slug)
    cover = album.pictures[0] if issue.cover else None
    context |= {
        "page": PageFacts(
            title=legible(parse_plain(issue.title).plain),
            description=legible(parse_plain(issue.subtitle or issue.preheader).plain),
            url=url,
            picture=f"{newsletter.url}/media/{cover.name}" if cover else "",
        ),
        "css": web_css(theme),
        "root": root,
        "previous": previous,
        "next": next,
    }
    slots = find_slots(theme.render("web.html.j2", context), sentinels)
    return WebPage(issue, fill(slots, {"view_online_url": url}), album.pictures)


def web_css(theme: Theme) -> Markup:
    """The style sheet of the archive's pages, to stand inside `<style>`."""
    return Markup(shrink_css(theme.head_css("web.css.j2", {})[0]))  # noqa: S704 (a style sheet of the theme, not text)
