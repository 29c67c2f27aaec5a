"""The house's terms as they lie in the newsletter's folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from dispatch.content.terms import Terms
from dispatch.errors import InvalidTerms
from dispatch.inspection.house_terms import house_terms


def test_a_newsletter_may_have_none(tmp_path: Path) -> None:
    assert house_terms(tmp_path) == Terms()


def test_they_are_those_of_the_file_as_it_is_now(tmp_path: Path) -> None:
    file = tmp_path / "terms.yaml"
    file.write_text("accept: [KCNA]\n")
    assert house_terms(tmp_path).accepts("KCNA")
    file.write_text("accept: [Tumen]\n")
    assert not house_terms(tmp_path).accepts("KCNA")


def test_what_is_wrong_with_the_file_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("terms.yaml").write_text("accept: [KCNA, KCNA]\n")
    with pytest.raises(InvalidTerms, match=r"^terms\.yaml:1:16: “KCNA” stands here twice"):
        house_terms(Path())


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere.yaml").write_text("accept: [KCNA]\n")
    newsletter = tmp_path / "newsletter"
    newsletter.mkdir()
    (newsletter / "terms.yaml").symlink_to(tmp_path / "elsewhere.yaml")
    with pytest.raises(InvalidTerms, match="it leads out of the newsletter's folder"):
        house_terms(newsletter)


def test_a_folder_is_no_file_of_terms(tmp_path: Path) -> None:
    (tmp_path / "terms.yaml").mkdir()
    with pytest.raises(InvalidTerms, match="it is no file"):
        house_terms(tmp_path)
