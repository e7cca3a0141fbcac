"""A small piece of the fault harness in every run; `make prove` runs all of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.harness.disk import Disk
from tests.faults.harness.sweep import choose, compare

ROOT = Path(__file__).resolve().parents[2]


def _run(tmp_path: Path, *arguments: str):
    file = tmp_path / "results.json"
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    done = subprocess.run([sys.executable, "-m", "tests.faults.harness", *arguments, "--json", str(file)], cwd=ROOT, env=environment,
                          capture_output=True, text=True, check=False)
    assert file.exists(), done.stderr
    return done.returncode, json.loads(file.read_text()), done.stdout


def test_a_killed_win_and_a_killed_import_are_whole_or_nothing_and_what_they_leave_alike_is_lived_on_once(tmp_path):
    code, results, said = _run(tmp_path, "sweep", "--journey", "handoff:4", "--journey", "import:8")
    assert [sum(result["faults"].values()) for result in results] == [0, 0], said
    assert [result["points"] for result in results] == [4, 8]
    won, imported = (result["states"] for result in results)
    assert won == 2, said
    assert 2 <= imported < 8, said
    assert code == 0


@pytest.mark.long
def test_a_restore_that_broke_off_anywhere_is_simply_started_again(tmp_path):
    code, results, said = _run(tmp_path, "sweep", "--journey", "restore", "--points", "20")
    assert (code, results[0]["points"]) == (0, 20), said


@pytest.mark.long
def test_the_sweep_finds_bugs_planted_into_the_ways_of_a_file(tmp_path):
    code, results, said = _run(tmp_path, "planted", "--journey", "upload", "--journey", "backup", "--journey", "restore")
    assert [result["name"] for result in results if not result["is_good"]] == [], said
    assert (code, len(results)) == (0, 5)


@pytest.mark.long
def test_a_power_cut_loses_nothing_and_the_controls_lose(tmp_path):
    code, results, said = _run(tmp_path, "power", "--images", "120")
    assert (code, len(results)) == (0, 5), said


def test_the_same_seed_kills_at_the_same_steps_and_the_first_and_last_are_among_them():
    assert choose(200, 20, 7) == choose(200, 20, 7) != choose(200, 20, 8)
    assert {1, 200} <= set(choose(200, 20, 7))
    assert choose(200, 1, 7) == choose(200, 1, 7) != choose(200, 1, 8)
    assert not {1, 200} & {step for seed in range(400) for step in choose(200, 1, seed)}, "one alone breaks off in the middle"
    assert choose(5, 0, 1) == choose(5, 9, 1) == [1, 2, 3, 4, 5]


def test_two_processes_that_draw_the_same_make_the_same_keys():
    program = ("from tests.faults.harness.steps import draw_the_same_every_time; import secrets, uuid;"
               " draw_the_same_every_time(); print(secrets.token_hex(8), secrets.token_urlsafe(9), uuid.uuid4())")
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}", "DJANGO_SETTINGS_MODULE": "wonward.config.settings"}
    first, second = (subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout
                     for _ in range(2))
    assert first == second
    assert len(set(first.split())) == 3


def test_what_is_missing_doubled_or_different_is_told_by_table():
    wanted = {"deals": [2, "a"], "tasks": [3, "b"], "notes": [1, "c"]}
    assert compare(wanted, wanted) == []
    assert compare(wanted, {"deals": [1, "x"], "tasks": [4, "y"], "notes": [1, "z"]}) == [
        ("lost", "deals has 1 rows and not 2"), ("half-made", "the 1 rows of notes differ"), ("duplicate", "tasks has 4 rows and not 3"),
    ]


class Always:
    """A coin that always falls to the same side."""

    def __init__(self, share: float) -> None:
        self._share = share

    def choice(self, options):
        return self._share

    def random(self) -> float:
        return 0.5


def test_a_disk_keeps_what_was_synced_and_may_lose_the_rest():
    disk = Disk({"/data/a": b"old"})
    disk.take(("write", "/data/a", (0, b"new")))
    assert disk.after_power_cut(Always(0.0)) == {"/data/a": b"old"}
    assert disk.after_power_cut(Always(1.0)) == {"/data/a": b"new"}
    disk.take(("sync", "/data/a", None))
    assert disk.after_power_cut(Always(0.0)) == {"/data/a": b"new"}


def test_a_new_name_is_safe_only_once_its_folder_is_synced():
    disk = Disk({})
    for request in (("write", "/data/aside", (0, b"plan")), ("sync", "/data/aside", None), ("rename", "/data/aside", "/data/ab/plan")):
        disk.take(request)
    assert disk.after_power_cut(Always(0.0)) == {"/data/aside": b"plan"}
    assert disk.after_power_cut(Always(1.0)) == {"/data/ab/plan": b"plan"}
    disk.take(("sync folder", "/data/ab", None))
    assert disk.after_power_cut(Always(0.0)) == {"/data/ab/plan": b"plan"}
