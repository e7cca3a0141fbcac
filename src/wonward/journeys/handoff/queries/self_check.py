"""Does the handoff gap show its symptoms here? Each number is the count of its rows."""

from __future__ import annotations

from datetime import datetime, timedelta

from wonward.domains.delivery.queries.projects import find_projects
from wonward.domains.delivery.types import ProjectRow
from wonward.domains.sales.queries.deals import find_deal_rows, list_deals
from wonward.domains.sales.types import DealFilter, DealRow
from wonward.foundation.access.policy import require
from wonward.foundation.audit.queries import find_changes
from wonward.journeys.handoff.models import HandoffProject
from wonward.journeys.handoff.queries.additions import GOING_ON
from wonward.journeys.handoff.queries.handoffs import list_handoffs, visible_handoffs
from wonward.journeys.handoff.queries.measures import find_measured
from wonward.journeys.handoff.types import HandoffRow, SelfCheck, TypedTwice
from wonward.journeys.promises.queries import count_uncovered_promises, list_uncovered_promises
from wonward.kernel.actor import Actor

WATCHED = timedelta(days=30)
MOST = 200
MOST_COUNTED = 5000


def get_self_check(*, actor: Actor, now: datetime) -> SelfCheck:
    """Promises without work, deal values typed again, questions asked twice, deals without owner or next action, work for lost deals."""
    require(actor, "handoff.check.view")
    repeated = find_measured(actor=actor, measure="repeated", now=now) if actor.may("handoff.measure.view") else set()
    loose, abandoned = _loose_deals(actor, now), _abandoned(actor)
    return SelfCheck(
        tuple(list_uncovered_promises(actor=actor, limit=MOST)), count_uncovered_promises(actor=actor), tuple(_typed_twice(actor, now)),
        tuple(list_handoffs(actor=actor, handoff_ids=repeated, limit=MOST)), tuple(loose[:MOST]),
        visible_handoffs(actor).filter(pk__in=repeated).count() if repeated else 0, len(loose),
        tuple(abandoned[:MOST]), len(abandoned),
    )


def _loose_deals(actor: Actor, now: datetime) -> list[DealRow]:
    """Open deals nobody owns or that have no next action; the database refuses them, so a row here is a fault."""
    without = list_deals(actor=actor, where=DealFilter(status="open", urgency="no_next_action"), now=now, limit=MOST_COUNTED)
    return [row for row in without if row.status == "open"]


def _abandoned(actor: Actor) -> list[ProjectRow]:
    """Projects that go on although their deal was opened again and lost."""
    links = HandoffProject.objects.filter(handoff__in=visible_handoffs(actor), handoff__deal__status="lost", project__status__in=GOING_ON)
    ids = links.filter(project__archived_at__isnull=True).order_by("pk").values_list("project_id", flat=True)
    return list(find_projects(actor=actor, project_ids=list(ids)).values())


def _typed_twice(actor: Actor, now: datetime) -> list[TypedTwice]:
    """Changes by hand to a young project whose new value is what its deal says already."""
    recent = visible_handoffs(actor).filter(created_at__gte=now - WATCHED)
    rows = {row.id: row for row in list_handoffs(actor=actor, handoff_ids=recent.values_list("pk", flat=True), limit=1000)}
    links = dict(HandoffProject.objects.filter(handoff_id__in=rows).values_list("project_id", "handoff_id"))
    projects = find_projects(actor=actor, project_ids=links)
    deals = find_deal_rows(actor=actor, deal_ids=[row.deal_id for row in rows.values()])
    found = []
    for project_id, changes in find_changes(noun="delivery.project", ref_ids=projects, since=now - WATCHED).items():
        handoff = rows[links[project_id]]
        said = _said_by(handoff, deals.get(handoff.deal_id))
        for change in changes:
            if not change.operation.endswith(".change"):
                continue
            for field, (before, after) in change.changes.items():
                if after is not None and before != after and str(after) in said:
                    found.append(TypedTwice(
                        project_id, projects[project_id].number, field, str(after), change.actor_label, change.happened_at
                    ))
    return found


def _said_by(handoff: HandoffRow, deal: DealRow | None) -> set[str]:
    """What the deal and its answers say, as a change of a project would store it."""
    answers = {handoff.deal_name, handoff.promised_finish_date.isoformat(), handoff.kickoff_date.isoformat(), handoff.scope_summary}
    if deal is not None and deal.value is not None:
        answers |= {str(deal.value), str(deal.value.amount)}
    return {one for one in answers if one}
