"""Each setting keeps its rule, or is told with a remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from dispatch.config import Config, load_config
from dispatch.errors import InvalidConfig


def load(folder: Path, **settings: str) -> Config:
    """A configuration with some settings (`newsletter__url`) written as YAML into an otherwise right one."""
    lines = {
        "newsletter__name": "The Weekly",
        "newsletter__url": "https://weekly.example",
        "newsletter__postal_address": "1 High Street, Town",
        "from": "Joy <joy@weekly.example>",
    }
    lines |= {key.removesuffix("_"): value for key, value in settings.items()}
    text = ""
    for section in dict.fromkeys(key.partition("__")[0] for key in lines):
        text += f"{section}:"
        for key, value in lines.items():
            if key == section:
                text += f" {value}\n"
            elif key.startswith(f"{section}__"):
                text += f"\n  {key.partition('__')[2]}: {value}"
        text += "\n"
    (folder / "dispatch.yaml").write_text(text)
    return load_config(folder, environ={})


def told(folder: Path, **settings: str) -> str:
    with pytest.raises(InvalidConfig) as caught:
        load(folder, **settings)
    (problem,) = caught.value.problems
    assert problem.remedy
    assert problem.location
    assert problem.location.line
    return problem.message


@pytest.mark.parametrize(
    ("written", "means"),
    [
        ("https://weekly.example/", "https://weekly.example"),
        ("https://example.org/the/weekly", "https://example.org/the/weekly"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://weekly.localhost", "http://weekly.localhost"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_an_address_of_the_newsletter(tmp_path: Path, written: str, means: str) -> None:
    config = load(tmp_path, newsletter__url=written)
    assert config.newsletter.url == means
    assert config.unsubscribe.url == f"{means}/u/"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("http://weekly.example", "is not encrypted"),
        ("http://localhost.example", "is not encrypted"),
        ("weekly.example", "is not a web address"),
        ("ftp://weekly.example", "is not a web address"),
        ("https://", "is not a web address"),
        ("https://joy:pw@weekly.example", "is not a web address"),
        ("https://weekly.example:port", "is not a web address"),
        ("https://[::1", "is not a web address"),
        ("https://bücher.example", "characters that no URL has"),
        ("https://weekly.example/a b", "characters that no URL has"),
        ("https://weekly.example/<b>", "characters that no URL has"),
        ("https://weekly.example/?a=b", "has a ? or # in it"),
        ("https://weekly.example/?", "has a ? or # in it"),
        ('"https://weekly.example/#top"', "has a ? or # in it"),
        ("true", "is not a text"),
        ("", "is empty"),
    ],
)
def test_what_is_no_address_of_a_newsletter(tmp_path: Path, written: str, said: str) -> None:
    assert said in told(tmp_path, newsletter__url=written)


def test_the_unsubscribe_address_ends_where_the_token_begins(tmp_path: Path) -> None:
    assert load(tmp_path, unsubscribe__url="https://weekly.example/leave/").unsubscribe.url.endswith("/leave/")
    assert "does not end in a slash" in told(tmp_path, unsubscribe__url="https://weekly.example/leave")
    assert "is not encrypted" in told(tmp_path, unsubscribe__url="http://weekly.example/u/")


def test_the_mailto_is_an_address_alone(tmp_path: Path) -> None:
    assert load(tmp_path, unsubscribe__mailto="leave@Weekly.example").unsubscribe.mailto == "leave@weekly.example"
    assert "not an address" in told(tmp_path, unsubscribe__mailto="Joy <leave@weekly.example>")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Joy", "not an address to mail to"),
        ("Joy <joy@weekly>", "not an address to mail to"),
        ("Joy <joy@weekly.example>, Ann <ann@weekly.example>", "one name with one address"),
        ('"Joy\\nBcc: eve@evil.example <joy@weekly.example>"', "line break"),
        ('"=?utf-8?q?=0ABcc=3A?= <joy@weekly.example>"', "encoded header text"),
        ("josé@weekly.example", "no provider here carries"),
        ("[joy@weekly.example]", "is not a text"),
        ("", "is empty"),
    ],
)
def test_what_is_no_sender(tmp_path: Path, written: str, said: str) -> None:
    assert said in told(tmp_path, from_=written)


def test_the_newsletters_name_and_postal_address_say_something(tmp_path: Path) -> None:
    assert "empty" in told(tmp_path, newsletter__postal_address='"  "')
    assert "empty" in told(tmp_path, newsletter__name='""')
    assert "longer than 100" in told(tmp_path, newsletter__name="x" * 101)
    assert "line break" in told(tmp_path, newsletter__name='"a\\nb"')
    assert load(tmp_path, newsletter__name="1984.10").newsletter.name == "1984.10"
    assert load(tmp_path, newsletter__postal_address="|\n    a\n    b").newsletter.postal_address == "a\nb"


@pytest.mark.parametrize("tag", ["en", "FR", "pt-BR", "zh-Hant-TW", "sr-Latn", "es-419", "de-1901", "no"])
def test_a_language(tmp_path: Path, tag: str) -> None:
    assert load(tmp_path, newsletter__language=tag).newsletter.language == tag


@pytest.mark.parametrize("tag", ["english", "en_GB", "e", "en-", "en-GB-", "123", '"en US"'])
def test_what_is_no_language(tmp_path: Path, tag: str) -> None:
    assert "is not a language tag" in told(tmp_path, newsletter__language=tag)


@pytest.mark.parametrize(
    "zone", ["Europe/Pariss", "../../etc/passwd", "/etc/localtime", "Europe", "Paris", '"\\u00e9"']
)
def test_what_is_no_time_zone(tmp_path: Path, zone: str) -> None:
    assert "is not a time zone" in told(tmp_path, newsletter__timezone=zone)


@pytest.mark.parametrize(("written", "per_second"), [("50/s", 50.0), ("600/m", 10.0), ("3600/h", 1.0), ("5 / s", 5.0)])
def test_a_rate(tmp_path: Path, written: str, per_second: float) -> None:
    assert load(tmp_path, delivery__rate=written).delivery.per_second == per_second


@pytest.mark.parametrize("written", ["50", "50/d", "0/s", "-5/s", "1.5/s", "fast", "50 per second", "١/s"])
def test_what_is_no_rate(tmp_path: Path, written: str) -> None:
    assert "is not a rate" in told(tmp_path, delivery__rate=written)


def test_a_colour_without_quotes_is_a_comment_to_yaml(tmp_path: Path) -> None:
    assert load(tmp_path, theme__accent='"#A3241b"').theme.accent == "#a3241b"
    assert load(tmp_path, theme__accent='"#fa0"').theme.accent == "#ffaa00"
    with pytest.raises(InvalidConfig, match="comment"):
        load(tmp_path, theme__accent="#a3241b")
    for written in ("red", '"#12345"', '"#12345g"', '"#a3241b; }"'):
        assert "is not a colour" in told(tmp_path, theme__accent=written)


def test_a_font_cannot_leave_its_declaration(tmp_path: Path) -> None:
    assert load(tmp_path, theme__font="\"'Source Serif', Georgia, serif\"").theme.font
    assert "is not a list of fonts" in told(tmp_path, theme__font='"a; } body { display: none"')


def test_segments_are_kept_as_text(tmp_path: Path) -> None:
    config = load(tmp_path, segments__french="'language == \"fr\"'")
    assert config.segments == {"french": 'language == "fr"'}
    assert str(config.locate(("segments", "french"))).endswith("dispatch.yaml:8:12")


@pytest.mark.parametrize(
    "settings",
    [
        {"images": "inline"},
        {"delivery__claim": "everybody"},
        {"delivery__on_uncertain": "resend"},
        {"delivery__concurrency": "513"},
        {"delivery__concurrency": "many"},
        {"tracking": "aggregate"},
        {"unsubscribe__probe": "maybe"},
        {"provider": "smtp"},
        {"providers": "[smtp]"},
        {"segments__french": ""},
        {"segments__1st": "x"},
        {"newsletter__nmae": "x"},
        {"theme__color": "x"},
        {"reply-to": "joy@weekly.example"},
    ],
    ids=str,
)
def test_what_else_is_told(tmp_path: Path, settings: dict[str, str]) -> None:
    assert told(tmp_path, **settings)


def test_the_settings_cannot_be_changed(tmp_path: Path) -> None:
    config = load(tmp_path)
    with pytest.raises(ValueError, match="frozen"):
        config.provider = "smtp"
