"""Random levelling problems for the properties, small ones written out, and where the shared instances lie."""

import os
from pathlib import Path

from hypothesis import strategies as st

from wonward.engines.leveling import LevelingLink, LevelingProblem, LevelingResource, LevelingTask
from wonward.engines.scheduling import LinkType

NO_SHARED_DATA = "shared data absent: data/scheduling (set WONWARD_SHARED)"


def shared_folder(name):
    """A folder of the shared scheduling data, None where it is absent."""
    roots = [Path(os.environ["WONWARD_SHARED"])] if "WONWARD_SHARED" in os.environ else []
    roots += [parent / "shared" for parent in Path(__file__).resolve().parents]
    for root in roots:
        if (root / "data" / "scheduling" / name).is_dir():
            return root / "data" / "scheduling" / name
    return None


@st.composite
def plain_problems(draw, most_tasks=8):
    """Tasks with finish-to-start links on one to three steady pools."""
    pools = [LevelingResource(f"pool {n}", draw(st.integers(1, 4))) for n in range(draw(st.integers(1, 3)))]
    size = draw(st.integers(1, most_tasks))
    tasks = [
        LevelingTask(
            f"t{n}", draw(st.integers(0, 4)),
            demands={pool.key: draw(st.integers(0, pool.capacity)) for pool in pools if draw(st.booleans())},
        )
        for n in range(size)
    ]
    pairs = [(i, j) for j in range(size) for i in range(j)]
    links = [LevelingLink(f"t{i}", f"t{j}") for i, j in pairs if draw(st.integers(0, 3)) == 0]
    return LevelingProblem(tuple(tasks), tuple(links), tuple(pools))


@st.composite
def rich_problems(draw, most_tasks=7):
    """Everything a problem may hold, contradictions included."""
    skills = ["design", "code"]
    people = [
        LevelingResource(
            f"person {n}", draw(st.integers(0, 2)) and 1,
            tuple(draw(st.lists(st.integers(0, 1), max_size=8))),
            frozenset(draw(st.lists(st.sampled_from(skills), max_size=2))),
        )
        for n in range(draw(st.integers(0, 3)))
    ]
    pool = LevelingResource("pool", draw(st.integers(0, 3)), tuple(draw(st.lists(st.integers(0, 3), max_size=6))))
    resources = [*people, pool]
    calendars = {"odd": tuple(draw(st.lists(st.booleans(), max_size=10)))}
    size = draw(st.integers(0, most_tasks))
    maybe = st.one_of(st.none(), st.none(), st.integers(0, 15))
    tasks = []
    for n in range(size):
        published = draw(maybe)
        tasks.append(LevelingTask(
            f"t{n}", draw(st.integers(0, 4)),
            demands={one.key: draw(st.integers(0, 2)) for one in resources if draw(st.integers(0, 2)) == 0},
            skills={skill: draw(st.integers(0, 2)) for skill in skills if draw(st.integers(0, 3)) == 0},
            calendar=draw(st.sampled_from([None, "odd"])),
            earliest=draw(st.integers(0, 5)),
            pinned_start=draw(maybe) if draw(st.integers(0, 3)) == 0 else None,
            started_at=draw(st.integers(-3, 3)) if draw(st.integers(0, 5)) == 0 else None,
            is_frozen=published is not None and draw(st.integers(0, 4)) == 0,
            due=draw(maybe), due_weight=draw(st.integers(0, 3)),
            deadline=draw(st.integers(3, 40)) if draw(st.integers(0, 4)) == 0 else None,
            published_start=published,
        ))
    links = [
        LevelingLink(f"t{i}", f"t{j}", draw(st.sampled_from(list(LinkType))), draw(st.integers(-2, 3)))
        for j in range(size) for i in range(j) if draw(st.integers(0, 3)) == 0
    ]
    return LevelingProblem(tuple(tasks), tuple(links), tuple(resources), calendars)
