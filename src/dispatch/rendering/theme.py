"""A newsletter's theme: its templates over the built-in ones, with its colours and fonts."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import CodeType, TracebackType
from typing import Any

from jinja2 import BytecodeCache, FileSystemLoader, StrictUndefined, TemplateNotFound, TemplateSyntaxError, pass_context
from jinja2.bccache import Bucket
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from dispatch.errors import DispatchError, InvalidTheme
from dispatch.location import Location
from dispatch.rendering.bidi import isolated
from dispatch.rendering.linemarks import LineMarks, Origin, Origins, take_marks
from dispatch.rendering.palette import DEFAULT_ACCENT, Palette, palettes
from dispatch.rendering.stylesheet import check_head_css, check_inline_css
from dispatch.rendering.tables import layout_of

SERIF = "Georgia, 'Times New Roman', serif"
SANS = Markup("-apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif")


@dataclass(frozen=True)
class Source:
    """Where what a template wrote stands in the template, or in those it took in."""

    theme: Theme
    origins: Origins

    def __call__(self, line: int) -> Location:
        """The place behind a line of the output, counted from 1."""
        origin = self.origins(line)
        return Location(self.theme.shown(origin.file), origin.line)

    def find(self, origin: Origin, pattern: str, *, after: str = "") -> Location:
        """The place on a template's line at which a pattern stands; its line, where the pattern was not written there.

        With `after` the pattern is looked for behind that one, up to the next `<`, on further lines too.
        """
        return self.theme.find(origin.file, origin.line, pattern, after)


@dataclass(frozen=True)
class ThemeSettings:
    """The `theme:` of dispatch.yaml, as config has checked it; None is the theme's own choice."""

    accent: str | None = None  # #rrggbb
    logo: str | None = None  # a picture inside the newsletter folder, in the place of the written name
    font: str | None = None  # of running text, a list as CSS writes it


@dataclass(frozen=True)
class NewsletterFacts:
    """What a theme may know about the newsletter."""

    name: str
    description: str = ""
    url: str = ""  # without a slash at its end; empty when it is not on the web
    postal_address: str = ""
    language: str = "en"
    timezone: str = "UTC"


@dataclass(frozen=True)
class Theme:
    """The templates of a newsletter folder, `<folder>/templates/`, file by file over the built-in ones."""

    folder: Path | None
    settings: ThemeSettings = field(default_factory=ThemeSettings)

    @cached_property
    def palettes(self) -> tuple[Palette, Palette]:
        """The light and the dark colours."""
        return palettes(self.settings.accent or DEFAULT_ACCENT)

    @cached_property
    def serif(self) -> Markup:
        """The font of running text as a CSS list, with single quotes: it stands in double ones."""
        return Markup((self.settings.font or SERIF).replace('"', "'"))  # noqa: S704 (config lets no other signs through)

    def render(self, template: str, context: Mapping[str, object]) -> str:
        """The template, filled; raises InvalidTheme with the template's file and line.

        All but `.txt.j2` is HTML or the like, in which values were escaped: it may stand in other templates as it is.
        """
        everything = {"light": self.palettes[0], "dark": self.palettes[1], "serif": self.serif, "sans": SANS, **context}
        try:
            rendered = self._environment.get_template(template).render(everything)
        except DispatchError:
            raise
        except TemplateSyntaxError as error:
            place = Location(self.shown(error.name or template), error.lineno)
            raise InvalidTheme(error.message or "syntax error", location=place) from None
        except TemplateNotFound as error:
            raise InvalidTheme(f"there is no template {error.name}", remedy="put it into templates/") from None
        except Exception as error:  # what an expression in a template may raise
            place = self._place(error.__traceback__, template)
            raise InvalidTheme(f"{type(error).__name__}: {error}", location=place) from error
        return rendered if _is_text(template) else Markup(rendered)  # noqa: S704

    def render_mjml(self, template: str, context: Mapping[str, object]) -> tuple[str, Source]:
        """MJML from a template, and where it was written."""
        return self._with_source(template, context)

    def inline_css(self, context: Mapping[str, object]) -> tuple[str, Source]:
        """The style sheet for style attributes, and where it was written."""
        css, source = self._with_source("inline.css.j2", context)
        check_inline_css(css, source)
        return css, source

    def head_css(self, template: str, context: Mapping[str, object]) -> tuple[str, Source]:
        """A style sheet for a `<style>` element, and where it was written."""
        css, source = self._with_source(template, context)
        check_head_css(css, source)
        return css, source

    def shown(self, template: str) -> str:
        """A template's file as its author knows it: below the newsletter folder, or in full where it is built in."""
        if template not in self._shown:
            own = self.folder / "templates" / template if self.folder else None
            built_in = str(built_in_templates() / template)
            self._shown[template] = f"templates/{template}" if own and own.is_file() else built_in
        return self._shown[template]

    @cached_property
    def _shown(self) -> dict[str, str]:
        return {}

    def lines(self, template: str) -> list[str]:
        """The lines of a template as it is written."""
        if template not in self._lines:
            file = next(folder / template for folder in self._folders if (folder / template).is_file())
            self._lines[template] = file.read_text(encoding="utf-8").split("\n")
        return self._lines[template]

    @cached_property
    def _lines(self) -> dict[str, list[str]]:
        return {"": []}

    def find(self, template: str, line: int, pattern: str, after: str) -> Location:
        """See Source.find. What is found is kept: a template is filled many times for an issue."""
        asked = (template, line, pattern, after)
        if asked not in self._found:
            self._found[asked] = self._find(*asked)
        return self._found[asked]

    @cached_property
    def _found(self) -> dict[tuple[str, int, str, str], Location]:
        return {}

    def _find(self, template: str, line: int, pattern: str, after: str) -> Location:
        lines = self.lines(template)[max(line - 1, 0) :]
        text = "\n".join(lines) if after else "".join(lines[:1])
        begin = re.search(after, text) if after else None
        if begin:
            end = text.find("<", begin.end())
            found = re.compile(pattern).search(text, begin.end(), end if end >= 0 else len(text))
        else:
            found = None if after else re.search(pattern, text)
        if not found:
            return self.find(template, line, after, "") if after else Location(self.shown(template), line)
        before = text[: found.start()]
        return Location(self.shown(template), line + before.count("\n"), len(before) - before.rfind("\n"))

    def _with_source(self, template: str, context: Mapping[str, object]) -> tuple[str, Source]:
        text, origins = take_marks(self.render(template, context))
        return text, Source(self, origins)

    @cached_property
    def _folders(self) -> tuple[Path, ...]:
        return (*((self.folder / "templates",) if self.folder else ()), built_in_templates())

    @cached_property
    def _environment(self) -> ImmutableSandboxedEnvironment:
        environment = ImmutableSandboxedEnvironment(
            loader=FileSystemLoader(self._folders),
            # Of select_autoescape() a name that ends in .mjml.j2 gets none.
            autoescape=lambda name: not _is_text(name or ""),
            undefined=StrictUndefined,
            extensions=[LineMarks],
            auto_reload=False,  # who has changed a template opens the theme anew: what it knows of lines is of one state
            trim_blocks=True,
            lstrip_blocks=True,
            bytecode_cache=_COMPILED,
        )
        environment.globals.clear()
        for name in (
            "rich",
            "unlinked",
            "figure",
            "plain",
            "url",
            "shown",
            "reference",
            "quoted",
            "wrapped",
            "underlined",
            "directed",
            "table",
            "picture",
            "told",
            "drawing",
            "figures",
        ):
            environment.filters[name] = _writes(name)
        environment.filters["layout"] = layout_of
        environment.filters["filled"] = _filled
        environment.filters["isolated"] = isolated
        return environment

    def _place(self, traceback: TracebackType | None, template: str) -> Location:
        """The last line of a template in a traceback; Jinja2 writes its files and lines into it."""
        place = Location(self.shown(template))
        while traceback is not None:
            file = Path(traceback.tb_frame.f_code.co_filename)
            for folder in self._folders:
                if file.is_relative_to(folder):
                    place = Location(self.shown(file.relative_to(folder).as_posix()), traceback.tb_lineno)
            traceback = traceback.tb_next
        return place


class _Compiled(BytecodeCache):
    """Templates as Python, kept for as long as the process runs: each newsletter that is opened has a theme of its own."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[str, CodeType | None]] = {}  # by file: the hash of its text, and its code

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give the code of a file that is as it was."""
        checksum, code = self._kept.get(bucket.key, ("", None))
        bucket.code = code if checksum == bucket.checksum else None

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code of a file."""
        self._kept[bucket.key] = (bucket.checksum, bucket.code)


_COMPILED = _Compiled()


def built_in_templates() -> Path:
    """The theme that comes along: package data in a wheel, `templates/` of the repository when installed editable."""
    package = Path(__file__).parent.parent
    carried = package / "templates"
    return carried if carried.is_dir() else package.parent.parent / "templates"


def _is_text(template: str) -> bool:
    return template.endswith(".txt.j2")


def _filled(sentence: str, value: str) -> str:
    """One of the theme's sentences with a value in the place of its `{}`; HTML when the value is."""
    return escape(sentence).format(value) if isinstance(value, Markup) else sentence.replace("{}", value)


def _writes(name: str) -> Callable[..., Any]:
    """A filter that the writer of this rendering carries out: HTML, text and web page write the same text apart."""

    @pass_context
    def write(context: Context, *arguments: object, **options: object) -> object:
        return getattr(context["writer"], name)(*arguments, **options)

    return write
