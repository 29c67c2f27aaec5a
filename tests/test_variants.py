"""Everybody gets the issue that a full rendering of their own would give, whoever else gets what."""

from __future__ import annotations

import csv
import random
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from email.utils import parsedate_to_datetime
from hashlib import sha256
from pathlib import Path
from threading import Event
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.content.issue import read_issue
from dispatch.delivery.report import status
from dispatch.errors import SendRefused
from dispatch.messages.message import Message, mimes_of
from dispatch.messages.personalize import Personalizer
from dispatch.messages.template import MessageTemplate, Variant
from dispatch.project import Project
from dispatch.providers import PROVIDERS
from dispatch.providers.outcome import Accepted, Outcome
from dispatch.providers.provider import Batch, Begin, Capabilities, Provider
from dispatch.rendering.compiler import compile_issue
from dispatch.rendering.pictures import PictureShelf
from dispatch.rendering.readership import choices_of
from dispatch.rendering.theme import NewsletterFacts, Theme
from dispatch.sending import freeze, propose, sender_of

CONFIG = """\
newsletter:
  name: Crossings
  url: https://crossings.example
  postal_address: Crossings, 1 River Street, Northtown
from: Crossings <news@crossings.example>
segments:
  paid: '"paid" in tags'
  local: 'city in ["Northtown", "Old Quay"]'
  founders: '"founder" in tags and not language == "de"'
"""
HEAD = """\
title: Who pays for the bridge?
preheader: Two towns, {{first_name|reader}}, and one river.
date: 2026-03-02
language: en
blocks:
"""
SEGMENTS = ("paid", "local", "founders")
FOR_ALL = (
    "  - paragraph: Dear {{first_name|reader}}, the bridge is half built.\n",
    "  - heading: What it costs\n",
    "  - list: [Steel, 'Stone from {{city|the quarry}}']\n",
    "  - divider:\n",
)
BLOCKS = (
    ("", FOR_ALL[0]),
    ("paid", "  - callout: {title: For you who pay, text: 'The accounts of {{city|both towns}}.'}\n    when: paid\n"),
    ("", FOR_ALL[1]),
    (
        "local",
        "  - button: {text: To the quay, url: 'https://crossings.example/quay?from={{city|x}}'}\n    when: local\n",
    ),
    (
        "founders",
        "  - when: founders\n    quote: {text: 'You were the first, {{first_name|friend}}.', by: The editor}\n",
    ),
    ("", FOR_ALL[2]),
    ("paid", "  - table: {header: [Year, Cost], rows: [['2025', '3.8'], ['2026', '52.9']]}\n    when: paid\n"),
    ("", FOR_ALL[3]),
)
"""Blocks as they are written, each with the segment that it is for."""

THEME = Theme(Path("nowhere"))
FACTS = NewsletterFacts("Crossings", url="https://crossings.example", postal_address="1 River Street")


class Collector(Provider):
    """Accepts everything, and keeps what it was handed: of each message its bytes' digest, of each call its variants."""

    name = "collector"
    messages: ClassVar[dict[str, tuple[Message, str]]] = {}
    calls: ClassVar[list[set[int]]] = []

    def __init__(self, *, folder: Path = Path()) -> None:
        """Takes the options of the outbox, in whose place it stands."""

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(max_messages=150, real=False)

    def submit(self, batch: Batch, begin: Begin) -> Iterator[Outcome]:
        begin(len(batch.messages))
        self.calls.append({message.recipient.variant for message in batch.messages})
        for message, mime in zip(batch.messages, mimes_of(batch.messages), strict=True):
            assert message.recipient.address not in self.messages
            self.messages[message.recipient.address] = (message, sha256(mime).hexdigest())
            yield Accepted(message.reference)


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> type[Collector]:
    monkeypatch.setitem(PROVIDERS, "outbox", f"{__name__}:Collector")
    monkeypatch.setattr(Collector, "messages", {})
    monkeypatch.setattr(Collector, "calls", [])
    return Collector


def segments_of(person: Mapping[str, str]) -> set[str]:
    """By hand, what the segments of CONFIG say."""
    tags = person["tags"].split(",")
    found = {"paid"} if "paid" in tags else set()
    found |= {"local"} if person["city"] in ("Northtown", "Old Quay") else set()
    return found | ({"founders"} if "founder" in tags and person["language"] != "de" else set())


def own_issue(segments: Collection[str]) -> str:
    """The file with the blocks taken out that are not for somebody in these segments, and all `when` with them."""
    kept = (text for segment, text in BLOCKS if not segment or segment in segments)
    return HEAD + re.sub(r"\n    when: \w+|when: \w+\n    ", "", "".join(kept))


def own_message(project: Project, frozen: MessageTemplate, message: Message, person: Mapping[str, str]) -> bytes:
    """What a mailing to nobody but this person would give, of an issue that says nothing but what is for them."""
    issue = read_issue(own_issue(segments_of(person)), "issues/bridge.yaml")
    key = (issue.source.text, person["language"])
    if key not in WRITERS:
        compiled = compile_issue(
            issue, project.theme, project.newsletter, pictures=project.pictures, embed=True, reader_language=key[1]
        )
        WRITERS[key] = Personalizer(replace(frozen, variants=(Variant.of(compiled),)), project.ring)
    values = {name: person[name] for name in ("first_name", "city") if person[name]}
    alone = message.recipient._replace(variant=0, values=values)
    return WRITERS[key].message(alone, parsedate_to_datetime(message.edition.date)).mime()


WRITERS: dict[tuple[str, str], Personalizer] = {}


def invent_people(number: int) -> list[dict[str, str]]:
    """In every segment and out of it, in two languages that the theme speaks and in some that it does not."""
    chosen = random.Random(5)
    return [
        {
            "email": f"person{each}@example.org",
            "first_name": chosen.choice(["", "Ada", "Zoë", "Seán"]),
            "language": chosen.choice(["", "en", "en-GB", "fr", "fr-CA", "xx"]),
            "tags": ",".join(tag for tag in ("paid", "founder", "guest") if chosen.random() < 0.4),
            "city": chosen.choice(["", "Northtown", "Old Quay", "Cork", "Dakar"]),
        }
        for each in range(number)
    ]


def newsletter_of(folder: Path, people: Sequence[Mapping[str, str]]) -> Path:
    (folder / "issues").mkdir(parents=True)
    (folder / "dispatch.yaml").write_text(CONFIG)
    (folder / "issues" / "bridge.yaml").write_text(HEAD + "".join(text for _, text in BLOCKS))
    with (folder / "subscribers.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, people[0].keys())
        writer.writeheader()
        writer.writerows(people)
    return folder


def test_in_one_mailing_everybody_gets_what_a_rendering_of_their_own_issue_gives(
    tmp_path: Path, collector: type[Collector]
) -> None:
    people = invent_people(10_000)
    by_address = {person["email"]: person for person in people}
    folder = newsletter_of(tmp_path / "crossings", people)
    with Project.open(folder, environ={}) as project:
        proposal = propose(project, project.read_issue("bridge"))
        assert not proposal.errors
        assert (len(choices_of(proposal.variants)), len(proposal.variants)) == (8, 16)
        mailing = freeze(project, proposal, confirmed=10_000)
        with project.lock.hold(mailing.name):
            sender_of(project, mailing, stop=Event(), on_progress=lambda _: None).run()
        where = status(project.ledger, None, mailing, project.clock())
        frozen = MessageTemplate.from_bytes(project.ledger.content(mailing))
        assert collector.messages.keys() == by_address.keys()
        for address, (message, digest) in collector.messages.items():
            assert digest == sha256(own_message(project, frozen, message, by_address[address])).hexdigest(), address
    assert len(WRITERS) == 8 * 6
    # No call mixes them, and the numbers add up: by hand, in each variant and in all.
    assert all(len(variants) == 1 for variants in collector.calls)
    expected = Counter(
        (tuple(name for name in SEGMENTS if name in segments_of(person)), person["language"][:2]) for person in people
    )
    found = {(each.segments, each.language): each.accepted for each in where.variants}
    for segments in {segments for segments, _ in found}:
        assert found[segments, "fr"] == expected[segments, "fr"]
        assert found[segments, "en"] == sum(expected[segments, language] for language in ("", "en", "xx"))
    assert (where.state, where.audience, where.accepted) == ("finished", 10_000, 10_000)
    for name in ("audience", "accepted", "refused", "pending", "uncertain", "withdrawn"):
        assert getattr(where, name) == sum(getattr(each, name) for each in where.variants)


def small_newsletter(folder: Path, blocks: str, *people: str) -> Project:
    """With segments by tags `a` to `d`."""
    (folder / "issues").mkdir(parents=True)
    segments = "".join(f"  {tag}: '\"{tag}\" in tags'\n" for tag in "abcd")
    (folder / "dispatch.yaml").write_text(CONFIG.partition("segments:")[0] + f"segments:\n{segments}")
    (folder / "issues" / "bridge.yaml").write_text(HEAD + blocks)
    rows = [f'person{number}@example.org,"{tags}"' for number, tags in enumerate(people)]
    (folder / "subscribers.csv").write_text("\n".join(["email,tags", *rows]) + "\n")
    return Project.open(folder, environ={})


FOR_FOUR = FOR_ALL[0] + "".join(f"  - paragraph: This is for {tag}.\n    when: {tag}\n" for tag in "abcd")
NINE = ("", "a", "b", "c", "d", "a,b", "a,c", "a,d", "b,c")


def test_more_than_eight_choices_are_refused_with_who_makes_them(tmp_path: Path) -> None:
    with small_newsletter(tmp_path / "eight", FOR_FOUR, *NINE[:8]) as project:
        assert len(propose(project, project.read_issue("bridge")).variants) == 8
    with small_newsletter(tmp_path / "nine", FOR_FOUR, *NINE) as project:
        proposal = propose(project, project.read_issue("bridge"))
        assert proposal.variants == {}
        [finding] = proposal.errors
        assert (finding.check, finding.location.line, finding.location.column) == ("too-many-variants", 8, 11)
        assert "4 are in a, 3 are in b, 3 are in c, 2 are in d" in finding.hint


def test_no_waiver_makes_more_than_eight_go_out(tmp_path: Path) -> None:
    allowed = f"{FOR_FOUR}allow: {{too-many-variants: I know them all.}}\n"
    refused = pytest.raises(SendRefused, match="9 different choices of blocks, and at most 8 are sent")
    with small_newsletter(tmp_path / "nine", allowed, *NINE) as project, refused:
        propose(project, project.read_issue("bridge"))


EITHER = """\
  - heading: What it costs
  - button: {text: Read the accounts, url: "https://crossings.example/accounts"}
    when: a
  - button: {text: Read the accounts, url: "https://crossings.example/join"}
    when: b
  - heading: {text: In stone, level: 3}
    when: a
  - heading: {text: In steel, level: 4}
"""


def test_checked_is_what_somebody_gets_together(tmp_path: Path) -> None:
    """One text for two links confuses whoever gets both, and a level is skipped for who does not get the one above."""

    def found(name: str, *people: str) -> list[tuple[str, int]]:
        with small_newsletter(tmp_path / name, EITHER + FOR_ALL[0], *people) as project:
            findings = project.check(project.read_issue("bridge"))
        looked_for = {"repeated-link-text", "skipped-heading-level", "unread-block", "needless-condition"}
        return [(finding.check, finding.location.line) for finding in findings if finding.check in looked_for]

    skipped, repeated = ("skipped-heading-level", 13), ("repeated-link-text", 9)
    assert found("either", "a", "b") == [skipped]
    assert found("both", "a,b", "a", "") == [repeated, skipped]
    assert found("all", "a,b", "a,b") == [
        ("needless-condition", 8),
        repeated,
        ("needless-condition", 10),
        ("needless-condition", 12),
    ]
    assert found("one", "a", "a,c", "") == [("unread-block", 10), skipped]
    assert found("list-of-nobody") == [repeated]


def test_a_gap_is_counted_among_those_who_would_read_it(tmp_path: Path) -> None:
    gap = FOR_ALL[0] + "  - paragraph: Of {{name|}}.\n    when: a\n"
    with small_newsletter(tmp_path / "gap", gap, "", "", "", "a", "a") as project:
        findings = project.check(project.read_issue("bridge"))
    [message] = [each.message for each in findings if each.check == "merge-field-without-value"]
    assert message == "2 of 2 people in the segment a have no name and would read nothing"


@given(st.lists(st.sampled_from(["", *SEGMENTS]), min_size=1, max_size=6), st.sets(st.sampled_from(SEGMENTS)))
def test_a_choice_of_blocks_is_the_file_without_the_others(whens: list[str], segments: set[str]) -> None:
    texts = [f"  - paragraph: Number {number} of {{{{city|x}}}}.\n" for number in range(len(whens) + 1)]
    written = [text + (f"    when: {when}\n" if when else "") for text, when in zip(texts, [*whens, ""], strict=True)]
    alone = [text for text, when in zip(texts, [*whens, ""], strict=True) if not when or when in segments]
    shown = read_issue(HEAD + "".join(written), "issues/bridge.yaml").shown_to(segments)
    own = read_issue(HEAD + "".join(alone), "issues/bridge.yaml")
    assert [block.model_dump() for block in shown.blocks] == [block.model_dump() for block in own.blocks]
    rendered = [
        compile_issue(each, THEME, FACTS, pictures=PictureShelf(Path()), embed=True, reader_language="fr")
        for each in (shown, own)
    ]
    assert rendered[0] == rendered[1]
