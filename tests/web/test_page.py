"""The page: in the newsletter's name, language and direction, with nothing in it that could act."""

from __future__ import annotations

import base64
import re
from hashlib import sha256
from html.parser import HTMLParser

import pytest

from dispatch.rendering.palette import DEFAULT_ACCENT
from dispatch.rendering.theme import NewsletterFacts
from dispatch.web.page import Pages
from dispatch.web.wording import Notice, wording_for


def page(newsletter: NewsletterFacts, notice: Notice, language: str = "en", button: str = "") -> str:
    return bytes(Pages(newsletter, DEFAULT_ACCENT).page(notice, language, button=button).body).decode()


@pytest.mark.parametrize(
    ("language", "direction", "headline"),
    [
        ("en", "ltr", "Leave {}?"),
        ("fr-CA", "ltr", "Quitter {}\u202f?"),
        ("de", "ltr", "{} abbestellen?"),
        ("ar", "rtl", "إلغاء الاشتراك في {}؟"),
    ],
)
def test_it_says_in_which_language_it_is(language: str, direction: str, headline: str) -> None:
    html = page(NewsletterFacts("GEOPOLITIKS"), wording_for(language).ask, language)
    assert f'<html lang="{language}" dir="{direction}">' in html
    assert f"<title>{headline.format('GEOPOLITIKS')}</title>" in html
    assert f"<h1>{headline.format('<bdi>GEOPOLITIKS</bdi>')}</h1>" in html


def test_names_are_text_and_not_markup() -> None:
    hostile = NewsletterFacts("<b>{}</b>\"'&", postal_address="<i>")
    html = page(hostile, Notice("Leave {}?", "{} & <u>"), '"><script>', button="<s>")
    tags: list[str] = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attrs: tags.append(tag)  # type: ignore[method-assign]
    parser.feed(html)
    assert tags == [
        "html",
        "meta",
        "meta",
        "meta",
        "title",
        "style",
        "header",
        "bdi",
        "main",
        "h1",
        "bdi",
        "p",
        "bdi",
        "form",
        "button",
        "footer",
        "bdi",
    ]


def test_a_page_without_a_question_has_no_form() -> None:
    assert "<form" not in page(NewsletterFacts("GEOPOLITIKS"), wording_for("en").left)


def test_the_style_is_the_one_that_the_policy_allows() -> None:
    response = Pages(NewsletterFacts("GEOPOLITIKS"), "#004466").page(wording_for("en").left, "en")
    style = re.search(r"<style>(.*?)</style>", bytes(response.body).decode(), re.DOTALL)
    assert style
    digest = base64.b64encode(sha256(style[1].encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in response.headers["Content-Security-Policy"]
    assert "#004466" in style[1]
