"""A plan as XML of MS Project: elements in the order of its schema, durations as PT..H..M..S, lag and slack in tenths of a minute."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from xml.sax.saxutils import escape

from wonward.domains.delivery.rules.by_hand import closing, opening
from wonward.domains.delivery.rules.own_words import own_words
from wonward.domains.delivery.types.exchange import PlannedLink, PlannedOutsideLink, PlannedTask, WholePlan
from wonward.kernel.work_calendar import CalendarNeverWorks, Spans

NAMESPACE = "http://schemas.microsoft.com/project"
LINK_TYPES = {"FF": 0, "FS": 1, "SF": 2, "SS": 3}
CONSTRAINT_TYPES = {"ASAP": 0, "ALAP": 1, "MSO": 2, "MFO": 3, "SNET": 4, "SNLT": 5, "FNET": 6, "FNLT": 7}
LAG_FORMATS = {"working": 7, "elapsed": 8}
PRIORITIES = {"urgent": 900, "high": 700, "normal": 500, "low": 300}
MOST_BASELINES = 11
FIELD_OF_KIND, FIELD_OF_STATE, FIELD_OF_ROLE, FIELD_OF_FACTS = 188743731, 188743734, 188743737, 188743740  # Text1 to Text4
_IN_DAYS, _FIXED_DURATION, _WORK = 7, 1, 1
_TENTHS = 10
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_LONGEST_SPAN_DAYS = 73_000


def project_file(plan: WholePlan) -> bytes:
    """The whole document in UTF-8."""
    clock = _Clock(plan)
    resources = _resources(plan.tasks)
    parts = ['<?xml version="1.0" encoding="UTF-8" standalone="yes"?>', f'<Project xmlns="{NAMESPACE}">', *_head(plan, clock)]
    parts += ["<ExtendedAttributes>", *_own_fields(), "</ExtendedAttributes>"]
    parts += ["<Calendars>", *_calendar(plan), "</Calendars>", "<Tasks>", *_tasks(plan, clock), "</Tasks>"]
    parts += ["<Resources>", *_resource_rows(resources), "</Resources>"]
    parts += ["<Assignments>", *_assignments(plan.tasks, resources), "</Assignments>", "</Project>"]
    return "\n".join(parts).encode()


class _Clock:
    """Working minutes between moments of the plan, from sums over its days."""

    def __init__(self, plan: WholePlan) -> None:
        self.calendar = plan.calendar
        days = [at.date() for task in plan.tasks for at in (task.start_at, task.finish_at) if at]
        days += [day for task in plan.tasks for day in task.by_hand or ()]
        days += [day for frozen in plan.baselines for pair in frozen.values() for day in pair]
        self.first = min([plan.start_date, *days])
        self.last = max([plan.start_date, *days])
        self._before = [0]
        for place in range(min((self.last - self.first).days, _LONGEST_SPAN_DAYS) + 1):
            self._before.append(self._before[-1] + self.calendar.minutes_on(self.first + timedelta(days=place)))

    def between(self, start: datetime, finish: datetime) -> int:
        """Working minutes from start to finish."""
        return max(self._until(finish) - self._until(start), 0)

    def _until(self, at: datetime) -> int:
        minute = at.hour * 60 + at.minute
        today = sum(min(end, minute) - begin for begin, end in self.calendar.spans_on(at.date()) if begin < minute)
        return self._before[max(0, min((at.date() - self.first).days, len(self._before) - 1))] + today

    def opening(self, day: date) -> datetime:
        """The first working minute of a day, or of the next that is worked."""
        try:
            day = self.calendar.next_working_day(day)
        except CalendarNeverWorks:
            return datetime.combine(day, time(0))
        return _at(day, self.calendar.spans_on(day)[0][0])

    def closing(self, day: date) -> datetime:
        """The end of the last working minute of a day, or of the last before it that is worked."""
        try:
            day = self.calendar.previous_working_day(day)
        except CalendarNeverWorks:
            return datetime.combine(day, time(0))
        return _at(day, min(self.calendar.spans_on(day)[-1][1], 1439))


def _at(day: date, minute: int) -> datetime:
    return datetime.combine(day, time(minute // 60, minute % 60))


def _tag(name: str, value: int | str | datetime | None) -> str:
    """An element, or nothing for None."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.replace(tzinfo=None).isoformat(timespec="seconds")
    return f"<{name}>{value if isinstance(value, int) else escape(_NOT_XML.sub('', value))}</{name}>"


def _said(pairs: Iterable[tuple[str, int | str | datetime | None]]) -> str:
    return "".join(_tag(name, value) for name, value in pairs)


def _length(minutes: int) -> str:
    return f"PT{minutes // 60}H{minutes % 60}M0S"


def _head(plan: WholePlan, clock: _Clock) -> list[str]:
    week = plan.calendar.week
    full = next((spans for spans in week if spans), ((540, 1020),))
    return [_said([
        ("SaveVersion", 14), ("Name", f"{plan.name}.xml"), ("Title", plan.name), ("Company", plan.company_name),
        ("Manager", plan.manager_name or None), ("CreationDate", plan.created_at), ("LastSaved", plan.updated_at),
        ("ScheduleFromStart", 1), ("StartDate", clock.opening(plan.start_date)),
        ("FinishDate", max((task.finish_at for task in plan.tasks if task.finish_at), default=clock.opening(plan.start_date))),
        ("CalendarUID", 1), ("DefaultStartTime", _clock_time(full[0][0])), ("DefaultFinishTime", _clock_time(full[-1][1])),
        ("MinutesPerDay", max((_minutes(spans) for spans in week), default=0) or 480),
        ("MinutesPerWeek", sum(_minutes(spans) for spans in week) or 2400), ("DaysPerMonth", 20), ("NewTasksAreManual", 0),
    ])]


def _own_fields() -> list[str]:
    """What MS Project has no word for stands in text fields under our names."""
    named = ((FIELD_OF_KIND, "Text1", "Wonward kind"), (FIELD_OF_STATE, "Text2", "Wonward state"),
             (FIELD_OF_ROLE, "Text3", "Wonward role"), (FIELD_OF_FACTS, "Text4", "Wonward facts"))
    return [
        "<ExtendedAttribute>" + _said([("FieldID", str(number)), ("FieldName", name), ("Alias", alias)]) + "</ExtendedAttribute>"
        for number, name, alias in named
    ]


def _minutes(spans: Spans) -> int:
    return sum(end - begin for begin, end in spans)


def _clock_time(minute: int) -> str:
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}:00"


def _calendar(plan: WholePlan) -> list[str]:
    """Days count from Sunday as 1."""
    days = [
        f"<WeekDay>{_tag('DayType', (place + 1) % 7 + 1)}{_working(spans)}</WeekDay>" for place, spans in
        sorted(enumerate(plan.calendar.week), key=lambda pair: (pair[0] + 1) % 7)
    ]
    exceptions = [_exception(day, spans) for day, spans in sorted(plan.calendar.exceptions.items())]
    return [
        "<Calendar>", _said([("UID", 1), ("Name", plan.calendar_name), ("IsBaseCalendar", 1), ("BaseCalendarUID", -1)]),
        "<WeekDays>", *days, "</WeekDays>", *(["<Exceptions>", *exceptions, "</Exceptions>"] if exceptions else []), "</Calendar>",
    ]


def _exception(day: date, spans: Spans) -> str:
    period = _said([("FromDate", f"{day.isoformat()}T00:00:00"), ("ToDate", f"{day.isoformat()}T23:59:00")])
    return (
        f"<Exception><EnteredByOccurrences>0</EnteredByOccurrences><TimePeriod>{period}</TimePeriod>"
        f"<Occurrences>1</Occurrences>{_tag('Name', day.isoformat())}<Type>1</Type>{_working(spans)}</Exception>"
    )


def _working(spans: Spans) -> str:
    times = "".join(
        f"<WorkingTime>{_tag('FromTime', _clock_time(begin))}{_tag('ToTime', _clock_time(end))}</WorkingTime>" for begin, end in spans
    )
    return _tag("DayWorking", int(bool(spans))) + (f"<WorkingTimes>{times}</WorkingTimes>" if spans else "")


def _tasks(plan: WholePlan, clock: _Clock) -> list[str]:
    parents = {task.parent_id for task in plan.tasks}
    progress = _progress(plan.tasks, parents)
    waits: dict[int, list[str]] = {}
    for link in plan.links:
        waits.setdefault(link.to_id, []).append(_link(link))
    for outside in plan.outside_links:
        waits.setdefault(outside.to_id, []).append(_outside_link(outside))
    counters: list[int] = []
    parts = []
    for place, task in enumerate(plan.tasks, start=1):
        counters[task.level + 1 :] = []
        if len(counters) <= task.level:
            counters += [0] * (task.level + 1 - len(counters))
        counters[task.level] += 1
        outline = ".".join(str(number) for number in counters)
        parts.append(_task(task, place, outline, task.id in parents, progress[task.id], clock))
        parts += waits.get(task.id, ())
        parts += [_field(FIELD_OF_KIND, task.own_kind or ("task" if task.id in parents else "")), _field(FIELD_OF_STATE, task.own_state),
                  _field(FIELD_OF_ROLE, task.role if task.person_id is not None else ""),
                  _field(FIELD_OF_FACTS, own_words(task.own_facts))]
        parts += [_baseline(number, task, frozen, clock) for number, frozen in enumerate(plan.baselines[:MOST_BASELINES])]
        parts.append("</Task>")
    return [part for part in parts if part]


def _task(task: PlannedTask, place: int, outline: str, is_summary: bool, percent: int, clock: _Clock) -> str:
    length = 0 if task.is_moment else task.duration_minutes
    if is_summary and task.start_at and task.finish_at:
        length = clock.between(task.start_at, task.finish_at)
    has_begun = percent > 0 or task.actual_start_date is not None
    begun = clock.opening(task.actual_start_date) if task.actual_start_date else task.start_at
    ended = clock.closing(task.actual_finish_date) if task.actual_finish_date else task.finish_at
    done = length * percent // 100
    by_hand = _by_hand(task, clock) if not is_summary else []
    return "<Task>" + _said([
        ("UID", task.id), ("ID", place), ("Name", task.name), ("Active", 1), ("Manual", int(bool(by_hand))), ("Type", _FIXED_DURATION), ("IsNull", 0),
        ("WBS", outline), ("OutlineNumber", outline), ("OutlineLevel", task.level + 1), ("Priority", PRIORITIES.get(task.priority, 500)),
        ("Start", task.start_at), ("Finish", task.finish_at), ("Duration", _length(length)),
        *by_hand, ("DurationFormat", _IN_DAYS),
        ("Work", _length(task.effort_minutes)), ("EffortDriven", 0), ("Estimated", 0), ("Milestone", int(task.is_moment)),
        ("Summary", int(is_summary)), ("Critical", int(task.is_critical)), ("FreeSlack", task.free_float_minutes * _TENTHS),
        ("TotalSlack", task.total_float_minutes * _TENTHS), ("PercentComplete", percent),
        ("ActualStart", begun if has_begun else None), ("ActualFinish", ended if percent == 100 else None),
        ("ActualDuration", _length(done)), ("RemainingDuration", _length(length - done)),
        ("ConstraintType", CONSTRAINT_TYPES[task.constraint]), ("CalendarUID", -1), ("ConstraintDate", _constraint_at(task, clock)),
        ("Deadline", clock.closing(task.deadline_date) if task.deadline_date else None), ("Notes", task.notes or None),
    ])


def _by_hand(task: PlannedTask, clock: _Clock) -> list[tuple[str, int | str | datetime | None]]:
    """The dates somebody set, which are others than the computed ones once work has begun."""
    if task.by_hand is None:
        return []
    start, finish = opening(task.by_hand[0], clock.calendar), closing(task.by_hand[1], clock.calendar)
    start = finish if task.is_moment else start
    return [("ManualStart", start), ("ManualFinish", finish), ("ManualDuration", _length(clock.between(start, finish)))]


def _constraint_at(task: PlannedTask, clock: _Clock) -> datetime | None:
    """What starts is held against the first working minute of its day, what finishes against the last, as the plan itself does."""
    if task.constraint_date is None:
        return None
    if task.constraint not in ("FNET", "FNLT", "MFO"):
        return clock.opening(task.constraint_date)
    is_worked = bool(clock.calendar.spans_on(task.constraint_date))
    return clock.closing(task.constraint_date) if is_worked else datetime.combine(task.constraint_date, time(23, 59))


def _link(link: PlannedLink) -> str:
    return "<PredecessorLink>" + _said([
        ("PredecessorUID", link.from_id), ("Type", LINK_TYPES[link.type]), ("CrossProject", 0),
        ("LinkLag", link.lag_minutes * _TENTHS), ("LagFormat", LAG_FORMATS[link.lag_unit]),
    ]) + "</PredecessorLink>"


def _outside_link(link: PlannedOutsideLink) -> str:
    """MS Project names what another file holds by the file and the number of the task, with a backslash between."""
    return "<PredecessorLink>" + _said([
        ("PredecessorUID", link.from_id), ("Type", LINK_TYPES[link.type]), ("CrossProject", 1),
        ("CrossProjectName", f"{link.from_file}\\{link.from_id}"), ("LinkLag", link.lag_minutes * _TENTHS),
        ("LagFormat", LAG_FORMATS[link.lag_unit]),
    ]) + "</PredecessorLink>"


def _field(number: int, value: str) -> str:
    return "<ExtendedAttribute>" + _said([("FieldID", str(number)), ("Value", value)]) + "</ExtendedAttribute>" if value else ""


def _baseline(number: int, task: PlannedTask, frozen: Mapping[int, tuple[date, date]], clock: _Clock) -> str:
    dates = frozen.get(task.id)
    if dates is None:
        return ""
    finish = clock.closing(dates[1])
    start = finish if task.is_moment else min(clock.opening(dates[0]), finish)
    return "<Baseline>" + _said([
        ("Number", number), ("Interim", 0), ("Start", start), ("Finish", finish), ("Duration", _length(clock.between(start, finish))),
        ("DurationFormat", _IN_DAYS),
    ]) + "</Baseline>"


def _progress(tasks: Sequence[PlannedTask], parents: set[int | None]) -> dict[int, int]:
    """Percent complete of each task; what holds others is as far as they are, weighed by their duration."""
    weight: dict[int, int] = {}
    worked: dict[int, int] = {}
    found = {}
    for task in reversed(tasks):
        if task.id in parents:
            total = weight.get(task.id, 0)
            found[task.id] = worked.get(task.id, 0) // total if total else 0
            ours, done = total, worked.get(task.id, 0)
        else:
            found[task.id] = task.percent_complete
            ours = 0 if task.is_moment else task.duration_minutes
            done = ours * task.percent_complete
        if task.parent_id is not None:
            weight[task.parent_id] = weight.get(task.parent_id, 0) + ours
            worked[task.parent_id] = worked.get(task.parent_id, 0) + done
    return found


def _resources(tasks: Sequence[PlannedTask]) -> dict[tuple[int, str], int]:
    """Numbers of the people on tasks and, where nobody is, of the roles that are asked for; (person, name), a role as person 0."""
    found: dict[tuple[int, str], int] = {}
    for task in tasks:
        key = _who(task)
        if key is not None:
            found.setdefault(key, len(found) + 1)
    return found


def _who(task: PlannedTask) -> tuple[int, str] | None:
    if task.person_id is not None:
        return task.person_id, task.person_name
    return (0, task.role) if task.role and not task.is_moment else None


def _resource_rows(resources: Mapping[tuple[int, str], int]) -> list[str]:
    return [
        "<Resource>" + _said([
            ("UID", number), ("ID", number), ("Name", name), ("Type", _WORK), ("IsNull", 0), ("MaxUnits", "1.00"),
            ("IsGeneric", int(person_id == 0)),
        ]) + "</Resource>"
        for (person_id, name), number in resources.items()
    ]


def _assignments(tasks: Sequence[PlannedTask], resources: Mapping[tuple[int, str], int]) -> list[str]:
    rows: list[str] = []
    for task in tasks:
        key = _who(task)
        if key is None:
            continue
        done = task.effort_minutes * task.percent_complete // 100
        rows.append("<Assignment>" + _said([
            ("UID", len(rows) + 1), ("TaskUID", task.id), ("ResourceUID", resources[key]), ("PercentWorkComplete", task.percent_complete),
            ("ActualWork", _length(done)), ("Finish", task.finish_at), ("RemainingWork", _length(task.effort_minutes - done)),
            ("Start", task.start_at), ("Units", "1"), ("Work", _length(task.effort_minutes)),
        ]) + "</Assignment>")
    return rows
