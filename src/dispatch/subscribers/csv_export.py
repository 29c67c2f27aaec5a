"""The list written out: as CSV that can be read in again, or as JSON."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TextIO

from dispatch.subscribers.subscriber import MERGE_COLUMNS, NOT_IN_FILE, STANDARD_COLUMNS, Candidate, Reason, Status

_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet runs (OWASP, CSV Injection, read 2025-11-20)


def export_rows(candidates: Iterable[Candidate]) -> Iterator[dict[str, str]]:
    """One row for each person of the list: the standard columns, then the merge fields that the person has.

    Whoever has left the file is left out, lest the export bring them back. Whoever may not be mailed is unsubscribed,
    so that the list can be carried elsewhere without mailing them there.
    """
    barred = set(Reason)
    for candidate in candidates:
        subscriber = candidate.subscriber
        if candidate.exclusion != NOT_IN_FILE:
            yield {
                "email": subscriber.email,
                "name": subscriber.name,
                "first_name": subscriber.first_name,
                "language": subscriber.language,
                "tags": ",".join(subscriber.tags),
                "status": (Status.UNSUBSCRIBED if candidate.exclusion in barred else subscriber.status).value,
                "consent_source": subscriber.consent_source,
                "consent_at": subscriber.consent_at,
                **subscriber.fields,
            }


def write_csv(
    rows: Iterable[dict[str, str]], stream: TextIO, merge_fields: Sequence[str], *, spreadsheet_safe: bool = False
) -> None:
    """Write rows under the standard columns and those of `merge_fields` (as SubscriberStore gives them).

    `spreadsheet_safe` puts an apostrophe before what a spreadsheet would run as a formula. Such a file is for looking
    at: read in again, the apostrophe would be part of the value. The stream must leave line ends alone (newline="").
    """
    columns = [*STANDARD_COLUMNS, *(name for name in merge_fields if name not in MERGE_COLUMNS)]
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        cells = [row.get(column, "") for column in columns]
        writer.writerow([defused(cell) for cell in cells] if spreadsheet_safe else cells)


def write_json(rows: Iterable[Mapping[str, str | None]], stream: TextIO) -> None:
    """Write rows as one JSON array of objects, each on its line."""
    stream.write("[")
    stream.writelines(
        f"{',' if number else ''}\n  {json.dumps(row, ensure_ascii=False)}" for number, row in enumerate(rows)
    )
    stream.write("\n]\n")


def defused(cell: str) -> str:
    """A cell that no spreadsheet runs: an apostrophe before what would be a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
