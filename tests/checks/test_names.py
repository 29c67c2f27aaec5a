"""Whether each name is written in one way only."""

from __future__ import annotations

import json
from datetime import date

import pytest

from dispatch.checks import names
from dispatch.checks.check import CheckFunction
from dispatch.checks.evidence import EarlierIssue
from dispatch.content.terms import Terms
from dispatch.testing.checks import CheckContract, Example, evidence_about, findings
from dispatch.yaml_source import edited, read_yaml

EXAMPLES: dict[CheckFunction, Example] = {
    names.inconsistent_name: Example(
        bad="""
            title: When President Putin came to Pyongyang
            blocks:
              - paragraph: The war goes on, and President ‸Poutine is not open to talks. Only Putin knows why.
              - quote: In ‸Pyongjang they wait. Those who know Pyongyang say so.
        """,
        good="""
            title: When President Putin came to Pyongyang
            blocks:
              - paragraph: >-
                  The Koreans of South Korea and North Korea, the Russians of Russia and Russian Siberia, and the
                  Ukrainians of Ukraine. From Austria to Australia, from Austria on. In Boris Johnson’s time, when Boris
                  Johnson and Alan Johnston spoke, of Putin.
              - paragraph: See `the Poutine`, and {{name|the Poutine}}.
        """,
    ),
}


class TestContract(CheckContract):
    theme = names
    examples = EXAMPLES


def test_what_may_be_meant_is_suggested() -> None:
    text = 'title: A\nblocks: [paragraph: "When Putin saw Putin, then _Poutine_’s men came."]\n'
    (finding,) = findings(names.inconsistent_name, text)
    assert finding.fix is None, "it may be another name"
    assert finding.hint == "Write Putin."
    assert str(finding).endswith("Write Putin. (`dispatch check --accept Poutine` where it is right)")
    assert [edited(read_yaml(text, "a.yaml"), each.edits).text for each in finding.suggestions] == [
        text.replace("Poutine", "Putin")
    ]


def told(*paragraphs: str, language: str = "en", **facts: object) -> list[str]:
    """What is said of an issue of these paragraphs: the name, and what it may be."""
    blocks = "".join(f"  - paragraph: {json.dumps(each, ensure_ascii=False)}\n" for each in paragraphs)
    found = findings(names.inconsistent_name, f"title: A\nlanguage: {language}\nblocks:\n{blocks}", **facts)
    return [finding.message for finding in found]


def earlier(*said: str) -> dict[str, object]:
    """Earlier issues, each with the names in it."""
    issues = [
        EarlierIssue(f"issues/{day}.yaml", date(2026, 1, day), "", frozenset(), frozenset(each.split()))
        for day, each in enumerate(said, 1)
    ]
    return {"history": tuple(issues)}


def test_what_earlier_issues_say_counts() -> None:
    text = "They say that Poutine came."
    assert told(text) == []
    assert told(text, **earlier("Putin Kim", "Putin")) == ["“Poutine” may be Putin, which stands in 2 earlier issues"]
    assert told(text, **earlier("Putin Poutine", "Putin")) == [], "it has been one of theirs"
    assert told(text, **earlier("Putin Poutine", *["Putin"] * 3)) != [], "once among many was a slip"
    assert told(text, **earlier("Putin Poutine", "Poutine", *["Putin"] * 9)) == [], "twice was none"


def test_who_stands_beside_it_tells_new_people_from_known_ones() -> None:
    before = earlier("Michel Barnier", "Michel Barnier", "Zelensky Volodymyr", "Zelensky")
    assert told("When the British sent Michael Gove, they laughed.", **before) == []
    assert told("When the French sent Michael Barnier, they laughed.", **before) != []
    assert told("When they sent Michael, nobody laughed.", **before) != []
    assert told("When Volodymyr Zelenskyy came, Zelenskyy spoke.", **before) == [], "twice here, twice before"
    assert told("When Volodymyr Zelenskyy came, he spoke.", **before) != []


def test_a_weekday_or_a_month_is_nobody_beside_a_name() -> None:
    before = "When Volodymyr Zelensky came, Zelensky spoke to Zelensky’s men."
    assert told(f"{before} On Tuesday Zelenskiy left.") == ["“Zelenskiy” may be Zelensky, which stands here 3 times"]
    assert told(f"{before} They say that in March Zelenskiy left.") != []
    assert told(f"{before} The day when Oleksandr Zelenskiy left.") == []
    text = "La Russie de Gazprom et de Gazprom Neft. Mardi Gasprom a vendu."
    assert told(text, language="fr") == ["“Gasprom” may be Gazprom, which stands here twice"]


def test_a_long_name_is_seen_at_the_beginning_of_a_sentence() -> None:
    before = "The men of Zelensky and of Merz met Zelensky and Merz."
    assert told(f"{before} Zelenskiy spoke.") == ["“Zelenskiy” may be Zelensky, which stands here twice"]
    assert told(f"{before} Mertz spoke.") == [], "it is short, and any word may stand there"
    assert told("Though it rained. Though it snowed. Through it all they went.") == []
    assert told("Emanuel Macron came.", "Emmanuel Macron left.", "Emmanuel Macron") != []
    assert told("Emanuel came.", "Emmanuel Macron left.", "Emmanuel Macron") == []


@pytest.mark.parametrize(("slip", "name"), [("Mertz", "Merz"), ("Scholtz", "Scholz")])
def test_a_t_before_z_is_not_heard(slip: str, name: str) -> None:
    (message,) = told(f"The day when Olaf {slip} came. The party of Olaf {name} wanted {name}.")
    assert message.endswith(f"may be {name}, which stands here twice")


def test_the_house_knows_best() -> None:
    text = "They say that Poutine came."
    assert told(text, terms=Terms(accepted=frozenset({"Vladimir Putin"}))) == [
        "“Poutine” may be Putin, which terms.yaml has"
    ]
    twice = "They say that Putin came, that Putin left, and that Poutine came."
    assert told(twice) == ["“Poutine” may be Putin, which stands here twice"]
    assert told(twice, terms=Terms(accepted=frozenset({"Poutine"}))) == []
    assert told(twice, terms=Terms({"Poutine": "Putin"})) == [], "house-term tells it"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("The sea off Lybia is calm.", "Lybia"),
        ("The oil of Irak flows.", "Irak"),
        ("The Kremlin looks to Ukraine and Oukraine.", "Oukraine"),
    ],
)
def test_countries_are_known(text: str, name: str) -> None:
    (message,) = told(text)
    assert message.startswith(f"“{name}” may be ")


@pytest.mark.parametrize(
    "text",
    [
        "The fair of Marshal Zhukov. The Marshall Plan and the Marshall Plan again.",
        "The Ministry of Defence, the Ministry of Defence and the Department of Defense.",
        "In Zelensky’s view the Zelenskys of Kyiv left, as Zelensky said.",
        "They drink Poutine. A poutine is a dish, and so say Putin and Putin.",
        "Rise of the Rice Trade Under Rice and Rise",
    ],
)
def test_what_is_no_second_spelling(text: str) -> None:
    assert told(text) == []


def test_in_german_every_noun_has_a_capital() -> None:
    text = "Sie sah Putin, und Putin sah Poutine."
    assert told(text, language="de") == []
    assert told(text, language="en") != []


def test_a_name_of_earlier_issues_is_known() -> None:
    facts = earlier("Tumen")
    evidence = evidence_about("title: A\nblocks: [divider: ]\n", terms=Terms(accepted=frozenset({"KCNA"})), **facts)
    assert [evidence.knows(word) for word in ("Tumen", "KCNA", "KCNA’s", "Pyongjang")] == [True, True, True, False]
