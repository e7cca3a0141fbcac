"""What a former system still wanted done: open tasks and activities with a day become next actions of their deals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

from django.db import transaction

from wonward.domains.sales.operations.next_actions import set_next_action
from wonward.domains.sales.queries.deals import find_deal_rows
from wonward.domains.sales.types import DealRow, NextAction, NextActionRow
from wonward.journeys.imports.models import ImportErrand, ImportOutcome
from wonward.journeys.imports.operations.matching import People
from wonward.journeys.imports.operations.work import Work, attempt, date_of
from wonward.journeys.imports.rules.meanings import COMMUNICATION_KINDS, TASK_STATUSES, meaning_of
from wonward.journeys.imports.rules.records import ReadRow, Record
from wonward.kernel.actor import Actor
from wonward.kernel.ref import Ref
from wonward.kernel.wording import heard, worded

REVIEW_NOTE = "Imported: review it and set the next step."
_DEAL = "sales.deal"
_WENT_ON = worded("its next action was changed after the import")
_DONE = frozenset({"1", "true", "yes", "ja", "oui", "x", "v"})
_OPEN = frozenset({"0", "false", "no", "nein", "non"})


def due_of(record: Record, today: date) -> date | None:
    """Until when something is still to be done; None for what is done, or has no day.

    The file calls it open, or the day it is due is to come and nothing says it is done. The one day of what is called open is when it is due.
    """
    due, said = date_of(record.get("due_date")), str(record.get("status", "")).strip().casefold()
    if said in _DONE:
        return None
    status = meaning_of(TASK_STATUSES, said) if said not in _OPEN else "todo"
    if due is None and status in ("todo", "doing") and record.get("happened_at"):
        return datetime.fromisoformat(record["happened_at"]).date()
    if due is None or status == "done":
        return None
    return due if status or due >= today else None


def moment_of(work: Work, record: Record) -> datetime:
    """When it happened; of what is done the day it was due, of what is still to be done the time of the import."""
    due = date_of(record.get("due_date"))
    if (said := record.get("happened_at")) and (due or not due_of(record, work.today)):
        return datetime.fromisoformat(said)
    return datetime.combine(due, time(12), tzinfo=UTC) if due and not due_of(record, work.today) else work.now


def body_of(work: Work, record: Record) -> str:
    """What was written, and until when it is to be done."""
    body, due = str(record.get("body", "")), due_of(record, work.today)
    if due is None:
        return body
    return "\n\n".join(part for part in (body, heard(worded("Still to be done, due on {day}.", day=due))) if part)


def take_up(work: Work, people: People, rows: Sequence[tuple[ReadRow, Sequence[Ref]]]) -> None:
    """The soonest open errand of each open deal that waits for its review becomes the deal's next action; all of them stand in the log."""
    wanted: dict[int, tuple[date, ReadRow]] = {}
    for row, refs in rows:
        due = due_of(row.record, work.today)
        if due is None:
            continue
        for key in (ref.id for ref in refs if ref.noun == _DEAL):
            if key not in wanted or due < wanted[key][0]:
                wanted[key] = due, row
    deals = find_deal_rows(actor=work.actor, deal_ids=sorted(wanted), value_is_known=True)
    taken: dict[int, date] = work.cache.setdefault("errands_taken", {})
    for key, (due, row) in sorted(wanted.items()):
        if key in deals and (_waits_for_review(deals[key]) or due < taken.get(key, due)) and _set(work, people, deals[key], due, row):
            taken[key] = due


def _waits_for_review(deal: DealRow) -> bool:
    """Whether nobody has said yet what is next: the import itself gave the deal its next action."""
    action = deal.next_action
    return deal.status == "open" and action is not None and action.kind == "review" and action.note == REVIEW_NOTE


def _set(work: Work, people: People, deal: DealRow, due: date, row: ReadRow) -> bool:
    record = row.record
    kind = meaning_of(COMMUNICATION_KINDS, record.get("kind", ""))
    person = people.find(record, "assignee") or people.find(record, "author")
    words = str(record.get("subject") or record.get("body") or "").strip()
    action = NextAction(kind if kind in ("call", "email", "meeting") else "task", due, words[:300], person.id if person else None)
    if refusal := attempt(lambda: set_next_action(actor=work.actor, deal_id=deal.id, action=action, now=work.now)):
        row.warn("", worded("Row {number}: it is in the log, and not the next action: {refusal}", number=row.number, refusal=refusal), "not_next")
        return False
    work.tally["next_actions_taken"] += 1
    _remember(work, deal, action)
    return True


def _remember(work: Work, deal: DealRow, action: NextAction) -> None:
    """Keep what the deal had before, for the undo."""
    assert deal.next_action is not None
    given = told(action if action.owner_id else replace(action, owner_id=deal.owner_id))
    ImportErrand.objects.update_or_create(
        batch_id=work.batch_id, noun=_DEAL, ref_id=deal.id, defaults={"given": given}, create_defaults={"given": given, "former": told(deal.next_action)}
    )
    _go_along(deal)


def _go_along(deal: DealRow) -> None:
    """An import that changes what another one brought is nobody who touched it."""
    brought = ImportOutcome.objects.filter(noun=_DEAL, ref_id=deal.id, status="created", ref_version=deal.version)
    brought.update(ref_version=deal.version + 1)


def told(action: NextAction | NextActionRow) -> list[Any]:
    """A next action as it is kept."""
    return [action.kind, action.due_date.isoformat(), action.note, action.owner_id]


def give_back(actor: Actor, batch_id: int, now: datetime) -> tuple[int, list[tuple[Ref, str]]]:
    """Give deals back the next actions that an import took the place of, where nobody has set another one; how many, and which stay, with the reason."""
    given_back, kept = 0, []
    for errand in ImportErrand.objects.filter(batch_id=batch_id).order_by("pk"):
        if errand.status == "created":
            refusal = _give_back_one(actor, errand, now)
        else:
            refusal = "" if errand.status == "undone" else _WENT_ON
        if refusal:
            kept.append((Ref(_DEAL, errand.ref_id), refusal))
        else:
            given_back += 1
    return given_back, kept


@transaction.atomic
def _give_back_one(actor: Actor, errand: ImportErrand, now: datetime) -> str:
    deal = find_deal_rows(actor=actor, deal_ids=[errand.ref_id], value_is_known=True).get(errand.ref_id)
    if deal is None or deal.status != "open" or deal.next_action is None or told(deal.next_action) != errand.given:
        refusal: str = _WENT_ON
    else:
        kind, due, note, owner_id = errand.former
        action = NextAction(kind, date.fromisoformat(due), note, owner_id)
        refusal = attempt(lambda: set_next_action(actor=actor, deal_id=deal.id, action=action, version=deal.version, now=now))
        if not refusal:
            _go_along(deal)
    errand.status = "kept" if refusal else "undone"
    errand.save(update_fields=["status"])
    return refusal
