"""What a handoff has planned so far, and which of its projects more can join."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from wonward.domains.delivery.queries.projects import find_projects
from wonward.domains.delivery.queries.standing import find_begun_work
from wonward.journeys.handoff.models import Handoff, HandoffProject, ScopeBaseline
from wonward.journeys.handoff.rules.additions import by_name, lines_planned, sold_since
from wonward.kernel.actor import system_actor

GOING_ON = ("planned", "active", "on_hold")


def find_lines_planned(*, handoff_id: int) -> list[Mapping[str, Any]]:
    """The lines that the wins of a handoff made plans of."""
    wins = ScopeBaseline.objects.filter(handoff_id=handoff_id, kind__in=("win", "win_again")).order_by("number")
    return lines_planned([[line for line in document.get("lines", ()) if "service_id" in line] for document in wins.values_list("document", flat=True)])


def find_lines_agreed(*, handoff_id: int) -> list[Mapping[str, Any]]:
    """Every line that a version of the scope ever had, told apart by what it is called."""
    versions = ScopeBaseline.objects.filter(handoff_id=handoff_id).order_by("number").values_list("document", flat=True)
    return lines_planned([by_name(document.get("lines", ())) for document in versions])


def is_kickoff_of_all(*, handoff_id: int, lines: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the kickoff of the next win is that of everything: its last win was undone, or nothing was sold since."""
    if Handoff.objects.filter(pk=handoff_id, taken_back="undone").exists():
        return True
    return not sold_since(find_lines_planned(handoff_id=handoff_id), lines).added


def begins_with_kickoff(*, project_id: int, kickoff_date: date) -> bool:
    """Whether a plan begins on that kickoff and nobody has begun with its work, so that another kickoff may move it."""
    (row,) = find_projects(actor=system_actor(), project_ids=[project_id]).values()
    return row.start_date == kickoff_date and not find_begun_work([project_id])


def list_open_projects(*, handoff_id: int) -> list[tuple[int, str, str]]:
    """(project, its name, the name of its template) of the projects of a handoff that go on, the main one first."""
    links = HandoffProject.objects.filter(handoff_id=handoff_id).order_by("pk").values_list("project_id", "template_name")
    rows = find_projects(actor=system_actor(), project_ids=[key for key, _ in links])
    return [(key, rows[key].name, template) for key, template in links if key in rows and rows[key].status in GOING_ON]
