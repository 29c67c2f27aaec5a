"""Mail services and the clients that their people read with."""

from __future__ import annotations

import pytest

from dispatch.checks.readers import CLIENTS, OTHER, clients_of, service_of
from dispatch.checks.support import client_names


@pytest.mark.parametrize(
    ("address", "service"),
    [
        ("a@gmail.com", "gmail"),
        ("a@GoogleMail.com", "gmail"),
        ("a@hotmail.fr", "outlook"),
        ("a@live.co.uk", "outlook"),
        ("a@live.example.com", OTHER),
        ("a@outlook.company.example", OTHER),
        ("a@yahoo.co.jp", "yahoo"),
        ("a@notyahoo.com", OTHER),
        ("a@mail.yahoo.com", OTHER),
        ("a@me.com", "icloud"),
        ("a@gmx.at", "gmx"),
        ("a@gmx.net", "gmx"),
        ("a@web.de", "web-de"),
        ("a@wanadoo.fr", "orange"),
        ("a@proton.me", "proton"),
        ("a@example.org", OTHER),
    ],
)
def test_an_address_tells_its_mail_service(address: str, service: str) -> None:
    assert service_of(address) == service


@pytest.mark.parametrize("service", CLIENTS)
def test_everybody_of_a_service_reads_with_a_client_that_was_tested(service: str) -> None:
    assert sum(CLIENTS[service].values()) == 100
    assert set(CLIENTS[service]) <= set(client_names())


def test_an_audience_is_the_sum_of_its_services() -> None:
    shares = clients_of({"icloud": 3, "hey": 1, "gmail": 0})
    assert shares == pytest.approx({"apple-mail/ios": 0.5625, "apple-mail/macos": 0.1875, "hey/desktop-webmail": 0.25})
    assert clients_of({}) == clients_of({OTHER: 7})
