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

from dispatch.content.issue import read_issue
from dispatch.delivery.report import status
from dispatch.messages.message import Message, mimes_of
from dispatch.messages.personalize import Personalizer
from dispatch.messages.template import MessageTemplate, Variant
from dispatch.project import Project
from dispatch.providers import PROVIDERS
from dispatch.providers.outcome import Accepted, Outcome
from dispatch.providers.provider import Batch, Begin, Capabilities, Provider
from dispatch.rendering.compiler import compile_issue
from dispatch.rendering.readership import choices_of
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
