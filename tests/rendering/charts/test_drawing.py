"""Charts are as long as their figures, stay in their frame, never overlap, and have the same bytes everywhere."""

import hashlib
import io
import subprocess
import sys
from datetime import date, timedelta
from itertools import groupby, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from dispatch.content.figures import LARGEST, SMALLEST, Figures, faults_of
from dispatch.errors import InvalidIssue
from dispatch.location import Location
from dispatch.rendering.charts.lettering import LINE, SIZE, width
from dispatch.rendering.charts.numerals import Numerals
from dispatch.rendering.charts.press import draw, png
from dispatch.rendering.charts.shapes import WIDTH, Bar, Drawing, Line, Text
from dispatch.rendering.charts.shown import WAY
from dispatch.rendering.palette import palettes
from dispatch.rendering.words import written_month

PLACE = Location("issue.yaml", 7, 12)
LIGHT = palettes("#a3241b")[0]


def figures(rows: dict[str, object], series: tuple[str, ...] = ("",)) -> Figures:
    several = {label: row if isinstance(row, tuple) else (row,) for label, row in rows.items()}
    return Figures(series, tuple(several.items()))


def drawn(kind: str, shown: Figures, unit: str = "", language: str = "en", *, leftward: bool = False) -> Drawing:
    return draw(kind, shown, Numerals(shown.values, unit, language), leftward=leftward, place=PLACE)


def said(drawing: Drawing) -> list[str]:
    return [shape.text for shape in drawing.shapes if isinstance(shape, Text)]


def pixels(drawing: Drawing) -> Image.Image:
    return Image.open(io.BytesIO(png(drawing, LIGHT, 2))).convert("RGB")


def runs(image: Image.Image, colour: str, x_or_y: str) -> list[float]:
    """How many pixels of a colour each bar of it is long, measured through its middle; half covered ones count by half."""
    if x_or_y == "y":
        image = image.transpose(Image.Transpose.TRANSPOSE)
    ground, inked = rgb(LIGHT.panel), rgb(colour)
    rows = [[image.getpixel((x, y)) for x in range(image.width)] for y in range(0, image.height, 4)]
    lengths: list[float] = []
    for is_bar, several in groupby(rows, key=lambda row: row.count(inked) > 20):
        if is_bar:
            through = list(several)
            row = through[len(through) // 2]
            first, last = row.index(inked), len(row) - row[::-1].index(inked) - 1
            edges = [covered(row[at], ground, inked) for at in (first - 1, last + 1)]
            lengths.append(last - first + 1 + sum(edges))
    return lengths


def rgb(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))


def covered(pixel: tuple[int, ...], ground: tuple[int, ...], inked: tuple[int, ...]) -> float:
    """How much of a pixel between two colours is the second; nothing where it is neither (an axis, a letter)."""
    share = (pixel[1] - ground[1]) / (inked[1] - ground[1])
    like = [round(g + (i - g) * share) for g, i in zip(ground, inked, strict=True)]
    return share if all(abs(a - b) <= 3 for a, b in zip(like, pixel, strict=True)) else 0


def test_bars_are_as_long_as_their_figures_to_one_percent() -> None:
    values = {"a": 52.9, "b": 38.1, "c": 7.3, "d": 3.8}
    lengths = runs(pixels(drawn("bar", figures(values))), LIGHT.accent, "x")
    assert len(lengths) == 4
    for value, length in zip(values.values(), lengths, strict=True):
        assert length / lengths[0] == pytest.approx(value / 52.9, rel=0.01)


def test_columns_are_as_high_as_their_figures_to_one_percent() -> None:
    values = {"a": 52.9, "b": 38.1, "c": 17.3}
    lengths = runs(pixels(drawn("column", figures(values))), LIGHT.accent, "y")
    assert len(lengths) == 3
    for value, length in zip(values.values(), lengths, strict=True):
        assert length / lengths[0] == pytest.approx(value / 52.9, rel=0.01)


@pytest.mark.parametrize("kind", ["bar", "column"])
def test_bars_begin_at_zero_on_both_sides_of_it(kind: str) -> None:
    drawing = drawn(kind, figures({"a": 4, "b": -2, "c": 0, "d": None}))
    up, down = (shape for shape in drawing.shapes if isinstance(shape, Bar))
    if kind == "bar":
        assert down.x + down.width == pytest.approx(up.x)
        assert up.width == pytest.approx(2 * down.width)
    else:
        assert up.y + up.height == pytest.approx(down.y)
        assert up.height == pytest.approx(2 * down.height)
    assert {"4", "−2", "0", "–"} <= set(said(drawing))


def test_a_line_goes_through_its_points_and_has_gaps() -> None:
    drawing = drawn("line", figures({"a": 1, "b": 2, "c": None, "d": 4, "e": 3, "f": None, "g": 3}))
    paths = [shape.points for shape in drawing.shapes if getattr(shape, "css", "") == "l1"]
    assert [len(points) for points in paths] == [2, 2]
    (_, one), (_, two) = paths[0]
    (_, four), (_, three) = paths[1]
    assert (one - four) == pytest.approx(3 * (one - two))
    assert (three - four) == pytest.approx(one - two)


def test_years_stand_as_far_apart_as_they_are() -> None:
    drawing = drawn("line", figures({"2012": 1, "2022": 2, "2025": 3}))
    (points,) = [shape.points for shape in drawing.shapes if getattr(shape, "css", "") == "l1"]
    first, second, third = (x for x, _ in points)
    assert (second - first) / (third - second) == pytest.approx(10 / 3, rel=0.01)


def test_columns_keep_all_their_labels_and_lines_as_many_as_have_room() -> None:
    names = ["Germany", "France", "United Kingdom", "Czech Republic", "Luxembourg"]
    assert set(names) <= set(said(drawn("column", figures(dict.fromkeys(names, 3)))))
    years = [str(year) for year in range(1990, 2026)]
    shown = set(said(drawn("line", figures(dict.fromkeys(years, 3)))))
    assert {"1990", "2025"} <= shown
    assert 5 <= len(shown & set(years)) <= 10


def test_series_are_told_apart_by_colour_and_name() -> None:
    rows = figures({"2022": (1, 2), "2025": (3, 4)}, ("road", "rail"))
    for kind in ("bar", "column", "line"):
        assert {"road", "rail"} <= set(said(drawn(kind, rows)))
    image = pixels(drawn("bar", rows))
    for colour in LIGHT.series[:2]:
        assert rgb(colour) in {pixel for _, pixel in image.getcolors(9999)}


def test_from_the_right_everything_is_mirrored_but_the_letters() -> None:
    rows = figures({"روسيا": 2, "كوريا الشمالية": 1})
    leftward, rightward = drawn("bar", rows, language="ar", leftward=True), drawn("bar", rows, language="ar")
    for one, other in zip(leftward.shapes, rightward.shapes, strict=True):
        if isinstance(one, Bar) and isinstance(other, Bar):
            assert one.x + one.width == pytest.approx(WIDTH - other.x)
    assert said(leftward) == said(rightward)
    label = next(shape for shape in leftward.shapes if isinstance(shape, Text))
    assert label.x > WIDTH / 2


@pytest.mark.parametrize(
    "text",
    [
        "Deminers and builders: 52.9 million",
        "AVAVAV To",
        "روسيا وكوريا الشمالية",
        "السّلام عليكم",
        "השלום",
        "اتفاق السلام START (2025)",  # the letters of two scripts, of which Arabic has fewer forms than characters
        "لا ≥ 3",
    ],
)
def test_letters_are_as_wide_as_they_are_drawn_and_all_there(text: str) -> None:
    image = pixels(Drawing(60, (Text(20, 40, text),)))
    first, _, last, _ = image.convert("L").point(lambda grey: 255 * (grey < 150)).getbbox()
    assert first / 2 == pytest.approx(20, abs=2)
    assert (last - first) / 2 == pytest.approx(width(text), abs=4)


def test_arabic_names_stand_beside_their_bars() -> None:
    drawing = drawn("bar", figures({"الولايات المتحدة": 3, "روسيا": 2}), language="ar", leftward=True)
    name, number, *_ = (shape.y for shape in drawing.shapes if isinstance(shape, Text))
    assert name == number


@pytest.mark.parametrize("character", ["🚂", "東", "\U0001f1eb"])
def test_what_the_type_lacks_is_refused_at_its_place(character: str) -> None:
    with pytest.raises(InvalidIssue, match=f"^issue.yaml:7:12: “{character}” cannot be drawn"):
        drawn("bar", figures({f"a {character}": 1}))


@pytest.mark.parametrize("text", ["Ελλάδα", "Україна", "Việt Nam", "Łódź", "شمال", "ישראל", "€ ₽ ₴ ± ≈ ≤ ½ → −"])
def test_what_newspapers_write_can_be_drawn(text: str) -> None:
    assert text in said(drawn("bar", figures({text: 1})))


def test_a_long_unit_stands_once_above_bars_as_it_does_in_their_table() -> None:
    rows: dict[str, object] = dict.fromkeys("abcd", 3)
    assert said(drawn("bar", figures(rows), "million dollars")).count("million dollars") == 1
    assert said(drawn("bar", figures(rows), "km")).count("3\u00a0km") == 4


def test_zero_on_an_axis_has_no_decimals() -> None:
    texts = said(drawn("line", figures({"2021": 1, "2022": 8.1}), "%"))
    assert {"0%", "2.5%", "10.0%"} <= set(texts)


def test_long_names_at_the_ends_of_lines_are_broken_before_they_are_cut() -> None:
    rows = figures({"2024": (1, 2), "2025": (3, 4)}, ("Freight on the railway", "Containers"))
    assert {"Freight on the", "railway", "Containers"} <= set(said(drawn("line", rows)))


def test_names_at_the_ends_of_lines_leave_two_thirds_to_the_lines() -> None:
    names = ("المملكة المتحدة لبريطانيا العظمى", "فرنسا")
    drawing = drawn("line", figures({"2024": (1, 2), "2025": (3, 4)}, names), "%")
    ends = [shape for shape in drawing.shapes if isinstance(shape, Text) and shape.css in {"s1", "s2"}]
    assert len(ends) == 5
    assert min(shape.x for shape in ends) > WIDTH * 0.62


def test_no_rule_runs_through_what_stands_at_the_end_of_a_line() -> None:
    years = {"2018": (30.0, 31.0), "2020": (12.0, 14.0), "2022": (0.0, 0.1)}
    drawing = drawn("line", figures(years, ("Alpha", "Beta")), "%")
    ends = [shape for shape in drawing.shapes if isinstance(shape, Text) and shape.css in {"s1", "s2"}]
    rules = [shape for shape in drawing.shapes if isinstance(shape, Line) and shape.css in {"axis", "rule"}]
    assert {shape.text for shape in ends} == {"Alpha", "Beta", "0%", "0.1%"}
    assert max(x for rule in rules for x, _ in rule.points) < min(shape.x for shape in ends)
    lowest = max(y for rule in rules for _, y in rule.points)
    assert max(shape.y for shape in ends) < lowest
    (alpha,) = [shape.y for shape in ends if shape.text == "Alpha"]
    (above,) = [shape.y for shape in ends if shape.text == "0.1%"]
    assert alpha - above > LINE


@pytest.mark.parametrize("kind", ["line", "column"])
@pytest.mark.parametrize("count", [12, 13, 24, 29, 36, 40])
def test_labels_that_have_no_room_are_thinned_evenly_from_the_first_to_the_last(kind: str, count: int) -> None:
    days = [str(date(2026, 1, 1) + timedelta(day)) for day in range(count)]
    years = [str(1980 + year) for year in range(count)]
    for labels in (days, years):
        shown = [labels.index(text) for text in said(drawn(kind, figures(dict.fromkeys(labels, 3)))) if text in labels]
        assert (shown[0], shown[-1]) == (0, count - 1), "at the last the number is told"
        *distances, last = [after - before for before, after in pairwise(shown)]
        assert len(set(distances)) == 1
        assert distances[0] / 2 <= last <= distances[0] * 1.5


@pytest.mark.parametrize("kind", ["line", "column"])
@pytest.mark.parametrize(
    ("count", "shown"),
    [(12, ["Jan", "2024", "Apr", "Jul", "Oct", "Dec"]), (24, ["Jan", "2024", "Jul", "Jan", "2025", "Jul", "Dec"])],
)
def test_months_in_little_room_name_the_year_where_it_begins(kind: str, count: int, shown: list[str]) -> None:
    months = [date(2024 + month // 12, month % 12 + 1, 1) for month in range(count)]
    rows = tuple((written_month(month, "en"), (1.0,)) for month in months)
    texts = said(drawn(kind, Figures(("",), rows, tuple(map(date.toordinal, months)))))
    assert texts[texts.index("Jan") :] == shown


def test_names_that_have_no_room_below_columns_stand_whole_beside_bars() -> None:
    names = [
        "Germany",
        "France",
        "United Kingdom",
        "Czech Republic",
        "Luxembourg",
        "Netherlands",
        "Switzerland",
        "Malta",
    ]
    few, many = (drawn("column", figures(dict.fromkeys(names[:count], 3))) for count in (5, 8))
    assert set(names[:5]) <= set(said(few))
    assert set(names) <= set(said(many))
    assert len({shape.y for shape in few.shapes if isinstance(shape, Bar)}) == 1
    assert len({shape.y for shape in many.shapes if isinstance(shape, Bar)}) == 8


def test_of_a_thousand_long_labels_the_first_and_the_last_stand_side_by_side() -> None:
    labels = [f"{number} {'و' * 110}" for number in range(1000)]
    shown = [text for text in said(drawn("line", figures(dict.fromkeys(labels, 3)))) if "و" in text]
    assert [text.split()[0] for text in shown] == ["0", "999"]
    assert all(text.endswith("و…") for text in shown)


def test_years_at_uneven_distances_have_the_first_and_the_last() -> None:
    years = dict.fromkeys(["2000", "2010", "2011", "2012", "2013", "2025"], 3)
    assert {"2000", "2025"} <= set(said(drawn("line", figures(years))))


def test_a_drawing_that_has_changed_has_another_name_in_the_cache() -> None:
    """A picture is taken from the cache where its figures are the same: who changes how they are drawn raises WAY."""
    series = {"2021": (9.1, -14.2), "2022": (10.5, None), "2024": (0.0, 3.3)}
    months = figures({f"2025-{month:02}": 200_000 * month for month in range(1, 13)})
    names = figures({"Germany": 4, "United Kingdom of Great Britain": -2, "Luxembourg": None})
    many = figures({f"{letter}, السلام": 7.5 for letter in "ABCDEFGHIJ"})
    drawings = [
        drawn(kind, shown, unit).svg("")
        for kind in ("bar", "column", "line")
        for shown in (figures(series, ("road", "Freight on the railway")), months, names, many)
        for unit in ("%", "billion cubic metres")
    ]
    digest = hashlib.sha256("".join(drawings).encode()).hexdigest()
    assert {WAY: digest[:16]} == {9: "54f7d0ed1897b3e1"}


IN_ANOTHER_PROCESS = """
import hashlib
from dispatch.content.figures import Figures
from dispatch.location import Location
from dispatch.rendering.charts.numerals import Numerals
from dispatch.rendering.charts.press import draw, png
from dispatch.rendering.palette import palettes
shown = Figures(("x", "و"), (("a", (1.0, 3.0)), ("b", (2.0, 1.0))))
chart = draw("line", shown, Numerals(shown.values, "km", "en"), leftward=False, place=Location(""))
print(hashlib.sha256(png(chart, palettes("#a3241b")[0], 2)).hexdigest())
"""


def test_the_same_chart_has_the_same_bytes_in_another_process() -> None:
    chart = drawn("line", figures({"a": (1.0, 3.0), "b": (2.0, 1.0)}, ("x", "و")), "km")
    program = [sys.executable, "-c", IN_ANOTHER_PROCESS]
    there = subprocess.run(program, check=True, capture_output=True, text=True, env={"PATH": "", "LANG": "C"}).stdout
    assert there.strip() == hashlib.sha256(png(chart, LIGHT, 2)).hexdigest()


# --- whatever the figures are --------------------------------------------------------------------

numbers = st.one_of(
    st.none(),
    st.integers(-1000, 1000).map(float),
    st.floats(SMALLEST, LARGEST),
    st.floats(-LARGEST, -SMALLEST),
    st.sampled_from([0.0, 1e-9, -1e-9, 1e12, LARGEST, -LARGEST]),
)
words = st.text("abcdefghij <&>\"'éß中ءسلام", min_size=1, max_size=120).map(lambda text: text.replace("中", "й"))


@st.composite
def any_figures(draw_one: st.DrawFn, most: int) -> Figures:
    series = draw_one(st.lists(words, min_size=1, max_size=4, unique=True))
    labels = draw_one(st.lists(words, min_size=1, max_size=most, unique=True))
    rows = [(label, tuple(draw_one(numbers) for _ in series)) for label in labels]
    return Figures(tuple(series) if len(series) > 1 else ("",), tuple(rows))


@pytest.mark.parametrize("kind", ["bar", "column", "line"])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_nothing_leaves_the_frame_and_no_texts_overlap(kind: str, data: st.DataObject) -> None:
    shown = data.draw(any_figures(40))
    if list(faults_of(shown, kind)):
        return
    drawing = drawn(kind, shown, data.draw(st.sampled_from(["", "%", "${} million", "million dollars a year"])))
    boxes = []
    for shape in drawing.shapes:
        if isinstance(shape, Bar):
            assert shape.width >= 0
            assert shape.height >= 0
            assert -0.01 <= shape.x <= shape.x + shape.width <= WIDTH + 0.01
            assert -0.01 <= shape.y <= shape.y + shape.height <= drawing.height + 0.01
        elif isinstance(shape, Text):
            wide = width(shape.text)
            left = shape.x - {"start": 0, "middle": wide / 2, "end": wide}[shape.anchor]
            assert -0.01 <= left <= left + wide <= WIDTH + 0.01, shape
            assert SIZE * 0.6 <= shape.y <= drawing.height
            boxes.append((left, left + wide, shape.y - SIZE * 0.75, shape.y + 1, shape))
    for number, one in enumerate(boxes):
        for other in boxes[number + 1 :]:
            apart = one[1] <= other[0] + 1 or other[1] <= one[0] + 1 or one[3] <= other[2] or other[3] <= one[2]
            assert apart, (one[4], other[4])
