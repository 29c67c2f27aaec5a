"""Fake servers as processes: `python -m dispatch.testing.servers smtp|postmark|mailgun --truth FILE …`."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event

from dispatch.testing.listener import Listener
from dispatch.testing.mailgun_server import MailgunServer
from dispatch.testing.postmark_server import PostmarkServer
from dispatch.testing.smtp_server import SmtpServer


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT. The truth file is appended to; the port file appears once the port is open."""
    options = _parser().parse_args(arguments)
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with _SERVERS[options.kind](options) as server:
        unfinished = options.port_file.with_suffix(".tmp")
        unfinished.write_text(f"{server.port}\n")
        unfinished.replace(options.port_file)
        stop.wait()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m dispatch.testing.servers", description=__doc__)
    parser.add_argument("kind", choices=[*_SERVERS])
    parser.add_argument("--truth", type=Path, required=True, help="a line of JSON for each message accepted")
    parser.add_argument("--port-file", type=Path, required=True, help="where the port is written to")
    parser.add_argument("--refuse", action="append", default=[], metavar="ADDRESS", help="refuse mail to it for good")
    parser.add_argument("--lose-reply-every", type=int, default=0, metavar="N", help="accept each n-th call in silence")
    parser.add_argument("--throttle-every", type=int, default=0, metavar="N", help="ask each n-th call to come back")
    parser.add_argument(
        "--close-every", type=int, default=0, metavar="N", help="smtp: end connections after N messages"
    )
    parser.add_argument("--latency", type=float, default=0, metavar="SECONDS", help="before each reply")
    return parser


def _smtp(options: argparse.Namespace) -> SmtpServer:
    server = SmtpServer(options.truth, close_after=options.close_every, latency=options.latency)
    for address in options.refuse:
        server.faults.add("rcpt", "550 5.1.1 no such user", match=f"<{address}>", times=-1)
    if options.lose_reply_every:
        server.faults.add_every("dot", "lose", options.lose_reply_every)
    if options.throttle_every:
        server.faults.add_every("mail", "451 4.3.2 too fast", options.throttle_every)
    return server


def _postmark(options: argparse.Namespace) -> PostmarkServer:
    server = PostmarkServer(options.truth, latency=options.latency)
    server.inactive.update(options.refuse)
    if options.lose_reply_every:
        server.faults.add_every("batch", "lose", options.lose_reply_every)
    if options.throttle_every:
        server.faults.add_every("batch", "429 1", options.throttle_every)
    return server


def _mailgun(options: argparse.Namespace) -> MailgunServer:
    server = MailgunServer(options.truth, latency=options.latency)
    server.invalid.update(options.refuse)
    if options.lose_reply_every:
        server.faults.add_every("messages", "lose", options.lose_reply_every)
    if options.throttle_every:
        server.faults.add_every("messages", "429 1", options.throttle_every)
    return server


_SERVERS: dict[str, Callable[[argparse.Namespace], Listener]] = {
    "smtp": _smtp,
    "postmark": _postmark,
    "mailgun": _mailgun,
}


if __name__ == "__main__":
    sys.exit(main())
