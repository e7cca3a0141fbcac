"""Plans and people as levelling reads them, and the runs somebody made."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from wonward.domains.clients.queries import get_company_tiers
from wonward.domains.delivery.queries.leveling import (
    get_role_shares,
    is_live,
    list_plan_items,
    list_plan_waits,
)
from wonward.domains.delivery.queries.projects import find_projects
from wonward.domains.delivery.queries.skills import find_asked_skills_in
from wonward.domains.delivery.queries.tasks import find_tasks
from wonward.domains.delivery.types import ProjectRow
from wonward.domains.staff.queries import (
    find_levels,
    get_calendar,
    get_person_names,
    get_role_names,
    get_skill_names,
)
from wonward.foundation.organisation.queries import civil_date
from wonward.journeys.capacity.models import LevelingRun
from wonward.journeys.capacity.queries.days import read_days
from wonward.journeys.capacity.rules.days import taken_by
from wonward.journeys.capacity.rules.leveling_answer import CLEAR, KEEP
from wonward.journeys.capacity.rules.leveling_problem import DUE_FACTOR, HORIZON_DAYS
from wonward.journeys.capacity.rules.leveling_words import (
    conflict_effect,
    conflict_words,
    note_words,
    pool_name,
    remark_words,
    why_moved,
)
from wonward.journeys.capacity.rules.leveling_world import LevelingWorld
from wonward.journeys.capacity.rules.pools import parts_of, person_key, role_key
from wonward.journeys.capacity.rules.weeks import monday_of
from wonward.journeys.capacity.types import (
    LevelingBroken,
    LevelingChoice,
    LevelingConflict,
    LevelingLate,
    LevelingMeasure,
    LevelingMove,
    LevelingOverload,
    LevelingRules,
    LevelingRunRow,
    LoadRow,
)
from wonward.journeys.promises.queries import list_due_work
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotFound
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded

PROMISED_FINISH_WEIGHT = 3


def read_world(*, actor: Actor, projects: Collection[ProjectRow], rules: LevelingRules, today: date) -> LevelingWorld:
    """The plans the viewer has been shown and everybody's time, from today on; a fixed number of queries."""
    ids = {row.id for row in projects}
    last = today + timedelta(days=HORIZON_DAYS)
    days = read_days(actor=actor, first=today, last=last)
    tiers = get_company_tiers({row.company_id for row in projects})
    skills = find_asked_skills_in(ids)
    return LevelingWorld(
        today, tuple(list_plan_items(project_ids=ids)), tuple(list_plan_waits(project_ids=ids)), get_role_shares(project_ids=ids),
        {row.id: get_calendar(row.calendar_id) for row in projects}, days.usual, tuple(days.people.values()), days.time_off,
        taken_by(days, with_tentative=rules.with_tentative, without=frozenset(Ref("delivery.project", key) for key in ids)),
        tuple(list_due_work(project_ids=ids)),
        {row.id: (row.promised_finish_date, PROMISED_FINISH_WEIGHT) for row in projects if row.promised_finish_date},
        {row.id: DUE_FACTOR.get(tiers.get(row.company_id, ""), 1) for row in projects},
        frozenset(rules.pins), today + timedelta(days=rules.frozen_days) if rules.frozen_days else None,
        skills, find_levels({one.id for asked in skills.values() for one in asked}),
    )


def plans_of(run: LevelingRun) -> dict[str, dict[str, Any]]:
    """The plans a run offers, by name; a run of before there was a choice offers the one that overloads nobody."""
    answer = run.answer or {}
    plans: dict[str, dict[str, Any]] = answer.get("plans") or ({CLEAR: answer} if answer else {})
    return plans


def shown_plan(run: LevelingRun, wanted: str = "") -> str:
    """The plan that was applied, else the wanted one if the run offers it, else its first."""
    names = [name for name in (KEEP, CLEAR) if name in plans_of(run)]
    applied = (run.answer or {}).get("applied", "") if run.state in ("applied", "undone") else ""
    return next((name for name in (applied, wanted, *names) if name in names), "")


def get_leveling_run(*, actor: Actor, run_id: int, plan: str = "", now: datetime) -> LevelingRunRow:
    """A run of the viewer's own, all of whose projects they still see; else NotFound. `plan` chooses among those it offers."""
    run = LevelingRun.objects.filter(pk=run_id, author_id=actor.person_id or 0).first() if actor.may("capacity.plan.level") else None
    found = find_projects(actor=actor, project_ids=[int(key) for key in run.plan_versions]) if run else {}
    if run is None or len(found) < len(run.plan_versions):
        raise NotFound("levelling run", run_id)
    return _row(run, found, shown_plan(run, plan), now)


def list_leveling_runs(*, actor: Actor, limit: int = 10) -> list[tuple[int, str, int, datetime]]:
    """The viewer's newest runs: id, state, how many projects, when."""
    runs = LevelingRun.objects.filter(author_id=actor.person_id or 0).order_by("-pk")[:limit]
    return [(run.pk, run.state, len(run.plan_versions), run.created_at) for run in runs]


def _row(run: LevelingRun, projects: Mapping[int, ProjectRow], plan: str, now: datetime) -> LevelingRunRow:
    answer: dict[str, Any] = plans_of(run).get(plan, {})
    rules = LevelingRules(**{**run.rules, "pins": tuple(run.rules.get("pins", ()))})
    names = _names(answer)
    first = date.fromisoformat(answer["first"]) if answer else civil_date(run.created_at, "UTC")
    is_stale = run.state in ("ready", "searching", "queued") and any(
        projects[int(key)].plan_version != version for key, version in run.plan_versions.items()
    )
    spent = (now - run.searched_at).total_seconds() if run.searched_at and run.state == "searching" else 0
    late = answer.get("late", [0, 0])
    loads = tuple(_load(one, names) for one in answer.get("loads", ()))
    return LevelingRunRow(
        run.pk, run.state, answer.get("status", ""), {key: row.name for key, row in projects.items()}, rules, run.tier, run.seconds,
        max(0, min(99, round(100 * spent / max(1, run.seconds)))), answer.get("method", ""), answer.get("value", 0), answer.get("bound", 0),
        answer.get("gap", 0.0), late[0], late[1],
        {int(key): (date.fromisoformat(pair[0]), date.fromisoformat(pair[1])) for key, pair in answer.get("finishes", {}).items()},
        tuple(_move(one, names, first) for one in answer.get("moves", ())),
        tuple(
            LevelingConflict(one["kind"], one["task"], conflict_words(one, names), conflict_effect(one, names), one["kind"] == "pin")
            for one in answer.get("conflict", ())
        ),
        (*(note_words(note[0], note[1], note[2], names, "".join(note[3:])) for note in answer.get("notes", ())), *map(remark_words, answer.get("remarks", ()))),
        tuple(
            LevelingBroken(one["number"], one["text"], one["project"], _day(one["due"]), _day(one["forecast"])) for one in answer.get("broken", ())
        ),
        first,
        loads,
        answer.get("tasks", 0), is_stale, run.failure, tuple(run.applied_tasks), run.created_at, run.version,
        plan, tuple(_choice(name, one) for name, one in plans_of(run).items()),
        tuple(sorted((_late(one, projects, names, first) for one in answer.get("late_work", ())), key=lambda one: (not one.is_new, one.due_date))),
        tuple(_overloads(answer, names, first)), tuple(
            LevelingMeasure(kind, answer["parts"][kind], answer["bounds"][kind]) for kind in ("lateness", "overload", "change") if "parts" in answer
        ),
    )


def _load(one: Mapping[str, Any], names: Mapping[str, str]) -> LoadRow:
    return LoadRow(one["key"], _row_name(one["key"], names), tuple(one["capacity"]), tuple(one["before"]), tuple(one["after"]))


def _row_name(key: str, names: Mapping[str, str]) -> str:
    return pool_name(key, names) if names and key.startswith(("able:", "joint:")) else names.get(key, "")


def _choice(name: str, answer: Mapping[str, Any]) -> LevelingChoice:
    rows = [_load(one, {}) for one in answer["loads"]]
    return LevelingChoice(
        name, answer["status"], answer["late"][1], sum(row.over(row.after) for row in rows), len(answer["moves"]),
    )


def _late(one: Mapping[str, Any], projects: Mapping[int, ProjectRow], names: Mapping[str, str], first: date) -> LevelingLate:
    project = projects[one["project"]]
    root = names.get(f"task:{one['root']}", "")
    because = why_moved(one, names, first) if one["binding"] else worded("Its links and dates end it then, whoever does it.")
    own = one["task"] and one["root"] == one["task"]
    name = names.get(f"task:{one['task']}", "") if one["task"] else project.name
    return LevelingLate(
        name, project.id, date.fromisoformat(one["due"]), date.fromisoformat(one["finish"]), worded("“{name}”: {because}", name=root, because=because) if root and not own else because,
        one["is_new"],
    )


def _overloads(answer: Mapping[str, Any], names: Mapping[str, str], first: date) -> list[LevelingOverload]:
    """Who would be asked too much in which week, the most first."""
    monday, found = monday_of(first), []
    for one in answer.get("loads", ()):
        for week, minutes in _load(one, names).excess:
            makers = one["makers"][week] if "makers" in one else ()
            found.append(LevelingOverload(
                _row_name(one["key"], names), monday + timedelta(weeks=week), minutes, tuple(names[f"task:{key}"] for key in makers if f"task:{key}" in names)
            ))
    return sorted(found, key=lambda one: (-one.minutes, one.monday, one.name))


def _move(one: Mapping[str, Any], names: Mapping[str, str], first: date) -> LevelingMove:
    start, finish = date.fromisoformat(one["start"]), date.fromisoformat(one["finish"])
    return LevelingMove(
        one["task"], names.get(f"task:{one['task']}", ""), one["project"], names.get(f"person_of:{one['task']}", ""),
        _day(one["start_before"]) or start, _day(one["finish_before"]) or finish, start, finish, why_moved(one, names, first), one["is_set"],
    )


def _names(answer: Mapping[str, Any]) -> dict[str, str]:
    """Names by key of everything an answer mentions: tasks, who has them, people and roles; three queries."""
    task_ids = {key for one in answer.get("late_work", ()) for key in (one["task"], one["root"], *one["blockers"])}
    task_ids |= {key for one in answer.get("loads", ()) for week in one.get("makers", ()) for key in week}
    task_ids |= {move["task"] for move in answer.get("moves", ())} | {key for move in answer.get("moves", ()) for key in move["blockers"]}
    elements = [element for one in answer.get("conflict", ()) for element in (one, *one.get("also", ()))]
    mentioned = [key for one in elements for key in (one["subject"], one.get("other") or "")]
    mentioned += [one["resource"] or "" for name in ("moves", "late_work") for one in answer.get(name, ())] + [one["key"] for one in answer.get("loads", ())]
    mentioned += [subject for _, subject, *_ in answer.get("notes", ())] + [note[3] for note in answer.get("notes", ()) if len(note) > 3]
    people, roles, skills = {note[2] for note in answer.get("notes", ()) if note[0] == "lacks"}, set(), set()
    for text in mentioned:
        if text.startswith(("able:", "joint:")):
            for role, asked in parts_of(text):
                roles.add(role)
                skills |= {skill for skill, _ in asked}
            continue
        kind, _, number = text.rpartition(":")
        if not number.isdecimal():
            continue
        if kind in ("person", "there", "long"):
            people.add(int(number))
        elif kind == "role":
            roles.add(int(number))
        else:
            task_ids.add(int(number))
    names = {}
    for key, task in find_tasks(task_ids=task_ids).items():
        names[f"task:{key}"] = task.name
        names[f"person_of:{key}"] = task.assignee_name or task.role
    names |= {person_key(key): name for key, name in get_person_names(people).items()}
    names |= {f"skill:{key}": name for key, name in get_skill_names(skills).items()}
    return names | {role_key(key): name for key, name in get_role_names(roles).items()}


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


__all__ = ["get_leveling_run", "is_live", "list_leveling_runs", "plans_of", "read_world", "shown_plan"]
