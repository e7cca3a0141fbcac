"""Headers, names and words of a file, made comparable."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_CAMEL = (re.compile(r"([a-z0-9])([A-Z])"), re.compile(r"([A-Z]+)([A-Z][a-z])"))
_WORD = re.compile(r"[^\W_]+")
_CUSTOM = re.compile(r"^\s*custom field \((.*)\)\s*$", re.IGNORECASE)
_QUALIFIER = re.compile(r"\s*[(\[]([^()\[\]]{1,40})[)\]]")
_SUFFIX = re.compile(r"__[cr]$", re.IGNORECASE)
_SPACE = re.compile(r"\s+")
_LONGEST_HEADER = 200


def plain(text: str) -> str:
    """Lower case without accents: `Größe` becomes `grosse`."""
    apart = unicodedata.normalize("NFKD", text.replace("ß", "ss"))
    return "".join(letter for letter in apart if not unicodedata.combining(letter)).casefold()


@lru_cache(maxsize=20_000)
def header_key(header: str) -> str:
    """A header as its words: `DealOwner`, `deal_owner` and `Deal – owner` are all `deal owner`."""
    text = _SUFFIX.sub("", _CUSTOM.sub(r"\1", header[:_LONGEST_HEADER].strip())).replace("IDs", "Ids")
    for pattern in _CAMEL:
        text = pattern.sub(r"\1 \2", text)
    return " ".join(_WORD.findall(plain(text)))


def split_qualifiers(header: str) -> tuple[str, tuple[str, ...]]:
    """`Email (Work)` is `Email`, qualified by `work`."""
    bare = _CUSTOM.sub(r"\1", header)
    found = tuple(text.strip() for text in _QUALIFIER.findall(bare))
    return _QUALIFIER.sub("", bare).strip(), found


def tidy(text: str) -> str:
    """Trimmed, with single spaces; line breaks stay out of names."""
    return _SPACE.sub(" ", text).strip()


@lru_cache(maxsize=50_000)
def same_key(name: str) -> str:
    """Two names with this key are the same name: only case and spacing may differ."""
    return tidy(name).casefold()


def near_key(name: str) -> str:
    """Two names with this key are near each other: spaces, punctuation and accents may differ too."""
    return "".join(letter for letter in plain(name) if letter.isalnum())
