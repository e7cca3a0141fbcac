"""How far objectives are: the facts of a measure are read once for all objectives of a page, then counted for each.

What is counted is the same for everybody who sees an objective; restricted records are never counted. The records behind a
number are listed as far as the viewer sees them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Q, QuerySet

from wonward.domains.delivery.queries.facts import (
    list_finished_milestones,
    list_finished_projects,
    list_finished_work,
)
from wonward.domains.sales.queries.facts import list_closings, list_first_responses
from wonward.domains.sales.queries.reports import list_month_goals
from wonward.domains.staff.queries import find_members_of_teams
from wonward.foundation.access.policy import names_of, visible_refs
from wonward.foundation.database.reading import once
from wonward.foundation.organisation.queries import civil_date, get_organisation
from wonward.journeys.handoff.queries import (
    find_deal_of_project,
    find_projects_of_deals,
    list_accepted_handoffs,
)
from wonward.journeys.insights.models import Objective, ObjectiveLink
from wonward.journeys.insights.rules import counting, follows_goals, months_of, progress_of
from wonward.journeys.insights.types import (
    LINKED,
    MEASURES,
    Fact,
    FactRow,
    Measure,
    ObjectiveFields,
    ObjectiveRow,
)
from wonward.journeys.promises.queries import list_settled_promises
from wonward.kernel.actor import Actor, Scope
from wonward.kernel.errors import NotFound
from wonward.kernel.ref import Ref

_DEAL, _PROJECT = LINKED
SORTS: dict[str, tuple[str, ...]] = {
    "ends_date": ("ends_date", "starts_date", "pk"), "-ends_date": ("-ends_date", "-starts_date", "-pk"),
    "name": ("name", "pk"), "-name": ("-name", "-pk"), "updated_at": ("updated_at", "pk"), "-updated_at": ("-updated_at", "-pk"),
}
GROUPS: dict[str, tuple[str, ...]] = {"whose": ("team__name", "team_id", "person__name", "person_id"), "measure": ("measure",)}
SHOWN = ("running", "coming", "over", "archived", "all")


def list_measures() -> list[Measure]:
    """The measures of the areas that are on."""
    organisation = get_organisation()
    return [one for one in MEASURES.values() if all(organisation.is_on(area) for area in one.areas)]


def list_objectives(
    *, actor: Actor, now: datetime, state: str = "running", is_mine: bool = False, text: str = "", updated_since: datetime | None = None,
    measure: str = "", sort: str = "ends_date", group: str = "", offset: int = 0, limit: int = 50,
) -> list[ObjectiveRow]:
    """Objectives the viewer sees, those that end first before others. A fixed number of queries whatever their number.

    `is_mine`: those of the viewer, of their team and of everybody together. `sort` is one of SORTS, within `group`, one of GROUPS.
    """
    today = civil_date(now, actor.time_zone)
    found = _seen(actor).filter(_in_state(state, today))
    if is_mine:
        found = found.filter(
            Q(person__isnull=True, team__isnull=True) | Q(person_id=actor.person_id or 0) | Q(team_id=actor.team_id or 0)
        )
    if text:
        found = found.filter(name__icontains=text)
    if measure:
        found = found.filter(measure=measure)
    if updated_since is not None:
        found = found.filter(updated_at__gte=updated_since)
    return _rows(actor, found.order_by(*(GROUPS[group] if group else ()), *SORTS[sort])[offset : offset + limit], today)


def get_objective(*, actor: Actor, objective_id: int, now: datetime) -> ObjectiveRow:
    """One objective; NotFound when the viewer does not see it."""
    rows = _rows(actor, _seen(actor).filter(pk=objective_id), civil_date(now, actor.time_zone))
    if not rows:
        raise NotFound("objective", objective_id)
    return rows[0]


def list_facts(*, actor: Actor, objective_id: int, offset: int = 0, limit: int = 50) -> list[FactRow]:
    """The records behind the number of an objective that the viewer sees, the latest first."""
    objective = find_objective(actor, objective_id)
    if objective is None:
        raise NotFound("objective", objective_id)
    measure = MEASURES[objective.measure]
    shown = [one for one in _World([objective]).counted(objective) if one.is_hit or not measure.is_sum]
    seen = visible_refs(actor, [one.ref for one in shown])
    page = [one for one in shown if one.ref in seen][offset : offset + limit]
    names = names_of(one.ref for one in page)
    return [FactRow(one.ref, names.get(one.ref, str(one.ref)), one.day, one.value, one.is_hit) for one in page]


def may_set(actor: Actor, *, person_id: int | None, team_id: int | None) -> bool:
    """Whether somebody may set an objective of this colleague, this team, or everybody together."""
    reach = actor.scope_of("insights.objective.edit")
    if reach in (Scope.NONE, Scope.ALL):
        return reach is Scope.ALL
    if person_id is not None:
        return person_id == actor.person_id
    return team_id is not None and team_id == actor.leads_team_id


def target_of_goals(*, person_id: int | None, start: date, finish: date) -> int | None:
    """What the sales goals of these months come to, in minor units; None when there is none."""
    months = months_of(start, finish)
    return _sum_of_goals(list_month_goals(months=months), person_id, months)


def find_objective(actor: Actor, objective_id: int, *, for_update: bool = False) -> Objective | None:
    """An objective the viewer sees, perhaps held until the end of the transaction."""
    found = _seen(actor).filter(pk=objective_id)
    return (found.select_for_update() if for_update else found).first()


def links_of(objective_ids: Collection[int]) -> dict[int, list[Ref]]:
    """The deals and projects that objectives are narrowed to; one query."""
    found: dict[int, list[Ref]] = {}
    rows = ObjectiveLink.objects.filter(objective_id__in=objective_ids).order_by("pk")
    for objective_id, noun, ref_id in rows.values_list("objective_id", "noun", "ref_id"):
        found.setdefault(objective_id, []).append(Ref(noun, ref_id))
    return found


def find_people_with_objectives(person_ids: Collection[int]) -> set[int]:
    """Those of the given people who have an objective of their own."""
    return {key for key in Objective.objects.filter(person_id__in=person_ids).values_list("person_id", flat=True) if key is not None}


def _seen(actor: Actor) -> QuerySet[Objective]:
    offered = [one.key for one in list_measures()]
    return Objective.objects.visible_to(actor).filter(measure__in=offered)


def _in_state(state: str, today: date) -> Q:
    if state == "archived":
        return Q(archived_at__isnull=False)
    if state == "all":
        return Q()
    live = Q(archived_at__isnull=True)
    if state == "coming":
        return live & Q(starts_date__gt=today)
    if state == "over":
        return live & Q(ends_date__lt=today)
    return live & Q(starts_date__lte=today, ends_date__gte=today)


def _rows(actor: Actor, found: QuerySet[Objective], today: date) -> list[ObjectiveRow]:
    objectives = list(found.select_related("person", "team"))
    if not objectives:
        return []
    world = _World(objectives)
    seen = visible_refs(actor, world.linked)
    names = names_of(seen)
    return [_row(actor, one, world, [(ref, names.get(ref, str(ref))) for ref in world.links.get(one.pk, ()) if ref in seen], today) for one in objectives]


def _row(actor: Actor, one: Objective, world: _World, shown: Sequence[tuple[Ref, str]], today: date) -> ObjectiveRow:
    measure = MEASURES[one.measure]
    progress = progress_of(measure, world.counted(one), target=world.target_of(one), start=one.starts_date, finish=one.ends_date, today=today)
    return ObjectiveRow(
        one.pk, one.name, measure, one.starts_date, one.ends_date, one.person_id, one.person.name if one.person else "", one.team_id,
        one.team.name if one.team else "", one.note, tuple(shown), world.follows(one), one.archived_at is not None,
        may_set(actor, person_id=one.person_id, team_id=one.team_id), one.author_label, progress, world.currency, one.version,
        one.created_at, one.updated_at,
    )


class _World:
    """What is needed to count for some objectives, read at once: links, teams, goals, and the facts of their measures."""

    def __init__(self, objectives: Sequence[Objective]) -> None:
        self.currency = get_organisation().currency
        self.links = links_of([one.pk for one in objectives])
        self.linked = {ref for refs in self.links.values() for ref in refs}
        self._other_side = _other_side(self.linked)
        teams = {one.team_id for one in objectives if one.team_id is not None}
        self._teams = find_members_of_teams(teams) if teams else {}
        months = {month for one in objectives if self.follows(one) for month in months_of(one.starts_date, one.ends_date)}
        self._goals = list_month_goals(months=months) if months else {}
        span = min(one.starts_date for one in objectives), max(one.ends_date for one in objectives)
        self._facts = {key: _READ[key](*span) for key in {one.measure for one in objectives}}

    def follows(self, one: Objective) -> bool:
        return follows_goals(fields_of(one, self.links.get(one.pk, ())))

    def target_of(self, one: Objective) -> int | None:
        return _sum_of_goals(self._goals, one.person_id, months_of(one.starts_date, one.ends_date)) if self.follows(one) else one.target

    def counted(self, one: Objective) -> list[Fact]:
        people: Collection[int] | None = None
        if one.person_id is not None:
            people = {one.person_id}
        elif one.team_id is not None:
            people = self._teams.get(one.team_id, set())
        links = set(self.links.get(one.pk, ()))
        for ref in tuple(links):
            links |= self._other_side.get(ref, set())
        return counting(self._facts[one.measure], start=one.starts_date, finish=one.ends_date, people=people, links=links)


def _sum_of_goals(goals: Mapping[tuple[int | None, date], int], person_id: int | None, months: Sequence[date]) -> int | None:
    found = [goals[person_id, month] for month in months if (person_id, month) in goals]
    return sum(found) if found else None


def fields_of(one: Objective, links: Sequence[Ref]) -> ObjectiveFields:
    """What an objective says of itself."""
    return ObjectiveFields(
        one.name, one.measure, one.starts_date, one.ends_date, one.target, one.person_id, one.team_id, one.note, tuple(links)
    )


def _other_side(links: Collection[Ref]) -> dict[Ref, set[Ref]]:
    """The projects that deals became, and the deals that projects come from."""
    found: dict[Ref, set[Ref]] = {}
    deals = {ref.id for ref in links if ref.noun == _DEAL}
    projects = {ref.id for ref in links if ref.noun == _PROJECT}
    pairs = [(deal_id, key) for key, deal_id in find_projects_of_deals(deal_ids=deals).items()] if deals else []
    pairs += [(deal_id, key) for key, (deal_id, _handoff) in find_deal_of_project(project_ids=projects).items()] if projects else []
    for deal_id, project_id in pairs:
        found.setdefault(Ref(_DEAL, deal_id), set()).add(Ref(_PROJECT, project_id))
        found.setdefault(Ref(_PROJECT, project_id), set()).add(Ref(_DEAL, deal_id))
    return found


def _ids(*people: int | None) -> frozenset[int]:
    return frozenset(one for one in people if one is not None)


def _hosts(deal_id: int | None, project_id: int | None = None) -> frozenset[Ref]:
    pairs = ((_DEAL, deal_id), (_PROJECT, project_id))
    return frozenset(Ref(noun, key) for noun, key in pairs if key is not None)


def _closings(start: date, finish: date) -> list[tuple[int, date, bool, int | None, int]]:
    return once(("closings", start, finish), lambda: list_closings(start=start, finish=finish))


def _won_value(start: date, finish: date) -> list[Fact]:
    return [Fact(day, Ref(_DEAL, key), minor, is_won, _ids(owner), _hosts(key)) for key, day, is_won, owner, minor in _closings(start, finish)]


def _wins(start: date, finish: date) -> list[Fact]:
    return [Fact(day, Ref(_DEAL, key), 1, is_won, _ids(owner), _hosts(key)) for key, day, is_won, owner, _ in _closings(start, finish)]


def _response_time(start: date, finish: date) -> list[Fact]:
    return [
        Fact(day, Ref("sales.lead", key), minutes, True, _ids(owner), frozenset())
        for key, day, owner, minutes in list_first_responses(start=start, finish=finish)
    ]


def _instants(start: date, finish: date) -> tuple[datetime, datetime]:
    """A day more on both sides, so that every time zone's days are within."""
    return (
        datetime.combine(start - timedelta(days=1), time(), UTC), datetime.combine(finish + timedelta(days=2), time(), UTC),
    )


def _accepted_at_once(start: date, finish: date) -> list[Fact]:
    since, until = _instants(start, finish)
    zone = get_organisation().time_zone
    return [
        Fact(civil_date(at, zone), Ref("handoff.handoff", key), 1, is_clean, _ids(owner, seller, lead), _hosts(deal_id))
        for key, at, is_clean, deal_id, owner, seller, lead in list_accepted_handoffs(since=since, until=until)
    ]


def _promises_kept(start: date, finish: date) -> list[Fact]:
    since, until = _instants(start, finish)
    zone = get_organisation().time_zone
    return [
        Fact(civil_date(at, zone), Ref("promises.promise", key), 1, is_kept, _ids(owner, manager), _hosts(deal_id, project_id))
        for key, at, is_kept, deal_id, owner, project_id, manager in list_settled_promises(since=since, until=until)
    ]


def _milestones_on_time(start: date, finish: date) -> list[Fact]:
    return [
        Fact(day, Ref("delivery.task", key), 1, is_on_time, _ids(manager), _hosts(None, project_id))
        for key, day, is_on_time, project_id, manager in list_finished_milestones(start=start, finish=finish)
    ]


def _projects_on_time(start: date, finish: date) -> list[Fact]:
    return [
        Fact(day, Ref(_PROJECT, key), 1, is_on_time, _ids(manager), _hosts(None, key))
        for key, day, is_on_time, manager in list_finished_projects(start=start, finish=finish)
    ]


def _hours_delivered(start: date, finish: date) -> list[Fact]:
    return [
        Fact(day, Ref("delivery.task", key), minutes, True, _ids(assignee), _hosts(None, project_id))
        for key, day, minutes, project_id, _manager, assignee in list_finished_work(start=start, finish=finish)
    ]


_READ: Mapping[str, Callable[[date, date], list[Fact]]] = {
    "won_value": _won_value, "wins": _wins, "win_rate": _wins, "response_time": _response_time, "accepted_at_once": _accepted_at_once,
    "promises_kept": _promises_kept, "milestones_on_time": _milestones_on_time, "projects_on_time": _projects_on_time,
    "hours_delivered": _hours_delivered,
}
