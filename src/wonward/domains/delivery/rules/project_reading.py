"""Reading XML of MS Project: the counterpart of `project_file`, with a list of what a plan here does not hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, time, timedelta
from xml.etree.ElementTree import Element

from wonward.domains.delivery.rules.by_hand import closing, days_of_work, last_day, opening
from wonward.domains.delivery.rules.guarded_xml import read_tree
from wonward.domains.delivery.rules.own_words import read_own_words
from wonward.domains.delivery.rules.project_calendar import read_calendar
from wonward.domains.delivery.rules.project_elements import Losses, is_set, moment_of, text_of, whole_of
from wonward.domains.delivery.rules.project_file import (
    CONSTRAINT_TYPES,
    FIELD_OF_FACTS,
    FIELD_OF_KIND,
    FIELD_OF_ROLE,
    FIELD_OF_STATE,
    LINK_TYPES,
    MOST_BASELINES,
    PRIORITIES,
)
from wonward.domains.delivery.types import TASK_STATUSES
from wonward.domains.delivery.types.exchange import (
    OwnFacts,
    PlanFacts,
    ReadPlan,
    TakenLink,
    TakenOutsideLink,
    TakenTask,
)
from wonward.kernel.errors import Refused
from wonward.kernel.wording import worded
from wonward.kernel.work_calendar import STANDARD_CALENDAR, WorkCalendar

MOST_ROWS = 20_000
LONGEST_NOTES = 20_000
_LINKS = {number: name for name, number in LINK_TYPES.items()}
_FINISHES = ("FNET", "FNLT", "MFO")
_CONSTRAINTS = {number: name for name, number in CONSTRAINT_TYPES.items()}
_ELAPSED = {4, 6, 8, 10, 12, 20, 36, 38, 40, 42, 44, 52}
_PERCENT = {19, 20, 51, 52}
_DURATION = re.compile(r"^P(?:(\d{1,6})D)?T?(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})(?:\.\d+)?S)?$")


def read_project_file(content: bytes) -> ReadPlan:
    """The plan in an MS Project XML file. Refused, naming the file, when it is none or could do harm."""
    root = read_tree(content)
    if root.tag != "Project" or root.find("Tasks") is None:
        raise Refused.field("file", "This is XML, but not of MS Project: it has no list of tasks.", "kind")
    losses = Losses()
    rows = [row for row in root.iterfind("Tasks/Task") if _is_kept(row, losses)]
    if not rows:
        raise Refused.field("file", "There is no task in the file.", "empty")
    if len(rows) > MOST_ROWS:
        raise Refused.field("file", worded("The file holds {count} tasks.", count=len(rows)), "too_many")
    places = {text_of(row, "UID"): place for place, row in enumerate(rows)}
    parents = _parents(rows)
    minutes_per_day = whole_of(root, "MinutesPerDay", 480) or 480
    people, roles = _resources(root, losses)
    doers = _assignments(root, people, roles, losses)
    summaries = set(parents)
    calendar_name, calendar = read_calendar(root, losses)
    _note_of_plan(root, rows, losses)
    tasks = tuple(
        _task(row, parent, is_summary=place in summaries, doer=doers.get(text_of(row, "UID"), ("", "")), minutes_per_day=minutes_per_day,
              calendar=calendar or STANDARD_CALENDAR, losses=losses)
        for place, (row, parent) in enumerate(zip(rows, parents, strict=True))
    )
    links, outside_links = tuple(_links(rows, places, tasks, losses)), tuple(_outside_links(rows, tasks, losses))
    return ReadPlan(
        text_of(root, "Title") or text_of(root, "Name").removesuffix(".xml") or "Imported plan", _start_of(root, rows), tasks,
        links, tuple(_baselines(rows)), calendar_name, calendar, losses.all(), "msproject", outside_links,
        tasks[0].own_facts.plan or PlanFacts(), dates=tuple(_dates(row, calendar or STANDARD_CALENDAR) for row in rows),
    )


def _dates(row: Element, calendar: WorkCalendar) -> tuple[date, date] | None:
    """The days on which the other program let a task begin and end."""
    name = text_of(row, "Name")[:80]
    start, finish = moment_of(text_of(row, "Start"), name), moment_of(text_of(row, "Finish"), name)
    if start is None or finish is None:
        return None
    return days_of_work(start, finish, calendar)


def _is_kept(row: Element, losses: Losses) -> bool:
    name = text_of(row, "Name")
    if is_set(row, "IsNull") or (not name and not text_of(row, "Duration")):
        return False
    if whole_of(row, "OutlineLevel", 1) < 1:
        return False  # the line of the project itself
    if is_set(row, "ExternalTask") or is_set(row, "IsSubproject"):
        losses.lose("Tasks of other projects are not taken over.", name)
        return False
    if text_of(row, "Active") == "0":
        losses.lose("Inactive tasks are not taken over.", name)
        return False
    return True


def _parents(rows: list[Element]) -> list[int | None]:
    """The place of the phase of each row, by the outline level; a level that jumps hangs on the row before."""
    found: list[int | None] = []
    stack: list[tuple[int, int]] = []
    for place, row in enumerate(rows):
        level = max(1, whole_of(row, "OutlineLevel", 1))
        while stack and stack[-1][0] >= level:
            stack.pop()
        found.append(stack[-1][1] if stack else None)
        stack.append((level, place))
    return found


def _fields(row: Element) -> dict[int, str]:
    return {whole_of(one, "FieldID"): text_of(one, "Value") for one in row.iterfind("ExtendedAttribute")}


def _day(row: Element, field: str) -> date | None:
    at = moment_of(text_of(row, field), text_of(row, "Name")[:80])
    return at.date() if at else None


def minutes_of(text: str, what: str = "") -> int:
    """Minutes of an ISO 8601 duration such as PT80H30M0S; seconds are rounded away."""
    match = _DURATION.match(text.strip().lstrip("+"))
    if match is None:
        raise Refused.field("file", worded("“{what}” lasts “{text}”, which is no duration.", what=what, text=text[:40]), "duration")
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return days * 1440 + hours * 60 + minutes + (1 if seconds >= 30 else 0)


def _task(
    row: Element, parent: int | None, *, is_summary: bool, doer: tuple[str, str], minutes_per_day: int,
    calendar: WorkCalendar, losses: Losses,
) -> TakenTask:
    name = text_of(row, "Name") or "Without a name"
    fields = _fields(row)
    said_kind = fields.get(FIELD_OF_KIND, "")
    kind = _kind(row, said_kind, is_summary=is_summary)
    minutes = minutes_of(text_of(row, "Duration"), name[:80]) if text_of(row, "Duration") and not is_summary else minutes_per_day
    if whole_of(row, "DurationFormat", 7) in _ELAPSED:
        losses.lose("Durations in elapsed time become working time of as many days.", name)
        minutes = minutes * minutes_per_day // 1440
    facts = _facts(fields.get(FIELD_OF_FACTS, ""), name, losses)
    constraint, constraint_date = _constraint(row, name, calendar, losses)
    by_hand = (None, None) if is_summary else _by_hand(row, name, minutes, calendar, losses)
    percent = max(0, min(100, whole_of(row, "PercentComplete")))
    actual_start, actual_finish = _day(row, "ActualStart"), _day(row, "ActualFinish")
    status = _status(percent, actual_start, fields.get(FIELD_OF_STATE, ""))
    if is_summary:
        percent, status, actual_start, actual_finish = 0, "todo", None, None
    _note_what_is_lost(row, name, losses)
    notes = text_of(row, "Notes")
    if len(notes) > LONGEST_NOTES:
        losses.lose("Notes are cut after 20,000 characters.", name)
    return TakenTask(
        " ".join(name.split())[:300], parent, kind, notes[:LONGEST_NOTES].replace("\x00", ""), minutes,
        minutes_of(text_of(row, "Work"), name[:80]) if text_of(row, "Work") and (said_kind or not is_summary) else 0, status, percent, constraint,
        constraint_date, _day(row, "Deadline"), actual_start, actual_finish if status == "done" else None, _priority(row, facts),
        doer[0], fields.get(FIELD_OF_ROLE, "") or doer[1], said_kind == "deliverable", *by_hand, facts,
    )


def _kind(row: Element, said: str, *, is_summary: bool) -> str:
    if is_summary:
        return "task" if said in ("task", "deliverable") else "phase"
    if not is_set(row, "Milestone"):
        return "phase" if said == "phase" else "task"
    return "approval" if said == "approval" else "milestone"


def _status(percent: int, actual_start: date | None, said: str) -> str:
    if percent == 100:
        return "done"
    if said in TASK_STATUSES and said != "done":
        return said
    return "doing" if percent or actual_start else "todo"


def _facts(text: str, name: str, losses: Losses) -> OwnFacts:
    """What our own file says beside the words of MS Project."""
    if not text:
        return OwnFacts()
    facts = read_own_words(text)
    if facts is None:
        losses.lose("What our own file said beside the words of MS Project was changed or cut by another program.", name)
    return facts or OwnFacts()


def _priority(row: Element, facts: OwnFacts) -> str:
    number = whole_of(row, "Priority", PRIORITIES["normal"])
    if facts.is_priority_set is False:
        return ""
    if number == PRIORITIES["normal"]:
        return "normal" if facts.is_priority_set else ""
    return "urgent" if number >= 850 else "high" if number > 500 else "low"


def _constraint(row: Element, name: str, calendar: WorkCalendar, losses: Losses) -> tuple[str, date | None]:
    """A constraint to the day; a finish at midnight is the end of the day before."""
    kind = _CONSTRAINTS.get(whole_of(row, "ConstraintType"), "ASAP")
    at = moment_of(text_of(row, "ConstraintDate"), name[:80])
    if kind in ("ASAP", "ALAP") or at is None:
        return (kind if kind == "ALAP" else "ASAP"), None
    if at.time() == time(0) and kind in _FINISHES:
        return kind, at.date() - timedelta(days=1)
    spans = calendar.spans_on(at.date())
    minute = at.hour * 60 + at.minute
    if minute and spans and minute not in ([span[1] for span in spans[-1:]] if kind in _FINISHES else [span[0] for span in spans[:1]]):
        losses.lose("Times of day of constraints are left behind; their day counts.", name)
    return kind, at.date()


def _by_hand(row: Element, name: str, minutes: int, calendar: WorkCalendar, losses: Losses) -> tuple[date | None, date | None]:
    """The days on which MS Project was told by hand that a task begins and ends, both or none."""
    if not is_set(row, "Manual"):
        return None, None
    start = moment_of(text_of(row, "ManualStart") or text_of(row, "Start"), name[:80])
    finish = moment_of(text_of(row, "ManualFinish") or text_of(row, "Finish"), name[:80])
    if start is None or (finish is not None and finish < start):
        losses.lose("Tasks scheduled by hand without a start follow the plan from now on.", name)
        return None, None
    first = start.date()
    last = finish.date() if finish else last_day(first, minutes, calendar) if any(calendar.week) else first
    if finish is not None and finish.time() == time(0) and last > first:
        last -= timedelta(days=1)
    edges = (opening(first, calendar), closing(last, calendar))
    if not is_set(row, "Milestone") and start.time() != time(0) and (start != edges[0] or (finish is not None and finish != edges[1])):
        losses.lose("Times of day of tasks scheduled by hand are left behind; their days count.", name)
    return first, last


def _note_of_plan(root: Element, rows: list[Element], losses: Losses) -> None:
    if text_of(root, "ScheduleFromStart") == "0":
        losses.lose("A plan that is counted back from its end is counted from its start here.")
    names = {text_of(one, "FieldID"): text_of(one, "Alias") or text_of(one, "FieldName") for one in root.iterfind("ExtendedAttributes/ExtendedAttribute")}
    ours = {str(number) for number in (FIELD_OF_KIND, FIELD_OF_STATE, FIELD_OF_ROLE, FIELD_OF_FACTS)}
    for row in rows:
        for one in row.iterfind("ExtendedAttribute"):
            field = text_of(one, "FieldID")
            if (field not in ours or not names.get(field, "Wonward").startswith("Wonward")) and text_of(one, "Value"):
                losses.lose("Custom fields of tasks are left behind.", names.get(field, field))


def _note_what_is_lost(row: Element, name: str, losses: Losses) -> None:
    if is_set(row, "Recurring"):
        losses.lose("Recurring tasks are taken over as the single tasks they were.", name)
    if whole_of(row, "CalendarUID", -1) > 0:
        losses.lose("Calendars of single tasks are left behind; the calendar of the project counts.", name)
    if float(whole_of(row, "Cost")) or whole_of(row, "FixedCost"):
        losses.lose("Costs are left behind; they follow from people and rates here.", name)
    if text_of(row, "HyperlinkAddress"):
        losses.lose("Links to web pages are left behind.", name)


def _links(
    rows: list[Element], places: Mapping[str, int], tasks: tuple[TakenTask, ...], losses: Losses
) -> Iterable[TakenLink]:
    seen: set[tuple[int, int]] = set()
    for to_place, row in enumerate(rows):
        name = tasks[to_place].name
        for link in row.iterfind("PredecessorLink"):
            from_place = places.get(text_of(link, "PredecessorUID"))
            if _outside_name(link):
                continue
            if from_place is None or is_set(link, "CrossProject"):
                losses.lose("Dependencies on tasks outside the file are left behind.", name)
            elif from_place == to_place:
                losses.lose("A task that waits for itself does so no longer.", name)
            elif (from_place, to_place) in seen:
                losses.lose("Of two dependencies between the same tasks the first is kept.", name)
            else:
                seen.add((from_place, to_place))
                yield _link(link, from_place, to_place, tasks, losses)


def _outside_name(link: Element) -> tuple[str, int] | None:
    """The file and the number of a task in another plan, or None for a link that names none."""
    file, _, number = text_of(link, "CrossProjectName").replace("/", "\\").rpartition("\\")
    if not is_set(link, "CrossProject") or not file or not (number.isascii() and number.isdigit() and len(number) < 16):
        return None
    return file.rpartition("\\")[2][:200], int(number)


def _outside_links(rows: list[Element], tasks: tuple[TakenTask, ...], losses: Losses) -> Iterable[TakenOutsideLink]:
    seen: set[tuple[str, int, int]] = set()
    for place, row in enumerate(rows):
        for link in row.iterfind("PredecessorLink"):
            named = _outside_name(link)
            if named is None or (*named, place) in seen:
                continue
            seen.add((*named, place))
            if whole_of(link, "LagFormat", 7) in _PERCENT:
                losses.lose("Dependencies on tasks outside the file are left behind.", tasks[place].name)
                continue
            plain = _link(link, place, place, tasks, losses)
            yield TakenOutsideLink(*named, place, plain.type, plain.lag_minutes, plain.lag_unit)


def _link(link: Element, from_place: int, to_place: int, tasks: tuple[TakenTask, ...], losses: Losses) -> TakenLink:
    """LinkLag counts tenths of minutes, or percent of what is waited for where the format says so."""
    lag_format, lag = whole_of(link, "LagFormat", 7), whole_of(link, "LinkLag")
    unit = "elapsed" if lag_format in _ELAPSED else "working"
    if lag_format in _PERCENT:
        minutes = round(tasks[from_place].duration_minutes * lag / 100)
        losses.lose("Lags in percent become the working time they stand for today.", tasks[to_place].name)
    else:
        minutes = round(lag / 10)
    return TakenLink(from_place, to_place, _LINKS.get(whole_of(link, "Type", 1), "FS"), minutes, unit)


def _baselines(rows: list[Element]) -> Iterable[dict[int, tuple[date, date]]]:
    found: dict[int, dict[int, tuple[date, date]]] = {}
    for place, row in enumerate(rows):
        name = text_of(row, "Name")[:80]
        for frozen in row.iterfind("Baseline"):
            start, finish = moment_of(text_of(frozen, "Start"), name), moment_of(text_of(frozen, "Finish"), name)
            number = whole_of(frozen, "Number")
            if start and finish and 0 <= number < MOST_BASELINES and not is_set(frozen, "Interim"):
                found.setdefault(number, {})[place] = (start.date(), finish.date())
    return [dates for _, dates in sorted(found.items())]


def _resources(root: Element, losses: Losses) -> tuple[dict[str, str], dict[str, str]]:
    """Names of people and of roles by the UID of their resource; material and cost are none of both."""
    people: dict[str, str] = {}
    roles: dict[str, str] = {}
    own_calendars = {text_of(one, "UID") for one in root.iterfind("Calendars/Calendar") if not is_set(one, "IsBaseCalendar") and _has_days(one)}
    for row in root.iterfind("Resources/Resource"):
        name = text_of(row, "Name")
        if not name or is_set(row, "IsNull"):
            continue
        if text_of(row, "CalendarUID") in own_calendars:
            losses.lose("Calendars of single people are left behind; their working week and time off here count.", name)
        if whole_of(row, "Type", 1) != 1:
            losses.lose("Material and cost resources are left behind.", name)
        elif is_set(row, "IsGeneric"):
            roles[text_of(row, "UID")] = " ".join(name.split())[:120]
        else:
            people[text_of(row, "UID")] = " ".join(name.split())[:120]
    return people, roles


def _has_days(calendar: Element) -> bool:
    return calendar.find("WeekDays/WeekDay") is not None or calendar.find("Exceptions/Exception") is not None


def _assignments(
    root: Element, people: Mapping[str, str], roles: Mapping[str, str], losses: Losses
) -> dict[str, tuple[str, str]]:
    """Who does a task, as (person, role), by the UID of the task; the first of each counts."""
    found: dict[str, tuple[str, str]] = {}
    names = {text_of(row, "UID"): text_of(row, "Name") for row in root.iterfind("Tasks/Task")}
    for row in root.iterfind("Assignments/Assignment"):
        task, resource = text_of(row, "TaskUID"), text_of(row, "ResourceUID")
        person, role = people.get(resource, ""), roles.get(resource, "")
        before = found.get(task, ("", ""))
        if (person and before[0]) or (role and before[1]):
            losses.lose("Of several people on a task the first is responsible; the others are left behind.", names.get(task, ""))
        if person or role:
            found[task] = (before[0] or person, before[1] or role)
    return found


def _start_of(root: Element, rows: list[Element]) -> date:
    at = moment_of(text_of(root, "StartDate"), "The project")
    starts = [start for row in rows if (start := _day(row, "Start"))]
    found = at.date() if at else min(starts, default=None)
    if found is None:
        raise Refused.field("file", "Neither the project nor a task in the file has a start.", "date")
    return found
