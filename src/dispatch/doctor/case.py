"""What is examined: a newsletter folder with whatever of it can be opened, without making or changing anything."""

from __future__ import annotations

from contextlib import closing, suppress
from dataclasses import dataclass

from sqlalchemy import make_url

from dispatch.config import Config
from dispatch.database.database import HEAD, Database
from dispatch.errors import DispatchError
from dispatch.inspection.dns import Resolver
from dispatch.messages.tokens import KeyRing
from dispatch.project import Project
from dispatch.providers.provider import Authentication, Capabilities, Provider
from dispatch.subscribers.store import SubscriberStore

_CONNECT_SECONDS = 4  # to a database server


class NotExamined(Exception):
    """There is nothing to look at here, or no way to; says why."""


@dataclass(frozen=True)
class Case:
    """A newsletter, and how it may be looked at. What cannot be opened is None; the examination of it tells why."""

    project: Project
    resolver: Resolver
    capabilities: Capabilities | None
    authentication: Authentication
    keys: KeyRing | None
    found: Database | None  # whatever its version; None where there is none yet
    version: str | None  # of it; None where it has no tables yet
    trouble: DispatchError | None  # that kept it from being opened

    @classmethod
    def of(cls, project: Project, *, resolver: Resolver) -> Case:
        """Open what is there."""
        config = project.config
        capabilities, authentication, keys = None, Authentication(), None
        with suppress(DispatchError), closing(project.open_provider()) as provider:
            capabilities = provider.capabilities
            authentication = provider.authentication(domain_of(config.from_.address))
        with suppress(DispatchError, OSError, UnicodeDecodeError):
            keys = KeyRing(config.keys or [(config.state / "key").read_text("ascii").strip()])
        return cls(project, resolver, capabilities, authentication, keys, *_look_for_database(config))

    def close(self) -> None:
        """Let go of the database."""
        if self.found:
            self.found.close()

    @property
    def database(self) -> Database | None:
        """The database, where it is of the version of this program."""
        return self.found if self.version == HEAD else None

    @property
    def config(self) -> Config:
        """The settings."""
        return self.project.config

    @property
    def domain(self) -> str:
        """The domain of the From address, as it travels."""
        return domain_of(self.config.from_.address)

    @property
    def store(self) -> SubscriberStore:
        """Subscribers and suppressions; raises NotExamined, and DatabaseTrouble where they go by another key."""
        if not self.keys or not self.database:
            raise NotExamined("there is no database yet, or none that could be opened")
        return SubscriberStore(self.database, self.project.clock, self.keys.id_key)

    def require_real_mail(self) -> Capabilities:
        """What the provider can do; raises NotExamined where no mail leaves this machine, so that it does not matter."""
        if not self.capabilities:
            raise NotExamined("the provider's options are not in order")
        if not self.capabilities.real:
            raise NotExamined(f"{self.config.provider} carries no real mail")
        return self.capabilities

    def open_provider(self) -> Provider:
        """A provider for the use of one thread; raises NotExamined."""
        if not self.capabilities:
            raise NotExamined("the provider's options are not in order")
        return self.project.open_provider()


def _look_for_database(config: Config) -> tuple[Database | None, str | None, DispatchError | None]:
    """The database, its version, and what is wrong with it; a server is given a few seconds to answer."""
    try:
        url = make_url(config.database)
        if url.get_backend_name() == "postgresql" and "connect_timeout" not in url.query:
            url = url.update_query_dict({"connect_timeout": str(_CONNECT_SECONDS)})
        database = Database.as_it_is(
            url.render_as_string(hide_password=False), folder=config.folder, location=config.locate(("database",))
        )
        if database.path and not database.path.exists():
            return None, None, None
        return database, database.version(), None
    except DispatchError as trouble:
        return None, None, trouble


def domain_of(address: str) -> str:
    """What stands behind the @, in lower case."""
    return address.rpartition("@")[2].lower()
