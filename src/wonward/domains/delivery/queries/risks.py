"""Reading the register of risks and issues."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Case, ExpressionWrapper, F, IntegerField, OrderBy, Q, QuerySet, Value, When

from wonward.domains.delivery.models import Project, Risk
from wonward.domains.delivery.types import RiskRow
from wonward.foundation.access.policy import visible_refs
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotFound
from wonward.kernel.ref import Ref

_COLUMNS = ("pk", "project_id", "number", "kind", "title", "description", "probability", "impact", "owner_id", "owner__name",
            "due_date", "strategy", "response", "status", "happened_date", "closed_at", "version", "created_at", "updated_at")


# The gravest first; what is closed comes behind what is open.
SORTS: dict[str, tuple[str | OrderBy, ...]] = {
    "exposure": ("-status", "exposed", "pk"), "-exposure": ("-status", "-exposed", "due_date", "pk"), "title": ("title", "pk"), "-title": ("-title", "-pk"),
    "due_date": (F("due_date").asc(nulls_last=True), "pk"), "-due_date": (F("due_date").desc(nulls_last=True), "-pk"),
    "updated_at": ("updated_at", "pk"), "-updated_at": ("-updated_at", "-pk"),
}
GROUPS: dict[str, tuple[str, ...]] = {"kind": ("-kind",), "owner": ("owner__name", "owner_id"), "strategy": ("strategy",)}


def list_risks(
    *, actor: Actor, project_id: int, kinds: Collection[str] = (), statuses: Collection[str] = (), owner_id: int | None = None,
    text: str = "", sort: str = "-exposure", group: str = "", offset: int = 0, limit: int = 200,
) -> list[RiskRow]:
    """The register of a project the viewer sees, by one of SORTS within `group`, one of GROUPS; an owner of 0 is nobody."""
    if not visible_refs(actor, [Ref("delivery.project", project_id)]):
        raise NotFound("project", project_id)
    risks = Risk.objects.filter(project_id=project_id)
    if kinds:
        risks = risks.filter(kind__in=kinds)
    if statuses:
        risks = risks.filter(status__in=statuses)
    if owner_id is not None:
        risks = risks.filter(owner_id=owner_id or None) if owner_id else risks.filter(owner__isnull=True)
    if text:
        risks = risks.filter(Q(title__icontains=text) | Q(description__icontains=text) | Q(response__icontains=text))
    certain = Case(When(kind="issue", then=Value(5)), default=F("probability"), output_field=IntegerField())
    weighed = risks.annotate(exposed=ExpressionWrapper(certain * F("impact"), output_field=IntegerField()))
    return _rows(weighed.order_by(*(GROUPS[group] if group else ()), *SORTS[sort])[offset : offset + limit])


def get_risk(*, actor: Actor, risk_id: int) -> RiskRow:
    """One risk or issue of a visible project, or NotFound."""
    found = _rows(Risk.objects.filter(pk=risk_id, project__in=Project.objects.visible_to(actor)))
    if not found:
        raise NotFound("risk", risk_id)
    return found[0]


def _rows(risks: QuerySet[Risk]) -> list[RiskRow]:
    rows = []
    for values in risks.values_list(*_COLUMNS):
        row = list(values)
        row[9] = row[9] or ""
        rows.append(RiskRow(*row))
    return rows
