"""One sender at a time, also among processes, also after a death."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dispatch.delivery.lock import Holder, SenderLock
from dispatch.errors import AlreadySending
from dispatch.records import Records

HOLD = """
import sys, time
from pathlib import Path
from dispatch.delivery.lock import SenderLock
with SenderLock(Path(sys.argv[1])).hold("rivers.1"):
    print("holding", flush=True)
    sys.stdin.read()
"""

LEAVE = """
import os, subprocess, sys
from pathlib import Path
from dispatch.delivery.lock import SenderLock
lock = SenderLock(Path(sys.argv[1]))
held = lock.hold("rivers.1")
held.__enter__()
helper = subprocess.Popen(["sleep", "60"], pass_fds=[lock.descriptor], stdout=subprocess.DEVNULL)
print(helper.pid, flush=True)
os._exit(0)
"""


@pytest.fixture
def rival(tmp_path: Path):
    """Another process that holds the lock."""
    command = [sys.executable, "-c", HOLD, str(tmp_path / "send.lock")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"holding\n"
        yield process
        process.kill()


def test_whoever_comes_second_is_told_by_whom_within_a_second(tmp_path: Path, rival) -> None:
    lock = SenderLock(tmp_path / "send.lock")
    begun = time.monotonic()
    with pytest.raises(AlreadySending, match=rf"rivers\.1 is being sent by process {rival.pid}"), lock.hold("roads.1"):
        pass
    assert time.monotonic() - begun < 1
    assert lock.holder() == Holder(rival.pid, "rivers.1")


def test_death_releases_it_at_once(tmp_path: Path, rival) -> None:
    lock = SenderLock(tmp_path / "send.lock")
    os.kill(rival.pid, signal.SIGKILL)
    with lock.hold("roads.1"):
        assert SenderLock(tmp_path / "send.lock").holder() == Holder(os.getpid(), "roads.1")
    assert lock.holder() is None


def test_it_may_be_nested_and_ends_with_the_outer_one(tmp_path: Path) -> None:
    lock, other = SenderLock(tmp_path / "send.lock"), SenderLock(tmp_path / "send.lock")
    with lock.hold("rivers"):
        with lock.hold("rivers.1"):
            assert other.holder() == Holder(os.getpid(), "rivers.1")
        assert other.holder() is not None
    assert other.holder() is None


def test_within_one_process_it_excludes_as_well(tmp_path: Path) -> None:
    lock, other = SenderLock(tmp_path / "send.lock"), SenderLock(tmp_path / "send.lock")
    with lock.hold("rivers.1"), pytest.raises(AlreadySending), other.hold("rivers.1"):
        pass
    with other.hold("rivers.1"):
        pass


def test_nobody_holds_what_is_not_there(tmp_path: Path) -> None:
    assert SenderLock(tmp_path / "send.lock").holder() is None
    assert not (tmp_path / "send.lock").exists()


def test_a_holder_that_has_not_signed_yet_is_unknown(tmp_path: Path) -> None:
    path = tmp_path / "send.lock"
    with SenderLock(path).hold("rivers.1"):
        path.write_text("")
        assert SenderLock(path).holder() == Holder(0, "")
        with pytest.raises(AlreadySending, match="process unknown"), SenderLock(path).hold("roads.1"):
            pass


def test_what_a_dead_process_left_at_work_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dispatch.delivery.lock._PATIENCE_AFTER_DEATH", 0.3)
    path = tmp_path / "send.lock"
    with subprocess.Popen([sys.executable, "-c", LEAVE, str(path)], stdout=subprocess.PIPE, text=True) as dead:
        assert dead.stdout
        helper = int(dead.stdout.readline())
        dead.wait()
        try:
            gone = rf"process {dead.pid}, which is gone"
            with pytest.raises(AlreadySending, match=gone) as told, SenderLock(path).hold("roads.1"):
                pass
        finally:
            os.kill(helper, signal.SIGKILL)
    assert "repeat the command" in told.value.problems[0].remedy
    with SenderLock(path).hold("roads.1"):
        pass


def test_two_paths_to_a_database_lead_to_one_lock(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere"
    shutil.copytree(folder, other)
    (other / ".dispatch/dispatch.db").unlink()
    (other / ".dispatch/dispatch.db").symlink_to(folder / ".dispatch/dispatch.db")
    with (
        Records.open(folder, environ={}) as one,
        Records.open(other, environ={}) as two,
        one.lock.hold("bridge.1"),
        pytest.raises(AlreadySending),
        two.lock.hold("bridge.1"),
    ):
        pass
