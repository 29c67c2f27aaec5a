"""A server that is killed and started again, and a COMMIT whose answer is lost: nobody is mailed twice, nobody is lost."""

from __future__ import annotations

import threading
from contextlib import closing
from pathlib import Path

import pytest

from dispatch.providers.outcome import Refused
from dispatch.providers.provider import Batch, Capabilities
from dispatch.testing.databases import CuttingProxy, PostgresServer
from dispatch.testing.fakes import Act, FakeService

CARRIERS = {
    "batches": Capabilities(max_messages=5, real=False),
    "one at a time": Capabilities(max_messages=5, lanes=1, real=False),
}


@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize("lets_through", [True, False], ids=["committed", "not committed"])
def test_a_commit_without_an_answer_is_looked_up(
    blanks, postgres: PostgresServer, tmp_path: Path, carrier: str, lets_through: bool
) -> None:
    (blank,) = (blank for blank in blanks if not blank.is_quick)
    with CuttingProxy(postgres) as proxy:
        for n in range(1, 60, 5 if lets_through else 9):
            proxy.cuts = 0
            with blank.copied_to(tmp_path / str(n), through=proxy.url) as desk:
                service = FakeService(CARRIERS[carrier], [Act((Refused("550", "no"),))])
                mailing = desk.prepare(service)
                proxy.cut(n, lets_through=lets_through)
                status = desk.send(mailing, service)
                proxy.cut(0, lets_through=True)
                assert (status.accepted, status.refused, status.uncertain) == (11, 1, 0)
                assert set(service.taken.values()) == {1}
                assert sorted(desk.fates(mailing)) == list(range(1, 13))
            if not proxy.cuts:
                break
    assert n > 5


def test_a_server_that_is_killed_and_started_again_in_mid_mailing_stops_nobody(new_desk, tmp_path: Path) -> None:
    with PostgresServer() as server:
        server.run("CREATE DATABASE ours")
        with closing(new_desk(tmp_path, server.url("ours"))) as desk:
            desk.join(*(f"person{number}@example.org" for number in range(1, 101)))
            service = FakeService(CARRIERS["batches"])
            mailing = desk.prepare(service)
            calls = 0

            restarting = threading.Lock()

            def restart() -> None:
                with restarting:  # one that is being started is not killed: pg_ctl would give up
                    server.kill()
                    server.start()

            restarts: list[threading.Thread] = []

            def on_call(batch: Batch) -> None:
                nonlocal calls
                calls += 1
                if calls in {3, 9}:
                    restarts.append(threading.Thread(target=restart))
                    restarts[-1].start()

            service.on_call = on_call
            status = desk.send(mailing, service, concurrency=2)
            for thread in restarts:
                thread.join()
            assert (status.state, status.accepted, status.uncertain) == ("finished", 100, 0)
            assert set(service.taken.values()) == {1}
