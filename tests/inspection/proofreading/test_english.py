"""Slips of English that engines do not find: each as writers make it, and what only looks like one."""

from __future__ import annotations

from pathlib import Path

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
        # --- agreement
        ("Each of the hospitals need a boiler.", "need", "needs"),
        ("The number of lorries have fallen.", "have", "has"),
        ("Prices of wheat in the region has doubled.", "has", "have"),
        ("The passengers on the night train was cold.", "was", "were"),
        ("The mayor and her deputy was there.", "was", "were"),
        ("The librarian don’t know it.", "don’t", "doesn’t"),
        ("Her brother have a bakery.", "have", "has"),
        ("In May the reporter ask again.", "ask", "asks"),
        ("A spokesman for the rebels have denied it.", "have", "has"),
        ("Thousands of people attends it.", "attends", "attend"),
        ("The farmers needs rain.", "needs", "need"),
        ("Nobody were surprised.", "were", "was"),
        ("One of the main reason is rain.", "reason", "reasons"),
        ("Several of the tunnel had been flooded.", "tunnel", "tunnels"),
        ("Three lorry left at dawn.", "lorry", "lorries"),
        ("He saw two woman.", "woman", "women"),
        ("Boats from both side of it left.", "side", "sides"),
        # --- little words and forms of verbs
        ("He was proud on his team.", "proud on", "proud of"),
        ("They are capable to win it all, and capable to make it.", "capable to", "able to"),
        ("They marched against to the tax.", "against to", "against"),
        ("The ship arrived to Rotterdam.", "to", "in"),
        ("The city relies of tourism.", "relies of", "relies on"),
        ("She emphasised on the need for it.", " on", ""),
        ("According with him it is so.", "with", "to"),
        ("Residents are used to live here.", "live", "living"),
        ("They let owners to keep them.", " to", ""),
        ("They prevented people to leave.", "to leave", "from leaving"),
        ("The treaty was sign by nine.", "sign", "signed"),
        ("It was sign in May.", "sign", "signed"),
        ("We met in front the town hall.", "in front", "in front of"),
        ("They have agree to it.", "agree", "agreed"),
        ("It has rose by a tenth.", "rose", "risen"),
        ("He tried to sold it.", "sold", "sell"),
        ("They accused him for lying.", "for", "of"),
        ("They waited for to see it.", "for to", "to"),
        ("They leaved the village.", "leaved", "left"),
        ("She works as engineer at a yard.", "engineer", "an engineer"),
        ("He is member of it.", "member", "a member"),
        ("She is wife of the king.", "wife", "the wife"),
        ("It was historic victory for them.", "historic victory", "a historic victory"),
        ("He is waiting there since 2019.", "is", "has been"),
        ("Much people came.", "Much", "Many"),
        ("They decided go.", " go", " to go"),
        ("It stood in middle of the road.", "middle", "the middle"),
        ("He came to the Germany.", "the Germany", "Germany"),
        ("Many information is lost.", "Many", "Much"),
        ("He gave me an advice.", "an advice", "advice"),
        ("He has met her yesterday.", "has met", "met"),
        ("It was taken on July 2004.", "on", "in"),
        ("Instead of go he stayed.", "go", "going"),
        ("It made them to leave.", " to", ""),
        ("It is as big than that.", "than", "as"),
        ("It has the same size than that.", "than", "as"),
        ("The result is same again.", "same", "the same"),
        ("He knows people which live there.", "which", "who"),
        ("They left in search for work.", "for", "of"),
        ("It is in accordance to the law.", "to", "with"),
        # --- words taken for others
        ("This decision effects everyone.", "effects", "affects"),
        ("The frost effected the harvest.", "effected", "affected"),
        ("The noise effects our sleep.", "effects", "affects"),
        ("It had little affect on it.", "affect", "effect"),
        ("They changed they’re plans.", "they’re", "their"),
        ("The council gave there approval.", "there", "their"),
        ("It hung on it’s wall.", "it’s", "its"),
        ("It came with you’re help.", "you’re", "your"),
        ("Your welcome to send it.", "Your", "You’re"),
        ("Its a long road.", "Its", "It’s"),
        ("More voted by post then in person.", "then", "than"),
        ("It is deeper then any other.", "then", "than"),
        ("He asked weather to go.", "weather", "whether"),
        ("They excepted the offer.", "excepted", "accepted"),
        ("It needs advise.", "advise", "advice"),
        ("They will advice him.", "advice", "advise"),
        ("They where not there.", "where", "were"),
        ("It is the town were he lives.", "were", "where"),
        ("She came hear.", "hear", "here"),
        ("They went passed the gate.", "passed", "past"),
        ("He past away.", "past", "passed"),
        ("It grew in the passed year.", "passed", "past"),
        ("It was lead by him.", "lead", "led"),
        ("He could not breath.", "breath", "breathe"),
        ("They went threw the wall.", "threw", "through"),
        ("He new that it was so.", "new", "knew"),
        ("They want to by food.", "by", "buy"),
        ("They agree in principal.", "principal", "principle"),
        ("Parliament has past the law.", "past", "passed"),
        ("The piece talks failed.", "piece", "peace"),
        ("It is a peace of paper.", "peace", "piece"),
        ("They crossed the boarder.", "boarder", "border"),
        ("It played a key roll in it.", "roll", "role"),
        ("It is near the nuclear sight.", "sight", "site"),
        ("It is the hole truth.", "hole", "whole"),
        ("They are not aloud to speak.", "aloud", "allowed"),
        ("It was to late to call.", "to late", "too late"),
        ("Prices have raised sharply.", "raised", "risen"),
        ("The medical personal is here.", "personal", "personnel"),
    ],
)
def test_a_slip_is_found_with_what_is_right(text: str, slip: str, proper: str) -> None:
    assert found(text) == {slip: proper}
    assert found(text.replace(slip, proper)) == {}
    assert found(text, "fr") == {}


def test_clean_news_has_none() -> None:
    news = (Path(__file__).parent / "clean-news.txt").read_text("utf-8")
    assert len(news.split()) > 1_300
    assert found(news) == {}


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
        "The series has ended. Some days is all it takes. All but the fields is lost. The news is good.",
        "The police know it. The majority have left. A number of ships are here. The rich get richer.",
        "Diesel is used to power ships. Every activist I spoke to said so. They gave all that there was.",
        "One of the best is here, one of the first, one of the men, and one of the few that are left.",
        "They believed they’re friends. He met them there. From there homes are seen. What it’s like.",
        "It is of its time. The effects our work has. They effected a change. A lack of advice.",
        "In the week before last he has been ill. He has worked since two weeks ago. He was in front the whole time.",
        "On day two of the workshop, they met. A site that you would like to have sign the letter.",
        "All members participated to help. He participated to win.",
        "The fifth rely on it. A set of maps are here. The controversial sell-off. As anything other than that.",
    ],
)
def test_what_is_right_is_left_alone(text: str) -> None:
    assert found(text) == {}


@pytest.mark.parametrize("unit", ["\n", ". ", " ", "a", "one of the ", "the s ", "in front "])
def test_no_text_takes_time_for_its_square(unit: str) -> None:
    assert set(found(unit * (30_000 // len(unit)))) <= {"in front", "one"}
