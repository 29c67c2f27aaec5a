"""What goes in comes out: hostile texts, alternative texts, URLs and merge values, and not one tag more or less."""

import random
import re
from collections import Counter
from urllib.parse import unquote

import html5lib
import pytest
import yaml

from dispatch.content.issue import read_issue
from dispatch.content.richtext import Break, Code, Emphasis, Link, MergeField, Strong, TextRun, parse, parse_plain
from dispatch.rendering.compiled import Context
from dispatch.rendering.compiler import compile_issue, compile_marked
from dispatch.rendering.escaping import escape
from dispatch.rendering.slots import fill
from sampling import sampled

from .conftest import FACTS, without_marks

XHTML = "{http://www.w3.org/1999/xhtml}"
INLINE = {"strong", "em", "code", "a", "br"}
BLOCKS = {
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "td",
    "th",
    "li",
    "div",
    "blockquote",
    "tr",
    "table",
    "tbody",
    "ul",
    "ol",
    "br",
    "caption",
}
PIECES = [
    *"abz 09 \t'\"\\<>&;:#%=/?@!$^~.,()-+*_[]`|{}",
    *"\u00a0\u202f\u200c\u200d\ufe0f\u00ad\u200f\u200e\u0301\u0e33\u093f\u094d\u0651\u3000\u2060",
    *"éßçΩЖשעملहिन東京𝔄🚂👩🏽🇫",
    "\n", "\n\n", "  ", "\\n", "\\u{a0}", "\\{{", "]]>", "<!--", "-->", "<![endif]-->", "<!--[if mso]>", "</td>", "<script>",
    "&amp;", "&#65;", "&nbsp;", "&quot", "%}", "{%", "{#", "%20", "zq000000x000qz", "</style>", "<br/>",
    ' data-mark="7"', "<p data-mark='7 a:1'>", ' class="zq0m1z"', ";zq0m-color:own",
]  # fmt: skip
UNWRITABLE = [
    "\x00",
    "\x07",
    "\x7f",
    "\x85",
    "\r\n",
    "\u2028",
    "\u202e",
    "\ufeff",
    "\ud800",
    "\ufdd0",
    "\uffff",
]  # by content's rules
FIELDS = ["{{first_name|you}}", "{{city|}}", "{{city|\"<&'>\\}}"]


def hostile(rng: random.Random, *, lines: bool = True) -> str:
    """A text of the worst pieces, often with a merge field among them, that begins and ends with a letter."""
    pieces = rng.choices(PIECES, k=rng.randint(0, 12))
    if rng.random() < 0.5:
        pieces.insert(rng.randint(0, len(pieces)), rng.choice(FIELDS))
    text = _valid(f"a{''.join(pieces)}z")
    return text if lines else re.sub(r"[\n\t]+", " ", text)


def _valid(text: str) -> str:
    """The text with a space in each `{{` that neither begins a merge field nor is a literal one."""
    literal, field = r"(?<!\\)(?:\\\\)*\\\{\{", r"\{\{(?:first_name|city)\|[^{}]*\}\}"
    return re.sub(rf"({literal}|{field})|\{{(?=\{{)", lambda braces: braces[1] or "{ ", text)


def value(rng: random.Random) -> str:
    return "".join(rng.choices([*PIECES, *UNWRITABLE], k=rng.randint(0, 10)))


def address(rng: random.Random) -> str:
    return "https://example.org/" + _valid(re.sub(r"[\s<>\\]", "", hostile(rng)))


def document(rng: random.Random, text, plain, url):
    """An issue with every field of every block, its texts made by the three functions."""
    link = f"{text()} [link](<{url()}>) **{plain()}** *b* `c`"
    return {
        "title": plain(), "subtitle": plain(), "preheader": plain(), "author": plain(), "date": "2026-03-02",
        "cover": {"image": "images/cover.png", "alt": plain(), "caption": text(), "source": text()},
        "blocks": [
            {"paragraph": link},
            {"heading": text()},
            {"heading": {"text": text(), "level": 3}},
            {"paragraph": text()},
            {"list": [text(), text()]},
            {"list": {"items": [text(), text()], "ordered": True}},
            {"figure": {"image": "images/map.png", "alt": plain(), "caption": text(), "source": text(), "link": url()}},
            {"quote": {"text": text(), "by": plain(), "source": text()}},
            {"callout": {"title": text(), "text": text()}},
            {"table": {"header": [text(), text()], "rows": [[text(), text()]], "caption": text(), "source": text()}},
            {"divider": None},
            {"button": {"text": plain(), "url": url()}},
            {"columns": [
                [{"paragraph": text()}, {"list": [text()]}],
                [{"heading": text()}, {"quote": {"text": text(), "by": plain(), "source": text()}}, {"callout": text()}],
            ]},
        ],
        "signoff": {"tagline": text(), "signature": plain()},
    }  # fmt: skip


def shown(text: str, values: dict[str, str], *, rich: bool = True) -> str:
    """What a reader sees of a text."""
    return "".join(_shown(node, values) for node in (parse(text) if rich else parse_plain(text)).nodes)


def _shown(node, values: dict[str, str]) -> str:
    match node:
        case TextRun(text):
            return text
        case MergeField(name, fallback):
            given = values.get(name, "")
            return escape(given if given.strip() else fallback, Context.PLAIN)
        case Break():
            return "\n"
        case _:
            return "".join(_shown(child, values) for child in node.children)


def expected_lines(issue: dict, values: dict[str, str]) -> list[str]:  # noqa: C901
    """The lines of the letter from its masthead to its signature, as the theme orders them."""

    def text(written: str) -> str:
        return shown(written, values)

    def plain(written: str) -> str:
        return shown(written, values, rich=False)

    def caption(of: dict) -> str:
        return f"{text(of['caption'])} (Source: {text(of['source'])})"

    lines = [plain(issue["title"]), plain(issue["subtitle"]), f"By {plain(issue['author'])}", caption(issue["cover"])]
    blocks = [*issue["blocks"][:-1], *(block for side in issue["blocks"][-1]["columns"] for block in side)]
    for block in blocks:
        [(kind, of)] = block.items()
        match kind:
            case "paragraph":
                lines.append(text(of))
            case "heading":
                lines.append(text(of if isinstance(of, str) else of["text"]))
            case "list":
                lines += [text(item) for item in (of if isinstance(of, list) else of["items"])]
            case "figure":
                lines.append(caption(of))
            case "quote":
                lines += [text(of["text"]), f"{plain(of['by'])}, {text(of['source'])}"]
            case "callout":
                lines += [text(of)] if isinstance(of, str) else [text(of["title"]), text(of["text"])]
            case "table":
                source = f"Source: {text(of['source'])}"
                lines += [text(of["caption"]), *map(text, of["header"]), *map(text, of["rows"][0]), source]
            case "divider":
                lines.append("• • •")
            case "button":
                lines.append(plain(of["text"]))
    lines += [text(issue["signoff"]["tagline"]), plain(issue["signoff"]["signature"])]
    return folded("\n".join(lines))


def folded(text: str) -> list[str]:
    """Lines with single spaces, none of them empty: HTML shows no others."""
    lines = (re.sub(r"[ \t\f]+", " ", line).strip(" \u200a") for line in text.split("\n"))
    return [line for line in lines if line]


def elements(page: str) -> list:
    """Every element of a page, but for the labels that wide tables have on phones."""
    every = html5lib.parse(page)
    labels = {inner for each in every.iter() if each.get("class") == "label" for inner in each.iter()}
    return [element for element in every.iter() if isinstance(element.tag, str) and element not in labels]


def tag(element) -> str:
    return element.tag.removeprefix(XHTML)


def lines_of(page: str) -> list[str]:
    """The lines that a browser shows, from the title to the signature."""
    body = next(element for element in elements(page) if tag(element) == "body")
    pieces: list[str] = []

    def walk(element) -> None:
        if not isinstance(element.tag, str):
            return
        edge = "\n" if tag(element) in BLOCKS else ""
        if (element.get("style") or "").startswith("display:none"):
            return
        pieces.append(edge + re.sub(r"[ \t\n\f]+", " ", element.text or ""))
        for child in element:
            walk(child)
            pieces.append(re.sub(r"[ \t\n\f]+", " ", child.tail or ""))
        pieces.append(edge)

    walk(body)
    lines = folded("".join(pieces))
    start = next(number for number, line in enumerate(lines) if line.endswith("View online")) + 1
    end = next(number for number, line in enumerate(lines) if line.startswith("You receive this email"))
    return lines[start:end]


def inline_tags(issue: dict) -> Counter:
    """The tags that the Markdown of all texts brings along."""
    counter: Counter = Counter()
    names = {Strong: "strong", Emphasis: "em", Code: "code", Link: "a", Break: "br"}

    def count(nodes) -> None:
        for node in nodes:
            counter.update([names[type(node)]] if type(node) in names else [])
            count(getattr(node, "children", ()))

    def walk(written, key: str = "") -> None:
        if isinstance(written, dict):
            for name, entry in written.items():
                walk(entry, name)
        elif isinstance(written, list):
            for entry in written:
                walk(entry, key)
        elif isinstance(written, str) and key in {
            "paragraph", "heading", "list", "items", "caption", "source", "text", "title", "header", "rows", "tagline", "callout",
        }:  # fmt: skip
            count(parse(written).nodes)

    for block in issue["blocks"]:
        walk({kind: of for kind, of in block.items() if kind != "button"})
    walk({"cover": issue["cover"], "signoff": issue["signoff"]})
    return counter


def expected_addresses(issue: dict, values: dict[str, str]) -> list[str]:
    """Where two links lead to, once percent-encoding is undone."""

    def decoded(node) -> str:
        return unquote(node.text) if isinstance(node, TextRun) else _shown(node, values)

    urls = [issue["blocks"][6]["figure"]["link"], issue["blocks"][11]["button"]["url"]]
    return ["".join(map(decoded, parse_plain(url).nodes)) for url in urls]


def compiled(written: dict, shelf, theme):
    return compile_issue(read(written), theme, FACTS, pictures=shelf, embed=True)


def read(written: dict):
    return read_issue(yaml.safe_dump(written, allow_unicode=True, width=10**6), "i.yaml")


@pytest.fixture(scope="session")
def benign_tags(shelf, theme) -> list[str]:
    """The tags of such a document when there is nothing in it to misread, but for those of its Markdown."""
    written = document(random.Random(0), lambda: "x", lambda: "x", lambda: "https://example.org/")
    written["blocks"][0]["paragraph"] = "x"
    return [tag(element) for element in elements(fill(compiled(written, shelf, theme).html, {}))]


def hostile_document(rng: random.Random) -> dict:
    return document(rng, lambda: hostile(rng), lambda: hostile(rng, lines=False), lambda: address(rng))


def must_be_faithful(seed: int, shelf, theme, benign_tags: list[str]) -> None:
    rng = random.Random(seed)
    written = hostile_document(rng)
    values = {"first_name": value(rng), "city": value(rng), "view_online_url": "https://a.example"}
    issue = compiled(written, shelf, theme)
    page = fill(issue.html, values)

    assert lines_of(page) == expected_lines(written, values)

    tags = [tag(element) for element in elements(page)]
    assert [name for name in tags if name not in INLINE] == [name for name in benign_tags if name not in INLINE]
    assert Counter(tags) == Counter(benign_tags) + inline_tags(written)

    alts = [element.get("alt") for element in elements(page) if tag(element) == "img"]
    wanted = [written["cover"]["alt"], written["blocks"][6]["figure"]["alt"]]
    assert [folded(alt) for alt in alts] == [folded(shown(alt, values, rich=False)) for alt in wanted]

    hrefs = [unquote(element.get("href")) for element in elements(page) if tag(element) == "a"]
    for wanted_href in expected_addresses(written, values):
        assert wanted_href in hrefs

    text = "".join(fill(issue.text, values).split())
    for line in (written["title"], written["subtitle"], written["signoff"]["signature"]):
        assert "".join(shown(line, values, rich=False).split()) in text


@pytest.mark.parametrize("seed", sampled(range(150), every=8))
def test_hostile_documents_come_out_as_they_went_in(seed, shelf, theme, benign_tags):
    must_be_faithful(seed, shelf, theme, benign_tags)


@pytest.mark.parametrize("seed", sampled(range(150), every=8))
def test_a_hostile_document_is_the_same_with_marks_and_without(seed, shelf, theme):
    written = hostile_document(random.Random(seed))
    sent = compiled(written, shelf, theme)
    same, marked = compile_marked(read(written), theme, FACTS, pictures=shelf, embed=True)
    assert same == sent
    assert without_marks(fill(marked.html, {})) == fill(sent.html, {})


@pytest.mark.complete
@pytest.mark.parametrize("hundred", range(2, 31))
def test_three_thousand_hostile_documents_come_out_as_they_went_in(hundred, shelf, theme, benign_tags):
    for seed in range(hundred * 100 - 50, hundred * 100 + 50):
        must_be_faithful(seed, shelf, theme, benign_tags)
