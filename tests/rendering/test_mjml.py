"""MJML to HTML without mrml's faults."""

import pytest

from dispatch.location import Location
from dispatch.rendering.mjml import to_html


def body(content: str, attributes: str = "") -> str:
    html = to_html(
        f'<mjml lang="fr" dir="ltr"><mj-head><mj-title>T</mj-title></mj-head><mj-body width="600px">'
        f'<mj-section padding="0px 24px"><mj-column {attributes}>{content}</mj-column></mj-section></mj-body></mjml>',
        lambda line: Location("email.mjml.j2", line),
    )
    return html[html.index("<body") :]


@pytest.mark.parametrize(
    "character", ["\u00a0", "\u202f", "\u200c", "\u200d", "\ufe0f", "\u00ad", "\u200f", "\u0301", "ि", "\\"]
)
def test_no_character_of_an_attribute_turns_into_a_rust_escape(character):
    html = body(f'<mj-image src="x" alt="a{character}b" width="100px"/>')
    assert f'alt="a&#{ord(character)};b"' in html
    assert "\\" not in html


def test_words_in_two_elements_are_not_glued_together():
    assert "<b>a</b> <i>b</i>" in body("<mj-text><b>a</b>\n<i>b</i></mj-text>")


def test_no_font_is_loaded_from_anywhere():
    html = body("<mj-text>a</mj-text>")
    assert "googleapis" not in html


def test_the_language_and_direction_stand_on_the_document():
    assert 'lang="fr" dir="ltr"' in body("<mj-text>a</mj-text>")


def test_a_picture_keeps_its_proportions_where_it_is_narrower_and_its_height_for_outlook():
    html = body('<mj-image src="x" alt="" width="552px" height="310px" padding="0px"/>')
    assert 'height="310"' in html
    assert 'width="552"' in html
    assert "height:auto;width:100%" in html
    assert "height:310px" not in html
