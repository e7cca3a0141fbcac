"""Converting a lead: company, contact and deal in one step, with everything the lead knew."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from wonward.domains.clients.operations import create_companies, create_contacts
from wonward.domains.clients.queries import contact_belongs_to, get_company_names, visible_companies
from wonward.domains.clients.types import NewCompany, NewContact
from wonward.domains.comms.operations import link_communications, log_communications
from wonward.domains.comms.types import CommunicationKind, NewCommunication, NewParticipant
from wonward.domains.marketing.operations import link_touches
from wonward.domains.sales import events
from wonward.domains.sales.models import Deal, Lead
from wonward.domains.sales.operations.answers import follow_answers
from wonward.domains.sales.operations.carrying import carry_fields, company_facts, fill_company, fill_contact
from wonward.domains.sales.operations.deals import check_new_deals, create_deals
from wonward.domains.sales.operations.leads import check_lead_version, lock_lead, save_lead
from wonward.domains.sales.queries.pipelines import find_pipeline, list_pipelines, stage_of
from wonward.domains.sales.types import NewDeal, NewLine
from wonward.domains.sales.types.leads import Conversion, ConvertedLead
from wonward.foundation.access.policy import require
from wonward.foundation.audit.operations import record_change
from wonward.foundation.events.operations import publish
from wonward.foundation.files.operations import link_documents
from wonward.foundation.organisation.queries import civil_date, get_organisation
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict, Refused
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded


@transaction.atomic
def convert_lead(
    *, actor: Actor, lead_id: int, conversion: Conversion, version: int | None = None, now: datetime
) -> ConvertedLead:
    """Make company, contact and an open deal of a lead, or link known ones; its words, log, documents, source, touches and
    qualification come along. A lead converted before answers with the same ids and changes nothing."""
    lead = lock_lead(actor=actor, lead_id=lead_id, permission="sales.lead.convert")
    if lead.status == "converted":
        return ConvertedLead(lead.pk, lead.company_id, lead.contact_id, lead.deal_id, is_replayed=True)
    if lead.status != "open":
        raise Conflict(worded("{number} is closed; open it again before it becomes a deal.", number=lead.number))
    check_lead_version(lead, version, {})
    _check_deal(actor, lead, conversion, now)
    company_id = _company(actor, lead, conversion, now)
    contact_id = _contact(actor, lead, conversion, company_id, now)
    deal_id = _deal(actor, lead, conversion, company_id, contact_id, now)
    lead.company_id, lead.contact_id, lead.deal_id, lead.status = company_id, contact_id, deal_id, "converted"
    lead.closed_date = civil_date(now, get_organisation().time_zone)
    lead.owner_id = lead.owner_id or actor.person_id
    save_lead(lead, now)
    _carry_over(actor, lead, deal_id, company_id, contact_id, now)
    record_change(
        actor=actor, operation="sales.lead.convert", ref=Ref("sales.lead", lead.pk), now=now,
        changes={"status": ["open", "converted"], "deal_id": [None, deal_id], "company_id": [None, company_id], "contact_id": [None, contact_id]},
    )
    publish(events.LeadConverted(lead_id=lead.pk, deal_id=deal_id, company_id=company_id), actor=actor, now=now)
    return ConvertedLead(lead.pk, company_id, contact_id, deal_id)


def _company(actor: Actor, lead: Lead, wanted: Conversion, now: datetime) -> int:
    if wanted.company_id is not None:
        if not visible_companies(actor).filter(pk=wanted.company_id, archived_at__isnull=True).exists():
            raise Refused.field("company_id", worded("There is no company {company_id} that you can see.", company_id=wanted.company_id), "unknown")
        fill_company(actor, lead, wanted.company_id, now)
        return wanted.company_id
    name = wanted.company_name.strip() or lead.company_name or lead.name
    (company_id,) = create_companies(
        actor=actor, now=now,
        companies=[NewCompany(name=name, owner_id=wanted.owner_id or lead.owner_id or actor.person_id, **company_facts(lead))],
    )
    return company_id


def _contact(actor: Actor, lead: Lead, wanted: Conversion, company_id: int, now: datetime) -> int:
    if wanted.contact_id is not None:
        if not contact_belongs_to(contact_id=wanted.contact_id, company_id=company_id):
            raise Refused.field("contact_id", worded("Contact {contact_id} does not belong to this company.", contact_id=wanted.contact_id), "unknown")
        fill_contact(actor, lead, wanted.contact_id, now)
        return wanted.contact_id
    (contact_id,) = create_contacts(
        actor=actor, now=now,
        contacts=[NewContact(name=lead.name, company_id=company_id, title=lead.title, email=lead.email, phone=lead.phone, source=lead.source)],
    )
    return contact_id


def _check_deal(actor: Actor, lead: Lead, wanted: Conversion, now: datetime) -> None:
    """Refuse before a company or contact is made."""
    require(actor, "sales.deal.create")
    new = _new_deal(actor, lead, wanted, wanted.company_id, lead.company_name)
    check_new_deals(actor, [new], civil_date(now, get_organisation().time_zone))
    stage = stage_of(find_pipeline(list_pipelines(), new.pipeline_id), new.stage_id)
    if stage.kind != "open":
        raise Refused.field("stage_id", worded("A new deal starts in an open stage; “{name}” closes it.", name=stage.name), "closed_stage")


def _new_deal(actor: Actor, lead: Lead, wanted: Conversion, company_id: int | None, company_name: str) -> NewDeal:
    service_id = wanted.service_id if wanted.service_id is not None else lead.service_id
    return NewDeal(
        name=wanted.deal_name.strip() or f"{company_name or lead.name}, first work", company_id=company_id,
        owner_id=wanted.owner_id or lead.owner_id or actor.person_id, pipeline_id=wanted.pipeline_id or lead.pipeline_id,
        stage_id=wanted.stage_id, value=wanted.value, expected_close_date=wanted.expected_close_date, source=lead.source,
        lines=(NewLine(service_id, Decimal(1)),) if service_id else (), next_action=wanted.next_action,
        custom=wanted.custom,
    )


def _deal(actor: Actor, lead: Lead, wanted: Conversion, company_id: int, contact_id: int, now: datetime) -> int:
    name = lead.company_name or get_company_names([company_id])[company_id]
    new = replace(_new_deal(actor, lead, wanted, company_id, name), contact_ids=(contact_id,))
    return create_deals(actor=actor, deals=[new], now=now)[0]


def _carry_over(actor: Actor, lead: Lead, deal_id: int, company_id: int, contact_id: int, now: datetime) -> None:
    """Words, log, documents, touches and findings of the lead are the deal's and the company's from now on; who waited for an answer still does."""
    source, deal, company = Ref("sales.lead", lead.pk), Ref("sales.deal", deal_id), Ref("clients.company", company_id)
    if lead.qualification:
        Deal.objects.filter(pk=deal_id).update(qualification=lead.qualification)
    if lead.message:
        log_communications(
            actor=actor, now=now,
            entries=[
                NewCommunication(
                    kind=CommunicationKind.EMAIL, refs=(source,), subject=lead.source or "First message", body=lead.message,
                    direction="in", happened_at=lead.received_at, participants=(NewParticipant(contact_id=contact_id),),
                )
            ],
        )
    carry_fields(actor, lead, {"sales.deal": deal_id, "clients.company": company_id, "clients.contact": contact_id}, now)
    for target in (deal, company):
        link_communications(source=source, target=target, now=now)
        link_documents(source=source, target=target, now=now)
        link_touches(source=source, target=target)
    follow_answers(deal_ids=[deal_id], now=now)
