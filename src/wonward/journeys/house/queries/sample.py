"""What the sample company brought, and what of it could go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wonward.foundation.access.policy import names_of
from wonward.foundation.audit.queries import list_touched
from wonward.foundation.database.queries import list_tables, read_rows
from wonward.foundation.database.types import Table
from wonward.foundation.organisation.queries import find_sample_mark, get_organisation
from wonward.journeys.house.rules.sample import (
    FOLLOWING,
    TOUCHED,
    UNTOUCHED,
    YOURS,
    Node,
    Plan,
    settle_sample,
    table_of,
)
from wonward.kernel.actor import Actor
from wonward.kernel.ref import Ref

_COMMUNICATIONS = "comms.communication"
_MOST_NAMED = 100
# What people know by name; of the other rows only the number is told.
RECORDS = ("clients.company", "clients.contact", "sales.lead", "sales.deal", "delivery.project", "catalog.service", "staff.person")


@dataclass(frozen=True, slots=True)
class SampleRow:
    """The sample company: how many records of each kind it brought."""

    name: str
    counts: Mapping[str, int]


def may_load_sample(actor: Actor) -> bool:
    """Whether the sample company may be offered: it sells and delivers, so both areas have to be on."""
    house = get_organisation()
    return actor.may("house.sample.remove") and house.is_on("sales") and house.is_on("delivery")


def find_sample(*, actor: Actor) -> SampleRow | None:
    """The sample company, for those who may remove it."""
    mark = find_sample_mark() if actor.may("house.sample.remove") else None
    if mark is None:
        return None
    counts = {name: sum(last - first + 1 for first, last in mark["keys"].get(name, ())) for name in RECORDS}
    return SampleRow(mark["name"], {name: count for name, count in counts.items() if count})


def plan_removal(*, actor: Actor) -> Plan | None:
    """What would go and what would stay if this person removed the sample company now; None where there is none."""
    mark = find_sample_mark()
    if mark is None:
        return None
    tables = {table.name: table for table in list_tables(with_passing=True) if table.name not in UNTOUCHED}
    rows = {name: {row[table.key]: row for row in read_rows(name, columns=_columns(table))} for name, table in tables.items()}
    sample = frozenset(
        (name, key) for name, ranges in mark["keys"].items() if name in tables
        for first, last in ranges for key in range(first, last + 1) if key in rows[name]
    )
    trailing = {name for name, table in tables.items() if table.is_passing or name in FOLLOWING}
    following = {(name, key) for name in trailing for key in rows[name]}
    following |= {(_COMMUNICATIONS, key) for key, row in rows[_COMMUNICATIONS].items() if row["is_automatic"]}
    following |= _parts_of(tables, rows, following)
    touched = {(table_of(noun), key) for noun, key in list_touched(after_id=mark["audit"])}
    pinned: dict[Node, str] = {node: TOUCHED for node in touched if node[0] not in ("access.user", "staff.person")}
    pinned |= {("access.user", actor.user_id): YOURS, ("staff.person", actor.person_id): YOURS}
    return settle_sample(tables=tables, rows=rows, sample=sample, following=frozenset(following - sample), pinned=pinned)


def _columns(table: Table) -> list[str]:
    named = [name for pair in table.references for name in (pair.noun, pair.id)]
    more = ["is_automatic"] if table.name == _COMMUNICATIONS else []
    return list(dict.fromkeys([table.key, *table.links, *named, *more]))


def _parts_of(tables: Mapping[str, Table], rows: Mapping[str, Any], whole: set[Node]) -> set[Node]:
    """Rows that are parts of rows that follow."""
    return {
        (name, key) for name, table in tables.items() for key, row in rows[name].items()
        if any((table.links[column], row[column]) in whole for column in table.owned)
    }


def tell_plan(plan: Plan) -> dict[str, Any]:
    """A plan as people read it: counts of what goes, and the records that stay by name with why."""
    kept = [(Ref(name, key), why) for (name, key), why in plan.kept.items() if name in RECORDS]
    order = {why: place for place, why in enumerate((TOUCHED, "built_upon", YOURS, "needed"))}
    kept.sort(key=lambda one: (order[one[1]], RECORDS.index(one[0].noun), one[0].id))
    names = names_of(ref for ref, _ in kept[:_MOST_NAMED])
    return {
        "removed": {name: len(plan.removed[name]) for name in RECORDS if plan.removed.get(name)},
        "rows": sum(len(keys) for keys in plan.removed.values()),
        "kept": [[str(ref), names.get(ref, str(ref)), why] for ref, why in kept[:_MOST_NAMED]],
        "kept_count": len(kept),
    }
