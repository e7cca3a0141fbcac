"""Reading handoffs, as far as the viewer sees them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from wonward.domains.sales.queries.deals import find_deal_rows
from wonward.foundation.access.policy import reaches_all, visible_ids
from wonward.foundation.access.queries import question_of, rows_seen
from wonward.foundation.database.prepared import Question, count_of
from wonward.journeys.handoff.models import Handoff, HandoffProject
from wonward.journeys.handoff.types import CreatedProjectRow, ExtraAnswer, HandoffRow
from wonward.kernel.actor import Actor, Scope
from wonward.kernel.errors import NotFound

SORTS: dict[str, tuple[str, ...]] = {
    "submitted_at": ("submitted_at", "pk"), "-submitted_at": ("-submitted_at", "-pk"), "id": ("pk",), "-id": ("-pk",),
    "updated_at": ("updated_at", "pk"), "-updated_at": ("-updated_at", "-pk"),
    "deal": ("deal__name", "pk"), "-deal": ("-deal__name", "-pk"),
    "promised": ("promised_finish_date", "pk"), "-promised": ("-promised_finish_date", "-pk"),
    "kickoff": ("kickoff_date", "pk"), "-kickoff": ("-kickoff_date", "-pk"),
}
GROUPS: dict[str, tuple[str, ...]] = {
    "client": ("deal__company__name", "deal__company_id"), "lead": ("lead__name", "lead_id"), "seller": ("submitted_by__name", "submitted_by_id"),
}


_REACHES = ("handoff.handoff.view", "sales.deal.view", "delivery.project.view")


def visible_handoffs(actor: Actor) -> QuerySet[Handoff]:
    """Handoffs whose deal, or one of whose projects, the actor sees."""
    if not actor.may("handoff.handoff.view"):
        return Handoff.objects.none()
    if reaches_all("sales.deal", actor):
        return Handoff.objects.all()
    projects = HandoffProject.objects.filter(project__in=visible_ids("delivery.project", actor))
    return Handoff.objects.filter(
        Q(deal__in=visible_ids("sales.deal", actor)) | Q(pk__in=projects.values("handoff_id"))
    )


def get_handoff(*, actor: Actor, handoff_id: int) -> HandoffRow:
    """One handoff, or NotFound."""
    rows = handoff_rows(actor, visible_handoffs(actor).filter(pk=handoff_id))
    if not rows:
        raise NotFound("handoff", handoff_id)
    return rows[0]


def list_handoffs(
    *, actor: Actor, status: str = "", text: str = "", handoff_ids: Collection[int] | None = None, updated_since: datetime | None = None, sort: str = "",
    group: str = "", is_mine: bool = False, offset: int = 0, limit: int = 50,
) -> list[HandoffRow]:
    """A page of handoffs; waiting ones oldest first, settled ones newest first, unless `sort` is one of SORTS.

    `group`, one of GROUPS, comes before that order; `is_mine` keeps those the viewer handed over or leads.
    """
    handoffs = visible_handoffs(actor)
    if status:
        handoffs = handoffs.filter(status=status)
    if handoff_ids is not None:
        handoffs = handoffs.filter(pk__in=set(handoff_ids))
    if text:
        handoffs = handoffs.filter(
            Q(number__iexact=text) | Q(deal__name__icontains=text) | Q(deal__company__name__icontains=text)
        )
    if updated_since:
        handoffs = handoffs.filter(updated_at__gte=updated_since)
    if is_mine:
        handoffs = handoffs.filter(Q(lead_id=actor.person_id or 0) | Q(submitted_by_id=actor.person_id or 0))
    first = GROUPS[group] if group else ()
    order = SORTS[sort or ("-submitted_at" if status == "accepted" else "submitted_at")]
    return handoff_rows(actor, handoffs.order_by(*first, *order)[offset : offset + limit])


def list_handoffs_of_company(*, actor: Actor, company_id: int) -> list[HandoffRow]:
    """The handoffs of a company's deals, newest first; the values are the deals' to tell."""
    newest = visible_handoffs(actor).filter(deal__company_id=company_id).order_by("-submitted_at", "-pk")[:50]
    return _rows(actor, newest.values_list(*_COLUMNS), with_values=False)


def count_handoffs(*, actor: Actor) -> dict[str, int]:
    """Handoffs per status, as far as the viewer sees them."""
    rows = visible_handoffs(actor).order_by().values_list("status").annotate(count=Count("pk"))
    return dict(rows)


def ask_count(actor: Actor, *, status: str) -> Question:
    """How many handoffs of a status the viewer sees, to be asked together with other numbers."""
    return question_of(
        actor, f"handoffs in {status}", _REACHES, lambda viewer, _: count_of(visible_handoffs(viewer).filter(status=status))
    )


def find_handoff_of_deal(*, actor: Actor, deal_id: int) -> HandoffRow | None:
    """The handoff of a deal, or None; the value is the deal's to tell."""
    found = rows_seen(
        actor, "handoff of a deal", _REACHES,
        lambda viewer, values: visible_handoffs(viewer).filter(deal_id=values["deal"]).values_list(*_COLUMNS), {"deal": deal_id},
    )
    rows = _rows(actor, found, with_values=False)
    return rows[0] if rows else None


def find_handoff_of_project(*, actor: Actor, project_id: int) -> HandoffRow | None:
    """The handoff a project came from, without its value and its projects; one query."""
    found = rows_seen(
        actor, "handoff of a project", _REACHES, lambda viewer, values: visible_handoffs(viewer).filter(
            project_links__project_id=values["project"]
        ).values_list(*_COLUMNS), {"project": project_id},
    )
    return _row(dict(zip(_COLUMNS, found[0], strict=True)), (), {}) if found else None


def find_deal_of_project(*, project_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """(deal id, handoff id) by project, for records whose visibility has been settled."""
    rows = HandoffProject.objects.filter(project_id__in=set(project_ids))
    return {key: (deal, handoff) for key, deal, handoff in rows.values_list("project_id", "handoff__deal_id", "handoff_id")}


def list_accepted_handoffs(*, since: datetime, until: datetime) -> list[tuple[int, datetime, bool, int, int | None, int | None, int | None]]:
    """Handoffs accepted in a time: id, when, whether never returned, deal, its owner, who handed over, who leads. For sums, whoever may see them.

    Those of restricted deals are left out. One query.
    """
    accepted = Handoff.objects.filter(accepted_at__gte=since, accepted_at__lt=until, deal__is_restricted=False).order_by("-accepted_at", "-pk")
    found = accepted.values_list("pk", "accepted_at", "returns_count", "deal_id", "deal__owner_id", "submitted_by_id", "lead_id")
    return [(key, at, not returns, deal, owner, seller, lead) for key, at, returns, deal, owner, seller, lead in found if at is not None]


def find_projects_of_deals(*, deal_ids: Collection[int]) -> dict[int, int]:
    """The deal of each project that the handoffs of these deals made; one query."""
    rows = HandoffProject.objects.filter(handoff__deal_id__in=set(deal_ids))
    return dict(rows.values_list("project_id", "handoff__deal_id"))


def find_live_projects(*, deal_ids: Collection[int]) -> dict[int, list[int]]:
    """The projects of each of these deals whose handoff stands, in the order they were made; one query."""
    found: dict[int, list[int]] = {}
    rows = HandoffProject.objects.filter(handoff__deal_id__in=set(deal_ids)).exclude(handoff__status="withdrawn")
    for deal_id, project_id in rows.order_by("pk").values_list("handoff__deal_id", "project_id"):
        found.setdefault(deal_id, []).append(project_id)
    return found


def handoff_rows(actor: Actor, handoffs: QuerySet[Handoff]) -> list[HandoffRow]:
    """Rows for handoffs already filtered, with the projects the viewer sees; a fixed number of queries."""
    return _rows(actor, handoffs.values_list(*_COLUMNS))


_COLUMNS = (
    "pk", "number", "deal_id", "deal__number", "deal__name", "deal__company_id", "deal__company__name", "status", "scope_summary",
    "promised_finish_date", "key_constraints", "no_constraints", "main_stakeholder_id", "main_stakeholder__name", "kickoff_date",
    "asked_kickoff_date", "lead_id", "lead__name", "submitted_by_id", "submitted_by__name", "submitted_at", "accepted_by__name",
    "accepted_at", "returns_count", "records_created", "version", "created_at", "updated_at", "extra_answers", "due_at",
    "escalated_at", "completeness", "uncovered_at_kickoff", "deal__status",
)
_PROJECT_COLUMNS = (
    "handoff_id", "project_id", "project__number", "project__name", "template_name", "template_number", "task_count",
    "milestone_count",
)


def _rows(actor: Actor, tuples: Iterable[tuple[Any, ...]], *, with_values: bool = True) -> list[HandoffRow]:
    found = [dict(zip(_COLUMNS, values, strict=True)) for values in tuples]
    if not found:
        return []
    projects: dict[int, list[CreatedProjectRow]] = {}
    links = HandoffProject.objects.filter(handoff_id__in=[row["pk"] for row in found]).order_by("pk")
    if not reaches_all("delivery.project", actor):
        links = links.filter(project__in=visible_ids("delivery.project", actor))
    for values in links.values_list(*_PROJECT_COLUMNS):
        projects.setdefault(values[0], []).append(CreatedProjectRow(*values[1:]))
    shown = _values(actor, found) if with_values else {}
    return [_row(row, tuple(projects.get(row["pk"], ())), shown) for row in found]


def _values(actor: Actor, handoffs: Sequence[dict[str, Any]]) -> dict[int, Any]:
    """Deal values for those with the right; the delivery lead of a handoff manages its project."""
    deal_ids = [row["deal_id"] for row in handoffs]
    mine = [row["deal_id"] for row in handoffs if row["lead_id"] is not None and row["lead_id"] == actor.person_id]
    shown = {key: deal.value for key, deal in find_deal_rows(actor=actor, deal_ids=deal_ids).items()}
    if mine and actor.scope_of("sales.value.view") is Scope.OWN:
        shown |= {key: deal.value for key, deal in find_deal_rows(actor=actor, deal_ids=mine, value_is_known=True).items()}
    return shown


def _row(row: dict[str, Any], projects: tuple[CreatedProjectRow, ...], values: dict[int, Any]) -> HandoffRow:
    return HandoffRow(
        row["pk"], row["number"], row["deal_id"], row["deal__number"], row["deal__name"], row["deal__company_id"],
        row["deal__company__name"] or "", values.get(row["deal_id"]), row["status"], row["scope_summary"],
        row["promised_finish_date"], row["key_constraints"], row["no_constraints"], row["main_stakeholder_id"],
        row["main_stakeholder__name"], row["kickoff_date"], row["asked_kickoff_date"], row["lead_id"], row["lead__name"] or "",
        row["submitted_by_id"], row["submitted_by__name"] or "", row["submitted_at"], row["accepted_by__name"] or "",
        row["accepted_at"], row["returns_count"], row["records_created"], projects, row["version"], row["created_at"],
        row["updated_at"], tuple(ExtraAnswer(**one) for one in row["extra_answers"]), row["due_at"], row["escalated_at"],
        row["completeness"], row["uncovered_at_kickoff"], row["deal__status"] == "lost",
    )
