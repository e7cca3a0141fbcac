"""Making the projects of a handoff, each with its budget and with everything of the deal linked to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from wonward.domains.catalog.types import Blueprint
from wonward.domains.clients.operations import link_stakeholders, put_client_team
from wonward.domains.comms.operations import link_communications
from wonward.domains.delivery.planning import create_project
from wonward.domains.delivery.types import CreatedProject, NewProject
from wonward.domains.finance.operations import open_budget
from wonward.domains.sales.types import SoldService, WonDeal
from wonward.domains.staff.operations import confirm_bookings
from wonward.foundation.database import insert_records
from wonward.foundation.files.operations import link_documents
from wonward.journeys.handoff.models import Handoff, HandoffProject
from wonward.journeys.handoff.rules.shares import share_of
from wonward.kernel.actor import Actor
from wonward.kernel.money import Money
from wonward.kernel.ref import Ref


def build_project(
    actor: Actor, won: WonDeal, handoff: Handoff, blueprint: Blueprint, costs: Mapping[int, Money | None],
    lines: Sequence[SoldService], is_first: bool, now: datetime,
) -> CreatedProject:
    """One project that delivers its part of `lines`; the first of a deal takes the deal's bookings and the rest of its value."""
    project = create_project(
        actor=actor, now=now,
        new=NewProject(
            name=blueprint.name, company_id=won.company_id, manager_id=handoff.lead_id, start_date=handoff.kickoff_date,
            promised_finish_date=handoff.promised_finish_date, items=blueprint.items, is_restricted=won.is_restricted,
            member_ids=_insiders(won),
        ),
    )
    project_ref = Ref("delivery.project", project.project_id)
    if is_first:
        confirm_bookings(actor=actor, noun="sales.deal", ref_id=won.deal_id, project_ref=project_ref, now=now)
    amount, cost, currency = share_of(value=won.value, lines=lines, service_ids=blueprint.service_ids, costs=costs, is_first=is_first)
    open_budget(
        actor=actor, project_id=project.project_id, amount=amount, currency=currency, planned_cost=cost,
        effort_minutes=blueprint.effort_minutes, now=now,
    )
    handoff.records_created += link_sale(won.deal_id, project_ref, now) + 2 + len(project.task_ids) + project.dependency_count
    return project


def enter_projects(handoff: Handoff, company_id: int, created: Sequence[CreatedProject], blueprints: Sequence[Blueprint]) -> None:
    """Note on the handoff which projects it made from what; its lead works for the client from now on."""
    insert_records([
        HandoffProject(
            handoff=handoff, project_id=project.project_id, template_name=blueprint.template_name,
            template_number=blueprint.template_number, task_count=project.task_count, milestone_count=project.milestone_count,
        )
        for project, blueprint in zip(created, blueprints, strict=True)
    ])
    if handoff.lead_id is not None:
        put_client_team(
            basis_noun="delivery.project", links=[(project.project_id, company_id, handoff.lead_id) for project in created]
        )


def link_sale(deal_id: int, project_ref: Ref, now: datetime) -> int:
    """Stakeholders, log and documents of the deal are the project's too; how many."""
    deal_ref = Ref("sales.deal", deal_id)
    return (
        link_stakeholders(source=deal_ref, target=project_ref, now=now)
        + link_communications(source=deal_ref, target=project_ref, now=now)
        + link_documents(source=deal_ref, target=project_ref, now=now)
    )


def _insiders(won: WonDeal) -> tuple[int, ...]:
    """Who keeps sight of a restricted deal's project besides its lead; of any other project the policy decides."""
    return tuple(key for key in (won.owner_id, *won.member_ids) if key) if won.is_restricted else ()
