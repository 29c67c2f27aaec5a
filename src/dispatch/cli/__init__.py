"""The command: a table of subcommands, each loaded only when it is used."""

from __future__ import annotations

import gc
import os
import sys
from importlib import import_module
from types import ModuleType

COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("dispatch.cli.starting:init", "Make a new newsletter folder."),
    "new": ("dispatch.cli.starting:new", "Start a new issue from its title."),
    "preview": ("dispatch.cli.desk:preview", "Show an issue in the browser, alive."),
    "check": ("dispatch.cli.checking:check", "Find what is wrong before the readers do."),
    "diff": ("dispatch.cli.comparing:diff", "Show what changes for the reader between two commits."),
    "build": ("dispatch.cli.building:build", "Write an issue, or the whole archive, to files."),
    "test": ("dispatch.cli.sending:test", "Send the real message to a few addresses."),
    "send": ("dispatch.cli.sending:send", "Send an issue to its audience."),
    "status": ("dispatch.cli.mailing:status", "Show where a mailing stands."),
    "resume": ("dispatch.cli.sending:resume", "Go on with a mailing that stopped."),
    "worker": ("dispatch.cli.worker:worker", "Help to send from another machine."),
    "pause": ("dispatch.cli.mailing:pause", "Stop a mailing for now."),
    "cancel": ("dispatch.cli.mailing:cancel", "Stop a mailing for good."),
    "settle": ("dispatch.cli.mailing:settle", "Decide on messages whose fate is uncertain."),
    "why": ("dispatch.cli.mailing:why", "Explain why somebody did or did not get it."),
    "subscribers": ("dispatch.cli.people:subscribers", "The list: who is on it, who left, who may not be mailed."),
    "serve": ("dispatch.cli.web:serve", "Run the web service: unsubscribe and pictures."),
    "doctor": ("dispatch.cli.doctor:doctor", "Look whether everything is in place for real mail."),
    "schema": ("dispatch.cli.starting:schema", "Print the JSON Schema of issue files."),
    "config": ("dispatch.cli.service:config", "Show the settings and where each comes from."),
    "completion": ("dispatch.cli.service:completion", "Print the completion script for a shell."),
}

OVERVIEW = """\
Usage: dispatch [OPTIONS] COMMAND [ARGS]...

  Send a newsletter from a git repository, and prove who got what.

Options:
  -c, --config FILE  The newsletter's dispatch.yaml.
  -V, --version      Show the version and exit.
  -h, --help         Show this message and exit.

Commands:
{commands}

  Begin with `dispatch preview`, then `dispatch check`, then `dispatch send`.
"""


def overview() -> str:
    """What `dispatch --help` prints."""
    width = max(map(len, COMMANDS))
    return OVERVIEW.format(commands="\n".join(f"  {name:<{width}}  {line}" for name, (_, line) in COMMANDS.items()))


def load(module: str) -> ModuleType:
    """Import a module, and do not look for garbage meanwhile: nothing of a module ever becomes any.

    Nor is it looked through later. Both together are a sixth of what `dispatch check` would take.
    """
    gc.disable()
    try:
        return import_module(module)
    finally:
        gc.freeze()
        gc.enable()


def main() -> None:
    """Run the command and end the process with its exit code."""
    # The overview is what people ask for most, and importing click takes three times as long as everything else in it.
    if sys.argv[1:] in ([], ["-h"], ["--help"]) and "_DISPATCH_COMPLETE" not in os.environ:
        sys.stdout.write(overview())
        return
    load("dispatch.cli.group").run(sys.argv[1:])
