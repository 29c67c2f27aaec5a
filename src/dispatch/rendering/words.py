"""What the theme itself says, in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from markupsafe import Markup

from dispatch.language_tags import primary, ranges


@dataclass(frozen=True)
class Words:
    """The theme's own sentences; `{}` stands for a name, a source or a picture's description."""

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


_WORDS = {
    "en": Words(
        view_online="View online",
        by="By {}",
        source="Source: {}",
        picture="[Picture: {}]",
        why="You receive this email because you subscribed to {}.",
        unsubscribe="Unsubscribe",
        posts="Posts",
        breadcrumb="You are here",
        previous="Previous",
        next="Next",
        empty="Nothing has been published yet.",
    ),
    "fr": Words(
        view_online="Voir en ligne",
        by="Par {}",
        source="Source\u00a0: {}",
        picture="[Image\u00a0: {}]",
        why="Vous recevez ce message parce que vous êtes abonné(e) à {}.",
        unsubscribe="Se désabonner",
        posts="Articles",
        breadcrumb="Vous êtes ici",
        previous="Précédent",
        next="Suivant",
        empty="Rien n’est encore publié.",  # noqa: RUF001
    ),
    "ar": Words(
        view_online="العرض في المتصفح",
        by="بقلم {}",
        source="المصدر: {}",
        picture="[صورة: {}]",
        why="تصلك هذه الرسالة لأنك مشترك في {}.",
        unsubscribe="إلغاء الاشتراك",
        posts="المقالات",
        breadcrumb="أنت هنا",
        previous="السابق",
        next="التالي",
        empty="لم يُنشر شيء بعد.",
    ),
}
LANGUAGES = frozenset(_WORDS)


def words_for(language: str) -> Words:
    """The theme's words in a language (`fr`, `fr-CA`), or in English."""
    return _WORDS[_known(language) or "en"]


def spoken_language(reader: str, issue: str, newsletter: str = "en") -> str:
    """The language in which a reader is told what the theme says: theirs, or the issue's, the newsletter's, English.

    The first for which there are words. Whoever shares them shares a tag (`fr-CA` and `fr-BE` are `fr`), and where they
    are the issue's own, its tag: so few languages make few variants of a mail.
    """
    own = next((tag for tag in (issue, newsletter) if _known(tag)), "en")
    theirs = _known(reader)
    return own if theirs in {"", _known(own)} else theirs


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
    if locale is None or (locale.language == "en" and not locale.territory):
        return f"{day.day} {format_date(day, 'MMMM y', locale='en')}"
    return format_date(day, format="long", locale=locale)


def _known(language: str) -> str:
    """The tag of the words for a language, its own or a shorter one; "" without any."""
    return next((tag for tag in ranges(language) if tag in LANGUAGES), "")


def locale_of(language: str) -> Locale | None:
    """How a language (`fr`, `fr-CA`) writes dates and numbers; None where nobody has told (CLDR)."""
    for tag in (language, primary(language)):
        try:
            return Locale.parse(tag.replace("-", "_"))
        except (UnknownLocaleError, ValueError):
            continue
    return None
