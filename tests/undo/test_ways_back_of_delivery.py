"""The ways back the table names for projects, their tasks, notes, files and links bring back what was, in the whole database."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from tests.people import NOW, Cast, Sale, make_cast, make_sale
from tests.undo.table import UNDO, By
from tests.undo.ways import Way, Ways, walk
from wonward.domains.approvals.queries import get_approval
from wonward.domains.approvals.types import NewStep
from wonward.domains.catalog.operations import archive_template
from wonward.domains.delivery.operations import (
    add_checks,
    archive_project,
    ask_for_skills,
    change_note,
    change_project,
    change_risk,
    close_project,
    create_template_of_project,
    enter_risk,
    label_tasks,
    make_calendar_link,
    meet_criterion,
    move_stage,
    open_link,
    override_health,
    put_helper,
    put_note_away,
    remove_check,
    remove_helper,
    reopen_project,
    restore_note,
    restore_project,
    revoke_calendar_link,
    set_members,
    tick_check,
    write_note,
)
from wonward.domains.delivery.queries.projects import get_project
from wonward.domains.delivery.queries.tasks import list_tasks
from wonward.domains.delivery.types import NewTask, RiskFields, TaskChange
from wonward.domains.delivery.types.work import AskForApproval
from wonward.foundation.files.operations import (
    add_document,
    add_version,
    archive_document,
    change_document,
    link_document,
    restore_version,
)
from wonward.foundation.files.queries import get_document
from wonward.foundation.files.storage import StoredBlob, put_stream
from wonward.journeys.handoff.operations import accept_handoff, close_deal_as_won
from wonward.journeys.house.operations import bring_back, trash_tasks, undo_plan
from wonward.journeys.promises.operations import ask_for_approval, change_plan
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db
WAYS = Ways()


@dataclass(slots=True)
class Work:
    """An accepted project with the tasks of the website template by key."""

    cast: Cast
    company_id: int
    project_id: int
    tasks: dict[str, int]

    @property
    def here(self) -> dict[str, Any]:
        return {"actor": self.cast.owner, "project_id": self.project_id, "now": NOW}

    def at(self, key: str = "build") -> dict[str, Any]:
        return {"actor": self.cast.owner, "task_id": self.tasks[key], "now": NOW}

    @property
    def ref(self) -> Ref:
        return Ref("delivery.project", self.project_id)


def _work(cast: Cast, sale: Sale) -> Work:
    closed = close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
    accept_handoff(actor=cast.manager, handoff_id=closed.handoff_id, now=NOW)
    rows = list_tasks(actor=cast.owner, project_id=closed.project_ids[0])
    return Work(cast, sale.company_id, closed.project_ids[0], {row.key: row.id for row in rows})


def _of(name: str) -> Callable[[Callable[[Work], Way]], None]:
    def note(making: Callable[[Work], Way]) -> None:
        WAYS.of(name)(lambda cast, sale: making(_work(cast, sale)))

    return note


@_of("delivery.add_checks")
def _(work: Work) -> Way:
    return Way(lambda: add_checks(texts=["In German"], **work.at()), lambda ids: remove_check(check_id=ids[0], **work.at()))


@_of("delivery.remove_check")
def _(work: Work) -> Way:
    (key,) = add_checks(texts=["In German"], **work.at())
    return Way(lambda: remove_check(check_id=key, **work.at()), lambda text: add_checks(texts=[text], **work.at()))


@_of("delivery.tick_check")
def _(work: Work) -> Way:
    (key,) = add_checks(texts=["In German"], **work.at())
    return Way(lambda: tick_check(check_id=key, is_done=True, **work.at()), lambda _: tick_check(check_id=key, is_done=False, **work.at()))


@_of("delivery.meet_criterion")
def _(work: Work) -> Way:
    edit = TaskChange(work.tasks["build"], {"is_deliverable": True, "acceptance_criteria": ["It works"]})
    change_plan(changes=[edit], **work.here)
    return Way(lambda: meet_criterion(text="It works", is_met=True, **work.at()), lambda _: meet_criterion(text="It works", is_met=False, **work.at()))


@_of("delivery.ask_for_skills")
def _(work: Work) -> Way:
    ask_for_skills(put={"French": 3, "Vue": 2}, **work.at())
    return Way(lambda: ask_for_skills(put={"French": 5}, remove=["Vue"], **work.at()), lambda before: ask_for_skills(put=before, **work.at()))


@_of("delivery.label_tasks")
def _(work: Work) -> Way:
    label_tasks(task_ids=[work.tasks["live"]], add=["Front end"], **work.here)
    chosen = [work.tasks["build"], work.tasks["live"]]
    return Way(
        lambda: label_tasks(task_ids=chosen, add=["Front end"], **work.here),
        lambda done: label_tasks(task_ids=done["added:Front end"], remove=["Front end"], **work.here),
    )


@_of("delivery.put_helper")
def _(work: Work) -> Way:
    person_id = work.cast.owner.person_id or 0
    set_members(person_ids=[person_id], **work.here)
    return Way(lambda: put_helper(person_id=person_id, **work.at()), lambda _: remove_helper(person_id=person_id, **work.at()))


@_of("delivery.remove_helper")
def _(work: Work) -> Way:
    person_id = work.cast.member.person_id or 0
    put_helper(person_id=person_id, part="reviews", **work.at())
    return Way(lambda: remove_helper(person_id=person_id, **work.at()), lambda _: put_helper(person_id=person_id, part="reviews", **work.at()))


@_of("delivery.archive_project")
def _(work: Work) -> Way:
    return Way(lambda: archive_project(**work.here), lambda _: restore_project(**work.here))


@_of("delivery.restore_project")
def _(work: Work) -> Way:
    archive_project(**work.here)
    return Way(lambda: restore_project(**work.here), lambda _: archive_project(**work.here))


@_of("delivery.change_project")
def _(work: Work) -> Way:
    return Way(
        lambda: change_project(changes={"status": "on_hold", "name": "Another"}, **work.here),
        lambda _: change_project(changes={"status": "active", "name": "Website replatform"}, **work.here),
    )


@_of("delivery.set_members")
def _(work: Work) -> Way:
    member, seller = work.cast.member.person_id or 0, work.cast.seller.person_id or 0
    set_members(person_ids=[member], **work.here)
    return Way(lambda: set_members(person_ids=[seller], **work.here), lambda _: set_members(person_ids=[member], **work.here))


@_of("delivery.move_stage")
def _(work: Work) -> Way:
    move_stage(stage="planning", **work.here)
    return Way(lambda: move_stage(stage="monitoring", **work.here), lambda _: move_stage(stage="planning", **work.here))


@_of("delivery.override_health")
def _(work: Work) -> Way:
    return Way(
        lambda: override_health(colour="red", reason="The client is silent.", **work.here), lambda _: override_health(colour="", reason="", **work.here),
        frozenset({"delivery.healthoverride"}),
    )


@_of("delivery.close_project")
def _(work: Work) -> Way:
    return Way(lambda: _close(work), lambda _: reopen_project(**work.here), frozenset({"delivery.lesson"}))


@_of("delivery.reopen_project")
def _(work: Work) -> Way:
    _close(work)
    return Way(lambda: reopen_project(**work.here), lambda _: _close(work))


def _close(work: Work) -> None:
    close_project(summary="It is done.", lessons=[("keep", "Ask early.")], is_open_known=True, **work.here)


@_of("delivery.create_template_of_project")
def _(work: Work) -> Way:
    return Way(
        lambda: create_template_of_project(name="As we did it", **work.here),
        lambda key: archive_template(actor=work.cast.owner, template_id=key, is_archived=True, now=NOW),
        frozenset({"catalog.template", "catalog.templateversion"}),
    )


@_of("delivery.enter_risk")
def _(work: Work) -> Way:
    return Way(
        lambda: enter_risk(fields=RiskFields("Rain"), **work.here),
        lambda key: change_risk(actor=work.cast.owner, risk_id=key, changes={"status": "closed"}, now=NOW), frozenset({"delivery.risk"}),
    )


@_of("delivery.change_risk")
def _(work: Work) -> Way:
    key = enter_risk(fields=RiskFields("Rain"), **work.here)
    by = {"actor": work.cast.owner, "risk_id": key, "now": NOW}
    return Way(lambda: change_risk(changes={"impact": 5, "status": "closed"}, **by), lambda _: change_risk(changes={"impact": 3, "status": "open"}, **by))


@_of("delivery.make_calendar_link")
def _(work: Work) -> Way:
    return Way(lambda: make_calendar_link(**work.here), lambda _: revoke_calendar_link(**work.here), frozenset({"delivery.calendarlink"}))


@_of("delivery.open_link")
def _(work: Work) -> Way:
    edit = NewTask("Design approved", kind="approval", duration_minutes=0, after_ids=(work.tasks["wireframes"],))
    change_plan(changes=[edit], reason="The client asked for it.", **work.here)
    gate = next(row.id for row in list_tasks(actor=work.cast.owner, project_id=work.project_id) if row.kind == "approval")
    steps = (NewStep("client", 1, name="Hanne Dahl", email="hanne@northwind.test"),)
    approval_id = ask_for_approval(actor=work.cast.owner, task_id=gate, ask=AskForApproval("The look", steps, due_date=date(2027, 1, 8)), now=NOW)
    (step,) = get_approval(actor=work.cast.owner, approval_id=approval_id).current.steps

    def again() -> str:
        return open_link(actor=work.cast.owner, approval_id=approval_id, step_id=step.id, now=NOW)

    again()
    return Way(again, lambda _: again(), frozenset({"approvals.approvallink"}), turns=frozenset({"approvals.approvallink"}))


@_of("delivery.write_note")
def _(work: Work) -> Way:
    return Way(
        lambda: write_note(title="Access", text="Ask Hanne.", **work.here), lambda key: put_note_away(actor=work.cast.owner, note_id=key, now=NOW),
        frozenset({"delivery.projectnote", "delivery.noterevision"}),
    )


@_of("delivery.put_note_away")
def _(work: Work) -> Way:
    by = {"actor": work.cast.owner, "note_id": write_note(title="Access", text="Ask Hanne.", **work.here), "now": NOW}
    return Way(lambda: put_note_away(**by), lambda _: put_note_away(is_away=False, **by))


@_of("delivery.change_note")
def _(work: Work) -> Way:
    by = {"actor": work.cast.owner, "note_id": write_note(title="Access", text="Ask Hanne.", **work.here), "now": NOW}
    return Way(
        lambda: change_note(text="Ask Jonas.", version=1, **by), lambda _: restore_note(number=1, **by), frozenset({"delivery.noterevision"}),
    )


@_of("delivery.restore_note")
def _(work: Work) -> Way:
    by = {"actor": work.cast.owner, "note_id": write_note(title="Access", text="Ask Hanne.", **work.here), "now": NOW}
    change_note(text="Ask Jonas.", version=1, **by)
    return Way(lambda: restore_note(number=1, **by), lambda _: restore_note(number=2, **by), frozenset({"delivery.noterevision"}))


@_of("house.trash_tasks")
def _(work: Work) -> Way:
    add_checks(texts=["In German"], **work.at())
    label_tasks(task_ids=[work.tasks["build"]], add=["Front end"], **work.here)
    return Way(
        lambda: trash_tasks(actor=work.cast.owner, task_ids=[work.tasks["build"], work.tasks["concept"]], reason="Not sold.", now=NOW)[0],
        lambda key: bring_back(actor=work.cast.owner, item_id=key, now=NOW), frozenset({"delivery.planchange"}),
    )


@_of("house.undo_plan")
def _(work: Work) -> Way:
    add_checks(texts=["In German"], **work.at())
    label_tasks(task_ids=[work.tasks["build"]], add=["Front end"], **work.here)
    trash_tasks(actor=work.cast.owner, task_ids=[work.tasks["build"], work.tasks["concept"]], reason="Not sold.", now=NOW)

    def turn() -> None:
        undo_plan(plan_version=get_project(actor=work.cast.owner, project_id=work.project_id).plan_version, reason="By mistake", **work.here)

    turn()
    changes = [NewTask("One more", parent_id=work.tasks["concept"], after_ids=(work.tasks["build"],)), TaskChange(work.tasks["live"], {"notes": "At noon"})]
    change_plan(changes=changes, **work.here)
    more = next(row.id for row in list_tasks(actor=work.cast.owner, project_id=work.project_id) if row.name == "One more")
    add_checks(actor=work.cast.owner, task_id=more, texts=["With the client"], now=NOW)
    put_helper(actor=work.cast.owner, task_id=more, person_id=work.cast.member.person_id, part="reviews", now=NOW)
    return Way(turn, lambda _: turn(), frozenset({"delivery.planchange"}))


def _stored(words: bytes) -> StoredBlob:
    return put_stream(io.BytesIO(words))


def _document(work: Work) -> dict[str, Any]:
    key = add_document(actor=work.cast.owner, name="texts.txt", stored=_stored(b"The first words"), refs=[work.ref], now=NOW)
    return {"actor": work.cast.owner, "document_id": key, "now": NOW}


@_of("files.add_document")
def _(work: Work) -> Way:
    return Way(
        lambda: _document(work), lambda by: archive_document(**by), frozenset({"files.blob", "files.document", "files.documentlink"}),
    )


@_of("files.link_document")
def _(work: Work) -> Way:
    by = _document(work)
    return Way(
        lambda: link_document(refs=[Ref("delivery.task", work.tasks["build"])], **by), lambda _: archive_document(**by),
        frozenset({"files.documentlink"}), turns=frozenset({"files.document"}),
    )


@_of("files.add_version")
def _(work: Work) -> Way:
    by = _document(work)
    return Way(
        lambda: add_version(name="texts.txt", stored=_stored(b"The second words"), **by), lambda _: restore_version(number=1, **by),
        frozenset({"files.blob", "files.documentversion"}),
    )


@_of("files.restore_version")
def _(work: Work) -> Way:
    by = _document(work)
    add_version(name="texts.txt", stored=_stored(b"The second words"), **by)
    return Way(lambda: restore_version(number=1, **by), lambda _: restore_version(number=2, **by), frozenset({"files.documentversion"}))


@_of("files.change_document")
def _(work: Work) -> Way:
    by = _document(work)

    def rename(name: str) -> None:
        change_document(name=name, version=get_document(work.cast.owner, by["document_id"]).version, **by)

    return Way(lambda: rename("words.txt"), lambda _: rename("texts.txt"))


# Walked with the platform.
ELSEWHERE = {"files.archive_document"}


def test_every_line_is_walked() -> None:
    named = {name for name, way in UNDO.items() if name.startswith(("delivery.", "files.")) and isinstance(way, By)}
    assert set(WAYS) - {"house.trash_tasks", "house.undo_plan"} | ELSEWHERE == named


@pytest.mark.parametrize("name", sorted(WAYS))
def test_the_way_back_that_is_named_brings_back_what_was(name: str) -> None:
    cast = make_cast()
    walk(name, WAYS[name](cast, make_sale(cast)))
