"""`python -m tests.faults.harness sweep`: run a part of the harness and print what it found."""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from typing import Any

from tests.faults.harness.place import opened


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.harness", description=__doc__)
    parser.add_argument("part", choices=("sweep", "planted", "power", "races", "blackbox", "thirdparties"))
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--points", type=int, default=0, help="kill points per journey, where it names none; 0 kills at every step")
    parser.add_argument("--images", type=int, default=600, help="how many moments the power is cut at")
    parser.add_argument("--kills", type=int, default=100, help="how many processes are killed")
    parser.add_argument("--journey", action="append", help="only this one, or NAME:POINTS; may be repeated")
    parser.add_argument("--seed", type=int, default=1, help="which points, if not all; printed, so that a run can be repeated")
    parser.add_argument("--json", help="write the results here as well")
    chosen = parser.parse_args()
    with opened(chosen.database) as place:
        results = {"sweep": run_sweep, "planted": run_planted, "power": run_power, "races": run_races, "blackbox": run_blackbox,
                   "thirdparties": run_third_parties}[chosen.part](place, chosen)
    if chosen.json:
        with open(chosen.json, "w") as file:
            json.dump(results, file, indent=1)
    return 0 if all(result["is_good"] for result in results) else 1


def run_sweep(place: Any, chosen: argparse.Namespace) -> list[dict[str, Any]]:
    from tests.faults.harness.journeys import JOURNEYS
    from tests.faults.harness.sweep import make_states, sweep

    make_states(place)
    results = []
    for wish in chosen.journey or JOURNEYS:
        started, spent = time.monotonic(), _processor_seconds()
        name, _, points = wish.partition(":")
        found = sweep(JOURNEYS[name], place, points=int(points or chosen.points), seed=chosen.seed)
        counts = found.counts()
        print(f"{name:<10} {found.points:>4} of {found.steps:>4} steps killed, seed {chosen.seed}: "
              + ", ".join(f"{number} {kind}" for kind, number in counts.items())
              + (f", {found.states} different states left" if found.states else "")
              + f"  ({time.monotonic() - started:.0f} s, {_processor_seconds() - spent:.0f} s of a processor beside the database's)", flush=True)
        for _, sentence in found.faults[:20]:
            print(f"    {sentence}")
        results.append({"name": name, "database": chosen.database, "points": found.points, "steps": found.steps,
                        "states": found.states, "seed": chosen.seed, "faults": dict(counts), "is_good": not found.faults})
    return results


def _processor_seconds() -> float:
    """What this process and those it has buried took of the processors."""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def run_planted(place: Any, chosen: argparse.Namespace) -> list[dict[str, Any]]:
    from tests.faults.harness.planted import BUGS, find
    from tests.faults.harness.sweep import make_states

    make_states(place)
    results = []
    for bug in BUGS:
        if chosen.journey and bug.journey not in chosen.journey:
            continue
        found = find(bug, place, chosen.seed)
        how = f"found at kill {found.points}: {found.faults[0][0]}, {found.faults[0][1]}" if found.faults else f"MISSED in {found.points} kills"
        print(f"{bug.name}: {how[:200]}", flush=True)
        results.append({"name": bug.name, "database": chosen.database, "points": found.points, "seed": chosen.seed,
                        "is_good": bool(found.faults)})
    print(f"{sum(result['is_good'] for result in results)} of {len(results)} planted bugs found, seed {chosen.seed}")
    return results


def run_power(place: Any, chosen: argparse.Namespace) -> list[dict[str, Any]]:
    from tests.faults.harness.powerloss import CONTROLS, replay
    from tests.faults.harness.sweep import make_states

    make_states(place)
    found = replay(place, images=chosen.images, seed=chosen.seed)
    counts = found.counts()
    print(f"power cut at {found.points} moments of {found.steps} requests, seed {chosen.seed}: "
          + ", ".join(f"{number} {kind}" for kind, number in counts.items()), flush=True)
    for _, sentence in found.faults[:20]:
        print(f"    {sentence}")
    results = [{"name": "power loss", "database": chosen.database, "points": found.points, "seed": chosen.seed,
                "faults": dict(counts), "is_good": not found.faults}]
    for control in CONTROLS:
        caught = replay(place, images=chosen.images, seed=chosen.seed, plant=control.plant, stop_at_first=True)
        print(f"control, {control.name}: " + (f"found at image {caught.points}: {caught.faults[0][1]}" if caught.faults else "MISSED"), flush=True)
        results.append({"name": f"control: {control.name}", "database": chosen.database, "points": caught.points, "seed": chosen.seed,
                        "is_good": bool(caught.faults)})
    return results


def run_races(place: Any, chosen: argparse.Namespace) -> list[dict[str, Any]]:
    from tests.faults.harness.races import close_together, edit_together
    from tests.faults.harness.sweep import make_states

    make_states(place)
    results = []
    for found in (close_together(place), edit_together(place)):
        counts = found.counts()
        print(f"{found.name} on {chosen.database}: " + ", ".join(f"{number} {kind}" for kind, number in counts.items())
              + (f", {found.refused} edits refused because another came first" if found.refused else ""), flush=True)
        for _, sentence in found.faults[:20]:
            print(f"    {sentence}")
        results.append({"name": found.name, "database": chosen.database, "points": found.points, "faults": dict(counts),
                        "is_good": not found.faults})
    blind = edit_together(place, is_blind=True)
    print(f"control, edits without a version: {blind.counts()['lost']} of {blind.points} lost")
    results.append({"name": "control: edits without a version", "database": chosen.database, "points": blind.points,
                    "is_good": bool(blind.counts()["lost"])})
    return results


def run_blackbox(place: Any, chosen: argparse.Namespace) -> list[dict[str, Any]]:
    from tests.faults.harness.blackbox import run
    from tests.faults.harness.sweep import make_states

    make_states(place)
    found = run(place, kills=chosen.kills, seed=chosen.seed, restart_database=getattr(place, "crash", None))
    counts = found.counts()
    print(f"black box on {chosen.database}: {found.points} processes killed, seed {chosen.seed}: "
          + ", ".join(f"{number} {kind}" for kind, number in counts.items()), flush=True)
    for _, sentence in found.faults[:20]:
        print(f"    {sentence}")
    is_good = not found.faults and found.points >= chosen.kills
    return [{"name": "black box", "database": chosen.database, "points": found.points, "acknowledged": found.steps,
             "seed": chosen.seed, "faults": dict(counts), "is_good": is_good}]


def run_third_parties(place: Any, chosen: argparse.Namespace) -> list[dict[str, Any]]:
    from tests.faults.harness.sweep import make_states
    from tests.faults.harness.third_parties import CONTROLS, run

    make_states(place)
    found = run(place)
    counts = found.counts()
    print(f"{found.points} {found.name}: " + ", ".join(f"{number} {kind}" for kind, number in counts.items()), flush=True)
    for _, sentence in found.faults[:20]:
        print(f"    {sentence}")
    results = [{"name": found.name, "database": chosen.database, "points": found.points, "faults": dict(counts), "is_good": not found.faults}]
    for name, plant, at in CONTROLS:
        caught = run(place, plant=plant, only=at)
        print(f"control, {name}: " + (f"found at server {caught.points}: {caught.faults[0][1]}" if caught.faults else "MISSED"), flush=True)
        results.append({"name": f"control: {name}", "database": chosen.database, "points": caught.points, "is_good": bool(caught.faults)})
    return results


if __name__ == "__main__":
    sys.exit(main())
