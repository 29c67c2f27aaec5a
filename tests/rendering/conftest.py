"""A newsletter folder with the pictures of the sample issue."""

import re
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from dispatch.rendering.html_syntax import TOKEN
from dispatch.rendering.pictures import PictureShelf
from dispatch.rendering.theme import NewsletterFacts, Theme

FACTS = NewsletterFacts(
    name="The River Letter",
    description="Bridges and what they cost.",
    url="https://river.example",
    postal_address="The River Letter, 1 Quay Street, 12345 Rivertown",
    timezone="Europe/Paris",
)
VALUES = {
    "first_name": "Amara",
    "email": "amara@example.org",
    "unsubscribe_url": "https://river.example/u/token",
    "view_online_url": "https://river.example/rivers-and-roads/",
}


def draw(path: Path, width: int, height: int) -> None:
    """A picture with two colours and a round shape."""
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.new("RGB", (width, height), "#5b7a8c")
    ImageDraw.Draw(image).ellipse((10, 10, width - 10, height - 10), fill="#e9e4da")
    image.save(path)


def without_marks(html: str) -> str:
    """Marked HTML as it has to be sent: in each tag, the first attribute is taken away if it is a mark."""
    mark = re.compile(r'(<[a-z][^\s/>]*) data-mark="[^"]*"')
    return TOKEN.sub(lambda token: token[0] if token["raw"] else mark.sub(r"\1", token[0]), html)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The newsletter folder."""
    root = tmp_path_factory.mktemp("newsletter")
    draw(root / "images/cover.png", 1600, 900)
    draw(root / "images/map.png", 1200, 800)
    draw(root / "images/line.png", 400, 120)
    return root


@pytest.fixture(scope="session")
def shelf(folder: Path) -> PictureShelf:
    """Its pictures, made once."""
    return PictureShelf(folder, folder / ".dispatch/pictures")


@pytest.fixture(scope="session")
def theme() -> Theme:
    """The built-in theme."""
    return Theme(None)
