"""How text becomes words, and what somebody typed becomes terms. Both databases are fed the same words."""

from __future__ import annotations

import re
import unicodedata

from wonward.foundation.search.types import Term

LONGEST_QUERY = 200
MOST_TERMS = 8
LONGEST_WORD = 64
LONGEST_BODY = 50_000
SHORTEST_PART = 3
_NOT_IN_WORDS = re.compile(r"[\W_]+")
_LATIN_MARKS = re.compile("[\u0300-\u036f]+")
_NUMBER = re.compile(r"([a-z]{1,5})[-\s]?([0-9]{1,12})", re.I)
_CHUNK = re.compile(r'"([^"]*)"|([^\s"]+)')


def storable(text: str, longest: int) -> str:
    """The text cut to `longest` characters, without those no database takes: NUL and halves of characters."""
    return text[:longest].replace("\x00", "").encode("utf-8", "ignore").decode("utf-8")


def fold(text: str) -> str:
    """Words in lower case without accents, one blank between them: `Grüße, D-1042!` → `grusse d 1042`."""
    decomposed = _LATIN_MARKS.sub("", unicodedata.normalize("NFKD", text).casefold())
    composed = unicodedata.normalize("NFC", _LATIN_MARKS.sub("", unicodedata.normalize("NFKD", decomposed)))
    return " ".join(word[:LONGEST_WORD] for word in _NOT_IN_WORDS.split(composed) if word)


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
