"""People without sign-in: known by id, address or exactly the same name; managers stand before their people."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from wonward.domains.staff.operations import NewPerson, change_person, create_people
from wonward.domains.staff.queries import PersonKey, list_person_keys
from wonward.journeys.imports.operations.kinds.meeting import (
    index_rows,
    levels_of,
    one_by_one,
    parent_of,
    settle_known,
)
from wonward.journeys.imports.operations.making import make_people
from wonward.journeys.imports.operations.matching import People
from wonward.journeys.imports.operations.work import Outcome, Work, write_each
from wonward.journeys.imports.rules.records import ReadRow, Record
from wonward.journeys.imports.rules.words import same_key
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded


class PeopleRows:
    """Rows of colleagues."""

    noun = "staff.person"
    permissions: Mapping[str, str] = {"staff.person.edit": worded("add people")}

    def survey(self, work: Work, rows: Sequence[ReadRow]) -> None:
        people = People(work)
        known = _find_known(people, rows)
        by_name = index_rows(rows)
        managers = set()
        for row in rows:
            if not row.is_stopped:
                work.tally["known" if row.external_id in known else "new"] += 1
            name = row.record.get("manager", "")
            if name and parent_of(row, by_name, "manager") is None and people.find(row.record, "manager") is None:
                managers.add(same_key(name))
        if managers:
            work.notes.append(worded("{count} managers are named who have no row of their own; they are added as people too.", count=len(managers)))
        work.notes.append(worded("People come in without sign-in; invite those who are to use Wonward."))

    def apply(self, work: Work, rows: Sequence[ReadRow]) -> list[Outcome]:
        people = People(work)
        known = _find_known(people, rows)
        fresh = [row for row in rows if row.external_id not in known]
        by_name = index_rows(fresh)
        outside = [row.record for row in rows if parent_of(row, by_name, "manager") is None]
        make_people(work, people, outside, "manager")
        outcomes: list[Outcome] = []
        for level in levels_of(fresh, "manager"):
            new = [_new(work, people, row) for row in level]
            written = write_each(lambda part: create_people(actor=work.actor, people=part, now=work.now), new)
            for row, person, key in zip(level, new, written, strict=True):
                if isinstance(key, int):
                    people.add(PersonKey(key, person.name, person.email, True, work.source, row.external_id, 1))
                    outcomes.append(Outcome(row, "created", Ref(self.noun, key)))
                else:
                    outcomes.append(Outcome(row, "skipped", message=worded("Row {number}: {key}", number=row.number, key=key)))
        return outcomes + settle_known(
            work, [(row, Ref(self.noun, known[row.external_id])) for row in rows if row.external_id in known],
            versions=_versions, change=one_by_one(lambda row, key, fields: _change(work, people, row.record, key, fields)),
        )


def _versions(ids: Collection[int]) -> dict[int, int]:
    return {person.id: person.version for person in list_person_keys() if person.id in ids}


def _find_known(people: People, rows: Sequence[ReadRow]) -> dict[str, int]:
    known = {}
    for row in rows:
        found = people.find_own_id(row.external_id)
        if found is None and row.record.get("email"):
            found = people.find({"owner_email": row.record["email"]}, "owner")
        if found is None and not row.is_own_id and row.record.get("name"):
            found = people.find_name(row.record["name"])
        if found is not None:
            known[row.external_id] = found.id
    return known


def _manager_id(people: People, record: Record) -> int | None:
    found = people.find(record, "manager") if record.get("manager") or record.get("manager_email") else None
    return found.id if found and same_key(found.name) != same_key(record.get("name", "")) else None


def _new(work: Work, people: People, row: ReadRow) -> NewPerson:
    record = row.record
    return NewPerson(
        name=record["name"][:160], email=record.get("email", ""), job_title=record.get("job_title", ""), team=record.get("team", ""),
        manager_id=_manager_id(people, record), external_source=work.source, external_id=row.external_id,
    )


def _change(work: Work, people: People, record: Record, key: int, fields: set[str]) -> None:
    changes: dict[str, Any] = {
        name: record[name] for name in ("name", "email", "job_title", "team") if name in fields and record.get(name)
    }
    if fields & {"manager", "manager_email"} and (manager_id := _manager_id(people, record)):
        changes["manager_id"] = manager_id
    if changes:
        change_person(actor=work.actor, person_id=key, changes=changes, now=work.now)
