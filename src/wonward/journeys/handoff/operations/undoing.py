"""Undoing a win: for a day, and only as long as nobody has worked with what it made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from wonward.domains.approvals.queries import find_answered
from wonward.domains.comms.queries import find_talk_since
from wonward.domains.delivery.operations import archive_project, restore_project
from wonward.domains.delivery.queries.standing import find_begun_work, list_task_ids
from wonward.domains.sales.closing import hold_win, put_back_deal
from wonward.domains.staff.operations import return_bookings
from wonward.foundation.audit.operations import record_change
from wonward.foundation.events.operations import publish
from wonward.journeys.handoff import events
from wonward.journeys.handoff.models import ClientUpdate, Handoff, OpenWin
from wonward.journeys.handoff.operations.locking import facts_of, save_handoff
from wonward.journeys.handoff.queries.undoing import UNDOABLE_FOR
from wonward.journeys.handoff.types import UndoneWin
from wonward.journeys.promises.operations import detach_promises
from wonward.journeys.promises.types import PromiseFacts
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict
from wonward.kernel.ref import Ref
from wonward.kernel.wording import joined, worded

UNDONE = "The win was undone."


@transaction.atomic
def undo_win(*, actor: Actor, deal_id: int, now: datetime) -> UndoneWin:
    """Put everything back to before the win: the deal in its stage with its next action, bookings tentative, promises as they were.

    Its projects are archived and its handoff is withdrawn; the next win takes both up again. Undone before: the same answer, and
    nothing changes. Refused (Conflict, with the reason) after 24 hours, after somebody has worked on a task, answered an approval
    or talked with the client about a project, and for a win after a reopening: then the deal can still be opened again.
    """
    won_at = hold_win(actor=actor, deal_id=deal_id)
    handoff = Handoff.objects.select_for_update(of=("self",)).select_related("deal").filter(deal_id=deal_id).first()
    if won_at is None:
        return _undone_before(deal_id, handoff)
    _refuse_late(won_at, now)
    if handoff is None or OpenWin.objects.filter(deal_id=deal_id).exists():
        OpenWin.objects.filter(deal_id=deal_id).delete()
        put_back_deal(actor=actor, deal_id=deal_id, reason=UNDONE, now=now)
        return UndoneWin(deal_id, None, (), is_replayed=False)
    project_ids = list(handoff.project_links.order_by("pk").values_list("project_id", flat=True))
    _refuse_used(handoff, project_ids, won_at)
    put_back_deal(actor=actor, deal_id=deal_id, reason=UNDONE, now=now)
    _take_back_work(actor, handoff, project_ids, won_at, now)
    before = handoff.status
    handoff.status, handoff.due_at, handoff.escalated_at, handoff.taken_back = "withdrawn", None, None, "undone"
    save_handoff(handoff, now)
    record_change(
        actor=actor, operation="handoff.win.undo", ref=Ref("handoff.handoff", handoff.pk), changes={"status": [before, "withdrawn"]}, now=now
    )
    publish(events.WinUndone(**facts_of(handoff)), actor=actor, now=now)
    return UndoneWin(deal_id, handoff.pk, tuple(project_ids), is_replayed=False)


def _undone_before(deal_id: int, handoff: Handoff | None) -> UndoneWin:
    if handoff is None or handoff.taken_back != "undone":
        raise Conflict("This deal is open; there is no win to undo.")
    project_ids = handoff.project_links.order_by("pk").values_list("project_id", flat=True)
    return UndoneWin(deal_id, handoff.pk, tuple(project_ids), is_replayed=True)


def _refuse_late(won_at: datetime, now: datetime) -> None:
    if now - won_at > UNDOABLE_FOR:
        raise _refusal(worded("The win is more than 24 hours old."))


def _refuse_used(handoff: Handoff, project_ids: Sequence[int], won_at: datetime) -> None:
    """What has happened with a win stays; undoing it would take it from the people who did it."""
    if handoff.taken_back == "reopened":
        raise _refusal(worded("The deal was opened again and won a second time; its projects had begun before."))
    if task := find_begun_work(project_ids):
        raise _refusal(worded("Somebody has begun to work on “{task}”.", task=task))
    if title := find_answered(noun="delivery.task", ids=list_task_ids(project_ids)):
        raise _refusal(worded("The approval “{title}” has been answered.", title=title))
    refs = [Ref("delivery.project", key) for key in project_ids]
    told = ClientUpdate.objects.filter(project_id__in=project_ids, told_at__gt=won_at).exists()
    if told or find_talk_since(refs=refs, since=won_at):
        raise _refusal(worded("There was a message or a talk with the client about the project."))


def _refusal(why: str) -> Conflict:
    return Conflict(joined([why, worded("The win cannot be undone any more. Open the deal again instead: its projects, bookings and promises stay.")]))


def _take_back_work(actor: Actor, handoff: Handoff, project_ids: Sequence[int], won_at: datetime, now: datetime) -> None:
    """Whoever may win the deal may take back what the win made, whether or not they could change it by itself."""
    deal = Ref("sales.deal", handoff.deal_id)
    return_bookings(project_ids=project_ids, ref=deal, made_before=won_at, now=now)
    detach_promises(
        actor=actor, deal_id=handoff.deal_id, project_ids=project_ids, drafts=handoff.drafts_before, reason=UNDONE, won_at=won_at, now=now
    )
    live = handoff.project_links.filter(project__archived_at__isnull=True).order_by("pk")
    for project_id in live.values_list("project_id", flat=True):
        archive_project(actor=_of_house(actor), project_id=project_id, reason=UNDONE, now=now)


def take_out_of_archive(*, actor: Actor, handoff: Handoff, now: datetime) -> None:
    """The projects of a win that was undone go on at the next one; those that somebody brought back before stay."""
    if handoff.taken_back != "undone":
        return
    archived = handoff.project_links.filter(project__archived_at__isnull=False).order_by("pk")
    for project_id in archived.values_list("project_id", flat=True):
        restore_project(actor=_of_house(actor), project_id=project_id, reason="The deal was won again.", now=now)


def drafts_among(promises: Sequence[PromiseFacts]) -> list[int]:
    """What a win is about to confirm, remembered for the day in which it can be undone."""
    return [row.id for row in promises if row.state == "draft"]


def _of_house(actor: Actor) -> Actor:
    return replace(actor, is_system=True, token_scopes=None)
