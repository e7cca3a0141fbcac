"""A stranger and the form: no sign-in, no way in for machines, and no way to frame anything else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from tests.people import NOW, make_cast
from wonward.domains.sales.operations.forms import save_form
from wonward.domains.sales.queries.forms import get_form
from wonward.domains.sales.queries.leads import list_leads
from wonward.domains.sales.types.leads import FormField, LeadFilter, NewLeadForm
from wonward.domains.staff.operations import change_house
from wonward.edges.portal.pages import sign_opening

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture
def form(cast):
    fields = (FormField("name", "Your name", "text", True), FormField("email", "E-mail", "email", True), FormField("message", "What is it about?", "long_text"))
    key = save_form(actor=cast.marketer, form=NewLeadForm(name="Website", title="Talk <to> us", fields=fields, thanks="Until tomorrow."), now=NOW)
    return get_form(actor=cast.marketer, form_id=key)


def opened(form, seconds=60):
    return sign_opening(datetime.now(UTC) - timedelta(seconds=seconds), form.key)


def test_a_stranger_sends_the_form_and_we_have_a_lead_with_its_campaign(cast, form):
    client = Client(enforce_csrf_checks=True)
    drawn = client.get(f"/f/{form.key}/?utm_campaign=Fair&utm_medium=cpc", headers={"Referer": "https://news.example/story"})
    assert drawn.status_code == 200
    text = drawn.content.decode()
    assert "Talk &lt;to&gt; us" in text
    assert 'name="utm_campaign" value="Fair"' in text
    assert 'value="news.example/story"' in text
    assert "frame-ancestors 'none'" in drawn.headers["Content-Security-Policy"]
    sent = client.post(f"/f/{form.key}/", {"name": "Signe", "email": "s@p.test", "message": "A shop", "opened": opened(form), "utm_campaign": "Fair"})
    assert sent.status_code == 200
    assert "Until tomorrow." in sent.content.decode()
    (row,) = list_leads(actor=cast.seller, where=LeadFilter(), now=NOW)
    assert (row.name, row.utm["campaign"], row.source) == ("Signe", "Fair", "Website")


def test_behind_a_trusted_proxy_every_visitor_has_an_hour_of_their_own_and_nobody_else_is_believed(cast, form, settings):
    def send(visitor, proxy):
        answers = {"name": "Signe", "email": "s@p.test", "message": "A shop", "opened": opened(form)}
        return Client(REMOTE_ADDR=proxy).post(f"/f/{form.key}/", answers, headers={"X-Forwarded-For": visitor}).status_code

    settings.TRUSTED_PROXIES = ("10.0.0.0/8",)
    assert [send(f"203.0.113.{number}", "10.0.0.5") for number in range(7)] == [200] * 7
    assert [send("203.0.113.1, 198.51.100.7", "10.0.0.5") for _ in range(6)] == [200] * 5 + [429]
    assert [send(f"203.0.113.{number}", "192.0.2.1") for number in range(6)] == [200] * 5 + [429]
    settings.TRUSTED_PROXIES = ()
    assert [send(f"203.0.113.{50 + number}", "10.0.0.9") for number in range(6)] == [200] * 5 + [429]


def test_only_the_framed_form_may_stand_in_other_pages(form):
    drawn = Client().get(f"/f/{form.key}/?embed=1")
    assert "frame-ancestors *" in drawn.headers["Content-Security-Policy"]
    assert "portal__bar" not in drawn.content.decode()


def test_a_forged_or_hasty_page_is_asked_once_more_and_keeps_the_words(cast, form):
    for token in ("1790000000:forged", opened(form, 0), ""):
        answer = Client().post(f"/f/{form.key}/", {"name": "Signe", "email": "s@p.test", "message": "My words stay", "opened": token})
        assert answer.status_code == 422
        assert "My words stay" in answer.content.decode()
    assert list_leads(actor=cast.seller, where=LeadFilter(), now=NOW) == []


def test_a_machine_is_thanked_and_leaves_nothing(cast, form):
    answer = Client().post(f"/f/{form.key}/", {"name": "Bot", "email": "b@b.test", "fax_number": "1", "opened": opened(form)})
    assert answer.status_code == 200
    assert list_leads(actor=cast.seller, where=LeadFilter(), now=NOW) == []


def test_missing_answers_are_named_where_they_are(form):
    answer = Client().post(f"/f/{form.key}/", {"name": "Signe", "opened": opened(form)})
    assert answer.status_code == 422
    assert 'id="field-email-error"' in answer.content.decode()


def test_an_unknown_form_is_a_page_that_says_so():
    answer = Client().get("/f/not-there/")
    assert answer.status_code == 404
    assert "not here any more" in answer.content.decode()


def test_with_its_area_switched_off_the_form_says_so_and_takes_nothing_in(cast, form):
    change_house(actor=cast.owner, changes={"areas": {"marketing": False}}, now=NOW)
    for answer in (Client().get(f"/f/{form.key}/"), Client().post(f"/f/{form.key}/", {"name": "Signe", "email": "s@p.test", "opened": opened(form)})):
        assert answer.status_code == 404
        assert "This page is closed at the moment" in answer.content.decode()
    assert list_leads(actor=cast.owner, where=LeadFilter(), now=NOW) == []
