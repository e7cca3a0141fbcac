"""Everything wrong with a blueprint, one sentence per fault, each naming its item."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from wonward.domains.catalog.rules.graphs import ancestors_of, children_of, find_cycle, leaves_of, parents_of
from wonward.domains.catalog.rules.shapes import check_shape
from wonward.domains.catalog.types import ITEM_KINDS, LINK_TYPES, MOMENTS
from wonward.kernel.errors import FieldError
from wonward.kernel.wording import worded

LARGEST_ITEMS = 5000
LONGEST_DAYS = 3650
LARGEST_EFFORT = 10_000_000
MOST_COPIES = 200
LONGEST_KEY = 70
MOST_SKILLS = 10
PROJECT = "project"


@dataclass(slots=True)
class _Plan:
    """The items by key, and how the sentences call them."""

    items: Sequence[Mapping[str, Any]]
    is_by_name: bool
    places: dict[str, int] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)

    def word(self, key: Any) -> str:
        if self.is_by_name and key in self.places:
            return str(self.items[self.places[key]].get("name") or key)
        return str(key)

    def item(self, key: str) -> Mapping[str, Any]:
        return self.items[self.places[key]]

    def chain(self, key: str) -> list[str]:
        return [key, *ancestors_of(key, self.parents)]

    def options(self, key: str) -> frozenset[str]:
        """The options without which this item is left out."""
        return frozenset(self.item(one)["when"]["option"] for one in self.chain(key) if self.item(one).get("when"))

    def repeater(self, key: str) -> str:
        """The repeated item this one is or lies in; the outermost, or an empty text."""
        return next((one for one in reversed(self.chain(key)) if self.item(one).get("repeat")), "")


def check_items(items: Sequence[Any], *, is_by_name: bool = False) -> list[FieldError]:
    """What is wrong with a blueprint; empty when it is fine. `is_by_name`: sentences call items by name, not by key."""
    if not items:
        return [FieldError("items", "A template needs at least one item.", "required")]
    if len(items) > LARGEST_ITEMS:
        return [FieldError("items", worded("A template may have {largest_items} items, this one has {count}.", largest_items=LARGEST_ITEMS, count=len(items)), "range")]
    errors = [error for index, item in enumerate(items) for error in check_shape(index, item)]
    if errors:
        return errors
    plan = _Plan(items, is_by_name)
    for index, item in enumerate(items):
        key = item.get("key") or ""
        if not key:
            errors.append(FieldError(f"items[{index}].key", worded("Item {index} needs a key.", index=index + 1), "required"))
        elif len(key) > LONGEST_KEY:
            errors.append(FieldError(f"items[{index}].key", worded("The key “{key}” is longer than {longest_key} characters.", key=key, longest_key=LONGEST_KEY), "range"))
        elif key in plan.places:
            errors.append(FieldError(f"items[{index}].key", worded("The key “{key}” is used twice.", key=key), "duplicate"))
        plan.places.setdefault(key, index)
    for index, item in enumerate(items):
        errors.extend(_check_item(index, item, plan))
    if errors:
        return errors
    plan.parents = parents_of(items)
    if cycle := find_cycle({key: [parent] for key, parent in plan.parents.items()}):
        return [_cycle_error(cycle, plan, worded("lies in itself"), "parent")]
    for index, item in enumerate(items):
        errors.extend(_check_placing(index, item, plan))
        errors.extend(_check_repeating(index, item, plan))
    return errors or _check_order(plan)


def _check_item(index: int, item: Mapping[str, Any], plan: _Plan) -> Iterable[FieldError]:
    at, label = f"items[{index}]", f"“{plan.word(item.get('key'))}”"
    if item.get("kind") not in ITEM_KINDS:
        yield FieldError(f"{at}.kind", worded("{label} has the kind “{kind}”; choose {kinds} or {last}.", label=label, kind=item.get("kind"), kinds=", ".join(ITEM_KINDS[:-1]), last=ITEM_KINDS[-1]))
    if not str(item.get("name") or "").strip():
        yield FieldError(f"{at}.name", worded("{label} needs a name.", label=label), "required")
    yield from _check_amounts(at, label, item)
    parent = item.get("parent")
    if parent is not None:
        if parent not in plan.places:
            yield FieldError(f"{at}.parent", worded("{label} lies in “{parent}”, which is not an item.", label=label, parent=parent), "unknown")
        elif plan.item(parent).get("kind") in MOMENTS:
            kind = plan.item(parent)["kind"]
            yield FieldError(f"{at}.parent", worded("{label} lies in “{plan}”, which is {kind}.", label=label, plan=plan.word(parent), kind=worded("an approval") if kind == "approval" else worded("a milestone") if kind == "milestone" else f"a {kind}"))
    if item.get("acceptance") and not item.get("deliverable"):
        yield FieldError(f"{at}.acceptance", worded("{label} has acceptance criteria but is not a deliverable.", label=label))
    yield from _check_skills(at, label, item)
    for place, wait in enumerate(item.get("after") or []):
        yield from _check_wait(f"{at}.after[{place}]", label, wait, plan)


def _check_skills(at: str, label: str, item: Mapping[str, Any]) -> Iterable[FieldError]:
    asked = [one["name"].strip().casefold() for one in item.get("skills") or []]
    if asked and item.get("kind") != "task":
        yield FieldError(f"{at}.skills", worded("{label} asks for skills but is not a task.", label=label))
    if not all(asked) or len(asked) != len(set(asked)):
        yield FieldError(f"{at}.skills", worded("{label} asks for a skill without a name, or for one twice.", label=label), "duplicate")
    if len(asked) > MOST_SKILLS:
        yield FieldError(f"{at}.skills", worded("{label} asks for more than {most_skills} skills.", label=label, most_skills=MOST_SKILLS), "range")


def _check_wait(at: str, label: str, wait: Mapping[str, Any], plan: _Plan) -> Iterable[FieldError]:
    if wait["key"] not in plan.places:
        yield FieldError(f"{at}.key", worded("{label} waits for “{key}”, which is not an item.", label=label, key=wait["key"]), "unknown")
    if (wait.get("type") or "FS") not in LINK_TYPES:
        yield FieldError(f"{at}.type", worded("{label} has a dependency “{type}”; choose FS, SS, FF or SF.", label=label, type=wait.get("type")))
    if (wait.get("lag_unit") or "working") not in ("working", "elapsed"):
        yield FieldError(f"{at}.lag_unit", worded("{label} counts a lag in “{lag_unit}”; choose working or elapsed.", label=label, lag_unit=wait.get("lag_unit")))
    if abs(wait.get("lag_days") or 0) > LONGEST_DAYS:
        yield FieldError(f"{at}.lag_days", worded("{label} has a lag of {lag_days} days.", label=label, lag_days=wait.get("lag_days")), "range")


def _check_amounts(at: str, label: str, item: Mapping[str, Any]) -> Iterable[FieldError]:
    days = item.get("duration_days")
    if days is not None and not _is_within(days, LONGEST_DAYS):
        yield FieldError(f"{at}.duration_days", worded("{label} cannot take {days} days.", label=label, days=amount_words(days)), "range")
    effort = item.get("effort_minutes")
    if effort is not None and not _is_within(effort, LARGEST_EFFORT):
        yield FieldError(f"{at}.effort_minutes", worded("{label} cannot need {effort} minutes.", label=label, effort=amount_words(effort)), "range")
    if effort is not None and item.get("efforts"):
        yield FieldError(f"{at}.effort_minutes", worded("{label} gives its effort twice, as a whole and by role.", label=label), "duplicate")
    roles: set[str] = set()
    for place, part in enumerate(item.get("efforts") or []):
        role = part["role"].strip()
        if not role:
            yield FieldError(f"{at}.efforts[{place}].role", worded("{label} has an effort without a role.", label=label), "required")
        elif role.casefold() in roles:
            yield FieldError(f"{at}.efforts[{place}].role", worded("{label} names the role “{role}” twice.", label=label, role=role), "duplicate")
        roles.add(role.casefold())
        if not _is_within(part["minutes"], LARGEST_EFFORT):
            yield FieldError(f"{at}.efforts[{place}].minutes", worded("{label} cannot need {minutes} minutes.", label=label, minutes=amount_words(part["minutes"])), "range")


def _is_within(amount: Any, most: int) -> bool:
    parts = (amount.get("base") or 0, amount["per_unit"]) if isinstance(amount, Mapping) else (amount, 0)
    return min(parts) >= 0 and sum(parts) <= most


def amount_words(amount: Any) -> str:
    """`5`, or `2 + 0.25 per unit`."""
    if isinstance(amount, Mapping):
        base = f"{amount['base']:g} + " if amount.get("base") else ""
        return f"{base}{amount['per_unit']:g} per unit"
    return f"{amount:g}"


def _check_placing(index: int, item: Mapping[str, Any], plan: _Plan) -> Iterable[FieldError]:
    """Offsets from the kickoff, back from the promised finish, or from a phase or milestone."""
    at, label = f"items[{index}]", f"“{plan.word(item['key'])}”"
    start, finish, anchor = item.get("start_offset_days"), item.get("before_finish_days"), item.get("anchor")
    for name, days in (("start_offset_days", start), ("before_finish_days", finish)):
        if days is not None and not 0 <= days <= LONGEST_DAYS:
            yield FieldError(f"{at}.{name}", worded("{label} cannot be placed {days} working days away.", label=label, days=days), "range")
    if start is not None and finish is not None:
        yield FieldError(f"{at}.before_finish_days", worded("{label} is placed twice, from the start and from the finish.", label=label), "duplicate")
    if finish is not None and item["kind"] == "phase":
        yield FieldError(f"{at}.before_finish_days", worded("{label} is a phase: place what lies in it back from the finish instead.", label=label))
    if anchor in (None, "", PROJECT):
        return
    if start is None and finish is None:
        yield FieldError(f"{at}.anchor", worded("{label} is placed by “{plan}”, but not how many days from it.", label=label, plan=plan.word(anchor)), "required")
    elif anchor not in plan.places:
        yield FieldError(f"{at}.anchor", worded("{label} is placed by “{anchor}”, which is not an item.", label=label, anchor=anchor), "unknown")
    else:
        yield from _check_anchor(f"{at}.anchor", label, item, anchor, plan)


def _check_anchor(at: str, label: str, item: Mapping[str, Any], anchor: str, plan: _Plan) -> Iterable[FieldError]:
    other = f"“{plan.word(anchor)}”"
    key = item["key"]
    if plan.item(anchor)["kind"] == "task":
        yield FieldError(at, worded("{label} is placed by {other}, which is a task; choose a phase or a milestone.", label=label, other=other))
    if anchor == key:
        yield FieldError(at, worded("{label} is placed by itself.", label=label), "cycle")
    elif anchor in plan.chain(key) and item.get("before_finish_days") is not None:
        yield FieldError(at, worded("{label} lies in {other} and cannot be placed back from its finish.", label=label, other=other))
    elif key in plan.chain(anchor):
        yield FieldError(at, worded("{label} contains {other} and cannot be placed by it.", label=label, other=other))
    if any(wait["key"] == anchor for wait in item.get("after") or []):
        yield FieldError(at, worded("{label} both waits for {other} and is placed by it; keep one of the two.", label=label, other=other), "duplicate")
    if not plan.options(anchor) <= plan.options(key):
        yield FieldError(at, worded("{label} is placed by {other}, which is left out without its option.", label=label, other=other))
    if plan.repeater(anchor) and plan.repeater(anchor) != plan.repeater(key):
        yield FieldError(at, worded("{label} is placed by {other}, which is there once per unit.", label=label, other=other))


def _check_repeating(index: int, item: Mapping[str, Any], plan: _Plan) -> Iterable[FieldError]:
    at, label = f"items[{index}]", f"“{plan.word(item['key'])}”"
    limit = item.get("repeat_limit")
    if item.get("repeat") not in (None, "", "quantity"):
        yield FieldError(f"{at}.repeat", worded("{label} is repeated by “{repeat}”; only quantity is known.", label=label, repeat=item["repeat"]), "unknown")
    if limit is not None and not item.get("repeat"):
        yield FieldError(f"{at}.repeat_limit", worded("{label} has a limit but is not repeated.", label=label))
    elif limit is not None and not 1 <= limit <= MOST_COPIES:
        yield FieldError(f"{at}.repeat_limit", worded("{label} may be there between 1 and {most_copies} times.", label=label, most_copies=MOST_COPIES), "range")
    if item.get("in_sequence") and not item.get("repeat"):
        yield FieldError(f"{at}.in_sequence", worded("{label} is to follow itself but is not repeated.", label=label))
    if item.get("repeat") and plan.repeater(item["key"]) != item["key"]:
        outer = plan.word(plan.repeater(item["key"]))
        yield FieldError(f"{at}.repeat", worded("{label} lies in “{outer}”, which is repeated already.", label=label, outer=outer))
    if item.get("when") is not None and not item["when"]["option"].strip():
        yield FieldError(f"{at}.when", worded("{label} belongs to an option without a name.", label=label), "required")


def waits_of(item: Mapping[str, Any]) -> list[str]:
    """The keys an item waits for, an anchor outside itself included."""
    anchor = item.get("anchor")
    return [wait["key"] for wait in item.get("after") or []] + ([anchor] if anchor and anchor != PROJECT else [])


def _check_order(plan: _Plan) -> list[FieldError]:
    """A cycle over containment and waiting: every leaf of a phase inherits what the phase waits for."""
    items, parents = plan.items, plan.parents
    children = children_of(items)
    graph: dict[str, list[str]] = {}
    for item in items:
        key = item["key"]
        above = set(ancestors_of(key, parents))
        graph[key] = [wanted for wanted in waits_of(item) if not (wanted in above and wanted == item.get("anchor"))]
        for wanted in graph[key]:
            if wanted == key:
                return [_cycle_error([key, key], plan, worded("waits for itself"), "after")]
            if wanted in above or key in ancestors_of(wanted, parents):
                verb = worded("waits for what contains it") if wanted in above else worded("waits for what it contains")
                return [_cycle_error([key, wanted], plan, verb, "after")]
    expanded = {key: [leaf for wanted in waits for leaf in leaves_of(wanted, children)] for key, waits in graph.items()}
    full = {
        item["key"]: [leaf for holder in (item["key"], *ancestors_of(item["key"], parents)) for leaf in expanded[holder]]
        for item in items
        if item["key"] not in children
    }
    cycle = find_cycle(full)
    return [_cycle_error(cycle, plan, worded("waits for itself"), "after")] if cycle else []


def _cycle_error(path: Sequence[str], plan: _Plan, verb: str, name: str) -> FieldError:
    words = " → ".join(plan.word(key) for key in path)
    return FieldError(f"items[{plan.places[path[0]]}].{name}", worded("“{plan}” {verb}: {words}.", plan=plan.word(path[0]), verb=verb, words=words), "cycle")
