"""The depth of the world's projects, and projects beside them that their plans wait for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from tests.people import NOW, TODAY, Cast
from wonward.domains.approvals.queries import get_approval
from wonward.domains.approvals.types import NewStep
from wonward.domains.comms.operations import log_communications
from wonward.domains.comms.types import CommunicationKind, NewCommunication
from wonward.domains.delivery.operations import add_checks, enter_risk, put_helper, write_note
from wonward.domains.delivery.queries.outside import list_outside_links
from wonward.domains.delivery.queries.projects import get_project, list_project_members
from wonward.domains.delivery.queries.tasks import list_tasks
from wonward.domains.delivery.types import (
    AskForApproval,
    NewDependency,
    NewProject,
    NewTask,
    RiskFields,
    TaskChange,
)
from wonward.domains.sales.operations.answers import follow_answers
from wonward.domains.sales.operations.exit_criteria import confirm_exit_criterion
from wonward.domains.sales.operations.leads import create_leads
from wonward.domains.sales.operations.pipelines import StageDraft, change_pipeline
from wonward.domains.sales.operations.terms import set_term
from wonward.domains.sales.queries.pipelines import list_pipelines
from wonward.domains.sales.types.leads import NewLead
from wonward.domains.sales.types.terms import NewTerm
from wonward.foundation.access.operations.passkeys import NewPasskey, keep_passkey
from wonward.foundation.access.queries import list_passkeys
from wonward.foundation.webhooks.operations import add_webhook, collect_facts
from wonward.foundation.webhooks.queries import list_sendings
from wonward.journeys.house.operations import set_hold
from wonward.journeys.promises.operations import ask_for_approval, change_plan, open_project
from wonward.kernel.actor import system_actor
from wonward.kernel.ref import Ref

if TYPE_CHECKING:
    from tests.permissions.world import World


def deepen(world: World, cast: Cast) -> None:
    """Give a task of each project a checklist, a criterion and somebody beside its assignee, and each project a risk."""
    assert cast.manager.person_id
    world.ids["person.helper"] = cast.manager.person_id
    for key in ("north", "south", "secret"):
        task_id, project_id = world.ids[f"other_task.{key}"], world.ids[f"project.{key}"]
        world.ids[f"check.{key}"], world.ids[f"spare_check.{key}"] = add_checks(actor=cast.owner, task_id=task_id, texts=["One", "Two"], now=NOW)
        if key == "secret":
            change_plan(actor=cast.owner, project_id=project_id, changes=[TaskChange(task_id, {"acceptance_criteria": ["It works"]})], now=NOW)
        put_helper(actor=cast.owner, task_id=task_id, person_id=cast.manager.person_id, now=NOW)
        live = next(row.id for row in list_tasks(actor=system_actor(), project_id=project_id) if row.key == "live")
        ask = AskForApproval("The whole site.", (NewStep("client", name="Hanne Dahl"),))
        world.ids[f"gate.{key}"] = live
        world.ids[f"approval.{key}"] = ask_for_approval(actor=cast.owner, task_id=live, ask=ask, now=NOW)
        world.ids[f"step.{key}"] = get_approval(actor=cast.owner, approval_id=world.ids[f"approval.{key}"]).current.steps[0].id
        world.ids[f"risk.{key}"] = enter_risk(actor=cast.owner, project_id=project_id, fields=RiskFields(f"Rain over {key}"), now=NOW)


def write_down(world: World, cast: Cast) -> None:
    """A note on every project; whatever has versions has a first."""
    world.ids["version.first"] = 1
    for key in ("north", "south", "secret"):
        world.ids[f"note.{key}"] = write_note(
            actor=cast.owner, project_id=world.ids[f"project.{key}"], title=f"Access to {key}", text="Ask **Hanne**.", now=NOW
        )


def hold_one(world: World, cast: Cast) -> None:
    """A legal hold on a lead that no other line is about, the name of a rule, a passkey of the owner, and a webhook that has something to send."""
    for name in ("first", "spare"):
        world.ids[f"webhook.{name}"], _ = add_webhook(
            actor=cast.owner, name=name, address="https://hooks.example.com/", events=["sales.lead.created"], now=NOW
        )
    made = NewPasskey("My phone", "AAAA", "AAAA", 0, False)
    keep_passkey(user_id=cast.owner.user_id or 0, made=made, now=NOW)
    world.ids["passkey.own"] = list_passkeys(cast.owner.user_id or 0)[0].id
    world.ids["retention.rule"] = "leads"  # type: ignore[assignment]
    (lead_id,) = create_leads(actor=cast.owner, leads=[NewLead("Held", owner_id=cast.owner.person_id)], now=NOW)
    world.ids["hold.first"] = set_hold(actor=cast.owner, ref=Ref("sales.lead", lead_id), reason="A dispute", now=NOW)
    collect_facts(now=NOW)
    world.ids["sending.first"] = list_sendings(actor=cast.owner, webhook_id=world.ids["webhook.first"])[0].id


def ask_on_the_way(world: World, cast: Cast) -> None:
    """The first stage wants one thing confirmed before a deal goes on, and of every open deal it is."""
    pipeline = list_pipelines()[0]
    opened = [stage for stage in pipeline.stages if stage.kind == "open"]
    drafts = [StageDraft(one.id, one.name, one.probability, one.days_until_stuck) for one in opened]
    drafts[0] = replace(drafts[0], exit_criteria=("The budget is known",))
    change_pipeline(actor=cast.owner, pipeline_id=pipeline.id, name=pipeline.name, stages=drafts, now=NOW)
    world.ids["criterion.first"] = list_pipelines()[0].stages[0].exit_criteria[0].key  # type: ignore[assignment]
    for key in ("open", "peer", "hidden"):
        confirm_exit_criterion(actor=cast.owner, deal_id=world.ids[f"deal.{key}"], key=str(world.ids["criterion.first"]), now=NOW)


def leave_clients_waiting(world: World, cast: Cast) -> None:
    """The client of every open deal wrote last."""
    for key in ("open", "peer", "hidden"):
        ref = Ref("sales.deal", world.ids[f"deal.{key}"])
        entry = NewCommunication(CommunicationKind.EMAIL, (ref,), "When can we begin?", NOW, direction="in")
        log_communications(actor=cast.owner, entries=[entry], now=NOW)
        follow_answers(deal_ids=[ref.id], now=NOW)
    for key in ("north", "south", "secret"):
        set_term(actor=cast.owner, deal_id=world.ids[f"deal.{key}"], term=NewTerm(TODAY, date(2027, 11, 30)), now=NOW)


def wait_for_others(world: World, cast: Cast) -> None:
    """Beside each project another one for the same client and the same people, on whose work a task of the first waits."""
    for key in ("north", "south", "secret"):
        project_id, to_id = world.ids[f"project.{key}"], world.ids[f"other_task.{key}"]
        project = get_project(actor=system_actor(), project_id=project_id)
        members = tuple(person_id for person_id, _ in list_project_members(project_id=project_id))
        new = NewProject(
            f"Beside {key}", project.company_id, project.manager_id, project.start_date, None, (), status="active",
            is_restricted=key == "secret", member_ids=members,
        )
        beside_id = open_project(actor=cast.owner, new=new, now=NOW)
        changed = change_plan(actor=cast.owner, project_id=beside_id, changes=[NewTask("Paper"), NewTask("Ink")], now=NOW)
        paper_id, world.ids[f"outside_task.{key}"] = changed.outcome.touched_ids
        change_plan(actor=cast.owner, project_id=project_id, changes=[NewDependency(paper_id, to_id)], now=NOW)
        world.ids[f"outside_link.{key}"] = list_outside_links(actor=cast.owner, project_id=project_id)[0].id
