"""Colleagues on a deal besides its owner: who takes part, and as what."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from wonward.domains.clients.operations import clear_client_team, put_client_team
from wonward.domains.sales import events
from wonward.domains.sales.models import Deal, DealMember
from wonward.domains.sales.operations.deals import lock_deal
from wonward.domains.sales.types import MEMBER_PARTS, MemberRow
from wonward.domains.staff.queries import find_existing_people, get_person_names
from wonward.foundation.audit.operations import record_change
from wonward.foundation.events.operations import publish
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotFound, Refused
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded

MOST_MEMBERS = 40


@transaction.atomic
def put_deal_member(*, actor: Actor, deal_id: int, person_id: int, part: str = "helps", now: datetime) -> MemberRow | None:
    """Put a colleague on a deal, or say anew what they do there; they see and change it like its owner.

    Returns what they did before, None when they are new. Refused for the owner, for a part that is not one of MEMBER_PARTS, and
    for nobody we know.
    """
    deal = lock_deal(actor=actor, deal_id=deal_id, permission="sales.deal.edit")
    if part not in MEMBER_PARTS:
        raise Refused.field("part", worded("“{part}” is not one of {member_parts}.", part=part[:40], member_parts=", ".join(MEMBER_PARTS)), "unknown")
    if not find_existing_people([person_id]):
        raise Refused.field("person_id", worded("There is no colleague {person_id}.", person_id=person_id), "unknown")
    if person_id == deal.owner_id:
        raise Refused.field("person_id", "The owner of a deal is on it already.", "owner")
    member = DealMember.objects.filter(deal=deal, person_id=person_id).first()
    name = get_person_names([person_id]).get(person_id, "")
    if member is not None and member.part == part:
        return MemberRow(person_id, name, part)
    if member is None and DealMember.objects.filter(deal=deal).count() >= MOST_MEMBERS:
        raise Refused.field("person_id", worded("A deal has at most {most_members} people besides its owner.", most_members=MOST_MEMBERS), "too_long")
    before = MemberRow(person_id, name, member.part) if member else None
    DealMember.objects.update_or_create(deal=deal, person_id=person_id, defaults={"part": part}, create_defaults={"part": part, "added_at": now})
    _finish(actor, deal, person_id, (before.part if before else None, part), now)
    return before


@transaction.atomic
def remove_deal_member(*, actor: Actor, deal_id: int, person_id: int, now: datetime) -> MemberRow:
    """Take a colleague off a deal; returns what they did there, for bringing them back."""
    deal = lock_deal(actor=actor, deal_id=deal_id, permission="sales.deal.edit")
    member = DealMember.objects.filter(deal=deal, person_id=person_id).first()
    if member is None:
        raise NotFound("member", person_id)
    before = MemberRow(person_id, get_person_names([person_id]).get(person_id, ""), member.part)
    member.delete()
    _finish(actor, deal, person_id, (before.part, None), now)
    return before


def _finish(actor: Actor, deal: Deal, person_id: int, parts: tuple[str | None, str | None], now: datetime) -> None:
    before, after = parts
    clear_client_team(basis=Ref("sales.deal", deal.pk))
    if deal.company_id:
        people = {deal.owner_id, *DealMember.objects.filter(deal=deal).values_list("person_id", flat=True)}
        put_client_team(basis_noun="sales.deal", links=[(deal.pk, deal.company_id, key) for key in sorted(key for key in people if key)])
    record_change(
        actor=actor, operation="sales.deal.members", ref=Ref("sales.deal", deal.pk), now=now,
        changes={"person_id": [person_id if before else None, person_id if after else None], "part": [before, after]},
    )
    publish(
        events.DealMembersChanged(deal_id=deal.pk, company_id=deal.company_id, added_id=person_id if before is None else None),
        actor=actor, now=now,
    )
