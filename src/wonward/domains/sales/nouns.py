"""Who sees deals and leads, for everything that hangs on them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet

from wonward.domains.clients.queries import records_led_by
from wonward.domains.sales.models import BriefDraft, Deal, Lead, ProposalLink
from wonward.domains.sales.operations.deals import lock_deal
from wonward.domains.sales.operations.leads import lock_lead
from wonward.domains.sales.queries.pipelines import list_pipelines
from wonward.foundation.access.policy import register_noun
from wonward.foundation.custom_fields.registry import register_fields
from wonward.foundation.database.registry import Going, LinkMove, holds_records, keeps_secret, moves_links
from wonward.foundation.organisation.registry import keeps_money
from wonward.foundation.search.registry import CLIENT, OWNER, register_facet
from wonward.kernel.actor import Actor
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded


def visible_deal_ids(actor: Actor) -> QuerySet[Any]:
    return Deal.objects.visible_to(actor).values_list("pk", flat=True)


def deal_names(ids: Collection[int]) -> dict[int, str]:
    found = Deal.objects.filter(pk__in=ids).values_list("pk", "name", "company__name")
    return {key: ", ".join(filter(None, (name, more))) for key, name, more in found}


register_noun("sales.deal", visible_deal_ids, names_of=deal_names)
register_facet("sales.deal", CLIENT, lambda ids: Deal.objects.filter(company_id__in=ids).values_list("pk", flat=True))
register_facet("sales.deal", OWNER, lambda ids: Deal.objects.filter(owner_id__in=ids).values_list("pk", flat=True))


def visible_lead_ids(actor: Actor) -> QuerySet[Any]:
    return Lead.objects.visible_to(actor).values_list("pk", flat=True)


def lead_names(ids: Collection[int]) -> dict[int, str]:
    found = Lead.objects.filter(pk__in=ids).values_list("pk", "name", "company_name")
    return {key: ", ".join(dict.fromkeys(filter(None, (name, more)))) for key, name, more in found}


register_noun("sales.lead", visible_lead_ids, names_of=lead_names)
register_facet("sales.lead", OWNER, lambda ids: Lead.objects.filter(owner_id__in=ids).values_list("pk", flat=True))


def require_deal_fields(actor: Actor, deal_id: int) -> None:
    lock_deal(actor=actor, deal_id=deal_id, permission="sales.deal.edit")


def require_lead_fields(actor: Actor, lead_id: int) -> None:
    lock_lead(actor=actor, lead_id=lead_id, permission="sales.lead.edit")


def list_stages() -> list[tuple[Ref, str]]:
    """What may ask for fields of a deal: the stages, and the gate before Won."""
    return [
        (Ref("sales.stage", stage.id), f"{row.name}: {stage.name}" if stage.kind == "open" else worded("{pipeline}: the gate to {stage}", pipeline=row.name, stage=stage.name))
        for row in list_pipelines() for stage in row.stages if stage.kind != "lost"
    ]


def stages_of_open_deals(ids: Collection[int]) -> dict[int, Ref]:
    """Where open deals stand; what their stage asks for is not emptied."""
    found = Deal.objects.filter(pk__in=ids, status="open").values_list("pk", "stage_id")
    return {key: Ref("sales.stage", stage_id) for key, stage_id in found}


register_fields("sales.deal", require_deal_fields, list_places=list_stages, find_places=stages_of_open_deals)
register_fields("sales.lead", require_lead_fields)
keeps_money(lambda: Deal.objects.filter(value_minor__isnull=False).exists())
keeps_secret(ProposalLink, "digest")


@holds_records
def find_open_deals(actor: Actor, ref: Ref) -> Going:
    """Open deals of a company, or those a contact is the main stakeholder of."""
    if ref.noun == "clients.company":
        found = Deal.objects.filter(company_id=ref.id, status="open")
    elif ref.noun == "clients.contact":
        found = Deal.objects.filter(pk__in=records_led_by("sales.deal", ref.id), status="open")
    else:
        return Going()
    seen = list(Deal.objects.visible_to(actor).filter(pk__in=found.values("pk")).order_by("pk").values_list("number", "name"))
    return Going(tuple(f"{number} {name}" for number, name in seen), found.count() - len(seen))


@moves_links
def move_clients_of_deals(move: LinkMove) -> None:
    move.keys("clients.company", Deal, "company_id")
    move.keys("clients.company", Lead, "company_id")
    move.keys("clients.contact", Lead, "contact_id")
    move.keys("clients.contact", BriefDraft, "main_stakeholder_id")
