"""`send`: everything is looked at before, one number agrees, and stdout says where the mailing stands."""

from __future__ import annotations

import email
import email.policy
import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import uvicorn

from cli.command import Command, Terminal
from dispatch.content.issue import read_issue
from dispatch.project import Project
from dispatch.rendering.theme import NewsletterFacts
from dispatch.testing.postmark_server import TOKEN, PostmarkServer
from dispatch.testing.smtp_server import SmtpServer
from dispatch.web.app import create_app
from dispatch.web.server import configuration, listen
from newsletter import MAILABLE, add_people, add_picture, add_segment_of_nobody, configure, snapshot


def outbox(folder: Path, mailing: str = "bridge.1") -> list[str]:
    """To whom the files of a mailing are addressed."""
    files = sorted((folder / ".dispatch/outbox" / mailing).glob("*.eml"))
    return sorted(str(email.message_from_bytes(file.read_bytes())["To"]) for file in files)


def rows(folder: Path) -> dict[str, list[object]]:
    """Everything that the database says of people and mailings."""
    with closing(sqlite3.connect(folder / ".dispatch/dispatch.db")) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        tables.remove("setting")  # which says by what key the ids are made
        return {table: connection.execute(f"SELECT * FROM {table}").fetchall() for table in sorted(tables)}


def test_everybody_who_may_be_mailed_gets_it(dispatch: Command, folder: Path) -> None:
    sent = dispatch("send", "bridge", "--yes")
    assert sent.code == 0
    assert outbox(folder) == MAILABLE
    assert sent.stdout.startswith("bridge.1  finished\n\n  audience           3\n  accepted           3\n")
    assert "  excluded           1  unconfirmed\n                     1  unsubscribed\n" in sent.stdout
    assert sent.stderr.startswith(
        """\
Issue      Who pays for the bridge?
From       Crossings <news@crossings.example>
Provider   outbox
Audience   3 recipients
Variants   2 in English
           1 in French
Excluded   1 unconfirmed
           1 unsubscribed

"""
    )
    assert sent.stderr.endswith("\nNext: dispatch why ADDRESS bridge\n")


def test_json_is_one_object_and_the_same_as_the_status(dispatch: Command) -> None:
    sent = dispatch("send", "bridge", "--yes", "--json")
    assert sent.code == 0
    assert {name: sent.json[name] for name in ("mailing", "issue", "state", "audience", "accepted", "provider")} == {
        "mailing": "bridge.1",
        "issue": "bridge",
        "state": "finished",
        "audience": 3,
        "accepted": 3,
        "provider": "outbox",
    }
    assert sent.json["excluded"] == {"unconfirmed": 1, "unsubscribed": 1}
    assert dispatch("status", "--json").json == sent.json


def test_a_dry_run_changes_nothing(dispatch: Command, folder: Path) -> None:
    add_people(folder, "late@example.com,Late,en,subscribed")
    dispatch("subscribers", "import")
    add_people(folder, "later@example.com,Later,en,unsubscribed")
    before, known = snapshot(folder), rows(folder)
    run = dispatch("send", "bridge", "--dry-run", "--json")
    assert run.code == 0
    assert run.json == {
        "dry_run": True,
        "issue": "bridge",
        "audience": 4,
        "excluded": {"unconfirmed": 1, "unsubscribed": 2},
        "provider": "outbox",
        "variants": [
            {"segments": [], "language": "en", "audience": 3},
            {"segments": [], "language": "fr", "audience": 1},
        ],
    }
    assert "nothing was sent" in run.stderr
    assert (snapshot(folder), rows(folder)) == (before, known)


def test_a_dry_run_does_not_wait_for_a_sender(dispatch: Command, project: Project) -> None:
    with project.lock.hold("other.1"):
        assert dispatch("send", "bridge", "--dry-run").code == 0
        refused = dispatch("send", "bridge", "--yes")
    assert refused.code == 1
    assert "other.1 is being sent by process" in refused.stderr


def test_a_segment(dispatch: Command, folder: Path) -> None:
    sent = dispatch("send", "bridge", "--yes", "--json", "--segment", "french")
    assert sent.json["excluded"] == {"not_in_segment": 2, "unconfirmed": 1, "unsubscribed": 1}
    assert outbox(folder) == ["bo@example.com"]
    why = dispatch("why", "ada@example.com", "bridge").stdout
    assert "not in the audience (segment french)" in why


@pytest.mark.parametrize(
    ("option", "says"), [("--segment=nowhere", "french, nobody"), ("--segment=nobody", "Nobody would get bridge")]
)
def test_a_segment_without_anybody(option: str, says: str, dispatch: Command, folder: Path) -> None:
    add_segment_of_nobody(folder)
    refused = dispatch("send", "bridge", "--yes", option)
    assert (refused.code, refused.stdout) == (1, "")
    assert says in refused.stderr
    assert rows(folder)["mailing"] == rows(folder)["subscriber"] == []


def test_a_limit_pauses_and_resume_goes_on(dispatch: Command, folder: Path) -> None:
    limited = dispatch("send", "bridge", "--yes", "--limit", "1")
    assert limited.code == 3
    assert "bridge.1  paused\n" in limited.stdout
    assert limited.stderr.endswith("\nNext: dispatch resume bridge.1\n")
    assert len(outbox(folder)) == 1
    assert dispatch("resume").code == 0
    assert outbox(folder) == MAILABLE


def test_an_issue_that_was_sent_is_not_sent_again(dispatch: Command, folder: Path) -> None:
    dispatch("send", "bridge", "--yes")
    add_people(folder, "new@example.com,New,en,subscribed")
    again = dispatch("send", "bridge", "--yes", "--json")
    assert again.code == 1
    (problem,) = again.json["problems"]
    assert again.json["error"] == "SendRefused"
    assert "bridge.1, 3 are accepted and 0 pending" in problem["message"]
    assert "--again" in problem["remedy"]
    assert outbox(folder, "bridge.2") == []


def test_new_subscribers_only(dispatch: Command, folder: Path) -> None:
    dispatch("send", "bridge", "--yes")
    nobody = dispatch("send", "bridge", "--yes", "--new-subscribers")
    assert nobody.code == 1
    assert "Nobody would get bridge" in nobody.stderr
    add_people(folder, "new@example.com,New,en,subscribed")
    sent = dispatch("send", "bridge", "--yes", "--new-subscribers", "--json")
    assert (sent.json["mailing"], sent.json["audience"], sent.json["excluded"]["already_mailed"]) == ("bridge.2", 1, 3)
    assert outbox(folder, "bridge.2") == ["new@example.com"]


def test_again(dispatch: Command, folder: Path) -> None:
    dispatch("send", "bridge", "--yes")
    assert dispatch("send", "bridge", "--again", "--yes").code == 0
    assert outbox(folder, "bridge.2") == MAILABLE
    both = dispatch("send", "bridge", "--again", "--new-subscribers", "--yes")
    assert both.code == 2
    assert "exclude each other" in both.stderr


def test_rejected_lines_stop_it_unless_they_are_skipped(dispatch: Command, folder: Path) -> None:
    add_people(folder, "no address,Nobody,en,subscribed")
    stopped = dispatch("send", "bridge", "--yes")
    assert stopped.code == 1
    assert "subscribers.csv:7: " in stopped.stderr
    assert "--skip-rejected" in stopped.stderr
    assert rows(folder)["subscriber"] == []
    sent = dispatch("send", "bridge", "--yes", "--skip-rejected", "--json")
    assert sent.code == 0
    assert (sent.json["audience"], sent.json["excluded"]["rejected"]) == (3, 1)


def test_errors_of_the_checks_stop_it_and_warnings_are_told(dispatch: Command, folder: Path) -> None:
    issue = folder / "issues/bridge.yaml"
    issue.write_text(issue.read_text() + "  - paragraph: TODO\n")
    warned = dispatch("send", "bridge", "--dry-run")
    assert warned.code == 0
    assert "issues/bridge.yaml:6:16: warning: " in warned.stderr
    issue.write_text(issue.read_text() + "  - paragraph: Size {{shoe_size|42}}\n")
    stopped = dispatch("send", "bridge", "--yes")
    assert (stopped.code, stopped.stdout) == (1, "")
    assert "issues/bridge.yaml:7:" in stopped.stderr
    assert "bridge has 1 error, so nothing was sent" in stopped.stderr
    assert rows(folder)["subscriber"] == []


def test_an_issue_that_cannot_be_read_is_told_as_json_too(dispatch: Command, folder: Path) -> None:
    (folder / "issues/bridge.yaml").write_text("title: Bridge\nblocks:\n  - paragraf: Hello\n")
    broken = dispatch("send", "bridge", "--yes", "--json")
    assert broken.code == 1
    (problem,) = broken.json["problems"]
    assert broken.json["error"] == "InvalidIssue"
    assert (problem["file"], problem["line"]) == ("issues/bridge.yaml", 3)
    assert "issues/bridge.yaml:3:" in broken.stderr


def test_without_a_terminal_it_needs_a_yes(dispatch: Command, folder: Path) -> None:
    before = rows(folder)
    refused = dispatch("send", "bridge")
    assert (refused.code, refused.stdout) == (2, "")
    assert "--yes" in refused.stderr
    assert rows(folder) == before


def test_the_number_is_asked_for(dispatch: Command, terminal: Terminal, folder: Path) -> None:
    terminal.types("3\n")
    sent = dispatch("send", "bridge", "--json")
    assert (sent.code, sent.json["accepted"]) == (0, 3)
    assert sent.stdout.startswith("{")
    assert "Type 3 to send: " in terminal.said()
    assert outbox(folder) == MAILABLE


@pytest.mark.parametrize("typed", ["4\n", "yes\n", "\n", "again 3\n"])
def test_another_number_sends_nothing(typed: str, dispatch: Command, terminal: Terminal, folder: Path) -> None:
    before = rows(folder)
    terminal.types(typed)
    refused = dispatch("send", "bridge")
    assert (refused.code, refused.stdout) == (1, "")
    assert "so nothing was sent" in terminal.said()
    assert rows(folder) == before
    assert outbox(folder) == []


def test_no_answer_sends_nothing(dispatch: Command, terminal: Terminal, folder: Path) -> None:
    terminal.types("\x04")  # Ctrl-D
    assert dispatch("send", "bridge").code == 130
    assert terminal.said().endswith("Interrupted.\n")
    assert rows(folder)["mailing"] == []


@pytest.mark.parametrize(("typed", "code"), [("3\n", 1), ("again 3\n", 0)])
def test_second_copies_are_asked_for_in_a_word_more(
    typed: str, code: int, dispatch: Command, terminal: Terminal, folder: Path
) -> None:
    dispatch("send", "bridge", "--yes")
    terminal.types(typed)
    assert dispatch("send", "bridge", "--again").code == code
    assert "Type again 3 to send: " in terminal.said()
    assert len(outbox(folder, "bridge.2")) == (0 if code else 3)


# --- real mail -----------------------------------------------------------------------------------


@pytest.fixture
def smtp(keyed: Path, tmp_path: Path) -> Iterator[SmtpServer]:
    """A mail server that the newsletter knows, and the outbox as its usual provider."""
    with SmtpServer(tmp_path / "truth") as server:
        configure(keyed, f"providers: {{smtp: {{host: 127.0.0.1, port: {server.port}, tls: none}}}}\n")
        yield server


@contextmanager
def web_service(project: Project, port_of: Callable[[int], None]) -> Iterator[None]:
    """The newsletter's own service, as `dispatch serve` runs it."""
    app = create_app(
        database=project.database,
        store=project.store,
        ring=project.ring,
        media=project.media,
        newsletter=NewsletterFacts(name="Crossings"),
        mailings=list,
    )
    with listen("127.0.0.1", 0) as listener:
        port_of(listener.getsockname()[1])
        server = uvicorn.Server(configuration(app))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield
        finally:
            server.should_exit = True
            thread.join()


def use_postmark(folder: Path, server: PostmarkServer) -> None:
    """Make the server known as a provider, for one call at a time, without asking for the way out."""
    configure(
        folder,
        f"""\
providers: {{postmark: {{token: "${{POSTMARK_TOKEN}}", base_url: "{server.url}"}}}}
unsubscribe: {{probe: false}}
delivery: {{concurrency: 1}}
""",
    )
    (folder / ".env").write_text(f"POSTMARK_TOKEN={TOKEN}\n")


def test_real_mail_needs_a_way_out_that_proves_itself(dispatch: Command, smtp: SmtpServer, keyed: Path) -> None:
    def lead_to(port: int) -> None:
        configure(keyed, f"unsubscribe: {{url: 'http://127.0.0.1:{port}/u/'}}\n")

    with Project.open(keyed, environ={"DISPATCH_KEY": "a key for tests, which must be long enough"}) as project:
        with web_service(project, lead_to):
            sent = dispatch("send", "bridge", "--yes", "--provider", "smtp", "--json")
            assert (sent.code, sent.json["accepted"], sent.json["provider"]) == (0, 3, "smtp")
            assert sorted(entry["recipient"] for entry in smtp.truth.entries()) == MAILABLE
        refused = dispatch("send", "bridge", "--again", "--yes", "--provider", "smtp")
    assert refused.code == 1
    assert "nobody can leave at http://127.0.0.1:" in refused.stderr
    assert dispatch("status", "bridge.2").code == 1
    assert dispatch("send", "bridge", "--again", "--yes").code == 0, "the outbox asks for no way out"


def test_the_way_out_follows_from_the_address_of_the_newsletter(dispatch: Command, smtp: SmtpServer) -> None:
    refused = dispatch("send", "bridge", "--yes", "--provider", "smtp")
    assert refused.code == 1
    assert "nobody can leave at https://crossings.example/u/" in refused.stderr
    assert not smtp.connections


def test_a_dry_run_asks_for_the_way_out(dispatch: Command, smtp: SmtpServer) -> None:
    assert dispatch("send", "bridge", "--dry-run", "--provider", "smtp").code == 1


def test_real_mail_needs_a_key(dispatch: Command, folder: Path) -> None:
    configure(folder, "providers: {smtp: {host: 127.0.0.1, port: 1, tls: none}}\nunsubscribe: {probe: false}\n")
    refused = dispatch("send", "bridge", "--yes", "--provider", "smtp")
    assert refused.code == 1
    assert "no key is set" in refused.stderr
    assert "DISPATCH_KEY" in refused.stderr
    assert dispatch("test", "bridge", "--to", "me@example.com", "--provider", "smtp").code == 1


@pytest.mark.parametrize(
    ("claim", "told"),
    [("git", "there is no git remote"), ("database", "the database alone"), ("none", "none: nothing")],
)
def test_what_keeps_others_from_sending_is_told(
    claim: str, told: str, dispatch: Command, mail: SmtpServer, folder: Path
) -> None:
    config = folder / "dispatch.yaml"
    config.write_text(config.read_text().replace("concurrency: 1", f"claim: {claim}"))
    sent = dispatch("send", "bridge", "--yes", "--dry-run")
    assert told in next(line for line in sent.stderr.splitlines() if line.startswith("Claim "))


def test_a_renamed_file_is_the_same_issue(dispatch: Command, folder: Path) -> None:
    assert dispatch("send", "bridge", "--yes", "--provider", "outbox").code == 0
    (folder / "issues/bridge.yaml").rename(folder / "issues/bridges.yaml")
    for options in ((), ("--new-subscribers",)):
        refused = dispatch("send", "bridges", "--yes", "--provider", "outbox", *options)
        assert refused.code == 1
        assert "bridges says what bridge.1 says (2 of its 2 parts are the same), and that one has 3" in refused.stderr
        assert "`slug: bridge`" in refused.stderr
    assert dispatch("send", "bridges", "--yes", "--provider", "outbox", "--again").code == 0


def test_an_issue_of_one_reader_who_has_it(dispatch: Command, folder: Path) -> None:
    (folder / "subscribers.csv").write_text("email\nada@example.com\n")
    assert dispatch("send", "bridge", "--yes", "--provider", "outbox").code == 0
    again = dispatch("send", "bridge", "--yes", "--provider", "outbox")
    assert "of 1 recipient of bridge.1, 1 is accepted and 0 pending" in again.stderr
    (folder / "issues/bridge.yaml").rename(folder / "issues/bridges.yaml")
    renamed = dispatch("send", "bridges", "--yes", "--provider", "outbox")
    assert "(2 of its 2 parts are the same), and that one has 1 recipient\n" in renamed.stderr


def test_a_renamed_file_is_the_same_issue_as_in_an_older_ledger(dispatch: Command, folder: Path) -> None:
    issue = folder / "issues/bridge.yaml"
    issue.write_text(issue.read_text() + "  - heading: One\n  - list: [first, second]\n  - callout: Three things.\n")
    assert dispatch("send", "bridge", "--yes", "--provider", "outbox").code == 0
    with closing(sqlite3.connect(folder / ".dispatch/dispatch.db")) as connection, connection:
        says = json.dumps(read_issue(issue.read_bytes(), "bridge.yaml").former_digests())
        connection.execute("UPDATE mailing SET says = ?", (says,))
    issue.rename(folder / "issues/bridges.yaml")
    refused = dispatch("send", "bridges", "--yes", "--provider", "outbox")
    assert refused.code == 1
    assert "bridges says what bridge.1 says (5 of its 5 parts are the same)" in refused.stderr


def test_a_provider_that_is_not_there(dispatch: Command) -> None:
    refused = dispatch("send", "bridge", "--yes", "--provider", "outbx")
    assert refused.code == 1
    assert "outbox" in refused.stderr


def test_a_lost_answer_is_uncertain(dispatch: Command, mail: SmtpServer) -> None:
    mail.faults.add("dot", "lose", times=1)
    sent = dispatch("send", "bridge", "--yes")
    assert sent.code == 4
    assert "bridge.1  finished, uncertain\n" in sent.stdout
    assert "  uncertain          1\n" in sent.stdout
    assert "dispatch settle bridge.1 --resend" in sent.stderr
    assert "Next: dispatch" not in sent.stderr


def test_trouble_with_the_account_stops_it_and_resume_goes_on(dispatch: Command, keyed: Path, tmp_path: Path) -> None:
    with PostmarkServer(tmp_path / "truth") as server:
        server.faults.add("batch", "401", times=1)
        use_postmark(keyed, server)
        stopped = dispatch("send", "bridge", "--yes", "--json", "--provider", "postmark")
        assert (stopped.code, stopped.json["state"], stopped.json["pending"]) == (3, "stopped", 3)
        assert "401" in stopped.stderr
        assert stopped.stderr.endswith("\nNext: dispatch resume bridge.1\n")
        assert dispatch("resume", "--json").json["accepted"] == 3


def test_the_duration_is_told_where_a_rate_is_known(dispatch: Command, mail: SmtpServer, folder: Path) -> None:
    config = folder / "dispatch.yaml"
    config.write_text(config.read_text().replace("concurrency: 1", "concurrency: 1, rate: 1/m"))
    told = dispatch("send", "bridge", "--dry-run").stderr
    assert "Duration   about 3 minutes at 1/m\n" in told


# --- pictures ------------------------------------------------------------------------------------


def test_hosted_pictures_are_published_before_mail_refers_to_them(dispatch: Command, folder: Path) -> None:
    configure(folder, "images: hosted\n")
    add_picture(folder)
    assert dispatch("send", "bridge", "--yes").code == 0
    (picture,) = (folder / ".dispatch/media").iterdir()
    (first, *_) = (folder / ".dispatch/outbox/bridge.1").glob("*.eml")
    message = email.message_from_bytes(first.read_bytes(), policy=email.policy.default)
    html = message.get_body(("html",))
    assert html
    assert f"https://crossings.example/media/{picture.name}" in html.get_content()
    assert [part.get_content_type() for part in message.walk()] == ["multipart/alternative", "text/plain", "text/html"]


def test_embedded_pictures_travel_inside(dispatch: Command, folder: Path) -> None:
    add_picture(folder)
    assert dispatch("send", "bridge", "--yes").code == 0
    (first, *_) = (folder / ".dispatch/outbox/bridge.1").glob("*.eml")
    message = email.message_from_bytes(first.read_bytes())
    assert "image/png" in [part.get_content_type() for part in message.walk()]
    assert not (folder / ".dispatch/media").exists()


def test_by_postmark_pictures_are_hosted(dispatch: Command, keyed: Path, tmp_path: Path) -> None:
    add_picture(keyed)
    with PostmarkServer(tmp_path / "truth") as server:
        use_postmark(keyed, server)
        sent = dispatch("send", "bridge", "--yes", "--provider", "postmark", "--json")
        assert (sent.code, sent.json["accepted"]) == (0, 3)
        assert b"https://crossings.example/media/" in server.calls[0]
        assert b"Attachments" not in server.calls[0]
    assert len(list((keyed / ".dispatch/media").iterdir())) == 1


# --- what the provider says beforehand -----------------------------------------------------------


def test_a_provider_that_would_put_its_own_way_out_over_ours_stops_it_before_the_freeze(
    dispatch: Command, keyed: Path, tmp_path: Path
) -> None:
    with PostmarkServer(tmp_path / "truth") as server:
        server.stream["SubscriptionManagementConfiguration"] = {"UnsubscribeHandlingType": "Postmark"}
        use_postmark(keyed, server)
        for way in ("--yes", "--dry-run"):
            refused = dispatch("send", "bridge", way, "--provider", "postmark")
            assert refused.code == 1
            assert "Postmark replaces our unsubscribe headers" in refused.stderr
            assert "`dispatch doctor` looks again" in refused.stderr
        assert server.truth.entries() == []
    assert rows(keyed)["mailing"] == []


def test_a_key_that_may_send_and_not_ask_is_good_enough(
    dispatch: Command, keyed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with PostmarkServer(tmp_path / "truth") as server:
        use_postmark(keyed, server)
        server.faults.add("ask", "403", times=-1)
        assert dispatch("send", "bridge", "--yes", "--provider", "postmark").code == 0


def test_a_server_that_cannot_be_asked_is_told_before_the_freeze(dispatch: Command, mail: SmtpServer) -> None:
    mail.stop()
    run = dispatch("send", "bridge", "--dry-run")
    assert "How the account stands was not seen: 127.0.0.1" in run.stderr
    assert "cannot be reached" in run.stderr
