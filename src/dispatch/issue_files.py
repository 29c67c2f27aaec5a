"""The files of issues: which are read, which are refused, and what one says before anybody compiles it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dispatch.errors import Problem
from dispatch.location import is_showable, shown_name
from dispatch.yaml_source import MAX_BYTES, scan_yaml

_BLOCKS = re.compile(r"^(?:blocks|cover|signoff)[ \t]*:", re.MULTILINE)
_FIELD = re.compile(r"""^["']?(?:slug|date|subject|title)\b""", re.MULTILINE)
_COMMENT = re.compile(r"^[ \t]*#.*$", re.MULTILINE)
_URL = re.compile(r"\bhttps?://(?:[^\s<>()\[\]{}\"']|\([^\s<>(){}\"']*\))+")

_NAME = re.compile(r"(?<=[a-zß-öø-ÿ,;] )[A-ZÀ-ÖØ-Þ][^\W\d_]{3,29}(?![^\W_])")


def issue_files(newsletter: Path) -> list[Path]:
    """The issues in issues/ of a newsletter's folder, by name."""
    return sorted(path for path in _listed(newsletter) if not refusal(path, newsletter))


def refused_files(newsletter: Path) -> dict[str, Problem]:
    """What lies among the issues and is not read: why, by names that can be shown."""
    told = ((path, refusal(path, newsletter)) for path in sorted(_listed(newsletter)))
    return {shown_name(path.stem): problem for path, problem in told if problem}


def refusal(path: Path, newsletter: Path) -> Problem | None:
    """Why the file of an issue is not read: for its name, for what it is, or for where a symbolic link leads.

    A repository carries links, and what they lead to may have no end, or be no business of those who read the messages.
    """
    why = remedy = ""
    is_link, is_file = os.path.islink(path), os.path.isfile(path)  # noqa: PTH113, PTH114 - those raise for a long name
    if not is_utf8(str(path)):
        why, remedy = "its name is not UTF-8", "Give the file another name."
    elif not is_showable(path.name):
        why, remedy = "its name has control characters in it", "Give the file another name."
    elif is_link and not any(path.resolve().is_relative_to(each.resolve()) for each in (newsletter, path.parent)):
        why, remedy = "it leads out of the newsletter's folder", "Put the file itself there, no link to it."
    elif path.suffix == ".yaml" and os.path.lexists(path) and not is_file:
        why, remedy = "it is no file", "Put a file of YAML there, or take it away."
    return Problem(f"{shown_name(os.path.relpath(path))} is not read: {why}", remedy=remedy) if why else None


def is_issue(path: str) -> bool:
    """Whether a path in the newsletter's folder is that of an issue: not a hidden one, which editors put there for a while."""
    folder, _, name = path.partition("/")
    return folder == "issues" and "/" not in name and name.endswith(".yaml") and not name.startswith(".")


def _listed(newsletter: Path) -> Iterator[Path]:
    return (path for path in (newsletter / "issues").glob("*.yaml") if is_issue(f"issues/{path.name}"))


def is_utf8(name: str) -> bool:
    """Whether the name of a file is text; of another one, Python stands surrogates in for the bytes."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def read_bounded(path: Path) -> bytes:
    """The content of a file of YAML; of one that is too long, as much as shows that it is. Raises OSError."""
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


@dataclass(frozen=True)
class Head:
    """What an issue says of itself, as it is written."""

    slug: str
    fields: dict[object, object]  # with those above the blocks at least
    urls: frozenset[str]  # anywhere but in comments
    names: frozenset[str]  # words with a capital behind another word of a sentence, but for comments


class Heads:
    """The heads of issues, each file read once for as long as it stays the same. Threads may share it."""

    def __init__(self) -> None:
        self._read: dict[Path, tuple[tuple[int, int], Head]] = {}

    def of(self, path: Path) -> Head:
        """That of a file; of one that cannot be read, an empty one, with the slug that its name gives to it."""
        try:
            status = path.stat()
            stamp = (status.st_mtime_ns, status.st_size)
            known, head = self._read.get(path, (None, None))
            if head is None or known != stamp:
                head = _head(read_bounded(path), path)
                self._read[path] = (stamp, head)
        except OSError:  # whoever opens this one will hear of it
            return Head(path.stem, {}, frozenset(), frozenset())
        return head


def _head(content: bytes, path: Path) -> Head:
    """Only the fields above the blocks are read as YAML, unless some stand below: a hundred issues are looked through."""
    if len(content) > MAX_BYTES:
        return Head(path.stem, {}, frozenset(), frozenset())
    text = content.decode("utf-8", errors="replace")
    blocks = _BLOCKS.search(text)
    above = text[: blocks.start()] if blocks and not _FIELD.search(text, blocks.start()) else text
    fields = scan_yaml(above, path.name).value
    if not isinstance(fields, dict):
        fields = {}
    slug = fields.get("slug")
    said = _COMMENT.sub("", text)
    urls = (url.rstrip(".,;:!?*_`") for url in _URL.findall(said))
    names = frozenset(_NAME.findall(said))
    return Head(str(slug) if isinstance(slug, str | int) else path.stem, fields, frozenset(urls), names)
