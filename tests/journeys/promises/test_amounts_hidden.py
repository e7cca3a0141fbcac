"""What was paid is for those who see the deal's value: on no door do promises tell it to anybody else, and every count stays true."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from tests.edges.api.client import Api
from tests.edges.web.sales.desk import sign_in
from tests.people import NOW, Cast, Sale, make_cast, make_sale
from wonward.domains.comms.models import Communication
from wonward.domains.delivery.operations import change_project
from wonward.domains.delivery.queries.tasks import list_tasks
from wonward.domains.delivery.types import TaskChange
from wonward.foundation.access.policy import names_of
from wonward.foundation.events.dispatcher import deliver_pending
from wonward.foundation.notifications.models import Notification
from wonward.journeys.handoff.operations import close_deal_as_won
from wonward.journeys.promises.operations import ReasonRequired, change_plan, make_promises, replace_promise
from wonward.journeys.promises.queries import get_ledger, list_promises
from wonward.journeys.promises.types import NewPromise, PromiseKind, Source
from wonward.kernel.actor import Actor
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db
FORMATS = ("EUR 84,731", "84.731 €", "84 731 euros", "CHF 84'731.00", "84731 EUR", "EUR 84.731,00", "84,731 dollars")
IN_WORDS = "eighty-four thousand seven hundred"


@dataclass(frozen=True, slots=True)
class Told:
    """A won deal whose promises name what is paid in every part of them, and somebody who may not know it."""

    cast: Cast
    sale: Sale
    project_id: int
    handoff_id: int
    ids: tuple[int, ...]
    price_id: int

    @property
    def reader(self) -> Actor:
        return self.cast.member


def _new(sale: Sale, words: str, kind: PromiseKind = PromiseKind.QUALITY, key: str = "") -> NewPromise:
    return NewPromise(
        kind=kind, text=f"Built for {words}", deal_id=sale.deal_id, key=key, condition=f"If {words} are paid", due_date=date(2026, 12, 31),
        source=Source(quote=f"We pay {words} for it", speaker="Hanne"),
    )


@pytest.fixture
def told() -> Told:
    cast = make_cast()
    sale = make_sale(cast)
    promises = [_new(sale, words, key="templates") for words in FORMATS]
    price = NewPromise(
        PromiseKind.PRICE, f"Never above {IN_WORDS}, 84731", deal_id=sale.deal_id, key="templates", due_date=date(2026, 12, 31),
        condition="84731", source=Source(quote=f"{IN_WORDS} and not one more"),
    )
    *ids, price_id = make_promises(actor=cast.seller, promises=[*promises, price], now=NOW)
    closed = close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
    assert closed.handoff_id
    (project_id,) = closed.project_ids
    for key, kind, reason in ((ids[0], PromiseKind.QUALITY, "They pay EUR 84,731"), (price_id, PromiseKind.PRICE, f"{IN_WORDS} it is")):
        by = NewPromise(kind, "Now EUR 84,731", due_date=date(2026, 12, 31))
        replace_promise(actor=cast.seller, promise_id=key, by=by, reason=reason, now=NOW)
    change_project(actor=cast.manager, project_id=project_id, changes={"manager_id": cast.member.person_id}, now=NOW)
    rows = list_promises(actor=cast.owner, project_id=project_id)
    return Told(cast, sale, project_id, closed.handoff_id, tuple(row.id for row in rows), price_id)


def tells(text: str) -> bool:
    plain = text.encode().decode("unicode_escape", errors="ignore") if "\\u" in text else text
    return "84731" in re.sub(r"[.,'’\s]|&#39;|&nbsp;", "", plain) or "eighty-four" in plain


def rest_doors(told: Told) -> list[str]:
    task = next(row.id for row in list_tasks(actor=told.cast.owner, project_id=told.project_id) if row.key == "build")
    return [
        f"/promises?project_id={told.project_id}", "/promises", f"/promises?handoff_id={told.handoff_id}", "/promises?kind=price",
        "/promises?updated_since=2020-01-01T00:00:00Z", *(f"/promises/{key}" for key in told.ids), f"/tasks/{task}/why",
        f"/handoffs/{told.handoff_id}", f"/handoffs/{told.handoff_id}/scope", f"/projects/{told.project_id}/brief",
    ]


def screens(told: Told) -> list[str]:
    task = next(row.id for row in list_tasks(actor=told.cast.owner, project_id=told.project_id) if row.key == "build")
    return [
        *(reverse(name, args=[told.project_id]) for name in ("project", "project_ledger", "project_sale", "project_brief")),
        reverse("handoff", args=[told.handoff_id]), reverse("task", args=[task]), *(reverse("promise", args=[key]) for key in told.ids),
    ]


def test_no_door_for_programs_tells_an_amount_to_who_may_not_know_it(told: Told) -> None:
    reader, seller, owner = Api(told.reader), Api(told.cast.seller), Api(told.cast.owner)
    for door in rest_doors(told):
        status, document = reader.get(door)
        assert (status, door, tells(json.dumps(document, ensure_ascii=False))) == (200, door, False)
        assert owner.get(door)[0] == 200
    for door in rest_doors(told)[:4]:
        assert tells(json.dumps(seller.get(door)[1], ensure_ascii=False)), door


def test_no_screen_tells_an_amount_to_who_may_not_know_it(told: Told) -> None:
    reader, seller = sign_in(told.reader), sign_in(told.cast.seller)
    for address in screens(told):
        answer = reader.get(address)
        assert (answer.status_code, address, tells(answer.content.decode())) == (200, address, False)
    assert tells(seller.get(reverse("project_ledger", args=[told.project_id])).content.decode())


def test_hidden_words_are_not_found_by_searching_for_them(told: Told) -> None:
    reader, seller = Api(told.reader), Api(told.cast.seller)
    for words in ("84", "above", "seven", "EUR"):
        assert reader.get(f"/promises?q={words}")[1]["items"] == [], words
        assert seller.get(f"/promises?q={words}")[1]["items"], words
    assert len(reader.get("/promises?q=Built")[1]["items"]) == len(seller.get("/promises?q=Built")[1]["items"]) == len(FORMATS)
    assert [len(reader.get(f"/promises?q=Built&limit={most}")[1]["items"]) for most in (2, 5)] == [2, 5]


def test_a_price_promise_is_counted_and_keeps_its_place_without_a_word_of_it(told: Told) -> None:
    mine, theirs = (get_ledger(actor=actor, project_id=told.project_id) for actor in (told.reader, told.cast.owner))
    assert (mine.tallies, mine.kinds, mine.coverage) == (theirs.tallies, theirs.kinds, theirs.coverage)
    row = next(row for column in mine.columns.values() for row in column if row.id == told.price_id)
    assert (row.kind, row.text, row.condition, row.quote, row.state_reason, row.state) == ("price", "A promise about a price", "", "", "", "replaced")
    assert row.because.startswith("Replaced by PR-")


def test_who_manages_the_project_with_a_right_to_their_own_values_reads_them(told: Told) -> None:
    member = list_promises(actor=told.cast.manager, project_id=told.project_id)
    assert all(row.hides_amounts for row in member)
    change_project(actor=told.cast.owner, project_id=told.project_id, changes={"manager_id": told.cast.manager.person_id}, now=NOW)
    rows = list_promises(actor=told.cast.manager, project_id=told.project_id)
    assert not any(row.hides_amounts for row in rows)
    assert any(tells(row.text) for row in rows)


def test_notices_and_the_log_tell_everybody_of_a_promise_at_risk_without_its_amount(told: Told) -> None:
    build = next(row for row in list_tasks(actor=told.cast.owner, project_id=told.project_id) if row.key == "build")
    edit = TaskChange(build.id, {"duration_minutes": 60 * 480})
    with pytest.raises(ReasonRequired) as refusal:
        change_plan(actor=told.reader, project_id=told.project_id, changes=[edit], now=NOW)
    assert not tells(f"{refusal.value.message} {refusal.value.broken}")
    with pytest.raises(ReasonRequired) as refusal:
        change_plan(actor=told.cast.owner, project_id=told.project_id, changes=[edit], now=NOW)
    assert tells(refusal.value.message)
    change_plan(actor=told.cast.owner, project_id=told.project_id, changes=[edit], reason="It takes longer.", now=NOW)
    while deliver_pending(now=NOW):
        pass
    notices: list[Any] = list(Notification.objects.filter(kind="promises.at_risk").values_list("detail", flat=True))
    entries = list(Communication.objects.filter(is_automatic=True, subject__contains="at risk").values_list("body", flat=True))
    assert notices
    assert entries
    assert not [text for text in (*notices, *entries) if tells(text)]
    assert not [name for name in names_of(Ref("promises.promise", key) for key in told.ids).values() if tells(name)]
