"""The kill sweep: each journey is killed at one step after the other, recovered as in life, and compared with one left in peace."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections

from tests.faults.harness.forks import Say, in_fork
from tests.faults.harness.installation import Installation, digest_all, fingerprint, level_counters
from tests.faults.harness.journeys import Journey, make_ground
from tests.faults.harness.steps import Steps, draw_the_same_every_time
from tests.laid_out import lay_out_tables
from wonward.edges.commands.check import find_checks, find_violations

KINDS = ("lost", "duplicate", "half-made", "locked")
_GROUND_SECONDS = 600


@dataclass
class Findings:
    """What a run found: how many points, and each fault as (kind, sentence)."""

    name: str
    points: int = 0
    steps: int = 0
    states: int = 0
    refused: int = 0
    faults: list[tuple[str, str]] = field(default_factory=list)

    def counts(self) -> Counter[str]:
        return Counter(dict.fromkeys(KINDS, 0) | Counter(kind for kind, _ in self.faults))


@dataclass
class Reference:
    """A journey in peace: its steps, and the content before it, right after it, and after everything has settled."""

    labels: list[str]
    before: dict[str, Any]
    after: dict[str, Any]
    settled: dict[str, Any]
    start: str = ""
    """The digest of all there is before it."""
    recovered: dict[str, Any] = field(default_factory=dict)
    """What came of each state a kill left, by the digest of all of it: of two that are the same to the last byte, one is lived on."""
    is_as_at_start: bool = False
    """Whether the last kill left what was there before it: nothing has to be put back."""


Plant = Callable[[], None]


def no_plant() -> None:
    """The product as it is."""


def sweep(journey: Journey, place: Installation, *, points: int = 0, seed: int = 0) -> Findings:
    """Kill `journey` at `points` of its steps chosen by `seed`; 0 kills at every one."""
    ground(journey, place)
    warm_up(journey, place)
    known = _in_peace(journey, place)
    found = Findings(journey.name, steps=len(known.labels))
    for number in choose(len(known.labels), points, seed):
        found.points += 1
        found.faults += _kill_and_judge(journey, known, number, no_plant, place)
    found.states = len(known.recovered)
    return found


def hunt(journey: Journey, place: Installation, *, plant: Plant, most: int, seed: int = 0) -> Findings:
    """Kill a journey with a bug planted into it, at up to `most` steps, until a fault shows.

    Commits and what follows them come first, then the rest in an order drawn by `seed`.
    """
    ground(journey, place)
    warm_up(journey, place)
    sound = _in_peace(journey, place)
    place.bring_back(journey.name)
    labels = _expect(in_fork(lambda say: _act(journey, say, 0, plant)), f"{journey.name} with its bug")
    known = Reference(labels, sound.before, sound.after, sound.settled, sound.start)
    found = Findings(journey.name, steps=len(labels))
    drawn = random.Random(seed).sample(range(1, len(labels) + 1), len(labels))
    for number in sorted(drawn, key=lambda step: "commit" not in labels[step - 1])[:most]:
        found.points += 1
        found.faults += _kill_and_judge(journey, known, number, plant, place)
        if found.faults:
            break
    return found


def choose(steps: int, points: int, seed: int) -> list[int]:
    """Which steps are killed: all of them, or as many as wished, drawn by the seed; first and last are among them, unless one is alone."""
    everything = range(1, steps + 1)
    if not points or points >= steps:
        return list(everything)
    if points == 1:
        return random.Random(seed).sample(everything[1:-1], 1)
    drawn = random.Random(seed).sample(everything[1:-1], max(points - 2, 0))
    return sorted({1, steps, *drawn})


def ground(journey: Journey, place: Installation) -> None:
    """Keep the state that the journey starts from under its name."""
    if journey.starts_from == "nothing":
        _keep_nothing(place)
    elif journey.starts_from == "no tables":
        place.bring_back("nothing")
    else:
        place.bring_back(journey.starts_from)
    _expect(in_fork(lambda _: _prepare_level(journey)), f"preparing {journey.name}")
    place.keep(journey.name)


def _prepare_level(journey: Journey) -> None:
    journey.prepare()
    level_counters()


def _recover_level(journey: Journey) -> None:
    level_counters()
    journey.recover()


def _keep_nothing(place: Installation) -> None:
    """An empty installation, and the backup of a full one beside it; made by the journey `backup`."""
    from tests.faults.harness.journeys import JOURNEYS

    back_up = JOURNEYS["backup"]
    ground(back_up, place)
    _expect(in_fork(lambda say: back_up.act(say)), "making the backup")
    place.bring_back("nothing")


def make_states(place: Installation) -> None:
    """The states the journeys start from: an empty installation, and one with an open deal."""
    place.keep("nothing")

    def lay_out(_: Say) -> None:
        lay_out_tables()
        make_ground()

    _expect(in_fork(lay_out, seconds=_GROUND_SECONDS), "the ground")
    place.keep("sale")


def warm_up(journey: Journey, place: Installation) -> None:
    """Do everything once in this process, from which the others are forked: they begin as warm as a server that has run for a while."""
    if journey.is_warmed:
        journey.act(lambda word, value: None)
        _recover_level(journey)
        fingerprint()
        find_violations(dict(find_checks()))
        connections.close_all()
    place.bring_back(journey.name)


def _in_peace(journey: Journey, place: Installation) -> Reference:
    before, start = ({}, "") if journey.starts_from == "nothing" else _expect(in_fork(lambda _: (fingerprint(), digest_all())), "before")
    steps = _expect(in_fork(lambda say: _act(journey, say, 0, no_plant)), f"{journey.name} in peace")
    after = _expect(in_fork(lambda _: fingerprint()), "after")
    if journey.starts_from != "nothing":
        _expect(in_fork(lambda _: _recover_level(journey)), f"recovering {journey.name} in peace")
    return Reference(steps, before, after, _expect(in_fork(lambda _: fingerprint()), "settled"), start)


def _act(journey: Journey, say: Say, kill_at: int, plant: Plant) -> list[str]:
    plant()
    steps = Steps(Path(settings.DATA_DIR).parent, kill_at)
    draw_the_same_every_time()
    with steps.counted():
        journey.act(say)
        steps.note("the end")
    return steps.labels


def _kill_and_judge(
    journey: Journey, known: Reference, number: int, plant: Plant, place: Installation
) -> list[tuple[str, str]]:
    if not known.is_as_at_start:
        place.bring_back(journey.name)
    known.is_as_at_start = False
    where = f"{journey.name}, step {number} of {len(known.labels)} ({known.labels[number - 1]})"
    killed = in_fork(lambda say: _act(journey, say, number, plant))
    if not killed.is_killed:
        return [("half-made", f"{where}: the process was not killed: {killed.error or 'it took fewer steps'}")]
    judged = in_fork(lambda _: _recover(journey, plant, known))
    if judged.error:
        return [("locked", f"{where}: {judged.error.strip().splitlines()[-1]}")]
    left, lived = judged.said["result"]
    if lived is None:
        lived, known.is_as_at_start = known.recovered[left], left == known.start
    elif left:
        known.recovered[left] = lived
    raw, settled, sentences = lived
    faults = [(kind, f"{where}: {what}") for kind, _, what in (sentence.partition(": ") for sentence in sentences)]
    if journey.is_atomic:
        if raw not in (known.before, known.after):
            faults.append(("half-made", f"{where}: right after the kill: {differing(known.before, raw)}"))
        elif "ack" in killed.said and raw != known.after:
            faults.append(("lost", f"{where}: it was acknowledged"))
    return faults + [(kind, f"{where}: {what}") for kind, what in compare(known.settled, settled)]


def _recover(journey: Journey, plant: Plant, known: Reference) -> tuple[str, Any]:
    """The digest of what the kill left, and what came of it: right after the kill, in the end, and what is wrong; None if that is known."""
    plant()
    # To look into an installation that may have no database yet would begin one.
    left = digest_all() if known.start else ""
    if left in known.recovered:
        if left == known.start:
            level_counters()
        return left, None
    raw = fingerprint() if journey.is_atomic else {}
    _recover_level(journey)
    broken = [f"half-made: {sentence}" for sentence in find_violations(dict(find_checks()))]
    return left, (raw, fingerprint(), [*journey.verdict(), *broken])


def compare(wanted: dict[str, Any], found: dict[str, Any]) -> list[tuple[str, str]]:
    """What is missing, doubled or different, table by table."""
    faults = []
    for table in sorted(wanted.keys() | found.keys()):
        (few, first), (many, second) = wanted.get(table, (0, "")), found.get(table, (0, ""))
        if many < few:
            faults.append(("lost", f"{table} has {many} rows and not {few}"))
        elif many > few:
            faults.append(("duplicate", f"{table} has {many} rows and not {few}"))
        elif first != second:
            faults.append(("half-made", f"the {few} rows of {table} differ"))
    return faults


def differing(wanted: dict[str, Any], found: dict[str, Any]) -> str:
    """The tables that changed."""
    return ", ".join(name for name in sorted(wanted.keys() | found.keys()) if wanted.get(name) != found.get(name))


def _expect(heard: Any, what: str) -> Any:
    if heard.error or "result" not in heard.said:
        raise RuntimeError(f"{what} failed, so nothing can be proven:\n{heard.error or 'it ended without a word'}")
    return heard.said["result"]


def clear(folder: Path) -> None:
    """Remove what a run left."""
    shutil.rmtree(folder, ignore_errors=True)
