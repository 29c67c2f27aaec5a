"""Writes an issue, or the whole archive, to files: `dispatch build`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path

from dispatch.content.issue import Issue
from dispatch.errors import InvalidIssue, Problem
from dispatch.files import write_whole
from dispatch.newsroom import SAMPLE_READER, SAMPLE_RING
from dispatch.project import Project
from dispatch.rendering.archive import compile_feed, compile_index, compile_sitemap
from dispatch.rendering.compiled import Picture
from dispatch.rendering.webpage import WebPage


def build_issue(project: Project, issue: Issue, out: Path) -> list[Path]:
    """Write `<out>/<slug>/`: email.html, email.txt, message.eml and web.html, with their pictures in media/.

    It is what nobody in particular gets: every merge field shows its fallback, and there are no blocks for some readers
    only. The Date is the issue's. email.html is what message.eml carries, but that its pictures are found beside it.
    """
    folder, issue = out / issue.slug, issue.shown_to(())
    midnight = dt.datetime.combine(issue.date or dt.date(2000, 1, 1), dt.time(), dt.UTC)
    beside = project.compile(issue, embed=False, media_url="media/")
    page = project.webpage(issue, media_url="media/", root="./")
    shown = project.specimen(beside, SAMPLE_READER, SAMPLE_RING, midnight)
    mailed = project.specimen(project.compile(issue, embed=project.embeds()), SAMPLE_READER, SAMPLE_RING, midnight)
    return _write(
        {
            folder / "email.html": shown.html.encode(),
            folder / "email.txt": shown.text.encode(),
            folder / "message.eml": mailed.mime(),
            folder / "web.html": page.html.encode(),
            **_media(folder, chain(beside.pictures, page.pictures)),
        }
    )


def issues_by_standing(project: Project) -> tuple[list[Issue], list[Issue]]:
    """The issues that are published, the oldest first, and the others: drafts, and those that are yet to come.

    Published is what was mailed, and what is dated and not in the future. Raises InvalidIssue with what is wrong with
    all issues.
    """
    issues = sorted(_read_all(project), key=lambda issue: (issue.date or dt.date.min, issue.slug))
    today = project.today()
    undecided = {issue.slug for issue in issues if not issue.date or issue.date > today}
    waiting = undecided - project.mailed_issues() if undecided else undecided
    return [issue for issue in issues if issue.slug not in waiting], [i for i in issues if i.slug in waiting]


def build_archive(project: Project, issues: Sequence[Issue], out: Path) -> list[Path]:
    """Write the archive for any web server: a page for each issue, index, feed, sitemap, and all pictures.

    The pictures are those of the pages and those that hosted mail refers to, at the addresses that it uses. Raises
    InvalidIssue and InvalidTheme.
    """
    pages: list[WebPage] = []
    mailed: list[Picture] = []
    for previous, issue, following in zip([None, *issues], issues, [*issues[1:], None], strict=False):
        pages.append(project.webpage(issue, previous=previous, following=following))
        mailed += project.compile(issue, embed=False).pictures
    theme, newsletter = project.theme, project.newsletter
    return _write(
        {
            out / "index.html": compile_index(pages, theme, newsletter).encode(),
            out / "feed.xml": compile_feed(pages, theme, newsletter).encode(),
            out / "sitemap.xml": compile_sitemap(pages, theme, newsletter).encode(),
            **{out / page.issue.slug / "index.html": page.html.encode() for page in pages},
            **_media(out, chain(mailed, *(page.pictures for page in pages))),
        }
    )


def _read_all(project: Project) -> list[Issue]:
    """The issues, each with a slug of its own."""
    issues: dict[str, Issue] = {}
    problems = [*project.refused_files().values()]
    for path in project.issue_files():
        try:
            issue = project.read_issue(str(path))
        except InvalidIssue as error:
            problems += error.problems
            continue
        first = issues.setdefault(issue.slug, issue)
        if first is not issue:
            message = f"{first.source.file} has the slug {issue.slug} too"
            problems.append(Problem(message, issue.locate(("slug",)), "Give one of them another `slug:`."))
    if problems:
        raise InvalidIssue.of(problems)
    return list(issues.values())


def _media(folder: Path, pictures: Iterable[Picture]) -> dict[Path, bytes]:
    return {folder / "media" / picture.name: picture.content for picture in pictures}


def _write(files: dict[Path, bytes]) -> list[Path]:
    for path, content in files.items():
        write_whole(path, content)
    return list(files)
