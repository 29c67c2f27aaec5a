"""Every setting of dispatch.yaml: its type, its default and the rule it must keep (DESIGN §6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, PrivateAttr

from dispatch.addresses import Mailbox
from dispatch.config import editors, rules
from dispatch.config.references import Secret, is_secret, masked
from dispatch.config.signing_key import MIN_LENGTH
from dispatch.config.sources import Source
from dispatch.counts import count
from dispatch.errors import InvalidConfig, Problem
from dispatch.location import Location
from dispatch.yaml_source import Path as YamlPath

_SECONDS = {"s": 1, "m": 60, "h": 3600}


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Newsletter(_Section):
    """What the newsletter is, for its readers."""

    name: Annotated[str, BeforeValidator(rules.name)]
    description: str = ""
    url: Annotated[str, BeforeValidator(rules.newsletter_url)]  # without a slash at the end
    language: Annotated[str, BeforeValidator(rules.language)] = "en"
    timezone: Annotated[str, BeforeValidator(rules.timezone)] = "UTC"
    postal_address: Annotated[str, BeforeValidator(rules.filled)]


class Unsubscribe(_Section):
    """The way out: the token is appended to `url`, which is `{newsletter.url}/u/` unless it is set."""

    url: Annotated[str, BeforeValidator(rules.unsubscribe_url)] = ""
    mailto: Annotated[str, BeforeValidator(rules.address)] | None = None
    probe: bool = True


class ThemeSettings(_Section):
    """What a theme may be told; None is the theme's own choice."""

    accent: Annotated[str | None, BeforeValidator(rules.colour)] = None  # #rrggbb
    logo: str | None = None  # a path below the newsletter's folder
    font: Annotated[str, BeforeValidator(rules.font)] | None = None


_ByCheck = BeforeValidator(rules.nothing_is_empty)


class Checks(_Section):
    """What checks may find, and how much it weighs, by their names."""

    severity: Annotated[dict[str, Literal["error", "warning"]], _ByCheck] = {}
    allow: Annotated[dict[str, Annotated[str, BeforeValidator(rules.reason)]], _ByCheck] = {}


class Delivery(_Section):
    """How it gets there."""

    rate: Annotated[str, BeforeValidator(rules.rate)] | None = None
    concurrency: int = Field(4, ge=1, le=512)  # connections or calls at once, of all processes
    processes: int | None = Field(None, ge=1, le=64)  # None: by the audience and the cores
    pinned: bool = True  # each process on a core of its own
    on_uncertain: Literal["hold"] = "hold"
    claim: Literal["git", "database", "none"] = "git"

    @property
    def per_second(self) -> float | None:
        """The rate in recipients per second."""
        if self.rate is None:
            return None
        number, unit = self.rate.split("/")
        return int(number) / _SECONDS[unit]


class Preview(_Section):
    """How the desk serves its author."""

    editor: Annotated[str, BeforeValidator(editors.editor)] = editors.DEFAULT  # as written; see `address_in`


_Segments = dict[Annotated[str, BeforeValidator(rules.segment_name)], Annotated[str, BeforeValidator(rules.filled)]]
_Options = Annotated[dict[str, object], BeforeValidator(rules.nothing_is_empty)]


class Config(_Section):
    """A newsletter's settings. Their paths and origins are told by `locate` and `origin`; secrets are in no repr."""

    newsletter: Newsletter
    from_: Annotated[Mailbox, PlainValidator(rules.mailbox)] = Field(alias="from")
    reply_to: Annotated[Mailbox, PlainValidator(rules.mailbox)] | None = None
    subscribers: Annotated[str, BeforeValidator(rules.filled)] = "subscribers.csv"
    unsubscribe: Annotated[Unsubscribe, BeforeValidator(rules.nothing_is_empty)] = Unsubscribe()
    keys_: tuple[str, ...] = Field((), alias="keys", repr=False)  # as written
    dkim_selector: Annotated[str, BeforeValidator(rules.selector)] | None = None  # for `dispatch doctor`
    images: Literal["hosted", "embed"] | None = None  # None: the provider's default
    database_: Annotated[str, BeforeValidator(rules.filled)] = Field(
        "sqlite:///.dispatch/dispatch.db", alias="database", repr=False
    )  # as written
    theme: Annotated[ThemeSettings, BeforeValidator(rules.nothing_is_empty)] = ThemeSettings()
    segments: Annotated[_Segments, BeforeValidator(rules.nothing_is_empty)] = {}
    checks: Annotated[Checks, BeforeValidator(rules.nothing_is_empty)] = Checks()
    proofreading: Literal["auto", "off"] = "auto"  # auto: where an engine is installed
    preview: Annotated[Preview, BeforeValidator(rules.nothing_is_empty)] = Preview()
    provider: str = "outbox"
    providers_: Annotated[dict[str, _Options], BeforeValidator(rules.nothing_is_empty)] = Field(
        {}, alias="providers", repr=False
    )  # as written
    delivery: Annotated[Delivery, BeforeValidator(rules.nothing_is_empty)] = Delivery()
    tracking: Annotated[Literal["none"], BeforeValidator(rules.not_yet("aggregate", "consented"))] = "none"

    _source: Source = PrivateAttr()

    def bound_to(self, source: Source) -> Config:
        """The same settings, knowing where they come from, and with the way out that follows from the rest."""
        way_out = self.unsubscribe
        if not way_out.url:
            way_out = way_out.model_copy(update={"url": f"{self.newsletter.url}/u/"})
        config = self.model_copy(update={"unsubscribe": way_out})
        config._source = source  # noqa: SLF001 - its own
        return config

    @property
    def file(self) -> Path:
        """The dispatch.yaml that was read."""
        return self._source.file

    @property
    def folder(self) -> Path:
        """The newsletter's folder; relative paths count from it."""
        return self._source.file.parent

    @property
    def state(self) -> Path:
        """Where dispatch keeps what is not the author's: git-ignored, for its owner only."""
        return self._source.home / ".dispatch"

    @property
    def keys(self) -> tuple[Secret, ...]:
        """The signing keys: the first signs, all verify. Empty where none is set.

        Raises InvalidConfig where one refers to a variable that is not set, or is too short.
        """
        keys = cast("list[Secret]", self._source.resolve(list(self.keys_), ("keys",)))
        short = [
            Problem(
                f"this key has {count(len(key), 'character')}, and signing takes at least {MIN_LENGTH}",
                self.locate(("keys", index)),
                'Make one with: python3 -c "import secrets; print(secrets.token_urlsafe(32))"',
            )
            for index, key in enumerate(keys)
            if len(key) < MIN_LENGTH
        ]
        if short:
            raise InvalidConfig.of(short)
        return tuple(keys)

    @property
    def database(self) -> Secret:
        """The URL, which may hold a password. Raises InvalidConfig where a variable it refers to is not set."""
        return Secret(self._source.resolve(self.database_, ("database",)))

    @property
    def providers(self) -> Mapping[str, Mapping[str, object]]:
        """Options by provider. A provider's references are resolved when it is looked up, and raise InvalidConfig then."""
        return _Providers(self.providers_, self._source)

    def locate(self, path: YamlPath) -> Location:
        """The place of a setting, or of its nearest parent that stands in dispatch.yaml."""
        return self._source.document.locate(path)

    def locate_key(self, path: YamlPath) -> Location:
        """The place of the key of a setting that stands in dispatch.yaml."""
        return self._source.document.locate_key(path)

    def origin(self, key: str) -> str:
        """Where the setting `newsletter.url` comes from: `dispatch.yaml:5`, a variable, `command line` or `default`."""
        return self._source.origin(tuple(key.split(".")))

    def laid_over(self) -> dict[YamlPath, tuple[str, str]]:
        """What the environment, .env and the command line put over dispatch.yaml: as written, and its origin."""
        document = self._source.document
        return {path: (str(document.raw(path)), origin) for path, origin in document.overridden.items()}

    def as_table(self) -> list[tuple[str, str, str]]:
        """Every setting: key, value with secrets masked, origin."""
        return [
            (".".join(map(str, path)), self._shown(path, value), self._source.origin(path))
            for path, value in _leaves(self)
        ]

    def _shown(self, path: YamlPath, value: object) -> str:
        raw = self._source.document.raw(path)
        if isinstance(raw, str) and "${" in raw:
            return raw
        if is_secret(path):
            return "***"
        if path == ("database",):
            return masked(str(value))
        if isinstance(value, bool):
            return str(value).lower()
        return "" if value is None else str(value)


class _Providers(Mapping[str, Mapping[str, object]]):
    """The options of each provider as written; looking one up resolves its references, and no other's."""

    def __init__(self, options: Mapping[str, Mapping[str, object]], source: Source) -> None:
        self._options = {"outbox": {}, **options}
        self._source = source

    def __getitem__(self, name: str) -> Mapping[str, object]:
        return cast("dict[str, object]", self._source.resolve(self._options[name], ("providers", name)))

    def __contains__(self, name: object) -> bool:
        return name in self._options  # Mapping's own looks it up, which would resolve its references

    def __iter__(self) -> Iterator[str]:
        return iter(self._options)

    def __len__(self) -> int:
        return len(self._options)


def _leaves(value: object, path: YamlPath = ()) -> Iterator[tuple[YamlPath, object]]:
    if isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            yield from _leaves(getattr(value, name), (*path, field.alias or name))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(item, (*path, key))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _leaves(item, (*path, index))
    else:
        yield path, value
