"""The promise ledger of a project, and one promise with everything that may be done with it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from wonward.domains.delivery.queries.projects import get_project
from wonward.domains.delivery.queries.tasks import list_tasks
from wonward.edges.web.delivery.project_presenting import header_of
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import FormReader, errors_by_field
from wonward.edges.web.shell.formats import date_short
from wonward.edges.web.shell.ledgers import KINDS, card_of, changed_ledger, show_ledger
from wonward.edges.web.shell.pages import SignedInRequest, is_fragment, page
from wonward.edges.web.shell.promise_drafts import WEIGHTS, Home, promise_form, read_promise
from wonward.edges.web.shell.render import render, render_block
from wonward.edges.web.shell.replies import go_to, nothing, with_toast
from wonward.foundation.organisation.queries import civil_date
from wonward.journeys.client_record.queries.drift import list_drifts
from wonward.journeys.promises.operations import (
    change_promise,
    cover_promise,
    replace_promise,
    settle_promise,
    uncover_promise,
)
from wonward.journeys.promises.queries import get_promise, list_earlier_promises
from wonward.journeys.promises.queries.holding import find_places
from wonward.journeys.promises.types import PromiseRow
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict, NotAllowed, NotFound, Refused, Stale
from wonward.kernel.ref import Ref

TASKS_OFFERED = 12


@page(permission="promises.promise.view")
def project_ledger(request: SignedInRequest, project_id: int) -> HttpResponse:
    """What was promised on a project and how safe each promise is."""
    actor = request.actor
    row = get_project(actor=actor, project_id=project_id)
    (drift,) = list_drifts(projects=[row], today=civil_date(request.now, request.actor.time_zone))
    context = {**header_of(drift, [], "promises"), "may_see_company": actor.may("clients.company.view")}
    return show_ledger(
        request, "delivery/ledger.html", context, here=address_of("project_ledger", project_id=project_id),
        live=f"delivery.project:{project_id}", new_url=address_of("project_promise", project_id=project_id),
        project_id=project_id,
    )


@page(permission="promises.promise.make", methods=("GET", "POST"))
def project_promise(request: SignedInRequest, project_id: int) -> HttpResponse:
    """Write down something promised on a project; a log entry may be where the words stand."""
    row = get_project(actor=request.actor, project_id=project_id)
    return promise_form(
        request, "delivery/new_promise.html", {"project": row}, action=address_of("project_promise", project_id=project_id),
        back=address_of("project_ledger", project_id=project_id),
        homes=[Home(Ref("delivery.project", project_id), row.name)], redraw=nothing,
    )


def _context(request: SignedInRequest, row: PromiseRow) -> dict[str, Any]:
    actor = request.actor
    may_make = actor.may("promises.promise.make") and row.state != "replaced"
    steps, places = row.steps if may_make else (), _places(actor, row)
    return {
        "promise": row, "card": card_of(row, actor.time_zone, may_make=may_make), "may_make": may_make, "steps": steps,
        "covers": [
            {"id": cover.task_id, "name": cover.name, "day": date_short(cover.finish_date), "is_done": cover.is_done,
             "href": address_of("task", task_id=cover.task_id)}
            for cover in row.covers
        ],
        "choices": _tasks(request, row) if may_make else [], "has_project": row.project_id is not None, "places": places,
        "earlier": [card_of(one, actor.time_zone, may_make=False) for one in list_earlier_promises(actor=actor, promise_id=row.id)],
        "errors": {}, "values": {}, "open_form": "", "place": "drawer" if is_fragment(request) else "", "query": request.GET.get("q", ""),
        "weights": WEIGHTS, "back": places[0]["href"] if places else _home_of(row),
    }


def _home_of(row: PromiseRow) -> str:
    return address_of("deal_ledger", deal_id=row.deal_id) if row.deal_id else address_of("project_ledger", project_id=row.project_id)


def _places(actor: Actor, row: PromiseRow) -> list[dict[str, str]]:
    """The projects in which it holds, its home first."""
    found = find_places(actor=actor, promises=[row])
    return [
        {"name": found[key].name, "number": found[key].number, "href": address_of("project_ledger", project_id=key)}
        for key in row.project_ids if key in found
    ]


def _tasks(request: SignedInRequest, row: PromiseRow) -> list[dict[str, Any]]:
    """Tasks that could keep the promise, by what was typed; those ending in time first."""
    if row.project_id is None or not request.actor.may("delivery.project.view"):
        return []
    known = {cover.task_id for cover in row.covers}
    text = (request.GET.get("q") or request.POST.get("q", "")).strip()[:120]
    tasks = []
    for project_id in row.project_ids:
        with suppress(NotFound):  # The promise is seen on its deal, this project is not for these eyes.
            tasks += list_tasks(actor=request.actor, project_id=project_id, text=text, limit=TASKS_OFFERED + len(known))
    return [
        {"id": task.id, "name": task.name, "kind": task.kind, "day": date_short(task.finish_date),
         "is_late": bool(row.due_date and task.finish_date and task.finish_date > row.due_date)}
        for task in tasks if task.id not in known
    ][:TASKS_OFFERED]


@page(permission="promises.promise.view")
def promise(request: SignedInRequest, promise_id: int) -> HttpResponse:
    """One promise: its words, its work, its course."""
    row = get_promise(actor=request.actor, promise_id=promise_id)
    if request.GET.get("part") == "tasks":
        return render_block(request, "delivery/promise.html", "tasks", _context(request, row))
    return _drawer(request, row)


def _drawer(request: SignedInRequest, row: PromiseRow, **more: Any) -> HttpResponse:
    context = {**_context(request, row), **more}
    status = 422 if more.get("errors") else 200
    if is_fragment(request):
        return render_block(request, "delivery/promise.html", "drawer_body", context, status=status)
    return render(request, "delivery/promise.html", context, status=status)


def _done(request: SignedInRequest, promise_id: int, said: str, **undo: Any) -> HttpResponse:
    """The drawer as it is now, where the request came from it; the ledgers on the page fetch themselves."""
    if not is_fragment(request):
        return go_to(request, address_of("promise", promise_id=promise_id))
    if request.POST.get("place") == "card":
        return changed_ledger(nothing(said, **undo))
    row = get_promise(actor=request.actor, promise_id=promise_id)
    return changed_ledger(with_toast(_drawer(request, row), said, **undo))


def _refused(request: SignedInRequest, promise_id: int, refusal: Refused, form: str) -> HttpResponse:
    if isinstance(refusal, NotAllowed | Conflict | Stale) or not refusal.errors:
        raise refusal
    row = get_promise(actor=request.actor, promise_id=promise_id)
    return _drawer(request, row, errors=errors_by_field(refusal.errors), values=request.POST, open_form=form)


@page(permission="promises.promise.make", methods=("POST",))
def promise_state(request: SignedInRequest, promise_id: int) -> HttpResponse:
    """Confirm, keep, break or waive a promise."""
    reader = FormReader(request.POST)
    state, reason, version = reader.text("state", limit=12), reader.text("reason", limit=500), reader.version()
    before = get_promise(actor=request.actor, promise_id=promise_id)
    try:
        reader.finish()
        settle_promise(actor=request.actor, promise_id=promise_id, state=state, reason=reason, version=version, now=request.now)
    except Refused as refusal:
        return _refused(request, promise_id, refusal, state)
    said = {
        "confirmed": _("%(number)s is confirmed."), "kept": _("%(number)s is kept."), "broken": _("%(number)s is broken."),
        "waived": _("%(number)s is waived."),
    }[state] % {"number": before.number}
    if before.state == "confirmed" and state == "kept":
        undo_url = address_of("promise_state", promise_id=promise_id)
        return _done(request, promise_id, said, undo_url=undo_url, undo_values={"state": "confirmed", "place": "card"})
    return _done(request, promise_id, said)


@page(permission="promises.promise.make", methods=("POST",))
def promise_covers(request: SignedInRequest, promise_id: int) -> HttpResponse:
    """Say which task keeps a promise."""
    reader = FormReader(request.POST)
    task_id, version = reader.number("task_id"), reader.version()
    try:
        reader.finish()
        if task_id is None:
            raise Refused.field("task_id", _("Choose a task."), "required")
        cover_promise(actor=request.actor, promise_id=promise_id, task_id=task_id, version=version, now=request.now)
    except Refused as refusal:
        return _refused(request, promise_id, refusal, "cover")
    return _done(request, promise_id, _("Covered."))


@page(permission="promises.promise.make", methods=("POST",))
def promise_cover_removal(request: SignedInRequest, promise_id: int, task_id: int) -> HttpResponse:
    """Take a task off a promise."""
    uncover_promise(actor=request.actor, promise_id=promise_id, task_id=task_id, now=request.now)
    return _done(
        request, promise_id, _("The task keeps it no more."),
        undo_url=address_of("promise_covers", promise_id=promise_id), undo_values={"task_id": task_id, "place": "card"},
    )


@page(permission="promises.promise.make", methods=("POST",))
def promise_facts(request: SignedInRequest, promise_id: int) -> HttpResponse:
    """Whether the client may see a promise, and what it weighs."""
    reader = FormReader(request.POST)
    weight, version = reader.number("weight"), reader.version()
    try:
        reader.finish()
        changes: dict[str, Any] = {} if weight is None else {"weight": weight}
        if "visibility" in request.POST:
            changes["is_client_visible"] = reader.flag("is_client_visible")
        change_promise(actor=request.actor, promise_id=promise_id, changes=changes, version=version, now=request.now)
    except Refused as refusal:
        return _refused(request, promise_id, refusal, "facts")
    return _done(request, promise_id, _("Saved."))


@page(permission="promises.promise.make", methods=("GET", "POST"))
def promise_replacement(request: SignedInRequest, promise_id: int) -> HttpResponse:
    """Put another promise in the place of one, with the reason and the new words."""
    row = get_promise(actor=request.actor, promise_id=promise_id)
    errors: dict[str, str] = {}
    if request.method == "POST":
        reader = FormReader(request.POST)
        reason, version = reader.text("reason", limit=500), reader.version()
        try:
            reader.finish()
            by = read_promise(request.POST, home=None, entry=None)
            new_id = replace_promise(
                actor=request.actor, promise_id=promise_id, by=by, reason=reason, version=version, now=request.now
            )
            return _done(request, new_id, _("%(number)s is replaced.") % {"number": row.number})
        except Refused as refusal:
            if isinstance(refusal, NotAllowed | Conflict | Stale) or not refusal.errors:
                raise
            errors = errors_by_field(refusal.errors)
    words = {} if row.is_told_in_part else {"text": row.text, "condition": row.condition}
    values = request.POST if errors else {**words, "kind": row.kind, "weight": row.weight}
    context = {
        "promise": row, "errors": errors, "values": values, "place": "drawer" if is_fragment(request) else "",
        "due": FormReader(request.POST).day("due_date") if errors else row.due_date, "weights": WEIGHTS,
        "promise_kinds": [(key, str(words)) for key, words in KINDS.items()],
    }
    status = 422 if errors else 200
    if is_fragment(request):
        return render_block(request, "delivery/promise_replacement.html", "drawer_body", context, status=status)
    return render(request, "delivery/promise_replacement.html", context, status=status)
