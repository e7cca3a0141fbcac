"""Tasks into known projects: the outline first, then who waits for whom; every date through the promise ledger."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from wonward.domains.delivery.queries.projects import find_project_keys, find_projects
from wonward.domains.delivery.queries.tasks import find_tasks, list_dependencies
from wonward.domains.delivery.types import NewDependency, NewTask, PlanEdit, TaskChange
from wonward.journeys.imports.operations.kinds.meeting import (
    index_rows,
    levels_of,
    one_by_one,
    parent_of,
    settle_known,
)
from wonward.journeys.imports.operations.matching import People, in_parts
from wonward.journeys.imports.operations.work import Outcome, Work, attempt, date_of
from wonward.journeys.imports.queries import find_ledger, list_made
from wonward.journeys.imports.rules.meanings import TASK_STATUSES, TASK_TYPES, meaning_of
from wonward.journeys.imports.rules.records import ReadRow, Record
from wonward.journeys.imports.rules.words import same_key
from wonward.journeys.promises.operations import change_plan
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded

_REASON = "Imported"
_SPLIT = re.compile(r"[;,]")
_DAY_MINUTES = 480
_LONGEST_DAYS = 3650


class TaskRows:
    """Rows of tasks."""

    noun = "delivery.task"
    permissions: Mapping[str, str] = {"delivery.plan.change": worded("change plans")}

    def survey(self, work: Work, rows: Sequence[ReadRow]) -> None:
        projects = _Projects(work, rows)
        known = _find_known(work, rows)
        by_name = index_rows(rows)
        people = People(work)
        for row in rows:
            record = row.record
            if projects.find(record) is None:
                named = record.get("project") or record.get("project_external_id")
                what = worded("names the project “{named}”, which is not known here", named=named) if named else worded("names no project")
                row.stop("", worded("Row {number} {what}; import the project first or choose one.", number=row.number, what=what), "no_project")
            if record.get("parent") and parent_of(row, by_name) is None and record["parent"] not in known:
                row.warn("", worded("Row {number}: the parent task “{parent}” is not in the file; it comes in without.", number=row.number, parent=record["parent"]), "parent_missing")
            if record.get("status") and not meaning_of(TASK_STATUSES, record["status"]):
                row.warn("", worded("Row {number}: “{status}” is no known status; the task is to do.", number=row.number, status=record["status"]), "unknown_status")
            if record.get("assignee") and people.find(record, "assignee") is None:
                row.warn("", worded("Row {number}: nobody here is called “{assignee}”; the task is assigned to nobody.", number=row.number, assignee=record["assignee"]), "no_assignee")
            for other in _others(record, by_name):
                if other not in by_name:
                    row.warn("", worded("Row {number} waits for “{other}”, which is not in the file; that link is lost.", number=row.number, other=other[:80]), "link_missing")
            if not row.is_stopped:
                work.tally["known" if row.external_id in known else "new"] += 1

    def apply(self, work: Work, rows: Sequence[ReadRow]) -> list[Outcome]:
        projects, people = _Projects(work, rows), People(work)
        known = _find_known(work, rows)
        by_name = index_rows(rows)
        parents = _parent_ids(work, rows)
        outcomes: list[Outcome] = []
        for level in levels_of([row for row in rows if row.external_id not in known]):
            for project_id, group in _by_project(projects, level).items():
                outcomes += _add(work, people, project_id, group, by_name, parents)
        met = [(row, Ref(self.noun, known[row.external_id])) for row in rows if row.external_id in known]
        return outcomes + settle_known(
            work, met, versions=_versions, change=one_by_one(lambda row, key, fields: _change(work, people, row.record, key, fields))
        )


class _Projects:
    """Projects by id and name, and the one chosen for tasks that name none."""

    def __init__(self, work: Work, rows: Sequence[ReadRow]) -> None:
        records = [row.record for row in rows]
        self._default = work.choices.project_id
        ids = [record.get("project_external_id", "") for record in records]
        ledger = find_ledger(kind="projects", source=work.source, external_ids=ids)
        seen = find_projects(actor=work.actor, project_ids=[entry.ref_id for entry in ledger.values()])
        self._by_id = {key: entry.ref_id for key, entry in ledger.items() if entry.ref_id in seen}
        self._by_name: dict[str, int] = {}
        for part in in_parts([*(record.get("project", "") for record in records), work.title]):
            for key, name in find_project_keys(actor=work.actor, names=part):
                self._by_name.setdefault(same_key(name), key)
        if self._default is None:
            self._default = self._by_name.get(same_key(work.title)) if work.title else None

    def find(self, record: Record) -> int | None:
        """The project of a task."""
        if found := self._by_id.get(record.get("project_external_id", "")):
            return found
        name = record.get("project", "")
        if not name:
            return self._default
        first = _SPLIT.split(name)[0].strip()
        return self._by_name.get(same_key(name)) or self._by_name.get(same_key(first)) or self._default


def _find_known(work: Work, rows: Sequence[ReadRow]) -> dict[str, int]:
    ledger = find_ledger(kind="tasks", source=work.source, external_ids=[row.external_id for row in rows])
    live = _versions([entry.ref_id for entry in ledger.values()])
    return {key: entry.ref_id for key, entry in ledger.items() if entry.ref_id in live}


def _versions(ids: Collection[int]) -> dict[int, int]:
    wanted = sorted(set(ids))
    found: dict[int, int] = {}
    for start in range(0, len(wanted), 400):
        found |= {key: task.version for key, task in find_tasks(task_ids=wanted[start : start + 400]).items()}
    return found


def _parent_ids(work: Work, rows: Sequence[ReadRow]) -> dict[str, int]:
    """Tasks of earlier rows or imports, by the id rows name as parent."""
    names = [row.record["parent"] for row in rows if row.record.get("parent")]
    found = {key: entry.ref_id for key, entry in find_ledger(kind="tasks", source=work.source, external_ids=names).items()}
    live = _versions(list(found.values()))
    return {**_names(work), **{key: task_id for key, task_id in found.items() if task_id in live}}


def _names(work: Work) -> dict[str, int]:
    """Tasks of this import made so far, by everything rows may call them; read once, then kept up."""
    if "tasks_by_name" not in work.cache:
        found: dict[str, int] = {}
        for external_id, record, task_id in list_made(batch_id=work.batch_id):
            for name in (external_id, record.get("other_id", ""), same_key(record.get("name", ""))):
                if name:
                    found.setdefault(name, task_id)
        work.cache["tasks_by_name"] = found
    names: dict[str, int] = work.cache["tasks_by_name"]
    return names


def _by_project(projects: _Projects, rows: Sequence[ReadRow]) -> dict[int, list[ReadRow]]:
    groups: dict[int, list[ReadRow]] = {}
    for row in rows:
        groups.setdefault(projects.find(row.record) or 0, []).append(row)
    return groups


def _add(
    work: Work, people: People, project_id: int, rows: Sequence[ReadRow], by_name: Mapping[str, ReadRow], parents: dict[str, int]
) -> list[Outcome]:
    """Add tasks of one project and one level; when a rule says no, one by one, so that it names its row."""
    made: dict[int, int] = {}

    def write(part: Sequence[ReadRow]) -> None:
        new = [_new(people, row, by_name, parents) for row in part]
        changed = change_plan(actor=work.actor, project_id=project_id, changes=new, reason=_REASON, now=work.now)
        ids = changed.outcome.touched_ids
        edits: list[PlanEdit] = []
        for row, key in zip(part, ids, strict=True):
            fields = _progress(row.record, work.now.date())
            if fields:
                edits.append(TaskChange(key, fields))
        if edits:
            change_plan(actor=work.actor, project_id=project_id, changes=edits, reason=_REASON, now=work.now)
        made.update({row.number: key for row, key in zip(part, ids, strict=True)})

    refusals: dict[int, str] = {}
    if attempt(lambda: write(rows)):
        made.clear()
        for row in rows:
            if why := attempt(_once(write, row)):
                refusals[row.number] = worded("Row {number}: {why}", number=row.number, why=why)
    for row in rows:
        if row.number in made:
            for name in (row.external_id, row.record.get("other_id", ""), same_key(row.record["name"])):
                if name:
                    parents.setdefault(name, made[row.number])
                    _names(work).setdefault(name, made[row.number])
    versions = _versions(list(made.values()))
    return [
        Outcome(row, "created", Ref("delivery.task", made[row.number]), version=versions.get(made[row.number], 1))
        if row.number in made
        else Outcome(row, "skipped", message=refusals.get(row.number, ""))
        for row in rows
    ]


def _once(write: Any, row: ReadRow) -> Any:
    return lambda: write([row])


def _new(people: People, row: ReadRow, by_name: Mapping[str, ReadRow], parents: Mapping[str, int]) -> NewTask:
    record = row.record
    person = people.find(record, "assignee") if record.get("assignee") or record.get("assignee_email") else None
    kind = meaning_of(TASK_TYPES, record.get("type", "")) or "task"
    return NewTask(
        name=record["name"], kind=kind, parent_id=_parent_id(row, by_name, parents), duration_minutes=_duration(record, kind),
        effort_minutes=min(record.get("effort") or 0, 10_000_000), role=record.get("role", ""),
        assignee_id=person.id if person and person.is_active else None, start_date=date_of(record.get("start_date")),
    )


def _parent_id(row: ReadRow, by_name: Mapping[str, ReadRow], parents: Mapping[str, int]) -> int | None:
    parent = parent_of(row, by_name)
    for text in ((parent.external_id,) if parent else ()) + (row.record.get("parent", ""), same_key(row.record.get("parent", ""))):
        if text and text in parents:
            return parents[text]
    return None


def _duration(record: Record, kind: str) -> int:
    """What the file says; else the working time from start to due date, else its effort, else a day."""
    if kind == "milestone":
        return 0
    days = Decimal(record.get("duration_days") or 0)
    if 0 < days <= _LONGEST_DAYS:
        return int(days * _DAY_MINUTES)
    start, due = date_of(record.get("start_date")), date_of(record.get("due_date"))
    if start and due and start <= due:
        weekdays = sum(1 for offset in range(min((due - start).days, 5000) + 1) if (start.toordinal() + offset - 1) % 7 < 5)
        return min(max(weekdays, 1), _LONGEST_DAYS) * _DAY_MINUTES
    return min(record.get("effort") or _DAY_MINUTES, _LONGEST_DAYS * _DAY_MINUTES)


def _progress(record: Record, today: date) -> dict[str, Any]:
    """What a new task does not carry: notes, deadline, status and progress."""
    fields: dict[str, Any] = {}
    if record.get("notes"):
        fields["notes"] = record["notes"]
    if record.get("due_date"):
        fields["deadline_date"] = date_of(record["due_date"])
    is_done = record.get("is_done") or (record.get("completed_date") and not record.get("status"))
    status = "done" if is_done else meaning_of(TASK_STATUSES, record.get("status", ""))
    if status and status != "todo":
        fields["status"] = status
        fields |= _actual(record, status, today)
    elif record.get("percent_complete") and (record["percent_complete"] == 100 or meaning_of(TASK_TYPES, record.get("type", "")) != "milestone"):
        fields["percent_complete"] = record["percent_complete"]
    return fields


def _actual(record: Record, status: str, today: date) -> dict[str, Any]:
    """When it was really begun and finished, as far as the file says and that day has come."""
    started, finished = date_of(record.get("start_date")), date_of(record.get("completed_date") or record.get("due_date"))
    dates: dict[str, Any] = {"actual_start_date": min(started, today)} if started else {}
    if status == "done" and finished and (record.get("completed_date") or started):
        dates["actual_finish_date"] = min(max(finished, started or finished), today)
    return dates


def _change(work: Work, people: People, record: Record, key: int, fields: set[str]) -> None:
    values = {name: value for name, value in _progress(record, work.now.date()).items() if _field_of(name) & fields}
    if "name" in fields:
        values["name"] = record["name"]
    if "start_date" in fields and record.get("start_date"):
        values["start_date"] = date_of(record["start_date"])
    if fields & {"assignee", "assignee_email"} and (person := people.find(record, "assignee")):
        values["assignee_id"] = person.id
    if values:
        project_id = find_tasks(task_ids=[key])[key].project_id
        change_plan(actor=work.actor, project_id=project_id, changes=[TaskChange(key, values)], reason=_REASON, now=work.now)


def _field_of(name: str) -> set[str]:
    return {
        "deadline_date": {"due_date"}, "status": {"status", "is_done"}, "actual_start_date": {"start_date", "status"},
        "actual_finish_date": {"completed_date", "status"},
    }.get(name, {name})


def _others(record: Record, by_name: Mapping[str, ReadRow]) -> list[str]:
    """The tasks a record waits for or holds up, as ids or names; a name may itself hold a comma."""
    found: list[str] = []
    for field in ("blocked_by", "blocking"):
        text = record.get(field, "")
        if text:
            whole = same_key(text)
            found += [whole] if whole in by_name else [_key(one, by_name) for one in _SPLIT.split(text) if one.strip()]
    return found


def _key(text: str, by_name: Mapping[str, ReadRow]) -> str:
    bare = text.strip()
    return bare if bare in by_name else same_key(bare)


def link_tasks(work: Work, rows: Sequence[tuple[ReadRow, int]]) -> None:
    """Add the dependencies between rows whose tasks exist, each once; a circle or another project is named."""
    named = [(row, key) for row, key in rows if row.record.get("blocked_by") or row.record.get("blocking")]
    if not named:
        return
    names = {text for row, _ in named for field in ("blocked_by", "blocking")
             for text in (*_SPLIT.split(row.record.get(field, "")), row.record.get(field, ""))}
    wanted = {text.strip() for text in names if text.strip()}
    by_id = {key: entry.ref_id for key, entry in find_ledger(kind="tasks", source=work.source, external_ids=wanted).items()}
    by_id = {**_names(work), **by_id}
    tasks = find_tasks(task_ids=[*(key for _, key in named), *by_id.values()])
    present: set[tuple[int, int]] = set()
    for project_id in {tasks[key].project_id for _, key in named if key in tasks}:
        present |= {(one.from_id, one.to_id) for one in list_dependencies(project_id=project_id)}
    for row, key in named:
        for field in ("blocked_by", "blocking"):
            for other in _targets(row.record.get(field, ""), by_id):
                pair = (other, key) if field == "blocked_by" else (key, other)
                if pair not in present and pair[0] != pair[1] and key in tasks:
                    present.add(pair)
                    _add_link(work, row, tasks[key].project_id, pair)


def _targets(text: str, by_id: Mapping[str, int]) -> list[int]:
    for whole in (text.strip(), same_key(text)):
        if whole and whole in by_id:
            return [by_id[whole]]
    found = []
    for one in _SPLIT.split(text):
        key = by_id.get(one.strip()) or by_id.get(same_key(one))
        if key:
            found.append(key)
    return found


def _add_link(work: Work, row: ReadRow, project_id: int, pair: tuple[int, int]) -> None:
    refusal = attempt(
        lambda: change_plan(
            actor=work.actor, project_id=project_id, changes=[NewDependency(*pair)], reason=_REASON, now=work.now
        )
    )
    if refusal:
        row.warn("", worded("Row {number}: a link between tasks was left out: {refusal}", number=row.number, refusal=refusal), "link_refused")
    else:
        work.tally["dependencies_added"] += 1
