"""The process in which engines read: a question a line, an answer a line; it ends when its questions do.

Question: `{"language": "en", "text": "…"}`. Answer: `{"matches": […]}`, or `{"trouble": "…"}` where the engine failed; with `"lasting": true` where it always would.
"""

from __future__ import annotations

import ctypes
import json
import os
import re
import signal
import sys
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from dispatch.inspection.proofreading import engine_for
from dispatch.inspection.proofreading.engine import Engine
from dispatch.inspection.proofreading.english import english_slips
from dispatch.inspection.proofreading.sieve import told

_KEPT = 2
"""Languages that are not loaded again: each takes up to half a gigabyte."""

_WORD = re.compile(r"[^\W\d_]{2,}")
_LONG = 200  # words
_ASKED = 40
_MOST_UNKNOWN = 0.7  # of them: half of a list of names may be unknown

LIMIT = 60
"""Seconds for one question, twice what anybody waits: an engine that hangs is ended by the system's clock."""

_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def answers(questions: Iterable[str]) -> Iterator[str]:
    """An answer to each question."""
    for line in questions:
        question = json.loads(line)
        try:
            language, text = question["language"], question["text"]
            engine = _engine(language)
            if is_known(text, engine):
                matches = [*english_slips(text, language), *engine.check(text)]
                answer: dict[str, object] = {"matches": list(told(text, matches, engine, language))}
            else:
                answer = {"trouble": "most of its words are in no dictionary", "lasting": True}
        except Exception as error:  # noqa: BLE001 - an engine's fault, which is told; a panic of Rust's ends the process
            answer = {"trouble": f"{type(error).__name__}: {error}"}
        yield json.dumps(answer)


def is_known(text: str, engine: Engine) -> bool:
    """Whether a text has words of the engine's language: of a long one, enough of some words from all over it.

    For each word that it does not know an engine takes up to 50 ms, to look for others.
    """
    words = _WORD.findall(text)
    if len(words) < _LONG:
        return True
    asked = words[:: len(words) // _ASKED][:_ASKED]
    unknown = sum(match["issue_type"] == "misspelling" for match in engine.check("\n".join(asked)))
    return unknown <= _MOST_UNKNOWN * len(asked)


@lru_cache(_KEPT)
def _engine(language: str) -> Engine:
    found = engine_for(language)
    if not found:
        raise LookupError(f"no engine for {language}")
    return found(language)


def die_with(parent: int) -> None:
    """End at once when the process that started this one does: on Linux; elsewhere when its next question is read."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            raise SystemExit(1)


def limited(questions: Iterable[str]) -> Iterator[str]:
    """The questions; over one that takes too long the process dies (SIGALRM), whatever the engine is doing."""
    for line in questions:
        signal.alarm(LIMIT)
        yield line
        signal.alarm(0)


def main() -> None:
    """Answer what is asked on stdin; Ctrl-C is for whoever asks. What an engine itself prints goes nowhere.

    It leaves the newsletter's folder: LingoTweaker takes a `data` beside it for its own.
    """
    die_with(int(sys.argv[1]))
    os.chdir(Path(__file__).parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with os.fdopen(os.dup(sys.stdout.fileno()), "w") as told, Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
        for answer in answers(limited(sys.stdin)):
            print(answer, file=told, flush=True)


if __name__ == "__main__":
    main()
