"""Editing somebody's file: only the lines that are meant change, at once or not at all."""

from __future__ import annotations

import codecs
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from dispatch.errors import InvalidSubscribers
from dispatch.subscribers.csv_edit import append_rows, drop_lines
from dispatch.subscribers.csv_import import open_subscribers


def append(path: Path, *rows: dict[str, str]) -> int:
    with open_subscribers(path, "people.csv") as file:
        return append_rows(path, file, rows)


def drop(path: Path, first: int, last: int, *, valid: int = 1, rejected: int = 0) -> None:
    with open_subscribers(path, "people.csv") as file:
        drop_lines(path, file, [(first, last)], valid=valid, rejected=rejected)


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "cp1252", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("last_end", ["", "end"])
def test_lines_are_appended_and_dropped_in_the_manner_of_the_file(
    file: Path, codec: str, line_end: str, last_end: str
) -> None:
    mark = {"utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}.get(codec, b"")
    lines = ["city;email;Prénom", '"Saint-\nMalo";ann@x.example;Hélène', ";bob@x.example;Zoë"]
    old = line_end.join(lines) + (line_end if last_end else "")
    file.write_bytes(mark + old.encode(codec))

    assert append(file, {"email": "cid@x.example", "city": "Köln; am Rhein", "first_name": "Cid"}) == 1
    added = f'"Köln; am Rhein";cid@x.example;Cid{line_end}'
    assert file.read_bytes() == mark + (line_end.join(lines) + line_end + added).encode(codec)

    drop(file, 2, 3)
    assert file.read_bytes() == mark + (lines[0] + line_end + lines[2] + line_end + added).encode(codec)


def test_bytes_that_are_no_text_stay_as_they_are(file: Path) -> None:
    file.write_bytes(
        "email,city\na@x.example,Köln\nb@x.example,Köln\n".encode() + b"c@x.example,K\xf6ln\nd@x.example,\n"
    )
    append(file, {"email": "e@x.example"})
    drop(file, 2, 2)
    assert file.read_bytes() == (
        "email,city\nb@x.example,Köln\n".encode() + b"c@x.example,K\xf6ln\nd@x.example,\ne@x.example,\n"
    )


def test_an_unclosed_quote_cannot_swallow_a_new_line(file: Path) -> None:
    content = 'email,note\na@x.example,"broken\n'
    file.write_text(content)
    with pytest.raises(InvalidSubscribers, match="cannot be changed without changing"):
        append(file, {"email": "b@x.example", "note": ",a"})
    assert file.read_text() == content
    assert list(file.parent.glob(".subscribers*")) == []


def test_dropping_lines_may_not_change_what_the_others_say(file: Path) -> None:
    content = 'email,note\na@x.example,"one\ntwo"\nb@x.example,\n'
    file.write_text(content)
    with pytest.raises(InvalidSubscribers):
        drop(file, 3, 3)
    assert file.read_text() == content


def test_a_file_that_an_editor_saved_meanwhile_is_left_alone(file: Path) -> None:
    file.write_text("email\na@x.example\n")
    with open_subscribers(file, "people.csv") as opened:
        other = file.with_name("other")
        other.write_text("email\nz@x.example\n")
        other.replace(file)
        with pytest.raises(InvalidSubscribers, match="changed by another program meanwhile"):
            append_rows(file, opened, [{"email": "b@x.example"}])
    assert file.read_text() == "email\nz@x.example\n"


def test_mode_and_symbolic_link_stay(file: Path) -> None:
    real = file.with_name("real.csv")
    real.write_text("email\na@x.example\n")
    real.chmod(0o640)
    file.symlink_to(real)
    append(file, {"email": "b@x.example"})
    assert file.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert real.read_text() == "email\na@x.example\nb@x.example\n"


def test_nothing_is_left_behind_when_the_rows_cannot_be_had(file: Path) -> None:
    file.write_text("email\na@x.example\n")

    def rows() -> object:
        yield {"email": "b@x.example"}
        raise KeyboardInterrupt

    with open_subscribers(file, "people.csv") as opened, pytest.raises(KeyboardInterrupt):
        append_rows(file, opened, rows())  # type: ignore[arg-type]
    assert file.read_text() == "email\na@x.example\n"
    assert [path.name for path in file.parent.iterdir()] == ["subscribers.csv"]


def test_what_a_killed_command_left_is_cleared_away_by_the_next(file: Path) -> None:
    file.write_text("email\na@x.example\n")
    killed = f"""
import os, signal
from pathlib import Path
from dispatch.subscribers.csv_edit import append_rows
from dispatch.subscribers.csv_import import open_subscribers
def rows():
    yield {{"email": "b@x.example"}}
    os.kill(os.getpid(), signal.SIGKILL)
path = Path({str(file)!r})
with open_subscribers(path, "people.csv") as opened:
    append_rows(path, opened, rows())
"""
    assert subprocess.run([sys.executable, "-c", killed], check=False).returncode == -signal.SIGKILL
    beside = file.with_name(".subscribers.csv.mine")
    beside.touch()
    assert len([*file.parent.iterdir()]) == 3
    append(file, {"email": "c@x.example"})
    assert file.read_text() == "email\na@x.example\nc@x.example\n"
    assert {path.name for path in file.parent.iterdir()} == {"subscribers.csv", beside.name}
