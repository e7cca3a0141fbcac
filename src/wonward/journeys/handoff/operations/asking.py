"""What the gate asks for: fields of pipelines and services, drafts of their answers, and the rules of handoffs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from wonward.domains.catalog.queries import get_service_facts
from wonward.domains.sales.operations.next_actions import save_brief
from wonward.domains.sales.queries.pipelines import list_pipelines
from wonward.domains.sales.rules import LONGEST_ANSWER
from wonward.foundation.access.policy import require
from wonward.foundation.audit.operations import record_change
from wonward.journeys.handoff.models import GateDraft, HandoffRules, RequiredAnswer
from wonward.journeys.handoff.queries.gate import draft_answers, get_gate_facts, get_rules
from wonward.journeys.handoff.rules.answers import asked_errors, key_of
from wonward.journeys.handoff.types import NewAskedAnswer
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict, FieldError, NotFound, Refused
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded

MOST_HOURS = 1000
MOST_ITEMS = 60


@transaction.atomic
def save_gate_answers(
    *, actor: Actor, deal_id: int, answers: Mapping[str, Any], extra: Mapping[str, str], now: datetime
) -> None:
    """Keep what is known of the five answers and of the asked ones for the win; what is not asked is refused."""
    save_brief(actor=actor, deal_id=deal_id, answers=answers, now=now)
    asked = {one.key for one in get_gate_facts(actor=actor, deal_id=deal_id).asked}
    errors = [
        FieldError(f"brief.extra.{key}", worded("Nothing called “{key}” is asked of this deal.", key=key), "unknown") for key in extra if key not in asked
    ] + [
        FieldError(f"brief.extra.{key}", worded("An answer has at most {longest_answer} characters.", longest_answer=LONGEST_ANSWER), "too_long")
        for key, value in extra.items()
        if len(value) > LONGEST_ANSWER
    ]
    if errors:
        raise Refused(errors[0].words, errors)
    before = draft_answers(deal_id)
    after = {**before, **{key: value.strip() for key, value in extra.items()}}
    if after == before:
        return
    GateDraft.objects.update_or_create(deal_id=deal_id, defaults={"answers": after, "updated_at": now})
    record_change(
        actor=actor, operation="handoff.gate.draft", ref=Ref("sales.deal", deal_id),
        changes={key: [before.get(key), value] for key, value in after.items() if before.get(key) != value}, now=now,
    )


@transaction.atomic
def require_answer(*, actor: Actor, new: NewAskedAnswer, now: datetime) -> int:
    """Ask for a field at every gate of a pipeline, or of deals with a service. Returns its id."""
    require(actor, "handoff.rules.edit")
    errors = asked_errors(new)
    if new.pipeline_id is not None and new.pipeline_id not in {row.id for row in list_pipelines()}:
        errors.append(FieldError("pipeline_id", worded("There is no pipeline {pipeline_id}.", pipeline_id=new.pipeline_id), "unknown"))
    if new.service_id is not None and not get_service_facts([new.service_id]):
        errors.append(FieldError("service_id", worded("There is no service {service_id}.", service_id=new.service_id), "unknown"))
    key = key_of(new)
    if RequiredAnswer.objects.filter(key=key, archived_at__isnull=True).exists():
        errors.append(FieldError("key", worded("“{key}” is asked for already.", key=key), "taken"))
    if errors:
        raise Refused(errors[0].words, errors)
    choices = list(dict.fromkeys(one.strip()[:120] for one in new.choices if one.strip())) if new.kind == "choice" else []
    row = RequiredAnswer.objects.create(
        pipeline_id=new.pipeline_id, service_id=new.service_id, key=key, label=new.label.strip(), kind=new.kind, choices=choices,
        position=RequiredAnswer.objects.count(), created_at=now, updated_at=now,
    )
    record_change(
        actor=actor, operation="handoff.rules.require", ref=Ref("handoff.required_answer", row.pk),
        changes={"label": [None, row.label], "kind": [None, row.kind]}, now=now,
    )
    return row.pk


@transaction.atomic
def drop_required_answer(*, actor: Actor, answer_id: int, now: datetime) -> None:
    """Ask for a field no more; what has been answered stays where it was frozen."""
    require(actor, "handoff.rules.edit")
    row = RequiredAnswer.objects.select_for_update().filter(pk=answer_id, archived_at__isnull=True).first()
    if row is None:
        raise NotFound("required answer", answer_id)
    row.archived_at, row.updated_at, row.version = now, now, row.version + 1
    row.save()
    record_change(
        actor=actor, operation="handoff.rules.drop", ref=Ref("handoff.required_answer", row.pk),
        changes={"archived_at": [None, now]}, now=now,
    )


@transaction.atomic
def change_handoff_rules(
    *, actor: Actor, acceptance_minutes: int | None = None, checklist: Sequence[str] | None = None, version: int | None = None,
    now: datetime,
) -> None:
    """Set the acceptance limit in working minutes and the list kickoffs start with; handoffs that exist keep theirs."""
    require(actor, "handoff.rules.edit")
    before = get_rules()
    if version is not None and version != before.version:
        raise Conflict("The handoff rules were changed by somebody else in the meantime.")
    items = before.checklist if checklist is None else tuple(one.strip() for one in checklist if one.strip())
    minutes = before.acceptance_minutes if acceptance_minutes is None else acceptance_minutes
    errors = []
    if not 60 <= minutes <= MOST_HOURS * 60:
        errors.append(FieldError("acceptance_minutes", worded("Give delivery between 1 and {most_hours} working hours.", most_hours=MOST_HOURS), "range"))
    if len(items) > MOST_ITEMS:
        errors.append(FieldError("checklist", worded("A kickoff list has at most {most_items} lines.", most_items=MOST_ITEMS), "too_long"))
    if any(len(one) > 300 for one in items):
        errors.append(FieldError("checklist", "A line of the kickoff list has at most 300 characters.", "too_long"))
    if errors:
        raise Refused(errors[0].words, errors)
    HandoffRules.objects.update_or_create(
        pk=1,
        defaults={"acceptance_minutes": minutes, "checklist": list(items), "version": before.version + 1, "updated_at": now},
    )
    record_change(
        actor=actor, operation="handoff.rules.change", ref=Ref("handoff.rules", 1),
        changes={"acceptance_minutes": [before.acceptance_minutes, minutes], "checklist": [list(before.checklist), list(items)]},
        now=now,
    )
