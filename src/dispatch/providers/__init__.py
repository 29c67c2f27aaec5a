"""Who carries it: the registry of providers, and how one is made from its options in dispatch.yaml."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, get_type_hints

from pydantic import BaseModel, ConfigDict, ValidationError, create_model
from pydantic_core import ErrorDetails

from dispatch.errors import InvalidConfig, Problem
from dispatch.location import Location
from dispatch.providers.provider import Provider

# Modules are imported when they are asked for: nobody pays for what the newsletter does not use.
PROVIDERS: dict[str, str] = {
    "mailgun": "dispatch.providers.mailgun:Mailgun",
    "outbox": "dispatch.providers.outbox:Outbox",
    "postmark": "dispatch.providers.postmark:Postmark",
    "smtp": "dispatch.providers.smtp:Smtp",
}


def open_provider(
    name: str, options: Mapping[str, object], *, folder: Path, location: Location | None = None
) -> Provider:
    """The provider of that name with its options, secrets filled in; raises InvalidConfig.

    `folder` is where relative paths among the options start, `location` where the options stand.
    """
    provider = _provider_class(name, location)
    arguments = _read_options(name, provider, options, location)
    try:
        return provider(**{option: _absolute(value, folder) for option, value in arguments.items()})
    except InvalidConfig as error:
        raise InvalidConfig.of(
            replace(problem, location=problem.location or location) for problem in error.problems
        ) from None


def default_images(name: str, location: Location | None = None) -> str:
    """What `images:` means for a provider when it is left out: hosted or embed; raises InvalidConfig."""
    return _provider_class(name, location).default_images


def _provider_class(name: str, location: Location | None) -> type[Provider]:
    if name not in PROVIDERS:
        near = get_close_matches(name, PROVIDERS, n=1)
        raise InvalidConfig(
            f"There is no provider `{name}`",
            remedy=f"Did you mean `{near[0]}`?" if near else f"There are: {', '.join(sorted(PROVIDERS))}.",
            location=location,
        )
    module, _, attribute = PROVIDERS[name].partition(":")
    provider: type[Provider] = getattr(import_module(module), attribute)
    return provider


def _read_options(
    name: str, provider: type[Provider], options: Mapping[str, object], location: Location | None
) -> dict[str, Any]:
    """The options as the constructor's annotations want them. No value is ever told in an error: it may be a secret."""
    model = _options_model(provider)
    try:
        read = model.model_validate(dict(options))
    except ValidationError as invalid:
        problems = _problems(name, list(model.model_fields), invalid.errors(include_input=False), location)
        raise InvalidConfig.of(problems) from None
    return {option: getattr(read, option) for option in model.model_fields}


@cache  # each thread opens a provider of its own
def _options_model(provider: type[Provider]) -> type[BaseModel]:
    """A model of the constructor's keyword arguments: they are the options, and nothing else says so twice."""
    hints = get_type_hints(provider.__init__)
    fields: dict[str, Any] = {
        option: (hints[option], ... if parameter.default is parameter.empty else parameter.default)
        for option, parameter in inspect.signature(provider).parameters.items()
    }
    return create_model(provider.__name__, __config__=ConfigDict(extra="forbid"), **fields)


def _problems(
    name: str, allowed: list[str], errors: list[ErrorDetails], location: Location | None
) -> Iterator[Problem]:
    for error in errors:
        option = str(error["loc"][0])
        remedy = f"Options of {name}: {', '.join(allowed)}."
        if error["type"] == "extra_forbidden":
            near = get_close_matches(option, allowed, n=1)
            message = f"{name} has no option `{option}`"
            remedy = f"Did you mean `{near[0]}`? {remedy}" if near else remedy
        elif error["type"] == "missing":
            message = f"{name} needs the option `{option}`"
        else:
            message = f"`{option}` of {name} is wrong: {error['msg'][:1].lower()}{error['msg'][1:]}"
        yield Problem(message, location, remedy)


def _absolute(value: object, folder: Path) -> object:
    return folder / value if isinstance(value, Path) else value
