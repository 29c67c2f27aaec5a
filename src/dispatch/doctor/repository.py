"""The newsletter in git."""

from __future__ import annotations

from collections.abc import Iterator

from dispatch.doctor.case import Case, NotExamined
from dispatch.doctor.examination import Observation, ok, warning
from dispatch.inspection.repository import revision_of


def git(case: Case) -> Iterator[Observation]:
    """The files are as they were committed, so that the commit which a mailing names is what was mailed."""
    revision = revision_of(case.config.folder)
    if not revision.commit:
        raise NotExamined("the newsletter is in no git repository, or nothing was committed yet")
    if revision.clean:
        yield ok(git, f"all files are as in the commit {revision.commit[:12]}")
    else:
        yield warning(
            git,
            f"some files are not as in the commit {revision.commit[:12]}, which a mailing would name",
            "Commit them before you send: git add . && git commit",
        )
