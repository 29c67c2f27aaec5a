"""How a provider is made from dispatch.yaml."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Literal

import pytest

from dispatch.errors import InvalidConfig
from dispatch.location import Location
from dispatch.providers import PROVIDERS, open_provider
from dispatch.providers.provider import Provider

HERE = Location("dispatch.yaml", 12, 3)


@pytest.mark.parametrize(("name", "near"), [("postmrak", "postmark"), ("stmp", "smtp"), ("Outbox", "outbox")])
def test_a_misspelt_provider_is_met_with_the_right_one(name: str, near: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidConfig, match=f"no provider `{name}`") as error:
        open_provider(name, {}, folder=tmp_path, location=HERE)
    assert error.value.problems[0].location == HERE
    assert f"`{near}`" in error.value.problems[0].remedy


def test_an_unlike_name_is_met_with_all(tmp_path: Path) -> None:
    with pytest.raises(InvalidConfig) as error:
        open_provider("pigeon", {}, folder=tmp_path)
    assert all(name in error.value.problems[0].remedy for name in PROVIDERS)


def test_all_wrong_options_are_told_at_once_without_their_values(tmp_path: Path) -> None:
    options = {"tokn": "canary-one", "unsubscribe": "canary-two", "stream": ["canary-three"], "base_url": None}
    with pytest.raises(InvalidConfig) as error:
        open_provider("postmark", options, folder=tmp_path, location=HERE)
    told = str(error.value)
    assert len(error.value.problems) == 5
    assert "postmark has no option `tokn`" in told
    assert "Did you mean `token`? Options of postmark: token, stream, unsubscribe, base_url." in told
    assert "postmark needs the option `token`" in told
    assert "`unsubscribe` of postmark is wrong: input should be 'own' or 'provider'" in told
    assert "`stream` of postmark is wrong" in told
    assert "`base_url` of postmark is wrong" in told
    assert "canary" not in told
    assert {problem.location for problem in error.value.problems} == {HERE}


def test_what_an_option_means_is_checked_by_its_provider_and_told_at_its_place(tmp_path: Path) -> None:
    with pytest.raises(InvalidConfig, match="in the clear") as error:
        open_provider("smtp", {"host": "mail.example.org", "tls": "none"}, folder=tmp_path, location=HERE)
    assert error.value.problems[0].location == HERE


@pytest.mark.parametrize("name", sorted(PROVIDERS))
def test_every_provider_calls_itself_what_the_registry_calls_it(name: str, tmp_path: Path) -> None:
    options = {
        "mailgun": {"api_key": "x", "domain": "example.org"},
        "outbox": {},
        "postmark": {"token": "x"},
        "smtp": {"host": "mail.example.org"},
    }[name]
    provider = open_provider(name, options, folder=tmp_path)
    assert provider.name == name
    assert isinstance(provider, Provider)
    provider.close()


def test_the_registry_imports_no_provider_that_is_not_asked_for() -> None:
    code = "import sys, dispatch.providers; sys.exit('requests' in sys.modules or 'smtplib' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


class Pigeon(Provider):
    name = "pigeon"

    def __init__(self, *, loft: Path = Path("loft"), wings: int, colour: Literal["grey", "white"] = "grey") -> None:
        self.loft, self.wings, self.colour = loft, wings, colour

    capabilities = None  # type: ignore[assignment]

    def submit(self, batch: object, begin: object) -> object:  # type: ignore[override]
        raise NotImplementedError


def test_a_new_provider_is_a_class_and_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pigeons", sys.modules[__name__])
    monkeypatch.setitem(PROVIDERS, "pigeon", "pigeons:Pigeon")
    provider = open_provider("pigeon", {"wings": "2"}, folder=tmp_path)
    assert isinstance(provider, Pigeon)
    assert (provider.loft, provider.wings, provider.colour) == (tmp_path / "loft", 2, "grey")
