"""A deal that is won again with more on it: what was sold since joins its projects, or becomes further ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import F

from wonward.domains.catalog.queries import find_services_by_key, get_additions, get_cost_list
from wonward.domains.catalog.rules.names import service_key
from wonward.domains.catalog.types import Blueprint, BlueprintItem, SoldLine
from wonward.domains.clients.operations import put_main_stakeholder
from wonward.domains.delivery.types import MovedStart, NewSections
from wonward.domains.finance.operations import raise_budget
from wonward.domains.sales.types import SoldService, WonDeal
from wonward.domains.staff.queries import get_default_calendar
from wonward.foundation.organisation.queries import civil_date, get_organisation
from wonward.journeys.handoff.models import Handoff, HandoffProject, KickoffItem
from wonward.journeys.handoff.operations.building import build_project, enter_projects
from wonward.journeys.handoff.queries.additions import (
    begins_with_kickoff,
    find_lines_agreed,
    find_lines_planned,
    is_kickoff_of_all,
    list_open_projects,
)
from wonward.journeys.handoff.rules.additions import by_name, planned_from, sold_since
from wonward.journeys.handoff.rules.shares import currency_of, share_of
from wonward.journeys.promises.operations import (
    change_plan,
    plans_of,
    refresh_coverage,
    take_in_work,
)
from wonward.journeys.promises.types import FINISH, PlanWork
from wonward.kernel.actor import Actor
from wonward.kernel.money import Money
from wonward.kernel.ref import Ref


def begin_on_kickoff(
    *, actor: Actor, handoff: Handoff, before: date, lines: Sequence[Mapping[str, Any]], now: datetime
) -> None:
    """Plans that began on the former kickoff begin on the new one; where somebody has begun, the kickoff list says so instead.

    A kickoff of what was sold since is none of theirs.
    """
    told = []
    if not is_kickoff_of_all(handoff_id=handoff.pk, lines=lines):
        return
    for project_id, name, _ in list_open_projects(handoff_id=handoff.pk):
        if not begins_with_kickoff(project_id=project_id, kickoff_date=before):
            told.append(planned_from(name, before, handoff.kickoff_date))
            continue
        change_plan(
            actor=replace(actor, is_system=True), project_id=project_id, changes=[MovedStart(handoff.kickoff_date)],
            reason="The kickoff was agreed anew.", now=now,
        )
    say_at_kickoff(handoff, told)


def add_what_was_sold_since(
    *, actor: Actor, handoff: Handoff, won: WonDeal, lines: Sequence[Mapping[str, Any]], now: datetime
) -> None:
    """Plan the lines that no win has planned yet, from the new kickoff on; tasks that are there stay as they are.

    What is planned and sold otherwise now, or not at all, is put on the kickoff list: nothing planned is ever deleted by a
    win. `lines` are the lines of the deal as they will be frozen.
    """
    since = sold_since(find_lines_planned(handoff_id=handoff.pk), lines)
    say_at_kickoff(handoff, since.told)
    fresh = [won.lines[place] for place in since.added]
    if not fresh:
        return
    follower = replace(actor, is_system=True)
    there = list_open_projects(handoff_id=handoff.pk)
    sold = [SoldLine.choosing(line.service_id, line.quantity, line.options, line.hours) for line in fresh]
    for place, blueprint in get_additions(name=won.name, lines=sold, there=[template for _, _, template in there]):
        if place is None:
            _add_project(follower, handoff, won, blueprint, fresh, now)
        else:
            amount, cost = _worth(won, blueprint, fresh, now)
            join_plan(
                actor=follower, handoff=handoff, project_id=there[place][0], blueprint=blueprint, start_date=handoff.kickoff_date,
                amount=amount, planned_cost=cost, now=now,
            )


def add_what_was_amended(*, actor: Actor, handoff: Handoff, lines: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Lines that an amendment adds become work of the main project, from its day on; what it takes away is said at the kickoff.

    A line that names a service of the catalogue and no effort of its own is a section by the template of that service; any other
    is a task.
    """
    since = sold_since(find_lines_agreed(handoff_id=handoff.pk), by_name(lines))
    say_at_kickoff(handoff, since.told)
    there = list_open_projects(handoff_id=handoff.pk)
    if not since.added or not there:
        return
    services = find_services_by_key([service_key(lines[place]["service"]) for place in since.added if not lines[place]["effort_minutes"]])
    listed = [place for place in since.added if service_key(lines[place]["service"]) in services and not lines[place]["effort_minutes"]]
    sold = [SoldLine(services[service_key(lines[place]["service"])], Decimal(lines[place]["quantity"])) for place in listed]
    blueprints = [blueprint for _, blueprint in get_additions(name=there[0][1], lines=sold, there=[there[0][2]])]
    if items := tuple(_deliver(lines[place], place) for place in since.added if place not in listed):
        blueprints.append(Blueprint(there[0][1], None, "", None, items, sum(item.effort_minutes for item in items), ()))
    _, calendar = get_default_calendar()
    today = calendar.next_working_day(civil_date(now, get_organisation().time_zone))
    amount = _price([lines[place] for place in since.added])
    for blueprint in blueprints:
        join_plan(
            actor=replace(actor, is_system=True), handoff=handoff, project_id=there[0][0], blueprint=blueprint,
            start_date=max(handoff.kickoff_date, today), amount=amount, planned_cost=None, now=now,
        )
        amount = None


def _price(lines: Sequence[Mapping[str, Any]]) -> Money | None:
    """The sum of lines with a price; none when no line has one or they have several currencies."""
    prices = [(line["unit_price"].split(" "), line["quantity"]) for line in lines if line["unit_price"]]
    if len({currency for (_, currency), _ in prices}) != 1:
        return None
    sums = [Money.parse(amount, currency).times(Decimal(quantity)) for (amount, currency), quantity in prices]
    return Money(sum(one.minor for one in sums), sums[0].currency)


def _worth(
    won: WonDeal, blueprint: Blueprint, lines: Sequence[SoldService], now: datetime
) -> tuple[Money | None, Money | None]:
    """(price, planned cost) of the lines that a blueprint delivers."""
    costs = _costs(won, lines, now)
    amount, cost, _ = share_of(value=won.value, lines=lines, service_ids=blueprint.service_ids, costs=costs, is_first=False)
    return amount, cost


def _costs(won: WonDeal, lines: Sequence[SoldService], now: datetime) -> Mapping[int, Money | None]:
    today = civil_date(now, get_organisation().time_zone)
    return get_cost_list([line.service_id for line in lines], currency=currency_of(won.value, won.lines), on=today)


def _deliver(line: Mapping[str, Any], place: int) -> BlueprintItem:
    quantity = Decimal(line["quantity"])
    name = f"Deliver {line['service']}" + (f" × {line['quantity']}" if quantity != 1 else "")
    return BlueprintItem(f"amended-{place}", "task", name, None, 480, int(quantity * line["effort_minutes"]), "", (), "", ())


def join_plan(
    *, actor: Actor, handoff: Handoff, project_id: int, blueprint: Blueprint, start_date: date, amount: Money | None,
    planned_cost: Money | None, now: datetime,
) -> None:
    """Sections behind what is planned in a project, and what they may cost; the last of them keeps the promised finish too."""
    raise_budget(
        actor=actor, project_id=project_id, amount=amount, planned_cost=planned_cost, effort_minutes=blueprint.effort_minutes, now=now
    )
    sections = NewSections(blueprint.items, start_date, handoff.promised_finish_date)
    changed = change_plan(
        actor=actor, project_id=project_id, changes=[sections], reason="More was sold.", now=now
    )
    added = set(changed.outcome.touched_ids)
    plan = plans_of([project_id])[project_id]
    if FINISH not in {item.promise_key for item in blueprint.items}:
        last = max(added & set(plan.finishes), key=lambda key: (plan.finishes[key], key))
        take_in_work(actor=actor, work=PlanWork(project_id, {FINISH: (last,)}, {}), now=now)
        refresh_coverage(actor=actor, project_ids=[project_id], finishes=plan.finishes, now=now)
    HandoffProject.objects.filter(project_id=project_id).update(
        task_count=F("task_count") + sum(1 for item in blueprint.items if item.kind == "task"),
        milestone_count=F("milestone_count") + sum(1 for item in blueprint.items if item.is_moment),
    )


def _add_project(
    actor: Actor, handoff: Handoff, won: WonDeal, blueprint: Blueprint, lines: Sequence[SoldService], now: datetime
) -> None:
    project = build_project(actor, won, handoff, blueprint, _costs(won, lines, now), lines, False, now)
    enter_projects(handoff, won.company_id, [project], [blueprint])
    put_main_stakeholder(ref=Ref("delivery.project", project.project_id), contact_id=handoff.main_stakeholder_id, now=now)
    work = PlanWork(project.project_id, project.promise_tasks, project.finishes)
    take_in_work(actor=actor, work=work, deal_id=won.deal_id, now=now)
    refresh_coverage(actor=actor, project_ids=[project.project_id], finishes=project.finishes, now=now)
    handoff.save(update_fields=["records_created"])


def say_at_kickoff(handoff: Handoff, told: Sequence[str]) -> None:
    """Put lines on the kickoff list that are not on it yet."""
    known = set(handoff.kickoff_items.values_list("text", flat=True))
    place = handoff.kickoff_items.count()
    KickoffItem.objects.bulk_create(
        KickoffItem(handoff=handoff, position=place + offset, text=text)
        for offset, text in enumerate(text for text in dict.fromkeys(told) if text not in known)
    )
