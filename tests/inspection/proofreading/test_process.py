"""The process that reads: it may die, hang, print and fail, and whoever asks gets an answer or a reason."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from threading import Thread

import pytest

from dispatch.inspection.proofreading import engine_for
from dispatch.inspection.proofreading.process import WORKER, EngineProcess, Late, Lost

needs_an_engine = pytest.mark.skipif(not engine_for("en"), reason="no engine for English is installed")

ECHO = """
import json, sys
for line in sys.stdin:
    text = json.loads(line)["text"]
    if text == "die": sys.exit(3)
    if text == "hang": import time; time.sleep(60)
    if text == "babble": print("no json", flush=True); continue
    if text == "fail": print(json.dumps({"trouble": "ValueError: no"}), flush=True); continue
    print(json.dumps({"matches": [{"message": text}]}), flush=True)
"""


BOUND = """
from dispatch.inspection.proofreading import worker
worker.die_with(int(__import__("sys").argv[1]))
worker.LIMIT = 1
def slowly(language):
    while True: pass
worker._engine = slowly
print("0", flush=True)
for answer in worker.answers(worker.limited(__import__("sys").stdin)): print(answer, flush=True)
"""


@contextmanager
def process(*command: str) -> Iterator[EngineProcess]:
    process = EngineProcess(command or WORKER)
    try:
        yield process
    finally:
        process.close()


def echo() -> tuple[str, ...]:
    return (sys.executable, "-c", ECHO)


def is_alive(pid: int) -> bool:
    """Whether a process runs, and is no corpse that nobody has looked after."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until_dead(pid: int) -> None:
    end = time.monotonic() + 20
    while is_alive(pid):
        assert time.monotonic() < end
        time.sleep(0.01)


def test_it_starts_with_the_first_question_and_stays_for_the_next() -> None:
    with process(*echo()) as asked:
        assert asked.pid == 0
        assert asked.ask("en", "a\n🙂") == [{"message": "a\n🙂"}]
        pid = asked.pid
        assert asked.ask("en", "x" * 200_000) == [{"message": "x" * 200_000}]
        assert asked.pid == pid


@pytest.mark.parametrize(
    ("text", "reason"), [("die", "ended with 3"), ("babble", "Expecting value"), ("fail", "ValueError")]
)
def test_a_question_that_it_fails_over_is_lost_and_the_next_is_answered(text: str, reason: str) -> None:
    with process(*echo()) as asked:
        with pytest.raises(Lost, match=reason):
            asked.ask("en", text)
        assert asked.ask("en", "a") == [{"message": "a"}]


def test_one_that_takes_too_long_is_ended() -> None:
    with process(*echo()) as asked:
        asked.ask("en", "a")
        pid = asked.pid
        asked._patience = 0.2  # now that it runs
        with pytest.raises(Late, match=r"no answer within 0\.2 seconds"):
            asked.ask("en", "hang")
        assert not is_alive(pid)


def test_one_that_is_killed_is_started_again() -> None:
    with process(*echo()) as asked:
        asked.ask("en", "a")
        pid = asked.pid
        os.kill(pid, signal.SIGKILL)
        wait_until_dead(pid)
        assert asked.ask("en", "b") == [{"message": "b"}]
        assert asked.pid != pid


def test_none_that_can_be_started_is_told() -> None:
    with process(sys.executable, "-c", "raise SystemExit(1)") as asked, pytest.raises(Lost):
        asked.ask("en", "a")


def test_one_that_is_not_there_or_begins_while_all_is_closed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with process("/nowhere/python") as asked, pytest.raises(Lost, match="No such file"):
        asked.ask("en", "a")
    with process(*echo()) as asked:
        started = asked._started
        monkeypatch.setattr(asked, "_started", lambda: (setattr(asked, "_closed", True), started())[1])
        with pytest.raises(Lost, match="nobody is asked any more"):
            asked.ask("en", "hang")
        assert asked.pid == 0


def test_it_ends_with_whoever_started_it() -> None:
    program = (
        "import os, sys; from dispatch.inspection.proofreading.process import EngineProcess\n"
        f"asked = EngineProcess({echo()!r}); asked.ask('en', 'a'); print(asked.pid, flush=True); os.kill(os.getpid(), 9)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL
    wait_until_dead(int(done.stdout))


def test_it_ends_with_whoever_started_it_also_while_it_reads() -> None:
    busy = BOUND.replace("LIMIT = 1", "LIMIT = 100").replace('print("0", flush=True)', 'print("{}", flush=True)')
    program = (
        "import os, time, threading; from dispatch.inspection.proofreading.process import EngineProcess, Lost\n"
        f"asked = EngineProcess(({sys.executable!r}, '-c', {busy!r}))\n"
        "try: asked.ask('en', 'a')\n"
        "except Lost: pass\n"
        "threading.Thread(target=asked.ask, args=('en', 'b'), daemon=True).start(); time.sleep(0.3)\n"
        "print(asked.pid, flush=True); os.kill(os.getpid(), 9)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL
    wait_until_dead(int(done.stdout))


def test_an_engine_that_hangs_is_ended_by_the_clock() -> None:
    hangs = BOUND.replace('print("0", flush=True)\n', "")
    with process(sys.executable, "-c", hangs) as asked, pytest.raises(Lost, match=f"ended with -{signal.SIGALRM:d}"):
        asked.ask("en", "a")


def test_it_outlives_the_thread_that_asked_first() -> None:
    bound = ECHO.replace(
        "import json, sys",
        "import json, sys; from dispatch.inspection.proofreading.worker import die_with; die_with(int(sys.argv[1]))",
    )
    with process(sys.executable, "-c", bound) as asked:
        first = Thread(target=asked.ask, args=("en", "a"))
        first.start()
        first.join()
        pid = asked.pid
        assert asked.ask("en", "b") == [{"message": "b"}]
        assert asked.pid == pid


def test_one_that_does_not_even_take_the_question_is_ended() -> None:
    with process(*echo()) as asked:
        asked.ask("en", "a")
        asked._patience = 0.2
        os.kill(asked.pid, signal.SIGSTOP)
        with pytest.raises(Late):
            asked.ask("en", "x" * 300_000)
        asked._patience = 20
        assert asked.ask("en", "b") == [{"message": "b"}]


@needs_an_engine
def test_a_newsletter_with_a_folder_data_is_read_like_any_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").mkdir()
    monkeypatch.chdir(tmp_path)
    with process() as asked:
        assert len(asked.ask("en", "They avoid dependance on it.")) == 1


@needs_an_engine
def test_a_long_text_of_words_that_nobody_knows_is_not_read() -> None:
    letters = Random(1)
    words = ["".join(letters.choices("abcdefghijklmnopqrstuvwxyz", k=8)).capitalize() for _ in range(1_000)]
    with process() as asked:
        asked._patience = 600  # a busy machine takes its time
        with pytest.raises(Lost, match="most of its words are in no dictionary") as caught:
            asked.ask("en", " ".join(words))
    assert caught.value.lasting


@needs_an_engine
def test_the_real_one_reads() -> None:
    with process() as asked:
        [match] = asked.ask("en", "🙂 They avoid dependance on it.")
        assert (match["offset"], match["replacements"], match["issue_type"]) == (13, ["dependence"], "misspelling")
        with pytest.raises(Lost, match="no engine for qq"):
            asked.ask("qq", "A text.")
        os.kill(asked.pid, signal.SIGINT)  # Ctrl-C reaches it too, and is for others
        assert asked.ask("en", "They avoid it.") == []
