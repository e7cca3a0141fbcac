"""Random small plans for the property tests: the shapes a plan can take, not random noise."""

from datetime import date, datetime, timedelta

from hypothesis import strategies as st

from wonward.engines.scheduling import (
    ConstraintType,
    LagUnit,
    LinkType,
    PlanLink,
    PlanProblem,
    PlanTask,
)
from wonward.kernel.work_calendar import STANDARD_CALENDAR, WorkCalendar

OFFICE_DAY = ((480, 720), (780, 1020))
PART_TIME = WorkCalendar(
    (((540, 720),), (), OFFICE_DAY, ((600, 1110),), ((480, 720),), (), ()),
    {date(2026, 3, 11): (), date(2026, 3, 14): ((600, 660),)},
)
ROUND_THE_CLOCK = WorkCalendar((((0, 1440),),) * 7, {date(2026, 3, 8): ()})
HOLIDAYS = WorkCalendar(
    (OFFICE_DAY,) * 5 + ((), ()),
    {date(2026, 3, 4): (), date(2026, 3, 6): ((480, 720),), date(2026, 3, 7): OFFICE_DAY},
)
CALENDARS = {"part time": PART_TIME, "always": ROUND_THE_CLOCK, "holidays": HOLIDAYS}
MONDAY = datetime(2026, 3, 2, 8)

starts = st.integers(-2, 12).map(lambda days: MONDAY + timedelta(days=days))
dates = st.builds(
    lambda days, hour: MONDAY.replace(hour=hour) + timedelta(days=days),
    st.integers(-6, 30),
    st.sampled_from((0, 8, 10, 12, 17, 20)),
)
durations = st.sampled_from((0, 0, 30, 240, 480, 720, 960, 2400))
lags = st.sampled_from((0, 0, 0, 60, 480, 960, -60, -480, 1440, 2880, -1440))


@st.composite
def plain_tasks(draw, count, calendars=(None,)):
    return [
        PlanTask(f"T{place}", draw(durations), calendar=draw(st.sampled_from(calendars)))
        for place in range(count)
    ]


@st.composite
def detailed_task(draw, place, calendars):
    details = {}
    what = draw(st.sampled_from(("plain",) * 4 + ("constraint", "deadline", "progress", "manual")))
    if what == "constraint":
        details["constraint"] = draw(st.sampled_from(list(ConstraintType)))
        if details["constraint"] not in (ConstraintType.ASAP, ConstraintType.ALAP):
            details["constraint_at"] = draw(dates)
    elif what == "deadline":
        details["deadline_at"] = draw(dates)
    elif what == "progress":
        details["percent_complete"] = draw(st.sampled_from((0, 25, 50, 100)))
        details["actual_start_at"] = MONDAY + timedelta(days=draw(st.integers(0, 4)))
    elif what == "manual":
        details["is_manual"] = True
        details["manual_start_at"] = draw(dates)
    return PlanTask(f"T{place}", draw(durations), calendar=draw(st.sampled_from(calendars)), **details)


@st.composite
def forward_links(draw, tasks, types=tuple(LinkType), lag_values=lags):
    """Links from earlier to later tasks of the list, so never a circle."""
    links = []
    for place in range(1, len(tasks)):
        for source in draw(st.sets(st.integers(0, place - 1), max_size=2)):
            links.append(
                PlanLink(
                    tasks[source].key,
                    tasks[place].key,
                    draw(st.sampled_from(types)),
                    draw(lag_values),
                    draw(st.sampled_from(list(LagUnit))),
                )
            )
    return links


@st.composite
def simple_plans(draw):
    """One calendar, plain tasks and milestones, every kind of link."""
    tasks = draw(plain_tasks(draw(st.integers(1, 7))))
    return PlanProblem(draw(starts), STANDARD_CALENDAR, tasks, draw(forward_links(tasks)))


@st.composite
def plans(draw):
    """Several calendars, constraints, deadlines, progress, manual tasks, a status date, summaries."""
    names = draw(st.sampled_from(((None,), (None, *CALENDARS))))
    count = draw(st.integers(1, 8))
    leaves = [draw(detailed_task(place, names)) for place in range(count)]
    links = draw(forward_links(leaves))
    tasks = leaves
    if draw(st.booleans()) and count >= 3:
        split = draw(st.integers(1, count - 1))
        tasks, links = _gather(draw, leaves, links, split)
    status = draw(st.sampled_from((None, None, MONDAY + timedelta(days=3))))
    return PlanProblem(draw(starts), STANDARD_CALENDAR, tasks, links, CALENDARS, status)


def _gather(draw, leaves, links, split):
    """Put the first tasks into one summary and the rest into another, perhaps linked to each other."""
    summary = {place: "first" if place < split else "second" for place in range(len(leaves))}
    moved = []
    for place, task in enumerate(leaves):
        fields = {name: getattr(task, name) for name in PlanTask.__dataclass_fields__}
        moved.append(PlanTask(**{**fields, "parent": summary[place]}))
    tasks = [PlanTask("first", 480), PlanTask("second", 0), *moved]
    if draw(st.booleans()):
        links = [
            *links,
            PlanLink("first", "second", draw(st.sampled_from(list(LinkType))), draw(lags)),
        ]
    if draw(st.booleans()):
        links = [*links, PlanLink("first", leaves[-1].key), PlanLink(leaves[0].key, "second")]
    return tasks, links
