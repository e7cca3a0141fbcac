"""The register of risks and issues of a project."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from wonward.domains.delivery import events
from wonward.domains.delivery.models import Project, Risk
from wonward.domains.delivery.operations.locking import hold_project
from wonward.domains.delivery.rules.risks import risk_errors
from wonward.domains.delivery.types import RiskFields
from wonward.domains.staff.queries import person_exists
from wonward.foundation.audit.operations import record_change
from wonward.foundation.events.operations import publish
from wonward.foundation.organisation.queries import civil_date, get_organisation
from wonward.kernel.actor import Actor
from wonward.kernel.errors import FieldError, NotFound, Refused, Stale
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded


@transaction.atomic
def enter_risk(*, actor: Actor, project_id: int, fields: RiskFields, now: datetime) -> int:
    """Put a risk or an issue into the register of a project; its id."""
    project = hold_project(actor, project_id)
    values = asdict(fields)
    _check(values)
    last = Risk.objects.filter(project=project).aggregate(last=Max("number"))["last"] or 0
    risk = Risk.objects.create(
        project=project, number=last + 1, happened_date=_today(now) if fields.kind == "issue" else None, created_at=now,
        updated_at=now, **{**values, "title": fields.title.strip()},
    )
    _tell(actor, project, risk, "delivery.risk.enter", {"title": [None, risk.title]}, now)
    return risk.pk


@transaction.atomic
def change_risk(
    *, actor: Actor, risk_id: int, changes: Mapping[str, Any], version: int | None = None, now: datetime
) -> None:
    """Change a risk: its words, scales, owner, response, or `status` (open, closed). `kind` issue says that it happened."""
    project_id = Risk.objects.filter(pk=risk_id).values_list("project_id", flat=True).first()
    if project_id is None:
        raise NotFound("risk", risk_id)
    try:
        project = hold_project(actor, project_id)
    except NotFound:
        raise NotFound("risk", risk_id) from None
    risk = Risk.objects.get(pk=risk_id)
    if version is not None and version != risk.version:
        raise Stale(
            worded("“{title}” was changed by somebody else in the meantime.", title=risk.title),
            current={name: getattr(risk, name, None) for name in changes}, yours=changes,
        )
    _check(changes)
    audit = {name: [getattr(risk, name), value] for name, value in changes.items() if getattr(risk, name) != value}
    if not audit:
        return
    for name, (_, value) in audit.items():
        setattr(risk, name, value)
    if "kind" in audit:
        risk.happened_date = _today(now) if risk.kind == "issue" else None
    if "status" in audit:
        risk.closed_at = now if risk.status == "closed" else None
    risk.version += 1
    risk.updated_at = now
    risk.save()
    _tell(actor, project, risk, "delivery.risk.change", audit, now)


def _today(now: datetime) -> date:
    return civil_date(now, get_organisation().time_zone)


def _check(values: Mapping[str, Any]) -> None:
    errors = risk_errors(values)
    if values.get("owner_id") is not None and not person_exists(values["owner_id"]):
        errors.append(FieldError("owner_id", worded("There is no colleague {owner_id}.", owner_id=values["owner_id"]), "unknown"))
    if errors:
        raise Refused(errors[0].words, errors)


def _tell(actor: Actor, project: Project, risk: Risk, operation: str, changes: dict[str, list[Any]], now: datetime) -> None:
    record_change(
        actor=actor, operation=operation, ref=Ref("delivery.project", project.pk), now=now,
        changes={f"risk {risk.number}, {name}": pair for name, pair in changes.items()},
    )
    publish(events.RiskChanged(project_id=project.pk, company_id=project.company_id, risk_id=risk.pk), actor=actor, now=now)
