"""The test command: what fails in the browser is tried once more, and whatever fails twice, or elsewhere, fails the run."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from tools.run_tests import (
    AGAIN_ON_POSTGRES,
    AROUND,
    DESCRIPTION,
    LONG_ON_POSTGRES,
    NOT_AGAIN,
    ON_ONE,
    REAL_DATA,
    ROOT,
    SAMPLES_OF_MIGRATIONS,
    SAMPLES_OF_THE_HARNESS,
    WALK,
    WITH_THEIR_OWN,
    WITHOUT_A_DATABASE,
    Step,
    plan_steps,
    report,
    run_side_by_side,
)


def step(name: str, program: str, *, is_repeatable: bool) -> Step:
    return Step(name, [sys.executable, "-c", f"import sys; again = '--last-failed' in sys.argv; {program}"], is_repeatable=is_repeatable)


@pytest.mark.parametrize(
    ("program", "is_repeatable", "outcome", "code"),
    [
        ("sys.exit(0)", True, "passed", 0),
        ("print('FAILED tests/x.py'); sys.exit(0 if again else 1)", True, "passed at the second try", 0),
        ("sys.exit(1)", True, "FAILED with exit code 1", 1),
        ("sys.exit(0 if again else 1)", False, "FAILED with exit code 1", 1),
        ("sys.exit(0 if again else 2)", True, "FAILED with exit code 2", 1),
    ],
)
def test_only_what_failed_in_a_browser_gets_a_second_try(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], program: str, is_repeatable: bool, outcome: str, code: int
) -> None:
    steps = [step("looking", program, is_repeatable=is_repeatable), step("reading", "pass", is_repeatable=False)]
    run_side_by_side(steps, tmp_path, lanes=2)
    assert report(steps, 1.0) == code
    told = capsys.readouterr().out
    assert outcome in told
    assert ("FAILED tests/x.py" in told) == ("tests/x.py" in program)


def takes(step: Step, path: str) -> bool:
    """Whether a step runs the long tests of a file."""
    said = step.command[step.command.index("-m", 5) + 1]
    left_out = [word.removeprefix("--ignore=") for word in step.command if word.startswith("--ignore=")]
    named = [word for word in step.command if word.startswith("tests")]
    return "not long" not in said and any(path.startswith(one) for one in named) and not any(path.startswith(one) for one in left_out)


def test_every_long_test_is_run_by_a_step_of_the_long_run_or_is_a_sample_of_the_harness(tmp_path: Path) -> None:
    steps = plan_steps(tmp_path, is_long=True)
    files = [str(file.relative_to(ROOT)) for file in sorted((ROOT / "tests").rglob("test_*.py")) if "mark." + "long" in file.read_text()]
    assert len(files) > 20
    assert [path for path in files if not any(takes(one, path) for one in steps)] == [SAMPLES_OF_THE_HARNESS]


def test_what_is_the_same_on_both_databases_is_asked_once_and_not_again_on_postgresql(tmp_path: Path) -> None:
    (again,) = (one for one in plan_steps(tmp_path, is_long=True) if one.name == "again on PostgreSQL")
    for path in (*AGAIN_ON_POSTGRES, *WITH_THEIR_OWN, *LONG_ON_POSTGRES):
        assert (ROOT / path).exists(), path
    for path in (*WITHOUT_A_DATABASE, *WITH_THEIR_OWN, SAMPLES_OF_THE_HARNESS, DESCRIPTION):
        assert path not in again.command, path
    for path in AGAIN_ON_POSTGRES:
        assert path.startswith((*AROUND, *ON_ONE, *REAL_DATA, *WALK)), "the suite on PostgreSQL asks it already"
    for test in (*NOT_AGAIN, SAMPLES_OF_MIGRATIONS):
        file, _, name = test.partition("::")
        assert f"def {name}(" in (ROOT / file).read_text(), test


def test_what_the_long_tests_draw_follows_from_the_seed(tmp_path: Path) -> None:
    for seed in (1, 7):
        assert all(f"--hypothesis-seed={seed}" in one.command for one in plan_steps(tmp_path, is_long=True, seed=seed))


def test_every_file_of_tests_is_asked_by_one_step_on_sqlite_and_by_one_alone(tmp_path: Path) -> None:
    asked = [one.command for one in plan_steps(tmp_path, is_long=False) if "pytest" in one.command and "--database=postgresql" not in one.command]
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        name = path.relative_to(ROOT).as_posix()
        takers = [command for command in asked if _collects(command, name)]
        assert len(takers) == 1, (name, takers)


def _collects(command: list[str], name: str) -> bool:
    """Whether pytest, called so, finds a file: below a path that is named (or anywhere, where none is), and not below one that is ignored."""
    named = [word for word in command if word.startswith("tests/")]
    ignored = [word.removeprefix("--ignore=") for word in command if word.startswith("--ignore=")]
    return _is_below(name, named or ["tests"]) and not _is_below(name, ignored)


def _is_below(name: str, paths: list[str]) -> bool:
    return any(name == path or name.startswith(f"{path}/") for path in paths)
