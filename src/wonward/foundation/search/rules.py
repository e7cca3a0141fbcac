"""How text becomes words, and what somebody typed becomes terms. Both databases are fed the same words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from wonward.foundation.search.types import Asked, Term

# Raise it when `fold` or `stem` give other words than before: the worker then writes every index anew, by itself.
WORDS_VERSION = 1
LONGEST_QUERY = 200
MOST_TERMS = 8
LONGEST_WORD = 64
LONGEST_BODY = 50_000
SHORTEST_PART = 3
_NOT_IN_WORDS = re.compile(r"[\W_]+")
_LATIN_MARKS = re.compile("[\u0300-\u036f]+")
_NUMBER = re.compile(r"([a-z]{1,5})[-\s]?([0-9]{1,12})", re.I)
_FILTER = re.compile(r'(?:^|(?<=\s))([^\W\d_]{2,20}):(?:"([^"]*)"|(\S*))')
_SIGN = re.compile(r"(?:^|(?<=\s))#(?=[A-Za-z]{1,5}[-\s]?[0-9])")
_ENDINGS = ("ing", "ern", "ed", "em", "en", "er", "es", "s", "e")
_SHORTEST_STEM = 3
_WORDS_REMEMBERED = 200_000
_VOWEL = re.compile("[aeiouy]")
# Words that many longer ones would otherwise be cut down to.
_NO_STEMS = frozenset(
    ["all", "and", "are", "aus", "bei", "can", "das", "dem", "den", "der", "des", "die", "ein", "for", "has", "hat", "her", "his", "ihr", "mit", "new", "not", "nur", "one", "our", "own", "she", "sie", "und", "use", "von", "was", "wir", "you"]
)
_CHUNK = re.compile(r'"([^"]*)"|([^\s"]+)')


def storable(text: str, longest: int) -> str:
    """The text cut to `longest` characters, without those no database takes: NUL and halves of characters."""
    return text[:longest].replace("\x00", "").encode("utf-8", "ignore").decode("utf-8")


def fold(text: str) -> str:
    """Words in lower case without accents, one blank between them: `Grüße, D-1042!` → `grusse d 1042`."""
    decomposed = _LATIN_MARKS.sub("", unicodedata.normalize("NFKD", text).casefold())
    composed = unicodedata.normalize("NFC", _LATIN_MARKS.sub("", unicodedata.normalize("NFKD", decomposed)))
    return " ".join(word[:LONGEST_WORD] for word in _NOT_IN_WORDS.split(composed) if word)


@lru_cache(maxsize=_WORDS_REMEMBERED)
def stem(word: str) -> str:
    """A folded word without its English and German endings: `invoices`, `invoicing` → `invoic`; `Rechnungen` → `rechnung`.

    One rule for both languages, so that nobody has to say in which one a note is written. It is applied until nothing
    changes: the stem of a stem is itself.
    """
    if not word.isascii() or not word.isalpha():
        return word
    while (shorter := _without_ending(word)) != word:
        word = shorter
    return word


def _without_ending(word: str) -> str:
    for ending in _ENDINGS:
        rest = word.removesuffix(ending)
        if rest == word or len(rest) < _SHORTEST_STEM or rest in _NO_STEMS or not _VOWEL.search(rest):
            continue
        if ending == "s" and rest[-1] in "sui":
            continue
        return rest
    if len(word) > _SHORTEST_STEM and word[-1] == word[-2] and word[-1] not in "aeiou":
        return word[:-1]
    if word[-1:] == "y" and len(word) >= _SHORTEST_STEM and word[-2] not in "aeiou":
        return word[:-1] + "i"
    return word


def stems_of(words: str) -> str:
    """Folded words with a blank between them, each as its stem."""
    return " ".join(map(stem, words.split()))


def other_stems_of(words: str) -> str:
    """The stems of those folded words that are not their own stem."""
    return " ".join(one for word in words.split() if (one := stem(word)) != word)


def read_terms(text: str) -> tuple[Term, ...]:
    """What to look for, all of it: words, "words in a row", the last word perhaps unfinished; () for nothing."""
    terms = []
    for quoted, bare in _CHUNK.findall(text[:LONGEST_QUERY]):
        words = tuple(fold(quoted or bare).split())
        if words:
            terms.append(Term(words, is_prefix=bool(bare)))
    kept = terms[:MOST_TERMS]
    return tuple(
        Term(term.words, term.is_prefix and position == len(kept) - 1) for position, term in enumerate(kept)
    )


def read_parts(text: str) -> tuple[str, ...]:
    """Pieces of words to look for inside titles; () when one is shorter than three characters."""
    parts = tuple(" ".join(term.words) for term in read_terms(text))
    return parts if all(len(part) >= SHORTEST_PART for part in parts) else ()


def read_number(text: str) -> str:
    """`d1042`, `D 1042` and `D-1042` → `D-1042`; empty when the text is no number of a record."""
    match = _NUMBER.fullmatch(text[:LONGEST_QUERY].strip())
    return f"{match[1].upper()}-{match[2].lstrip('0') or '0'}" if match and match[0].isascii() else ""


def read_asked(text: str, keys: Mapping[str, str]) -> Asked:
    """Words and filters: `client:north owner:"mara klein" site` asks for `site` where the filters hold. `#D-1042` is `D-1042`.

    `keys` tells the words that name a filter; anything else before a colon is a word like others.
    """
    filters: dict[str, tuple[str, ...]] = {}

    def take(match: re.Match[str]) -> str:
        key = keys.get(match[1].casefold())
        if key is None:
            return match[0]
        value = (match[2] if match[2] is not None else match[3]).strip()
        if value:
            filters[key] = (*filters.get(key, ()), value)
        return " "

    words = _FILTER.sub(take, text[:LONGEST_QUERY])
    return Asked(" ".join(_SIGN.sub("", words).split()), filters)
