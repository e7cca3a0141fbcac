"""`make prove`: the whole fault harness on both databases; prints what was lost, doubled, half made or locked.

Two lanes run side by side. Every command stands in front of its result, so that each can be repeated alone; `--seed` repeats a
run with other draws. The results go to docs/trust.json, and docs/trust.md is made from it.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
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

from tools.trust_page import RESULTS, write_page  # noqa: E402

_KEEPING = threading.Lock()
HARNESS = "tests.faults.harness"
LANES = (
    (
        *(("sweep", "--journey", name) for name in ("handoff", "outbox", "import", "template", "upload", "backup", "restore")),
        ("power", "--images", "600"),
        ("planted",),
        ("races",),
        ("thirdparties",),
    ),
    (
        ("blackbox", "--kills", "200"),
        ("blackbox", "--kills", "200", "--database", "postgresql"),
        ("races", "--database", "postgresql"),
        ("sweep", "--points", "25", "--database", "postgresql"),
    ),
)


@dataclass
class Run:
    """One command of the harness and what came of it."""

    arguments: tuple[str, ...]
    code: int = -1
    seconds: float = 0.0
    results: Any = None

    @property
    def command(self) -> str:
        return f"python -m {HARNESS} {shlex.join(self.arguments)}"

    def go(self, folder: Path) -> None:
        file = folder / f"{'-'.join(self.arguments).replace('--', '')}.json"
        started = time.monotonic()
        environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
        done = subprocess.run(
            [sys.executable, "-m", HARNESS, *self.arguments, "--json", str(file)], cwd=ROOT, env=environment, check=False,
            capture_output=True, text=True,
        )
        self.code, self.seconds = done.returncode, time.monotonic() - started
        self.results = json.loads(file.read_text()) if file.exists() else []
        print(f"\n$ {self.command}\n{done.stdout}{done.stderr[-2000:] if done.returncode else ''}({self.seconds:.0f} s, exit code {self.code})", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="tools/prove.py", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="only the commands that hold this word; the others keep their last results")
    chosen = parser.parse_args()
    lanes = [
        [Run((*arguments, "--seed", str(chosen.seed))) for arguments in lane if chosen.only in " ".join(arguments)] for lane in LANES
    ]
    if not chosen.only:
        RESULTS.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(prefix="ww-prove-") as name:
        threads = [threading.Thread(target=_go, args=(lane, Path(name))) for lane in lanes]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    runs = [run for lane in lanes for run in lane]
    bad = [run.command for run in runs if run.code]
    print("\nFAILED: " + "; ".join(bad) if bad else "\nEverything held, and every planted bug was found.")
    return 1 if bad else 0


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
