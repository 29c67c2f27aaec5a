"""Why somebody did or did not get an issue: only what the records prove."""

from __future__ import annotations

from dispatch.delivery.report import Trace
from dispatch.explanation import Explanation, explain
from dispatch.project import Project
from dispatch.subscribers.subscriber import HistoryEntry, Reason, Suppression


def paragraphs(**facts: object) -> list[list[str]]:
    """What is told to people."""
    nothing: dict[str, object] = dict.fromkeys(("subscriber", "exclusion", "suppression")) | {
        "history": (),
        "mailings": (),
    }
    return list(Explanation(address="ada@example.com", **{**nothing, **facts}).paragraphs())


def test_nothing_is_known(project: Project) -> None:
    stranger = explain(project, "stranger@example.com", None)
    assert not stranger.known
    assert list(stranger.paragraphs()) == [["status      not on the list"], [], []]


def test_who_left_is_known_though_not_on_the_list(project: Project) -> None:
    project.store.unsubscribe(project.store.id_of("ada@example.com"), "one-click bridge.1")
    left = explain(project, "Ada@Example.com", None)
    assert left.known
    (standing, history, mailings) = left.paragraphs()
    assert standing[1].startswith("suppressed  unsubscribed since ")
    assert standing[1].endswith(", by one-click bridge.1")
    assert history[0].endswith("unsubscribed: one-click bridge.1")
    assert mailings == []
    as_json = left.as_json()
    assert as_json["status"] is None
    assert as_json["suppression"]["reason"] == "unsubscribed"


def test_history_and_suppression_in_words() -> None:
    told = paragraphs(
        suppression=Suppression(Reason.BOUNCED, "2026-03-02T07:00:00Z", "postmark"),
        history=(
            HistoryEntry("2026-03-01T07:00:00Z", "left_file", ""),
            HistoryEntry("2026-03-02T07:00:00Z", "bounced", "postmark"),
        ),
    )
    assert told == [
        ["status      not on the list", "suppressed  bounced since 2026-03-02T07:00:00Z, by postmark"],
        ["2026-03-01T07:00:00Z  left file", "2026-03-02T07:00:00Z  bounced: postmark"],
        [],
    ]


def test_every_fate_in_words() -> None:
    frozen = "2026-03-02T07:00:00Z"
    at = "2026-03-02T07:01:00Z"
    traces = (
        Trace("bridge.1", "bridge", frozen),
        Trace("bridge.2", "bridge", frozen, "french"),
        Trace("bridge.3", "bridge", frozen, position=4, fate="pending"),
        Trace("bridge.4", "bridge", frozen, position=4, fate="accepted", at=at, provider_ids=("a1",)),
        Trace("bridge.5", "bridge", frozen, position=4, fate="refused", code="550", detail="no such user", at=at),
        Trace(
            "bridge.5", "bridge", frozen, position=4, fate="uncertain", code="restored", detail="from a backup", at=at
        ),
        Trace("bridge.6", "bridge", frozen, position=4, fate="withdrawn", code="unsubscribed", at=at),
    )
    assert paragraphs(mailings=traces)[2] == [
        "bridge.1  not in the audience, which was frozen at 2026-03-02T07:00:00Z",
        "bridge.2  not in the audience (segment french), which was frozen at 2026-03-02T07:00:00Z",
        "bridge.3  recipient 4, pending",
        "bridge.4  recipient 4, accepted at 2026-03-02T07:01:00Z, receipt a1",
        "bridge.5  recipient 4, refused at 2026-03-02T07:01:00Z (550 no such user)",
        "bridge.5  recipient 4, uncertain at 2026-03-02T07:01:00Z (restored: from a backup)",
        "bridge.6  recipient 4, withdrawn at 2026-03-02T07:01:00Z (unsubscribed)",
    ]
    assert not Explanation("a@example.com", None, None, None, (), traces[:2]).known
    assert Explanation("a@example.com", None, None, None, (), traces[2:3]).known
