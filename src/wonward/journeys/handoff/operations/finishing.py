"""The promised finish date is itself a promise, kept by everything in the plans; it carries the key `finish`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from wonward.domains.delivery.operations.promised import promise_finish
from wonward.journeys.handoff.models import Handoff
from wonward.journeys.promises.operations import make_promises, replace_promise
from wonward.journeys.promises.queries import list_promise_facts
from wonward.journeys.promises.types import FINISH, NewPromise, PromiseFacts, PromiseKind, Source
from wonward.kernel.actor import Actor
from wonward.kernel.ref import Ref

LIVE = ("draft", "confirmed")


def promise_the_finish(actor: Actor, handoff: Handoff, promises: Sequence[PromiseFacts], now: datetime) -> None:
    """The first win makes the promise, unless somebody has put it into words of their own that name no other day."""
    known = [row.due_date for row in promises if row.key == FINISH and row.state in LIVE]
    if not {None, handoff.promised_finish_date}.intersection(known):
        make_promises(actor=actor, promises=[_finish_of(handoff)], now=now, is_part=True)


def agree_on_finish(*, actor: Actor, handoff: Handoff, reason: str, now: datetime) -> None:
    """Every project and the promise of the finish say the date that the handoff says.

    The promise for the date before is replaced and stays readable. One in words of its own stays; unless it names the date,
    another stands beside it. Whoever may agree on a date may do so: what that does to projects and promises follows from it.
    """
    follower = replace(actor, is_system=True)
    project_ids = list(handoff.project_links.order_by("pk").values_list("project_id", flat=True))
    promise_finish(actor=follower, project_ids=project_ids, finish_date=handoff.promised_finish_date, now=now)
    known = [row for row in list_promise_facts(deal_id=handoff.deal_id) if row.key == FINISH and row.state in LIVE]
    if any(row.due_date == handoff.promised_finish_date for row in known):
        return
    plain = [row for row in known if row.due_date is not None and row.text == finished_by(row.due_date)]
    for row in plain:
        replace_promise(actor=follower, promise_id=row.id, by=_finish_of(handoff), reason=reason, now=now)
    if not plain:
        make_promises(actor=follower, promises=[_finish_of(handoff)], now=now)


def _finish_of(handoff: Handoff) -> NewPromise:
    return NewPromise(
        kind=PromiseKind.DATE, text=finished_by(handoff.promised_finish_date), deal_id=handoff.deal_id, key=FINISH,
        due_date=handoff.promised_finish_date, weight=3,
        source=Source(quote=handoff.scope_summary.strip(), ref=Ref("sales.deal", handoff.deal_id)),
    )


def finished_by(day: date) -> str:
    """The promise in words."""
    return f"Finished by {day.day} {day:%B %Y}"
