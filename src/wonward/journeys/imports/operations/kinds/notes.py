"""Notes that stand in a column beside the records they are about: each becomes an entry of its record's log, once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from wonward.domains.comms.operations import log_communications
from wonward.domains.comms.queries import find_communications_by_external
from wonward.domains.comms.types import CommunicationKind, NewCommunication
from wonward.journeys.imports.operations.matching import in_parts
from wonward.journeys.imports.operations.work import Outcome, Work, write_each
from wonward.journeys.imports.rules.records import ReadRow
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded

_LOG = "comms.communication"


def warn_of_notes(work: Work, rows: Sequence[ReadRow]) -> None:
    """Say before the import which notes do not come in."""
    for row in rows:
        if row.record.get("log_note") and not work.actor.may("comms.communication.log"):
            row.warn("", worded("Row {number}: its note does not come in, you may not add to the communication log.", number=row.number), "no_log")


def log_notes(work: Work, outcomes: Sequence[Outcome]) -> None:
    """Hang the notes of rows that came in on their records; the same words of the same row never twice."""
    if not work.actor.may("comms.communication.log"):
        return
    noted = {
        _external_id(work, one): one for one in outcomes
        if one.ref is not None and one.status != "skipped" and str(one.row.record.get("log_note", "")).strip()
    }
    known: set[str] = set()
    for part in in_parts(noted):
        known |= set(find_communications_by_external(work.source, part))
    fresh = [(key, one) for key, one in noted.items() if key not in known]
    written = write_each(
        lambda part: log_communications(actor=work.actor, entries=part, now=work.now),
        [_entry(work, key, one.ref, one.row) for key, one in fresh if one.ref],
    )
    for (_, one), key in zip(fresh, written, strict=True):
        if isinstance(key, int):
            work.made(_LOG, key, str(one.row.record["log_note"]).strip(), "notes_logged")
        else:
            one.row.warn("", worded("Row {number}: its note did not come in: {refusal}", number=one.row.number, refusal=key), "no_log")


def _external_id(work: Work, outcome: Outcome) -> str:
    words = str(outcome.row.record["log_note"]).strip()
    return f"{work.kind}:{outcome.row.external_id}:note:{sha256(words.encode()).hexdigest()[:16]}" if words else ""


def _entry(work: Work, key: str, ref: Ref, row: ReadRow) -> NewCommunication:
    said = row.record.get("log_note_at")
    return NewCommunication(
        CommunicationKind.NOTE, (ref,), str(row.record["log_note"]).strip(), datetime.fromisoformat(said) if said else work.now,
        external_source=work.source, external_id=key,
    )
