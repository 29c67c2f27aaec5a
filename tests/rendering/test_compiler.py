"""A whole issue: compiled once, faithful to mrml, small, the same everywhere."""

import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import css_inline
import html5lib
import pytest
from lxml import html as lxml_html

from dispatch.content.issue import read_issue
from dispatch.errors import InvalidIssue
from dispatch.rendering import compiler
from dispatch.rendering.album import Album
from dispatch.rendering.compiled import Context
from dispatch.rendering.compiler import compile_issue
from dispatch.rendering.html_syntax import comments, comments_and_styles, unbalanced_tag
from dispatch.rendering.markup import HtmlWriter
from dispatch.rendering.mjml import to_html
from dispatch.rendering.outlook import outlook_view
from dispatch.rendering.parts import mail_runs
from dispatch.rendering.sentinels import Sentinels
from dispatch.rendering.slots import fill
from dispatch.rendering.theme import Theme, ThemeSettings
from dispatch.rendering.words import direction_of, words_for
from dispatch.testing.samples import sample_issue

from .conftest import FACTS, VALUES


@pytest.fixture(scope="module")
def compiled(shelf, theme):
    return compile_issue(
        sample_issue(), theme, FACTS, pictures=shelf, embed=False, media_url="https://river.example/media/"
    )


@pytest.fixture(scope="module")
def page(compiled):
    return fill(compiled.html, VALUES)


@pytest.fixture(scope="module")
def rendered(shelf, theme):
    """mrml's own output for the sample, and the context it was rendered with."""
    issue = sample_issue()
    sentinels = Sentinels(issue.source.text, repr(FACTS))
    album = Album(shelf, issue, theme.palettes[0], lambda picture: f"https://river.example/media/{picture.name}")
    context = compiler.template_context(issue, FACTS, sentinels) | {
        "writer": HtmlWriter(sentinels, album),
        "logo": None,
    }
    context["body"] = mail_runs(issue, theme, context)
    return to_html(*theme.render_mjml("email.mjml.j2", context)), context


def test_the_sample_stays_small(page):
    assert len(page.encode()) <= 34 * 1024


def test_own_style_blocks_stay_far_below_what_gmail_drops(page):
    assert sum(len(style) for style in comments_and_styles(page)[1]) < 8 * 1024


def test_the_doctype_is_the_first_thing(page):
    assert page.startswith('<!DOCTYPE html>\n<html lang="en" dir="ltr"')


def test_conditional_comments_are_mrmls_byte_for_byte(page, rendered):
    html, _ = rendered
    assert len(comments(html)) > 10
    assert comments(page) == comments(html)


def test_mrmls_style_blocks_stay_and_ours_come_behind_them(page, rendered):
    html, _ = rendered
    ours = comments_and_styles(page)[1][len(comments_and_styles(html)[1]) :]
    assert comments_and_styles(page)[1][: len(comments_and_styles(html)[1])] == comments_and_styles(html)[1]
    assert len(ours) == 4
    assert "color-scheme:light dark" in ours[0]
    assert "@media only screen and (max-width:480px){" in ours[1]
    assert "font-size:26px !important" in ours[1]
    assert ours[2].startswith("@media (prefers-color-scheme:dark){")
    assert ".page div" in ours[2]
    assert "color:#e9e6e1 !important" in ours[2]
    assert "[data-ogsc] .page div" in ours[3]
    assert "[data-ogsb] body" in ours[3]
    assert "@" not in ours[3]


def test_outlook_sees_balanced_tags_and_so_do_the_others(page):
    assert unbalanced_tag(outlook_view(page)) is None
    assert unbalanced_tag(page) is None


def test_nothing_is_loaded_from_elsewhere(page):
    loaded = re.findall(r'(?:src|background)="([^"]*)"|url\(([^)]*)\)|@import', page)
    assert loaded
    assert all(src.startswith("https://river.example/media/") for src, _ in loaded)
    assert "<link" not in page
    assert "<script" not in page


def test_every_field_is_found_with_its_context(compiled):
    contexts = {(slot.name, slot.context) for slot in compiled.html.slots}
    assert contexts == {
        ("view_online_url", Context.URL),
        ("unsubscribe_url", Context.URL),
        ("first_name", Context.TEXT),
        ("first_name", Context.URL_PART),
        ("email", Context.URL_PART),
    }
    assert compiled.subject.names == {"first_name"}
    assert "preferences_url" not in compiled.names


def test_no_stand_in_is_left(page, compiled):
    text = fill(compiled.text, VALUES)
    assert not re.search(r"zq[0-9a-f]{6}", page + text + fill(compiled.subject, VALUES))


def test_the_facts_of_the_issue_are_told(compiled):
    assert compiled.slug == "rivers-and-roads"
    assert compiled.title == "Rivers & roads: who pays for the bridge?"
    assert compiled.preheader == "Three towns, two budgets and one river."
    assert (compiled.language, compiled.direction) == ("en", "ltr")


def test_pictures_are_in_order_and_each_only_once(shelf, theme):
    issue = read_issue(
        """
title: t
cover: {image: images/cover.png, alt: a}
blocks:
  - figure: {image: images/map.png, alt: a}
  - figure: {image: images/cover.png, alt: a}
""",
        "i.yaml",
    )
    compiled = compile_issue(issue, theme, FACTS, pictures=shelf, embed=True)
    assert [picture.width for picture in compiled.pictures] == [1104, 1104]
    assert [picture.height for picture in compiled.pictures] == [621, 736]
    sources = re.findall(r'src="([^"]*)"', fill(compiled.html, {}))
    cover, map_ = (f"cid:{picture.content_id}" for picture in compiled.pictures)
    assert sources == [cover, map_, cover]


def test_pictures_have_their_size_and_text(page):
    cell = lxml_html.document_fromstring(page).find_class("figure")[1]
    assert cell.get("align") == "center"  # where it is narrower than the column
    figure = cell.find(".//img")
    assert (figure.get("width"), figure.get("height")) == ("552", "368")
    assert figure.get("alt") == "Map of the border with the river in blue"
    assert "height:auto" in figure.get("style")


def test_decoration_has_an_empty_text_so_that_no_file_name_is_read_aloud(page):
    images = lxml_html.document_fromstring(page).findall(".//img")
    assert [image.get("alt") for image in images].index("") == 2  # behind the cover and the map


def test_layout_tables_are_presentation_and_only_the_data_tables_are_none(page):
    tables = lxml_html.document_fromstring(page).findall(".//table")
    data = [table for table in tables if table.get("role") != "presentation"]
    assert len(data) == 2
    for table, columns in zip(data, (3, 6), strict=True):
        assert [cell.get("scope") for cell in table.findall(".//th")] == [*["col"] * columns, "row", "row"]
    assert len(lxml_html.document_fromstring(page).findall(".//h1")) == 1


def test_the_way_out_and_the_address_are_in_both_parts(page, compiled):
    text = fill(compiled.text, VALUES)
    for part in (page, text):
        assert "https://river.example/u/token" in part
        assert "The River Letter, 1 Quay Street, 12345 Rivertown" in part
        assert "You receive this email because you subscribed to The River Letter." in part
        assert "https://river.example/rivers-and-roads/" in part


def test_right_to_left_turns_everything_round(shelf, theme):
    issue = read_issue(
        """
title: جسر
language: ar
blocks:
  - list: [أولا]
  - quote: نص
  - button: {text: اقرأ, url: "https://x.example"}
""",
        "i.yaml",
    )
    compiled = compile_issue(issue, theme, FACTS, pictures=shelf, embed=True)
    page = fill(compiled.html, VALUES)
    assert compiled.direction == "rtl"
    assert '<html lang="ar" dir="rtl"' in page
    body = page[page.index("<body") :]
    assert "direction:ltr" not in body
    assert body.count("text-align:left") == 1  # mrml's own, on the column; whatever is in it says otherwise
    assert "padding-right:24px" in body
    assert "border-right:3px solid" in body
    assert "letter-spacing" not in body
    assert "إلغاء الاشتراك" in body


def test_lines_of_the_text_begin_where_their_language_begins(shelf, theme):
    issue = read_issue(
        """
title: جسر
subject: "{{first_name|صديقنا}}، من يدفع؟"
language: ar
blocks:
  - paragraph: EU ومن معه
  - quote: Only "سلام" he said
    language: en
""",
        "i.yaml",
    )
    compiled = compile_issue(issue, theme, FACTS, pictures=shelf, embed=True, reader_language="en")
    assert fill(compiled.subject, {"first_name": "Joy"}) == "\u200fJoy، من يدفع؟"
    lines = fill(compiled.text, VALUES).splitlines()
    assert "\u200f\u202bEU ومن معه\u202c" in lines
    assert '> \u200e“Only "سلام" he said”' in lines
    assert "You receive this email because you subscribed to The River Letter." in lines


def test_french_speaks_french(shelf, theme):
    issue = read_issue("title: Pont\nlanguage: fr\ndate: 2026-03-02\nblocks:\n  - paragraph: Texte\n", "i.yaml")
    compiled = compile_issue(issue, theme, FACTS, pictures=shelf, embed=True)
    for part in (compiled.html, compiled.text):
        assert "2 mars 2026" in fill(part, VALUES)
        assert "Se désabonner" in fill(part, VALUES)


@pytest.mark.parametrize(
    ("language", "reader", "direction", "side", "date", "unsubscribe"),
    [
        ("ar", "en", "ltr", "left", "2 March 2026", "Unsubscribe"),
        ("en", "ar", "rtl", "right", "2 مارس 2026", "إلغاء الاشتراك"),
        ("en", "fr", "ltr", "left", "2 mars 2026", "Se désabonner"),
    ],
)
def test_around_the_letter_readers_are_told_things_in_their_own_language(
    shelf, theme, language, reader, direction, side, date, unsubscribe
):
    text = f"title: t\nauthor: Robin\nlanguage: {language}\ndate: 2026-03-02\nblocks:\n  - paragraph: Text\n"
    issue = read_issue(text, "i.yaml")
    compiled = compile_issue(issue, theme, FACTS, pictures=shelf, embed=True, reader_language=reader)
    page = lxml_html.document_fromstring(fill(compiled.html, VALUES))
    assert (compiled.language, page.get("lang"), page.get("dir")) == (language, language, direction_of(language))
    link = page.xpath("//a[@href='https://river.example/u/token']")[0]
    around = link.getparent()
    assert (link.text, around.get("lang"), around.get("dir")) == (unsubscribe, reader, direction)
    assert page.find_class("footer")[0].get("align") == side
    dated = page.xpath("//a[@href='https://river.example/rivers-and-roads/']")[0].getparent()
    assert (dated.text.split("·")[0].strip(), dated.get("lang"), dated.get("dir")) == (date, reader, direction)
    letter = words_for(language).by.format("Robin")
    assert page.find_class("byline")[0].text == letter
    lines = re.sub("[\u200e\u200f\u202b\u202c]", "", fill(compiled.text, VALUES)).splitlines()  # see test_bidi.py
    assert letter in lines
    assert lines[0] == f"The River Letter · {date}"
    assert lines[-1] == f"{words_for(reader).label.format(unsubscribe)} https://river.example/u/token"


def test_a_reader_of_the_issues_language_gets_the_bytes_that_everybody_gets(shelf, theme):
    as_it_is = compile_issue(sample_issue(), theme, FACTS, pictures=shelf, embed=True)
    for language in ("", "en", "en-GB", "eo"):
        same = compile_issue(sample_issue(), theme, FACTS, pictures=shelf, embed=True, reader_language=language)
        assert same == as_it_is


def test_without_a_website_nothing_is_said_of_it(shelf, theme):
    compiled = compile_issue(sample_issue(), theme, replace(FACTS, url=""), pictures=shelf, embed=True)
    assert "view_online_url" not in compiled.names


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ('- button: {text: a, url: "https://{{city|x}}.example/"}', "i.yaml:3:37: the merge field {{city|…}} stands in a URL"),
        ("- paragraph: 'Dear {{city|}}, [a](https://{{city|x}}/)'", "i.yaml:3:45: the merge field {{city|…}} stands in a URL"),
        ("- figure: {image: images/mop.png, alt: a}", "i.yaml:3:21: there is no picture images/mop.png\n    Did you mean images/map.png?"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_issue_is_told_at_its_place(shelf, theme, block, expected):
    with pytest.raises(InvalidIssue) as caught:
        compile_issue(read_issue(f"title: t\nblocks:\n  {block}\n", "i.yaml"), theme, FACTS, pictures=shelf, embed=True)
    assert expected in str(caught.value)


def test_all_pictures_that_are_not_there_are_told_at_once(tmp_path, shelf):
    theme = Theme(tmp_path, ThemeSettings(logo="images/logo.png"))
    text = """title: t
cover: {image: images/mop.png, alt: a}
blocks:
  - figure: {image: images/map.png, alt: a}
  - figure: {image: images/none.png, alt: a}
"""
    with pytest.raises(InvalidIssue) as caught:
        compile_issue(read_issue(text, "i.yaml"), theme, FACTS, pictures=shelf, embed=True)
    assert [(str(problem.location), problem.message) for problem in caught.value.problems] == [
        ("dispatch.yaml", "there is no picture images/logo.png"),
        ("i.yaml:2:16", "there is no picture images/mop.png"),
        ("i.yaml:5:21", "there is no picture images/none.png"),
    ]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "JAVASCRIPT:x", "data:text/html,x", "//x.example", "x"])
def test_a_link_with_a_refused_scheme_leads_nowhere(shelf, theme, url):
    issue = read_issue(f"title: t\nblocks:\n  - paragraph: '[a](<{url}>)'\n", "i.yaml")
    compiled = compile_issue(issue, theme, FACTS, pictures=shelf, embed=True)
    assert '<a href="#"' in fill(compiled.html, VALUES)


def test_a_stand_in_written_by_the_author_stays_text(shelf, theme):
    source = "title: t\nblocks:\n  - paragraph: 'Dear {{name|you}}'\n"
    nonce = Sentinels(source, repr(FACTS)).nonce
    trap = source.replace("Dear", f"Dear zq{nonce}x000qz")
    compiled = compile_issue(read_issue(trap, "i.yaml"), theme, FACTS, pictures=shelf, embed=True)
    assert f"Dear zq{nonce}x000qz you" in fill(compiled.html, VALUES)


STYLE = re.compile(r"([\w-]+)\s*:\s*((?:'[^']*'|\"[^\"]*\"|[^;])*)")


def declarations(element) -> dict[str, str]:
    """An element's style, with colours, zeros, quotes and space spelled one way."""
    return {name: spelled(value) for name, value in STYLE.findall(element.get("style") or "")}


def spelled(value: str) -> str:
    value = re.sub(r"#([0-9a-f])\1([0-9a-f])\2([0-9a-f])\3\b", r"#\1\2\3", value.strip().lower())
    value = re.sub(r"\b0(px|pt)\b", "0", value).replace('"', "'")
    return re.sub(r"\s*,\s*", ",", re.sub(r"(?<![\d.])0\.", ".", value))


def body_elements(page: str) -> list:
    """The elements of the body, as a browser's parser finds them."""
    root = html5lib.parse(page, namespaceHTMLElements=False)
    return [element for element in root.find("body").iter() if isinstance(element.tag, str)]


def test_css_inline_computes_the_same_styles(compiled, rendered):
    html, context = rendered
    css, _ = Theme(None).inline_css(context)
    inliner = css_inline.CSSInliner(inline_style_tags=False, load_remote_stylesheets=False, extra_css=css)
    theirs = body_elements(inliner.inline(html))
    ours = body_elements("zq".join(compiled.html.literals))
    assert [element.tag for element in ours] == [element.tag for element in theirs]
    assert sum(bool(declarations(element)) for element in ours) > 100
    for our, their in zip(ours, theirs, strict=True):
        assert declarations(our) == declarations(their), (our.tag, dict(our.attrib))


HASH = """
import hashlib, sys
from pathlib import Path
from dispatch.rendering.compiler import compile_issue
from dispatch.rendering.pictures import PictureShelf
from dispatch.rendering.theme import NewsletterFacts, Theme
from dispatch.testing.samples import sample_issue
facts = NewsletterFacts("The River Letter", url="https://river.example", postal_address="x")
compiled = compile_issue(sample_issue(), Theme(None), facts, pictures=PictureShelf(Path(sys.argv[1])), embed=True)
print(hashlib.sha256(repr(compiled).encode() + b"".join(p.content for p in compiled.pictures)).hexdigest())
"""


def test_the_bytes_are_the_same_in_any_folder_timezone_and_hash_seed(folder, tmp_path):
    other = tmp_path / "another folder"
    other.mkdir()
    (other / "images").symlink_to(folder / "images")
    copy = tmp_path / "copy"
    (copy / "images").mkdir(parents=True)
    for picture in (folder / "images").iterdir():
        (copy / "images" / picture.name).write_bytes(picture.read_bytes())
    hashes = set()
    for root, seed, zone, language in [(folder, "1", "UTC", "C"), (copy, "77", "Pacific/Auckland", "fr_FR.UTF-8")]:
        environment = os.environ | {"PYTHONHASHSEED": seed, "TZ": zone, "LANG": language}
        run = subprocess.run(
            [sys.executable, "-c", HASH, str(root)],
            env=environment,
            cwd=root,
            capture_output=True,
            text=True,
            check=True,
        )
        hashes.add(run.stdout)
    assert len(hashes) == 1


def test_compiling_twice_gives_the_same(compiled, shelf, theme):
    again = compile_issue(
        sample_issue(), theme, FACTS, pictures=shelf, embed=False, media_url="https://river.example/media/"
    )
    assert again == compiled


GOLDEN = Path(__file__).parents[1] / "golden" / "rivers-and-roads"


def golden(name: str, content: str) -> None:
    """Compare with a golden file; `UPDATE_GOLDEN=1 pytest` writes it anew, to be looked at in the diff."""
    # Names of pictures change with Pillow's encoder; what the mail looks like does not.
    content = re.sub(r"[0-9a-f]{64}", "<sha256>", content)
    if os.environ.get("UPDATE_GOLDEN"):
        (GOLDEN / name).parent.mkdir(parents=True, exist_ok=True)
        (GOLDEN / name).write_text(content, encoding="utf-8")
    assert (GOLDEN / name).read_text(encoding="utf-8") == content


def outline(page: str) -> str:
    """The document as one tag, attribute list or text per line, so that a change is seen where it is."""
    lines = []
    root = lxml_html.document_fromstring(page)
    depth = {root: 0}
    for element in root.iter():
        parent = element.getparent()
        indent = "  " * depth.setdefault(element, depth[parent] + 1 if parent is not None else 0)
        if isinstance(element.tag, str):
            attributes = "".join(f' {name}="{value}"' for name, value in element.attrib.items())
            lines.append(f"{indent}<{element.tag}{attributes}>")
        else:
            lines.append(f"{indent}<!--{element.text}-->")
        if isinstance(element.tag, str) and element.text and element.text.strip():
            lines.append(f"{indent}  {element.text.strip()}")
        if element.tail and element.tail.strip():
            lines.append(f"{indent}{element.tail.strip()}")
    return "\n".join(lines) + "\n"


def test_the_mail_is_as_it_was(page):
    golden("email.outline", outline(page))


def test_the_text_is_as_it_was(compiled):
    golden("email.txt", fill(compiled.text, VALUES))
