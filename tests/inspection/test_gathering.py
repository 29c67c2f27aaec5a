"""Evidence gathered from a real folder: settings, theme, pictures, people."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from PIL import Image

from dispatch.checks import CHECKS
from dispatch.checks.check import Severity, run
from dispatch.checks.evidence import Animation, Evidence, PictureFacts
from dispatch.config import load_config
from dispatch.content.issue import read_issue
from dispatch.inspection.gathering import gather
from dispatch.location import Location
from dispatch.rendering.compiler import compile_marked
from dispatch.rendering.pictures import PictureShelf
from dispatch.rendering.slots import fill
from dispatch.rendering.theme import NewsletterFacts, Theme
from dispatch.subscribers.segments import parse_segment
from dispatch.subscribers.subscriber import Subscriber, merge_values
from dispatch.testing.checks import HEADERS

REPOSITORY = Path(__file__).parents[2]
RESERVED = {
    "unsubscribe_url": f"https://example.org/u/{'A' * 56}",
    "preferences_url": f"https://example.org/u/{'A' * 56}",
    "view_online_url": "https://example.org/posts/bridge/",
}
SETTINGS = """\
newsletter:
  name: Example News
  url: https://example.org
  postal_address: Example News, 1 Example Street, 10115 Berlin
from: "Example News <news@example.org>"
"""
ISSUE = """\
title: Who pays for the bridge?
preheader: Three towns, two budgets and one river.
cover: {image: images/bridge.png, alt: A grey bridge at dawn}
blocks:
  - paragraph: "Dear {{first_name|reader}}, [read on](https://example.org/bridge)."
  - figure: {image: images/map.jpg, alt: A map of the river}
"""
AUDIENCE = (
    Subscriber("0" * 32, "amara@example.org", first_name="Amara", language="fr", tags=("paid",)),
    Subscriber("1" * 32, "zoe@example.org", first_name="Zoë <3"),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "dispatch.yaml").write_text(SETTINGS)
    (tmp_path / "images").mkdir()
    Image.new("RGB", (1600, 400), "grey").save(tmp_path / "images" / "bridge.png")
    Image.new("RGB", (800, 500), "white").save(tmp_path / "images" / "map.jpg")
    return tmp_path


def evidence_of(folder: Path, text: str, *, file: str = "issues/bridge.yaml") -> Evidence:
    config = load_config(folder, environ={})
    issue = read_issue(text, file)
    domain = config.from_.address.partition("@")[2]
    shelf = PictureShelf(folder)
    newsletter = NewsletterFacts(**config.newsletter.model_dump())
    theme = Theme(folder)
    compiled, marked = compile_marked(issue, theme, newsletter, pictures=shelf, embed=True)
    return gather(
        issue,
        compiled,
        marked,
        config,
        shelf=shelf,
        subscribers=iter(AUDIENCE),
        known_fields=("email", "name", "first_name", "language"),
        reserved=RESERVED,
        today=date(2026, 3, 2),
        real_mail=True,
        segments={name: parse_segment(text, Location("s")) for name, text in config.segments.items()},
        headers=tuple((name, value.replace("example.org", domain)) for name, value in HEADERS),
    )


def test_a_proper_issue_has_no_findings(folder: Path) -> None:
    assert run(CHECKS, evidence_of(folder, ISSUE)) == []


def test_settings_know_their_place(folder: Path) -> None:
    evidence = evidence_of(folder, ISSUE)
    lines = [
        (setting.value, setting.location.line)
        for setting in (evidence.newsletter_url, evidence.postal_address, evidence.from_address)
    ]
    assert lines == [
        ("https://example.org", 3),
        ("Example News, 1 Example Street, 10115 Berlin", 4),
        ("news@example.org", 5),
    ]
    assert evidence.from_name == "Example News"


def test_an_unsubscribe_url_that_follows_from_the_newsletters_stands_where_that_does(folder: Path) -> None:
    evidence = evidence_of(folder, ISSUE)
    assert evidence.unsubscribe_url.value == "https://example.org/u/"
    assert evidence.unsubscribe_url.location == evidence.newsletter_url.location
    (folder / "dispatch.yaml").write_text(f"{SETTINGS}unsubscribe:\n  url: https://leave.example.org/\n")
    assert evidence_of(folder, ISSUE).unsubscribe_url.location.line == 7


def test_pictures_are_those_that_travel(folder: Path) -> None:
    evidence = evidence_of(folder, ISSUE)
    travelling = [len(picture.content) for picture in evidence.compiled.pictures]
    assert [picture.bytes for picture in evidence.pictures] == travelling
    assert [(picture.path, picture.format, picture.width, picture.height) for picture in evidence.pictures] == [
        ("images/bridge.png", "PNG", 1104, 276),
        ("images/map.jpg", "JPEG", 800, 500),
    ]


@pytest.mark.parametrize(("loop", "seconds"), [(None, 1.0), (0, float("inf")), (2, 3.0)])
def test_an_animation_tells_how_long_it_moves(folder: Path, loop: int | None, seconds: float) -> None:
    first, second = (Image.new("RGB", (800, 500), colour) for colour in ("white", "red"))
    looped = {} if loop is None else {"loop": loop}
    first.save(folder / "images" / "wave.gif", save_all=True, append_images=[second], duration=500, **looped)
    evidence = evidence_of(folder, "title: A\nblocks: [figure: {image: images/wave.gif, alt: A wave}]\n")
    assert evidence.pictures[0].animation == Animation(seconds, begins_blank=True)


def test_a_picture_that_is_shown_twice_weighs_once(folder: Path) -> None:
    twice = evidence_of(folder, f"{ISSUE}  - figure: {{image: images/map.jpg, alt: The same}}\n")
    assert len(twice.pictures) == 2
    assert all(isinstance(picture, PictureFacts) for picture in twice.pictures)


def test_a_segment_that_matches_nobody_is_told_where_it_is_defined(folder: Path) -> None:
    segments = "segments: {german: 'language == \"de\"', amara: 'first_name == \"Amara\"'}\n"
    (folder / "dispatch.yaml").write_text(SETTINGS + segments)
    [finding] = run(CHECKS, evidence_of(folder, ISSUE))
    assert (finding.check, finding.location) == ("empty-segment", Location(str(folder / "dispatch.yaml"), 6, 21))


def test_the_largest_message_is_measured_with_its_links(folder: Path) -> None:
    evidence = evidence_of(folder, ISSUE)
    largest = fill(evidence.compiled.html, {**merge_values(AUDIENCE[1]), **RESERVED})
    assert evidence.largest_html_for == "zoe@example.org"
    assert evidence.largest_html_bytes == len(largest.replace("\n", "\r\n").encode())


def test_a_theme_that_lost_its_footer_stops_the_mailing(folder: Path) -> None:
    (folder / "templates").mkdir()
    whole = (REPOSITORY / "templates" / "email.txt.j2").read_text()
    lost = "".join(line for line in whole.splitlines(keepends=True) if "unsubscribe_url" not in line)
    assert lost != whole
    (folder / "templates" / "email.txt.j2").write_text(lost)
    [finding] = run(CHECKS, evidence_of(folder, ISSUE))
    assert (finding.check, finding.severity) == ("missing-unsubscribe-link", Severity.ERROR)
    assert "text part" in finding.message


def test_findings_inside_a_folded_text_stand_at_their_character(folder: Path) -> None:
    text = (
        "title: Who pays?\npreheader: Three towns.\nblocks:\n"
        "  - paragraph: >-\n      One line of text,\n      then [a link](javascript:x) here.\n"
    )
    [finding] = run(CHECKS, evidence_of(folder, text))
    assert finding.location == Location("issues/bridge.yaml", 6, 12)


@pytest.mark.parametrize("path", sorted((REPOSITORY / "issues").glob("*.yaml")), ids=lambda path: path.stem)
def test_the_sample_issues_are_fit_to_send(path: Path) -> None:
    found = run(CHECKS, evidence_of(REPOSITORY, path.read_text(encoding="utf-8"), file=f"issues/{path.name}"))
    assert [str(finding) for finding in found if finding.severity is Severity.ERROR] == []
    assert len(found) <= 3, "\n".join(map(str, found))
