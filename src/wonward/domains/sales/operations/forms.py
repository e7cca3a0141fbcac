"""Forms on the web: making them, and taking in what strangers send."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from django.db import transaction

from wonward.domains.marketing.queries import campaign_exists
from wonward.domains.sales.models import FormSubmission, LeadForm, Pipeline
from wonward.domains.sales.operations.leads import create_leads
from wonward.domains.sales.queries.forms import services_offered, shown_fields
from wonward.domains.sales.rules.leads import (
    LIMIT_WINDOW,
    SAME_WINDOW,
    digest_of,
    form_errors,
    sent_errors,
    verdict_on,
)
from wonward.domains.sales.types.leads import Finding, FormField, NewLead, NewLeadForm, SentForm
from wonward.domains.staff.queries import person_exists
from wonward.foundation.access.policy import require
from wonward.foundation.audit.operations import record_change
from wonward.kernel.actor import Actor, system_actor
from wonward.kernel.errors import NotFound, Refused, Stale
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded

_FINDINGS = ("need", "budget", "timing")
_SILENT = ("trap",)
_WORDS = {
    "limited": worded("Too many messages came from here. Please try again in an hour."),
    "expired": worded("This page was open for too long. Please send it once more."),
    "fast": worded("That was very quick. Please send it once more."),
}


class FormRefused(Refused):
    """What was sent looks like a machine's; the sender may try again. `verdict` says why."""

    code = "form_refused"

    def __init__(self, verdict: str) -> None:
        super().__init__(_WORDS[verdict])
        self.verdict = verdict


@transaction.atomic
def save_form(*, actor: Actor, form: NewLeadForm, form_id: int | None = None, version: int | None = None, now: datetime) -> int:
    """Add a form, or change one as a whole; its address never changes. Returns its id."""
    require(actor, "sales.lead.configure")
    errors = form_errors(form)
    if errors:
        raise Refused(errors[0].words, errors)
    if form.owner_id is not None and not person_exists(form.owner_id):
        raise Refused.field("owner_id", worded("There is no colleague {owner_id}.", owner_id=form.owner_id), "unknown")
    if form.campaign_id is not None and not campaign_exists(form.campaign_id):
        raise Refused.field("campaign_id", worded("There is no campaign {campaign_id}.", campaign_id=form.campaign_id), "unknown")
    pipelines = Pipeline.objects.order_by("-is_default", "position", "pk")
    pipeline_id = form.pipeline_id or pipelines.values_list("pk", flat=True)[0]
    if not pipelines.filter(pk=pipeline_id).exists():
        raise Refused.field("pipeline_id", worded("There is no pipeline {pipeline_id}.", pipeline_id=pipeline_id), "unknown")
    row = _form_to_change(form_id, version) if form_id is not None else LeadForm(key=secrets.token_urlsafe(12), created_at=now)
    values = {
        "name": form.name.strip()[:160], "title": form.title.strip()[:160], "intro": form.intro.strip(),
        "button": form.button.strip()[:60], "thanks": form.thanks.strip(), "fields": _stored(form.fields),
        "source": form.source.strip()[:120] or form.name.strip()[:120], "campaign_id": form.campaign_id,
        "pipeline_id": pipeline_id, "owner_id": form.owner_id, "is_open": form.is_open,
    }
    audit = {name: [getattr(row, name) if row.pk else None, value] for name, value in values.items() if not row.pk or getattr(row, name) != value}
    if not audit:
        return row.pk
    for name, value in values.items():
        setattr(row, name, value)
    row.version = row.version + 1 if row.pk else 1
    row.updated_at = now
    row.save()
    record_change(
        actor=actor, operation="sales.form.save", ref=Ref("sales.lead_form", row.pk), changes=audit, now=now,
    )
    return row.pk


def _form_to_change(form_id: int, version: int | None) -> LeadForm:
    row = LeadForm.objects.select_for_update().filter(pk=form_id).first()
    if row is None:
        raise NotFound("form", form_id)
    if version is not None and version != row.version:
        raise Stale(worded("“{name}” was changed by somebody else in the meantime.", name=row.name), current={"version": row.version}, yours={"version": version})
    return row


def _stored(fields: tuple[FormField, ...]) -> list[dict[str, object]]:
    return [
        {"name": one.name, "label": one.label.strip()[:120], "kind": one.kind, "is_required": one.is_required,
         "choices": [choice.strip()[:120] for choice in one.choices if choice.strip()][:40]}
        for one in fields
    ]


def submit_form(*, key: str, sent: SentForm, now: datetime) -> int | None:
    """Take in what a stranger sent as a lead; its id, or None for a machine that is told nothing.

    The same answers sent once more within an hour are the lead that is there. NotFound when there is no such form or it is
    closed, FormRefused when it comes too often or too fast, Refused field by field. Every attempt is noted, so that a refusal
    counts too.
    """
    form = LeadForm.objects.filter(key=key, is_open=True).first()
    if form is None:
        raise NotFound("form", key)
    digest = hashlib.sha256(f"{form.key}:{sent.sender}".encode()).hexdigest()
    recent = FormSubmission.objects.filter(happened_at__gt=now - LIMIT_WINDOW, verdict__in=("accepted", "again", "fast", "expired"))
    verdict = verdict_on(
        sent, now=now, by_sender=recent.filter(sender_digest=digest).count(), by_form=recent.filter(form=form, verdict="accepted").count()
    )
    if verdict == "accepted":
        errors = sent_errors(shown_fields(form), sent.answers)
        if errors:
            raise Refused("Some answers are missing.", errors)
    lead_id, said = None, ""
    with transaction.atomic():
        if verdict == "accepted":
            said = digest_of({one.name: sent.answers.get(one.name, "") for one in shown_fields(form)})
            lead_id = _lead_there(form, said, now)
            verdict = "again" if lead_id else verdict
        if verdict == "accepted":
            (lead_id,) = create_leads(
                actor=system_actor(f"Form “{form.name}”", via="form"), leads=[_lead_of(form, sent)], form_id=form.pk, now=now
            )
        FormSubmission.objects.create(form=form, lead_id=lead_id, sender_digest=digest, said_digest=said, verdict=verdict, happened_at=now)
    if verdict not in ("accepted", "again", *_SILENT):
        raise FormRefused(verdict)
    return lead_id


def _lead_there(form: LeadForm, said: str, now: datetime) -> int | None:
    """The lead that the same answers made a moment ago. Two that arrive at once wait for each other at the form's row."""
    LeadForm.objects.select_for_update().filter(pk=form.pk).values_list("pk").first()
    same = FormSubmission.objects.filter(form=form, said_digest=said, verdict="accepted", lead__isnull=False, happened_at__gt=now - SAME_WINDOW)
    return same.order_by("happened_at", "pk").values_list("lead_id", flat=True).first()


def _lead_of(form: LeadForm, sent: SentForm) -> NewLead:
    asked = [one.name for one in shown_fields(form)]
    said = {name: sent.answers.get(name, "").replace("\x00", "").strip() for name in asked}
    criteria = {one["key"] for one in form.pipeline.qualification}
    findings = {key: Finding("partly", said[key][:1000]) for key in _FINDINGS if key in criteria and said.get(key)}
    spare = [f"{key.capitalize()}: {said[key]}" for key in _FINDINGS if said.get(key) and key not in criteria]
    message = "\n\n".join(part for part in (said.get("message", ""), *spare) if part)
    services = dict(services_offered())
    service = said.get("service", "")
    return NewLead(
        name=said.get("name", ""), company_name=said.get("company_name", ""), title=said.get("title", ""), email=said.get("email", ""),
        phone=said.get("phone", ""), website=said.get("website", ""), country=said.get("country", ""), message=message, source=form.source, utm=sent.utm, campaign_id=form.campaign_id, pipeline_id=form.pipeline_id, owner_id=form.owner_id,
        service_id=next((key for key, name in services.items() if name == service), None), qualification=findings,
    )


def prune_submissions(*, before: datetime) -> int:
    """Forget who tried to send forms before an instant, and what stood for the answers of the others; leads stay."""
    FormSubmission.objects.filter(happened_at__lt=before).exclude(said_digest="").update(said_digest="")
    return FormSubmission.objects.filter(happened_at__lt=before, lead__isnull=True).delete()[0]
