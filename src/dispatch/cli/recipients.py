"""Everybody in a mailing and what became of them, a line each: CSV for spreadsheets, JSON lines for programs."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from typing import TextIO

from dispatch.cli.printing import held_back
from dispatch.cli.terminal import say
from dispatch.counts import count
from dispatch.delivery.mailing import Mailing
from dispatch.delivery.roll import FATES, Fate, call_roll
from dispatch.records import Records
from dispatch.subscribers.csv_export import defused


def show_recipients(records: Records, mailing: Mailing, only: str | None, *, as_json: bool) -> None:
    """Print the recipients, or those with one fate; and say of how many others, left out before, only numbers are kept."""
    write = _write_json_lines if as_json else _write_csv
    with held_back() as stream, records.ledger.reading() as connection:
        write(call_roll(connection, mailing, only=(only,) if only else FATES), stream)
    if mailing.excluded and not as_json:
        reasons = ", ".join(f"{number:,} {reason.replace('_', ' ')}" for reason, number in mailing.excluded.items())
        people = count(sum(mailing.excluded.values()), "other")
        say(f"\n{people} left out before the freeze, of whom only the number is kept: {reasons}.")
        say(f"Of one of them: dispatch why ADDRESS {mailing.issue}")


def _write_csv(fates: Iterable[Fate], stream: TextIO) -> None:
    """No cell is a formula: an address may begin with `=`, and a stranger's server has written the answers."""
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(Fate._fields)
    writer.writerows(
        [fate.position, *map(defused, (*fate[1:-2], "; ".join(fate.provider_ids), fate.at))] for fate in fates
    )


def _write_json_lines(fates: Iterable[Fate], stream: TextIO) -> None:
    stream.writelines(f"{json.dumps(fate._asdict(), ensure_ascii=False)}\n" for fate in fates)
