"""The test command: lint, types, the suite on SQLite, the suite on PostgreSQL, and people at the browser.

Two steps more than there are processors run side by side, since each often waits, for a browser or for a disk, each with its own temporary
folder and its output kept apart. A step's output is printed whole when it ends; what failed, what was skipped and how long each step took
stand at the very end. What fails in the browser is tried once more, since a browser on a busy machine may miss its moment; the end names
what needed a second try.
`--long` runs the long tests instead, drawn from `--seed`: every role, every page, all examples of the properties, and on PostgreSQL what
the other run asks of SQLite alone and has statements of its own.
"""

from __future__ import annotations

import argparse
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
WITH_THEIR_OWN = ("tests/edges/commands/test_backup.py", "tests/edges/commands/test_carrying_over.py", "tests/edges/commands/test_upgrading.py")
SCRIPTS_IN_WORDS = "tests/hardening/test_scripts_in_words.py"
# `make prove` runs all of the fault harness: a sample of it says nothing more, before the long tests as little as in `make test`.
SAMPLES_OF_THE_HARNESS = "tests/faults/test_harness.py"
SAMPLES_OF_MIGRATIONS = "tests/edges/commands/test_upgrading.py::test_a_migration_that_broke_off_goes_on_and_ends_with_the_same_tables"
SWEEP_OF_THE_HARNESS = f"{SAMPLES_OF_THE_HARNESS}::test_a_killed_win_and_a_killed_import_are_whole_or_nothing_and_what_they_leave_alike_is_lived_on_once"
# Of a process that asks no database.
OF_NO_DATABASE = "tests/stories/test_passkeys.py::test_web_and_worker_load_what_checks_passkeys_and_draws_or_reads_documents_only_once_somebody_needs_it"
# Long and asked of PostgreSQL: what it may answer otherwise (statements, locks, limits of its columns, processes that die while they hold some).
LIMITS = "tests/edges/web/sales/test_limits.py"
LONG_ON_POSTGRES = (
    "tests/faults/test_worker.py", "tests/faults/test_worker_kill.py", "tests/permissions/test_machine.py", "tests/journeys/house/test_sample.py", LIMITS,
)
# What `make test` asks of SQLite alone is asked of PostgreSQL too where it has statements of its own: every route once for each outcome,
# every filter and order of every list, the search, what changes many rows at once or puts them back, and the journeys of chance. What is
# left out says words, draws pages, reads files or weighs scopes; the pages themselves are opened on PostgreSQL by the walk.
AGAIN_ON_POSTGRES = (
    "tests/permissions/test_walk.py", "tests/permissions/test_oracles.py", "tests/permissions/test_canaries.py", "tests/permissions/test_foreign.py",
    "tests/permissions/test_link_holders.py", "tests/permissions/test_closed_leaks.py", "tests/edges/web/lists", "tests/edges/portal",
    "tests/edges/commands", "tests/hardening/test_known_bugs.py", "tests/hardening/test_doors.py", "tests/edges/api/test_conventions.py",
    "tests/edges/api/test_searching.py", "tests/edges/api/test_imports.py", "tests/edges/api/test_main_job.py", "tests/undo", *REAL_DATA,
    *(path for path in ON_ONE if path.startswith("tests/journeys")),
)
# Without a statement of their own: a hidden id in the path is what the walk calls unseen, and letters and PDF are drawn from what was fetched.
NOT_AGAIN = (
    "tests/permissions/test_foreign.py::test_a_hidden_id_in_the_path_looks_missing",
    "tests/permissions/test_canaries.py::test_what_is_drawn_as_pdf_is_handed_nothing_hidden",
    "tests/permissions/test_canaries.py::test_every_part_of_a_page_keeps_what_is_hidden",
)
# This plugin takes a second to load in every process, and only `DESCRIPTION` asks for what it does.
WITHOUT_DESCRIPTIONS = ("-p", "no:schemathesis")
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


def plan_steps(folder: Path, *, is_long: bool, seed: int = 1) -> list[Step]:
    """What runs, the quick steps first and then the longest first, so that no processor waits at the end."""
    if is_long:
        return _plan_long_steps(folder, seed)
    for_all = ["-m", "not long"]
    chosen = [*WITHOUT_DESCRIPTIONS, *for_all]
    left_out = [IN_THE_BROWSER, *WITHOUT_A_DATABASE, *AROUND, *WALK, *REAL_DATA, *ON_ONE]
    on_postgres = ["--database=postgresql", f"--deselect={OF_NO_DATABASE}", *(f"--ignore={path}" for path in left_out)]
    on_postgresql = Step("suite on PostgreSQL", [*_pytest(folder, "postgresql"), *chosen, *on_postgres], _why_no_postgres())
    elsewhere = (IN_THE_BROWSER, *WALK, *SCREENS_AND_DOORS)
    on_sqlite = Step("suite on SQLite", [
        *_pytest(folder, "sqlite"), *chosen, "--database=sqlite", *(f"--ignore={path}" for path in elsewhere), f"--deselect={SWEEP_OF_THE_HARNESS}",
    ])
    walk = Step("permission walk", [*_pytest(folder, "walk"), *for_all, "--database=sqlite", *WALK])
    return [
        Step("lint", [sys.executable, "-m", "ruff", "check", "src", "tests", "tools"]),
        Step("suite on PostgreSQL", [*on_postgresql.command, "--asks-a-database"], on_postgresql.missing),
        Step("people at the browser", [*_pytest(folder, "browser"), *chosen, IN_THE_BROWSER, f"--ignore={ON_THE_SAMPLE}"],
             _why_no_browser(), is_repeatable=True),
        on_sqlite,
        walk,
        Step("screens and doors on SQLite", [*_pytest(folder, "screens"), *chosen, "--database=sqlite", f"--ignore={DESCRIPTION}", *SCREENS_AND_DOORS]),
        Step("pages in the browser", [*_pytest(folder, "pages"), *chosen, ON_THE_SAMPLE], _why_no_browser(), is_repeatable=True),
        Step("two people on PostgreSQL", [*_pytest(folder, "together"), *WITHOUT_DESCRIPTIONS, "--database=postgresql", TWO_PEOPLE],
             _why_no_browser() or _why_no_postgres(), is_repeatable=True),
        Step("types", [sys.executable, "-m", "mypy"]),
    ]


def _plan_long_steps(folder: Path, seed: int) -> list[Step]:
    """The long tests once, on the database where they have most to find, and again on PostgreSQL what has statements of its own."""
    def step(name: str, short: str, database: str, chosen: str, paths: tuple[str, ...], *, without: tuple[str, ...] = (), missing: str = "", **more: bool) -> Step:
        left_out = [f"--{'deselect' if '::' in path else 'ignore'}={path}" for path in without]
        drawn = [*WITHOUT_DESCRIPTIONS, "-m", chosen, f"--hypothesis-seed={seed}", f"--database={database}"]
        return Step(name, [*_pytest(folder, short), *drawn, *left_out, *paths], missing, **more)

    all_examples, elsewhere = ("--all-examples", "tests"), (IN_THE_BROWSER, SCRIPTS_IN_WORDS, *WALK, LIMITS, SAMPLES_OF_THE_HARNESS, SAMPLES_OF_MIGRATIONS)
    no_postgres, no_browser = _why_no_postgres(), _why_no_browser()
    return [
        step("long tests on SQLite", "sqlite", "sqlite", "long or hypothesis", all_examples, without=elsewhere),
        step("permission walk", "walk", "sqlite", "long", ("tests/permissions",)),
        step("again on PostgreSQL", "again", "postgresql", "not long", AGAIN_ON_POSTGRES, without=(*NOT_AGAIN, *WITH_THEIR_OWN), missing=no_postgres),
        step("made up requests", "made-up", "sqlite" if no_postgres else "postgresql", "long", (DESCRIPTION,)),
        step("long tests on PostgreSQL", "postgresql", "postgresql", "long", LONG_ON_POSTGRES, missing=no_postgres),
        step("scripts in words", "scripts", "sqlite", "long", (SCRIPTS_IN_WORDS,), missing=no_browser, is_repeatable=True),
        step("every page in the browser", "everywhere", "sqlite", "long", (IN_THE_BROWSER,), missing=no_browser, is_repeatable=True),
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


def _compile() -> None:
    """Our own code, once: steps that start together would each do it."""
    subprocess.run([sys.executable, "-m", "compileall", "-q", "-j", str(processors()), "src", "tests", "tools"], cwd=ROOT, env=environment(), check=False)  # noqa: S603


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
    parser = argparse.ArgumentParser(prog="tools/run_tests.py")
    parser.add_argument("--long", action="store_true", help="the long tests instead")
    parser.add_argument("--seed", type=int, default=1, help="from which the long tests draw")
    chosen = parser.parse_args()
    started = time.monotonic()
    _compile()
    with tempfile.TemporaryDirectory(prefix="ww-run-", ignore_cleanup_errors=True) as name:
        steps = plan_steps(Path(name), is_long=chosen.long, seed=chosen.seed)
        run_side_by_side(steps, Path(name), lanes=processors() + 2)
    return report(steps, time.monotonic() - started)


if __name__ == "__main__":
    raise SystemExit(main())
