"""Custom fields: which there are, and one of them filled in on a record."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wonward.domains.staff.queries import list_people
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.custom_facts import fact_of
from wonward.edges.web.shell.fields import FormReader, errors_by_field
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render
from wonward.edges.web.shell.replies import go_to
from wonward.edges.web.shell.saying import go_on, take_said
from wonward.foundation.access.policy import closed_prefixes
from wonward.foundation.custom_fields.operations import (
    add_field,
    change_field,
    delete_field,
    restore_field,
    set_values,
)
from wonward.foundation.custom_fields.queries import get_field, get_values, list_every_field
from wonward.foundation.custom_fields.registry import host_nouns, places_of
from wonward.foundation.custom_fields.types import FieldKind, FieldRow, NewField
from wonward.foundation.organisation.queries import get_organisation
from wonward.kernel.errors import Conflict, NotAllowed, NotFound, Refused
from wonward.kernel.ref import Ref
from wonward.kernel.wording import heard

NOUNS = {
    "clients.company": gettext_lazy("Companies"), "clients.contact": gettext_lazy("Contacts"), "sales.lead": gettext_lazy("Leads"),
    "sales.deal": gettext_lazy("Deals"), "delivery.project": gettext_lazy("Projects"), "delivery.task": gettext_lazy("Tasks"),
}
KINDS = {
    FieldKind.TEXT: gettext_lazy("Text"), FieldKind.NUMBER: gettext_lazy("Number"), FieldKind.MONEY: gettext_lazy("Money"),
    FieldKind.DATE: gettext_lazy("Date"), FieldKind.CHOICE: gettext_lazy("Choice"), FieldKind.PERSON: gettext_lazy("Colleague"),
    FieldKind.LINK: gettext_lazy("Web address"),
}


@page(permission="custom_fields.field.edit", methods=("GET", "POST"))
def fields(request: SignedInRequest) -> HttpResponse:
    """The fields of every noun; a new one."""
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            reader = FormReader(request.POST)
            noun, label, kind = reader.text("noun", limit=60), reader.text("label", limit=200), reader.text("kind", limit=10)
            choices, hint = reader.text("choices").splitlines(), reader.text("hint", limit=200)
            reader.finish()
            if kind not in [one.value for one in KINDS]:
                raise Refused.field("kind", _("Choose what the field holds."), "unknown")
            add_field(actor=request.actor, new=NewField(noun, label, FieldKind(kind), tuple(choices), hint), now=request.now)
            return go_to(request, f"{address_of('fields')}#{noun}")
        except NotAllowed:
            raise
        except Refused as refusal:
            errors = errors_by_field(refusal.errors) or {"label": refusal.message}
    rows = list_every_field(with_deleted=True)
    places = {ref: words for noun in host_nouns() for ref, words in places_of(noun).items()}
    closed = closed_prefixes(get_organisation().areas)
    nouns = [noun for noun in host_nouns() if not noun.startswith(closed)]
    context = {
        "groups": [
            (noun, str(NOUNS.get(noun, noun)), [_told(row, places) for row in rows if row.noun == noun and not row.is_deleted and row.kind is not FieldKind.TAGS],
             [row for row in rows if row.noun == noun and row.is_deleted])
            for noun in nouns
        ],
        "nouns": [(noun, NOUNS.get(noun, noun)) for noun in nouns], "kinds": [(kind.value, words) for kind, words in KINDS.items()],
        "errors": errors, "values": request.POST, "tab": "fields", "said": take_said(request),
    }
    return render(request, "lists/fields.html", context, status=422 if errors else 200)


def _told(row: FieldRow, places: dict[Ref, str]) -> dict[str, Any]:
    return {
        "row": row, "kind": str(KINDS.get(row.kind, row.kind.value)), "choices": ", ".join(row.choices),
        "places": ", ".join(heard(places[ref]) for ref in row.places if ref in places),
    }


@page(permission="custom_fields.field.edit", methods=("GET", "POST"))
def field(request: SignedInRequest, field_id: int) -> HttpResponse:
    """One field: its name, its choices, its place, and what asks for it."""
    row = get_field(field_id=field_id)
    if row.kind is FieldKind.TAGS or row.is_deleted or row.noun.startswith(closed_prefixes(get_organisation().areas)):
        raise NotFound("field", field_id)
    errors: dict[str, str] = {}
    places = places_of(row.noun)
    if request.method == "POST":
        try:
            reader = FormReader(request.POST)
            label, hint, position, version = reader.text("label", limit=200), reader.text("hint", limit=200), reader.number("position"), reader.version()
            choices = reader.text("choices").splitlines()
            reader.finish()
            asked = {*request.POST.getlist("places"), *request.POST.get("former_places", "").split(",")}
            asking = [ref for ref in places if str(ref) in asked]
            change_field(
                actor=request.actor, field_id=field_id, label=label, hint=hint, position=position, choices=choices, places=asking, version=version,
                now=request.now,
            )
            before = {
                "label": row.label, "hint": row.hint, "position": row.position, "choices": "\n".join(row.choices),
                "former_places": ",".join(str(ref) for ref in row.places),
            }
            return go_on(
                request, f"{address_of('fields')}#{row.noun}", _("Saved."), undo_url=address_of("field", field_id=field_id), undo=before
            )
        except (NotAllowed, Conflict):
            raise
        except Refused as refusal:
            errors = errors_by_field(refusal.errors) or {"label": refusal.message}
    context = {
        "row": row, "kind": KINDS[row.kind], "errors": errors, "noun": NOUNS.get(row.noun, row.noun), "tab": "fields",
        "values": request.POST or {"label": row.label, "hint": row.hint, "position": row.position, "choices": "\n".join(row.choices)},
        "places": [(str(ref), heard(words), ref in row.places) for ref, words in places.items()],
    }
    return render(request, "lists/field.html", context, status=422 if errors else 200)


@page(permission="custom_fields.field.edit", methods=("POST",))
def field_deletion(request: SignedInRequest, field_id: int) -> HttpResponse:
    """Take a field off the records; refused while a stage or the gate asks for it."""
    delete_field(actor=request.actor, field_id=field_id, now=request.now)
    return go_on(
        request, address_of("fields"), _("The field is off the records."), undo_url=address_of("field_restoring", field_id=field_id), undo={}
    )


@page(permission="custom_fields.field.edit", methods=("POST",))
def field_restoring(request: SignedInRequest, field_id: int) -> HttpResponse:
    """Bring a deleted field back."""
    restore_field(actor=request.actor, field_id=field_id, now=request.now)
    return go_to(request, address_of("fields"))


@page(permission=None, methods=("POST",))
def custom_value(request: SignedInRequest, noun: str, ref_id: int, key: str) -> HttpResponse:
    """Save one custom field of a record where it stands; answers with the field as it is now."""
    ref, error = Ref(noun, ref_id), ""
    typed = request.POST.get("value", "")
    try:
        set_values(actor=request.actor, ref=ref, values={key: typed}, now=request.now)
    except NotAllowed:
        raise
    except Refused as refusal:
        error = refusal.message
    filled = next((one for one in get_values(actor=request.actor, ref=ref) if one.field.key == key), None)
    if filled is None:
        raise NotFound("field", key)
    people = [(str(one.id), one.name) for one in list_people(actor=request.actor)] if filled.field.kind is FieldKind.PERSON else []
    fact = fact_of(filled, ref, people, may_edit=True)
    template = "lists/refused_value.html" if error else "shell/parts/custom_fact.html"
    return render(request, template, {"fact": fact, "typed": typed, "error": error}, status=422 if error else 200)
