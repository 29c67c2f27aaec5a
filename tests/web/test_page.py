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


def page(newsletter: NewsletterFacts, notice: Notice, button: str = "") -> str:
    return bytes(Pages(newsletter, DEFAULT_ACCENT).page(notice, button=button).body).decode()


@pytest.mark.parametrize(
    ("language", "direction", "headline"),
    [
        ("en", "ltr", "Leave GEOPOLITIKS?"),
        ("fr-CA", "ltr", "Quitter GEOPOLITIKS\u202f?"),
        ("ar", "rtl", "إلغاء الاشتراك في GEOPOLITIKS؟"),
        ("eo", "ltr", "Leave GEOPOLITIKS?"),
    ],
)
def test_it_speaks_the_newsletters_language(language: str, direction: str, headline: str) -> None:
    html = page(NewsletterFacts("GEOPOLITIKS", language=language), wording_for(language).ask)
    assert f'<html lang="{language}" dir="{direction}">' in html
    assert f"<h1>{headline}</h1>" in html


def test_names_are_text_and_not_markup() -> None:
    hostile = NewsletterFacts("<b>{}</b>\"'&", postal_address="<i>", language='"><script>')
    html = page(hostile, Notice("Leave {}?", "{} & <u>"), button="<s>")
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
        "main",
        "h1",
        "p",
        "form",
        "button",
        "footer",
    ]


def test_a_page_without_a_question_has_no_form() -> None:
    assert "<form" not in page(NewsletterFacts("GEOPOLITIKS"), wording_for("en").left)


def test_the_style_is_the_one_that_the_policy_allows() -> None:
    response = Pages(NewsletterFacts("GEOPOLITIKS"), "#004466").page(wording_for("en").left)
    style = re.search(r"<style>(.*?)</style>", bytes(response.body).decode(), re.DOTALL)
    assert style
    digest = base64.b64encode(sha256(style[1].encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in response.headers["Content-Security-Policy"]
    assert "#004466" in style[1]
