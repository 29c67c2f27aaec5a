"""Alternative texts."""

from __future__ import annotations

import pytest

from dispatch.checks import images
from dispatch.checks.check import CheckFunction
from dispatch.testing.checks import CheckContract, Example, findings

EXAMPLES: dict[CheckFunction, Example] = {
    images.missing_alt: Example(
        bad="""
            title: A bridge
            cover: {image: ‸images/bridge.jpg, caption: The bridge}
            blocks:
              - figure: {image: ‸images/map.png}
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
