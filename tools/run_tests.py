"""The test command: lint, types, the suite on SQLite, the suite on PostgreSQL, and people at the browser.

One step more than there are processors runs side by side, since those in the browser often wait, each with its own temporary folder and its output kept apart. A step's
output is printed whole when it ends; what failed, what was skipped and how long each step took stand at the very end. What fails in
the browser is tried once more, since a browser on a busy machine may miss its moment; the end names what needed a second try.
`--long` runs the long tests instead: every page, all examples of the properties, and on PostgreSQL what the other run asks of SQLite alone.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.postgres import ProgramsMissing, find_programs  # noqa: E402

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
IN_THE_BROWSER = "tests/browser"
TWO_PEOPLE = "tests/browser/main_job/test_together.py"
ON_THE_SAMPLE = "tests/browser/sample"
WITHOUT_A_DATABASE = (
    "tests/engines", "tests/architecture", "tests/kernel", "tests/edges/web/test_components.py", "tests/edges/web/test_formats.py",
    "tests/domains/catalog/test_template_properties.py", "tests/journeys/handoff/test_brief.py", "tests/journeys/handoff/test_brief_words.py",
    "tests/journeys/imports/test_reading.py", "tests/domains/clients/test_sameness.py", "tests/foundation/jobs/test_names.py",
    "tests/foundation/http/test_guarded_client.py", "tests/foundation/mail/test_rules.py", "tests/undo/test_every_operation_has_a_way_back.py",
)
# What draws pages and what stands around them asks the database through the same queries that the stories ask.
AROUND = ("tests/edges/web", "tests/edges/portal", "tests/edges/commands", "tests/hardening")
# A step of their own on SQLite, so that two processors share that suite.
SCREENS_AND_DOORS = ("tests/edges", "tests/hardening")
# Long and the same on both databases: `make test` goes there on SQLite, `make prove` on PostgreSQL too; and so it is with `AROUND`.
DESCRIPTION = "tests/edges/api/test_description.py"
WALK = ("tests/permissions", DESCRIPTION)
REAL_DATA = tuple(f"tests/journeys/imports/test_{name}.py" for name in ("maven", "maven_alone", "leads", "salesforce"))
# Journeys of chance, the solver and programs at the API: `make test` asks them of SQLite, `make prove` of PostgreSQL too.
ON_ONE = (
    "tests/edges/api", "tests/undo", "tests/faults/test_harness.py", "tests/journeys/capacity/test_leveling.py", "tests/journeys/handoff/test_one_truth.py",
    "tests/journeys/promises/test_conservation.py", "tests/journeys/promises/test_conservation_of_deals.py",
)
# These lay out installations of their own, whichever database is asked for: once is enough.
WITH_THEIR_OWN = (
    "tests/hardening/test_scripts_in_words.py", "tests/edges/commands/test_backup.py", "tests/edges/commands/test_carrying_over.py",
    "tests/edges/commands/test_upgrading.py",
)
# `make prove` runs all of the fault harness: a sample of it says nothing more, before the long tests as little as in `make test`.
SAMPLES_OF_THE_HARNESS = "tests/faults/test_harness.py"
SWEEP_OF_THE_HARNESS = f"{SAMPLES_OF_THE_HARNESS}::test_a_killed_win_and_a_killed_import_are_whole_or_nothing_and_what_they_leave_alike_is_lived_on_once"
# Of a process that asks no database.
OF_NO_DATABASE = "tests/stories/test_passkeys.py::test_web_and_worker_do_not_load_what_checks_passkeys_until_somebody_uses_one"
# What pages say is the same on both databases, and what asks them is walked on both by others.
ABOUT_WORDS = ("tests/edges/web/language", "tests/permissions/test_words_everywhere.py")
SAY_EVERY_SECONDS = 60
SOME_FAILED = 1
"""pytest's exit code for it."""


@dataclass
class Step:
    """One command with a name. `missing` says why it cannot run here."""

    name: str
    command: list[str]
    missing: str = ""
    is_repeatable: bool = False
    seconds: float = 0.0
    code: int = 0
    told: list[str] = field(default_factory=list)
    process: subprocess.Popen[bytes] | None = None
    output: IO[bytes] | None = None
    second_try: Step | None = None

    def start(self, folder: Path) -> None:
        print(f"== {self.name}: started", flush=True)
        self.seconds = time.monotonic()
        self.output = (folder / f"{self.name.replace(' ', '-')}.log").open("w+b")
        self.process = subprocess.Popen(  # noqa: S603
            self.command, cwd=ROOT, env=environment(), stdin=subprocess.DEVNULL, stdout=self.output, stderr=subprocess.STDOUT
        )

    def lines(self) -> list[str]:
        """What the step has said so far."""
        assert self.output is not None
        return Path(self.output.name).read_text(errors="replace").splitlines()

    def finish(self, code: int) -> None:
        """Print everything it said and how long it took."""
        self.seconds, self.code = time.monotonic() - self.seconds, code
        said = self.lines()
        self.told = [line for line in said if line.startswith(("FAILED ", "ERROR "))]
        print(f"\n== {self.name}", *said, f"== {self.name}: {self.outcome} after {self.seconds:.0f} s\n", sep="\n", flush=True)

    def again(self) -> Step:
        """Another step with only the tests that failed."""
        self.second_try = Step(f"{self.name}, again", [*self.command, "--last-failed", "--last-failed-no-failures=none"])
        return self.second_try

    @property
    def has_failed(self) -> bool:
        return bool(self.second_try.code if self.second_try else self.code)

    @property
    def outcome(self) -> str:
        if self.missing:
            return "SKIPPED"
        if self.code and not self.has_failed:
            return "passed at the second try"
        return f"FAILED with exit code {self.code}" if self.code else "passed"


def plan_steps(folder: Path, *, is_long: bool) -> list[Step]:
    """What runs, the quick steps first and then the longest first, so that no processor waits at the end."""
    chosen = ["-m", "long" if is_long else "not long"]
    sampled = [SAMPLES_OF_THE_HARNESS] if is_long else []
    left_out = [IN_THE_BROWSER, *WITHOUT_A_DATABASE, *sampled, *(WITH_THEIR_OWN if is_long else (*AROUND, *WALK, *REAL_DATA, *ON_ONE))]
    on_postgres = ["--database=postgresql", f"--deselect={OF_NO_DATABASE}", *(f"--ignore={path}" for path in left_out)]
    on_postgresql = Step("suite on PostgreSQL", [*_pytest(folder, "postgresql"), *chosen, *on_postgres], _why_no_postgres())
    elsewhere = (IN_THE_BROWSER, *sampled, *WALK, *(() if is_long else SCREENS_AND_DOORS))
    on_sqlite = Step("suite on SQLite", [
        *_pytest(folder, "sqlite"), *chosen, "--database=sqlite", *(f"--ignore={path}" for path in elsewhere), f"--deselect={SWEEP_OF_THE_HARNESS}",
    ])
    walk = Step("permission walk", [*_pytest(folder, "walk"), *chosen, "--database=sqlite", *WALK])
    if is_long:
        # The few requests that are made up from the description are among the many of the suite on PostgreSQL.
        once = (*WITHOUT_A_DATABASE, *WITH_THEIR_OWN, *ABOUT_WORDS, DESCRIPTION, *sampled)
        again = [*_pytest(folder, "again"), "-m", "not long", "--database=postgresql", *(f"--ignore={path}" for path in once),
                 *(path for path in (*AROUND, *WALK, *REAL_DATA, *ON_ONE) if path not in once)]
        properties = [*_pytest(folder, "properties"), "-m", "hypothesis and not long", "--all-examples", f"--ignore={IN_THE_BROWSER}"]
        return [
            on_postgresql, on_sqlite, walk, Step("the rest on PostgreSQL", again, _why_no_postgres()), Step("properties by all their examples", properties),
            Step("every page in the browser", [*_pytest(folder, "everywhere"), *chosen, IN_THE_BROWSER], _why_no_browser(), is_repeatable=True),
        ]
    return [
        Step("lint", [sys.executable, "-m", "ruff", "check", "src", "tests", "tools"]),
        Step("suite on PostgreSQL", [*on_postgresql.command, "--asks-a-database"], on_postgresql.missing),
        Step("people at the browser", [*_pytest(folder, "browser"), *chosen, IN_THE_BROWSER, f"--ignore={ON_THE_SAMPLE}"],
             _why_no_browser(), is_repeatable=True),
        on_sqlite,
        walk,
        Step("screens and doors on SQLite", [*_pytest(folder, "screens"), *chosen, "--database=sqlite", f"--ignore={DESCRIPTION}", *SCREENS_AND_DOORS]),
        Step("pages in the browser", [*_pytest(folder, "pages"), *chosen, ON_THE_SAMPLE], _why_no_browser(), is_repeatable=True),
        Step("two people on PostgreSQL", [*_pytest(folder, "together"), "--database=postgresql", TWO_PEOPLE],
             _why_no_browser() or _why_no_postgres(), is_repeatable=True),
        Step("types", [sys.executable, "-m", "mypy"]),
    ]


def _pytest(folder: Path, name: str) -> list[str]:
    """pytest with a temporary folder of its own, and a memory of its own for `--last-failed`."""
    return [
        sys.executable, "-u", "-m", "pytest", "-q", "--durations=15", f"--basetemp={folder / name}",
        "-o", f"cache_dir=.pytest_cache/{name}",
    ]


def environment() -> dict[str, str]:
    """With compiled code kept out of the tree: the many processes that tests start would each compile everything again."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": str(ROOT / ".pytest_cache" / "bytecode")}


def _why_no_postgres() -> str:
    try:
        find_programs()
    except ProgramsMissing as missing:
        return str(missing)
    return ""


def _why_no_browser() -> str:
    return "" if any(map(shutil.which, BROWSERS)) else f"Chromium is not installed (looked for {', '.join(BROWSERS)})."


def run_side_by_side(steps: list[Step], folder: Path, *, lanes: int) -> None:
    """Start the steps in their order, at most `lanes` at once, and print each as it ends."""
    waiting = [step for step in steps if not step.missing]
    running: list[Step] = []
    said_at = time.monotonic()
    with _ended_with_us(running):
        while waiting or running:
            while waiting and len(running) < lanes:
                running.append(waiting.pop(0))
                running[-1].start(folder)
            for step in list(running):
                assert step.process is not None
                code = step.process.poll()
                if code is not None:
                    running.remove(step)
                    step.finish(code)
                    if code == SOME_FAILED and step.is_repeatable:
                        waiting.insert(0, step.again())
            if time.monotonic() - said_at >= SAY_EVERY_SECONDS:
                said_at = time.monotonic()
                print("..", "; ".join(_progress(step) for step in running), flush=True)
            time.sleep(0.2)


def _progress(step: Step) -> str:
    last = next((line for line in reversed(step.lines()) if line.endswith("%]")), "[  0%]")
    return f"{step.name} {last[-5:-1].strip()} after {time.monotonic() - step.seconds:.0f} s"


@contextlib.contextmanager
def _ended_with_us(running: list[Step]) -> Iterator[None]:
    """Whatever ends this command ends its steps too, gently: SIGINT lets them stop their servers.

    A shell that starts this in the background makes it and its children deaf to SIGINT; a handler of our own undoes that.
    """
    handlers = [(number, signal.signal(number, handler)) for number, handler in (
        (signal.SIGINT, signal.default_int_handler), (signal.SIGTERM, lambda *_: sys.exit(143)),
    )]
    try:
        yield
    finally:
        for step in running:
            assert step.process is not None
            step.process.send_signal(signal.SIGINT)
        for step in running:
            assert step.process is not None
            step.process.wait()
            step.finish(step.process.returncode)
        for number, handler in handlers:
            signal.signal(number, handler)


def processors() -> int:
    """How many this command may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def report(steps: list[Step], seconds: float) -> int:
    """The end of the story, and the exit code."""
    failed, skipped = [step for step in steps if step.has_failed], [step for step in steps if step.missing]
    for step in (step for step in steps if step.code):
        print(f"{step.name}:", *step.told or ["see its output above"], sep="\n  ")
    for step in steps:
        print(f"{step.name:<24} {step.outcome:<26} {step.seconds:4.0f} s")
    print(f"{'all together':<24} {'':<26} {seconds:4.0f} s")
    for step in skipped:
        print(f"SKIPPED: {step.name}. {step.missing}")
    if failed:
        print(f"FAILED: {', '.join(step.name for step in failed)}")
        return 1
    print("Everything that could run here passed." if skipped else "Everything passed.")
    return 0


def main() -> int:
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="ww-run-", ignore_cleanup_errors=True) as name:
        steps = plan_steps(Path(name), is_long="--long" in sys.argv)
        run_side_by_side(steps, Path(name), lanes=processors() + 1)
    return report(steps, time.monotonic() - started)


if __name__ == "__main__":
    raise SystemExit(main())
