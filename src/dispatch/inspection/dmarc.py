"""DMARC: the policy that holds for a domain, found by walking up the DNS tree (RFC 9989 §4.10)."""

from __future__ import annotations

from dataclasses import dataclass

from dispatch.inspection.dns import Resolver
from dispatch.inspection.tags import read_tags

POLICIES = ("none", "quarantine", "reject")

_MOST_LABELS = 8  # RFC 9989 §4.10: of longer names only the last seven labels are walked


@dataclass(frozen=True)
class Policy:
    """A DMARC record and the domain that has it."""

    domain: str
    record: str
    tags: dict[str, str]

    @property
    def wish(self) -> str:
        """What receivers are asked to do with mail that fails: none, quarantine or reject.

        RFC 9989 §4.7: a record with reports and without a valid p= counts as p=none.
        """
        wish = self.tags.get("p", "").lower()
        return wish if wish in POLICIES else "none"

    def wish_for(self, domain: str) -> str:
        """The same for a domain at or below this one: `sp` may say something else for those below."""
        below = self.tags.get("sp", "").lower()
        return below if domain != self.domain and below in POLICIES else self.wish

    def strict(self, identifier: str) -> bool:
        """Whether `adkim` or `aspf` asks for the very domain, and not only for one of the same organisation."""
        return self.tags.get(identifier, "r").lower() == "s"


@dataclass(frozen=True)
class Walk:
    """What stands at `_dmarc` of a domain and of those above it, the domain itself first."""

    domain: str
    policies: tuple[Policy, ...]
    surplus: tuple[str, ...] = ()  # domains with more than one record, which counts as none

    @property
    def organisation(self) -> str:
        """The organisational domain (RFC 9989 §4.10.2); the domain itself where no record tells."""
        for policy in self.policies:
            psd = policy.tags.get("psd", "u").lower()
            if psd == "n":
                return policy.domain
            if psd == "y" and policy.domain != self.domain:
                below = self.domain.removesuffix(f".{policy.domain}").rpartition(".")[2]
                return f"{below}.{policy.domain}"
        return self.policies[-1].domain if self.policies else self.domain

    @property
    def policy(self) -> Policy | None:
        """The policy that holds (RFC 9989 §4.10.1): the domain's own, else its organisation's, else the suffix's."""
        own = [policy for policy in self.policies if policy.domain in (self.domain, self.organisation)]
        return next(iter(own or self.policies[-1:]), None)


def walk_up(domain: str, resolver: Resolver) -> Walk:
    """Look at a domain and at those above it; raises DnsTrouble.

    No list of public suffixes is needed, as it was by RFC 7489: suffixes say of themselves what they are.
    """
    labels = domain.split(".")
    policies: list[Policy] = []
    surplus: list[str] = []
    while labels:
        here = ".".join(labels)
        records = [text for text in resolver.texts(f"_dmarc.{here}") if _is_dmarc(text)]
        if len(records) > 1:
            surplus.append(here)
        for record in records if len(records) == 1 else ():
            policies.append(Policy(here, record, _tolerant_tags(record)))
            if policies[-1].tags.get("psd", "u").lower() in ("y", "n"):
                return Walk(domain, tuple(policies), tuple(surplus))
        labels = labels[1:] if len(labels) < _MOST_LABELS else labels[-(_MOST_LABELS - 1) :]
    return Walk(domain, tuple(policies), tuple(surplus))


def aligned(walk: Walk, other: Walk, *, strict: bool) -> bool:
    """Whether what authenticated another domain speaks for this one (RFC 9989 §4.4)."""
    return walk.domain == other.domain or (not strict and walk.organisation == other.organisation)


def _is_dmarc(text: str) -> bool:
    """RFC 9989 §4.7: `v=DMARC1` stands first, in exactly these letters, or it is some other record."""
    name, _, value = text.partition(";")[0].partition("=")
    return (name.strip(), value.strip()) == ("v", "DMARC1")


def _tolerant_tags(record: str) -> dict[str, str]:
    """A record that cannot be read to its end still counts as one, without any wish."""
    try:
        return read_tags(record)
    except ValueError:
        return {}
