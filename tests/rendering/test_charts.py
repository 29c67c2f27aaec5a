"""A chart in a whole issue: in the mail, the text part and the page, from figures in the issue or in a file."""

import re
from pathlib import Path

import pytest
from lxml import html as lxml_html

from dispatch.content.issue import Issue, read_issue
from dispatch.errors import InvalidIssue
from dispatch.rendering.charts.shown import Charts
from dispatch.rendering.compiled import CompiledIssue
from dispatch.rendering.compiler import compile_issue
from dispatch.rendering.palette import contrast, palettes
from dispatch.rendering.pictures import PictureShelf
from dispatch.rendering.slots import fill
from dispatch.rendering.theme import Theme, ThemeSettings
from dispatch.rendering.webpage import compile_webpage

from .conftest import FACTS

CHART = 'chart: {title: "Trade & *goods*", data: {"2022": 3.8, "a <b>": 52.9}, unit: "€", source: Somebody}'
FROM_FILE = "chart: {title: Goods, type: line, csv: data/goods.csv}"


def issue_with(block: str, language: str = "en") -> Issue:
    return read_issue(f"title: T\nlanguage: {language}\nblocks:\n  - {block}\n", "issue.yaml")


def compiled(block: str, folder: Path, *, language: str = "en", theme: Theme | None = None) -> CompiledIssue:
    shelf = PictureShelf(folder, folder / "cache")
    return compile_issue(issue_with(block, language), theme or Theme(None), FACTS, pictures=shelf, embed=True)


def write(folder: Path, content: str) -> None:
    (folder / "data").mkdir(exist_ok=True)
    (folder / "data/goods.csv").write_text(content, encoding="utf-8")


def test_the_mail_has_a_picture_with_a_text_and_the_text_part_a_table(tmp_path: Path) -> None:
    mail = compiled(CHART, tmp_path)
    (picture,) = mail.pictures
    tree = lxml_html.document_fromstring(fill(mail.html, {}))
    (image,) = tree.findall(".//img")
    assert image.get("src") == f"cid:{picture.content_id}"
    assert image.get("alt") == "Bar chart: Trade & goods. 2022: €3.8; a <b>: €52.9."
    assert (picture.width, picture.content_type) == (1104, "image/png")
    text = fill(mail.text, {})
    assert "Trade & goods\n\n2022    €3.8\na <b>  €52.9\n\nSource: Somebody\n" in text


def test_a_long_unit_is_said_once_in_the_text_part(tmp_path: Path) -> None:
    chart = "chart: {title: Gas, data: {a: 3, b: 4, c: 5, d: 6}, unit: billion cubic metres}"
    text = fill(compiled(chart, tmp_path).text, {})
    assert text.count("billion cubic metres") == 1
    assert re.search(r"Gas\n\n\(billion cubic metres\)\na +3\nb +4\nc +5\nd +6\n", text)
    assert "3\u00a0t\n" in fill(compiled(chart.replace("billion cubic metres", "t"), tmp_path).text, {})


@pytest.mark.parametrize(("language", "month"), [("en", "Jan 2021"), ("fr", "janv. 2021"), ("zh", "2021-01")])
def test_months_are_written_by_the_language(tmp_path: Path, language: str, month: str) -> None:
    chart = "chart: {title: Gas, type: line, data: {2021-01: 3, 2021-04: 4}}"
    assert month in fill(compiled(chart, tmp_path, language=language).text, {})


@pytest.mark.parametrize(
    ("language", "day"), [("en", "1 Mar 2026"), ("fr", "1er mars 2026"), ("ar", "1 مارس 2026"), ("zh", "2026-03-01")]
)
def test_days_are_written_by_the_language(tmp_path: Path, language: str, day: str) -> None:
    chart = "chart: {title: Gas, type: line, data: {2026-03-01: 3, 2026-03-12: 4}}"
    assert day in fill(compiled(chart, tmp_path, language=language).text, {})


def test_the_page_has_a_drawing_and_a_table(tmp_path: Path) -> None:
    page = compile_webpage(issue_with(CHART), Theme(None), FACTS, pictures=PictureShelf(tmp_path))
    assert page.pictures == ()
    tree = lxml_html.document_fromstring(page.html)
    (drawing,) = tree.findall(".//svg")
    assert drawing.get("aria-label") == "Bar chart: Trade & goods. 2022: €3.8; a <b>: €52.9."
    assert [each.text_content() for each in drawing.findall(".//text")] == ["2022", "€3.8", "a <b>", "€52.9"]
    assert [each.text_content() for each in tree.findall(".//details//tr/*")] == ["2022", "€3.8", "a <b>", "€52.9"]
    assert tree.findall(".//details//b") == []


def test_an_alternative_text_of_the_author_s_is_said_instead(tmp_path: Path) -> None:
    block = "chart: {title: T, data: {a: 1}, alt: 'Much, {{first_name|you}} see'}"
    mail = compiled(block, tmp_path)
    assert 'alt="Much, Amara see"' in fill(mail.html, {"first_name": "Amara"})
    assert "Much, Amara see" in fill(mail.text, {"first_name": "Amara"})
    page = compile_webpage(issue_with(block), Theme(None), FACTS, pictures=PictureShelf(tmp_path))
    assert 'aria-label="Much, you see"' in page.html


def test_a_large_number_is_text(tmp_path: Path) -> None:
    mail = compiled('chart: {title: Trade, type: number, data: {"2022": 3.8, "2025": 52.9}, unit: "€"}', tmp_path)
    assert mail.pictures == ()
    tree = lxml_html.document_fromstring(fill(mail.html, {}))
    assert [each.text_content() for each in tree.find_class("chart")[0].findall(".//p")] == [
        "Trade",
        "€52.9",
        "2025 (2022: €3.8, +1,292%)",
    ]
    assert "Trade\n\n2025: €52.9 (2022: €3.8, +1,292%)\n" in fill(mail.text, {})


def test_figures_come_from_a_file_and_another_file_gives_another_picture(tmp_path: Path) -> None:
    write(tmp_path, "year,road,rail\n2022,3,1\n2025,2,6\n")
    first = compiled(FROM_FILE, tmp_path)
    assert "2022     3     1" in fill(first.text, {})
    write(tmp_path, "year,road,rail\n2022,3,1\n2025,2,7\n")
    assert compiled(FROM_FILE, tmp_path).pictures != first.pictures
    write(tmp_path, "year,road,rail\n2022,3,1\n2025,2,6\n")
    assert compiled(FROM_FILE, tmp_path).pictures == first.pictures


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (None, "issue.yaml:4:44: there is no file data/goods.csv"),
        ("year,road\n2022,x\n", "data/goods.csv:2:6: “x” is not a number"),
        ("year,road\n🚂,1\n", "issue.yaml:4:44: “🚂” cannot be drawn in a chart"),
    ],
)
def test_what_is_wrong_with_a_file_is_told_once(tmp_path: Path, content: str | None, expected: str) -> None:
    if content:
        write(tmp_path, content)
    with pytest.raises(InvalidIssue) as caught:
        compiled(FROM_FILE, tmp_path)
    assert len(caught.value.problems) == 1
    assert str(caught.value).startswith(expected)


def test_a_file_may_not_lie_outside_of_the_newsletter(tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("a,b\nx,1\n", encoding="utf-8")
    inner = tmp_path / "newsletter"
    (inner / "data").mkdir(parents=True)
    (inner / "data/goods.csv").symlink_to(tmp_path / "secret.csv")
    with pytest.raises(InvalidIssue, match="leads out of the newsletter folder"):
        compiled(FROM_FILE, inner)


def test_a_picture_in_the_cache_is_not_drawn_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = compiled(CHART, tmp_path)
    monkeypatch.setattr(Charts, "_draw", lambda *_: pytest.fail("drawn again"))
    assert compiled(CHART, tmp_path).pictures == first.pictures


def test_colours_and_language_are_the_newsletter_s(tmp_path: Path) -> None:
    plain = compiled(CHART, tmp_path)
    blue = compiled(CHART, tmp_path, theme=Theme(None, ThemeSettings(accent="#0a4cc0")))
    french = compiled(CHART, tmp_path, language="fr")
    assert len({mail.pictures[0].name for mail in (plain, blue, french)}) == 3
    assert 'alt="Graphique à barres\u00a0: Trade &amp; goods. 2022\u00a0: 3,8\u00a0€\u202f;' in fill(french.html, {})


def test_everything_on_the_ground_of_a_chart_can_be_read_in_both_schemes() -> None:
    for accent in ("#a3241b", "#0a4cc0", "#777777", "#ffd400", "#00a36c", "#ff00ff", "#b9770e", "#ffffff"):
        for palette in palettes(accent):
            for colour in (palette.text, palette.muted, *palette.series):
                assert contrast(colour, palette.panel) >= 4.5, (accent, colour)
            assert len(set(palette.series)) == 4


def test_the_page_has_a_colour_for_every_class_of_a_drawing(tmp_path: Path) -> None:
    write(tmp_path, "year,a,b,c,d\n2022,3,1,4,5\n2025,2,6,1,2\n")
    page = compile_webpage(issue_with(FROM_FILE), Theme(None), FACTS, pictures=PictureShelf(tmp_path)).html
    svg = page[page.index("<svg") : page.index("</svg>")]
    classes = set(re.findall(r'class="(\w+)"', svg)) - {"drawing"}
    assert {"ground", "muted", "rule", "s1", "l4"} <= classes
    assert all(f".drawing .{name}" in page for name in classes)


def test_no_label_turns_what_stands_around_it(tmp_path: Path) -> None:
    block = 'chart: {title: T, data: {"a\u202eb <script>": 1}, source: S}'
    page = compile_webpage(issue_with(block), Theme(None), FACTS, pictures=PictureShelf(tmp_path)).html
    assert "\u202e" not in page
    assert page.count("ab &lt;script&gt;") == 3


@pytest.mark.parametrize(
    ("name", "why"),
    [
        (".env", "is hidden"),
        (".secrets/goods.csv", "is hidden"),
        ("data/link.csv", "is hidden"),
        ("people.csv", "is the list of subscribers"),
        ("data/people.csv", "is the list of subscribers"),
        ("subscribers.csv", "is the list of subscribers"),
    ],
)
def test_what_is_private_is_no_figure(tmp_path: Path, name: str, why: str) -> None:
    for folder in ("data", ".secrets"):
        (tmp_path / folder).mkdir()
    for private in (".env", ".secrets/goods.csv", "people.csv", "subscribers.csv"):
        (tmp_path / private).write_text("name,number\nAda,1\nBo,2\n")
    (tmp_path / "data/link.csv").symlink_to("../.env")
    (tmp_path / "data/people.csv").symlink_to("../people.csv")
    shelf = PictureShelf(tmp_path, private=[tmp_path / "people.csv"])
    issue = issue_with(f"chart: {{title: Goods, csv: {name}}}")
    with pytest.raises(InvalidIssue, match=f"{name} {why}") as caught:
        compile_issue(issue, Theme(None), FACTS, pictures=shelf, embed=True)
    (problem,) = caught.value.problems
    assert problem.location == issue.locate(("blocks", 0, "chart", "csv"))
    assert "Ada" not in str(problem)
