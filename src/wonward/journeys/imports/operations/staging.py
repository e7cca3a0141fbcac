"""Taking a file in: stored, read, mapped, checked. Nothing but the import's own tables is written."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction

from wonward.foundation.access.policy import PERMISSIONS, require
from wonward.foundation.audit.operations import record_change
from wonward.foundation.events.operations import publish
from wonward.foundation.files.rules import clean_name
from wonward.foundation.files.storage import ReadableStream, current_storage, put_stream
from wonward.foundation.organisation.queries import civil_date, get_organisation
from wonward.journeys.imports import events
from wonward.journeys.imports.models import ImportBatch, ImportChunk
from wonward.journeys.imports.operations.kinds.meeting import parents_first
from wonward.journeys.imports.operations.kinds.notes import warn_of_notes
from wonward.journeys.imports.operations.kinds.registry import HANDLERS, PARENT_FIELDS
from wonward.journeys.imports.operations.own_fields import check_own_values
from wonward.journeys.imports.operations.work import Work, work_of
from wonward.journeys.imports.queries import group_problems, own_fields
from wonward.journeys.imports.rules.fields import FIELDS, NAMED_BY_ANY
from wonward.journeys.imports.rules.formats import find_formats
from wonward.journeys.imports.rules.framing import Table
from wonward.journeys.imports.rules.mapping import (
    knows_header,
    override_mapping,
    propose_mapping,
    says_currency,
)
from wonward.journeys.imports.rules.numbers import is_currency
from wonward.journeys.imports.rules.origin import origin_of
from wonward.journeys.imports.rules.reading import read_table
from wonward.journeys.imports.rules.records import Reader, ReadRow
from wonward.journeys.imports.rules.shapes import columns_of
from wonward.journeys.imports.types import KINDS, LATER_KINDS, MappedColumn, Problem
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotAllowed, Refused
from wonward.kernel.ref import Ref
from wonward.kernel.wording import heard_within, worded

LARGEST_FILE_BYTES = 64 * 1024 * 1024
ROWS_PER_CHUNK = 500
_KEPT_PROBLEMS = 1000
_LOOKED_AT = 50
_SOURCE = re.compile(r"[a-z0-9_.-]{1,30}")


def stage_import(
    *, actor: Actor, kind: str, file_name: str, stream: ReadableStream, mapping: Mapping[str, str | None] | None = None,
    source: str = "", now: datetime,
) -> int:
    """Store, read and check a file; returns the id of the import, which waits for `commit_import`.

    `mapping` (header → field, None to leave out) goes before what is proposed. `source` names the product the file comes
    from; left empty it is told by the headers. Ids of the file are its own per source. Refused with a sentence on `kind`,
    `file`, `mapping` or for missing rights; a problem of single rows is listed instead.
    """
    require_right(actor, kind)
    if mapping is not None and not isinstance(mapping, Mapping):
        raise Refused.field("mapping", "A mapping names a field for each header.")
    if source and not _SOURCE.fullmatch(source):
        raise Refused.field("source", "A source is a short word of small letters and digits, such as hubspot.", "invalid")
    blob = put_stream(stream, LARGEST_FILE_BYTES)
    table = read_stored(blob.sha256, kind)
    organisation = get_organisation()
    columns = columns_of(table.headers, table.rows)
    own = own_fields(kind, actor=actor)
    lines = override_mapping(kind, propose_mapping(kind, columns, own), mapping or {}, own)
    batch = ImportBatch(
        kind=kind, file_name=clean_name(file_name or "import")[:255], sha256=blob.sha256, size=blob.size,
        title=table.title, source=f"import.{source or origin_of(table.headers)}"[:40], author_id=actor.user_id,
        author_label=actor.label[:160], is_by_system=actor.is_system, token_scopes=_scopes(actor), currency=organisation.currency,
        columns=[{"index": one.index, "header": one.header, "filled": one.filled, "examples": list(one.examples)} for one in columns],
        choices={"mapping": dict(mapping or {})}, created_at=now, updated_at=now,
    )
    with transaction.atomic():
        chunks = survey(batch, actor, table, lines, now=now)
        batch.save(force_insert=True)
        write_chunks(batch, chunks)
        record_change(
            actor=actor, operation="imports.batch.stage", ref=Ref("imports.batch", batch.pk),
            changes={"file": [None, batch.file_name], "rows": [0, batch.row_count]}, now=now,
        )
        publish(events.ImportStaged(batch_id=batch.pk), actor=actor, now=now)
    return batch.pk


def require_right(actor: Actor, kind: str) -> None:
    """The right to import at all, and to add what the rows become; said up front and in plain words."""
    require(actor, "imports.batch.run")
    if kind in LATER_KINDS:
        raise Refused.field("kind", worded("{later_kind} cannot be imported yet. Possible are {kinds}.", later_kind=LATER_KINDS[kind], kinds=", ".join(KINDS)), "later")
    if kind not in KINDS:
        raise Refused.field("kind", worded("“{kind}” cannot be imported. Possible are {kinds}.", kind=kind[:40], kinds=", ".join(KINDS)), "unknown")
    for permission, words in HANDLERS[kind].permissions.items():
        if not actor.may(permission):
            label = PERMISSIONS[permission].label
            raise NotAllowed(worded("To import {kind} you must be allowed to {words}; your access role does not include “{label}”.", kind=worded(KINDS[kind].lower()), words=words, label=worded(label)))


def list_kinds(actor: Actor) -> list[str]:
    """The kinds of rows this actor may import; none of an area that is off."""
    return [kind for kind in KINDS if all(actor.may(permission) for permission in HANDLERS[kind].permissions)]


def _scopes(actor: Actor) -> list[str] | None:
    return sorted(actor.token_scopes) if actor.token_scopes is not None else None


def read_stored(sha256: str, kind: str) -> Table:
    """The table of a stored file; Refused when its content is gone, as after a restore without it."""
    try:
        with current_storage().open(sha256) as stream:
            data = stream.read(LARGEST_FILE_BYTES + 1)
    except FileNotFoundError:
        raise Refused.field("file", "The file is not there any more. Send it again.", "gone") from None
    return read_table(data, lambda header: knows_header(kind, header))


def survey(batch: ImportBatch, actor: Actor, table: Table, lines: Sequence[MappedColumn], *, now: datetime) -> list[list[list[Any]]]:
    """Read and check every row by the mapping, put the findings onto the batch, and return the rows in chunks."""
    organisation = get_organisation()
    today = civil_date(now, organisation.time_zone)
    fields = {line.field: line.index for line in lines if line.field}
    choices, own = batch.choices, own_fields(batch.kind, actor=actor)
    formats, notes = find_formats(
        batch.kind, fields, table.headers, table.rows, decimal_hint=table.decimal_hint, date_order=choices.get("date_order", ""),
        own=own,
    )
    batch.currency = choices.get("currency") or batch.currency
    work = work_of(batch, actor, now=now, today=today, zone=organisation.time_zone)
    reader = Reader(batch.kind, table.headers, fields, formats, batch.currency, organisation.time_zone, own)
    raw = dict(table.rows)
    rows = [reader.read(number, cells) for number, cells in table.rows]
    if batch.kind in PARENT_FIELDS:
        rows = parents_first(rows, PARENT_FIELDS[batch.kind])
    work.problems += [*_unnamed(batch.kind, fields), *_unread_currencies(batch, table, lines)]
    check_own_values(work, rows)
    HANDLERS[batch.kind].survey(work, rows)
    warn_of_notes(work, rows)
    _keep_findings(batch, work, table, lines, formats.to_document(), rows, [*table.notes, *notes, *work.notes])
    packed = [[row.number, raw[row.number], *_packed(row)] for row in rows]
    return [packed[start : start + ROWS_PER_CHUNK] for start in range(0, len(packed), ROWS_PER_CHUNK)]


def _unnamed(kind: str, fields: Mapping[str, int]) -> list[Problem]:
    """Without a column for what names a row, no row can come in; say so once, before saying it of every row."""
    if any(name in fields for name in NAMED_BY_ANY[kind]):
        return []
    labels = " or ".join(f"“{FIELDS[kind][name].label}”" for name in NAMED_BY_ANY[kind])
    return [Problem(None, "", worded("No column was recognised as {labels}. Choose one in the mapping.", labels=labels), "no_name_column", False)]


def _unread_currencies(batch: ImportBatch, table: Table, lines: Sequence[MappedColumn]) -> list[Problem]:
    """A column of currencies that is left out would turn amounts into another currency without a word."""
    by_field = {line.field: line for line in lines if line.field}
    amounts = [name for name in by_field if (spec := FIELDS[batch.kind].get(name)) and spec.type == "money"]
    if not amounts or "currency" not in FIELDS[batch.kind]:
        return []
    chosen = batch.choices.get("mapping", {})
    read = by_field.get("currency")
    found = []
    for line in lines:
        if line.field or line.header in chosen:
            continue
        cells = [(row[line.index], row[read.index] if read else batch.currency) for _, row in table.rows if row[line.index]]
        is_meant = says_currency(line.header) or (cells and all(is_currency(text) and len(text) == 3 for text, _ in cells[:_LOOKED_AT]))
        if is_meant and any(text.strip().casefold() != other.strip().casefold() for text, other in cells):
            sentence = worded("“{header}” holds currencies and is left out; amounts are taken in {currency} unless they carry a sign or another column says it. Choose it as the currency if it is theirs.", header=line.header, currency=batch.currency)
            found.append(Problem(None, line.header, sentence, "currency_left_out", False))
    return found


def _packed(row: ReadRow) -> list[Any]:
    why = next((problem.message for problem in row.problems if problem.stops_row), "")
    return [None if why else row.record, row.external_id, row.is_own_id, heard_within(why)]


def _keep_findings(
    batch: ImportBatch, work: Work, table: Table, lines: Sequence[MappedColumn], formats: dict[str, Any], rows: Sequence[ReadRow],
    notes: Sequence[str],
) -> None:
    found = sorted(
        [*table.problems, *work.problems, *(problem for row in rows for problem in row.problems)],
        key=lambda problem: (problem.row or 0, not problem.stops_row),
    )
    stopped = sum(1 for row in rows if row.is_stopped) + len({one.row for one in table.problems if one.stops_row})
    known = work.tally["known"]
    told = [worded("{known} rows stand for records that are here already; only what the file says anew is changed.", known=known)] if known else []
    batch.mapping = heard_within([asdict(line) for line in lines])
    batch.formats = formats
    batch.values = heard_within([asdict(value) for value in work.values])
    batch.problems = heard_within([[one.row, one.column, one.message, one.code, one.stops_row] for one in found[:_KEPT_PROBLEMS]])
    batch.problem_groups = heard_within([asdict(group) for group in group_problems(found)])
    batch.notes = heard_within([*dict.fromkeys([*notes, *told])])
    batch.expected = {**work.tally, "stopped": stopped}
    batch.sums = work.sums
    batch.row_count = len(rows)


def write_chunks(batch: ImportBatch, chunks: Sequence[list[list[Any]]]) -> None:
    """Put the rows of a batch down, replacing what was there."""
    ImportChunk.objects.filter(batch=batch).delete()
    ImportChunk.objects.bulk_create(
        [ImportChunk(batch=batch, position=place, rows=rows, row_count=len(rows)) for place, rows in enumerate(chunks)], batch_size=20
    )
