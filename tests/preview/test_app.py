"""What the preview answers: the mail in a sandbox, pictures out of memory, a stream of views that follows the files."""

from __future__ import annotations

import hashlib
import re
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from PIL import Image

from preview.client import SETTINGS, TIDES, Preview

View = dict[str, Any]

WINDY = """\
title: Winds and weather
date: 2026-02-02
allow: {vague-link-text: A joke.}
blocks:
  - paragraph: It blew ([here](https://harbour.example/winds)).
  - paragraph: It blew (and blew.
"""


FRAME = "base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"


@pytest.mark.parametrize("path", ["mail", "web"])
@pytest.mark.parametrize(("images", "from_where"), [("on", "'self' data: https:"), ("off", "'none'")])
def test_a_mail_may_show_itself_and_nothing_else(quiet: Preview, path: str, images: str, from_where: str) -> None:
    answer = quiet.ask(path, issue="tides", images=images)
    policy = f"default-src 'none'; img-src {from_where}; style-src 'unsafe-inline'; {FRAME}"
    assert answer.headers["content-security-policy"] == policy
    assert "the tide is out." in answer.text


def test_the_desk_runs_its_own_scripts_only_and_in_no_frame(quiet: Preview) -> None:
    answer = quiet.ask("")
    assert answer.headers["content-security-policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )
    for name in re.findall(r'(?:href|src)="(static/[^"]+)"', answer.text):
        assert quiet.ask(name).headers["content-security-policy"] == answer.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["", "static/desk.js", "mail", "web", "texts", "issues", "media"])
def test_no_answer_tells_its_address_or_lets_itself_be_taken_for_something_else(quiet: Preview, path: str) -> None:
    if path == "media":
        [path] = re.findall(r'src="(media/[^"]+)"', quiet.ask("mail", issue="tides").text)
    headers = quiet.ask(path, issue="tides").headers
    assert headers["referrer-policy"] == "no-referrer"  # the address holds the token
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-opener-policy"] == headers["cross-origin-resource-policy"] == "same-origin"


def test_pictures_come_out_of_memory_by_their_hash(quiet: Preview) -> None:
    [source] = re.findall(r'src="(media/[^"]+)"', quiet.ask("mail", issue="tides").text)
    answer = quiet.ask(source)
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert source == f"media/{hashlib.sha256(answer.body).hexdigest()}.png"
    assert quiet.ask(f"media/{'0' * 64}.png").status == 404


@pytest.mark.parametrize("folder", ["static", "media"])
@pytest.mark.parametrize(
    "name",
    ["../dispatch.yaml", "..%2fdispatch.yaml", "%2e%2e/%2e%2e/etc/passwd", "..%5cdispatch.yaml", "", ".", "desk.py",
     "/etc/passwd", "%2fetc%2fpasswd", "desk.css%00", "images/pier.png"],
)  # fmt: skip
def test_no_path_leads_to_another_file(quiet: Preview, folder: str, name: str) -> None:
    assert quiet.ask(f"{folder}/{name}").status == 404


@pytest.mark.parametrize("name", ["../dispatch", "issues/tides.yaml", "/etc/passwd", "../issues/tides", "tides.yaml"])
def test_the_name_of_an_issue_is_no_path(quiet: Preview, name: str) -> None:
    assert quiet.ask("mail", issue=name).status == 404
    with quiet.views(issue=name) as views:
        view = next(views)
    assert (view["mail"], view["problems"][0]["message"]) == (None, f"there is no issue {name}")


def test_the_address_that_is_printed_names_an_issue(quiet: Preview) -> None:
    assert quiet.url.endswith("/?issue=tides")
    titles = [issue["title"] for issue in quiet.ask("issues").json]
    assert titles == ["The tides of March", "Winds and weather"]


def test_a_view_tells_what_the_desk_shows(quiet: Preview) -> None:
    with quiet.views(issue="tides") as views:
        view = next(views)
    assert (view["newsletter"], view["issue"], view["person"], view["problems"]) == ("Harbour Notes", "tides", None, [])
    mail = view["mail"]
    assert (mail["from"], mail["subject"]) == ("Harbour Notes", "The tides of March")
    assert mail["preheader"] == "When the water comes, reader."
    assert "Hello reader, the tide is out." in mail["text"]
    assert mail["pictures"] == 1
    assert mail["embedded"]


def test_anybody_on_the_list_can_be_looked_over_the_shoulder(quiet: Preview) -> None:
    with quiet.views(issue="tides", **{"as": "ELODIE@example.org"}) as views:
        view = next(views)
    assert view["person"]["name"] == "Élodie Laurent"
    assert view["mail"]["preheader"] == "When the water comes, Élodie."
    assert "Hello Élodie, the tide" in quiet.ask("mail", issue="tides", **{"as": "elodie@example.org"}).text


def test_who_is_not_on_the_list_is_nobody(quiet: Preview) -> None:
    with quiet.views(issue="tides", **{"as": "stranger@example.org"}) as views:
        view = next(views)
    assert view["person"] is None
    assert "Hello reader" in view["mail"]["text"]


def test_people_are_found_by_what_is_known_of_them(quiet: Preview) -> None:
    def found(query: str) -> list[str]:
        return [person["email"] for person in quiet.ask("people", q=query).json["people"]]

    assert found("") == ["elodie@example.org", "omar@example.org", "zoe@example.org"]
    assert found("elodie") == found("LAURENT paid") == found("fr élo") == ["elodie@example.org"]
    assert found("elodie omar") == []


def test_findings_have_their_place(quiet: Preview) -> None:
    with quiet.views(issue="winds") as views:
        generation = str(next(views)["generation"])
    [finding] = quiet.ask("findings", issue="winds", generation=generation).json["findings"]
    assert (finding["severity"], finding["file"], finding["line"]) == ("warning", "issues/winds.yaml", 1)
    assert "preheader" in finding["message"]
    assert quiet.ask("findings", issue="winds", generation="99").json == {"findings": None}
    assert quiet.ask("findings", issue="winds", generation="none").status == 400


def test_a_finding_names_its_block_and_opens_its_place_in_the_editor(
    newsletter: Path, start: Callable[..., Preview]
) -> None:
    (newsletter / "issues/winds.yaml").write_text(WINDY)
    preview = start(newsletter)
    with preview.views(issue="winds") as views:
        generation = str(next(views)["generation"])
    answer = preview.ask("findings", issue="winds", generation=generation).json
    found = {finding["check"]: finding for finding in answer["findings"]}
    assert {check: finding["block"] for check, finding in found.items()} == {
        "missing-preheader": None,
        "unbalanced-brackets": "blocks.1",
    }
    path = quote(str(preview.folder / "issues/winds.yaml"))
    assert found["unbalanced-brackets"]["editor"] == f"vscode://file{path}:6:24"
    [allowed] = answer["waived"]
    assert (allowed["check"], allowed["block"], allowed["reason"]) == ("vague-link-text", "blocks.0", "A joke.")
    assert allowed["editor"].startswith(f"vscode://file{path}:5:")


def test_blocks_are_told_with_their_lines_and_named_in_the_mail(quiet: Preview) -> None:
    with quiet.views(issue="tides") as views:
        view = next(views)
    lines = {each["block"]: (each["line"], each["lines"]) for each in view["blocks"]}
    assert lines["cover"] == (4, ["cover: {image: images/pier.png, alt: A pier at low tide.}"])
    assert lines["blocks.1"] == (7, ["  - heading: Why it matters"])
    blocks = ["blocks.0", "blocks.1", "blocks.2"]
    assert list(lines) == ["title", "preheader", "date", "cover", *blocks, "signoff.signature"]
    named = re.findall(r'data-block="([^"]*)"', quiet.ask("mail", issue="tides").text)
    assert list(dict.fromkeys(named)) == ["preheader", "date", "title", "cover", *blocks, "signoff.signature"]
    assert view["file"] == {
        "file": "issues/tides.yaml",
        "editor": f"vscode://file{quote(str(quiet.folder / 'issues/tides.yaml'))}:1:1",
    }


def test_the_editor_is_a_setting_that_is_followed(preview: Preview) -> None:
    with preview.views(issue="tides") as views:
        next(views)
        preview.write("dispatch.yaml", f"{SETTINGS}preview: {{editor: 'my://{{file}}?{{line}}'}}\n")
        address = f"my://{quote(str(preview.folder / 'issues/tides.yaml'))}?1"
        until(views, lambda view: view["file"]["editor"] == address)
        preview.write("dispatch.yaml", f"{SETTINGS}preview: {{editor: none}}\n")
        until(views, lambda view: not view["file"]["editor"])
        preview.write("dispatch.yaml", f"{SETTINGS}preview: {{editor: 'javascript:{{file}}'}}\n")
        [problem] = until(views, lambda view: view["problems"])["problems"]
    assert (problem["file"], problem["line"], problem["column"]) == ("dispatch.yaml", 10, 20)
    assert problem["message"] == "javascript: is opened by the browser itself, and not by an editor"


def until(views: Iterator[View], expected: Callable[[View], object]) -> View:
    """The first view that is as expected; a save may be told in two parts on a busy machine."""
    return next(view for view in views if expected(view))


def says(text: str) -> Callable[[View], bool]:
    """Whether the mail's text holds a text."""
    return lambda view: view["mail"] and text in view["mail"]["text"]


def test_a_save_is_seen(preview: Preview) -> None:
    with preview.views(issue="tides") as views:
        before = next(views)
        preview.write("issues/tides.yaml", TIDES.replace("the tide is out", "the tide is in"))
        after = until(views, says("the tide is in"))
    assert after["mail"]["version"] != before["mail"]["version"]


def test_a_burst_of_saves_ends_with_the_last_one(preview: Preview) -> None:
    with preview.views(issue="tides") as views:
        next(views)
        for number in range(40):
            preview.write("issues/tides.yaml", TIDES.replace("the tide is out", f"tide {number}."))
        seen = [next(views)]
        while "tide 39." not in seen[-1]["mail"]["text"]:
            seen.append(next(views))
    assert len(seen) < 20


def test_a_file_that_is_written_in_pieces_is_never_told_as_a_mistake(preview: Preview) -> None:
    new = TIDES.replace("the tide is out", "the tide has turned")
    with preview.views(issue="tides") as views:
        next(views)
        with (preview.folder / "issues/tides.yaml").open("w") as file:
            for start in range(0, len(new), 60):
                file.write(new[start : start + 60])
                file.flush()
                time.sleep(0.03)  # longer than a burst lasts: the pieces are compiled
        seen = [next(views)]
        while not (says("has turned")(seen[-1]) and says("Mara")(seen[-1])):
            seen.append(next(views))
    assert [view["problems"] for view in seen] == [[] for _ in seen]


def test_mistakes_come_with_place_and_remedy_over_the_last_good_mail_and_go_when_mended(preview: Preview) -> None:
    with preview.views(issue="tides") as views:
        good = next(views)
        preview.write("issues/tides.yaml", TIDES.replace("preheader:", "preheder:").replace("heading:", "headin:"))
        bad = until(views, lambda view: view["problems"])
        places = [(problem["file"], problem["line"], problem["column"]) for problem in bad["problems"]]
        assert places == [("issues/tides.yaml", 2, 1), ("issues/tides.yaml", 7, 5)]
        assert all(problem["hint"] for problem in bad["problems"])
        assert bad["mail"] == good["mail"]
        assert [issue["readable"] for issue in preview.ask("issues").json] == [False, True]
        preview.write("issues/tides.yaml", TIDES)
        mended = until(views, lambda view: not view["problems"])
    assert mended["mail"]["version"] == good["mail"]["version"]


def test_a_mistake_in_dispatch_yaml_is_told_the_same_way(preview: Preview) -> None:
    with preview.views(issue="tides") as views:
        good = next(views)
        preview.write("dispatch.yaml", SETTINGS.replace("from:", "frm:"))
        bad = until(views, lambda view: view["problems"])
        assert {problem["file"] for problem in bad["problems"]} == {"dispatch.yaml"}
        assert bad["mail"] == good["mail"]
        preview.write("dispatch.yaml", SETTINGS.replace("Harbour Notes", "Harbour News"))
        mended = until(views, lambda view: not view["problems"])
    assert (mended["newsletter"], mended["mail"]["from"]) == ("Harbour News", "Harbour News")


def test_an_issue_that_is_deleted_stays_to_be_looked_at_until_it_comes_back(preview: Preview) -> None:
    path = preview.folder / "issues/tides.yaml"
    with preview.views(issue="tides") as views:
        good = next(views)
        path.unlink()
        gone = until(views, lambda view: view["problems"])
        assert gone["problems"][0]["message"] == "this issue's file is gone"
        assert gone["mail"] == good["mail"]
        assert [issue["name"] for issue in preview.ask("issues").json] == ["winds"]
        path.write_text(TIDES, "utf-8")
        until(views, lambda view: not view["problems"])


def test_pictures_templates_and_subscribers_are_followed_too(preview: Preview) -> None:
    blocks = Path(__file__).parents[2] / "templates/blocks"
    pier = preview.folder / "images/pier.png"
    with preview.views(issue="tides", **{"as": "omar@example.org"}) as views:
        first = next(views)
        pier.rename(preview.folder / "images/other.png")
        missing = until(views, lambda view: view["problems"])
        assert missing["problems"][0]["message"] == "there is no picture images/pier.png"
        (preview.folder / "images/other.png").rename(pier)
        assert until(views, lambda view: not view["problems"])["mail"]["version"] == first["mail"]["version"]
        Image.new("RGB", (40, 30), "#000000").save(pier)
        until(views, lambda view: view["mail"]["version"] != first["mail"]["version"])

        own = preview.folder / "templates/blocks"
        own.mkdir(parents=True)
        (own / "heading.mjml.j2").write_text((blocks / "heading.mjml.j2").read_text() + "<p>A line of the theme.</p>")
        until(views, lambda _: "A line of the theme." in preview.ask("mail", issue="tides").text)

        preview.write("subscribers.csv", "email,first_name\nomar@example.org,Omar the Second\n")
        assert until(views, says("Hello Omar the Second"))["person"]["name"] == ""


def test_a_newsletter_without_an_issue_waits_for_its_first(preview: Preview) -> None:
    shutil.rmtree(preview.folder / "issues")
    with preview.views() as views:
        empty = until(views, lambda view: view["issue"] == "")
        assert (empty["mail"], empty["problems"]) == (None, [])
        (preview.folder / "issues").mkdir()
        preview.write("issues/first.yaml", "title: First\nblocks: [paragraph: Here.]\n")
        assert until(views, says("Here."))["issue"] == "first"


def test_looking_leaves_the_newsletter_as_it_is(quiet: Preview) -> None:
    quiet.ask("mail", issue="tides", **{"as": "elodie@example.org"})
    written = {path.relative_to(quiet.folder).parts[0] for path in quiet.folder.rglob("*") if path.is_file()}
    assert written == {"dispatch.yaml", "subscribers.csv", "issues", "images", ".dispatch"}
    state = {path.name for path in (quiet.folder / ".dispatch").iterdir()}
    assert state == {"pictures", "preview.key"}  # a cache, and what the address comes from; no database, no signing key
