"""`doctor`: one line for each thing that was looked at, records ready to be copied, and never longer than ten seconds."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.command import Command
from dispatch.doctor import EXAMINATIONS
from dispatch.doctor.examination import name_of
from dispatch.inspection.dns import Resolver
from dispatch.testing.dns_server import DnsServer
from dispatch.testing.smtp_server import SmtpServer
from inspection.zones import rsa_key, txt
from newsletter import add_people, configure, snapshot

NAMES = [name_of(examination) for examination in EXAMINATIONS]
ZONE = (
    txt("crossings.example", "v=spf1 a:mail.crossings.example -all")
    + txt("_dmarc.crossings.example", "v=DMARC1; p=quarantine; rua=mailto:news@crossings.example")
    + txt("s1._domainkey.crossings.example", f"v=DKIM1; k=rsa; p={rsa_key(2048)}")
    + "crossings.example. IN MX 10 mail.crossings.example.\nmail.crossings.example. IN A 192.0.2.1\n"
)


@pytest.fixture
def dns(monkeypatch: pytest.MonkeyPatch) -> Iterator[DnsServer]:
    """The DNS as the command sees it: everything is in order for crossings.example."""
    with DnsServer(ZONE) as server:
        resolver = Resolver(["127.0.0.1"], port=server.port, seconds=1)
        monkeypatch.setattr("dispatch.cli.doctor.system_resolver", lambda: resolver)
        yield server


def test_a_new_folder(dispatch: Command, folder: Path, dns: DnsServer) -> None:
    (folder / ".dispatch" / "dispatch.db").unlink()
    before = snapshot(folder)
    run = dispatch("doctor")
    assert run.code == 0
    assert snapshot(folder) == before
    assert not (folder / ".dispatch" / "dispatch.db").exists()
    assert dns.asked == []
    assert run.stderr == "\n0 errors, 0 warnings.\n"
    lines = run.stdout.splitlines()
    assert lines[0] == "ok       settings      every setting resolves, and mail goes by outbox"
    assert lines[-2:] == [
        "skipped  way-out, clock, spf, dkim, dmarc, mail-hosts",
        "                       not looked at: outbox carries no real mail",
    ]


def test_a_newsletter_that_is_ready(dispatch: Command, mail: SmtpServer, dns: DnsServer) -> None:
    run = dispatch("doctor", "--selector", "s1", "--json")
    assert run.code == 0
    assert run.stderr == ""
    seen = run.json["observations"]
    assert list(dict.fromkeys(observation["examination"] for observation in seen)) == NAMES
    assert {o["examination"]: o["verdict"] for o in seen if o["verdict"] != "ok"} == {
        "git": "skipped",
        "claim": "skipped",
        "way-out": "warning",  # switched off
        "clock": "skipped",
    }
    assert (run.json["errors"], run.json["warnings"]) == (0, 1)
    assert mail.truth.entries() == []
    assert dispatch("doctor", "--selector", "s1", "--strict").code == 1


def test_a_record_to_publish_stands_on_a_line_of_its_own(dispatch: Command, mail: SmtpServer, dns: DnsServer) -> None:
    dns.faults["_dmarc.crossings.example."] = "NXDOMAIN"
    run = dispatch("doctor")
    assert run.code == 1
    assert (
        "error    dmarc         crossings.example has no DMARC policy: "
        "Gmail, Yahoo and Microsoft want it of everybody who mails many.\n"
        "                       Publish this.\n"
        "                       _dmarc.crossings.example. TXT "
        '"v=DMARC1; p=none; rua=mailto:news@crossings.example"\n'
    ) in run.stdout
    (found,) = (o for o in dispatch("doctor", "--json").json["observations"] if o["examination"] == "dmarc")
    assert found["record"] == {
        "name": "_dmarc.crossings.example",
        "type": "TXT",
        "value": "v=DMARC1; p=none; rua=mailto:news@crossings.example",
    }


def test_another_provider_can_be_looked_at_before_it_is_set(dispatch: Command, folder: Path, dns: DnsServer) -> None:
    configure(folder, "providers: {smtp: {host: 127.0.0.1, port: 1, tls: none}}\n")
    run = dispatch("doctor", "--provider", "smtp")
    assert run.code == 1
    assert "error    signing-keys  no key is set, and smtp carries real mail" in run.stdout
    assert "error    account       127.0.0.1:1 cannot be reached" in run.stdout


def test_offline_nobody_is_asked(dispatch: Command, mail: SmtpServer, dns: DnsServer) -> None:
    run = dispatch("doctor", "--offline")
    assert run.code == 0
    assert "skipped  claim, account, way-out, clock, spf, dkim, dmarc, mail-hosts\n" in run.stdout
    assert (dns.asked, mail.connections) == ([], 0)


def test_a_list_with_a_mistake(dispatch: Command, folder: Path) -> None:
    add_people(folder, "nobody,,,")
    run = dispatch("doctor", "--offline")
    assert run.code == 1
    assert "subscribers.csv:7" in run.stdout
    assert run.stderr == "\n1 error, 0 warnings.\n"


def test_settings_that_cannot_be_read(dispatch: Command, folder: Path) -> None:
    configure(folder, "nonsense: 1\n")
    run = dispatch("doctor", "--json")
    assert run.code == 1
    assert run.json["error"] == "InvalidConfig"


def test_a_selector_that_is_none(dispatch: Command) -> None:
    assert "is not a DKIM selector" in dispatch("doctor", "--selector", "not a label").stderr


@pytest.mark.usefixtures("keyed")
def test_a_network_that_hangs(folder: Path) -> None:
    """The provider takes connections and says nothing, and so do the web server and the name server: the real command."""
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as deaf,
    ):
        deaf.bind(("127.0.0.1", 0))
        port = silent.getsockname()[1]
        configure(
            folder,
            f"provider: smtp\nproviders: {{smtp: {{host: 127.0.0.1, port: {port}, tls: none}}}}\n"
            f"unsubscribe: {{url: 'http://127.0.0.1:{port}/u/'}}\n",
        )
        program = (
            "import sys, time, dispatch.cli, dispatch.cli.doctor as doctor; from dispatch.inspection.dns import Resolver\n"
            f"doctor.system_resolver = lambda: Resolver(['127.0.0.1'], port={deaf.getsockname()[1]})\n"
            "began = time.monotonic()\n"
            "try: dispatch.cli.main()\n"
            "finally: print(time.monotonic() - began, file=sys.stderr)\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", program, "doctor"], check=False, cwd=folder, capture_output=True, text=True
        )
    assert done.returncode == 1
    assert float(done.stderr.splitlines()[-1]) < 10
    assert "error    account       there was no answer within" in done.stdout
    assert "it does not answer within 3 seconds" in done.stdout
    for name in ("spf", "dmarc", "mail-hosts"):
        assert f"error    {name:<13} no name server tells about" in done.stdout
