"""`diff`: what changes for the reader between two commits, or since the last one, of a newsletter in real git."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from cli.command import Command
from clones import clone, git, share
from dispatch.inspection.proofreading import engine_for
from dispatch.yaml_source import MAX_BYTES
from newsletter import ISSUE, add_picture, configure, snapshot

GUIDE = Path(__file__).parents[2] / "docs" / "guide.md"


@pytest.fixture(autouse=True)
def committed(folder: Path, tmp_path: Path) -> Path:
    """The newsletter, all of it committed and pushed."""
    share(folder, tmp_path / "remote")
    return folder


def change(folder: Path, old: str, new: str, name: str = "issues/bridge.yaml") -> None:
    text = (folder / name).read_text()
    assert old in text
    (folder / name).write_text(text.replace(old, new))


def commit(folder: Path, message: str = "Two") -> None:
    git(folder, "add", "-A", ".")
    git(folder, "commit", "-qm", message)


def test_nothing_has_changed(dispatch: Command, folder: Path) -> None:
    run = dispatch("diff")
    assert (run.code, run.stdout) == (0, "")
    assert run.stderr.startswith("Nothing changes for the reader: HEAD (")
    assert run.stderr.endswith(") → the working tree.\n")


def test_words_links_sizes_and_findings_since_the_last_commit(dispatch: Command, folder: Path) -> None:
    change(folder, "half built.", "nearly built, for $3,8 million. [Here](http://a.example/b) it is.")
    before = snapshot(folder)
    run = dispatch("diff")
    lines = [" ".join(line.split()) for line in run.stdout.splitlines()]
    assert lines[0] == "bridge issues/bridge.yaml"
    assert lines[2] == (":5 paragraph Dear {{first_name|reader}}, the bridge is [-half-]{+nearly+} built{+, for $3,8")
    assert "links + Here http://a.example/b" in lines
    assert any(line.startswith("HTML ") and "of what Gmail shows" in line for line in lines)
    assert "words 7 → 13 (+6)" in lines
    assert any(line.startswith("findings + issues/bridge.yaml:5:") for line in lines)
    assert any("[foreign-number-style]" in line for line in lines)
    assert "1 issue differs for the reader: HEAD (" in run.stderr
    assert run.code == 0
    assert dispatch("diff", "--exit-code").code == 1
    after = snapshot(folder)
    assert {name for name in after if not name.startswith(".dispatch/pictures")} == {*before}
    assert all(after[name] == content for name, content in before.items())


def test_two_commits_whatever_lies_here(dispatch: Command, folder: Path) -> None:
    change(folder, "half", "nearly")
    commit(folder)
    change(folder, "nearly", "quite")
    told = "the bridge is [-half-]{+nearly+} built."
    for words in (("HEAD~1", "HEAD"), ("HEAD~1..HEAD",), ("main~1..",), ("origin/main...main",)):
        assert told in dispatch("diff", *words).stdout
    assert "[-half-]{+quite+}" in dispatch("diff", "HEAD~1").stdout
    assert "[-nearly-]{+half+}" in dispatch("diff", "HEAD", "HEAD~1", "bridge").stdout


def test_for_whom_a_block_is_stands_beside_it_alone(dispatch: Command, folder: Path) -> None:
    change(folder, "half built.\n", "half built.\n  - paragraph: So it is.\n")
    commit(folder)
    change(folder, "half built.\n", "half built.\n    when: french\n")
    assert '  :5 paragraph      for everybody → for french (language == "fr")\n' in dispatch("diff").stdout


def test_a_block_that_was_only_moved_is_known_by_how_it_begins(dispatch: Command, folder: Path) -> None:
    with (folder / "issues/bridge.yaml").open("a") as file:
        file.write(
            "  - paragraph: So it is.\n  - paragraph: Two towns look at one river, and no one "
            + "ever " * 20
            + "asks.\n"
        )
    commit(folder)
    change(folder, "  - paragraph: So it is.\n", "")
    change(folder, "blocks:\n", "blocks:\n  - paragraph: So it is.\n")
    assert "  :5 paragraph      moved, from line 6\n                    So it is.\n" in dispatch("diff").stdout
    git(folder, "checkout", "-q", ".")
    moved = (folder / "issues/bridge.yaml").read_text().splitlines()
    (folder / "issues/bridge.yaml").write_text("\n".join((*moved[:4], moved[6], *moved[4:6])))
    told = " ".join(dispatch("diff").stdout.split())
    assert "moved, from line 7 Two towns look at one river, and no one ever ever ever …" in told


def test_only_the_issues_that_were_asked_for(dispatch: Command, folder: Path) -> None:
    (folder / "issues/road.yaml").write_text(ISSUE.replace("bridge", "road"))
    change(folder, "half", "quite")
    assert dispatch("diff").stderr.startswith("2 issues differ for the reader: ")
    for words in (("road",), ("HEAD", "road"), ("--issue", "road"), ("issues/road.yaml",)):
        run = dispatch("diff", *words)
        assert run.stdout.splitlines()[0] == "road  new  issues/road.yaml"
        assert "1 issue differs" in run.stderr
    assert "7 words, 0 links, 0 pictures, " in run.stdout


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("ridge",), 1, "there is no issue ridge, nor a commit\n    Did you mean bridge?"),
        (("HEAD~5",), 1, "there is no issue HEAD~5, nor a commit"),
        (("HEAD~5..",), 1, "there is no commit HEAD~5\n"),
        (("HEAD", "HEAD", "HEAD"), 2, "HEAD is a third commit"),
        (("bridge", "HEAD"), 2, "the commit HEAD stands behind an issue\n    Write the commits first."),
    ],
)
def test_words_that_mean_nothing(dispatch: Command, words: tuple[str, ...], code: int, message: str) -> None:
    run = dispatch("diff", *words)
    assert (run.code, run.stdout) == (code, "")
    assert message in run.stderr


def test_a_branch_with_the_name_of_an_issue(dispatch: Command, folder: Path) -> None:
    change(folder, "title:", "slug: crossing\ntitle:")
    git(folder, "branch", "bridge")
    git(folder, "branch", "crossing")
    assert dispatch("diff", "crossing").code == 2
    run = dispatch("diff", "bridge")
    assert run.code == 2
    assert "Write `--issue bridge` for the issue, `bridge~0` for the commit." in run.stderr
    assert dispatch("diff", "bridge~0", "--issue", "bridge").code == 0


def test_an_issue_that_was_renamed_or_taken_away(dispatch: Command, folder: Path) -> None:
    (folder / "issues/bridge.yaml").rename(folder / "issues/crossing.yaml")
    assert dispatch("diff").stdout.startswith("crossing  renamed from bridge  issues/crossing.yaml\n")
    assert dispatch("diff", "bridge").stdout == dispatch("diff", "crossing").stdout
    (folder / "issues/crossing.yaml").unlink()
    assert dispatch("diff").stdout.startswith("bridge  removed  issues/bridge.yaml\n")


def test_a_state_that_was_broken(dispatch: Command, folder: Path) -> None:
    good = (folder / "issues/bridge.yaml").read_text()
    (folder / "issues/bridge.yaml").write_text("title: [\n")
    commit(folder)
    (folder / "issues/bridge.yaml").write_text(good)
    run = dispatch("diff")
    assert run.code == 0
    assert "errors before     - issues/bridge.yaml:1:8: " in run.stdout
    assert "errors now        + issues/bridge.yaml:1:8: " in dispatch("diff", "HEAD~1", "HEAD").stdout
    again = dispatch("diff", "HEAD", "HEAD", "bridge")
    assert again.stdout.splitlines()[0] == "bridge  unreadable"
    assert "errors            ~ issues/bridge.yaml:1:8: " in again.stdout
    assert dispatch("diff", "--json").json["issues"][0]["problems"]["before"][0]["file"] == "issues/bridge.yaml"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"title: [\n", "what stands between this"),
        (b"title: \xff\n", "UTF-8"),
        (ISSUE.encode() + b"# " + b"x" * MAX_BYTES, "1,048,5"),
        (b"title: A\nblocks: [figure: {image: none.png, alt: A dot}]\n", "there is no picture none.png"),
    ],
    ids=["no YAML", "no text", "too large", "without its picture"],
)
def test_what_can_be_read_in_neither_state_is_told_with_the_reason(
    dispatch: Command, folder: Path, tmp_path: Path, content: bytes, reason: str
) -> None:
    """Nobody knows whether anything changes of it, so nobody is told that nothing does."""
    for more in (b"", b"# more\n", b"# and more\n"):
        (folder / "issues/bridge.yaml").write_bytes(content + more)
        if more != b"# and more\n":
            commit(folder)
    page = tmp_path / "diff.html"
    for words in (("HEAD~1", "HEAD"), ("HEAD",), ("HEAD~1", "HEAD", "bridge")):
        run = dispatch("diff", *words, "--exit-code")
        assert run.code == 1
        assert run.stdout.splitlines()[0] == "bridge  unreadable"
        assert reason in run.stdout
        assert run.stderr.startswith("1 issue cannot be read: HEAD"), "and no note says it again"
        (issue,) = dispatch("diff", *words, "--html", str(page), "--json").json["issues"]
        assert (issue["issue"], issue["change"]) == ("bridge", "unreadable")
        assert all(reason in str(issue["problems"][side]) for side in ("before", "after"))
        assert reason in page.read_text()
        assert "<p>1 issue cannot be read.</p>" in page.read_text()
    assert dispatch("diff", "HEAD~1", "HEAD").code == 0


def test_what_an_issue_names_that_is_too_large_nobody_knows(dispatch: Command, folder: Path) -> None:
    (folder / "issues/bridge.yaml").write_bytes(ISSUE.encode() + b"# " + b"x" * MAX_BYTES)
    commit(folder)
    (folder / "issues/road.yaml").write_text(ISSUE.replace("bridge", "road"))
    commit(folder)
    assert dispatch("diff", "HEAD~1", "HEAD").stderr.startswith("1 issue differs for the reader: ")
    (folder / "data.csv").write_text("year,EUR\n2025,14\n")
    commit(folder)
    assert dispatch("diff", "HEAD~1", "HEAD").stderr.startswith("1 issue cannot be read: ")


def test_an_issue_that_was_too_large_and_is_another_file_now(dispatch: Command, folder: Path) -> None:
    issue = folder / "issues/bridge.yaml"
    issue.write_bytes(ISSUE.encode() + b"# " + b"x" * MAX_BYTES)
    commit(folder)
    issue.unlink()
    (folder / "issues/crossing.yaml").write_text(ISSUE)
    lines = dispatch("diff").stdout.splitlines()
    assert lines[0] == "bridge  removed"
    assert lines[2].startswith("  errors before     - issues/bridge.yaml as of HEAD has 1,048,")
    assert "crossing  new  issues/crossing.yaml" in lines


def test_settings_that_can_be_read_in_neither_state_are_told_once(dispatch: Command, folder: Path) -> None:
    (folder / "issues/road.yaml").write_text(ISSUE.replace("bridge", "road"))
    good = (folder / "dispatch.yaml").read_text()
    configure(folder, "nonsense: 1\n")
    commit(folder)
    configure(folder, "# and more of it\n")
    commit(folder)
    (folder / "dispatch.yaml").write_text(good)
    run = dispatch("diff", "HEAD~1", "HEAD")
    assert run.stdout.splitlines()[:2] == ["bridge  unreadable", "road  unreadable"]
    assert run.stdout.count("`nonsense` is not known") == 1
    assert "2 issues cannot be read" in run.stderr


def test_settings_that_were_broken(dispatch: Command, folder: Path) -> None:
    good = (folder / "dispatch.yaml").read_text()
    configure(folder, "nonsense: 1\n")
    commit(folder)
    (folder / "dispatch.yaml").write_text(good)
    run = dispatch("diff")
    assert "errors before     - dispatch.yaml:8:1: `nonsense` is not known" in run.stdout
    assert run.code == 0


@pytest.mark.skipif(not engine_for("en"), reason="no engine for English is installed")
def test_what_the_proof_reader_says_is_told_too(
    dispatch: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPATCH_PROOFREADING", "auto")
    change(folder, "the bridge is half built.", "the dependance on the bridge is half built.")
    assert "[misspelling]" in dispatch("diff").stdout
    assert "[misspelling]" not in dispatch("diff", "--no-proofread").stdout


def test_the_theme_alone_has_changed(dispatch: Command, folder: Path) -> None:
    (folder / "issues/road.yaml").write_text(ISSUE.replace("bridge", "road"))
    commit(folder)
    configure(folder, "theme: {accent: '#1b4fa3'}\n")
    run = dispatch("diff")
    assert run.stdout.splitlines()[:2] == [
        "bridge  issues/bridge.yaml",
        "road  issues/road.yaml",
    ], "as both differ alike"
    assert "the words are the same; other rules for dark mode, phones or links" in run.stdout
    assert "in style sheets: color: " in run.stdout
    assert "2 issues differ" in run.stderr


def test_a_picture_that_an_issue_shows(dispatch: Command, folder: Path) -> None:
    add_picture(folder)
    (folder / "issues/road.yaml").write_text(ISSUE.replace("bridge", "road"))
    commit(folder)
    shutil.copy(Path(__file__).parents[2] / "images" / "tumen-border.png", folder / "images" / "dot.png")
    run = dispatch("diff")
    assert "~ images/dot.png: 1 × 1 px, " in run.stdout
    assert run.stdout.startswith("bridge  issues/bridge.yaml")
    assert "1 issue differs" in run.stderr, "the other one does not show it"


def test_a_picture_that_git_ignores_is_the_one_that_lies_here(dispatch: Command, folder: Path) -> None:
    add_picture(folder)
    (folder / ".gitignore").write_text(".dispatch/\nimages/\n")
    commit(folder)
    change(folder, "half", "quite")
    (issue,) = dispatch("diff", "--json").json["issues"]
    assert issue["problems"] == {"before": [], "after": []}
    assert issue["pictures"] == []


def test_secrets_people_and_the_day_are_those_of_now(
    dispatch: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(folder, 'keys: ["${file:secrets/key}"]\nreply_to: "${REPLIES}"\n')
    (folder / ".env").write_text("REPLIES=replies@crossings.example\n")
    (folder / ".gitignore").write_text(".dispatch/\n.env\nsubscribers.csv\n")
    git(folder, "rm", "-q", "--cached", "subscribers.csv")
    commit(folder)
    change(folder, "half", "quite")
    issue = dispatch("diff", "--json").json["issues"][0]
    assert issue["problems"] == {"before": [], "after": []}
    assert issue["findings"] == {"known": True, "gained": [], "lost": []}


def test_what_a_commit_refers_to_is_not_looked_up(
    dispatch: Command, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "key").write_text("hidden-in-a-file")
    (folder / ".env").write_text("IN_DOTENV=hidden-in-dotenv\n")
    (folder / ".gitignore").write_text(".dispatch/\n.env\n")
    monkeypatch.setenv("IN_ENVIRONMENT", "hidden-in-environment")
    monkeypatch.setenv("ACCENT", "#1b4fa3")
    good = (folder / "dispatch.yaml").read_text()
    settings = yaml.safe_load(good)
    told = f"${{IN_ENVIRONMENT}} ${{IN_DOTENV}} ${{file:{tmp_path}/key}}"
    settings["newsletter"] |= dict.fromkeys(("postal_address", "description"), told)
    settings["newsletter"] |= {"name": "${IN_ENVIRONMENT} ${IN_DOTENV}", "url": "https://${IN_DOTENV}.example"}
    settings |= {"from": "${IN_DOTENV} <${IN_ENVIRONMENT}@a.example>", "theme": {"accent": "${ACCENT}"}}
    settings["unsubscribe"] = {"mailto": "${IN_DOTENV}@a.example", "url": "https://a.example/${IN_DOTENV}/"}
    (folder / "dispatch.yaml").write_text(yaml.safe_dump(settings, width=1000))
    commit(folder, "It refers")
    for state in ("committed", "as before"):
        if state == "as before":
            (folder / "dispatch.yaml").write_text(good)
        else:
            change(folder, "half", "quite")
        page = tmp_path / f"{state}.html"
        said = [
            dispatch("diff"),
            dispatch("diff", "--json"),
            dispatch("diff", "HEAD~1", "HEAD"),
            dispatch("diff", "--html", str(page)),
        ]
        everything = "".join(run.stdout + run.stderr for run in said) + page.read_text()
        assert "hidden-in" not in everything
        assert "errors" not in everything
    assert "${IN_ENVIRONMENT}" in everything, "as it is written"


def test_a_reference_is_no_change(dispatch: Command, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORLD", "Crossings")
    settings = yaml.safe_load((folder / "dispatch.yaml").read_text())
    settings["newsletter"] |= {"name": "${WORLD}", "url": "https://${WORLD}.example", "timezone": "${ZONE}"}
    (folder / "dispatch.yaml").write_text(yaml.safe_dump(settings))
    monkeypatch.setenv("ZONE", "UTC")
    commit(folder)
    change(folder, "half", "quite")
    (issue,) = dispatch("diff", "--json").json["issues"]
    assert len(issue["parts"]) == 1
    assert (issue["links"], issue["problems"]) == ([], {"before": [], "after": []})


def test_figures_that_git_ignores_are_those_that_lie_here(dispatch: Command, folder: Path) -> None:
    add_picture(folder)
    (folder / "data").mkdir()
    (folder / "data/tolls.csv").write_text("year,EUR\n2024,12.5\n2025,14\n")
    (folder / ".gitignore").write_text(".dispatch/\ndata/\nimages/\n")
    with (folder / "issues/bridge.yaml").open("a") as file:
        file.write("  - chart: {title: Tolls, type: bar, csv: data/tolls.csv}\n")
    commit(folder)
    change(folder, "half", "quite")
    report = dispatch("diff", "--json").json
    (issue,) = report["issues"]
    assert issue["problems"] == {"before": [], "after": []}
    assert [part["kind"] for part in issue["parts"]] == ["paragraph"]
    (note,) = report["notes"]
    assert note["message"] == (
        "data/tolls.csv, images/dot.png are not in this repository, or were not: "
        "what lies in the folder now is looked at instead"
    )
    (folder / "data/tolls.csv").write_text("year,EUR\n2024,s3cret\n")
    (before,) = dispatch("diff", "--json").json["issues"][0]["problems"]["before"]
    assert (before["file"], before["line"]) == ("data/tolls.csv", 2)


def test_pictures_of_a_submodule_are_those_that_lie_here(dispatch: Command, folder: Path, tmp_path: Path) -> None:
    add_picture(folder)
    (folder / "images").rename(tmp_path / "pictures")
    git(tmp_path / "pictures", "init", "-q")
    commit(tmp_path / "pictures")
    adding = ("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(tmp_path / "pictures"), "images")
    git(folder, *adding)
    commit(folder)
    change(folder, "half", "quite")
    report = dispatch("diff", "--json").json
    assert report["issues"][0]["problems"] == {"before": [], "after": []}
    assert [note["message"] for note in report["notes"]] == [
        "images/dot.png is not in this repository, or was not: what lies in the folder now is looked at instead"
    ]
    (folder / "images/dot.png").unlink()
    assert "images is a submodule: its files as of HEAD are not looked at" in dispatch("diff").stderr


def test_of_files_that_git_ignores_only_what_our_own_issues_show_is_taken(dispatch: Command, folder: Path) -> None:
    """Whoever wrote a commit cannot have others' secrets drawn into what is shown around."""
    secret = "LABEL=value,1\nHIDDEN=s3cret,2\nOTHER=s3cret,3\n"
    (folder / ".gitignore").write_text(".dispatch/\n.env\nlocal/\nsubscribers.csv\n")
    (folder / "local").mkdir()
    (folder / "local/figures.csv").write_text("toll,EUR\nin no commit,1\n")
    for name in (".env", "local/.png"):
        (folder / name).write_text(secret)
    (folder / "local/map.png").symlink_to("../.env")
    git(folder, "rm", "-q", "--cached", "subscribers.csv")
    commit(folder)
    git(folder, "checkout", "-q", "-b", "theirs")
    for name in (".env", "local/figures.csv", "subscribers.csv"):
        (folder / f"issues/{Path(name).stem.strip('.')}.yaml").write_text(
            ISSUE.replace("blocks:", f"blocks:\n  - chart: {{title: Odd, type: bar, csv: {name}}}")
        )
    for name in ("local/.png", "local/map.png"):
        (folder / f"issues/{len(name)}.yaml").write_text(
            ISSUE.replace("blocks:", f"blocks:\n  - figure: {{image: {name}, alt: Odd}}")
        )
    commit(folder)
    for branch in ("theirs", "main"):
        git(folder, "checkout", "-q", branch)
        run = dispatch("diff", "main", "theirs", "--json")
        assert run.code == 0, run.stderr
        assert len(run.json["issues"]) == 5
        assert "s3cret" not in run.stdout
        assert "ada@" not in run.stdout
        assert ("in no commit" in run.stdout) == (branch == "theirs"), "for then an issue that lies here shows it"


def test_without_a_list_the_words_are_compared_all_the_same(dispatch: Command, folder: Path) -> None:
    git(folder, "rm", "-q", "subscribers.csv")
    commit(folder)
    change(folder, "half", "quite")
    run = dispatch("diff", "HEAD")
    assert "[-half-]{+quite+}" in run.stdout
    assert run.stdout.count("could not be compared: there is no file of subscribers") == 1
    assert "errors" not in run.stdout
    again = dispatch("diff", "HEAD~1").stdout
    assert "[-half-]{+quite+}" in again
    assert "could not be compared" not in again, "that commit has a list"


def test_a_newsletter_that_there_was_not(dispatch: Command, folder: Path) -> None:
    git(folder, "checkout", "-q", "--orphan", "empty")
    git(folder, "rm", "-rq", "--cached", ".")
    git(folder, "commit", "-q", "--allow-empty", "-m", "Nothing")
    run = dispatch("diff")
    assert run.stdout.startswith("bridge  new  issues/bridge.yaml\n")
    assert "there was no dispatch.yaml here as of HEAD" in run.stderr


def test_the_size_is_that_of_the_largest_message_which_need_not_have_every_block(
    dispatch: Command, folder: Path, tmp_path: Path
) -> None:
    change(
        folder, "{french: ", "{english: 'language == \"en\"', nobody: 'language == \"de\"', french: ", "dispatch.yaml"
    )
    with (folder / "issues/bridge.yaml").open("a") as file:
        for segment, times in {"french": 4, "english": 1, "nobody": 6}.items():
            file.write(f"  - {{paragraph: {'word ' * 3700}, when: {segment}}}\n" * times)
    commit(folder)
    change(folder, "half built", "half done")
    largest = re.search(r"hiding the end: ([\d,]+) bytes of HTML", dispatch("check").stdout)
    assert largest, "or nobody's message is near to what Gmail hides"
    page = tmp_path / "diff.html"
    report = dispatch("diff", "--html", str(page), "--json").json["issues"][0]
    size = int(largest[1].replace(",", ""))
    assert (report["before"]["html_bytes"], report["after"]["html_bytes"]) == (size + 1, size)
    assert 74_000 < report["after"]["text_bytes"] < 76_000, "those of the same message"
    told = f"{size + 1:,} → {size:,} bytes (-1) in the largest message, {size / 102_400:.0%} of what Gmail shows"
    assert f"<th>HTML</th><td>{told}</td>" in page.read_text()


def test_as_json(dispatch: Command, folder: Path) -> None:
    change(folder, "half built.", "**half** done.")
    report = dispatch("diff", "--json").json
    assert report["before"] == {"name": "HEAD", "commit": git(folder, "rev-parse", "HEAD")}
    assert report["after"] == {"name": "the working tree", "commit": None}
    (issue,) = report["issues"]
    assert (issue["issue"], issue["change"]) == ("bridge", "changed")
    assert issue["parts"][0]["words"][1:] == [
        {"fate": "removed", "text": "built"},
        {"fate": "added", "text": "done"},
        {"fate": "kept", "text": "."},
    ]
    assert issue["parts"][0]["after"] == {"block": "blocks.0", "line": 5, "audience": "", "language": ""}
    assert issue["before"]["html_bytes"] != issue["after"]["html_bytes"]


def test_as_a_page(dispatch: Command, folder: Path, tmp_path: Path) -> None:
    change(folder, "half", "nearly")
    page = tmp_path / "out" / "diff.html"
    run = dispatch("diff", "--html", str(page))
    assert (run.code, run.stdout) == (0, f"{os.path.relpath(page)}\n")
    assert "<del>half</del><ins>nearly</ins> built" in page.read_text()
    change(folder, "nearly", "quite")
    assert dispatch("diff", "--html", str(page), "--json").json["issues"][0]["issue"] == "bridge"
    assert "<ins>quite</ins>" in page.read_text(), "a page is written over"
    refused = dispatch("diff", "--html", "issues/bridge.yaml")
    assert (refused.code, refused.stdout) == (2, "")
    assert "issues/bridge.yaml is there, and no page of dispatch diff" in refused.stderr
    assert (folder / "issues/bridge.yaml").read_text().startswith("title: ")


def test_since_an_issue_was_mailed(dispatch: Command, folder: Path) -> None:
    (folder / "issues/road.yaml").write_text(ISSUE.replace("bridge", "road"))
    commit(folder)
    assert dispatch("send", "bridge", "--yes").code == 0
    change(folder, "half", "quite")
    change(folder, "half", "quite", "issues/road.yaml")
    commit(folder, "Three")
    run = dispatch("diff", "bridge.1")
    assert "[-half-]{+quite+}" in run.stdout
    assert run.stderr.startswith("1 issue differs for the reader: bridge.1 ("), "the other one was not mailed"
    assert dispatch("diff", "bridge.1", "HEAD", "road").stdout.startswith("road  issues/road.yaml")
    assert dispatch("diff", "bridge.2").code == 1
    assert dispatch("diff", "road.1").code == 1


def test_an_issue_that_was_mailed_before_it_was_committed(dispatch: Command, folder: Path) -> None:
    change(folder, "half", "nearly")
    assert dispatch("send", "bridge", "--yes").code == 0
    run = dispatch("diff", "bridge.1")
    assert run.stderr.startswith("bridge.1 was mailed with changes that are in no commit\n")


def test_in_a_shallow_clone(dispatch: Command, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(clone(tmp_path / "remote", tmp_path / "clone"))
    assert dispatch("diff").code == 0
    assert "git fetch --unshallow" in dispatch("diff", "HEAD~1", "HEAD").stderr


def test_outside_of_git_and_without_it(dispatch: Command, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(folder))
    assert (dispatch("diff").code, dispatch("diff").stdout) == (2, "")
    monkeypatch.undo()
    monkeypatch.chdir(folder)
    shutil.rmtree(folder / ".git")
    run = dispatch("diff")
    assert run.code == 1
    assert "is in no git repository" in run.stderr


def test_the_workflow_of_the_guide(folder: Path, tmp_path: Path) -> None:
    workflow = re.search(r"^```yml\n(.*?)^```$", GUIDE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert workflow
    (job,) = yaml.safe_load(workflow[1])["jobs"].values()
    script = "\n".join(
        step["run"] for step in job["steps"] if "dispatch" in step.get("run", "") and "pip" not in step["run"]
    )
    git(tmp_path, "clone", "-q", str(tmp_path / "remote"), str(tmp_path / "clone"))
    git(tmp_path / "clone", "checkout", "-q", "-b", "draft")
    change(tmp_path / "clone", "half", "quite")
    commit(tmp_path / "clone")
    (tmp_path / "dispatch").write_text(f'#!/bin/sh\nexec {sys.executable} -m dispatch "$@"\n')
    (tmp_path / "dispatch").chmod(0o755)
    summary = tmp_path / "summary.md"
    environ = {**os.environ, "GITHUB_BASE_REF": "main", "GITHUB_STEP_SUMMARY": str(summary)}
    environ["PATH"] = f"{tmp_path}:{environ['PATH']}"
    subprocess.run(["bash", "-e", "-c", script], cwd=tmp_path / "clone", env=environ, check=True)
    assert "the bridge is [-half-]{+quite+} built." in summary.read_text()
    assert "<del>half</del><ins>quite</ins>" in (tmp_path / "clone" / "changes.html").read_text()


def test_on_a_narrow_terminal_without_colours(folder: Path) -> None:
    change(folder, "half built.", "half built, for $3,8 million, and its stones lie on the bank for all to see.")
    environ = {**os.environ, "NO_COLOR": "1", "COLUMNS": "60", "TERM": "xterm", "FORCE_COLOR": "1"}
    command = [sys.executable, "-m", "dispatch", "diff"]
    run = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=True)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", run.stdout)
    assert max(map(len, plain.splitlines())) <= 60
    assert "built{+, for" in " ".join(plain.split())
    assert re.search(r"^  findings {10}\+ .*\n {22}\S", plain, re.MULTILINE), "it goes on below its first word"
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]", run.stdout), "bold and dim are no colours"


def test_names_that_do_not_show_are_told_on_one_line(dispatch: Command, folder: Path) -> None:
    for name in ("\x1b[31mred", "a\n```\nb", "\u202eback"):
        (folder / f"issues/{name}.yaml").write_text(ISSUE)
    (folder / "issues/slug.yaml").write_text('slug: "\\e[31mred"\n' + ISSUE)
    (folder / "issues/figures.yaml").write_text(ISSUE + '  - chart: {title: Odd, csv: "a\\e[31m.csv"}\n')
    (folder / "issues/out\n```.yaml").symlink_to("/dev/null")
    commit(folder)
    for words in (("HEAD~1", "HEAD"), ("HEAD~1",), ("HEAD", "nothing")):
        run = dispatch("diff", *words)
        assert not re.search("[\x1b\u202e]|^```$", run.stdout + run.stderr, re.MULTILINE)
        if len(words) == 2 and "HEAD~1" in words:
            assert "issues/a\\n```\\nb.yaml is not read: its name has control characters in it" in run.stderr
            assert "issues/out\\n```.yaml as of HEAD is a link that leads out" in run.stderr


def test_an_issue_with_the_longest_name_that_a_disk_takes(dispatch: Command, folder: Path) -> None:
    (folder / f"issues/{'a' * 250}.yaml").write_text(ISSUE)
    commit(folder)
    change(folder, "half", "quite")
    run = dispatch("diff", "HEAD~1")
    assert "[-half-]{+quite+}" in run.stdout
    assert "2 issues differ" in run.stderr
    assert dispatch("check").stderr.startswith("2 issues checked: 1 error")
