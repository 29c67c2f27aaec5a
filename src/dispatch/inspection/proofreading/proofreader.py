"""The proof-reader: what engines say of an issue, text by text, each read once while it stays the same."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dispatch.checks.evidence import Mistake, Proofs
from dispatch.checks.parts import ReadText, read_texts
from dispatch.content.issue import Issue
from dispatch.inspection.proofreading import engine_for, engines
from dispatch.inspection.proofreading.engine import Answer, Failure
from dispatch.inspection.proofreading.kept import Kept, key_of
from dispatch.inspection.proofreading.process import EngineProcess, Late, Lost
from dispatch.inspection.proofreading.prose import LONGEST, is_cut, is_prose, is_sentence, prose_of
from dispatch.languages.tags import primary
from dispatch.rendering.words import locale_of

INSTALL = "pip install 'dispatch-newsletter[proofread]'"
MOST_CHARACTERS = 200_000
"""Of an issue that are read, 30,000 words: what stands behind them is not."""

REST = 300.0
"""Seconds, at least, before a text that took too long is tried once more: a machine is busy for minutes."""

_MOST_FAILURES = 2
_LONGEST_CAUSE = 200  # characters


@dataclass(frozen=True)
class _Passage:
    """A text to be read."""

    text: ReadText
    language: str
    prose: str
    key: str  # "" where no engine reads the language


class Proofreader:
    """Reads issues, in a process of its own that starts when it is needed. Threads may share it."""

    def __init__(self, kept: Path, process: EngineProcess | None = None) -> None:
        """What was found is kept in the file `kept`."""
        self._kept = Kept(kept)
        self._process = process or EngineProcess()
        self._late: dict[str, float] = {}  # by the keys of texts that took too long: when, on a clock that only rises

    def read(self, issue: Issue, *, patiently: bool = True) -> Proofs:
        """What is wrong in an issue; without patience only what is known already, and whether there is more to come."""
        passages = list(_passages(issue))
        kept = self._kept.read()
        known = {each.key: kept[each.key] for each in passages if each.key in kept and _fits(kept[each.key], each)}
        late = {
            key
            for key, answer in known.items()
            if isinstance(answer, Failure) and answer.again and self._has_rested(key)
        }
        unread = [each for each in passages if each.key and (each.key not in known or each.key in late)]
        failed: dict[str, str] = {}
        if unread and patiently:
            found = self._found(unread, late, failed)
            known |= found
            if found:
                self._kept.add(known)
        mistakes = {each.text.written.path: tuple(_mistakes(each, known.get(each.key, ()))) for each in passages}
        unknown = dict.fromkeys(primary(each.language) for each in passages if not each.key)
        missing = dict.fromkeys(map(lacking, unknown))
        failed |= {
            key: _told(answer)
            for key, answer in known.items()
            if isinstance(answer, Failure) and (patiently or key not in late)
        }
        lost = [each for each in passages if each.key in failed or (patiently and each.key and each.key not in known)]
        return Proofs(
            {path: told for path, told in mistakes.items() if told},
            (*missing, *_unread(issue, passages), *_told_lost(issue, lost, failed)),
            pending=bool(unread) and not patiently,
        )

    def close(self) -> None:
        """End the process, if there is one."""
        self._process.close()

    def _has_rested(self, key: str) -> bool:
        """Whether a text that took too long did so a while ago, or when somebody else asked: another run."""
        return key not in self._late or time.monotonic() - self._late[key] >= REST

    def _found(self, passages: Sequence[_Passage], late: Collection[str], failed: dict[str, str]) -> dict[str, Answer]:
        """What the engines say; why they failed over a text now, and may not the next time, comes into `failed`.

        A text that took too long is tried once more, after the others: if one of those fails as well, the machine is
        busy still, and the text keeps its second try.
        """
        found: dict[str, Answer] = {}
        failures = 0
        # An engine is loaded once for all its texts.
        for each in sorted(passages, key=lambda each: (each.key in late, each.language)):
            if failures > _MOST_FAILURES or (failures and each.key in late):
                break  # it is not the texts
            try:
                found[each.key] = self._process.ask(each.language, each.prose)
            except Lost as failure:
                failures += 1
                cause = _in_a_line(failure)
                if isinstance(failure, Late):
                    self._late[each.key] = time.monotonic()
                    found[each.key] = Failure(cause, again=each.key not in late)
                elif failure.lasting:
                    found[each.key] = Failure(cause)
                else:
                    failed[each.key] = cause
        return found


def _fits(answer: Answer, passage: _Passage) -> bool:
    """Whether what is kept can be about a text: files are edited."""
    length = len(passage.prose)
    return isinstance(answer, Failure) or all(match["offset"] + match["length"] <= length for match in answer)


def _told_lost(issue: Issue, passages: Sequence[_Passage], causes: Mapping[str, str]) -> Iterator[str]:
    """That texts are not read, with the first cause."""
    first = next((each for each in passages if each.key in causes), None)
    if first:
        others = len(passages) - 1
        those = f"this text and {others} more, which are" if others else "this text, which is"
        place = issue.locate(first.text.written.path)
        yield f"{place}: the proof-reader failed over {those} not read: {causes[first.key]}"


def _passages(issue: Issue) -> Iterator[_Passage]:
    """The texts of an issue that are prose, up to the most that is read."""
    editions: dict[str, str] = {}
    left = MOST_CHARACTERS
    for text in filter(is_prose, read_texts(issue)):
        language, prose = text.written.language, prose_of(text)
        left -= len(prose)
        if left < 0:
            return
        if any(map(str.isalpha, prose)):
            if language not in editions:
                engine = engine_for(language)
                editions[language] = engine.edition(language) if engine else ""
            key = key_of(editions[language], language, prose) if editions[language] else ""
            yield _Passage(text, language, prose, key)


def _mistakes(passage: _Passage, answer: Answer | tuple[()]) -> Iterator[Mistake]:
    """What was found in words that the author wrote, and not in what stands for a merge field or for code."""
    written, bare = passage.text.written.value, passage.text.prose
    for match in () if isinstance(answer, Failure) else answer:
        start, end = match["offset"], match["offset"] + match["length"]
        misspelt = match["issue_type"] == "misspelling"
        if bare[start:end] == written[start:end] and (misspelt or is_sentence(passage.text)):
            yield Mistake(
                offset=start,
                length=match["length"],
                message=match["message"],
                replacements=tuple(match["replacements"]),
                rule=match["rule"],
                misspelt=misspelt,
                literal=passage.prose[start:end] == written[start:end],
            )


def _told(failure: Failure) -> str:
    return f"{failure.cause}; it is tried once more" if failure.again else failure.cause


def _in_a_line(failure: Lost) -> str:
    return " ".join(str(failure).split())[:_LONGEST_CAUSE]


def lacking(language: str) -> str:
    """What would have to be installed to read a language, in a sentence; "" where it can be read."""
    if engine_for(language):
        return ""
    if not engine_for("en"):
        return f"Spelling and grammar are not checked: `{INSTALL}`"
    packages = next(filter(None, (engine.remedy(language) for engine in engines())), "")
    remedy = f"`pip install {packages}`" if packages else "no engine knows it"
    return f"Spelling and grammar in {_named(language)} are not checked: {remedy}"


def _unread(issue: Issue, passages: Iterable[_Passage]) -> Iterator[str]:
    read = {each.text.written.path for each in passages}
    for text in filter(is_prose, read_texts(issue)):
        if is_cut(text):
            place = issue.locate(text.written.path)
            yield f"{place}: of this text the first {LONGEST:,} characters were proof-read"
        elif text.written.path not in read and any(map(str.isalpha, prose_of(text))):
            yield f"{issue.locate(text.written.path)}: from here on nothing was proof-read: the issue is too long"
            return


def _named(language: str) -> str:
    """A language's name in English."""
    locale = locale_of(language)
    return str((locale and locale.get_language_name("en")) or language)
