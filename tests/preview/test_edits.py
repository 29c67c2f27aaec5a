"""Edits by the desk: only their characters change, no save of anybody else is lost, and nobody else may write."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from dispatch.errors import FileChanged
from dispatch.preview.desk import Desk
from dispatch.preview.edits import MOST_BYTES, AskedEdit, AskedEdits, Editor, label
from dispatch.project import Project
from preview.client import TIDES, Preview

Start = Callable[..., Preview]

# A byte order mark, an emoji, CRLF; every style of YAML text.
EVERY_STYLE = (
    "\ufefftitle: The tides 🌊 of March  # a comment\r\n"
    "preheader: 'It''s the water 🌊.'\r\n"
    'subtitle: "Say \\"when\\" 🌊\\u2026"\r\n'
    "blocks:\r\n"
    "  - paragraph: >-\r\n"
    "      The boats 🌊 wait\r\n"
    "      for the tide.\r\n"
    "  - paragraph: |\r\n"
    "      A line 🌊.\r\n"
    "      Another line.\r\n"
    "  - list: [salt, 'ropes']\r\n"
)


def texts(preview: Preview, issue: str = "tides") -> dict[str, Any]:
    """What the desk's page knows: the digest, and each text with its path."""
    return dict(preview.ask("texts", issue=issue).json)


def wanted(preview: Preview, path: list[str | int], text: str, *, issue: str = "tides") -> dict[str, Any]:
    """An edit of a whole text."""
    return {"issue": issue, "digest": texts(preview, issue)["digest"], "edits": [{"path": path, "text": text}]}


CHART = """\
title: Ships
blocks:
  - chart:
      title: Ships in the harbour
      data: {"2022": 3.80, 2023: 12,  # counted
        Norway: null, "of these: sails": -1e3}
  - chart: {title: Two, type: line, series: [road, rail], data: {a: [1, null], b: [3, 0.5]}}
"""


def test_a_number_of_a_chart_is_edited_as_a_text_is(desk: Preview) -> None:
    desk.settle(CHART)
    numbers = {each["label"]: each for each in texts(desk)["texts"] if "number" in each["label"]}
    assert [(name, each["text"], each["place"]) for name, each in numbers.items()] == [
        ("Chart number: 2022", "3.80", "issues/tides.yaml:5:22"),
        ("Chart number: 2023", "12", "issues/tides.yaml:5:34"),
        ("Chart number: of these: sails", "-1e3", "issues/tides.yaml:6:42"),
        ("Chart number 1: a", "1", "issues/tides.yaml:7:70"),
        ("Chart number 1: b", "3", "issues/tides.yaml:7:84"),
        ("Chart number 2: b", "0.5", "issues/tides.yaml:7:87"),
    ]
    for name, text, refusal, remedy in (
        ("Chart number: 2022", "3,8", "“3,8” is not a number", "Write 3.8: the decimals stand behind a point"),
        ("Chart number: 2023", "12 000", "“12 000” is not a number", "Write 12000: no sign between thousands."),
        ("Chart number: 2023", "many", "“many” is not a number", "Write digits"),
        ("Chart number 2: b", "", "there is no number here", "Write digits."),
        ("Chart number 2: b", "1e99", "this is too large", "count in millions"),
    ):
        answer = desk.post("edit", wanted(desk, numbers[name]["path"], text))
        assert answer.status == 422
        [problem] = answer.json["problems"]
        assert refusal in problem["message"]
        assert remedy in problem["hint"]
        assert f"{problem['file']}:{problem['line']}:{problem['column']}" == numbers[name]["place"]
    content = CHART
    for name, text, old, new in (
        ("Chart number: 2022", "3.90", "3.80", "3.90"),
        ("Chart number: 2023", "120", "2023: 12,", "2023: 120,"),
        ("Chart number: of these: sails", "-1.5", "-1e3", "-1.5"),
        ("Chart number 2: b", "-0.5", "[3, 0.5]", "[3, -0.5]"),
    ):
        assert desk.post("edit", wanted(desk, numbers[name]["path"], text)).status == 200
        content = content.replace(old, new)
        assert (desk.folder / "issues/tides.yaml").read_text() == content
        desk.settle(content)


def test_the_texts_are_told_as_they_are_written(desk: Preview) -> None:
    desk.settle(EVERY_STYLE)
    told = [each for each in texts(desk)["texts"] if not each["absent"]]
    assert [(each["label"], each["text"]) for each in told] == [
        ("Title", "The tides 🌊 of March"),
        ("Preheader", "It's the water 🌊."),
        ("Subtitle", 'Say "when" 🌊…'),
        ("Paragraph", "The boats 🌊 wait for the tide."),
        ("Paragraph", "A line 🌊.\nAnother line."),
        ("List 1", "salt"),
        ("List 2", "ropes"),
    ]
    assert told[3]["path"] == ["blocks", 0, "paragraph"]
    assert [each["block"] for each in told[2:5]] == ["subtitle", "blocks.0", "blocks.1"]
    assert told[3]["place"] == "issues/tides.yaml:6:7"


def test_a_text_that_is_not_there_is_offered_and_put_in(desk: Preview) -> None:
    file = desk.folder / "issues/tides.yaml"
    bare = TIDES.replace(", alt: A pier at low tide.", "").replace(
        "signoff:", "  - figure:\n      image: images/pier.png\n      link: https://a.example\nsignoff:"
    )
    desk.settle(bare)
    offered = [(each["label"], each["text"], each["of"]) for each in texts(desk)["texts"] if each["absent"]]
    picture = "images/pier.png"
    assert offered == [
        ("Subtitle", "", ""),
        *((f"Cover {name}", "", picture) for name in ("alt", "caption", "source")),
        *((f"Figure {name}", "", picture) for name in ("alt", "caption", "source")),
    ]
    with desk.views(issue="tides") as views:
        next(views)
        for path, text, old, new in [
            (
                ["cover", "alt"],
                "A pier, {{first_name|you}}",
                "pier.png}",
                'pier.png, alt: "A pier, {{first_name|you}}"}',
            ),
            (["blocks", 3, "figure", "alt"], "A pier.", "a.example\n", "a.example\n      alt: A pier.\n"),
            (["subtitle"], "Low", "date: 2026-03-02\n", "date: 2026-03-02\nsubtitle: Low\n"),
        ]:
            before = file.read_text("utf-8")
            assert desk.post("edit", wanted(desk, path, text)).status == 200
            assert file.read_text("utf-8") == before.replace(old, new)
        for path in (["slug"], ["blocks", 1, "heading", "alt"], ["blocks", 9, "figure", "alt"]):
            assert desk.post("edit", wanted(desk, path, "x")).status == 422


def test_a_place_is_found_in_its_text(desk: Preview) -> None:
    desk.settle(EVERY_STYLE)
    lines = EVERY_STYLE.removeprefix("\ufeff").split("\r\n")
    for word, path, offset in [
        ("The tides", ["title"], 0),
        ("of March", ["title"], 12),
        ("water", ["preheader"], 9),
        ("u2026", ["subtitle"], 12),
        ("for the", ["blocks", 0, "paragraph"], 17),
        ("ropes", ["blocks", 2, "list", 1], 0),
    ]:
        line = next(number for number, text in enumerate(lines, 1) if word in text)
        place = {"line": str(line), "column": str(lines[line - 1].index(word) + 1)}
        assert desk.ask("texts", issue="tides", **place).json["at"] == {"path": path, "offset": offset}
    for nowhere in ({"line": "1", "column": "1"}, {"line": "900", "column": "2"}, {}):
        assert desk.ask("texts", issue="tides", **nowhere).json["at"] is None
    assert desk.ask("texts", issue="tides", line="x").status == 400


def test_texts_are_named_for_people() -> None:
    assert label(("cover", "caption")) == "Cover caption"
    assert label(("blocks", 3, "figure", "source")) == "Figure source"
    assert label(("blocks", 3, "table", "rows", 0, 1)) == "Table row 1, cell 2"
    assert label(("blocks", 3, "list", "items", 1)) == "List 2"
    assert label(("blocks", 3, "chart", "data", 0)) == "Chart label 1"
    assert label(("blocks", 3, "chart", "data", "2022", 1)) == "Chart number 2: 2022"
    assert label(("blocks", 3, "columns", 0, 1, "list", 1)) == "List 2"
    assert label(("blocks", 3, "columns", "sides", 0, 1, "figure", "source")) == "Figure source"


@pytest.mark.parametrize(
    ("path", "text", "gone", "come"),
    [
        (["title"], "The tides 🌊 of April", "March", "April"),
        (["preheader"], "It's the wind 🌊.", "the water", "the wind"),
        (["subtitle"], 'Say "when" 🛟…', 'when\\" 🌊', 'when\\" 🛟'),
        (["blocks", 0, "paragraph"], "The boats 🌊 wait for our tide.", "for the", "for our"),
        (["blocks", 1, "paragraph"], "A line 🌊.\nThe last line.", "Another", "The last"),
        (["blocks", 2, "list", 1], "it's ropes", "'ropes'", "'it''s ropes'"),
    ],
)
def test_an_edit_changes_its_characters_and_not_a_byte_more(
    desk: Preview, path: list[str | int], text: str, gone: str, come: str
) -> None:
    file = desk.folder / "issues/tides.yaml"
    desk.settle(EVERY_STYLE)
    with desk.views(issue="tides") as views:
        edit = wanted(desk, path, text)
        proposed = desk.post("proposal", edit)
        assert proposed.status == 200
        assert file.read_bytes() == EVERY_STYLE.encode()
        assert EVERY_STYLE.count(gone) == 1
        expected = EVERY_STYLE.replace(gone, come).encode()
        written = desk.post("edit", edit)
        assert file.read_bytes() == expected
        assert written.json == proposed.json
        [place, before, after] = written.json["difference"]
        assert (place[:3], before[0], after[0]) == ("@@ ", "-", "+")
        assert written.json["digest"] == texts(desk)["digest"]  # at once: the page may go on with it
        # The page learns of it as of any save.
        assert next(view for view in views if view["mail"]["digest"] == written.json["digest"])["problems"] == []


def test_a_fix_is_written_as_it_was_found(desk: Preview) -> None:
    spaced = TIDES.replace("harbour.example/tides", "harbour.example/tide table 🌊 1")
    found = None
    while found is None:  # where the save was told in two parts
        view = desk.settle(spaced)
        found = desk.ask("findings", issue="tides", generation=str(view["generation"])).json["findings"]
    [fix] = [finding["fix"] for finding in found if finding["fix"]]
    edit = {"issue": "tides", "digest": view["mail"]["digest"], "edits": fix["edits"]}
    assert desk.post("proposal", edit).json["difference"][2].endswith("tide%20table%20🌊%201).")
    assert desk.post("edit", edit).status == 200
    assert (desk.folder / "issues/tides.yaml").read_text("utf-8") == spaced.replace(
        "tide table 🌊 1", "tide%20table%20🌊%201"
    )


def test_a_file_that_changed_meanwhile_is_left_as_it_is(desk: Preview) -> None:
    edit = wanted(desk, ["title"], "The tides of April")
    changed = TIDES.replace("March", "May")
    desk.write("issues/tides.yaml", changed)
    for path in ("proposal", "edit"):
        answer = desk.post(path, edit)
        assert answer.status == 409
        [problem] = answer.json["problems"]
        assert problem["message"] == "issues/tides.yaml was changed meanwhile, and is left as it is"
        assert problem["hint"]
    assert (desk.folder / "issues/tides.yaml").read_text() == changed
    (desk.folder / "issues/tides.yaml").unlink()
    assert desk.post("edit", edit).status == 409
    assert not (desk.folder / "issues/tides.yaml").exists()


def test_of_many_who_edit_at_once_nobodys_words_are_lost(desk: Preview) -> None:
    writers, times = 4, 5
    paragraphs = "".join(f"  - paragraph: Writer {number} wrote 0 times.\n" for number in range(writers))
    desk.settle(f"title: Tides\nblocks:\n{paragraphs}")
    refused = []

    def write(number: int) -> None:
        done = 0
        while done < times:
            edit = wanted(desk, ["blocks", number, "paragraph"], f"Writer {number} wrote {done + 1} times.")
            status = desk.post("edit", edit).status
            done += status == 200
            refused.extend([status] * (status != 200))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert (desk.folder / "issues/tides.yaml").read_text() == f"title: Tides\nblocks:\n{paragraphs}".replace(
        "0 times", f"{times} times"
    )
    assert set(refused) <= {409}


def test_edits_wait_for_each_other(newsletter: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    second_is_through = threading.Event()
    replace, paused = os.replace, []

    def pausing(source: str, target: str) -> None:
        if str(target).endswith("tides.yaml") and not paused:  # between the look at the file and its replacement
            paused.append(target)
            second_is_through.wait(0.3)
        replace(source, target)

    with Project.open(newsletter, environ={}) as project:
        editor = Editor(Desk(project, {}))
        digest = editor.issue("tides").source.digest
        edits = [
            AskedEdits(issue="tides", digest=digest, edits=(AskedEdit(path=("title",), text=text),))
            for text in ("The tides of April", "The tides of May")
        ]
        monkeypatch.setattr(os, "replace", pausing)
        first = threading.Thread(target=editor.write, args=edits[:1])
        first.start()
        while not paused:
            time.sleep(0.001)
        with pytest.raises(FileChanged):
            editor.write(edits[1])
        second_is_through.set()
        first.join()
    assert (newsletter / "issues/tides.yaml").read_text("utf-8") == TIDES.replace("March", "April")


def test_an_edit_after_which_the_issue_cannot_be_read_is_refused_with_its_problems(desk: Preview) -> None:
    for text, message in {"": "this text is empty", "Hello {{first name}}, the tide is out.": "merge field"}.items():
        for path in ("proposal", "edit"):
            answer = desk.post(path, wanted(desk, ["blocks", 0, "paragraph"], text))
            assert answer.status == 422
            [problem] = answer.json["problems"]
            assert message in problem["message"]
            assert (problem["file"], problem["line"]) == ("issues/tides.yaml", 6)
            assert problem["hint"]
    assert (desk.folder / "issues/tides.yaml").read_text("utf-8") == TIDES


@pytest.mark.parametrize(
    "edit",
    [
        {"path": ["blocks"], "text": "x"},
        {"path": ["blocks", 9, "paragraph"], "text": "x"},
        {"path": ["title"], "text": "x", "start": 90, "end": 91},
        {"path": ["title"], "text": "x", "start": -2, "end": 1},
    ],
)
def test_an_edit_of_what_is_no_text_is_refused(quiet: Preview, edit: dict[str, Any]) -> None:
    answer = quiet.post("edit", {"issue": "tides", "digest": texts(quiet)["digest"], "edits": [edit]})
    assert answer.status == 422
    assert answer.json["problems"][0]["hint"]
    assert (quiet.folder / "issues/tides.yaml").read_text("utf-8") == TIDES


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"edits",
        b'{"issue": "tides"}',
        b'{"issue": "tides", "digest": "", "edits": []}',
        b'{"issue": "tides", "digest": "", "edits": [{"path": ["title"], "text": 1}]}',
        b'{"issue": "tides", "digest": "", "edits": [{"path": [true], "text": "x"}]}',
        b'{"issue": "tides", "digest": "", "edits": [{"path": ["title"], "text": "x", "start": 1}]}',
        b'{"issue": "tides", "digest": "", "edits": [{"path": ["title"], "text": "\\ud83c"}]}',
        b'{"issue": "tides", "digest": "", "edits": [{"path": ["title"], "text": "x"}], "file": "dispatch.yaml"}',
        b"\xff\xfe",
    ],
)
def test_what_is_no_edit_is_not_made_one(quiet: Preview, content: bytes) -> None:
    assert quiet.post("edit", content).status == 400


def test_a_request_has_a_size(quiet: Preview) -> None:
    assert quiet.post("edit", b" " * (MOST_BYTES + 1)).status == 413
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (MOST_BYTES + 1, b" " * (MOST_BYTES + 1))
    assert quiet.post("edit", chunked, headers={"Content-Length": None, "Transfer-Encoding": "chunked"}).status == 413


# --- who may write -----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["edit", "proposal", "accept", "acceptance"])
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example:{port}"}, 421),  # DNS rebinding: its name leads to this machine now
        ({"Host": "evil.example:{port}", "Origin": "http://evil.example:{port}"}, 421),
        ({"Origin": None}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://127.0.0.1:1"}, 403),
        ({"Origin": "http://localhost:{port}"}, 403),  # another origin than the one that is asked
        ({"Origin": "https://127.0.0.1:{port}"}, 403),
        ({"Origin": "127.0.0.1:{port}"}, 403),
        ({"X-Edit-Token": None}, 403),
        ({"X-Edit-Token": ""}, 403),
        ({"X-Edit-Token": "{token}"}, 403),  # the address alone is not enough
        ({"X-Edit-Token": "Ünbekannt"}, 403),
        ({"Content-Type": None}, 415),
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
    ],
)
def test_only_the_desks_own_page_may_edit(
    quiet: Preview, path: str, headers: dict[str, str | None], status: int
) -> None:
    given = {
        name: value and value.format(port=quiet.port, token=quiet.token).encode().decode("latin-1")
        for name, value in headers.items()
    }
    assert quiet.post(path, wanted(quiet, ["title"], "The tides of April"), headers=given).status == status
    assert (quiet.folder / "issues/tides.yaml").read_text("utf-8") == TIDES


def test_the_token_for_edits_is_not_in_the_address_and_ends_with_the_preview(preview: Preview, start: Start) -> None:
    stale = preview.edit_token()
    assert len(stale) >= 32
    assert stale not in preview.url
    assert stale.encode() not in b"".join(path.read_bytes() for path in preview.folder.rglob("*") if path.is_file())
    preview.stop()
    anew = start(preview.folder)
    assert anew.token == preview.token
    edit = wanted(anew, ["title"], "The tides of April")
    assert anew.post("edit", edit, headers={"X-Edit-Token": stale}).status == 403
    assert (anew.folder / "issues/tides.yaml").read_text("utf-8") == TIDES
    assert anew.post("edit", edit).status == 200


@pytest.mark.parametrize("token", ["", "x", "{upper}"])
def test_edits_need_the_address_as_well(quiet: Preview, token: str) -> None:
    target = f"/{token.format(upper=quiet.token.swapcase())}/edit"
    headers = {
        "Origin": f"http://127.0.0.1:{quiet.port}",
        "Content-Type": "application/json",
        "X-Edit-Token": quiet.edit_token(),
    }
    assert quiet.ask_raw(target, "POST", headers).status in {403, 405}


@pytest.mark.parametrize(
    "name",
    ["../dispatch", "../dispatch.yaml", "issues/tides.yaml", "tides.yaml", "/etc/passwd", "../issues/tides", "", "."],
)
def test_the_name_of_an_issue_leads_to_no_other_file(desk: Preview, name: str) -> None:
    before = {path: path.read_bytes() for path in desk.folder.rglob("*.yaml")}
    edit = wanted(desk, ["title"], "Mine now")
    assert desk.ask("texts", issue=name).status == 404
    assert desk.post("edit", edit | {"issue": name}).status == 404
    assert {path: path.read_bytes() for path in desk.folder.rglob("*.yaml")} == before


def test_a_link_that_leads_out_of_the_folder_is_not_followed(desk: Preview) -> None:
    outside = desk.folder.parent / "outside.yaml"
    outside.write_text(TIDES, "utf-8")
    (desk.folder / "issues/linked.yaml").symlink_to(outside)
    with desk.views(issue="linked") as views:
        assert "leads out of the newsletter's folder" in next(views)["problems"][0]["message"]
    edit = {"path": ["title"], "text": "The tides of April"}
    answer = desk.post("edit", {"issue": "linked", "digest": sha256(TIDES.encode()).hexdigest(), "edits": [edit]})
    assert answer.status == 404
    assert outside.read_text("utf-8") == TIDES


def test_an_issue_outside_of_the_folder_is_shown_and_never_written(newsletter: Path, start: Start) -> None:
    draft = newsletter.parent / "later.yaml"
    draft.write_text("title: Later\nblocks: [paragraph: One.]\n")
    preview = start(newsletter, "--port", "0", "../later.yaml")
    answer = preview.post("edit", wanted(preview, ["title"], "Sooner", issue="../later.yaml"))
    assert answer.status == 422
    assert draft.read_text() == "title: Later\nblocks: [paragraph: One.]\n"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_told(desk: Preview) -> None:
    edit = wanted(desk, ["title"], "The tides of April")
    (desk.folder / "issues").chmod(0o500)
    answer = desk.post("edit", edit)
    (desk.folder / "issues").chmod(0o700)
    assert answer.status == 422
    assert "cannot be written: Permission denied" in answer.json["problems"][0]["message"]


def test_an_issue_that_is_gone_is_not_made_anew(preview: Preview) -> None:
    edit = wanted(preview, ["title"], "The tides of April")
    shutil.rmtree(preview.folder / "issues")
    assert preview.post("edit", edit).status == 409
    assert not (preview.folder / "issues").exists()
