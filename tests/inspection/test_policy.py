"""What dispatch.yaml may say of checks."""

from __future__ import annotations

from pathlib import Path

import pytest

from dispatch.checks.check import Severity
from dispatch.config import load_config
from dispatch.errors import InvalidConfig
from dispatch.inspection.policy import policy_of

SETTINGS = """\
newsletter: {name: Example News, url: https://example.org, postal_address: 1 Example Street}
from: "Example News <news@example.org>"
"""


def policy_in(folder: Path, checks: str):
    (folder / "dispatch.yaml").write_text(f"{SETTINGS}checks: {checks}\n")
    return policy_of(load_config(folder, environ={}))


def test_it_says_what_is_allowed_and_what_weighs_more_or_less(tmp_path: Path) -> None:
    policy = policy_in(tmp_path, "{allow: {insecure-link: It is old.}, severity: {missing-alt: error}}")
    assert policy.allow == {"insecure-link": "It is old."}
    assert policy.severity == {"missing-alt": Severity.ERROR}


@pytest.mark.parametrize("checks", ["", "{allow: }", "{severity: {}}"])
def test_it_may_say_nothing(checks: str, tmp_path: Path) -> None:
    policy = policy_in(tmp_path, checks)
    assert not policy.allow
    assert not policy.severity


def test_what_binds_may_be_called_the_error_that_it_is(tmp_path: Path) -> None:
    assert policy_in(tmp_path, "{severity: {missing-postal-address: error}}").severity


@pytest.mark.parametrize(
    ("checks", "said"),
    [
        (
            "{allow: {insecure-lnk: It is old.}}",
            "dispatch.yaml:3:18: there is no check `insecure-lnk`\n    Did you mean",
        ),
        ("{severity: {missing-alts: error}}", "dispatch.yaml:3:21: there is no check `missing-alts`\n    Did you mean"),
        ("{allow: {insecure-link: ''}}", "dispatch.yaml:3:33: there is no reason"),
        ("{severity: {missing-alt: off}}", "`missing-alt` cannot be “off”"),
        ("{allow: {missing-postal-address: We have none.}}", "3:18: `missing-postal-address` is an error in every"),
        ("{severity: {untouched-setting: warning}}", "3:21: `untouched-setting` is an error in every newsletter"),
    ],
)
def test_it_may_not_say(checks: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidConfig) as refused:
        policy_in(tmp_path, checks)
    assert said in str(refused.value)
