"""Servers for the providers, and certificates for them."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import trustme

from dispatch.providers.postmark import Postmark
from dispatch.testing.postmark_server import TOKEN, PostmarkServer
from dispatch.testing.smtp_server import SmtpServer
from providers.carriers import ImpatientCarrier, PostmarkCarrier, SmtpCarrier


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="session")
def certificate(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    return context


@pytest.fixture(scope="session")
def ca_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("ca") / "ca.pem"
    path.write_bytes(authority.cert_pem.bytes())
    return path


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[SmtpCarrier]:
    with SmtpServer(tmp_path / "truth") as server:
        yield SmtpCarrier(server, tmp_path)


@pytest.fixture
def impatient(plain: SmtpCarrier) -> ImpatientCarrier:
    return ImpatientCarrier(plain.server, plain.folder)


@pytest.fixture
def carrier(tmp_path: Path) -> Iterator[PostmarkCarrier]:
    with PostmarkServer(tmp_path / "truth") as server:
        yield PostmarkCarrier(server, tmp_path)


@pytest.fixture
def postmark() -> Iterator[Postmark]:
    with closing(Postmark(token=TOKEN)) as provider:
        yield provider
