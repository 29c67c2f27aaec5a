"""The author's editor: by which address a browser opens a file there, at a line and a column."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

from dispatch.config.rules import filled
from dispatch.yaml_model import did_you_mean, wrong

DEFAULT = "vscode"
"""The most used one, and the one that reads the schema which `dispatch new` names in each issue."""

EDITORS = {
    **{
        name: f"{name}://file{{file}}:{{line}}:{{column}}"
        for name in ("vscode", "vscode-insiders", "vscodium", "cursor", "windsurf", "zed")
    },
    **{
        name: f"{name}://open?file={{file}}&line={{line}}&column={{column}}" for name in ("idea", "pycharm", "webstorm")
    },
    **{
        name: f"{scheme}://open?url=file://{{file}}&line={{line}}&column={{column}}"
        for name, scheme in {"sublime": "subl", "emacs": "emacs", "textmate": "txmt", "macvim": "mvim"}.items()
    },
    "none": "",
}
"""Known editors by name. Sublime Text and Emacs need a handler for their scheme, the others bring one."""

_TEMPLATE = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]|\{[a-z]+\})+")
_PLACEHOLDER = re.compile(r"\{([a-z]+)\}")

# Addresses of these a browser opens itself: as a script of the desk's page, or by telling a server about the file.
_OF_BROWSERS = re.compile(
    r"about|blob|chrome.*|data|devtools|edge|file|filesystem|ftp|https?|javascript|mailto|moz-extension|resource"
    r"|vbscript|view-source|wss?",
    re.IGNORECASE,
)
_REMEDY = "Write the name of an editor, or an address like myeditor://open?file={file}&line={line}."


def editor(value: object) -> str:
    """The name of a known editor, or the template of an address that opens another one; a pydantic validator."""
    text = filled(value)
    if text in EDITORS:
        return text
    if ":" not in text:
        raise wrong(f"{text!r} is not an editor that dispatch knows", f"{did_you_mean(text, EDITORS)} Or: {_REMEDY}")
    template = _TEMPLATE.fullmatch(text)
    if not template:
        raise wrong(f"{text!r} is not the template of an address", _REMEDY)
    if _OF_BROWSERS.fullmatch(template[1]):
        raise wrong(f"{template[1]}: is opened by the browser itself, and not by an editor", _REMEDY)
    names = set(_PLACEHOLDER.findall(text))
    if "file" not in names:
        raise wrong("this address does not say which file", "Write {file} where the file's path belongs.")
    for name in sorted(names - {"file", "line", "column"}):
        raise wrong(f"{{{name}}} is not known here", did_you_mean(name, ("file", "line", "column")))
    return text


def address_in(editor: str, file: Path, line: int, column: int) -> str:
    """The address that opens a file, by its absolute path, in an editor; "" where the author has none."""
    path = file.as_posix()
    values = {
        "file": quote(path if path.startswith("/") else f"/{path}", safe="/:"),
        "line": str(max(line, 1)),
        "column": str(max(column, 1)),
    }
    return _PLACEHOLDER.sub(lambda name: values[name[1]], EDITORS.get(editor, editor))
