"""Follows links into the web, several at once, and remembers for a day which ones led somewhere."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, wait
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from threading import Thread
from time import monotonic
from urllib.parse import urldefrag, urljoin

from dispatch.checks.evidence import Answer
from dispatch.files import write_whole
from dispatch.inspection.public_web import NoAnswer, NotAsked, PublicWeb, Reply

AT_ONCE = 8
MOST_REDIRECTS = 5
KEPT = timedelta(days=1)
LONGEST = 15.0
"""Seconds for one link with all that it leads on to: a server may send a byte now and then for ever."""

# A program is turned away where a reader may be let in; 999 is LinkedIn's word for it.
_NOT_FOR_PROGRAMS = {401, 402, 403, 405, 406, 407, 408, 418, 423, 425, 429, 451, 503, 999}
_LOOK = "Open it yourself: mend the address, or leave the link out."


class Reachability:
    """Which links lead somewhere."""

    def __init__(
        self, kept: Path, clock: Callable[[], datetime], web: PublicWeb | None = None, *, seconds: float = LONGEST
    ) -> None:
        """Remember in the file `kept`: the good answers only, for a link that is mended is to be asked again."""
        self._kept = kept
        self._clock = clock
        self._web = web or PublicWeb()
        self._seconds = seconds

    def answers(self, urls: Iterable[str]) -> dict[str, Answer]:
        """What comes back from each web address; whoever answered well within a day is not asked again."""
        now, known = self._clock(), self._known()
        fresh = {url: at for url, at in known.items() if timedelta(0) <= now - at < KEPT}
        asked = [url for url in dict.fromkeys(urls) if url not in fresh]
        found = self._follow_all(asked)
        fresh |= {url: now for url, answer in found.items() if not answer.trouble}
        if fresh != known:
            self._keep(fresh)
        return dict.fromkeys(fresh, Answer()) | found

    def _follow_all(self, urls: Iterable[str]) -> dict[str, Answer]:
        """Eight at once. Who takes too long is left behind in a thread that nobody waits for, not even at the end."""
        found: dict[str, Answer] = {}
        waiting = deque(urls)
        running: dict[Future[Answer], tuple[str, float]] = {}
        while waiting or running:
            while waiting and len(running) < AT_ONCE:
                url, future = waiting.popleft(), Future[Answer]()
                running[future] = url, monotonic() + self._seconds
                Thread(target=self._report, args=(url, future), daemon=True).start()
            first_end = min(end for _, end in running.values())
            wait(running, max(first_end - monotonic(), 0), FIRST_COMPLETED)
            for future, (url, end) in list(running.items()):
                if future.done():
                    found[url] = future.result()
                elif end <= monotonic():
                    found[url] = Answer(f"does not answer within {self._seconds:g} seconds", _LOOK)
                else:
                    continue
                del running[future]
        return found

    def _report(self, url: str, future: Future[Answer]) -> None:
        try:
            future.set_result(self._follow(url))
        except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
            future.set_exception(error)

    def _follow(self, url: str) -> Answer:
        try:
            for _ in range(MOST_REDIRECTS + 1):
                reply = self._look(urldefrag(url).url)
                if not (300 <= reply.status < 400 and reply.location):
                    return _judged(reply.status)
                url = urljoin(url, reply.location)
        except ValueError:  # of urllib.parse: `http://[`
            return Answer("leads on to what is no web address", _LOOK)
        except NotAsked as refused:
            return Answer(str(refused), "Write an address that the whole world can reach.")
        except NoAnswer as trouble:
            return Answer(str(trouble), _LOOK)
        return Answer(f"is redirected more than {MOST_REDIRECTS} times", _LOOK)

    def _look(self, url: str) -> Reply:
        """HEAD, which carries no page; GET where that is refused, as many servers do."""
        try:
            reply = self._web.ask("HEAD", url)
        except NoAnswer:
            return self._web.ask("GET", url)
        return self._web.ask("GET", url) if reply.status >= 400 else reply

    def _known(self) -> dict[str, datetime]:
        """What is remembered; a file that cannot be read is as good as none."""
        try:
            read = json.loads(self._kept.read_bytes())
            return {str(url): datetime.fromisoformat(at) for url, at in read.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            return {}

    def _keep(self, fresh: Mapping[str, datetime]) -> None:
        text = json.dumps({url: at.isoformat() for url, at in sorted(fresh.items())}, ensure_ascii=False, indent=1)
        self._kept.parent.mkdir(mode=0o700, exist_ok=True)
        write_whole(self._kept, f"{text}\n".encode())


def _judged(status: int) -> Answer:
    if status < 400 or status in _NOT_FOR_PROGRAMS:
        return Answer()
    phrase = HTTPStatus(status).phrase if status in set(HTTPStatus) else ""
    return Answer(f"is answered with {status} {phrase}".rstrip(), _LOOK)
