"""Pictures fit for mail, and sentences about those that are not."""

import io
from pathlib import Path

import pytest
from PIL import Image, ImageCms, ImageDraw

from dispatch.errors import InvalidIssue
from dispatch.location import Location
from dispatch.rendering.pictures import PictureShelf, shown_size

PLACE = Location("issues/a.yaml", 7, 12)


def save(path: Path, image: Image.Image, **options: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, **options)
    return path


def photograph(width: int = 1600, height: int = 900) -> Image.Image:
    """Something with many colours."""
    return Image.merge("RGB", [Image.effect_noise((width, height), spread) for spread in (40, 60, 90)])


def opened(picture) -> Image.Image:
    return Image.open(io.BytesIO(picture.content))


def refused(folder: Path, path: str) -> str:
    with pytest.raises(InvalidIssue) as caught:
        PictureShelf(folder).picture(path, 552, PLACE)
    assert str(caught.value).startswith("issues/a.yaml:7:12: ")
    return str(caught.value)


def test_a_large_picture_becomes_twice_as_wide_as_it_is_shown(tmp_path):
    save(tmp_path / "images/a.jpg", photograph(2400, 1350))
    picture = PictureShelf(tmp_path).picture("images/a.jpg", 552)
    assert (picture.width, picture.height) == (1104, 621)
    assert opened(picture).size == (1104, 621)
    assert shown_size(picture, 552) == (552, 310)


def test_a_small_picture_is_never_made_larger(tmp_path):
    save(tmp_path / "a.png", Image.new("RGB", (400, 120), "red"))
    picture = PictureShelf(tmp_path).picture("a.png", 552)
    assert (picture.width, picture.height) == (400, 120)
    assert shown_size(picture, 552) == (400, 120)
    assert shown_size(picture, 160, 30) == (100, 30)


def test_the_name_is_the_hash_of_the_bytes_and_the_bytes_are_always_the_same(tmp_path):
    save(tmp_path / "one/a.jpg", photograph())
    (tmp_path / "two").mkdir()
    (tmp_path / "two/b.jpg").write_bytes((tmp_path / "one/a.jpg").read_bytes())
    one = PictureShelf(tmp_path).picture("one/a.jpg", 552)
    assert PictureShelf(tmp_path / "two").picture("b.jpg", 552) == one
    assert one.name.endswith(".jpg")
    assert len(one.name) == 64 + 4
    assert one.content_type == "image/jpeg"


def test_a_photograph_is_progressive_and_carries_no_metadata(tmp_path):
    exif = Image.Exif()
    exif[0x010E] = "where I live"
    save(tmp_path / "a.jpg", photograph(), exif=exif, comment=b"secret")
    picture = PictureShelf(tmp_path).picture("a.jpg", 552)
    image = opened(picture)
    assert image.info.get("progressive")
    assert not image.getexif()
    assert b"where I live" not in picture.content
    assert b"secret" not in picture.content


def test_a_picture_is_turned_as_its_exif_says(tmp_path):
    image = Image.new("RGB", (300, 100), "blue")
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    save(tmp_path / "a.jpg", image, exif=exif)
    picture = PictureShelf(tmp_path).picture("a.jpg", 552)
    assert (picture.width, picture.height) == (100, 300)


def test_colours_come_into_srgb_and_the_profile_goes(tmp_path):
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    save(tmp_path / "srgb.png", Image.new("RGB", (10, 10), "#a3241b"), icc_profile=srgb.tobytes())
    save(tmp_path / "broken.png", Image.new("RGB", (10, 10), "#a3241b"), icc_profile=b"no profile")
    save(tmp_path / "lab.png", Image.new("RGB", (10, 10), "#a3241b"), icc_profile=profile.tobytes())
    for name in ("srgb.png", "broken.png", "lab.png"):
        image = opened(PictureShelf(tmp_path).picture(name, 552))
        assert "icc_profile" not in image.info
        assert image.convert("RGB").getpixel((0, 0)) == (0xA3, 0x24, 0x1B)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16"])
def test_every_colour_mode_is_read(tmp_path, mode):
    save(tmp_path / "a.x", Image.new(mode, (20, 10), 0), format="JPEG" if mode == "CMYK" else "PNG")
    assert PictureShelf(tmp_path).picture("a.x", 552).width == 20


def test_sixteen_bits_are_scaled_and_not_clipped(tmp_path):
    save(tmp_path / "a.png", Image.new("I;16", (4, 4), 0x8000))
    assert opened(PictureShelf(tmp_path).picture("a.png", 552)).convert("L").getpixel((0, 0)) == 0x80


def test_what_is_transparent_stays_so(tmp_path):
    image = Image.new("RGBA", (2000, 1000), (0, 0, 0, 0))
    ImageDraw.Draw(image).ellipse((500, 200, 1500, 800), fill="red")
    save(tmp_path / "a.png", image)
    result = opened(PictureShelf(tmp_path).picture("a.png", 552))
    assert result.mode == "RGBA"
    assert result.getpixel((0, 0))[3] == 0


def test_a_chart_gets_a_palette_and_a_photograph_does_not(tmp_path):
    chart = Image.new("RGB", (2000, 800), "white")
    ImageDraw.Draw(chart).text((100, 100), "52.9", fill="#a3241b", font_size=300)
    save(tmp_path / "chart.png", chart)
    save(tmp_path / "photo.png", photograph())
    shelf = PictureShelf(tmp_path)
    assert opened(shelf.picture("chart.png", 552)).mode == "P"
    assert opened(shelf.picture("photo.png", 552)).mode == "RGB"


def test_an_animation_passes_through_if_it_is_small(tmp_path):
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("red", "green", "blue")]
    path = save(tmp_path / "a.gif", frames[0], save_all=True, append_images=frames[1:])
    picture = PictureShelf(tmp_path).picture("a.gif", 552)
    assert picture.content == path.read_bytes()
    assert picture.content_type == "image/gif"
    noise = [Image.effect_noise((900, 900), 90) for _ in range(2)]
    save(tmp_path / "big.gif", noise[0], save_all=True, append_images=noise[1:])
    assert "an animation of" in refused(tmp_path, "big.gif")


def test_a_still_gif_becomes_a_png(tmp_path):
    save(tmp_path / "a.gif", Image.new("P", (40, 40), 1))
    assert PictureShelf(tmp_path).picture("a.gif", 552).content_type == "image/png"


def test_the_cache_answers_and_a_broken_entry_is_made_again(tmp_path):
    save(tmp_path / "a.jpg", photograph())
    cache = tmp_path / ".dispatch/pictures"
    first = PictureShelf(tmp_path, cache).picture("a.jpg", 552)
    [entry] = cache.iterdir()
    assert entry.read_bytes() == first.content
    other = save(tmp_path / "other.png", Image.new("RGB", (8, 8)))
    entry.write_bytes(other.read_bytes())
    assert PictureShelf(tmp_path, cache).picture("a.jpg", 552).width == 8  # it was asked
    entry.write_bytes(first.content[:100])
    assert PictureShelf(tmp_path, cache).picture("a.jpg", 552) == first
    assert PictureShelf(tmp_path, cache).picture("a.jpg", 160).width == 320


@pytest.mark.parametrize("path", ["../secret.png", "images/../../secret.png", "images/link.png"])
def test_a_path_or_link_that_leaves_the_folder_is_refused(tmp_path, path):
    save(tmp_path / "secret.png", Image.new("RGB", (4, 4)))
    folder = tmp_path / "newsletter"
    (folder / "images").mkdir(parents=True)
    (folder / "images/link.png").symlink_to(tmp_path / "secret.png")
    assert "leads out of the newsletter folder" in refused(folder, path)


@pytest.mark.parametrize("path", ["/etc/passwd", "images\\a.png", "a\0.png"])
def test_a_path_that_is_not_one_of_the_folder_is_refused(tmp_path, path):
    assert "is not a path inside the newsletter folder" in refused(tmp_path, path)


def test_a_missing_picture_is_told_with_its_likely_name(tmp_path):
    save(tmp_path / "images/bridge.png", Image.new("RGB", (4, 4)))
    assert "Did you mean images/bridge.png?" in refused(tmp_path, "images/brigde.png")
    assert "Did you mean images/bridge.png?" in refused(tmp_path, "bridge.png")
    assert f"Put it there: paths are relative to {tmp_path}." in refused(tmp_path, "zebra.png")
    assert "there is no picture images" in refused(tmp_path, "images")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "Gmail and Outlook do not show SVG"),
        (b"hello", "is not a picture"),
        (b"", "is not a picture"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 40, "a.x"),
    ],
)
def test_what_is_no_picture_is_refused_with_a_remedy(tmp_path, content, expected):
    (tmp_path / "a.x").write_bytes(content)
    assert expected in refused(tmp_path, "a.x")


@pytest.mark.parametrize("kind", ["WEBP", "AVIF", "TIFF", "BMP"])
def test_formats_that_mail_clients_do_not_show_are_refused(tmp_path, kind):
    save(tmp_path / "a.x", Image.new("RGB", (32, 32)), format=kind)
    told = refused(tmp_path, "a.x")
    assert "cannot go into a mail" in told
    assert "Save it as JPEG" in told


def test_a_damaged_picture_is_told(tmp_path):
    save(tmp_path / "a.jpg", photograph(400, 300))
    content = (tmp_path / "a.jpg").read_bytes()
    (tmp_path / "a.jpg").write_bytes(content[: len(content) // 2])
    assert "a.jpg is damaged" in refused(tmp_path, "a.jpg")


@pytest.mark.parametrize("side", [8_000, 20_000])
def test_a_decompression_bomb_is_refused_before_it_is_unpacked(tmp_path, side):
    save(tmp_path / "a.png", Image.new("1", (side, side)))
    assert (tmp_path / "a.png").stat().st_size < 100_000
    assert "has more than 50 million pixels" in refused(tmp_path, "a.png")


def test_what_can_only_be_unpacked_whole_has_fewer_pixels(tmp_path):
    save(tmp_path / "a.png", Image.new("1", (5_100, 5_000)))
    assert "has more than 25 million pixels" in refused(tmp_path, "a.png")


def test_the_largest_photographs_of_telephones_are_not_unpacked_whole(tmp_path, monkeypatch):
    save(tmp_path / "a.jpg", photograph(1600, 1200), quality=50)
    monkeypatch.setattr("dispatch.rendering.pictures.MOST_WHOLE_PIXELS", 1_000_000)
    sizes = []
    monkeypatch.setattr("dispatch.rendering.pictures._upright_srgb", lambda image: sizes.append(image.size) or image)
    assert PictureShelf(tmp_path).picture("a.jpg", 300).width == 600
    assert sizes == [(800, 600)]


def test_an_animation_of_too_many_pixels_is_refused_before_it_is_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr("dispatch.rendering.pictures.MOST_MOVED_PIXELS", 100_000)
    frames = [Image.new("RGB", (200, 100), (number, 0, 0)) for number in range(0, 210, 30)]
    save(tmp_path / "a.gif", frames[0], save_all=True, append_images=frames[1:])
    told = refused(tmp_path, "a.gif")
    assert "an animation of 7 frames of 200 × 100 pixels" in told
    assert "fewer frames" in told


@pytest.mark.parametrize("kind", ["EPS", "ICO"])
def test_nothing_but_pictures_for_mail_is_decoded(tmp_path, kind):
    save(tmp_path / "a.x", Image.new("RGB", (32, 32)), format=kind)
    assert "is not a picture of a kind that mail clients show" in refused(tmp_path, "a.x")


@pytest.mark.parametrize("what", ["picture", "file"])
def test_a_name_that_no_disk_takes_is_told_where_it_is_written(tmp_path: Path, what: str) -> None:
    (tmp_path / "round.png").symlink_to("round.png")
    place = Location("issues/a.yaml", 3, 7)
    for path, why in ((f"{'a' * 300}.png", "File name too long"), ("round.png", "circle")):
        with pytest.raises(InvalidIssue, match=why) as caught:
            PictureShelf(tmp_path).read(path, place, what)
        [problem] = caught.value.problems
        assert problem.location == place
        assert problem.remedy
