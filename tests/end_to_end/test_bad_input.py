"""Bad input through the real command: a sentence with its place and a remedy, no traceback, nothing written or sent."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from crash.command import Launcher, Run

ENVIRON = {"DISPATCH_KEY": "a key for bad input, which must be long enough"}

FILES = {
    "dispatch.yaml": """\
newsletter:
  name: Crossings
  url: https://crossings.example
  language: en
  timezone: Europe/Paris
  postal_address: Crossings, 1 River Street, Northtown
from: Crossings <news@crossings.example>
keys: ["${DISPATCH_KEY}"]
subscribers: subscribers.csv
provider: outbox
segments: {french: 'language == "fr"', nobody: 'language == "sv"'}
theme: {accent: "#336699"}
providers:
  smtp: {host: 127.0.0.1, port: 1, tls: none}
delivery: {rate: 50/s, concurrency: 2}
""",
    "issues/bridge.yaml": """\
title: Who pays for the bridge?
preheader: Two towns and one river.
date: 2026-03-02
blocks:
  - paragraph: Dear {{first_name|reader}}, the bridge is half built.
  - heading: Who pays
""",
    "subscribers.csv": """\
email,first_name,language,status,consent_at
ada@example.com,Ada,en,subscribed,2025-09-01T08:12:44Z
bo@example.com,Bo,fr,subscribed,2025-09-02T08:12:44Z
cy@example.com,Cy,en,unsubscribed,
""",
}


@dataclass(frozen=True)
class Case:
    """What is changed in which file, what is run, and what is said."""

    name: str
    says: str  # a pattern
    where: str = ""  # the line that is to blame
    edits: dict[str, tuple[str, str] | str | bytes | None] = field(default_factory=dict)
    command: str = "send bridge --yes"
    code: int = 1


ISSUE, CONFIG, LIST = "issues/bridge.yaml", "dispatch.yaml", "subscribers.csv"
PARAGRAPH = "  - paragraph: Dear {{first_name|reader}}, the bridge is half built."
FIRST = "ada@example.com,Ada,en,subscribed,2025-09-01T08:12:44Z"


def issue(name: str, line: int, says: str, old: str, new: str) -> Case:
    return Case(f"issue: {name}", says, f"{ISSUE}:{line}:", {ISSUE: (old, new)})


def config(name: str, line: int, says: str, old: str, new: str, command: str = "send bridge --yes") -> Case:
    return Case(f"config: {name}", says, f"{CONFIG}:{line}:", {CONFIG: (old, new)}, command)


def people(name: str, line: int, says: str, old: str, new: str) -> Case:
    return Case(f"list: {name}", says, f"{LIST}:{line}:", {LIST: (old, new)})


def options(name: str, command: str, says: str, code: int = 1) -> Case:
    return Case(f"options: {name}", says, command=command, code=code)


CASES = [
    issue("a tab", 5, "tab", "  - paragraph", "\t- paragraph"),
    issue("a key twice", 2, "twice|already|duplicate", "preheader: Two", "title: Again\npreheader: Two"),
    issue("a key that is misspelt", 2, "Did you mean `?preheader", "preheader:", "preheadr:"),
    issue("no title", 1, "title", "title: Who pays for the bridge?\n", ""),
    issue("an empty title", 1, "title|empty", "title: Who pays for the bridge?", 'title: ""'),
    issue("a kind of block that is misspelt", 5, "Did you mean `?paragraph", "- paragraph:", "- paragaph:"),
    issue("two kinds in one block", 6, "heading", "  - heading: Who pays", "    heading: Who pays"),
    issue("an anchor", 5, "anchor|&", "paragraph: Dear", "paragraph: &a Dear"),
    issue("a tag", 5, "tag|!", "paragraph: Dear", "paragraph: !!python/name:os.system Dear"),
    issue("an open quote", 1, "quote", "title: Who", 'title: "Who'),
    issue("a star first", 5, r"\*", "paragraph: Dear", "paragraph: *Dear* and"),
    issue("braces first", 5, r"\{", "paragraph: Dear {{first_name|reader}},", "paragraph: {{first_name|reader}},"),
    issue("a colon within", 5, ":", "the bridge is", "the bridge: it is"),
    issue("curly quotes around a key", 2, "quote|“", "preheader:", "“preheader”:"),
    issue("a merge field without a fallback", 5, "fallback", "{{first_name|reader}}", "{{first_name}}"),
    issue("a merge field with a bad name", 5, "name", "{{first_name|reader}}", "{{first name|reader}}"),
    issue("an open merge field", 5, r"\{\{", "{{first_name|reader}}", "{{first_name|reader"),
    issue("a merge field that nobody has", 5, "shoe_size", "{{first_name|reader}}", "{{shoe_size|reader}}"),
    issue("a picture that is missing", 6, "nowhere.png", "heading: Who pays", "figure: {image: nowhere.png, alt: A}"),
    issue("a picture outside", 6, "folder", "heading: Who pays", "figure: {image: ../../etc/passwd, alt: A}"),
    issue(
        "a picture that is none", 6, "subscribers.csv", "heading: Who pays", "figure: {image: subscribers.csv, alt: A}"
    ),
    issue("a link that runs a script", 5, "javascript", "the bridge is", "[it](javascript:alert(1)) is"),
    issue("a day that there is not", 3, "2026-02-30|date", "2026-03-02", "2026-02-30"),
    issue("a language that is none", 3, "language", "date: 2026-03-02", "language: klingonish-at-best"),
    issue("a chart without figures", 6, "figures", "heading: Who pays", "chart: {title: Who pays}"),
    issue("a block for nobody's segment", 7, "frensh", "  - heading: Who pays", "  - heading: Who\n    when: frensh"),
    issue("a heading of level 9", 6, "level", "heading: Who pays", "heading: {text: Who pays, level: 9}"),
    issue(
        "a table with a short row", 6, "row|cell|column", "heading: Who pays", "table: {header: [A, B], rows: [[1]]}"
    ),
    issue("blocks that are no list", 6, "list", "  - paragraph: ", "  paragraph: "),
    issue("a slug that is a path", 1, "slug", "title: Who", "slug: ../../who\ntitle: Who"),
    Case("issue: nothing in it", "empty", f"{ISSUE}:1:", {ISSUE: ""}),
    Case("issue: a control character", "control|character", f"{ISSUE}:1:", {ISSUE: b"title: A\x00B\n"}),
    Case("issue: not UTF-8", "UTF-8", f"{ISSUE}:1:", {ISSUE: b"title: Caf\xe9\n"}),
    Case("issue: far too deep", "deep", f"{ISSUE}:1:", {ISSUE: "title: " + "[" * 2000 + "]" * 2000}),
    config("a key that is misspelt", 9, "Did you mean `?subscribers", "subscribers: subs", "subscriber: subs"),
    config("YAML that is none", 2, "", "  name: Crossings", "  name: [Crossings"),
    config("no name", 1, "name", "  name: Crossings\n", ""),
    config("a name with a line break", 2, "character", "name: Crossings", 'name: "Cross\\r\\nBcc: a@example.com"'),
    config("an address that is none", 7, "@", "<news@crossings.example>", "<news.crossings.example>"),
    config("a timezone that is none", 5, "Paris", "Europe/Paris", "Europe/Pariss"),
    config("a URL that is none", 3, "https", "https://crossings.example", "crossings"),
    config("a provider that is misspelt", 10, "Did you mean `?outbox", "provider: outbox", "provider: outbx"),
    config("a rate that is none", 15, "rate|50/s", "rate: 50/s", "rate: fast"),
    config("no concurrency", 15, "concurrency|1", "concurrency: 2", "concurrency: 0"),
    config("a colour that is none", 12, "#", '"#336699"', "reddish"),
    config(
        "a segment by an unknown field",
        11,
        "langage",
        "'language ==",
        "'langage ==",
        "send bridge --yes --segment french",
    ),
    config(
        "a segment that is cut short",
        11,
        "",
        """'language == "fr"'""",
        "'language =='",
        "send bridge --yes --segment french",
    ),
    config("a secret in the open", 14, r"\$\{", "tls: none}", "tls: tls, username: a, password: hunter2}"),
    config("a key in the open", 8, r"\$\{", '"${DISPATCH_KEY}"', '"a key of more than thirty-two letters"'),
    config("a variable that is not set", 8, "NO_SUCH", "${DISPATCH_KEY}", "${NO_SUCH_KEY}"),
    config(
        "an option that is misspelt", 14, "Did you mean `?host", "{host:", "{hots:", "send bridge --yes --provider smtp"
    ),
    config("an option that is missing", 14, "host", "host: 127.0.0.1, ", "", "send bridge --yes --provider smtp"),
    config(
        "mail in the clear", 14, "clear", "host: 127.0.0.1", "host: mail.example", "send bridge --yes --provider smtp"
    ),
    config(
        "a PostgreSQL without a database",
        9,
        "names no database",
        "subscribers: subscribers.csv",
        "database: postgresql://db",
    ),
    config("a claim that there is not", 15, "claim", "concurrency: 2", "claim: svn"),
    people("no column of addresses", 1, "email", "email,", "mail-ish,"),
    people("a column twice", 1, "first_name", "language", "first_name"),
    people("an address that is none", 2, "@", "ada@example.com", "ada.example.com"),
    people("an address with a line break", 2, "", "ada@example.com", '"ada@exam\nple.com"'),
    people("somebody twice", 3, "ada@example.com|line 2", "bo@", "ADA@"),
    people("an open quote", 2, "quote", FIRST, f'"{FIRST}'),
    people("too many cells", 2, "cell|column|field", FIRST, f"{FIRST},more,and more"),
    people("a status that is none", 2, "subscribd", "Ada,en,subscribed", "Ada,en,subscribd"),
    people("a day that there is not", 2, "2025-02-31", "2025-09-01T08", "2025-02-31T08"),
    Case("list: nothing in it", "empty", LIST, {LIST: ""}),
    Case("list: not there", "subscribers.csv", LIST, {LIST: None}),
    Case("list: nobody left", "Nobody", "", {LIST: "email,status\na@example.com,unsubscribed\n"}),
    options("an issue that is misspelt", "send brigde --yes", "Did you mean bridge"),
    options("no issue", "send --yes", "Missing argument", 2),
    options("nobody who could be asked", "send bridge", "--yes", 2),
    options("a limit of nothing", "send bridge --yes --limit 0", "--limit", 2),
    options("new ones, and all", "send bridge --yes --new-subscribers --again", "--again", 2),
    options("a segment that there is not", "send bridge --yes --segment frensh", "french"),
    options("a segment of nobody", "send bridge --yes --segment nobody", "Nobody"),
    options("a provider that there is not", "send bridge --yes --provider smpt", "smtp"),
    options("a command that is misspelt", "sned bridge", "send", 2),
    options("an option that is misspelt", "send bridge --yess", "--yes", 2),
    options("a mail server without a way out", "send bridge --yes --provider smtp", "unsubscribe|/u/"),
    options("a mailing that there is not", "status bridge", "dispatch send"),
    options("nothing to resume", "resume", "dispatch send"),
    options("a test to nobody", "test bridge", "--to", 2),
    options("a test to no address", "test bridge --to ada", "@"),
    options("a test to everybody", "test bridge" + " --to a@example.com" * 11, "at most 10", 2),
    options("a file of settings that is missing", "-c nowhere.yaml check", "nowhere.yaml"),
    options("a port that there is not", "serve --port 99999", "99999", 2),
    options("a newsletter where one is", "init", "already", 2),
    options("a title without letters", "new ???", "title", 2),
    options("nobody to suppress", "subscribers suppress ada", "@"),
    options("nobody to ask about", "why ada", "@"),
]


def snapshot(folder: Path) -> dict[str, bytes]:
    """All files but what the state folder may keep of a command that did nothing."""
    kept = re.compile(r"\.dispatch/(dispatch\.db(-wal|-shm)?|send\.lock|key|pictures/.*)")
    files = {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in files.items() if not kept.fullmatch(name)}


@pytest.fixture
def attempt(launcher: Launcher, tmp_path: Path) -> Callable[[Case], Run]:
    """The command in a newsletter with the case's mistake; whatever comes of it, nothing may be written."""

    def run(case: Case) -> Run:
        for name, text in FILES.items():
            path = tmp_path / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        for name, edit in case.edits.items():
            path = tmp_path / name
            if edit is None:
                path.unlink()
            elif isinstance(edit, tuple):
                assert edit[0] in path.read_text()
                path.write_text(path.read_text().replace(*edit, 1))
            else:
                path.write_bytes(edit if isinstance(edit, bytes) else edit.encode())
        before = snapshot(tmp_path)
        ended = launcher.run(tmp_path, *case.command.split(), environ=ENVIRON)
        assert snapshot(tmp_path) == before
        return ended

    return run


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_bad_input_is_told(case: Case, attempt: Callable[[Case], Run]) -> None:
    ended = attempt(case)
    assert ended.code == case.code, ended
    assert not ended.stdout
    said = ended.stderr
    assert "Traceback" not in said
    assert re.search(case.says, said), said
    assert case.where in said, said
    assert re.search(r"^    \S|^Try 'dispatch|Did you mean", said, re.MULTILINE), f"no remedy: {said}"
    assert "hunter2" not in said


def test_without_bad_input_it_is_sent(attempt: Callable[[Case], Run], tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="outbox"):
        attempt(Case("fine", ""))
    assert len(list((tmp_path / ".dispatch/outbox").rglob("*.eml"))) == 2
