"""Whoever is asked is told, and whoever asked hears the answer."""

from __future__ import annotations

from datetime import datetime

from wonward.domains.approvals.events import ApprovalAsked, ApprovalDue, ApprovalHandedOn, ApprovalSettled
from wonward.domains.approvals.queries import find_asker, find_steps
from wonward.domains.staff.queries import find_user_ids
from wonward.foundation.events.bus import subscribe
from wonward.foundation.events.types import Author
from wonward.foundation.notifications.operations import notify
from wonward.foundation.notifications.registry import declare_topic
from wonward.foundation.notifications.types import Level, Notice, Reason
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded

declare_topic(
    "approvals", "Approvals", "Answers you are asked for, and what became of your own questions.", level=Level.DIGEST,
    kinds={
        "approvals.asked": "Your approval is asked for", "approvals.due": "Your approval is due", "approvals.approved": "Approved",
        "approvals.rejected": "Not approved", "approvals.late": "An approval is late",
    },
)


@subscribe(ApprovalAsked, tells_author=True)
def tell_who_is_asked(event: ApprovalAsked, *, author: Author, now: datetime) -> None:
    people = [step.person_id for step in find_steps(step_ids=event.step_ids).values()]
    notice = Notice("approvals.asked", Ref(event.noun, event.ref_id), key=f"approval-{event.approval_id}-{event.number}-asked")
    notify(notice=notice, to={Reason.ASSIGNED: find_user_ids(people)}, author=author, now=now)


@subscribe(ApprovalHandedOn, tells_author=True)
def tell_the_stand_in(event: ApprovalHandedOn, *, author: Author, now: datetime) -> None:
    for step in find_steps(step_ids=[event.step_id]).values():
        notice = Notice("approvals.asked", Ref(event.noun, event.ref_id), worded("In place of {name}.", name=step.delegated_by))
        notify(notice=notice, to={Reason.ASSIGNED: find_user_ids([step.person_id])}, author=author, now=now)


@subscribe(ApprovalDue, tells_author=True)
def tell_of_due_answers(event: ApprovalDue, *, author: Author, now: datetime) -> None:
    ref = Ref(event.noun, event.ref_id)
    steps = find_steps(step_ids=event.step_ids)
    notify(
        notice=Notice("approvals.due", ref), to={Reason.ASSIGNED: find_user_ids([step.person_id for step in steps.values()])},
        author=author, now=now,
    )
    if event.is_late:
        names = ", ".join(step.name for step in steps.values())
        asker = find_user_ids([find_asker(approval_id=event.approval_id)])
        notify(notice=Notice("approvals.late", ref, worded("{names} has not answered.", names=names)), to={Reason.ASSIGNED: asker}, author=author, now=now)


@subscribe(ApprovalSettled, tells_author=True)
def tell_who_asked(event: ApprovalSettled, *, author: Author, now: datetime) -> None:
    asker = find_user_ids([find_asker(approval_id=event.approval_id)])
    notice = Notice(f"approvals.{event.state}", Ref(event.noun, event.ref_id), worded("Version {number}.", number=event.number))
    notify(notice=notice, to={Reason.ASSIGNED: asker}, author=author, now=now)
