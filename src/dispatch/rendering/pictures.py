"""Pictures made fit for mail: turned upright, twice as wide as shown, small, named by their bytes."""

from __future__ import annotations

import hashlib
import io
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path

import PIL
from PIL import Image, ImageChops, ImageCms, ImageOps, UnidentifiedImageError

from dispatch.counts import count
from dispatch.errors import InvalidIssue
from dispatch.files import write_whole
from dispatch.location import Location
from dispatch.rendering.compiled import Picture

DENSITY = 2  # pixels per shown pixel: a phone's display has two to three
JPEG_QUALITY = 82
MOST_CHART_COLOURS = 20_000  # with smoothed edges; a photograph has ten times as many, and would take 20 seconds
UNSEEN_DIFFERENCE = 10  # of 255, in any channel of any pixel
MOST_PIXELS = 50_000_000  # of a JPEG, which is read at half its size or less
MOST_WHOLE_PIXELS = 25_000_000  # of what can only be read whole, at up to eight bytes each
MOST_MOVED_PIXELS = 100_000_000  # of all frames of an animation
MOST_GIF_BYTES = 1_000_000
# Part of the key in the cache: when one of these changes, pictures are made anew.
_WAY = f"1 {PIL.__version__} {JPEG_QUALITY} {DENSITY} {UNSEEN_DIFFERENCE} {MOST_CHART_COLOURS}"

_KINDS = {"JPEG": ("jpg", "image/jpeg"), "PNG": ("png", "image/png"), "GIF": ("gif", "image/gif")}
_JPEGS = frozenset({"JPEG", "MPO"})  # an MPO is a JPEG with a second one behind it; telephones write it
_SAVE_AS = "Save it as JPEG (photographs) or PNG (drawings)."
_REFUSED = {
    "WEBP": "Outlook on Windows does not show WebP",
    "AVIF": "most mail clients do not show AVIF",
    "TIFF": "most mail clients do not show TIFF",
    "BMP": "a BMP is many times larger than it need be",
}
_READ = (*_KINDS, *_REFUSED)  # no other decoder is woken (EPS would start Ghostscript); an MPO is opened as JPEG

Image.MAX_IMAGE_PIXELS = MOST_PIXELS
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)


class PictureShelf:
    """The pictures of one newsletter folder; what was made of them is kept in `cache`, where there is one.

    `private` are files that no message may tell from: the list of people.
    """

    def __init__(self, folder: Path, cache: Path | None = None, *, private: Iterable[Path] = ()) -> None:
        self._folder = folder.resolve()
        self._cache = cache
        self._private = {file.resolve() for file in private}

    def picture(self, path: str, width: int, place: Location | None = None) -> Picture:
        """The picture at `path`, relative to the folder, fit to be shown `width` CSS pixels wide.

        It is never made larger than it is. Raises InvalidIssue at `place` where the path is written.
        """
        source = self.read(path, place)
        key = hashlib.sha256(f"{_WAY} {width} {hashlib.sha256(source).hexdigest()}".encode()).hexdigest()
        cached = self._from_cache(key)
        if cached is None:
            cached = _fit(source, path, width * DENSITY, place)
            self._to_cache(key, cached)
        return _described(cached)

    def drawn(self, key: str, draw: Callable[[], bytes]) -> Picture:
        """The picture that is drawn where the cache has none by this key, which tells all that it rests on."""
        cached = self._from_cache(key)
        if cached is None:
            with Image.open(io.BytesIO(draw())) as image:
                cached = _encode(image.convert("RGB"), "PNG")
            self._to_cache(key, cached)
        return _described(cached)

    def figures(self, path: str, place: Location | None) -> bytes:
        """A file with the figures of a chart; raises as `read` does.

        An issue may be somebody else's: it names no hidden file, where secrets lie, and nobody of the list.
        """
        hidden = any(part.startswith(".") for part in Path(path).parts)
        content = b"" if hidden else self.read(path, place, "file")
        file = (self._folder / path).resolve() if not hidden else self._folder
        if hidden or any(part.startswith(".") for part in file.relative_to(self._folder).parts):
            why = "is hidden, and in hidden files lie secrets"
        elif file in self._private or file.name == "subscribers.csv":
            why = "is the list of subscribers, and of that nothing is shown"
        else:
            return content
        raise InvalidIssue(f"{path} {why}", location=place, remedy="Put the figures into a file like data/trade.csv.")

    def read(self, path: str, place: Location | None, what: str = "picture") -> bytes:
        """A file inside the folder. Raises InvalidIssue at `place` where the path is written."""
        if Path(path).is_absolute() or "\\" in path or "\0" in path:
            remedy = "Write it relative to the newsletter folder, with slashes: images/map.png"
            raise InvalidIssue(f"{path!r} is not a path inside the newsletter folder", location=place, remedy=remedy)
        try:
            file = (self._folder / path).resolve()
            if not file.is_relative_to(self._folder):
                raise InvalidIssue(
                    f"{path} leads out of the newsletter folder",
                    location=place,
                    remedy=f"Put the {what} itself into the folder, no link to it.",
                )
            if not file.is_file():
                raise InvalidIssue(f"there is no {what} {path}", location=place, remedy=self._did_you_mean(path))
            return file.read_bytes()
        except (OSError, RuntimeError) as error:  # a name too long is one of them, a circle of links the other
            why = getattr(error, "strerror", None) or "its links lead in a circle"
            remedy = f"Give the {what} another name, or let the user who runs dispatch read it."
            raise InvalidIssue(f"{path} cannot be read: {why}", location=place, remedy=remedy) from None

    def _did_you_mean(self, path: str) -> str:
        files = [str(file.relative_to(self._folder)) for file in self._neighbours(path)]
        close = get_close_matches(path, files, n=1)
        return f"Did you mean {close[0]}?" if close else f"Put it there: paths are relative to {self._folder}."

    def _neighbours(self, path: str) -> Iterator[Path]:
        for folder in (self._folder / Path(path).parent, self._folder / "images"):
            if folder.is_dir() and folder.resolve().is_relative_to(self._folder):
                yield from sorted(file for file in folder.resolve().iterdir() if file.is_file())

    def _from_cache(self, key: str) -> bytes | None:
        try:
            content = (self._cache / key).read_bytes() if self._cache else None
        except OSError:
            return None
        # Written in one step, but a disk may have been full or a restore partial.
        return content if content and _opens(content) else None

    def _to_cache(self, key: str, content: bytes) -> None:
        if self._cache:
            with suppress(OSError):  # a folder that may only be read has no cache, and that is all
                write_whole(self._cache / key, content)


def shown_size(picture: Picture, width: int, height: int | None = None) -> tuple[int, int]:
    """Width and height in CSS pixels: at most `width` and `height`, and never larger than the picture is."""
    shown = min(width, picture.width)
    if height is not None:
        shown = min(shown, max(1, round(height * picture.width / picture.height)))
    return shown, max(1, round(shown * picture.height / picture.width))


def _fit(source: bytes, path: str, width: int, place: Location | None) -> bytes:
    try:
        with Image.open(io.BytesIO(source), formats=_READ) as image:
            if image.format not in _KINDS and image.format not in _JPEGS:
                why = _REFUSED.get(image.format or "", f"{image.format} is not for mail")
                raise InvalidIssue(f"{path} cannot go into a mail: {why}", location=place, remedy=_SAVE_AS)
            if getattr(image, "is_animated", False) and image.format == "GIF":
                return _animation(source, image, path, place)
            if image.width * image.height > MOST_WHOLE_PIXELS:
                if image.format not in _JPEGS:
                    raise _too_large(path, MOST_WHOLE_PIXELS, place)
                image.draft(image.mode, (width, width))
            return _encode(_resize(_upright_srgb(image), width), image.format or "")
    except UnidentifiedImageError:
        raise InvalidIssue(_not_an_image(source, path), location=place, remedy=_SAVE_AS) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_large(path, MOST_PIXELS, place) from None
    except (OSError, SyntaxError, ValueError) as error:  # what Pillow's decoders raise for broken files
        raise InvalidIssue(f"{path} is damaged: {error}", location=place, remedy="Export it again.") from None


def _too_large(path: str, most: int, place: Location | None) -> InvalidIssue:
    message = f"{path} has more than {most // 1_000_000} million pixels"
    return InvalidIssue(message, location=place, remedy="Make it smaller: no mail shows more than 2 million.")


def _not_an_image(source: bytes, path: str) -> str:
    if b"<svg" in source[:2000].lower():
        return f"{path} cannot go into a mail: Gmail and Outlook do not show SVG"
    return f"{path} is not a picture of a kind that mail clients show"


def _animation(source: bytes, image: Image.Image, path: str, place: Location | None) -> bytes:
    if len(source) > MOST_GIF_BYTES:
        raise InvalidIssue(
            f"{path} is an animation of {len(source):,} bytes; at most {MOST_GIF_BYTES:,} go into a mail",
            location=place,
            remedy="Save it with fewer frames or colours, or smaller.",
        )
    frames = getattr(image, "n_frames", 1)  # counted without unpacking any
    if frames * image.width * image.height > MOST_MOVED_PIXELS:
        raise InvalidIssue(
            f"{path} is an animation of {count(frames, 'frame')} of {image.width:,} × {image.height:,} pixels; "  # noqa: RUF001
            f"at most {MOST_MOVED_PIXELS // 1_000_000} million pixels in all go into a mail",
            location=place,
            remedy="Save it with fewer frames, or smaller.",
        )
    return source


def _upright_srgb(image: Image.Image) -> Image.Image:
    """Turned as its EXIF says, in sRGB, eight bits a channel: mail clients heed neither tag reliably."""
    profile = image.info.get("icc_profile")
    upright = ImageOps.exif_transpose(image)
    if profile and upright.mode in {"RGB", "RGBA", "CMYK"}:
        upright = _to_srgb(upright, profile)
    transparent = upright.mode in {"RGBA", "LA", "PA"} or "transparency" in upright.info
    if upright.mode.startswith("I"):  # 16 bits; convert() would clip and not scale them
        upright = upright.convert("I").point(lambda value: value / 256)
    grey = upright.mode in {"1", "L", "LA", "I"} and not transparent
    return upright.convert("RGBA" if transparent else "L" if grey else "RGB")


def _to_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = "RGB" if image.mode == "CMYK" else image.mode
        converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError):  # a profile nobody can read: shown as if it were sRGB, as browsers do
        return image
    return converted if converted is not None else image


def _resize(image: Image.Image, width: int) -> Image.Image:
    if image.width <= width:
        return image
    height = max(1, round(image.height * width / image.width))
    return image.resize((width, height), Image.Resampling.LANCZOS)


def _encode(image: Image.Image, source_format: str) -> bytes:
    """The bytes, without any metadata; the same for the same picture and the same Pillow."""
    image.info = {}
    buffer = io.BytesIO()
    if source_format in _JPEGS:
        image.save(buffer, "JPEG", quality=JPEG_QUALITY, progressive=True, optimize=True)
    else:
        _with_palette(image).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _with_palette(image: Image.Image) -> Image.Image:
    """With 256 colours where nobody sees the difference: charts and maps take a third of the bytes."""
    if image.mode != "RGB" or image.getcolors(MOST_CHART_COLOURS) is None:
        return image
    palette = image.quantize(256, Image.Quantize.MAXCOVERAGE, kmeans=5, dither=Image.Dither.NONE)
    differences = ImageChops.difference(palette.convert("RGB"), image).histogram()  # 256 counts for each channel
    seen = any(any(differences[start + UNSEEN_DIFFERENCE + 1 : start + 256]) for start in (0, 256, 512))
    return image if seen else palette


def _opens(content: bytes) -> bool:
    try:
        Image.open(io.BytesIO(content), formats=tuple(_KINDS)).close()
    except (UnidentifiedImageError, OSError):
        return False
    return True


def _described(content: bytes) -> Picture:
    with Image.open(io.BytesIO(content), formats=tuple(_KINDS)) as image:
        extension, content_type = _KINDS[image.format or ""]
        name = f"{hashlib.sha256(content).hexdigest()}.{extension}"
        return Picture(name, content_type, content, image.width, image.height)
