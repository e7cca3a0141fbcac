"""Following records, and reminders on them."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.utils.translation import gettext as _

from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import FormReader, errors_by_field
from wonward.edges.web.shell.formats import moment
from wonward.edges.web.shell.pages import SignedInRequest, is_fragment, page
from wonward.edges.web.shell.records import PLACES, read_ref, record_address
from wonward.edges.web.shell.render import render
from wonward.edges.web.shell.replies import go_to, nothing
from wonward.edges.web.work.inbox_presenting import snooze_choices
from wonward.foundation.access.policy import can_see, names_of
from wonward.foundation.notifications.operations import add_reminder, follow_record, remove_reminder
from wonward.foundation.notifications.queries import is_following, list_reminders
from wonward.foundation.saved_views.queries import is_record_pinned
from wonward.kernel.errors import NotFound, Refused
from wonward.kernel.ref import Ref


@page(permission=None)
def reminders(request: SignedInRequest) -> HttpResponse:
    """Everything I asked to be reminded of."""
    rows = list_reminders(actor=request.actor)
    zone = request.actor.time_zone
    context = {"rows": [(row, moment(row.due_at, zone), record_address(row.ref)) for row in rows]}
    return render(request, "work/reminders.html", context)


@page(permission=None, methods=("GET", "POST"))
def record_notices(request: SignedInRequest) -> HttpResponse:
    """The drawer of one record: follow it, and be reminded of it."""
    ref = _seen(request, request.GET.get("ref", "") or request.POST.get("ref", ""))
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            due_at, note = _read(request)
            add_reminder(actor=request.actor, ref=ref, due_at=due_at, note=note, now=request.now)
            words = _("You will be reminded: %(moment)s") % {"moment": moment(due_at, request.actor.time_zone)}
            return nothing(words, closes_drawer=True) if is_fragment(request) else go_to(request, address_of("reminders"))
        except Refused as refusal:
            if not refusal.errors:
                raise
            errors = errors_by_field(refusal.errors)
    zone = request.actor.time_zone
    context = {
        "ref": ref, "name": names_of([ref]).get(ref, str(ref)), "errors": errors, "in_drawer": is_fragment(request),
        "is_following": is_following(actor=request.actor, ref=ref), "is_pinned": is_record_pinned(actor=request.actor, ref=ref),
        "may_pin": ref.noun in PLACES, "back": record_address(ref),
        "rows": [(row, moment(row.due_at, zone)) for row in list_reminders(actor=request.actor, ref=ref)],
        "choices": [(key, words) for key, words, _instant in snooze_choices(request.actor, request.now)],
        "values": request.POST,
    }
    return render(request, "work/record_notices.html", context, block="drawer_form", status=422 if errors else 200)


def _seen(request: SignedInRequest, text: str) -> Ref:
    ref = read_ref(text)
    if not can_see(request.actor, ref):
        raise NotFound("record", ref)
    return ref


def _read(request: SignedInRequest) -> tuple[datetime, str]:
    reader = FormReader(request.POST)
    note = reader.text("note", limit=500)
    day, choice = reader.day("day"), reader.text("until", limit=20)
    clock = reader.text("time", limit=5) or "08:00"
    reader.finish()
    zone = ZoneInfo(request.actor.time_zone)
    if day is not None:
        try:
            return datetime.combine(day, time.fromisoformat(clock), zone), note
        except ValueError:
            raise Refused.field("time", _("“%(value)s” is not a time of day.") % {"value": clock}) from None
    for key, _words, instant in snooze_choices(request.actor, request.now):
        if key == choice:
            return instant, note
    raise Refused.field("day", _("Choose when."), "required")


@page(permission=None, methods=("POST",))
def record_following(request: SignedInRequest) -> HttpResponse:
    """Follow a record, or stop."""
    ref = read_ref(request.POST.get("ref", ""))
    wants = request.POST.get("do") != "unfollow"
    follow_record(actor=request.actor, ref=ref, is_following=wants, now=request.now)
    if not is_fragment(request):
        return go_to(request, record_address(ref) or address_of("inbox"))
    return nothing(_("You follow it now.") if wants else _("You follow it no more."), closes_drawer=True)


@page(permission=None, methods=("POST",))
def reminder_removal(request: SignedInRequest, reminder_id: int) -> HttpResponse:
    """Forget a reminder."""
    remove_reminder(actor=request.actor, reminder_id=reminder_id)
    return go_to(request, address_of("reminders"))
