"""`make prove`: the fault harness on both databases, the long tests, then seven minutes of load; prints what was lost, doubled, half made
or locked, and how long each part took.

The harness has two lanes more than there are processors, since its parts often wait; what took longest the last time begins first. The
long tests and the load have the machine to themselves. Every command stands in front of its result, so that each can be repeated
alone; `--seed` repeats a run with other draws. The results go to docs/trust.json, and docs/trust.md is made from it.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.figures import FILE, read_figures  # noqa: E402
from tools.run_tests import environment, processors  # noqa: E402
from tools.trust_page import RESULTS, write_page  # noqa: E402

_KEEPING = threading.Lock()
HARNESS = ("-m", "tests.faults.harness")
LONG_TESTS = ("tools/run_tests.py", "--long")
LOAD = ("-m", "wonward", "bench", "load")
ON_POSTGRES = ("--database", "postgresql")
_WAYS = ("outbox", "import", "template", "upload", "backup", "restore")


def _sweep(*journeys: str) -> tuple[str, ...]:
    return ("sweep", *(word for name in journeys for word in ("--journey", name)))


# The sweep of every step takes two lanes, which end at about the same time.
COMMANDS = (
    _sweep("handoff", "import", "restore"),
    _sweep("outbox", "template", "upload", "backup", "migrate:1"),
    (*_sweep("handoff", *(f"{way}:8" for way in _WAYS), "migrate:1"), *ON_POSTGRES),
    ("planted",),
    ("races",),
    ("races", *ON_POSTGRES),
    ("power", "--images", "600"),
    ("blackbox", "--kills", "200"),
    ("blackbox", "--kills", "200", *ON_POSTGRES),
    ("thirdparties",),
)
HARNESS_MINUTES, LONG_MINUTES, LOAD_MINUTES, MINUTES = 5, 15, 8, 30


@dataclass
class Run:
    """One command and what came of it: the results of the harness, or the figures that tests told."""

    arguments: tuple[str, ...]
    settings: tuple[tuple[str, str], ...] = ()
    code: int = -1
    seconds: float = 0.0
    processor_seconds: float = 0.0
    results: Any = None
    said: str = ""

    @property
    def command(self) -> str:
        words = [*(f"{name}={value}" for name, value in self.settings), "python", *map(shlex.quote, self.arguments)]
        return " ".join(words)

    def go(self, folder: Path) -> None:
        file = folder / f"{'-'.join(self.arguments).replace('-', '').replace('/', '')}.json"
        is_harness = self.arguments[:2] == HARNESS
        more = ("--json", str(file)) if is_harness else ()
        around = {**environment(), **dict(self.settings), "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}", FILE: str(file)}
        started = time.monotonic()
        print(f"\n$ {self.command}", flush=True)
        with tempfile.TemporaryFile("w+") as errors:
            process = subprocess.Popen(  # noqa: S603
                [sys.executable, *self.arguments, *more], cwd=ROOT, env=around, text=True, stdout=subprocess.PIPE,
                stdin=subprocess.DEVNULL, stderr=errors if is_harness else None,
            )
            assert process.stdout is not None
            self.said = process.stdout.read()
            # Not `wait`: only this tells what the process and its own took of the processors.
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = self.code = os.waitstatus_to_exitcode(status)
            errors.seek(0)
            trouble = errors.read()[-2000:] if self.code else ""
        self.seconds, self.processor_seconds = time.monotonic() - started, usage.ru_utime + usage.ru_stime
        if is_harness:
            self.results = json.loads(file.read_text()) if file.exists() else []
        else:
            self.results = read_figures(file)
        print(f"\n$ {self.command}\n{self.said}{trouble}({self.took}, exit code {self.code})", flush=True)

    @property
    def took(self) -> str:
        return f"{self.seconds:.0f} s, {self.processor_seconds:.0f} s of a processor"


def main() -> int:
    parser = argparse.ArgumentParser(prog="tools/prove.py", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="only the commands that hold this word; the others keep their last results")
    parser.add_argument("--bench", action="store_true", help="measure the load for seven minutes, and nothing else")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ww-prove-", dir=_roomy_memory()) as name:
        # PostgreSQL runs as somebody else, who has to get through.
        os.chmod(name, 0o755)
        os.environ["TMPDIR"] = name
        runs = [_measure(Path(name))] if chosen.bench else _prove(Path(name), chosen)
    for run in runs:
        print(f"{run.took:>36}  exit code {run.code}  {run.command}")
    bad = [run.command for run in runs if run.code]
    print("\nFAILED: " + "; ".join(bad) if bad else "\nEverything held, and every planted bug was found.")
    return 1 if bad else 0


def _prove(folder: Path, chosen: argparse.Namespace) -> list[Run]:
    harness = [run for words in COMMANDS if chosen.only in (run := Run((*HARNESS, *words, "--seed", str(chosen.seed)))).command]
    lasted = _forget_all_but_load(is_needed=not chosen.only)
    started = time.monotonic()
    _go_side_by_side(sorted(harness, key=lambda run: lasted.get(run.command, math.inf), reverse=True), folder)
    proven = time.monotonic()
    print("\n".join(["", *table_of({"harness": (proven - started, HARNESS_MINUTES)})]), flush=True)
    long_tests = Run((*LONG_TESTS, "--seed", str(chosen.seed)))
    afterwards = [long_tests] if chosen.only in long_tests.command else []
    for run in afterwards:
        run.go(folder)
        keep(run)
    if not chosen.only:
        afterwards.append(_measure(folder))
    parts = {"harness": (proven - started, HARNESS_MINUTES)}
    parts |= {"long tests" if run is long_tests else "load": (run.seconds, LONG_MINUTES if run is long_tests else LOAD_MINUTES) for run in afterwards}
    parts["all of it"] = (time.monotonic() - started, MINUTES)
    print("\n".join(["", *table_of(parts), *_growth(afterwards)]), flush=True)
    if not chosen.only:
        runs, (seconds, _) = (*harness, *afterwards), parts["all of it"]
        whole = Run(("tools/prove.py", "--seed", str(chosen.seed)), code=max(run.code for run in runs), seconds=seconds,
                    processor_seconds=sum(run.processor_seconds for run in runs))
        told = {name.replace(" ", "_"): f"{took / 60:.1f} of {minutes} minutes: {_yes(took, minutes)}" for name, (took, minutes) in parts.items()}
        whole.results = [{"what": "everything of this page, one command", **told, "processors": processors()}]
        keep(whole)
    return [*harness, *afterwards]


def table_of(parts: dict[str, tuple[float, int]]) -> list[str]:
    """Each part with its seconds, its limit, and whether it kept within it; time alone is no failure."""
    rows = [(name, f"{seconds:.0f}", str(minutes * 60), _yes(seconds, minutes)) for name, (seconds, minutes) in parts.items()]
    return [f"{name:<12}{seconds:>9}{limit:>9}  {verdict}" for name, seconds, limit, verdict in [("part", "seconds", "limit", "within"), *rows]]


def _growth(runs: list[Run]) -> list[str]:
    """What the load said about growth, and its verdict."""
    return [f"growth under load: {one['mb_a_minute']} MB and {one['files_a_minute']} descriptors a minute, goal {one['goal_mb_a_minute']} MB: "
            f"stands still: {one['stands_still']}" for run in runs for one in run.results or () if one.get("what") == "load_growth"]


def _yes(seconds: float, minutes: int) -> str:
    return "yes" if seconds <= minutes * 60 else "no"


def _forget_all_but_load(*, is_needed: bool) -> dict[str, float]:
    """How long each command took the last time; what it found then is forgotten, unless only part of it is asked again."""
    known = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    if is_needed:
        RESULTS.write_text(json.dumps({command: run for command, run in known.items() if " ".join(LOAD) in command}))
    return {command: run["seconds"] for command, run in known.items()}


def _go_side_by_side(runs: list[Run], folder: Path) -> None:
    """In their order, as many at once as there are processors and two more."""
    with ThreadPoolExecutor(processors() + 2) as lanes:
        for done in [lanes.submit(_go, run, folder) for run in runs]:
            done.result()


def _measure(folder: Path) -> Run:
    """The load, whose program prints a figure a line."""
    run = Run(LOAD, settings=(("FULL", "1"),))
    run.go(folder)
    lines = [json.loads(line) for line in run.said.splitlines() if line.startswith("{")]
    run.results = [{"what": line.pop("figure"), **line} for line in lines]
    keep(run)
    return run


def _roomy_memory() -> str | None:
    """Temporary folders lie in memory where the host has room for them: a thousand fresh databases ask a disk for nothing."""
    place = "/dev/shm"  # noqa: S108
    return place if os.path.isdir(place) and os.access(place, os.W_OK) and shutil.disk_usage(place).free > 6 * 1024**3 else None


def _go(run: Run, folder: Path) -> None:
    run.go(folder)
    keep(run)


def keep(run: Run) -> None:
    """Put the results of a command into the file at once, and make the page anew."""
    with _KEEPING:
        known = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
        known[run.command] = {"seconds": round(run.seconds), "processor_seconds": round(run.processor_seconds), "exit_code": run.code, "results": run.results}
        RESULTS.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n")
        write_page()


if __name__ == "__main__":
    raise SystemExit(main())
