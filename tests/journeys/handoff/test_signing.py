"""A client signs: the contract stands at once; a complete brief wins the deal in the same moment; our gaps refuse nothing."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from tests.edges.api.client import Api
from tests.edges.web.sales.desk import sign_in
from tests.people import NOW, make_cast, make_sale
from wonward.domains.sales.models import Contract, ProposalLink
from wonward.domains.sales.operations.next_actions import save_brief
from wonward.domains.sales.operations.proposals import (
    ask_about_proposal,
    comment_on_proposal,
    create_proposal,
    note_opening,
    revoke_links,
    save_proposal,
    send_proposal,
    token_digest_of,
)
from wonward.domains.sales.operations.signing import LinkExpired
from wonward.domains.sales.queries.deals import get_deal, list_lines
from wonward.domains.sales.queries.documents import draw_proposal
from wonward.domains.sales.queries.proposals import (
    get_proposal,
    get_public_proposal,
    list_signed_without_brief,
)
from wonward.domains.sales.rules.proposals import differences, read_back, stored, sums_of
from wonward.domains.sales.types import NextAction
from wonward.domains.sales.types.proposals import ProposalContent, ProposalLine, Signature
from wonward.domains.staff.operations import change_house
from wonward.foundation.audit.models import AuditEntry
from wonward.foundation.events.dispatcher import deliver_pending
from wonward.foundation.files.storage import put_stream
from wonward.journeys.handoff.invariants import check_won_deals_have_one_handoff
from wonward.journeys.handoff.operations import accept_proposal, close_deal_as_won, reopen_won_deal
from wonward.journeys.handoff.queries import list_baselines, list_scope_changes, preview_win
from wonward.journeys.promises.operations import settle_promise
from wonward.journeys.promises.queries import list_promises
from wonward.kernel.errors import Conflict, NotAllowed, NotFound, Refused
from wonward.kernel.money import Money

pytestmark = pytest.mark.django_db
HANNE = Signature("Hanne Dahl", "hanne@northwind.test", "203.0.113.9", is_agreed=True)


def money(amount):
    return Money(amount * 100, "EUR")


def paper(words="signed"):
    return put_stream(io.BytesIO(f"%PDF {words}".encode()))


def offer(cast, sale, **changes):
    """A sent proposal with one service and one option; returns its id and the token."""
    key = create_proposal(actor=cast.seller, deal_id=sale.deal_id, now=NOW)
    first = get_proposal(actor=cast.seller, proposal_id=key, now=NOW).content
    lines = (replace(first.lines[0], promise="42 templates in two languages"),
             ProposalLine("Care plan", Decimal(12), money(800), is_option=True, promise="Answers within four hours"))
    content = replace(first, lines=lines, recipient="Hanne Dahl", kickoff_date=date(2026, 12, 1), finish_date=date(2027, 3, 19), **changes)
    save_proposal(actor=cast.seller, proposal_id=key, content=content, now=NOW)
    return key, send_proposal(actor=cast.seller, proposal_id=key, valid_until=date(2026, 12, 18), now=NOW)


def test_while_delivery_is_off_a_signature_wins_the_deal_without_a_brief_and_without_a_handoff():
    cast = make_cast()
    sale = make_sale(cast)
    _, token = offer(cast, sale)
    change_house(actor=cast.owner, changes={"areas": {"sales": True, "delivery": False}}, now=NOW)
    done = accept_proposal(token=token, signature=HANNE, document=paper(), now=NOW)
    assert (done.is_won, done.handoff_id) == (True, None)
    assert get_deal(actor=cast.seller, deal_id=sale.deal_id).status == "won"
    assert check_won_deals_have_one_handoff() == []
    again = accept_proposal(token=token, signature=HANNE, document=paper(), now=NOW)
    assert (again.is_won, again.handoff_id, again.is_replayed) == (True, None, True)


def test_a_complete_brief_wins_the_deal_in_the_moment_of_the_signature():
    cast = make_cast()
    sale = make_sale(cast)
    _, token = offer(cast, sale)
    save_brief(actor=cast.seller, deal_id=sale.deal_id, answers={"no_constraints": True}, now=NOW)
    done = accept_proposal(token=token, signature=replace(HANNE, chosen=frozenset([1])), document=paper(), now=NOW)
    assert done.is_won
    assert done.handoff_id
    deal = get_deal(actor=cast.seller, deal_id=sale.deal_id)
    assert (deal.status, deal.value) == ("won", money(84_000 + 9_600))
    said = {row.text for row in list_promises(actor=cast.seller, deal_id=sale.deal_id)}
    assert {"42 templates in two languages", "Answers within four hours"} <= said
    entry = AuditEntry.objects.get(operation="sales.deal.win")
    assert (entry.actor_label, entry.on_behalf_of, entry.via) == ("Hanne Dahl", "Mara Klein", "portal")


def test_a_signature_is_never_refused_for_our_gaps():
    cast = make_cast()
    sale = make_sale(cast)
    _, token = offer(cast, sale)
    done = accept_proposal(token=token, signature=HANNE, document=paper(), now=NOW)
    assert (done.is_won, done.handoff_id) == (False, None)
    deal = get_deal(actor=cast.seller, deal_id=sale.deal_id)
    assert (deal.status, deal.next_action.due_date, deal.next_action.note) == ("open", NOW.date(), "Complete the brief: the contract is signed")
    assert [row[0] for row in list_signed_without_brief(actor=cast.leader)] == [sale.deal_id]
    contract = Contract.objects.get()
    assert (contract.signer_name, contract.signer_address, contract.document_sha256) == ("Hanne Dahl", "203.0.113.9", paper().sha256)
    preview = preview_win(actor=cast.seller, deal_id=sale.deal_id, kickoff_date=sale.brief().kickoff_date, brief=sale.brief())
    won = close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
    assert len(preview.projects) == len(won.project_ids)
    assert list_signed_without_brief(actor=cast.leader) == []


def told(cast, sale):
    """What the ledger of the deal says of the offer's lines: text → state and who said it."""
    rows = list_promises(actor=cast.seller, deal_id=sale.deal_id)
    return {row.text: (row.state, row.speaker) for row in rows if row.key != "finish"}


def test_what_is_offered_is_a_draft_until_it_is_signed_and_says_where_it_stands():
    cast = make_cast()
    sale = make_sale(cast)
    key, token = offer(cast, sale)
    deliver_pending(now=NOW)
    deliver_pending(now=NOW)
    number = get_proposal(actor=cast.seller, proposal_id=key, now=NOW).row.number
    assert told(cast, sale) == {"42 templates in two languages": ("draft", f"{number}, version 1")}
    accept_proposal(token=token, signature=replace(HANNE, chosen=frozenset([1])), document=paper(), now=NOW)
    assert told(cast, sale) == {
        "42 templates in two languages": ("confirmed", f"{number}, version 1"), "Answers within four hours": ("confirmed", "Hanne Dahl"),
    }


def test_a_newer_version_takes_back_what_it_does_not_say_any_more():
    cast = make_cast()
    sale = make_sale(cast)
    key, _ = offer(cast, sale)
    deliver_pending(now=NOW)
    content = get_proposal(actor=cast.seller, proposal_id=key, now=NOW).content
    lines = (replace(content.lines[0], promise="40 templates in one language"), *content.lines[1:])
    save_proposal(actor=cast.seller, proposal_id=key, content=replace(content, lines=lines), now=NOW)
    send_proposal(actor=cast.seller, proposal_id=key, valid_until=date(2026, 12, 18), now=NOW + timedelta(hours=1))
    deliver_pending(now=NOW + timedelta(hours=1))
    assert {text: state for text, (state, _) in told(cast, sale).items()} == {
        "42 templates in two languages": "waived", "40 templates in one language": "draft",
    }
    (gone,) = [row for row in list_promises(actor=cast.seller, deal_id=sale.deal_id) if row.state == "waived"]
    assert gone.state_reason.endswith("version 2 does not say it any more.")


def test_a_win_without_a_signature_takes_along_what_was_offered():
    cast = make_cast()
    sale = make_sale(cast)
    offer(cast, sale)
    deliver_pending(now=NOW)
    close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
    assert told(cast, sale)["42 templates in two languages"][0] == "confirmed"


def test_a_win_before_anybody_was_told_of_the_offer_takes_it_along_all_the_same():
    cast = make_cast()
    sale = make_sale(cast)
    offer(cast, sale)
    close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
    assert told(cast, sale)["42 templates in two languages"][0] == "confirmed"
    deliver_pending(now=NOW)
    assert [state for state, _ in told(cast, sale).values()] == ["confirmed"]


def test_every_proposal_that_went_out_is_drafted_whichever_came_last():
    cast = make_cast()
    sale = make_sale(cast)
    offer(cast, sale)
    second = create_proposal(actor=cast.seller, deal_id=sale.deal_id, now=NOW)
    content = get_proposal(actor=cast.seller, proposal_id=second, now=NOW).content
    lines = (replace(content.lines[0], promise="A film of two minutes"),)
    save_proposal(actor=cast.seller, proposal_id=second, content=replace(content, lines=lines, recipient="Hanne Dahl"), now=NOW)
    send_proposal(actor=cast.seller, proposal_id=second, valid_until=date(2026, 12, 18), now=NOW + timedelta(hours=1))
    deliver_pending(now=NOW + timedelta(hours=1))
    assert {text: state for text, (state, _) in told(cast, sale).items()} == {
        "42 templates in two languages": "draft", "A film of two minutes": "draft",
    }


def test_an_option_left_out_of_the_signature_is_not_drafted_by_late_news_nor_by_the_win():
    cast = make_cast()
    sale = make_sale(cast)
    key = create_proposal(actor=cast.seller, deal_id=sale.deal_id, now=NOW)
    first = get_proposal(actor=cast.seller, proposal_id=key, now=NOW).content
    option = ProposalLine("Care plan", Decimal(12), money(800), is_option=True, is_chosen=True, promise="Answers within four hours")
    save_proposal(actor=cast.seller, proposal_id=key, content=replace(first, lines=(*first.lines, option), recipient="Hanne Dahl"), now=NOW)
    token = send_proposal(actor=cast.seller, proposal_id=key, valid_until=date(2026, 12, 18), now=NOW)
    accept_proposal(token=token, signature=replace(HANNE, chosen=frozenset()), document=paper(), now=NOW)
    deliver_pending(now=NOW)
    close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
    assert told(cast, sale) == {}


def test_a_draft_that_somebody_waived_does_not_come_back_with_the_win():
    cast = make_cast()
    sale = make_sale(cast)
    offer(cast, sale)
    deliver_pending(now=NOW)
    (draft,) = [row for row in list_promises(actor=cast.seller, deal_id=sale.deal_id) if row.state == "draft"]
    settle_promise(actor=cast.seller, promise_id=draft.id, state="waived", reason="They make the templates themselves.", now=NOW)
    close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
    assert {text: state for text, (state, _) in told(cast, sale).items()} == {"42 templates in two languages": "waived"}


def test_the_gate_is_filled_from_what_was_offered_and_says_so():
    cast = make_cast()
    sale = make_sale(cast)
    key, _ = offer(cast, sale)
    number = get_proposal(actor=cast.seller, proposal_id=key, now=NOW).row.number
    gate = sign_in(cast.seller).get(reverse("deal_won", args=[sale.deal_id])).content.decode()
    assert f"Filled from {number}, version 1" in gate
    assert 'value="2027-03-19"' in gate
    assert 'value="2026-12-01"' in gate
    assert re.search(r'name="scope_summary"[^>]*>\s*Website Northwind Robotics', gate)
    save_brief(actor=cast.seller, deal_id=sale.deal_id, answers={"scope_summary": "Ours", "promised_finish_date": date(2027, 4, 1)}, now=NOW)
    gate = sign_in(cast.seller).get(reverse("deal_won", args=[sale.deal_id])).content.decode()
    assert f"Filled from what you saved and from {number}, version 1" in gate
    assert 'value="2027-04-01"' in gate
    assert re.search(r'name="scope_summary"[^>]*>\s*Ours', gate)


def test_the_same_signature_twice_is_one_contract_and_one_project():
    cast = make_cast()
    sale = make_sale(cast)
    _, token = offer(cast, sale)
    save_brief(actor=cast.seller, deal_id=sale.deal_id, answers={"no_constraints": True}, now=NOW)
    first = accept_proposal(token=token, signature=HANNE, document=paper(), now=NOW)
    again = accept_proposal(token=token, signature=replace(HANNE, name="Somebody Else"), document=paper("other"), now=NOW + timedelta(days=60))
    assert again.is_replayed
    assert (again.contract_id, again.handoff_id, again.is_won) == (first.contract_id, first.handoff_id, True)
    assert Contract.objects.count() == 1


def test_an_option_left_out_is_neither_sold_nor_promised():
    cast = make_cast()
    sale = make_sale(cast)
    _, token = offer(cast, sale)
    accept_proposal(token=token, signature=HANNE, document=paper(), now=NOW)
    deal = get_deal(actor=cast.seller, deal_id=sale.deal_id)
    assert deal.value == money(84_000)
    assert [line.service_id for line in list_lines(deal=deal)] == [sale.service_id]
    assert "Answers within four hours" not in {row.text for row in list_promises(actor=cast.seller, deal_id=sale.deal_id)}


def test_expired_revoked_and_replaced_links_sign_nothing_and_say_so():
    cast = make_cast()
    sale = make_sale(cast)
    key, token = offer(cast, sale)
    with pytest.raises(LinkExpired, match="expired"):
        accept_proposal(token=token, signature=HANNE, document=paper(), now=NOW + timedelta(days=40))
    view = get_proposal(actor=cast.seller, proposal_id=key, now=NOW)
    save_proposal(actor=cast.seller, proposal_id=key, content=replace(view.content, discount_percent=Decimal(5)), now=NOW)
    newer = send_proposal(actor=cast.seller, proposal_id=key, valid_until=date(2026, 12, 18), now=NOW)
    with pytest.raises(LinkExpired, match="newer"):
        accept_proposal(token=token, signature=HANNE, document=paper(), now=NOW)
    revoke_links(actor=cast.seller, proposal_id=key, now=NOW)
    with pytest.raises(NotFound):
        accept_proposal(token=newer, signature=HANNE, document=paper(), now=NOW)
    assert Contract.objects.count() == 0


def test_a_signature_needs_a_name_and_consent_and_the_database_keeps_no_token():
    cast = make_cast()
    _, token = offer(cast, make_sale(cast))
    with pytest.raises(Refused) as refusal:
        accept_proposal(token=token, signature=Signature(" ", "no"), document=paper(), now=NOW)
    assert {error.field for error in refusal.value.errors} == {"name", "email", "is_agreed"}
    assert len(token) >= 22
    assert ProposalLink.objects.get().digest == token_digest_of(token) != token


def test_a_sent_version_is_frozen_and_the_next_one_tells_what_changed():
    cast = make_cast()
    key, _ = offer(cast, make_sale(cast))
    view = get_proposal(actor=cast.seller, proposal_id=key, now=NOW)
    lines = (replace(view.content.lines[0], unit_price=money(80_000)), ProposalLine("Photo shoot", Decimal(2), money(2_400)))
    assert save_proposal(actor=cast.seller, proposal_id=key, content=replace(view.content, lines=lines), now=NOW) == 2
    second = get_proposal(actor=cast.seller, proposal_id=key, now=NOW)
    assert {(one.kind, one.what) for one in second.differences} == {("changed", view.content.lines[0].name), ("added", "Photo shoot"), ("removed", "Care plan")}
    assert get_proposal(actor=cast.seller, proposal_id=key, number=1, now=NOW).content == view.content


def test_cost_and_margin_are_for_those_with_the_right_alone():
    cast = make_cast()
    key, token = offer(cast, make_sale(cast))
    seen, hidden = (get_proposal(actor=who, proposal_id=key, now=NOW) for who in (cast.leader, cast.seller))
    assert (seen.sums.cost, seen.sums.margin_percent) == (money(49_600), 41)
    assert (hidden.sums.cost, hidden.sums.margin_percent, hidden.content.lines[0].cost) == (None, None, None)
    public = get_public_proposal(digest=token_digest_of(token), now=NOW)
    assert (public.sums.cost, public.content.lines[0].cost) == (None, None)
    with pytest.raises(NotFound):
        get_proposal(actor=cast.manager, proposal_id=key, now=NOW)
    with pytest.raises(NotAllowed):
        save_proposal(actor=cast.teammate, proposal_id=key, content=seen.content, now=NOW)


def test_views_are_counted_only_when_asked_for_and_questions_reach_us():
    cast = make_cast()
    sale = make_sale(cast)
    key, token = offer(cast, sale)
    note_opening(token=token, now=NOW)
    tracked = send_proposal(actor=cast.seller, proposal_id=key, valid_until=date(2026, 12, 18), is_tracked=True, now=NOW)
    note_opening(token=tracked, now=NOW)
    assert [(link.is_tracked, link.opens) for link in get_proposal(actor=cast.seller, proposal_id=key, now=NOW).links] == [(True, 1), (False, 0)]
    ask_about_proposal(token=token, name="Hanne", text="Is support included?", now=NOW)
    comment_on_proposal(actor=cast.seller, proposal_id=key, text="Yes, for a year.", now=NOW)
    assert [(one.author, one.is_client) for one in get_public_proposal(digest=token_digest_of(token), now=NOW).comments] == [("Hanne", True), ("Mara Klein", False)]


def test_the_public_page_signs_and_seals_a_real_document():
    cast = make_cast()
    sale = make_sale(cast)
    _, token = offer(cast, sale, intro="<b>Words</b> of ours", terms="Fixed.\n#panic(\"no\")")
    ProposalLink.objects.update(expires_at=NOW + timedelta(days=3650))
    client = Client(enforce_csrf_checks=True)
    text = client.get(f"/p/{token}/").content.decode()
    assert "&lt;b&gt;Words" in text
    assert "€84,000" in text
    unseen = client.post(f"/p/{token}/", {"do": "sign", "name": "Hanne Dahl", "is_agreed": "on", "option": "1", "seen": "8400000"})
    assert unseen.status_code == 422
    assert 'name="seen" value="9360000"' in unseen.content.decode()
    refused = client.post(f"/p/{token}/", {"do": "sign", "name": "Hanne Dahl", "option": "1", "seen": "9360000"})
    assert refused.status_code == 422
    assert "€93,600" in refused.content.decode()
    signed = client.post(f"/p/{token}/", {"do": "sign", "name": "Hanne Dahl", "is_agreed": "on", "option": "1", "seen": "9360000"})
    assert signed.status_code == 200
    contract = Contract.objects.get()
    assert contract.document_sha256 in signed.content.decode()
    assert client.get(f"/p/{token}/file.pdf").content.startswith(b"%PDF")
    assert client.get("/p/unknown/").status_code == 404


def test_words_of_others_are_never_instructions_in_the_document():
    hostile = '#read("/etc/passwd") $x$ *b* _i_ [#panic("x")] "}'
    content = ProposalContent(hostile, (ProposalLine(hostile, Decimal(1), money(5), description=hostile),), hostile, hostile, hostile)
    drawn = draw_proposal(organisation=hostile, number="O-1", content=content, sums=sums_of(content, "EUR"), signature=(hostile, hostile, hostile, NOW))
    assert drawn.startswith(b"%PDF")


LINES = st.lists(
    st.builds(ProposalLine, name=st.sampled_from(["A", "B", "C"]), quantity=st.decimals("0.01", "99", places=2), unit_price=st.builds(money, st.integers(0, 9999)),
              is_option=st.booleans(), is_chosen=st.booleans(), effort_minutes=st.integers(0, 600)), max_size=6)
CONTENTS = st.builds(ProposalContent, title=st.just("T"), lines=LINES.map(tuple), discount_percent=st.decimals(0, 100, places=2), tax_percent=st.decimals(0, 30, places=1))


@given(CONTENTS)
def test_what_is_stored_reads_back_and_sums_agree(content):
    assert read_back(stored(content), "EUR", with_cost=True) == content
    sums = sums_of(content, "EUR")
    assert sums.net.minor - sums.discount.minor == sums.total.minor
    assert sums.total.minor + sums.tax.minor == sums.to_pay.minor
    assert 0 <= sums.total.minor <= sums.net.minor


@given(CONTENTS, CONTENTS)
def test_only_what_differs_is_told(before, after):
    assert differences(before, before) == ()
    kinds = {"added": "removed", "removed": "added", "changed": "changed"}
    assert sorted((kinds[one.kind], one.what) for one in differences(before, after)) == sorted((one.kind, one.what) for one in differences(after, before))


def test_words_an_option_ticked_and_whom_it_is_for_are_differences_too():
    line = ProposalLine("Website", Decimal(1), money(100), description="10 pages")
    option = ProposalLine("Care plan", Decimal(1), money(10), is_option=True)
    before = ProposalContent("T", (line, option), recipient="Hanne Dahl")
    after = ProposalContent("T", (replace(line, description="5 pages only"), replace(option, is_chosen=True)), recipient="Lars Bo")
    told_of = {one.what: (one.before, one.after) for one in differences(before, after)}
    assert set(told_of) == {"Website", "Care plan", "Recipient"}
    assert "10 pages" in told_of["Website"][0]
    assert "5 pages only" in told_of["Website"][1]
    assert told_of["Care plan"] == ("1 × 10.00 EUR, option", "1 × 10.00 EUR, option, chosen")
    assert told_of["Recipient"] == ("Hanne Dahl", "Lars Bo")
    other_service = differences(replace(before, lines=(replace(line, service_id=1),)), replace(before, lines=(replace(line, service_id=2),)))
    assert [(one.before, one.after) for one in other_service] == [("service 1", "service 2")]


def test_nothing_is_sent_without_a_line_or_on_a_closed_deal():
    cast = make_cast()
    sale = make_sale(cast)
    key = create_proposal(actor=cast.seller, deal_id=sale.deal_id, now=NOW)
    view = get_proposal(actor=cast.seller, proposal_id=key, now=NOW)
    save_proposal(actor=cast.seller, proposal_id=key, content=replace(view.content, lines=()), now=NOW)
    with pytest.raises(Refused):
        send_proposal(actor=cast.seller, proposal_id=key, valid_until=date(2026, 12, 18), now=NOW)
    close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
    with pytest.raises(Conflict):
        create_proposal(actor=cast.seller, deal_id=sale.deal_id, now=NOW)


def test_the_frozen_scope_says_which_version_of_which_contract_it_was_sold_by():
    cast = make_cast()
    sale = make_sale(cast)
    key, token = offer(cast, sale)
    content = get_proposal(actor=cast.seller, proposal_id=key, now=NOW).content
    save_proposal(actor=cast.seller, proposal_id=key, content=replace(content, intro="Second version"), now=NOW)
    token = send_proposal(actor=cast.seller, proposal_id=key, valid_until=date(2026, 12, 18), now=NOW)
    save_brief(actor=cast.seller, deal_id=sale.deal_id, answers={"no_constraints": True}, now=NOW)
    done = accept_proposal(token=token, signature=HANNE, document=paper(), now=NOW)
    contract, number = Contract.objects.get(), get_proposal(actor=cast.seller, proposal_id=key, now=NOW).row.number
    (baseline,) = list_baselines(actor=cast.manager, handoff_id=done.handoff_id)
    assert baseline.document["contract"] == {
        "id": contract.pk, "proposal": number, "version": 2, "document_sha256": paper().sha256, "signed_at": NOW.isoformat(),
    }
    status, shown = Api(cast.manager).get(f"/handoffs/{done.handoff_id}/scope")
    assert status == 200
    assert (shown["items"][0]["contract"]["proposal"], shown["items"][0]["contract"]["version"]) == (number, 2)
    page = sign_in(cast.manager).get(reverse("handoff_scope", kwargs={"handoff_id": done.handoff_id})).content.decode()
    assert f"Signed: {number}, version 2" in page


def test_a_deal_won_without_a_signature_has_no_contract_and_one_signed_later_is_a_difference():
    cast = make_cast()
    sale = make_sale(cast)
    _, token = offer(cast, sale)
    closed = close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
    reopen_won_deal(actor=cast.seller, deal_id=sale.deal_id, next_action=NextAction("call", date(2026, 11, 20)), reason="Signed after all.", now=NOW)
    accept_proposal(token=token, signature=HANNE, document=paper(), now=NOW)
    (first, _), (_, changes) = list_scope_changes(actor=cast.manager, handoff_id=closed.handoff_id)
    assert first.document["contract"] is None
    assert [(one.before, one.after[:1]) for one in changes if one.part == "contract"] == [("", "O")]


def test_a_signed_line_with_a_promise_key_is_planned_after_the_win():
    cast = make_cast()
    sale = make_sale(cast)
    key, _ = offer(cast, sale)
    content = get_proposal(actor=cast.seller, proposal_id=key, now=NOW).content
    keyed = replace(content, lines=(replace(content.lines[0], promise_key="templates"), *content.lines[1:]))
    assert save_proposal(actor=cast.seller, proposal_id=key, content=keyed, now=NOW) == 2
    shown = get_proposal(actor=cast.seller, proposal_id=key, now=NOW)
    assert [(one.kind, one.before[-9:], one.after[-11:]) for one in shown.differences] == [("changed", "languages", "[templates]")]
    token = send_proposal(actor=cast.seller, proposal_id=key, valid_until=date(2026, 12, 18), now=NOW)
    deliver_pending(now=NOW)
    (draft,) = [row for row in list_promises(actor=cast.seller, deal_id=sale.deal_id) if row.text == "42 templates in two languages"]
    assert (draft.state, draft.key) == ("draft", "templates")
    save_brief(actor=cast.seller, deal_id=sale.deal_id, answers={"no_constraints": True}, now=NOW)
    assert accept_proposal(token=token, signature=HANNE, document=paper(), now=NOW).is_won
    (promise,) = [row for row in list_promises(actor=cast.seller, deal_id=sale.deal_id) if row.text == "42 templates in two languages"]
    assert (promise.state, promise.coverage, promise.key) == ("confirmed", "planned", "templates")


def test_a_next_version_keeps_the_promise_key_and_a_changed_one_reaches_the_draft():
    cast = make_cast()
    sale = make_sale(cast)
    key, _ = offer(cast, sale)
    for words in ("design", "templates"):
        content = get_proposal(actor=cast.seller, proposal_id=key, now=NOW).content
        lines = (replace(content.lines[0], promise_key=words), *content.lines[1:])
        save_proposal(actor=cast.seller, proposal_id=key, content=replace(content, lines=lines), now=NOW)
        save_proposal(actor=cast.seller, proposal_id=key, content=replace(content, lines=lines, intro=f"About {words}"), now=NOW)
        assert get_proposal(actor=cast.seller, proposal_id=key, now=NOW).content.lines[0].promise_key == words
        send_proposal(actor=cast.seller, proposal_id=key, valid_until=date(2026, 12, 18), now=NOW)
        deliver_pending(now=NOW)
        rows = {row.text: row.key for row in list_promises(actor=cast.seller, deal_id=sale.deal_id)}
        assert rows["42 templates in two languages"] == words


def test_the_editor_offers_the_keys_of_the_services_template_and_refuses_a_key_without_a_promise():
    cast = make_cast()
    sale = make_sale(cast)
    key, _ = offer(cast, sale)
    page, address = sign_in(cast.seller), reverse("proposal_draft", kwargs={"proposal_id": key})
    shown = page.get(reverse("proposal", kwargs={"proposal_id": key})).content.decode()
    offered = re.search(rf'<datalist id="promise-keys-{sale.service_id}">(.*?)</datalist>', shown)
    assert offered
    assert 'value="templates"' in offered[1]
    form = {"rows": "1", "title": "Relaunch", "name-0": "Website", "service-0": str(sale.service_id), "quantity-0": "1", "promise-key-0": "templates"}
    refused = page.post(address, form)
    assert refused.status_code == 422
    assert "Say what the client is promised" in refused.content.decode()
    assert page.post(address, {**form, "promise-0": "42 templates"}).status_code in (204, 302, 303)
    assert get_proposal(actor=cast.seller, proposal_id=key, now=NOW).content.lines[0].promise_key == "templates"
