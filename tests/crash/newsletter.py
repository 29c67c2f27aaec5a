"""A small newsletter of 60 readers, at each carrier."""

from __future__ import annotations

from pathlib import Path

from dispatch.testing.mailgun_server import DOMAIN, KEY
from dispatch.testing.postmark_server import TOKEN

SLUG = "bridge"
MAILING = f"{SLUG}.1"
ENVIRON = {
    "DISPATCH_KEY": "a key for crashes, which must be long enough",
    "POSTMARK_TOKEN": TOKEN,
    "MAILGUN_API_KEY": KEY,
}

READERS = tuple(f"reader{number:02}@example.com" for number in range(1, 61))
REFUSED = ("reader07@example.com", "reader41@example.com")  # by the servers
EXCLUDED = ("left@example.com", "waiting@example.com")

CONFIG = """\
newsletter:
  name: Crossings
  url: https://crossings.example
  postal_address: Crossings, 1 River Street, Northtown
from: Crossings <news@crossings.example>
keys: {keys}
unsubscribe: {{probe: false}}
segments: {{french: 'language == "fr"'}}
provider: {provider}
providers:
  smtp: {{host: 127.0.0.1, port: {port}, tls: none}}
  postmark: {{token: "${{POSTMARK_TOKEN}}", base_url: "http://127.0.0.1:{port}"}}
  mailgun: {{api_key: "${{MAILGUN_API_KEY}}", domain: {domain}, base_url: "http://127.0.0.1:{port}"}}
delivery: {{rate: {rate}, concurrency: {concurrency}, processes: {processes}}}
"""

ISSUE = """\
title: Who pays for the bridge?
preheader: Two towns and one river.
date: 2026-03-02
blocks:
  - paragraph: Dear {{first_name|reader}}, the bridge is half built, and so is the bill.
"""

FOR_SOME = """\
  - paragraph: Le pont est à moitié construit.
    when: french
"""


def write_newsletter(
    folder: Path,
    provider: str,
    *,
    port: int = 0,
    concurrency: int = 1,
    processes: int = 1,
    rate: str = "100000/s",
    readers: tuple[str, ...] = READERS,
    words: str = "",
    variants: bool = False,
    database: str = "",
) -> Path:
    """Write the newsletter into a new folder; `words` stand at the end of its issue, `database` is a URL.

    With `variants` every third reader gets a block of their own, in French.
    """
    (folder / "issues").mkdir(parents=True)
    keys = "[]" if provider == "outbox" else '["${DISPATCH_KEY}"]'  # the outbox's is made, and may be half made
    delivery = {"concurrency": concurrency, "processes": processes, "rate": rate}
    config = CONFIG.format(provider=provider, port=port or 1, keys=keys, domain=DOMAIN, **delivery)
    (folder / "dispatch.yaml").write_text(config + (f"database: {database}\n" if database else ""))
    (folder / "issues" / f"{SLUG}.yaml").write_text(
        ISSUE + (f"  - paragraph: {words}\n" if words else "") + (FOR_SOME if variants else "")
    )
    left, waiting = EXCLUDED
    lines = ["email,first_name,status,language", f"{left},Lee,unsubscribed,", f"{waiting},Wan,unconfirmed,"]
    lines += [
        f"{address},{address.partition('@')[0].title()},subscribed,{'fr' if variants and number % 3 == 0 else 'en'}"
        for number, address in enumerate(readers)
    ]
    (folder / "subscribers.csv").write_text("\n".join(lines) + "\n")
    return folder
