"""Comparing names and contact points."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_LEGAL_FORMS = frozenset(
    ["gmbh", "ag", "kg", "ohg", "ug", "se", "ltd", "limited", "llc", "inc", "incorporated", "corp", "corporation", "co", "company", "plc", "sa", "sas", "sarl", "srl", "spa", "bv", "nv", "ab", "as", "oy", "aps", "a/s"]
)
_WORDS = re.compile(r"[^\w]+")
_HOST = re.compile(r"""[^\s\x00-\x1f<>"'@,;()\[\]{}|\\.]+(\.[^\s\x00-\x1f<>"'@,;()\[\]{}|\\.]+)+""")
_LONGEST_HOST = 200


def name_key(name: str) -> str:
    """A company name without case, accents, punctuation and legal forms, for finding duplicates."""
    plain = unicodedata.normalize("NFKD", name.replace("ß", "ss")).encode("ascii", "ignore").decode() or name
    words = [word for word in _WORDS.split(plain.casefold()) if word]
    kept = [word for word in words if word not in _LEGAL_FORMS] or words
    return " ".join(kept)[:200]


def normalise_point(kind: str, value: str) -> str:
    """An e-mail in lower case; a phone number as its digits with the leading plus."""
    text = value.strip()
    if kind == "email":
        return text.lower()
    if kind == "phone":
        digits = re.sub(r"\D", "", text)
        return f"+{digits}" if text.startswith(("+", "00")) else digits
    return text.casefold()


def normalise_domain(domain: str) -> str:
    """`https://www.Example.com/x` becomes `example.com`."""
    return _host_of(domain)[:_LONGEST_HOST]


def is_domain(domain: str) -> bool:
    """Whether what was typed names a place on the web: words joined by dots, nothing between them."""
    host = _host_of(domain)
    return len(host) <= _LONGEST_HOST and bool(_HOST.fullmatch(host))


def _host_of(domain: str) -> str:
    host = re.split("[/:?#]", re.sub(r"^[a-z]+://", "", domain.strip().lower()))[0]
    return host.removeprefix("www.").rstrip(".")


def pack_tags(tags: Iterable[str]) -> str:
    """Tags as they are kept, `|one|two|`: trimmed, each once, without the sign that parts them; "" for none."""
    kept = list(dict.fromkeys(" ".join(tag.replace("|", " ").split())[:60] for tag in tags))
    kept = [tag for tag in kept if tag]
    return f"|{'|'.join(kept)}|" if kept else ""


def tags_of(packed: str) -> tuple[str, ...]:
    """The tags of a record."""
    return tuple(tag for tag in packed.split("|") if tag)
