"""`python -m bench`: runs the comparisons, prints them, and writes docs/benchmarks.md when asked."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from bench import machine
from bench.measuring import Table
from bench.page import as_text, occasion, write_page
from bench.scope import SIZES, Scope
from bench.sinks import Missing

ROOT = Path(__file__).parents[1]

COMPARISONS = {
    "compile": "bench.compiling:compare",
    "check": "bench.checking:compare",
    "proofread": "bench.proofreading:compare",
    "desk": "bench.desk:compare",
    "fill": "bench.filling:compare",
    "mime": "bench.mime:compare",
    "own-bodies": "bench.batch:compare_own_bodies",
    "shared-body": "bench.batch:compare_shared_bodies",
    "one-message": "bench.one_message:compare",
    "smtp": "bench.smtp:compare",
    "ledger": "bench.ledger:compare",
    "pace": "bench.pace:compare",
    "import": "bench.lists:compare",
    "memory": "bench.memory:compare",
}

_SIZES_HELP = {
    "tiny": "nothing worth a look: for the tests",
    "quick": "a minute or two",
    "full": "with ten million people: the better part of an hour",
}


def main() -> None:
    """Measure what is asked for."""
    arguments = _arguments()
    with TemporaryDirectory(prefix="dispatch-bench-", dir=arguments.folder) as folder:
        scope = Scope(Path(folder), arguments.size)
        facts = list(machine.facts(scope.folder, writes=scope.pick(tiny=10, quick=100, usual=300)))
        facts.append(("load before", f"{machine.load():.2f}"))
        for name, fact in facts:
            print(f"{name:18} {fact}", flush=True)
        tables: list[Table] = []
        begun = occasion(arguments.size, datetime.now(UTC))
        for name in arguments.only or COMPARISONS:
            tables.append(run(name, scope))
            if arguments.write:  # what is measured is kept, should the next one be interrupted
                facts_now = [*facts, ("load afterwards", f"{machine.load():.2f}")]
                write_page(ROOT / "docs" / "benchmarks.md", tables, facts_now, begun)
        print(f"\n{'load afterwards':18} {machine.load():.2f}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", action="append", choices=COMPARISONS, help="this comparison; may be repeated")
    sizes = parser.add_mutually_exclusive_group()
    for size in SIZES:
        if size != "usual":
            sizes.add_argument(f"--{size}", dest="size", action="store_const", const=size, help=_SIZES_HELP[size])
    sizes.set_defaults(size="usual")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    parser.add_argument("--folder", type=Path, help="where to put databases, on the disk to measure with")
    return parser.parse_args()


def run(name: str, scope: Scope) -> Table:
    """One comparison; what it lacks on this machine is said, and is no failure."""
    module, _, function = COMPARISONS[name].partition(":")
    compare: Callable[[Scope], Table] = getattr(import_module(module), function)
    start = monotonic()
    try:
        table = compare(scope)
    except Missing as missing:
        table = Table(name, "", skipped=str(missing))
    print(f"\n{as_text(table)}\n({monotonic() - start:.0f} s)", flush=True)
    return table


if __name__ == "__main__":
    main()
