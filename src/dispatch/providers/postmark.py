"""Postmark: `/email/batch`, every message with its own body, one result per message, in order."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from html import escape
from typing import Any, ClassVar, Literal
from urllib.parse import quote, urlencode

from dispatch.addresses import format_header
from dispatch.counts import count
from dispatch.errors import AccountTrouble, ProviderUnreachable, Unsupported
from dispatch.messages.message import Message
from dispatch.providers.http import HttpProvider, Request, Response
from dispatch.providers.outcome import Accepted, Outcome, Postponed, Refused, Suppress, Uncertain, legible
from dispatch.providers.provider import Batch, Capabilities
from dispatch.rendering.form import as_json, within_json

# https://postmarkapp.com/developer/api/email-api, read 2026-09: 500 messages and 50 MB a call, 10 MB a message,
# attachments included. https://postmarkapp.com/support/article/1125-custom-metadata-faq: 80 characters in a value.
_MAX_MESSAGES = 500
_MAX_CALL = 8_000_000  # of the 50 MB: every thread holds one, and a lost answer leaves less in doubt
_MAX_MESSAGE = 10_000_000
_MAX_REFERENCE = 80
_REFERENCE_KEY = "dispatch"

# https://postmarkapp.com/support/article/1208-how-to-add-an-unsubscribe-link: for both bodies; as a link's target it
# becomes the URL alone.
_THEIR_LINK = "{{{ pm:unsubscribe }}}"
_OUR_LINK = re.compile(r"<(https?://[^<>]+)>")

# https://postmarkapp.com/developer/api/suppressions-api: HardBounce, SpamComplaint, ManualSuppression.
_REASONS: dict[str, Suppress] = {
    "hard bounce": "bounced",
    "spam complaint": "complained",
    "manual suppression": "unsubscribed",
}

_PASSING = frozenset({"100", "429", "503"})  # maintenance, too fast, unavailable: "not accepted, try again"


class Postmark(HttpProvider):
    """Postmark (https://postmarkapp.com), through a broadcast message stream.

    Who handles leaving is set on the stream at Postmark, and `unsubscribe` must say the same (`check` compares):

    - `own`: "Manage unsubscribes on your own", which their support enables on request. Our List-Unsubscribe headers
      and our link travel as they are.
    - `provider`: as streams are at first. Postmark replaces the headers and adds a footer unless its placeholder
      stands in the message, so we leave the headers out and put the placeholder where our link was: one way out, and
      it works. Who leaves is on the stream's suppression list, and Postmark refuses them (406) from then on.
    """

    name: ClassVar[str] = "postmark"

    troubles: ClassVar[Mapping[str, str]] = {
        **HttpProvider.troubles,
        # https://postmarkapp.com/developer/api/overview#error-codes; other numbers than the HTTP statuses.
        "10": "Look at `token`: it must be the server's API token, not the account's.",
        "400": "Add or confirm the sender signature or the domain of `from` at Postmark.",
        "401": "Confirm the sender signature of `from` at Postmark.",
        "405": "The account is out of credits.",
        "412": "Postmark has not approved the account yet: only addresses at your own domain can be mailed.",
        "413": "Postmark does not let this account send: ask their support.",
    }

    def __init__(
        self,
        *,
        token: str,
        stream: str = "broadcast",
        unsubscribe: Literal["own", "provider"] = "own",
        base_url: str = "https://api.postmarkapp.com",
    ) -> None:
        super().__init__(base_url)
        self._headers = {
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "Content-Type": "application/json",
            "X-Postmark-Server-Token": token,
        }
        self._stream = stream
        self._theirs = unsubscribe == "provider"
        self._form: _Form | None = None  # of the variant at hand
        self._weighed: dict[Message, list[bytes]] = {}  # the pieces of what was planned last and not built yet

    @property
    def capabilities(self) -> Capabilities:
        """No idempotency, but a look-up by our reference; no rate is published."""
        return Capabilities(
            max_messages=_MAX_MESSAGES,
            max_bytes=_MAX_CALL,
            max_message_bytes=_MAX_MESSAGE,
            replaces_unsubscribe=self._theirs,
            can_look_up=True,
        )

    def plan(self, messages: Sequence[Message]) -> list[tuple[Message, ...]]:
        """Split by count and encoded bytes; raises Unsupported also for a reference that metadata cannot hold."""
        for message in messages:
            if len(message.reference) > _MAX_REFERENCE:
                raise Unsupported(
                    f"Postmark keeps {_MAX_REFERENCE} characters of a reference; {message.reference} is longer",
                    remedy="Give the issue a shorter `slug`.",
                )
        self._weighed.clear()
        return super().plan(messages)

    def weight(self, message: Message) -> int:
        """The bytes of a message within the JSON array."""
        pieces = self._weighed[message] = self._pieces(message)
        return sum(map(len, pieces)) + 1

    def build(self, batch: Batch) -> Request:
        """The array of all messages."""
        pieces: list[bytes] = []
        for message in batch.messages:
            pieces += (b",", *(self._weighed.pop(message, None) or self._pieces(message)))
        body = b"".join((b"[", *pieces[1:], b"]"))
        return Request("POST", f"{self._base_url}/email/batch", self._headers, body, batch.messages)

    def read_results(self, messages: Sequence[Message], document: object) -> list[Outcome]:
        """Results come in the order of the messages; each names its `To`, which tells if they do not."""
        if not isinstance(document, list) or len(document) > len(messages):
            return [Uncertain("unreadable", "the answer is not a list of one result per message")] * len(messages)
        complete = len(document) == len(messages)
        outcomes = [
            self._read_result(message, result, complete) for message, result in zip(messages, document, strict=False)
        ]
        missing = Uncertain("missing", f"{count(len(document), 'result')} for {count(len(messages), 'message')}")
        return outcomes + [missing] * (len(messages) - len(document))

    def read_failure(self, response: Response) -> Outcome:
        """A call is refused for the account's sake, for now, or because of what is in it."""
        outcome = super().read_failure(response)
        code, said = _error(response.json())
        if code in self.troubles:
            return Postponed(code, said)
        if code in _PASSING and response.status != 500:
            return Postponed(code, said, response.retry_after)
        return replace(outcome, code=code, detail=said) if code and isinstance(outcome, Refused) else outcome

    def reconcile(self, people: Mapping[str, str]) -> dict[str, str]:
        """Look each one up by its metadata. Without the stream's name Postmark searches the default stream only."""
        return dict(filter(None, map(self._look_up, people)))

    def check(self) -> list[str]:
        """Whether the stream is one for newsletters that handles leaving as `unsubscribe` says.

        Whether the domain of `from` is verified, Postmark tells only to the account's token, which sending does without
        (https://postmarkapp.com/developer/api/domains-api).
        """
        answer = self._get(f"/message-streams/{quote(self._stream, safe='')}")
        if answer.status == 404:
            return [f"Postmark has no message stream `{self._stream}` on this server; see `stream` in dispatch.yaml."]
        facts = answer.json()
        if answer.status != 200 or not isinstance(facts, dict):
            raise ProviderUnreachable(f"Postmark does not tell about the stream `{self._stream}`: HTTP {answer.status}")
        return list(self._complaints(facts))

    def _read_result(self, message: Message, result: object, complete: bool) -> Outcome:
        if not isinstance(result, dict):
            return Uncertain("unreadable", "the result is not an object")
        to = result.get("To")
        named = isinstance(to, str) and message.recipient.address.lower() in to.lower()
        if not named and (to or not complete):
            return Uncertain("out of order", "the result names somebody else")
        identity = result.get("MessageID")
        if isinstance(identity, str) and identity and not result.get("ErrorCode"):
            # ErrorCode may be absent where Postmark accepts but delays (django-anymail #392).
            return Accepted(identity, legible(str(result.get("Message", ""))))
        code, said = _error(result)
        if identity or not code:
            return Uncertain("unreadable", "the result says neither yes nor no")
        if code == "500":
            return Uncertain(code, said)
        if code in self.troubles or code in _PASSING:
            return Postponed(code, said)
        return Refused(code, said, suppress=self._reason(said) if code == "406" else "")

    def _reason(self, said: str) -> Suppress:
        """Why somebody is on Postmark's suppression list.

        Its usual sentence names all reasons at once: "Inactive recipients are ones that have generated a hard bounce, a
        spam complaint, or a manual suppression." Where people leave through Postmark, it is taken for that.
        """
        named = [reason for words, reason in _REASONS.items() if words in said.lower()]
        if len(named) == 1:
            return named[0]
        return "unsubscribed" if self._theirs else "bounced"

    def _complaints(self, facts: dict[str, Any]) -> Iterator[str]:
        # https://postmarkapp.com/developer/api/message-streams-api
        if facts.get("MessageStreamType") != "Broadcasts":
            yield f"The stream `{self._stream}` is not a broadcast stream; Postmark wants newsletters in one."
        if facts.get("ArchivedAt"):
            yield f"The stream `{self._stream}` is archived at Postmark."
        handling = str((facts.get("SubscriptionManagementConfiguration") or {}).get("UnsubscribeHandlingType", ""))
        if handling.lower() == "postmark" and not self._theirs:
            yield (
                f"Postmark replaces our unsubscribe headers on the stream `{self._stream}`: ask its support for "
                "“Manage unsubscribes on your own”, or set `unsubscribe: provider`."
            )
        if handling.lower() in ("custom", "none") and self._theirs:
            yield f"Postmark adds no way to leave on the stream `{self._stream}`: set `unsubscribe: own`."

    def _pieces(self, message: Message) -> list[bytes]:
        """A message as JSON, to be joined: what it shares with others is encoded once for all of them."""
        form = self._form
        if form is None or not form.edition.is_like(message.edition):
            form = self._form = _Form(message, self._stream)
        if self._theirs:
            html, text, headers = _with_their_link(message)
            bodies = [within_json(html)], [within_json(text)]
        else:
            bodies, headers = (form.html.pieces(message.values), form.text.pieces(message.values)), message.headers
        return [
            b'{"To":"%b","Subject":"%b","HtmlBody":"' % (within_json(message.to_header), within_json(message.subject)),
            *bodies[0],
            b'","TextBody":"',
            *bodies[1],
            b'","Metadata":{"%b":"%b"},"Headers":[%b],'
            % (_REFERENCE_KEY.encode(), within_json(message.reference), b",".join(map(_header, headers))),
            form.rest,
        ]

    def _look_up(self, reference: str) -> tuple[str, str] | None:
        query = {
            "count": "1",
            "offset": "0",
            "messagestream": self._stream,
            f"metadata_{_REFERENCE_KEY}": reference,
        }
        answer = self._get(f"/messages/outbound?{urlencode(query)}")
        document = answer.json()
        found = document.get("Messages") if isinstance(document, dict) else None
        if answer.status != 200 or not isinstance(found, list):
            raise ProviderUnreachable(
                f"Postmark did not look the message up: HTTP {answer.status}", remedy="Ask again later."
            )
        for entry in found:
            # A server that does not know the filter answers with just any message: only its own reference counts.
            metadata = entry.get("Metadata") if isinstance(entry, dict) else None
            if isinstance(metadata, dict) and metadata.get(_REFERENCE_KEY) == reference:
                return reference, str(entry.get("MessageID", ""))
        return None

    def _get(self, path: str) -> Response:
        answer = self.get(path, self._headers)
        if answer.status == 401:
            raise AccountTrouble("Postmark refuses the token", remedy=self.troubles["10"])
        return answer


class _Form:
    """What is the same for all who get a variant, as JSON."""

    def __init__(self, message: Message, stream: str) -> None:
        self.edition = edition = message.edition
        self.html, self.text = as_json(edition.variant.html), as_json(edition.variant.text)
        rest: dict[str, object] = {
            "From": format_header(edition.from_),
            "MessageStream": stream,
            "TrackOpens": False,
            "TrackLinks": "None",
        }
        if edition.reply_to:
            rest["ReplyTo"] = format_header(edition.reply_to)
        if message.pictures:
            rest["Attachments"] = [
                {
                    "Name": picture.name,
                    "Content": b64encode(picture.content).decode(),
                    "ContentType": picture.content_type,
                    "ContentID": f"cid:{picture.content_id}",
                }
                for picture in message.pictures
            ]
        self.rest = _json(rest)[1:]  # to follow upon other fields


def _json(document: object) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode("ascii")


@lru_cache(maxsize=64)  # all but one are the same for everybody
def _header(field: tuple[str, str]) -> bytes:
    return _json({"Name": field[0], "Value": field[1]})


def _error(answer: object) -> tuple[str, str]:
    """Postmark's own error number and its words; both empty where there is none."""
    error = answer.get("ErrorCode") if isinstance(answer, dict) else None
    if not isinstance(answer, dict) or not isinstance(error, int) or not error:
        return "", ""
    return str(error), legible(str(answer.get("Message", "")))


def _with_their_link(message: Message) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    """HTML, text and headers with Postmark's way to leave in the place of ours."""
    leaving = {"list-unsubscribe", "list-unsubscribe-post"}
    html, text = message.html, message.text
    for name, value in message.headers:
        ours = _OUR_LINK.search(value) if name.lower() == "list-unsubscribe" else None
        if ours:
            html = html.replace(escape(ours[1]), _THEIR_LINK).replace(ours[1], _THEIR_LINK)
            text = text.replace(ours[1], _THEIR_LINK)
    return html, text, tuple((name, value) for name, value in message.headers if name.lower() not in leaving)
