"""The measures above the queue: every number leads to its rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wonward.edges.web.delivery.handoff_presenting import answer_label
from wonward.edges.web.shell.pages import SignedInRequest
from wonward.journeys.handoff.queries import find_measured, get_measures
from wonward.journeys.handoff.types import MEASURES, Measures


def measure_panel(request: SignedInRequest, query: Mapping[str, str]) -> tuple[dict[str, Any], set[int] | None]:
    """What the panel shows, and the handoffs the page is narrowed to by one of its numbers; None when by none."""
    wanted = query.get("measure", "")
    wanted = wanted if wanted in MEASURES else ""
    if not request.actor.may("handoff.measure.view") or not (wanted or query.get("measures")):
        return {"measures": [], "may_measure": request.actor.may("handoff.measure.view"), "narrowing": ""}, None
    found = get_measures(actor=request.actor, now=request.now)
    field, person = query.get("field", "")[:60], query.get("person", "")
    person_id = int(person) if person.isdecimal() and len(person) < 16 else None
    kept = {"measure": wanted or "all", **({"field": field} if field else {}), **({"person": str(person_id)} if person_id else {})}
    narrowed = find_measured(actor=request.actor, measure=kept["measure"], field=field, person_id=person_id, now=request.now)
    panel = {
        "measures": _cards(found, kept), "by_field": _fields(found, field), "by_person": _people(found, person_id),
        "may_measure": True, "may_check": request.actor.may("handoff.check.view"),
        "narrowing": ngettext("%(n)s handoff", "%(n)s handoffs", len(narrowed)) % {"n": len(narrowed)},
    }
    return panel, narrowed


def _href(**values: str) -> str:
    return f"{reverse('handoffs')}?{urlencode(values)}"


def _cards(found: Measures, kept: dict[str, str]) -> list[dict[str, Any]]:
    hours = "–" if found.minutes_to_acceptance is None else _("%(hours)s h") % {"hours": round(found.minutes_to_acceptance / 60)}
    complete = "–" if found.completeness is None else f"{found.completeness}%"
    late = ngettext("%(n)s late", "%(n)s late", found.handoffs["late"]) % {"n": found.handoffs["late"]}
    cards = (
        ("incomplete", complete, _("Complete at first submission, median"), str(found.handoffs["incomplete"])),
        ("returned", str(sum(count for _, count in found.returns_by_field)), _("Answers returned"), str(found.handoffs["returned"])),
        ("late", hours, _("Working time to acceptance, median"), late),
        ("uncovered", str(found.uncovered_promises), _("Promises without work at kickoff"), str(found.handoffs["uncovered"])),
        ("repeated", str(found.repeated_questions), _("Asked more than once"), str(found.handoffs["repeated"])),
        ("errors", str(found.errors), _("Errors found within 30 days"), str(found.handoffs["errors"])),
    )
    return [
        {"key": key, "value": value, "label": label, "rows": rows, "href": _href(measure=key),
         "is_current": kept["measure"] == key and len(kept) == 1}
        for key, value, label, rows in cards
    ]


def _fields(found: Measures, current: str) -> list[dict[str, Any]]:
    return [
        {"label": answer_label(field), "count": count, "href": _href(measure="returned", field=field), "is_on": field == current}
        for field, count in found.returns_by_field
    ]


def _people(found: Measures, current: int | None) -> list[dict[str, Any]]:
    return [
        {"label": name, "count": count, "href": _href(measure="returned", person=str(key)), "is_on": key == current}
        for key, name, count in found.returns_by_person
    ]
