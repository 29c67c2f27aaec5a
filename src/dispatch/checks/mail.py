"""The compiled mail as clients see it: its elements, and the colours in which each of its texts is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import tinycss2
from cssselect import SelectorError
from lxml import etree, html
from lxml.cssselect import CSSSelector
from tinycss2.ast import AtRule, Declaration, QualifiedRule
from tinycss2.color3 import RGBA, parse_color

from dispatch.rendering.compiled import Slots

Styles = Mapping[str, str]
Rgb = tuple[float, float, float]  # 0 to 1

MODES = ("light", "dark")
_INITIAL: dict[str, tuple[Rgb, Rgb]] = {"light": ((0, 0, 0), (1, 1, 1)), "dark": ((1, 1, 1), (0.07, 0.07, 0.07))}
"""Text and ground where nothing is said: browsers' own, in the dark Chromium's."""

_WANTED = frozenset({"color", "background", "background-color", "font-size", "font-weight", "display", "visibility"})
_BOLD = frozenset({"b", "strong", "th", "h1", "h2", "h3", "h4", "h5", "h6"})


@dataclass(frozen=True)
class ShownText:
    """A text with the colours that a client gives it, as `#rrggbb`; None: a picture or a gradient lies below it."""

    text: str
    mode: str  # light | dark
    colour: str
    ground: str | None
    large: bool  # as WCAG has it: 24 px, or 18.66 px and bold
    instead: bool  # of a picture


def read_mail(compiled: Slots) -> etree._Element:
    """The HTML part as a tree; its merge fields stand in it as `{{name}}`, comments do not."""
    fields = [f"{{{{{slot.name}}}}}" for slot in compiled.slots]
    text = "".join(literal + field for literal, field in zip(compiled.literals, [*fields, ""], strict=True))
    parser = html.HTMLParser(remove_comments=True)
    try:
        return html.document_fromstring(text, parser=parser)
    except etree.ParserError:  # there is nothing in it
        return html.document_fromstring("<html></html>", parser=parser)


def style_elements(mail: etree._Element) -> list[str]:
    """The content of every style element."""
    return [style.text or "" for style in mail.iter("style")]


def shown_texts(mail: etree._Element, mode: str) -> Iterator[ShownText]:
    """Every text that is seen, in order, and the alternative text of every picture, as when it is not loaded."""
    body = next(mail.iter("body"), None)
    if body is not None:
        colour, ground = _INITIAL[mode]
        yield from _below(body, _Look(colour, ground, None, bold=False), _matched(mail, mode), mode)


def visible_text(element: etree._Element, *, with_alt: bool = False) -> str:
    """What is seen of an element, without pictures' alternative texts or with them; nothing where it is hidden."""
    look = _Look((0, 0, 0), (1, 1, 1), None, bold=False)
    if any(_is_hidden(_inline(each.get("style", ""))) for each in element.iterancestors()):
        return ""
    shown = _below(element, look, {}, "light")
    return " ".join(each.text for each in shown if with_alt or not each.instead)


def hidden_text(mail: etree._Element) -> str:
    """What nobody sees of the mail: a style of its own hides it, and no style sheet for some width shows it."""
    hidden = [each for each in mail.iter("*") if _is_hidden(_inline(each.get("style", "")))]
    shown = _shown_at_a_width(mail, hidden) if hidden else set()
    hidden = [each for each in hidden if each not in shown]
    outermost = [each for each in hidden if not any(above in hidden for above in each.iterancestors())]
    return " ".join(text for each in outermost for text in each.itertext())


def _shown_at_a_width(mail: etree._Element, hidden: list[etree._Element]) -> set[etree._Element]:
    """Those of the hidden elements that are seen on a phone, or only beside one: the labels of a table's cards."""
    shown = set()
    for selector, declarations in _rules(mail, _asks_for_width):
        important = {name: value for name, value, is_important in declarations if is_important}
        if important.keys() & {"display", "visibility"}:
            those = set(selector(mail))
            shown |= {
                each
                for each in hidden
                if each in those and not _is_hidden({**_inline(each.get("style", "")), **important})
            }
    return shown


def _is_hidden(styles: Styles) -> bool:
    return styles.get("display") == "none" or styles.get("visibility") == "hidden"


@dataclass(frozen=True)
class _Look:
    """What an element hands down."""

    colour: Rgb
    ground: Rgb | None
    size: float | None  # CSS pixels
    bold: bool

    def with_styles(self, tag: str, styles: Styles) -> _Look:
        ground = _ground(styles.get("background", ""), self.ground)
        colour = parse_color(styles.get("color", ""))
        size, weight = styles.get("font-size", ""), styles.get("font-weight", "")
        bold = self.bold or tag in _BOLD
        return _Look(
            _over(colour, ground) if isinstance(colour, RGBA) else self.colour,
            ground,
            float(size[:-2]) if size.endswith("px") and size[:-2].replace(".", "", 1).isdigit() else self.size,
            weight in {"bold", "bolder"} or (weight.isdigit() and int(weight) >= 700) if weight else bold,
        )

    def shown(self, text: str, mode: str, *, instead: bool = False) -> ShownText:
        size = self.size or 0
        large = size >= 24 or (self.bold and size >= 18.66)
        ground = None if self.ground is None else _hex(self.ground)
        return ShownText(" ".join(text.split()), mode, _hex(self.colour), ground, large, instead)


def _below(
    element: etree._Element, above: _Look, rules: Mapping[etree._Element, Styles], mode: str
) -> Iterator[ShownText]:
    styles = {**_attributes(element), **rules.get(element, _inline(element.get("style", "")))}
    if _is_hidden(styles) or element.tag in {"style", "script", "head"}:
        return
    look = above.with_styles(str(element.tag), styles)
    own = element.get("alt", "") if element.tag == "img" else element.text or ""
    if own.strip() and element.get("role") != "separator":
        yield look.shown(own, mode, instead=element.tag == "img")
    for child in element:
        yield from _below(child, look, rules, mode)
        if (child.tail or "").strip():
            yield look.shown(child.tail or "", mode)


def _attributes(element: etree._Element) -> dict[str, str]:
    if element.get("background"):
        return {"background": "url()"}
    return {"background": element.get("bgcolor", "")} if element.get("bgcolor") else {}


def _matched(mail: etree._Element, mode: str) -> dict[etree._Element, Styles]:
    """What each element's rules and its own style come to (CSS Cascade 4 §6.1): by importance, weight and order."""
    found: dict[etree._Element, list[tuple[bool, tuple[int, ...], int, str, str]]] = {}
    for order, (selector, declarations) in enumerate(_rules(mail, _asks_for_dark if mode == "dark" else None)):
        for element in selector(mail):
            for name, value, important in declarations:
                weight = _specificity(selector.css)
                found.setdefault(element, []).append((important, weight, order, name, value))
    matched: dict[etree._Element, Styles] = {}
    for element, declared in found.items():
        declared.sort(key=lambda each: each[:3])
        styles = {name: value for important, _, _, name, value in declared if not important}
        styles.update(_inline(element.get("style", "")))
        styles.update({name: value for important, _, _, name, value in declared if important})
        matched[element] = styles
    return matched


def _rules(
    mail: etree._Element, also: Callable[[AtRule], bool] | None
) -> Iterator[tuple[CSSSelector, list[tuple[str, str, bool]]]]:
    """The rules of the style sheets, and those in media queries of a kind."""
    for css in style_elements(mail):
        for rule in tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True):
            if isinstance(rule, QualifiedRule):
                yield from _selected(rule)
            elif isinstance(rule, AtRule) and also and also(rule):
                for inner in tinycss2.parse_rule_list(rule.content or [], skip_comments=True, skip_whitespace=True):
                    if isinstance(inner, QualifiedRule):
                        yield from _selected(inner)


def _asks_for_dark(rule: AtRule) -> bool:
    condition = str(tinycss2.serialize(rule.prelude)).replace(" ", "")
    return str(rule.lower_at_keyword) == "media" and condition == "(prefers-color-scheme:dark)"


def _asks_for_width(rule: AtRule) -> bool:
    return str(rule.lower_at_keyword) == "media" and "-width" in tinycss2.serialize(rule.prelude)


def _selected(rule: QualifiedRule) -> Iterator[tuple[CSSSelector, list[tuple[str, str, bool]]]]:
    declared = list(_declarations(rule.content))
    for selector in tinycss2.serialize(rule.prelude).split(",") if declared else []:
        try:
            yield _selector(selector.strip()), declared
        except (SelectorError, etree.XPathError):  # a pseudo-class, which no letter at rest has
            continue


@lru_cache(maxsize=256)
def _selector(css: str) -> CSSSelector:
    return CSSSelector(css, translator="html")


@lru_cache(maxsize=256)
def _specificity(css: str) -> tuple[int, ...]:
    from_ids, from_classes = css.count("#"), css.count(".") + css.count("[") + css.count(":")
    tags = len([word for word in css.replace(">", " ").replace("+", " ").split() if word[0].isalpha()])
    return from_ids, from_classes, tags


@lru_cache(maxsize=1024)
def _inline(style: str) -> Styles:
    return {name: value for name, value, _ in _declarations(style)}


def _declarations(css: object) -> Iterator[tuple[str, str, bool]]:
    """Name, value and importance of what is of interest; a background's colour goes by the name of background."""
    for each in tinycss2.parse_declaration_list(css, skip_comments=True, skip_whitespace=True):
        if isinstance(each, Declaration) and each.lower_name in _WANTED:
            name = "background" if each.lower_name == "background-color" else each.lower_name
            yield name, tinycss2.serialize(each.value).strip().lower(), each.important


def _ground(value: str, below: Rgb | None) -> Rgb | None:
    if "url(" in value or "gradient(" in value:
        return None
    for part in tinycss2.parse_component_value_list(value):
        colour = parse_color(part)
        if isinstance(colour, RGBA):
            return _over(colour, below)
    return below


def _over(colour: RGBA, ground: Rgb | None) -> Rgb:
    """A colour that lets the ground shine through."""
    below = ground or (1, 1, 1)
    red, green, blue = (
        one * colour.alpha + other * (1 - colour.alpha) for one, other in zip(colour[:3], below, strict=True)
    )
    return red, green, blue


def _hex(colour: Rgb) -> str:
    return "#" + "".join(f"{round(min(max(channel, 0), 1) * 255):02x}" for channel in colour)
