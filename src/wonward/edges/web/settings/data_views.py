"""Everything out as files, and the sample company away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import FileResponse, HttpResponse
from django.utils.translation import gettext as _

from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render
from wonward.edges.web.shell.saying import go_on, take_said
from wonward.foundation.files.rules import delivery_headers, limit_in_words
from wonward.journeys.house.operations import (
    ask_for_export,
    ask_to_load_sample,
    ask_to_remove_sample,
    ask_what_would_go,
    take_export,
)
from wonward.journeys.house.queries.errands import list_errands
from wonward.journeys.house.queries.sample import find_sample, may_load_sample
from wonward.journeys.house.types import ErrandKind, ErrandRow

_EXPORT, _SAMPLE = "house.export.make", "house.sample.remove"


@page(permission=_EXPORT)
def house_data(request: SignedInRequest) -> HttpResponse:
    """What can be taken out or away, and what was."""
    return render(request, "settings/data.html", _context(request), block="sheet")


def _context(request: SignedInRequest) -> dict[str, Any]:
    actor = request.actor
    exports = list_errands(actor=actor, kind=ErrandKind.EXPORT)
    loading = _latest(request, ErrandKind.SAMPLE_LOAD)
    sample, plan, removal = find_sample(actor=actor), _latest(request, ErrandKind.SAMPLE_PLAN), _latest(request, ErrandKind.SAMPLE)
    is_export_under_way = any(one.is_under_way for one in exports)
    is_sample_under_way = any(one is not None and one.is_under_way for one in (plan, removal, loading))
    return {
        "tab": "house_data", "said": take_said(request), "exports": [_shown(one) for one in exports],
        "is_export_under_way": is_export_under_way, "is_sample_under_way": is_sample_under_way,
        "is_under_way": is_export_under_way or is_sample_under_way,
        "sample": {"name": sample.name, "counts": _counts(sample.counts)} if sample else None,
        "plan": _told(plan) if sample else None, "removal": _told(removal), "loading_failure": loading.failure if loading and not sample else "",
        "may_load": may_load_sample(actor), "is_loading": loading is not None and loading.is_under_way,
    }


def _latest(request: SignedInRequest, kind: ErrandKind) -> ErrandRow | None:
    return next(iter(list_errands(actor=request.actor, kind=kind, limit=1)), None)


def _counts(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    words = _kinds()
    return [(words[noun], counts[noun]) for noun in words if counts.get(noun)]


def _kinds() -> dict[str, str]:
    return {
        "clients.company": _("Companies"), "clients.contact": _("Contacts"), "sales.lead": _("Leads"), "sales.deal": _("Deals"),
        "delivery.project": _("Projects"), "catalog.service": _("Services"), "staff.person": _("People"),
    }


def _told(one: ErrandRow | None) -> dict[str, Any] | None:
    """What would go or went, and what stays with why."""
    if one is None or one.is_under_way:
        return None
    whys = {
        "touched": _("Somebody changed it."), "built_upon": _("Something of yours stands on it."),
        "needed": _("A record that stays needs it."), "yours": _("It is you."),
    }
    words = _kinds()
    report = one.report
    return {
        "failure": one.failure, "created_at": one.created_at, "removed": _counts(report.get("removed", {})), "rows": report.get("rows", 0),
        "kept": [(name, words[ref.partition(":")[0]], whys[why]) for ref, name, why in report.get("kept", [])],
        "kept_count": report.get("kept_count", 0),
    }


def _shown(one: ErrandRow) -> dict[str, Any]:
    words = {
        "waiting": (_("Waiting"), ""), "running": (_("Being written"), "info"), "done": (_("Ready"), "ok"),
        "failed": (_("Failed"), "bad"), "gone": (_("Cleared away"), ""),
    }
    label, tone = words[one.state]
    return {
        "id": one.id, "words": label, "tone": tone, "is_ready": one.state == "done", "failure": one.failure, "size": limit_in_words(one.size),
        "rows": sum(one.report.get("rows", {}).values()), "files": one.report.get("files", 0), "created_at": one.created_at,
        "asked_by": one.asked_by,
    }


@page(permission=_EXPORT, methods=("POST",))
def house_export(request: SignedInRequest) -> HttpResponse:
    """Let everything be written into a file."""
    ask_for_export(actor=request.actor, now=request.now)
    return go_on(request, address_of("house_data"), _("Everything is being written. You may leave this page."))


@page(permission=_SAMPLE, methods=("POST",))
def house_sample_loading(request: SignedInRequest) -> HttpResponse:
    """Let the sample company come in."""
    ask_to_load_sample(actor=request.actor, now=request.now)
    return go_on(request, address_of("house_data"), _("The sample company is on its way. You may leave this page."))


@page(permission=_SAMPLE, methods=("POST",))
def house_sample_plan(request: SignedInRequest) -> HttpResponse:
    """Work out what would go with the sample company."""
    ask_what_would_go(actor=request.actor, now=request.now)
    return go_on(request, address_of("house_data"), _("It is being worked out what would go."))


@page(permission=_SAMPLE, methods=("POST",))
def house_sample_removal(request: SignedInRequest) -> HttpResponse:
    """Take the sample company away."""
    ask_to_remove_sample(actor=request.actor, now=request.now)
    return go_on(request, address_of("house_data"), _("The sample company is being removed. You may leave this page."))


@page(permission=_EXPORT, methods=("POST",))
def house_export_file(request: SignedInRequest, errand_id: int) -> FileResponse:
    """The file of a finished export; who took it is noted."""
    file = take_export(actor=request.actor, errand_id=errand_id, now=request.now)
    response = FileResponse(file.stream)
    for header, value in delivery_headers(file.name, "application/zip").items():
        response.headers[header] = value
    return response
