"""Draws the pictures of the sample issues: `python tools/draw_pictures.py` writes them to images/."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

IMAGES = Path(__file__).resolve().parent.parent / "images"
SCALE = 2  # drawn at twice the size, then reduced: smooth edges without a drawing library
WIDTH = 1200

INK = "#1c1b1a"
MUTED = "#66625d"
RULE = "#cfc9c0"
ACCENT = "#a3241b"
SEA = "#dfe6e8"
LAND = "#f1ede5"
RUSSIA = "#dcc9b8"

Points = Sequence[tuple[float, float]]  # longitude and latitude, degrees

# Outlines put down by eye from an atlas: good enough to find one's way, not for navigation.
ASIA: Points = [
    (104, 30), (121.9, 30), (121.9, 31.5), (120.3, 34.3), (119.2, 35.0), (120.3, 36.1), (122.6, 36.9), (122.6, 37.4),
    (120.9, 37.8), (119.0, 37.2), (118.0, 38.2), (117.7, 38.9), (119.0, 39.2), (121.0, 40.8), (122.1, 40.5),
    (121.3, 39.0), (121.8, 38.9), (123.0, 39.6), (124.3, 39.9), (125.2, 39.6), (125.3, 38.7), (124.8, 38.1),
    (126.0, 37.7), (126.6, 37.2), (126.4, 36.5), (126.6, 35.5), (126.3, 34.6), (127.5, 34.7), (129.0, 35.1),
    (129.5, 36.0), (129.4, 37.0), (128.4, 38.5), (127.5, 39.3), (127.7, 39.9), (129.2, 40.7), (129.8, 41.1),
    (129.7, 41.8), (130.7, 42.3), (131.0, 42.8), (131.9, 43.2), (133.0, 42.8), (135.2, 43.9), (138.2, 46.5),
    (140.3, 48.5), (140.5, 51.0), (141.4, 53.2), (139.0, 54.2), (137.3, 54.0), (135.2, 54.7), (138.0, 58.0), (104, 58),
]  # fmt: skip
RUSSIA_PART: Points = [
    (104, 50.4), (108, 49.5), (113, 49.6), (116.7, 49.9), (117.8, 49.5), (119.9, 51.4), (120.8, 53.2), (123.6, 53.5),
    (125.9, 52.8), (127.3, 50.5), (127.6, 49.8), (130.6, 48.9), (131.0, 47.7), (132.6, 47.8), (134.7, 48.3),
    (133.6, 46.2), (133.0, 45.0), (131.2, 44.9), (131.2, 43.5), (130.5, 42.7), (130.7, 42.3), (131.0, 42.8),
    (131.9, 43.2), (133.0, 42.8), (135.2, 43.9), (138.2, 46.5), (140.3, 48.5), (140.5, 51.0), (141.4, 53.2),
    (139.0, 54.2), (137.3, 54.0), (135.2, 54.7), (138.0, 58.0), (104, 58),
]  # fmt: skip
NORTH_KOREA: Points = [
    (124.3, 39.9), (125.0, 40.6), (126.0, 41.0), (126.9, 41.7), (128.2, 41.4), (128.1, 42.0), (129.0, 42.1),
    (129.9, 43.0), (130.5, 42.6), (130.7, 42.3), (129.7, 41.8), (129.8, 41.1), (129.2, 40.7), (127.7, 39.9),
    (127.5, 39.3), (128.4, 38.5), (127.1, 38.3), (126.7, 37.9), (126.0, 37.7), (124.8, 38.1), (125.3, 38.7),
    (125.2, 39.6),
]  # fmt: skip
ISLANDS: Sequence[Points] = [
    [(142.0, 46.0), (143.5, 46.8), (142.7, 49.0), (143.2, 51.5), (142.8, 54.2), (142.2, 53.5), (141.8, 51.5),
     (142.1, 49.0), (141.9, 47.0)],
    [(140.0, 41.5), (141.0, 41.8), (143.3, 42.0), (145.5, 43.3), (144.3, 44.0), (142.0, 45.5), (141.7, 44.0),
     (140.3, 43.3), (140.0, 42.3)],
    [(140.9, 41.5), (141.5, 40.5), (142.0, 39.5), (141.0, 38.2), (140.8, 36.0), (139.8, 35.0), (138.5, 34.7),
     (136.9, 34.5), (135.8, 33.5), (135.1, 34.4), (133.0, 34.3), (131.0, 34.0), (131.0, 34.5), (132.7, 35.5),
     (135.5, 35.7), (136.8, 37.3), (138.5, 37.3), (139.8, 38.8), (140.0, 40.0), (140.3, 41.2)],
    [(130.9, 33.9), (131.7, 33.2), (131.4, 31.5), (130.3, 31.2), (129.8, 32.7), (129.9, 33.4)],
    [(134.3, 34.3), (134.6, 33.8), (133.0, 32.8), (132.3, 33.4), (133.0, 34.0)],
]  # fmt: skip
SAKHALIN = ISLANDS[0]


def font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """The typeface that Pillow carries, so that every machine draws the same."""
    return ImageFont.load_default(size * SCALE)


def smooth(points: Points) -> Points:
    """Cut the corners twice (Chaikin): a coast drawn with few points looks less like a saw."""
    for _ in range(2):
        cut = []
        for (x1, y1), (x2, y2) in zip(points, [*points[1:], points[0]], strict=True):
            cut += [(0.75 * x1 + 0.25 * x2, 0.75 * y1 + 0.25 * y2), (0.25 * x1 + 0.75 * x2, 0.25 * y1 + 0.75 * y2)]
        points = cut
    return points


def finish(picture: Image.Image, name: str) -> None:
    """Reduce to the final size and write with a small palette."""
    size = (picture.width // SCALE, picture.height // SCALE)
    reduced = picture.resize(size, Image.Resampling.LANCZOS).quantize(64, dither=Image.Dither.NONE)
    reduced.save(IMAGES / name, optimize=True)


def draw_map() -> None:
    """North-east Asia, with the one place where Russia and North Korea touch."""
    height, west, east, north = 800, 119.0, 139.0, 46.4
    across = WIDTH / (east - west)
    down = across / math.cos(math.radians(41))

    def place(longitude: float, latitude: float) -> tuple[float, float]:
        return (longitude - west) * across * SCALE, (north - latitude) * down * SCALE

    def area(points: Points, fill: str) -> None:
        draw.polygon([place(*point) for point in smooth(points)], fill=fill, outline=RULE, width=2 * SCALE)

    def label(longitude: float, latitude: float, text: str, size: int, colour: str) -> None:
        draw.text(place(longitude, latitude), text, font=font(size), fill=colour, anchor="mm")

    picture = Image.new("RGB", (WIDTH * SCALE, height * SCALE), SEA)
    draw = ImageDraw.Draw(picture)
    area(ASIA, LAND)
    for island in ISLANDS:
        area(island, LAND)
    area(RUSSIA_PART, RUSSIA)
    area(SAKHALIN, RUSSIA)
    area(NORTH_KOREA, ACCENT)
    label(135.0, 45.3, "RUSSIA", 44, INK)
    label(124.2, 43.6, "CHINA", 44, MUTED)
    label(127.2, 40.75, "NORTH", 30, "#ffffff")
    label(127.2, 40.25, "KOREA", 30, "#ffffff")
    label(128.0, 36.9, "SOUTH KOREA", 28, MUTED)
    label(137.3, 36.2, "JAPAN", 28, MUTED)
    label(133.4, 39.4, "Sea of Japan", 28, MUTED)
    label(122.9, 37.9, "Yellow Sea", 28, MUTED)
    x, y = place(125.75, 39.03)
    draw.ellipse([x - 5 * SCALE, y - 5 * SCALE, x + 5 * SCALE, y + 5 * SCALE], fill="#ffffff")
    draw.text((x - 40 * SCALE, y), "Pyongyang", font=font(28), fill=INK, anchor="rm")
    x, y = place(131.95, 43.15)
    draw.ellipse([x - 5 * SCALE, y - 5 * SCALE, x + 5 * SCALE, y + 5 * SCALE], fill=INK)
    draw.text((x + 14 * SCALE, y), "Vladivostok", font=font(28), fill=INK, anchor="lm")
    x, y = place(130.6, 42.4)
    draw.ellipse([x - 34 * SCALE, y - 34 * SCALE, x + 34 * SCALE, y + 34 * SCALE], outline=INK, width=4 * SCALE)
    draw.line([(x + 27 * SCALE, y + 21 * SCALE), (x + 86 * SCALE, y + 60 * SCALE)], fill=INK, width=3 * SCALE)
    draw.text((x + 98 * SCALE, y + 66 * SCALE), "Tumen River", font=font(36), fill=INK, anchor="lm")
    finish(picture, "tumen-border.png")


if __name__ == "__main__":
    IMAGES.mkdir(exist_ok=True)
    draw_map()
