"""The organisation: name, look, areas, currencies, numbers."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import available_timezones

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from wonward.domains.staff.operations import change_house, put_rate, remove_rate, renumber
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import FormReader, errors_by_field
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render
from wonward.edges.web.shell.saying import go_on, take_said
from wonward.foundation.access.policy import closed_prefixes
from wonward.foundation.organisation.operations import ACCENTS, AREAS, numbered_nouns, picture_of, read_logo
from wonward.foundation.organisation.queries import get_logo, get_organisation, list_rates, list_series
from wonward.journeys.handoff.queries import count_open_wins
from wonward.kernel.errors import FieldError, Refused

_EDIT = "organisation.settings.edit"


@page(permission=_EDIT, methods=("GET", "POST"))
def organisation(request: SignedInRequest) -> HttpResponse:
    """Name, currency, time zone, accent, logo."""
    house, errors = get_organisation(), dict[str, str]()
    if request.method == "POST":
        try:
            reader = FormReader(request.POST)
            version = reader.version()
            changes: dict[str, Any] = {
                "name": reader.text("name", limit=160), "currency": reader.text("currency", limit=3),
                "time_zone": reader.text("time_zone", limit=64), "accent": reader.text("accent", limit=12) or house.accent,
            }
            reader.finish()
            if isinstance(upload := request.FILES.get("logo"), UploadedFile):
                changes["logo"] = read_logo(upload.read(300_000))
            elif request.POST.get("remove_logo") == "1":
                changes["logo"] = ""
            elif former := picture_of(request.POST.get("former_logo", "")):
                changes["logo"] = read_logo(former[1])
            was = get_logo() if "logo" in changes else ""
            change_house(actor=request.actor, changes=changes, version=version, now=request.now)
            before = {"name": house.name, "currency": house.currency, "time_zone": house.time_zone, "accent": house.accent}
            if "logo" in changes:
                before |= {"former_logo": was} if was else {"remove_logo": "1"}
            return go_on(request, address_of("organisation"), _("Saved."), undo_url=address_of("organisation"), undo=before)
        except Refused as refusal:
            if not refusal.errors:
                raise
            errors = errors_by_field(refusal.errors)
    context = {
        "house": house, "errors": errors, "sent": request.POST, "said": take_said(request), "tab": "organisation",
        "zones": [(name, name.replace("_", " ")) for name in sorted(available_timezones()) if "/" in name or name == "UTC"],
        "accents": list(zip(ACCENTS, (_("Petrol"), _("Forest"), _("Ocean"), _("Ruby"), _("Ink")), strict=True)),
        "has_logo": bool(get_logo()),
    }
    return render(request, "settings/organisation.html", context, status=422 if errors else 200)


@page(permission="")
def logo(request: HttpRequest) -> HttpResponse:
    """The logo, for the rail and for pages without sign-in."""
    del request
    picture = picture_of(get_logo())
    if picture is None:
        raise Http404
    return HttpResponse(picture[1], content_type=picture[0], headers={"Cache-Control": "private, max-age=300"})


@page(permission=_EDIT, methods=("GET", "POST"))
def areas(request: SignedInRequest) -> HttpResponse:
    """Which parts of Wonward this organisation uses."""
    house, errors = get_organisation(), dict[str, str]()
    if request.method == "POST":
        try:
            reader = FormReader(request.POST)
            version = reader.version()
            reader.finish()
            wanted = {area: reader.flag(area) for area in AREAS}
            change_house(actor=request.actor, changes={"areas": wanted}, version=version, now=request.now)
            before = {area: "on" if house.is_on(area) else "" for area in AREAS}
            return go_on(request, address_of("areas"), _("Saved. It counts from everybody's next page."), undo_url=address_of("areas"), undo=before)
        except Refused as refusal:
            if not refusal.errors:
                raise
            errors = errors_by_field(refusal.errors)
    words = {
        "sales": (_("Sales"), _("Deals, pipelines, leads, proposals.")),
        "delivery": (_("Delivery"), _("Handoffs, projects, plans, capacity.")),
        "money": (_("Money"), _("What projects may cost and are worth: their budgets in hours and money. No pages of its own yet.")),
        "marketing": (_("Marketing"), _("Campaigns and their spend, on leads and in the reports. No pages of its own yet.")),
        "portal": (_("Portal"), _("Links for clients without a sign-in: proposals to sign, approvals to give. No pages of its own yet.")),
    }
    context = {
        "rows": [(area, *words[area], house.is_on(area)) for area in AREAS], "house": house, "errors": errors,
        "said": take_said(request), "tab": "areas", "open_wins": count_open_wins(actor=request.actor) if request.actor.may("sales.deal.win") else 0,
    }
    return render(request, "settings/areas.html", context, status=422 if errors else 200)


@page(permission=_EDIT, methods=("GET", "POST"))
def rates(request: SignedInRequest) -> HttpResponse:
    """Dated exchange rates into the reporting currency."""
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            reader = FormReader(request.POST)
            currency, day, text = reader.text("currency", limit=3), reader.day("valid_from_date"), reader.text("rate", limit=30)
            if day is None and not reader.errors:
                reader.errors.append(FieldError("valid_from_date", _("From which day on?"), "required"))
            rate = _decimal(text, reader)
            reader.finish()
            assert day
            rate_id = put_rate(actor=request.actor, currency=currency, valid_from_date=day, rate=rate, now=request.now)
            return go_on(request, address_of("rates"), _("Saved."), undo_url=address_of("rate_removal", rate_id=rate_id), undo={})
        except Refused as refusal:
            if not refusal.errors:
                raise
            errors = errors_by_field(refusal.errors)
    context = {"rows": list_rates(), "house": get_organisation(), "errors": errors, "sent": request.POST, "said": take_said(request), "tab": "rates"}
    return render(request, "settings/rates.html", context, status=422 if errors else 200)


def _decimal(text: str, reader: FormReader) -> Decimal:
    try:
        return Decimal(text.replace(",", "."))
    except InvalidOperation:
        reader.errors.append(FieldError("rate", _("“%(text)s” is not a number.") % {"text": text}))
        return Decimal(0)


@page(permission=_EDIT, methods=("POST",))
def rate_removal(request: SignedInRequest, rate_id: int) -> HttpResponse:
    """Take a rate away."""
    currency, day, rate = remove_rate(actor=request.actor, rate_id=rate_id, now=request.now)
    before = {"currency": currency, "valid_from_date": day.isoformat(), "rate": rate}
    return go_on(request, address_of("rates"), _("The rate is gone."), undo_url=address_of("rates"), undo=before)


@page(permission=_EDIT, methods=("GET", "POST"))
def numbers(request: SignedInRequest) -> HttpResponse:
    """How records are numbered."""
    errors: dict[str, str] = {}
    noun = request.POST.get("noun", "")
    if request.method == "POST":
        try:
            reader = FormReader(request.POST)
            prefix, next_number = reader.text("prefix", limit=8), reader.number("next_number")
            reader.finish()
            known = {row.noun: row.prefix for row in list_series()}.get(noun) or numbered_nouns().get(noun, ("",))[0]
            renumber(actor=request.actor, noun=noun, prefix=prefix, next_number=next_number or 0, now=request.now)
            before = {"noun": noun, "prefix": known, "next_number": next_number} if known != prefix else None
            return go_on(request, address_of("numbers"), _("Saved."), undo_url=address_of("numbers"), undo=before)
        except Refused as refusal:
            if not refusal.errors:
                raise
            errors = errors_by_field(refusal.errors)
    stored = {row.noun: (row.prefix, row.next_number) for row in list_series()}
    words = {"sales.lead": _("Leads"), "sales.proposal": _("Proposals"), "sales.deal": _("Deals"), "delivery.project": _("Projects"), "handoff.handoff": _("Handoffs"), "promises.promise": _("Promises"),
             "clients.company": _("Companies")}
    closed = closed_prefixes(get_organisation().areas)
    rows = [(key, words.get(key, key), *stored.get(key, first)) for key, first in numbered_nouns().items() if not key.startswith(closed)]
    context = {"rows": rows, "errors": errors, "noun": noun, "said": take_said(request), "tab": "numbers"}
    return render(request, "settings/numbers.html", context, status=422 if errors else 200)
