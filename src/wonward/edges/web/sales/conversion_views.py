"""The drawer that turns a lead into company, contact and deal."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from wonward.domains.catalog.queries import list_services
from wonward.domains.clients.queries import list_contacts
from wonward.domains.sales.operations.conversion import convert_lead
from wonward.domains.sales.queries.leads import find_same, get_lead
from wonward.domains.sales.queries.pipelines import find_pipeline, list_pipelines
from wonward.domains.sales.queries.shapes import day_frame
from wonward.domains.sales.types.leads import LeadRow
from wonward.domains.staff.queries import list_people
from wonward.edges.web.sales.lead_forms import read_conversion
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.custom_facts import asked_in_form
from wonward.edges.web.shell.fields import FormReader, errors_by_field
from wonward.edges.web.shell.next_actions import action_errors, day_choices, kind_choices, typed_action
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render, render_block
from wonward.edges.web.shell.replies import go_to
from wonward.foundation.organisation.queries import get_organisation
from wonward.kernel.errors import Conflict, FieldError, NotAllowed, Refused
from wonward.kernel.ref import Ref


@page(permission="sales.lead.convert", methods=("GET", "POST"))
def lead_conversion(request: SignedInRequest, lead_id: int) -> HttpResponse:
    """Company, contact and deal in one step; what may be the same is offered first."""
    row = get_lead(actor=request.actor, lead_id=lead_id)
    refused: Refused | None = None
    if request.method == "POST":
        try:
            wanted = read_conversion(request.POST, currency=get_organisation().currency)
            done = convert_lead(
                actor=request.actor, lead_id=lead_id, conversion=wanted, version=FormReader(request.POST).version(), now=request.now
            )
            return go_to(request, address_of("deal", deal_id=done.deal_id) if done.deal_id else address_of("lead", lead_id=lead_id))
        except (NotAllowed, Conflict):
            raise
        except Refused as refusal:
            refused = Refused(refusal.words, [_in_form(error) for error in refusal.errors])
    context = _context(request, row, refused)
    status = 422 if refused else 200
    if request.headers.get("HX-Request"):
        return render_block(request, "sales/conversion.html", "drawer_body", context, status=status)
    return render(request, "sales/conversion.html", context, status=status)


def _in_form(error: FieldError) -> FieldError:
    return FieldError("deal_name" if error.field == "name" else error.field, error.words, error.code)


def _context(request: SignedInRequest, row: LeadRow, refused: Refused | None) -> dict[str, Any]:
    actor, values = request.actor, request.POST or request.GET
    companies, contacts, _leads = find_same(actor=actor, lead=row)
    known = list_contacts(actor=actor, contact_ids=[one.id for one in contacts]) if contacts else []
    offered = {one.id: (one.name, one.because) for one in companies}
    offered |= {one.company_id: (one.company_name, _("%(name)s works there") % {"name": one.name}) for one in known if one.company_id and one.company_id not in offered}
    chosen = values.get("company_id") or (str(next(iter(offered))) if offered else "0")
    at_home = [one for one in known if str(one.company_id) == chosen]
    pipeline = find_pipeline(list_pipelines(), row.pipeline_id)
    return {
        "lead": row, "refused": refused, "errors": errors_by_field(refused.errors) if refused else {}, "values": values,
        "company_offers": [(key, name, because) for key, (name, because) in offered.items()], "company_chosen": chosen,
        "contact_offers": [(one.id, one.name, one.company_name) for one in known],
        "contact_chosen": values.get("contact_id") or (str(at_home[0].id) if at_home else "0"),
        "deal_name": values.get("deal_name") or (f"{row.service_name}, {row.company_name or row.name}" if row.service_name else ""),
        "stage_choices": [(stage.id, stage.name) for stage in pipeline.stages if stage.kind == "open"],
        "owner_choices": [(one.id, one.name) for one in list_people(actor=actor)], "owner_id": row.owner_id or actor.person_id,
        "service_choices": [(one.id, one.name) for one in list_services(actor=actor)] if actor.may("catalog.service.view") else [],
        "currency": get_organisation().currency, "close_day": FormReader(values).day("expected_close_date"),
        "asked_fields": asked_in_form(
            actor, "sales.deal", {Ref("sales.stage", stage.id): stage.name for stage in pipeline.stages if stage.kind == "open"}, values
        ),
        "action_kinds": kind_choices(), "action_days": day_choices(day_frame(actor, request.now).today),
        "action_errors": action_errors(refused) if refused else {}, "action_values": typed_action(values),
    }
