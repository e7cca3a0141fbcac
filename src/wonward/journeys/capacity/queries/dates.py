"""What a deal would bring, beside everything else, and the answers given about its dates."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from django.db.models import Max

from wonward.domains.catalog.queries import get_service_facts, list_blueprints
from wonward.domains.catalog.types import BlueprintItem, SoldLine
from wonward.domains.sales.queries.outcomes import list_close_delays, list_sold_lines
from wonward.domains.sales.types import DealRow
from wonward.domains.staff.queries import (
    find_levels,
    get_skill_ids,
    list_people_in,
    list_roles,
)
from wonward.engines.forecast import slip_chances
from wonward.foundation.access.policy import actor_of_user, can_see, require
from wonward.foundation.database.prepared import rows_among
from wonward.journeys.capacity.models import DateAnswer
from wonward.journeys.capacity.queries.days import read_days
from wonward.journeys.capacity.queries.effort import read_effort_history
from wonward.journeys.capacity.rules.date_answer import Settled, answer_notes, binding_of, settle
from wonward.journeys.capacity.rules.date_case import DateCase, flatten
from wonward.journeys.capacity.rules.date_levers import find_levers
from wonward.journeys.capacity.rules.days import taken_by
from wonward.journeys.capacity.rules.kept_words import kept, said
from wonward.journeys.capacity.rules.leveling_problem import HORIZON_DAYS
from wonward.journeys.capacity.rules.pools import role_key
from wonward.journeys.capacity.rules.weeks import DAYS_FROM_SIGNATURE_TO_KICKOFF, DEFAULT_SLIP
from wonward.journeys.capacity.types import DateAnswerRow, DateLever
from wonward.journeys.promises.types import BasisRow
from wonward.kernel.actor import Actor, Scope
from wonward.kernel.errors import NotAllowed, NotFound, Refused
from wonward.kernel.ref import Ref
from wonward.kernel.wording import heard

SEED = 1
_SHARES = (5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95)
APPROVERS = ("owner", "admin", "leadership")


def usual_kickoff(deal: DealRow, today: date) -> date:
    """When the work of a deal would begin: two weeks after it is expected to be signed."""
    return max(deal.expected_close_date or today, today) + timedelta(days=DAYS_FROM_SIGNATURE_TO_KICKOFF)


@dataclass(frozen=True, slots=True)
class DateQuestion:
    """A case with what words about it need: the items left without each of its services, by its name, and names by resource."""

    case: DateCase
    variants: Mapping[str, tuple[Any, ...]]
    names: Mapping[str, str]

    @property
    def items(self) -> tuple[Any, ...]:
        return self.case.items


def answer_case(question: DateQuestion, *, wanted: date | None, seconds: float = 0.0) -> tuple[Settled, dict[str, Any]]:
    """The answer as it is stored, without levers; by rules, or by a search of so many seconds."""
    found = settle(question.case, seconds=seconds)
    kind, because, _ = binding_of(question.case, found, question.names)
    return found, {
        "earliest": found.finish.isoformat(), "p50": found.day(0.5).isoformat(), "p80": found.day(0.8).isoformat(), "p90": found.day(0.9).isoformat(),
        "chance": round(100 * found.chance_by(wanted)) if wanted else None, "binding": kind, "because": kept(because), "levers": [],
        "notes": [kept(note) for note in answer_notes(found, question.case, question.names)], "spread": [[found.day(share / 100).isoformat(), share] for share in _SHARES],
        "odds": [[day.isoformat(), round(100 * share, 1)] for day, share in found.chances()], "draws": found.odds.draws,
    }


def weigh_levers(question: DateQuestion, found: Settled, *, wanted: date | None, today: date, seconds: float = 0.0) -> list[dict[str, Any]]:
    """What would end it earlier, as it is stored; `found` is what was settled in as many seconds."""
    case, names = question.case, question.names
    _, _, chain = binding_of(case, found, names)
    role_names = {name: names.get(f"role:{key}", name) for name, key in case.roles.items()}
    levers = find_levers(case, found, chain, wanted=wanted, today=today, variants=question.variants, role_names=role_names, seconds=seconds)
    return [
        {"kind": one.kind, "words": kept(one.words), "finish": one.finish.isoformat(), "gained_days": one.gained_days, "p50": one.p50.isoformat(),
         "p80": one.p80.isoformat(), "chance": one.chance, "cost_minutes": one.cost_minutes}
        for one in levers
    ]


def read_date_case(*, actor: Actor, deal_id: int, kickoff: date, today: date) -> DateQuestion:
    """The question about a deal the viewer has been shown.

    Refused when the deal sells nothing that a template plans.
    """
    if actor.scope_of("staff.booking.view") is not Scope.ALL:
        raise NotAllowed("Judging a date needs to see everybody’s time.")
    lines = [SoldLine.choosing(*line) for line in list_sold_lines(deal_id=deal_id)]
    without = [("", [one for one in lines if one is not line]) for line in lines] if len(lines) > 1 else []
    whole, *parts = list_blueprints(deals=[("", lines), *without])
    items = flatten(whole)
    if not any(item.effort_minutes or item.duration_minutes for item in items):
        raise Refused.field("lines", "The services of this deal have no template that plans their work.", "no_plan")
    days = read_days(actor=actor, first=today, last=kickoff + timedelta(days=HORIZON_DAYS))
    people = tuple(days.people.values())
    taken = taken_by(days, with_tentative=False, without=frozenset({Ref("sales.deal", deal_id)}))
    named = list_roles()
    roles = {name.strip().casefold(): key for key, name in named.items()}
    for item in items:
        for role in (item.role, *(part.role for part in item.efforts)):
            if role:
                roles.setdefault(role.strip().casefold(), -1 - len(roles))
    skills, skill_names = _skills_of(items)
    late = slip_chances([max(0, round(days / 7)) for days in list_close_delays()], default=DEFAULT_SLIP)
    effort = read_effort_history(named)
    case = DateCase(
        items, roles, kickoff, days.usual, people, days.time_off, taken, late, effort.factor_of(items), effort.whole.spread, SEED, effort.whole.count,
        effort.factors(), skills, find_levels([key for key in skills.values() if key > 0]),
    )
    services = get_service_facts([line.service_id for line in lines])
    variants = {services[line.service_id][0]: flatten(part) for line, part in zip(lines, parts, strict=False) if part}
    names = {role_key(key): named.get(key, name.capitalize()) for name, key in roles.items()}
    return DateQuestion(case, variants, names | skill_names | {f"person:{person.id}": person.name for person in people})


def _skills_of(items: Collection[BlueprintItem]) -> tuple[dict[str, int], dict[str, str]]:
    """Ids by case-folded name of the skills the items ask for, below 0 for what nobody ever entered, and names by `skill:id`."""
    names = {one.name.strip().casefold(): one.name for item in items for one in item.skills}
    ids = get_skill_ids(names)
    for key in names:
        ids.setdefault(key, -1 - len(ids))
    return ids, {f"skill:{ids[key]}": name for key, name in names.items()}


def list_approvers() -> list[tuple[int, str]]:
    """Who may approve a date before P50: (person, name)."""
    found = []
    for person_id, user_id, name in list_people_in(APPROVERS):
        actor = actor_of_user(user_id)
        if actor is not None and actor.may("capacity.date.approve"):
            found.append((person_id, name))
    return found


def get_date_answer(*, actor: Actor, answer_id: int) -> DateAnswerRow:
    """One answer about a deal the viewer sees; NotFound."""
    row = DateAnswer.objects.filter(pk=answer_id).first()
    if row is None or not can_see(actor, Ref("sales.deal", row.deal_id)):
        raise NotFound("date answer", answer_id)
    require(actor, "capacity.date.ask")
    return answer_row(row)


def find_deals_with_date_answers(deal_ids: Collection[int]) -> set[int]:
    """Those of the given deals for which somebody asked when they can be done."""
    return set(DateAnswer.objects.filter(deal_id__in=set(deal_ids)).values_list("deal_id", flat=True))


def find_latest_answer(*, deal_id: int) -> DateAnswerRow | None:
    """The newest answer about a deal the viewer has been shown."""
    row = DateAnswer.objects.filter(deal_id=deal_id).order_by("-pk").first()
    return answer_row(row) if row else None


def read_odds(deal_ids: Collection[int]) -> dict[int, BasisRow]:
    """What was answered last about the dates of each deal; nothing once the deal sells something else than what was asked about."""
    if not rows_among("deals asked about", lambda values: DateAnswer.objects.filter(deal_id__in=values["deals"]).values_list("pk")[:1], {}, name="deals", choices=deal_ids):
        return {}
    newest = DateAnswer.objects.filter(deal_id__in=set(deal_ids)).order_by().values("deal_id").annotate(newest=Max("pk")).values("newest")
    return {
        row.deal_id: basis_of(row) for row in DateAnswer.objects.filter(pk__in=newest)
        if "sold" not in row.answer or row.answer["sold"] == sold_print(deal_id=row.deal_id)
    }


def basis_of(row: DateAnswer) -> BasisRow:
    """An answer as what a promise stands on."""
    answer: Mapping[str, Any] = row.answer
    odds = tuple((_day(day), share) for day, share in answer.get("odds") or answer["spread"])
    return BasisRow(
        row.kickoff_date, _day(answer["earliest"]), _day(answer["p50"]), _day(answer["p80"]), _day(answer["p90"]), 0, heard(said(answer["because"])), row.seed,
        odds=odds,
    )


def sold_print(*, deal_id: int) -> str:
    """What a deal sells, as a short mark that changes with it."""
    return sha256(repr(sorted(map(repr, list_sold_lines(deal_id=deal_id)))).encode()).hexdigest()[:16]


def answer_row(row: DateAnswer) -> DateAnswerRow:
    """A stored answer as its readers see it."""
    answer: Mapping[str, Any] = row.answer
    return DateAnswerRow(
        row.pk, row.deal_id, row.kickoff_date, row.wanted_date, _day(answer["earliest"]), _day(answer["p50"]), _day(answer["p80"]),
        _day(answer["p90"]), answer["chance"], answer["binding"], said(answer["because"]),
        tuple(
            DateLever(one["kind"], said(one["words"]), _day(one["finish"]), one["gained_days"], _day(one["p50"]), _day(one["p80"]), one["chance"], one["cost_minutes"])
            for one in answer["levers"]
        ),
        tuple(said(note) for note in answer["notes"]), tuple((_day(day), percent) for day, percent in answer["spread"]), answer["draws"], row.seed, row.state,
        answer.get("is_relevelled", False), row.state == "searching" and answer.get("is_weighing_levers", False), row.author_label, row.created_at,
    )


def _day(text: str) -> date:
    return date.fromisoformat(text)
