"""Which mail clients an audience reads with, as far as its addresses tell."""

from __future__ import annotations

import re
from collections.abc import Mapping

OTHER = "other"
"""The mail service of all addresses that say nothing: domains of one's own, of companies and of universities."""

_DOMAINS = {
    "gmail": "gmail.com googlemail.com",
    "outlook": "outlook.* hotmail.* live.* msn.com passport.com",
    "yahoo": "yahoo.* ymail.com rocketmail.com",
    "aol": "aol.* aim.com",
    "icloud": "icloud.com me.com mac.com",
    "gmx": "gmx.*",
    "web-de": "web.de",
    "t-online": "t-online.de",
    "orange": "orange.fr wanadoo.fr",
    "laposte": "laposte.net",
    "free": "free.fr",
    "sfr": "sfr.fr neuf.fr cegetel.net club-internet.fr",
    "proton": "proton.me protonmail.com protonmail.ch pm.me",
    "fastmail": "fastmail.com fastmail.fm",
    "hey": "hey.com",
    "mail-ru": "mail.ru inbox.ru list.ru bk.ru",
    "wp": "wp.pl o2.pl",
}
_SERVICES = {domain: service for service, domains in _DOMAINS.items() for domain in domains.split()}

_COUNTRY = re.compile(r"(?:[a-z]{2}|com|net)(?:\.[a-z]{2})?")  # yahoo.fr, yahoo.co.uk, and not live.example.com

_IN_APPLE_MAIL = {"apple-mail/ios": 20, "apple-mail/macos": 5}
CLIENTS: Mapping[str, Mapping[str, int]] = {
    "gmail": {"gmail/desktop-webmail": 30, "gmail/android": 30, "gmail/ios": 15, **_IN_APPLE_MAIL},
    "outlook": {
        "outlook/outlook-com": 40,
        "outlook/windows": 15,
        "outlook/android": 10,
        "outlook/ios": 10,
        **_IN_APPLE_MAIL,
    },
    "yahoo": {"yahoo/desktop-webmail": 40, "yahoo/android": 25, "yahoo/ios": 10, **_IN_APPLE_MAIL},
    "aol": {"aol/desktop-webmail": 55, "aol/android": 10, "aol/ios": 10, **_IN_APPLE_MAIL},
    "icloud": {"apple-mail/ios": 75, "apple-mail/macos": 25},
    "gmx": {"gmx/desktop-webmail": 45, "gmx/android": 20, "gmx/ios": 10, **_IN_APPLE_MAIL},
    "web-de": {"web-de/desktop-webmail": 45, "web-de/android": 20, "web-de/ios": 10, **_IN_APPLE_MAIL},
    "t-online": {"t-online-de/desktop-webmail": 60, "thunderbird/windows": 15, **_IN_APPLE_MAIL},
    "orange": {"orange/desktop-webmail": 50, "orange/android": 15, "orange/ios": 10, **_IN_APPLE_MAIL},
    "laposte": {"laposte/desktop-webmail": 50, "laposte/android": 15, "laposte/ios": 10, **_IN_APPLE_MAIL},
    "free": {"free-fr/desktop-webmail": 60, "thunderbird/windows": 15, **_IN_APPLE_MAIL},
    "sfr": {"sfr/desktop-webmail": 50, "sfr/android": 15, "sfr/ios": 10, **_IN_APPLE_MAIL},
    "proton": {"protonmail/desktop-webmail": 50, "protonmail/android": 30, "protonmail/ios": 20},
    "fastmail": {"fastmail/desktop-webmail": 75, **_IN_APPLE_MAIL},
    "hey": {"hey/desktop-webmail": 100},
    "mail-ru": {"mail-ru/desktop-webmail": 75, **_IN_APPLE_MAIL},
    "wp": {"wp-pl/desktop-webmail": 75, **_IN_APPLE_MAIL},
    OTHER: {
        "outlook/windows": 25,
        "gmail/desktop-webmail": 15,
        "gmail/android": 10,
        "outlook/outlook-com": 10,
        "outlook/ios": 5,
        "thunderbird/windows": 5,
        "apple-mail/ios": 20,
        "apple-mail/macos": 10,
    },
}
"""What the people of a mail service read with, in percent: an estimate, not a measurement.

An address tells the service and not the client. So most read in the service's own pages and apps, and a quarter in the
mail program of an Apple device; where the domain says nothing, a quarter has Outlook on Windows, as in many offices.
"""


def service_of(address: str) -> str:
    """The mail service of an address: a key of CLIENTS."""
    domain = address.rpartition("@")[2].lower()
    if domain in _SERVICES:
        return _SERVICES[domain]
    name, _, country = domain.partition(".")
    return _SERVICES.get(f"{name}.*", OTHER) if _COUNTRY.fullmatch(country) else OTHER


def clients_of(services: Mapping[str, int]) -> dict[str, float]:
    """The share of each client in an audience, of 1; `services` tells how many people each mail service has."""
    people = {service: count for service, count in services.items() if count} or {OTHER: 1}
    total = sum(people.values())
    shares: dict[str, float] = {}
    for service, count in people.items():
        for client, percent in CLIENTS[service].items():
            shares[client] = shares.get(client, 0.0) + percent / 100 * count / total
    return shares
