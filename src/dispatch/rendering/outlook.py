"""What Outlook on Windows sees: conditional comments, opened."""

from __future__ import annotations

import re

from dispatch.rendering.html_syntax import TOKEN

_FOR_OUTLOOK = re.compile(r"<!--\[if (?!!)[^\]]*\]>(.*?)<!\[endif\]-->", re.DOTALL)
_OTHERS_BEGIN, _OTHERS_END = "<!--[if !mso]><!-->", "<!--<![endif]-->"


def outlook_view(html: str) -> str:
    """The HTML as Word's engine reads it: its comments opened, what is for others left out."""
    pieces: list[str] = []
    end, hidden = 0, False
    for token in TOKEN.finditer(html):
        if not token["comment"]:
            continue
        if not hidden:
            pieces.append(html[end : token.start()])
        opened = _FOR_OUTLOOK.fullmatch(token[0])
        if opened:
            pieces.append(opened[1])
        hidden = token[0] == _OTHERS_BEGIN or (hidden and token[0] != _OTHERS_END)
        end = token.end()
    return "".join(pieces) + html[end:]
