"""What the theme itself says, in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from babel import Locale, UnknownLocaleError
from babel.dates import format_date


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
    return _WORDS.get(_primary(language), _WORDS["en"])


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


def _primary(language: str) -> str:
    return language.replace("_", "-").partition("-")[0].lower()


def locale_of(language: str) -> Locale | None:
    """How a language (`fr`, `fr-CA`) writes dates and numbers; None where nobody has told (CLDR)."""
    try:
        return Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        try:
            return Locale.parse(_primary(language))
        except (UnknownLocaleError, ValueError):
            return None
