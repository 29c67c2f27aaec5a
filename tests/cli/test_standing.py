"""Where a mailing stands: every state has its exit code, its words and what to type next."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dispatch.cli.standing import advise, exit_code, show_standing
from dispatch.cli.terminal import in_zone
from dispatch.delivery.mailing import MailingState
from dispatch.delivery.report import Status

STATUS = Status(
    mailing="bridge.1",
    issue="bridge",
    state=MailingState.FINISHED,
    audience=1_234_567,
    accepted=1_234_560,
    refused=4,
    pending=0,
    uncertain=0,
    withdrawn=3,
    excluded={"not_in_file": 20, "unsubscribed": 1_000},
    provider="smtp",
    started="2026-03-02T07:00:00Z",
    finished="2026-03-02T09:00:00Z",
)


def test_numbers_stand_below_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    show_standing(STATUS, "UTC", as_json=False)
    assert (
        capsys.readouterr().out
        == """\
bridge.1  finished

  audience   1,234,567
  accepted   1,234,560
  refused            4
  withdrawn          3
  excluded          20  not in file
                 1,000  unsubscribed

  provider   smtp
  started    2026-03-02T07:00:00Z
  finished   2026-03-02T09:00:00Z
"""
    )


@pytest.mark.parametrize("state", MailingState)
def test_every_state_has_an_exit_code_and_a_next_step(state: MailingState, capsys: pytest.CaptureFixture[str]) -> None:
    where = replace(STATUS, state=state, uncertain=int(state is MailingState.FINISHED_UNCERTAIN))
    codes = {MailingState.FINISHED: 0, MailingState.CANCELLED: 0, MailingState.FINISHED_UNCERTAIN: 4}
    assert exit_code(where) == codes.get(state, 3)
    show_standing(where, "UTC", as_json=False)
    advise(where)
    said = capsys.readouterr()
    assert said.out.startswith(f"bridge.1  {state.replace('_', ', ')}\n")
    if state in (MailingState.PAUSED, MailingState.STOPPED):
        assert said.err == "\nNext: dispatch resume bridge.1\n"
    elif state is MailingState.FINISHED_UNCERTAIN:
        assert "dispatch settle bridge.1 --hold" in said.err
    else:
        assert said.err.startswith("\nNext: dispatch ")


def test_times_are_those_of_the_newsletter(capsys: pytest.CaptureFixture[str]) -> None:
    show_standing(replace(STATUS, finished="2026-03-29T01:00:00Z"), "Europe/Paris", as_json=False)
    assert "started    2026-03-02 08:00:00 CET\n  finished   2026-03-29 03:00:00 CEST\n" in capsys.readouterr().out
    show_standing(STATUS, "Europe/Paris", as_json=True)
    assert '"started": "2026-03-02T07:00:00Z"' in capsys.readouterr().out


def test_what_only_looks_like_a_time_is_left_alone() -> None:
    assert in_zone("9999-12-31T23:00:00Z, 2026-13-02T07:00:00Z", "Asia/Tokyo") == (
        "9999-12-31T23:00:00Z, 2026-13-02T07:00:00Z"
    )
