"""Random blueprints that are valid: an outline of phases, tasks, milestones and approvals that wait for earlier ones."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from wonward.domains.catalog.rules.checking import check_items

Item = dict[str, Any]


@st.composite
def blueprints(draw: st.DrawFn, *, most: int = 14, with_options: bool = False) -> list[Item]:
    """Items in which everybody waits only for earlier leaves, so there is never a circle."""
    count = draw(st.integers(1, most))
    items: list[Item] = []
    phases: list[str] = []
    leaves: list[Item] = []
    for place in range(count):
        kind = draw(st.sampled_from(["phase", "task", "task", "task", "milestone", "approval"]))
        item: Item = {"key": f"k{place}", "kind": kind, "name": f"Item {place}"}
        if phases and draw(st.booleans()):
            item["parent"] = draw(st.sampled_from(phases))
        if kind == "phase":
            phases.append(item["key"])
        if kind == "task":
            item["duration_days"] = draw(st.sampled_from([0, 0.5, 1, 2, 3.5, 7]))
            item["effort_minutes"] = draw(st.sampled_from([0, 60, {"per_unit": 30}, {"base": 60, "per_unit": 15}]))
            item["promise_key"] = draw(st.sampled_from(["", "finish"]))
            item["checklist"] = draw(st.lists(st.sampled_from(["One", "Two"]), max_size=2))
        if kind != "phase":
            item["after"] = _waits(draw, leaves)
            leaves.append(item)
        if with_options and draw(st.integers(0, 3)) == 0:
            item["when"] = {"option": draw(st.sampled_from(["a", "b"]))}
        items.append(item)
    if draw(st.booleans()) and leaves:
        chosen = draw(st.sampled_from(leaves))
        chosen["repeat"] = "quantity"
    assert not check_items(items), check_items(items)
    return items


def _waits(draw: st.DrawFn, leaves: list[Item]) -> list[Item]:
    if not leaves:
        return []
    wanted = draw(st.lists(st.sampled_from([item["key"] for item in leaves]), max_size=3, unique=True))
    return [
        {"key": key, "type": draw(st.sampled_from(["FS", "SS", "FF"])), "lag_days": draw(st.sampled_from([0, 0, 1, 2.5])),
         "lag_unit": draw(st.sampled_from(["working", "working", "elapsed"]))}
        for key in wanted
    ]
