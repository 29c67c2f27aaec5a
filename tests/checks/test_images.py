"""Alternative texts, credits, and how pictures come out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dispatch.checks import images
from dispatch.checks.check import CheckFunction
from dispatch.checks.evidence import Animation, PictureFacts
from dispatch.testing.checks import CheckContract, Example, findings

BRIDGE = """
    title: A bridge
    blocks:
      - divider:
      - figure: {image: images/bridge.png, alt: A bridge between two grey towns}
"""
BAD_BRIDGE = BRIDGE.replace("images/", "‸images/")


def pictures(**facts: object) -> dict[str, tuple[PictureFacts, ...]]:
    """The evidence of BRIDGE, in order but for some facts."""
    picture = PictureFacts("images/bridge.png", "PNG", 1104, 700, 400_000)
    return {"pictures": (replace(picture, **facts),)}  # type: ignore[arg-type]


CREDITED = """
    title: A bridge
    cover: {{image: images/map.png, alt: A map of the river, source: Example Maps}}
    blocks:
      - figure: {{image: {place}images/bridge.jpg, alt: A bridge, caption: {caption}}}
"""
PHOTOGRAPH = {
    "pictures": (
        PictureFacts("images/map.png", "PNG", 1104, 700, 40_000),
        PictureFacts("images/bridge.jpg", "JPEG", 1104, 700, 90_000),
    )
}
EXAMPLES: dict[CheckFunction, Example] = {
    images.missing_alt: Example(
        bad="""
            title: A bridge
            cover: {image: ‸images/bridge.jpg, caption: The bridge}
            blocks:
              - columns: [[{figure: {image: ‸images/map.png}}], [{divider: }]]
        """,
        good="""
            title: A bridge
            cover: {image: images/bridge.jpg, alt: A bridge between two grey towns}
            blocks:
              - figure: {image: images/line.png, alt: ""}
        """,
    ),
    images.file_name_as_alt: Example(
        bad="""
            title: A bridge
            cover: {image: images/bridge.jpg, alt: ‸bridge.jpg}
            blocks:
              - figure: {image: images/x.png, alt: ‸IMG_2041}
              - figure: {image: images/map-v2.png, alt: ‸map-v2}
        """,
        good="""
            title: A bridge
            cover: {image: images/bridge.jpg, alt: A bridge at dawn}
            blocks:
              - figure: {image: images/map.png, alt: The page example.org as a picture}
        """,
    ),
    images.alt_repeating_caption: Example(
        bad="""
            title: A bridge
            blocks:
              - figure: {image: images/map.png, alt: ‸The bridge at dawn, caption: The *bridge* at dawn.}
        """,
        good="""
            title: A bridge
            blocks:
              - figure: {image: images/map.png, alt: A grey bridge in fog, caption: The *bridge* at dawn.}
              - figure: {image: images/line.png, alt: "", caption: ""}
        """,
    ),
}

EXAMPLES |= {
    images.alt_naming_the_medium: Example(
        bad="""
            title: A bridge
            cover: {image: images/bridge.jpg, alt: ‸Image of a bridge}
            blocks:
              - figure: {image: images/p.jpg, alt: ‸Photo d’un pont}
              - figure: {image: images/q.jpg, alt: ‸A picture of the bridge}
        """,
        good="""
            title: A bridge
            cover: {image: images/bridge.jpg, alt: Satellite image of a bridge}
            blocks:
              - figure: {image: images/p.jpg, alt: Photo of the year on a wall}
              - figure: {image: images/q.jpg, alt: Map of the river}
        """,
    ),
    images.long_alt: Example(
        bad=f"title: A\nblocks: [figure: {{image: a.png, alt: ‸{'a' * 251}}}]\n",
        good=f"title: A\nblocks: [figure: {{image: a.png, alt: {'a' * 250}}}]\n",
    ),
    images.missing_credit: Example(
        bad=CREDITED.format(place="‸", caption="The bridge"),
        bad_facts=PHOTOGRAPH,
        good=CREDITED.format(place="", caption='"The bridge. Photo: Kim Example"'),
        good_facts=PHOTOGRAPH,
    ),
    images.oversized_picture: Example(
        bad=BAD_BRIDGE,
        bad_facts=pictures(bytes=1_000_001),
        good=BRIDGE,
        good_facts=pictures(bytes=1_000_000),
    ),
    images.soft_picture: Example(
        bad=BAD_BRIDGE, bad_facts=pictures(width=715), good=BRIDGE, good_facts=pictures(width=716)
    ),
    images.extreme_proportions: Example(
        bad=BAD_BRIDGE, bad_facts=pictures(height=3458), good=BRIDGE, good_facts=pictures(height=3456)
    ),
    images.blank_first_frame: Example(
        bad=BAD_BRIDGE,
        bad_facts=pictures(format="GIF", animation=Animation(3, begins_blank=True)),
        good=BRIDGE,
        good_facts=pictures(format="GIF", animation=Animation(3, begins_blank=False)),
    ),
    images.endless_animation: Example(
        bad=BAD_BRIDGE,
        bad_facts=pictures(format="GIF", animation=Animation(5.5, begins_blank=False)),
        good=BRIDGE,
        good_facts=pictures(format="GIF", animation=Animation(5, begins_blank=False)),
    ),
}


class TestContract(CheckContract):
    theme = images
    examples = EXAMPLES


@pytest.mark.parametrize("alt", ["a.JPG", "images/a b.png", "DSC01234", "Screenshot 2026-03-02", "PXL_20260302", "a"])
def test_names_of_files_are_recognised(alt: str) -> None:
    said = findings(images.file_name_as_alt, f'title: A\nblocks: [figure: {{image: x/a.png, alt: "{alt}"}}]\n')
    assert len(said) == (alt != "images/a b.png")


@pytest.mark.parametrize("alt", ["", "Read on at example.org", "A .png file's icon", "IMG, an agency", "Map"])
def test_texts_are_left_alone(alt: str) -> None:
    assert not findings(images.file_name_as_alt, f'title: A\nblocks: [figure: {{image: map.png, alt: "{alt}"}}]\n')


def test_without_any_credit_in_the_issue_none_is_missed() -> None:
    text = "title: A\nblocks: [figure: {image: images/bridge.jpg, alt: A bridge}]\n"
    assert not findings(images.missing_credit, text, **PHOTOGRAPH)


def test_a_strip_of_decoration_is_fine_and_one_that_says_something_is_not() -> None:
    assert findings(images.extreme_proportions, BRIDGE, **pictures(height=91))
    assert not findings(images.extreme_proportions, BRIDGE, **pictures(height=92))
    line = BRIDGE.replace("alt: A bridge between two grey towns", 'alt: ""')
    assert not findings(images.extreme_proportions, line, **pictures(height=2))


def test_a_photograph_that_was_saved_as_png_is_told_how_to_become_lighter() -> None:
    [finding] = findings(images.oversized_picture, BRIDGE, **pictures(bytes=1_600_000))
    assert finding.hint == "Save it as JPEG, if it is a photograph."
