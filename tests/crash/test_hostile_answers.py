"""Answers that may be about somebody else, and calls that would be too large: what the ledger says is true, and nobody gets two."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from crash.command import Launcher
from crash.newsletter import ENVIRON, MAILING, READERS, SLUG, write_newsletter
from crash.trial import opened
from dispatch.delivery.mailing import BatchState
from dispatch.testing.mailgun_server import MailgunServer
from dispatch.testing.postmark_server import PostmarkServer

MANY = tuple(f"reader{number:03}@example.com" for number in range(1, 401))


# All sixty are in one call. Of ids in reverse none is where it belongs; where one is missing, the last has none.
@pytest.mark.parametrize(("answer", "uncertain"), [("shuffled", 60), ("short", 1), ("surplus", 60)])
def test_an_id_that_may_be_anothers_is_uncertain(
    answer: str, uncertain: int, launcher: Launcher, tmp_path: Path
) -> None:
    with PostmarkServer(tmp_path / "truth") as server:
        server.faults.add("batch", answer)
        folder = write_newsletter(tmp_path / "newsletter", "postmark", port=server.port)
        for command in (("send", SLUG, "--yes"), ("resume", MAILING)):  # neither tries again
            run = launcher.run(folder, *command, "--json", environ=ENVIRON)
            assert run.code == 4, run
            assert (run.json["uncertain"], run.json["accepted"]) == (uncertain, len(READERS) - uncertain)
        truth = {entry["recipient"]: entry["id"] for entry in server.truth.entries()}
        assert len(server.calls) == 1
    with opened(folder) as project:
        mailing = project.mailing(MAILING)
        with project.ledger.reading() as connection:
            ids = {
                person.address: list(project.ledger.receipts(connection, mailing, person.position))
                for row in project.ledger.rows(connection, mailing, BatchState.ACCEPTED)
                for person in project.ledger.recipients(connection, row)
            }
    assert ids == {address: [truth[address]] for address in ids}


@pytest.mark.parametrize(("name", "kind"), [("postmark", PostmarkServer), ("mailgun", MailgunServer)])
def test_a_call_that_would_be_too_large_is_split(
    name: str, kind: type[PostmarkServer | MailgunServer], launcher: Launcher, tmp_path: Path
) -> None:
    with kind(tmp_path / "truth") as server:
        folder = write_newsletter(tmp_path / "newsletter", name, port=server.port, readers=MANY)
        whole = launcher.run(folder, "send", SLUG, "--yes", environ=ENVIRON)
        (one,) = server.calls
        limit = int(len(one) * 0.7)
        again = ("send", SLUG, "--yes", "--again")
        split = launcher.run(folder, *again, environ=ENVIRON, settings={f"dispatch.providers.{name}:_MAX_CALL": limit})
        assert (whole.code, split.code) == (0, 0), split
        assert len(server.calls) > 2
        assert max(len(call) for call in server.calls[1:]) <= limit
        assert Counter(entry["recipient"] for entry in server.truth.entries()) == dict.fromkeys(MANY, 2)
