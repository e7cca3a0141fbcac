"""Adding, changing, answering and closing leads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from wonward.domains.catalog.queries import get_service_facts
from wonward.domains.comms.operations import log_communications
from wonward.domains.comms.types import CommunicationKind, NewCommunication, NewParticipant
from wonward.domains.marketing.operations import note_touches
from wonward.domains.marketing.queries import campaign_exists, find_campaign_ids
from wonward.domains.marketing.types import NewTouch
from wonward.domains.sales import events
from wonward.domains.sales.models import Lead, Pipeline
from wonward.domains.sales.operations.outside_ids import refuse_known_ids
from wonward.domains.sales.operations.scoring import put_scores
from wonward.domains.sales.rules import check_reason
from wonward.domains.sales.rules.leads import (
    add_working_minutes,
    clean_utm,
    finding_errors,
    lead_errors,
)
from wonward.domains.sales.types.leads import Finding, NewLead
from wonward.domains.staff.queries import (
    find_existing_people,
    get_default_calendar,
    get_team_id,
    person_exists,
)
from wonward.foundation.access.policy import require, require_change
from wonward.foundation.audit.operations import Change, record_change, record_changes
from wonward.foundation.database import insert_with_ids
from wonward.foundation.events.operations import publish
from wonward.foundation.mail.operations import queue_mail
from wonward.foundation.organisation.operations import take_numbers
from wonward.foundation.organisation.queries import civil_date, get_organisation
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict, FieldError, NotFound, Refused, Stale
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded

EDITABLE_LEAD_FIELDS = ("name", "company_name", "title", "email", "phone", "website", "country", "industry", "employees", "message",
                        "source", "campaign_id", "service_id", "owner_id", "qualification")
ANSWER_KINDS = ("email", "call", "meeting", "chat")
_TEXTS = ("name", "company_name", "title", "email", "phone", "website", "country", "industry", "source")


@transaction.atomic
def create_leads(*, actor: Actor, leads: Sequence[NewLead], form_id: int | None = None, now: datetime) -> list[int]:
    """Add open leads: scored, with the clock of their first response running. Returns their ids in order."""
    require(actor, "sales.lead.create")
    pipelines = pipelines_by_id()
    check_leads(leads, pipelines)
    rows = build_leads(leads, pipelines, form_id=form_id, now=now)
    refuse_known_ids(Lead, rows, plural="leads")
    calendar, zone = get_default_calendar()[1], get_organisation().time_zone
    for row in rows:
        goal = pipelines[row.pipeline_id].response_goal_minutes
        row.response_due_at = add_working_minutes(row.received_at, goal, calendar=calendar, zone=zone)
    return insert_leads(actor, rows, operation="sales.lead.create", now=now)


def pipelines_by_id() -> dict[int | None, Pipeline]:
    """Every pipeline by its id, and under None the default one."""
    found: dict[int | None, Pipeline] = {row.pk: row for row in Pipeline.objects.order_by("position", "pk")}
    found[None] = min(found.values(), key=lambda row: not row.is_default)
    return found


def check_leads(leads: Sequence[NewLead], pipelines: Mapping[int | None, Pipeline]) -> None:
    """Refuse before anything is written, lead by lead."""
    many = len(leads) > 1
    owners = {lead.owner_id for lead in leads if lead.owner_id is not None}
    strangers = owners - find_existing_people(owners)
    services = {lead.service_id for lead in leads if lead.service_id is not None}
    unknown_services = services - set(get_service_facts(services))
    unknown_campaigns = {key for key in {lead.campaign_id for lead in leads if lead.campaign_id is not None} if not campaign_exists(key)}
    errors: list[FieldError] = []
    for place, lead in enumerate(leads):
        at = f"leads[{place}]." if many else ""
        if lead.pipeline_id not in pipelines:
            errors.append(FieldError(f"{at}pipeline_id", worded("There is no pipeline {pipeline_id}.", pipeline_id=lead.pipeline_id), "unknown"))
            continue
        errors += lead_errors(lead, at=at, keys=criteria_keys(pipelines[lead.pipeline_id]))
        if lead.owner_id in strangers:
            errors.append(FieldError(f"{at}owner_id", worded("There is no colleague {owner_id}.", owner_id=lead.owner_id), "unknown"))
        if lead.service_id in unknown_services:
            errors.append(FieldError(f"{at}service_id", worded("There is no service {service_id}.", service_id=lead.service_id), "unknown"))
        if lead.campaign_id in unknown_campaigns:
            errors.append(FieldError(f"{at}campaign_id", worded("There is no campaign {campaign_id}.", campaign_id=lead.campaign_id), "unknown"))
    if errors:
        raise Refused(errors[0].words, errors)


def criteria_keys(pipeline: Pipeline) -> list[str]:
    """What is asked in a pipeline."""
    return [one["key"] for one in pipeline.qualification]


def build_leads(
    leads: Sequence[NewLead], pipelines: Mapping[int | None, Pipeline], *, form_id: int | None, now: datetime
) -> list[Lead]:
    """Rows still without number, score and clock."""
    zone = get_organisation().time_zone
    utms = [clean_utm(lead.utm) for lead in leads]
    campaigns = find_campaign_ids([utm.get("campaign", "") for utm in utms])
    rows = []
    for lead, utm in zip(leads, utms, strict=True):
        received = lead.received_at or now
        texts = {name: getattr(lead, name).strip() for name in _TEXTS}
        rows.append(
            Lead(
                **texts, employees=lead.employees, message=lead.message.strip(), utm=utm,
                campaign_id=lead.campaign_id or campaigns.get(utm.get("campaign", "").casefold()), form_id=form_id,
                service_id=lead.service_id, pipeline_id=pipelines[lead.pipeline_id].pk, owner_id=lead.owner_id,
                qualification=stored_findings(lead.qualification), received_at=received,
                received_date=lead.received_date or civil_date(received, zone),
                external_source=lead.external_source, external_id=lead.external_id, created_at=now, updated_at=now,
            )
        )
    for row in rows:
        row.name = row.name or row.company_name or row.email
    return rows


def stored_findings(findings: Mapping[str, Finding]) -> dict[str, dict[str, str]]:
    """Findings as they lie in the row; what is not known at all is left out."""
    return {
        key: {"state": one.state, "note": one.note.strip()} for key, one in findings.items() if one.state != "unknown" or one.note.strip()
    }


def insert_leads(actor: Actor, rows: Sequence[Lead], *, operation: str, now: datetime) -> list[int]:
    """Number, score and write rows, with audit, touches and the fact."""
    for row, number in zip(rows, take_numbers(noun="sales.lead", count=len(rows)), strict=True):
        row.number = number
    put_scores(rows)
    insert_with_ids(rows)
    note_touches(
        touches=[
            NewTouch(Ref("sales.lead", row.pk), "form" if row.form_id else "lead", row.received_at, row.campaign_id, row.source)
            for row in rows if row.campaign_id or row.form_id
        ]
    )
    record_changes(
        actor=actor, operation=operation, now=now,
        changes=[Change(Ref("sales.lead", row.pk), {"name": [None, row.name]}) for row in rows],
    )
    if rows:
        publish(events.LeadsCreated(lead_ids=[row.pk for row in rows]), actor=actor, now=now)
    return [row.pk for row in rows]


def lock_lead(*, actor: Actor, lead_id: int, permission: str) -> Lead:
    """Take one visible lead for writing. One that nobody owns may be changed by everybody with the right."""
    lead = Lead.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=lead_id).first()
    if lead is None:
        raise NotFound("lead", lead_id)
    owner_id = lead.owner_id or actor.person_id
    require_change(actor, permission, person_ids=[owner_id], team_ids=[get_team_id(lead.owner_id)])
    return lead


def check_lead_version(lead: Lead, version: int | None, yours: Mapping[str, Any]) -> None:
    """A stale form is told both values and writes nothing."""
    if version is not None and version != lead.version:
        current = {field: getattr(lead, field, None) for field in yours}
        raise Stale(worded("{number} was changed by somebody else in the meantime.", number=lead.number), current=current, yours=yours)


def require_open(lead: Lead) -> None:
    """Only an open lead goes on."""
    if lead.status != "open":
        raise Conflict(worded("{number} is {status}; open it again to change it.", number=lead.number, status=worded(lead.status)))


@transaction.atomic
def change_lead(
    *, actor: Actor, lead_id: int, changes: Mapping[str, Any], version: int | None = None, now: datetime
) -> None:
    """Change a lead's own fields and score it anew. `qualification` maps some criteria to findings; the others stay."""
    lead = lock_lead(actor=actor, lead_id=lead_id, permission="sales.lead.edit")
    check_lead_version(lead, version, changes)
    require_open(lead)
    _check_changes(lead, changes)
    audit: dict[str, list[Any]] = {}
    for field, value in changes.items():
        if field == "qualification":
            merged = {key: one for key, one in lead.qualification.items() if key not in value} | stored_findings(value)
            value = dict(sorted(merged.items()))
        elif isinstance(value, str):
            value = value.strip()
        if getattr(lead, field) != value:
            audit[field] = [getattr(lead, field), value]
            setattr(lead, field, value)
    if not audit:
        return
    put_scores([lead])
    save_lead(lead, now)
    record_change(actor=actor, operation="sales.lead.change", ref=Ref("sales.lead", lead.pk), changes=audit, now=now)
    publish(events.LeadChanged(lead_id=lead.pk), actor=actor, now=now)


def _check_changes(lead: Lead, changes: Mapping[str, Any]) -> None:
    for field in changes:
        if field not in EDITABLE_LEAD_FIELDS:
            raise Refused.field(field, worded("{field} cannot be changed here.", field=field), "unknown")
    pipelines = Pipeline.objects.filter(pk=lead.pipeline_id)
    plain = {field: value for field, value in changes.items() if field in _TEXTS or field == "message"}
    before = {field: getattr(lead, field) for field in (*_TEXTS, "message")}
    words = {field: str(value or "") for field, value in (before | plain).items()}
    errors = lead_errors(replace(NewLead(name=words.pop("name")), **words))  # type: ignore[arg-type]
    if "name" in changes and not str(changes["name"] or "").strip():
        errors.append(FieldError("name", "A lead needs a name.", "required"))
    if "qualification" in changes:
        errors += finding_errors(changes["qualification"], criteria_keys(pipelines.get()))
    owner_id, service_id, campaign_id = changes.get("owner_id"), changes.get("service_id"), changes.get("campaign_id")
    if owner_id is not None and not person_exists(owner_id):
        errors.append(FieldError("owner_id", worded("There is no colleague {owner_id}.", owner_id=owner_id), "unknown"))
    if service_id is not None and service_id not in get_service_facts([service_id]):
        errors.append(FieldError("service_id", worded("There is no service {service_id}.", service_id=service_id), "unknown"))
    if campaign_id is not None and not campaign_exists(campaign_id):
        errors.append(FieldError("campaign_id", worded("There is no campaign {campaign_id}.", campaign_id=campaign_id), "unknown"))
    employees = changes.get("employees")
    if employees is not None and not 0 <= employees <= 10_000_000:
        errors.append(FieldError("employees", "This is not a number of employees.", "range"))
    if errors:
        raise Refused(errors[0].words, errors)


def save_lead(lead: Lead, now: datetime) -> None:
    """A new version of the row."""
    lead.version += 1
    lead.updated_at = now
    lead.save()


@transaction.atomic
def answer_lead(
    *, actor: Actor, lead_id: int, kind: str, body: str, subject: str = "", is_mailed: bool = False, now: datetime
) -> int:
    """Log our answer and stop the clock of the first response; `is_mailed` sends it too. A lead without owner becomes the
    actor's. Returns the id of the log entry."""
    lead = lock_lead(actor=actor, lead_id=lead_id, permission="sales.lead.edit")
    require_open(lead)
    if kind not in ANSWER_KINDS:
        raise Refused.field("kind", worded("Choose one of {answer_kinds}.", answer_kinds=", ".join(ANSWER_KINDS)), "unknown")
    if not body.strip():
        raise Refused.field("body", "Write what you answered.", "required")
    if is_mailed and (kind != "email" or not lead.email):
        raise Refused.field("body", "There is no e-mail address to send this to.", "required")
    (entry_id,) = log_communications(
        actor=actor, now=now,
        entries=[
            NewCommunication(
                kind=CommunicationKind(kind), refs=(Ref("sales.lead", lead.pk),), body=body, subject=subject, direction="out",
                happened_at=now, participants=(NewParticipant(name=lead.name, address=lead.email or lead.phone),),
            )
        ],
    )
    if is_mailed:
        queue_mail(
            actor=actor, to=lead.email, subject=subject.strip() or f"Your message to {get_organisation().name}", text=body.strip(),
            ref=Ref("sales.lead", lead.pk), now=now,
        )
    stop_clock(actor, lead, responded_at=now, now=now)
    return entry_id


def stop_clock(actor: Actor, lead: Lead, *, responded_at: datetime, now: datetime) -> bool:
    """Note the first response; later ones change nothing."""
    if lead.responded_at is not None:
        return False
    lead.responded_at, lead.responded_by_id = max(responded_at, lead.received_at), actor.person_id
    audit: dict[str, list[Any]] = {"responded_at": [None, lead.responded_at]}
    if lead.owner_id is None and actor.person_id is not None:
        audit["owner_id"] = [None, actor.person_id]
        lead.owner_id = actor.person_id
    save_lead(lead, now)
    record_change(actor=actor, operation="sales.lead.answer", ref=Ref("sales.lead", lead.pk), changes=audit, now=now)
    publish(events.LeadAnswered(lead_id=lead.pk), actor=actor, now=now)
    return True


@transaction.atomic
def note_first_responses(*, actor: Actor, lead_ids: Iterable[int], responded_at: datetime, now: datetime) -> None:
    """Stop the clocks of leads to which somebody answered elsewhere in the log."""
    for lead in Lead.objects.select_for_update().filter(pk__in=list(lead_ids), status="open", responded_at__isnull=True).order_by("pk"):
        stop_clock(actor, lead, responded_at=responded_at, now=now)


@transaction.atomic
def close_lead(*, actor: Actor, lead_id: int, reason: str, version: int | None = None, now: datetime) -> bool:
    """Put a lead away as not a fit, with the reason. True when it was closed now, False when it had been."""
    lead = lock_lead(actor=actor, lead_id=lead_id, permission="sales.lead.edit")
    if lead.status == "closed":
        return False
    require_open(lead)
    check_lead_version(lead, version, {"reason": reason})
    if not reason.strip():
        raise Refused.field("reason", "Say why this is not a fit.", "required")
    check_reason(reason)
    lead.status, lead.closed_reason = "closed", reason.strip()
    lead.closed_date = civil_date(now, get_organisation().time_zone)
    save_lead(lead, now)
    record_change(
        actor=actor, operation="sales.lead.close", ref=Ref("sales.lead", lead.pk),
        changes={"status": ["open", "closed"], "reason": [None, lead.closed_reason]}, now=now,
    )
    publish(events.LeadClosed(lead_id=lead.pk), actor=actor, now=now)
    return True


@transaction.atomic
def reopen_lead(*, actor: Actor, lead_id: int, keeps_clock: bool = False, now: datetime) -> None:
    """Take a closed lead up again; one that was never answered gets a new clock, unless closing it is only taken back."""
    lead = lock_lead(actor=actor, lead_id=lead_id, permission="sales.lead.edit")
    if lead.status != "closed":
        raise Conflict(worded("{number} is {status}; only a closed lead is opened again.", number=lead.number, status=worded(lead.status)))
    lead.status, lead.closed_reason, lead.closed_date = "open", "", None
    if lead.responded_at is None and not keeps_clock:
        goal = Pipeline.objects.values_list("response_goal_minutes", flat=True).get(pk=lead.pipeline_id)
        lead.response_due_at = add_working_minutes(
            now, goal, calendar=get_default_calendar()[1], zone=get_organisation().time_zone
        )
    save_lead(lead, now)
    record_change(
        actor=actor, operation="sales.lead.reopen", ref=Ref("sales.lead", lead.pk), changes={"status": ["closed", "open"]}, now=now
    )
    publish(events.LeadReopened(lead_id=lead.pk), actor=actor, now=now)
