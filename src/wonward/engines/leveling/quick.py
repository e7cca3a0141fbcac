"""Tier 1: a handful of rules, each tightened, the best taken. Milliseconds, no dependency, always there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from wonward.engines.leveling.bounds import Bounds
from wonward.engines.leveling.network import Network
from wonward.engines.leveling.placing import Placer, Plan
from wonward.engines.leveling.scoring import Scorer, latest_finishes
from wonward.engines.leveling.settling import nearest, settle

MANY_TASKS, SEVERAL_TASKS = 400, 90
# How often a plan is drawn together to the right and the left: once where that takes long and few plans are drawn anyway.
ROUNDS, ROUNDS_OF_SEVERAL = 4, 1


class Workshop(NamedTuple):
    """What every search over one problem shares."""

    network: Network
    placer: Placer
    scorer: Scorer
    bounds: Bounds


def first_plan(shop: Workshop) -> Plan:
    """The best plan of the rules: never worse than any one of them."""
    best: Plan | None = None
    least = 0
    for plan in _drafts(shop):
        score = shop.scorer.score(plan)
        if best is None or score < least:
            best, least = plan, score
        if least <= shop.bounds.value:
            break
    assert best is not None
    return best


def _drafts(shop: Workshop) -> Iterator[Plan]:
    """Plans by rule, as drawn and tightened; the published plan repaired first, if there is one."""
    network, placer, bounds = shop.network, shop.placer, shop.bounds
    if any(task.published_start is not None for task in network.tasks):
        yield from _anchored(shop)
    for number, rank in enumerate(ranks(network, bounds)):
        if placer.is_uniform:
            plan = placer.parallel(rank)
            yield finish_off(shop, plan)
        if number % 2 == 0 or not placer.is_uniform:
            yield finish_off(shop, placer.serial(network.listed(rank)))
        if number == (1 if network.count > MANY_TASKS else 2 if network.count > SEVERAL_TASKS else -1):
            return


def finish_off(shop: Workshop, plan: Plan) -> Plan:
    """The plan tightened and settled, or as it was if that is no better."""
    drawn = plan.copy()
    shop.placer.tighten(plan, ROUNDS_OF_SEVERAL if SEVERAL_TASKS < shop.network.count <= MANY_TASKS else ROUNDS)
    if shop.scorer.is_pure:
        return plan
    settle(shop.placer, shop.scorer, plan)
    settle(shop.placer, shop.scorer, drawn)
    return min(plan, drawn, key=shop.scorer.score)


def _anchored(shop: Workshop) -> Iterator[Plan]:
    """The published plan, each task moved only as far as it must: to the nearest room, or to the next."""
    network = shop.network
    floor = [max(network.release[j], task.published_start or 0) for j, task in enumerate(network.tasks)]
    latest = latest_finishes(network, shop.bounds.tail, shop.bounds.makespan)
    ends = [at + network.duration[j] for j, at in enumerate(floor)]
    for rank in ([at + slot / network.horizon for at, slot in zip(floor, latest, strict=True)], [float(at) for at in ends]):
        order = network.listed(rank)
        for plan in (nearest(shop.placer, order), shop.placer.serial(order, floor)):
            yield settle(shop.placer, shop.scorer, plan)


def ranks(network: Network, bounds: Bounds) -> Iterator[list[float]]:
    """Priority rules, the best first; a lower rank goes first."""
    size = network.count
    latest = latest_finishes(network, bounds.tail, bounds.makespan)
    begin = [latest[j] - network.duration[j] for j in range(size)]
    yield [float(at) for at in latest]
    yield [float(at) for at in begin]
    weight = [float(network.duration[j] + sum(network.duration[k] for k in network.after[j])) for j in range(size)]
    yield [latest[j] - 0.3 * weight[j] for j in range(size)]
    yield [begin[j] + 0.5 * bounds.earliest[j] for j in range(size)]
    yield [float(begin[j] - bounds.earliest[j]) for j in range(size)]
    followers = _followers(network)
    yield [-float(followers[j]) for j in range(size)]


def _followers(network: Network) -> list[int]:
    """How many tasks wait for each, at any distance."""
    reach = [0] * network.count
    for j in reversed(network.order):
        for k in network.after[j]:
            reach[j] |= reach[k] | 1 << k
    return [mask.bit_count() for mask in reach]
