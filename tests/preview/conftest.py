"""Previews of small newsletters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from preview.browsing import PATIENCE
from preview.client import TIDES, Preview, write_newsletter

# A test that passes waits no longer than it must.
expect.set_options(timeout=PATIENCE * 1000)


@pytest.fixture
def newsletter(tmp_path: Path) -> Path:
    """A newsletter folder of the test's own."""
    folder = tmp_path / "newsletter"
    folder.mkdir()
    return write_newsletter(folder)


@pytest.fixture
def start() -> Iterator[Callable[..., Preview]]:
    """Start the preview on a folder; it ends with the test."""
    running: list[Preview] = []

    def begin(folder: Path, *arguments: str) -> Preview:
        running.append(Preview.start(folder, *arguments))
        return running[-1]

    yield begin
    for preview in running:
        preview.stop()


@pytest.fixture
def preview(newsletter: Path, start: Callable[..., Preview]) -> Preview:
    """A preview whose files the test may change."""
    return start(newsletter)


@pytest.fixture(scope="session")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Preview]:
    """A preview whose files nobody changes."""
    preview = Preview.start(write_newsletter(tmp_path_factory.mktemp("newsletter")))
    yield preview
    preview.stop()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Preview]:
    """A preview that the tests of a file share; each begins by saving the issue that it needs."""
    preview = Preview.start(write_newsletter(tmp_path_factory.mktemp("newsletter")))
    yield preview
    preview.stop()


@pytest.fixture
def desk(shared: Preview) -> Preview:
    """The shared preview, with the issue as it was at first."""
    shared.settle(TIDES)
    return shared
