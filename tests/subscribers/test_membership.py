"""People put on the list and taken off it: the file says it, the database follows, and nobody comes back who left."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from dispatch.errors import InvalidSubscribers, NotFound
from dispatch.subscribers.membership import add_person, forget_person, import_people, remove_person
from dispatch.subscribers.store import SubscriberStore
from dispatch.subscribers.subscriber import Reason


def mailable(store: SubscriberStore) -> set[str]:
    return {candidate.subscriber.email for candidate in store.by_address() if candidate.exclusion is None}


@pytest.fixture
def other(tmp_path: Path) -> Path:
    return tmp_path / "other.csv"


def test_new_people_of_another_file_are_appended_and_the_others_told(
    store: SubscriberStore, file: Path, other: Path
) -> None:
    file.write_text("email;first_name;city\r\nann@x.example;Ann;\r\nbad@x.example;Bad\r\n", newline="")
    store.unsubscribe(store.id_of("left@x.example"), "one-click")
    store.suppress(store.id_of("bounced@x.example"), "bounced", "a test")
    other.write_text(
        "E-Mail,Prénom,status,Shoe size\n"
        "ANN@x.example,Anna,,\n"
        "new@x.example,Zoë,subscribed,42\n"
        "left@x.example,,subscribed,\n"
        "bounced@x.example,,,\n"
        "bad@x.example,,,\n"
        "gone@x.example,,unsubscribed,\n"
        "doubt@x.example,,unconfirmed,\n"
        "nobody,,,\n"
        "new@x.example,again,,\n",
        "utf-8",
    )
    report = import_people(store, file, other, name="subscribers.csv")
    assert report.added == 1
    assert [(told.line, told.reason) for told in report.left_out] == [
        (2, "ANN@x.example is in the file already"),
        (4, "left@x.example may not be mailed (unsubscribed), and nobody is subscribed again"),
        (5, "bounced@x.example may not be mailed (bounced), and nobody is subscribed again"),
        (6, "bad@x.example is in the file already"),
        (7, "gone@x.example is unsubscribed there"),
        (8, "doubt@x.example is unconfirmed there, and this file has no column `status` to say so"),
    ]
    assert [told.line for told in report.rejected] == [9, 10]
    assert report.unknown_columns == ("status", "shoe_size")
    assert file.read_bytes().decode() == (
        "email;first_name;city\r\nann@x.example;Ann;\r\nbad@x.example;Bad\r\nnew@x.example;Zoë;\r\n"
    )
    assert report.sync is not None
    assert report.sync.added == 2
    assert mailable(store) == {"ann@x.example", "new@x.example"}
    # A second time nobody is new.
    assert import_people(store, file, other).added == 0


def test_who_was_taken_off_the_list_can_be_put_on_it_again(store: SubscriberStore, file: Path, other: Path) -> None:
    file.write_text("email\nann@x.example\nbob@x.example\n")
    store.sync_file(file)
    remove_person(store, file, "ann@x.example")
    remove_person(store, file, "bob@x.example")
    add_person(store, file, "ann@x.example", {})
    other.write_text("email\nbob@x.example\n")
    assert import_people(store, file, other).added == 1
    assert mailable(store) == {"ann@x.example", "bob@x.example"}


def test_who_left_by_another_file_is_not_brought_back_by_the_next(
    store: SubscriberStore, file: Path, other: Path
) -> None:
    file.write_text("email,status\nann@x.example,subscribed\n")
    other.write_text("email,status\nann@x.example,unsubscribed\ngone@x.example,unsubscribed\n")
    import_people(store, file, other, dry_run=True)
    assert store.suppression(store.id_of("gone@x.example")) is None
    import_people(store, file, other)
    recorded = store.suppression(store.id_of("gone@x.example"))
    assert recorded is not None
    assert (recorded.reason, recorded.source) == (Reason.UNSUBSCRIBED, "other.csv:3")
    other.write_text("email\ngone@x.example\n")  # an older export
    assert import_people(store, file, other).added == 0
    assert mailable(store) == {"ann@x.example"}  # ours is the newer word about her


def test_a_dry_run_of_an_import_tells_the_same_and_writes_nothing(
    store: SubscriberStore, file: Path, other: Path
) -> None:
    file.write_text("email\nann@x.example\n")
    other.write_text("email\nann@x.example\nbob@x.example\nnobody\n")
    dry = import_people(store, file, other, dry_run=True)
    assert file.read_text() == "email\nann@x.example\n"
    assert mailable(store) == set()
    real = import_people(store, file, other)
    assert (
        (dry.added, dry.left_out, dry.rejected)
        == (real.added, real.left_out, real.rejected)
        == (
            1,
            dry.left_out,
            dry.rejected,
        )
    )


def test_a_letter_that_the_file_cannot_hold_is_told(store: SubscriberStore, file: Path, other: Path) -> None:
    file.write_text("email,name\nann@x.example,Hélène\n", "cp1252")
    other.write_text("email,name\nbob@x.example,Владимир\ncid@x.example,José\n", "utf-8")
    report = import_people(store, file, other)
    assert report.left_out[0].reason == (
        "bob@x.example has the letter 'В', which the file's encoding, cp1252, has not: save it as UTF-8"
    )
    assert file.read_text("cp1252") == "email,name\nann@x.example,Hélène\ncid@x.example,José\n"


def test_one_person_is_added_with_the_columns_of_the_file(store: SubscriberStore, file: Path) -> None:
    file.write_text("email,first_name,tags,status,city")
    report = add_person(store, file, "Ann@X.example", {"first_name": "Ann", "tags": "paid,beta", "city": "Köln, Rhein"})
    assert report.added == 1
    assert file.read_text("utf-8") == (
        'email,first_name,tags,status,city\nAnn@x.example,Ann,"paid,beta",subscribed,"Köln, Rhein"\n'
    )
    assert mailable(store) == {"Ann@x.example"}


@pytest.mark.parametrize(
    ("address", "values", "reason"),
    [
        ("ann@x.example", {}, "ann@x.example is in the file already"),
        ("left@x.example", {}, "left@x.example may not be mailed (unsubscribed), and nobody is subscribed again"),
        ("nobody", {}, "'nobody' is not an address to mail to"),
        ("bob@x.example", {"city": "Paris", "zip": "1"}, "the file has no column city, zip"),
        ("bob@x.example", {"language": "French"}, "language: 'French' is no code of a language"),
    ],
)
def test_who_cannot_be_added_is_told_and_nothing_is_written(
    store: SubscriberStore, file: Path, address: str, values: dict[str, str], reason: str
) -> None:
    content = "email,language\nann@x.example,fr\n"
    file.write_text(content)
    store.unsubscribe(store.id_of("left@x.example"), "one-click")
    with pytest.raises(InvalidSubscribers) as caught:
        add_person(store, file, address, values, name="subscribers.csv")
    assert reason in str(caught.value)
    assert str(caught.value).startswith("subscribers.csv: ")
    assert file.read_text() == content


def test_all_records_of_an_address_are_removed_and_nothing_else(store: SubscriberStore, file: Path) -> None:
    file.write_text(
        "email,address\n"
        'ann@x.example,"Main Street 1\nDublin"\n'
        "\n"
        "bob@x.example,Oslo\n"
        "ANN@X.example,a second line\n"
        "ann@x.example,too,many,cells\n"
        "ann@x.examples,Rome\n"
    )
    store.sync_file(file)
    report = remove_person(store, file, "Ann@x.example")
    assert report.left == 1
    assert file.read_text() == "email,address\n\nbob@x.example,Oslo\nann@x.examples,Rome\n"
    assert mailable(store) == {"bob@x.example", "ann@x.examples"}
    with pytest.raises(NotFound, match=r"ann@x\.example stands on no line of"):
        remove_person(store, file, "ann@x.example")


def test_a_line_that_cannot_be_read_is_not_removed_by_guess(store: SubscriberStore, file: Path) -> None:
    content = 'email,name\nbob@x.example,Bob\nAnn@x.example,"Ann\n'
    file.write_text(content)
    with pytest.raises(InvalidSubscribers) as caught:
        remove_person(store, file, "ann@x.example", name="subscribers.csv")
    assert str(caught.value).startswith("subscribers.csv:3: this line seems to have ann@x.example on it")
    assert file.read_text() == content


def test_forgetting_takes_the_person_out_of_file_and_database(store: SubscriberStore, file: Path) -> None:
    file.write_text("email\nann@x.example\nbob@x.example\n")
    store.sync_file(file)
    assert forget_person(store, file, "Ann@X.example")
    assert file.read_text() == "email\nbob@x.example\n"
    assert [candidate.subscriber.email for candidate in store.by_address()] == ["bob@x.example"]
    assert not forget_person(store, file, "stranger@x.example")
    with pytest.raises(InvalidSubscribers, match="forgotten"):
        add_person(store, file, "ann@x.example", {})


def test_without_a_file_there_is_nothing_to_change(store: SubscriberStore, file: Path, other: Path) -> None:
    other.write_text("email\nann@x.example\n")
    with pytest.raises(NotFound):
        import_people(store, file, other)
    with pytest.raises(NotFound):
        add_person(store, file, "ann@x.example", {})
    with pytest.raises(NotFound):
        remove_person(store, file, "ann@x.example")


def test_several_who_add_at_once_wait_for_each_other(store: SubscriberStore, file: Path) -> None:
    file.write_text("email\n")
    threads = [
        threading.Thread(target=add_person, args=(store, file, f"p{number}@x.example", {})) for number in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert mailable(store) == {f"p{number}@x.example" for number in range(8)}
