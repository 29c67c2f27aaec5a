"""From an issue and a theme to what every recipient gets, merge fields still open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import partial

from dispatch.content.issue import Issue
from dispatch.content.richtext import MergeField, parse, parse_plain
from dispatch.content.texts import TextKind
from dispatch.errors import InvalidIssue, InvalidTheme
from dispatch.location import Location
from dispatch.rendering.album import Album, ShownPicture
from dispatch.rendering.compiled import RESERVED_FIELDS, CompiledIssue, Picture, Slots
from dispatch.rendering.html_syntax import comments, unbalanced_tag
from dispatch.rendering.inlining import inline
from dispatch.rendering.marks import MarkedHtml, Marker
from dispatch.rendering.markup import HtmlWriter
from dispatch.rendering.mjml import to_html
from dispatch.rendering.outlook import outlook_view
from dispatch.rendering.parts import filled_parts, mail_runs, written_in
from dispatch.rendering.pictures import PictureShelf
from dispatch.rendering.plaintext import TextWriter, tidy
from dispatch.rendering.sentinels import Sentinels
from dispatch.rendering.shrink import shrink
from dispatch.rendering.slots import MisplacedField, find_header_slots, find_plain_slots, find_slots
from dispatch.rendering.stylesheet import shrink_css
from dispatch.rendering.theme import NewsletterFacts, Source, Theme
from dispatch.rendering.words import Voice, direction_of, spoken_language, words_for, written_date

LOGO_WIDTH, LOGO_HEIGHT = 160, 48  # at most, in CSS pixels


def compile_issue(
    issue: Issue,
    theme: Theme,
    newsletter: NewsletterFacts,
    *,
    pictures: PictureShelf,
    embed: bool,
    media_url: str = "",
    reader_language: str = "",
) -> CompiledIssue:
    """Compile an issue: the same issue, theme, facts and language of the reader give the same bytes.

    With `embed` the HTML refers to its pictures by `cid:<content_id>`, else they are at `<media_url><name>`.
    What the theme says around the letter is in the `spoken_language` of the reader, by default that of the issue.
    Raises InvalidIssue or InvalidTheme with file, line and column.
    """
    sentinels = Sentinels(issue.source.text, repr(newsletter))
    context = template_context(issue, newsletter, sentinels, reader_language)
    album = _album(issue, theme, pictures, embed=embed, media_url=media_url)
    html = _html(issue, theme, context, sentinels, album)
    return _compiled(issue, theme, context, sentinels, album, html, embed=embed)


def compile_marked(
    issue: Issue,
    theme: Theme,
    newsletter: NewsletterFacts,
    *,
    pictures: PictureShelf,
    embed: bool,
    media_url: str = "",
    reader_language: str = "",
) -> tuple[CompiledIssue, MarkedHtml]:
    """What `compile_issue` gives, byte for byte, and its HTML with marks, for checks and preview: never to be sent.

    Raises as `compile_issue` does, and InvalidTheme where not every tag can be marked.
    """
    sentinels = Sentinels(issue.source.text, repr(newsletter))
    context = template_context(issue, newsletter, sentinels, reader_language)
    album = _album(issue, theme, pictures, embed=embed, media_url=media_url)
    marker = Marker(issue.source.text, repr(newsletter))
    html = _html(issue, theme, context, sentinels, album, marker)
    compiled = _compiled(issue, theme, context, sentinels, album, marker.stripped(html), embed=embed)
    return compiled, MarkedHtml(find_slots(marker.gathered(html), sentinels), tuple(marker.marks), marker.sheets)


def _compiled(
    issue: Issue,
    theme: Theme,
    context: dict[str, object],
    sentinels: Sentinels,
    album: Album,
    html: str,
    *,
    embed: bool,
) -> CompiledIssue:
    writer = TextWriter(sentinels, direction=direction_of(issue.language))
    try:
        slots = find_slots(html, sentinels)
        text = _text(issue, theme, context, sentinels, album)
        subject = find_header_slots(writer.subject(issue.subject), sentinels)
    except MisplacedField as error:
        raise _explained(error, issue) from None
    return CompiledIssue(
        slug=issue.slug,
        title=parse_plain(issue.title).plain,
        language=issue.language,
        direction=direction_of(issue.language),
        subject=subject,
        preheader=parse_plain(issue.preheader).plain,
        html=slots,
        text=text,
        pictures=album.pictures,
        embedded=embed,
    )


def template_context(
    issue: Issue, newsletter: NewsletterFacts, sentinels: Sentinels, reader_language: str = ""
) -> dict[str, object]:
    """What every template of an issue is given, whichever form it writes.

    `reader` is the voice in which the theme speaks around the letter, and the date is written; inside it `words` are in
    the issue's language.
    """
    spoken = partial(spoken_language, issue=issue.language, newsletter=newsletter.language)
    reader = Voice(spoken(reader_language), issue.language)
    return {
        "issue": issue,
        "newsletter": newsletter,
        "words": words_for(spoken("")),
        "reader": reader,
        **written_in(Voice(issue.language, issue.language)),
        "date": written_date(issue.date, reader.language) if issue.date else "",
        **{name: sentinels.stand_in(name, "") for name in sorted(RESERVED_FIELDS)},
    }


def _album(issue: Issue, theme: Theme, pictures: PictureShelf, *, embed: bool, media_url: str) -> Album:
    def url_of(picture: Picture) -> str:
        return f"cid:{picture.content_id}" if embed else f"{media_url}{picture.name}"

    return Album(pictures, issue, theme.palettes[0], url_of)


def _html(
    issue: Issue,
    theme: Theme,
    context: dict[str, object],
    sentinels: Sentinels,
    album: Album,
    marker: Marker | None = None,
) -> str:
    """The HTML with the stand-ins of its merge fields, and with a marker's marks, not yet gathered, where there is one."""
    context = context | {"writer": HtmlWriter(sentinels, album), "logo": _logo(theme, album)}
    context["body"] = mail_runs(issue, theme, context)
    mjml, source = theme.render_mjml("email.mjml.j2", context)
    album.must_be_whole()
    css, css_source = theme.inline_css(context)
    head = _head_css(theme, context)
    if not marker:
        rendered = to_html(mjml, source)
        html = shrink(inline(rendered, shrink_css(css), list(head)))
        _must_hold(mjml, rendered, html, sentinels)
        return html
    css = marker.inline_css(css, css_source)  # first, so that its marks have the same numbers in every issue
    rendered = to_html(mjml, source, lambda passed: marker.mjml(passed, mjml, source))
    for content, sheet in head.items():
        marker.head_css(content, *sheet)
    marked = shrink(inline(marker.rendered(rendered), css, list(head)))
    _must_hold(mjml, marker.stripped(rendered), marker.stripped(marked), sentinels)
    return marked


def _logo(theme: Theme, album: Album) -> ShownPicture | None:
    if not theme.settings.logo:
        return None
    return album.show_file(theme.settings.logo, LOGO_WIDTH, Location("dispatch.yaml"), height=LOGO_HEIGHT)


def _head_css(theme: Theme, context: dict[str, object]) -> dict[str, tuple[str, Source]]:
    """Each for a style block of its own: a client that cannot read one rule drops the whole block around it.

    Behind what stands in the block is the style sheet as it was written, and where.
    """
    scheme = ":root{color-scheme:light dark;supported-color-schemes:light dark}"
    head = theme.head_css("head.css.j2", context)
    dark = theme.head_css("dark.css.j2", context | {"on_colour": "", "on_ground": ""})
    outlook = theme.head_css("dark.css.j2", context | {"on_colour": "[data-ogsc] ", "on_ground": "[data-ogsb] "})
    return {
        scheme: ("", head[1]),
        shrink_css(head[0]): head,
        f"@media (prefers-color-scheme:dark){{{shrink_css(dark[0])}}}": dark,
        shrink_css(outlook[0]): outlook,
    }


def _text(issue: Issue, theme: Theme, context: dict[str, object], sentinels: Sentinels, album: Album) -> Slots:
    writer = TextWriter(sentinels, album, direction=direction_of(issue.language))
    context = context | {"writer": writer, "links": writer.links}
    context["body"] = list(filled_parts(issue, theme, context, "txt"))
    text = tidy(theme.render("email.txt.j2", context))
    return find_plain_slots(writer.directed(text), sentinels)


def _must_hold(mjml: str, rendered: str, html: str, sentinels: Sentinels) -> None:
    """What no step may have broken; each of these has been broken by one of the tools before."""
    unbalanced = unbalanced_tag(outlook_view(html))
    broken = {
        "a conditional comment is not as mrml wrote it": comments(rendered) != comments(html),
        "a merge field was lost": set(sentinels.found_in(mjml)) != set(sentinels.found_in(html)),
        "a merge field was lost or doubled": _counted(sentinels, rendered) != _counted(sentinels, html),
        "a merge field was damaged": html.count(f"zq{sentinels.nonce}") != len(sentinels.found_in(html)),
        f"Outlook would see an unbalanced {unbalanced}": unbalanced is not None,
    }
    for what, is_broken in broken.items():
        if is_broken:
            raise InvalidTheme(f"the theme cannot be compiled: {what}", remedy="look for unusual HTML in templates/")


def _counted(sentinels: Sentinels, html: str) -> Counter[str]:
    return Counter(sentinels.found_in(html))


def _explained(error: MisplacedField, issue: Issue) -> InvalidIssue | InvalidTheme:
    """With the place in the issue where the field is written, or as the theme's fault if it is not."""
    remedy = "a merge field may stand in text, in a subject, and in a URL after its host"
    places = sorted(_places_of(error.name, issue))
    if not places:
        return InvalidTheme(str(error), remedy=remedy)
    return InvalidIssue(str(error), location=places[0][1], remedy=remedy)


def _places_of(name: str, issue: Issue) -> Iterator[tuple[bool, Location]]:
    """Where a merge field is written: False and the place if it is in a URL, which is more often wrong."""
    for text in issue.texts():
        parsed = parse(text.value) if text.kind is TextKind.RICH else parse_plain(text.value)
        in_urls = {part for link in parsed.links for part in link.url if isinstance(part, MergeField)}
        for field in parsed.merge_fields:
            if field.name == name:
                in_url = text.kind is TextKind.URL or field in in_urls
                yield not in_url, issue.locate(text.path, field.offset)
