"""A genetic search over activity lists: two-point crossover, insertion moves, every child justified both ways.

After Hartmann (1998) and Valls, Ballestín and Quintanilla (2008). Deterministic for a seed and a number of children.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from wonward.engines.leveling.placing import Plan
from wonward.engines.leveling.quick import Workshop, ranks
from wonward.engines.leveling.settling import nearest, settle

POPULATION = 40
MOST_MOVES = 6
NOISE = 0.3
STALE_GENERATIONS = 40
BRIEF_PLACINGS, MOST_BRIEF, BRIEF_POPULATION = 5000, 100, 12
BRIEF_TASKS, LEAST_BRIEF = 80, 3


class Individual(NamedTuple):
    """A plan's score and the order of its tasks."""

    score: int
    order: tuple[int, ...]


class Breeder:
    """A population that goes on from call to call; ``best`` is the best plan ever seen."""

    def __init__(self, shop: Workshop, seed: int, first: Plan, population: int = POPULATION) -> None:
        self.shop = shop
        self.dice = random.Random(seed)  # noqa: S311
        self.best, self.least = first, shop.scorer.score(first)
        self.children, self.size = 0, population
        self._population: list[Individual] = []
        self._seen: set[Individual] = set()
        self._rank = next(ranks(shop.network, shop.bounds))
        task = shop.network.tasks
        self._is_anchored = any(one.published_start is not None for one in task)
        self._floor = [max(shop.network.release[j], one.published_start or 0) for j, one in enumerate(task)]
        self._steps = self._breed()

    def welcome(self, plan: Plan) -> None:
        """Take in a plan found elsewhere."""
        score = self.shop.scorer.score(plan)
        if score < self.least:
            self.best, self.least = plan.copy(), score
        self._population.append(Individual(score, self._order(plan)))

    def step(self) -> None:
        """Make one child."""
        next(self._steps)
        self.children += 1

    def _breed(self) -> Iterator[None]:
        stale = 0
        self._population = [Individual(self.least, self._order(self.best))]
        if len(self.shop.network.movable) < 2:
            while True:
                yield
        while True:
            while len(self._population) < self.size:
                self._population.append(self._judge(self._sample()))
                yield
            least = min(one.score for one in self._population)
            yield from self._generation()
            stale = 0 if self._population[0].score < least else stale + 1
            if stale >= STALE_GENERATIONS:
                # A population that no longer improves makes room for another, the best staying.
                self._population = self._population[:1]
                self._seen.clear()
                stale = 0

    def _generation(self) -> Iterator[None]:
        population, children = self._population, []
        self.dice.shuffle(population)
        self._seen.update(population)
        for number in range(0, len(population) - 1, 2):
            mother, father = population[number], population[number + 1]
            for one, other in ((mother, father), (father, mother)):
                child = self._judge(self._decode(self._cross(one.order, other.order)))
                if child not in self._seen:
                    self._seen.add(child)
                    children.append(child)
                yield
        self._population = sorted([*self._population, *children], key=lambda one: one.score)[: self.size]

    def _cross(self, one: Sequence[int], other: Sequence[int]) -> list[int]:
        size = len(one)
        first, last = sorted((self.dice.randint(0, size), self.dice.randint(0, size)))
        child = list(one[:first])
        taken = set(child)
        middle = [j for j in other if j not in taken][: last - first]
        taken.update(middle)
        child += middle
        child += [j for j in one if j not in taken]
        for _ in range(self.dice.randint(0, MOST_MOVES)):
            self._move(child)
        return child

    def _move(self, order: list[int]) -> None:
        """Put one task anywhere between the last it waits for and the first that waits for it."""
        network = self.shop.network
        here = self.dice.randrange(len(order))
        j = order[here]
        before, after = network.before[j], network.after[j]
        low = high = here
        while low > 0 and order[low - 1] not in before:
            low -= 1
        while high < len(order) - 1 and order[high + 1] not in after:
            high += 1
        if low < high:
            del order[here]
            order.insert(self.dice.randint(low, high), j)

    def _sample(self) -> Plan:
        rank = [at * (1 + NOISE * self.dice.random()) for at in self._rank]
        if self.shop.placer.is_uniform:
            return self.shop.placer.parallel(rank)
        return self._decode(self.shop.network.listed(rank))

    def _decode(self, order: Sequence[int]) -> Plan:
        if self._is_anchored:
            way = self.dice.random()
            if way < 1 / 3:
                return nearest(self.shop.placer, order)
            if way < 2 / 3:
                return self.shop.placer.serial(order, self._floor)
        return self.shop.placer.serial(order)

    def _judge(self, plan: Plan) -> Individual:
        placer, scorer = self.shop.placer, self.shop.scorer
        if scorer.is_pure or self.dice.random() < 0.5:
            placer.tighten(plan)
        if self._is_anchored:
            settle(placer, scorer, plan)
        score = scorer.score(plan)
        if score < self.least:
            self.best, self.least = plan.copy(), score
        return Individual(score, self._order(plan))

    def _order(self, plan: Plan) -> tuple[int, ...]:
        network = self.shop.network
        if network.has_leads:
            return tuple(network.listed([float(at) for at in plan.start]))
        return tuple(sorted(network.movable, key=plan.start.__getitem__))


def _brief_children(count: int) -> int:
    most = min(MOST_BRIEF, BRIEF_PLACINGS // max(1, count))
    return min(most, max(LEAST_BRIEF, int(most * (BRIEF_TASKS / max(BRIEF_TASKS, count)) ** 5)))


def improve_briefly(shop: Workshop, plan: Plan, seed: int) -> Plan:
    """A few dozen children on top of the rules: fewer the more tasks there are, and beyond eighty few enough to stay in the time."""
    breeder = Breeder(shop, seed, plan, BRIEF_POPULATION)
    for _ in range(_brief_children(shop.network.count)):
        if breeder.least <= shop.bounds.value:
            break
        breeder.step()
    return breeder.best
