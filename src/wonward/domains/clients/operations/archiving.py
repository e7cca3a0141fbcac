"""Putting companies and contacts away and bringing them back: nothing of them is lost, and no list shows them meanwhile."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from wonward.domains.clients import events
from wonward.domains.clients.models import Affiliation, Company, Contact, DuplicatePair
from wonward.domains.clients.operations.filing import refile_companies, refile_contacts
from wonward.domains.clients.queries import visible_companies, visible_contacts
from wonward.domains.staff.queries import get_team_id
from wonward.foundation.access.policy import require_change
from wonward.foundation.audit.operations import record_change
from wonward.foundation.database.registry import find_going
from wonward.foundation.events.operations import publish
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict, NotFound, Refused, Stale
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded

_NAMED = 5
PAIR_RESTS = "resting"


@transaction.atomic
def archive_company(*, actor: Actor, company_id: int, reason: str = "", version: int | None = None, now: datetime) -> None:
    """Take a company off lists, search and choices; refused, naming them, while deals are open or projects run there."""
    company = _hold_company(actor, company_id, version)
    _put_away(actor, company, reason, now)


@transaction.atomic
def restore_company(*, actor: Actor, company_id: int, reason: str = "", version: int | None = None, now: datetime) -> None:
    """Bring an archived company back as it was."""
    company = _hold_company(actor, company_id, version)
    _bring_back(actor, company, reason, now)


@transaction.atomic
def archive_contact(*, actor: Actor, contact_id: int, reason: str = "", version: int | None = None, now: datetime) -> None:
    """Take a contact off lists, search and choices; refused, naming them, while they are the main contact of what is going on."""
    contact = _hold_contact(actor, contact_id, version)
    _put_away(actor, contact, reason, now)


@transaction.atomic
def restore_contact(*, actor: Actor, contact_id: int, reason: str = "", version: int | None = None, now: datetime) -> None:
    """Bring an archived contact back as it was."""
    contact = _hold_contact(actor, contact_id, version)
    _bring_back(actor, contact, reason, now)


def _hold_company(actor: Actor, company_id: int, version: int | None) -> Company:
    company = visible_companies(actor).select_for_update(of=("self",)).filter(pk=company_id).first()
    if company is None:
        raise NotFound("company", company_id)
    require_change(actor, "clients.company.edit", person_ids=[company.owner_id], team_ids=[get_team_id(company.owner_id)])
    _check(company, version)
    return company


def _hold_contact(actor: Actor, contact_id: int, version: int | None) -> Contact:
    contact = visible_contacts(actor).select_for_update(of=("self",)).filter(pk=contact_id).first()
    if contact is None:
        raise NotFound("contact", contact_id)
    owners = list(Affiliation.objects.filter(contact_id=contact_id).values_list("company__owner_id", flat=True))
    require_change(actor, "clients.company.edit", person_ids=owners)
    _check(contact, version)
    return contact


def _check(row: Company | Contact, version: int | None) -> None:
    if version is not None and version != row.version:
        raise Stale(
            worded("{name} was changed by somebody else in the meantime.", name=row.name),
            current={"is_archived": row.archived_at is not None}, yours={},
        )
    if row.merged_into_id is not None:
        raise Conflict(worded("“{name}” was merged into another record. Undo the merge to have it back.", name=row.name))


def _put_away(actor: Actor, row: Company | Contact, reason: str, now: datetime) -> None:
    if row.archived_at is not None:
        raise Conflict(worded("“{name}” is archived already.", name=row.name))
    _check_reason(reason)
    _refuse_while_going(actor, row)
    row.archived_at = now
    _save(actor, row, "archive", {"archived_at": [None, now], **_said(reason)}, now)


def _bring_back(actor: Actor, row: Company | Contact, reason: str, now: datetime) -> None:
    if row.archived_at is None:
        raise Conflict(worded("“{name}” is not archived.", name=row.name))
    _check_reason(reason)
    before, row.archived_at = row.archived_at, None
    _save(actor, row, "restore", {"archived_at": [before, None], **_said(reason)}, now)


def _check_reason(reason: str) -> None:
    if len(reason.strip()) > 2000:
        raise Refused.field("reason", "A reason has at most 2,000 characters.", "range")


def _said(reason: str) -> dict[str, list[Any]]:
    return {"reason": [None, reason.strip()]} if reason.strip() else {}


def _refuse_while_going(actor: Actor, row: Company | Contact) -> None:
    going = find_going(actor, _ref(row))
    names = ", ".join(going.names[:_NAMED]) + (", …" if len(going.names) > _NAMED else "")
    if names and going.hidden:
        raise Conflict(worded("Still going on with “{name}”: {names}, and more that you do not see. Close that first.", name=row.name, names=names))
    if names:
        raise Conflict(worded("Still going on with “{name}”: {names}. Close that first.", name=row.name, names=names))
    if going.hidden:
        raise Conflict(worded("A deal or project that you do not see is still going on with “{name}”.", name=row.name))


def _ref(row: Company | Contact) -> Ref:
    return Ref("clients.company" if isinstance(row, Company) else "clients.contact", row.pk)


def _save(actor: Actor, row: Company | Contact, verb: str, changes: dict[str, list[Any]], now: datetime) -> None:
    row.version += 1
    row.updated_at = now
    row.save(update_fields=["archived_at", "version", "updated_at"])
    ref = _ref(row)
    _settle_pairs(ref)
    record_change(actor=actor, operation=f"{ref.noun}.{verb}", ref=ref, changes=changes, now=now)
    if isinstance(row, Company):
        refile_companies([row.pk])
        publish(events.CompanyChanged(company_id=row.pk), actor=actor, now=now)
    else:
        refile_contacts([row.pk])
        publish(events.ContactChanged(contact_id=row.pk), actor=actor, now=now)


def _settle_pairs(ref: Ref) -> None:
    """Nobody is asked about a pair of which one is put away; it is asked about again when both are back."""
    pairs = DuplicatePair.objects.filter(Q(first_id=ref.id) | Q(second_id=ref.id), noun=ref.noun)
    model: Any = Company if ref.noun == "clients.company" else Contact
    away = set(model.objects.filter(
        pk__in=[key for pair in pairs.values_list("first_id", "second_id") for key in pair], archived_at__isnull=False
    ).values_list("pk", flat=True))
    resting = Q(first_id__in=away) | Q(second_id__in=away)
    pairs.filter(resting, state="open").update(state=PAIR_RESTS)
    pairs.filter(~resting, state=PAIR_RESTS).update(state="open")
