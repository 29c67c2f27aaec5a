"""The repository's git remote as a place where one writer wins: refs that hold a small text each."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from dispatch.errors import InvalidConfig, RemoteUnreachable

_LONGEST = 20.0  # seconds for one question to the remote, whatever hangs
_SLOWEST = ("-c", "http.lowSpeedLimit=100", "-c", "http.lowSpeedTime=8")  # bytes a second, for so many seconds
_PLAIN_PUSH = ("--quiet", "--no-verify", "--no-signed", "--no-follow-tags", "--recurse-submodules=no")
_PATIENT_SSH = "-o BatchMode=yes -o ConnectTimeout=8"


@dataclass(frozen=True)
class _Answer:
    """What git printed, and why it failed, if it did; a URL's password is in neither."""

    output: str = ""
    trouble: str = ""


@dataclass(frozen=True)
class GitRemote:
    """A remote of the repository around a folder. Whoever asks it waits for seconds, never for a person."""

    folder: Path
    name: str
    _url: str = field(repr=False)  # may hold a password
    prefix: str  # of the refs of this newsletter: where it is not the whole repository, they hold its path

    @classmethod
    def around(cls, folder: Path) -> GitRemote | None:
        """`origin`, else the only remote, else git's remote.pushDefault; None without a repository or a remote.

        Raises InvalidConfig where there are several, and none of them is the one.
        """
        answer = _local(folder, "remote")
        if answer.trouble and any((parent / ".git").exists() for parent in (folder, *folder.parents)):
            # Like "detected dubious ownership" in a container: it is no folder without a repository.
            raise RemoteUnreachable(
                f"git does not tell the remotes of this repository: {answer.trouble}",
                remedy="See what `git remote` says.",
            )
        names = answer.output.split()
        if not names:
            return None
        name = "origin" if "origin" in names else names[0]
        if len(names) > 1 and "origin" not in names:
            name = _local(folder, "config", "remote.pushDefault").output
            if name not in names:
                raise InvalidConfig(
                    f"the repository has the remotes {', '.join(names)}, and none is called origin: "
                    "it is not clear where all clones meet",
                    remedy="Name the one that they share: git config remote.pushDefault NAME",
                )
        path = _local(folder, "rev-parse", "--show-prefix").output
        return cls(folder, name, _push_url(folder, name), f"refs/dispatch/{_as_ref(path)}")

    def refs(self, names: str) -> dict[str, str]:
        """The objects that refs below our prefix point to, by name; `*` stands for any. Raises RemoteUnreachable."""
        answer = self._ask("ls-remote", self._url, self.prefix + names)
        if answer.trouble:
            raise RemoteUnreachable(
                f"the git remote {self.name}, where all clones see who sends, cannot be asked: {answer.trouble}",
                remedy="See to the connection, then repeat the command: nothing was sent. "
                "`delivery: {claim: none}` does without it, if there is no other clone.",
            )
        lines = (line.split("\t") for line in answer.output.splitlines())
        return {ref.removeprefix(self.prefix): found for found, ref in lines if ref.startswith(self.prefix)}

    def text(self, name: str, found: str) -> str:
        """The text of the object that a ref was found to hold; empty where that cannot be read any more."""
        quiet = ("--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--no-auto-maintenance")
        if self._ask("fetch", *quiet, "--refmap=", self._url, self.prefix + name).trouble:
            return ""
        return _local(self.folder, "cat-file", "blob", found).output

    def object_of(self, text: str) -> str:
        """The id of the object that holds a text, in the way of this repository."""
        return _local(self.folder, "hash-object", "--stdin", text=text).output

    def put(self, name: str, text: str, *, expected: str) -> str:
        """Point a ref at a text, unless it points to something else than `expected` (empty: it must not exist).

        Gives why that failed. Whether it did is for `refs` to say: an answer may get lost on its way back.
        """
        written = _local(self.folder, "hash-object", "-w", "--stdin", text=text)
        if written.trouble:
            return written.trouble
        ref = self.prefix + name
        lease = f"--force-with-lease={ref}:{expected}"
        return self._ask("push", *_PLAIN_PUSH, lease, self._url, f"{written.output}:{ref}").trouble

    def _ask(self, *arguments: str) -> _Answer:
        environ = {**os.environ, "GIT_TERMINAL_PROMPT": "0"}
        if "GIT_SSH" not in environ:
            ssh = environ.get("GIT_SSH_COMMAND") or _local(self.folder, "config", "core.sshCommand").output or "ssh"
            environ["GIT_SSH_COMMAND"] = f"{ssh} {_PATIENT_SSH}"
        answer = _git(self.folder, *_SLOWEST, *arguments, environ=environ)
        return _Answer(answer.output, _without_secrets(answer.trouble.replace(self._url, self.name)))


def _local(folder: Path, *arguments: str, text: str = "") -> _Answer:
    return _git(folder, *arguments, environ=os.environ, text=text)


def _git(folder: Path, *arguments: str, environ: Mapping[str, str], text: str = "") -> _Answer:
    """Run git to its end, or to the end of our patience: then with all that it has started, like ssh."""
    try:
        process = subprocess.Popen(  # noqa: S603 - a fixed command
            ["git", "-C", str(folder), *arguments],  # noqa: S607 - the git of the person's PATH
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**environ, "LC_ALL": "C"},
            text=True,
            errors="replace",
            start_new_session=True,
        )
    except OSError:
        return _Answer(trouble="git cannot be run")
    try:
        output, said = process.communicate(text, timeout=_LONGEST)
    except BaseException as error:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        if isinstance(error, subprocess.TimeoutExpired):
            return _Answer(trouble=f"no answer within {_LONGEST:g} seconds")
        raise
    if process.returncode:
        return _Answer(output.strip(), _reason(said) or f"git ended with exit code {process.returncode}")
    return _Answer(output.strip())


def _reason(said: str) -> str:
    """The sentence of git that says most: its first error, without the hints around it."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    telling = [line for line in lines if re.match(r"fatal:|error:|! \[|remote:|ssh:|.*denied", line)]
    return re.sub(r"^(fatal|error|remote): ", "", (telling or lines or [""])[0])


def _without_secrets(text: str) -> str:
    return re.sub(r"://[^/\s]*@", "://", text)


def _push_url(folder: Path, name: str) -> str:
    """Where its pushes go: the only place that can say what was pushed."""
    return _local(folder, "remote", "get-url", "--push", name).output.partition("\n")[0]


def _as_ref(path: str) -> str:
    """A path as a part of a ref's name (git-check-ref-format)."""
    return quote(path, safe="/").replace("~", "%7E").replace(".", "%2E")
