"""`subscribers`: the list is read, shown, changed and left, and looking at it changes nothing."""

from __future__ import annotations

import csv
import email
import email.policy
import io
import json
import re
from pathlib import Path

import pytest

from cli.command import Command, Terminal
from newsletter import add_people, add_segment_of_nobody, configure

BAD_LINE = "no address,Nobody,en,subscribed"


def statuses(dispatch: Command) -> dict[str, str | None]:
    """Everybody who is known, with what excludes them."""
    return {person["email"]: person["excluded"] for person in dispatch("subscribers", "list", "--json").json}


# --- import --------------------------------------------------------------------------------------


def test_import_says_what_the_file_brought(dispatch: Command, folder: Path) -> None:
    imported = dispatch("subscribers", "import")
    assert imported.code == 0
    assert imported.stdout == (
        """\
subscribers.csv  5 valid lines, utf-8, separated by ','

  added                      5
  unsubscribed               1
"""
    )
    add_people(folder, "fay@example.com,Fay,en,subscribed")
    facts = dispatch("subscribers", "import", "--json").json
    assert (facts["added"], facts["unchanged"], facts["people"], facts["rejected"]) == (1, 5, 6, [])


def test_rejected_lines_leave_everything_as_it_was(dispatch: Command, folder: Path) -> None:
    add_people(folder, BAD_LINE)
    refused = dispatch("subscribers", "import")
    assert refused.code == 1
    assert refused.stdout.startswith("subscribers.csv:7: ")
    assert "Nothing was changed" in refused.stderr
    assert dispatch("why", "ada@example.com").code == 1
    facts = dispatch("subscribers", "import", "--json")
    (rejected,) = facts.json["rejected"]
    assert (facts.code, rejected["line"], rejected["text"]) == (1, 7, BAD_LINE)
    assert dispatch("subscribers", "import", "--skip-rejected").code == 0
    assert dispatch("why", "ada@example.com").code == 0


def test_a_dry_run_of_an_import(dispatch: Command) -> None:
    rehearsed = dispatch("subscribers", "import", "--dry-run", "--json")
    assert (rehearsed.code, rehearsed.json["added"]) == (0, 5)
    assert "nothing was changed" in rehearsed.stderr
    assert dispatch("why", "ada@example.com").code == 1


def test_another_file_is_added_to_the_list(dispatch: Command, folder: Path) -> None:
    other = folder / "more.csv"
    other.write_text("email,first_name,shoe_size\nfay@example.com,Fay,37\ndi@example.com,Di,38\nada@example.com,A,\n")
    before = (folder / "subscribers.csv").read_text()
    rehearsed = dispatch("subscribers", "import", "more.csv", "--dry-run")
    assert (rehearsed.code, (folder / "subscribers.csv").read_text()) == (0, before)
    assert "no such column: shoe_size.\nThose that you want have to be in its first line" in rehearsed.stderr
    added = dispatch("subscribers", "import", "more.csv")
    assert added.code == 0
    assert added.stdout.endswith("1 added, 2 left out, 0 rejected\n")
    assert "more.csv:3: di@example.com is in the file already" in added.stdout
    assert "shoe_size" in added.stderr
    assert (folder / "subscribers.csv").read_text() == f"{before}fay@example.com,Fay,,subscribed\n"
    facts = dispatch("subscribers", "import", "more.csv", "--json").json
    assert (facts["added"], len(facts["left_out"]), facts["unknown_columns"]) == (0, 3, ["shoe_size"])


def test_another_file_with_rejected_lines(dispatch: Command, folder: Path) -> None:
    (folder / "more.csv").write_text("email\nfay@example.com\nno address\n")
    before = (folder / "subscribers.csv").read_text()
    refused = dispatch("subscribers", "import", "more.csv")
    assert refused.code == 1
    assert "more.csv:3: " in refused.stdout
    assert (folder / "subscribers.csv").read_text() == before
    assert dispatch("subscribers", "import", "more.csv", "--skip-rejected").code == 0
    assert "fay@example.com" in (folder / "subscribers.csv").read_text()


def test_a_file_that_is_missing(dispatch: Command, folder: Path) -> None:
    missing = dispatch("subscribers", "import", "nowhere.csv", "--json")
    assert (missing.code, missing.json["error"]) == (1, "NotFound")
    (folder / "subscribers.csv").unlink()
    for command in (["import"], ["list"], ["export"], ["add", "fay@example.com"], ["remove", "ada@example.com"]):
        missing = dispatch("subscribers", *command)
        assert (missing.code, missing.stdout) == (1, ""), command
        assert "subscribers.csv" in missing.stderr


# --- list and export -----------------------------------------------------------------------------


def test_the_list_as_the_file_says_it_is(dispatch: Command, folder: Path) -> None:
    assert statuses(dispatch) == {
        "ada@example.com": None,
        "bo@example.com": None,
        "cy@example.com": None,
        "di@example.com": "unsubscribed",
        "ed@example.com": "unconfirmed",
    }
    add_people(folder, "fay@example.com,Fay,en,subscribed", BAD_LINE)
    shown = dispatch("subscribers", "list")
    assert len(shown.stdout.splitlines()) == 6
    assert f"{'di@example.com':<40}  unsubscribed\n" in shown.stdout
    assert "6 subscribers, 4 of them may be mailed." in shown.stderr
    assert "1 line of subscribers.csv rejected" in shown.stderr
    assert dispatch("why", "ada@example.com").code == 1, "looking records nothing"


def test_who_has_left_the_file_is_still_known(dispatch: Command, folder: Path) -> None:
    dispatch("subscribers", "import")
    file = folder / "subscribers.csv"
    file.write_text(file.read_text().replace("bo@example.com,Bo,fr,subscribed\n", ""))
    assert statuses(dispatch)["bo@example.com"] == "not_in_file"
    assert "bo@example.com" not in dispatch("subscribers", "export").stdout


def test_export(dispatch: Command, folder: Path) -> None:
    dispatch("subscribers", "suppress", "cy@example.com", "--reason", "complained")
    rows = list(csv.DictReader(io.StringIO(dispatch("subscribers", "export").stdout)))
    assert {row["email"]: row["status"] for row in rows} == {
        "ada@example.com": "subscribed",
        "bo@example.com": "subscribed",
        "cy@example.com": "unsubscribed",
        "di@example.com": "unsubscribed",
        "ed@example.com": "unconfirmed",
    }
    as_json = json.loads(dispatch("subscribers", "export", "--format", "json").stdout)
    assert as_json == rows


def test_export_for_a_spreadsheet(dispatch: Command, folder: Path) -> None:
    add_people(folder, "fay@example.com,=1+1,en,subscribed")
    assert ",=1+1," in dispatch("subscribers", "export").stdout
    assert ",'=1+1," in dispatch("subscribers", "export", "--spreadsheet-safe").stdout


# --- one person ----------------------------------------------------------------------------------


def test_add_and_remove(dispatch: Command, folder: Path) -> None:
    added = dispatch("subscribers", "add", "fay@example.com", "--set", "first_name=Fay", "--set", "language=fr")
    assert (added.code, added.stdout) == (0, "")
    assert "6 valid lines" in added.stderr
    assert (folder / "subscribers.csv").read_text().endswith("fay@example.com,Fay,fr,subscribed\n")
    assert dispatch("subscribers", "remove", "FAY@example.com").code == 0
    assert "fay@example.com" not in (folder / "subscribers.csv").read_text()
    assert dispatch("subscribers", "remove", "fay@example.com").code == 1


def test_who_cannot_be_added(dispatch: Command, folder: Path) -> None:
    dispatch("subscribers", "suppress", "gil@example.com")
    before = (folder / "subscribers.csv").read_text()
    for arguments, says in (
        (["ada@example.com"], "is in the file already"),
        (["gil@example.com"], "may not be mailed (manual)"),
        (["no address"], "not an address"),
        (["fay@example.com", "--set", "shoe_size=37"], "no column shoe_size"),
    ):
        refused = dispatch("subscribers", "add", *arguments)
        assert refused.code == 1, arguments
        assert says in refused.stderr
    assert dispatch("subscribers", "add", "fay@example.com", "--set", "first_name").code == 2
    assert (folder / "subscribers.csv").read_text() == before


def test_suppress(dispatch: Command, folder: Path) -> None:
    assert "is suppressed" in dispatch("subscribers", "suppress", "ada@example.com").stderr
    assert "was suppressed already" in dispatch("subscribers", "suppress", "ADA@example.com").stderr
    assert statuses(dispatch)["ada@example.com"] == "manual"
    assert dispatch("subscribers", "suppress", "ada@example.com", "--reason", "forgotten").code == 2
    sent = dispatch("send", "bridge", "--yes", "--json").json
    assert (sent["audience"], sent["excluded"]["manual"]) == (2, 1)


def test_forget(dispatch: Command, folder: Path) -> None:
    dispatch("send", "bridge", "--yes")
    assert dispatch("subscribers", "forget", "ada@example.com", "--yes").code == 0
    assert "ada@example.com" not in (folder / "subscribers.csv").read_text()
    assert "ada@example.com" not in statuses(dispatch)
    add_people(folder, "ada@example.com,Ada,en,subscribed")
    dispatch("subscribers", "import")
    assert "ada@example.com" not in statuses(dispatch)


def test_a_stranger_is_forgotten_in_advance(dispatch: Command, folder: Path) -> None:
    stranger = dispatch("subscribers", "forget", "stranger@example.com", "--yes")
    assert stranger.code == 0
    assert "Nothing was known" in stranger.stderr
    assert "may not be mailed (forgotten)" in dispatch("subscribers", "add", "stranger@example.com").stderr


def test_forget_asks(dispatch: Command, terminal: Terminal, folder: Path) -> None:
    terminal.types("\nYES\n")
    assert dispatch("subscribers", "forget", "no address").code == 1
    assert dispatch("subscribers", "forget", "ada@example.com").code == 1
    assert "ada@example.com" in (folder / "subscribers.csv").read_text()
    assert dispatch("subscribers", "forget", "ada@example.com").code == 0
    assert "Erase ada@example.com for good? [y/N]: " in terminal.said()


def test_forget_asks_nobody_where_nobody_is(dispatch: Command) -> None:
    assert dispatch("subscribers", "forget", "ada@example.com").code == 2


# --- leaving by mail -----------------------------------------------------------------------------


def token_in_the_subject(folder: Path, mailing: str = "bridge.1") -> str:
    """What a mail program writes behind `unsubscribe` when Ada chooses the address in List-Unsubscribe."""
    (file,) = (folder / ".dispatch/outbox" / mailing).glob("*ada@*.eml")
    header = str(email.message_from_bytes(file.read_bytes(), policy=email.policy.default)["List-Unsubscribe"])
    found = re.search(r"<mailto:leave@crossings\.example\?subject=unsubscribe%20(\S+)>", header)
    assert found
    return found[1]


def test_who_leaves_by_mail(dispatch: Command, folder: Path) -> None:
    configure(folder, "unsubscribe: {mailto: leave@crossings.example}\n")
    dispatch("send", "bridge", "--yes")
    token = token_in_the_subject(folder)
    left = dispatch("subscribers", "unsubscribe", token)
    assert (left.code, left.stderr) == (0, "Unsubscribed.\n")
    assert dispatch("subscribers", "unsubscribe", token).stderr == "Had left already.\n"
    suppression = dispatch("why", "ada@example.com", "--json").json["suppression"]
    assert (suppression["reason"], suppression["source"]) == ("unsubscribed", "mail bridge.1")


def test_a_token_that_was_not_copied_whole_lets_nobody_leave(dispatch: Command, folder: Path) -> None:
    configure(folder, "unsubscribe: {mailto: leave@crossings.example}\n")
    dispatch("send", "bridge", "--yes")
    token = token_in_the_subject(folder)
    refused = dispatch("subscribers", "unsubscribe", token, token[:-1])
    assert refused.code == 2
    assert "all of its letters" in refused.stderr
    assert dispatch("why", "ada@example.com", "--json").json["suppression"] is None


def test_nobody_leaves_by_a_test_message(dispatch: Command, folder: Path) -> None:
    configure(folder, "unsubscribe: {mailto: leave@crossings.example}\n")
    dispatch("test", "bridge", "--to", "ada@example.com")
    refused = dispatch("subscribers", "unsubscribe", token_in_the_subject(folder, "bridge.test"))
    assert (refused.code, "from a test message" in refused.stderr) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        ("--segment french", "bo"),
        ("--only mailable", "ada bo cy"),
        ("--only excluded", "di ed"),
        ("--only unconfirmed", "ed"),
        ("--only unsubscribed --segment french", ""),
        ("--only not_in_file", ""),
    ],
)
def test_the_list_may_be_narrowed(dispatch: Command, arguments: str, names: str) -> None:
    found = dispatch("subscribers", "list", "--json", *arguments.split()).json
    assert [person["email"].partition("@")[0] for person in found] == names.split()


def test_a_segment_that_is_not_there(dispatch: Command) -> None:
    assert "there is no segment swedes" in dispatch("subscribers", "list", "--segment", "swedes").stderr


def test_segments_are_counted(dispatch: Command, folder: Path) -> None:
    add_segment_of_nobody(folder)
    assert dispatch("subscribers", "segments", "--json").json == [
        {"segment": "french", "people": 1},
        {"segment": "nobody", "people": 0},
    ]
    assert 'french                        1  language == "fr"\n' in dispatch("subscribers", "segments").stdout
