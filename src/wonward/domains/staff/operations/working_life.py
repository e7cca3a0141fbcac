"""Time off, employment, skills and rates."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from wonward.domains.staff.events import TimeOffDecided, TimeOffRequested
from wonward.domains.staff.models import Calendar, Person, PersonSkill, Rate, Role, Skill, TimeOff
from wonward.domains.staff.rules import LONGEST_BOOKING_DAYS
from wonward.domains.staff.types import TimeOffKind
from wonward.foundation.access.policy import require, require_change
from wonward.foundation.audit.operations import record_change
from wonward.foundation.events.operations import publish
from wonward.foundation.organisation.queries import get_organisation
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict, NotFound, Refused, Stale
from wonward.kernel.money import Money
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded

LONGEST_SKILL = 120


@transaction.atomic
def request_time_off(
    *, actor: Actor, person_id: int, kind: TimeOffKind, start_date: date, finish_date: date, minutes_per_day: int | None = None,
    note: str = "", now: datetime,
) -> int:
    """Ask for days off; who may decide on time off has it approved at once. Returns the id."""
    person = Person.objects.filter(pk=person_id, is_active=True).first()
    if person is None:
        raise NotFound("colleague", person_id)
    may_decide = actor.may("staff.time_off.decide") and actor.person_id != person_id
    if not may_decide:
        require_change(actor, "staff.time_off.request", person_ids=[person_id])
    if finish_date < start_date:
        raise Refused.field("finish_date", "Time off ends on or after the day it starts.", "out_of_order")
    if (finish_date - start_date).days > LONGEST_BOOKING_DAYS:
        raise Refused.field("finish_date", "Time off lasts three years at most.", "too_long")
    if minutes_per_day is not None and not 0 < minutes_per_day <= 1440:
        raise Refused.field("minutes_per_day", "A part of a day has 1 to 1440 minutes.", "out_of_range")
    if len(note) > 300:
        raise Refused.field("note", "A note has 300 characters at most.", "too_long")
    overlap = TimeOff.objects.filter(
        person_id=person_id, status__in=("requested", "approved"), start_date__lte=finish_date, finish_date__gte=start_date, minutes_per_day__isnull=True
    ).first()
    if overlap is not None:
        raise Refused.field("start_date", worded("{name} is already off from {start_date} to {finish_date}.", name=person.name, start_date=overlap.start_date, finish_date=overlap.finish_date), "overlap")
    row = TimeOff.objects.create(
        person_id=person_id, kind=kind, start_date=start_date, finish_date=finish_date, minutes_per_day=minutes_per_day, note=note,
        status="approved" if may_decide else "requested", decided_by_id=actor.person_id if may_decide else None,
        decided_at=now if may_decide else None, created_at=now, updated_at=now,
    )
    days: dict[str, list[Any]] = {"kind": [None, str(kind)], "start_date": [None, start_date], "finish_date": [None, finish_date], "status": [None, row.status]}
    record_change(actor=actor, operation="staff.time_off.request", ref=Ref("staff.person", person_id), changes=days, now=now)
    event = TimeOffDecided if may_decide else TimeOffRequested
    publish(event(time_off_id=row.pk, person_id=person_id), actor=actor, now=now)
    return row.pk


@transaction.atomic
def decide_time_off(*, actor: Actor, time_off_id: int, is_approved: bool, version: int | None = None, now: datetime) -> None:
    """Approve or decline what somebody else asked for."""
    require(actor, "staff.time_off.view")
    require(actor, "staff.time_off.decide")
    row = _time_off(time_off_id, version)
    if row.person_id == actor.person_id and actor.role not in ("owner", "admin"):
        raise Refused.field("decision", "Somebody else decides on your own time off.", "own_request")
    if row.status != "requested":
        raise Conflict(worded("This time off is already {status}.", status=worded(row.status)))
    _set_status(row, "approved" if is_approved else "declined", actor, now)


@transaction.atomic
def withdraw_time_off(*, actor: Actor, time_off_id: int, version: int | None = None, now: datetime) -> None:
    """Take a request or approved days back; the days count as working days again."""
    require(actor, "staff.time_off.view")
    row = _time_off(time_off_id, version)
    if not actor.may("staff.time_off.decide"):
        require_change(actor, "staff.time_off.request", person_ids=[row.person_id])
    if row.status in ("requested", "approved"):
        _set_status(row, "withdrawn", actor, now)


def _time_off(time_off_id: int, version: int | None) -> TimeOff:
    row = TimeOff.objects.select_for_update(of=("self",)).filter(pk=time_off_id).first()
    if row is None:
        raise NotFound("time off", time_off_id)
    if version is not None and version != row.version:
        raise Stale("This time off was changed by somebody else in the meantime.", current={"status": row.status}, yours={})
    return row


def _set_status(row: TimeOff, status: str, actor: Actor, now: datetime) -> None:
    changes = {"status": [row.status, status]}
    row.status, row.decided_by_id, row.decided_at = status, actor.person_id, now
    row.version += 1
    row.updated_at = now
    row.save()
    record_change(actor=actor, operation="staff.time_off.decide", ref=Ref("staff.person", row.person_id), changes=changes, now=now)
    publish(TimeOffDecided(time_off_id=row.pk, person_id=row.person_id), actor=actor, now=now)


@transaction.atomic
def set_employment(
    *, actor: Actor, person_id: int, week_percent: int, target_percent: int, employed_from_date: date | None,
    employed_until_date: date | None, calendar_id: int | None = None, version: int | None = None, now: datetime,
) -> None:
    """How much of the week somebody works, since when and until when, and how much of it is meant for client work."""
    require(actor, "staff.person.edit")
    person = Person.objects.select_for_update(of=("self",)).filter(pk=person_id).first()
    if person is None:
        raise NotFound("colleague", person_id)
    if version is not None and version != person.version:
        raise Stale(worded("{name} was changed by somebody else in the meantime.", name=person.name), current={"week_percent": person.week_percent}, yours={})
    for field, value in (("week_percent", week_percent), ("target_percent", target_percent)):
        if not 0 <= value <= 100:
            raise Refused.field(field, "A share of the week is 0 to 100 percent.", "out_of_range")
    if employed_from_date and employed_until_date and employed_until_date < employed_from_date:
        raise Refused.field("employed_until_date", "Employment ends on or after the day it starts.", "out_of_order")
    if calendar_id is not None and not Calendar.objects.filter(pk=calendar_id, archived_at__isnull=True).exists():
        raise Refused.field("calendar_id", worded("There is no calendar {calendar_id}.", calendar_id=calendar_id), "unknown")
    wanted: dict[str, Any] = {
        "week_percent": week_percent, "target_percent": target_percent, "employed_from_date": employed_from_date,
        "employed_until_date": employed_until_date, "calendar_id": calendar_id,
    }
    changes = {name: [getattr(person, name), value] for name, value in wanted.items() if getattr(person, name) != value}
    if not changes:
        return
    for name, value in wanted.items():
        setattr(person, name, value)
    person.version += 1
    person.updated_at = now
    person.save()
    record_change(actor=actor, operation="staff.person.set_employment", ref=Ref("staff.person", person_id), changes=changes, now=now)


@transaction.atomic
def create_placeholder(*, actor: Actor, name: str, role: str, from_date: date, week_percent: int = 100, now: datetime) -> int:
    """Somebody to be hired: can be booked from a date on, never signs in."""
    require(actor, "staff.booking.edit")
    if not name.strip():
        raise Refused.field("name", "A placeholder needs a name, such as Designer, spring.", "required")
    if not role.strip():
        raise Refused.field("role", "A placeholder stands for somebody with a role.", "required")
    if not 0 < week_percent <= 100:
        raise Refused.field("week_percent", "A share of the week is 1 to 100 percent.", "out_of_range")
    person = Person.objects.create(
        name=name.strip()[:160], job_title=role.strip()[:160], is_placeholder=True, employed_from_date=from_date, week_percent=week_percent,
        created_at=now, updated_at=now,
    )
    found, _ = Role.objects.get_or_create(key=role.strip().casefold(), defaults={"name": role.strip(), "created_at": now})
    person.role_links.create(role=found)
    changes: dict[str, list[Any]] = {"name": [None, person.name], "role": [None, found.name], "employed_from_date": [None, from_date]}
    record_change(actor=actor, operation="staff.person.create_placeholder", ref=Ref("staff.person", person.pk), changes=changes, now=now)
    return person.pk


def read_skills(skills: Mapping[str, int]) -> dict[str, tuple[str, int]]:
    """Name and level of each skill by its case-folded name; empty names are left out. Refused with a level nobody has."""
    wanted = {" ".join(name.split()).casefold(): (" ".join(name.split()), level) for name, level in skills.items() if name.strip()}
    for name, level in wanted.values():
        if len(name) > LONGEST_SKILL:
            raise Refused.field("skills", worded("The name of a skill has {longest_skill} characters at most.", longest_skill=LONGEST_SKILL), "too_long")
        if not 1 <= level <= 5:
            raise Refused.field("skills", worded("{name}: a level is 1 (learning) to 5 (teaches others).", name=name), "out_of_range")
    return wanted


@transaction.atomic(savepoint=False)
def ensure_skills(*, names: Collection[str], now: datetime) -> dict[str, int]:
    """Skill ids by case-folded name; unknown names are created."""
    wanted = {" ".join(name.split()).casefold(): " ".join(name.split()) for name in names if name.strip()}
    known = dict(Skill.objects.filter(key__in=wanted).values_list("key", "pk"))
    missing = [Skill(name=name, key=key, created_at=now) for key, name in wanted.items() if key not in known]
    Skill.objects.bulk_create(missing, ignore_conflicts=True)
    return dict(Skill.objects.filter(key__in=wanted).values_list("key", "pk")) if missing else known


@transaction.atomic
def put_skills(*, actor: Actor, person_id: int, skills: Mapping[str, int], now: datetime) -> None:
    """Say what a person can do: skill name → level 1 to 5; what is not named is taken away. Unknown skills are created."""
    if actor.person_id == person_id:
        require(actor, "staff.person.view")
    else:
        require(actor, "staff.person.edit")
    person = Person.objects.filter(pk=person_id).first()
    if person is None:
        raise NotFound("colleague", person_id)
    wanted = read_skills(skills)
    ids = ensure_skills(names=[name for name, _ in wanted.values()], now=now)
    before = dict(person.skill_links.values_list("skill__name", "level"))
    person.skill_links.all().delete()
    PersonSkill.objects.bulk_create([PersonSkill(person_id=person_id, skill_id=ids[key], level=level) for key, (_, level) in wanted.items()])
    Person.objects.filter(pk=person_id).update(version=F("version") + 1, updated_at=now)
    changes = {"skills": [before, dict(wanted.values())]}
    record_change(actor=actor, operation="staff.person.put_skills", ref=Ref("staff.person", person_id), changes=changes, now=now)


@transaction.atomic
def set_rate(
    *, actor: Actor, person_id: int | None = None, role: str = "", valid_from_date: date, cost: Money | None, bill: Money | None, now: datetime
) -> int:
    """What an hour of a person, or of a role without a rate of the person, costs and is billed at from a date on. Returns the id."""
    require(actor, "staff.rate.edit")
    currency = get_organisation().currency
    for field, money in (("cost", cost), ("bill", bill)):
        if money is not None and money.currency != currency:
            raise Refused.field(field, worded("Rates are kept in {currency}.", currency=currency), "currency")
        if money is not None and money.minor < 0:
            raise Refused.field(field, "A rate is not negative.", "out_of_range")
    if (person_id is None) == (not role.strip()):
        raise Refused.field("person_id", "A rate is that of a person or of a role.", "required")
    role_id = None
    if person_id is None:
        role_id = Role.objects.filter(key=role.strip().casefold()).values_list("pk", flat=True).first()
        if role_id is None:
            raise Refused.field("role", worded("There is no role {role}.", role=role), "unknown")
    elif not Person.objects.filter(pk=person_id).exists():
        raise NotFound("colleague", person_id)
    values = {"cost_minor": cost.minor if cost else None, "bill_minor": bill.minor if bill else None, "currency": currency}
    same = Rate.objects.filter(valid_from_date=valid_from_date)
    same = same.filter(person_id=person_id) if person_id is not None else same.filter(role_id=role_id or 0)
    row = same.first() or Rate(person_id=person_id, role_id=role_id, valid_from_date=valid_from_date, created_at=now)
    before = None if row.pk is None else {"cost_minor": row.cost_minor, "bill_minor": row.bill_minor}
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
    ref = Ref("staff.person", person_id) if person_id else Ref("staff.role", role_id or 0)
    changes = {"rate": [before, {"valid_from_date": str(valid_from_date), **values}]}
    record_change(actor=actor, operation="staff.rate.set", ref=ref, changes=changes, now=now)
    return row.pk
