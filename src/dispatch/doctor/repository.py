"""The newsletter in git."""

from __future__ import annotations

from collections.abc import Iterator

from dispatch.doctor.case import Case, NotExamined
from dispatch.doctor.examination import Observation, ok, warning
from dispatch.inspection.remote import GitRemote
from dispatch.inspection.repository import revision_of

_MOST_NAMES = 5  # of claims, on one line


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


def claim(case: Case) -> Iterator[Observation]:
    """The git remote in which mailings are claimed, so that no other clone sends them too, can be asked.

    Whether it takes a claim is seen when a mailing makes one: nothing is pushed here.
    """
    case.require_real_mail()
    chosen = case.config.delivery.claim
    if chosen != "git":
        raise NotExamined(f"delivery.claim is {chosen}, so that nothing is claimed in git")
    remote = GitRemote.around(case.config.folder)
    if remote is None:
        raise NotExamined(
            "there is no git remote, and so nothing that keeps another clone from sending a mailing again"
        )
    names = sorted(remote.refs("*"))
    told = f"claimed there: {', '.join(names[-_MOST_NAMES:])}" if names else "no mailing is claimed there yet"
    more = f" and {len(names) - _MOST_NAMES:,} more" if len(names) > _MOST_NAMES else ""
    yield ok(claim, f"the git remote {remote.name} answers; {told}{more}")
