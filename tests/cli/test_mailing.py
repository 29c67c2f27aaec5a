"""`status`, `pause`, `cancel`, `settle` and `why`: what is on record, and what a person decides."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from cli.command import Command, Run, Terminal
from clones import share
from dispatch.delivery.mailing import BatchState
from dispatch.project import Project
from dispatch.testing.postmark_server import TOKEN, PostmarkServer
from dispatch.testing.smtp_server import SmtpServer
from newsletter import configure


@pytest.fixture
def paused(dispatch: Command) -> Run:
    """A mailing of three, of which one is accepted."""
    return dispatch("send", "bridge", "--yes", "--limit", "1", "--json")


@pytest.fixture
def uncertain(dispatch: Command, mail: SmtpServer) -> Callable[[], Run]:
    """A mailing of three with one answer that was lost."""

    def send() -> Run:
        mail.faults.add("dot", "lose", times=1)
        return dispatch("send", "bridge", "--yes", "--json")

    return send


# --- status --------------------------------------------------------------------------------------


def test_the_status_of_nothing(dispatch: Command) -> None:
    nothing = dispatch("status", "--json")
    assert (nothing.code, nothing.json["error"]) == (1, "NotFound")
    assert dispatch("status").stdout == ""
    assert "There is no mailing road" in dispatch("status", "road").stderr


def write_road(folder: Path) -> None:
    """Another issue."""
    (folder / "issues/road.yaml").write_text((folder / "issues/bridge.yaml").read_text().replace("bridge", "road"))


def test_the_latest_is_meant_and_each_can_be_named(dispatch: Command, folder: Path, paused: Run) -> None:
    write_road(folder)
    dispatch("send", "road", "--yes")
    dispatch("send", "road", "--yes", "--again")
    named = {name: dispatch("status", *name.split(), "--json").json["mailing"] for name in ("", "bridge", "road.1")}
    assert named == {"": "road.2", "bridge": "bridge.1", "road.1": "road.1"}
    assert dispatch("status", "bridge", "--json").json == paused.json


def test_its_numbers_add_up_and_stand_in_columns(dispatch: Command, paused: Run) -> None:
    numbers = paused.json
    assert numbers["audience"] == sum(
        numbers[name] for name in ("accepted", "refused", "pending", "uncertain", "withdrawn")
    )
    shown = dispatch("status")
    assert shown.code == 0
    assert shown.stdout.startswith(
        """\
bridge.1  paused

  audience           3
  accepted           1
  pending            2
  excluded           1  unconfirmed
                     1  unsubscribed
  variants           2  in English (1 pending)
                     1  in French (1 pending)

  provider   outbox
  started    """
    )
    assert shown.stderr == "\nNext: dispatch resume bridge.1\n"


def test_a_live_sender_is_seen(dispatch: Command, project: Project, paused: Run) -> None:
    project.ledger.resume(project.mailing("bridge.1"))
    with project.lock.hold("bridge.1"):
        assert dispatch("status", "--json").json["state"] == "sending"
    assert dispatch("status", "--json").json["state"] == "stopped"


def test_an_older_mailing_that_is_not_at_its_end_is_told(dispatch: Command, paused: Run, folder: Path) -> None:
    write_road(folder)
    dispatch("send", "road", "--yes")
    shown = dispatch("status")
    assert shown.stdout.startswith("road.1  finished")
    assert "bridge.1 is paused, 2 pending: dispatch status bridge.1" in shown.stderr
    assert "bridge.1" not in dispatch("status", "road").stderr
    dispatch("resume", "bridge")
    assert "bridge.1" not in dispatch("status").stderr


def test_the_claim_is_shown(dispatch: Command, mail: SmtpServer, folder: Path, tmp_path: Path) -> None:
    share(folder, tmp_path / "remote.git")
    dispatch("send", "bridge", "--yes", "--limit", "1")
    assert re.search(r"^  claim      20\d\d-\S+  by .+, process \d+, epoch 2$", dispatch("status").stdout, re.MULTILINE)


# --- status --recipients -------------------------------------------------------------------------


def rows(run: Run) -> list[dict[str, str]]:
    """The lines of a CSV file on stdout, by column."""
    assert run.code == 0
    return list(csv.DictReader(io.StringIO(run.stdout)))


def test_who_got_what(dispatch: Command, uncertain: Callable[[], Run]) -> None:
    numbers = uncertain().json
    listed = dispatch("status", "--recipients")
    assert listed.stdout.startswith("position,address,subscriber_id,state,code,detail,provider_ids,at\n1,")
    people = rows(listed)
    assert [line["position"] for line in people] == ["1", "2", "3"]
    assert {line["address"] for line in people} == {"ada@example.com", "bo@example.com", "cy@example.com"}
    assert Counter(line["state"] for line in people) == {"accepted": 2, "uncertain": 1}
    assert all(numbers[state] == count for state, count in Counter(line["state"] for line in people).items())
    for line in people:
        (trace,) = dispatch("why", line["address"], "--json").json["mailings"]
        assert (line["state"], line["code"], line["detail"]) == (trace["fate"], trace["code"], trace["detail"])
        assert (line["at"], line["provider_ids"]) == (trace["at"], "; ".join(trace["provider_ids"]))
    assert listed.stderr == (
        "\n2 others left out before the freeze, of whom only the number is kept: 1 unconfirmed, 1 unsubscribed.\n"
        "Of one of them: dispatch why ADDRESS bridge\n"
    )


def test_who_got_what_for_programs(dispatch: Command, uncertain: Callable[[], Run]) -> None:
    uncertain()
    people = [json.loads(line) for line in dispatch("status", "bridge", "--recipients", "--json").stdout.splitlines()]
    as_csv = rows(dispatch("status", "bridge.1", "--recipients"))
    assert [
        {**line, "position": str(line["position"]), "provider_ids": "; ".join(line["provider_ids"])} for line in people
    ] == as_csv
    assert {type(line["position"]) for line in people} == {int}
    assert dispatch("status", "--recipients", "--json").stderr == ""


def test_some_of_those_who_got_it_or_not(dispatch: Command, paused: Run) -> None:
    everybody = rows(dispatch("status", "--recipients"))
    for state in ("accepted", "pending", "refused"):
        listed = rows(dispatch("status", "--recipients", "--only", state))
        assert listed == [line for line in everybody if line["state"] == state]
        assert len(listed) == paused.json[state]
    refused = dispatch("status", "--only", "accepted")
    assert (refused.code, "Add --recipients." in refused.stderr) == (2, True)
    assert dispatch("status", "--recipients", "--only", "sent").code == 2


def test_no_address_and_no_answer_is_a_formula_in_a_spreadsheet(
    dispatch: Command, project: Project, folder: Path
) -> None:
    addresses = {"=cmd@example.com", "+bo@example.com", "cy@example.com"}
    (folder / "subscribers.csv").write_text("\n".join(["email", *addresses]))
    dispatch("send", "bridge", "--yes", "--limit", "1")
    mailing, formula = project.mailing("bridge.1"), '=HYPERLINK("https://bad.example","Click")'
    with project.ledger.writing() as connection:
        (row,) = project.ledger.rows(connection, mailing, BatchState.PENDING)
        refused = replace(row, state=BatchState.REFUSED, code="550", detail=formula)
        project.ledger.exchange(connection, row, [refused])
    listed = rows(dispatch("status", "--recipients"))
    assert {line["address"] for line in listed} == {"'=cmd@example.com", "'+bo@example.com", "cy@example.com"}
    assert [line["detail"] for line in listed] == ["", f"'{formula}", f"'{formula}"]
    exact = [json.loads(line) for line in dispatch("status", "--recipients", "--json").stdout.splitlines()]
    assert {line["address"] for line in exact} == addresses
    assert exact[2]["detail"] == formula


def test_whoever_is_forgotten_is_a_blank_line(dispatch: Command, paused: Run) -> None:
    dispatch("resume")
    before = rows(dispatch("status", "--recipients"))
    dispatch("subscribers", "forget", "bo@example.com", "--yes")
    (blank,) = [
        {**line, "address": "", "provider_ids": line["provider_ids"].replace(line["address"], "(forgotten)")}
        for line in before
        if line["address"] == "bo@example.com"
    ]
    listed = dispatch("status", "--recipients")
    assert "bo@" not in listed.stdout
    assert rows(listed) == [line if line["position"] != blank["position"] else blank for line in before]


# --- pause and cancel ----------------------------------------------------------------------------


def test_pause(dispatch: Command, project: Project, paused: Run) -> None:
    project.ledger.resume(project.mailing("bridge.1"))
    told = dispatch("pause")
    assert (told.code, told.stdout) == (0, "")
    assert told.stderr == "bridge.1 is paused.\n\nNext: dispatch resume bridge.1\n"
    assert dispatch("status", "--json").json["state"] == "paused"
    assert dispatch("pause", "bridge").code == 0, "twice is once"


def test_there_is_nothing_to_pause_or_cancel(dispatch: Command) -> None:
    assert dispatch("pause").code == dispatch("cancel", "--yes").code == 1
    dispatch("send", "bridge", "--yes")
    for arguments in (["pause"], ["pause", "bridge"], ["cancel", "--yes"], ["cancel", "bridge", "--yes"]):
        refused = dispatch(*arguments)
        assert refused.code == 1, arguments
        assert "unfinished" in refused.stderr or "nothing left to" in refused.stderr


def test_cancel(dispatch: Command, paused: Run) -> None:
    told = dispatch("cancel", "--yes")
    assert (told.code, told.stderr) == (0, "bridge.1 is cancelled.\n")
    status = dispatch("status", "--json").json
    assert (status["state"], status["accepted"], status["withdrawn"]) == ("cancelled", 1, 2)
    refused = dispatch("pause", "bridge")
    assert (refused.code, "is cancelled" in refused.stderr) == (1, True)


def test_cancel_asks(dispatch: Command, paused: Run, terminal: Terminal) -> None:
    terminal.types("n\ny\n")
    assert dispatch("cancel").code == 1
    assert dispatch("status", "--json").json["state"] == "paused"
    assert dispatch("cancel").code == 0
    said = terminal.said()
    assert "Stop bridge.1 for good? [y/N]: " in said
    assert "Nothing was changed." in said


def test_cancel_asks_nobody_where_nobody_is(dispatch: Command, paused: Run) -> None:
    refused = dispatch("cancel")
    assert refused.code == 2
    assert "--yes" in refused.stderr


def test_cancelling_beside_whoever_holds_the_lock_leaves_nobody_pending(
    dispatch: Command, project: Project, paused: Run
) -> None:
    with project.lock.hold("bridge.1"):  # as a `resume` does that has not begun to send
        assert "is cancelled." in dispatch("cancel", "--yes").stderr
    assert dispatch("status", "--json").json["pending"] == 0


def test_what_a_live_sender_is_at_work_on_is_left_to_it(dispatch: Command, project: Project, paused: Run) -> None:
    mailing = project.mailing("bridge.1")
    with project.lock.hold("bridge.1"), project.crew.enlisted(mailing):
        with project.ledger.writing() as connection:
            (row, *_) = project.ledger.rows(connection, mailing, BatchState.PENDING)
            taken = replace(row, state=BatchState.CLAIMED, claimed_by=f"{project.crew.token}#1")
            project.ledger.exchange(connection, row, [taken])
        assert "its sender stops" in dispatch("cancel", "--yes").stderr
        assert dispatch("status", "--json").json["pending"] == len(row.positions)


# --- settle --------------------------------------------------------------------------------------


def test_nothing_to_settle(dispatch: Command) -> None:
    sent = dispatch("send", "bridge", "--yes", "--json")
    for decision in ([], ["--hold"], ["--resend"], ["--ask-provider"]):
        settled = dispatch("settle", *decision, "--json")
        assert (settled.code, settled.json) == (0, sent.json)
        assert "Nothing of bridge.1 is uncertain" in settled.stderr


def test_doubts_are_listed(dispatch: Command, uncertain: Callable[[], Run]) -> None:
    sent = uncertain()
    listed = dispatch("settle")
    assert listed.code == 0
    (doubtful, *_) = listed.stdout.splitlines()
    assert doubtful.partition("  ")[0] in ("ada@example.com", "bo@example.com", "cy@example.com")
    as_json = dispatch("settle", "bridge", "--json").json
    (doubt,) = as_json.pop("doubts")
    assert doubt["address"] == doubtful.partition("  ")[0]
    assert as_json == sent.json


def test_hold(dispatch: Command, uncertain: Callable[[], Run], mail: SmtpServer) -> None:
    sent = uncertain()
    held = dispatch("settle", "--hold", "--json")
    assert (held.code, held.json) == (0, sent.json)
    assert "nobody is mailed again" in held.stderr
    assert len(mail.truth.entries()) == 3


def test_resend(dispatch: Command, uncertain: Callable[[], Run], mail: SmtpServer) -> None:
    uncertain()
    settled = dispatch("settle", "--resend", "--json")
    assert (settled.code, settled.json["pending"], settled.json["uncertain"]) == (0, 1, 0)
    assert settled.stderr.endswith("Next: dispatch resume bridge.1\n")
    assert len(mail.truth.entries()) == 3
    assert dispatch("resume", "--json").json["accepted"] == 3
    assert len(mail.truth.entries()) == 4


def test_a_provider_that_cannot_look_up_is_not_asked(dispatch: Command, uncertain: Callable[[], Run]) -> None:
    uncertain()
    refused = dispatch("settle", "--ask-provider", "--json")
    assert (refused.code, refused.json["error"]) == (1, "Unsupported")
    assert "--hold" in refused.stderr


def test_ask_provider(dispatch: Command, keyed: Path, tmp_path: Path) -> None:
    with PostmarkServer(tmp_path / "truth") as server:
        configure(
            keyed,
            f"""\
provider: postmark
providers: {{postmark: {{token: "${{POSTMARK_TOKEN}}", base_url: "{server.url}"}}}}
unsubscribe: {{probe: false}}
""",
        )
        (keyed / ".env").write_text(f"POSTMARK_TOKEN={TOKEN}\n")
        server.faults.add("batch", "lose", times=1)
        assert dispatch("send", "bridge", "--yes").code == 4
        settled = dispatch("settle", "--ask-provider", "--json")
    assert (settled.code, settled.json["accepted"], settled.json["state"]) == (0, 3, "finished")
    assert "2 found and accepted, 0 not found" in settled.stderr


def test_one_decision_at_a_time(dispatch: Command, uncertain: Callable[[], Run]) -> None:
    uncertain()
    assert dispatch("settle", "--hold", "--resend").code == 2
    assert dispatch("status", "--json").json["uncertain"] == 1


# --- why -----------------------------------------------------------------------------------------


def test_why_somebody_got_it(dispatch: Command) -> None:
    dispatch("send", "bridge", "--yes")
    why = dispatch("why", "ADA@example.com")
    assert why.code == 0
    assert why.stdout.startswith("ADA@example.com\n\n  status      subscribed\n\n")
    assert "  added: subscribers.csv:2\n" in why.stdout
    assert "  bridge.1  recipient " in why.stdout
    assert ", accepted at " in why.stdout


def test_why_somebody_did_not_get_it(dispatch: Command) -> None:
    dispatch("send", "bridge", "--yes")
    why = dispatch("why", "di@example.com", "bridge")
    assert why.code == 0
    assert "  suppressed  unsubscribed since " in why.stdout
    assert "  bridge.1  not in the audience, which was frozen at " in why.stdout


@pytest.mark.parametrize("name", ["bridge", "issues/bridge.yaml"])
def test_why_about_one_issue(name: str, dispatch: Command, folder: Path) -> None:
    dispatch("send", "bridge", "--yes")
    write_road(folder)
    dispatch("send", "road", "--yes")
    assert len(dispatch("why", "ada@example.com", "--json").json["mailings"]) == 2
    (trace,) = dispatch("why", "ada@example.com", name, "--json").json["mailings"]
    assert (trace["mailing"], trace["fate"]) == ("bridge.1", "accepted")


def test_of_a_stranger_nothing_is_known(dispatch: Command) -> None:
    dispatch("send", "bridge", "--yes")
    stranger = dispatch("why", "stranger@example.com", "--json")
    assert (stranger.code, stranger.json["status"], stranger.json["suppression"]) == (1, None, None)
    assert "not on the list" in dispatch("why", "stranger@example.com").stdout
    assert dispatch("why", "no address", "--json").json["error"] == "InvalidAddress"


def test_who_was_excluded_before_the_freeze_is_told_why(dispatch: Command, folder: Path) -> None:
    dispatch("send", "bridge", "--yes")
    write_road(folder)
    dispatch("send", "road", "--segment", "french", "--yes")
    dispatch("subscribers", "suppress", "ada@example.com")

    def told(name: str) -> list[str]:
        mailings = dispatch("why", f"{name}@example.com", "--json").json["mailings"]
        return [trace["code"] for trace in mailings]

    assert told("di") == ["unsubscribed", "unsubscribed"]
    assert told("ed") == ["unconfirmed", "unconfirmed"]
    assert told("ada")[0] == ""
    assert told("cy") == ["", "not_in_segment"]
    assert told("gus") == ["not_on_the_list", "not_on_the_list"]
    assert re.search(
        r"bridge\.1  not in the audience, which was frozen at \S+: unconfirmed\n",
        dispatch("why", "ed@example.com").stdout,
    )
