"""Plans that wait for another one follow it: worked out together with the change, before anything is written."""

from __future__ import annotations

from wonward.domains.delivery.models import Dependency, OutsideDependency, Project, Task
from wonward.domains.delivery.planning.applied import AppliedEdits
from wonward.domains.delivery.planning.editing import PlannedChange, planned_change
from wonward.domains.delivery.planning.network import Network, apply_schedule, moment, solve
from wonward.domains.delivery.planning.outside import load_outside
from wonward.domains.staff.queries import get_calendar
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Refused
from wonward.kernel.wording import worded

MOST_ROUNDS = 200


def plan_followers(actor: Actor, first: PlannedChange) -> list[PlannedChange]:
    """What a change does to the plans that wait for it, directly or through others; only those in which something moves.

    A plan that waits for its follower in turn is dated again, with its own change as it stands.
    """
    planned = {first.project.pk: first}
    known: dict[int, PlannedChange] = dict(planned)
    waiting = [first.project.pk]
    rounds = 0
    while waiting:
        rounds += 1
        if rounds > MOST_ROUNDS:
            raise Refused.field("dependencies", worded("The plans that wait for {number} never come to rest.", number=first.project.number), "cycle")
        source = known[waiting.pop(0)]
        for project_id in _followers_of(source):
            target = known.get(project_id) or _open(actor, project_id)
            known[project_id] = target
            cause = _take_dates(target.network, source)
            if cause is None:
                continue
            target.cause_id = target.cause_id or cause
            if _date_again(target):
                planned[project_id] = target
                if project_id not in waiting:
                    waiting.append(project_id)
    return [one for key, one in planned.items() if key != first.project.pk]


def _followers_of(source: PlannedChange) -> list[int]:
    """The projects with a task that waits for one of this plan; archived ones rest."""
    links = OutsideDependency.objects.filter(source_project_id=source.project.pk, project__archived_at__isnull=True)
    return sorted(set(links.values_list("project_id", flat=True)))


def _open(actor: Actor, project_id: int) -> PlannedChange:
    """A plan nobody edits, ready to be dated again. Its project is locked already with the change it follows."""
    project = Project.objects.select_for_update(of=("self",)).get(pk=project_id)
    tasks = list(Task.objects.filter(project_id=project_id).order_by("position", "pk"))
    links = list(Dependency.objects.filter(project_id=project_id).order_by("pk"))
    network = Network(project.start_date, get_calendar(project.calendar_id), tasks, links, load_outside(actor, project_id), project.status_date)
    before = {task.pk: (task.start_date, task.finish_date) for task in tasks}
    return planned_change(project, network, AppliedEdits(), before, solve(network), {}, [])


def _take_dates(network: Network, source: PlannedChange) -> int | None:
    """Let the waits of a plan know the dates their tasks now have; the task that changed one, or None when nothing did."""
    tasks = {task.pk: task for task in source.network.tasks}
    cause: int | None = None
    gone = []
    for wait in network.outside:
        if wait.link.source_project_id != source.project.pk:
            continue
        task = tasks.get(wait.link.predecessor_id)
        if task is None:
            gone.append(wait)
            continue
        assert task.start_date
        assert task.finish_date
        was = wait.waits_until
        wait.start_at, wait.finish_at = moment(task.start_date, task.start_minute), moment(task.finish_date, task.finish_minute)
        if wait.waits_until != was:
            cause = cause or task.pk
    for wait in gone:
        network.outside.remove(wait)
        cause = cause or wait.link.predecessor_id
    return cause


def _date_again(target: PlannedChange) -> bool:
    """Date a plan by what it waits for now; whether any date in it is another."""
    schedule = solve(target.network)
    changed = apply_schedule(target.network.tasks, schedule)
    if not changed:
        return False
    everything: dict[int, Task] = {task.pk: task for task in (*target.changed, *changed)}
    target.date_again(schedule, list(everything.values()))
    return True

