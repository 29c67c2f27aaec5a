"""Which editor the desk opens files in, and by which address."""

from __future__ import annotations

from pathlib import Path

import pytest

from dispatch.config import address_in, load_config
from dispatch.config.editors import EDITORS
from dispatch.errors import InvalidConfig

SETTINGS = """\
newsletter: {name: A, url: https://a.example, postal_address: Here 1}
from: a@a.example
"""
FILE = Path("/home/joy/My news #1/issues/ü&co.yaml")
QUOTED = "/home/joy/My%20news%20%231/issues/%C3%BC%26co.yaml"


def editor_of(folder: Path, written: str, environ: dict[str, str] | None = None) -> str:
    """The editor that a dispatch.yaml ends up with."""
    (folder / "dispatch.yaml").write_text(SETTINGS + written, "utf-8")
    return load_config(folder, environ=environ or {}).preview.editor


def test_without_a_word_it_is_vs_code(tmp_path: Path) -> None:
    assert editor_of(tmp_path, "") == editor_of(tmp_path, "preview:\n") == "vscode"
    assert address_in("vscode", FILE, 12, 3) == f"vscode://file{QUOTED}:12:3"


def test_everybody_may_have_an_editor_of_their_own(tmp_path: Path) -> None:
    assert editor_of(tmp_path, "preview: {editor: zed}\n", {"DISPATCH_PREVIEW_EDITOR": "cursor"}) == "cursor"


@pytest.mark.parametrize(
    ("editor", "address"),
    [
        ("cursor", f"cursor://file{QUOTED}:12:3"),
        ("idea", f"idea://open?file={QUOTED}&line=12&column=3"),
        ("sublime", f"subl://open?url=file://{QUOTED}&line=12&column=3"),
        ("my-editor+x:{line}/{file}", f"my-editor+x:12/{QUOTED}"),
        ("none", ""),
    ],
)
def test_an_address_names_file_line_and_column(tmp_path: Path, editor: str, address: str) -> None:
    assert editor_of(tmp_path, f"preview: {{editor: '{editor}'}}\n") == editor
    assert address_in(editor, FILE, 12, 3) == address


def test_what_is_not_known_of_a_place_is_its_beginning() -> None:
    assert address_in("zed", Path("/a.yaml"), 0, 0) == "zed://file/a.yaml:1:1"


@pytest.mark.parametrize("name", EDITORS)
def test_every_name_stands_for_what_could_be_written_in_full(tmp_path: Path, name: str) -> None:
    assert editor_of(tmp_path, f"preview: {{editor: '{EDITORS[name] or name}'}}\n")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("vscod", "'vscod' is not an editor that dispatch knows"),
        ("javascript:alert('{file}')", "javascript: is opened by the browser itself, and not by an editor"),
        ("JavaScript:{file}", "JavaScript: is opened by the browser itself, and not by an editor"),
        ("data:text/html,{file}", "data: is opened by the browser itself, and not by an editor"),
        ("file://{file}", "file: is opened by the browser itself, and not by an editor"),
        ("http://localhost:63342/api/file{file}", "http: is opened by the browser itself, and not by an editor"),
        ("view-source:http:{file}", "view-source: is opened by the browser itself, and not by an editor"),
        ("{file}:x", "'{file}:x' is not the template of an address"),
        ("my editor://{file}", "'my editor://{file}' is not the template of an address"),
        ("e://open?{file}<b>", "'e://open?{file}<b>' is not the template of an address"),
        ("e://open?{file", "'e://open?{file' is not the template of an address"),
        ("e://open", "this address does not say which file"),
        ("e://open?{file}:{row}", "{row} is not known here"),
        ("", "this is empty"),
    ],
)
def test_what_opens_no_editor_is_told_at_its_place(tmp_path: Path, written: str, said: str) -> None:
    quoted = written.replace("'", "''")
    with pytest.raises(InvalidConfig) as caught:
        editor_of(tmp_path, f"preview:\n  editor: '{quoted}'\n")
    [problem] = caught.value.problems
    assert problem.message == said
    assert problem.location
    assert problem.location.line == 4
    assert problem.location.column > 10
    assert problem.remedy
