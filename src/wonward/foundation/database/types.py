"""What can be said of a table without knowing whose it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reference:
    """A record kept as noun and id in two columns."""

    noun: str
    id: str


@dataclass(frozen=True, slots=True)
class Table:
    """`name` is `package.record`; `key` its primary column; `links` map a column to the table it points to.

    `owned` are the links whose rows go with what they point to, `required` those that are never empty, `guarded` those that keep
    what they point to from going; `references` the columns that name any record.
    """

    name: str
    key: str
    columns: tuple[str, ...]
    links: Mapping[str, str]
    owned: frozenset[str]
    required: frozenset[str]
    references: tuple[Reference, ...]
    secrets: Mapping[str, bool]
    is_passing: bool = False
    guarded: frozenset[str] = frozenset()
