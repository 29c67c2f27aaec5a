"""What the theme itself says, in the reader's language."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton
from markupsafe import Markup

from dispatch.languages.sentences import known_language, sentences
from dispatch.languages.tags import primary


@dataclass(frozen=True)
class Words:
    """The theme's own sentences; `{}` stands for a name, a source or a picture's description.

    `label` stands before what it names (`{}:`), `comma` between a name and where something was said, `quotation`
    around what was said, `first` for the first of a month in a date.
    """

    view_online: str
    by: str
    source: str
    picture: str
    why: str
    unsubscribe: str
    posts: str
    breadcrumb: str
    previous: str
    next: str
    empty: str
    label: str
    comma: str
    quotation: str
    first: str


def words_for(language: str) -> Words:
    """The theme's words in a language (`fr`, `fr-CA`), or in English."""
    return _words(known_language(language) or "en")


@cache
def _words(language: str) -> Words:
    return Words(**sentences(language, "mail"))


@lru_cache(1024)  # a list has many readers and few languages
def spoken_language(reader: str, issue: str, newsletter: str = "en") -> str:
    """The language in which a reader is told what the theme says: theirs, or the issue's, the newsletter's, English.

    The first for which there are words. Whoever shares them shares a tag (`fr-CA` and `fr-BE` are `fr`), and where they
    are the issue's own, its tag: so few languages make few variants of a mail.
    """
    own = next((tag for tag in (issue, newsletter) if known_language(tag)), "en")
    theirs = known_language(reader)
    return own if theirs in {"", known_language(own)} else theirs


@dataclass(frozen=True)
class Voice:
    """A language as templates write in it, inside a mail or page that may be in another."""

    language: str
    around: str  # the language of the mail or page

    @property
    def direction(self) -> str:
        """`ltr` or `rtl`."""
        return direction_of(self.language)

    @property
    def start(self) -> str:
        """The side where its lines begin, `left` or `right`."""
        return "left" if self.direction == "ltr" else "right"

    @property
    def end(self) -> str:
        """The side where its lines end, `left` or `right`."""
        return "right" if self.direction == "ltr" else "left"

    @property
    def words(self) -> Words:
        """What the theme says in it."""
        return words_for(self.language)

    @property
    def turned(self) -> str:
        """The class ` turned` where its lines begin at the other side than those around it."""
        return " turned" if self.direction != direction_of(self.around) else ""

    @property
    def lang_dir(self) -> Markup:
        """What its elements say of it: ` lang="fr" dir="ltr"`, or nothing where all around is in it as well."""
        if self.language == self.around:
            return Markup()
        return Markup(' lang="{}" dir="{}"').format(self.language, self.direction)


def direction_of(language: str) -> str:
    """`ltr` or `rtl`: which way the language is written."""
    locale = locale_of(language)
    return "rtl" if locale is not None and locale.text_direction == "rtl" else "ltr"


def written_date(day: date, language: str) -> str:
    """A date as it is written out in the language: 2 March 2026."""
    locale = locale_of(language)
    if locale is None or _is_plain_english(locale):
        return f"{day.day} {format_date(day, 'MMMM y', locale='en')}"
    return _with_first(format_date(day, format="long", locale=locale), day, language)


def written_month(day: date, language: str) -> str:
    """A month as it is written in little room: Jan 2026."""
    return str(format_skeleton("yMMM", day, locale=locale_of(language) or "en"))


def written_day(day: date, language: str) -> str:
    """A day as it is written in little room: 2 Jan 2026."""
    locale = locale_of(language)
    if locale is None or _is_plain_english(locale):
        return f"{day.day} {written_month(day, language)}"
    return _with_first(str(format_skeleton("yMMMd", day, locale=locale)), day, language)


def _is_plain_english(locale: Locale) -> bool:
    """Whether it is that of no country: CLDR's is that of the United States, the newsletter's is not."""
    return bool(locale.language == "en" and not locale.territory)


def _with_first(written: str, day: date, language: str) -> str:
    """A date in which the first of a month is called as the language does: 1er."""
    return re.sub(r"\b1\b", words_for(language).first, written, count=1) if day.day == 1 else written


def locale_of(language: str) -> Locale | None:
    """How a language (`fr`, `fr-CA`) writes dates and numbers; None where nobody has told (CLDR)."""
    for tag in (language, primary(language)):
        try:
            return Locale.parse(tag.replace("-", "_"))
        except (UnknownLocaleError, ValueError):
            continue
    return None
