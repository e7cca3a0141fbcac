"""The door for deals that were won or lost before they arrived. Only imports and sync may use it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time

from django.db import transaction

from wonward.domains.clients.operations import (
    clear_client_teams,
    clear_stakeholders,
    mark_clients,
    unmark_clients,
)
from wonward.domains.sales import events
from wonward.domains.sales.models import Deal, Lead
from wonward.domains.sales.operations.deals import insert_deals, list_prices, name_contacts
from wonward.domains.sales.operations.leads import (
    build_leads,
    check_leads,
    insert_leads,
    pipelines_by_id,
)
from wonward.domains.sales.operations.scoring import put_scores
from wonward.domains.sales.queries.pipelines import find_pipeline, list_pipelines, stage_of
from wonward.domains.sales.types import PastDeal
from wonward.domains.sales.types.leads import PastLead
from wonward.foundation.access.policy import require
from wonward.foundation.audit.operations import Change, record_changes
from wonward.foundation.database import update_records
from wonward.foundation.events.operations import publish, publish_many
from wonward.foundation.organisation.operations import take_numbers
from wonward.foundation.organisation.queries import civil_date, get_organisation, to_reporting
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict, NotFound, Refused
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded


@transaction.atomic
def record_past_deals(*, actor: Actor, deals: Sequence[PastDeal], now: datetime) -> list[int]:
    """Write down closed deals as history: no brief, no handoff. Returns their ids in order."""
    require(actor, "sales.deal.create")
    pipelines = list_pipelines()
    organisation = get_organisation()
    today = civil_date(now, organisation.time_zone)
    prices = list_prices(deals, organisation.currency, today)
    rows = []
    for number, past in zip(take_numbers(noun="sales.deal", count=len(deals)), deals, strict=True):
        if past.status not in ("won", "lost"):
            raise Refused.field("status", worded("“{name}” is {status}; only won and lost deals are history.", name=past.name, status=worded(past.status)))
        pipeline = find_pipeline(pipelines, past.pipeline_id)
        closed_on = past.closed_date or past.opened_date or today
        rows.append(
            Deal(
                number=number, name=past.name.strip()[:200], company_id=past.company_id, owner_id=past.owner_id,
                pipeline_id=pipeline.id, stage_id=stage_of(pipeline, None, kind=past.status).id, status=past.status,
                value_minor=past.value.minor if past.value else None,
                currency=past.value.currency if past.value else organisation.currency,
                reporting_minor=to_reporting(past.value, reporting_currency=organisation.currency, on=closed_on) if past.value else 0,
                main_service_id=past.lines[0].service_id if past.lines else None, source=past.source.strip()[:120],
                opened_date=past.opened_date or closed_on, closed_date=closed_on,
                closed_at=datetime.combine(closed_on, time(12), tzinfo=UTC), lost_reason=past.lost_reason.strip()[:300],
                is_history=True, stage_entered_at=datetime.combine(closed_on, time(12), tzinfo=UTC),
                external_source=past.external_source, external_id=past.external_id, created_at=now, updated_at=now,
            )
        )
    insert_deals(rows, [deal.lines for deal in deals], prices, now=now)
    name_contacts(actor, rows, [deal.contact_ids for deal in deals], now)
    record_changes(
        actor=actor, operation="sales.deal.record_past", now=now,
        changes=[Change(Ref("sales.deal", row.pk), {"status": [None, row.status]}) for row in rows],
    )
    _mark_clients(rows, now)
    if rows:
        publish(events.DealsCreated(deal_ids=[row.pk for row in rows]), actor=actor, now=now)
    return [row.pk for row in rows]


def _mark_clients(rows: Sequence[Deal], now: datetime) -> None:
    """Whoever bought before is a client since the first of those wins."""
    since: dict[int, date] = {}
    for row in rows:
        if row.status == "won" and row.company_id and row.closed_date:
            since[row.company_id] = min(row.closed_date, since.get(row.company_id, row.closed_date))
    mark_clients(since=since, now=now)


@transaction.atomic
def record_past_leads(*, actor: Actor, leads: Sequence[PastLead], now: datetime) -> list[int]:
    """Write down leads of another product: those still open wait for nobody's clock, the others are history. Their ids in order."""
    require(actor, "sales.lead.create")
    pipelines = pipelines_by_id()
    check_leads([past.lead for past in leads], pipelines)
    rows = build_leads([past.lead for past in leads], pipelines, form_id=None, now=now)
    for row, past in zip(rows, leads, strict=True):
        row.status, row.closed_reason, row.is_history = past.status, past.closed_reason[:300], past.status != "open"
        row.closed_date = past.closed_date if past.status != "open" else None
        row.responded_at = row.received_at
    return insert_leads(actor, rows, operation="sales.lead.record_past", now=now)


@transaction.atomic
def settle_past_leads(*, actor: Actor, changes: Sequence[tuple[int, Mapping[str, object]]], now: datetime) -> list[int]:
    """Write what a file says anew of leads that came by one; `status` and `closed_date` become history with it.

    Each is given by its id with what changes of it. Returns the ids as they were given.
    """
    require(actor, "sales.lead.create")
    ids = [key for key, _ in changes]
    found = {lead.pk: lead for lead in Lead.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk__in=ids)}
    told, settled = [], {}
    for key, values in changes:
        if (lead := found.get(key)) is None:
            raise NotFound("lead", key)
        if lead.deal_id is not None:
            raise Conflict(worded("{number} has become a deal here; the file changes it no more.", number=lead.number))
        audit = {field: [getattr(lead, field), value] for field, value in values.items() if getattr(lead, field) != value}
        if not audit:
            continue
        for field, value in values.items():
            setattr(lead, field, value)
        lead.is_history = lead.status != "open"
        lead.version, lead.updated_at = lead.version + 1, now
        settled[key] = lead
        told.append(Change(Ref("sales.lead", key), audit))
    put_scores(list(settled.values()))
    update_records(list(settled.values()))
    record_changes(actor=actor, operation="sales.lead.record_past", changes=told, now=now)
    publish_many([events.LeadChanged(lead_id=change.ref.id) for change in told], actor=actor, now=now)
    return ids


@transaction.atomic
def erase_leads(*, actor: Actor, versions: Mapping[int, int], now: datetime) -> set[int]:
    """Take imported leads back that are still at the given version and have no deal; returns those erased."""
    require(actor, "sales.lead.create")
    found = Lead.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk__in=versions, deal__isnull=True)
    gone = [row for row in found if row.version == versions[row.pk]]
    ids = {row.pk for row in gone}
    if not ids:
        return ids
    Lead.objects.filter(pk__in=ids).delete()
    record_changes(
        actor=actor, operation="sales.lead.erase", now=now,
        changes=[Change(Ref("sales.lead", row.pk), {"number": [row.number, None]}) for row in gone],
    )
    publish(events.LeadsErased(lead_ids=sorted(ids)), actor=actor, now=now)
    return ids


@transaction.atomic
def erase_deals(*, actor: Actor, versions: Mapping[int, int], now: datetime) -> set[int]:
    """Take imported deals back that are still at the given version; returns those erased.

    A deal won through the gate stays whatever its version. The caller has made sure that nothing else hangs on them.
    """
    require(actor, "sales.deal.create")
    deals = Deal.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk__in=versions)
    gone = [
        row for row in deals.exclude(status="won", is_history=False)
        if row.version == versions[row.pk]
    ]
    ids = {row.pk for row in gone}
    if not ids:
        return ids
    clear_client_teams(basis_noun="sales.deal", basis_ids=ids)
    clear_stakeholders(noun="sales.deal", ref_ids=ids)
    Deal.objects.filter(pk__in=ids).delete()
    bought = {row.company_id for row in gone if row.status == "won" and row.company_id}
    still = set(Deal.objects.filter(company_id__in=bought, status="won").values_list("company_id", flat=True))
    unmark_clients(company_ids=bought - still, now=now)
    record_changes(
        actor=actor, operation="sales.deal.erase", now=now,
        changes=[Change(Ref("sales.deal", row.pk), {"number": [row.number, None]}) for row in gone],
    )
    publish(events.DealsErased(deal_ids=sorted(ids)), actor=actor, now=now)
    return ids
