"""A newsletter folder, opened: its settings, its issues by name, its list; without any database or rendering."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, date, datetime
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

from dispatch.config import Config, load_config, load_or_make_key
from dispatch.errors import InvalidIssue, NotFound, Problem
from dispatch.issue_files import Heads, issue_files, refusal, refused_files
from dispatch.messages.tokens import KeyRing
from dispatch.providers import open_provider
from dispatch.providers.provider import Provider
from dispatch.subscribers.segments import Segment, parse_segment

Clock = Callable[[], datetime]


def now() -> datetime:
    """The present, in UTC."""
    return datetime.now(UTC)


class Folder:
    """A newsletter folder. Nothing is opened but for who asks, and nothing stays open."""

    def __init__(self, config: Config, *, clock: Clock = now) -> None:
        self.config = config
        self.clock = clock

    @classmethod
    def open(
        cls,
        start: Path,
        *,
        config_file: Path | None = None,
        environ: Mapping[str, str],
        overrides: Mapping[str, str] | None = None,
    ) -> Self:
        """The newsletter around `start`, or the one of `config_file`; raises NotFound and InvalidConfig."""
        return cls(load_config(start, config_file=config_file, environ=environ, overrides=overrides or {}))

    # --- issues, by name ---------------------------------------------------------------------------

    def issue_files(self) -> list[Path]:
        """The issues, by name."""
        return issue_files(self.config.folder)

    def refused_files(self) -> dict[str, Problem]:
        """What lies among the issues and is not read: why, by name."""
        return refused_files(self.config.folder)

    @cached_property
    def heads(self) -> Heads:
        """What its issues say of themselves."""
        return Heads()

    def issue_path(self, name: str) -> Path:
        """The file of an issue that is named by its file's name, its path or its slug; raises NotFound, InvalidIssue."""
        for path in (self.config.folder / "issues" / f"{name}.yaml", Path(name)):
            if refused := refusal(path, self.config.folder):
                raise InvalidIssue.of((refused,))
            if os.path.isfile(path):  # noqa: PTH113 - Path.is_file raises for a name that is too long
                return path
        named = self.files_with_slug(name)
        if len(named) > 1:
            raise InvalidIssue(
                f"the slug {name} is that of {' and '.join(os.path.relpath(path) for path in named)}",
                remedy="Give each issue a `slug:` of its own, or name one by its file.",
            )
        if named:
            return named[0]
        slugs = [path.stem for path in self.issue_files()]
        stem = Path(name).stem
        near = get_close_matches(stem, slugs, n=1) or [slug for slug in slugs if stem and stem in slug]
        raise NotFound(
            f"there is no issue {name}",
            remedy=f"Did you mean {near[0]}?"
            if len(near) == 1
            else f"There are: {', '.join(slugs) or 'none; try `dispatch new`'}.",
        )

    def files_with_slug(self, slug: str) -> list[Path]:
        """The files in issues/ that say they have this slug, or whose name gives it to them."""
        return [path for path in self.issue_files() if self.heads.of(path).slug == slug]

    def slug(self, name: str) -> str:
        """The slug of an issue that is named as for issue_path; a name that leads to no one file is taken for a slug."""
        try:
            return self.heads.of(self.issue_path(name)).slug
        except (NotFound, InvalidIssue):
            return name

    # --- people ------------------------------------------------------------------------------------

    @cached_property
    def ring(self) -> KeyRing:
        """The keys; without any in dispatch.yaml, the one that was made for this folder."""
        return KeyRing(self.config.keys or [load_or_make_key(self.config.state)])

    @property
    def subscribers_file(self) -> Path:
        """The list."""
        return self.config.folder / self.config.subscribers

    @property
    def subscribers_name(self) -> str:
        """What messages call the list."""
        return os.path.relpath(self.subscribers_file)

    def segment(self, name: str, *, known_fields: Collection[str]) -> Segment | None:
        """A segment by its name, None for everybody; raises NotFound and InvalidSegment."""
        if not name:
            return None
        if name not in self.config.segments:
            raise NotFound(
                f"there is no segment {name}",
                remedy=f"dispatch.yaml has: {', '.join(sorted(self.config.segments)) or 'none'}.",
            )
        segment = parse_segment(self.config.segments[name], self.config.locate(("segments", name)))
        segment.check_fields(known_fields)
        return segment

    # --- mail --------------------------------------------------------------------------------------

    def open_provider(self, name: str | None = None) -> Provider:
        """A provider for the use of one thread (default: the configured one); raises InvalidConfig."""
        name = name or self.config.provider
        options = self.config.providers.get(name, {})
        return open_provider(name, options, folder=self.config.folder, location=self.config.locate(("providers", name)))

    @property
    def media(self) -> Path:
        """The hosted pictures, where `dispatch serve` finds them."""
        return self.config.state / "media"

    def today(self) -> date:
        """The day where the newsletter is written."""
        return self.clock().astimezone(ZoneInfo(self.config.newsletter.timezone)).date()
