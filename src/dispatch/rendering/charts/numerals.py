"""The numbers of a chart as the letter's language writes them: decimals, thousands, units."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Context, Decimal

from babel import Locale
from babel.numbers import format_compact_decimal, format_decimal, format_percent

from dispatch.rendering.legible import legible_value
from dispatch.rendering.words import locale_of

MISSING = "–"  # noqa: RUF001

FEW_UNITS = 3
"""Numbers that are said with their unit each, however long it is; of more it may be said once."""

_MINUS = "\u2212"
_FEW = 2  # decimals; a number below 1 has as many as its first three digits take
_SHARES = frozenset({"%", "‰"})
_SHORT = 2  # characters: %, $, km
_LONG = 8  # characters; a longer unit is not said with each number, but once above them
_SLIGHTLY = 1e-9  # what floating point may be off
_LARGE = 1e6  # from here an axis says 2M


class Numerals:
    """Writes the numbers of one chart in one language: of about the same size, with as many decimals each."""

    def __init__(self, values: Iterable[float], unit: str, language: str) -> None:
        self._locale = locale_of(language) or Locale("en")
        self.unit = legible_value(unit).strip()
        sizes = [abs(value) for value in values if value] or [1.0]
        places = max(map(_places, sizes))
        self._places: int | None = None  # each as many as it needs
        if max(sizes) < 100 * min(sizes):
            self._places = places if max(sizes) < 1 else min(places, _FEW)

    def plain(self, value: float | None) -> str:
        """A number without its unit."""
        if value is None:
            return MISSING
        places = _places(value) if self._places is None else self._places
        exact = Decimal(repr(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN, _PRECISE)
        return _signed(format_decimal(exact, f"#,##0.{'0' * places}" if places else "#,##0", self._locale))

    def counted(self, value: float | None) -> str:
        """A number with its unit."""
        return MISSING if value is None else self.with_unit(self.plain(value))

    def short(self, value: float | None) -> str:
        """A number in little room: of a million and more 2.3M, with its unit where that is short."""
        if value is None:
            return MISSING
        if abs(value) < _LARGE:
            return self.counted(value) if self.is_short else self.plain(value)
        written = _signed(str(format_compact_decimal(value, locale=self._locale, fraction_digits=_FEW)))
        return self.with_unit(written) if self.is_short else written

    def with_unit(self, number: str) -> str:
        """A written number with its unit: where `{}` says, or where the language has currencies and percent signs."""
        sign, digits = (_MINUS, number[1:]) if number.startswith(_MINUS) else ("", number)
        if "{}" in self.unit:
            return sign + self.unit.replace("{}", digits)
        if not self.unit:
            return number
        before, space = _place_of(self.unit, self._locale)
        return sign + (self.unit + space + digits if before else digits + space + self.unit)

    @property
    def bare_unit(self) -> str:
        """The unit without a number."""
        return " ".join(self.unit.replace("{}", " ").split())

    def is_said_once(self, count: int) -> bool:
        """Whether the unit is too long to stand at each of so many numbers; one with `{}` in it belongs to its numbers."""
        return len(self.unit) > _LONG and "{}" not in self.unit and count > FEW_UNITS

    def change(self, before: float | None, now: float | None) -> str:
        """By what share a number has grown; "" where that says nothing: of shares, and from zero or below."""
        if before is None or now is None or before <= 0 or now < 0 or self.unit in _SHARES:
            return ""
        share = now / before - 1
        written = _signed(format_percent(share, locale=self._locale))
        return f"+{written}" if share > 0 else written

    def tick(self, value: float, largest: float, step: float) -> str:
        """A number of an axis, short."""
        thousands = 1000 ** math.floor(math.log10(largest) / 3) if largest >= _LARGE else 1
        shown = step / thousands
        places = max(0, -math.floor(math.log10(shown) + _SLIGHTLY))
        places += bool(round(shown * 10**places, 6) % 1)  # a step of 2.5
        if not round(value, places):
            places = 0
        if thousands > 1:
            written = str(format_compact_decimal(value, locale=self._locale, fraction_digits=places)) if value else "0"
        else:
            written = format_decimal(round(value, places), f"#,##0.{'0' * places}" if places else "#,##0", self._locale)
        return self.with_unit(_signed(written)) if self.is_short else _signed(written)

    @property
    def is_short(self) -> bool:
        """Whether the unit can stand at each number of an axis."""
        return 0 < len(self.bare_unit) <= _SHORT


_PRECISE = Context(prec=60)


def _places(value: float) -> int:
    """Decimals that a number was written with; at most two, or what the first three digits of a small one take."""
    exact = Decimal(repr(value)).normalize()
    written = max(0, -int(exact.as_tuple().exponent))
    return min(written, _FEW if exact == 0 or exact.adjusted() >= 0 else max(_FEW, 2 - exact.adjusted()))


def _signed(number: str) -> str:
    return number.replace("-", _MINUS).replace("\u200e", "")


def _place_of(unit: str, locale: Locale) -> tuple[bool, str]:
    """Whether a unit stands before the number, and the space between them (CLDR)."""
    if unit in _SHARES:
        pattern = str(locale.percent_formats[None].pattern)
    elif len(unit) <= 3 and any(unicodedata.category(character) == "Sc" for character in unit):
        pattern = str(locale.currency_formats["standard"].pattern).partition(";")[0].replace("¤", "%")
    else:
        return False, "\u00a0"
    return pattern.index("%") < pattern.index("#"), "".join(re.findall(r"[\s\u00a0\u202f]", pattern)[:1])
