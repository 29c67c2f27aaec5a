"""Importing a list and freezing an audience, against `csv` and `executemany`."""

from __future__ import annotations

import shutil
from pathlib import Path

from bench.measuring import Line, Table, Target, in_turns, paired
from bench.newsletter import write_newsletter
from bench.process import Cost, work
from bench.scope import Scope

TARGET = Target(2.5)


def compare(scope: Scope) -> Table:
    """From a file into SQLite, and from everybody to a mailing's recipients."""
    people = scope.pick(tiny=100, quick=100_000, usual=1_000_000)
    rounds = min(scope.rounds, 3)
    folder = write_newsletter(scope.folder / "list", people, "provider: outbox\n", paragraphs=2)
    plain = scope.folder / "plain.db"

    def import_anew() -> Cost:
        shutil.rmtree(folder / ".dispatch", ignore_errors=True)
        return work("import_list", folder)

    def copy_anew() -> Cost:
        for path in plain.parent.glob(f"{plain.name}*"):
            path.unlink()
        return work("copy_list", folder / "subscribers.csv", plain)

    def freeze_anew() -> Cost:
        shutil.rmtree(folder / ".dispatch")
        shutil.copytree(folder / "imported", folder / ".dispatch")
        return work("freeze_mailing", folder)

    imported, copied = in_turns(rounds, import_anew, copy_anew)
    shutil.copytree(folder / ".dispatch", folder / "imported")
    frozen, selected = in_turns(rounds, freeze_anew, lambda: work("copy_audience", plain))
    return Table(
        f"Import and freeze of {people:,}",
        f"A file of {_megabytes(folder / 'subscribers.csv')} MB with {people:,} people: every address parsed and "
        "normalised, doubles found, the history written, in one transaction; against `csv.reader` and `executemany` "
        "into one SQLite table with a unique address. Then the audience is frozen, suppressions and segment heeded; "
        "against `select`, `json.dumps` and `executemany`. Both as durable (synchronous = FULL).",
        ("dispatch", "csv + executemany"),
        [
            *_lines("import", imported, copied, people, TARGET),
            *_lines("freeze", frozen, selected, people, None),
        ],
    )


def _lines(what: str, ours: list[Cost], theirs: list[Cost], people: int, target: Target | None) -> list[Line]:
    time = paired([cost.seconds for cost in ours], [cost.seconds for cost in theirs])
    cpu = paired([cost.cpu / people for cost in ours], [cost.cpu / people for cost in theirs])
    return [
        Line(f"{what}, seconds", f"{time.ours:.1f} s", f"{time.theirs:.1f} s", time.ratio, target),
        Line(f"{what}, CPU a person", f"{cpu.ours * 1e6:.1f} µs", f"{cpu.theirs * 1e6:.1f} µs", cpu.ratio),
    ]


def _megabytes(path: Path) -> int:
    return round(path.stat().st_size / 1e6)
