"""`${NAME}` and `${file:/path}`: how secrets get into settings without standing in a file under git."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

from dispatch.config.dotenv import Variable
from dispatch.errors import InvalidConfig, Problem
from dispatch.location import Location
from dispatch.yaml_source import Path as YamlPath
from dispatch.yaml_source import YamlDocument

_REFERENCE = re.compile(r"\$\{(?:file:(?P<file>[^}]+)|(?P<name>[A-Za-z_][A-Za-z0-9_]*))\}")
_SECRET_NAME = re.compile(r"(?:^|_)(?:token|password|passphrase|secret|key)$")

# In `database`: what stands between the user's name and the @, or is named so behind the ?.
_URL_PASSWORD = re.compile(r"(?<=://)[^/@:]*:(?P<login>[^@]*)(?=@)|[?&]password=(?P<option>[^&]*)")

_REMEDY = (
    "Write ${NAME} in its place and set NAME in the environment or in .env, or write ${file:/run/secrets/name}. "
    "If it was ever committed or shared, make a new one."
)


class Secret(str):
    """Text that does not show in a repr, and so in no traceback and no log of the object around it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'"


class References:
    """Looks references up in the environment first, then in .env, then in files."""

    def __init__(self, variables: Mapping[str, Variable], folder: Path) -> None:
        self._variables = variables
        self._folder = folder

    def resolve(self, value: object, document: YamlDocument, path: YamlPath) -> object:
        """A value with all its references filled in; raises InvalidConfig with all that cannot be."""
        problems: list[Problem] = []
        resolved = self._resolve(value, document, path, problems)
        if problems:
            raise InvalidConfig.of(problems)
        return resolved

    def origin(self, text: str) -> str | None:
        """Where the first reference in a text comes from, if it can be found; None without one."""
        match = _REFERENCE.search(text)
        if not match:
            return None
        if match["file"]:
            return f"file {match['file']}"
        variable = self._variables.get(match["name"])
        return f"{match['name']} in {variable.origin}" if variable else f"{match['name']}, which is not set"

    def _resolve(self, value: object, document: YamlDocument, path: YamlPath, problems: list[Problem]) -> object:
        if isinstance(value, dict):
            return {key: self._resolve(item, document, (*path, key), problems) for key, item in value.items()}
        if isinstance(value, list):
            return [self._resolve(item, document, (*path, index), problems) for index, item in enumerate(value)]
        if not isinstance(value, str):
            return value

        def fill(match: re.Match[str]) -> str:
            try:
                text = self._look_up(match)
                return quote(text, safe="") if path == ("database",) and _is_login(value, match) else text
            except InvalidConfig as error:
                place = document.locate(path, match.start())
                problems.extend(Problem(problem.message, place, problem.remedy) for problem in error.problems)
                return ""

        text = _REFERENCE.sub(fill, value)
        return Secret(text) if is_secret(path) else text

    def _look_up(self, match: re.Match[str]) -> str:
        if match["file"]:
            return self._read(self._folder / match["file"])
        variable = self._variables.get(match["name"])
        if not variable or not variable.value:
            raise InvalidConfig(
                f"the environment variable {match['name']} is {'empty' if variable else 'not set'}",
                remedy=f"Set it, or write the line {match['name']}=… into {self._folder / '.env'}.",
            )
        return variable.value

    def _read(self, path: Path) -> str:
        try:
            text = path.read_text("utf-8").rstrip("\r\n")
        except FileNotFoundError:
            raise InvalidConfig(
                f"there is no file {path}",
                remedy="Bring it here from where it was made, or from a backup.",
            ) from None
        except (OSError, UnicodeDecodeError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            raise InvalidConfig(
                f"the file {path} cannot be read: {reason}", remedy="Make it readable for the user who runs dispatch."
            ) from None
        if not text:
            raise InvalidConfig(f"the file {path} is empty", remedy="Write the value into it.")
        return text


def is_secret(path: YamlPath) -> bool:
    """Whether what stands at a path of dispatch.yaml must not be seen: keys, and options named like one."""
    if path[:1] == ("keys",):
        return True
    names = [step for step in path if isinstance(step, str)]
    return path[:1] == ("providers",) and len(path) > 2 and bool(_SECRET_NAME.search(names[-1]))


def reference_problems(value: object, document: YamlDocument, path: YamlPath = ()) -> Iterator[Problem]:
    """What is wrong with the references of a file, whatever the environment: unreadable ones and literal secrets."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from reference_problems(item, document, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from reference_problems(item, document, (*path, index))
    elif value is not None and is_secret(path) and not _REFERENCE.fullmatch(str(value)):
        yield Problem(f"{_name(path)} is a secret, and stands here for all to read", document.locate(path), _REMEDY)
    elif isinstance(value, str):
        if path == ("database",) and has_literal_password(value):
            yield Problem(
                "the database's password is a secret, and stands here for all to read", document.locate(path), _REMEDY
            )
        yield from _unreadable(value, document, path)


def has_literal_password(url: str) -> bool:
    """Whether a database's URL holds a password that is no reference."""
    return any(
        (password := match["login"] or match["option"]) and not _REFERENCE.fullmatch(password)
        for match in _URL_PASSWORD.finditer(url)
    )


def masked(url: str) -> str:
    """A database's URL without its password."""
    return _URL_PASSWORD.sub(lambda match: match[0].removesuffix(match["login"] or match["option"] or "") + "***", url)


def _is_login(url: str, match: re.Match[str]) -> bool:
    """Whether a reference stands before the @ of a URL, where a password with an @ or / of its own must be escaped."""
    return "://" in url[: match.start()] and "@" in url[match.end() :]


def _unreadable(text: str, document: YamlDocument, path: YamlPath) -> Iterator[Problem]:
    for match in re.finditer(r"\$\{", text):
        if not _REFERENCE.match(text, match.start()):
            place: Location = document.locate(path, match.start())
            yield Problem("“${” is followed by no name of a variable", place, "Write ${NAME} or ${file:/path}.")


def _name(path: YamlPath) -> str:
    return ".".join(str(step) for step in path if isinstance(step, str))
