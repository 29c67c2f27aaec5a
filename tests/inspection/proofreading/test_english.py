"""Slips of English that engines do not find: each as writers make it, and what only looks like one."""

from __future__ import annotations

import pytest

from dispatch.inspection.proofreading.english import english_slips


def found(text: str, language: str = "en") -> dict[str, str]:
    """What stands in the place of which words."""
    matches = english_slips(text, language)
    return {text[each["offset"] : each["offset"] + each["length"]]: each["replacements"][0] for each in matches}


@pytest.mark.parametrize(
    ("text", "slip", "proper"),
    [
        ("Everybody hope for peace.", "hope", "hopes"),
        ("He left. Today nobody count the dead.", "count", "counts"),
        ("For those who pays more, it is worse.", "pays", "pay"),
        ("Those who has left are few.", "has", "have"),
        ("The pipeline was build in 2012.", "build", "built"),
        ("It was send to Kyiv.", "send", "sent"),
        ("Since five years, the war goes on.", "Since", "For"),
        ("They wait since many years.", "since", "for"),
        ("The price are too high.", "are", "is"),
        ("For Europe the gas price are too high.", "are", "is"),
        ("On Tuesday the foreign ministers has met.", "has", "have"),
        ("They say that the ministers has met.", "has", "have"),
        ("The companies which earns most pay least.", "earns", "earn"),
        ("There are countries who tries it.", "tries", "try"),
        ("The pipelines who go to Europe are closed.", "who", "that"),
        ("On the 14 December the treaty ends.", "the 14 December", "14 December"),
        ("See you next weak!", "weak", "week"),
        ("Putin is agree with him.", "is agree", "agrees"),
        ("I am agree.", "am agree", "agree"),
    ],
)
def test_a_slip_is_found_with_what_is_right(text: str, slip: str, proper: str) -> None:
    assert found(text) == {slip: proper}
    assert found(text.replace(slip, proper)) == {}
    assert found(text, "fr") == {}


@pytest.mark.parametrize(
    "text",
    [
        "They ask that everybody pay, and let everybody know. Does nobody care?",
        "One of those who pays is here, and he is one of those who has left.",
        "All that they did was build on it. What he did was send for help.",
        "Since five years ago he waits. Since ten years of war have ruined it, nobody waits.",
        "If the president were here. Oil and the price are high. At the feast for the president were many.",
        "One of the ministers has met him. The meeting of the ministers has begun. Each of the companies has left.",
        "The war between the two countries has begun. The United States has left.",
        "A law on drones that makes it illegal. One of the companies that earns money.",
        "The 7 October attacks, and the 14 December meeting of ministers.",
        "Its last weak point. A weak president.",
        "The best that they can do is agree to it.",
        "The ministers who met in the ships are those who know.",
    ],
)
def test_what_is_right_is_left_alone(text: str) -> None:
    assert found(text) == {}
