"""The ways back the table names for people's time, the settings of a house and handoffs bring back what was, in the whole database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest

from tests.people import NOW, Cast, Sale, make_cast, make_sale
from tests.undo.table import UNDO, By
from tests.undo.ways import Way, Ways, walk
from wonward.domains.staff.models import Person
from wonward.domains.staff.operations import (
    DayException,
    NewPerson,
    add_days_of_file,
    add_holidays,
    archive_calendar,
    change_calendar,
    change_house,
    change_person,
    change_sign_in,
    create_calendar,
    create_people,
    create_placeholder,
    deactivate_people,
    decide_time_off,
    put_rate,
    put_roles,
    remove_rate,
    request_time_off,
    set_rate,
    set_role_rights,
    set_team_calendar,
    set_team_name,
    set_team_rights,
    withdraw_time_off,
)
from wonward.domains.staff.types import NewBooking, TimeOffKind
from wonward.foundation.access.operations import ensure_team
from wonward.journeys.capacity.operations import (
    book_time,
    cut_booking,
    delete_scenario,
    move_booking,
    release_reservation,
    reserve_for_deal,
    save_scenario,
    undo_reservation,
)
from wonward.journeys.capacity.types import WhatIf
from wonward.journeys.handoff.operations import (
    change_handoff_rules,
    change_kickoff_list,
    close_deal_as_won,
    drop_required_answer,
    plan_kickoff,
    require_answer,
    save_gate_answers,
    tick_kickoff_item,
)
from wonward.journeys.handoff.queries import get_kickoff
from wonward.journeys.handoff.types import KickoffPlan, NewAskedAnswer
from wonward.kernel.money import Money
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db
WAYS = Ways()
MONDAY, FRIDAY, LATER = date(2026, 12, 7), date(2026, 12, 18), date(2026, 12, 14)
KICKOFF = date(2027, 1, 11)


def _booking(cast: Cast, sale: Sale) -> dict[str, Any]:
    new = NewBooking(Ref("sales.deal", sale.deal_id), MONDAY, FRIDAY, 2400, person_id=cast.member.person_id)
    return {"actor": cast.owner, "booking_id": book_time(actor=cast.owner, bookings=[new], now=NOW)[0], "now": NOW}


@WAYS.of("capacity.book_time")
def _(cast: Cast, sale: Sale) -> Way:
    return Way(lambda: _booking(cast, sale), lambda by: move_booking(changes={"status": "released"}, **by), frozenset({"staff.booking"}))


@WAYS.of("capacity.move_booking")
def _(cast: Cast, sale: Sale) -> Way:
    by = _booking(cast, sale)
    return Way(
        lambda: move_booking(changes={"finish_date": LATER, "amount_minutes": 480, "note": "Less"}, **by),
        lambda _: move_booking(changes={"finish_date": FRIDAY, "amount_minutes": 2400, "note": ""}, **by),
    )


@WAYS.of("capacity.cut_booking")
def _(cast: Cast, sale: Sale) -> Way:
    by = _booking(cast, sale)

    def back(second_id: int) -> None:
        move_booking(changes={"status": "released"}, **{**by, "booking_id": second_id})
        move_booking(changes={"finish_date": FRIDAY, "amount_minutes": 2400}, **by)

    return Way(lambda: cut_booking(at_date=LATER, **by), back, frozenset({"staff.booking"}))


@WAYS.of("capacity.save_scenario")
def _(cast: Cast, sale: Sale) -> Way:
    return Way(lambda: _scenario(cast, sale), lambda key: delete_scenario(actor=cast.owner, scenario_id=key, now=NOW))


@WAYS.of("capacity.delete_scenario")
def _(cast: Cast, sale: Sale) -> Way:
    key = _scenario(cast, sale)
    return Way(lambda: delete_scenario(actor=cast.owner, scenario_id=key, now=NOW), lambda _: _scenario(cast, sale))


def _scenario(cast: Cast, sale: Sale) -> int:
    return save_scenario(actor=cast.owner, name="If we win", what_if=WhatIf(won=frozenset({sale.deal_id})), is_shared=True, now=NOW)


@WAYS.of("capacity.reserve_for_deal")
def _(cast: Cast, sale: Sale) -> Way:
    by = {"actor": cast.owner, "deal_id": sale.deal_id, "now": NOW}
    return Way(
        lambda: reserve_for_deal(kickoff_date=KICKOFF, **by), lambda done: undo_reservation(made=done.made, released=done.released, **by),
        frozenset({"staff.booking"}),
    )


@WAYS.of("capacity.undo_reservation")
def _(cast: Cast, sale: Sale) -> Way:
    by = {"actor": cast.owner, "deal_id": sale.deal_id, "now": NOW}
    done = reserve_for_deal(kickoff_date=KICKOFF, **by)
    return Way(
        lambda: undo_reservation(made=done.made, released=done.released, **by), lambda _: reserve_for_deal(kickoff_date=KICKOFF, **by),
        frozenset({"staff.booking"}),
    )


@WAYS.of("capacity.release_reservation")
def _(cast: Cast, sale: Sale) -> Way:
    by = {"actor": cast.owner, "deal_id": sale.deal_id, "now": NOW}
    reserve_for_deal(kickoff_date=KICKOFF, **by)
    return Way(lambda: release_reservation(**by), lambda done: undo_reservation(made=(), released=done.released, **by))


def _person(cast: Cast) -> dict[str, Any]:
    return {"actor": cast.owner, "person_id": cast.member.person_id or 0, "now": NOW}


@WAYS.of("staff.change_person")
def _(cast: Cast, sale: Sale) -> Way:
    return Way(
        lambda: change_person(changes={"name": "Noor Berg", "manager_id": cast.leader.person_id}, **_person(cast)),
        lambda _: change_person(changes={"name": "Noor Haddad", "manager_id": None}, **_person(cast)),
    )


@WAYS.of("staff.create_people")
def _(cast: Cast, sale: Sale) -> Way:
    return Way(lambda: create_people(actor=cast.owner, people=[NewPerson(name="Yara Costa")], now=NOW)[0], lambda key: _deactivate(cast, key), frozenset({"staff.person"}))


@WAYS.of("staff.create_placeholder")
def _(cast: Cast, sale: Sale) -> Way:
    put_roles(actor=cast.owner, roles={cast.member.person_id or 0: ["Designer"]}, now=NOW)
    return Way(
        lambda: create_placeholder(actor=cast.owner, name="Designer, spring", role="Designer", from_date=MONDAY, now=NOW),
        lambda key: _deactivate(cast, key), frozenset({"staff.person", "staff.personrole"}),
    )


def _deactivate(cast: Cast, person_id: int) -> None:
    assert deactivate_people(actor=cast.owner, versions={person_id: Person.objects.get(pk=person_id).version}, now=NOW)


@WAYS.of("staff.request_time_off")
def _(cast: Cast, sale: Sale) -> Way:
    return Way(lambda: _away(cast), lambda key: withdraw_time_off(actor=cast.owner, time_off_id=key, now=NOW), frozenset({"staff.timeoff"}))


@WAYS.of("staff.decide_time_off")
def _(cast: Cast, sale: Sale) -> Way:
    key = _away(cast)
    return Way(
        lambda: decide_time_off(actor=cast.owner, time_off_id=key, is_approved=True, now=NOW),
        lambda _: withdraw_time_off(actor=cast.owner, time_off_id=key, now=NOW), turns=frozenset({"staff.timeoff"}),
    )


def _away(cast: Cast) -> int:
    return request_time_off(
        actor=cast.member, person_id=cast.member.person_id or 0, kind=TimeOffKind.VACATION, start_date=MONDAY, finish_date=FRIDAY, now=NOW
    )


@WAYS.of("staff.set_rate")
def _(cast: Cast, sale: Sale) -> Way:
    def rate(cents: int) -> None:
        set_rate(actor=cast.finance, role="Designer", valid_from_date=MONDAY, cost=Money(cents, "EUR"), bill=Money(9_900, "EUR"), now=NOW)

    rate(5_000)
    return Way(lambda: rate(6_000), lambda _: rate(5_000))


@WAYS.of("staff.put_rate")
def _(cast: Cast, sale: Sale) -> Way:
    return Way(lambda: _currency(cast), lambda key: remove_rate(actor=cast.owner, rate_id=key, now=NOW))


@WAYS.of("staff.remove_rate")
def _(cast: Cast, sale: Sale) -> Way:
    key = _currency(cast)
    return Way(lambda: remove_rate(actor=cast.owner, rate_id=key, now=NOW), lambda _: _currency(cast))


def _currency(cast: Cast) -> int:
    return put_rate(actor=cast.owner, currency="USD", valid_from_date=MONDAY, rate=Decimal("1.1"), now=NOW)


def _calendar(cast: Cast) -> dict[str, Any]:
    return {"actor": cast.owner, "calendar_id": create_calendar(actor=cast.owner, name="Lyon", now=NOW), "now": NOW}


@WAYS.of("staff.create_calendar")
def _(cast: Cast, sale: Sale) -> Way:
    return Way(lambda: _calendar(cast), lambda by: archive_calendar(**by), frozenset({"staff.calendar"}))


@WAYS.of("staff.archive_calendar")
def _(cast: Cast, sale: Sale) -> Way:
    by = _calendar(cast)
    return Way(lambda: archive_calendar(**by), lambda _: archive_calendar(is_archived=False, **by))


@WAYS.of("staff.change_calendar")
def _(cast: Cast, sale: Sale) -> Way:
    by = _calendar(cast)
    return Way(
        lambda: change_calendar(name="Nantes", add=[DayException(MONDAY, "Feast")], **by), lambda _: change_calendar(name="Lyon", remove=[MONDAY], **by),
    )


@WAYS.of("staff.add_holidays")
def _(cast: Cast, sale: Sale) -> Way:
    by = _calendar(cast)
    days = [date(2027, 1, 1), date(2027, 3, 26), date(2027, 3, 29), date(2027, 5, 1), date(2027, 5, 6), date(2027, 5, 17), date(2027, 10, 3), date(2027, 12, 25), date(2027, 12, 26)]
    return Way(lambda: add_holidays(country="DE", years=[2027], **by), lambda _: change_calendar(remove=days, **by))


@WAYS.of("staff.add_days_of_file")
def _(cast: Cast, sale: Sale) -> Way:
    by = _calendar(cast)
    content = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20270301\r\nDTEND;VALUE=DATE:20270303\r\nSUMMARY:Closed\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    return Way(lambda: add_days_of_file(content=content, **by), lambda added: change_calendar(remove=added.days, **by))


@WAYS.of("staff.set_team_calendar")
def _(cast: Cast, sale: Sale) -> Way:
    team_id, key = ensure_team(name="Lyon", now=NOW), _calendar(cast)["calendar_id"]
    by = {"actor": cast.owner, "team_id": team_id, "now": NOW}
    return Way(lambda: set_team_calendar(calendar_id=key, **by), lambda before: set_team_calendar(calendar_id=before, **by))


@WAYS.of("staff.change_house")
def _(cast: Cast, sale: Sale) -> Way:
    return Way(
        lambda: change_house(actor=cast.owner, changes={"name": "Another house"}, now=NOW), lambda _: change_house(actor=cast.owner, changes={"name": "My organisation"}, now=NOW),
    )


@WAYS.of("staff.change_sign_in")
def _(cast: Cast, sale: Sale) -> Way:
    return Way(
        lambda: change_sign_in(changes={"role": "sales", "is_active": False}, **_person(cast)),
        lambda _: change_sign_in(changes={"role": "member", "is_active": True}, **_person(cast)), turns=frozenset({"access.user"}),
    )


@WAYS.of("staff.set_role_rights")
def _(cast: Cast, sale: Sale) -> Way:
    set_role_rights(actor=cast.owner, role="member", reaches={"sales.deal.create": "all"}, now=NOW)
    return Way(
        lambda: set_role_rights(actor=cast.owner, role="member", reaches={"sales.deal.create": "none"}, now=NOW),
        lambda _: set_role_rights(actor=cast.owner, role="member", reaches={"sales.deal.create": "all"}, now=NOW),
    )


@WAYS.of("staff.set_team_rights")
def _(cast: Cast, sale: Sale) -> Way:
    by = {"actor": cast.owner, "team_id": ensure_team(name="Lyon", now=NOW), "now": NOW}
    set_team_rights(reaches={"sales.deal.create": "all"}, **by)
    return Way(lambda: set_team_rights(reaches={"sales.deal.create": "none"}, **by), lambda _: set_team_rights(reaches={"sales.deal.create": "all"}, **by))


@WAYS.of("staff.set_team_name")
def _(cast: Cast, sale: Sale) -> Way:
    by = {"actor": cast.owner, "team_id": ensure_team(name="Lyon", now=NOW), "now": NOW}
    return Way(lambda: set_team_name(name="Nantes", **by), lambda _: set_team_name(name="Lyon", **by))


@dataclass(slots=True)
class Won:
    """A deal that is won, its handoff waiting for delivery."""

    cast: Cast
    sale: Sale
    handoff_id: int
    project_ids: tuple[int, ...]

    def by(self, actor: Any = None) -> dict[str, Any]:
        return {"actor": actor or self.cast.owner, "handoff_id": self.handoff_id, "now": NOW}


def _won(cast: Cast, sale: Sale) -> Won:
    closed = close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
    return Won(cast, sale, closed.handoff_id, tuple(closed.project_ids))


def _of_won(name: str) -> Callable[[Callable[[Won], Way]], None]:
    def note(making: Callable[[Won], Way]) -> None:
        WAYS.of(name)(lambda cast, sale: making(_won(cast, sale)))

    return note


@_of_won("handoff.tick_kickoff_item")
def _(won: Won) -> Way:
    key = get_kickoff(actor=won.cast.owner, handoff_id=won.handoff_id).items[0].id
    return Way(lambda: tick_kickoff_item(item_id=key, is_done=True, **won.by()), lambda _: tick_kickoff_item(item_id=key, is_done=False, **won.by()))


@_of_won("handoff.change_kickoff_list")
def _(won: Won) -> Way:
    texts = [one.text for one in get_kickoff(actor=won.cast.owner, handoff_id=won.handoff_id).items]
    return Way(lambda: change_kickoff_list(texts=["Meet", *texts[1:]], **won.by()), lambda _: change_kickoff_list(texts=texts, **won.by()))


@_of_won("handoff.plan_kickoff")
def _(won: Won) -> Way:
    person = (won.cast.manager.person_id or 0,)
    plan_kickoff(plan=KickoffPlan(date(2026, 12, 1), time(9), 60, "Room 5", person_ids=person), **won.by())
    return Way(
        lambda: plan_kickoff(plan=KickoffPlan(date(2026, 12, 2), time(10), 90, "Room 6", contact_ids=(won.sale.contact_id,)), **won.by()),
        lambda _: plan_kickoff(plan=KickoffPlan(date(2026, 12, 1), time(9), 60, "Room 5", person_ids=person), **won.by()),
        turns=frozenset({"handoff.kickoffmeeting"}),
    )


@WAYS.of("handoff.save_gate_answers")
def _(cast: Cast, sale: Sale) -> Way:
    def save(words: str) -> None:
        save_gate_answers(actor=cast.seller, deal_id=sale.deal_id, answers={"scope_summary": words}, extra={}, now=NOW)

    save("Move the shop.")
    return Way(lambda: save("Move all."), lambda _: save("Move the shop."))


@WAYS.of("handoff.require_answer")
def _(cast: Cast, sale: Sale) -> Way:
    return Way(
        lambda: _asked(cast, sale), lambda key: drop_required_answer(actor=cast.owner, answer_id=key, now=NOW), frozenset({"handoff.requiredanswer"}),
    )


@WAYS.of("handoff.drop_required_answer")
def _(cast: Cast, sale: Sale) -> Way:
    key = _asked(cast, sale)
    return Way(
        lambda: drop_required_answer(actor=cast.owner, answer_id=key, now=NOW), lambda _: _asked(cast, sale), turns=frozenset({"handoff.requiredanswer"}),
    )


def _asked(cast: Cast, sale: Sale) -> int:
    return require_answer(actor=cast.owner, new=NewAskedAnswer("Hosting", service_id=sale.service_id), now=NOW)


@WAYS.of("handoff.change_handoff_rules")
def _(cast: Cast, sale: Sale) -> Way:
    change_handoff_rules(actor=cast.owner, acceptance_minutes=480, checklist=["Meet"], now=NOW)
    return Way(
        lambda: change_handoff_rules(actor=cast.owner, acceptance_minutes=960, checklist=["Eat"], now=NOW),
        lambda _: change_handoff_rules(actor=cast.owner, acceptance_minutes=480, checklist=["Meet"], now=NOW),
    )


# `apply_fix` and `apply_leveling` need a crowd and put their plans back to the letter in tests/journeys/capacity; a search is only longer or shorter;
# a win and its undo stand in tests/journeys/handoff; an amendment,
# an acceptance and a promise add to the record; a passkey, a second factor and an invitation are told with signing in.
ELSEWHERE = {
    "capacity.apply_fix", "capacity.undo_fix", "capacity.apply_leveling", "capacity.undo_leveling", "capacity.search_longer", "capacity.stop_search",
    "capacity.promise_date", "handoff.accept_handoff", "handoff.amend_scope", "handoff.reopen_won_deal", "handoff.close_deal_as_won",
    "handoff.undo_win", "staff.put_roles", "staff.put_skills", "staff.set_employment",
    "staff.change_own_preferences", "staff.withdraw_time_off", "staff.add_token", "staff.drop_factor", "staff.turn_factor_on", "staff.give_sign_in",
    "staff.invite_people", "staff.invite_person", "staff.renumber", "staff.add_passkey", "staff.name_passkey",
}


def test_every_line_is_walked_or_named() -> None:
    named = {name for name, way in UNDO.items() if name.startswith(("capacity.", "staff.", "handoff.")) and isinstance(way, By)}
    assert set(WAYS) | ELSEWHERE == named
    assert not set(WAYS) & ELSEWHERE


@pytest.mark.parametrize("name", sorted(WAYS))
def test_the_way_back_that_is_named_brings_back_what_was(name: str) -> None:
    cast = make_cast()
    walk(name, WAYS[name](cast, make_sale(cast)))
