"""What dispatch.yaml says of checks, held against those that there are."""

from __future__ import annotations

from collections.abc import Iterator

from dispatch.checks.check import Severity
from dispatch.checks.waivers import Policy, binding_names, known_names, no_such_check
from dispatch.config import Config
from dispatch.errors import InvalidConfig, Problem


def policy_of(config: Config) -> Policy:
    """What the newsletter says of checks; raises InvalidConfig for names of none, and for checks that bind everybody."""
    problems = [*_problems(config)]
    if problems:
        raise InvalidConfig.of(problems)
    severity = {name: Severity[level.upper()] for name, level in config.checks.severity.items()}
    return Policy(severity, config.checks.allow)


def _problems(config: Config) -> Iterator[Problem]:
    light = {name for name, level in config.checks.severity.items() if level != "error"}
    for part, names, bound in (
        ("severity", config.checks.severity, light),
        ("allow", config.checks.allow, set(config.checks.allow)),
    ):
        for name in names:
            place = config.locate_key(("checks", part, name))
            if name not in known_names():
                message, remedy = no_such_check(name)
                yield Problem(message, place, remedy)
            elif name in bound & binding_names():
                message = f"`{name}` is an error in every newsletter: the law and mailbox providers ask for it"
                yield Problem(message, place, "Delete this line.")
