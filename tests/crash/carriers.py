"""The three carriers with a truth of their own: servers in processes of theirs, and a folder of files."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from email.parser import BytesHeaderParser
from email.utils import parseaddr
from pathlib import Path
from typing import Any, Protocol

from crash.newsletter import MAILING, REFUSED

_GONE = ("06", "0A")  # TIME_WAIT and LISTEN, of `enum` in linux/include/net/tcp_states.h


class Carrier(Protocol):
    """Where the mail goes."""

    name: str
    port: int

    def mark(self) -> None:
        """A new trial begins."""

    def accepted(self, folder: Path) -> list[str]:
        """The addresses it has accepted mail for in this trial, in order; once for each message."""

    def unheard(self) -> set[str]:
        """Those among them whose acceptance it told nobody."""


class Outbox:
    """Files in the newsletter's folder."""

    name = "outbox"
    port = 0

    def mark(self) -> None:
        """Each trial has a folder of its own."""

    def accepted(self, folder: Path) -> list[str]:
        """To whom the files are addressed."""
        files = sorted((folder / ".dispatch/outbox" / MAILING).iterdir())  # no draft of a killed process is left
        return [parseaddr(BytesHeaderParser().parsebytes(file.read_bytes())["To"])[1] for file in files]

    def unheard(self) -> set[str]:
        """A file needs no reply."""
        return set()


class Server:
    """A fake server in a process of its own, whose truth is a file."""

    def __init__(self, kind: str, folder: Path, *options: str) -> None:
        self.name = kind
        self._truth, port_file = folder / "truth", folder / "port"
        files = ("--truth", str(self._truth), "--port-file", str(port_file))
        refuse = [f"--refuse={address}" for address in REFUSED]
        command = [sys.executable, "-m", "dispatch.testing.servers", kind, *files, *refuse, *options]
        self._process = subprocess.Popen(command)
        wait_for(port_file.exists, "the server opens its port")
        self.port = int(port_file.read_text())
        self._mark = 0

    def stop(self) -> None:
        """End the server."""
        self._process.kill()
        self._process.wait()

    def mark(self) -> None:
        """What was accepted until now is not of this trial."""
        self._wait_until_idle()
        self._mark = self._truth.stat().st_size

    def accepted(self, folder: Path) -> list[str]:
        """Whom it has accepted mail for."""
        self._wait_until_idle()
        return self.accepted_so_far()

    def accepted_so_far(self) -> list[str]:
        """The same while mail may be under way."""
        return [entry["recipient"] for entry in self._entries()]

    def unheard(self) -> set[str]:
        """Whose reply it has lost."""
        return {entry["recipient"] for entry in self._entries() if "unheard" in entry}

    def _entries(self) -> list[dict[str, Any]]:
        with self._truth.open("rb") as file:
            file.seek(self._mark)
            return [json.loads(line) for line in file.read().split(b"\n")[:-1]]

    def _wait_until_idle(self) -> None:
        """What a killed client has handed over is still read by the server: until it has let go of all connections."""
        wait_for(lambda: not self._has_connections(), "the server reads to the end")

    def _has_connections(self) -> bool:
        ours = f":{self.port:04X}"
        lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        return any(fields[1].endswith(ours) and fields[3] not in _GONE for fields in lines)


def wait_for(condition: Callable[[], bool], what: str) -> None:
    """Wait until something in another process is so."""
    until = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < until, f"waited in vain: {what}"
        time.sleep(0.005)
