"""What a former system still wanted done: open tasks and activities with a day become next actions of their deals."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time

from wonward.domains.sales.operations.next_actions import set_next_action
from wonward.domains.sales.queries.deals import find_deal_rows
from wonward.domains.sales.types import DealRow, NextAction
from wonward.journeys.imports.operations.matching import People
from wonward.journeys.imports.operations.work import Work, attempt, date_of
from wonward.journeys.imports.rules.meanings import COMMUNICATION_KINDS, TASK_STATUSES, meaning_of
from wonward.journeys.imports.rules.records import ReadRow, Record
from wonward.kernel.ref import Ref
from wonward.kernel.wording import heard, worded

REVIEW_NOTE = "Imported: review it and set the next step."
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
        for key in (ref.id for ref in refs if ref.noun == "sales.deal"):
            if key not in wanted or due < wanted[key][0]:
                wanted[key] = due, row
    deals = find_deal_rows(actor=work.actor, deal_ids=sorted(wanted), value_is_known=True)
    taken: dict[int, date] = work.cache.setdefault("errands_taken", {})
    for key, (due, row) in sorted(wanted.items()):
        if key in deals and (_waits_for_review(deals[key]) or due < taken.get(key, due)) and _set(work, people, key, due, row):
            taken[key] = due


def _waits_for_review(deal: DealRow) -> bool:
    """Whether nobody has said yet what is next: the import itself gave the deal its next action."""
    action = deal.next_action
    return deal.status == "open" and action is not None and action.kind == "review" and action.note == REVIEW_NOTE


def _set(work: Work, people: People, deal_id: int, due: date, row: ReadRow) -> bool:
    record = row.record
    kind = meaning_of(COMMUNICATION_KINDS, record.get("kind", ""))
    person = people.find(record, "assignee") or people.find(record, "author")
    words = str(record.get("subject") or record.get("body") or "").strip()
    action = NextAction(kind if kind in ("call", "email", "meeting") else "task", due, words[:300], person.id if person else None)
    if refusal := attempt(lambda: set_next_action(actor=work.actor, deal_id=deal_id, action=action, now=work.now)):
        row.warn("", worded("Row {number}: it is in the log, and not the next action: {refusal}", number=row.number, refusal=refusal), "not_next")
        return False
    work.tally["next_actions_taken"] += 1
    return True
