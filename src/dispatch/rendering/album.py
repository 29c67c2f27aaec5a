"""The pictures of one issue: taken from the shelf as templates ask for them, and remembered in order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dispatch.content.blocks import Figure
from dispatch.content.issue import Cover, Issue
from dispatch.errors import InvalidIssue, Problem
from dispatch.location import Location
from dispatch.rendering.compiled import Picture
from dispatch.rendering.pictures import PictureShelf, shown_size


@dataclass(frozen=True)
class ShownPicture:
    """A picture as a template places it: where it is and how large it is shown, in CSS pixels."""

    url: str
    width: int
    height: int


_GAP = ShownPicture("#", 1, 1)  # what a template gets in the place of a picture that there is not


class Album:
    """Gives templates their pictures; `url_of` says where readers find each."""

    def __init__(self, shelf: PictureShelf, issue: Issue, url_of: Callable[[Picture], str]) -> None:
        self._shelf = shelf
        self._issue = issue
        self._url_of = url_of
        self._pictures: dict[str, Picture] = {}
        self._problems: list[Problem] = []

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """Those that were asked for, in order, without repetition."""
        return tuple(self._pictures.values())

    def show(self, figure: Figure | Cover, width: int) -> ShownPicture:
        """The picture of a figure or cover, at most `width` CSS pixels wide."""
        return self.show_file(figure.image, width, self._issue.locate(figure.path_to("image")))

    def show_file(self, path: str, width: int, place: Location, *, height: int | None = None) -> ShownPicture:
        """The picture at a path that is written at `place`, at most as wide and high as that many CSS pixels."""
        try:
            picture = self._shelf.picture(path, width, place)
        except InvalidIssue as error:
            self._problems.extend(error.problems)
            return _GAP
        self._pictures[picture.name] = picture
        return ShownPicture(self._url_of(picture), *shown_size(picture, width, height))

    def must_be_whole(self) -> None:
        """Raises InvalidIssue with everything that is wrong with the pictures that were asked for."""
        if self._problems:
            raise InvalidIssue.of(self._problems)
