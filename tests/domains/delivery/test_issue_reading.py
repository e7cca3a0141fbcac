"""Lists of Jira, Asana and monday read as plans."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from tests.journeys.imports.shared import shared_folder
from wonward.domains.delivery.queries.exchange import read_plan
from wonward.kernel.errors import Refused

JIRA = (
    "\ufeffSummary,Issue key,Issue id,Issue Type,Status,Project name,Priority,Assignee,Created,Due date,Resolved,Original estimate,Labels,Labels,"
    "Inward issue link (Blocks),Outward issue link (Blocks),Outward issue link (Relates),Custom field (Start date),Parent id,Comment,Comment,Status Category\r\n"
    "Website,PT-1,101,Epic,In Progress,Relaunch,Medium,,08/Jan/24 2:10 PM,,,,,,,,,,,,,In Progress\r\n"
    "Write the text,PT-2,102,Task,Done,Relaunch,Highest,Noor Haddad,08/Jan/24 2:11 PM,12/Jan/24 12:00 AM,11/Jan/24 4:00 PM,,one,two,,PT-3,PT-1,09/Jan/24 12:00 AM,101,a,b,Done\r\n"
    "Build,PT-3,103,Story,Waiting for parts,Relaunch,Odd,,08/Jan/24 2:12 PM,,,28800,,,PT-2,,,,101,,,To Do\r\n"
    "Button,PT-4,104,Sub-task,In Review,Relaunch,Low,,08/Jan/24 2:12 PM,someday,,,,,PT-9,,,,103,,,In Progress\r\n"
)
ASANA = (
    "https://app.asana.com/0/1,,,,,,,,\n\nTask ID,Created At,Completed At,Name,Section/Column,Assignee,Start Date,Due Date,Tags,Notes,Projects,Parent task,Blocked By (Dependencies)\n"
    '1,2026-01-05,2026-01-09,Sketch,Design,Noor,2026-01-05,2026-01-09,red,"Two\nlines",Garden,,\n'
    "2,2026-01-05,,Dig,Build,,,2026-02-02,,,Garden,,Sketch\n3,2026-01-05,,Shovel,Build,,,,,,Garden,Dig,Nothing\n"
)
BOARD = [
    ["Garden of the town hall"], [],
    ["Design"], ["Name", "Subitems", "Owner", "Status", "Due Date", "Priority", "Timeline - Start", "Timeline - End", "Dependent On", "Item ID (auto generated)"],
    ["Sketch", "Paper, Pens", "Noor Haddad, Tom", "Done", "2026-01-09", "Critical ⚠️", "2026-01-05", "2026-01-09", "", "11"],
    ["Subitems", "Name", "Owner", "Status", "Date", "Item ID (auto generated)"],
    ["", "Paper", "Tom", "Working on it", "2026-01-06", "12"], ["", "Pens", "", "Stuck", "", "13"],
    ["Model", "", "", "", "", "", "", "", "Sketch", "14"], ["", "", "", "", "2026-01-05 to 2026-01-09"], [],
    ["Build"], ["Name", "Owner", "Status", "Numbers", "Due Date", "Dependent On", "Creation Log"],
    ["Dig", "", "", "7", "2026-02-02", "Model, Somewhere else", "Noor Haddad May 2, 2024 3:04 PM"],
]


REAL = shared_folder() / "data"


def as_csv(rows: Sequence[Sequence[str]]) -> bytes:
    return "\n".join(",".join(f'"{cell}"' for cell in row) for row in rows).encode()


def as_workbook(*sheets: Sequence[Sequence[str]]) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        for number, rows in enumerate(sheets):
            sheet = book.add_worksheet("board" if not number else "updates")
            for place, row in enumerate(rows):
                sheet.write_row(place, 0, row)
    return target.getvalue()


def test_a_jira_export_keeps_outline_dates_people_and_what_blocks_what() -> None:
    plan = read_plan(JIRA.encode())
    assert (plan.title, plan.source, plan.start_date) == ("Relaunch", "jira", date(2024, 1, 8))
    assert [(task.name, task.parent, task.status) for task in plan.tasks] == [
        ("Website", None, "todo"), ("Write the text", 0, "done"), ("Build", 0, "todo"), ("Button", 2, "review")]
    text, build = plan.tasks[1], plan.tasks[2]
    assert (text.duration_minutes, text.constraint_date, text.deadline_date, text.actual_finish_date, text.priority, text.person_name) == (
        4 * 480, date(2024, 1, 9), date(2024, 1, 12), date(2024, 1, 11), "urgent", "Noor Haddad")
    assert (build.duration_minutes, build.effort_minutes) == (480, 480)
    assert [(link.from_place, link.to_place) for link in plan.links] == [(1, 2)]
    lost = {loss.what: loss for loss in plan.losses}
    assert lost["Dates that cannot be read are left out."].examples == ("someday",)
    assert lost["Priorities that are not known here are left out."].examples == ("Odd",)
    assert text.own_facts.labels == ("one", "two")
    assert {"Links between issues other than “blocks” stay behind."} <= lost.keys()
    assert lost["Dependencies on work outside the file, or whose name is not clear, stay behind."].examples == ("Button",)


def test_an_asana_export_makes_phases_of_its_sections() -> None:
    plan = read_plan(ASANA.encode())
    assert [(task.name, task.kind, task.parent) for task in plan.tasks] == [
        ("Design", "phase", None), ("Sketch", "task", 0), ("Build", "phase", None), ("Dig", "task", 2), ("Shovel", "task", 3)]
    assert (plan.tasks[1].status, plan.tasks[1].notes, plan.tasks[1].duration_minutes) == ("done", "Two\nlines", 5 * 480)
    assert [(link.from_place, link.to_place) for link in plan.links] == [(1, 3)]
    assert plan.start_date == date(2026, 1, 5)


@pytest.mark.parametrize("content", [as_csv(BOARD), as_workbook(BOARD, [["Item ID", "Update Content"], ["11", "Well done"]])], ids=["csv", "xlsx"])
def test_a_monday_board_keeps_groups_subitems_timeline_and_what_waits_for_what(content: bytes) -> None:
    plan = read_plan(content)
    assert (plan.title, plan.source, plan.start_date) == ("Garden of the town hall", "monday", date(2026, 1, 5))
    assert [(task.name, task.kind, task.parent, task.status) for task in plan.tasks] == [
        ("Design", "phase", None, "todo"), ("Sketch", "task", 0, "todo"), ("Paper", "task", 1, "doing"), ("Pens", "task", 1, "todo"),
        ("Model", "task", 0, "todo"), ("Build", "phase", None, "todo"), ("Dig", "task", 5, "todo")]
    assert (plan.tasks[2].deadline_date, plan.tasks[1].person_name, plan.tasks[6].deadline_date) == (date(2026, 1, 6), "Noor Haddad", date(2026, 2, 2))
    assert [(link.from_place, link.to_place) for link in plan.links] == [(1, 4), (4, 6)]
    lost = {loss.what: loss.examples for loss in plan.losses}
    assert lost["States that are not known here become “to do”."] == ("Stuck",)
    assert lost["Columns that have no place here stay behind."] == ("numbers",)
    assert lost["Of several people on a task the first is responsible; the others are left behind."] == ("Sketch",)
    assert lost["Dependencies on work outside the file, or whose name is not clear, stay behind."] == ("Dig",)
    assert lost.get("Further sheets of the workbook stay behind.", ("updates",)) == ("updates",)


def test_items_of_a_board_with_the_same_name_keep_their_own_subitems() -> None:
    head = ["Name", "Subitems", "Status", "Due Date"]
    inner = ["Subitems", "Name", "Status", "Date"]
    plan = read_plan(as_csv([
        ["Board"], ["One"], head, ["Visit", "", "", "2026-01-05"], inner, ["", "Call", "", ""], ["Two"], head, ["Visit", "", "", ""], inner,
        ["", "Write", "", ""],
    ]))
    assert [(task.name, task.parent) for task in plan.tasks] == [("One", None), ("Visit", 0), ("Call", 1), ("Two", None), ("Visit", 3), ("Write", 4)]


def test_a_jira_list_saved_as_a_workbook_is_the_same_plan() -> None:
    rows = [["Summary", "Issue key", "Due date"], ["Write", "PT-1", "2026-01-09"]]
    assert read_plan(as_workbook(rows)) == read_plan(as_csv(rows))


def test_tags_of_asana_and_labels_of_jira_become_labels_once_each() -> None:
    assert [task.own_facts.labels for task in read_plan(ASANA.encode()).tasks if task.name == "Sketch"] == [("red",)]
    rows = [["Summary", "Issue key", "Labels", "Labels", "Created"], ["Write", "PT-1", "ui Text", "text x" + "x" * 41, "2026-01-05"]]
    plan = read_plan(as_csv(rows))
    assert plan.tasks[0].own_facts.labels == ("ui", "Text")
    assert [loss.what for loss in plan.losses] == ["Labels of more than 40 characters, and of a task more than 50, are left out."]


@pytest.mark.skipif(not REAL.is_dir(), reason="the collected files are not here")
def test_a_real_export_of_jira_gives_both_its_issues_and_says_what_stays_behind() -> None:
    plan = read_plan((REAL / "imports" / "jira-cloud-export-all-fields.csv").read_bytes())
    assert (plan.title, plan.source, plan.start_date, plan.links) == ("projeto-teste", "jira", date(2024, 1, 8), ())
    assert [(task.name, task.status, task.constraint_date, task.deadline_date, task.priority) for task in plan.tasks] == [
        ("SUMMARY2", "todo", date(2024, 1, 9), date(2024, 1, 10), ""), ("summary1", "todo", date(2024, 1, 8), None, "high")]
    assert [(plan.tasks[one.place].name, one.words[:10], one.said_at) for one in plan.comments] == [
        ("SUMMARY2", "comentario", datetime(2024, 1, 9, 15, 55, tzinfo=UTC))]
    assert {loss.what: loss.count for loss in plan.losses} == {"Attachments stay behind.": 2, "Watchers stay behind.": 2}


@pytest.mark.skipif(not REAL.is_dir(), reason="the collected files are not here")
@pytest.mark.parametrize("name", ["jira_issue_0.csv", "jira_iteration_0.csv"])
def test_research_tables_about_jira_are_no_export_and_are_refused_by_name(name: str) -> None:
    with pytest.raises(Refused, match="neither an XML file of MS Project nor a list of Jira"):
        read_plan((REAL / "pm" / "jira" / name).read_bytes())


@pytest.mark.skipif(not REAL.is_dir(), reason="the collected files are not here")
def test_a_real_table_of_titles_becomes_tasks_and_one_of_links_says_what_to_export_instead() -> None:
    mule = read_plan((REAL / "pm" / "jira" / "mule.csv").read_bytes(), date(2026, 3, 2))
    assert [task.name[:30] for task in mule.tasks][:1] == ["Implement true multicast funct"]
    assert {loss.what for loss in mule.losses} >= {"Story points stay behind.", "No row of the file has a date: the plan begins today."}
    with pytest.raises(Refused, match="Export the issues from Jira"):
        read_plan((REAL / "pm" / "jira" / "jira_issuelink_0.csv").read_bytes())


def test_a_list_without_a_date_begins_today_and_says_so() -> None:
    plan = read_plan(as_csv([["issuekey", "title", "description", "storypoint"], ["M-1", "Fan out", "All at once.", "8"]]), date(2026, 3, 2))
    assert (plan.source, plan.start_date, [(task.name, task.notes) for task in plan.tasks]) == ("jira", date(2026, 3, 2), [("Fan out", "All at once.")])
    assert {loss.what for loss in plan.losses} == {"Story points stay behind.", "No row of the file has a date: the plan begins today."}


def test_comments_of_jira_keep_their_words_and_their_time_and_their_task() -> None:
    rows = [["Summary", "Issue key", "Created", "Comment", "Comment"], ["Write", "PT-1", "2026-01-05", "09/Jan/24 3:55 PM;70121:6cf;Looks; good", "no header; just words"]]
    assert [(one.place, one.words, one.said_at) for one in read_plan(as_csv(rows)).comments] == [
        (0, "Looks; good", datetime(2024, 1, 9, 15, 55, tzinfo=UTC)), (0, "no header; just words", None)]


@pytest.mark.parametrize(
    ("text", "words"),
    [("Name,Phone\nA,1", "neither"), ("Summary,Issue key\n,", "no task"), ("Summary,Issue key\nA,PT-1", "No row of the file has a date"), ("\x00", "neither")],
)
def test_a_list_that_is_no_plan_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(Refused, match=words) as refusal:
        read_plan(text.encode())
    assert refusal.value.errors[0].field == "file"


@given(st.lists(st.tuples(*[st.text(max_size=12)] * 5), max_size=6))
def test_whatever_stands_in_the_cells_is_read_or_refused(rows: list[tuple[str, ...]]) -> None:
    lines = "\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows)
    head = "Summary,Issue key,Parent,Inward issue link (Blocks),Created\nFirst,A,,A,2026-01-05\n"
    try:
        plan = read_plan((head + lines).encode("utf-8", "surrogatepass"))
    except Refused:
        return
    assert all(task.parent is None or task.parent < place for place, task in enumerate(plan.tasks))
    assert all(link.from_place != link.to_place for link in plan.links)
