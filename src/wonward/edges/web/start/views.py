"""The first run: four steps that never block. Each can be skipped, left and taken up again; what is there tells what is done."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from zoneinfo import available_timezones

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wonward.domains.catalog.operations import add_gallery_templates, create_services
from wonward.domains.catalog.queries import list_gallery
from wonward.domains.catalog.types import NewService
from wonward.domains.sales.operations.pipelines import StageDraft, change_pipeline
from wonward.domains.sales.queries.pipelines import list_pipelines
from wonward.domains.staff.operations import NewPerson, change_house, invite_people
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import FormReader, errors_by_field
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render
from wonward.edges.web.shell.replies import go_to
from wonward.edges.web.start.pasting import MOST_LINES, PastedPerson, read_people
from wonward.foundation.access.policy import ROLES, roles_in
from wonward.foundation.access.queries import find_user_id
from wonward.foundation.organisation.queries import get_organisation
from wonward.journeys.client_record.queries.first_steps import list_setup_steps
from wonward.journeys.house.operations import ask_to_load_sample, ask_to_remove_sample
from wonward.journeys.house.queries.errands import find_errand_under_way
from wonward.journeys.house.queries.sample import find_sample, may_load_sample
from wonward.journeys.house.types import ErrandKind
from wonward.kernel.errors import Conflict, NotAllowed, Refused, Stale

STEPS = ("house", "pipeline", "services", "people")
_SALES = "sales"
_RIGHT = "organisation.settings.edit"


def _show(request: SignedInRequest, step: str, context: dict[str, Any], errors: dict[str, str], *, is_stale: bool = False) -> HttpResponse:
    done = {one.key for one in list_setup_steps(actor=request.actor, now=request.now) if one.is_done}
    steps = _steps()
    names = {"house": _("Your house"), "pipeline": _("How you sell"), "services": _("What you sell") if get_organisation().is_on(_SALES) else _("What you deliver"), "people": _("Who is with you")}
    at = steps.index(step)
    frame = {
        "step": step, "number": at + 1, "errors": errors, "values": request.POST,
        "steps": [
            {"label": names[key], "href": address_of(f"start_{key}"), "is_current": key == step, "is_done": key in done} for key in steps
        ],
        "skip_href": address_of(f"start_{steps[at + 1]}") if at + 1 < len(steps) else address_of("my_work"),
        "is_last": at + 1 == len(steps),
    }
    return render(request, f"start/{step}.html", frame | context, status=412 if is_stale else 422 if errors else 200)


def _steps() -> tuple[str, ...]:
    """The steps of the areas that are on."""
    return STEPS if get_organisation().is_on(_SALES) else tuple(step for step in STEPS if step != "pipeline")


@page(permission=_RIGHT)
def start(request: SignedInRequest) -> HttpResponse:
    """The first step that is not done."""
    done = {one.key for one in list_setup_steps(actor=request.actor, now=request.now) if one.is_done}
    open_steps = [key for key in STEPS if key not in done and key != "pipeline"]
    return go_to(request, address_of(f"start_{open_steps[0] if open_steps else 'house'}"))


@page(permission=_RIGHT, methods=("GET", "POST"))
def start_house(request: SignedInRequest) -> HttpResponse:
    """Name, currency and time zone."""
    errors: dict[str, str] = {}
    is_stale = False
    organisation = get_organisation()
    if request.method == "POST":
        try:
            reader = FormReader(request.POST)
            changes = {name: reader.text(name, limit=160) for name in ("name", "currency", "time_zone")}
            version = reader.version()
            reader.finish()
            change_house(actor=request.actor, changes=changes, version=version, now=request.now)
            _turn_sample(request, is_wanted=reader.flag("sample"))
            return go_to(request, address_of(f"start_{_steps()[1]}"))
        except NotAllowed:
            raise
        except Refused as refusal:
            is_stale = isinstance(refusal, Stale)
            errors = errors_by_field(refusal.errors) or {"name": refusal.message}
    context = {
        "has_sample": _is_sample_on(request), "may_sample": may_load_sample(request.actor),
        "organisation": organisation, "currencies": ["EUR", "USD", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "CAD", "AUD", "JPY"],
        "zones": [(name, name.replace("_", " ")) for name in sorted(available_timezones()) if "/" in name and not name.startswith("Etc/") or name == "UTC"],
    }
    return _show(request, "house", context, errors, is_stale=is_stale)


def _is_sample_on(request: SignedInRequest) -> bool:
    """Whether the sample company is here or on its way."""
    on_its_way = find_errand_under_way(actor=request.actor, kind=ErrandKind.SAMPLE_LOAD)
    return on_its_way is not None or find_sample(actor=request.actor) is not None


def _turn_sample(request: SignedInRequest, *, is_wanted: bool) -> None:
    """Let the sample company come or go, where the box says something else than what is there. It never holds up the first run."""
    if "sample_shown" not in request.POST or is_wanted == _is_sample_on(request):
        return
    turn = ask_to_load_sample if is_wanted else ask_to_remove_sample
    with suppress(Conflict):
        turn(actor=request.actor, now=request.now)


@page(permission=_RIGHT, methods=("GET", "POST"))
def start_pipeline(request: SignedInRequest) -> HttpResponse:
    """The stages a deal goes through, one line each."""
    if not get_organisation().is_on(_SALES):
        return go_to(request, address_of("start_services"))
    row = list_pipelines()[0]
    stages = [stage for stage in row.stages if stage.kind == "open"]
    errors: dict[str, str] = {}
    is_stale = False
    lines = "\n".join(f"{stage.name}, {stage.probability}" for stage in stages)
    if request.method == "POST":
        lines = request.POST.get("stages", "")[:4000]
        try:
            by_name = {stage.name.casefold(): stage for stage in stages}
            drafts = []
            for line in lines.splitlines():
                name, _comma, percent = line.strip().rpartition(",")
                name, percent = (name.strip(), percent.strip().rstrip("% ")) if percent.strip().rstrip("% ").isdecimal() and name else (line.strip(), "")
                if name:
                    known = by_name.get(name.casefold())
                    probability = int(percent[:4]) if percent else known.probability if known else 20
                    drafts.append(StageDraft(known.id if known else None, name[:200], probability, known.days_until_stuck if known else 14))
            change_pipeline(actor=request.actor, pipeline_id=row.id, name=row.name, stages=drafts, version=FormReader(request.POST).version(), now=request.now)
            return go_to(request, address_of("start_services"))
        except NotAllowed:
            raise
        except Refused as refusal:
            is_stale = isinstance(refusal, Stale)
            errors = {"stages": refusal.message}
    context = {"lines": lines, "version": row.version, "closed": [stage.name for stage in row.stages if stage.kind != "open"]}
    return _show(request, "pipeline", context, errors, is_stale=is_stale)


@page(permission=_RIGHT, methods=("GET", "POST"))
def start_services(request: SignedInRequest) -> HttpResponse:
    """Services with the plans they are delivered by, from the gallery."""
    errors: dict[str, str] = {}
    gallery = list_gallery(actor=request.actor)
    if request.method == "POST":
        try:
            reader = FormReader(request.POST)
            chosen = [one for one, here in gallery if here is None and reader.flag(f"take-{one.key}")]
            prices = {one.key: reader.money(f"price-{one.key}", get_organisation().currency) for one in chosen}
            reader.finish()
            ids = add_gallery_templates(actor=request.actor, keys=[one.key for one in chosen], now=request.now) if chosen else []
            services = [NewService(name=_(one.name), template_id=key, price=prices[one.key]) for one, key in zip(chosen, ids, strict=True)]
            if services:
                create_services(actor=request.actor, services=services, now=request.now)
            return go_to(request, address_of("start_people"))
        except NotAllowed:
            raise
        except Refused as refusal:
            errors = errors_by_field(refusal.errors) or {"": refusal.message}
    context = {
        "cards": [
            {"key": one.key, "name": _(one.name), "summary": _(one.summary), "is_here": here is not None,
             "tasks": sum(1 for item in one.items if item.get("kind") == "task"), "is_chosen": request.POST.get(f"take-{one.key}") == "on",
             "price": request.POST.get(f"price-{one.key}", ""), "error": errors.get(f"price-{one.key}", "")}
            for one, here in gallery
        ], "currency": get_organisation().currency,
    }
    return _show(request, "services", context, errors)


@page(permission=_RIGHT, methods=("GET", "POST"))
def start_people(request: SignedInRequest) -> HttpResponse:
    """Colleagues, pasted as they stand in a list: looked at first, then invited."""
    errors: dict[str, str] = {}
    text, people = request.POST.get("people", ""), list[PastedPerson]()
    if request.method == "POST":
        if len(text.splitlines()) > MOST_LINES:
            errors = {"people": _("These are %(count)s lines; at most %(most)s fit at once. Larger lists come as a file: Import, People. Your text is still here.")
                      % {"count": len(text.splitlines()), "most": MOST_LINES}}
        else:
            roles = {key: str(_(words)) for key, words in roles_in(get_organisation().areas).items() if key != "owner" or request.actor.role == "owner"}
            people = read_people(text, roles=roles)
            people = read_people(text, roles=roles, here={one.email for one in people if one.email and find_user_id(one.email)})
            fit = [one for one in people if not one.fault]
            if request.POST.get("do") == "invite" and fit:
                zone = get_organisation().time_zone
                new = [NewPerson(name=one.name, email=one.email, access_role=one.role, time_zone=zone) for one in fit]
                try:
                    invite_people(actor=request.actor, people=new, now=request.now)
                    return go_to(request, address_of("my_work"))
                except NotAllowed:
                    raise
                except Refused as refusal:
                    errors = {"people": refusal.message}
    fits = sum(1 for one in people if not one.fault)
    faults = {"no_address": _("has no e-mail address"), "twice": _("stands there twice"), "here": _("is here already")}
    context = {
        "text": text, "fits": fits, "invite_words": ngettext("Invite %(count)s person", "Invite %(count)s people", fits) % {"count": fits},
        "rows": [(one, str(_(ROLES.get(one.role, one.role))), faults.get(one.fault, "")) for one in people],
    }
    return _show(request, "people", context, errors)
