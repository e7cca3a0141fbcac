"""Levelling real plans: look for better dates, show them, apply them through the one way to move a date, and take them back."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import translation

from wonward.domains.delivery.queries.projects import find_projects, require_plan_change
from wonward.domains.delivery.types import MovedTask, PlanEdit, ProjectRow, TaskChange
from wonward.engines.leveling import Aim, LevelingError, LevelingResult, Status, solve
from wonward.foundation.access.policy import actor_of_user, require
from wonward.foundation.audit.operations import record_change
from wonward.foundation.jobs.operations import enqueue
from wonward.foundation.organisation.queries import civil_date, get_organisation
from wonward.journeys.capacity.models import LevelingRun
from wonward.journeys.capacity.queries.leveling import plans_of, read_world, shown_plan
from wonward.journeys.capacity.rules.leveling_answer import answer_document, dates_to_set, plans_worth_showing
from wonward.journeys.capacity.rules.leveling_problem import build_model
from wonward.journeys.capacity.rules.leveling_world import LevelingModel, LevelingWorld
from wonward.journeys.capacity.types import LevelingRules
from wonward.journeys.promises.operations import ReasonRequired, change_plan, preview_plan, undo_plan_change
from wonward.journeys.promises.types import BrokenPromise
from wonward.kernel.actor import Actor, Scope
from wonward.kernel.errors import Conflict, NotAllowed, NotFound, Refused, Stale
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded

MOST_PROJECTS = 20
MOST_SECONDS = 60
KEPT_RUNS = 30
ASKED_EVERY = 50
FROZEN_CHOICES = range(61)


def start_leveling(*, actor: Actor, project_ids: Collection[int], rules: LevelingRules, now: datetime) -> int:
    """Level plans by rules at once and keep the answer as a run to look at; returns its id. Nothing moves yet."""
    projects = _projects(actor, project_ids)
    if rules.frozen_days not in FROZEN_CHOICES:
        raise Refused.field("frozen_days", "Keep work that begins within 0 to 60 days.", "range")
    answer = _answer(actor, projects, rules, seconds=0, now=now)
    with transaction.atomic():
        run = LevelingRun.objects.create(
            author_id=actor.person_id, user_id=actor.user_id, plan_versions={str(row.id): row.plan_version for row in projects.values()},
            rules=asdict(rules), answer=answer, created_at=now, updated_at=now,
        )
        old = LevelingRun.objects.filter(author_id=actor.person_id, state__in=("ready", "failed", "undone")).order_by("-pk")
        LevelingRun.objects.filter(pk__in=list(old.values_list("pk", flat=True)[KEPT_RUNS : KEPT_RUNS + 100])).delete()
        _record(actor, run, "start", now)
    return run.pk


@transaction.atomic
def search_longer(*, actor: Actor, run_id: int, seconds: int, now: datetime) -> None:
    """Queue a search of so many seconds that starts from what the run has; the answer known stays until a better one is found."""
    run = _own_run(actor, run_id)
    if not 1 <= seconds <= MOST_SECONDS:
        raise Refused.field("seconds", worded("A search takes between 1 and {most_seconds} seconds.", most_seconds=MOST_SECONDS), "range")
    if run.state not in ("ready", "failed"):
        raise Conflict(worded("This run is {state}.", state=worded(run.state)))
    run.state, run.seconds, run.tier, run.failure, run.is_stop_wanted, run.searched_at = "queued", seconds, 2, "", False, None
    _keep(run, now)
    _record(actor, run, "search", now)
    enqueue("capacity.level", now=now, run_id=run.pk)


@transaction.atomic
def stop_search(*, actor: Actor, run_id: int, now: datetime) -> None:
    """End a search early; what it has found by then counts."""
    run = _own_run(actor, run_id)
    if run.state == "queued":
        run.state = "ready"
    run.is_stop_wanted = True
    _keep(run, now)
    _record(actor, run, "stop", now)


def run_search(*, run_id: int, now: datetime) -> None:
    """Search for the run that was queued, outside any transaction; done again by another worker it starts over."""
    run = LevelingRun.objects.filter(pk=run_id, state__in=("queued", "searching")).first()
    if run is None:
        return
    LevelingRun.objects.filter(pk=run_id).update(state="searching", searched_at=now)
    actor = actor_of_user(run.user_id) if run.user_id else None
    failure, answer = "", None
    try:
        if actor is None:
            raise Refused("Whoever asked for this may not sign in any more.")
        projects = _projects(actor, [int(key) for key in run.plan_versions])
        _refuse_moved(run, projects)
        rules = LevelingRules(**{**run.rules, "pins": tuple(run.rules.get("pins", ()))})
        answer = _answer(actor, projects, rules, seconds=run.seconds, now=now, run_id=run_id)
    except (Refused, NotFound) as error:
        with translation.override(actor.language if actor else None):
            failure = error.message
    state = "failed" if failure else "ready"
    values: dict[str, Any] = {"state": state, "failure": failure[:500], "updated_at": now}
    if answer is not None:
        values["answer"] = answer
    LevelingRun.objects.filter(pk=run_id, state="searching").update(**values)


@transaction.atomic
def apply_leveling(
    *, actor: Actor, run_id: int, plan: str = "", task_ids: Collection[int] | None = None, reason: str = "", now: datetime
) -> None:
    """Move what the run would move, or those of it in `task_ids`, over all its plans at once.

    `plan` chooses between keeping every promise (`keep`) and overloading nobody (`clear`), where the run offers both.

    Refuses when a plan changed since; ReasonRequired names every confirmed promise that would break.
    """
    run = _own_run(actor, run_id)
    if run.state != "ready" or not run.answer:
        raise Conflict(worded("This run is {state}; only one that is ready can be applied.", state=worded(run.state)))
    projects = _projects(actor, [int(key) for key in run.plan_versions])
    _refuse_moved(run, projects)
    chosen = None if task_ids is None else set(task_ids)
    edits: dict[int, list[PlanEdit]] = {}
    plan = plan or shown_plan(run)
    if plan not in plans_of(run):
        raise Refused.field("plan", "This run offers no such plan.", "unknown")
    moves = plans_of(run)[plan]["moves"]
    for move in moves:
        if move["is_set"] and (chosen is None or move["task"] in chosen):
            edits.setdefault(move["project"], []).append(_edit(move["task"], date.fromisoformat(move["start"])))
    if not edits:
        raise Refused.field("task_ids", "Choose at least one task to move.", "required")
    broken: list[BrokenPromise] = []
    applied: dict[str, int] = {}
    versions = dict(run.plan_versions)
    for project_id, changes in sorted(edits.items()):
        try:
            changed = change_plan(
                actor=actor, project_id=project_id, changes=changes, reason=reason, plan_version=versions[str(project_id)], now=now
            )
            applied[str(project_id)] = changed.outcome.plan_version
            versions |= {str(one.project_id): one.outcome.plan_version for one in changed.followed if one.outcome}
        except ReasonRequired as refusal:
            broken.extend(refusal.broken)
    if broken:
        raise ReasonRequired(broken)
    run.state, run.applied, run.answer = "applied", applied, {**run.answer, "applied": plan}
    run.applied_tasks = sorted(move["task"] for move in moves if chosen is None or move["task"] in chosen)
    _keep(run, now)
    _record(actor, run, "apply", now)


@transaction.atomic
def undo_leveling(*, actor: Actor, run_id: int, now: datetime) -> None:
    """Put every plan back exactly as it was before the run was applied; Stale when one of them changed since."""
    run = _own_run(actor, run_id)
    if run.state != "applied":
        raise Conflict(worded("This run is {state}; there is nothing to take back.", state=worded(run.state)))
    for project_id, version in sorted(run.applied.items(), key=lambda pair: int(pair[0])):
        undo_plan_change(actor=actor, project_id=int(project_id), plan_version=version, reason="Levelling taken back", now=now)
    run.state = "undone"
    _keep(run, now)
    _record(actor, run, "undo", now)


def _answer(
    actor: Actor, projects: Mapping[int, ProjectRow], rules: LevelingRules, *, seconds: int, now: datetime, run_id: int = 0
) -> dict[str, Any]:
    """Load, solve for either aim outside any transaction, and ask the plans what the new dates would make of them."""
    today = civil_date(now, get_organisation().time_zone)
    world = read_world(actor=actor, projects=projects.values(), rules=rules, today=today)
    model = build_model(world)
    stop = _stopper(run_id) if run_id else None
    try:
        kept, cleared = (
            solve(model.problem, seconds=seconds / 2, seed=rules.seed, tier=2 if seconds else 1, stop=stop, aim=aim)
            for aim in (Aim.KEEP, Aim.CLEAR)
        )
    except LevelingError as error:
        raise Refused.field("project_ids", worded("These plans cannot be levelled: {error}.", error=error), "impossible") from None
    found = plans_worth_showing(kept, cleared)
    return {
        "first": world.first.isoformat(),
        "plans": {name: _plan_document(actor, projects, world, model, result, now) for name, result in found.items()},
    }


def _plan_document(
    actor: Actor, projects: Mapping[int, ProjectRow], world: LevelingWorld, model: LevelingModel, result: LevelingResult, now: datetime
) -> dict[str, Any]:
    """One answer of the engine, with what the plans themselves make of its dates and which promises those would break."""
    # Dates that keep not everything asked are no plan to apply.
    wanted = dates_to_set(model, result) if result.status in (Status.OPTIMAL, Status.FEASIBLE) else {}
    moved: dict[int, dict[int, MovedTask]] = {}
    broken: dict[int, dict[str, Any]] = {}
    of_project = {item.id: item.project_id for item in world.items}
    for project_id in projects:
        changes = [_edit(key, day) for key, day in wanted.items() if of_project[key] == project_id]
        if not changes:
            continue
        preview = preview_plan(actor=actor, project_id=project_id, changes=changes, now=now)
        outcomes = [(project_id, preview.outcome, preview.broken), *((one.project_id, one.outcome, one.broken) for one in preview.followed)]
        for key, outcome, promises in outcomes:
            for one in promises:
                broken[one.id] = {
                    "id": one.id, "number": one.number, "text": one.text, "project": key, "due": _iso(one.due_date), "forecast": _iso(one.forecast_date),
                }
            if outcome is not None and key in projects:
                _take_later(moved.setdefault(key, {}), outcome.moved)
    found = {key: list(rows.values()) for key, rows in moved.items()}
    return {**answer_document(world, model, result, found, wanted), "broken": list(broken.values())}


def _take_later(rows: dict[int, MovedTask], moved: Sequence[MovedTask]) -> None:
    """What several changes do to a plan together: each task begins as late as the one that moves it furthest asks."""
    for row in moved:
        known = rows.get(row.id)
        if known is None or known.is_around or row.start_date > known.start_date:
            rows[row.id] = row


def _stopper(run_id: int) -> Any:
    """Asks the run now and then whether its author wants the search to end."""
    asked = 0
    is_over = False

    def stop() -> bool:
        nonlocal asked, is_over
        asked += 1
        if not is_over and asked % ASKED_EVERY == 0:
            is_over = LevelingRun.objects.filter(pk=run_id, is_stop_wanted=True).exists()
        return is_over

    return stop


def _projects(actor: Actor, project_ids: Collection[int]) -> dict[int, ProjectRow]:
    """The projects to level: seen, and open to the actor's changes."""
    require(actor, "capacity.plan.level")
    if actor.scope_of("staff.booking.view") is not Scope.ALL:
        raise NotAllowed("Levelling needs to see everybody’s time.")
    wanted = list(dict.fromkeys(project_ids))
    if not wanted:
        raise Refused.field("project_ids", "Choose at least one project.", "required")
    if len(wanted) > MOST_PROJECTS:
        raise Refused.field("project_ids", worded("At most {most_projects} projects are levelled together.", most_projects=MOST_PROJECTS), "too_many")
    found = find_projects(actor=actor, project_ids=wanted)
    for project_id in wanted:
        if project_id not in found:
            raise NotFound("project", project_id)
        require_plan_change(actor=actor, project_id=project_id, manager_id=found[project_id].manager_id)
    return {project_id: found[project_id] for project_id in wanted}


def _refuse_moved(run: LevelingRun, projects: Mapping[int, ProjectRow]) -> None:
    for row in projects.values():
        if run.plan_versions[str(row.id)] != row.plan_version:
            raise Stale(
                worded("The plan of {number} “{name}” changed after this run; level it again.", number=row.number, name=row.name),
                current={"plan_version": row.plan_version}, yours={"plan_version": run.plan_versions[str(row.id)]},
            )


def _own_run(actor: Actor, run_id: int) -> LevelingRun:
    own = LevelingRun.objects.select_for_update().filter(pk=run_id, author_id=actor.person_id or 0)
    run = own.first() if actor.may("capacity.plan.level") else None
    if run is None:
        raise NotFound("levelling run", run_id)
    _projects(actor, [int(key) for key in run.plan_versions])
    return run


def _edit(task_id: int, day: date) -> TaskChange:
    return TaskChange(task_id, {"start_date": day})


def _keep(run: LevelingRun, now: datetime) -> None:
    run.version += 1
    run.updated_at = now
    run.save()


def _record(actor: Actor, run: LevelingRun, verb: str, now: datetime) -> None:
    record_change(
        actor=actor, operation=f"capacity.leveling.{verb}", ref=Ref("capacity.leveling_run", run.pk),
        changes={"state": [None, run.state], "projects": [None, sorted(int(key) for key in run.plan_versions)]}, now=now,
    )


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


ABANDONED_AFTER = timedelta(minutes=5)


def fail_abandoned_searches(*, now: datetime) -> int:
    """Give back runs whose search nobody works on any more; how many they were."""
    lost = LevelingRun.objects.filter(state="searching", searched_at__lt=now - ABANDONED_AFTER)
    return lost.update(state="failed", failure=str(worded("The search stopped before its end; what was found before still stands.")), updated_at=now)
