"""An examination is a function of the Case that tells what it saw; its docstring is its documentation."""

from __future__ import annotations

import inspect
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from dispatch.doctor.case import Case, NotExamined
from dispatch.errors import DispatchError
from dispatch.inspection.dns import DnsTrouble

_TRY_AGAIN = "Look at the network and try again; --offline leaves out whatever has to ask others."


class Verdict(StrEnum):
    """How it stands: an error is what a mailing fails by, or what its readers or mailbox providers will not forgive."""

    OK = "ok"
    SKIPPED = "skipped"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True)
class DnsRecord:
    """A record to publish, ready to be copied."""

    name: str
    type: str
    value: str

    def __str__(self) -> str:
        return f'{self.name}. {self.type} "{self.value}"'


@dataclass(frozen=True)
class Observation:
    """One thing that was seen, what to do about it, and for the DNS the record to publish."""

    examination: str
    verdict: Verdict
    message: str
    hint: str = ""
    record: DnsRecord | None = None


Examination = Callable[[Case], Iterable[Observation]]


def name_of(examination: Examination) -> str:
    """The dashed id of an examination: its function's name, `mail_hosts` → `mail-hosts`."""
    return examination.__name__.replace("_", "-")


def documentation_of(examination: Examination) -> str:
    """What an examination is about, from its docstring."""
    return inspect.getdoc(examination) or ""


def ok(examination: Examination, message: str, hint: str = "") -> Observation:
    """It is as it should be."""
    return Observation(name_of(examination), Verdict.OK, message, hint)


def warning(examination: Examination, message: str, hint: str, record: DnsRecord | None = None) -> Observation:
    """A person should look again."""
    return Observation(name_of(examination), Verdict.WARNING, message, hint, record)


def error(examination: Examination, message: str, hint: str, record: DnsRecord | None = None) -> Observation:
    """It has to be mended before real mail goes out."""
    return Observation(name_of(examination), Verdict.ERROR, message, hint, record)


def _skipped(examination: Examination, reason: str) -> Observation:
    return Observation(name_of(examination), Verdict.SKIPPED, f"not looked at: {reason}")


def examine(
    case: Case, here: Sequence[Examination], beyond: Sequence[Examination], *, seconds: float, offline: bool = False
) -> Iterator[Observation]:
    """All observations in order; those who ask others (`beyond`) do so at the same time, and not at all if `offline`.

    Nobody is waited for longer than `seconds`: a thread that hangs is left behind, and ends with the process.
    """
    deadline = time.monotonic() + seconds
    asked = [] if offline else [_Asking(examination, case) for examination in beyond]
    for examination in here:
        yield from _observe(examination, case)
    for asking in asked:
        yield from asking.observations(deadline, seconds)
    for examination in beyond if offline else ():
        yield _skipped(examination, "--offline")


@dataclass
class _Asking:
    """An examination under way in a thread of its own."""

    examination: Examination
    case: Case
    _seen: list[Observation] = field(default_factory=list)
    _fault: BaseException | None = None

    def __post_init__(self) -> None:
        self._thread = threading.Thread(target=self._run, name=name_of(self.examination), daemon=True)
        self._thread.start()

    def observations(self, deadline: float, seconds: float) -> list[Observation]:
        """What it saw, or that nobody answered it."""
        self._thread.join(max(0.0, deadline - time.monotonic()))
        if self._fault:
            raise self._fault
        if self._thread.is_alive():
            return [error(self.examination, f"there was no answer within {seconds:.0f} seconds", _TRY_AGAIN)]
        return self._seen

    def _run(self) -> None:
        try:
            self._seen = list(_observe(self.examination, self.case))
        except BaseException as fault:  # noqa: BLE001 - raised again where somebody sees it
            self._fault = fault


def _observe(examination: Examination, case: Case) -> Iterator[Observation]:
    """What an examination saw, up to where it was stopped by what is wrong."""
    try:
        yield from examination(case)
    except NotExamined as reason:
        yield _skipped(examination, str(reason))
    except DnsTrouble as trouble:
        yield error(examination, str(trouble), _TRY_AGAIN)
    except DispatchError as trouble:
        for problem in trouble.problems:
            place = f"{problem.location}: " if problem.location else ""
            yield error(examination, f"{place}{problem.message}", problem.remedy)
    except OSError as trouble:
        said = f"{trouble.filename or 'a file'}: {trouble.strerror or trouble}"
        yield error(examination, said, "Make it readable for the user who runs dispatch.")
