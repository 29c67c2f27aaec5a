"""What Chromium shows: readable in both schemes, whole on a phone."""

import pytest

from dispatch.rendering.compiler import compile_issue
from dispatch.rendering.palette import contrast
from dispatch.rendering.slots import fill
from dispatch.rendering.webpage import compile_webpage
from dispatch.testing.samples import sample_issue

from .conftest import FACTS, VALUES

pytestmark = pytest.mark.browser

# Every visible stretch of text with its colour, its ground (the nearest ancestor that has one) and its size.
TEXTS = """() => {
  const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim(), element = walker.currentNode.parentElement;
    if (!text || !element.getClientRects().length || text === "\\u200a") continue;
    let ground = element;
    while (ground && getComputedStyle(ground).backgroundColor === "rgba(0, 0, 0, 0)") ground = ground.parentElement;
    const style = getComputedStyle(element);
    found.push([text, style.color, ground ? getComputedStyle(ground).backgroundColor : "rgb(255, 255, 255)",
                parseFloat(style.fontSize)]);
  }
  return found;
}"""


@pytest.fixture(scope="module", params=["mail", "web"])
def html(request, shelf, theme):
    if request.param == "web":
        return compile_webpage(sample_issue(), theme, FACTS, pictures=shelf).html
    return fill(compile_issue(sample_issue(), theme, FACTS, pictures=shelf, embed=True).html, VALUES)


def shown(browser, html: str, width: int, scheme: str = "light"):
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page.set_content(html)
    return page


def hex_colour(rgb: str) -> str:
    return "#" + "".join(f"{int(channel):02x}" for channel in rgb[4:-1].split(","))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read(browser, html, scheme):
    texts = shown(browser, html, 600, scheme).evaluate(TEXTS)
    assert len(texts) > 30
    assert {hex_colour(ground) for _, _, ground, _ in texts} >= {"#ffffff" if scheme == "light" else "#151413"}
    for text, colour, ground, size in texts:
        assert contrast(hex_colour(colour), hex_colour(ground)) >= 4.5, text
        assert size >= 12, text


@pytest.mark.parametrize("width", [320, 375, 600, 1200])
def test_nothing_sticks_out(browser, html, width):
    page = shown(browser, html, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("document.compatMode") == "CSS1Compat"


def test_the_phone_has_narrower_sides_and_a_smaller_title(browser, shelf, theme):
    html = fill(compile_issue(sample_issue(), theme, FACTS, pictures=shelf, embed=True).html, VALUES)
    where = "(e => [e.getBoundingClientRect().left, getComputedStyle(e).fontSize])(document.querySelector('h1'))"
    assert shown(browser, html, 375).evaluate(where) == [16, "26px"]
    assert shown(browser, html, 600).evaluate(where) == [24, "32px"]
