"""Every examination is documented, in its own words, and has a test."""

from __future__ import annotations

import inspect
import re
import runpy
from importlib import import_module
from pathlib import Path

import pytest

from dispatch.doctor import EXAMINATIONS
from dispatch.doctor.examination import Examination, documentation_of, name_of

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "doctor.md").read_text(encoding="utf-8")
THEMES = sorted({examination.__module__ for examination in EXAMINATIONS})


def test_the_page_is_what_the_code_says() -> None:
    written = runpy.run_path(str(ROOT / "tools" / "write_docs.py"))["doctor"](PAGE)
    assert written == PAGE, "run: .venv/bin/python tools/write_docs.py"
    assert re.findall(r"^### `(.*)`$", PAGE, re.MULTILINE) == [name_of(e) for e in EXAMINATIONS]


@pytest.mark.parametrize("examination", EXAMINATIONS, ids=name_of)
def test_an_examination_says_in_a_sentence_what_has_to_be_so(examination: Examination) -> None:
    first = documentation_of(examination).split("\n\n")[0]
    assert re.fullmatch(r"[A-Z].*\.", first, re.DOTALL)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", name_of(examination))


@pytest.mark.parametrize("theme", THEMES)
def test_every_public_function_that_takes_a_case_is_registered(theme: str) -> None:
    functions = inspect.getmembers(import_module(theme), inspect.isfunction)
    examinations = {
        function
        for name, function in functions
        if function.__module__ == theme
        and not name.startswith("_")
        and [*inspect.signature(function).parameters] == ["case"]
    }
    assert examinations == {examination for examination in EXAMINATIONS if examination.__module__ == theme}


@pytest.mark.parametrize("examination", EXAMINATIONS, ids=name_of)
def test_every_examination_has_a_test(examination: Examination) -> None:
    test = ROOT / "tests" / "doctor" / f"test_{examination.__module__.rpartition('.')[2]}.py"
    assert re.search(rf"\b(?:only|look)\({examination.__name__}, ", test.read_text(encoding="utf-8"))
