"""A deal's page: sales' own record with what delivery makes of it."""

from __future__ import annotations

from datetime import datetime

from wonward.domains.clients.queries import list_contact_choices, list_stakeholders
from wonward.domains.comms.queries import list_communications
from wonward.domains.delivery.queries.projects import find_projects
from wonward.domains.sales.queries.answers import ask_owed_answers, find_owed_answer
from wonward.domains.sales.queries.deals import (
    ask_members,
    get_brief,
    get_deal,
    list_criteria,
    list_lines,
    list_members,
    list_visits,
)
from wonward.domains.sales.queries.pipelines import find_pipeline, list_pipelines, stage_of
from wonward.domains.sales.queries.proposals import ask_proposals
from wonward.domains.sales.queries.terms import ask_terms, find_terms_around
from wonward.domains.sales.rules import readiness
from wonward.domains.sales.types import ClosingBrief
from wonward.foundation.database.prepared import numbers
from wonward.foundation.files.queries import ask_links, list_documents
from wonward.foundation.organisation.queries import civil_date
from wonward.journeys.client_record.queries.drift import list_drifts_for
from wonward.journeys.client_record.rules import deal_lifecycle
from wonward.journeys.client_record.types import DealPage, ReadinessStep
from wonward.journeys.handoff.queries import find_handoff_of_deal
from wonward.journeys.handoff.types import HandoffRow
from wonward.journeys.promises.queries import list_promises
from wonward.journeys.promises.rules import sum_coverage
from wonward.kernel.actor import Actor
from wonward.kernel.ref import Ref


def get_deal_page(*, actor: Actor, deal_id: int, now: datetime) -> DealPage:
    """Everything about one deal, in a fixed number of queries; NotFound when it is hidden."""
    deal = get_deal(actor=actor, deal_id=deal_id)
    ref = Ref("sales.deal", deal_id)
    today = civil_date(now, actor.time_zone)
    pipeline = find_pipeline(list_pipelines(), deal.pipeline_id)
    handoff = find_handoff_of_deal(actor=actor, deal_id=deal_id) if deal.status == "won" else None
    brief = _answers(handoff) if handoff else get_brief(deal_id=deal_id)
    ids = [project.project_id for project in handoff.projects] if handoff else []
    projects = list(find_projects(actor=actor, project_ids=ids).values()) if ids else []
    drifts = list_drifts_for(actor=actor, projects=projects, now=now)
    contacts = list_contact_choices(actor=actor, company_id=deal.company_id) if deal.company_id else []
    timeline = list_communications(actor=actor, refs=[ref], limit=30)
    promises = list_promises(actor=actor, deal_id=deal_id) if actor.may("promises.promise.view") else []
    visits = list_visits(deal_id=deal_id)
    members, documents, proposals, owed, terms = numbers(
        [ask_members(deal_id), ask_links(ref), ask_proposals(deal_id), ask_owed_answers(deal_id), ask_terms(deal_id)]
    )
    term, renews = find_terms_around(actor=actor, deal_id=deal_id, today=today) if terms else (None, None)
    return DealPage(
        deal=deal, pipeline=pipeline, lines=list_lines(deal=deal), brief=brief,
        readiness=[ReadinessStep(field, is_there) for field, is_there in readiness(brief).items()],
        lifecycle=deal_lifecycle(
            deal=deal, pipeline=pipeline, visits=visits, handoff=handoff, drifts=drifts, term=term, today=today
        ),
        stakeholders=list_stakeholders(ref=ref),
        contacts=contacts, timeline=timeline,
        documents=list_documents(actor, [ref]) if documents else [], promises=promises, coverage=sum_coverage(promises), handoff=handoff,
        drifts=drifts, members=list_members(deal_id=deal_id) if members else [], proposal_count=proposals, today=today,
        criteria=list_criteria(stage=stage_of(pipeline, deal.stage_id), visits=visits) if deal.status == "open" else [],
        owed_answer=find_owed_answer(deal_id=deal_id) if owed else None, term=term, renews=renews,
    )


def _answers(handoff: HandoffRow) -> ClosingBrief:
    """What was answered at the win, as the handoff keeps it."""
    return ClosingBrief(
        handoff.scope_summary, handoff.promised_finish_date, handoff.key_constraints, handoff.no_constraints,
        handoff.main_stakeholder_id, handoff.kickoff_date,
    )
