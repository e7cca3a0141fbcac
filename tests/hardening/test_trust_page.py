"""The page of what holds is made from printed results, and every figure on it stands beside a command."""

from __future__ import annotations

import json
import re
import shlex
from argparse import Namespace
from pathlib import Path
from types import SimpleNamespace

from tools import prove
from tools.prove import COMMANDS, HARNESS, Run
from tools.trust_page import NOTES, PAGE, RESULTS, render

from tests.figures import FILE, read_figures, tell

QUESTIONS = PAGE.parent / "guide" / "security-questions.md"
KILLS, IMAGES = 200, 500
JOURNEYS = {"handoff", "outbox", "import", "template", "upload", "backup", "restore", "migrate"}


def test_the_page_says_what_the_results_say():
    assert PAGE.read_text() == render(json.loads(RESULTS.read_text()), NOTES.read_text()), "Run `python tools/trust_page.py`."


def test_what_a_test_told_stands_beside_the_command_that_tells_it_again(tmp_path, monkeypatch):
    monkeypatch.setenv(FILE, str(tmp_path / "told.json"))
    tell("wrong passwords", guesses=1000, hashed=10)
    told = {"python tools/run_tests.py --long": {"seconds": 9, "processor_seconds": 14, "exit_code": 0, "results": read_figures(tmp_path / "told.json")}}
    page = render(told, "{{faults}}\n{{planted}}\n{{figures}}\n{{commands}}")
    assert "| wrong passwords | guesses 1000, hashed 10 |" in page
    assert "test_trust_page.py::test_what_a_test_told_stands_beside_the_command_that_tells_it_again" in page
    assert "| `python tools/run_tests.py --long` | 9 | 14 | 0 |" in page


def test_a_fault_and_a_bug_that_was_missed_are_not_hidden():
    found = [{"name": "races", "database": "sqlite", "points": 10, "faults": {"lost": 3}, "is_good": False},
             {"name": "control: a planted bug", "database": "sqlite", "points": 60, "is_good": False}]
    page = render({"python -m x": {"seconds": 1, "exit_code": 1, "results": found}}, "{{faults}}\n{{planted}}\n{{commands}}")
    assert "| races | sqlite | 10 | 3 | 0 | 0 | 0 |" in page
    assert "| a planted bug | NO | 60 |" in page
    assert "| `python -m x` | 1 |  | 1 |" in page


def test_everything_that_is_promised_is_run():
    for database in ((), ("--database", "postgresql")):
        assert ("blackbox", "--kills", str(KILLS), *database) in COMMANDS
        assert ("races", *database) in COMMANDS
        swept = [words for words in COMMANDS if words[0] == "sweep" and ("postgresql" in words) == bool(database)]
        wishes = [words[place + 1] for words in swept for place, word in enumerate(words) if word == "--journey"]
        assert sorted(wish.partition(":")[0] for wish in wishes) == sorted(JOURNEYS), "each on one lane"
        assert wishes[0] == "handoff", "the win is killed at every step"
        assert bool(database) or [wish for wish in wishes if ":" in wish] == ["migrate:1"], "so is everything else on SQLite, but migrations"
    assert int(next(words[2] for words in COMMANDS if words[0] == "power")) >= IMAGES
    assert {words[0] for words in COMMANDS} == {"sweep", "planted", "power", "races", "blackbox", "thirdparties"}
    assert shlex.split(Run((*HARNESS, *COMMANDS[0])).command)[:3] == ["python", *HARNESS]


def test_a_part_tells_what_it_took_of_the_processors_and_a_failed_one_its_code(tmp_path, capsys):
    busy = Run(("-c", "import sys; sum(range(20_000_000)); sys.exit(3)"))
    busy.go(tmp_path)
    assert busy.code == 3
    assert busy.processor_seconds > 0
    assert f"({busy.seconds:.0f} s, {busy.processor_seconds:.0f} s of a processor, exit code 3)" in capsys.readouterr().out


def test_what_took_longest_begins_first_and_the_whole_tells_whether_it_kept_within_its_minutes(tmp_path, monkeypatch, capsys):
    results, begun = tmp_path / "trust.json", []
    commands = [Run((*HARNESS, *words, "--seed", "7")).command for words in COMMANDS]
    load = Run(prove.LOAD, settings=(("FULL", "1"),)).command
    lasted = {command: {"seconds": place, "exit_code": 0, "results": []} for place, command in enumerate(commands[:-1])}
    results.write_text(json.dumps({**lasted, load: {"seconds": 9, "exit_code": 0, "results": []}}))

    def go(run: Run, folder: Path) -> None:
        begun.append(run.command)
        run.code, run.seconds, run.results = 3 if "planted" in run.command else 0, 1.0, []

    monkeypatch.setattr(prove, "RESULTS", results)
    monkeypatch.setattr(prove, "write_page", lambda: None)
    monkeypatch.setattr(prove, "processors", lambda: 0)
    monkeypatch.setattr(prove, "time", SimpleNamespace(monotonic=lambda: 100.0))
    monkeypatch.setattr(Run, "go", go)
    runs = prove._prove(tmp_path, Namespace(seed=7, only=""))
    assert begun == [commands[-1], *reversed(commands[:-1]), "python tools/run_tests.py --long --seed 7", load]
    assert [run.code for run in runs if run.code] == [3]
    whole = json.loads(results.read_text())["python tools/prove.py --seed 7"]
    assert whole["exit_code"] == 3
    (told,) = whole["results"]
    assert {name: words for name, words in told.items() if name not in ("what", "processors")} == {
        "harness": "0.0 of 5 minutes: yes", "long_tests": "0.0 of 15 minutes: yes", "load": "0.0 of 8 minutes: yes", "all_of_it": "0.0 of 30 minutes: yes",
    }
    said = capsys.readouterr().out.splitlines()
    assert [line.split() for line in said if line.endswith("  yes")] == [
        *[["harness", "0", "300", "yes"]] * 2, ["long", "tests", "1", "900", "yes"], ["load", "1", "480", "yes"], ["all", "of", "it", "0", "1800", "yes"],
    ]


def test_a_part_above_its_limit_says_so_and_is_no_failure(tmp_path, monkeypatch, capsys):
    assert prove.table_of({"harness": (301, 5)})[1].split() == ["harness", "301", "300", "no"]
    monkeypatch.setattr(prove, "_prove", lambda folder, chosen: [Run(("x",), code=0, seconds=9999.0)])
    monkeypatch.setattr("sys.argv", ["prove.py"])
    assert prove.main() == 0
    monkeypatch.setattr(prove, "_prove", lambda folder, chosen: [Run(("x",), code=1, seconds=1.0)])
    assert prove.main() == 1
    assert "FAILED: python x" in capsys.readouterr().out


def test_the_growth_under_load_is_told_with_its_verdict():
    grown = {"what": "load_growth", "mb_a_minute": 1.4, "files_a_minute": 0.0, "goal_mb_a_minute": 1, "stands_still": "no"}
    (line,) = prove._growth([Run(("load",), results=[{"what": "load_errors"}, grown]), Run(("x",))])
    assert line == "growth under load: 1.4 MB and 0.0 descriptors a minute, goal 1 MB: stands still: no"


def test_journeys_of_several_lanes_stand_in_one_table():
    swept = [{"name": name, "database": "sqlite", "points": 3, "steps": 3, "faults": {}, "is_good": True} for name in ("outbox", "import", "handoff")]
    told = {f"python -m lane {place}": {"seconds": 1, "exit_code": 0, "results": [one]} for place, one in enumerate(swept)}
    page = render(told, "{{faults}}")
    assert [line.split()[1] for line in page.splitlines()[2:]] == ["handoff,", "import,", "outbox,"]


def test_what_an_answer_of_the_questionnaire_names_is_there():
    rows = [line.strip("|").split("|") for line in QUESTIONS.read_text().splitlines() if line.startswith("| ")][1:]
    named = [re.findall(r"`([^`]+)`", row[2]) for row in rows]
    assert len(rows) > 20
    assert [name for names in named for name in names if not (QUESTIONS.parents[2] / name).is_file()] == []
    assert sum(any(name.startswith("tests/") and "def test_" in (QUESTIONS.parents[2] / name).read_text() for name in names) for names in named) >= 18
