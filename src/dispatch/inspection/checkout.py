"""Files of a commit, written into an empty folder as they are asked for."""

from __future__ import annotations

import os
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import takewhile
from pathlib import Path, PurePosixPath

from dispatch.errors import Problem
from dispatch.inspection.commits import MOST_BYTES, MOST_FILES, Commit, Entry, Repository, too_many_files
from dispatch.inspection.repository import is_ignored
from dispatch.location import shown_name

_PICTURES = {".avif", ".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"}
_MOST_OF_ALL = 200_000_000  # bytes of a commit
_DEEPEST = 100  # folders
_MOST_LINKS = 1000  # symbolic ones that are followed
_MOST_HOPS = 40  # from one link to the next, as for Linux
_LONGEST_TARGET = 1000  # bytes


class Checkout:
    """The files of a commit in a folder of their own; `notes` tells what could not be brought there.

    No symbolic link is made there, through which a file could be written elsewhere: where one leads to within the
    commit, the content stands in its place.
    """

    def __init__(self, repository: Repository, commit: Commit, folder: Path) -> None:
        """`folder` is an empty one. Raises DispatchError for a commit whose files are none that git would write."""
        self.commit = commit
        self.folder = folder
        self.notes: dict[str, Problem] = {}  # by path
        self.borrowed: set[str] = set()  # the paths of files that are no commit's
        self._repository = repository
        listed, self._modules = repository.files(commit)
        self.entries, self._lost = self._followed(listed)
        self._written: set[str] = set()
        self._left = _MOST_OF_ALL
        self._too_many: set[str] = set()  # the paths of those for which nothing was left
        folder.mkdir()

    def __iter__(self) -> Iterator[str]:
        """The paths of all files, and of links that lead to none."""
        yield from self.entries
        yield from self._lost

    def write(self, paths: Iterable[str], *, most: int = MOST_BYTES) -> None:
        """Write those of the files that the commit has, and that have at most so many bytes."""
        asked = {os.path.normpath(path) for path in paths}
        for path in asked:
            self._note_lost(path)
        of_object: dict[str, list[str]] = {}
        for path in sorted(asked & self.entries.keys() - self._written):
            of_object.setdefault(self.entries[path], []).append(path)
        self._written |= asked
        for identity, content in self._repository.contents(self._bounded(of_object, most)):
            for path in of_object[identity]:
                self._write(path, content, most)

    def borrow(self, paths: Iterable[str], newsletter: Path, is_shown: Callable[[str], bool]) -> None:
        """Take files that no commit of ours is to have, as they are in the newsletter's folder now.

        Git ignores them, or they are a submodule's. Taken are pictures, and what else `is_shown` by the newsletter as
        it lies there: the rest, secrets and people, is no business of whoever wrote the commit.
        """
        for path in paths:
            if path in self.entries or path in self.borrowed:
                continue
            module = self._module_of(path)
            lies_here = _is_picture(path, newsletter) or is_shown(path)
            if lies_here and (module or is_ignored(newsletter, path)):
                self._write(path, (newsletter / path).read_bytes(), MOST_BYTES)
                self.borrowed.add(path)
            elif module:
                self.note_modules([path])

    def why_missing(self, path: str) -> Problem | None:
        """Why a file that was asked for is not here; None where it is."""
        return self.notes.get(path) or (self.notes[""] if path in self._too_many else None)

    def _module_of(self, path: str) -> str:
        return next((module for module in self._modules if path.startswith(f"{module}/")), "")

    def note_modules(self, used: Iterable[str]) -> None:
        """Note the submodules that what is used lies in: another repository has their files."""
        for module in self._modules:
            if any(f"{path}/".startswith(f"{module}/") or module.startswith(f"{path}/") for path in used):
                message = f"{shown_name(module)} is a submodule: its files as of {self.commit.name} are not looked at"
                self.notes[module] = Problem(message, remedy=f"Compare them in {shown_name(module)}.")

    # --- bounds ------------------------------------------------------------------------------------

    def _bounded(self, of_object: Mapping[str, list[str]], most: int) -> dict[str, int]:
        """The sizes of those objects that are not too large, by themselves and together; the others are noted."""
        fitting = {}
        for identity, size in (self._repository.sizes(of_object) if of_object else {}).items():
            paths = of_object[identity]
            if size > most:
                for path in paths:
                    self._note_size(path, size, most)
            elif self._takes(size * len(paths)):
                fitting[identity] = size
            else:
                self._too_many.update(paths)
        return fitting

    def _takes(self, size: int) -> bool:
        if size <= self._left:
            self._left -= size
            return True
        message = f"what is needed of {self.commit.name} has more than {_MOST_OF_ALL:,} bytes"
        self.notes[""] = Problem(message, remedy="The rest is left out: compare single issues.")
        return False

    def _note_size(self, path: str, size: int, most: int) -> None:
        message = f"{shown_name(path)} as of {self.commit.name} has {size:,} bytes; at most {most:,} are read"
        self.notes[path] = Problem(message, remedy="It is left out.")

    def _write(self, path: str, content: bytes | None, most: int) -> None:
        if content is None:
            self.notes[path] = Problem(
                f"{shown_name(path)} as of {self.commit.name} is not on this machine, or too large",
                remedy=f"If Git LFS keeps it: git lfs fetch origin {self.commit.id}",
            )
            return
        if len(content) > most:  # of Git LFS, which git knows only a pointer of
            self._note_size(path, len(content), most)
            return
        file = self.folder / path
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("xb") as new:
                new.write(content)
        except OSError as error:
            message = f"{shown_name(path)} as of {self.commit.name} cannot be written here: {error.strerror}"
            self.notes[path] = Problem(message, remedy="It is left out.")

    # --- symbolic links ----------------------------------------------------------------------------

    def _followed(self, listed: Mapping[str, Entry]) -> tuple[dict[str, str], set[str]]:
        """The objects of all files by their paths, in the place of links what they lead to; and links that are lost.

        What a link to a folder leads to are the files in it, not what further links to folders in there do.
        """
        writable = {path: entry for path, entry in listed.items() if _is_writable(path)}
        lost = listed.keys() - writable.keys()
        found = {path: entry.object for path, entry in writable.items() if not entry.is_link}
        targets = self._targets({path: entry.object for path, entry in writable.items() if entry.is_link})
        ends = {path: _end(path, targets) if path in targets else None for path in writable.keys() - found.keys()}
        found |= {path: found[end] for path, end in ends.items() if end in found}
        sorted_paths = sorted(found)
        of_folders: dict[str, str] = {}
        for path, end in ends.items():
            below = [*_below(end, sorted_paths)] if end and path not in found else []
            of_folders |= {f"{path}{each.removeprefix(end or '')}": found[each] for each in below}
            if not below and path not in found:
                lost.add(path)
            if len(found) + len(of_folders) > MOST_FILES:
                raise too_many_files(self.commit)
        return found | of_folders, lost

    def _targets(self, links: Mapping[str, str]) -> dict[str, str]:
        """What is written in links."""
        followed = dict(sorted(links.items())[:_MOST_LINKS])
        sizes = self._repository.sizes(followed.values()) if followed else {}
        short = {identity: size for identity, size in sizes.items() if size <= _LONGEST_TARGET}
        written = dict(self._repository.contents(short))
        return {path: os.fsdecode(written[each] or b"") for path, each in followed.items() if each in written}

    def _note_lost(self, path: str) -> None:
        for each in (path, *map(str, PurePosixPath(path).parents)):
            if each in self._lost:
                why = "is a link that leads out of the newsletter's folder, or nowhere"
                if not _is_writable(each):
                    why = f"has a backslash in its path, or lies more than {_DEEPEST} folders deep"
                self.notes[each] = Problem(
                    f"{shown_name(each)} as of {self.commit.name} {why}", remedy="It is left out."
                )


def _is_picture(path: str, newsletter: Path) -> bool:
    """Whether a path means a picture of the newsletter that is not hidden, links followed."""
    home = newsletter.resolve()
    file = (home / path).resolve()
    if not file.is_relative_to(home) or not file.is_file() or file.stat().st_size > MOST_BYTES:
        return False
    parts = (*PurePosixPath(path).parts, *file.relative_to(home).parts)
    return {PurePosixPath(path).suffix.lower(), file.suffix.lower()} <= _PICTURES and not any(
        part.startswith(".") for part in parts
    )


def _is_writable(path: str) -> bool:
    """Whether a path means the same everywhere, and can be that of a file."""
    return "\\" not in path and path.count("/") < _DEEPEST


def _end(path: str, targets: Mapping[str, str]) -> str | None:
    """Where a path leads within the commit, as a file system goes; None: out of it, or round in a circle."""
    done: list[str] = []
    ahead = [*PurePosixPath(path).parts[::-1]]
    hops = 0
    while ahead:
        part = ahead.pop()
        if part == "..":
            if not done:
                return None
            done.pop()
            continue
        target = targets.get("/".join((*done, part)))
        if target is None:
            done.append(part)
            continue
        hops += 1
        if hops > _MOST_HOPS or not target or target.startswith("/"):
            return None
        ahead += PurePosixPath(target).parts[::-1]
    return "/".join(done)


def _below(folder: str, sorted_paths: list[str]) -> Iterator[str]:
    """The paths in a folder."""
    start = bisect_left(sorted_paths, f"{folder}/")
    following = (sorted_paths[at] for at in range(start, len(sorted_paths)))
    return takewhile(lambda path: path.startswith(f"{folder}/"), following)
