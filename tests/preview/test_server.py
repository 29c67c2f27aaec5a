"""The command: its port, its browser, its mistakes, and that it stops at once."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from dispatch.errors import DispatchError
from dispatch.preview.server import _listen
from preview.client import Preview, command


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_at_once_however_many_are_listening(preview: Preview, number: signal.Signals) -> None:
    with preview.views(issue="tides") as one, preview.views(issue="winds") as other:
        next(one)
        next(other)
        preview.process.send_signal(number)
        assert preview.process.wait(timeout=10) == 0
        assert (list(one), list(other)) == ([], [])


def test_a_port_that_is_taken_is_passed_over(newsletter: Path, start: Callable[..., Preview]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        preview = start(newsletter, "--port", str(port))
    assert port < preview.port < port + 20
    assert preview.ask("").status == 200


def test_without_a_free_port_there_is_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 65535)), pytest.raises(DispatchError, match="none of the ports"):
        _listen(65535)


def test_an_issue_can_be_named(newsletter: Path, start: Callable[..., Preview]) -> None:
    assert start(newsletter, "--port", "0", "winds").url.endswith("?issue=winds")
    assert start(newsletter, "--port", "0", "issues/winds.yaml").url.endswith("?issue=winds")


def test_without_a_name_it_begins_with_the_issue_saved_last(newsletter: Path, start: Callable[..., Preview]) -> None:
    def saved(at: float, **dates: str) -> None:
        for name, date in dates.items():
            file = newsletter / f"issues/{name}.yaml"
            file.write_text(f"title: {name}\n{date}blocks: [paragraph: One.]\n")
            seconds, part = divmod(round(at * 10**9), 10**9)
            os.utime(file, ns=(0, seconds * 10**9 + part))
            at += 0.1

    # A second makes the difference, whatever their dates are.
    saved(1_700_000_000, tides="", winds="date: 2026-03-02\n")
    saved(1_700_000_002, boats="date: 2026-01-01\n")
    assert start(newsletter).url.endswith("?issue=boats")
    # Of those that a clone has written at once, one without a date, and of several the last one.
    saved(1_700_000_010, coast="", tides="", boats="date: 2026-01-01\n", winds="date: 2026-03-02\n")
    assert start(newsletter).url.endswith("?issue=tides")


def test_an_issue_outside_of_issues_is_followed_as_well(newsletter: Path, start: Callable[..., Preview]) -> None:
    drafts = newsletter.parent / "drafts"
    drafts.mkdir()
    draft = drafts / "later.yaml"
    draft.write_text("title: Later\nblocks: [paragraph: One.]\n")
    preview = start(newsletter, "--port", "0", "../drafts/later.yaml")
    with preview.views(issue="../drafts/later.yaml") as views:
        assert "One." in next(views)["mail"]["text"]
        draft.write_text("title: Later\nblocks: [paragraph: Two.]\n")
        assert "Two." in next(views)["mail"]["text"]


def test_a_mistake_at_the_start_is_told_and_nothing_is_served(newsletter: Path) -> None:
    unknown = subprocess.run(command("tide"), cwd=newsletter, capture_output=True, text=True, check=False)
    assert (unknown.returncode, unknown.stdout) == (1, "")
    assert unknown.stderr == "there is no issue tide\n    Did you mean tides?\n"
    (newsletter / "dispatch.yaml").write_text("frm: me\n")
    broken = subprocess.run(command(), cwd=newsletter, capture_output=True, text=True, check=False)
    assert (broken.returncode, broken.stdout) == (1, "")
    assert "dispatch.yaml:1:1" in broken.stderr
    assert "Traceback" not in broken.stderr


def test_the_browser_is_opened_with_a_file_that_leads_to_the_secret_address(newsletter: Path, tmp_path: Path) -> None:
    opener = tmp_path / "browser"
    opener.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/opened.new && mv {tmp_path}/opened.new {tmp_path}/opened\n')
    opener.chmod(0o700)
    arguments = [argument for argument in command("--port", "0") if argument != "--no-open"]
    process = subprocess.Popen(
        arguments, cwd=newsletter, stdout=subprocess.PIPE, text=True, env={**os.environ, "BROWSER": str(opener)}
    )
    assert process.stdout
    url = process.stdout.readline()
    deadline = time.monotonic() + 10
    while not (tmp_path / "opened").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    process.terminate()
    process.communicate(timeout=10)
    page = newsletter / ".dispatch/preview.html"
    assert (tmp_path / "opened").read_text() == f"{page.as_uri()}\n"
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    assert f"url={url.strip()}" in page.read_text()
