"""Reading imports: their author's and admins' eyes only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet, Sum

from wonward.foundation.access.policy import require
from wonward.foundation.custom_fields.queries import list_fields as list_custom_fields
from wonward.foundation.custom_fields.types import FieldKind
from wonward.journeys.imports.models import ImportBatch, ImportChunk, ImportOutcome, SavedMapping
from wonward.journeys.imports.rules.fields import FIELDS, OWN, Field
from wonward.journeys.imports.rules.words import header_key
from wonward.journeys.imports.types import (
    BatchRow,
    ColumnRow,
    MappedColumn,
    Problem,
    ProblemGroup,
    ReconciliationLine,
    SavedMappingRow,
    StagedRow,
    ValueChoice,
)
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotFound
from wonward.kernel.money import Money
from wonward.kernel.ref import Ref

_LOOKED_UP_AT_ONCE = 400

OWN_NOUNS = {"companies": "clients.company", "contacts": "clients.contact", "leads": "sales.lead", "deals": "sales.deal"}
_TYPES = {
    FieldKind.NUMBER: "number", FieldKind.MONEY: "money", FieldKind.DATE: "date", FieldKind.PERSON: "name", FieldKind.TAGS: "text",
}
_LONGEST = 2000



@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """What an earlier row of the same id became, and what it said."""

    noun: str
    ref_id: int
    digest: str
    record: Mapping[str, Any]


def visible_batches(actor: Actor) -> QuerySet[ImportBatch]:
    """Imports the actor may see: their own, for admins all."""
    if actor.is_system or (actor.role in ("owner", "admin") and actor.may("imports.batch.run")):
        return ImportBatch.objects.all()
    if not actor.may("imports.batch.run") or actor.user_id is None:
        return ImportBatch.objects.none()
    return ImportBatch.objects.filter(author_id=actor.user_id)


def get_batch(*, actor: Actor, batch_id: int) -> BatchRow:
    """One import with everything about it, or NotFound."""
    batch = visible_batches(actor).filter(pk=batch_id).first()
    if batch is None:
        raise NotFound("import", batch_id)
    return _batch_rows([batch])[0]


SORTS: dict[str, tuple[str, ...]] = {
    "created_at": ("pk",), "-created_at": ("-pk",), "file": ("file_name", "-pk"), "-file": ("-file_name", "-pk"),
    "rows": ("row_count", "-pk"), "-rows": ("-row_count", "-pk"),
}
GROUPS: dict[str, tuple[str, ...]] = {"kind": ("kind",), "status": ("status",), "author": ("author_label",)}


def list_batches(
    *, actor: Actor, kind: str = "", status: str = "", text: str = "", sort: str = "-created_at", group: str = "", offset: int = 0, limit: int = 50
) -> list[BatchRow]:
    """A page of imports by one of SORTS, newest first, within `group`, one of GROUPS; `text` is part of the name of the file."""
    require(actor, "imports.batch.run")
    batches = visible_batches(actor)
    if kind:
        batches = batches.filter(kind=kind)
    if status:
        batches = batches.filter(status=status)
    if text:
        batches = batches.filter(file_name__icontains=text)
    return _batch_rows(list(batches.order_by(*(GROUPS[group] if group else ()), *SORTS[sort])[offset : offset + limit]))


def sum_rows(*, actor: Actor, kind: str = "", status: str = "", text: str = "") -> int:
    """How many rows the files of a list of imports hold together."""
    require(actor, "imports.batch.run")
    asked = {"kind": kind, "status": status, "file_name__icontains": text}
    found = visible_batches(actor).filter(**{name: value for name, value in asked.items() if value})
    return int(found.aggregate(rows=Sum("row_count", default=0))["rows"])


def visible_mappings(actor: Actor) -> QuerySet[SavedMapping]:
    """Kept choices are for everybody who may import."""
    return SavedMapping.objects.all() if actor.is_system or actor.may("imports.batch.run") else SavedMapping.objects.none()


def may_change_mapping(actor: Actor, author_id: int | None) -> bool:
    """Who kept it, and admins."""
    return actor.is_system or actor.role in ("owner", "admin") or (author_id is not None and author_id == actor.user_id)


def list_mappings(*, actor: Actor, batch_id: int) -> list[SavedMappingRow]:
    """Kept choices that fit a file, at least half of their headers being there; the best first."""
    batch = visible_batches(actor).filter(pk=batch_id).first()
    if batch is None:
        raise NotFound("import", batch_id)
    here = {header_key(column["header"]) for column in batch.columns}
    rows = [
        SavedMappingRow(row.pk, row.name, row.author_label, len(here & set(row.headers)), len(row.headers), may_change_mapping(actor, row.author_id))
        for row in visible_mappings(actor).filter(kind=batch.kind)
    ]
    return sorted((row for row in rows if row.total and 2 * row.known >= row.total), key=lambda row: (-row.known / row.total, -row.total, row.name))


def list_fields(kind: str, *, actor: Actor) -> list[tuple[str, str]]:
    """The fields columns of a kind of import may go to, as (name, label)."""
    return [(field.name, field.label) for field in (*FIELDS[kind].values(), *own_fields(kind, actor=actor).values())]


def own_fields(kind: str, *, actor: Actor) -> dict[str, Field]:
    """The fields of a kind of import that the house has made and the actor may know of, by the name a mapping gives them."""
    rows = list_custom_fields(actor=actor, noun=OWN_NOUNS[kind]) if kind in OWN_NOUNS else []
    return {
        f"{OWN}{row.key}": Field(f"{OWN}{row.key}", row.label, _TYPES.get(row.kind, "text"), _LONGEST)
        for row in rows if row.kind is not FieldKind.TAGS or kind != "contacts"
    }


def list_staged_rows(
    *, actor: Actor, batch_id: int, status: str = "", offset: int = 0, limit: int = 50
) -> list[StagedRow]:
    """Rows of an import in the order of the file, with what became of them; `status` is one of ROW_STATUSES or empty."""
    batch = visible_batches(actor).filter(pk=batch_id).first()
    if batch is None:
        raise NotFound("import", batch_id)
    headers = [column["header"] for column in batch.columns]
    outcomes = {row.row: row for row in ImportOutcome.objects.filter(batch=batch).defer("record")}
    found: list[StagedRow] = []
    for number, cells, why in sorted(_raw_rows(batch.pk), key=lambda row: row[0]):
        outcome = outcomes.get(number)
        state = outcome.status if outcome else "skipped" if why else "waiting"
        if status and state != status:
            continue
        ref = Ref(outcome.noun, outcome.ref_id) if outcome and outcome.ref_id else None
        found.append(StagedRow(number, state, dict(zip(headers, cells, strict=False)), ref, outcome.message if outcome else why))
    return found[offset : offset + limit]


def _raw_rows(batch_id: int) -> list[tuple[int, list[str], str]]:
    chunks = ImportChunk.objects.filter(batch_id=batch_id).order_by("position").values_list("rows", flat=True)
    return [(row[0], row[1], row[5]) for rows in chunks for row in rows]


def find_ledger(*, kind: str, source: str, external_ids: Collection[str]) -> dict[str, LedgerEntry]:
    """The latest record of each id that an import made or met; one of the same source goes before others."""
    wanted = sorted({key for key in external_ids if key})
    found: dict[str, tuple[bool, int, LedgerEntry]] = {}
    for start in range(0, len(wanted), _LOOKED_UP_AT_ONCE):
        rows = ImportOutcome.objects.filter(
            kind=kind, external_id__in=wanted[start : start + _LOOKED_UP_AT_ONCE], status__in=("created", "updated", "unchanged"),
            ref_id__isnull=False,
        )
        for row in rows:
            rank = (row.source == source, row.pk)
            if row.external_id not in found or rank > found[row.external_id][:2]:
                entry = LedgerEntry(row.noun, row.ref_id or 0, row.digest, row.record or {})
                found[row.external_id] = (*rank, entry)
    return {key: entry for key, (_, _, entry) in found.items()}


def list_made(*, batch_id: int) -> list[tuple[str, dict[str, Any], int]]:
    """What the rows of one import became so far: their id in the file, what they said, the record's id."""
    rows = ImportOutcome.objects.filter(batch_id=batch_id, ref_id__isnull=False).order_by("pk")
    return [(external_id, record or {}, key or 0) for external_id, record, key in rows.values_list("external_id", "record", "ref_id")]


def _batch_rows(batches: Collection[ImportBatch]) -> list[BatchRow]:
    ids = [batch.pk for batch in batches]
    counts: dict[int, Counter[str]] = {key: Counter() for key in ids}
    problems: dict[int, list[Problem]] = {key: [] for key in ids}
    chunks = ImportChunk.objects.filter(batch_id__in=ids, applied_at__isnull=False).order_by("position")
    for batch_id, chunk_counts, chunk_problems in chunks.values_list("batch_id", "counts", "problems"):
        counts[batch_id].update(chunk_counts)
        problems[batch_id].extend(Problem(*one) for one in chunk_problems)
    applied: dict[int, int] = dict(chunks.order_by().values_list("batch_id").annotate(total=Sum("row_count")))
    return [_batch_row(batch, counts[batch.pk], problems[batch.pk], applied.get(batch.pk, 0)) for batch in batches]


def _batch_row(batch: ImportBatch, counts: Counter[str], late: list[Problem], applied: int) -> BatchRow:
    staged = [Problem(*one) for one in batch.problems]
    shown = {name: number for name, number in counts.items() if ":" not in name} | batch.undo_counts
    return BatchRow(
        batch.pk, batch.kind, batch.file_name, batch.size, batch.status, batch.source, batch.author_label,
        tuple(ColumnRow(row["index"], row["header"], row["filled"], tuple(row["examples"])) for row in batch.columns),
        tuple(MappedColumn(**row) for row in batch.mapping),
        tuple(ValueChoice(**{**row, "near": tuple((key, name) for key, name in row["near"])}) for row in batch.values),
        batch.row_count, applied, (*staged, *late),
        (*(ProblemGroup(**{**row, "first_rows": tuple(row["first_rows"])}) for row in batch.problem_groups), *group_problems(late)),
        shown, batch.expected, tuple(batch.notes), _reconciliation(batch.sums, counts),
        tuple((Ref.parse(ref), why) for ref, why in batch.kept), batch.failure, batch.version, batch.created_at,
        batch.updated_at, batch.started_at, batch.finished_at,
    )


def group_problems(problems: Collection[Problem]) -> list[ProblemGroup]:
    """Problems of one sort together, the most frequent first, those that stop rows before the others."""
    groups: dict[tuple[str, str, bool], list[Problem]] = {}
    for problem in problems:
        groups.setdefault((problem.code, problem.column, problem.stops_row), []).append(problem)
    rows = [
        ProblemGroup(
            code, column, len(found), stops, found[0].message, tuple(one.row for one in found[:5] if one.row is not None)
        )
        for (code, column, stops), found in groups.items()
    ]
    return sorted(rows, key=lambda row: (not row.stops_rows, -row.count))


def _reconciliation(sums: Mapping[str, Any], counts: Mapping[str, int]) -> tuple[ReconciliationLine, ...]:
    """Keys of sums are `status:currency`, values [rows, minor units]; what was written is counted alike by the chunks."""
    lines = []
    keys = dict.fromkeys([*sums, *(name.removeprefix("rows:") for name in counts if name.startswith("rows:"))])
    for key in keys:
        status, _, currency = key.partition(":")
        rows, minor = sums.get(key, (0, 0))
        written = counts.get(f"value:{key}", 0)
        lines.append(
            ReconciliationLine(
                status, currency, rows, _amount(minor, currency), counts.get(f"rows:{key}", 0), _amount(written, currency)
            )
        )
    return tuple(lines)


def _amount(minor: int, currency: str) -> Decimal:
    return Money(minor, currency).amount
