"""Reading problems from files: what they say, and one clear line about what is wrong with them."""

import csv
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engines.leveling.problems import NO_SHARED_DATA, shared_folder

from wonward.engines.leveling import (
    LevelingError,
    problem_from_document,
    read_mspsp,
    read_problem,
    read_psplib,
    result_to_document,
    solve,
    verify,
)

SM = """\
jobs (incl. supersource/sink ):  4
PRECEDENCE RELATIONS:
jobnr.    #modes  #successors   successors
   1        1          2           2   3
   2        1          1           4
   3        1          1           4
   4        1          0
************************************************************************
REQUESTS/DURATIONS:
jobnr. mode duration  R 1
------------------------------------------------------------------------
  1      1     0       0
  2      1     3       2
  3      1     4       2
  4      1     0       0
************************************************************************
RESOURCEAVAILABILITIES:
  R 1
    2
************************************************************************
"""
DZN = """\
% two tasks, one who can do both
nActs = 3; dur = [2,3,0];
nSkills = 1; sreq = [| 1 | 1 | 0 |];
nResources = 1; mastery = [| true |];
pred = [1,2]; succ = [3,3];
"""


def test_a_psplib_file_is_read_with_its_job_numbers():
    result = solve(read_psplib(SM))

    assert (result.status, result.makespan) == ("optimal", 7)
    assert set(result.starts) == {"1", "2", "3", "4"}


def test_a_multi_skill_file_is_read_with_its_workers():
    result = solve(read_mspsp(DZN))

    assert (result.status, result.makespan) == ("optimal", 5)
    assert result.assignments == {"1": {"1": "1"}, "2": {"1": "1"}}


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.sm", "", "the section PRECEDENCE RELATIONS is missing"),
        ("a.sm", SM.replace("2           2   3", "2           2"), "line 4: job, modes, number of successors and that many successors expected"),
        ("a.sm", SM.replace("1     3       2", "1     x       2"), "line 13: whole numbers expected, found '2 1 x 2'"),
        ("a.sm", SM.replace("4       2\n", "4       2   1\n"), "line 14: job 3 asks 2 resources of 1"),
        ("a.sm", SM.replace("1           4\n   3", "1           9\n   3"), "line 5: job 9 has no duration"),
        ("a.dzn", "nActs = 3", "line 1: `name = value;` expected"),
        ("a.dzn", DZN.replace("[2,3,0]", "[2,3]"), "line 2: dur has 2 entries instead of 3"),
        ("a.dzn", DZN.replace("true", "maybe"), "line 4: mastery: a whole number from 0 to 1000000 expected, found 'maybe'"),
        ("a.dzn", DZN.replace("succ = [3,3]", "succ = [3,9]"), "line 5: succ names task 9 of 3"),
        ("a.json", '{"tasks": [\n{]}', "line 2: not JSON: Expecting property name enclosed in double quotes"),
        ("a.json", "[]", "the problem is not an object"),
        ("a.json", '{"tasks": [{"duration": 1}]}', "task 1: key is missing or no text"),
        ("a.json", '{"tasks": [{"key": "a", "duration": "long"}]}', "task 'a': duration is not a whole number: 'long'"),
        ("a.json", '{"tasks": [{"key": "a", "hours": 3}]}', "task 1 has an unknown field 'hours'"),
        ("a.json", '{"tasks": [{"key": "a", "duration": 1, "demands": {"x": 1}}]}', "task 'a' asks for the unknown resource 'x'"),
        ("a.json", '{"tasks": [{"key": "a"}], "links": [{"from": "a", "to": "b"}]}', "a link names the unknown task 'b'"),
        ("a.json", '{"tasks": [{"key": "a", "duration": -1}]}', "task 'a' is shorter than nothing"),
        ("a.json", '{"tasks": [{"key": "a"}, {"key": "a"}]}', "two tasks have the key 'a'"),
    ],
)
def test_a_broken_file_is_refused_in_one_line_naming_the_place(name, text, message):
    with pytest.raises(LevelingError) as refusal:
        solve(read_problem(name, text))

    assert str(refusal.value) == message


@given(st.sampled_from(["a.sm", "a.dzn", "a.json"]), st.data())
def test_a_file_cut_and_scribbled_on_is_read_or_refused(name, data):
    text = {"a.sm": SM, "a.dzn": DZN, "a.json": '{"tasks": [{"key": "a", "duration": 1}], "links": []}'}[name]
    place = data.draw(st.integers(0, len(text)))
    scribble = data.draw(st.text("0123456789-[]{}|,;=\" \nabc%", max_size=6))
    try:
        problem = read_problem(name, text[:place] + scribble + text[place + data.draw(st.integers(0, 30)):])
        result = solve(problem)
    except LevelingError:
        return
    assert verify(problem, result) == []


def test_a_document_holds_everything_a_problem_may():
    problem = problem_from_document({
        "tasks": [
            {"key": "a", "duration": 2, "demands": {"ana": 1}, "started_at": 0},
            {"key": "b", "duration": 1, "skills": {"code": 1}, "due": 1, "due_weight": 3, "published_start": 0},
            {"key": "c", "duration": 2, "calendar": "week", "pinned_start": 6},
        ],
        "links": [{"from": "a", "to": "b", "type": "FS", "lag": 1}],
        "resources": [{"key": "ana", "skills": ["code"]}, {"key": "pool", "capacity": 2, "profile": [0, 1]}],
        "calendars": {"week": [1, 1, 1, 1, 1, 0, 0]},
        "weights": {"lateness": 10},
    })

    document = json.loads(json.dumps(result_to_document(problem, solve(problem))))

    assert document["starts"] == {"a": 0, "b": 3, "c": 6}
    assert document["assignments"] == {"b": {"ana": "code"}}
    assert document["objective"] == {"value": 102, "lower_bound": 102, "lateness": 9, "change": 3}
    assert document["reasons"] == [{
        "task": "b", "binding": "predecessor", "from": 0, "to": 3, "resource": None, "blockers": ["a"], "slot": None,
        "text": "b begins at 3 instead of 0: it waits for a.",
    }]


PSPLIB = shared_folder("psplib")


@pytest.mark.skipif(PSPLIB is None, reason=NO_SHARED_DATA)
@pytest.mark.parametrize("name", ["j301_1", "j3013_2", "j3029_1", "j601_1", "j6013_1", "j6045_1"])
def test_library_instances_get_valid_plans_and_true_bounds(name):
    with (PSPLIB / "best_known.csv").open() as table:
        known = {row["instance"]: int(row["best_upper_bound"]) for row in csv.DictReader(table)}
    problem = read_psplib((PSPLIB / name.split("_")[0][:3] / f"{name}.sm").read_text())

    result = solve(problem)

    assert verify(problem, result) == []
    assert result.lower_bound <= known[name] <= result.value <= 1.15 * known[name]
