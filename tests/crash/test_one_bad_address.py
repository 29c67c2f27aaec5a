"""One bad address among a thousand makes a provider refuse the whole call: everybody else gets theirs, once."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from crash.command import Launcher
from crash.newsletter import ENVIRON, SLUG, write_newsletter
from dispatch.testing.mailgun_server import MailgunServer

THOUSAND = tuple(f"reader{number:04}@example.com" for number in range(1, 1001))


@pytest.mark.parametrize("place", [0, 613])
@pytest.mark.parametrize("concurrency", [1, 4])
def test_everybody_else_is_accepted_once_in_twelve_further_calls(
    place: int, concurrency: int, launcher: Launcher, tmp_path: Path
) -> None:
    with MailgunServer(tmp_path / "truth") as server:
        server.invalid.add(THOUSAND[place])
        options = {"port": server.port, "concurrency": concurrency, "readers": THOUSAND}
        folder = write_newsletter(tmp_path / "newsletter", "mailgun", **options)
        sent = launcher.run(folder, "send", SLUG, "--yes", "--json", environ=ENVIRON)
        assert sent.code == 0, sent
        assert (sent.json["accepted"], sent.json["refused"], sent.json["pending"]) == (999, 1, 0)
        truth = Counter(entry["recipient"] for entry in server.truth.entries())
        assert truth == Counter({*THOUSAND} - {THOUSAND[place]})
        assert len(server.calls) <= 1 + 12
