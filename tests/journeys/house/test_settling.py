"""Whatever points to whatever: nothing that stays loses what it needs, and nothing goes that is not the sample's."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from wonward.foundation.database.types import Reference, Table
from wonward.journeys.house.rules.sample import settle_sample

TABLES = {
    "p.record": Table("p.record", "id", ("id", "up"), {"up": "p.record"}, frozenset(), frozenset(), (), {}),
    "p.part": Table("p.part", "id", ("id", "of"), {"of": "p.record"}, frozenset({"of"}), frozenset({"of"}), (), {}),
    "q.note": Table("q.note", "id", ("id", "by"), {"by": "p.record"}, frozenset(), frozenset(), (), {}),
    "q.place": Table(
        "q.place", "id", ("id", "note", "noun", "ref_id"), {"note": "q.note"}, frozenset({"note"}), frozenset({"note"}),
        (Reference("noun", "ref_id"),), {},
    ),
}
KEYS = st.integers(1, 6)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Any, frozenset[Any], frozenset[Any], dict[Any, str]]:
    keys = range(1, 7)
    optional = st.none() | KEYS
    rows: dict[str, dict[int, dict[str, Any]]] = {
        "p.record": {key: {"id": key, "up": draw(optional)} for key in keys},
        "p.part": {key: {"id": key, "of": draw(KEYS)} for key in keys},
        "q.note": {key: {"id": key, "by": draw(optional)} for key in keys},
        "q.place": {key: {"id": key, "note": draw(KEYS), "noun": "p.record", "ref_id": draw(KEYS)} for key in keys},
    }
    nodes = [(name, key) for name in rows for key in keys]
    sample = frozenset(draw(st.sets(st.sampled_from(nodes))))
    following = frozenset(draw(st.sets(st.sampled_from([node for node in nodes if node[0].startswith("q.")])))) - sample
    pinned = dict.fromkeys(draw(st.sets(st.sampled_from(nodes), max_size=3)), "touched")
    return rows, sample, following, pinned


@given(worlds())
def test_what_stays_loses_nothing_it_needs(world: Any) -> None:
    rows, sample, following, pinned = world
    plan = settle_sample(tables=TABLES, rows=rows, sample=sample, following=following, pinned=pinned)
    gone = {(name, key) for name, keys in plan.removed.items() for key in keys}
    emptied = {(name, column, key) for (name, column), keys in plan.emptied.items() for key in keys}
    assert gone <= sample | following
    assert gone & sample == sample - plan.kept.keys()
    assert not gone & pinned.keys() & sample
    for name, table in TABLES.items():
        for key, row in rows[name].items():
            if (name, key) not in gone:
                for column, target in table.links.items():
                    if (target, row[column]) in gone:
                        assert (name, key) in following
                        assert column not in table.required
                        assert (name, column, key) in emptied
                if (name, key) not in following and name == "q.place" and (name, key) not in sample:
                    assert ("p.record", row["ref_id"]) not in gone


@given(worlds())
def test_what_nobody_needs_goes(world: Any) -> None:
    rows, sample, following, _pinned = world
    everything = frozenset((name, key) for name in rows for key in rows[name])
    plan = settle_sample(tables=TABLES, rows=rows, sample=everything - following, following=following, pinned={})
    assert plan.kept == {}
    assert {(name, key) for name, keys in plan.removed.items() for key in keys} >= everything - following
