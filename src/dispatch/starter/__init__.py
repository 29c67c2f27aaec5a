"""A newsletter's first files, and a new issue from its title."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

from dispatch.content.issue import slug_of
from dispatch.content.schema import SCHEMAS
from dispatch.errors import UsageMistake
from dispatch.files import write_whole

STARTER = {
    "dispatch.yaml": "dispatch.yaml",
    "issues/hello.yaml": "issues/hello.yaml",
    "subscribers.csv": "subscribers.csv",
    "gitignore": ".gitignore",
}

ISSUE = """\
# yaml-language-server: $schema=../.dispatch/issue.schema.json
title: {title}
subtitle: >-
  TK, one sentence that says why it matters.
preheader: >-
  TK, what the inbox shows after the subject.

blocks:
  - paragraph: >-
      Dear {{{{first_name|reader}}}}, TK

  - heading: TK

  - list:
      - TK
      - TK

signoff:
  signature: TK
"""


def write_newsletter(folder: Path) -> list[Path]:
    """Write the starter files into a folder; files that are there already stay as they are.

    Raises UsageMistake where the folder is a newsletter already.
    """
    if (folder / "dispatch.yaml").exists():
        raise UsageMistake(
            f"{folder / 'dispatch.yaml'} exists: this folder is a newsletter already",
            remedy="Name another folder: dispatch init DIR",
        )
    written = []
    for source, target in STARTER.items():
        path = folder / target
        if path.exists():
            continue
        write_whole(path, files(__name__).joinpath(source).read_bytes())
        written.append(path)
    write_schemas(folder)
    return written


def write_issue(folder: Path, title: str) -> Path:
    """Write issues/<slug>.yaml for a title, and the schema that it names; gives its path. Never overwrites."""
    title = " ".join(title.split())  # YAML breaks lines at more signs than a shell does
    slug = slug_of(title)
    if not slug:
        raise UsageMistake(
            f"no file name can be made of the title {title!r}",
            remedy="Give a title with some Latin letters or digits; `title:` in the file may be anything.",
        )
    path = folder / "issues" / f"{slug}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            # A JSON string is a valid double-quoted YAML scalar, whatever the title holds.
            file.write(ISSUE.format(title=json.dumps(title, ensure_ascii=False)))
    except FileExistsError:
        raise UsageMistake(f"{path} exists already", remedy="Choose another title, or edit that file.") from None
    write_schemas(folder)
    return path


def write_schemas(folder: Path) -> None:
    """Put the schemas where the first lines of issues and terms tell editors to look."""
    state = folder / ".dispatch"
    state.mkdir(mode=0o700, exist_ok=True)
    for name, schema in SCHEMAS.items():
        text = json.dumps(schema(), ensure_ascii=False, indent=2)
        write_whole(state / f"{name}.schema.json", f"{text}\n".encode())
