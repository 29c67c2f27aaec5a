"""The proof-reader: what engines say of an issue, text by text, each read once while it stays the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from dispatch.checks.evidence import Mistake, Proofs
from dispatch.checks.parts import ReadText, read_texts
from dispatch.content.issue import Issue
from dispatch.inspection.proofreading import engine_for, engines
from dispatch.inspection.proofreading.engine import Match
from dispatch.inspection.proofreading.kept import Kept, key_of
from dispatch.inspection.proofreading.process import EngineProcess, Lost
from dispatch.inspection.proofreading.prose import LONGEST, is_cut, is_prose, is_sentence, prose_of
from dispatch.languages.tags import primary
from dispatch.rendering.words import locale_of

INSTALL = "pip install 'dispatch-newsletter[proofread]'"
MOST_CHARACTERS = 200_000
"""Of an issue that are read, 30,000 words: what stands behind them is not."""

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

    def read(self, issue: Issue, *, patiently: bool = True) -> Proofs:
        """What is wrong in an issue; without patience only what is known already, and whether there is more to come."""
        passages = list(_passages(issue))
        known = self._kept.read()
        unread = [each for each in passages if each.key and each.key not in known]
        lost: list[str] = []
        if unread and patiently:
            found = self._found(issue, unread, lost)
            known |= found
            if found:
                self._kept.add({each.key: known[each.key] for each in passages if each.key in known})
        mistakes = {
            each.text.written.path: tuple(_mistakes(each, known[each.key])) for each in passages if each.key in known
        }
        unknown = dict.fromkeys(primary(each.language) for each in passages if not each.key)
        missing = dict.fromkeys(map(lacking, unknown))
        return Proofs(
            {path: told for path, told in mistakes.items() if told},
            (*missing, *_unread(issue, passages), *lost),
            pending=bool(unread) and not patiently,
        )

    def close(self) -> None:
        """End the process, if there is one."""
        self._process.close()

    def _found(self, issue: Issue, passages: Sequence[_Passage], lost: list[str]) -> dict[str, list[Match]]:
        """What the engines say; what they failed over is left out, and told in `lost` with the cause, in one line."""
        found: dict[str, list[Match]] = {}
        failures: list[tuple[_Passage, Lost]] = []
        for each in sorted(passages, key=lambda each: each.language):  # an engine is loaded once for all its texts
            try:
                found[each.key] = self._process.ask(each.language, each.prose)
            except Lost as failure:
                failures.append((each, failure))
                if len(failures) > _MOST_FAILURES:
                    break  # it is not the texts
        if failures:
            (first, cause), others = failures[0], sum(each.key not in found for each in passages) - 1
            those = f"this text and {others} more, which are" if others else "this text, which is"
            place = issue.locate(first.text.written.path)
            lost.append(f"{place}: the proof-reader failed over {those} not read: {_in_a_line(cause)}")
        return found


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


def _mistakes(passage: _Passage, matches: Iterable[Match]) -> Iterator[Mistake]:
    """What was found in words that the author wrote, and not in what stands for a merge field or for code."""
    written, bare = passage.text.written.value, passage.text.prose
    for match in matches:
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
