"""The results in words: on the terminal, and as docs/benchmarks.md."""

from __future__ import annotations

import subprocess
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from bench.measuring import Line, Table

_INTRODUCTION = """\
# Benchmarks

<!-- Written by `make bench`. Do not edit. -->

What dispatch costs, beside the plainest program for the same end or the tool that is known for it. Both sides are
measured in one run, in turns; figures are medians, and a result is the median of the ratios of the rounds: dispatch
divided by the other side. The machine is shared, so **CPU times and ratios are more reliable than paces**. A target
that is missed is said, and fails nothing.
"""


def as_text(table: Table) -> str:
    """A table for the terminal."""
    if table.skipped:
        return f"{table.title}: skipped, {table.skipped}"
    rows = [("", *table.sides, "result", "target", ""), *map(_cells, table.lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(6)]
    told = "\n".join(
        "  ".join(cell.ljust(width) if not column else cell.rjust(width) for column, (cell, width) in enumerate(pairs))
        for pairs in (list(zip(row, widths, strict=True)) for row in rows)
    )
    return f"{table.title}\n{textwrap.fill(table.about, 110)}\n{told}"


def occasion(size: str, at: datetime) -> str:
    """When and on what the measurements begin: asked first, for writing the page makes the tree another one."""
    option = "" if size == "usual" else f" ({size})"
    return f"Measured on {at:%Y-%m-%d at %H:%M} UTC at commit `{_commit()}`{option}."


def write_page(path: Path, tables: Sequence[Table], facts: Iterable[tuple[str, str]], begun: str) -> None:
    """Write docs/benchmarks.md; `begun` is the occasion."""
    path.write_text("\n".join(_page(tables, facts, begun)), "utf-8")


def _page(tables: Sequence[Table], facts: Iterable[tuple[str, str]], begun: str) -> Iterator[str]:
    yield _INTRODUCTION
    yield f"{begun}\n"
    yield "| machine | |\n|---|---|"
    yield from (f"| {name} | {fact} |" for name, fact in facts)
    for table in tables:
        yield f"\n## {table.title}\n"
        if table.skipped:
            yield f"Skipped: {table.skipped}."
            continue
        yield textwrap.fill(table.about, 120, break_long_words=False, break_on_hyphens=False)
        yield f"\n| | {table.sides[0]} | {table.sides[1]} | result | target | |\n|---|---:|---:|---:|---:|---|"
        yield from (f"| {' | '.join(_cells(line))} |" for line in table.lines)
    yield ""


def _cells(line: Line) -> tuple[str, ...]:
    return line.what, line.ours, line.theirs, line.told, str(line.target or ""), line.verdict


def _commit() -> str:
    """The commit that is measured, and whether the tree is as committed."""
    folder = Path(__file__).parent
    command = ["git", "-C", str(folder), "describe", "--always", "--dirty", "--exclude=*"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip() or "unknown"
