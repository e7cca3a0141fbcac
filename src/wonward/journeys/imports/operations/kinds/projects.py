"""Projects that ran elsewhere, each for a company; their tasks come as a file of their own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from wonward.domains.delivery.operations import change_project
from wonward.domains.delivery.queries.projects import find_project_keys, get_project_versions
from wonward.domains.delivery.types import NewProject
from wonward.domains.staff.queries import get_default_calendar
from wonward.journeys.imports.operations.kinds.meeting import one_by_one, settle_known
from wonward.journeys.imports.operations.making import make_companies, make_people, owner_id_of
from wonward.journeys.imports.operations.matching import Companies, People, chosen_id, in_parts
from wonward.journeys.imports.operations.work import Outcome, Work, date_of, write_each
from wonward.journeys.imports.queries import find_ledger
from wonward.journeys.imports.rules.meanings import PROJECT_STATUSES, meaning_of
from wonward.journeys.imports.rules.records import ReadRow
from wonward.journeys.imports.rules.words import same_key
from wonward.journeys.imports.types import ValueChoice
from wonward.journeys.promises.operations import open_project
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded


class ProjectRows:
    """Rows of projects."""

    noun = "delivery.project"
    permissions: Mapping[str, str] = {"delivery.project.edit": worded("open projects")}

    def survey(self, work: Work, rows: Sequence[ReadRow]) -> None:
        companies = Companies(work, [row.record for row in rows])
        known = _find_known(work, rows)
        strangers: Counter[str] = Counter()
        for row in rows:
            record = row.record
            if row.external_id not in known and companies.find(record) is None:
                if record.get("company"):
                    strangers[record["company"]] += 1
                else:
                    named = record.get("company_external_id") or record.get("company_domain")
                    what = worded("names the company {named}, which is not known here", named=named) if named else worded("names no company")
                    row.stop("", worded("Row {number} {what}; a project is for a company.", number=row.number, what=what), "no_company")
            if not record.get("start_date") and not row.is_stopped:
                row.warn("", worded("Row {number} has no start; today is taken.", number=row.number), "no_start")
            if record.get("status") and not meaning_of(PROJECT_STATUSES, record["status"]):
                row.warn("", worded("Row {number}: “{status}” is no known status; the project is planned.", number=row.number, status=record["status"]), "unknown_status")
            if not row.is_stopped:
                work.tally["known" if row.external_id in known else "new"] += 1
        for name, count in strangers.items():
            chosen = chosen_id(work.choices.companies, name)
            why = worded("no company has this name; it is added") if chosen is None else worded("chosen")
            work.values.append(ValueChoice("company", name, count, str(chosen or "create"), worded("New company"), why, companies.near(name)))

    def apply(self, work: Work, rows: Sequence[ReadRow]) -> list[Outcome]:
        records = [row.record for row in rows]
        people, companies = People(work), Companies(work, records)
        make_people(work, people, records)
        make_companies(work, companies, records)
        known = _find_known(work, rows)
        outcomes = []
        for row in rows:
            if row.external_id not in known:
                (key,) = write_each(_opener(work), [_new(work, people, companies, row)])
                made = isinstance(key, int)
                outcomes.append(
                    Outcome(row, "created", Ref(self.noun, int(key))) if made
                    else Outcome(row, "skipped", message=worded("Row {number}: {key}", number=row.number, key=key))
                )
        return outcomes + settle_known(
            work, [(row, Ref(self.noun, known[row.external_id])) for row in rows if row.external_id in known],
            versions=get_project_versions, change=one_by_one(lambda row, key, fields: _change(work, people, row, key, fields)),
        )


def _opener(work: Work) -> Callable[[Sequence[NewProject | None]], list[int]]:
    def open_all(part: Sequence[NewProject | None]) -> list[int]:
        return [open_project(actor=work.actor, new=new, now=work.now) for new in part if new]

    return open_all


def _find_known(work: Work, rows: Sequence[ReadRow]) -> dict[str, int]:
    ledger = find_ledger(kind="projects", source=work.source, external_ids=[row.external_id for row in rows])
    live = get_project_versions([entry.ref_id for entry in ledger.values()])
    known = {key: entry.ref_id for key, entry in ledger.items() if entry.ref_id in live}
    by_name: dict[str, int] = {}
    for part in in_parts(row.record.get("name", "") for row in rows if not row.is_own_id):
        for key, name in find_project_keys(actor=work.actor, names=part):
            by_name.setdefault(same_key(name), key)
    for row in rows:
        found = by_name.get(same_key(row.record.get("name", ""))) if not row.is_own_id else None
        if found and row.external_id not in known:
            known[row.external_id] = found
    return known


def _new(work: Work, people: People, companies: Companies, row: ReadRow) -> NewProject:
    record = row.record
    company_id = companies.find(record)
    manager_id = owner_id_of(work, people, record)
    if manager_id is None:
        work.tally["owners_defaulted"] += 1
        manager_id = work.choices.owner_id or work.actor.person_id
    _, calendar = get_default_calendar()
    return NewProject(
        name=record["name"], company_id=company_id or 0, manager_id=manager_id,
        start_date=calendar.next_working_day(date_of(record.get("start_date")) or work.today),
        promised_finish_date=date_of(record.get("promised_finish_date")), items=(),
        status=meaning_of(PROJECT_STATUSES, record.get("status", "")) or "planned",
        external_source=work.source, external_id=row.external_id,
    )


def _change(work: Work, people: People, row: ReadRow, key: int, fields: set[str]) -> None:
    record = row.record
    changes: dict[str, Any] = {"name": record["name"]} if "name" in fields else {}
    if "status" in fields and (status := meaning_of(PROJECT_STATUSES, record.get("status", ""))):
        changes["status"] = status
    if fields & {"owner", "owner_email"} and (manager_id := owner_id_of(work, people, record)):
        changes["manager_id"] = manager_id
    if changes:
        change_project(actor=work.actor, project_id=key, changes=changes, now=work.now)
