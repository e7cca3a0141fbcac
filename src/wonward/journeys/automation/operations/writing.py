"""Giving one record what a bulk change asks for, and back what it had, through the record's own operations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from wonward.domains.clients.operations import change_company, change_contact
from wonward.domains.sales.operations.deals import change_deal, lose_deal, move_deal
from wonward.domains.sales.operations.leads import change_lead, close_lead, reopen_lead
from wonward.domains.sales.operations.next_actions import set_next_action
from wonward.domains.sales.operations.taking_back import take_back_deal
from wonward.domains.sales.types import DealBefore, NextAction
from wonward.foundation.custom_fields.operations import set_values
from wonward.foundation.custom_fields.queries import PREFIX
from wonward.foundation.custom_fields.types import TAGS
from wonward.foundation.database.registry import find_trash
from wonward.journeys.automation.queries import Held
from wonward.journeys.automation.rules import with_words
from wonward.journeys.automation.types import ADD_TAGS, REMOVE_TAGS, STANDING
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict, NotFound
from wonward.kernel.ref import Ref

_DEAL_FIELDS = ("owner_id", "source", "expected_close_date")
_LEAD_FIELDS = ("owner_id", "source", "campaign_id", "service_id")
_COMPANY_FIELDS = ("owner_id", "tier", "industry", "country", "source", "tags")
_CONTACT_FIELDS = ("title", "preference", "source", "tags")


@dataclass(frozen=True, slots=True)
class Target:
    """The record at hand: what it holds, and who changes it when."""

    actor: Actor
    ref: Ref
    held: Held
    now: datetime


def write_row(target: Target, asked: Mapping[str, Any]) -> None:
    """Give a record what is asked; Refused, NotAllowed or NotFound says why not."""
    values = dict(asked)
    add, remove = values.pop(ADD_TAGS, None), values.pop(REMOVE_TAGS, None)
    if add or remove:
        values["tags"] = with_words(target.held.values.get("tags") or (), add=add or (), remove=remove or ())
    _WRITERS[target.ref.noun](target, values)


def put_away(actor: Actor, ref: Ref, now: datetime) -> int:
    """Put a record into the trash; its place there. Refused, NotAllowed or NotFound says why not."""
    trash = find_trash(ref.noun)
    if trash is None:
        raise NotFound("trash for", ref.noun)
    return trash.put_away(actor, ref, now)


def take_out(actor: Actor, ref: Ref, place: int, now: datetime) -> None:
    """Bring a record back from its place in the trash. Conflict when it lies there no more."""
    trash = find_trash(ref.noun)
    try:
        if trash is not None:
            trash.bring_back(actor, place, now)
    except NotFound:
        raise Conflict("It does not lie in the trash any more: somebody brought it back, or its 30 days are over.") from None


def restore_row(target: Target, before: Mapping[str, Any]) -> None:
    """Give a record back what it held before."""
    _RESTORERS[target.ref.noun](target, dict(before))


def _part(values: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name in names}


def _write_custom(target: Target, values: Mapping[str, Any]) -> None:
    custom = {key.removeprefix(PREFIX): value for key, value in values.items() if key.startswith(PREFIX)}
    if "tags" in values and target.ref.noun.startswith("sales."):
        custom[TAGS] = values["tags"]
    if custom:
        set_values(actor=target.actor, ref=target.ref, values=custom, now=target.now)


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if value else None


def _action(value: Mapping[str, Any]) -> NextAction:
    return NextAction(value["kind"], date.fromisoformat(value["due_date"]), value.get("note") or "", value.get("owner_id"))


def _write_deal(target: Target, values: dict[str, Any]) -> None:
    """Fields first: a stage may ask for some of them. The owner last: whose deal it was may do the rest."""
    actor, key, now = target.actor, target.ref.id, target.now
    fields = _deal_fields(values)
    owner = _part(fields, ("owner_id",))
    if rest := {name: value for name, value in fields.items() if name not in owner}:
        change_deal(actor=actor, deal_id=key, changes=rest, now=now)
    _write_custom(target, values)
    if "stage_id" in values and values["stage_id"] != target.held.values["stage_id"]:
        move_deal(actor=actor, deal_id=key, stage_id=values["stage_id"], now=now)
    if values.get("next_action"):
        wanted = {"note": "", "owner_id": None, **values["next_action"]}
        if wanted != target.held.values["next_action"]:
            set_next_action(actor=actor, deal_id=key, action=_action(wanted), now=now)
    if values.get("lost_reason"):
        lose_deal(actor=actor, deal_id=key, reason=values["lost_reason"], now=now)
    if owner:
        change_deal(actor=actor, deal_id=key, changes=owner, now=now)


def _deal_fields(values: Mapping[str, Any]) -> dict[str, Any]:
    fields = _part(values, _DEAL_FIELDS)
    if "expected_close_date" in fields:
        fields["expected_close_date"] = _day(fields["expected_close_date"])
    return fields


def _restore_deal(target: Target, before: dict[str, Any]) -> None:
    """Everything as it stood. The stage goes back before the custom fields that the later one asked for."""
    since, slips, told = (before.get(name) for name in STANDING)
    held = DealBefore(
        fields=_deal_fields(before), close_slips=slips, next_action=_action(before["next_action"]) if before.get("next_action") else None,
        next_escalation=told, stage_id=before.get("stage_id"), stage_entered_at=datetime.fromisoformat(since) if since else None,
        is_open_again=before.get("status") == "open",
    )
    if held != DealBefore():
        take_back_deal(actor=target.actor, deal_id=target.ref.id, before=held, now=target.now)
    _write_custom(target, before)


def _write_lead(target: Target, values: dict[str, Any]) -> None:
    actor, key, now = target.actor, target.ref.id, target.now
    if fields := _part(values, _LEAD_FIELDS):
        change_lead(actor=actor, lead_id=key, changes=fields, now=now)
    _write_custom(target, values)
    if values.get("closed_reason"):
        close_lead(actor=actor, lead_id=key, reason=values["closed_reason"], now=now)


def _restore_lead(target: Target, before: dict[str, Any]) -> None:
    actor, key, now = target.actor, target.ref.id, target.now
    if before.get("status") == "open":
        reopen_lead(actor=actor, lead_id=key, keeps_clock=True, now=now)
    _write_custom(target, before)
    if fields := _part(before, _LEAD_FIELDS):
        change_lead(actor=actor, lead_id=key, changes=fields, now=now)


def _write_company(target: Target, values: dict[str, Any]) -> None:
    _write_custom(target, values)
    if fields := _part(values, _COMPANY_FIELDS):
        change_company(actor=target.actor, company_id=target.ref.id, changes=fields, version=None, now=target.now)


def _write_contact(target: Target, values: dict[str, Any]) -> None:
    _write_custom(target, values)
    if fields := _part(values, _CONTACT_FIELDS):
        change_contact(actor=target.actor, contact_id=target.ref.id, changes=fields, version=None, now=target.now)


_Writer = Callable[[Target, dict[str, Any]], None]
_WRITERS: Mapping[str, _Writer] = {
    "sales.deal": _write_deal, "sales.lead": _write_lead, "clients.company": _write_company, "clients.contact": _write_contact,
}
_RESTORERS: Mapping[str, _Writer] = {
    "sales.deal": _restore_deal, "sales.lead": _restore_lead, "clients.company": _write_company, "clients.contact": _write_contact,
}
