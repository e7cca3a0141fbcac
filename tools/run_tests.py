"""The test command: lint, types, law, then the suite on SQLite and on PostgreSQL. Every step's time is printed."""

from __future__ import annotations

import subprocess
import sys
import time


def steps(long: bool) -> list[tuple[str, list[str]]]:
    python = sys.executable
    pytest = [python, "-m", "pytest", "-q"]
    chosen = ["-m", "long"] if long else ["-m", "not long"]
    return [
        *([] if long else [
            ("lint", [python, "-m", "ruff", "check", "src", "tests", "tools"]),
            ("types", [python, "-m", "mypy"]),
        ]),
        ("suite on SQLite", [*pytest, *chosen, "--ignore=tests/browser"]),
        ("suite on PostgreSQL", [*pytest, *chosen, "--database=postgresql", "--ignore=tests/engines",
                                 "--ignore=tests/architecture", "--ignore=tests/permissions", "--ignore=tests/browser", "--ignore=tests/kernel",
                                 "--ignore=tests/edges/web/test_components.py"]),
        *([] if long else [
            ("people at the browser", [*pytest, "tests/browser"]),
            ("people at the browser, PostgreSQL", [*pytest, "--database=postgresql", "tests/browser/main_job/test_together.py"]),
        ]),
    ]


def main() -> int:
    failed = []
    for name, command in steps("--long" in sys.argv):
        started = time.monotonic()
        print(f"== {name}", flush=True)
        if subprocess.run(command, check=False).returncode:  # noqa: S603
            failed.append(name)
        print(f"== {name}: {time.monotonic() - started:.0f} s", flush=True)
    if failed:
        print(f"FAILED: {', '.join(failed)}")
        return 1
    print("Everything passed.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
