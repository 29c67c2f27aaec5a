"""An export can be read in again, brings nobody back, and may be opened in a spreadsheet."""

from __future__ import annotations

import io
import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from dispatch.subscribers.csv_export import export_rows, write_csv, write_json
from dispatch.subscribers.csv_import import read_subscribers
from dispatch.subscribers.csv_rows import Row
from dispatch.subscribers.store import SubscriberStore
from dispatch.subscribers.subscriber import Candidate, Status, Subscriber


def exported(store: SubscriberStore, *, spreadsheet_safe: bool = False) -> str:
    stream = io.StringIO(newline="")
    write_csv(export_rows(store.by_address()), stream, store.merge_fields(), spreadsheet_safe=spreadsheet_safe)
    return stream.getvalue()


def test_the_list_is_written_with_all_columns(store: SubscriberStore, file: Path) -> None:
    file.write_text(
        'email,city,first_name,tags,status,consent_at\nann@x.example,"Paris, France",Ann,"paid,beta",,2026-03-02\n'
        "bob@x.example,=1+1,Bob,,unconfirmed,\n"
    )
    store.sync_file(file)
    assert exported(store) == (
        "email,name,first_name,language,tags,status,consent_source,consent_at,city\n"
        'ann@x.example,,Ann,,"paid,beta",subscribed,,2026-03-02,"Paris, France"\n'
        "bob@x.example,,Bob,,,unconfirmed,,,=1+1\n"
    )
    assert exported(store, spreadsheet_safe=True).endswith(",'=1+1\n")


def test_who_may_not_be_mailed_is_unsubscribed_in_an_export_and_who_left_the_file_is_not_in_it(
    store: SubscriberStore, file: Path
) -> None:
    file.write_text("email\nann@x.example\nbob@x.example\ncid@x.example\n")
    store.sync_file(file)
    store.suppress(store.id_of("ann@x.example"), "bounced", "a test")
    file.write_text("email\nann@x.example\nbob@x.example\n")
    store.sync_file(file)
    rows = {row["email"]: row["status"] for row in export_rows(store.by_address())}
    assert rows == {"ann@x.example": "unsubscribed", "bob@x.example": "subscribed"}


def test_json_is_one_array_of_what_is_known(store: SubscriberStore, file: Path) -> None:
    for content, count in (("email,city\n", 0), ("email,city\nann@x.example,Köln\nbob@x.example,\n", 2)):
        file.write_text(content, "utf-8")
        store.sync_file(file)
        stream = io.StringIO()
        write_json(export_rows(store.by_address()), stream)
        rows = json.loads(stream.getvalue())
        assert len(rows) == count
    assert rows[0]["city"] == "Köln"
    assert "city" not in rows[1]


texts = st.text(
    alphabet=st.characters(codec="latin-1", exclude_categories=["Cc"]) | st.sampled_from("\n\"',;="), max_size=20
)
tags = st.text(alphabet="abc é-_", min_size=1, max_size=8).map(str.strip).filter(bool)

subscribers = st.builds(
    lambda number, first_name, tags, status, city: Subscriber(
        "0" * 32,
        f"p{number}@x.example",
        first_name=first_name,
        tags=tuple(dict.fromkeys(tags)),
        status=status,
        fields={"city": city.strip(" \u00a0")} if city.strip(" \u00a0") else {},
    ),
    st.integers(0, 10**9),
    st.sampled_from(["", "Ann", 'Ann "A"', "Zoë", "=Ann", "O'Brien, Jr."]),
    st.lists(tags, max_size=3),
    st.sampled_from(Status),
    texts.filter(lambda text: "=?" not in text),
)


@given(st.lists(subscribers, max_size=6, unique_by=lambda person: person.email))
def test_what_is_exported_is_read_back(people: list[Subscriber]) -> None:
    stream = io.StringIO(newline="")
    write_csv(export_rows(Candidate(person, None) for person in people), stream, ["city"])
    rows = list(read_subscribers(io.BytesIO(stream.getvalue().encode())))
    assert all(isinstance(row, Row) for row in rows)
    assert [(row.email, row.first_name, row.tags, row.status, row.fields) for row in rows if isinstance(row, Row)] == [
        (p.email, p.first_name, p.tags, p.status, p.fields) for p in people
    ]
