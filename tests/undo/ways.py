"""Doing something and taking it back the way the table names, with the whole database before and after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from tests.people import Cast, Sale
from tests.tables import read_tables
from wonward.foundation.database.queries import list_tables

# Numbers that were given out are never given out again.
_TELLING = ("audit.", "events.", "search.", "jobs.", "django_tasks", "access.session", "sessions.", "organisation.numberseries")
_TRACES = ("version", "updated_at", "created_at", "id", "released_at", "released_by", "plan_version")
State = dict[str, Counter[str]]


@dataclass(frozen=True, slots=True)
class Way:
    """What is done, what takes it back, the tables in which a row is left that tells of it, those whose rows go on otherwise,

    and what the operation keeps of its own doing, by the beginnings of its tables.
    """

    do: Callable[[], Any]
    undo: Callable[[Any], Any]
    leaves: frozenset[str] = frozenset()
    turns: frozenset[str] = frozenset()
    accounts: tuple[str, ...] = ()


Making = Callable[[Cast, Sale], Way]


class Ways(dict[str, Making]):
    """The ways by the operation they begin with."""

    def of(self, name: str) -> Callable[[Making], Making]:
        """Note the way of an operation."""

        def note(making: Making) -> Making:
            assert name not in self, name
            self[name] = making
            return making

        return note


def state_of_everything(but: tuple[str, ...] = ()) -> State:
    """Every row of every table but what tells of changes, without what only counts or dates them."""
    return {
        table: Counter(repr(sorted((name, value) for name, value in row.items() if name not in _TRACES)) for row in rows)
        for table, rows in read_tables(table for table in _tables() if not table.startswith((*_TELLING, *but))).items()
    }


@cache
def _tables() -> tuple[str, ...]:
    return tuple(table.name for table in list_tables(with_passing=True))


def walk(name: str, way: Way) -> None:
    """Do and take back: everything stands as before, but for what the way says of itself."""
    before = state_of_everything(way.accounts)
    made = way.do()
    assert state_of_everything(way.accounts) != before, f"{name} changed nothing."
    way.undo(made)
    after = state_of_everything(way.accounts)
    added = {table: sorted(rows - before[table])[:2] for table, rows in after.items() if rows - before[table]}
    gone = {table: sorted(rows - after[table])[:2] for table, rows in before.items() if rows - after[table]}
    assert set(gone) == way.turns, f"{name} did not bring back {gone}; instead {added}."
    assert set(added) == way.leaves | way.turns, f"{name} left {added}."
