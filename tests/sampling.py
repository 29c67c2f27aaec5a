"""Proofs that are long: some of their cases in every run, all of them in the complete one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def sampled(cases: Iterable[Any], every: int) -> list[Any]:
    """For `parametrize`: each n-th of the cases as it is, and the others marked as `complete`; tuples are of several."""
    return [
        case
        if number % every == 0
        else pytest.param(*(case if type(case) is tuple else (case,)), marks=pytest.mark.complete)
        for number, case in enumerate(cases, start=1)
    ]
