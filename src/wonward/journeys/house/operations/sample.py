"""The sample company: what it brings is remembered, and taken away again on request."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction

from wonward.foundation.access.policy import actor_of_user, require
from wonward.foundation.audit.operations import record_change
from wonward.foundation.audit.queries import last_change_id
from wonward.foundation.database.operations import check_links, empty_links, remove_rows
from wonward.foundation.database.queries import list_tables, read_rows
from wonward.foundation.events.operations import publish
from wonward.foundation.files.queries import list_contents
from wonward.foundation.files.storage import current_storage
from wonward.foundation.jobs.operations import enqueue
from wonward.foundation.organisation.operations import change_organisation, mark_sample
from wonward.foundation.organisation.queries import find_sample_mark, get_organisation
from wonward.foundation.organisation.registry import is_money_kept
from wonward.journeys.house.events import SampleRemoved
from wonward.journeys.house.models import Errand
from wonward.journeys.house.operations.errands import UNDER_WAY, begin_errand, finish_errand
from wonward.journeys.house.operations.exporting import HOUSE
from wonward.journeys.house.queries.sample import may_load_sample, plan_removal, tell_plan
from wonward.journeys.house.types import ErrandKind, ErrandState
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict, NotFound, Refused
from wonward.kernel.wording import heard, speaking, worded

_TAKEN_BACK = ("currency", "time_zone")


@contextmanager
def remembering_sample(*, now: datetime) -> Iterator[None]:
    """Inside a transaction: every row that the block adds belongs to the sample company."""
    before = _keys()
    before_it = get_organisation()
    yield
    keys = {name: _ranges(found - before[name]) for name, found in _keys().items()}
    mark = {
        "loaded_at": now.isoformat(), "audit": last_change_id(), "name": get_organisation().name, "name_before": before_it.name,
        "house": {key: getattr(get_organisation(), key) for key in _TAKEN_BACK}, "house_before": {key: getattr(before_it, key) for key in _TAKEN_BACK},
        "keys": {name: ranges for name, ranges in keys.items() if ranges},
    }
    mark_sample(mark=mark, now=now)


def _keys() -> dict[str, set[Any]]:
    return {table.name: {row[table.key] for row in read_rows(table.name, columns=[table.key])} for table in list_tables()}


def _ranges(keys: set[Any]) -> list[list[int]]:
    """Many keys in a row are told by the first and the last."""
    ranges: list[list[int]] = []
    for key in sorted(keys):
        if ranges and ranges[-1][1] == key - 1:
            ranges[-1][1] = key
        else:
            ranges.append([key, key])
    return ranges


def ask_to_load_sample(*, actor: Actor, now: datetime) -> int:
    """Let the sample company come into the house; the errand. Conflict while one is here, and where an area it plays in is off."""
    require(actor, "house.sample.remove")
    if not may_load_sample(actor):
        raise Conflict("The sample company sells and delivers. Switch Sales and Delivery on first.")
    with transaction.atomic():
        if find_sample_mark() is not None:
            raise Conflict("The sample company is here already.")
        errand_id = begin_errand(actor=actor, kind=ErrandKind.SAMPLE_LOAD, now=now)
        record_change(actor=actor, operation="house.sample.ask", ref=HOUSE, changes={"errand": [None, errand_id], "kind": [None, "sample_load"]}, now=now)
        enqueue("house.sample_load", errand_id=errand_id, now=now)
    return errand_id


def serve_sample_load(*, errand_id: int, load: Callable[[], bool], now: datetime) -> None:
    """Bring the sample company in, all of it or nothing. Who asked must still have the right; a repeat finds nothing to do."""
    errand = Errand.objects.filter(pk=errand_id, state__in=UNDER_WAY).first()
    if errand is None:
        return
    actor = actor_of_user(errand.user_id) if errand.user_id else None
    if actor is None or not actor.may("house.sample.remove"):
        finish_errand(errand_id=errand_id, state=ErrandState.FAILED, failure="Who asked for this may not do it any more.", now=now)
        return
    try:
        with transaction.atomic():
            load()
            finish_errand(errand_id=errand_id, state=ErrandState.DONE, now=now)
    except (Refused, NotFound) as refusal:
        with speaking(actor.language):
            failure = heard(refusal.words if isinstance(refusal, Refused) else worded("This house is set up differently than the sample company needs."))
        finish_errand(errand_id=errand_id, state=ErrandState.FAILED, failure=failure, now=now)


def ask_what_would_go(*, actor: Actor, now: datetime) -> int:
    """Let it be worked out what would go and what would stay; the errand."""
    return _ask(actor, ErrandKind.SAMPLE_PLAN, now)


def ask_to_remove_sample(*, actor: Actor, now: datetime) -> int:
    """Let the sample company be removed; the errand. Conflict where there is none, and while it is being removed."""
    return _ask(actor, ErrandKind.SAMPLE, now)


def _ask(actor: Actor, kind: ErrandKind, now: datetime) -> int:
    require(actor, "house.sample.remove")
    with transaction.atomic():
        if find_sample_mark() is None:
            raise Conflict("There is no sample company here.")
        errand_id = begin_errand(actor=actor, kind=kind, now=now)
        record_change(actor=actor, operation="house.sample.ask", ref=HOUSE, changes={"errand": [None, errand_id], "kind": [None, kind]}, now=now)
        enqueue("house.sample", errand_id=errand_id, now=now)
    return errand_id


def serve_sample(*, errand_id: int, now: datetime) -> None:
    """Do what was asked about the sample company. Who asked must still have the right; a repeat finds nothing left to do."""
    errand = Errand.objects.filter(pk=errand_id, state__in=UNDER_WAY).first()
    if errand is None:
        return
    actor = actor_of_user(errand.user_id) if errand.user_id else None
    if actor is None or not actor.may("house.sample.remove"):
        finish_errand(errand_id=errand_id, state=ErrandState.FAILED, failure="Who asked for this may not do it any more.", now=now)
    elif errand.kind == ErrandKind.SAMPLE:
        _remove(actor, errand_id, now)
    else:
        plan = plan_removal(actor=actor)
        finish_errand(errand_id=errand_id, state=ErrandState.DONE, report=tell_plan(plan) if plan else {}, now=now)


def _remove(actor: Actor, errand_id: int, now: datetime) -> None:
    with transaction.atomic():
        mark, plan = find_sample_mark(), plan_removal(actor=actor)
        if mark is None or plan is None:
            finish_errand(errand_id=errand_id, state=ErrandState.DONE, now=now)
            return
        report, contents = tell_plan(plan), set(list_contents())
        for (table, column), keys in plan.emptied.items():
            empty_links(table, column, keys)
        for table, keys in plan.removed.items():
            remove_rows(table, keys)
        check_links()
        _take_house_back(mark, now)
        mark_sample(mark=None, now=now)
        record_change(
            actor=actor, operation="house.sample.remove", ref=HOUSE, now=now,
            changes={"removed": [report["removed"], None], "rows": [report["rows"], 0], "kept": [None, report["kept_count"]]},
        )
        publish(SampleRemoved(errand_id=errand_id), actor=actor, now=now)
        finish_errand(errand_id=errand_id, state=ErrandState.DONE, report=report, now=now)
    for sha256 in contents - set(list_contents()):
        current_storage().remove(sha256)


def _take_house_back(mark: Mapping[str, Any], now: datetime) -> None:
    """What the sample company set and nobody changed since; the currency only while no amount is left in it."""
    here = get_organisation()
    changes = {"name": mark["name_before"]} if here.name == mark["name"] else {}
    for key, before in mark.get("house_before", {}).items():
        if getattr(here, key) == mark["house"][key] != before and not (key == "currency" and is_money_kept()):
            changes[key] = before
    if changes:
        change_organisation(changes=changes, now=now)
