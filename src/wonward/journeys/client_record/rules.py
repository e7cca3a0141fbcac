"""Pure composition: the lifecycle rail and the drift of a project."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from wonward.domains.delivery.types import PlanChangeRow, ProjectRow
from wonward.domains.sales.types import DealRow, PipelineRow, StageVisitRow
from wonward.domains.sales.types.terms import TermRow
from wonward.journeys.client_record.types import Drift, LifecycleStep
from wonward.journeys.handoff.types import HandoffRow
from wonward.journeys.handoff.types.telling import ForecastMemory
from wonward.kernel.wording import worded
from wonward.kernel.work_calendar import STANDARD_CALENDAR, WorkCalendar


def drift_of(
    project: ProjectRow, *, changes: Mapping[int, tuple[PlanChangeRow, PlanChangeRow | None]], calendar: WorkCalendar = STANDARD_CALENDAR,
    memory: ForecastMemory | None = None, today: date | None = None,
) -> Drift:
    """Working days from the promised to the forecast finish; negative when early, 0 without a promise."""
    forecast = project.finished_date or project.forecast_finish_date
    before = memory.before_date if memory else None
    last_change, last_said = changes.get(project.id, (None, None))
    is_open = bool(today and project.status != "done" and project.finished_date is None)
    return Drift(
        project, working_days_apart(project.promised_finish_date, forecast, calendar), last_change, memory,
        working_days_apart(before, forecast, calendar) if before else None,
        bool(is_open and today and forecast and project.task_count and forecast < today),
        bool(is_open and today and project.open_work_date and project.open_work_date < today),
        last_said,
    )


def working_days_apart(first: date | None, second: date | None, calendar: WorkCalendar) -> int:
    """Working days from one finish to another, negative when the second is earlier, 0 when either is missing."""
    if first is None or second is None or first == second:
        return 0
    low, high = sorted((first, second))
    days = calendar.working_days_between(low, high) - (1 if calendar.is_working_day(low) else 0)
    return days if second > first else -days


def deal_lifecycle(
    *, deal: DealRow, pipeline: PipelineRow, visits: Sequence[StageVisitRow], handoff: HandoffRow | None,
    drifts: Sequence[Drift], term: TermRow | None = None, today: date,
) -> list[LifecycleStep]:
    """The rail of a deal: its stages, the seam, what delivery will do or does, and the renewal of its contract."""
    days: dict[int, int] = {}
    for visit in visits:
        last = visit.left_at.date() if visit.left_at else today
        days[visit.stage_id] = days.get(visit.stage_id, 0) + max(0, (last - visit.entered_at.date()).days)
    stages = [stage for stage in pipeline.stages if stage.kind == "open"]
    current = next((place for place, stage in enumerate(stages) if stage.id == deal.stage_id), len(stages))
    steps = []
    for place, stage in enumerate(stages):
        is_now = deal.status == "open" and place == current
        state = "current" if is_now else "done" if stage.id in days or place < current else "todo"
        spent = days.get(stage.id)
        steps.append(LifecycleStep(stage.name, worded("{count} d", count=spent) if spent is not None else "", state, "sell"))
    if deal.status == "lost":
        steps.append(LifecycleStep("Lost", _short(deal.closed_date), "late", "sell"))
        return steps
    if deal.status == "won":
        steps.append(LifecycleStep("Won", _short(deal.closed_date), "done", "sell"))
    return [*steps, *deliver_steps(handoff=handoff, drifts=drifts, today=today), *([renewal_step([term])] if term else [])]


def deliver_steps(*, handoff: HandoffRow | None, drifts: Sequence[Drift], today: date) -> list[LifecycleStep]:
    """From the seam on: handoff, kickoff, delivery."""
    if handoff is None:
        return [
            LifecycleStep("Handoff", "", "todo", "seam"),
            LifecycleStep("Kickoff", "", "todo", "deliver"),
            LifecycleStep("Deliver", "", "todo", "deliver"),
        ]
    is_accepted = handoff.status == "accepted"
    seam = LifecycleStep(
        "Handoff", {"accepted": worded("verified"), "returned": worded("returned")}.get(handoff.status, worded("waiting")),
        "done" if is_accepted else "current", "seam",
    )
    kickoff = LifecycleStep(
        "Kickoff", _short(handoff.kickoff_date),
        "done" if is_accepted and handoff.kickoff_date <= today else "todo", "deliver",
    )
    late = any(drift.is_late for drift in drifts)
    is_done = bool(drifts) and all(drift.project.status == "done" for drift in drifts)
    forecast = max((d.project.forecast_finish_date for d in drifts if d.project.forecast_finish_date), default=None)
    state = "done" if is_done else "late" if late else "current" if kickoff.state == "done" else "todo"
    return [seam, kickoff, LifecycleStep("Deliver", _short(forecast), state, "deliver")]


def company_lifecycle(
    *, first_touch: date, open_count: int, client_since: date | None, live_projects: int, done_projects: int, late: bool,
    terms: Sequence[TermRow] = (),
) -> list[LifecycleStep]:
    """From first touch to the renewal."""
    return [
        LifecycleStep("First touch", _short(first_touch), "done", "sell"),
        LifecycleStep("Deals", worded("{count} open", count=open_count) if open_count else "", "current" if open_count else "done", "sell"),
        LifecycleStep("Client", _short(client_since), "done" if client_since else "todo", "seam"),
        LifecycleStep(
            "Projects", worded("{count} live", count=live_projects) if live_projects else "",
            "late" if late else "current" if live_projects else "done" if done_projects else "todo", "deliver",
        ),
        LifecycleStep("Delivered", str(done_projects) if done_projects else "", "done" if done_projects else "todo", "deliver"),
        renewal_step(terms),
    ]


def renewal_step(terms: Sequence[TermRow]) -> LifecycleStep:
    """How the contracts of a client go on: what needs somebody first, then what is under way, what comes next, what was renewed."""
    for state, look in (("due", "late"), ("offered", "current"), ("ending", "current"), ("running", "todo"), ("renewed", "done"), ("over", "late")):
        if days := [term.notice_date if state == "due" else term.terms.ends_date for term in terms if term.state == state]:
            return LifecycleStep("Renewal", _short(max(days) if state in ("renewed", "over") else min(days)), look, "sell")
    return LifecycleStep("Renewal", "", "todo", "sell")


def _short(day: date | None) -> str:
    return worded("{day}", day=day) if day else ""
