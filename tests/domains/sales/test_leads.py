"""Leads from the first word to the deal: nothing asked twice, nothing lost, and a clock that somebody watches."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.people import NOW, make_cast, make_sale
from wonward.domains.clients.operations import change_company, change_contact
from wonward.domains.clients.queries import get_company, get_contact, get_contact_card
from wonward.domains.comms.operations import log_communications
from wonward.domains.comms.queries import list_communications
from wonward.domains.comms.types import CommunicationKind, NewCommunication
from wonward.domains.marketing.operations import create_campaigns
from wonward.domains.marketing.queries import list_touches
from wonward.domains.marketing.types import NewCampaign
from wonward.domains.sales.models import FormSubmission
from wonward.domains.sales.operations.conversion import convert_lead
from wonward.domains.sales.operations.forms import FormRefused, prune_submissions, save_form, submit_form
from wonward.domains.sales.operations.leads import (
    answer_lead,
    change_lead,
    close_lead,
    create_leads,
    reopen_lead,
)
from wonward.domains.sales.operations.scoring import rescore_open_leads, save_score_rules
from wonward.domains.sales.queries.deals import get_deal
from wonward.domains.sales.queries.forms import get_form, list_forms
from wonward.domains.sales.queries.leads import count_views, find_same, get_lead, list_leads
from wonward.domains.sales.queries.scoring import list_score_rules
from wonward.domains.sales.rules.leads import add_working_minutes, figures_of
from wonward.domains.sales.rules.scoring import score_of, total_of
from wonward.domains.sales.types import NextAction
from wonward.domains.sales.types.leads import (
    Conversion,
    Finding,
    FormField,
    LeadFilter,
    NewLead,
    NewLeadForm,
    NewScoreRule,
    ScoreRuleRow,
    SentForm,
)
from wonward.foundation.custom_fields.operations import add_field, set_values
from wonward.foundation.custom_fields.queries import list_values
from wonward.foundation.custom_fields.types import FieldKind, NewField
from wonward.foundation.events.dispatcher import deliver_pending
from wonward.kernel.errors import Conflict, NotAllowed, NotFound, Refused, Stale
from wonward.kernel.ref import Ref
from wonward.kernel.work_calendar import STANDARD_CALENDAR

pytestmark = pytest.mark.django_db
CALL = NextAction("call", date(2026, 11, 24), "Call Signe")
SIGNE = NewLead(
    name="Signe Holt", company_name="Pellworth Ceramics", title="Owner", email="signe@pellworth.test", phone="+45 5550 1084",
    message="We open a second showroom in May.", source="Website form", utm={"campaign": "Newsletter November", "medium": "email"},
)


def add(actor, new=SIGNE, **changes):
    return create_leads(actor=actor, leads=[new], now=changes.pop("now", NOW))[0]


def test_every_point_of_the_score_names_its_field_and_the_sum_is_the_score():
    cast = make_cast()
    key = add(cast.seller)
    change_lead(actor=cast.seller, lead_id=key, changes={"qualification": {"need": Finding("clear", "A shop"), "budget": Finding("against")}}, now=NOW)
    row = get_lead(actor=cast.seller, lead_id=key)
    assert {(part.field, part.points) for part in row.score_parts} == {("need", 20), ("budget", -15), ("email_kind", 8), ("phone", 5)}
    assert row.score == sum(part.points for part in row.score_parts) == 18


@given(st.lists(st.tuples(st.sampled_from(["source", "phone"]), st.sampled_from(["is", "is_filled", "is_empty", "contains"]),
                          st.sampled_from(["Referral", "x"]), st.integers(-50, 50))),
       st.fixed_dictionaries({"source": st.sampled_from(["", "referral", "x ray"]), "phone": st.one_of(st.none(), st.just("1"))}))
def test_points_are_given_by_rules_alone(rules, facts):
    rows = [ScoreRuleRow(place, *rule, "because") for place, rule in enumerate(rules)]
    parts = score_of(facts, rows)
    assert total_of(parts) == sum(part.points for part in parts)
    assert {part.rule_id for part in parts} <= {row.id for row in rows}
    assert total_of(score_of(facts, list(reversed(rows)))) == total_of(parts)


def test_changed_rules_score_every_open_lead_anew():
    cast = make_cast()
    key = add(cast.seller)
    save_score_rules(actor=cast.marketer, rules=[NewScoreRule("utm_medium", "is", "email", 30)], now=NOW)
    assert [row.label for row in list_score_rules()] == ["UTM medium is email"]
    rescore_open_leads()
    assert get_lead(actor=cast.seller, lead_id=key).score == 30
    with pytest.raises(NotAllowed):
        save_score_rules(actor=cast.seller, rules=[], now=NOW)
    with pytest.raises(Refused) as refusal:
        save_score_rules(actor=cast.marketer, rules=[NewScoreRule("employees", "at_least", "many", 5)], now=NOW)
    assert refusal.value.errors[0].field == "rules[0].value"


def test_the_clock_runs_in_office_hours_and_stops_at_the_first_answer():
    cast = make_cast()
    friday_evening = datetime(2026, 11, 20, 22, 0, tzinfo=UTC)
    key = add(cast.seller, now=friday_evening)
    row = get_lead(actor=cast.seller, lead_id=key)
    assert row.response_due_at == datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    answered = datetime(2026, 11, 23, 8, 20, tzinfo=UTC)
    answer_lead(actor=cast.seller, lead_id=key, kind="call", body="Called, she wants a date.", now=answered)
    answer_lead(actor=cast.seller, lead_id=key, kind="email", body="And an e-mail.", now=answered + timedelta(hours=1))
    row = get_lead(actor=cast.seller, lead_id=key)
    assert (row.responded_at, row.owner_id, row.responded_by_name) == (answered, cast.seller.person_id, "Mara Klein")


@given(st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1), timezones=st.just(UTC)), st.integers(1, 3000), st.integers(1, 600))
def test_more_minutes_of_work_never_end_earlier_and_end_inside_office_hours(start, minutes, more):
    first = add_working_minutes(start, minutes, calendar=STANDARD_CALENDAR, zone="Europe/Berlin")
    second = add_working_minutes(start, minutes + more, calendar=STANDARD_CALENDAR, zone="Europe/Berlin")
    assert start < first < second or first <= second
    assert STANDARD_CALENDAR.is_working_day(first.date())


def test_an_answer_logged_elsewhere_stops_the_clock_too_but_their_own_mail_does_not():
    cast = make_cast()
    key = add(cast.seller)
    for direction, stopped in (("in", False), ("out", True)):
        entry = NewCommunication(kind=CommunicationKind.EMAIL, refs=(Ref("sales.lead", key),), body="Hello", happened_at=NOW, direction=direction)
        log_communications(actor=cast.teammate, entries=[entry], now=NOW)
        while deliver_pending(now=NOW):
            pass
        assert (get_lead(actor=cast.seller, lead_id=key).responded_at is not None) is stopped


def test_converting_makes_company_contact_and_deal_and_loses_nothing():
    cast = make_cast()
    create_campaigns(actor=cast.marketer, campaigns=[NewCampaign("Newsletter November")], now=NOW)
    key = add(cast.seller)
    change_lead(actor=cast.seller, lead_id=key, changes={"qualification": {"timing": Finding("clear", "14 May")}}, now=NOW)
    answer_lead(actor=cast.seller, lead_id=key, kind="email", body="14 May is realistic.", now=NOW)
    done = convert_lead(actor=cast.seller, lead_id=key, conversion=Conversion(next_action=CALL, deal_name="Second showroom"), now=NOW)
    deal = get_deal(actor=cast.seller, deal_id=done.deal_id)
    contact = get_contact(actor=cast.seller, contact_id=done.contact_id)
    assert (deal.name, deal.company_name, deal.source, deal.next_action.note) == ("Second showroom", "Pellworth Ceramics", "Website form", "Call Signe")
    assert (contact.name, contact.email, contact.phone, contact.title) == ("Signe Holt", "signe@pellworth.test", "+45 5550 1084", "Owner")
    for ref in (Ref("sales.deal", done.deal_id), Ref("clients.company", done.company_id)):
        said = {entry.body for entry in list_communications(actor=cast.seller, refs=[ref])}
        assert said == {"We open a second showroom in May.", "14 May is realistic."}
        assert [touch.campaign_name for touch in list_touches(ref=ref)] == ["Newsletter November"]
    again = convert_lead(actor=cast.seller, lead_id=key, conversion=Conversion(next_action=None), now=NOW)
    assert again.is_replayed
    assert (again.deal_id, again.company_id, again.contact_id) == (done.deal_id, done.company_id, done.contact_id)


def test_a_refused_conversion_leaves_no_half_of_anything():
    cast = make_cast()
    key = add(cast.seller)
    with pytest.raises(Refused) as refusal:
        convert_lead(actor=cast.seller, lead_id=key, conversion=Conversion(next_action=None), now=NOW)
    assert refusal.value.errors[0].field == "next_action"
    assert get_lead(actor=cast.seller, lead_id=key).status == "open"
    with pytest.raises(Refused):
        convert_lead(actor=cast.seller, lead_id=key, conversion=Conversion(next_action=CALL, company_id=987654), now=NOW)


def test_a_known_company_and_contact_are_named_and_can_be_linked():
    cast = make_cast()
    sale = make_sale(cast)
    key = add(cast.seller, NewLead(name="Hanne D.", company_name="Northwind Robotics GmbH", email="hanne@northwind.test"))
    companies, contacts, _ = find_same(actor=cast.seller, lead=get_lead(actor=cast.seller, lead_id=key))
    assert ([one.id for one in companies], [one.id for one in contacts]) == ([sale.company_id], [sale.contact_id])
    wanted = Conversion(next_action=CALL, company_id=sale.company_id, contact_id=sale.contact_id)
    done = convert_lead(actor=cast.seller, lead_id=key, conversion=wanted, now=NOW)
    assert (done.company_id, done.contact_id) == (sale.company_id, sale.contact_id)


def test_what_the_lead_knows_fills_what_is_empty_on_a_known_company_and_contact_and_replaces_nothing():
    cast = make_cast()
    sale = make_sale(cast)
    change_company(actor=cast.seller, company_id=sale.company_id, changes={"country": "Denmark", "domain": "", "industry": ""}, version=None, now=NOW)
    change_contact(actor=cast.seller, contact_id=sale.contact_id, changes={"title": ""}, version=None, now=NOW)
    before = get_contact_card(actor=cast.seller, contact_id=sale.contact_id)
    lead = NewLead(
        name="Hanne Dahl", company_name="Northwind", email="hanne.new@northwind.test", phone="+45 5550 9999", title="Head of Digital",
        website="www.northwind-shop.test", country="Norway", industry="Robotics", employees=80, source="Fair",
    )
    key = add(cast.seller, lead)
    convert_lead(actor=cast.seller, lead_id=key, conversion=Conversion(next_action=CALL, company_id=sale.company_id, contact_id=sale.contact_id), now=NOW)
    company = get_company(actor=cast.seller, company_id=sale.company_id)
    assert (company.domain, company.country, company.industry, company.source) == ("northwind-shop.test", "Denmark", "Robotics", "Fair")
    after = get_contact_card(actor=cast.seller, contact_id=sale.contact_id)
    assert after.contact.title == "Head of Digital"
    assert {point.value for point in before.points if point.is_primary} <= {point.value for point in after.points if point.is_primary}
    assert {"hanne.new@northwind.test", "+45 5550 9999"} <= {point.value for point in after.points}
    fresh = convert_lead(actor=cast.seller, lead_id=add(cast.seller), conversion=Conversion(next_action=CALL), now=NOW)
    assert get_company(actor=cast.seller, company_id=fresh.company_id).source == "Website form"
    assert get_contact(actor=cast.seller, contact_id=fresh.contact_id).source == "Website form"


def test_the_houses_own_fields_of_a_lead_go_to_the_fields_of_the_same_key():
    cast = make_cast()
    for noun in ("sales.lead", "sales.deal", "clients.company"):
        add_field(actor=cast.owner, new=NewField(noun, "Branches", FieldKind.NUMBER), now=NOW)
    add_field(actor=cast.owner, new=NewField("sales.lead", "System", FieldKind.CHOICE, choices=("A", "B")), now=NOW)
    add_field(actor=cast.owner, new=NewField("sales.deal", "System", FieldKind.CHOICE, choices=("B", "C")), now=NOW)
    key = add(cast.seller)
    set_values(actor=cast.seller, ref=Ref("sales.lead", key), values={"branches": 3, "system": "A"}, now=NOW)
    done = convert_lead(actor=cast.seller, lead_id=key, conversion=Conversion(next_action=CALL), now=NOW)
    held = {
        noun: {one.field.key: one.value for one in list_values(actor=cast.seller, ref=Ref(noun, record)) if one.field.key != "tags"}
        for noun, record in (("sales.deal", done.deal_id), ("clients.company", done.company_id))
    }
    assert held == {"sales.deal": {"branches": 3, "system": None}, "clients.company": {"branches": 3}}


def test_a_lead_is_changed_by_its_owner_and_by_everybody_while_nobody_owns_it():
    cast = make_cast()
    key = add(cast.seller)
    change_lead(actor=cast.teammate, lead_id=key, changes={"owner_id": cast.seller.person_id}, now=NOW)
    with pytest.raises(NotAllowed):
        change_lead(actor=cast.teammate, lead_id=key, changes={"source": "Mine"}, now=NOW)
    with pytest.raises(NotFound):
        change_lead(actor=cast.manager, lead_id=key, changes={"source": "Mine"}, now=NOW)
    with pytest.raises(Stale):
        change_lead(actor=cast.seller, lead_id=key, changes={"source": "Mine"}, version=1, now=NOW)


def test_a_lead_that_is_no_fit_is_put_away_with_its_reason_and_can_come_back():
    cast = make_cast()
    key = add(cast.seller)
    with pytest.raises(Refused):
        close_lead(actor=cast.seller, lead_id=key, reason=" ", now=NOW)
    assert close_lead(actor=cast.seller, lead_id=key, reason="Sells to us", now=NOW)
    assert not close_lead(actor=cast.seller, lead_id=key, reason="Again", now=NOW)
    with pytest.raises(Conflict):
        change_lead(actor=cast.seller, lead_id=key, changes={"source": "x"}, now=NOW)
    reopen_lead(actor=cast.seller, lead_id=key, now=NOW)
    assert get_lead(actor=cast.seller, lead_id=key).status == "open"


def test_the_chips_count_what_they_show():
    cast = make_cast()
    add(cast.seller, now=NOW - timedelta(days=2))
    answered = add(cast.seller)
    answer_lead(actor=cast.seller, lead_id=answered, kind="call", body="Called.", now=NOW)
    close_lead(actor=cast.seller, lead_id=add(cast.seller), reason="Spam", now=NOW)
    counts = count_views(actor=cast.seller, where=LeadFilter(), now=NOW)
    for view in ("late", "to_answer", "mine", "unowned", "open", "converted", "closed"):
        rows = list_leads(actor=cast.seller, where=LeadFilter(view=view), now=NOW)
        assert getattr(counts, view) == len(rows), view
    assert (counts.late, counts.to_answer, counts.mine, counts.unowned, counts.open, counts.closed) == (1, 1, 1, 1, 2, 1)


def test_figures_keep_cycles_that_ran_backwards():
    day = date(2026, 1, 10)
    found = figures_of([(day, day + timedelta(days=14)), (day, day - timedelta(days=3)), (day, None), (day, day + timedelta(days=20))])
    assert (found.leads, found.converted, found.share, found.median_days, found.backwards) == (4, 3, 75.0, 14.0, 1)


def web_form(cast, **changes):
    fields = (FormField("name", "Name", "text", True), FormField("email", "E-mail", "email", True), FormField("budget", "Budget", "choice", False, ("Little", "Much")),
              FormField("message", "What is it about?", "long_text"))
    key = save_form(actor=cast.marketer, form=NewLeadForm(name="Website", title="Talk to us", fields=fields, **changes), now=NOW)
    return get_form(actor=cast.marketer, form_id=key)


def sent(now=NOW, **changes):
    answers = {"name": "Signe Holt", "email": "signe@pellworth.test", "budget": "Much", "message": "A shop."} | changes.pop("answers", {})
    return SentForm(**{"answers": answers, "trap": "", "opened_at": now - timedelta(seconds=40), "sender": "10.0.0.1", **changes})


def test_a_form_makes_a_scored_lead_with_its_source_campaign_and_findings():
    cast = make_cast()
    (campaign_id,) = create_campaigns(actor=cast.marketer, campaigns=[NewCampaign("Spring Fair")], now=NOW)
    form = web_form(cast, source="Website form")
    key = submit_form(key=form.key, sent=sent(utm={"campaign": "spring fair", "medium": "cpc"}), now=NOW)
    row = get_lead(actor=cast.seller, lead_id=key)
    assert (row.name, row.source, row.campaign_id, row.message, row.form_name) == ("Signe Holt", "Website form", campaign_id, "A shop.", "Website")
    assert row.qualification["budget"] == Finding("partly", "Much")
    assert row.response_due_at is not None


def test_machines_leave_no_lead_and_people_may_try_again():
    cast = make_cast()
    form = web_form(cast)
    assert submit_form(key=form.key, sent=sent(trap="x"), now=NOW) is None
    for changes, verdict in (({"opened_at": NOW - timedelta(seconds=1)}, "fast"), ({"opened_at": None}, "expired"), ({"opened_at": NOW - timedelta(days=9)}, "expired")):
        with pytest.raises(FormRefused) as refusal:
            submit_form(key=form.key, sent=sent(**changes), now=NOW)
        assert refusal.value.verdict == verdict
    assert list_leads(actor=cast.seller, where=LeadFilter(), now=NOW) == []
    with pytest.raises(Refused) as wrong:
        submit_form(key=form.key, sent=sent(answers={"email": "no", "budget": "Some"}), now=NOW)
    assert {error.field for error in wrong.value.errors} == {"email", "budget"}


def test_one_sender_is_slowed_down_and_others_are_not():
    cast = make_cast()
    form = web_form(cast)
    for _ in range(5):
        submit_form(key=form.key, sent=sent(), now=NOW)
    with pytest.raises(FormRefused, match="Too many"):
        submit_form(key=form.key, sent=sent(), now=NOW)
    assert submit_form(key=form.key, sent=sent(sender="10.0.0.2"), now=NOW)
    assert submit_form(key=form.key, sent=sent(NOW + timedelta(hours=2)), now=NOW + timedelta(hours=2))


def test_a_closed_form_is_gone():
    cast = make_cast()
    form = web_form(cast, is_open=False)
    with pytest.raises(NotFound):
        submit_form(key=form.key, sent=sent(), now=NOW)


def test_the_same_answers_sent_twice_are_one_lead_and_the_visitor_is_thanked_again():
    cast = make_cast()
    form = web_form(cast)
    first = submit_form(key=form.key, sent=sent(), now=NOW)
    assert submit_form(key=form.key, sent=sent(answers={"message": " a  SHOP."}), now=NOW + timedelta(seconds=2)) == first
    assert submit_form(key=form.key, sent=sent(NOW + timedelta(minutes=30), sender="10.0.0.7"), now=NOW + timedelta(minutes=30)) == first
    assert [row.id for row in list_leads(actor=cast.seller, where=LeadFilter(), now=NOW)] == [first]
    (shown,) = list_forms(actor=cast.marketer)
    assert (shown.accepted, shown.refused) == (1, 0)


def test_another_message_is_another_lead_and_so_are_the_same_words_later_or_from_somebody_else():
    cast = make_cast()
    form = web_form(cast)
    first = submit_form(key=form.key, sent=sent(), now=NOW)
    other = submit_form(key=form.key, sent=sent(answers={"message": "And a second shop."}), now=NOW + timedelta(minutes=1))
    somebody = submit_form(key=form.key, sent=sent(answers={"email": "ole@pellworth.test"}), now=NOW + timedelta(minutes=2))
    later = NOW + timedelta(days=2)
    again = submit_form(key=form.key, sent=sent(later), now=later)
    assert len({first, other, somebody, again}) == 4


def test_repeating_oneself_counts_against_the_limit_of_one_sender():
    cast = make_cast()
    form = web_form(cast)
    for second in range(5):
        submit_form(key=form.key, sent=sent(), now=NOW + timedelta(seconds=second))
    with pytest.raises(FormRefused, match="Too many"):
        submit_form(key=form.key, sent=sent(), now=NOW + timedelta(seconds=9))


def test_what_stood_for_the_answers_is_forgotten_with_time():
    cast = make_cast()
    form = web_form(cast)
    submit_form(key=form.key, sent=sent(), now=NOW)
    assert FormSubmission.objects.exclude(said_digest="").count() == 1
    prune_submissions(before=NOW + timedelta(days=1))
    assert (FormSubmission.objects.count(), FormSubmission.objects.exclude(said_digest="").count()) == (1, 0)
