"""What packages say of their tables in their `nouns` room, so that the house as a whole can be handled without knowing them.

*Movers*: who points to a record. Each package moves its own rows when two records become one, and moves them back. A mover
runs forward for a merge and backward for its undo; what was done is kept as a journal of plain values.
*Secrets*: columns that open a door; an export leaves them out. *Passing tables*: rows of the moment that no export holds.
*The trash*: where a record goes with all its rows; whoever keeps it stands above those who ask for it.
*Holders*: what is still going on at a record, so that it is not put away under the feet of those who work on it.
*Guards*: which records nobody may take away, whoever asks.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import F

from wonward.kernel.actor import Actor
from wonward.kernel.ref import Ref

Entry = dict[str, Any]
_AT_ONCE = 500


@dataclass(slots=True)
class LinkMove:
    """What pointed to the source points to the target; `journal` tells how, `left` which rows went their own way since."""

    noun: str
    source_id: int
    target_id: int
    now: datetime
    is_back: bool = False
    journal: list[Entry] = field(default_factory=list)
    left: list[tuple[str, int]] = field(default_factory=list)
    covered: set[tuple[str, str]] = field(default_factory=set)
    _restored: set[str] = field(default_factory=set)

    def keys(self, noun: str, model: type[models.Model], column: str, *, alone_with: Sequence[str] = ()) -> None:
        """Move a foreign key. Rows that would meet their like, the same in `alone_with`, are removed instead."""
        self.covered.add((model._meta.label, column))
        if noun == self.noun:
            self.shift(model, column, self.source_id, self.target_id, alone_with=alone_with)

    def refs(self, model: type[models.Model], noun_column: str, id_column: str, *, alone_with: Sequence[str] = ()) -> None:
        """Move a reference kept as noun and id."""
        self.covered.add((model._meta.label, id_column))
        self.shift(model, id_column, self.source_id, self.target_id, alone_with=alone_with, among={noun_column: self.noun})

    def shift(
        self, model: type[models.Model], column: str, before: Any, after: Any, *, alone_with: Sequence[str] = (),
        among: dict[str, Any] | None = None,
    ) -> None:
        """Give a column of some rows another value; backward, every row of the model this move changed is restored."""
        if self.is_back:
            self.restore(model)
            return
        rows = model._default_manager.filter(**{column: before}, **(among or {}))
        if alone_with:
            taken = set(model._default_manager.filter(**{column: after}, **(among or {})).values_list(*alone_with))
            for row in rows:
                if tuple(getattr(row, name) for name in alone_with) in taken:
                    self.remove(row)
        ids = list(rows.order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(ids), _AT_ONCE):
            part = ids[start : start + _AT_ONCE]
            model._default_manager.filter(pk__in=part).update(**{column: after}, **self._touched(model))
            self.journal.append(
                {"model": model._meta.label, "kind": "moved", "column": column, "ids": part, "before": before, "after": after}
            )

    def change(self, row: models.Model, **values: Any) -> None:
        """Change columns of one row, to be restored unless somebody changes them after us."""
        manager = type(row)._default_manager
        for column, after in values.items():
            before = getattr(row, column)
            if before != after:
                self.journal.append(
                    {"model": row._meta.label, "kind": "changed", "column": column, "ids": [row.pk],
                     "before": _plain(row, column, before), "after": _plain(row, column, after)}
                )
                setattr(row, column, after)
        manager.filter(pk=row.pk).update(**values)

    def remove(self, row: models.Model) -> None:
        """Remove a row whose like is there already, keeping its values."""
        values = {one.attname: _plain(row, one.attname, getattr(row, one.attname)) for one in row._meta.concrete_fields}
        self.journal.append({"model": row._meta.label, "kind": "removed", "values": values})
        type(row)._default_manager.filter(pk=row.pk).delete()

    def restore(self, *kinds: type[models.Model]) -> None:
        """Take back what happened to the rows of these models, last step first; what was changed since stays and is listed."""
        for model in kinds:
            label = model._meta.label
            if label in self._restored:
                continue
            self._restored.add(label)
            for entry in reversed([one for one in self.journal if one["model"] == label]):
                if entry["kind"] == "removed":
                    self._bring_back(model, entry["values"])
                else:
                    self._set_back(model, entry)

    def _set_back(self, model: type[models.Model], entry: Entry) -> None:
        column = entry["column"]
        known = dict(model._default_manager.filter(pk__in=entry["ids"]).values_list("pk", column))
        after = _value(model, column, entry["after"])
        ours = [key for key, value in known.items() if value == after]
        self.left += [(model._meta.label, key) for key, value in sorted(known.items()) if value != after]
        touched = self._touched(model) if entry["kind"] == "moved" else {}
        try:
            with transaction.atomic():
                model._default_manager.filter(pk__in=ours).update(**{column: _value(model, column, entry["before"])}, **touched)
        except IntegrityError:
            self.left += [(model._meta.label, key) for key in ours]

    def _bring_back(self, model: type[models.Model], values: dict[str, Any]) -> None:
        row = model(**{column: _value(model, column, value) for column, value in values.items()})
        try:
            with transaction.atomic():
                model._default_manager.bulk_create([row])
        except IntegrityError:
            self.left.append((model._meta.label, int(values["id"])))

    def _touched(self, model: type[models.Model]) -> dict[str, Any]:
        names = {one.attname for one in model._meta.concrete_fields}
        touched: dict[str, Any] = {"updated_at": self.now} if "updated_at" in names else {}
        if "version" in names:
            touched["version"] = F("version") + 1
        return touched


_SECRETS: dict[str, dict[str, bool]] = {}
_PASSING: set[str] = set()


def keeps_secret(model: type[models.Model], column: str, *, may_be_empty: bool = False) -> None:
    """Say that a text column opens a door. A copy without secrets has nothing there, or words nobody knows where something must be."""
    _SECRETS.setdefault(model._meta.label_lower, {})[column] = may_be_empty


def secrets_of(table: str) -> dict[str, bool]:
    """The secret columns of a table, each with whether it may be empty."""
    return _SECRETS.get(table, {})


def passes_by(model: type[models.Model]) -> None:
    """Say that a table holds the moment only: attempts, leases, ticks."""
    _PASSING.add(model._meta.label_lower)


def is_passing(table: str) -> bool:
    """Whether a table holds the moment only."""
    return table in _PASSING


Mover = Callable[[LinkMove], None]
_MOVERS: list[Mover] = []


def moves_links(mover: Mover) -> Mover:
    """Register the function that moves a package's own rows from one record to another."""
    _MOVERS.append(mover)
    return mover


def move_links(move: LinkMove) -> None:
    """Let every package move its rows. Call it in the transaction of the merge, or of its undo."""
    for mover in _MOVERS:
        mover(move)


@dataclass(frozen=True, slots=True)
class Going:
    """What still goes on at a record: the names the viewer may read, and how many more there are."""

    names: tuple[str, ...] = ()
    hidden: int = 0


Holder = Callable[[Actor, Ref], Going]
_HOLDERS: list[Holder] = []


def holds_records(holder: Holder) -> Holder:
    """Register the function that says what of a package still goes on at a record."""
    _HOLDERS.append(holder)
    return holder


def find_going(actor: Actor, ref: Ref) -> Going:
    """What still goes on at a record, from every package."""
    found = [holder(actor, ref) for holder in _HOLDERS]
    return Going(tuple(name for one in found for name in one.names), sum(one.hidden for one in found))


Guard = Callable[[Collection[Ref]], set[Ref]]
_GUARDS: list[Guard] = []


def guards_records(guard: Guard) -> Guard:
    """Register the function that says which of some records must not be taken away, whoever asks."""
    _GUARDS.append(guard)
    return guard


def find_guarded(refs: Collection[Ref]) -> set[Ref]:
    """Those of the records that must not be taken away, by the word of any package. One question a package, however many records."""
    return {ref for guard in _GUARDS for ref in guard(refs)}


@dataclass(frozen=True, slots=True)
class Trash:
    """`put_away` answers with the place of a record in the trash, `bring_back` takes that place, `names_of` what lies there."""

    nouns: frozenset[str]
    put_away: Callable[[Actor, Ref, datetime], int]
    bring_back: Callable[[Actor, int, datetime], Ref]
    names_of: Callable[[Actor, Collection[int]], dict[int, str]]


_TRASHES: list[Trash] = []


def register_trash(trash: Trash) -> None:
    """Say how records are put away and brought back; there is one trash."""
    if _TRASHES:
        raise ValueError("The trash is registered twice.")
    _TRASHES.append(trash)


def find_trash(noun: str) -> Trash | None:
    """The trash, None when records of a noun cannot be put there."""
    return _TRASHES[0] if _TRASHES and noun in _TRASHES[0].nouns else None


def _plain(row: models.Model, column: str, value: Any) -> Any:
    if value is None or isinstance(value, (bool, int, str, list, dict)):
        return value
    one: Any = row._meta.get_field(column)
    return one.value_to_string(row) if value == getattr(row, column) else str(value)


def _value(model: type[models.Model], column: str, value: Any) -> Any:
    one: Any = model._meta.get_field(column)
    target = one.target_field if isinstance(one, models.ForeignKey) else one
    return value if value is None or isinstance(value, (list, dict)) else target.to_python(value)
