"""The real service, in processes of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from web.client import Service


@pytest.fixture(scope="session")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Service]]:
    """Start a service on a new folder, with more arguments for service.py."""
    services: list[Service] = []

    def begin(*arguments: str) -> Service:
        services.append(Service.start(tmp_path_factory.mktemp("newsletter"), *arguments))
        return services[-1]

    yield begin
    for service in services:
        service.process.kill()
        service.process.communicate()


@pytest.fixture(scope="session")
def service(start: Callable[..., Service]) -> Service:
    """One for all tests that only need another subscriber each."""
    return start()
