"""How far issues have come: told from their present content and from the ledger, of which nothing is made for it."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import chdir, closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from dispatch.checks.evidence import Mistake, Proofs
from dispatch.cli.group import cli
from dispatch.content.issue import Issue
from dispatch.errors import Problem
from dispatch.preview.app import _Answers
from dispatch.preview.desk import Desk
from dispatch.preview.reload import Reloader
from dispatch.preview.standings import Standing, StandingBook
from dispatch.preview.verdicts import Verdicts
from dispatch.project import Project
from preview.client import SETTINGS, TIDES, Preview


def dispatch(folder: Path, *words: str) -> None:
    """Run a command on a newsletter."""
    with chdir(folder):
        run = CliRunner().invoke(cli, words)
    assert run.exit_code == 0, run.output


@pytest.fixture
def desk(newsletter: Path) -> Iterator[Desk]:
    """A desk without a server."""
    with Project.open(newsletter, environ={}) as project:
        yield Desk(project, {})


def saved(desk: Desk, name: str, text: str) -> dict[str, Standing]:
    """The standings after a file was written, and somebody has looked at an issue."""
    path = desk.project.config.folder / name
    path.write_text(text)
    desk.changed([path])
    desk.view("tides")
    return standings(desk)


@pytest.mark.parametrize("figures", ["data/trade.csv", "issues/trade.csv"])
def test_figures_in_a_file_belong_to_the_issue(desk: Desk, figures: str) -> None:
    folder = desk.project.config.folder
    (folder / "data").mkdir()
    (folder / figures).write_text("year,trade\n2022,3.8\n")
    saved(desk, "issues/tides.yaml", f"title: T\nblocks:\n- chart: {{title: T, csv: {figures}, source: S}}\n")
    first = desk.view("tides").sheet.good
    before = desk.surroundings
    saved(desk, figures, "year,trade\n2022,52.9\n")
    second = desk.view("tides").sheet.good
    assert first
    assert second
    assert first.compiled.pictures != second.compiled.pictures
    assert desk.surroundings > before
    assert saved(desk, figures, "year,trade\n2022,many\n")["tides"].errors == 1
    (problem,) = desk.view("tides").problems
    assert str(problem).startswith(f"{figures}:2:6: “many” is not a number")


def standings(desk: Desk) -> dict[str, Standing]:
    """Those that a browser gets which asks for the first time."""
    told = StandingBook(desk, Verdicts(desk)).standings(desk.generation)
    assert told
    return told.of


def test_issues_in_which_the_checks_find_no_error_are_checked(desk: Desk) -> None:
    def winds(text: str) -> Standing:
        return saved(desk, "issues/winds.yaml", f"title: Winds\ndate: 2026-02-02\nblocks:\n  - paragraph: {text}\n")[
            "winds"
        ]

    assert winds("It blew.") == Standing(errors=0)
    assert winds("'[x](javascript:y) and [z](javascript:z)'") == Standing(errors=2)
    assert winds("It blew again.") == Standing(errors=0)
    assert winds("[") == Standing(errors=None), "it cannot be read, and that is said already"
    assert winds("'{{no_such_field|x}}'") == Standing(errors=1)
    assert not (desk.project.config.folder / ".dispatch/dispatch.db").exists()


def test_the_browser_gets_them_as_json(quiet: Preview) -> None:
    checked = {"errors": 0, "sent": None, "changed": False}
    with quiet.views(issue="tides") as views:
        generation = str(next(views)["generation"])
    told = {"standings": {"tides": checked, "winds": checked}, "trouble": ""}
    assert quiet.ask("standings", generation=generation).json == told
    assert quiet.ask("standings", generation="-1").status == 400
    assert quiet.ask("standings", generation="9" * 5000).status == 400
    assert quiet.ask("standings").status == 400


def test_a_second_question_does_not_wait_for_the_first(desk: Desk) -> None:
    book = StandingBook(desk, Verdicts(desk))
    with book._looking:
        assert book.standings(desk.generation) is None
    assert book.standings(desk.generation) is not None


def test_an_issue_is_proof_read_before_it_is_checked_where_a_misspelling_is_an_error(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[str] = []

    def proofread(_project: Project, issue: Issue, *, patiently: bool = True) -> Proofs:
        if not patiently:
            return Proofs({}, pending=True)
        waited.append(issue.slug)
        return Proofs({("title",): (Mistake(4, 5, "", (), "R", misspelt=True),)})

    monkeypatch.setattr(Project, "proofread", proofread)
    assert (saved(desk, "dispatch.yaml", SETTINGS)["tides"].errors, waited) == (0, [])
    strict = SETTINGS + "checks: {severity: {misspelling: error}}\n"
    assert saved(desk, "dispatch.yaml", strict)["tides"].errors == 1
    assert sorted(waited) == ["tides", "winds"]


def test_files_that_change_meanwhile_end_the_checking(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []

    def judged(name: str, _proofs: object) -> tuple[Problem, ...]:
        looked.append(name)
        desk.changed([])
        return ()

    monkeypatch.setattr(desk, "judged", judged)
    assert StandingBook(desk, Verdicts(desk)).standings(desk.generation) is None
    assert looked == ["tides"]


def test_other_settings_make_a_check_void(desk: Desk) -> None:
    assert saved(desk, "dispatch.yaml", SETTINGS)["winds"] == Standing(errors=0)
    strict = saved(desk, "dispatch.yaml", SETTINGS + "checks: {severity: {missing-preheader: error}}\n")
    assert strict == {"tides": Standing(errors=0), "winds": Standing(errors=1)}


def test_other_terms_of_the_house_make_a_check_void(desk: Desk) -> None:
    assert saved(desk, "terms.yaml", "accept: [KCNA]\n")["tides"] == Standing(errors=0)
    assert saved(desk, "terms.yaml", "accept: [KCNA, KCNA]\n")["tides"] == Standing(errors=1)


def test_a_ledger_out_of_reach_is_told_and_breaks_nothing(desk: Desk) -> None:
    saved(desk, "dispatch.yaml", SETTINGS + "database: postgresql://nobody@127.0.0.1:1/none\n")
    told = StandingBook(desk, Verdicts(desk)).standings(desk.generation)
    assert told
    assert told.of["tides"] == Standing(errors=0)
    assert "127.0.0.1" in told.trouble


def test_what_was_sent_is_told_under_the_issues_slug_whatever_its_file_is_called(desk: Desk) -> None:
    folder = desk.project.config.folder
    (folder / "issues/hello.yaml").write_text("title: Hello\nblocks: [paragraph: World.]\n")
    for hour, name in enumerate(["hello", "winds", "tides"]):
        os.utime(folder / f"issues/{name}.yaml", (hour * 3600, hour * 3600))
    assert desk.start() == "tides", "it was saved last"
    dispatch(folder, "send", "tides", "--yes")
    assert desk.start() == "winds", "of those not sent"
    (folder / "issues/tides.yaml").unlink()
    sent = saved(desk, "issues/2026-03.yaml", f"slug: tides\n{TIDES}")["2026-03"].sent
    assert sent
    assert (sent.audience, sent.accepted, sent.pending) == (2, 2, 0)
    with closing(sqlite3.connect(folder / ".dispatch/dispatch.db")) as database:
        assert database.execute("SELECT created_at FROM mailing").fetchone() == (sent.began,)


def test_an_issue_that_is_not_as_it_was_mailed_is_told(desk: Desk) -> None:
    folder = desk.project.config.folder

    def changed(text: str) -> bool:
        return saved(desk, "issues/tides.yaml", text)["tides"].changed

    assert not changed(TIDES)
    other = TIDES.replace("the tide is out", "the tide is in")
    assert not changed(other), "nothing was sent"
    dispatch(folder, "send", "tides", "--yes")
    assert not changed(other)
    assert not changed(f"# a comment\n{other}allow: {{long-subject: It is a name.}}\n"), "no reader sees these"
    assert changed(TIDES)
    assert changed(other.replace("the water comes", "the flood comes"))
    assert changed(other) is False, "as it was again"
    assert not changed("["), "nobody knows"
    changed(TIDES)
    dispatch(folder, "send", "tides", "--yes", "--again")
    assert not changed(TIDES), "that was mailed last"
    with closing(sqlite3.connect(folder / ".dispatch/dispatch.db")) as database, database:
        database.execute("UPDATE mailing SET fingerprint = ''")
    assert not changed(other), "mailed by a dispatch that kept no fingerprint"


def test_a_database_of_another_version_is_left_as_it_is(desk: Desk) -> None:
    folder = desk.project.config.folder
    dispatch(folder, "send", "tides", "--yes")
    with closing(sqlite3.connect(folder / ".dispatch/dispatch.db")) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '0001'")
    told = StandingBook(desk, Verdicts(desk)).standings(desk.generation)
    assert told
    assert "another version" in told.trouble
    with closing(sqlite3.connect(folder / ".dispatch/dispatch.db")) as database:
        assert database.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)


def test_what_is_refused_is_in_the_list_with_the_reason(desk: Desk) -> None:
    issues = desk.project.config.folder / "issues"
    (issues / os.fsdecode(b"caf\xe9.yaml")).touch()
    (issues / "endless.yaml").symlink_to("/dev/zero")
    assert [entry.name for entry in desk.issues() if not entry.readable] == ["caf\\xe9", "endless"]
    assert [problem.message for problem in desk.view("caf\\xe9").problems] == [
        f"{os.path.relpath(issues)}/caf\\xe9.yaml is not read: its name is not UTF-8"
    ]
    assert Verdicts(desk).judgement("tides", desk.generation)


def test_a_verdict_stands_while_all_that_it_rests_on_does(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dispatch.preview.standings._PATIENCE", 600.0)  # one look is enough, on a busy machine too
    folder = desk.project.config.folder
    (folder / "issues/spring.yaml").write_text("title: Spring\ndate: 2026-04-01\nblocks: [paragraph: One.]\n")
    verdicts = Verdicts(desk)
    book = StandingBook(desk, verdicts)

    def unknown(*changed: str) -> set[str]:
        """The issues of which nobody knows any more, when files have changed; then somebody looks."""
        desk.changed([folder / name for name in changed])
        errors = verdicts.errors(desk.issues())
        assert book.standings(desk.generation)
        assert None not in verdicts.errors(desk.issues()).values()
        return {name for name, number in errors.items() if number is None}

    everything = {"tides", "winds", "spring"}
    assert unknown("issues/spring.yaml") == everything
    assert unknown("issues/spring.yaml") == set()
    (folder / "issues/tides.yaml").write_text(TIDES.replace("the tide is out", "the tide is in"))
    assert unknown("issues/tides.yaml") == {"tides"}
    (folder / "issues/tides.yaml").write_text(TIDES.replace("/tides", "/ebb"))
    assert unknown("issues/tides.yaml") == {"tides", "spring"}, "a later issue may repeat a link"
    (folder / "images/pier.png").unlink()
    assert unknown("images/pier.png") == everything
    assert verdicts.errors(desk.issues())["tides"] == 1
    monkeypatch.setattr("dispatch.preview.standings._PATIENCE", 0.0)
    desk.changed([])
    told = book.standings(desk.generation)
    assert told
    assert sorted(str(each.errors) for each in told.of.values()) == ["0", "None", "None"], "one is looked at, at least"


def test_an_issue_is_judged_once_in_a_state_of_the_files(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    verdicts = Verdicts(desk)
    first = verdicts.judgement("tides", desk.generation)
    monkeypatch.delattr(Desk, "judged")
    assert verdicts.judgement("tides", desk.generation) is first
    assert verdicts.judgement("tides", desk.generation + 1) is None
    assert verdicts.judgement("none", desk.generation) is None


def test_who_waits_for_findings_takes_no_thread_from_others(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, done = threading.Semaphore(0), threading.Event()

    def judged(_name: str, _proofs: object) -> tuple[Problem, ...]:
        asked.release()
        done.wait(10)
        return ()

    monkeypatch.setattr(desk, "judged", judged)
    answers = _Answers(desk, Reloader(desk), "")

    async def scene() -> None:
        query = f"issue=tides&generation={desk.generation}".encode()
        request = Request({"type": "http", "method": "GET", "path": "/findings", "headers": [], "query_string": query})
        waiting = [asyncio.create_task(answers.findings(request)) for _ in range(60)]
        try:
            await asyncio.wait_for(run_in_threadpool(asked.acquire), 5)
            await asyncio.wait_for(run_in_threadpool(desk.view, "tides"), 5)
        finally:
            done.set()
        assert {answer.status_code for answer in await asyncio.gather(*waiting)} == {200}

    asyncio.run(scene())
    assert not asked.acquire(blocking=False), "all were told what the first found out"
