"""The colours, light and dark, and their contrast: every pair of text and ground reaches WCAG AA."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass

DEFAULT_ACCENT = "#a3241b"
_DEFAULT_DARK_ACCENT = "#ff8a7a"
_SERIES = ("#2b6c93", "#b9770e", "#4a7c4e", "#8a4b8f")  # blue, ochre, green, violet
_ALIKE = 0.11  # of the circle of hues
_GREYISH = 0.15
_AA = 4.5  # WCAG 2.2 §1.4.3, text below 24 px


@dataclass(frozen=True)
class Palette:
    """Colours as `#rrggbb`."""

    page: str
    text: str
    muted: str
    rule: str
    panel: str
    accent: str
    on_accent: str  # text on a ground of the accent

    @property
    def series(self) -> tuple[str, ...]:
        """Colours of the series of a chart, as text or in areas on the panel: the accent, then what differs from it."""
        step = -0.01 if _luminance(self.panel) > _luminance(self.text) else 0.01
        hue, _, saturation = colorsys.rgb_to_hls(*_rgb(self.accent))
        others = [each for each in _SERIES if saturation < _GREYISH or _apart(hue, each) > _ALIKE]
        return (self.accent, *(_readable(each, self.panel, step) for each in others[:2]), self.muted)


def palettes(accent: str) -> tuple[Palette, Palette]:
    """The light and the dark palette around an accent; an accent too faint to be read is made stronger."""
    light_page, dark_page = "#ffffff", "#151413"
    light_panel, dark_panel = "#f6f3ee", "#22201e"
    light = _readable(accent, light_panel, step=-0.01)
    dark = _DEFAULT_DARK_ACCENT if accent == DEFAULT_ACCENT else _readable(accent, dark_panel, step=0.01)
    return (
        Palette(light_page, "#1c1b1a", "#66625d", "#e3e0db", light_panel, light, _on(light)),
        Palette(dark_page, "#e9e6e1", "#a8a39c", "#34312e", dark_panel, dark, _on(dark)),
    )


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2, definition of contrast ratio)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _apart(hue: float, colour: str) -> float:
    """How far a colour is from a hue, 0 to 0.5."""
    distance = abs(hue - colorsys.rgb_to_hls(*_rgb(colour))[0])
    return min(distance, 1 - distance)


def _luminance(colour: str) -> float:
    channels = (
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4 for channel in _rgb(colour)
    )
    return sum(weight * channel for weight, channel in zip((0.2126, 0.7152, 0.0722), channels, strict=True))


def _readable(colour: str, ground: str, step: float) -> str:
    """The colour, made darker or lighter until it can be read on the ground."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*_rgb(colour))
    while contrast(colour, ground) < _AA and 0 <= lightness <= 1:
        lightness += step
        colour = _hex(colorsys.hls_to_rgb(hue, min(max(lightness, 0), 1), saturation))
    return colour


def _on(ground: str) -> str:
    return max("#ffffff", "#151413", key=lambda text: contrast(text, ground))


def _rgb(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return red, green, blue


def _hex(rgb: tuple[float, float, float]) -> str:
    return "#" + "".join(f"{round(channel * 255):02x}" for channel in rgb)
