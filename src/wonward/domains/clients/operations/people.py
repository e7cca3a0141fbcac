"""How a contact is reached, where they work, and what they agreed to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import F

from wonward.domains.clients import events
from wonward.domains.clients.models import Affiliation, Consent, Contact, ContactPoint
from wonward.domains.clients.operations.filing import refile_contacts
from wonward.domains.clients.queries.records import visible_companies, visible_contacts
from wonward.domains.clients.rules import normalise_point
from wonward.domains.clients.types import CONSENT_BASES, CONSENT_PURPOSES, CONSENT_STATES, POINT_KINDS
from wonward.foundation.access.policy import require_change
from wonward.foundation.audit.operations import record_change
from wonward.foundation.events.operations import publish
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict, FieldError, NotFound, Refused
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded

_MOST_POINTS = 30


def _lock(actor: Actor, contact_id: int) -> Contact:
    """The contact, for somebody who may change it."""
    contact = visible_contacts(actor).select_for_update(of=("self",)).filter(pk=contact_id).first()
    if contact is None:
        raise NotFound("contact", contact_id)
    owners = list(Affiliation.objects.filter(contact_id=contact_id).values_list("company__owner_id", flat=True))
    require_change(actor, "clients.company.edit", person_ids=owners)
    if contact.merged_into_id is not None:
        raise Conflict("This contact has been merged into another one; change that one.")
    return contact


def _finish(actor: Actor, contact: Contact, operation: str, changes: dict[str, list[object]], now: datetime) -> None:
    Contact.objects.filter(pk=contact.pk).update(version=F("version") + 1, updated_at=now)
    record_change(actor=actor, operation=operation, ref=Ref("clients.contact", contact.pk), changes=changes, now=now)
    publish(events.ContactChanged(contact_id=contact.pk), actor=actor, now=now)


@transaction.atomic
def put_contact_points(*, actor: Actor, contact_id: int, points: Sequence[tuple[str, str]], now: datetime) -> None:
    """Say all the ways a contact is reached, as (kind, value); the first of a kind is the main one."""
    contact = _lock(actor, contact_id)
    errors = [
        FieldError(f"points[{index}].kind", worded("“{kind}” is not one of {point_kinds}.", kind=kind, point_kinds=", ".join(POINT_KINDS)))
        for index, (kind, _value) in enumerate(points) if kind not in POINT_KINDS
    ]
    errors += [
        FieldError(f"points[{index}].value", "This is not an e-mail address.")
        for index, (kind, value) in enumerate(points) if kind == "email" and ("@" not in value or " " in value.strip())
    ]
    errors += [
        FieldError(f"points[{index}].value", "This is longer than 254 characters.")
        for index, (_kind, value) in enumerate(points) if len(value) > 254
    ]
    if len(points) > _MOST_POINTS:
        errors.append(FieldError("points", worded("A contact has at most {most_points} ways to be reached.", most_points=_MOST_POINTS)))
    if errors:
        raise Refused(errors[0].words, errors)
    before = [f"{kind} {value}" for kind, value in ContactPoint.objects.filter(contact=contact).order_by("pk").values_list("kind", "value")]
    wanted = list(dict.fromkeys((kind, value.strip()) for kind, value in points if value.strip()))
    after = [f"{kind} {value}" for kind, value in wanted]
    if before == after:
        return
    ContactPoint.objects.filter(contact=contact).delete()
    kinds: set[str] = set()
    for kind, value in wanted:
        ContactPoint.objects.create(
            contact=contact, kind=kind, value=value, normalised=normalise_point(kind, value)[:254], is_primary=kind not in kinds
        )
        kinds.add(kind)
    refile_contacts([contact.pk])
    _finish(actor, contact, "clients.contact.reach", {"points": [before, after]}, now)


@transaction.atomic
def put_affiliation(
    *, actor: Actor, contact_id: int, company_id: int, role: str = "", is_main: bool = False, start_date: date | None = None,
    finish_date: date | None = None, now: datetime
) -> None:
    """Say that a contact works, or until when they worked, at a company, and as what. A main one replaces the former main."""
    contact = _lock(actor, contact_id)
    if not visible_companies(actor).filter(pk=company_id, merged_into__isnull=True).exists():
        raise Refused.field("company_id", worded("There is no company {company_id} that you can see.", company_id=company_id), "unknown")
    if start_date and finish_date and finish_date < start_date:
        raise Refused.field("finish_date", "They cannot have left before they came.")
    if len(role) > 120:
        raise Refused.field("role", "This is longer than 120 characters.")
    here = Affiliation.objects.filter(contact=contact)
    former = here.filter(company_id=company_id).first()
    is_current = finish_date is None
    others = here.exclude(company_id=company_id)
    is_main = is_current and (is_main or not others.filter(is_main=True, finish_date__isnull=True).exists())
    if is_main:
        others.filter(is_main=True, finish_date__isnull=True).update(is_main=False)
    values = {"role": role.strip(), "is_main": is_main, "start_date": start_date, "finish_date": finish_date}
    Affiliation.objects.update_or_create(contact=contact, company_id=company_id, defaults=values)
    refile_contacts([contact.pk])
    was = [former.role, str(former.start_date or ""), str(former.finish_date or "")] if former else None
    _finish(actor, contact, "clients.contact.place", {f"company {company_id}": [was, [role, str(start_date or ""), str(finish_date or "")]]}, now)


@transaction.atomic
def note_consent(
    *, actor: Actor, contact_id: int, purpose: str, state: str, basis: str = "", source: str = "", now: datetime
) -> None:
    """Note what a contact said about being written to for a purpose. Earlier words stay on record; the newest count."""
    contact = _lock(actor, contact_id)
    checks = (("purpose", purpose, CONSENT_PURPOSES), ("state", state, CONSENT_STATES), ("basis", basis, ("", *CONSENT_BASES)))
    errors = [FieldError(field, worded("“{value}” is not one of {known}.", value=value, known=", ".join(filter(None, known)))) for field, value, known in checks if value not in known]
    if len(source) > 300:
        errors.append(FieldError("source", "This is longer than 300 characters."))
    if errors:
        raise Refused(errors[0].words, errors)
    newest = Consent.objects.filter(contact=contact, purpose=purpose).order_by("-noted_at", "-pk").first()
    Consent.objects.create(
        contact=contact, purpose=purpose, state=state, basis=basis, source=source.strip(), noted_at=now, noted_by=actor.label
    )
    _finish(actor, contact, "clients.contact.consent", {f"consent {purpose}": [newest.state if newest else None, state]}, now)
