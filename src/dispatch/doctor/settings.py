"""Whether the settings hold together, and the theme can be used."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

from dispatch.content.issue import read_issue
from dispatch.doctor.case import Case
from dispatch.doctor.examination import Observation, error, ok
from dispatch.inspection.proofreading import engine_for
from dispatch.inspection.proofreading.proofreader import lacking
from dispatch.rendering.compiler import compile_issue
from dispatch.rendering.pictures import PictureShelf

_SPECIMEN = "title: A specimen\nblocks:\n  - paragraph: One paragraph.\n"


def settings(case: Case) -> Iterator[Observation]:
    """Every setting resolves, and the provider accepts its options.

    Only the secrets of the provider that is to be used are looked up; those of others may be missing.
    """
    config = case.config
    with closing(case.project.open_provider()) as provider:
        embeds_pictures = provider.capabilities.embeds_pictures
    if case.project.embeds() and not embeds_pictures:
        place = config.locate(("images",))
        yield error(
            settings, f"{place}: {config.provider} cannot carry pictures inside a message", "Set `images: hosted`."
        )
    else:
        yield ok(settings, f"every setting resolves, and mail goes by {config.provider}")


def proofreading(case: Case) -> Iterator[Observation]:
    """Spelling and grammar can be read in the newsletter's language, or what would have to be installed.

    Nothing is wrong without it, and issues in other languages want other packages: `dispatch check` names them.
    """
    language = case.config.newsletter.language
    engine = engine_for(language)
    if case.config.proofreading == "off":
        yield ok(proofreading, "switched off by proofreading: off")
    elif engine:
        yield ok(proofreading, f"issues are read by {engine.edition(language)}")
    else:
        yield ok(proofreading, lacking(language))


def theme(case: Case) -> Iterator[Observation]:
    """The templates make a mail: a small issue is compiled, with the logo if there is one."""
    project = case.project
    compile_issue(
        read_issue(_SPECIMEN, "specimen.yaml", default_language=case.config.newsletter.language),
        project.theme,
        project.newsletter,
        pictures=PictureShelf(case.config.folder),
        embed=False,
        media_url=project.media_url,
    )
    own = case.config.folder / "templates"
    yield ok(
        theme,
        f"the templates make a mail, {'those in templates/ before' if own.is_dir() else 'with'} the built-in ones",
    )
