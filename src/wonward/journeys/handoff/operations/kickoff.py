"""Preparing a kickoff: its list, its hour and who comes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time

from django.db import transaction

from wonward.domains.clients.queries import contact_belongs_to
from wonward.domains.staff.queries import find_existing_people, get_default_calendar
from wonward.foundation.audit.operations import record_change
from wonward.foundation.database import insert_records, insert_with_ids
from wonward.foundation.events.operations import publish
from wonward.foundation.organisation.queries import get_organisation
from wonward.journeys.handoff import events
from wonward.journeys.handoff.models import Handoff, KickoffAttendee, KickoffItem, KickoffMeeting
from wonward.journeys.handoff.operations.asking import MOST_ITEMS
from wonward.journeys.handoff.operations.locking import facts_of, lock_handoff, save_handoff
from wonward.journeys.handoff.types import KickoffPlan
from wonward.kernel.actor import Actor
from wonward.kernel.errors import FieldError, NotFound, Refused
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded

FIRST_HOUR = time(10)


@transaction.atomic
def tick_kickoff_item(*, actor: Actor, handoff_id: int, item_id: int, is_done: bool, now: datetime) -> None:
    """Something on the kickoff list is done, or is not done after all. Saying so twice changes nothing."""
    handoff = lock_handoff(actor, handoff_id, "handoff.kickoff.edit")
    item = handoff.kickoff_items.filter(pk=item_id).first()
    if item is None:
        raise NotFound("kickoff item", item_id)
    if (item.done_at is not None) == is_done:
        return
    item.done_at, item.done_by = (now, actor.label) if is_done else (None, "")
    item.version += 1
    item.save()
    _changed(actor, handoff, {"item": [None, item.text], "done": [not is_done, is_done]}, "handoff.kickoff.tick", now)


@transaction.atomic
def change_kickoff_list(*, actor: Actor, handoff_id: int, texts: Sequence[str], now: datetime) -> None:
    """Give the kickoff another list; what keeps its words keeps its tick."""
    handoff = lock_handoff(actor, handoff_id, "handoff.kickoff.edit")
    wanted = list(dict.fromkeys(text.strip() for text in texts if text.strip()))
    if len(wanted) > MOST_ITEMS:
        raise Refused.field("items", worded("A kickoff list has at most {most_items} lines.", most_items=MOST_ITEMS), "too_long")
    if any(len(text) > 300 for text in wanted):
        raise Refused.field("items", "A line of the kickoff list has at most 300 characters.", "too_long")
    known = {item.text: item for item in handoff.kickoff_items.order_by("position", "pk")}
    if list(known) == wanted:
        return
    handoff.kickoff_items.exclude(text__in=wanted).delete()
    for place, text in enumerate(wanted):
        if text in known:
            KickoffItem.objects.filter(pk=known[text].pk).update(position=place)
        else:
            KickoffItem.objects.create(handoff=handoff, position=place, text=text)
    _changed(actor, handoff, {"items": [list(known), wanted]}, "handoff.kickoff.list", now)


@transaction.atomic
def plan_kickoff(*, actor: Actor, handoff_id: int, plan: KickoffPlan, now: datetime) -> None:
    """Set when and where the kickoff is held and who comes. The start of the plan stays what it is."""
    handoff = lock_handoff(actor, handoff_id, "handoff.kickoff.edit")
    _check_plan(handoff, plan)
    meeting, is_new = KickoffMeeting.objects.get_or_create(
        handoff=handoff, defaults={"date": plan.date, "time_zone": get_organisation().time_zone, "updated_at": now}
    )
    meeting.date, meeting.starts_at, meeting.duration_minutes = plan.date, plan.starts_at, plan.duration_minutes
    meeting.place, meeting.video_url = plan.place.strip(), plan.video_url.strip()
    meeting.sequence, meeting.updated_at = meeting.sequence + (not is_new), now
    meeting.save()
    meeting.attendees.all().delete()
    KickoffAttendee.objects.bulk_create(
        [KickoffAttendee(meeting=meeting, person_id=key) for key in dict.fromkeys(plan.person_ids)]
        + [KickoffAttendee(meeting=meeting, contact_id=key) for key in dict.fromkeys(plan.contact_ids)]
    )
    _changed(
        actor, handoff, {"date": [None, plan.date], "starts_at": [None, str(plan.starts_at or "")], "people": [None, list(plan.person_ids)],
                         "contacts": [None, list(plan.contact_ids)]}, "handoff.kickoff.plan", now,
    )


def invite_to_kickoff(*, handoff: Handoff, owner_id: int | None, now: datetime) -> None:
    """The first win sets a kickoff: its day at ten, the lead, the deal's owner and the main stakeholder. Whoever prepares it plans on from there."""
    meeting = KickoffMeeting(
        handoff=handoff, date=handoff.kickoff_date, starts_at=FIRST_HOUR, time_zone=get_organisation().time_zone, updated_at=now
    )
    insert_with_ids([meeting])
    people = dict.fromkeys(key for key in (handoff.lead_id, owner_id) if key)
    insert_records([
        *(KickoffAttendee(meeting=meeting, person_id=key) for key in people),
        KickoffAttendee(meeting=meeting, contact_id=handoff.main_stakeholder_id),
    ])


def follow_kickoff_date(*, handoff: Handoff, before: date, now: datetime) -> None:
    """A kickoff that nobody has planned since the win is held on the new kickoff date."""
    untouched = KickoffMeeting.objects.filter(handoff=handoff, sequence=0, place="", video_url="", date=before)
    untouched.update(date=handoff.kickoff_date, updated_at=now)


def _check_plan(handoff: Handoff, plan: KickoffPlan) -> None:
    errors = []
    _, calendar = get_default_calendar()
    if not calendar.is_working_day(plan.date):
        errors.append(FieldError("date", worded("{date} is not a working day.", date=plan.date), "not_working"))
    if not 5 <= plan.duration_minutes <= 1440:
        errors.append(FieldError("duration_minutes", "A kickoff lasts between 5 minutes and a day.", "range"))
    if plan.video_url.strip() and not plan.video_url.strip().startswith(("https://", "http://")):
        errors.append(FieldError("video_url", "A link starts with https://.", "invalid"))
    for name, value, most in (("place", plan.place, 200), ("video_url", plan.video_url, 500)):
        if len(value) > most:
            errors.append(FieldError(name, worded("At most {most} characters.", most=most), "too_long"))
    strangers = sorted(set(plan.person_ids) - find_existing_people(plan.person_ids))
    errors += [FieldError("person_ids", worded("There is no colleague {key}.", key=key), "unknown") for key in strangers]
    company_id = handoff.deal.company_id
    errors += [
        FieldError("contact_ids", worded("Contact {key} does not belong to the client.", key=key), "unknown")
        for key in dict.fromkeys(plan.contact_ids)
        if company_id is None or not contact_belongs_to(contact_id=key, company_id=company_id)
    ]
    if errors:
        raise Refused(errors[0].words, errors)


def _changed(actor: Actor, handoff: Handoff, changes: dict[str, list[object]], operation: str, now: datetime) -> None:
    save_handoff(handoff, now)
    record_change(actor=actor, operation=operation, ref=Ref("handoff.handoff", handoff.pk), changes=changes, now=now)
    publish(events.KickoffChanged(**facts_of(handoff)), actor=actor, now=now)
