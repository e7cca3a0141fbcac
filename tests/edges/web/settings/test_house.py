"""The organisation's settings: every change with its history and its undo, and two admins who learn of each other."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.people import NOW, make_sale
from wonward.domains.sales.operations.deals import change_deal
from wonward.domains.sales.queries.pipelines import list_pipelines
from wonward.domains.staff.queries import find_actor, get_default_calendar, list_calendars
from wonward.foundation.audit.models import AuditEntry
from wonward.foundation.organisation.queries import get_organisation, list_rates, list_series
from wonward.journeys.handoff.queries import get_rules, list_asked_answers

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 30


@pytest.fixture
def owner(cast, sign_in):
    return sign_in(cast.owner)


def undo(client, address: str) -> int:
    """Press the undo the page offers; the status of the answer."""
    page = client.get(address).content.decode()
    form = re.search(r'<form class="flash__action" method="post" action="([^"]+)">(.*?)</form>', page, re.DOTALL)
    assert form, "the page offers no undo"
    values = {name: unescape(value) for name, value in re.findall(r'name="([^"]+)" value="([^"]*)"', form[2])}
    return client.post(form[1], values).status_code


def test_name_currency_and_accent_are_changed_and_taken_back(owner):
    address = reverse("organisation")
    owner.post(address, {"name": "Halden & Sons", "currency": "NOK", "time_zone": "Europe/Oslo", "accent": "ruby"})
    house = get_organisation()
    assert (house.name, house.currency, house.time_zone, house.accent) == ("Halden & Sons", "NOK", "Europe/Oslo", "ruby")
    assert 'data-accent="ruby"' in owner.get(reverse("my_work")).content.decode()
    owner.post(address, {"name": "Halden", "currency": "NOK", "time_zone": "Europe/Oslo", "accent": "ruby"})
    assert undo(owner, address) == 302
    assert get_organisation().name == "Halden & Sons"
    for field, value in (("currency", "XYZ1"), ("time_zone", "Mars"), ("accent", "neon"), ("name", " ")):
        sent = {"name": "X", "currency": "NOK", "time_zone": "UTC", "accent": "ruby", field: value}
        assert owner.post(address, sent).status_code == 422
    assert AuditEntry.objects.filter(operation="organisation.settings.change").count() == 3


def test_the_currency_stays_while_a_deal_has_a_value(owner, cast):
    sale = make_sale(cast)
    sent = {"name": "Halden", "currency": "JPY", "time_zone": "UTC", "accent": "petrol"}
    refused = owner.post(reverse("organisation"), sent)
    assert (refused.status_code, "Amounts are kept in EUR" in refused.content.decode()) == (422, True)
    assert get_organisation().currency == "EUR"
    change_deal(actor=cast.owner, deal_id=sale.deal_id, changes={"value": None}, now=NOW)
    assert owner.post(reverse("organisation"), sent).status_code == 302
    assert get_organisation().currency == "JPY"


def test_a_logo_is_a_picture_whatever_its_name_says(owner, client):
    sent = {"name": "X", "currency": "EUR", "time_zone": "UTC", "accent": "petrol"}
    assert client.get(reverse("logo")).status_code == 404
    bad = SimpleUploadedFile("logo.png", b"<svg onload=alert(1)>", "image/png")
    assert owner.post(reverse("organisation"), {**sent, "logo": bad}).status_code == 422
    owner.post(reverse("organisation"), {**sent, "logo": SimpleUploadedFile("logo.exe", PNG)})
    answer = client.get(reverse("logo"))
    assert (answer.headers["Content-Type"], answer.content) == ("image/png", PNG)
    owner.post(reverse("organisation"), {**sent, "remove_logo": "1"})
    assert client.get(reverse("logo")).status_code == 404


def test_the_later_of_two_admins_is_told(owner, cast, sign_in):
    (row,) = list_pipelines()
    stages = [stage for stage in row.stages if stage.kind == "open"]
    sent = {"name": row.name, "version": str(row.version)}
    for at, stage in enumerate(stages):
        sent |= {f"id-{at}": stage.id, f"name-{at}": stage.name, f"probability-{at}": stage.probability, f"days-{at}": "9", f"place-{at}": at + 1}
    address = reverse("pipeline", args=[row.id])
    assert owner.post(address, sent).status_code == 302
    late = sign_in(cast.leader).post(address, {**sent, "days-0": "3"})
    assert late.status_code == 412
    assert 'value="3"' in late.content.decode()
    assert {stage.days_until_stuck for stage in list_pipelines()[0].stages if stage.kind == "open"} == {9}


def test_stages_are_ordered_renamed_added_and_taken_away_with_an_undo(owner):
    (row,) = list_pipelines()
    first, second, *rest = [stage for stage in row.stages if stage.kind == "open"]
    sent: dict[str, object] = {"name": "New business", "id-0": first.id, "name-0": second.name, "probability-0": 15, "days-0": 5, "place-0": 2,
                               "id-1": second.id, "name-1": first.name, "probability-1": 20, "days-1": 6, "place-1": 1,
                               "name-2": "Brand new", "probability-2": 33, "days-2": 7, "place-2": 3}
    address = reverse("pipeline", args=[row.id])
    assert owner.post(address, sent).status_code == 302
    (after,) = list_pipelines()
    assert [stage.name for stage in after.stages if stage.kind == "open"] == [first.name, second.name, "Brand new"]
    assert [stage.kind for stage in after.stages][-2:] == [stage.kind for stage in row.stages][-2:]
    assert undo(owner, address) in (302, 422)
    assert AuditEntry.objects.filter(operation="sales.pipeline.change").exists()


def test_a_stage_with_deals_stays_and_nonsense_is_named(owner, cast):
    make_sale(cast)
    (row,) = list_pipelines()
    address = reverse("pipeline", args=[row.id])
    refused = owner.post(address, {"name": row.name, "name-0": "Only this"})
    assert refused.status_code == 409
    assert "Move them to another stage" in refused.content.decode()
    assert list_pipelines() == [row]
    for sent in ({"name-0": "A", "name-1": "a"}, {"name-0": "A", "probability-0": "101"}, {"name-0": "A", "days-0": "0"}, {}):
        assert owner.post(address, {"name": row.name, **sent}).status_code == 422


def test_a_second_pipeline_begins_with_the_stages_of_the_first(owner):
    owner.post(reverse("pipelines"), {"name": "Renewals"})
    first, second = list_pipelines()
    assert [stage.name for stage in second.stages] == [stage.name for stage in first.stages]
    assert owner.post(reverse("pipelines"), {"name": "Renewals"}).status_code == 422


def test_public_holidays_become_free_days_and_can_be_taken_back(owner):
    key, calendar = get_default_calendar()
    address = reverse("calendar", args=[key])
    owner.post(address, {"do": "holidays", "place": "DE/BY", "first_year": "2026", "last_year": "2027"})
    _, after = get_default_calendar()
    epiphany = NOW.date().replace(month=1, day=6, year=2027)
    assert (calendar.minutes_on(epiphany), after.minutes_on(epiphany)) == (480, 0)
    page = owner.get(address)
    assert "Epiphany" in page.content.decode()
    owner.post(address, {"do": "holidays", "place": "AT", "first_year": "2026", "last_year": "2026"})
    assert undo(owner, address) == 302
    _, back = get_default_calendar()
    assert back == after
    assert owner.post(address, {"do": "holidays", "place": "XX", "first_year": "2026"}).status_code == 422
    assert owner.post(address, {"do": "holidays", "place": "DE", "first_year": "2026", "last_year": "2060"}).status_code == 422


def test_a_calendar_is_made_its_week_typed_and_taken_back(owner):
    owner.post(reverse("calendars"), {"name": "Mornings"})
    row = next(one for one in list_calendars() if one.name == "Mornings")
    address = reverse("calendar", args=[row.id])
    assert owner.post(address, {"do": "week", "name": "Mornings", "mon": "8-12", "tue": "08:00–12:30, 13:00-14:00"}).status_code == 302
    row = next(one for one in list_calendars() if one.name == "Mornings")
    assert row.document["week"]["tue"] == [["08:00", "12:30"], ["13:00", "14:00"]]
    assert undo(owner, address) == 302
    assert next(one for one in list_calendars() if one.name == "Mornings").document["week"]["tue"] != row.document["week"]["tue"]
    assert owner.post(address, {"do": "week", "name": "Mornings", "mon": "12-8"}).status_code == 422
    assert owner.post(address, {"do": "week", "name": "Mornings", "mon": "early"}).status_code == 422
    assert owner.post(address, {"do": "week", "name": "Mornings"}).status_code == 422
    assert owner.post(address, {"do": "add", "day": "2026-12-24", "day_name": "Eve", "version": "1"}).status_code == 412


def test_rates_are_dated_and_taken_back(owner):
    address = reverse("rates")
    owner.post(address, {"currency": "usd", "valid_from_date": "2026-11-01", "rate": "0,92"})
    (rate,) = list_rates()
    assert (rate.currency, str(rate.rate.normalize())) == ("USD", "0.92")
    assert undo(owner, address) == 302
    assert list_rates() == []
    assert undo(owner, address) == 302
    assert len(list_rates()) == 1
    for sent in ({"currency": "EUR"}, {"currency": "QQQQ"}, {"rate": "-1"}, {"rate": "many"}, {"rate": "Infinity"}, {"valid_from_date": ""}):
        assert owner.post(address, {"currency": "USD", "valid_from_date": "2026-11-02", "rate": "1", **sent}).status_code == 422


def test_numbers_take_another_prefix_and_never_go_back(owner, cast):
    make_sale(cast)
    address = reverse("numbers")
    (before,) = [row for row in list_series() if row.noun == "sales.deal"]
    owner.post(address, {"noun": "sales.deal", "prefix": "dl", "next_number": "5000"})
    (after,) = [row for row in list_series() if row.noun == "sales.deal"]
    assert (after.prefix, after.next_number) == ("DL", 5000)
    assert owner.post(address, {"noun": "sales.deal", "prefix": "DL", "next_number": str(before.next_number)}).status_code == 422
    assert owner.post(address, {"noun": "sales.deal", "prefix": "C", "next_number": "6000"}).status_code == 422


def test_the_gate_asks_more_and_the_rules_of_handoffs_change_with_undo(owner):
    address = reverse("handoff_rules")
    hours = get_rules().acceptance_minutes // 60
    owner.post(address, {"acceptance_hours": "16", "checklist": "One\nTwo", "version": "1"})
    assert (get_rules().acceptance_minutes, get_rules().checklist) == (960, ("One", "Two"))
    assert undo(owner, address) == 302
    assert get_rules().acceptance_minutes == hours * 60
    assert owner.post(address, {"acceptance_hours": "0"}).status_code == 422
    (pipeline,) = list_pipelines()
    owner.post(reverse("handoff_question"), {"label": "Tone of voice", "home": f"pipeline:{pipeline.id}", "kind": "choice", "choices": "Formal\nFriendly"})
    (asked,) = list_asked_answers()
    assert asked.choices == ("Formal", "Friendly")
    owner.post(reverse("handoff_question_removal", args=[asked.id]))
    assert list_asked_answers() == []
    assert undo(owner, address) == 302
    assert [one.label for one in list_asked_answers()] == ["Tone of voice"]
    assert owner.post(reverse("handoff_question"), {"label": "X", "home": ""}).status_code == 422


def test_an_area_that_is_off_has_no_menu_no_page_and_no_right(owner, cast, sign_in):
    sale = make_sale(cast)
    everything = dict.fromkeys(("sales", "delivery", "money", "marketing", "portal"), "on")
    assert owner.post(reverse("areas"), {**everything, "delivery": ""}).status_code == 302
    seller = sign_in(cast.seller)
    page = seller.get(reverse("my_work")).content.decode()
    assert reverse("projects") not in page
    assert reverse("deals_board") in page
    for name in ("projects", "handoffs"):
        assert owner.get(reverse(name)).status_code == 403
    assert seller.get(reverse("deal", args=[sale.deal_id])).status_code == 200
    assert not find_actor(user_id=cast.owner.user_id).may("delivery.project.view")
    assert undo(owner, reverse("areas")) == 302
    assert owner.get(reverse("projects")).status_code == 200
    assert owner.post(reverse("areas"), {"money": "on"}).status_code == 422


def test_only_those_with_the_right_set_things_up(cast, sign_in):
    for name in ("organisation", "areas", "rates", "numbers", "calendars", "pipelines", "handoff_rules", "people", "roles"):
        assert sign_in(cast.seller).get(reverse(name)).status_code == 403


def test_days_taken_out_of_a_calendar_come_back_by_undo(owner):
    key, _ = get_default_calendar()
    address = reverse("calendar", args=[key])
    eve = NOW.date().replace(month=12, day=24)
    owner.post(address, {"do": "add", "day": eve.isoformat(), "day_name": "Christmas Eve", "day_hours": "08:00-12:00"})
    _, before = get_default_calendar()
    owner.post(address, {"do": "remove", "days": eve.isoformat()})
    _, without = get_default_calendar()
    assert (before.minutes_on(eve), without.minutes_on(eve)) == (240, 480)
    assert undo(owner, address) == 302
    assert get_default_calendar()[1] == before
    assert owner.post(address, {"do": "again", "days": "{"}).status_code == 422
