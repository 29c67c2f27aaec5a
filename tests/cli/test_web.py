"""`serve`: the service of the newsletter, as a process, from its announcement to its end."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path

from cli.command import Command
from newsletter import add_picture, configure


def test_it_shows_hosted_pictures_and_is_well(dispatch: Command, folder: Path) -> None:
    configure(folder, "images: hosted\n")
    add_picture(folder)
    dispatch("send", "bridge", "--yes")
    (picture,) = (folder / ".dispatch/media").iterdir()
    with subprocess.Popen(
        [sys.executable, "-m", "dispatch", "serve", "--port", "0"], cwd=folder, stderr=subprocess.PIPE, text=True
    ) as service:
        assert service.stderr
        announced = service.stderr.readline()
        assert announced.startswith("Serving Crossings at http://127.0.0.1:")
        connection = HTTPConnection(announced.rpartition("//")[2].strip(), timeout=30)
        connection.request("GET", "/health")
        assert b"ok" in connection.getresponse().read()
        connection.request("GET", f"/media/{picture.name}")
        assert connection.getresponse().read() == picture.read_bytes()
        connection.close()
        service.send_signal(signal.SIGTERM)
        service.stderr.read()
        assert service.wait(30) == 0


def test_a_port_that_is_taken(dispatch: Command) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        refused = dispatch("serve", "--port", str(taken.getsockname()[1]))
    assert refused.code == 1
    assert os.strerror(98).lower() in refused.stderr.lower() or "in use" in refused.stderr
    assert dispatch("serve", "--port", "99999").code == 2
