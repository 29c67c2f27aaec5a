"""A newsletter that sends real mail, a DNS of its own, and the doctor's look at both."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from dispatch.doctor.case import Case
from dispatch.inspection.dns import Resolver
from dispatch.project import Project
from dispatch.testing.dns_server import DnsServer
from newsletter import KEY, configure

Open = Callable[[], Case]


@pytest.fixture
def dns() -> Iterator[DnsServer]:
    """A name server that knows nothing yet."""
    with DnsServer() as server:
        yield server


@pytest.fixture
def resolver(dns: DnsServer) -> Resolver:
    """Who asks it."""
    return Resolver(["127.0.0.1"], port=dns.port, seconds=1)


@pytest.fixture
def case(folder: Path, resolver: Resolver) -> Iterator[Open]:
    """Opens the newsletter in `folder` as it is now."""
    with ExitStack() as opened:

        def open_now() -> Case:
            project = Project.open(folder, environ=os.environ)
            return opened.enter_context(closing(Case.of(project, resolver=resolver)))

        yield open_now


@pytest.fixture
def real(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The newsletter's folder, set up for a mail server that nobody has to ask."""
    monkeypatch.setenv("DISPATCH_KEY", KEY)
    configure(
        folder,
        'keys: ["${DISPATCH_KEY}"]\nprovider: smtp\nproviders: {smtp: {host: mail.crossings.example}}\n',
    )
    return folder
