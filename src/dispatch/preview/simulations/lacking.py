"""A mail without what a client does not know, by the vendored data of caniemail."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

import tinycss2
from tinycss2.ast import Declaration, Node

from dispatch.checks.features import features_of_declaration, features_of_node, features_of_tag
from dispatch.checks.support import features
from dispatch.preview.rewriting import Tag, rewrite
from dispatch.preview.simulations.css import change_sheet, change_style
from dispatch.preview.simulations.simulation import Simulated

_UNSEEN = frozenset({
    "color-scheme meta tag", "color-scheme CSS property", "@media (prefers-color-scheme)", "cursor", "target attribute",
    "outline", "Attribute selector", "@media",
})  # fmt: skip
"""Features that no reader misses: of dark modes, a model says what they are like there, and only Word's engine, whose
windows are no phone's, knows no @media."""

_NOTHING = frozenset({"0", "0px", "none", "normal"})
"""Values that are those of a client without the feature."""

_HIDDEN = re.compile(r"(?:^|;)\s*display\s*:\s*none\b", re.IGNORECASE)

_TOLD = 12
"""Features that are named; of the others there is only the number."""


def without_what_lacks(html: str, client: str) -> Simulated:
    """HTML with the elements, attributes, rules and declarations taken out that a client does not know.

    `client` is one of `client_names()`. What it knows in part is left. Loss and names are one sentence each, or none.
    """
    remover = _Remover(client)
    bare = rewrite(html, tag=remover.tag, style=remover.sheet)
    return Simulated(bare, remover.losses(), remover.left_out())


class _Remover:
    def __init__(self, client: str) -> None:
        self._lacking = {spelled: each.title for spelled, each in features().items() if client in each.lacking}
        self._lost: Counter[str] = Counter()
        self._seen = False  # whether a reader may miss something of it

    def tag(self, tag: Tag) -> Tag | None:
        changed = tag
        for feature, _ in features_of_tag(tag.name, {**tag.attributes, "style": ""}):
            if not self._lacks([feature]):
                continue
            kind, _, name = feature.partition(" ")
            if kind in ("element", "input", "meta"):
                return None
            if kind == "attribute":
                changed = changed.having(**{name: None})
            elif feature == "link data" or kind == "image":
                changed = changed.having(src="")
        style = changed.attributes.get("style")
        if not style:
            return changed
        seen = self._seen
        bare = change_style(style, self._value)
        if _HIDDEN.search(style):  # such as the preheader
            self._seen = seen
        return changed.having(style=bare)

    def sheet(self, css: str) -> str:
        return change_sheet(css, self._value, lambda rule: not self._lacks_rule(rule))

    def losses(self) -> tuple[str, ...]:
        return ("Some of its styles are not known here: it is shown without them.",) if self._seen else ()

    def left_out(self) -> tuple[str, ...]:
        if not self._lost:
            return ()
        named = [f"{title} ({number})" for title, number in self._lost.most_common(_TOLD)]
        more = len(self._lost) - len(named)
        return (f"Not known here, and left out: {', '.join(named)}{f' and {more} more' if more else ''}.",)

    def _value(self, declaration: Declaration) -> str | None:
        value, seen = str(tinycss2.serialize(declaration.value)), self._seen
        lost = self._lacks(feature for feature, _ in features_of_declaration(declaration) if feature != "important")
        if value.strip() in _NOTHING:
            self._seen = seen
        return None if lost else value

    def _lacks_rule(self, rule: Node) -> bool:
        return self._lacks(feature for feature, _ in features_of_node(rule))

    def _lacks(self, asked: Iterable[str]) -> bool:
        title = next((self._lacking[feature] for feature in asked if feature in self._lacking), None)
        if title:
            self._lost[title] += 1
            self._seen |= title not in _UNSEEN
        return title is not None
