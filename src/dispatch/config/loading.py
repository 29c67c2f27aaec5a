"""Finds dispatch.yaml and makes a Config of it: flag over DISPATCH_* over .env over file over default."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import BaseModel

from dispatch.config.dotenv import Variable, read_dotenv
from dispatch.config.references import References, reference_problems
from dispatch.config.settings import Config
from dispatch.config.sources import LayeredDocument, Source
from dispatch.config.stand_ins import NoReferences, stood_in
from dispatch.errors import InvalidConfig, InvalidInput, NotFound, Problem
from dispatch.yaml_model import did_you_mean, parse_model
from dispatch.yaml_source import Path as YamlPath
from dispatch.yaml_source import YamlDocument, read_yaml

NAME = "dispatch.yaml"

# Looking at an issue must not need the secrets of the provider that will carry it one day, nor of the database.
_RESOLVED_LATER = ("keys", "database", "providers")


def load_config(
    start: Path,
    *,
    config_file: Path | None = None,
    environ: Mapping[str, str],
    overrides: Mapping[str, str] | None = None,
) -> Config:
    """The settings of the newsletter in `start` or the nearest folder above it, or of `config_file`.

    `overrides` are what the command line says: key (`delivery.rate`) to value. The variable DISPATCH_DELIVERY_RATE
    does the same: the key in capitals, its dots turned into underscores; an empty one counts as not set. Raises
    NotFound without a dispatch.yaml, InvalidConfig with everything that is wrong with one.
    """
    file = _find(start, config_file)
    variables = _variables(environ, file.parent / ".env")
    written = _read(file)
    document = _lay_over(written, variables, overrides or {})
    return _config(Source(file, document, References(variables, file.parent), file.parent), written)


def load_unfilled(file: Path, own: Config) -> Config:
    """The settings of a dispatch.yaml that somebody else may have written, to be compared with `own`, or of `own` anew.

    Nothing is looked up for its references: not in files, nor the environment, nor .env. Something stands in for them.
    What was laid over `own` lies over these too. Raises InvalidConfig.
    """
    written = _read(file)
    value = stood_in(_unshared(written.value))
    overridden: dict[YamlPath, str] = {}
    for path, (laid, origin) in own.laid_over().items():
        if path[0] not in _RESOLVED_LATER and _put(value, path, laid):
            overridden[path] = origin
    document = LayeredDocument(written.file, written.text, written.root, value, overridden=overridden)
    return _config(Source(file, document, NoReferences(), own.state.parent), written)


def _config(source: Source, written: YamlDocument) -> Config:
    problems = list(reference_problems(written.value, written))
    config = _parse(source, problems)
    if config:
        problems += _contradictions(config)
    if problems or not config:
        raise InvalidConfig.of(problems)
    return config


def _find(start: Path, config_file: Path | None) -> Path:
    if config_file:
        file = (config_file / NAME if config_file.is_dir() else config_file).absolute()
        if not file.is_file():
            raise NotFound(f"there is no file {config_file}", remedy="Name a dispatch.yaml, or leave -c out.")
        return file
    start = start.absolute()
    for folder in (start, *start.parents):
        if (folder / NAME).is_file():
            return folder / NAME
    raise NotFound(
        f"there is no {NAME} in {start} or in any folder above it",
        remedy="Go to the newsletter's folder, name its file with -c, or make a new newsletter with `dispatch init`.",
    )


def _read(file: Path) -> YamlDocument:
    try:
        return read_yaml(file.read_bytes(), _shown(file))
    except OSError as error:
        raise InvalidConfig(
            f"{_shown(file)} cannot be read: {error.strerror}",
            remedy="Make it readable for the user who runs dispatch.",
        ) from None
    except InvalidInput as error:
        raise InvalidConfig.of(error.problems) from None


def _shown(file: Path) -> str:
    """As an editor finds it from where the command runs."""
    return str(file.relative_to(Path.cwd())) if file.is_relative_to(Path.cwd()) else str(file)


def _variables(environ: Mapping[str, str], dotenv: Path) -> dict[str, Variable]:
    variables = {}
    if dotenv.exists():
        try:
            variables = read_dotenv(dotenv.read_bytes(), _shown(dotenv))
        except OSError as error:
            raise InvalidConfig(
                f"{_shown(dotenv)} cannot be read: {error.strerror}",
                remedy="Make it readable for the user who runs dispatch.",
            ) from None
    return variables | {name: Variable(value, "the environment") for name, value in environ.items()}


def _lay_over(document: YamlDocument, variables: Mapping[str, Variable], flags: Mapping[str, str]) -> LayeredDocument:
    value = _unshared(document.value)
    overridden: dict[YamlPath, str] = {}
    for path in (*_scalars(Config), *_provider_options(value)):
        name = "_".join(("DISPATCH", *map(str, path))).upper()
        variable = variables.get(name)
        if variable and variable.value and _put(value, path, variable.value):
            overridden[path] = f"{name} in {variable.origin}"
    for key, text in flags.items():
        path = tuple(key.split("."))
        if _put(value, path, text):
            overridden[path] = "command line"
    return LayeredDocument(document.file, document.text, document.root, value, overridden=overridden)


def _scalars(model: type[BaseModel], path: YamlPath = ()) -> Iterator[YamlPath]:
    """The paths of all settings that hold one value."""
    for name, field in model.model_fields.items():
        here = (*path, field.alias or name)
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from _scalars(kind, here)
        elif here not in {("keys",), ("segments",), ("checks", "severity"), ("checks", "allow"), ("providers",)}:
            yield here


def _provider_options(value: object) -> Iterator[YamlPath]:
    """The paths of the providers' options that stand in the file."""
    providers = value.get("providers") if isinstance(value, dict) else None
    for name, options in providers.items() if isinstance(providers, dict) else ():
        for option, setting in options.items() if isinstance(options, dict) else ():
            if not isinstance(setting, dict | list):
                yield ("providers", name, option)


def _unshared(value: object) -> object:
    """The same settings in mappings of their own, to be written into."""
    return {key: _unshared(item) for key, item in value.items()} if isinstance(value, dict) else value


def _put(value: object, path: YamlPath, text: str) -> bool:
    """Set what stands at a path, a number or a truth value staying one; False where the file's shape forbids it."""
    for step in path[:-1]:
        if not isinstance(value, dict):
            return False
        if value.get(step) is None:
            value[step] = {}
        value = value[step]
    if not isinstance(value, dict):
        return False
    before = value.get(path[-1])
    if isinstance(before, bool) and text.lower() in {"true", "false"}:
        value[path[-1]] = text.lower() == "true"
    elif isinstance(before, int) and text.isdecimal():
        value[path[-1]] = int(text)
    else:
        value[path[-1]] = text
    return True


def _parse(source: Source, problems: list[Problem]) -> Config | None:
    """The settings, or None with the reasons added to `problems`."""
    value = source.document.value
    if isinstance(value, dict):
        value = dict(value)
        for key in [key for key in value if key not in _RESOLVED_LATER]:
            try:
                value[key] = source.resolve(value[key], (key,))
            except InvalidConfig as error:
                problems += error.problems
    told = {(problem.location.file, problem.location.line) for problem in problems if problem.location}
    try:
        config = parse_model(source.document, Config, InvalidConfig, value=value)
    except InvalidConfig as error:
        problems += [p for p in error.problems if not p.location or (p.location.file, p.location.line) not in told]
        return None
    return config.bound_to(source)


def _contradictions(config: Config) -> Iterator[Problem]:
    if config.provider not in config.providers:
        yield Problem(
            f"there is no {config.provider!r} under providers",
            config.locate(("provider",)),
            f"{did_you_mean(config.provider, config.providers)} Or write its options there.",
        )
    for path, name in ((("subscribers",), config.subscribers), (("theme", "logo"), config.theme.logo)):
        if name and not _inside(config.folder, name):
            yield Problem(
                f"{name!r} leads out of the newsletter's folder",
                config.locate(path),
                f"Put the file into {config.folder} and write its path from there.",
            )


def _inside(folder: Path, name: str) -> bool:
    """Whether a path stays below the folder, symbolic links followed."""
    try:
        return not os.path.isabs(name) and (folder / name).resolve().is_relative_to(folder.resolve())  # noqa: PTH117
    except (OSError, ValueError, RuntimeError):  # a loop of links, a NUL
        return False
