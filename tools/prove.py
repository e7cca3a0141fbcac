"""`make prove`: the fault harness on both databases, then the long tests; prints what was lost, doubled, half made or locked.

Lanes run side by side; what mostly waits has a lane of its own. Every command stands in front of its result, so that each can be
repeated alone; `--seed` repeats a run with other draws. The results go to docs/trust.json, and docs/trust.md is made from it.
`--bench` measures the load instead: it wants a machine with nothing else to do.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.figures import FILE, read_figures  # noqa: E402
from tools.trust_page import RESULTS, write_page  # noqa: E402

_KEEPING = threading.Lock()
HARNESS = ("-m", "tests.faults.harness")
LONG_TESTS = ("tools/run_tests.py", "--long")
LOAD = ("-m", "wonward", "bench", "load")
ON_POSTGRES = ("--database", "postgresql")
_OTHER_WAYS = ("outbox", "import", "template", "upload", "backup", "restore")
LANES = (
    (
        *(("sweep", "--journey", name) for name in ("handoff", "outbox", "import", "template", "upload", "backup", "restore")),
        ("sweep", "--journey", "migrate", "--points", "8"),
        ("planted",),
    ),
    (
        ("sweep", "--journey", "handoff", *ON_POSTGRES),
        ("sweep", *(word for name in _OTHER_WAYS for word in ("--journey", name)), "--points", "15", *ON_POSTGRES),
        ("sweep", "--journey", "migrate", "--points", "6", *ON_POSTGRES),
        ("races",),
        ("races", *ON_POSTGRES),
        ("power", "--images", "600"),
    ),
    (
        ("blackbox", "--kills", "200"),
        ("blackbox", "--kills", "200", *ON_POSTGRES),
        ("thirdparties",),
    ),
)


@dataclass
class Run:
    """One command and what came of it: the results of the harness, or the figures that tests told."""

    arguments: tuple[str, ...]
    settings: tuple[tuple[str, str], ...] = ()
    code: int = -1
    seconds: float = 0.0
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
        environment = {**os.environ, **dict(self.settings), "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}", FILE: str(file)}
        started = time.monotonic()
        print(f"\n$ {self.command}", flush=True)
        done = subprocess.run(
            [sys.executable, *self.arguments, *more], cwd=ROOT, env=environment, check=False, text=True, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE if is_harness else None,
        )
        self.code, self.seconds, self.said = done.returncode, time.monotonic() - started, done.stdout
        if is_harness:
            self.results = json.loads(file.read_text()) if file.exists() else []
        else:
            self.results = read_figures(file)
        trouble = (done.stderr or "")[-2000:] if done.returncode else ""
        print(f"\n$ {self.command}\n{done.stdout}{trouble}({self.seconds:.0f} s, exit code {self.code})", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="tools/prove.py", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="only the commands that hold this word; the others keep their last results")
    parser.add_argument("--bench", action="store_true", help="measure the load for seven minutes, and nothing else")
    chosen = parser.parse_args()
    if not (chosen.only or chosen.bench):
        RESULTS.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(prefix="ww-prove-", dir=_roomy_memory()) as name:
        # PostgreSQL runs as somebody else, who has to get through.
        os.chmod(name, 0o755)
        os.environ["TMPDIR"] = name
        runs = _measure(Path(name)) if chosen.bench else _prove(Path(name), chosen)
    bad = [run.command for run in runs if run.code]
    print("\nFAILED: " + "; ".join(bad) if bad else "\nEverything held, and every planted bug was found.")
    return 1 if bad else 0


def _prove(folder: Path, chosen: argparse.Namespace) -> list[Run]:
    seed = ("--seed", str(chosen.seed))
    lanes = [[Run((*HARNESS, *words, *seed)) for words in lane if chosen.only in " ".join(words)] for lane in LANES]
    started = time.monotonic()
    threads = [threading.Thread(target=_go, args=(lane, folder)) for lane in lanes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(f"\nThe harness took {(time.monotonic() - started) / 60:.1f} minutes.", flush=True)
    afterwards = [Run(LONG_TESTS)] if chosen.only in " ".join(LONG_TESTS) else []
    _go(afterwards, folder)
    print(f"\nEverything took {(time.monotonic() - started) / 60:.1f} minutes.")
    return [run for lane in lanes for run in lane] + afterwards


def _measure(folder: Path) -> list[Run]:
    """The load, whose program prints a figure a line."""
    run = Run(LOAD, settings=(("FULL", "1"),))
    run.go(folder)
    lines = [json.loads(line) for line in run.said.splitlines() if line.startswith("{")]
    run.results = [{"what": line.pop("figure"), **line} for line in lines]
    keep(run)
    return [run]


def _roomy_memory() -> str | None:
    """Temporary folders lie in memory where the host has room for them: a thousand fresh databases ask a disk for nothing."""
    place = "/dev/shm"  # noqa: S108
    return place if os.path.isdir(place) and os.access(place, os.W_OK) and shutil.disk_usage(place).free > 6 * 1024**3 else None


def _go(lane: list[Run], folder: Path) -> None:
    for run in lane:
        run.go(folder)
        keep(run)


def keep(run: Run) -> None:
    """Put the results of a command into the file at once, in the order of the lanes, and make the page anew."""
    with _KEEPING:
        known = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
        known[run.command] = {"seconds": round(run.seconds), "exit_code": run.code, "results": run.results}
        RESULTS.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n")
        write_page()


if __name__ == "__main__":
    raise SystemExit(main())
