"""Approvals: who is asked, who saw, who answered, on which version; and what the plan does with the answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.domains.approvals.world import Gate
from tests.edges.api.client import Api
from tests.people import NOW, Cast
from wonward.domains.approvals.models import ApprovalLink, ApprovalSighting, ApprovalStep
from wonward.domains.approvals.operations import (
    delegate_by_link,
    delegate_step,
    note_sighting,
    note_sighting_by_link,
    remind_of_due,
)
from wonward.domains.approvals.queries import (
    count_mine,
    find_states,
    get_approval,
    get_public_approval,
    list_approvals,
)
from wonward.domains.approvals.types import NewStep, Told
from wonward.domains.comms.queries import list_communications
from wonward.domains.delivery.types import RemovedTask, TaskChange
from wonward.foundation.events.dispatcher import deliver_pending
from wonward.foundation.mail.models import OutgoingMail
from wonward.foundation.notifications.queries import list_threads
from wonward.foundation.notifications.types import View
from wonward.journeys.promises.operations import (
    answer_approval,
    answer_approval_by_link,
    record_approval,
    undo_plan_change,
    withdraw_asking,
)
from wonward.kernel.errors import Conflict, NotAllowed, NotFound, Refused
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db


def deliver_all(days: int = 0) -> None:
    while deliver_pending(now=NOW + timedelta(days=days)):
        pass


def told(actor) -> list[str]:
    return [thread.latest.label for thread in list_threads(actor=actor, view=View.EVERYTHING, now=NOW).threads]


def test_an_approval_is_done_by_its_answer_and_by_nothing_else(gate: Gate, cast: Cast) -> None:
    with pytest.raises(Refused, match="is done by its approval"):
        gate.plan.change(TaskChange(gate.task_id, {"status": "done"}))
    gate.ask()
    with pytest.raises(Refused, match="waits for an answer"):
        gate.plan.change(TaskChange(gate.task_id, {"percent_complete": 100}))
    answered = answer_approval_by_link(token=gate.link(), decision="approved", name="Hanne Dahl", now=NOW)
    assert (answered.state, gate.status()) == ("approved", "done")


def test_what_waits_for_an_approval_starts_only_after_it(gate: Gate) -> None:
    build = TaskChange(gate.plan.ids["build"], {"status": "doing"})
    with pytest.raises(Refused, match="waits for the approval “Design approved”"):
        gate.plan.change(build)
    gate.ask()
    answer_approval_by_link(token=gate.link(), decision="approved", name="Hanne", now=NOW)
    gate.plan.change(build, reason="Early start.")
    assert gate.status("Build the templates") == "doing"


def test_a_deliverable_goes_into_review_and_back_to_work_when_it_is_refused(gate: Gate) -> None:
    wireframes = gate.plan.ids["wireframes"]
    gate.ask(task_id=wireframes)
    assert gate.status("Wireframes") == "review"
    gate.task_id = wireframes
    with pytest.raises(Refused) as refusal:
        answer_approval_by_link(token=gate.link(), decision="rejected", name="Hanne", now=NOW)
    assert [error.field for error in refusal.value.errors] == ["words"]
    answer_approval_by_link(token=gate.link(), decision="rejected", name="Hanne", words="The menu is too small.", now=NOW)
    assert gate.status("Wireframes") == "doing"
    with pytest.raises(Refused, match="was not approved"):
        gate.plan.change(TaskChange(wireframes, {"status": "done"}))
    assert gate.view().current.steps[0].words == "The menu is too small."


def test_a_new_version_asks_again_and_the_old_answer_stays(gate: Gate) -> None:
    gate.ask(words="First sketch.")
    first = gate.link()
    answer_approval_by_link(token=first, decision="approved", name="Hanne", words="Lovely.", now=NOW)
    gate.ask(words="Second sketch.")
    assert (gate.status(), find_states(noun="delivery.task", ids=[gate.task_id])) == ("todo", {gate.task_id: "open"})
    versions = gate.view().versions
    assert [(one.number, one.state, one.words) for one in versions] == [(2, "open", "Second sketch."), (1, "approved", "First sketch.")]
    assert (versions[1].steps[0].words, versions[1].steps[0].answered_by) == ("Lovely.", "Hanne")
    assert get_public_approval(token=first, now=NOW).state == "answered"


def test_a_link_to_an_older_version_says_so_and_answers_nothing(gate: Gate) -> None:
    gate.ask(words="First sketch.")
    old = gate.link()
    gate.ask(words="Second sketch.")
    shown = get_public_approval(token=old, now=NOW)
    assert (shown.state, shown.words, shown.criteria) == ("superseded", "", ())
    with pytest.raises(Conflict, match="Version 2"):
        answer_approval_by_link(token=old, decision="approved", name="Hanne", now=NOW)


def test_colleagues_are_asked_before_the_client(gate: Gate, cast: Cast) -> None:
    gate.ask(gate.colleague(cast.owner), gate.colleague(cast.member), gate.client(position=2))
    approval_id = gate.view().row.id
    assert gate.view().row.waits_for == ("Olga Owner", "Noor Haddad")
    assert count_mine(actor=cast.member) == 1, "a colleague who is asked comes onto the project"
    with pytest.raises(Conflict, match="is not asked at the moment"):
        gate.link()
    answer_approval(actor=cast.owner, approval_id=approval_id, decision="approved", now=NOW)
    assert gate.view().row.waits_for == ("Noor Haddad",)
    answer_approval(actor=cast.member, approval_id=approval_id, decision="approved", words="Fine.", now=NOW)
    assert (gate.view().row.waits_for, gate.view().row.state, gate.status()) == (("Hanne Dahl",), "open", "todo")
    answer_approval_by_link(token=gate.link(), decision="approved", name="Hanne Dahl", now=NOW)
    assert gate.status() == "done"
    assert [row.state for row in list_approvals(actor=cast.member)] == ["approved"]


def test_one_refusal_ends_the_question_for_everybody(gate: Gate, cast: Cast) -> None:
    gate.ask(gate.colleague(cast.owner), gate.colleague(cast.member), gate.client(position=2))
    answer_approval(actor=cast.member, approval_id=gate.view().row.id, decision="rejected", words="Not yet.", now=NOW)
    assert [step.state for step in gate.view().current.steps] == ["ended", "rejected", "ended"]
    with pytest.raises(Conflict, match="is rejected"):
        answer_approval(actor=cast.owner, approval_id=gate.view().row.id, decision="approved", now=NOW)


def test_the_same_answer_twice_counts_once_and_another_is_refused(gate: Gate) -> None:
    gate.ask()
    link = gate.link()
    answer_approval_by_link(token=link, decision="approved", name="Hanne", now=NOW)
    version = gate.plan.version()
    again = answer_approval_by_link(token=link, decision="approved", name="Hanne", now=NOW)
    assert (again.is_replayed, gate.plan.version()) == (True, version)
    with pytest.raises(Conflict, match="has approved version 1 already"):
        answer_approval_by_link(token=link, decision="rejected", name="Hanne", words="No.", now=NOW)


def test_only_whoever_is_asked_answers_and_a_stranger_finds_nothing(gate: Gate, cast: Cast) -> None:
    gate.ask(gate.colleague(cast.member))
    approval_id = gate.view().row.id
    with pytest.raises(Conflict, match="not asked"):
        answer_approval(actor=cast.manager, approval_id=approval_id, decision="approved", now=NOW)
    for actor in (cast.marketer, replace(cast.teammate, person_id=None)):
        with pytest.raises(NotFound):
            answer_approval(actor=actor, approval_id=approval_id, decision="approved", now=NOW)
        with pytest.raises(NotFound):
            get_approval(actor=actor, approval_id=approval_id)
    with pytest.raises(NotFound):
        answer_approval_by_link(token="x" * 32, decision="approved", name="Eve", now=NOW)


def test_nobody_is_asked_who_could_not_answer(gate: Gate, cast: Cast) -> None:
    for step, field in (
        (gate.colleague(cast.marketer), "steps[0].person_id"), (NewStep("internal", person_id=10**9), "steps[0].person_id"),
        (NewStep("client", contact_id=10**9, name="Eve"), "steps[0].contact_id"), (NewStep("client"), "steps[0].name"),
    ):
        with pytest.raises(Refused) as refusal:
            gate.ask(step)
        assert refusal.value.errors[0].field == field
    with pytest.raises(Refused, match="no approval, milestone or deliverable"):
        gate.ask(task_id=gate.plan.ids["workshop"])
    with pytest.raises(Refused, match="no file"):
        gate.ask(document_ids=(10**9,))


def test_only_the_digest_of_a_link_is_kept_and_a_new_link_ends_the_old(gate: Gate) -> None:
    gate.ask()
    first, second = gate.link(), gate.link()
    assert not ApprovalLink.objects.filter(digest__in=[first, second]).exists()
    assert (get_public_approval(token=first, now=NOW).state, get_public_approval(token=second, now=NOW).state) == ("ended", "open")
    late = NOW + timedelta(days=61)
    assert get_public_approval(token=second, now=late).state == "expired"
    for token, when in ((first, NOW), (second, late)):
        with pytest.raises(Conflict, match="does not work any more"):
            answer_approval_by_link(token=token, decision="approved", name="Hanne", now=when)


def test_withdrawing_closes_the_links_and_keeps_what_was_said(gate: Gate, cast: Cast) -> None:
    gate.ask(gate.colleague(cast.owner), gate.client())
    answer_approval(actor=cast.owner, approval_id=gate.view().row.id, decision="approved", words="Fine.", now=NOW)
    link = gate.link()
    withdraw_asking(actor=cast.manager, approval_id=gate.view().row.id, reason="Asked too early.", now=NOW)
    view = gate.view()
    assert (view.row.state, view.current.reason, [step.state for step in view.current.steps]) == (
        "withdrawn", "Asked too early.", ["approved", "ended"])
    assert get_public_approval(token=link, now=NOW).state == "withdrawn"
    with pytest.raises(NotAllowed):
        withdraw_asking(actor=cast.seller, approval_id=view.row.id, now=NOW)


def test_an_answer_given_on_the_telephone_is_written_down_with_who_wrote_it(gate: Gate, cast: Cast) -> None:
    told_by = Told("Hanne Dahl", "Yes, go ahead.", date(2026, 11, 18), gate.contact_id)
    answered = record_approval(actor=cast.manager, task_id=gate.task_id, told=told_by, now=NOW)
    step = gate.view().current.steps[0]
    assert (answered.state, gate.status(), step.answered_by, step.recorded_by, step.via) == (
        "approved", "done", "Hanne Dahl", "Tom Brandt", "told")
    with pytest.raises(Conflict, match="approved already"):
        record_approval(actor=cast.manager, task_id=gate.task_id, told=told_by, now=NOW)


def test_an_answer_that_was_told_was_given_by_now_on_every_path(gate: Gate, cast: Cast) -> None:
    tomorrow = Told("Hanne Dahl", "Yes.", NOW.date() + timedelta(days=2), gate.contact_id)
    with pytest.raises(Refused, match="up to today"):
        record_approval(actor=cast.manager, task_id=gate.task_id, told=tomorrow, now=NOW)
    sent = {"name": "Hanne Dahl", "words": "Yes.", "on_date": "2149-12-31", "decision": "approved"}
    status, answer = Api(cast.manager).post(f"/tasks/{gate.task_id}/approval/told", sent)
    assert (status, answer["errors"][0]["field"], gate.status()) == (422, "on_date", "todo")


def test_who_looked_is_kept_once_per_person_with_how_often(gate: Gate, cast: Cast) -> None:
    gate.ask(gate.colleague(cast.owner), gate.client())
    approval_id, link = gate.view().row.id, gate.link()
    note_sighting(actor=cast.owner, approval_id=approval_id, now=NOW)
    note_sighting(actor=cast.owner, approval_id=approval_id, now=NOW + timedelta(hours=1))
    note_sighting(actor=cast.manager, approval_id=approval_id, now=NOW)
    note_sighting_by_link(token=link, now=NOW)
    seen = {(one.label, one.times, one.last_at) for step in gate.view().current.steps for one in step.sightings}
    assert seen == {("Olga Owner", 2, NOW + timedelta(hours=1)), ("Hanne Dahl", 1, NOW)}
    assert ApprovalSighting.objects.count() == 2


def test_a_colleague_lets_another_answer_who_sees_the_project(gate: Gate, cast: Cast) -> None:
    gate.ask(gate.colleague(cast.member))
    step = gate.view().current.steps[0]
    with pytest.raises(Conflict, match="Only Noor"):
        delegate_step(actor=cast.owner, approval_id=gate.view().row.id, step_id=step.id, person_id=cast.leader.person_id, now=NOW)
    with pytest.raises(Refused, match="cannot see it"):
        delegate_step(actor=cast.member, approval_id=gate.view().row.id, step_id=step.id, person_id=cast.marketer.person_id, now=NOW)
    delegate_step(actor=cast.member, approval_id=gate.view().row.id, step_id=step.id, person_id=cast.leader.person_id, now=NOW)
    after = gate.view().current.steps[0]
    assert (after.name, after.delegated_by) == ("Lena Lead", "Noor Haddad")
    answer_approval(actor=cast.leader, approval_id=gate.view().row.id, decision="approved", now=NOW)
    assert gate.status() == "done"


def test_a_client_hands_the_question_on_by_mail_and_the_old_link_ends(gate: Gate) -> None:
    gate.ask()
    link = gate.link()
    with pytest.raises(Refused):
        delegate_by_link(token=link, name="Jo Berg", email="not an address", now=NOW)
    delegate_by_link(token=link, name="Jo Berg", email="jo@northwind.test", now=NOW)
    mail = OutgoingMail.objects.get(to="jo@northwind.test")
    token = mail.text.split("/a/")[1].split("/")[0]
    assert (get_public_approval(token=link, now=NOW).state, get_public_approval(token=token, now=NOW).state) == ("ended", "open")
    step = gate.view().current.steps[0]
    assert (step.name, step.delegated_by) == ("Jo Berg", "Hanne Dahl")


def test_answers_that_are_due_are_reminded_of_twice_and_no_more(gate: Gate, cast: Cast) -> None:
    gate.ask(gate.colleague(cast.member), gate.client(email="hanne@northwind.test"), due_date=date(2026, 11, 23))
    assert OutgoingMail.objects.filter(to="hanne@northwind.test").count() == 1
    counts = [remind_of_due(now=NOW + timedelta(days=days)) for days in (0, 3, 3, 4, 5, 6, 9)]
    assert counts == [0, 2, 0, 0, 2, 0, 0]
    assert OutgoingMail.objects.filter(to="hanne@northwind.test").count() == 3
    assert set(ApprovalStep.objects.values_list("reminded_at", flat=True)) == {NOW + timedelta(days=5)}
    deliver_all(days=10)
    assert "Your approval is due" in told(cast.member)
    assert "An approval is late" in told(cast.manager)


def test_whoever_asked_hears_the_answer_and_it_stands_in_the_log(gate: Gate, cast: Cast) -> None:
    gate.ask(gate.colleague(cast.member))
    deliver_all()
    assert "Your approval is asked for" in told(cast.member)
    answer_approval(actor=cast.member, approval_id=gate.view().row.id, decision="rejected", words="Smaller type, please.", now=NOW)
    deliver_all()
    assert "Not approved" in told(cast.manager)
    (entry,) = list_communications(actor=cast.manager, refs=[Ref("delivery.task", gate.task_id)])
    assert (entry.subject, entry.body) == ("Noor Haddad did not approve “Design approved”", "Smaller type, please.")


def test_neither_undo_nor_removal_goes_past_an_approval(gate: Gate, cast: Cast) -> None:
    gate.ask()
    with pytest.raises(Refused, match="Withdraw the approval first"):
        gate.plan.change(RemovedTask(gate.task_id))
    answer_approval_by_link(token=gate.link(), decision="approved", name="Hanne", now=NOW)
    with pytest.raises(Refused, match="was approved"):
        undo_plan_change(actor=cast.manager, project_id=gate.plan.project_id, plan_version=gate.plan.version(), now=NOW)
    assert gate.status() == "done"


def test_nothing_is_put_forward_before_its_own_turn(gate: Gate) -> None:
    gate.plan.change(TaskChange(gate.plan.ids["build"], {"is_deliverable": True}))
    with pytest.raises(Refused, match="waits for the approval “Design approved”"):
        gate.ask(task_id=gate.plan.ids["build"])
