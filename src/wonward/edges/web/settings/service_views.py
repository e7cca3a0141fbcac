"""Services: what is sold, by which template it is delivered, and what to do with names that came in with a file."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from wonward.domains.catalog.operations import archive_service, change_service, create_services, merge_service
from wonward.domains.catalog.queries import get_service, list_service_history, list_services, list_templates
from wonward.domains.catalog.types import BookEntry, NewService, ServiceRow
from wonward.edges.web.settings.draft_text import plain_number
from wonward.edges.web.settings.template_presenting import placement_options
from wonward.edges.web.shell.fields import FormReader, errors_by_field, read_archiving
from wonward.edges.web.shell.history import history_entries
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render
from wonward.edges.web.shell.replies import go_to
from wonward.edges.web.shell.saying import go_on
from wonward.foundation.organisation.queries import get_organisation
from wonward.kernel.errors import FieldError, Refused

MOST_TEMPLATES = 200
MOST_BOOK_ROWS = 50
SPARE_BOOK_ROWS = 2


@page(permission="catalog.service.edit", methods=("GET", "POST"))
def new_service(request: SignedInRequest) -> HttpResponse:
    """Add a service to the price list."""
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            create_services(actor=request.actor, services=[NewService(**_read(request))], now=request.now)
            return go_to(request, reverse("templates"))
        except Refused as refusal:
            if not refusal.errors:
                raise
            errors = errors_by_field(refusal.errors)
    return _form(request, None, errors)


@page(permission="catalog.service.edit", methods=("GET", "POST"))
def service(request: SignedInRequest, service_id: int) -> HttpResponse:
    """One service: its price, its effort, how it is delivered."""
    row = get_service(actor=request.actor, service_id=service_id)
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            changes = _read(request)
            version = FormReader(request.POST).version()
            change_service(actor=request.actor, service_id=service_id, changes=changes, version=version, now=request.now)
            saved = get_service(actor=request.actor, service_id=service_id)
            if saved.version == row.version:
                return go_to(request, reverse("templates"))
            return go_on(
                request, reverse("templates"), _("“%(name)s” is saved.") % {"name": saved.name},
                undo_url=request.path, undo=_sent_of(request, row) | {"version": saved.version},
            )
        except Refused as refusal:
            if not refusal.errors:
                raise
            errors = errors_by_field(refusal.errors)
    return _form(request, row, errors)


def _read(request: SignedInRequest) -> dict[str, Any]:
    """The fields this person was shown; a cost they may not see is left alone."""
    reader, currency = FormReader(request.POST), get_organisation().currency
    values: dict[str, Any] = {
        "name": reader.text("name", limit=200), "description": reader.text("description", limit=2000),
        "template_id": reader.number("template_id"), "effort_minutes": _minutes(reader), "placement": reader.text("placement") or "by_template",
    }
    for name, right in (("price", "catalog.price.view"), ("cost", "catalog.cost.view")):
        if request.actor.may(right) and name in request.POST:
            code = reader.text(f"{name}_currency", limit=3)
            values[name] = reader.money(name, code if len(code) == 3 and code.isalpha() and code.isupper() else currency)
    if "book_rows" in request.POST:
        values["book"] = _book(reader, request)
    reader.finish()
    return values


def _book(reader: FormReader, request: SignedInRequest) -> list[BookEntry]:
    """The lines of the book that say anything; a line without a currency but with an amount is told so."""
    found = []
    for place in range(min(reader.number("book_rows") or 0, MOST_BOOK_ROWS)):
        code = reader.text(f"book_currency-{place}", limit=8).upper()
        amounts = [reader.text(f"book_{name}-{place}", limit=30) for name in ("price", "cost")]
        if not any(amounts):
            continue
        if len(code) != 3 or not (code.isascii() and code.isalpha()):
            reader.errors.append(FieldError("book", _("“%(value)s” is not the code of a currency, like USD.") % {"value": code}))
            continue
        found.append(BookEntry(code, reader.money(f"book_price-{place}", code), reader.money(f"book_cost-{place}", code)))
    return found


def _sent_of(request: SignedInRequest, row: ServiceRow) -> dict[str, object]:
    """The form as it would be sent to bring a service back to what it was."""
    values: dict[str, object] = {
        "name": row.name, "description": row.description, "template_id": row.template_id, "placement": row.placement,
        "effort_hours": plain_number(row.effort_minutes / 60), "book_rows": len(row.book),
    }
    for name, right in (("price", "catalog.price.view"), ("cost", "catalog.cost.view")):
        if request.actor.may(right):
            amount = getattr(row, name)
            values |= {name: amount.amount if amount else "", f"{name}_currency": amount.currency if amount else ""}
    for place, entry in enumerate(row.book):
        values |= {
            f"book_currency-{place}": entry.currency, f"book_price-{place}": entry.price.amount if entry.price else "",
            f"book_cost-{place}": entry.cost.amount if entry.cost else "",
        }
    return values


def _book_shown(request: SignedInRequest, row: ServiceRow | None) -> list[dict[str, str]]:
    """The lines of the book as typed, else as stored, with room for new ones."""
    sent = request.POST
    if "book_rows" in sent:
        count = sent["book_rows"]
        places = range(min(int(count), MOST_BOOK_ROWS) if count.isdecimal() and len(count) < 6 else 0)
        return [{name: sent.get(f"book_{name}-{place}", "")[:30] for name in ("currency", "price", "cost")} for place in places]
    shown = [
        {"currency": entry.currency, "price": str(entry.price.amount) if entry.price else "", "cost": str(entry.cost.amount) if entry.cost else ""}
        for entry in (row.book if row else ())
    ]
    return shown + [{"currency": "", "price": "", "cost": ""}] * SPARE_BOOK_ROWS


def _minutes(reader: FormReader) -> int:
    text = reader.text("effort_hours", limit=12).replace(",", ".")
    try:
        minutes = round(float(text or 0) * 60)
    except (ValueError, OverflowError):
        minutes = -1
    if not 0 <= minutes <= 10_000_000:
        reader.errors.append(FieldError("effort_hours", _("“%(text)s” is not a number of hours.") % {"text": text}))
    return minutes


def _form(request: SignedInRequest, row: ServiceRow | None, errors: dict[str, str]) -> HttpResponse:
    actor, sent = request.actor, request.POST
    templates = list_templates(actor=actor, limit=MOST_TEMPLATES)
    others = [other for other in list_services(actor=actor) if row is not None and other.id != row.id and not other.is_to_review]
    context = {
        "service": row, "errors": errors, "currency": get_organisation().currency, "placements": placement_options(),
        "may_see_price": actor.may("catalog.price.view"), "may_see_cost": actor.may("catalog.cost.view"),
        "template_options": [(one.id, one.name) for one in templates], "merge_options": [(other.id, other.name) for other in others],
        "name_value": sent.get("name", row.name if row else ""), "description": sent.get("description", row.description if row else ""),
        "template_id": sent.get("template_id", (row.template_id if row else None) or ""),
        "placement": sent.get("placement", row.placement if row else "by_template"),
        "effort": sent.get("effort_hours", plain_number(row.effort_minutes / 60) if row and row.effort_minutes else ""),
        "action": request.path, "book": _book_shown(request, row),
        "book_errors": [message for field, message in errors.items() if field.startswith("book")],
        "changes": history_entries(actor, list_service_history(actor=actor, service_id=row.id)) if row else [],
    }
    return render(request, "settings/service.html", context, status=422 if errors else 200)


@page(permission="catalog.service.edit", methods=("POST",))
def service_archiving(request: SignedInRequest, service_id: int) -> HttpResponse:
    """Take a service off the price list, or put it back."""
    is_archived, version = read_archiving(request.POST)
    archive_service(actor=request.actor, service_id=service_id, is_archived=is_archived, version=version, now=request.now)
    return go_to(request, reverse("templates"))


@page(permission="catalog.service.edit", methods=("POST",))
def service_review(request: SignedInRequest, service_id: int) -> HttpResponse:
    """Settle a name that came in with a file: keep it as a service, or make it another name of one we have."""
    reader = FormReader(request.POST)
    into_id, version = reader.number("into_id"), reader.version()
    reader.finish()
    if request.POST.get("do") == "merge":
        if into_id is None:
            raise Refused.field("into_id", _("Choose the service it is another name of."), "required")
        merge_service(actor=request.actor, service_id=service_id, into_id=into_id, version=version, now=request.now)
    else:
        change_service(actor=request.actor, service_id=service_id, changes={"is_to_review": False}, version=version, now=request.now)
    return go_to(request, reverse("templates"))
