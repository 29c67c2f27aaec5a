"""The fake servers as processes: their truth survives whoever is killed."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from dispatch.providers.outcome import Outcome
from dispatch.providers.postmark import Postmark
from dispatch.providers.provider import Provider
from dispatch.providers.smtp import Smtp
from dispatch.testing.messages import make_messages
from dispatch.testing.postmark_server import TOKEN
from dispatch.testing.providers import batch
from dispatch.testing.truth import Faults, read_truth


@contextmanager
def process(kind: str, folder: Path, *options: str) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    port_file = folder / "port"
    port_file.unlink(missing_ok=True)
    command = [sys.executable, "-m", "dispatch.testing.servers", kind]
    command += ["--truth", str(folder / "truth"), "--port-file", str(port_file), *options]
    with subprocess.Popen(command) as server:
        try:
            until = time.monotonic() + 30
            while not port_file.exists():
                assert server.poll() is None, "the server ended"
                assert time.monotonic() < until, "the server opened no port"
                time.sleep(0.01)
            yield int(port_file.read_text()), server
        finally:
            server.kill()


def submit(provider: Provider, count: int, first: int = 1) -> Counter[str]:
    outcomes: list[Outcome] = list(provider.submit(batch(make_messages(count, first)), lambda *_: None))
    return Counter(type(outcome).__name__ for outcome in outcomes)


def provider_for(kind: str, port: int) -> Provider:
    if kind == "smtp":
        return Smtp(host="localhost", port=port, tls="none")
    return Postmark(token=TOKEN, base_url=f"http://127.0.0.1:{port}")


@pytest.mark.parametrize("kind", ["smtp", "postmark"])
def test_the_truth_outlives_a_killed_server(kind: str, tmp_path: Path) -> None:
    people = [f"person{position}@example.org" for position in (1, 2, 3)]
    with process(kind, tmp_path) as (port, server), closing(provider_for(kind, port)) as provider:
        assert submit(provider, 3) == {"Accepted": 3}
        server.kill()
        server.wait()
        assert submit(provider, 1, first=4) == {"Postponed": 1}
    assert [entry["recipient"] for entry in read_truth(tmp_path / "truth")] == people
    with process(kind, tmp_path) as (port, _), closing(provider_for(kind, port)) as provider:
        assert submit(provider, 1, first=4) == {"Accepted": 1}
    truth = read_truth(tmp_path / "truth")
    assert [entry["recipient"] for entry in truth] == [*people, "person4@example.org"]
    assert len({entry["id"] for entry in truth}) == 4


def test_an_smtp_server_misbehaves_as_told(tmp_path: Path) -> None:
    options = (
        "--refuse",
        "person2@example.org",
        "--lose-reply-every",
        "4",
        "--throttle-every",
        "5",
        "--close-every",
        "3",
    )
    with process("smtp", tmp_path, *options) as (port, _), closing(provider_for("smtp", port)) as provider:
        outcomes = submit(provider, 12)
    assert outcomes == {"Accepted": 7, "Refused": 1, "Uncertain": 2, "Postponed": 2}
    assert len(read_truth(tmp_path / "truth")) == 9


def test_a_postmark_lookalike_misbehaves_as_told(tmp_path: Path) -> None:
    options = (
        "--refuse",
        "person2@example.org",
        "--lose-reply-every",
        "2",
        "--throttle-every",
        "3",
        "--latency",
        "0.01",
    )
    with process("postmark", tmp_path, *options) as (port, _), closing(provider_for("postmark", port)) as provider:
        answers = [submit(provider, 2, first) for first in (1, 3, 5, 7)]
    assert answers == [{"Accepted": 1, "Refused": 1}, {"Uncertain": 2}, {"Accepted": 2}, {"Uncertain": 2}]


def test_a_line_that_a_killed_server_left_unfinished_is_nobodys(tmp_path: Path) -> None:
    (tmp_path / "truth").write_text('{"recipient": "a"}\n{"recip')
    assert read_truth(tmp_path / "truth") == [{"recipient": "a"}]


def test_faults_come_when_they_were_asked_for() -> None:
    faults = Faults()
    faults.add("rcpt", "once", match="b@")
    faults.add("rcpt", "twice", times=2)
    faults.add_every("dot", "third", 3)
    assert [faults.take("rcpt", address) for address in ("a@", "b@", "c@", "d@")] == ["twice", "once", "twice", ""]
    assert [faults.take("dot") for _ in range(6)] == ["", "", "third", "", "", "third"]


@pytest.mark.parametrize("arguments", [["smtp"], ["pigeon", "--truth", "x", "--port-file", "y"]])
def test_bad_arguments_are_a_usage_error(arguments: list[str]) -> None:
    with ExitStack() as stack:
        command = [sys.executable, "-m", "dispatch.testing.servers", *arguments]
        server = stack.enter_context(subprocess.Popen(command, stderr=subprocess.PIPE))
        assert server.communicate(timeout=30)[1]
        assert server.returncode == 2
