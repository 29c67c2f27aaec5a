"""Servers that take everything: two small C programs of ours, compiled when they are wanted, and postfix's smtp-sink."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent


class Missing(Exception):
    """Something that a comparison needs is not on this machine."""


@dataclass
class Sink:
    """A server on this machine, and once it has ended, what it was given."""

    port: int
    counts: dict[str, int] = field(default_factory=dict)


def tool(name: str, package: str) -> str:
    """The path of a program; raises Missing with the Debian package that brings it."""
    path = shutil.which(name, path="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
    if not path:
        raise Missing(f"there is no {name} here: apt-get install {package}")
    return path


@contextmanager
def http_sink(build: Path, carrier: str, *, sample: Path | None = None) -> Iterator[Sink]:
    """The API of `carrier` (postmark, mailgun); the first call, as it came, is written to `sample`."""
    with _ours(_compiled(build, "http_sink"), carrier, *([str(sample)] if sample else [])) as sink:
        yield sink


@contextmanager
def fast_smtp_sink(build: Path) -> Iterator[Sink]:
    """An SMTP server that is faster than its clients."""
    with _ours(_compiled(build, "smtp_sink")) as sink:
        yield sink


@contextmanager
def postfix_sink() -> Iterator[Sink]:
    """postfix's own smtp-sink."""
    program = tool("smtp-sink", "postfix")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    process = subprocess.Popen([program, *user, f"127.0.0.1:{port}", "1000"], stderr=subprocess.PIPE)
    try:
        _wait_for(port)
        yield Sink(port)
    finally:
        process.terminate()
        process.communicate()


@contextmanager
def _ours(program: Path, *arguments: str) -> Iterator[Sink]:
    process = subprocess.Popen([program, *arguments], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    sink = Sink(int(process.stdout.readline()))
    try:
        yield sink
    finally:
        process.terminate()
        told, _ = process.communicate()
        sink.counts.update(json.loads(told))


def _compiled(build: Path, name: str) -> Path:
    program = build / name
    if not program.exists():
        subprocess.run([tool("cc", "gcc libc6-dev"), "-O2", "-o", program, HERE / f"{name}.c"], check=True)
    return program


def _wait_for(port: int) -> None:
    for _ in range(200):
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        time.sleep(0.02)
    raise Missing(f"nothing listens on port {port}")
