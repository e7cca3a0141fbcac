"""The audit log: who changed what in the house, before and after."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.utils.translation import gettext_lazy

from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import FormReader, errors_by_field
from wonward.edges.web.shell.history import entries_of
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.records import read_ref, record_address
from wonward.edges.web.shell.render import render
from wonward.edges.web.shell.saved_lists import SAVED, SavedList, look_at, register_list
from wonward.foundation.access.policy import names_of
from wonward.foundation.audit.queries import AuditFilter, list_audit
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Refused

AT_ONCE = 50
AUDIT = register_list(SavedList(
    "audit.log", "audit_log", gettext_lazy("Audit log"), gettext_lazy("Every change"), "audit.log.view", ("noun", "who", "since", "until", "ref"),
))
NOUNS = {
    "automation.bulk_change": gettext_lazy("Bulk change"), "capacity.fix": gettext_lazy("Balance"), "capacity.leveling_run": gettext_lazy("Levelling"),
    "capacity.scenario": gettext_lazy("Scenario"), "handoff.required_answer": gettext_lazy("Handoff rules"), "imports.mapping": gettext_lazy("Import"),
    "sales.lead_form": gettext_lazy("Form"), "saved_views.view": gettext_lazy("Saved view"),
    "access.role": gettext_lazy("Access role"), "access.team": gettext_lazy("Team"), "access.user": gettext_lazy("Sign-in"),
    "approvals.approval": gettext_lazy("Approval"), "catalog.service": gettext_lazy("Service"), "catalog.template": gettext_lazy("Template"),
    "clients.company": gettext_lazy("Company"), "clients.contact": gettext_lazy("Contact"), "comms.communication": gettext_lazy("Log entry"),
    "custom_fields.field": gettext_lazy("Custom field"), "delivery.project": gettext_lazy("Project"), "delivery.task": gettext_lazy("Task"),
    "files.document": gettext_lazy("Document"), "handoff.handoff": gettext_lazy("Handoff"), "imports.batch": gettext_lazy("Import"),
    "insights.objective": gettext_lazy("Objective"), "marketing.campaign": gettext_lazy("Campaign"),
    "organisation.organisation": gettext_lazy("Organisation and look"), "organisation.series": gettext_lazy("Numbers"),
    "promises.promise": gettext_lazy("Promise"), "sales.deal": gettext_lazy("Deal"), "sales.lead": gettext_lazy("Lead"),
    "sales.pipeline": gettext_lazy("Pipelines and stages"), "sales.proposal": gettext_lazy("Proposal"), "staff.booking": gettext_lazy("Booking"),
    "staff.calendar": gettext_lazy("Calendars and holidays"), "staff.person": gettext_lazy("Colleague"),
}


@page(permission="audit.log.view")
def audit_log(request: SignedInRequest) -> HttpResponse:
    """Every change, the newest first; by kind of record, by who, by day, and of one record."""
    errors: dict[str, str] = {}
    look = look_at(request, AUDIT)
    query = look.query
    where = AuditFilter()
    try:
        where = _read(query, request.actor)
    except Refused as refusal:
        errors = errors_by_field(refusal.errors)
    typed = request.GET.get("before", "")
    before_id = int(typed) if typed.isdecimal() and len(typed) < 19 else None
    rows = list_audit(actor=request.actor, where=where, before_id=before_id, limit=AT_ONCE + 1)
    shown = rows[:AT_ONCE]
    names = names_of({ref for ref, _, _ in shown if ref})
    words = [(f"{NOUNS.get(noun, noun)} {names.get(ref, f'#{ref.id}') if ref else ''}".strip(), row) for ref, noun, row in shown]
    asked = {key: value for key, value in query.items() if key in (*AUDIT.filters, SAVED) and value}
    context = {
        "tab": "audit_log", "errors": errors, "values": query, "look": look, "is_narrowed": any(key in AUDIT.filters for key in asked), "is_later": before_id is not None,
        "entries": [
            (entry, record_address(ref) if ref else "") for entry, (ref, _, _) in zip(entries_of(request.actor, words), shown, strict=True)
        ],
        "nouns": sorted(((noun, str(words)) for noun, words in NOUNS.items()), key=lambda one: one[1]),
        "since": _day(query.get("since", "")), "until": _day(query.get("until", "")), "ref": str(where.ref or ""),
        "earlier": f"?{urlencode({**asked, 'before': shown[-1][2].id})}" if len(rows) > AT_ONCE else "",
        "newest": f"{address_of('audit_log')}?{urlencode(asked)}",
    }
    return render(request, "settings/audit_log.html", context, status=422 if errors else 200)


def _read(query: Mapping[str, str], actor: Actor) -> AuditFilter:
    reader = FormReader(query)
    noun, who, since, until = reader.text("noun", limit=60), reader.text("who", limit=160), reader.day("since"), reader.day("until")
    reader.finish()
    ref = read_ref(query["ref"]) if query.get("ref") else None
    zone = ZoneInfo(actor.time_zone)
    return AuditFilter(
        noun, ref, who, _midnight(since, zone) if since else None, _midnight(until + timedelta(days=1), zone) if until and until < date.max else None
    )


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(0), zone)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
