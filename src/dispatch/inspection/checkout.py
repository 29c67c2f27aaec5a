"""Files of a commit, written into an empty folder as they are asked for."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from dispatch.errors import Problem
from dispatch.inspection.commits import Commit, Repository
from dispatch.inspection.repository import is_ignored


class Checkout:
    """The files of a commit in a folder of their own; `notes` tells what could not be brought there."""

    def __init__(self, repository: Repository, commit: Commit, folder: Path) -> None:
        """`folder` is an empty one, without symbolic links in its path."""
        self.commit = commit
        self.folder = folder
        self.entries, self._modules = repository.files(commit)
        self.notes: dict[str, Problem] = {}  # by path
        self._repository = repository
        self._written: set[str] = set()
        folder.mkdir()

    def write(self, paths: Iterable[str]) -> None:
        """Write those of the files that the commit has, and where its symbolic links lead within the folder."""
        wanted = {path for path in paths if path in self.entries} - self._written
        links = [path for path in wanted if self.entries[path].is_link]
        of_object: dict[str, list[str]] = {}
        for path in sorted(wanted):
            of_object.setdefault(self.entries[path].object, []).append(path)
        for identity, content in self._repository.contents(of_object) if of_object else ():
            for path in of_object[identity]:
                self._write(path, content)
        self._written |= wanted
        for path in sorted(links):
            self._follow(path)

    def borrow(self, paths: Iterable[str], newsletter: Path) -> None:
        """Take files that git leaves alone, and no commit has, as they are in the newsletter's folder now."""
        for path in paths:
            own, file = newsletter / path, self.folder / path
            inside = own.is_file() and own.resolve().is_relative_to(newsletter.resolve())
            if inside and path not in self.entries and not file.exists() and is_ignored(newsletter, path):
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(own.read_bytes())

    def note_modules(self, used: Iterable[str]) -> None:
        """Note the submodules that what is used lies in: another repository has their files."""
        for module in self._modules:
            if any(f"{path}/".startswith(f"{module}/") or module.startswith(f"{path}/") for path in used):
                message = f"{module} is a submodule: its files as of {self.commit.name} are not looked at"
                self.notes[module] = Problem(message, remedy=f"Compare them in {module}.")

    def _write(self, path: str, content: bytes | None) -> None:
        if content is None:
            self.notes[path] = Problem(
                f"{path} as of {self.commit.name} is not on this machine, or too large",
                remedy=f"If Git LFS keeps it: git lfs fetch origin {self.commit.id}",
            )
            return
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if self.entries[path].is_link:
            file.symlink_to(os.fsdecode(content))
        else:
            file.write_bytes(content)

    def _follow(self, path: str) -> None:
        """Bring what a link leads to; one that leads out of the folder, or nowhere, is taken away."""
        file = self.folder / path
        if not file.is_symlink():
            return
        target = os.path.normpath(PurePosixPath(path).parent / file.readlink())
        self.write(each for each in self.entries if each == target or each.startswith(f"{target}/"))
        try:
            inside = Path(os.path.realpath(file, strict=True)).is_relative_to(self.folder)
        except OSError:  # round in a circle, or to nothing
            inside = False
        if not inside:
            file.unlink()
            message = f"{path} as of {self.commit.name} is a link that leads out of the newsletter's folder, or nowhere"
            self.notes[path] = Problem(message, remedy="It is left out.")
