"""The pictures of one issue: taken from the shelf as templates ask for them, and remembered in order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from markupsafe import Markup

from dispatch.content.blocks import Chart, Figure
from dispatch.content.issue import Cover, Issue
from dispatch.errors import InvalidIssue, Problem
from dispatch.location import Location
from dispatch.rendering.charts.shown import Charts
from dispatch.rendering.charts.telling import NOTHING, ToldChart
from dispatch.rendering.compiled import Picture
from dispatch.rendering.palette import Palette
from dispatch.rendering.pictures import PictureShelf, shown_size


@dataclass(frozen=True)
class ShownPicture:
    """A picture as a template places it: where it is and how large it is shown, in CSS pixels."""

    url: str
    width: int
    height: int
    fills: bool = False  # the width that was asked for, and a phone's: it may be as wide as what it stands in


PHONE_WIDTH = 358
"""CSS pixels: how wide a picture in a column is on a common phone, where the columns stand below each other."""

_GAP = ShownPicture("#", 1, 1)  # what a template gets in the place of a picture that there is not


class Album:
    """Gives templates their pictures; `url_of` says where readers find each."""

    def __init__(self, shelf: PictureShelf, issue: Issue, palette: Palette, url_of: Callable[[Picture], str]) -> None:
        self._shelf = shelf
        self._charts = Charts(shelf, issue, palette)
        self._issue = issue
        self._url_of = url_of
        self._pictures: dict[str, Picture] = {}
        self._problems: list[Problem] = []

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """Those that were asked for, in order, without repetition."""
        return tuple(self._pictures.values())

    def show(self, figure: Figure | Cover | Chart, width: int) -> ShownPicture:
        """The picture of a figure, cover or chart, at most `width` CSS pixels wide, with pixels for a phone's width."""
        if isinstance(figure, Chart):
            chart = figure
            return self._shown(lambda: self._charts.picture(chart), width)
        place, widest = self._issue.locate(figure.path_to("image")), max(width, PHONE_WIDTH)
        return self._shown(lambda: self._shelf.picture(figure.image, widest, place), width)

    def show_file(self, path: str, width: int, place: Location, *, height: int | None = None) -> ShownPicture:
        """The picture at a path that is written at `place`, at most as wide and high as that many CSS pixels."""
        return self._shown(lambda: self._shelf.picture(path, width, place), width, height)

    def told(self, chart: Chart) -> ToldChart:
        """A chart in words."""
        try:
            return self._charts.told(chart)
        except InvalidIssue as error:
            self._problems.extend(error.problems)
            return NOTHING

    def drawing(self, chart: Chart) -> Markup:
        """A chart as SVG."""
        try:
            return self._charts.drawing(chart)
        except InvalidIssue as error:
            self._problems.extend(error.problems)
            return Markup()

    def _shown(self, make: Callable[[], Picture], width: int, height: int | None = None) -> ShownPicture:
        try:
            picture = make()
        except InvalidIssue as error:
            self._problems.extend(error.problems)
            return _GAP
        self._pictures[picture.name] = picture
        size = shown_size(picture, width, height)
        return ShownPicture(self._url_of(picture), *size, fills=size[0] == width and picture.width >= PHONE_WIDTH)

    def must_be_whole(self) -> None:
        """Raises InvalidIssue with everything that is wrong with the pictures that were asked for."""
        if self._problems:
            raise InvalidIssue.of(dict.fromkeys(self._problems))
