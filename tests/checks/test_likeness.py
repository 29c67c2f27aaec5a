"""Which names may be one name in two spellings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.checks.likeness import is_spelling_of, slips, sound

NAMES = st.text("aeinkptouyAEé", min_size=1, max_size=9)


@pytest.mark.parametrize(
    "names",
    [
        "Putin Poutine",
        "Pyongyang Pyongjang",
        "Pyongyang Pyongyng",
        "Zelensky Zelenskyy",
        "Zelensky Zelenskiy",
        "Macron Marcon",
        "Lukashenko Loukachenko",
        "Khrushchev Krushchev",
        "Medvedev Medwedew",
        "Tchaikovsky Chaikovsky",
        "Séjourné Sejourne",
        "Iraq Irak",
        "Libya Lybia",
        "Odesa Odessa",
        "Saudi Saoudi",
        "Washington Washinton",
    ],
)
def test_one_name_in_two_spellings(names: str) -> None:
    one, other = names.split()
    assert is_spelling_of(one, other)
    assert is_spelling_of(other, one)


@pytest.mark.parametrize(
    "names",
    [
        "Putin Putin",
        "Korea Korean",
        "Korean Koreans",
        "Russia Russian",
        "Ukraine Ukrainian",
        "Europe European",
        "China Chinese",
        "Israel Israeli",
        "Iraq Iraqi",
        "Serbia Serb",
        "France French",
        "Sweden Swedish",
        "Germany Germans",
        "Zelensky Zelenskys",
        "Austria Australia",
        "Iran Iraq",
        "Slovakia Slovenia",
        "Niger Nigeria",
        "Dublin Lublin",
        "Alexander Alexandra",
        "Christian Christina",
        "Martin Martine",
        "Européen Européenne",
        "Ukrainien Ukrainienne",
        "Québécois Québécoise",
        "Minister Ministry",
        "Capital Capitol",
        "Kim Kims",
    ],
)
def test_two_names(names: str) -> None:
    one, other = names.split()
    assert not is_spelling_of(one, other)
    assert not is_spelling_of(other, one)


@given(NAMES, NAMES)
def test_those_that_are_alike_have_a_key_in_common(one: str, other: str) -> None:
    assert is_spelling_of(one, other) == is_spelling_of(other, one)
    if is_spelling_of(one, other):
        assert sound(one) == sound(other) or {*slips(one)} & {*slips(other)}
