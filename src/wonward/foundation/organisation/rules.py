"""How a language is spelled for Babel, and how a day stands in it."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton
from django.utils import translation

# What our patterns ask for, as Unicode names it: another language has its own order and dots.
_ASKED = {"d MMM": "MMMd", "d MMM y": "yMMMd", "EEE d MMM": "MMMEd", "EEE d MMM y": "yMMMEd", "EEEE d MMMM": "MMMMEEEEd"}
_WHOLE = {"d MMMM y": "long", "EEEE d MMMM y": "full"}


@lru_cache(maxsize=64)
def locale_of(language: str) -> str:
    """`en-gb` as en_GB; a language Babel does not know (such as one for testing) is shown in English forms."""
    head, _, region = language.partition("-")
    name = f"{head}_{region.upper()}" if region else head
    try:
        Locale.parse(name)
    except (ValueError, LookupError, UnknownLocaleError):
        return "en"
    return name


@lru_cache(maxsize=16384)
def date_as(day: date, pattern: str, locale: str) -> str:
    """A day by one of Babel's patterns (`EEE d MMM`): to the letter in English, in its own order elsewhere (Di., 22. Dez.)."""
    if locale.partition("_")[0] == "en":
        return format_date(day, pattern, locale=locale)
    if pattern in _ASKED:
        return format_skeleton(_ASKED[pattern], day, locale=locale)
    return format_date(day, _WHOLE.get(pattern, pattern), locale=locale)


def day_within_words(day: date) -> str:
    """A day as it stands within a sentence, in the language of the moment: 22 Dec 2026."""
    return date_as(day, "d MMM y", locale_of(translation.get_language() or "en"))
