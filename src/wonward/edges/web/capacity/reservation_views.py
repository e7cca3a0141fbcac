"""Capacity if a deal is won: what it would ask of whom, and the time reserved for it before anybody signed."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from wonward.domains.sales.queries.deals import get_deal
from wonward.domains.sales.queries.reports import list_chances
from wonward.edges.web.capacity.date_presenting import answer_context, fit_rows, reserved_rows
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import FormReader, errors_by_field
from wonward.edges.web.shell.formats import date_short, hours
from wonward.edges.web.shell.pages import SignedInRequest, is_fragment, page
from wonward.edges.web.shell.render import render
from wonward.edges.web.shell.replies import go_to, with_toast
from wonward.foundation.organisation.queries import civil_date
from wonward.journeys.capacity.operations import release_reservation, reserve_for_deal, undo_reservation
from wonward.journeys.capacity.queries import get_deal_fit, list_reserved_time
from wonward.journeys.capacity.queries.dates import find_latest_answer, usual_kickoff
from wonward.journeys.capacity.types import Reservation
from wonward.kernel.errors import Refused

_MOST_BOOKINGS = 500


@page(permission="capacity.date.ask")
def deal_capacity(request: SignedInRequest, deal_id: int) -> HttpResponse:
    """A strip for a deal and its proposals: what a win would ask of whom, what is reserved, and the newest answer about its date.

    A deal's page has its chance by own history brought along, which saves it a request.
    """
    asked = None
    with suppress(ValueError):
        asked = date.fromisoformat(request.GET.get("kickoff_date", ""))
    return _strip(request, deal_id, asked, brings_chance=request.GET.get("with") == "chance")


@page(permission="staff.booking.propose", methods=("POST",))
def deal_reservation(request: SignedInRequest, deal_id: int) -> HttpResponse:
    """Reserve what the templates of a deal's services ask for from a day on; again for another day."""
    reader = FormReader(request.POST)
    kickoff = reader.day("kickoff_date")
    try:
        reader.finish()
        if kickoff is None:
            raise Refused.field("kickoff_date", _("Say when the work would begin."), "required")
        made = reserve_for_deal(actor=request.actor, deal_id=deal_id, kickoff_date=kickoff, now=request.now)
    except Refused as refusal:
        if not refusal.errors:
            raise
        return _strip(request, deal_id, kickoff, errors=errors_by_field(refusal.errors))
    rows = list_reserved_time(actor=request.actor, deal_id=deal_id)
    words = _("%(hours)s reserved from %(day)s: %(who)s") % {
        "hours": hours(sum(one.minutes for one in rows)), "day": date_short(kickoff), "who": ", ".join(one.person_name or one.role for one in rows),
    }
    return _done(request, deal_id, words, made, kickoff)


@page(permission="staff.booking.propose", methods=("POST",))
def deal_reservation_release(request: SignedInRequest, deal_id: int) -> HttpResponse:
    """Give back what was reserved."""
    released = release_reservation(actor=request.actor, deal_id=deal_id, now=request.now)
    return _done(request, deal_id, _("The reserved time is free again"), released, None)


@page(permission="staff.booking.propose", methods=("POST",))
def deal_reservation_undo(request: SignedInRequest, deal_id: int) -> HttpResponse:
    """Take a reservation or a release back."""
    made, released = (_ids(request.POST.get(name, "")) for name in ("made", "released"))
    undo_reservation(actor=request.actor, deal_id=deal_id, made=made, released=released, now=request.now)
    return _done(request, deal_id, _("Taken back"), None, None)


def _ids(text: str) -> list[int]:
    return [int(one) for one in text.split(",")[:_MOST_BOOKINGS] if one.isdecimal() and len(one) < 19]


def _done(request: SignedInRequest, deal_id: int, words: str, change: Reservation | None, kickoff: date | None) -> HttpResponse:
    if not is_fragment(request):
        return go_to(request, address_of("deal", deal_id=deal_id))
    undo: dict[str, Any] = {}
    if change is not None and len(change.made) + len(change.released) <= _MOST_BOOKINGS:
        undo = {
            "undo_url": address_of("deal_reservation_undo", deal_id=deal_id),
            "undo_values": {"made": ",".join(map(str, change.made)), "released": ",".join(map(str, change.released))},
        }
    return with_toast(_strip(request, deal_id, kickoff), words, **undo)


def _strip(request: SignedInRequest, deal_id: int, asked: date | None, errors: dict[str, str] | None = None, *, brings_chance: bool = False) -> HttpResponse:
    actor = request.actor
    deal = get_deal(actor=actor, deal_id=deal_id)
    today = civil_date(request.now, actor.time_zone)
    row = find_latest_answer(deal_id=deal_id)
    wished = [day for day in (asked, row.kickoff if row else None) if day is not None and day >= today]
    kickoff = wished[0] if wished else usual_kickoff(deal, today)
    fit = get_deal_fit(actor=actor, deal_id=deal_id, kickoff=kickoff)
    reserved = list_reserved_time(actor=actor, deal_id=deal_id)
    may_reserve = deal.status == "open" and actor.may("staff.booking.propose")
    return render(request, "capacity/deal_capacity.html", {
        "deal": deal, "fit": fit, "rows": fit_rows(fit), "kickoff": date_short(kickoff), "answer": answer_context(row) if row else None,
        "safe": date_short(fit.safe_kickoff) if fit and fit.safe_kickoff else "",
        "outlook_url": f"{address_of('outlook')}?won={deal_id}" if actor.may("capacity.outlook.view") else "",
        "weeks_on": _weeks_on(kickoff, fit.safe_kickoff) if fit and fit.safe_kickoff else 0,
        "reserved": reserved_rows(reserved), "may_reserve": may_reserve and bool(fit or reserved), "kickoff_date": (asked or kickoff).isoformat(),
        "errors": errors or {}, "brings_chance": brings_chance,
        "found": list_chances().get(deal.stage_id) if brings_chance and deal.status == "open" else None,
    }, block="strip", status=422 if errors else 200)


def _weeks_on(kickoff: date, safe: date) -> int:
    return round((safe - kickoff) / timedelta(weeks=1))
