"""What goes into the index and what comes out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from wonward.kernel.ref import Ref


@dataclass(frozen=True, slots=True)
class SearchEntry:
    """One record as it can be found. `number` is its human-facing number (`D-1042`) or empty.

    `privacy` is `internal`, `client` or `restricted`; guests find `client` only. Whoever does not see `ref`
    does not find it either.
    """

    ref: Ref
    title: str
    subtitle: str = ""
    body: str = ""
    number: str = ""
    happened_at: datetime | None = None
    privacy: str = "internal"


@dataclass(frozen=True, slots=True)
class SearchHit:
    """One record found, with what a list shows of it."""

    ref: Ref
    title: str
    subtitle: str
    number: str
    happened_at: datetime | None


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Hits, best first. `is_partial`: so many records fit that only the newest 5,000 were ranked; say so."""

    hits: tuple[SearchHit, ...]
    is_partial: bool


@dataclass(frozen=True, slots=True)
class Term:
    """Words that must follow each other. `is_prefix`: the last one may be the beginning of a longer word."""

    words: tuple[str, ...]
    is_prefix: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody typed: words, and values by filter."""

    words: str
    filters: Mapping[str, tuple[str, ...]]
