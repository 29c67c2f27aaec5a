"""What a variant is, in words: the blocks for `paid`, in French."""

from __future__ import annotations

from collections.abc import Iterable

from dispatch.rendering.readership import Readership, blocks_in_words, choices_of
from dispatch.rendering.words import locale_of


def in_words(readers: Readership, *, of: Iterable[Readership] = ()) -> str:
    """What these readers get; their blocks are not told where all readers of an issue (`of`) get the same ones."""
    language = f"in {language_in_words(readers.language)}" if readers.language else ""
    blocks = "" if language and len(choices_of(of)) == 1 else blocks_in_words(readers.segments)
    return ", ".join(filter(None, [blocks, language]))


def language_in_words(language: str) -> str:
    """The English name of a language; its tag where nobody has told one."""
    locale = locale_of(language)
    return (locale.get_display_name("en") if locale else None) or language
