"""One template and one sold line become concrete items: sections chosen, units repeated, amounts worked out.

The template is only read. Every key of the result is new or the item's own, behind `prefix`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from wonward.domains.catalog.rules.checking import LONGEST_DAYS, PROJECT
from wonward.domains.catalog.rules.graphs import ancestors_of, children_of, parents_of
from wonward.domains.catalog.types import ALL_OPTIONS, MOMENTS, BlueprintItem, RoleEffort, SkillNeeded, Waits

MINUTES_PER_DAY = 480
MINUTES_PER_ELAPSED_DAY = 1440
HALF_DAY = 240
USUAL_LIMIT = 50

Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Share:
    """The units one copy of a repeated item stands for: `first` to `last` of `total`, of which `units` were sold."""

    first: int
    last: int
    total: int
    units: Decimal


def expand_items(
    items: Sequence[Item], *, quantity: Decimal = Decimal(1), options: frozenset[str] = ALL_OPTIONS, prefix: str = ""
) -> list[BlueprintItem]:
    """The items to create for `quantity` units with these options, in the template's order."""
    chosen = choose_items(items, options)
    parents, by_key = parents_of(chosen), {item["key"]: item for item in chosen}
    repeaters = {key: _repeater(key, parents, by_key) for key in by_key}
    shares = {
        key: split_units(quantity, item.get("repeat_limit") or USUAL_LIMIT)
        for key, item in by_key.items()
        if repeaters[key] == key
    }
    whole = Share(1, 1, 1, quantity)
    copier = _Copier(by_key, parents, repeaters, shares, prefix)
    return [
        copier.make(item, place, share)
        for item in chosen
        for place, share in enumerate(shares.get(repeaters[item["key"]] or "", [whole]))
    ]


def list_options(items: Sequence[Item]) -> list[str]:
    """Every option a template has sections for, in order."""
    return list(dict.fromkeys(item["when"]["option"] for item in items if item.get("when")))


def split_units(quantity: Decimal, limit: int) -> list[Share]:
    """One share per unit, at most `limit`: beyond it units are shared out evenly. A broken last unit counts as sold."""
    total = max(1, math.ceil(quantity))
    count = min(total, limit)
    size, more = divmod(total, count)
    shares, first = [], 1
    for place in range(count):
        last = first + size - (0 if place < more else 1)
        units = Decimal(last - first + 1) - (total - quantity if place == count - 1 else 0)
        shares.append(Share(first, last, total, units))
        first = last + 1
    return shares


def choose_items(items: Sequence[Item], options: frozenset[str]) -> list[Item]:
    """Without the sections nobody sold. What waited for one of these waits for what that one waited for."""
    if options == ALL_OPTIONS:
        return list(items)
    parents, children = parents_of(items), children_of(items)
    by_key = {item["key"]: item for item in items}
    gone = {
        key for key in by_key
        if any(by_key[one].get("when") and by_key[one]["when"]["option"] not in options for one in (key, *ancestors_of(key, parents)))
    }
    for key in sorted(by_key, key=lambda one: -len(ancestors_of(one, parents))):
        if key in children and all(child in gone for child in children[key]):
            gone.add(key)
    if not gone:
        return list(items)
    bridge = _Bridge(by_key, parents, children, gone)
    return [
        {**item, "after": list(bridge.waits(item))} if item.get("after") else item for item in items if item["key"] not in gone
    ]


@dataclass(slots=True)
class _Bridge:
    """Follows waits through what is left out to what is left."""

    by_key: Mapping[str, Item]
    parents: Mapping[str, str]
    children: Mapping[str, Sequence[str]]
    gone: set[str]

    def waits(self, item: Item) -> Iterator[Item]:
        """What an item that stays waits for, each other item once."""
        found: dict[str, Item] = {}
        above = ancestors_of(item["key"], self.parents)
        waiting, seen = list(item["after"]), set()
        while waiting:
            wait = waiting.pop(0)
            key = wait["key"]
            if key not in self.gone:
                if key not in above:
                    found.setdefault(key, wait)
            elif key not in seen:
                seen.add(key)
                waiting.extend(self._behind(key))
        yield from found.values()

    def _behind(self, key: str) -> Iterator[Item]:
        """The waits of something left out: its own, those of what contained it there, those of what lay in it."""
        holders = [one for one in (key, *ancestors_of(key, self.parents)) if one in self.gone]
        inside, waiting = [], list(self.children.get(key, ()))
        while waiting:
            child = waiting.pop()
            inside.append(child)
            waiting.extend(self.children.get(child, ()))
        for one in (*holders, *inside):
            yield from self.by_key[one].get("after") or []


def _repeater(key: str, parents: Mapping[str, str], by_key: Mapping[str, Item]) -> str:
    return next((one for one in (key, *ancestors_of(key, parents)) if by_key[one].get("repeat")), "")


@dataclass(slots=True)
class _Copier:
    """Makes the copies of one template; `shares` lists the copies of each repeated item."""

    by_key: Mapping[str, Item]
    parents: Mapping[str, str]
    repeaters: Mapping[str, str]
    shares: Mapping[str, Sequence[Share]]
    prefix: str

    def make(self, item: Item, place: int, share: Share) -> BlueprintItem:
        """The copy number `place` of an item, standing for the units of `share`."""
        efforts = _efforts(item, share.units)
        parent, phase = item.get("parent"), self._own_phase(item)
        return BlueprintItem(
            key=self._key(item["key"], place),
            kind=item["kind"],
            name=_name(str(item["name"]).strip(), share),
            parent=self._key(parent, place) if parent is not None else None,
            duration_minutes=_duration(item, share.units),
            effort_minutes=sum(part.minutes for part in efforts) if efforts else _effort(item.get("effort_minutes"), share.units),
            role=str(item.get("role") or "").strip() or (efforts[0].role if efforts else ""),
            after=tuple(self._waits(item, place)),
            promise_key=str(item.get("promise_key") or ""),
            checklist=tuple(str(text) for text in item.get("checklist") or []),
            efforts=efforts,
            is_deliverable=bool(item.get("deliverable")),
            acceptance=tuple(str(text) for text in item.get("acceptance") or []),
            start_offset_days=_whole(item.get("start_offset_days")) if phase or not self._anchor(item) else None,
            offset_in=self._key(phase, place) if phase else None,
            before_finish_days=None if self._anchor(item) else _whole(item.get("before_finish_days")),
            skills=tuple(SkillNeeded(str(one["name"]).strip(), int(one.get("level") or 1)) for one in item.get("skills") or []),
        )

    def _key(self, key: str, place: int) -> str:
        """`page`, or `page#3` where there are several."""
        count = len(self.shares.get(self.repeaters[key], ()))
        return f"{self.prefix}{key}#{place + 1}" if count > 1 else f"{self.prefix}{key}"

    def _anchor(self, item: Item) -> str:
        anchor = item.get("anchor")
        return anchor if anchor and anchor != PROJECT and anchor in self.by_key else ""

    def _own_phase(self, item: Item) -> str:
        anchor = self._anchor(item)
        return anchor if anchor and anchor in ancestors_of(item["key"], self.parents) else ""

    def _waits(self, item: Item, place: int) -> Iterator[Waits]:
        """Each other item once; a repeated one in the copy of the same number where both are repeated as often."""
        if item.get("in_sequence") and place:
            yield Waits(self._key(item["key"], place - 1), "FS", 0)
        for wait in {wait["key"]: wait for wait in item.get("after") or []}.values():
            unit = wait.get("lag_unit") or "working"
            per_day = MINUTES_PER_ELAPSED_DAY if unit == "elapsed" else MINUTES_PER_DAY
            lag = round(Decimal(str(wait.get("lag_days") or 0)) * per_day)
            for key in self._copies(item["key"], wait["key"], place):
                yield Waits(key, wait.get("type") or "FS", lag, unit)
        anchor = self._anchor(item)
        if anchor and not self._own_phase(item):
            yield self._placed_by(item, anchor, place)

    def _copies(self, key: str, wanted: str, place: int) -> Iterator[str]:
        theirs = self.shares.get(self.repeaters[wanted], ())
        mine = self.shares.get(self.repeaters[key], ())
        if len(theirs) == len(mine) or not theirs:
            yield self._key(wanted, place)
        else:
            yield from (self._key(wanted, number) for number in range(len(theirs)))

    def _placed_by(self, item: Item, anchor: str, place: int) -> Waits:
        """A distance from a phase or milestone is a dependency, so it follows when that one moves."""
        finish = item.get("before_finish_days")
        if finish is not None:
            return Waits(self._key(anchor, place), "FF", -int(finish) * MINUTES_PER_DAY)
        kind = "FS" if self.by_key[anchor]["kind"] in MOMENTS else "SS"
        return Waits(self._key(anchor, place), kind, int(item["start_offset_days"]) * MINUTES_PER_DAY)


def _whole(value: Any) -> int | None:
    return None if value is None else int(value)


def _name(name: str, share: Share) -> str:
    if share.total == 1:
        return name
    units = f"{share.first}" if share.first == share.last else f"{share.first}–{share.last}"
    return f"{name[:270]} ({units} of {share.total})"


def amount_at(amount: Any, units: Decimal) -> Decimal:
    """A number, or `base` and `per_unit` times the units."""
    if isinstance(amount, Mapping):
        return Decimal(str(amount.get("base") or 0)) + Decimal(str(amount["per_unit"])) * units
    return Decimal(str(amount))


def _duration(item: Item, units: Decimal) -> int:
    """Working minutes; what depends on a quantity is rounded up to the next half day."""
    if item["kind"] in MOMENTS:
        return 0
    days = item.get("duration_days")
    minutes = amount_at(1 if days is None else days, units) * MINUTES_PER_DAY
    if isinstance(days, Mapping):
        minutes = Decimal(math.ceil(minutes / HALF_DAY) * HALF_DAY)
    return min(round(minutes), LONGEST_DAYS * MINUTES_PER_DAY)


def _effort(amount: Any, units: Decimal) -> int:
    return min(round(amount_at(amount or 0, units)), 1_000_000_000)


def _efforts(item: Item, units: Decimal) -> tuple[RoleEffort, ...]:
    return tuple(RoleEffort(part["role"].strip(), _effort(part["minutes"], units)) for part in item.get("efforts") or [])
