"""What is personal is kept as long as a rule says, and not longer; nothing that is held or at work goes."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from tests.emails import email_bytes
from tests.people import NOW, Cast, make_cast, make_sale
from wonward.domains.clients.operations import note_consent
from wonward.domains.comms.operations import log_communications
from wonward.domains.comms.types import CommunicationKind, NewCommunication
from wonward.domains.sales.operations.deals import lose_deal
from wonward.domains.sales.operations.leads import create_leads
from wonward.domains.sales.types.leads import NewLead
from wonward.foundation.audit.operations import note_opening, seal_entries
from wonward.foundation.audit.queries import find_chain_faults
from wonward.foundation.database.queries import house_models, read_rows
from wonward.foundation.files.operations import link_document
from wonward.foundation.files.storage import current_storage
from wonward.foundation.jobs.runner import run_due_jobs
from wonward.foundation.mail.operations import queue_mail
from wonward.journeys.client_record.operations import store_email, take_in_email
from wonward.journeys.house.operations import (
    ask_for_retention,
    ask_to_erase_person,
    carry_out_retention,
    release_hold,
    set_hold,
    set_retention,
    trash_record,
)
from wonward.journeys.house.queries.retention import list_holds, list_rules, preview
from wonward.journeys.house.rules.retention import KEEPING, moment_before
from wonward.journeys.house.types import RetentionKey, WhyKept
from wonward.kernel.errors import Conflict, NotAllowed, NotFound, Refused, Stale
from wonward.kernel.ref import Ref

LATER = NOW + timedelta(days=5 * 366)
MOMENTS = st.datetimes(datetime(2001, 1, 1), datetime(2060, 1, 1))  # noqa: DTZ001


@pytest.fixture
def cast(db: None, tmp_path: Path) -> Any:
    with override_settings(DATA_DIR=tmp_path):
        yield make_cast()


def _on(cast: Cast, *keys: RetentionKey, months: int = 24) -> None:
    for key in keys:
        set_retention(actor=cast.owner, key=key, is_on=True, months=months, now=NOW)


def _due(cast: Cast, key: RetentionKey, *, months: int = 24, now: datetime = LATER) -> dict[str, WhyKept]:
    return {row.name: row.why_kept for row in preview(actor=cast.owner, key=key, months=months, now=now).rows}


def _lost(cast: Cast, **more: str) -> Any:
    sale = make_sale(cast, **more)
    lose_deal(actor=cast.seller, deal_id=sale.deal_id, reason="Price", now=NOW)
    return sale


@given(MOMENTS, st.integers(0, 240), st.integers(0, 240))
def test_more_months_are_never_later_and_months_add_up(now, few, more):
    assert moment_before(now, few + more) <= moment_before(now, few)
    assert (now.year * 12 + now.month) - (moment_before(now, few).year * 12 + moment_before(now, few).month) == few
    assert moment_before(now, 0) == now


def test_nothing_goes_until_somebody_turns_a_rule_on(cast):
    _lost(cast)
    create_leads(actor=cast.seller, leads=[NewLead("Ada Old", email="ada@old.test")], now=NOW)
    assert [row.is_on for row in list_rules(actor=cast.owner)] == [False] * len(RetentionKey)
    assert carry_out_retention(now=LATER) == {}
    assert [row["name"] for row in read_rows("sales.lead")] == ["Ada Old"]


def test_the_preview_lists_what_would_go_and_what_stays_with_why_and_changes_nothing(cast):
    closed, still_open, held = create_leads(actor=cast.seller, now=NOW, leads=[NewLead("Closed"), NewLead("Open"), NewLead("Held")])
    house_models()["sales.lead"]._base_manager.filter(pk__in=[closed, held]).update(status="closed", closed_date=NOW.date())
    set_hold(actor=cast.owner, ref=Ref("sales.lead", held), reason="A dispute", now=NOW)
    before = list(read_rows("sales.lead"))
    assert _due(cast, RetentionKey.LEADS) == {"Closed": WhyKept.NOTHING, "Open": WhyKept.OPEN_WORK, "Held": WhyKept.HELD}
    shown = preview(actor=cast.owner, key=RetentionKey.LEADS, months=24, now=LATER, limit=1)
    assert (shown.going, shown.kept, len(shown.rows)) == (1, 2, 1)
    assert _due(cast, RetentionKey.LEADS, months=120) == {}
    assert list(read_rows("sales.lead")) == before


def test_a_lead_that_never_became_a_deal_loses_who_it_was_and_stays_a_number(cast):
    (lead_id,) = create_leads(
        actor=cast.seller, now=NOW, leads=[NewLead("Ada Old", email="ada@old.test", phone="+47 22", message="Call me", source="Fair")]
    )
    house_models()["sales.lead"]._base_manager.update(status="closed", closed_date=NOW.date())
    _on(cast, RetentionKey.LEADS)
    seal_entries()
    assert carry_out_retention(now=NOW + timedelta(days=300)) == {RetentionKey.LEADS: 0}
    assert carry_out_retention(now=LATER) == {RetentionKey.LEADS: 1}
    (row,) = read_rows("sales.lead", where={"id": lead_id})
    assert (row["name"], row["email"], row["phone"], row["message"], row["source"]) == ("Erased person", "", "", "", "Fair")
    assert [one for one in read_rows("audit.auditentry", where={"noun": "sales.lead"}) if "Ada" in str(one["changes"])] == []
    assert list(read_rows("search.entry", where={"ref_noun": "sales.lead"})) == []
    assert carry_out_retention(now=LATER) == {RetentionKey.LEADS: 0}
    seal_entries()
    assert find_chain_faults() == []
    told = [one for one in read_rows("audit.auditentry") if one["operation"] == "house.retention.carry_out"]
    assert [(one["actor_label"], one["changes"]) for one in told] == [("Retention", {"leads": [None, 1]})]


def test_people_known_only_from_lost_deals_are_erased_and_others_stay(cast):
    sale = _lost(cast)
    other = make_sale(cast, name="Another", company="Still Talking")
    assert sale.contact_id != other.contact_id
    assert _due(cast, RetentionKey.CONTACTS, months=36) == {"Hanne Dahl": WhyKept.NOTHING}
    _on(cast, RetentionKey.CONTACTS, months=36)
    assert carry_out_retention(now=LATER) == {RetentionKey.CONTACTS: 1}
    names = {row["id"]: row["name"] for row in read_rows("clients.contact")}
    assert (names[sale.contact_id], names[other.contact_id]) == ("Erased person", "Hanne Dahl")


@pytest.mark.parametrize("tie", ["word", "consent", "hold", "company_hold"])
def test_whoever_is_held_agreed_or_was_spoken_to_stays(cast, tie):
    sale = _lost(cast)
    ref = Ref("clients.contact", sale.contact_id)
    if tie == "word":
        said = NewCommunication(CommunicationKind.NOTE, (ref,), "We spoke.", LATER - timedelta(days=30))
        log_communications(actor=cast.seller, entries=[said], now=NOW)
    elif tie == "consent":
        note_consent(actor=cast.seller, contact_id=sale.contact_id, purpose="newsletter", state="given", basis="consent", now=NOW)
    else:
        set_hold(actor=cast.owner, ref=ref if tie == "hold" else Ref("clients.company", sale.company_id), reason="A dispute", now=NOW)
    house_models()["clients.contact"]._base_manager.update(updated_at=NOW)
    expected = {"word": {}, "consent": {"Hanne Dahl": WhyKept.CONSENT}}.get(tie, {"Hanne Dahl": WhyKept.HELD})
    assert _due(cast, RetentionKey.CONTACTS, months=36) == expected
    _on(cast, RetentionKey.CONTACTS, months=36)
    assert carry_out_retention(now=LATER) == {RetentionKey.CONTACTS: 0}


def test_old_entries_of_the_log_lose_their_words_but_not_those_of_work_that_goes_on(cast):
    lost, live = _lost(cast), make_sale(cast, name="Another", company="Still Talking")
    for sale, words in ((lost, "She is ill."), (live, "He likes tea.")):
        said = NewCommunication(CommunicationKind.NOTE, (Ref("sales.deal", sale.deal_id),), words, NOW, subject="Aside")
        log_communications(actor=cast.seller, entries=[said], now=NOW)
    run_due_jobs(now=NOW)
    _on(cast, RetentionKey.LOG)
    assert carry_out_retention(now=LATER) == {RetentionKey.LOG: 1}
    bodies = [row["body"] for row in read_rows("comms.communication") if not row["is_automatic"]]
    assert bodies == ["[erased]", "He likes tea."]
    assert "ill" not in " ".join(str(row["changes"]) for row in read_rows("audit.auditentry", where={"noun": "comms.communication"}))


def test_the_whole_of_an_old_e_mail_goes_with_its_words_unless_somebody_hung_it_elsewhere(cast, django_capture_on_commit_callbacks):
    lost = _lost(cast)
    deal, company = Ref("sales.deal", lost.deal_id), Ref("clients.company", lost.company_id)
    for number, headers in enumerate(({}, {"Auto_Submitted": "auto-replied"})):
        content = email_bytes("She is ill.", message_id=f"<{number}@x.test>", subject=f"Aside {number}", files={f"{number}.txt": b"of her %d" % number, "same.txt": b"kept"}, **headers)
        take_in_email(actor=cast.seller, arrived=store_email(actor=cast.seller, content=content), refs=[deal], now=NOW)
    by_name = {row["name"]: row for row in read_rows("files.document")}
    link_document(actor=cast.seller, document_id=by_name["same.txt"]["id"], refs=[company], now=NOW)
    blobs = {row["id"]: row["sha256"] for row in read_rows("files.blob")}
    run_due_jobs(now=NOW)
    _on(cast, RetentionKey.LOG)
    with django_capture_on_commit_callbacks(execute=True):
        assert carry_out_retention(now=LATER) == {RetentionKey.LOG: 2}
    assert [row["name"] for row in read_rows("files.document")] == ["same.txt"]
    for name, row in by_name.items():
        assert (current_storage().find_size(blobs[row["blob_id"]]) is not None) == (name == "same.txt"), name
    assert carry_out_retention(now=LATER) == {RetentionKey.LOG: 0}


def test_inboxes_mail_sign_ins_exports_and_openings_are_cleared(cast):
    house_models()["access.signin"]._base_manager.create(user_id=cast.seller.user_id, address="10.0.0.9", browser="B", created_at=NOW)
    house_models()["notifications.thread"]._base_manager.create(
        user_id=cast.seller.user_id, noun="sales.deal", ref_id=1, title="Hanne wrote", reason="follows", last_at=NOW
    )
    queue_mail(actor=cast.owner, to="hanne@x.test", subject="Hello", text="Words", now=NOW)
    house_models()["mail.outgoingmail"]._base_manager.update(state="sent", sent_at=NOW)
    house_models()["house.errand"]._base_manager.create(kind="export", state="gone", asked_by="Olga", created_at=NOW, finished_at=NOW)
    note_opening(actor=cast.owner, what="exported", detail="contacts", now=NOW)
    keys = (RetentionKey.SIGN_INS, RetentionKey.NOTICES, RetentionKey.MAIL, RetentionKey.EXPORTS, RetentionKey.OPENINGS)
    _on(cast, *keys)
    for key in keys:
        assert preview(actor=cast.owner, key=key, months=24, now=LATER).going == 1, key
    assert carry_out_retention(now=LATER) == dict.fromkeys(keys, 1)
    for table in ("access.signin", "notifications.thread", "mail.outgoingmail", "house.errand", "audit.opening"):
        assert list(read_rows(table)) == [], table


def test_a_hold_keeps_a_person_and_what_lies_in_the_trash_until_it_is_released(cast):
    sale = _lost(cast)
    hold_id = set_hold(actor=cast.owner, ref=Ref("clients.company", sale.company_id), reason="A dispute", now=NOW)
    with pytest.raises(Conflict, match="legal hold"):
        ask_to_erase_person(actor=cast.owner, contact_id=sale.contact_id, reason="Asked", now=NOW)
    with pytest.raises(Conflict, match="legal hold"):
        trash_record(actor=cast.owner, ref=Ref("sales.deal", sale.deal_id), now=NOW)
    with pytest.raises(Conflict, match="already"):
        set_hold(actor=cast.owner, ref=Ref("clients.company", sale.company_id), reason="Again", now=NOW)
    assert [row.reason for row in list_holds(actor=cast.owner)] == ["A dispute"]
    release_hold(actor=cast.owner, hold_id=hold_id, now=NOW)
    assert list_holds(actor=cast.owner)[0].released_by == "Olga Owner"
    with pytest.raises(NotFound):
        release_hold(actor=cast.owner, hold_id=hold_id, now=NOW)
    ask_to_erase_person(actor=cast.owner, contact_id=sale.contact_id, reason="Asked", now=NOW)


def test_rules_and_holds_need_the_right_and_sense(cast):
    sale = make_sale(cast)
    ref = Ref("clients.company", sale.company_id)
    for call in (
        lambda who: list_rules(actor=who), lambda who: list_holds(actor=who), lambda who: ask_for_retention(actor=who, now=NOW),
        lambda who: preview(actor=who, key=RetentionKey.LEADS, months=24, now=NOW),
        lambda who: set_retention(actor=who, key=RetentionKey.LEADS, is_on=True, months=24, now=NOW),
        lambda who: set_hold(actor=who, ref=ref, reason="x", now=NOW), lambda who: release_hold(actor=who, hold_id=1, now=NOW),
    ):
        for who in (cast.seller, cast.leader, cast.member):
            with pytest.raises(NotAllowed):
                call(who)
    for key in RetentionKey:
        for months in (KEEPING[key].shortest - 1, 241, -5):
            with pytest.raises(Refused):
                set_retention(actor=cast.owner, key=key, is_on=True, months=months, now=NOW)
    with pytest.raises(Refused):
        set_hold(actor=cast.owner, ref=ref, reason="  ", now=NOW)
    with pytest.raises(NotFound):
        set_hold(actor=cast.owner, ref=Ref("clients.company", 424242), reason="x", now=NOW)
    set_retention(actor=cast.owner, key=RetentionKey.LEADS, is_on=True, months=12, version=0, now=NOW)
    with pytest.raises(Stale):
        set_retention(actor=cast.owner, key=RetentionKey.LEADS, is_on=False, months=12, version=0, now=NOW)


def test_asking_lets_the_rules_work_before_the_night(cast):
    create_leads(actor=cast.seller, leads=[NewLead("Ada Old")], now=NOW)
    house_models()["sales.lead"]._base_manager.update(status="closed", closed_date=NOW.date())
    _on(cast, RetentionKey.LEADS)
    ask_for_retention(actor=cast.owner, now=LATER)
    run_due_jobs(now=LATER)
    assert [row["name"] for row in read_rows("sales.lead")] == ["Erased person"]
    (rule,) = [row for row in list_rules(actor=cast.owner) if row.key is RetentionKey.LEADS]
    assert (rule.done_count, rule.kept_count, rule.ran_at) == (1, 0, LATER)
