"""Reading handoffs, and what a win would create."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from wonward.domains.catalog.queries import get_blueprints
from wonward.domains.catalog.types import SoldLine
from wonward.domains.clients.queries import list_stakeholders
from wonward.domains.comms.queries import count_communications
from wonward.domains.sales.queries.deals import find_deal_rows, get_brief, get_deal, list_lines
from wonward.domains.sales.rules import brief_errors
from wonward.domains.staff.queries import (
    find_delivery_lead,
    find_person,
    get_default_calendar,
)
from wonward.foundation.access.policy import reaches_all, visible_ids
from wonward.foundation.access.queries import question_of, rows_seen
from wonward.foundation.database.prepared import Question, count_of
from wonward.foundation.files.queries import count_documents
from wonward.journeys.handoff.models import Handoff, HandoffProject, HandoffQuestion, ScopeBaseline
from wonward.journeys.handoff.types import (
    CreatedProjectRow,
    HandoffRow,
    ProjectPreview,
    QuestionRow,
    WinPreview,
)
from wonward.journeys.promises.queries import list_promises
from wonward.kernel.actor import Actor, Scope
from wonward.kernel.errors import FieldError, NotFound
from wonward.kernel.ref import Ref

SORTS: dict[str, tuple[str, ...]] = {
    "submitted_at": ("submitted_at", "pk"), "-submitted_at": ("-submitted_at", "-pk"), "id": ("pk",), "-id": ("-pk",),
    "updated_at": ("updated_at", "pk"), "-updated_at": ("-updated_at", "-pk"),
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
    *, actor: Actor, status: str = "", text: str = "", updated_since: datetime | None = None, sort: str = "",
    offset: int = 0, limit: int = 50,
) -> list[HandoffRow]:
    """A page of handoffs; waiting ones oldest first, settled ones newest first, unless `sort` is one of SORTS."""
    handoffs = visible_handoffs(actor)
    if status:
        handoffs = handoffs.filter(status=status)
    if text:
        handoffs = handoffs.filter(
            Q(number__iexact=text) | Q(deal__name__icontains=text) | Q(deal__company__name__icontains=text)
        )
    if updated_since:
        handoffs = handoffs.filter(updated_at__gte=updated_since)
    order = SORTS[sort or ("-submitted_at" if status == "accepted" else "submitted_at")]
    return handoff_rows(actor, handoffs.order_by(*order)[offset : offset + limit])


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


def find_projects_of_deals(*, deal_ids: Collection[int]) -> dict[int, list[int]]:
    """Project ids by deal, for records whose visibility has been settled."""
    found: dict[int, list[int]] = {}
    rows = HandoffProject.objects.filter(handoff__deal_id__in=set(deal_ids)).order_by("pk")
    for deal_id, project_id in rows.values_list("handoff__deal_id", "project_id"):
        found.setdefault(deal_id, []).append(project_id)
    return found


def handoff_rows(actor: Actor, handoffs: QuerySet[Handoff]) -> list[HandoffRow]:
    """Rows for handoffs already filtered, with the projects the viewer sees; a fixed number of queries."""
    return _rows(actor, handoffs.values_list(*_COLUMNS))


_COLUMNS = (
    "pk", "number", "deal_id", "deal__number", "deal__name", "deal__company_id", "deal__company__name", "status", "scope_summary",
    "promised_finish_date", "key_constraints", "no_constraints", "main_stakeholder_id", "main_stakeholder__name", "kickoff_date",
    "asked_kickoff_date", "lead_id", "lead__name", "submitted_by_id", "submitted_by__name", "submitted_at", "accepted_by__name",
    "accepted_at", "returns_count", "records_created", "version", "created_at", "updated_at",
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
        row["updated_at"],
    )


def list_questions(*, handoff_id: int) -> list[QuestionRow]:
    """Every question asked about a handoff the viewer has been shown, oldest first."""
    rows = HandoffQuestion.objects.filter(handoff_id=handoff_id).order_by("round", "pk")
    return [_question(row) for row in rows]


def _question(row: HandoffQuestion) -> QuestionRow:
    return QuestionRow(
        row.pk, row.round, row.field, row.text, row.asked_by, row.asked_at, row.answer, row.answered_by, row.answered_at
    )


def find_open_questions(*, handoff_ids: Collection[int]) -> dict[int, list[QuestionRow]]:
    """Unanswered questions by handoff, oldest first, for handoffs the viewer has been shown; one query."""
    found: dict[int, list[QuestionRow]] = {}
    for row in HandoffQuestion.objects.filter(handoff_id__in=set(handoff_ids), answer="").order_by("pk"):
        found.setdefault(row.handoff_id, []).append(_question(row))
    return found


def get_scope_baseline(*, handoff_id: int) -> dict[str, Any]:
    """The newest frozen scope of a handoff the viewer has been shown; amounts are in it, so mind who asks."""
    document = ScopeBaseline.objects.filter(handoff_id=handoff_id).order_by("-number").values_list("document", flat=True).first()
    return document or {}


def preview_win(*, actor: Actor, deal_id: int, kickoff_date: date | None) -> WinPreview:
    """What closing this deal as won would create, by the same rules that create it."""
    deal = get_deal(actor=actor, deal_id=deal_id)
    ref = Ref("sales.deal", deal_id)
    lines = list_lines(deal=deal)
    blueprints = get_blueprints(name=deal.name, lines=[SoldLine(line.service_id, line.quantity) for line in lines])
    keys = {item.promise_key for blueprint in blueprints for item in blueprint.items if item.promise_key}
    promises = [row for row in list_promises(actor=actor, deal_id=deal_id) if row.state in ("draft", "confirmed")]
    lead_id = find_delivery_lead()
    lead = find_person(lead_id) if lead_id else None
    _, calendar = get_default_calendar()
    return WinPreview(
        tuple(
            ProjectPreview(
                blueprint.name, blueprint.template_name, blueprint.template_number,
                sum(1 for item in blueprint.items if item.kind == "task"),
                sum(1 for item in blueprint.items if item.is_moment),
                sum(len({wait.key for wait in item.after}) for item in blueprint.items),
            )
            for blueprint in blueprints
        ),
        len(promises), sum(1 for row in promises if row.key in keys),
        sum(count_communications(actor=actor, refs=[ref]).values()), count_documents(actor=actor, refs=[ref]),
        len(list_stakeholders(ref=ref)), deal.value, sum(blueprint.effort_minutes for blueprint in blueprints),
        calendar.next_working_day(kickoff_date) if kickoff_date else None, None, lead.name if lead else "",
    )


def list_missing_answers(*, deal_id: int, today: date) -> list[FieldError]:
    """What keeps a deal the viewer has been shown from being won, answer by answer."""
    return brief_errors(get_brief(deal_id=deal_id), today=today)
