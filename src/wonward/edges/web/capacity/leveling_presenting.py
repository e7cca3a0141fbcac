"""A levelling run as figures, bars and sentences."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from zlib import crc32

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wonward.edges.web.capacity.outlook_presenting import weeks_of
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.formats import date_short, number
from wonward.edges.web.shell.navigation import initials_of, tone_of
from wonward.journeys.capacity.types import (
    LevelingLate,
    LevelingMove,
    LevelingOverload,
    LevelingRunRow,
    LoadRow,
)

COLUMN, GAP, HEIGHT, LINE = 20, 3, 44, 30
TRACK = 240
WORTH_NAMING = 0.25
MOST_NOTES = 6
MOST_LATE, MOST_OVERLOADS = 12, 12


def state_words(state: str) -> str:
    """The state of a run in a word."""
    return {
        "queued": _("Waiting"), "searching": _("Searching"), "ready": _("Ready"), "failed": _("Ended early"), "applied": _("Applied"), "undone": _("Taken back"),
    }.get(state, state)


def verdict_of(run: LevelingRunRow) -> dict[str, str]:
    """What the plan is worth: "best possible" only where the bound equals the value."""
    if run.status == "optimal":
        return {"words": _("Best possible"), "tone": "ok", "icon": "badge-check"}
    if run.status == "feasible" and run.gap > WORTH_NAMING:
        return {"words": _("Valid, not proven to be the best"), "tone": "info", "icon": "ruler"}
    if run.status == "feasible":
        return {"words": _("Within %(percent)s %% of the best possible") % {"percent": percent_words(run.gap)}, "tone": "info", "icon": "ruler"}
    if run.status == "infeasible":
        return {"words": _("Cannot be kept"), "tone": "bad", "icon": "circle-alert"}
    return {"words": _("Not settled"), "tone": "warn", "icon": "triangle-alert"}


def percent_words(gap: float) -> str:
    """A share as a percentage, never rounded down to none."""
    percent = 100 * gap
    return number(round(percent)) if percent >= 10 else number(max(0.1, round(percent, 1)))


def run_context(run: LevelingRunRow) -> dict[str, Any]:
    """Everything the review draws."""
    changed = [row for row in run.loads if row.before != row.after]
    over = sum(row.over(row.before) for row in run.loads), sum(row.over(row.after) for row in run.loads)
    peaks = max((row.peaks[0] for row in run.loads), default=0), max((row.peaks[1] for row in run.loads), default=0)
    is_live = run.state in ("queued", "searching")
    return {
        "run": run, "names": list(run.projects.values()), "verdict": verdict_of(run), "is_live": is_live, "state": state_words(run.state),
        "figures": _figures(run, over, peaks), "weeks": weeks_of(run.first, len(run.loads[0].capacity) if run.loads else 0),
        "loads": [_load(row) for row in changed], "same_count": len(run.loads) - len(changed), "moves": _moves(run),
        "set_count": sum(1 for move in run.moves if move.is_set), "ticked": {move.task_id for move in run.moves if move.is_set},
        "measures": [_measure(one.kind, one.value, one.bound) for one in run.measures], "ways": _ways(run), "way": _way_words(run),
        "has_new_late": any(one.is_new for one in run.late_work), "late_work": [_late(run, one) for one in run.late_work[:MOST_LATE]], "more_late": max(0, len(run.late_work) - MOST_LATE),
        "overloads": [_overload(one) for one in run.overloads[:MOST_OVERLOADS]], "more_overloads": max(0, len(run.overloads) - MOST_OVERLOADS),
        "gap_words": percent_words(run.gap), "may_apply": run.state == "ready" and not run.is_stale and any(move.is_set for move in run.moves),
        "notes": run.notes[:MOST_NOTES], "more_notes": max(0, len(run.notes) - MOST_NOTES),
        "run_url": _address(run, run.plan), "asks_why": run.broken if run.state == "ready" else (),
    }


def _address(run: LevelingRunRow, plan: str) -> str:
    return f"{address_of('leveling_run', run_id=run.id)}?plan={plan}"


def _ways(run: LevelingRunRow) -> list[dict[str, Any]]:
    """The plans to choose between; none where there is only one."""
    if len(run.choices) < 2:
        return []
    words = {
        "keep": (_("Keep every promise"), _("What is too much for somebody stays, and is as little as can be.")),
        "clear": (_("Overload nobody"), _("Promises give way, the clients that matter least first.")),
    }
    return [
        {
            "name": words[one.plan][0], "words": words[one.plan][1], "href": _address(run, one.plan), "is_shown": one.plan == run.plan,
            "is_plan": one.status in ("optimal", "feasible"), "late": one.late, "late_before": run.late_before, "weeks": one.overloaded_weeks,
            "moves": one.moves, "tone": "ok" if one.late <= run.late_before else "warn",
        }
        for one in sorted(run.choices, key=lambda one: one.plan != "keep")
    ]


def _way_words(run: LevelingRunRow) -> str:
    """What the only plan does, where there is nothing to choose."""
    if len(run.choices) != 1 or run.status not in ("optimal", "feasible"):
        return ""
    return _("One plan does both: no promise is later than it has to be, and nobody is asked for more than there is.")


def _measure(kind: str, value: int, bound: int) -> dict[str, Any]:
    labels = {
        "lateness": _("Days late, by weight of the promise"), "overload": _("Hours above capacity, people and roles"), "change": _("Days moved"),
    }
    divide = 60 if kind == "overload" else 1
    return {
        "label": labels[kind], "value": number(round(value / divide)), "bound": number(round(bound / divide)), "is_met": value == bound,
        "share": round(1000 * bound / value) if value else 1000,
    }


def _late(run: LevelingRunRow, late: LevelingLate) -> dict[str, Any]:
    days = (late.finish_date - late.due_date).days
    return {
        "name": late.name, "is_new": late.is_new, "project": run.projects.get(late.project_id, ""), "because": late.because,
        "days": ngettext("%(num)s day late", "%(num)s days late", days) % {"num": days},
        "dates": _("%(finish)s instead of %(due)s") % {"finish": date_short(late.finish_date), "due": date_short(late.due_date)},
    }


def _overload(one: LevelingOverload) -> dict[str, str]:
    return {
        "name": one.name or _("Somebody"), "week": _("Week of %(day)s") % {"day": date_short(one.monday)},
        "hours": _("%(hours)s h too much") % {"hours": number(max(1, round(one.minutes / 60)))}, "tasks": " · ".join(dict.fromkeys(one.tasks)),
    }


def _figures(run: LevelingRunRow, over: tuple[int, int], peaks: tuple[int, int]) -> list[dict[str, str]]:
    if run.status in ("infeasible", "unknown", ""):
        return []
    figures = [
        _change(_("Overloaded weeks"), number(over[0]), number(over[1]), _("all cleared") if over[0] and not over[1] else "", over[1] <= over[0]),
        _change(_("Highest load"), f"{peaks[0]}%", f"{peaks[1]}%", "", peaks[1] <= peaks[0]),
        _change(_("Promises late"), number(run.late_before), number(run.late_after), _("none added") if run.late_after == run.late_before else "", run.late_after <= run.late_before),
    ]
    ends = [pair for pair in run.finishes.values() if pair[0] != pair[1]]
    if run.finishes:
        before, after = max(pair[0] for pair in run.finishes.values()), max(pair[1] for pair in run.finishes.values())
        figures.append(_change(
            _("Last finish"), date_short(before), date_short(after),
            ngettext("%(num)s project ends later", "%(num)s projects end later", len(ends)) % {"num": len(ends)} if ends else "", not ends,
        ))
    figures.append({"label": _("Moves"), "was": "", "value": number(len(run.moves)), "note": _("of %(count)s tasks") % {"count": number(run.task_count)}, "tone": ""})
    return figures


def _change(label: str, was: str, value: str, note: str, is_better: bool) -> dict[str, str]:
    return {"label": label, "was": was if was != value else "", "value": value, "note": note, "tone": "ok" if is_better else "warn"}


def _load(row: LoadRow) -> dict[str, Any]:
    name = row.name or _("Somebody")
    before, after = row.peaks
    return {
        "name": name, "initials": initials_of(name), "tone": tone_of(crc32(row.key.encode()) if row.is_pool else int(row.key.rpartition(":")[2])), "is_role": row.is_pool,
        "before": _bars(row, row.before), "after": _bars(row, row.after), "peak_before": before, "peak_after": after,
        "width": len(row.capacity) * (COLUMN + GAP), "words_before": _load_words(name, row, row.before, _("before")),
        "words_after": _load_words(name, row, row.after, _("after")),
    }


def _bars(row: LoadRow, asked: Sequence[int]) -> list[dict[str, Any]]:
    bars = []
    for place, (minutes, there) in enumerate(zip(asked, row.capacity, strict=True)):
        percent = round(100 * minutes / there) if there else (999 if minutes else 0)
        height = min(HEIGHT, round(LINE * percent / 100))
        bars.append({
            "x": place * (COLUMN + GAP), "y": HEIGHT - height, "height": height, "is_over": percent > 100, "words": _("Off") if minutes and not there else str(percent) if percent > 100 else "",
        })
    return bars


def _load_words(name: str, row: LoadRow, asked: tuple[int, ...], when: str) -> str:
    weeks = row.over(asked)
    return _("%(name)s %(when)s: %(count)s overloaded weeks, at most %(peak)s%%") % {
        "name": name, "when": when, "count": weeks, "peak": row.peaks[0] if asked is row.before else row.peaks[1],
    }


def _moves(run: LevelingRunRow) -> list[dict[str, Any]]:
    if not run.moves:
        return []
    first = min(move.start_before for move in run.moves)
    last = max(max(move.finish_date, move.finish_before) for move in run.moves)
    span = max(1, (last - first).days + 1)
    return [_move(run, move, first, span) for move in run.moves]


def _move(run: LevelingRunRow, move: LevelingMove, first: date, span: int) -> dict[str, Any]:
    def place(start: date, finish: date) -> tuple[int, int]:
        left = TRACK * (start - first).days // span
        return left, max(4, TRACK * (finish - start).days // span + TRACK // span)

    was, now = place(move.start_before, move.finish_before), place(move.start_date, move.finish_date)
    return {
        "move": move, "project": run.projects.get(move.project_id, ""), "href": address_of("project_plan", project_id=move.project_id),
        "was": {"x": was[0], "width": was[1]}, "now": {"x": now[0], "width": now[1]}, "start_before": date_short(move.start_before),
        "start": date_short(move.start_date), "finish": date_short(move.finish_date),
        "shift": ngettext("%(num)s day", "%(num)s days", move.days) % {"num": f"{move.days:+d}"},
        "words": _("From %(before)s to %(after)s") % {"before": date_short(move.start_before), "after": date_short(move.start_date)},
    }


def rules_of(run: LevelingRunRow) -> list[str]:
    """What the run kept to."""
    kept = [_("Work that has begun is not moved"), _("Promises first, by client tier, then overload, then the least change")]
    if run.rules.frozen_days:
        kept.append(ngettext("What begins within %(num)s day stays", "What begins within %(num)s days stays", run.rules.frozen_days) % {"num": run.rules.frozen_days})
    if run.rules.pins:
        kept.append(ngettext("%(num)s task is kept where it is", "%(num)s tasks are kept where they are", len(run.rules.pins)) % {"num": len(run.rules.pins)})
    kept.append(_("Tentative bookings count") if run.rules.with_tentative else _("Only confirmed bookings count"))
    kept.append(_("Time off is kept free; long tasks go on over days off of up to three days"))
    return kept
