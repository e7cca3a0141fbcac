"""A company's page: both sides on one sheet."""

from __future__ import annotations

from datetime import date, datetime

from wonward.domains.clients.queries import (
    count_duplicates_of,
    find_referrer,
    get_company,
    list_contacts,
    list_merges,
)
from wonward.domains.comms.queries import list_communications
from wonward.domains.delivery.queries.projects import list_projects
from wonward.domains.sales.queries.deals import list_deals
from wonward.domains.sales.queries.sums import sum_deals
from wonward.domains.sales.queries.terms import list_terms
from wonward.domains.sales.types import DealFilter, DealRow
from wonward.domains.sales.types.terms import TermRow
from wonward.domains.staff.queries import get_person_names, list_people
from wonward.foundation.files.queries import list_documents
from wonward.foundation.organisation.queries import civil_date
from wonward.journeys.client_record.queries.drift import list_drifts_for
from wonward.journeys.client_record.rules import company_lifecycle
from wonward.journeys.client_record.types import CompanyPage, Drift, LifecycleStep
from wonward.journeys.handoff.queries import list_handoffs_of_company
from wonward.kernel.actor import Actor
from wonward.kernel.money import Money
from wonward.kernel.ref import Ref


def get_company_page(*, actor: Actor, company_id: int, now: datetime) -> CompanyPage:
    """Everything about one company that this viewer may see, in a fixed number of queries."""
    company = get_company(actor=actor, company_id=company_id)
    today = civil_date(now, actor.time_zone)
    may_see_deals = actor.may("sales.deal.view")
    deals = list_deals(actor=actor, where=DealFilter(company_id=company_id), now=now, limit=200) if may_see_deals else []
    projects = list_projects(actor=actor, company_id=company_id, limit=100) if actor.may("delivery.project.view") else []
    drifts = list_drifts_for(actor=actor, projects=projects, now=now)
    refs = [Ref("clients.company", company_id), *(Ref("sales.deal", deal.id) for deal in deals),
            *(Ref("delivery.project", project.id) for project in projects)]
    open_deals = [deal for deal in deals if deal.status == "open"]
    closed = [deal for deal in deals if deal.status != "open"]
    has_won = company.client_since_date is not None or any(deal.status == "won" for deal in closed)
    terms = list_terms(actor=actor, today=today, company_ids=[company_id], limit=200) if has_won and may_see_deals else []
    return CompanyPage(
        company=company, owner_name=_owner_name(actor, company.owner_id),
        contacts=list_contacts(actor=actor, company_id=company_id, limit=100), open_deals=open_deals, closed_deals=closed,
        won_sum=_won(closed),
        open_sums=sum_deals(actor=actor, where=DealFilter(company_id=company_id, status="open"), now=now) if may_see_deals else None,
        drifts=drifts, handoffs=list_handoffs_of_company(actor=actor, company_id=company_id),
        timeline=list_communications(actor=actor, refs=refs, limit=30), documents=list_documents(actor, refs),
        lifecycle=_lifecycle(company.created_at.date(), company.client_since_date, open_deals, drifts, deals, terms), today=today,
        merges=list_merges(actor=actor, noun="clients.company", record_id=company_id) if company.was_merged else [],
        duplicate_count=(
            count_duplicates_of(actor=actor, noun="clients.company", record_id=company_id) if company.may_be_twice else 0
        ),
        referrer=find_referrer(actor=actor, company_id=company_id) if company.referred_by_id else None,
        terms=terms,
    )


def _owner_name(actor: Actor, owner_id: int | None) -> str:
    """Among the colleagues every page of a record offers; somebody who left is asked for by id."""
    names = {person.id: person.name for person in list_people(actor=actor)}
    return names.get(owner_id or 0) or get_person_names([owner_id]).get(owner_id or 0, "")


def _won(closed: list[DealRow]) -> Money | None:
    values = [deal.value for deal in closed if deal.status == "won" and deal.value is not None]
    currencies = {value.currency for value in values}
    return Money(sum(value.minor for value in values), values[0].currency) if len(currencies) == 1 else None


def _lifecycle(
    created: date, client_since: date | None, open_deals: list[DealRow], drifts: list[Drift], deals: list[DealRow],
    terms: list[TermRow],
) -> list[LifecycleStep]:
    first = min([deal.opened_date for deal in deals], default=created)
    live = sum(1 for drift in drifts if drift.project.status in ("planned", "active", "on_hold"))
    return company_lifecycle(
        first_touch=min(first, created), open_count=len(open_deals), client_since=client_since, live_projects=live,
        done_projects=sum(1 for drift in drifts if drift.project.status == "done"),
        late=any(drift.is_late for drift in drifts if drift.project.status != "done"), terms=terms,
    )
