"""`resume`: goes on with what is unfinished, and shows what is at its end."""

from __future__ import annotations

from pathlib import Path

from cli.command import Command
from dispatch.project import Project
from dispatch.testing.smtp_server import SmtpServer


def test_without_any_mailing_there_is_nothing_to_resume(dispatch: Command) -> None:
    for arguments in (["resume"], ["resume", "bridge"]):
        resumed = dispatch(*arguments, "--json")
        assert resumed.code == 1
        assert resumed.json["error"] == "NotFound"
        assert "dispatch send" in resumed.stderr


def test_a_finished_one_is_shown(dispatch: Command) -> None:
    sent = dispatch("send", "bridge", "--yes", "--json")
    for arguments in (["resume"], ["resume", "bridge"], ["resume", "bridge.1"]):
        resumed = dispatch(*arguments, "--json")
        assert (resumed.code, resumed.json) == (0, sent.json)
        assert "bridge.1 is at its end" in resumed.stderr


def test_one_with_uncertain_outcomes_is_shown_with_what_to_do(dispatch: Command, mail: SmtpServer) -> None:
    mail.faults.add("dot", "lose", times=1)
    dispatch("send", "bridge", "--yes")
    resumed = dispatch("resume")
    assert resumed.code == 4
    assert "dispatch settle bridge.1 --resend" in resumed.stderr
    assert len(mail.truth.entries()) == 3


def test_a_cancelled_one_is_refused(dispatch: Command) -> None:
    dispatch("send", "bridge", "--yes", "--limit", "1")
    dispatch("cancel", "--yes")
    refused = dispatch("resume", "bridge.1")
    assert refused.code == 1
    assert "was cancelled" in refused.stderr
    assert "dispatch send bridge --new-subscribers" in refused.stderr


def test_without_a_name_the_latest_unfinished_one_is_meant(dispatch: Command, folder: Path) -> None:
    dispatch("send", "bridge", "--yes", "--limit", "1")
    other = (folder / "issues/bridge.yaml").read_text().replace("bridge", "road")
    (folder / "issues/road.yaml").write_text(other)
    assert dispatch("send", "road", "--yes").code == 0
    resumed = dispatch("resume", "--json")
    assert (resumed.code, resumed.json["mailing"], resumed.json["accepted"]) == (0, "bridge.1", 3)
    assert dispatch("resume", "--json").json["mailing"] == "road.1"


def test_what_was_frozen_is_sent_whatever_has_become_of_the_issue(dispatch: Command, folder: Path) -> None:
    dispatch("send", "bridge", "--yes", "--limit", "1")
    (folder / "issues/bridge.yaml").unlink()
    assert dispatch("resume").code == 0
    assert len(list((folder / ".dispatch/outbox/bridge.1").glob("*.eml"))) == 3


def test_the_way_out_is_asked_for_again(dispatch: Command, mail: SmtpServer, folder: Path) -> None:
    config = folder / "dispatch.yaml"
    config.write_text(config.read_text().replace("probe: false", "probe: false, url: 'http://127.0.0.1:1/u/'"))
    dispatch("send", "bridge", "--yes", "--limit", "1")
    config.write_text(
        config.read_text().replace("probe: false, url: 'http://127.0.0.1:1/u/'", "url: 'http://127.0.0.1:2/u/'")
    )
    refused = dispatch("resume")  # asks where the links of the frozen mail lead, and not those of the next one
    assert refused.code == 1
    assert "nobody can leave at http://127.0.0.1:1/u/" in refused.stderr
    assert dispatch("status", "--json").json["state"] == "paused"
    assert len(mail.truth.entries()) == 1


def test_somebody_else_is_sending(dispatch: Command, project: Project) -> None:
    dispatch("send", "bridge", "--yes", "--limit", "1")
    with project.lock.hold("bridge.1"):
        refused = dispatch("resume", "--json")
        assert dispatch("status", "--json").json["state"] == "paused"
    assert (refused.code, refused.json["error"]) == (1, "AlreadySending")


def test_who_was_taken_off_the_list_since_is_withdrawn(dispatch: Command, folder: Path) -> None:
    dispatch("send", "bridge", "--yes", "--limit", "1")
    file = folder / "subscribers.csv"
    already = {path.name for path in (folder / ".dispatch/outbox/bridge.1").glob("*.eml")}
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(line for line in lines if not line.startswith(("ada@", "bo@", "cy@"))) + "no address,,,\n")
    resumed = dispatch("resume", "--json")
    assert (resumed.code, resumed.json["accepted"], resumed.json["withdrawn"]) == (0, 1, 2)
    assert "1 line of subscribers.csv rejected" in resumed.stderr
    assert {path.name for path in (folder / ".dispatch/outbox/bridge.1").glob("*.eml")} == already


def test_nothing_is_sent_while_the_list_cannot_be_read(dispatch: Command, folder: Path) -> None:
    dispatch("send", "bridge", "--yes", "--limit", "1")
    (folder / "subscribers.csv").rename(folder / "elsewhere.csv")
    refused = dispatch("resume")
    assert refused.code == 1
    assert "subscribers.csv" in refused.stderr
    assert len(list((folder / ".dispatch/outbox/bridge.1").glob("*.eml"))) == 1
    (folder / "elsewhere.csv").rename(folder / "subscribers.csv")
    assert dispatch("resume").code == 0
