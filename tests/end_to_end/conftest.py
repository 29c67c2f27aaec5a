"""The real command, from the console script and from a launcher that has imported it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from crash.command import Launcher


@pytest.fixture(scope="session")
def launcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launcher]:
    """Starts commands without the second that importing takes."""
    with Launcher(tmp_path_factory.mktemp("notes")) as launcher:
        yield launcher
