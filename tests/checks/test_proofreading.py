"""What of a proof-reader's finds is told, and how."""

from __future__ import annotations

import re
from datetime import date

from dispatch.checks import proofreading
from dispatch.checks.accessibility import wrong_language
from dispatch.checks.check import CheckFunction
from dispatch.checks.evidence import EarlierIssue, Mistake, Proofs
from dispatch.checks.names import inconsistent_name
from dispatch.checks.shown import Around, ShownWords
from dispatch.checks.waivers import Policy, judge
from dispatch.content.terms import Terms
from dispatch.testing.checks import CheckContract, Example, evidence_about, findings
from dispatch.yaml_source import Path, edited, read_yaml

PARAGRAPH: Path = ("blocks", 0, "paragraph")


def misspelt(offset: int, word: str, *replacements: str, literal: bool = True) -> Mistake:
    return Mistake(offset, len(word), "Possible spelling mistake found.", replacements, "SPELLER", True, literal)


def wrong(offset: int, words: str, *replacements: str, message: str = "The verb is plural.") -> Mistake:
    return Mistake(offset, len(words), message, replacements, "AGREEMENT", misspelt=False)


def proofs(*mistakes: Mistake, path: Path = PARAGRAPH) -> Proofs:
    return Proofs({path: mistakes})


TEXT = "They avoid dependance on China, and this help reduce it."
READ = proofs(misspelt(11, "dependance", "dependence"), wrong(46, "reduce", "reduces"))

EXAMPLES: dict[CheckFunction, Example] = {
    proofreading.misspelling: Example(
        bad="""
            title: A treaty
            blocks:
              - paragraph: >-
                  They avoid ‸dependance
                  on China, and this help reduce it.
        """,
        good="""
            title: A treaty
            blocks:
              - paragraph: Sohae lies in the north, and Sohae is quiet.
        """,
        bad_facts={"proofs": READ},
        good_facts={"proofs": proofs(misspelt(0, "Sohae", "Shore"), misspelt(29, "Sohae", "Shore"))},
    ),
    proofreading.grammar_mistake: Example(
        bad="""
            title: A treaty
            blocks:
              - paragraph: |
                  They avoid dependance on China, and this help ‸reduce it.
        """,
        good="""
            title: A treaty
            blocks:
              - paragraph: This helps to reduce it.
        """,
        bad_facts={"proofs": READ},
        good_facts={"proofs": Proofs({})},
    ),
}


class TestContract(CheckContract):
    theme = proofreading
    examples = EXAMPLES


def test_a_finding_tells_which_words_it_is_about() -> None:
    evidence = evidence_about(f"title: A treaty\nblocks:\n  - paragraph: {TEXT}\n", proofs=READ)
    shown = [
        finding.shown
        for check in (proofreading.misspelling, proofreading.grammar_mistake)
        for finding in check(evidence)
    ]
    assert shown == [
        ShownWords("dependance", (Around(" They avoid ", " on China and this help reduce", 0),)),
        ShownWords("reduce", (Around("ndance on China and this help ", " it ", 0),)),
    ]


def issue(text: str) -> str:
    return f"title: A treaty\nblocks:\n  - paragraph: {text}\n"


def test_a_suggestion_changes_those_characters_alone_and_is_no_certain_fix() -> None:
    text = "title: A treaty\nblocks:\n  - paragraph: >-\n      They 🙂 avoid *dependance* # on\n      China. # no\n"
    [finding] = findings(
        proofreading.misspelling, text, proofs=proofs(misspelt(14, "dependance", "dependence", "defendant"))
    )
    assert finding.fix is None
    assert [each.title for each in finding.suggestions] == ["Write dependence", "Write defendant"]
    assert finding.hint == "Write “dependence” or “defendant”."
    after = edited(read_yaml(text, "issues/a.yaml"), finding.suggestions[0].edits).text
    assert after == text.replace("dependance", "dependence")


def test_what_marks_stand_in_is_told_and_left_to_the_author() -> None:
    found = proofs(misspelt(0, "depend**ance**", "dependence", literal=False))
    [finding] = findings(proofreading.misspelling, issue("depend**ance** grows"), proofs=found)
    assert (finding.hint, finding.suggestions) == ("Write “dependence”.", ())


def test_words_that_should_not_be_there_are_left_out() -> None:
    [finding] = findings(proofreading.grammar_mistake, issue("for the the bus"), proofs=proofs(wrong(7, " the", "")))
    assert finding.hint == "Leave out “the”."
    assert finding.suggestions[0].title == "Leave out the"


def test_the_message_is_that_of_the_rule_or_names_the_words() -> None:
    said = [
        findings(
            proofreading.grammar_mistake, issue("This help reduce it."), proofs=proofs(wrong(10, "reduce", message=m))
        )
        for m in ("The verb is plural. ", "", "The verb 'reduce' is plural.")
    ]
    assert [finding.message for [finding] in said] == [
        "“reduce”: The verb is plural",
        "“reduce” cannot be right",
        "The verb 'reduce' is plural",
    ]
    assert said[0][0].hint == "Write another word."


def test_an_abbreviation_that_stands_more_than_once_is_in_order() -> None:
    text = "They buy 38 bcm of gas in a year, not 40 bcm, and recieve what they always recieve by sea."
    found = proofs(*(misspelt(word.start(), word[0]) for word in re.finditer("bcm|recieve", text)))
    told = findings(proofreading.misspelling, issue(text), proofs=found)
    assert [finding.word for finding in told] == ["recieve", "recieve"]
    once = findings(proofreading.misspelling, issue("They buy 38 bcm of gas."), proofs=proofs(misspelt(12, "bcm")))
    assert len(once) == 1


def test_what_the_house_accepts_or_has_a_form_for_is_not_told_again() -> None:
    found = proofs(misspelt(0, "Poutine", "Routine"), misspelt(12, "comradery", "comradely"))
    text = issue("Poutine had comradery once.")
    terms = Terms(right_of={"Poutine": "Putin"}, accepted=frozenset({"comradery"}))
    assert len(findings(proofreading.misspelling, text, proofs=found)) == 2
    assert findings(proofreading.misspelling, text, proofs=found, terms=terms) == []


def test_a_name_that_earlier_issues_have_had_or_another_check_doubts_is_left_alone() -> None:
    text = issue("They met Putin. Putin left, and Puttin came. Recievo said so.")
    found = proofs(misspelt(32, "Puttin", "Putting"), misspelt(45, "Recievo", "Receive"))
    earlier = EarlierIssue("issues/b.yaml", date(2026, 2, 2), "B", frozenset(), frozenset({"Recievo"}))
    facts = {"proofs": found, "history": (earlier,)}
    assert findings(proofreading.misspelling, text, **facts) == []
    assert len(findings(inconsistent_name, text, **facts)) == 1
    assert len(findings(proofreading.misspelling, text, proofs=found)) == 1


def test_a_whole_name_that_another_check_doubts_is_told_once() -> None:
    text = "They met Olaf Scholz. Then Scholz left, and Olaf Scholtz came."
    facts = {"proofs": proofs(wrong(44, "Olaf Scholtz", "Olaf Scholz"))}
    assert len(findings(inconsistent_name, issue(text), **facts)) == 1
    assert findings(proofreading.grammar_mistake, issue(text), **facts) == []
    assert len(findings(proofreading.grammar_mistake, issue(text.replace("Scholtz", "Schulze")), **facts)) == 1


def test_a_text_in_another_language_is_told_once() -> None:
    text = "Les soldats attendent depuis lundi à la frontière."
    words = [word for word in text.rstrip(".").split() if word != "à"]
    found = proofs(*(misspelt(text.index(word), word) for word in words), wrong(0, "Les soldats", "Less soldats"))
    [finding] = findings(proofreading.misspelling, issue(text), proofs=found)
    assert finding.message == "most words of this text stand in no dictionary of its language"
    assert findings(proofreading.grammar_mistake, issue(text), proofs=found) == []


def test_an_issue_in_another_language_is_the_matter_of_another_check() -> None:
    text = (
        "Les soldats sont dans la ville et ils ne sont pas les seuls, car avec eux est une armée qui est dans le nord. "
        * 3
    )
    found = proofs(*(misspelt(match.start(), match[0]) for match in re.finditer(r"\w+", text)))
    assert findings(proofreading.misspelling, issue(text), proofs=found) == []
    assert len(findings(wrong_language, issue(text), proofs=found)) == 1


def test_without_proofs_nothing_is_found_and_no_waiver_is_unneeded() -> None:
    waived = issue("They avoid dependance.") + "allow: {misspelling: It is a name here.}\n"
    evidence = evidence_about(waived)
    assert judge([evidence], Policy(), proofreading.PROOFS).findings == ()
    looked = evidence_about(waived, proofs=Proofs({}))
    assert [each.check for each in judge([looked], Policy(), proofreading.PROOFS).findings] == ["unneeded-waiver"]


def test_a_waiver_and_a_severity_work_as_for_other_checks() -> None:
    waived = issue("They avoid dependance.") + "allow: {misspelling: It is a name here.}\n"
    found = proofs(misspelt(11, "dependance"))
    assert [each.reason for each in judge([evidence_about(waived, proofs=found)], Policy()).waived] == [
        "It is a name here."
    ]


def test_notices_are_no_findings() -> None:
    evidence = evidence_about(
        issue("They talk."), proofs=Proofs({}, ("Nothing is read: pip install it",), pending=True)
    )
    judgement = judge([evidence], Policy(), proofreading.PROOFS)
    assert (judgement.findings, judgement.notices, judgement.pending) == (
        (),
        ("Nothing is read: pip install it",),
        True,
    )
