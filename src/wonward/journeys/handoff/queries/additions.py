"""What a handoff has planned so far, and which of its projects more can join."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wonward.domains.delivery.queries.projects import find_projects
from wonward.journeys.handoff.models import HandoffProject, ScopeBaseline
from wonward.journeys.handoff.rules.additions import by_name, lines_planned
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


def list_open_projects(*, handoff_id: int) -> list[tuple[int, str, str]]:
    """(project, its name, the name of its template) of the projects of a handoff that go on, the main one first."""
    links = HandoffProject.objects.filter(handoff_id=handoff_id).order_by("pk").values_list("project_id", "template_name")
    rows = find_projects(actor=system_actor(), project_ids=[key for key, _ in links])
    return [(key, rows[key].name, template) for key, template in links if key in rows and rows[key].status in GOING_ON]
