"""`check` and `build`: what is wrong, at file:line:col, and what becomes of it, in files."""

from __future__ import annotations

import email
import os
import shutil
import socket
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from cli.command import Command, Terminal
from dispatch.checks import weight
from dispatch.checks.waivers import Judgement
from dispatch.content.issue import Issue
from dispatch.newsroom import Newsroom
from newsletter import add_people, add_picture, configure, snapshot

# --- check ---------------------------------------------------------------------------------------


def test_nothing_is_wrong(dispatch: Command, folder: Path) -> None:
    checked = dispatch("check")
    assert (checked.code, checked.stdout) == (0, "")
    assert checked.stderr == "1 issue checked: 0 errors, 0 warnings.\n"
    nothing = {"findings": [], "waived": [], "errors": 0, "warnings": 0, "fixed": []}
    assert dispatch("check", "--json").json == nothing


def test_a_line_of_the_list_that_would_be_left_out_is_told(dispatch: Command, folder: Path) -> None:
    add_people(folder, "Kim <kim@lowertown.example>,Kim,en,subscribed")
    checked = dispatch("check")
    assert "warning: nobody is mailed by this line: 'Kim <kim@lowertown.example>' is not an address" in checked.stdout
    assert "write only kim@lowertown.example [rejected-line]" in checked.stdout
    assert checked.stdout.startswith("subscribers.csv:7: ")
    assert checked.code == 0
    shutil.copy(folder / "issues/bridge.yaml", folder / "issues/road.yaml")
    again = dispatch("check")
    assert again.stdout.count("subscribers.csv:7: ") == 1, "though every issue has it"
    assert again.stderr.startswith("2 issues checked: 0 errors")


def test_an_address_that_stands_twice_is_told_in_the_words_of_send(dispatch: Command, folder: Path) -> None:
    add_people(folder, "ADA@Example.com,Ada,en,unsubscribed", "no address,,,")
    told = "subscribers.csv:7: warning: nobody is mailed by this line: the address ADA@example.com stands on line 2 already"
    lines = dispatch("check").stdout.splitlines()
    assert told in lines[0]
    assert [line.partition(" ")[0] for line in lines if "subscribers.csv" in line] == [
        "subscribers.csv:7:",
        "subscribers.csv:8:",
    ]
    assert "the address ADA@example.com stands on line 2 already" in dispatch("send", "bridge", "--yes").stderr


@pytest.mark.parametrize(("name", "meant"), [("ridge", "bridge"), ("bri", "bridge"), ("tunnel", "")])
def test_an_issue_that_does_not_exist_is_not_counted(dispatch: Command, folder: Path, name: str, meant: str) -> None:
    checked = dispatch("check", name)
    assert checked.code == 1
    assert f"there is no issue {name}" in checked.stdout
    assert (f"Did you mean {meant}?" if meant else "There are: bridge.") in checked.stdout
    assert checked.stderr == "0 issues checked: 1 error, 0 warnings.\n"


def test_warnings_fail_only_where_it_is_strict(dispatch: Command, folder: Path) -> None:
    write(folder, "  - paragraph: TODO\n")
    checked = dispatch("check", "bridge")
    assert checked.code == 0
    assert checked.stdout.startswith("issues/bridge.yaml:6:16: warning: “TODO” looks like a placeholder")
    assert checked.stderr == "1 issue checked: 0 errors, 1 warning.\n"
    assert dispatch("check", "bridge", "--strict").code == 1


def test_the_size_that_is_told_is_that_of_the_largest_message_as_it_arrives(
    dispatch: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weight, "NEAR_THE_CLIP", 1)  # so that it is told of a small mail as well
    sent = dispatch("send", "bridge", "--yes")
    html = []
    for file in (folder / ".dispatch/outbox").rglob("*.eml"):
        message = email.message_from_bytes(file.read_bytes(), policy=email.policy.SMTP)
        html += [part.get_payload(decode=True) for part in message.walk() if part.get_content_type() == "text/html"]
    assert len(html) == 3
    assert f"{max(map(len, html)):,} bytes of HTML" in sent.stdout + sent.stderr


def test_what_is_allowed_does_not_fail(dispatch: Command, folder: Path) -> None:
    write(folder, "  - paragraph: TODO\nallow: {leftover-placeholder: The bridge is called TODO.}\n")
    checked = dispatch("check", "--strict")
    assert (checked.code, checked.stdout) == (0, "")
    assert checked.stderr == "1 issue checked: 0 errors, 0 warnings, 1 allowed.\n"
    told = dispatch("check", "--format", "json").json
    assert told["findings"] == []
    assert [waived["reason"] for waived in told["waived"]] == ["The bridge is called TODO."]
    configure(folder, "checks: {severity: {leftover-placeholder: error}}\n")
    assert dispatch("send", "bridge", "--dry-run").code == 0


def test_the_newsletter_says_what_stops_a_mailing(dispatch: Command, folder: Path) -> None:
    write(folder, "  - paragraph: TODO\n")
    configure(folder, "checks: {severity: {leftover-placeholder: error}}\n")
    assert dispatch("check").code == 1
    assert dispatch("send", "bridge", "--yes").code == 1


def test_a_slip_in_the_settings_of_checks_stops_everything(dispatch: Command, folder: Path) -> None:
    configure(folder, "checks: {allow: {leftover-placeholders: Why not.}}\n")
    checked = dispatch("check")
    assert checked.code == 1
    assert "Did you mean `leftover-placeholder`?" in checked.stdout
    assert dispatch("send", "bridge", "--yes").code == 1


def test_for_github(dispatch: Command, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(folder, "  - paragraph: TODO\n")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(folder.parent))
    checked = dispatch("check", "--format", "github")
    assert (checked.code, checked.stderr) == (0, "")
    assert checked.stdout == (
        f"::warning file={folder.name}/issues/bridge.yaml,line=6,col=16,title=leftover-placeholder::"
        "“TODO” looks like a placeholder%0AWrite what belongs there.\n"
    )


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What this process asks the network, all in vain."""
    asked: list[object] = []

    def refuse(*arguments: object, **_options: object) -> None:
        asked.append(arguments)
        raise OSError("there is no network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    return asked


def test_nobody_is_asked_unless_it_is_wanted(dispatch: Command, folder: Path, asked: list[object]) -> None:
    write(
        folder,
        "  - paragraph: See [the bridge](https://crossings.example/a) of [Northtown](https://north.example/b).\n",
    )
    assert dispatch("check", "--strict").code == 0
    assert dispatch("send", "bridge", "--dry-run").code == 0
    assert asked == []
    checked = dispatch("check", "--online", "--strict")
    assert checked.code == 1
    assert "issues/bridge.yaml:6:20: warning: the link https://crossings.example/a has a host that" in checked.stdout
    assert "1 issue checked: 0 errors, 2 warnings." in checked.stderr
    assert asked


def test_this_machine_is_not_asked_for_a_link(dispatch: Command, folder: Path, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/").respond_with_data("secret")
    write(folder, f"  - paragraph: See [the bridge](http://127.0.0.1:{httpserver.port}/).\n")
    assert "leads to 127.0.0.1, which is no public address" in dispatch("check", "--online").stdout
    assert httpserver.log == []


def test_errors_fail(dispatch: Command, folder: Path) -> None:
    write(folder, "  - paragraph: Size {{shoe_size|42}}\n")
    checked = dispatch("check", "issues/bridge.yaml", "--json")
    assert (checked.code, checked.json["errors"]) == (1, 1)
    (finding,) = checked.json["findings"]
    assert finding["severity"] == "error"
    assert (finding["file"], finding["line"]) == ("issues/bridge.yaml", 6)
    assert checked.stderr == ""


def test_one_broken_issue_hides_no_other(dispatch: Command, folder: Path) -> None:
    shutil.copy(folder / "issues/bridge.yaml", folder / "issues/road.yaml")
    write(folder, "  - paragraf: Hello\n")
    (folder / "issues/zoo.yaml").write_text("title: Zoo\nblocks:\n  - paragraph: TK\n")
    checked = dispatch("check", "--json")
    assert checked.code == 1
    assert [(finding["check"], finding["file"]) for finding in checked.json["findings"]][:1] == [
        ("unreadable", "issues/bridge.yaml")
    ]
    assert "issues/zoo.yaml" in {finding["file"] for finding in checked.json["findings"]}
    named = dispatch("check", "bridg", "zoo", "--json").json
    assert "there is no issue bridg" in named["findings"][0]["message"]


def test_a_missing_list_is_told_once(dispatch: Command, folder: Path) -> None:
    shutil.copy(folder / "issues/bridge.yaml", folder / "issues/road.yaml")
    (folder / "subscribers.csv").unlink()
    checked = dispatch("check")
    assert checked.code == 1
    assert checked.stdout.count("subscribers.csv") == 1
    assert "2 issues checked: 1 error" in checked.stderr


def test_looking_at_an_issue_needs_no_secrets(dispatch: Command, folder: Path) -> None:
    configure(folder, 'keys: ["${NO_KEY}"]\nprovider: postmark\nproviders: {postmark: {token: "${NO_TOKEN}"}}\n')
    assert dispatch("check").code == dispatch("build", "bridge").code == dispatch("config", "show").code == 0
    refused = dispatch("send", "bridge", "--yes")
    assert refused.code == 1
    assert "dispatch.yaml:10:32: the environment variable NO_TOKEN is not set" in refused.stderr


def test_an_issue_from_elsewhere(dispatch: Command, folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "draft.yaml"
    elsewhere.write_text("title: A draft\nblocks:\n  - paragraph: TODO\n")
    checked = dispatch("check", str(elsewhere))
    assert checked.code == 0
    assert f"{os.path.relpath(elsewhere)}:3:16: warning: " in checked.stdout


def test_two_issues_with_one_slug(dispatch: Command, folder: Path) -> None:
    (folder / "issues/road.yaml").write_text(f"slug: bridge\n{(folder / 'issues/bridge.yaml').read_text()}")
    checked = dispatch("check", "road")
    assert checked.code == 1
    assert checked.stdout.startswith("issues/road.yaml:1:7: issues/bridge.yaml has the slug bridge too")
    assert dispatch("send", "road", "--yes").code == dispatch("send", "bridge", "--yes").code == 1
    built = dispatch("build")
    assert built.code == 1
    assert "issues/road.yaml:1:7: issues/bridge.yaml has the slug bridge too" in built.stderr
    assert not (folder / "build").exists()


def test_an_issue_can_be_named_by_the_slug_that_it_gives_itself(dispatch: Command, folder: Path) -> None:
    (folder / "issues/2026-03.yaml").write_text(f"slug: road\n{(folder / 'issues/bridge.yaml').read_text()}")
    assert dispatch("check", "road").code == 0
    assert dispatch("send", "road", "--yes", "--json").json["mailing"] == "road.1"
    assert dispatch("status", "road").code == 0
    assert "Did you mean bridge?" in dispatch("check", "bridg").stdout


def test_colour_is_for_terminals_only(dispatch: Command, folder: Path, terminal: Terminal) -> None:
    write(folder, "  - paragraph: TODO\n")
    assert "\x1b" not in dispatch("check").stdout
    assert dispatch("send", "bridge", "--dry-run").code == 0
    assert "\x1b[33mwarning\x1b[0m: " in terminal.said()


FIXABLE = """\
  - paragraph: >-
      Read [all of it](www.crossings.example/bridge) or
      [more](https://crossings.example/the report.pdf) 🌉
  - button: {text: Read on, url: “https://crossings.example/”} # it's here
  - paragraph: TODO
"""


def test_what_is_certain_is_fixed(dispatch: Command, folder: Path) -> None:
    write(folder, FIXABLE)
    path = folder / "issues/bridge.yaml"
    path.write_bytes(
        path.read_bytes().replace(b"\n", b"\r\n").replace(b"title:", b"subject: 'Re: FW: It''s'\r\ntitle:")
    )
    before = path.read_bytes()
    checked = dispatch("check")
    assert checked.stdout.count("(`dispatch check --fix` does it)") == 4
    assert path.read_bytes() == before

    fixed = dispatch("check", "--fix")
    assert fixed.code == 0
    assert fixed.stdout.splitlines()[:4] == [
        "issues/bridge.yaml:1:11: fixed: Leave out “Re: FW:” [pretended-reply]",
        "issues/bridge.yaml:8:12: fixed: Write https://www.crossings.example/bridge [malformed-link]",
        "issues/bridge.yaml:9:12: fixed: Write https://crossings.example/the%20report.pdf [malformed-link]",
        "issues/bridge.yaml:10:34: fixed: Write https://crossings.example/ [malformed-link]",
    ]
    assert "    -subject: 'Re: FW: It''s'\n    +subject: 'It''s'\n" in fixed.stdout
    assert "[leftover-placeholder]" in fixed.stdout.splitlines()[-2]
    assert fixed.stderr == "1 issue checked, 4 of 5 findings fixed: 0 errors, 1 warning.\n"
    after = before.replace(b"Re: FW: ", b"").replace(b"(www", b"(https://www").replace(b"the report", b"the%20report")
    assert path.read_bytes() == after.replace("“".encode(), b"").replace("”".encode(), b"")
    again = dispatch("check", "--fix")
    assert "fixed" not in again.stdout
    assert again.stderr == (
        "Nothing here can be mended for certain.\n1 issue checked, 0 of 1 finding fixed: 0 errors, 1 warning.\n"
    )


def test_a_fix_that_cannot_be_written_keeps_no_other_from_it(dispatch: Command, folder: Path) -> None:
    write(folder, '  - chart: {title: A, source: B, data: {"a - b": 1, "a – b": 2}}\n  - paragraph: Up by 5 %.\n')
    fixed = dispatch("check", "--fix")
    assert fixed.code == 0
    assert "[spaced-percent]\n" in fixed.stdout
    assert "[typewriter-dash]\n    Write dashes.\n" in fixed.stdout, "it is told, but not as what --fix does"
    assert (folder / "issues/bridge.yaml").read_text().endswith('"a – b": 2}}\n  - paragraph: Up by 5%.\n')


def test_what_was_fixed_as_json(dispatch: Command, folder: Path) -> None:
    write(folder, FIXABLE)
    report = dispatch("check", "--fix", "--json").json
    assert [finding["fix"]["title"] for finding in report["fixed"]] == [
        "Write https://www.crossings.example/bridge",
        "Write https://crossings.example/the%20report.pdf",
        "Write https://crossings.example/",
    ]
    assert [finding["check"] for finding in report["findings"]] == ["leftover-placeholder"]
    assert (report["errors"], report["warnings"]) == (0, 1)


def test_an_issue_from_elsewhere_is_not_written(dispatch: Command, folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "draft.yaml"
    elsewhere.write_text(f"title: A draft\npreheader: It is one.\nblocks:\n{FIXABLE}")
    before = elsewhere.read_bytes()
    refused = dispatch("check", str(elsewhere), "--fix")
    assert refused.code == 1
    assert "is outside of the newsletter's folder, and is left as it is" in refused.stdout
    assert elsewhere.read_bytes() == before


def test_an_issue_that_changes_while_it_is_checked_is_not_written(
    dispatch: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder, FIXABLE)
    path = folder / "issues/bridge.yaml"
    judge = Newsroom.judge

    def judge_slowly(newsroom: Newsroom, issue: Issue, **options: Any) -> Judgement:
        judgement = judge(newsroom, issue, **options)
        path.write_text("title: Mine\n")
        return judgement

    monkeypatch.setattr(Newsroom, "judge", judge_slowly)
    refused = dispatch("check", "--fix")
    assert refused.code == 1
    assert "issues/bridge.yaml was changed meanwhile, and is left as it is" in refused.stdout
    assert path.read_text() == "title: Mine\n"


def test_without_a_newsletter(dispatch: Command, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    lost = dispatch("check", "--json")
    assert (lost.code, lost.json["error"]) == (1, "NotFound")
    assert "dispatch init" in lost.stderr
    assert dispatch("-c", "newsletter/dispatch.yaml", "check", "bridge").code == 0
    assert dispatch("-c", "newsletter", "check").code == 0
    assert dispatch("-c", "nowhere.yaml", "check").code == 1


# --- build ---------------------------------------------------------------------------------------


def test_build_an_issue(dispatch: Command, folder: Path) -> None:
    add_picture(folder)
    built = dispatch("build", "bridge", "--out", "out")
    assert (built.code, built.stderr) == (0, "")
    files = {str(path.relative_to(folder)) for path in (folder / "out").rglob("*") if path.is_file()}
    assert set(built.stdout.splitlines()) == files
    named = {name for name in files if "/media/" not in name}
    assert named == {f"out/bridge/{name}" for name in ("email.html", "email.txt", "message.eml", "web.html")}
    assert len(files - named) == 1
    assert email.message_from_bytes((folder / "out/bridge/message.eml").read_bytes())["Subject"]


def test_building_twice_gives_the_same_bytes(dispatch: Command, folder: Path) -> None:
    add_picture(folder)
    dispatch("build", "bridge")
    first = snapshot(folder / "build")
    dispatch("build", "bridge")
    assert snapshot(folder / "build") == first


def test_build_the_archive(dispatch: Command, folder: Path) -> None:
    built = dispatch("build")
    assert built.code == 0
    assert built.stdout.split() == [
        "build/index.html",
        "build/feed.xml",
        "build/sitemap.xml",
        "build/bridge/index.html",
    ]


def test_an_archive_with_a_broken_issue_is_not_built(dispatch: Command, folder: Path) -> None:
    (folder / "issues/road.yaml").write_text("title: Road\n")
    (folder / "issues/zoo.yaml").write_text("title: Zoo\n")
    broken = dispatch("build")
    assert (broken.code, broken.stdout) == (1, "")
    assert "issues/road.yaml:1" in broken.stderr
    assert "issues/zoo.yaml:1" in broken.stderr
    assert not (folder / "build").exists()


def test_a_folder_that_cannot_be_written_to(dispatch: Command, folder: Path) -> None:
    (folder / "build").write_text("a file")
    refused = dispatch("build", "bridge", "--out", "build/deeper")
    assert refused.code == 1
    assert "build" in refused.stderr
    assert "Look at the disk" in refused.stderr
    assert dispatch("build", "bridge").code == 2


def test_hosted_pictures_are_where_mail_looks_for_them(dispatch: Command, folder: Path) -> None:
    configure(folder, "images: hosted\n")
    add_picture(folder)
    dispatch("build")
    dispatch("build", "bridge")
    pictures = {path.name for path in (folder / "build/media").iterdir()}
    message = email.message_from_bytes((folder / "build/bridge/message.eml").read_bytes())
    html = next(part for part in message.walk() if part.get_content_type() == "text/html")
    shown = html.get_payload(decode=True).decode()
    assert any(f"https://crossings.example/media/{name}" in shown for name in pictures)


def write(folder: Path, lines: str) -> None:
    """Write lines below the issue's blocks."""
    with (folder / "issues/bridge.yaml").open("a") as file:
        file.write(lines)
