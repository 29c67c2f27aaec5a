"""Writes what the documentation takes from the code: docs/tree.md, the end of docs/doctor.md, help texts."""

from __future__ import annotations

import ast
import inspect
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click

from dispatch.cli.group import cli
from dispatch.doctor import EXAMINATIONS
from dispatch.doctor.examination import documentation_of, name_of

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "dispatch"
TREE = ROOT / "docs" / "tree.md"
REFERENCE = ROOT / "docs" / "reference.md"
DOCTOR = ROOT / "docs" / "doctor.md"

_HEAD = """\
# Tree

<!-- Written by tools/write_docs.py from the first line of each module. Do not edit. -->

Every module of `src/dispatch` and what it says of itself: from the top layer to the bottom one. Imports point down only.

| module | is |
|---|---|
"""

_MARK = "<!-- What follows is written by tools/write_docs.py from the code. Do not edit. -->\n"

# A heading `dispatch <command>`, and the first block of text below it.
_HELP = re.compile(r"(^### `dispatch(?P<name>[a-z ]*)`\n(?:(?!^#).*\n)*?```text\n)(?:.*\n)*?(?=```$)", re.MULTILINE)


def tree() -> str:
    """The page docs/tree.md."""
    return _HEAD + "".join(f"| {name} | {line} |\n" for name, line in _rows())


def _rows() -> Iterator[tuple[str, str]]:
    """Every module with its first line, in the order of the layers; a package's own name is bold."""
    for top in ("__init__", "__main__", *_layers()):
        path = SOURCE / top
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]:
            is_package = file.name == "__init__.py"
            parts = (file.parent if is_package else file.with_suffix("")).relative_to(SOURCE).parts
            name = f"`{'.'.join(parts) or 'dispatch'}`"
            yield f"**{name}**" if is_package else name, first_line(file).replace("|", r"\|")


def _layers() -> Iterator[str]:
    """The modules and packages below src/dispatch, from top to bottom, as import-linter holds them to it."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    for layer in next(contract["layers"] for contract in contracts if contract["type"] == "layers"):
        yield from layer.split(" | ")


def first_line(file: Path) -> str:
    """The first line of a module's docstring."""
    return (ast.get_docstring(ast.parse(file.read_text("utf-8"))) or "").partition("\n")[0]


def reference(text: str) -> str:
    """The page docs/reference.md with the help texts as they are now."""
    known = commands()
    return _HELP.sub(lambda match: match[1] + known[match["name"].strip()].get_help() + "\n", text)


def doctor(text: str) -> str:
    """The page docs/doctor.md with the examinations as they are now, behind its own words."""
    own = text.partition(_MARK)[0] + _MARK
    themes = {examination.__module__: inspect.getmodule(examination) for examination in EXAMINATIONS}
    for name, theme in themes.items():
        own += f"\n## {(inspect.getdoc(theme) or '').rstrip('.').partition(':')[0]}\n"
        for examination in EXAMINATIONS:
            if examination.__module__ == name:
                own += f"\n### `{name_of(examination)}`\n\n{documentation_of(examination)}\n"
    return own


def commands() -> dict[str, click.Context]:
    """Every command and group by its words, such as `subscribers import`, as on a terminal of 100 columns."""
    return dict(_below(_context(None, cli, "dispatch")))


def _below(group: click.Context, above: str = "") -> Iterator[tuple[str, click.Context]]:
    assert isinstance(group.command, click.Group)
    for name in group.command.list_commands(group):
        command = group.command.get_command(group, name)
        assert command is not None
        context = _context(group, command, name)
        yield above + name, context
        if isinstance(command, click.Group):
            yield from _below(context, f"{above}{name} ")


def _context(above: click.Context | None, command: click.Command, name: str) -> click.Context:
    return click.Context(command, above, name, terminal_width=100, help_option_names=["-h", "--help"])


def main() -> None:
    """Write the pages."""
    DOCTOR.write_text(doctor(DOCTOR.read_text("utf-8")), "utf-8")
    TREE.write_text(tree(), "utf-8")
    REFERENCE.write_text(reference(REFERENCE.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
