"""Those who have a part in every mailing: the provider, the service by which readers leave, and their clocks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError

from dispatch.checks.hosts import is_local, is_this_machine
from dispatch.doctor.case import Case, NotExamined
from dispatch.doctor.examination import Observation, error, ok, warning
from dispatch.errors import AccountUnseen
from dispatch.inspection.probe import probe_unsubscribe

_PROBE_SECONDS = 3  # to connect, and again to answer
_CLOCK_SECONDS = 2
_MOST_SECONDS_APART = 60


def account(case: Case) -> Iterator[Observation]:
    """The provider knows the account, and what is set there agrees with dispatch.yaml; nothing is sent."""
    try:
        with closing(case.open_provider()) as provider:
            complaints = provider.check()
    except AccountUnseen as unseen:
        yield warning(account, str(unseen), unseen.problems[0].remedy)
        return
    for complaint in complaints:
        yield error(account, complaint, f"Look at providers.{case.config.provider} in dispatch.yaml.")
    if not complaints:
        yield ok(account, f"{case.config.provider} is ready to carry the mail")


def way_out(case: Case) -> Iterator[Observation]:
    """Our own service answers at `unsubscribe.url`, with our keys and our database, so that readers can leave.

    A probe is sent there as a mail program sends its one-click request (RFC 8058); it unsubscribes nobody.
    """
    url = case.config.unsubscribe.url
    if case.require_real_mail().replaces_unsubscribe:
        yield ok(way_out, f"{case.config.provider} puts its own way to leave into each message")
        return
    host = urlsplit(url).hostname or ""
    if is_this_machine(host) or is_local(host):
        remedy = "Set unsubscribe.url to an https:// address that everybody can reach."
        yield warning(way_out, f"only this machine, or its network, can reach {url}", remedy)
    if not case.config.unsubscribe.probe:
        yield warning(
            way_out, f"nobody looks whether readers can leave at {url}", "Leave `unsubscribe.probe: false` out."
        )
        return
    if not case.keys:
        raise NotExamined("there are no keys to sign a probe with")
    probe_unsubscribe(url, case.keys, case.store, seconds=_PROBE_SECONDS)
    yield ok(way_out, f"readers can leave at {url}")


def clock(case: Case) -> Iterator[Observation]:
    """This machine's clock agrees with the provider's, or with the web server's, within a minute.

    A message that is dated in the future looks like spam, and how long a repeat is safe is counted by the clock. Where
    the database is on a server, its clock is compared as well.
    """
    case.require_real_mail()
    if case.database and not case.database.path:
        with case.database.reading() as connection:
            theirs = datetime.fromtimestamp(case.database.now(connection), UTC)
        yield _compare(case, theirs, "the database")
    with closing(case.open_provider()) as provider:
        urls = [provider.website, case.config.unsubscribe.url]
    for url in urls:
        host = urlsplit(url).hostname or ""
        time = _time_at(url) if host else None
        if time is not None:
            yield _compare(case, time, host)
            return
    raise NotExamined("neither the provider nor the web server tells the time")


def _compare(case: Case, theirs: datetime, whose: str) -> Observation:
    ahead = round((case.project.clock() - theirs).total_seconds())
    if abs(ahead) < _MOST_SECONDS_APART:
        return ok(clock, f"the clock agrees with {whose}'s")
    word = "ahead of" if ahead > 0 else "behind"
    return warning(clock, f"the clock is {abs(ahead):,} seconds {word} {whose}'s", "Let NTP set it.")


def _time_at(url: str) -> datetime | None:
    """What time a server has, by its Date header (RFC 9110 §6.6.1); None where it does not tell."""
    try:
        answer = requests.head(url, timeout=_CLOCK_SECONDS, allow_redirects=False)
        time = parsedate_to_datetime(answer.headers["Date"])
    except (requests.RequestException, HTTPError, UnicodeError, KeyError, ValueError):
        return None
    return time if time.tzinfo else time.replace(tzinfo=UTC)
