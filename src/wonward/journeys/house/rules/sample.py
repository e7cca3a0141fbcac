"""Which rows of the sample company can go: those it brought, without what people touched and what they built upon.

A row is known by its table and its key. What is kept keeps what it points to, its own parts, and what hangs on it, so that no
kept record loses anything.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from wonward.foundation.database.types import Table

Node = tuple[str, Any]
Rows = Mapping[str, Mapping[Any, Mapping[str, Any]]]

# What happened stays told; it points to records without holding them.
UNTOUCHED = frozenset({"audit.auditentry", "audit.opening", "events.delivery", "events.eventsubject", "events.outboxevent"})
# Worked out by the product or a trace of looking: it goes with what it is about and holds nothing back.
FOLLOWING = frozenset({
    "access.apitoken", "access.passkey", "access.recoverycode", "access.signin", "clients.companymatchkey", "clients.contactmatchkey",
    "clients.duplicatepair", "handoff.forecastvisit", "house.errand", "mail.outgoingmail", "notifications.follower",
    "notifications.inbox", "notifications.notification", "notifications.reminder", "notifications.thread",
    "saved_views.pinnedrecord", "saved_views.pinnedview", "search.entry",
})
# A person stays without their sign-in: the password of the sample is known to everybody.
_LOOSE = frozenset({("staff.person", "user_id")})
# Parts of a record that quote another one.
_QUOTING = frozenset({"promises.promisesource"})
TOUCHED, BUILT_UPON, NEEDED, YOURS = "touched", "built_upon", "needed", "yours"


@dataclass(frozen=True, slots=True)
class Plan:
    """`removed` rows go; `emptied` links of rows that stay point to nothing; `kept` rows of the sample stay, each with why."""

    removed: Mapping[str, list[Any]]
    emptied: Mapping[tuple[str, str], list[Any]]
    kept: Mapping[Node, str]


@dataclass(slots=True)
class Settling:
    """The rows and how they hold each other."""

    tables: Mapping[str, Table]
    rows: Rows
    sample: frozenset[Node]
    following: frozenset[Node]
    kept: dict[Node, str] = field(default_factory=dict)
    parts: dict[Node, list[Node]] = field(default_factory=dict)
    hanging: dict[Node, list[Node]] = field(default_factory=dict)

    def links_of(self, node: Node, columns: Iterable[str] | None = None) -> Iterator[tuple[str, Node]]:
        """What a row points to, by column."""
        table, row = self.tables[node[0]], self.rows[node[0]][node[1]]
        for column in table.links if columns is None else columns:
            if row[column] is not None:
                yield column, (table.links[column], row[column])

    def references_of(self, node: Node) -> Iterator[Node]:
        """What a row names by noun and id."""
        row = self.rows[node[0]][node[1]]
        for pair in self.tables[node[0]].references:
            if row[pair.noun] and row[pair.id]:
                yield table_of(row[pair.noun]), row[pair.id]

    def hangs(self, node: Node) -> bool:
        """Whether a row is there only because of the record it names."""
        return bool(self.tables[node[0]].references) and node[0] not in _QUOTING


def table_of(noun: str) -> str:
    """`handoff.required_answer` is kept in `handoff.requiredanswer`."""
    package, _, name = noun.partition(".")
    return f"{package}.{name.replace('_', '')}"


def settle_sample(
    *, tables: Mapping[str, Table], rows: Rows, sample: frozenset[Node], following: frozenset[Node], pinned: Mapping[Node, str]
) -> Plan:
    """What goes and what stays. `following` are rows of others that hold nothing back; `pinned` rows stay whatever else."""
    case = Settling(tables, rows, sample, following)
    _note_bonds(case)
    waiting = deque((node, why) for node, why in pinned.items() if node in sample)
    for name in tables:
        for key in rows[name]:
            node = (name, key)
            if node not in sample and node not in following:
                held = [target for column, target in case.links_of(node) if (name, column) not in _LOOSE]
                waiting.extend((target, BUILT_UPON) for target in (*held, *case.references_of(node)) if target in sample)
    while waiting:
        node, why = waiting.popleft()
        if node in case.kept:
            continue
        case.kept[node] = why
        waiting.extend((other, NEEDED) for other in _kept_with(case, node))
    return _plan(case)


def _note_bonds(case: Settling) -> None:
    for node in case.sample:
        if case.hangs(node):
            for target in case.references_of(node):
                case.hanging.setdefault(target, []).append(node)
            continue
        for _, target in case.links_of(node, case.tables[node[0]].owned):
            if target[0].partition(".")[0] == node[0].partition(".")[0] or node[0] in _QUOTING:
                case.parts.setdefault(target, []).append(node)


def _kept_with(case: Settling, node: Node) -> Iterator[Node]:
    for column, target in case.links_of(node):
        if target in case.sample and (node[0], column) not in _LOOSE:
            yield target
    if not case.hangs(node):
        yield from (target for target in case.references_of(node) if target in case.sample)
    yield from case.parts.get(node, ())
    yield from case.hanging.get(node, ())


def _plan(case: Settling) -> Plan:
    gone = set(case.sample - case.kept.keys())
    emptied: dict[tuple[str, str], list[Any]] = {}
    is_growing = True
    while is_growing:
        more = {node for node in case.following - gone if _goes(case, node, gone)} | _unborne(case, gone)
        is_growing = bool(more)
        gone |= more
    removed: dict[str, list[Any]] = {}
    for name in case.tables:
        for key in case.rows[name]:
            node = (name, key)
            if node in gone:
                removed.setdefault(name, []).append(key)
                continue
            for column, target in case.links_of(node):
                if target in gone:
                    emptied.setdefault((name, column), []).append(key)
    return Plan(removed, emptied, case.kept)


def _goes(case: Settling, node: Node, gone: set[Node]) -> bool:
    """A row that follows goes with what it is a part of, what it cannot be without, and what it is about."""
    table = case.tables[node[0]]
    bound = case.links_of(node, table.owned | table.required)
    return any(target in gone for _, target in bound) or any(target in gone for target in case.references_of(node))


def _unborne(case: Settling, gone: set[Node]) -> set[Node]:
    """Rows that follow and were shown on records: once they hang on none any more, they go."""
    left: dict[Node, bool] = {}
    for name, table in case.tables.items():
        if table.references:
            for key in case.rows[name]:
                for _, target in case.links_of((name, key), table.owned):
                    if target in case.following and target not in gone:
                        left[target] = left.get(target, False) or (name, key) not in gone
    return {node for node, is_left in left.items() if not is_left}
