"""One deal: what it shows to whom, and what its forms answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.edges.web.sales.desk import SignIn
from tests.people import NOW, Cast, Sale
from wonward.domains.comms.operations import log_communications
from wonward.domains.comms.types import CommunicationKind, NewCommunication
from wonward.domains.sales.operations.deals import lose_deal
from wonward.domains.sales.queries.deals import get_brief, get_deal
from wonward.journeys.handoff.operations import close_deal_as_won
from wonward.journeys.promises.queries import list_promises
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
WORDS = "Can we still make the trade fair on the 24th?"


def url(view: str, sale: Sale, **more: object) -> str:
    return reverse(view, kwargs={"deal_id": sale.deal_id, **more})


def say(cast: Cast, sale: Sale, count: int = 1) -> int:
    entry = NewCommunication(CommunicationKind.EMAIL, (Ref("sales.deal", sale.deal_id),), WORDS, NOW)
    return log_communications(actor=cast.seller, entries=[entry] * count, now=NOW)[-1]


@contextmanager
def no_database_in_templates(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Anything a template asks of the database while it draws is an error."""
    from jinja2 import Template

    draw = Template.render

    def refuse(*_anything: object) -> None:
        raise AssertionError("a template asked the database")

    def guarded(self: Template, *args: object, **kwargs: object) -> str:
        with connection.execute_wrapper(refuse):
            return draw(self, *args, **kwargs)

    monkeypatch.setattr(Template, "render", guarded)
    yield


def test_the_page_shows_facts_next_action_and_the_five_answers(sale: Sale, cast: Cast, sign_in: SignIn) -> None:
    page = sign_in(cast.seller).get(url("deal", sale)).content.decode()
    for words in ("Website replatform", "Northwind Robotics", "€84,000", "Call Hanne", "Handoff readiness", "0 of 5", "Close won"):
        assert words in page


def test_drawing_a_page_never_asks_the_database(
    sale: Sale, cast: Cast, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(cast, sale, 3)
    client = sign_in(cast.seller)
    with no_database_in_templates(monkeypatch):
        for address in (url("deal", sale), url("deal", sale) + "?tab=promises", url("deal_won", sale), reverse("deals_board"),
                        reverse("deals_table"), reverse("new_deal"), url("deal_lost", sale), url("deal_promise", sale)):
            assert client.get(address).status_code == 200, address


def test_the_page_asks_as_often_for_twenty_five_entries_as_for_five(sale: Sale, cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.seller)
    say(cast, sale, 5)
    client.get(url("deal", sale))
    with CaptureQueriesContext(connection) as few:
        client.get(url("deal", sale))
    say(cast, sale, 20)
    with CaptureQueriesContext(connection) as many:
        client.get(url("deal", sale))
    assert len(many) == len(few)


@pytest.mark.parametrize("part", ["header", "facts", "aside", "drift", "tabs", "timeline", "promises"])
def test_every_part_can_be_fetched_alone(part: str, sale: Sale, cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in(cast.seller).get(url("deal", sale), {"part": part}, headers=HTMX)
    assert f'id="deal-{part}"' in answer.content.decode()
    assert "<html" not in answer.content.decode()


def test_a_hidden_deal_looks_missing(sale: Sale, cast: Cast, sign_in: SignIn) -> None:
    assert sign_in(cast.member).get(url("deal", sale)).status_code == 404
    assert sign_in(cast.seller).get(reverse("deal", kwargs={"deal_id": 99999})).status_code == 404


def test_somebody_who_may_only_look_sees_no_controls(sale: Sale, cast: Cast, sign_in: SignIn) -> None:
    page = sign_in(cast.finance).get(url("deal", sale)).content.decode()
    assert "Website replatform" in page
    for hidden in ("Done, set next", "Close won", "<inline-edit", url("deal_lost", sale), url("deal_stage", sale)):
        assert hidden not in page


def test_a_colleague_of_sales_who_is_not_on_the_deal_cannot_change_it(sale: Sale, cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.teammate)
    assert "Done, set next" not in client.get(url("deal", sale)).content.decode()
    answer = client.post(url("deal_field", sale, name="source"), {"source": "Fair", "version": 1}, headers=HTMX)
    assert answer.status_code == 403


def test_an_inline_edit_answers_the_field_and_what_else_shows_it(sale: Sale, cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in(cast.seller).post(url("deal_field", sale, name="value"), {"value": "90 000", "version": 1}, headers=HTMX)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert page.index('id="inline-value"') < page.index('id="deal-facts"') < page.index('id="deal-header"')
    assert "€90,000" in page


def test_an_inline_edit_that_cannot_be_read_answers_the_form_with_the_sentence(sale: Sale, cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in(cast.seller).post(url("deal_field", sale, name="value"), {"value": "many", "version": 1}, headers=HTMX)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "<form" in page
    assert "is not an amount of money" in page
    assert 'value="many"' in page


def test_a_stale_inline_edit_answers_the_current_value(sale: Sale, cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in(cast.seller).post(url("deal_field", sale, name="source"), {"source": "Fair", "version": 9}, headers=HTMX)
    assert answer.status_code == 412
    assert 'id="inline-source"' in answer.content.decode()


def test_done_set_next_is_one_form(sale: Sale, cast: Cast, sign_in: SignIn) -> None:
    values = {"intent": "done", "version": 1, "next_kind": "email", "next_note": "Send the split", "next_day": "2026-11-24"}
    answer = sign_in(cast.seller).post(url("deal_next_action", sale), values, headers=HTMX)
    assert answer.status_code == 200
    assert 'id="next-action"' in answer.content.decode()
    action = get_deal(actor=cast.seller, deal_id=sale.deal_id).next_action
    assert action is not None
    assert (action.kind, action.note, action.due_date) == ("email", "Send the split", date(2026, 11, 24))


def test_a_next_action_without_a_date_is_refused_with_its_form_open(sale: Sale, cast: Cast, sign_in: SignIn) -> None:
    values = {"intent": "done", "version": 1, "next_kind": "email", "next_note": "Send the split"}
    answer = sign_in(cast.seller).post(url("deal_next_action", sale), values, headers=HTMX)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Every open deal has a next action. Set its date." in page
    assert "Send the split" in page
    assert "<details open" in page


def test_rescheduling_keeps_what_is_to_be_done(sale: Sale, cast: Cast, sign_in: SignIn) -> None:
    values = {"intent": "reschedule", "version": 1, "later_due_date": "2026-12-03"}
    sign_in(cast.seller).post(url("deal_next_action", sale), values, headers=HTMX)
    action = get_deal(actor=cast.seller, deal_id=sale.deal_id).next_action
    assert action is not None
    assert (action.kind, action.note, action.due_date) == ("call", "Call Hanne", date(2026, 12, 3))


def test_parking_needs_a_reason(sale: Sale, cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.seller)
    values = {"intent": "park", "version": 1, "park_due_date": "2027-03-01"}
    answer = client.post(url("deal_next_action", sale), values, headers=HTMX)
    assert answer.status_code == 422
    assert "Say why the deal is parked." in answer.content.decode()
    answer = client.post(url("deal_next_action", sale), values | {"park_note": "Budget round in March"}, headers=HTMX)
    assert answer.status_code == 200
    assert "Budget round in March" in answer.content.decode()


def test_what_was_said_appears_in_the_timeline_and_can_become_a_promise(sale: Sale, cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.seller)
    answer = client.post(url("deal_log", sale), {"kind": "call", "text": WORDS, "contact_id": sale.contact_id}, headers=HTMX)
    assert WORDS in answer.content.decode()
    assert "Make promise" in answer.content.decode()
    empty = client.post(url("deal_log", sale), {"kind": "call", "text": ""}, headers=HTMX)
    assert empty.status_code == 422
    assert "Write what was said." in empty.content.decode()


def test_a_promise_made_of_an_entry_keeps_its_words(sale: Sale, cast: Cast, sign_in: SignIn) -> None:
    entry = say(cast, sale)
    client = sign_in(cast.seller)
    form = client.get(url("deal_promise", sale), {"communication_id": entry}, headers=HTMX).content.decode()
    assert WORDS in form
    values = {"communication_id": entry, "kind": "date", "text": "Live before the fair", "weight": 3, "quote": WORDS, "due_date": "2027-03-19"}
    answer = client.post(url("deal_promise", sale), values, headers=HTMX)
    assert "drawer:close" in answer.headers["HX-Trigger"]
    (promise,) = list_promises(actor=cast.seller, deal_id=sale.deal_id)
    assert (promise.quote, promise.source_ref) == (WORDS, Ref("comms.communication", entry))
    assert WORDS in client.get(url("deal", sale), {"tab": "promises"}).content.decode()


def test_a_promise_without_words_is_refused_beside_its_field(sale: Sale, cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in(cast.seller).post(url("deal_promise", sale), {"kind": "date", "text": ""}, headers=HTMX)
    assert answer.status_code == 422
    assert "Write what was promised." in answer.content.decode()


class TestTheGate:
    """Won only through five answers."""

    def answers(self, sale: Sale) -> dict[str, object]:
        return {
            "scope_summary": "Move 42 templates.", "promised_finish_date": "2027-03-19", "kickoff_date": "2026-12-01",
            "key_constraints": "The fair does not move.", "main_stakeholder_id": sale.contact_id,
        }

    def test_it_names_every_missing_answer_and_keeps_what_was_typed(self, sale: Sale, cast: Cast, sign_in: SignIn) -> None:
        values = {"scope_summary": "Move 42 templates.", "kickoff_date": "2026-12-05"}
        answer = sign_in(cast.seller).post(url("deal_won", sale), values, headers=HTMX)
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "3 fields need your attention" in page
        for field in ("promised_finish_date", "key_constraints", "main_stakeholder_id"):
            assert f'href="#field-{field}"' in page
        assert "Move 42 templates." in page
        assert 'value="2026-12-05"' in page
        assert "is not a working day" in page
        assert get_deal(actor=cast.seller, deal_id=sale.deal_id).status == "open"

    def test_it_says_what_will_be_created(self, sale: Sale, cast: Cast, sign_in: SignIn) -> None:
        page = sign_in(cast.seller).get(url("deal_won", sale), headers=HTMX).content.decode()
        assert "Project from template" in page
        assert "4 tasks" in page
        assert "€84,000" in page

    def test_answers_can_be_saved_before_and_come_back(self, sale: Sale, cast: Cast, sign_in: SignIn) -> None:
        client = sign_in(cast.seller)
        answer = client.post(url("deal_brief", sale), {"scope_summary": "Move 42 templates."}, headers=HTMX)
        assert "drawer:close" in answer.headers["HX-Trigger"]
        assert get_brief(deal_id=sale.deal_id).scope_summary == "Move 42 templates."
        assert "Move 42 templates." in client.get(url("deal_won", sale), headers=HTMX).content.decode()

    def test_five_answers_lead_to_the_handoff(self, sale: Sale, cast: Cast, sign_in: SignIn) -> None:
        answer = sign_in(cast.seller).post(url("deal_won", sale), self.answers(sale), headers=HTMX)
        assert answer.status_code == 204
        assert "/handoffs/" in answer.headers["HX-Redirect"]
        assert get_deal(actor=cast.seller, deal_id=sale.deal_id).status == "won"

    def test_those_who_may_not_win_do_not_get_it(self, sale: Sale, cast: Cast, sign_in: SignIn) -> None:
        assert sign_in(cast.manager).get(url("deal_won", sale), headers=HTMX).status_code == 403


def test_a_won_deal_shows_promise_against_forecast_live(sale: Sale, cast: Cast, sign_in: SignIn) -> None:
    closed = close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
    page = sign_in(cast.seller).get(url("deal", sale)).content.decode()
    assert "Promise and forecast" in page
    assert "19 Mar 2027" in page
    assert f"delivery.project:{closed.project_ids[0]}" in page
    assert "Done, set next" not in page


def test_a_deal_is_lost_with_a_reason_only_and_can_be_opened_again(sale: Sale, cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.seller)
    refused = client.post(url("deal_lost", sale), {"reason": ""}, headers=HTMX)
    assert refused.status_code == 422
    assert "Say why the deal was lost." in refused.content.decode()
    long = client.post(url("deal_lost", sale), {"why": "Price", "reason": "Half of ours " * 25}, headers=HTMX)
    assert (long.status_code, "This is longer than 300 characters." in long.content.decode()) == (422, True)
    assert get_deal(actor=cast.seller, deal_id=sale.deal_id).status == "open"
    client.post(url("deal_lost", sale), {"why": "Price", "reason": "Half of ours"}, headers=HTMX)
    assert get_deal(actor=cast.seller, deal_id=sale.deal_id).lost_reason == "Price: Half of ours"
    assert "Open again" in client.get(url("deal", sale)).content.decode()
    answer = client.post(url("deal_reopen", sale), {"next_kind": "call", "next_day": "2026-11-24"}, headers=HTMX)
    assert answer.status_code == 204
    assert get_deal(actor=cast.seller, deal_id=sale.deal_id).status == "open"


def test_opening_a_lost_deal_again_needs_a_next_action(sale: Sale, cast: Cast, sign_in: SignIn) -> None:
    lose_deal(actor=cast.seller, deal_id=sale.deal_id, reason="Price", now=NOW)
    answer = sign_in(cast.seller).post(url("deal_reopen", sale), {"next_kind": "call"}, headers=HTMX)
    assert answer.status_code == 422
    assert "Set its date" in answer.content.decode()


def test_a_name_with_markup_is_shown_as_text(sale: Sale, cast: Cast, sign_in: SignIn) -> None:
    client: Client = sign_in(cast.seller)
    client.post(url("deal_field", sale, name="name"), {"name": "<b>Bold</b> & more", "version": 1}, headers=HTMX)
    for address in (url("deal", sale), reverse("deals_board"), reverse("deals_table")):
        page = client.get(address).content.decode()
        assert "<b>Bold</b>" not in page
        assert "&lt;b&gt;Bold" in page
