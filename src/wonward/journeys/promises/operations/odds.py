"""A date before the P50 of its deal is confirmed by somebody with the right to answer for it, on whatever way it comes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime

from wonward.foundation.audit.operations import Change, record_changes
from wonward.journeys.promises.models import Promise, PromiseBasis
from wonward.journeys.promises.types import BasisRow, PromiseKind
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotAllowed
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded

APPROVE = "capacity.date.approve"
# What promises the end of the whole: a date without a key, or the finish itself. Another key is about a part of the work.
_WHOLE = ("", "finish")
OddsReader = Callable[[Collection[int]], Mapping[int, BasisRow]]
_readers: list[OddsReader] = []


def odds_come_from(reader: OddsReader) -> None:
    """Whoever answers about dates says here how to read, by deal id, what was answered last and still holds."""
    _readers.append(reader)


def hold_where_early(*, actor: Actor, rows: Sequence[Promise], now: datetime, than: date | None = None) -> None:
    """New promises of a date before the P50 of their deal keep what was known as their basis.

    Made by somebody who may answer for that, they stand, approved; else they are drafts until somebody who may confirms them.
    `than` is the date one of them replaces: not being earlier than that asks for no new approval.
    """
    confirmed = [row for row in rows if row.state == "confirmed" and _is_whole(row) and (than is None or (row.due_date and row.due_date < than))]
    early = _early(confirmed)
    if not early:
        return
    may = _may_answer(actor)
    for row, _ in early:
        row.state = row.state if may else "draft"
    Promise.objects.bulk_update([row for row, _ in early], ["state"])
    _keep(early, actor if may else None, now)


def find_waiting(rows: Sequence[Promise], now: datetime) -> set[int]:
    """Which of these drafts wait for somebody to answer for a date before P50; what is known is kept as their basis."""
    drafts = [row for row in rows if row.state == "draft"]
    based = PromiseBasis.objects.filter(promise__in=[row for row in drafts if row.due_date])
    known = {one.promise_id: one for one in based} if drafts else {}
    early = _early([row for row in drafts if row.pk not in known and _is_whole(row)])
    _keep(early, None, now)
    return {row.pk for row, _ in early} | {row.pk for row in drafts if row.pk in known and _is_open(row, known[row.pk])}


def answer_for_early(*, actor: Actor, promise: Promise, now: datetime) -> None:
    """Confirming a draft before P50 answers for it: by the person named for it, else by anybody with the right; NotAllowed otherwise."""
    (waits,) = find_waiting([promise], now) or (None,)
    if waits is None:
        return
    basis = PromiseBasis.objects.get(promise=promise)
    if basis.approver_id is not None and basis.approver_id != actor.person_id:
        raise NotAllowed(worded("{number} is earlier than P50; {approver_label} has to approve it.", number=promise.number, approver_label=basis.approver_label))
    if basis.approver_id is None and not _may_answer(actor):
        raise NotAllowed(worded("{number} is earlier than P50 ({p_date}); somebody who may approve that has to confirm it.", number=promise.number, p_date=basis.p50_date))
    basis.approver_id, basis.approver_label, basis.approved_at = actor.person_id, actor.label, now
    basis.save(update_fields=["approver_id", "approver_label", "approved_at"])


def _may_answer(actor: Actor) -> bool:
    return not actor.is_system and actor.person_id is not None and actor.may(APPROVE)


def _is_whole(row: Promise) -> bool:
    return row.kind == PromiseKind.DATE and row.key in _WHOLE and row.due_date is not None and row.deal_id is not None


def _is_open(row: Promise, basis: PromiseBasis) -> bool:
    """Whether a basis waits for an approval: somebody was named, or the date lies before P50."""
    return basis.approved_at is None and (basis.approver_id is not None or (row.due_date is not None and row.due_date < basis.p50_date))


def _early(rows: Sequence[Promise]) -> list[tuple[Promise, BasisRow]]:
    """Those of the rows that are due before the P50 of their deal, with what is known of it."""
    deals = {row.deal_id for row in rows if row.deal_id is not None}
    known: dict[int, BasisRow] = {}
    for reader in _readers if deals else ():
        known |= reader(deals)
    found = [(row, known.get(row.deal_id or 0)) for row in rows]
    return [(row, odds) for row, odds in found if odds is not None and row.due_date is not None and row.due_date < odds.p50_date]


def _keep(early: Sequence[tuple[Promise, BasisRow]], approver: Actor | None, now: datetime) -> None:
    PromiseBasis.objects.bulk_create([
        PromiseBasis(
            promise=row, kickoff_date=odds.kickoff_date, earliest_date=odds.earliest_date, p50_date=odds.p50_date, p80_date=odds.p80_date,
            p90_date=odds.p90_date, chance_percent=odds.chance_by(row.due_date), because=odds.because[:500], seed=odds.seed,
            approver_id=approver.person_id if approver else None, approver_label=approver.label if approver else "",
            approved_at=now if approver else None, created_at=now,
        )
        for row, odds in early
    ])
    if approver and early:
        record_changes(actor=approver, operation="promises.promise.answer_for", now=now, changes=[
            Change(Ref("promises.promise", row.pk), {"approved_by": [None, approver.label]}) for row, _ in early
        ])
