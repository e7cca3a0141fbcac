"""What lies in the trash, and what goes there together with a record."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet

from wonward.foundation.database.queries import list_tables, read_rows
from wonward.foundation.database.types import Table
from wonward.journeys.house.models import TrashItem
from wonward.journeys.house.rules.sample import FOLLOWING, UNTOUCHED, table_of
from wonward.journeys.house.types import TrashRow
from wonward.kernel.actor import Actor
from wonward.kernel.ref import Ref

TRASH_SORTS = {"trashed_at": ("pk",), "-trashed_at": ("-pk",), "name": ("name", "pk"), "-name": ("-name", "-pk")}
KEPT_FOR = timedelta(days=30)
_AT_ONCE = 500
# What the house is set up with goes to the trash too, once nobody uses it: noun → right.
SETTINGS = {"sales.pipeline": "sales.pipeline.edit", "access.team": "access.user.manage"}
NOUNS = (*SETTINGS, "clients.company", "clients.contact", "sales.lead", "sales.deal", "delivery.project", "delivery.task")
# What is shown on records: it goes along once it hangs on nothing else.
_BEARERS = frozenset({"comms.communication", "files.document"})
# What ties a part to something that stays: it is untied with the part, and tied again with it.
_TIES = frozenset({("promises.promisecover", "task_id"), ("staff.teamcalendar", "team_id")})
# Parts whose own notes (which fields a stage asks for) go along with them.
_NOTED_PARTS = frozenset({"sales.stage"})
_LEFT = frozenset({
    "automation.bulkrow", "promises.promisesource", "handoff.clientupdate", "imports.importoutcome", "imports.importsiderecord",
    "imports.importerrand",
})


@dataclass(slots=True)
class Belongings:
    """The rows that go with a record, the links of others that are emptied, and the tables whose rows stand in the way."""

    rows: dict[str, dict[Any, dict[str, Any]]] = field(default_factory=dict)
    emptied: list[tuple[str, str, list[Any], Any]] = field(default_factory=list)
    in_the_way: dict[str, int] = field(default_factory=dict)


def visible_trash(actor: Actor) -> QuerySet[TrashItem]:
    """What a person put there, and everything for those with the right; restricted records for owner and admins only."""
    own = Q(user_id=actor.user_id) if actor.user_id is not None else Q(pk__in=[])
    if not actor.may("house.trash.view"):
        return TrashItem.objects.filter(own)
    return TrashItem.objects.all() if actor.role in ("owner", "admin") else TrashItem.objects.filter(own | Q(is_restricted=False))


def list_trash(*, actor: Actor, noun: str = "", text: str = "", sort: str = "-trashed_at", offset: int = 0, limit: int = 50) -> list[TrashRow]:
    """A page of the trash, the latest first; `sort` is one of TRASH_SORTS."""
    found = visible_trash(actor).filter(name__icontains=text) if text else visible_trash(actor)
    if noun:
        found = found.filter(noun=noun)
    return [
        TrashRow(one.pk, one.noun, one.ref_id, one.name, sum(len(rows) for rows in one.rows.values()), one.trashed_by, one.trashed_at, one.trashed_at + KEPT_FOR)
        for one in found.order_by(*TRASH_SORTS[sort])[offset : offset + limit]
    ]


def find_belongings(*, ref: Ref, also: Collection[int] = ()) -> Belongings:
    """Follow what belongs to a record, and to others of its kind, through every table. Whoever asks has been shown to have the right."""
    tables = {table.name: table for table in list_tables(with_passing=True) if table.name not in UNTOUCHED and not table.name.startswith("house.")}
    found = Belongings()
    root = table_of(ref.noun)
    ids = [ref.id, *also]
    waiting = deque((root, row) for some in _in_parts(ids) for row in read_rows(root, where={"id": some}))
    waiting.extend(_hanging(tables, ref.noun, ids))
    while waiting:
        name = waiting[0][0]
        # Rows of one table that wait behind each other are followed together.
        fresh: dict[Any, dict[str, Any]] = {}
        while waiting and waiting[0][0] == name:
            row = waiting.popleft()[1]
            if row[tables[name].key] not in found.rows.get(name, {}):
                fresh[row[tables[name].key]] = row
        found.rows.setdefault(name, {}).update(fresh)
        if name in _NOTED_PARTS:
            waiting.extend(_hanging(tables, name, list(fresh)))
        waiting.extend(_pointing(tables, found, name, list(fresh)))
        for row in fresh.values():
            waiting.extend(_borne(tables, found, name, row))
    taken = found.rows
    found.emptied = [
        (name, column, left, target) for name, column, keys, target in found.emptied if (left := [key for key in keys if key not in taken.get(name, {})])
    ]
    return found


def _in_parts(keys: list[Any]) -> list[list[Any]]:
    """Not more at once than a statement takes."""
    return [keys[start : start + _AT_ONCE] for start in range(0, len(keys), _AT_ONCE)]


def _hanging(tables: dict[str, Table], noun: str, ids: list[Any]) -> list[tuple[str, dict[str, Any]]]:
    rows: list[tuple[str, dict[str, Any]]] = []
    for some in _in_parts(ids):
        rows += [("custom_fields.fieldvalue", row) for row in read_rows("custom_fields.fieldvalue", where={"field__noun": noun, "ref_id": some})]
        for name, table in tables.items():
            if name not in _LEFT:
                for pair in table.references:
                    rows += [(name, row) for row in read_rows(name, where={pair.noun: noun, pair.id: some})]
    return rows


def _pointing(tables: dict[str, Table], found: Belongings, name: str, keys: list[Any]) -> list[tuple[str, dict[str, Any]]]:
    """Rows that point to rows that go: their parts go along, others lose the link or stand in the way."""
    along = []
    for other, table in tables.items():
        for column, target in table.links.items():
            if target != name:
                continue
            rows = [row for some in _in_parts(keys) for row in read_rows(other, where={column: some})]
            is_part = (other, column) in _TIES or column in table.owned and (other.partition(".")[0] == name.partition(".")[0] or other in FOLLOWING or table.is_passing)
            if is_part or (column in table.owned and table.references):
                along += [(other, row) for row in rows]
            elif column in table.owned | table.required | table.guarded:
                left = [row for row in rows if row[table.key] not in found.rows.get(other, {})]
                if left:
                    found.in_the_way[other] = found.in_the_way.get(other, 0) + len(left)
            else:
                emptied: dict[Any, list[Any]] = {}
                for row in rows:
                    emptied.setdefault(row[column], []).append(row[table.key])
                found.emptied += [(other, column, left, key) for key, left in emptied.items()]
    return along


def _borne(tables: dict[str, Table], found: Belongings, name: str, row: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """What was shown on the record and on no other."""
    along = []
    for column in tables[name].owned:
        bearer = tables[name].links[column]
        if bearer in _BEARERS and tables[name].references:
            left = [one for one in read_rows(name, where={column: row[column]}) if one[tables[name].key] not in found.rows.get(name, {})]
            along += [(bearer, one) for one in read_rows(bearer, where={"id": row[column]})] if not left else []
    return along
