"""The house's terms as they lie in the newsletter's folder: terms.yaml, which need not be there."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import lru_cache, partial
from hashlib import sha256
from pathlib import Path

from dispatch.content.terms import Terms, fault_of, read_terms
from dispatch.editing import Proposal, propose_change
from dispatch.errors import EditRefused, InvalidTerms
from dispatch.issue_files import read_bounded, refusal
from dispatch.yaml_source import YamlDocument, appended, scan_yaml

NAME = "terms.yaml"

HEAD = """\
# yaml-language-server: $schema=.dispatch/terms.schema.json
#
# How this newsletter writes what it often writes, and the words that are in order in it:
#
# terms:
#   Right form: [wrong form, another wrong form]

"""
"""Above the terms of a newsletter that had none."""

_KEPT = 4  # glossaries, read once for as long as their files stay the same


def house_terms(newsletter: Path) -> Terms:
    """The terms of a newsletter's folder, none where it has no terms.yaml; raises InvalidTerms."""
    content = _content(newsletter)
    return Terms() if content is None else _read(content, os.path.relpath(newsletter / NAME))


def propose_accepting(words: Iterable[str], newsletter: Path) -> tuple[Proposal | None, tuple[str, ...]]:
    """Words put into the newsletter's terms, to be looked at and written, and those of them that are new; None for none.

    Raises InvalidTerms, FileChanged, and EditRefused where a word cannot stand there, or is a wrong form.
    """
    content = _content(newsletter)
    path, name = newsletter / NAME, os.path.relpath(newsletter / NAME)
    terms = Terms() if content is None else _read(content, name)
    new = tuple(word for word in dict.fromkeys(map(str.strip, words)) if not _is_in_order(word, terms))
    if not new:
        return None, ()
    change = partial(_with, new)
    if content is None:
        proposal = Proposal(path, None, change(scan_yaml(HEAD, name)))
    else:
        proposal = propose_change(path, change, digest=sha256(content).hexdigest(), folder=newsletter)
    read_terms(proposal.document.text, name)
    return proposal, new


def _is_in_order(word: str, terms: Terms) -> bool:
    if fault := fault_of(word):
        raise EditRefused(f"{fault[0]}, and is not accepted", remedy=fault[1])
    if proper := terms.right_of.get(word):
        message = f"“{word}” is a wrong form of “{proper}” in {NAME}, and cannot be accepted as well"
        raise EditRefused(message, remedy="Take it out there first, if it is in order.")
    return word in terms.accepted or terms.accepts(word)


def _with(words: Iterable[str], document: YamlDocument) -> YamlDocument:
    for word in words:
        document = appended(document, "accept", word)
    return document


def _content(newsletter: Path) -> bytes | None:
    """The file's, None where there is none; raises InvalidTerms where it is not to be read."""
    path = newsletter / NAME
    if refused := refusal(path, newsletter):
        raise InvalidTerms.of((refused,))
    try:
        return read_bounded(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise InvalidTerms(
            f"{os.path.relpath(path)} cannot be read: {error.strerror}",
            remedy="Make it readable for the user who runs dispatch.",
        ) from None


_read = lru_cache(_KEPT)(read_terms)
