"""Where Gmail cuts a long mail, and the line that it draws there."""

from __future__ import annotations

import re

from dispatch.checks.weight import CLIPPED
from dispatch.counts import count
from dispatch.preview.simulations.simulation import Simulated
from dispatch.rendering.compiled import bytes_of
from dispatch.rendering.html_syntax import TOKEN, VOID
from dispatch.rendering.marks import NAME_OF_BLOCK

_LINE = (
    '<div style="margin:16px;padding:12px 0 0;border-top:2px dashed #c5221f;color:#c5221f;'
    'font:14px/20px Arial,sans-serif">[Message clipped] View entire message</div>'
)
_LINK = re.compile(r"<a\s[^>]*\bhref=", re.IGNORECASE)


def clipped(html: str) -> Simulated:
    """HTML as far as Gmail shows it, under the line that stands in the place of the rest.

    Cut is after byte 102,399, and at the tag where that byte is inside one; what is open is closed, so that the line
    stands below everything that is seen. Names of blocks, which are not sent, are not counted.
    """
    sent = NAME_OF_BLOCK.sub(r"\1", html)
    size = bytes_of(sent)
    if size < CLIPPED:
        return Simulated(html)
    as_it_arrives = sent.replace("\n", "\r\n").encode()[: CLIPPED - 1].decode(errors="ignore")
    cut = len(as_it_arrives.replace("\r", ""))
    open_tags: list[str] = []
    for token in TOKEN.finditer(sent):
        if token.end() > cut:
            cut = min(cut, token.start())
            break
        tag = (token["tag"] or "").lower()
        if tag and not token["close"] and tag not in VOID:
            open_tags.append(tag)
        elif tag in open_tags:
            del open_tags[len(open_tags) - 1 - open_tags[::-1].index(tag) :]
    shown, hidden = sent[:cut], sent[cut:]
    ends = "".join(f"</{tag}>" for tag in reversed(open_tags) if tag not in ("html", "body"))
    links = len(_LINK.findall(hidden))
    loss = (
        f"Cut after {bytes_of(shown):,} of {size:,} bytes: what comes after the line is hidden, "
        f"{count(links, 'link')} in it."
    )
    for name in NAME_OF_BLOCK.finditer(html):
        if name.start() < cut:
            cut += name.end() - name.end(1)
    return Simulated(f"{html[:cut]}{ends}{_LINE}</body></html>", (loss,))
