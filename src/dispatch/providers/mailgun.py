"""Mailgun: one body for up to 1,000 people, each with the values of their merge fields, and one answer for all."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal
from urllib.parse import quote, urlencode, urlsplit

from dispatch.errors import AccountTrouble, AccountUnseen, ProviderUnreachable, Unsupported
from dispatch.messages.message import Message
from dispatch.providers.http import HttpProvider, Request, Response
from dispatch.providers.mailgun_bodies import MAX_OPTIONS, Bodies, header_value, mailbox_header, to_header
from dispatch.providers.outcome import Accepted, Outcome, Postponed, Refused, Uncertain, legible
from dispatch.providers.provider import Authentication, Batch, Capabilities

# https://documentation.mailgun.com/docs/mailgun/user-manual/sending-messages, read 2026-07: 1,000 recipients and 25 MB a
# call; all o:, h:, v: and t: fields of a call together 16 KB.
_MAX_MESSAGES = 1_000
_MAX_CALL = 25_000_000
_BASES = {"us": "https://api.mailgun.net", "eu": "https://api.eu.mailgun.net"}

_REFERENCE = "dispatch"
_BOUNDARY = 40 * b"_"  # long and of one letter: nothing is found absent as quickly

# A domain that may mail only its owner, or none at all, is told with 400 (django-anymail's tests, read 2026-07).
_ACCOUNT = re.compile(
    r"authorized recipients|sandbox|(?:domain|account).{0,60}(?:disabled|not verified|unverified)", re.IGNORECASE
)
_AFTER = re.compile(r"after (\d{1,6}) seconds?")
_MOST_IN_VAIN = 10  # people of one call who are looked up, and not found


class Mailgun(HttpProvider):
    """Mailgun (https://www.mailgun.com), in the US or the EU.

    Everybody in a call gets the same bodies, in which Mailgun replaces `%recipient.<key>%` by what stands under that key
    in their `recipient-variables`. It escapes nothing, so there is a key for each field and each place that wants it
    escaped another way. Where a text itself has something in it that Mailgun would replace, each person gets a call
    with bodies of their own.
    """

    name: ClassVar[str] = "mailgun"

    troubles: ClassVar[Mapping[str, str]] = {
        **HttpProvider.troubles,
        "HTTP 401": "Look at `api_key` in dispatch.yaml and the environment.",
        "HTTP 404": "Look at `domain` and `region` in dispatch.yaml: a domain is known in one region only.",
        "account": "See to the domain and the account at Mailgun.",
    }

    def __init__(
        self, *, api_key: str, domain: str, region: Literal["us", "eu"] = "us", base_url: str | None = None
    ) -> None:
        super().__init__(base_url or _BASES[region])
        secret = b64encode(f"api:{api_key}".encode()).decode()
        self._headers = {
            "Authorization": f"Basic {secret}",
            "Accept": "application/json",
            "Accept-Encoding": "identity",
        }
        self._name = domain.lower()
        self._domain = quote(domain, safe="")
        self._bodies: Bodies | None = None  # of the variant that was sent last

    @property
    def capabilities(self) -> Capabilities:
        """One id for a whole call, and a look-up by our reference; the rate is the account's."""
        return Capabilities(
            max_messages=_MAX_MESSAGES,
            max_bytes=_MAX_CALL,
            embeds_pictures=False,
            shares_bodies=True,
            can_look_up=True,
        )

    # --- a call ------------------------------------------------------------------------------------

    def plan(self, messages: Sequence[Message]) -> list[tuple[Message, ...]]:
        """Split by count and bytes, and so that all in a call can share its bodies; raises Unsupported."""
        if self._are_one_call(messages):
            return [tuple(messages)]
        calls: list[list[Message]] = []
        addresses: set[str] = set()
        room, is_open = 0, False  # of the last call
        for message in messages:
            if not message.recipient.address.isascii():
                self._refuse_international(message)
            bodies = self._bodies_of(message)
            weight, can_share = bodies.judge(message.edition, (message.recipient,))
            address = message.recipient.address.lower()  # Mailgun merges addresses that differ in case only
            fits = (
                is_open
                and can_share
                and len(calls[-1]) < _MAX_MESSAGES
                and weight <= room
                and address not in addresses
                and calls[-1][0].edition.is_like(message.edition)
            )
            if not fits:
                calls.append([])
                addresses = set()
                room, is_open = _MAX_CALL - bodies.weight, can_share
                if weight > room:
                    raise Unsupported(
                        f"The message to {message.recipient.address} takes {bodies.weight + weight:,} bytes; "
                        f"{self.name} carries {_MAX_CALL:,}",
                        remedy="Use fewer words.",
                    )
            calls[-1].append(message)
            addresses.add(address)
            room -= weight
        return [tuple(call) for call in calls]

    def _are_one_call(self, messages: Sequence[Message]) -> bool:
        """Whether they surely are, as nearly all are; seen in half the time that it takes one after another."""
        if not 1 < len(messages) <= _MAX_MESSAGES or len({message.edition for message in messages}) > 1:
            return False
        people = [message.recipient for message in messages]
        addresses = " ".join([person.address for person in people]).lower()
        bodies = self._bodies_of(messages[0])
        weight, can_share = bodies.judge(messages[0].edition, people)
        return (
            can_share
            and bodies.weight + weight <= _MAX_CALL
            and addresses.isascii()
            and len(set(addresses.split())) == len(people)
        )

    def weight(self, message: Message) -> int:
        """How many bytes a message takes in a call, its share in the bodies included; never less than it does."""
        bodies = self._bodies_of(message)
        return bodies.weight + bodies.judge(message.edition, (message.recipient,))[0]

    def build(self, batch: Batch) -> Request:
        """The form of a call: the bodies, and everybody's values."""
        first = batch.messages[0]
        bodies = self._bodies_of(first)
        shared = len(batch.messages) > 1 or bodies.judge(first.edition, (first.recipient,))[1]
        fields = [
            ("from", mailbox_header(first.edition.from_)),
            ("to", ", ".join([to_header(message) for message in batch.messages])),
            *(bodies.shared if shared else bodies.own(first)),
            ("recipient-variables", bodies.variables(batch.messages, shared=shared)),
            *self._options(first),
        ]
        return self._post(fields, batch.messages)

    def _post(self, fields: Sequence[tuple[str, str]], messages: tuple[Message, ...] = ()) -> Request:
        content, boundary = _form(fields)
        headers = {**self._headers, "Content-Type": f"multipart/form-data; boundary={boundary}"}
        return Request("POST", f"{self._base_url}/v3/{self._domain}/messages", headers, content, messages)

    def _options(self, message: Message) -> list[tuple[str, str]]:
        """What is neither a body nor an address; raises Unsupported for more than Mailgun takes."""
        edition = message.edition
        headers = [("List-Unsubscribe", "%recipient.leave%")]
        headers += [(name, header_value(value)) for name, value in edition.headers]
        if edition.reply_to:
            headers.append(("Reply-To", mailbox_header(edition.reply_to)))
        options = [
            ("o:tag", message.reference.partition(".")[0]),
            *(("o:" + name, "no") for name in ("tracking", "tracking-clicks", "tracking-opens")),
            (f"v:{_REFERENCE}", "%recipient.reference%"),
            *((f"h:{name}", value) for name, value in headers),
        ]
        size = sum(len(name) + len(value) for name, value in options) + len(message.way_out) + len(message.reference)
        if size > MAX_OPTIONS:
            raise Unsupported(
                f"The headers of the message to {message.recipient.address} take {size:,} bytes; "
                f"{self.name} carries {MAX_OPTIONS:,}",
                remedy="Give the newsletter a shorter name and shorter addresses.",
            )
        return options

    def _bodies_of(self, message: Message) -> Bodies:
        if self._bodies is None or self._bodies.variant is not message.edition.variant:
            self._bodies = Bodies(message.edition.variant)
        return self._bodies

    # --- the answer --------------------------------------------------------------------------------

    def read_results(self, messages: Sequence[Message], document: object) -> list[Outcome]:
        """One id for all. A wrong path answers 200 too, with a greeting and no id."""
        identity = document.get("id") if isinstance(document, dict) else None
        if not isinstance(identity, str) or not identity.strip():
            return [Uncertain("unreadable", "the answer names no id")] * len(messages)
        said = legible(str(document.get("message", ""))) if isinstance(document, dict) else ""
        return [Accepted(identity.strip(), said)] * len(messages)

    def read_failure(self, response: Response) -> Outcome:
        """A call is refused for the account's sake, for now, or because of somebody in it."""
        outcome = super().read_failure(response)
        if isinstance(outcome, Refused) and _ACCOUNT.search(outcome.detail):
            return Postponed("account", outcome.detail)
        if isinstance(outcome, Postponed) and response.status == 429 and outcome.retry_after is None:
            asked = _AFTER.search(outcome.detail)  # "…limit exceeded, try again after 120 seconds"
            return Postponed(outcome.code, outcome.detail, float(asked[1]) if asked else None)
        return outcome

    # --- questions ---------------------------------------------------------------------------------

    def reconcile(self, people: Mapping[str, str]) -> dict[str, str]:
        """Look for one after the other; where one is found, so are all who were in the same call.

        A call is taken whole, so after ten people in vain nobody else in it is looked for. Mailgun remembers for one
        day to thirty, depending on the plan (user-manual/events, read 2026-11).
        """
        found: dict[str, str] = {}
        in_vain = 0
        for reference, address in people.items():
            if not address or reference in found or in_vain == _MOST_IN_VAIN:
                continue
            tag = reference.partition(".")[0]
            theirs = self._accepted(tag, {"recipient": address})
            if reference in theirs:
                found |= theirs | self._accepted(tag, {"message-id": theirs[reference].strip("<>")})
                in_vain = 0
            else:
                in_vain += 1
        return {reference: found[reference] for reference in people if reference in found}

    def _accepted(self, tag: str, filters: Mapping[str, str]) -> dict[str, str]:
        """Mailgun's id by our reference, from all events of an issue that pass the filters."""
        found: dict[str, str] = {}
        query = {"event": "accepted", "tags": tag, **filters, "ascending": "no", "limit": "300"}
        path = f"/v3/{self._domain}/events?{urlencode(query)}"
        while path:
            page = self._ask(path)
            items = page.get("items")
            if not isinstance(items, list) or not items:
                break  # the last page names a next one, too
            found.update(filter(None, map(_found, items)))
            following = urlsplit(str((page.get("paging") or {}).get("next", "")))
            path = following._replace(scheme="", netloc="").geturl()
        return found

    def check(self) -> list[str]:
        """Whether the domain may send, and nothing at Mailgun gets into the way of our links."""
        domain = self._ask(f"/v4/domains/{self._domain}").get("domain") or {}
        tracking = self._ask(f"/v3/domains/{self._domain}/tracking").get("tracking") or {}
        complaints = []
        state = domain.get("state", "unknown")
        if state != "active":
            complaints.append(f"The domain {domain.get('name', self._domain)} is {state} at Mailgun: verify it there.")
        if (tracking.get("unsubscribe") or {}).get("active"):
            complaints.append(
                "Mailgun adds a way out of its own, which we would not hear of: "
                "switch unsubscribe tracking off for the domain."
            )
        return complaints

    def authentication(self, from_domain: str) -> Authentication:
        """The domain at Mailgun receives bounces and signs; its selector is shown there."""
        return Authentication(self._name, "include:mailgun.org", spf_is_certain=False, signer=self._name)

    def _ask(self, path: str) -> dict[str, Any]:
        answer = self.get(path, self._headers)
        code = f"HTTP {answer.status}"
        if answer.status == 401 and self._may_send():
            raise AccountUnseen(
                "the key at Mailgun is good for sending and may not ask about anything: "
                "neither how the domain stands there, nor which messages were accepted",
                remedy="See there that the domain is verified and unsubscribe tracking is off, "
                "or use a key of the account, which may ask.",
            )
        if code in self.troubles:
            raise AccountTrouble(f"Mailgun does not answer for this account ({code})", remedy=self.troubles[code])
        document = answer.json()
        if answer.status != 200 or not isinstance(document, dict):
            raise ProviderUnreachable(f"Mailgun did not answer: {code}", remedy="Ask again later.")
        return document

    def _may_send(self) -> bool:
        """Whether the key is good for sending: Mailgun answers a message without sender and recipient with 400 then.

        A domain's sending key may do nothing but that, anything else is answered with 401
        (https://documentation.mailgun.com/docs/mailgun/api-reference/mg-auth, read 2026-11).
        """
        answer = self._send(self._post([("o:testmode", "yes")]))
        return isinstance(answer, Response) and answer.status == 400


def _form(fields: Sequence[tuple[str, str]]) -> tuple[bytes, str]:
    """A multipart/form-data body (RFC 7578) and its boundary, which the content decides: the same call, the same bytes."""
    parts = [
        (f'Content-Disposition: form-data; name="{name}"\r\n\r\n'.encode(), value.encode()) for name, value in fields
    ]
    boundary = _BOUNDARY
    while any(boundary in value for _, value in parts):
        boundary += b"-"
    line = b"--" + boundary + b"\r\n"
    pieces = [piece for head, value in parts for piece in (line, head, value, b"\r\n")]
    return b"".join([*pieces, line[:-2] + b"--\r\n"]), boundary.decode()


def _found(event: object) -> tuple[str, str] | None:
    """Our reference and Mailgun's id of a message, from the event that tells of it."""
    if not isinstance(event, dict):
        return None
    reference = (event.get("user-variables") or {}).get(_REFERENCE)
    headers = (event.get("message") or {}).get("headers") or {}
    identity = headers.get("message-id")
    return (reference, f"<{identity}>") if isinstance(reference, str) and identity else None
