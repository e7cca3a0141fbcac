"""`wonward engine level`: files in, one JSON line out for each."""

import io
import json

import pytest

from wonward.edges.commands.main import main

PLAN = '{"tasks": [{"key": "a", "duration": 2, "demands": {"ana": 1}}, {"key": "b", "duration": 1, "demands": {"ana": 1}}], "resources": [{"key": "ana"}]}'


def test_each_file_gets_a_line(tmp_path, capsys):
    for name in ("one.json", "two.json"):
        (tmp_path / name).write_text(PLAN)

    assert main(["engine", "level", str(tmp_path / "one.json"), str(tmp_path / "two.json")]) == 0

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["file"] for line in lines] == [str(tmp_path / "one.json"), str(tmp_path / "two.json")]
    assert {"status", "makespan", "lower_bound", "gap", "starts", "cpu_seconds", "method"} <= set(lines[0])
    assert (lines[0]["status"], lines[0]["makespan"], lines[0]["lower_bound"], lines[0]["gap"]) == ("optimal", 3, 3, 0)


def test_a_plan_is_read_from_standard_input(monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO(PLAN))

    assert main(["engine", "level", "-", "--seconds", "1", "--seed", "3"]) == 0
    assert json.loads(capsys.readouterr().out)["makespan"] == 3


def test_a_broken_file_is_one_line_and_the_others_are_answered(tmp_path, capsys):
    (tmp_path / "good.json").write_text(PLAN)
    (tmp_path / "bad.sm").write_text("nonsense")
    files = [str(tmp_path / name) for name in ("bad.sm", "missing.dzn", "good.json")]

    assert main(["engine", "level", *files]) == 1

    said = capsys.readouterr()
    assert said.err.splitlines() == [
        f"wonward: {files[0]}: the section PRECEDENCE RELATIONS is missing",
        f"wonward: {files[1]}: No such file or directory",
    ]
    assert len(said.out.splitlines()) == 1


def test_an_infeasible_plan_is_an_answer_with_its_conflict(tmp_path, capsys):
    path = tmp_path / "plan.json"
    path.write_text(PLAN.replace('"duration": 2', '"duration": 2, "deadline": 1'))

    assert main(["engine", "level", str(path)]) == 0

    answer = json.loads(capsys.readouterr().out)
    assert (answer["status"], answer["makespan"]) == ("infeasible", None)
    assert [element["text"] for element in answer["conflict"]] == ["a must end by 1"]


def test_a_negative_time_limit_is_refused(tmp_path):
    assert main(["engine", "level", str(tmp_path / "any.json"), "--seconds", "-1"]) == 2


def test_an_unknown_tier_is_refused(tmp_path):
    with pytest.raises(SystemExit):
        main(["engine", "level", str(tmp_path / "any.json"), "--tier", "3"])
