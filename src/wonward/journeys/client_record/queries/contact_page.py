"""A contact's page: who they are, where they work, and every deal, project and word they were part of."""

from __future__ import annotations

from datetime import datetime

from wonward.domains.clients.queries import count_duplicates_of, get_contact_card, list_merges
from wonward.domains.comms.queries import list_with_contact
from wonward.domains.delivery.queries.projects import find_projects
from wonward.domains.sales.queries.deals import find_deal_rows
from wonward.foundation.files.queries import list_documents
from wonward.foundation.organisation.queries import civil_date
from wonward.journeys.client_record.types import ContactPage
from wonward.kernel.actor import Actor
from wonward.kernel.ref import Ref


def get_contact_page(*, actor: Actor, contact_id: int, now: datetime) -> ContactPage:
    """Everything about one contact that this viewer may see, in a fixed number of queries; NotFound when hidden."""
    card = get_contact_card(actor=actor, contact_id=contact_id)
    ref = Ref("clients.contact", contact_id)
    deal_ids = [stake.ref.id for stake in card.stakes if stake.ref.noun == "sales.deal"]
    project_ids = [stake.ref.id for stake in card.stakes if stake.ref.noun == "delivery.project"]
    deals = find_deal_rows(actor=actor, deal_ids=deal_ids) if deal_ids and actor.may("sales.deal.view") else {}
    projects = find_projects(actor=actor, project_ids=project_ids) if project_ids and actor.may("delivery.project.view") else {}
    return ContactPage(
        card=card, deals=list(deals.values()), projects=list(projects.values()), stakes={stake.ref: stake for stake in card.stakes},
        timeline=list_with_contact(actor=actor, contact_id=contact_id, limit=30), documents=list_documents(actor, [ref]),
        merges=list_merges(actor=actor, noun="clients.contact", record_id=contact_id),
        duplicate_count=count_duplicates_of(actor=actor, noun="clients.contact", record_id=contact_id),
        today=civil_date(now, actor.time_zone),
    )
