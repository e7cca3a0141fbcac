"""A handoff's page: the five answers, the ledger and what the win created."""

from __future__ import annotations

from datetime import datetime

from wonward.domains.clients.queries import list_stakeholders
from wonward.domains.comms.queries import list_communications
from wonward.domains.delivery.queries.projects import find_projects
from wonward.foundation.files.queries import count_documents, list_documents
from wonward.foundation.organisation.queries import civil_date
from wonward.journeys.client_record.queries.drift import list_drifts
from wonward.journeys.client_record.rules import deliver_steps
from wonward.journeys.client_record.types import HandoffPage, LifecycleStep
from wonward.journeys.handoff.queries import get_handoff, list_questions
from wonward.journeys.promises.queries import get_coverages_of_deals, list_promises_of_deal
from wonward.journeys.promises.rules import sum_coverage
from wonward.kernel.actor import Actor
from wonward.kernel.ref import Ref

PROMISES_SHOWN = 200
DOCUMENTS_SHOWN = 50
ENTRIES_SHOWN = 20


def get_handoff_page(*, actor: Actor, handoff_id: int, now: datetime) -> HandoffPage:
    """One handoff with the first of its promises, documents and log, and their whole numbers; NotFound when it is hidden."""
    row = get_handoff(actor=actor, handoff_id=handoff_id)
    ids = [project.project_id for project in row.projects]
    refs = [Ref("sales.deal", row.deal_id), *(Ref("delivery.project", key) for key in ids)]
    promises = list_promises_of_deal(actor=actor, deal_id=row.deal_id, limit=PROMISES_SHOWN)
    documents = list_documents(actor, refs, limit=DOCUMENTS_SHOWN)
    timeline = list_communications(actor=actor, refs=refs, limit=ENTRIES_SHOWN + 1)
    is_whole = len(promises) < PROMISES_SHOWN
    coverage = sum_coverage(promises) if is_whole else get_coverages_of_deals(actor=actor, deal_ids=[row.deal_id])[row.deal_id]
    today = civil_date(now, actor.time_zone)
    drifts = list_drifts(projects=list(find_projects(actor=actor, project_ids=ids).values()), today=today)
    return HandoffPage(
        handoff=row, questions=list_questions(handoff_id=row.id), promises=promises, coverage=coverage,
        drifts=drifts, stakeholders=list_stakeholders(ref=refs[0]),
        timeline=timeline[:ENTRIES_SHOWN], has_older_entries=len(timeline) > ENTRIES_SHOWN, documents=documents,
        document_count=len(documents) if len(documents) < DOCUMENTS_SHOWN else count_documents(actor, refs),
        lifecycle=[LifecycleStep("Won", "", "done", "sell"), *deliver_steps(handoff=row, drifts=drifts, today=today)], today=today,
    )
