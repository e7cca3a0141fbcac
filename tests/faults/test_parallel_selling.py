"""Two clicks at once in selling: the same form sent, the same bulk change applied and taken back, two contacts said to have brought each other."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.faults.test_parallel_undoing import at_once
from tests.people import NOW, make_cast, make_sale
from wonward.domains.clients.operations import change_contact, create_contacts
from wonward.domains.clients.queries import who_brought
from wonward.domains.clients.types import NewContact
from wonward.domains.sales.models import FormSubmission, StageVisit
from wonward.domains.sales.operations.forms import save_form, submit_form
from wonward.domains.sales.queries.deals import get_deal
from wonward.domains.sales.queries.forms import get_form
from wonward.domains.sales.queries.leads import list_leads
from wonward.domains.sales.queries.pipelines import list_pipelines
from wonward.domains.sales.types.leads import FormField, LeadFilter, NewLeadForm, SentForm
from wonward.foundation.saved_views.operations import save_view
from wonward.foundation.saved_views.queries import list_views
from wonward.foundation.saved_views.types import ViewState
from wonward.journeys.automation.operations import apply_bulk_change, start_bulk_change, undo_bulk_change
from wonward.kernel.errors import Refused

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def test_a_form_sent_by_two_clicks_at_once_is_one_lead() -> None:
    cast = make_cast()
    fields = (FormField("name", "Name", "text", True), FormField("email", "E-mail", "email", True))
    form = get_form(actor=cast.marketer, form_id=save_form(actor=cast.marketer, form=NewLeadForm(name="Website", title="Talk to us", fields=fields), now=NOW))
    sent = SentForm(answers={"name": "Signe Holt", "email": "signe@pellworth.test"}, trap="", opened_at=NOW - timedelta(seconds=40), sender="10.0.0.1")
    ids = at_once(*[lambda: submit_form(key=form.key, sent=sent, now=NOW)] * 4)
    assert len(set(ids)) == 1
    assert [row.id for row in list_leads(actor=cast.seller, where=LeadFilter(), now=NOW)] == ids[:1]
    assert sorted(FormSubmission.objects.values_list("verdict", flat=True)) == ["accepted", "again", "again", "again"]


def test_a_bulk_change_applied_and_taken_back_by_two_clicks_happens_once() -> None:
    cast = make_cast()
    sale = make_sale(cast)
    stage_id = [stage.id for stage in list_pipelines()[0].stages if stage.kind == "open"][2]
    bulk_id = start_bulk_change(actor=cast.seller, noun="sales.deal", ids=[sale.deal_id], asked={"stage_id": stage_id}, now=NOW)
    visits = StageVisit.objects.filter(deal_id=sale.deal_id)
    at_once(*[lambda: apply_bulk_change(actor=cast.seller, bulk_id=bulk_id, now=NOW)] * 3)
    assert (get_deal(actor=cast.seller, deal_id=sale.deal_id).stage_id, visits.count()) == (stage_id, 2)
    at_once(*[lambda: undo_bulk_change(actor=cast.seller, bulk_id=bulk_id, now=NOW)] * 3)
    assert (get_deal(actor=cast.seller, deal_id=sale.deal_id).stage_id != stage_id, visits.count(), visits.filter(left_at=None).count()) == (True, 1, 1)


def test_a_view_kept_by_two_clicks_at_once_is_kept_once_and_the_other_says_so() -> None:
    cast = make_cast()

    def keep() -> Any:
        try:
            return save_view(actor=cast.seller, list_key="sales.deals", name="Mine", state=ViewState(), now=NOW)
        except Refused as refusal:
            return [(error.field, error.code) for error in refusal.errors]

    found = at_once(*[keep] * 4)
    assert found.count([("name", "taken")]) == 3
    assert len(list_views(actor=cast.seller, list_key="sales.deals")) == 1


def test_two_contacts_said_at_once_to_have_brought_each_other_close_no_circle() -> None:
    cast = make_cast()
    ada, ben = create_contacts(actor=cast.seller, contacts=[NewContact(name="Ada"), NewContact(name="Ben")], now=NOW)

    def say(one: int, by: int) -> Any:
        try:
            return change_contact(actor=cast.owner, contact_id=one, changes={"referred_by_id": by}, version=None, now=NOW)
        except Refused as refusal:
            return refusal

    at_once(lambda: say(ada, ben), lambda: say(ben, ada))
    assert [bool(who_brought(one)) for one in (ada, ben)].count(True) == 1
