"""Risks and issues as the register shows them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from wonward.domains.delivery.types import RiskRow, grade_of
from wonward.edges.web.delivery.presenting import face
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.formats import date_short

GRADES = {"high": ("bad", "flame"), "medium": ("warn", "triangle-alert"), "low": ("ok", "circle-check")}


def level_words() -> dict[int, str]:
    """The five steps of both scales in words."""
    return {1: _("1 · very low"), 2: _("2 · low"), 3: _("3 · medium"), 4: _("4 · high"), 5: _("5 · very high")}


def strategy_words(strategy: str) -> str:
    """How a risk is met, in words."""
    return {"mitigate": _("Mitigate"), "avoid": _("Avoid"), "transfer": _("Transfer"), "accept": _("Accept")}[strategy]


def grade_words(grade: str) -> str:
    """How grave it is, in words."""
    return {"high": _("High"), "medium": _("Medium"), "low": _("Low")}[grade]


def risk_view(row: RiskRow, today: date) -> dict[str, Any]:
    """One line of the register."""
    tone, icon = GRADES[row.grade]
    is_late = row.status == "open" and row.due_date is not None and row.due_date < today
    return {
        "row": row, "href": address_of("risk", risk_id=row.id), "grade": grade_words(row.grade), "tone": tone, "icon": icon,
        "owner": face(row.owner_name, row.owner_id), "due": date_short(row.due_date), "is_late": is_late,
        "changed": date_short(row.updated_at.date()), "strategy": strategy_words(row.strategy), "since": date_short(row.happened_date),
        "scales": _("%(p)s × %(i)s = %(e)s") % {"p": 5 if row.kind == "issue" else row.probability, "i": row.impact, "e": row.exposure},
    }


def matrix_of(rows: Sequence[RiskRow]) -> list[dict[str, Any]]:
    """Five lines from the most probable down, each with five cells of how many open ones lie there."""
    counts: dict[tuple[int, int], list[RiskRow]] = {}
    for row in rows:
        if row.status == "open":
            counts.setdefault((5 if row.kind == "issue" else row.probability, row.impact), []).append(row)
    return [
        {"probability": probability, "cells": [
            {"impact": impact, "count": len(counts.get((probability, impact), ())), "tone": grade_of(probability * impact),
             "names": ", ".join(one.title for one in counts.get((probability, impact), ()))[:300]}
            for impact in range(1, 6)
        ]}
        for probability in range(5, 0, -1)
    ]

