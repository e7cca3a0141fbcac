"""No way to Won goes round the gate, the gate asks what the pipeline and the services ask, and it says what will be created."""

from __future__ import annotations

import io
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

import wonward
from tests.edges.api.client import Api, fields_of
from tests.edges.web.sales.desk import sign_in
from tests.people import NOW, Cast, Sale
from wonward.domains.catalog.operations import create_services, create_template
from wonward.domains.catalog.types import NewService
from wonward.domains.comms.operations import log_communications
from wonward.domains.comms.queries import count_communications
from wonward.domains.comms.types import CommunicationKind, NewCommunication
from wonward.domains.delivery.queries.projects import find_projects
from wonward.domains.delivery.queries.tasks import list_tasks
from wonward.domains.finance.queries import find_budget
from wonward.domains.sales.operations.deals import create_deals
from wonward.domains.sales.queries.deals import get_deal
from wonward.domains.sales.queries.pipelines import list_pipelines
from wonward.domains.sales.types import ClosingBrief, NewDeal, NewLine, NextAction
from wonward.foundation.files.queries import count_documents
from wonward.journeys.handoff.operations import (
    close_deal_as_won,
    drop_required_answer,
    require_answer,
    save_gate_answers,
)
from wonward.journeys.handoff.queries import (
    get_handoff,
    get_scope_baseline,
    list_missing_answers,
    preview_win,
)
from wonward.journeys.handoff.types import NewAskedAnswer
from wonward.journeys.imports.operations import apply_import, commit_import, stage_import
from wonward.journeys.promises.operations import make_promises
from wonward.journeys.promises.queries import list_promises
from wonward.journeys.promises.types import NewPromise, PromiseKind
from wonward.kernel.errors import NotAllowed, Refused
from wonward.kernel.money import Money
from wonward.kernel.ref import Ref

FIVE = ["scope_summary", "promised_finish_date", "key_constraints", "main_stakeholder_id", "kickoff_date"]
SOURCE = Path(wonward.__file__).parent

# Every place that wins a deal. A new one adds its test below, then its name here; a signature has a file of its own, test_signing.py.
KNOWN_CALLERS = {
    "edges/web/sales/gate_views.py", "edges/api/v1/deals.py", "edges/commands/sample/story.py", "edges/commands/bench/wins.py",
    "edges/commands/bench/company_of_200.py",
    "journeys/handoff/operations/winning.py", "journeys/handoff/operations/__init__.py", "journeys/handoff/operations/signing.py",
}


def callers_of(name: str) -> set[str]:
    files = [path for path in SOURCE.rglob("*.py") if re.search(rf"\b{name}\b", path.read_text())]
    return {path.relative_to(SOURCE).as_posix() for path in files}


def test_every_caller_of_the_door_to_won_is_known_and_has_a_test_here() -> None:
    assert callers_of("close_deal_as_won") == KNOWN_CALLERS
    assert callers_of("win_deal") == {"domains/sales/closing.py", "journeys/handoff/operations/winning.py"}


def test_the_form_asks_the_five_answers(cast: Cast, sale: Sale) -> None:
    answer = sign_in(cast.seller).post(f"/deals/{sale.deal_id}/won/", {})
    page = answer.content.decode()
    assert answer.status_code == 422
    for field in FIVE:
        assert f'href="#field-{field}"' in page
    assert get_deal(actor=cast.seller, deal_id=sale.deal_id).status == "open"


def test_a_card_dragged_to_won_is_refused_and_the_board_sends_it_through_the_gate(cast: Cast, sale: Sale) -> None:
    won_stage = next(stage for stage in list_pipelines()[0].stages if stage.kind == "won")
    client = sign_in(cast.seller)
    answer = client.post(f"/deals/{sale.deal_id}/stage/", {"stage_id": won_stage.id})
    assert answer.status_code == 422
    assert get_deal(actor=cast.seller, deal_id=sale.deal_id).status == "open"
    assert f"/deals/{sale.deal_id}/won/" in client.get("/deals/").content.decode()


def test_the_api_asks_the_five_answers_by_closing_and_refuses_the_won_stage(cast: Cast, sale: Sale) -> None:
    api = Api(cast.seller)
    status, problem = api.post(f"/deals/{sale.deal_id}/closing", {"outcome": "won"})
    assert (status, fields_of(problem)) == (422, [f"brief.{field}" for field in FIVE])
    won_stage = next(stage for stage in list_pipelines()[0].stages if stage.kind == "won")
    status, problem = api.patch(f"/deals/{sale.deal_id}", {"stage_id": won_stage.id})
    assert (status, fields_of(problem)) == (422, ["stage_id"])
    assert get_deal(actor=cast.seller, deal_id=sale.deal_id).status == "open"


def test_an_import_never_wins_an_open_deal(cast: Cast) -> None:
    def imported(stage: str) -> int:
        text = f"Id,Deal name,Company,Stage,Owner email\nA1,Fair stand,Northwind,{stage},seller@studio.test\n"
        batch_id = stage_import(actor=cast.owner, kind="deals", file_name="deals.csv", stream=io.BytesIO(text.encode()), now=NOW)
        commit_import(actor=cast.owner, batch_id=batch_id, now=NOW)
        apply_import(actor_user_id=cast.owner.user_id, batch_id=batch_id, now=NOW)
        (row,) = [row for row in _deals(cast) if row.name == "Fair stand"]
        return row.id

    first = imported("Qualified")
    assert get_deal(actor=cast.owner, deal_id=first).status == "open"
    assert imported("Won") == first
    assert get_deal(actor=cast.owner, deal_id=first).status == "open"


def _deals(cast: Cast) -> list:
    from wonward.domains.sales.queries.deals import list_deals
    from wonward.domains.sales.types import DealFilter

    return list_deals(actor=cast.owner, where=DealFilter(), now=NOW)


def test_none_is_an_answer_only_to_the_constraints_and_only_when_said(cast: Cast, sale: Sale) -> None:
    with pytest.raises(Refused) as refusal:
        close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(key_constraints=" ", scope_summary=" "), now=NOW)
    assert [error.field for error in refusal.value.errors] == ["brief.scope_summary", "brief.key_constraints"]
    closed = close_deal_as_won(
        actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(key_constraints="", no_constraints=True), now=NOW)
    assert get_handoff(actor=cast.seller, handoff_id=closed.handoff_id).no_constraints


def ask(cast: Cast, sale: Sale) -> dict[str, int]:
    pipeline_id = list_pipelines()[0].id
    new = {
        "hosting": NewAskedAnswer("Who hosts?", "choice", "hosting", ("We", "They"), service_id=sale.service_id),
        "legal": NewAskedAnswer("Legal review until", "date", "legal", pipeline_id=pipeline_id),
        "tone": NewAskedAnswer("Tone of voice", pipeline_id=pipeline_id, key="tone"),
    }
    return {key: require_answer(actor=cast.owner, new=one, now=NOW) for key, one in new.items()}


def test_the_gate_asks_what_the_pipeline_and_the_service_ask_and_freezes_it(cast: Cast, sale: Sale) -> None:
    ask(cast, sale)
    with pytest.raises(Refused) as refusal:
        close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=ClosingBrief(), extra={"hosting": "Nobody", "x": "y"}, now=NOW)
    assert [error.field for error in refusal.value.errors] == [
        *(f"brief.{field}" for field in FIVE), "brief.extra.hosting", "brief.extra.legal", "brief.extra.tone", "brief.extra.x"]
    save_gate_answers(actor=cast.seller, deal_id=sale.deal_id, answers={}, extra={"tone": "Plain"}, now=NOW)
    missing = [error.field for error in list_missing_answers(actor=cast.seller, deal_id=sale.deal_id, today=NOW.date())]
    assert missing == [*(f"brief.{field}" for field in FIVE), "brief.extra.hosting", "brief.extra.legal"]
    with pytest.raises(Refused):
        close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), extra={"hosting": "We"}, now=NOW)
    assert get_deal(actor=cast.seller, deal_id=sale.deal_id).status == "open"
    closed = close_deal_as_won(
        actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), extra={"hosting": "We", "legal": "2027-01-15"}, now=NOW)
    row = get_handoff(actor=cast.seller, handoff_id=closed.handoff_id)
    assert [(one.label, one.value) for one in row.extra_answers] == [
        ("Who hosts?", "We"), ("Legal review until", "2027-01-15"), ("Tone of voice", "Plain")]
    assert get_scope_baseline(actor=cast.seller, handoff_id=closed.handoff_id)["answers"]["extra"][0]["value"] == "We"


def test_the_drawer_and_the_api_carry_what_is_asked(cast: Cast, sale: Sale) -> None:
    ids = ask(cast, sale)
    drop_required_answer(actor=cast.owner, answer_id=ids["tone"], now=NOW)
    client = sign_in(cast.seller)
    page = client.get(f"/deals/{sale.deal_id}/won/").content.decode()
    assert 'name="extra_hosting"' in page
    assert 'name="extra_tone"' not in page
    answer = client.post(f"/deals/{sale.deal_id}/won/", {"extra_hosting": "They"})
    assert answer.status_code == 422
    assert 'href="#field-extra_legal"' in answer.content.decode()
    brief = {"scope_summary": "x", "promised_finish_date": "2027-03-19", "no_constraints": True, "main_stakeholder_id": sale.contact_id,
             "kickoff_date": "2026-12-01", "extra": {"hosting": "We", "legal": "soon"}}
    status, problem = Api(cast.seller).post(f"/deals/{sale.deal_id}/closing", {"outcome": "won", "brief": brief})
    assert (status, fields_of(problem)) == (422, ["brief.extra.legal"])
    brief["extra"] = {"hosting": "We", "legal": "2027-01-15"}
    assert Api(cast.seller).post(f"/deals/{sale.deal_id}/closing", {"outcome": "won", "brief": brief})[0] == 201


def test_only_owners_decide_what_the_gate_asks(cast: Cast, sale: Sale) -> None:
    with pytest.raises(NotAllowed):
        require_answer(actor=cast.seller, new=NewAskedAnswer("More", service_id=sale.service_id), now=NOW)
    with pytest.raises(Refused) as refusal:
        require_answer(actor=cast.owner, new=NewAskedAnswer(" ", "picture", choices=("a",)), now=NOW)
    assert [error.field for error in refusal.value.errors] == ["label", "kind", "pipeline_id", "key"]
    ask(cast, sale)
    with pytest.raises(Refused, match="asked for already"):
        require_answer(actor=cast.owner, new=NewAskedAnswer("Tone", key="tone", service_id=sale.service_id), now=NOW)


@pytest.fixture
def large_sale(cast: Cast, sale: Sale) -> Sale:
    """Two templates, a loose service, promises of three kinds, words and a kickoff on a Saturday."""
    other_id = create_template(
        actor=cast.owner, name="Training", now=NOW,
        items=[{"key": "prepare", "kind": "task", "name": "Prepare", "duration_days": 3, "effort_minutes": 960, "role": "Trainer",
                "promise_key": "course"},
               {"key": "teach", "kind": "task", "name": "Teach", "duration_days": 2, "effort_minutes": 960,
                "after": [{"key": "prepare", "type": "FS", "lag_days": 20}], "promise_key": "pages"},
               {"key": "taught", "kind": "milestone", "name": "Taught", "after": [{"key": "teach", "type": "FS", "lag_days": 0}]}],
    )
    training_id, photos_id = create_services(
        actor=cast.owner, now=NOW,
        services=[NewService(name="Training", template_id=other_id, price=Money(900_000, "EUR")),
                  NewService(name="Photos", price=Money(300_000, "EUR"), effort_minutes=600)],
    )
    (deal_id,) = create_deals(
        actor=cast.seller, now=NOW,
        deals=[NewDeal(name="Everything", company_id=sale.company_id, value=Money(10_000_000, "EUR"), next_action=NextAction("call", date(2026, 11, 20)),
                       lines=(NewLine(sale.service_id), NewLine(training_id, Decimal(2)), NewLine(photos_id)))],
    )
    ref = Ref("sales.deal", deal_id)
    make_promises(
        actor=cast.seller, now=NOW,
        promises=[NewPromise(PromiseKind.DELIVERABLE, "42 templates", deal_id=deal_id, key="templates"),
                  NewPromise(PromiseKind.DELIVERABLE, "1,100 pages", deal_id=deal_id, key="pages"),
                  NewPromise(PromiseKind.DELIVERABLE, "A course", deal_id=deal_id, key="course"),
                  NewPromise(PromiseKind.EXCLUSION, "No translations", deal_id=deal_id)],
    )
    log_communications(
        actor=cast.seller, now=NOW,
        entries=[NewCommunication(kind=CommunicationKind.CALL, refs=(ref,), body="They agreed.", happened_at=NOW)] * 3,
    )
    return Sale(sale.company_id, sale.contact_id, sale.template_id, sale.service_id, deal_id)


def test_every_number_of_the_preview_is_what_the_win_creates(cast: Cast, large_sale: Sale) -> None:
    brief = large_sale.brief(kickoff_date=date(2026, 12, 5))
    seen = preview_win(actor=cast.seller, deal_id=large_sale.deal_id, kickoff_date=brief.kickoff_date, brief=brief)
    closed = close_deal_as_won(actor=cast.seller, deal_id=large_sale.deal_id, brief=brief, now=NOW)
    row = get_handoff(actor=cast.owner, handoff_id=closed.handoff_id)
    projects = [find_projects(actor=cast.owner, project_ids=[key])[key] for key in closed.project_ids]
    budgets = [find_budget(actor=cast.owner, project_id=key, manager_id=None) for key in closed.project_ids]
    promises = list_promises(actor=cast.owner, deal_id=large_sale.deal_id)
    assert len(seen.projects) == len(projects) == 2
    assert [(one.name, one.template_name, one.template_number, one.task_count, one.milestone_count) for one in seen.projects] == [
        (one.name, one.template_name, one.template_number, one.task_count, one.milestone_count) for one in row.projects]
    assert [(one.effort_minutes, one.budget) for one in seen.projects] == [(one.effort_minutes, one.amount) for one in budgets if one]
    assert seen.budget == Money(sum(one.amount.minor for one in budgets if one and one.amount), "EUR") == Money(10_000_000, "EUR")
    assert seen.effort_minutes == sum(one.effort_minutes for one in budgets if one)
    for one, key in zip(seen.projects, closed.project_ids, strict=True):
        tasks = list_tasks(actor=cast.owner, project_id=key)
        made = [(row.name, row.kind, row.start_date, row.finish_date) for row in tasks if row.kind in ("phase", "milestone", "approval")]
        assert sorted(one.parts) == sorted(made) != []
    assert [one.forecast_finish_date for one in seen.projects] == [one.forecast_finish_date for one in projects]
    assert seen.forecast_finish_date == max(one.forecast_finish_date for one in projects if one.forecast_finish_date)
    assert seen.kickoff_date == row.kickoff_date == projects[0].start_date == date(2026, 12, 7)
    assert seen.promise_count == len(promises) == 5
    assert seen.covered_count == sum(1 for one in promises if one.covers) == 4
    home = Ref("delivery.project", closed.project_ids[0])
    assert seen.communication_count == sum(count_communications(actor=cast.owner, refs=[home]).values()) == 3
    assert seen.document_count == count_documents(cast.owner, [home]) == 0
    assert seen.stakeholder_count == len(get_scope_baseline(actor=cast.owner, handoff_id=closed.handoff_id)["stakeholders"]) == 1
    assert seen.lead_name == row.lead_name
    linked = 2 * (seen.communication_count + seen.document_count + seen.stakeholder_count) + seen.promise_count
    items = sum(one.task_count + one.milestone_count for one in seen.projects) + 1
    assert row.records_created == linked + items + 2 * 2 + sum(one.dependency_count for one in seen.projects)


def test_without_a_kickoff_nothing_is_forecast(cast: Cast, sale: Sale) -> None:
    seen = preview_win(actor=cast.seller, deal_id=sale.deal_id, kickoff_date=None)
    assert (seen.kickoff_date, seen.forecast_finish_date) == (None, None)


def test_the_drawer_says_that_the_plan_ends_after_the_promise(cast: Cast, sale: Sale) -> None:
    save_gate_answers(
        actor=cast.seller, deal_id=sale.deal_id, extra={}, now=NOW,
        answers={"kickoff_date": date(2026, 12, 1), "promised_finish_date": date(2026, 12, 10)},
    )
    page = sign_in(cast.seller).get(f"/deals/{sale.deal_id}/won/").content.decode()
    assert "after the promised" in page
