"""HTML changed tag by tag and style by style; whatever nobody asks about stays byte for byte."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from html import escape, unescape

from dispatch.rendering.html_syntax import ATTRIBUTE, TOKEN


@dataclass(frozen=True)
class Tag:
    """A tag that opens: its name in lower case, and its attributes, unescaped, in order."""

    name: str
    attributes: Mapping[str, str]

    def having(self, **attributes: str | None) -> Tag:
        """The tag with other attributes; None takes one away."""
        changed = {**self.attributes, **attributes}
        return replace(self, attributes={name: value for name, value in changed.items() if value is not None})

    @classmethod
    def read(cls, token: re.Match[str]) -> Tag:
        """A tag as a match of TOKEN."""
        attributes = {
            attribute[1].lower(): unescape(next((value for value in attribute.groups()[1:] if value is not None), ""))
            for attribute in ATTRIBUTE.finditer(token["attributes"] or "")
        }
        return cls(token["tag"].lower(), attributes)

    def __str__(self) -> str:
        attributes = "".join(f' {name}="{escape(value)}"' for name, value in self.attributes.items())
        return f"<{self.name}{attributes}>"


def rewrite(
    html: str, *, tag: Callable[[Tag], Tag | None] = lambda tag: tag, style: Callable[[str], str] = lambda css: css
) -> str:
    """HTML with `tag` made of every tag that opens (None: nothing), and `style` of what is in every style element.

    What stands in comments is left alone.
    """

    def change(token: re.Match[str]) -> str:
        if (token["raw"] or "").lower() == "style":
            start = token.start()
            before = token[0][: token.start("content") - start]
            after = token[0][token.end("content") - start :]
            return f"{before}{style(token['content'])}{after}"
        if token["comment"] or token["raw"] or token["close"]:
            return token[0]
        read = Tag.read(token)
        changed = tag(read)
        return token[0] if changed == read else str(changed or "")

    return TOKEN.sub(change, html)
