"""Booking, moving, splitting and releasing time; time off."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from wonward.domains.delivery.queries.projects import find_projects, list_projects
from wonward.domains.sales.queries.deals import find_deal_rows, list_deals
from wonward.domains.sales.types import DealFilter
from wonward.domains.staff.operations import decide_time_off, request_time_off, withdraw_time_off
from wonward.domains.staff.queries import get_booking, list_people, list_roles, list_time_off
from wonward.domains.staff.types import BookingRow, BookingStatus, NewBooking, Spread, TimeOffKind
from wonward.edges.web.capacity.planner_look import look_of
from wonward.edges.web.capacity.tabs import tabs
from wonward.edges.web.capacity.views import planner_page
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import FormReader, errors_by_field
from wonward.edges.web.shell.formats import date_short, hours
from wonward.edges.web.shell.pages import SignedInRequest, is_fragment, page
from wonward.edges.web.shell.render import render, render_block
from wonward.edges.web.shell.replies import go_to, with_toast
from wonward.foundation.organisation.queries import civil_date
from wonward.journeys.capacity.operations import book_time, cut_booking, move_booking
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotFound, Refused
from wonward.kernel.ref import Ref

SPREADS = {Spread.PER_WEEK: "per_week", Spread.PER_DAY: "per_day", Spread.TOTAL: "total"}


@page(permission="staff.booking.propose", methods=("GET", "POST"))
def new_booking(request: SignedInRequest) -> HttpResponse:
    """Book somebody, or a role, for a deal or a project."""
    if request.method != "POST":
        today = civil_date(request.now, request.actor.time_zone)
        monday = today - timedelta(days=today.weekday()) + timedelta(weeks=1)
        given = {name: request.GET[name] for name in ("person_id", "role", "subject", "start_date", "finish_date") if name in request.GET}
        values = {"start_date": monday.isoformat(), "finish_date": (monday + timedelta(days=25)).isoformat(), "hours": "20", "spread": "per_week", **given}
        return _booking_form(request, None, values, {})
    try:
        new = _read(request)
        book_time(actor=request.actor, bookings=[new], now=request.now)
    except Refused as refusal:
        if not refusal.errors:
            raise
        return _booking_form(request, None, request.POST, errors_by_field(refusal.errors))
    return _redrawn(request, _("Booked"))


@page(permission="staff.booking.view", methods=("GET", "POST"))
def booking(request: SignedInRequest, booking_id: int) -> HttpResponse:
    """One booking: change it, hand it over, release it."""
    row = get_booking(actor=request.actor, booking_id=booking_id)
    if request.method != "POST":
        return _booking_form(request, row, _values(row), {})
    reader = FormReader(request.POST)
    version = reader.version()
    try:
        if request.POST.get("status") == BookingStatus.RELEASED:
            changes: dict[str, Any] = {"status": BookingStatus.RELEASED}
        else:
            new = _read(request, subject=row.subject)
            changes = {
                "person_id": new.person_id, "role": new.role, "start_date": new.start_date, "finish_date": new.finish_date,
                "amount_minutes": new.amount_minutes, "spread": new.spread, "note": new.note, "status": new.status,
            }
        move_booking(actor=request.actor, booking_id=booking_id, changes=changes, version=version, now=request.now)
    except Refused as refusal:
        if not refusal.errors:
            raise
        return _booking_form(request, row, request.POST, errors_by_field(refusal.errors))
    return _redrawn(request, _("Released") if "status" in changes and changes["status"] == BookingStatus.RELEASED else _("Saved"))


@page(permission="staff.booking.view", methods=("POST",))
def booking_move(request: SignedInRequest, booking_id: int) -> HttpResponse:
    """Move a booking by days, stretch its end, or give it to somebody else, from a drag or the keyboard."""
    row = get_booking(actor=request.actor, booking_id=booking_id)
    reader = FormReader(request.POST)
    days, longer, person_id, version = reader.number("days") or 0, reader.number("longer") or 0, reader.number("person_id"), reader.version()
    reader.finish()
    if max(abs(days), abs(longer)) > 3660:
        raise Refused.field("days", _("A booking moves ten years at most."), "out_of_range")
    changes: dict[str, Any] = {
        "start_date": row.start_date + timedelta(days=days), "finish_date": row.finish_date + timedelta(days=days + longer),
    }
    if person_id is not None:
        changes["person_id"] = person_id or None
    move_booking(actor=request.actor, booking_id=booking_id, changes=changes, version=version, now=request.now)
    words = _("%(who)s: %(first)s to %(last)s") % {
        "who": _who(request.actor, changes.get("person_id", row.person_id), row), "first": date_short(changes["start_date"]),
        "last": date_short(changes["finish_date"]),
    }
    undo = {"days": -days, "longer": -longer, "look": request.POST.get("look", "")}
    if person_id is not None:
        undo["person_id"] = row.person_id or 0
    return _redrawn(request, words, undo_url=address_of("booking_move", booking_id=booking_id), undo_values=undo)


@page(permission="staff.booking.view", methods=("POST",))
def booking_split(request: SignedInRequest, booking_id: int) -> HttpResponse:
    """Cut a booking in two at a day."""
    row = get_booking(actor=request.actor, booking_id=booking_id)
    reader = FormReader(request.POST)
    at_date, version = reader.day("at_date"), reader.version()
    try:
        reader.finish()
        middle = at_date or row.start_date + timedelta(days=max(1, (row.finish_date - row.start_date).days // 2))
        cut_booking(actor=request.actor, booking_id=booking_id, at_date=middle, version=version, now=request.now)
    except Refused as refusal:
        if not refusal.errors:
            raise
        return _booking_form(request, row, {**_values(row), **request.POST.dict()}, errors_by_field(refusal.errors))
    return _redrawn(request, _("Split on %(day)s") % {"day": date_short(middle)})


def _read(request: SignedInRequest, subject: Ref | None = None) -> NewBooking:
    reader = FormReader(request.POST)
    first, last, note = reader.day("start_date"), reader.day("finish_date"), reader.text("note", limit=300)
    person_id, role_id = reader.number("person_id"), reader.number("role_id")
    minutes = _minutes(reader.text("hours", limit=12))
    reader.finish()
    if subject is None:
        try:
            subject = Ref.parse(request.POST.get("subject", ""))
        except ValueError:
            raise Refused.field("subject", _("Choose what the time is for."), "required") from None
    if first is None or last is None:
        missing = "start_date" if first is None else "finish_date"
        raise Refused.field(missing, _("A booking has a first and a last day."), "required")
    spread = request.POST.get("spread", "per_week")
    if spread not in SPREADS.values():
        raise Refused.field("spread", _("Choose how the hours count."), "invalid")
    status = BookingStatus.CONFIRMED if request.POST.get("status") == BookingStatus.CONFIRMED else BookingStatus.TENTATIVE
    role = list_roles().get(role_id or 0, "")
    return NewBooking(subject, first, last, minutes, person_id, role, Spread(spread), status, note)


def _minutes(text: str) -> int:
    try:
        return round(float(text.replace(",", ".")) * 60)
    except (ValueError, OverflowError):
        raise Refused.field("hours", _("“%(value)s” is no number of hours.") % {"value": text[:20]}, "invalid") from None


def _values(row: BookingRow) -> dict[str, Any]:
    amount = row.amount_minutes / 60
    return {
        "person_id": row.person_id or "", "role_id": row.role_id or "", "start_date": row.start_date.isoformat(), "finish_date": row.finish_date.isoformat(),
        "hours": f"{amount:g}", "spread": str(row.spread), "note": row.note, "status": str(row.status),
    }


def _booking_form(request: SignedInRequest, row: BookingRow | None, values: Mapping[str, Any], errors: dict[str, str]) -> HttpResponse:
    actor = request.actor
    if "amount_minutes" in errors:
        errors["hours"] = errors.pop("amount_minutes")
    subject = row.subject if row else None
    may = actor.may("staff.booking.edit") or (actor.may("staff.booking.propose") and (row is None or row.status is BookingStatus.TENTATIVE))
    context = {
        "booking": row, "values": values, "errors": errors, "may_change": may, "may_confirm": actor.may("staff.booking.edit") and not (subject and subject.noun == "sales.deal"),
        "action": address_of("booking", booking_id=row.id) if row else address_of("new_booking"),
        "subject": _subject(actor, subject) if subject else None, "subject_options": [] if row else _subjects(actor, request),
        "people_options": [(one.id, one.name) for one in list_people(actor=actor, with_placeholders=True)], "role_options": list(list_roles().items()),
        "spread_options": [("per_week", _("hours a week")), ("per_day", _("hours a day")), ("total", _("hours in all"))],
        "total": hours(row.minutes) if row else "", "split_action": address_of("booking_split", booking_id=row.id) if row else "",
        "look": request.POST.get("look", "") or look_of(request).query, "is_drawer": is_fragment(request),
    }
    status = 422 if errors else 200
    if is_fragment(request):
        return render_block(request, "capacity/booking.html", "drawer_body", context, status=status)
    return render(request, "capacity/booking.html", context, status=status)


def _subject(actor: Actor, subject: Ref) -> dict[str, str]:
    """Name and address of what a booking is for, as far as the viewer sees it."""
    if subject.noun == "sales.deal":
        deal = find_deal_rows(actor=actor, deal_ids=[subject.id]).get(subject.id)
        return {"name": deal.name, "href": address_of("deal", deal_id=deal.id)} if deal else {"name": _("Reserved"), "href": ""}
    project = find_projects(actor=actor, project_ids=[subject.id]).get(subject.id)
    return {"name": project.name, "href": address_of("project", project_id=project.id)} if project else {"name": _("Reserved"), "href": ""}


def _subjects(actor: Actor, request: SignedInRequest) -> list[tuple[str, str]]:
    """Live projects and the newest open deals to choose from."""
    options: list[tuple[str, str]] = []
    if actor.may("delivery.project.view"):
        options += [(f"delivery.project:{row.id}", f"{row.name} · {row.number}") for row in list_projects(actor=actor, limit=200) if row.status in ("planned", "active")]
    if actor.may("sales.deal.view"):
        deals = list_deals(actor=actor, where=DealFilter(status="open"), now=request.now, limit=200)
        options += [(f"sales.deal:{row.id}", f"{row.name} · {row.number}") for row in deals]
    return options


def _who(actor: Actor, person_id: int | None, row: BookingRow) -> str:
    if person_id == row.person_id:
        return row.person_name or row.role_name
    if person_id is None:
        return row.role_name
    return next((one.name for one in list_people(actor=actor, with_placeholders=True) if one.id == person_id), row.person_name)


def _redrawn(request: SignedInRequest, words: str, *, undo_url: str = "", undo_values: dict[str, Any] | None = None) -> HttpResponse:
    """The planner again with what happened; a plain form goes back to it."""
    if not is_fragment(request):
        return go_to(request, address_of("planner"))
    response = render_block(request, "capacity/planner.html", "planner", planner_page(request))
    return with_toast(response, words, undo_url=undo_url, undo_values=undo_values, closes_drawer=True)


@page(permission="staff.time_off.view", methods=("GET", "POST"))
def time_off(request: SignedInRequest) -> HttpResponse:
    """Who is away, who asks to be, and asking for it oneself."""
    actor, errors = request.actor, {}
    if request.method == "POST":
        try:
            _request_days(request)
            return go_to(request, address_of("time_off"))
        except Refused as refusal:
            if not refusal.errors:
                raise
            errors = errors_by_field(refusal.errors)
    today = civil_date(request.now, actor.time_zone)
    found = list_time_off(actor=actor, first=today - timedelta(days=7), last=today + timedelta(days=400), limit=500)
    decides = actor.may("staff.time_off.decide")
    rows = [
        {"id": one.id, "name": one.person_name, "kind": kind_words(one.kind), "days": _span(one.start_date, one.finish_date), "note": one.note,
         "is_open": one.status == "requested", "is_mine": one.person_id == actor.person_id, "version": one.version,
         "may_decide": decides and one.status == "requested" and (one.person_id != actor.person_id or actor.role in ("owner", "admin")),
         "part": hours(one.minutes_per_day) if one.minutes_per_day else "", "href": address_of("time_off_decision", time_off_id=one.id)}
        for one in found
    ]
    people = [(one.id, one.name) for one in list_people(actor=actor, with_placeholders=True)] if decides else []
    return render(request, "capacity/time_off.html", {
        "tabs": tabs(actor, "time_off"), "rows": rows, "asked": [row for row in rows if row["is_open"]], "errors": errors,
        "values": request.POST if errors else {}, "kinds": [(str(kind), kind_words(kind)) for kind in TimeOffKind], "people_options": people,
        "may_ask": actor.person_id is not None,
    }, status=422 if errors else 200)


def kind_words(kind: TimeOffKind) -> str:
    return {
        TimeOffKind.VACATION: _("Vacation"), TimeOffKind.SICK: _("Sick"), TimeOffKind.PARENTAL: _("Parental leave"),
        TimeOffKind.TRAINING: _("Training"), TimeOffKind.OTHER: _("Away"),
    }[kind]


def _span(first: date, last: date) -> str:
    return date_short(first) if first == last else _("%(first)s to %(last)s") % {"first": date_short(first), "last": date_short(last)}


def _request_days(request: SignedInRequest) -> None:
    reader = FormReader(request.POST)
    first, last, note, person_id = reader.day("start_date"), reader.day("finish_date"), reader.text("note", limit=300), reader.number("person_id")
    reader.finish()
    if first is None:
        raise Refused.field("start_date", _("Time off has a first day."), "required")
    kind = request.POST.get("kind", "vacation")
    if kind not in {str(one) for one in TimeOffKind}:
        raise Refused.field("kind", _("Choose a kind of time off."), "invalid")
    person = person_id or request.actor.person_id
    if person is None:
        raise NotFound("colleague", "")
    request_time_off(actor=request.actor, person_id=person, kind=TimeOffKind(kind), start_date=first, finish_date=last or first, note=note, now=request.now)


@page(permission="staff.time_off.view", methods=("POST",))
def time_off_decision(request: SignedInRequest, time_off_id: int) -> HttpResponse:
    """Approve, decline or take back time off."""
    reader = FormReader(request.POST)
    version = reader.version()
    reader.finish()
    decision = request.POST.get("decision", "")
    if decision == "withdraw":
        withdraw_time_off(actor=request.actor, time_off_id=time_off_id, version=version, now=request.now)
    elif decision in ("approve", "decline"):
        decide_time_off(actor=request.actor, time_off_id=time_off_id, is_approved=decision == "approve", version=version, now=request.now)
    else:
        raise Refused.field("decision", _("Approve, decline or take back."), "invalid")
    return go_to(request, address_of("time_off"))
