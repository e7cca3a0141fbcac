"""Reading the exports of Jira, Asana and monday as a plan, CSV or XLSX: outline, dates, who, dependencies; and what they hold that a plan does not."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from wonward.domains.delivery.rules.board_reading import Board, read_board
from wonward.domains.delivery.types.exchange import (
    Loss,
    OwnFacts,
    ReadPlan,
    TakenComment,
    TakenLink,
    TakenTask,
)
from wonward.foundation.files.reading import is_zip, read_workbook
from wonward.kernel.errors import Refused
from wonward.kernel.wording import worded
from wonward.kernel.work_calendar import STANDARD_CALENDAR

MOST_ROWS = 20_000
LARGEST_BYTES = 60_000_000
LONGEST_NOTES = 20_000
_EXAMPLES = 5
_HEADER_SOUGHT_IN = 20
_DATE_FORMS = ("%d/%b/%y %I:%M %p", "%d/%b/%Y %I:%M %p", "%d/%b/%y", "%d/%b/%Y", "%d/%b/%y %H:%M", "%Y-%m-%d", "%Y-%m-%d %H:%M",
               "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%b %d, %Y", "%b %d, %Y %I:%M %p", "%B %d, %Y", "%d.%m.%Y")
_DONE = {"done", "closed", "resolved", "complete", "completed", "fertig", "erledigt", "geschlossen", "released", "deployed"}
_REVIEW = {"review", "in review", "code review", "to review", "testing", "in test", "qa"}
_DOING = {"in progress", "doing", "started", "working on it", "in arbeit", "wip", "active", "in development"}
_TODO = {"to do", "todo", "open", "new", "backlog", "selected for development", "reopened", "not started", "offen", "zu erledigen", ""}
_PRIORITIES = {
    "highest": "urgent", "blocker": "urgent", "critical": "urgent", "urgent": "urgent", "high": "high", "major": "high", "medium": "",
    "normal": "", "": "", "low": "low", "minor": "low", "lowest": "low", "trivial": "low",
}
_LEFT_BEHIND = {
    "comment": Loss("Comments stay behind.", 0), "attachment": Loss("Attachments stay behind.", 0), "files": Loss("Attachments stay behind.", 0),
    "sprint": Loss("Sprints stay behind.", 0), "story points": Loss("Story points stay behind.", 0),
    "custom field (story points)": Loss("Story points stay behind.", 0),
    "watchers": Loss("Watchers stay behind.", 0), "time spent": Loss("Logged time stays behind.", 0),
    "time tracking": Loss("Logged time stays behind.", 0),
}
_DUE = ("due date", "deadline", "due", "date")
_START = ("start date", "start")
_WHO = ("owner", "person", "people", "assignee", "responsible")
_WAITS = ("dependent on", "dependency", "dependencies", "depends on")
_NOTES = ("notes", "description", "text", "long text")
_LONGEST_LABEL, _MOST_LABELS = 40, 50
_SHORT_NAMES = {"issuekey": "issue key", "title": "summary", "issuetype": "issue type", "storypoint": "story points"}
_COMMENT = re.compile(r"^([^;]{6,40});([^;]*);(.*)$", re.DOTALL)
_PLACED = {"labels", "tags", *_DUE, *_START, *_WHO, *_WAITS, *_NOTES, *_LEFT_BEHIND, "name", "subitems", "status", "priority", "item id (auto generated)",
           "creation log", "created at", "last updated"}
_LINK = re.compile(r"^(inward|outward) issue link \((.+)\)$")


@dataclass(slots=True)
class _Table:
    """Rows by header; a header may stand over several columns."""

    columns: dict[str, list[int]]
    rows: list[list[str]]

    def value(self, row: Sequence[str], *names: str) -> str:
        """The first value under any of these headers."""
        return next(iter(self.values(row, *names)), "")

    def values(self, row: Sequence[str], *names: str) -> list[str]:
        return [
            text for name in names for place in self.columns.get(name, ()) if place < len(row) and (text := row[place].strip())
        ]


@dataclass(slots=True)
class _Issue:
    """A row on its way into the plan: by what others name it, under what it lies, for what it waits."""

    key: str
    task: TakenTask
    parent: str = ""
    waits_for: list[str] = field(default_factory=list)
    first_seen: date | None = None
    comments: list[tuple[str, datetime | None]] = field(default_factory=list)


class _Reading:
    """One file, with everything it loses on the way."""

    def __init__(self, table: _Table, today: date | None = None) -> None:
        self.table = table
        self.today = today
        self.lost: dict[str, list[str]] = {}

    def lose(self, what: str, example: str) -> None:
        self.lost.setdefault(what, []).append(example[:80])

    def day(self, row: Sequence[str], *names: str) -> date | None:
        text = self.table.value(row, *names)
        found = _day(text)
        if text and found is None:
            self.lose("Dates that cannot be read are left out.", text)
        return found

    def labels(self, row: Sequence[str], name: str) -> OwnFacts:
        """The labels of Jira, which stand apart by spaces, and the tags of the others, by commas; each word once."""
        words = [part for text in self.table.values(row, "labels") for part in text.replace(",", " ").split()]
        words += [" ".join(part.split()) for text in self.table.values(row, "tags") for part in text.split(",")]
        found = {word.casefold(): word for word in reversed(words) if word and len(word) <= _LONGEST_LABEL}
        if len(found) > _MOST_LABELS or any(len(word) > _LONGEST_LABEL for word in words):
            self.lose("Labels of more than 40 characters, and of a task more than 50, are left out.", name)
        return OwnFacts(labels=tuple(reversed(list(found.values())))[:_MOST_LABELS])

    def note_left_behind(self, row: Sequence[str], name: str, *kept: str) -> None:
        for header, loss in _LEFT_BEHIND.items():
            if header not in kept and self.table.values(row, header):
                self.lose(loss.what, name)

    def losses(self) -> tuple[Loss, ...]:
        return tuple(Loss(what, len(names), tuple(dict.fromkeys(one for one in names if one))[:_EXAMPLES]) for what, names in self.lost.items())


def read_issue_file(content: bytes, today: date | None = None) -> ReadPlan:
    """The plan in a CSV or XLSX of Jira, Asana or monday. Refused, naming the file, when it is none of them.

    A list without any date begins `today`, which is said among its losses; without that it is refused.
    """
    if len(content) > LARGEST_BYTES:
        raise Refused.field("file", worded("The file is larger than {largest_bytes} MB.", largest_bytes=LARGEST_BYTES // 1000000), "size")
    rows, others = _rows(content)
    table = _table(rows)
    reading = _Reading(table or _Table({}, []), today)
    for sheet in others:
        reading.lose("Further sheets of the workbook stay behind.", sheet)
    if table is not None and {"summary", "issue key"} <= table.columns.keys():
        return _plan("jira", reading, [_jira_issue(reading, row) for row in table.rows if table.value(row, "summary")], _title(table, "project name"))
    if table is not None and "name" in table.columns:
        return _plan("asana", reading, list(_asana_issues(reading)), _title(table, "projects"))
    if (board := read_board(rows)) is not None:
        return _plan("monday", reading, list(_monday_issues(reading, board)), (board.title or "Imported plan")[:200])
    if any({"issuekey", "linkedissuekey"} <= {cell.strip().casefold() for cell in row} for row in rows[:_HEADER_SOUGHT_IN]):
        raise Refused.field("file", "This is a table of links between issues and names none of them. Export the issues from Jira: the columns of their links come along.", "kind")
    raise _not_ours()


def _not_ours() -> Refused:
    return Refused.field("file", "This is neither an XML file of MS Project nor a list of Jira, Asana or monday.", "kind")


def _rows(content: bytes) -> tuple[list[list[str]], list[str]]:
    """The rows that hold anything, and the sheets that are not read."""
    others: list[str] = []
    if is_zip(content):
        found, _, others = read_workbook(content)
    else:
        found = _text_rows(content)
    rows = [row for row in found if any(cell.strip() for cell in row)]
    if len(rows) > MOST_ROWS:
        raise Refused.field("file", worded("The file holds {count} rows.", count=len(rows)), "too_many")
    return rows, others


def _text_rows(content: bytes) -> list[list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    if "\x00" in text:
        raise _not_ours()
    try:
        return list(csv.reader(io.StringIO(text, newline="")))
    except csv.Error as error:
        raise Refused.field("file", worded("The list cannot be read: {error}.", error=error), "csv") from None


def _table(rows: Sequence[list[str]]) -> _Table | None:
    """The list under the header of Jira or Asana, or None."""
    for place, row in enumerate(rows[:_HEADER_SOUGHT_IN]):
        names = [cell.strip().casefold() for cell in row]
        if {"issuekey", "title"} <= set(names):
            names = [_SHORT_NAMES.get(name, name) for name in names]
        if "summary" in names or ("name" in names and ("section/column" in names or "task id" in names)):
            columns: dict[str, list[int]] = {}
            for column, name in enumerate(names):
                columns.setdefault(name, []).append(column)
            return _Table(columns, list(rows[place + 1 :]))
    return None


def _title(table: _Table, header: str) -> str:
    return next((text for row in table.rows if (text := table.value(row, header))), "Imported plan").split(",")[0][:200]


def _day(text: str) -> date | None:
    for form in _DATE_FORMS:
        try:
            found = datetime.strptime(text.strip(), form).date()  # noqa: DTZ007
        except ValueError:
            continue
        return found if 1990 <= found.year <= 2150 else None
    try:
        found = datetime.fromisoformat(text.strip()).date()
    except ValueError:
        return None
    return found if 1990 <= found.year <= 2150 else None


def _jira_issue(reading: _Reading, row: Sequence[str]) -> _Issue:
    table = reading.table
    name = " ".join(table.value(row, "summary").split())[:300]
    due = reading.day(row, "due date", "custom field (target end)")
    start = reading.day(row, "custom field (start date)", "custom field (target start)", "start date")
    estimate = _seconds(table.value(row, "original estimate")) // 60
    status = _status(reading, table.value(row, "status"), table.value(row, "status category"), name)
    comments = [_comment(text) for text in table.values(row, "comment")]
    resolved = reading.day(row, "resolved") if status == "done" else None
    reading.note_left_behind(row, name, "comment")
    task = _task(reading, name, table.value(row, "description"), start, due, estimate, status, table.value(row, "priority"), resolved)
    task = replace(task, person_name=table.value(row, "assignee")[:120], own_facts=reading.labels(row, name))
    waits = [key for header in table.columns if _says(header, "inward", "blocks") for key in table.values(row, header)]
    for header in table.columns:
        if (match := _LINK.match(header)) and match[2].casefold() != "blocks" and table.values(row, header):
            reading.lose("Links between issues other than “blocks” stay behind.", name)
    issue = _Issue(table.value(row, "issue key"), task, table.value(row, "parent key", "parent id", "parent", "custom field (epic link)"), waits, comments=comments)
    issue.first_seen = start or due or reading.day(row, "created")
    return issue


def _comment(text: str) -> tuple[str, datetime | None]:
    """The words of a comment as Jira writes it, “09/Jan/24 3:55 PM;who;words”, and when they were said."""
    match = _COMMENT.match(text)
    if match is None or (day := _moment(match[1])) is None:
        return text[:LONGEST_NOTES], None
    return match[3].strip()[:LONGEST_NOTES] or text[:LONGEST_NOTES], day


def _moment(text: str) -> datetime | None:
    for form in _DATE_FORMS:
        try:
            found = datetime.strptime(text.strip(), form).replace(tzinfo=UTC)
        except ValueError:
            continue
        return found if 1990 <= found.year <= 2150 else None
    return None


def _says(header: str, way: str, kind: str) -> bool:
    match = _LINK.match(header)
    return match is not None and match[1] == way and match[2].casefold() == kind


def _asana_issues(reading: _Reading) -> Iterable[_Issue]:
    """Tasks of Asana under the section they stand in; sections become phases."""
    table = reading.table
    sections: set[str] = set()
    for row in table.rows:
        name = " ".join(table.value(row, "name").split())[:300]
        if not name:
            continue
        section = table.value(row, "section/column")
        if section and section not in sections:
            sections.add(section)
            yield _Issue(f"section {section}", TakenTask(" ".join(section.split())[:300], kind="phase"))
        start, due, done = reading.day(row, "start date"), reading.day(row, "due date"), reading.day(row, "completed at")
        reading.note_left_behind(row, name)
        task = _task(reading, name, table.value(row, "notes"), start, due, 0, "done" if done else "todo", table.value(row, "priority"), done)
        waits = [part.strip() for text in table.values(row, "blocked by (dependencies)") for part in text.split(",") if part.strip()]
        parent = table.value(row, "parent task") or (f"section {section}" if section else "")
        yield _Issue(
            name, replace(task, person_name=table.value(row, "assignee")[:120], own_facts=reading.labels(row, name)), parent, waits, start or due or reading.day(row, "created at")
        )


def _monday_issues(reading: _Reading, board: Board) -> Iterable[_Issue]:
    """Items under their group, subitems under their item; groups become phases."""
    names: dict[str, str] = {}
    for place, item in enumerate(board.items):
        names[item.name.casefold()] = "" if item.name.casefold() in names else f"item {place}"
    shown = set()
    for place, item in enumerate(board.items):
        if item.group and item.group not in shown:
            shown.add(item.group)
            yield _Issue(f"group {item.group}", TakenTask(" ".join(item.group.split())[:300], kind="phase"))
        name = " ".join(item.name.split())[:300]
        reading.table = _Table({header: [column] for column, header in enumerate(item.cells)}, [])
        row = list(item.cells.values())
        parent = f"item {item.parent}" if item.parent is not None else f"group {item.group}" if item.group else ""
        waits = [part.strip() for text in reading.table.values(row, *_WAITS) for part in text.split(",") if part.strip()]
        yield _monday_issue(reading, f"item {place}", name, row, parent, [names.get(one.casefold()) or one for one in waits])


def _monday_issue(reading: _Reading, key: str, name: str, row: Sequence[str], parent: str, waits: list[str]) -> _Issue:
    table = reading.table
    begins = next((header for header in table.columns if header.endswith(" - start")), "")
    ends = begins.removesuffix("start") + "end" if begins else next((header for header in table.columns if header.endswith(" - end")), "")
    for header in table.columns.keys() - _PLACED - {begins, ends}:
        reading.lose("Columns that have no place here stay behind.", header)
    reading.note_left_behind(row, name)
    start, due = reading.day(row, begins, *_START), reading.day(row, *_DUE, ends)
    people = [part.strip() for part in table.value(row, *_WHO).split(",") if part.strip()]
    if len(people) > 1:
        reading.lose("Of several people on a task the first is responsible; the others are left behind.", name)
    priority = re.sub(r"[^\w ]", "", table.value(row, "priority")).strip()
    status = _status(reading, table.value(row, "status"), "", name)
    task = _task(reading, name, table.value(row, *_NOTES), start, due, 0, status, priority, None)
    task = replace(task, person_name=people[0][:120] if people else "", own_facts=reading.labels(row, name))
    issue = _Issue(key, task, parent, waits)
    issue.first_seen = start or due or _day(" ".join(table.value(row, "creation log", "created at").split()[-5:]))
    return issue


def _seconds(text: str) -> int:
    return min(int(text), 10**9) if text.isascii() and text.isdecimal() and len(text) < 12 else 0


def _status(reading: _Reading, words: str, category: str, name: str) -> str:
    for text in (category.casefold(), words.casefold()):
        for known, status in ((_DONE, "done"), (_REVIEW, "review"), (_DOING, "doing")):
            if text in known:
                return status if status != "doing" or words.casefold() not in _REVIEW else "review"
    if words.casefold() not in _TODO and category.casefold() not in _TODO - {""}:
        reading.lose("States that are not known here become “to do”.", words)
    return "todo"


def _task(
    reading: _Reading, name: str, notes: str, start: date | None, due: date | None, minutes: int, status: str, priority: str, finished: date | None
) -> TakenTask:
    """Days from start to due are its length; without both its estimate is, without that a day. What is due has a deadline."""
    length = minutes or 480
    if start and due and start <= due:
        length = max(1, STANDARD_CALENDAR.working_days_between(start, due)) * 480
    elif start and due:
        reading.lose("Work that is due before it starts keeps only the day it is due.", name)
        start = None
    if priority.casefold() not in _PRIORITIES:
        reading.lose("Priorities that are not known here are left out.", priority)
    if len(notes) > LONGEST_NOTES:
        reading.lose("Notes are cut after 20,000 characters.", name)
    begun = min(start, finished) if start and finished else start or finished
    return TakenTask(
        name, notes=notes[:LONGEST_NOTES], duration_minutes=length, effort_minutes=minutes, status=status,
        percent_complete=100 if status == "done" else 0, constraint="SNET" if start else "ASAP", constraint_date=start, deadline_date=due,
        actual_start_date=begun if status == "done" else None, actual_finish_date=finished, priority=_PRIORITIES.get(priority.casefold(), ""),
    )


def _plan(source: str, reading: _Reading, issues: list[_Issue], title: str) -> ReadPlan:
    if not issues:
        raise Refused.field("file", "There is no task in the file.", "empty")
    starts = [issue.first_seen for issue in issues if issue.first_seen]
    if not starts and reading.today is None:
        raise Refused.field("file", "No row of the file has a date, so nothing says when the plan begins.", "date")
    if not starts and reading.today is not None:
        starts = [reading.today]
        reading.lose("No row of the file has a date: the plan begins today.", "")
    names = _names(reading.table, issues, source)
    ordered = _outline(issues, names, reading)
    places = {id(issue): place for place, (issue, _) in enumerate(ordered)}
    tasks = []
    parents = {parent for _, parent in ordered}
    for place, (issue, parent) in enumerate(ordered):
        task = replace(issue.task, parent=parent)
        if place in parents and (task.status != "todo" or task.constraint_date):
            task = replace(task, status="todo", percent_complete=0, constraint="ASAP", constraint_date=None, actual_start_date=None, actual_finish_date=None)
        tasks.append(task)
    links = tuple(_links(ordered, names, places, reading))
    comments = tuple(TakenComment(place, words, at) for place, (issue, _) in enumerate(ordered) for words, at in issue.comments if words)
    return ReadPlan(title, min(starts), tuple(tasks), links, losses=reading.losses(), source=source, comments=comments)


def _names(table: _Table, issues: list[_Issue], source: str) -> dict[str, _Issue]:
    """Issues by whatever others call them; a name that several carry means none of them."""
    found: dict[str, _Issue] = {}
    twice: set[str] = set()
    for issue in issues:
        twice |= {issue.key} & found.keys()
        found.setdefault(issue.key, issue)
    if source == "jira":
        rows = [row for row in table.rows if table.value(row, "summary")]
        for issue, row in zip(issues, rows, strict=True):
            found.setdefault(table.value(row, "issue id"), issue)
    return {name: issue for name, issue in found.items() if name and name not in twice}


def _outline(issues: list[_Issue], names: Mapping[str, _Issue], reading: _Reading) -> list[tuple[_Issue, int | None]]:
    """Parents before what lies in them, each with the place of its parent; who would lie in themselves lie at the top."""
    children: dict[int, list[_Issue]] = {}
    tops = []
    for issue in issues:
        parent = names.get(issue.parent) if issue.parent else None
        if issue.parent and parent is None:
            reading.lose("What lies in something outside the file lies at the top.", issue.task.name)
        if parent is None or _circles(issue, names):
            tops.append(issue)
        else:
            children.setdefault(id(parent), []).append(issue)
    ordered: list[tuple[_Issue, int | None]] = []
    waiting: list[tuple[_Issue, int | None]] = [(issue, None) for issue in reversed(tops)]
    while waiting:
        issue, parent_place = waiting.pop()
        ordered.append((issue, parent_place))
        place = len(ordered) - 1
        waiting.extend((child, place) for child in reversed(children.get(id(issue), [])))
    return ordered


def _circles(issue: _Issue, names: Mapping[str, _Issue]) -> bool:
    seen = {id(issue)}
    parent = names.get(issue.parent)
    while parent is not None:
        if id(parent) in seen:
            return True
        seen.add(id(parent))
        parent = names.get(parent.parent)
    return False


def _links(
    ordered: list[tuple[_Issue, int | None]], names: Mapping[str, _Issue], places: Mapping[int, int], reading: _Reading
) -> Iterable[TakenLink]:
    seen: set[tuple[int, int]] = set()
    for to_place, (issue, _) in enumerate(ordered):
        for name in issue.waits_for:
            other = names.get(name)
            if other is None:
                reading.lose("Dependencies on work outside the file, or whose name is not clear, stay behind.", issue.task.name)
            elif other is issue:
                reading.lose("A task that waits for itself does so no longer.", issue.task.name)
            elif (pair := (places[id(other)], to_place)) not in seen:
                seen.add(pair)
                yield TakenLink(*pair)
