"""Every pair of text and ground can be read (WCAG AA)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.rendering.palette import DEFAULT_ACCENT, contrast, palettes

colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@pytest.mark.parametrize(
    ("one", "other", "ratio"), [("#000000", "#ffffff", 21), ("#777777", "#ffffff", 4.48), ("#a3241b", "#a3241b", 1)]
)
def test_contrast_is_wcags(one, other, ratio):
    assert contrast(one, other) == pytest.approx(ratio, abs=0.01)
    assert contrast(other, one) == contrast(one, other)


@given(colours)
def test_any_accent_gives_readable_pairs_in_both_schemes(accent):
    for palette in palettes(accent):
        for ground in (palette.page, palette.panel):
            for text in (palette.text, palette.muted, palette.accent):
                assert contrast(text, ground) >= 4.5
        assert contrast(palette.on_accent, palette.accent) >= 4.5


def test_the_default_accents_are_those_that_were_drawn():
    light, dark = palettes(DEFAULT_ACCENT)
    assert (light.accent, dark.accent) == ("#a3241b", "#ff8a7a")


def test_an_accent_that_can_be_read_is_left_as_it_is():
    assert palettes("#0a4cc0")[0].accent == "#0a4cc0"
