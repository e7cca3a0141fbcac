"""Taking an import back: what nobody has touched since goes, the rest stays and is listed with the reason."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from wonward.domains.catalog.operations import archive_services
from wonward.domains.clients.operations import archive_companies, archive_contacts
from wonward.domains.clients.queries import (
    find_companies_in_use,
    find_contacts_at_stake,
    find_people_with_companies,
)
from wonward.domains.comms.operations import erase_communications
from wonward.domains.comms.queries import find_logged_refs
from wonward.domains.delivery.operations import archive_projects
from wonward.domains.delivery.queries.projects import find_companies_with_projects, find_people_with_projects
from wonward.domains.delivery.queries.tasks import find_tasks
from wonward.domains.delivery.types import RemovedTask
from wonward.domains.sales.history import erase_deals, erase_leads
from wonward.domains.sales.queries.deals import (
    find_companies_with_deals,
    find_people_with_deals,
    find_services_with_deals,
)
from wonward.domains.staff.operations import deactivate_people
from wonward.domains.staff.queries import booked_subject_ids
from wonward.foundation.access.policy import require
from wonward.foundation.audit.operations import record_change
from wonward.foundation.database.registry import find_guarded
from wonward.foundation.events.operations import publish
from wonward.foundation.files.queries import find_documented_refs
from wonward.journeys.capacity.queries import find_deals_with_date_answers
from wonward.journeys.handoff.queries import find_deals_with_answers, find_told_projects
from wonward.journeys.imports import events
from wonward.journeys.imports.models import ImportBatch, ImportErrand, ImportOutcome, ImportSideRecord
from wonward.journeys.imports.operations.committing import find_import
from wonward.journeys.imports.operations.kinds.errands import give_back
from wonward.journeys.imports.operations.work import attempt
from wonward.journeys.insights.queries import find_people_with_objectives
from wonward.journeys.promises.operations import change_plan
from wonward.journeys.promises.queries import find_promised_refs
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict, NotFound, Refused
from wonward.kernel.ref import Ref
from wonward.kernel.wording import heard, worded

_AT_ONCE = 500
# What hangs on others goes before what it hangs on.
_ORDER = ("comms.communication", "delivery.task", "sales.lead", "sales.deal", "delivery.project", "clients.contact", "clients.company",
          "catalog.service", "staff.person")
_TOUCHED = worded("was changed after the import")
_KEPT_LISTED = 1000
_Removal = Callable[[Actor, Mapping[int, int], datetime], set[int]]


@dataclass(slots=True)
class _Result:
    """How many records went, and which stay, with the reason."""

    removed: int = 0
    kept: list[tuple[Ref, str]] = field(default_factory=list)


def undo_import(*, actor: Actor, batch_id: int, now: datetime) -> None:
    """Remove or archive what an import made and nobody has touched since; `BatchRow.kept` lists the rest.

    Deals and entries of the log are erased, deals get back the next actions the import took the place of; companies, contacts, services and projects archived; people deactivated.
    Changes an import made to records that were there before are not taken back; they are listed too. Killed midway, it
    goes on when called again. What is under a legal hold stays. Refused while the import waits or runs; on an undone import nothing changes.
    """
    batch = find_import(actor, batch_id)
    require(actor, "imports.batch.run")
    if batch.status == "undone":
        return
    if batch.status not in ("done", "failed"):
        raise Conflict(worded("This import is {status}; only one that has ended can be undone.", status=worded(batch.status)))
    result = _Result()
    result.removed, result.kept = give_back(actor, batch.pk, now)
    for noun in _ORDER:
        for part in _parts(batch, noun):
            _undo_part(batch, actor, noun, part, result, now)
    updated = ImportOutcome.objects.filter(batch=batch, status="updated").order_by("row")
    result.kept += [(Ref(row.noun, row.ref_id or 0), worded("was there before and was changed by the import")) for row in updated[:_KEPT_LISTED]]
    _end(batch, actor, result, now)


@dataclass(frozen=True, slots=True)
class _Made:
    """A record the import made, at the version it made it."""

    ref_id: int
    version: int


def _parts(batch: ImportBatch, noun: str) -> Iterator[list[_Made]]:
    """The records of a noun that are still to be undone, newest first, in portions."""
    rows = ImportOutcome.objects.filter(batch=batch, noun=noun, status="created", ref_id__isnull=False)
    made = [_Made(key or 0, version) for key, version in rows.order_by("-pk").values_list("ref_id", "ref_version")]
    side = ImportSideRecord.objects.filter(batch=batch, noun=noun, status="created").order_by("-pk")
    made += [_Made(key, version) for key, version in side.values_list("ref_id", "ref_version")]
    for start in range(0, len(made), _AT_ONCE):
        yield made[start : start + _AT_ONCE]


@transaction.atomic
def _undo_part(batch: ImportBatch, actor: Actor, noun: str, made: Sequence[_Made], result: _Result, now: datetime) -> None:
    reasons = _reasons_to_stay(noun, [one.ref_id for one in made])
    versions = {one.ref_id: one.version for one in made if one.ref_id not in reasons}
    try:
        with transaction.atomic():
            gone = _REMOVALS[noun](actor, versions, now) if versions else set()
    except (Refused, NotFound) as error:
        gone = set()
        reasons |= dict.fromkeys(versions, error.words)
    for one in made:
        if one.ref_id not in gone:
            result.kept.append((Ref(noun, one.ref_id), reasons.get(one.ref_id, _TOUCHED)))
    result.removed += len(gone)
    kept = {one.ref_id for one in made} - gone
    for status, ids in (("undone", gone), ("kept", kept)):
        ImportOutcome.objects.filter(batch=batch, noun=noun, status="created", ref_id__in=ids).update(status=status)
        ImportSideRecord.objects.filter(batch=batch, noun=noun, status="created", ref_id__in=ids).update(status=status)


def _reasons_to_stay(noun: str, ids: Sequence[int]) -> dict[int, str]:
    """What else hangs on records, so that they cannot go although nobody changed them."""
    reasons: dict[int, str] = {}
    refs = [Ref(noun, key) for key in ids]
    if noun in ("sales.deal", "sales.lead", "delivery.project", "clients.company", "clients.contact"):
        reasons |= {ref.id: "has documents" for ref in find_documented_refs(refs)}
        reasons |= {ref.id: worded("has entries in the communication log") for ref in find_logged_refs(refs)}
    for why, found in _IN_USE.get(noun, ()):
        reasons |= dict.fromkeys(found(ids), why)
    return reasons | {ref.id: worded("is under a legal hold") for ref in find_guarded(refs)}


def _promised_deals(ids: Collection[int]) -> set[int]:
    return {ref.id for ref in find_promised_refs(deal_ids=ids)}


def _promised_projects(ids: Collection[int]) -> set[int]:
    return {ref.id for ref in find_promised_refs(project_ids=ids)}


def _booked_deals(ids: Collection[int]) -> set[int]:
    return set(booked_subject_ids(noun="sales.deal").filter(subject_id__in=ids).values_list("subject_id", flat=True))


_IN_USE: Mapping[str, Sequence[tuple[str, Callable[[Collection[int]], set[int]]]]] = {
    "sales.deal": ((worded("carries promises"), _promised_deals), (worded("has people booked for it"), _booked_deals),
                   (worded("has answers for the gate"), find_deals_with_answers), (worded("was asked for a date"), find_deals_with_date_answers)),
    "delivery.project": ((worded("carries promises"), _promised_projects), (worded("was told about to its client"), find_told_projects)),
    "clients.contact": ((worded("plays a part in a deal or project"), find_contacts_at_stake),),
    "clients.company": (
        (worded("has contacts or belongs to a group"), find_companies_in_use), (worded("has deals"), find_companies_with_deals),
        ("has projects", find_companies_with_projects),
    ),
    "catalog.service": ((worded("is sold by deals"), find_services_with_deals),),
    "staff.person": (
        (worded("owns deals"), find_people_with_deals), (worded("works on projects"), find_people_with_projects), (worded("owns companies"), find_people_with_companies),
        ("has objectives", find_people_with_objectives),
    ),
}


def _remove_tasks(actor: Actor, versions: Mapping[int, int], now: datetime) -> set[int]:
    """Tasks leave their plan one by one, newest first; a phase somebody put work into stays."""
    tasks = find_tasks(task_ids=versions)
    gone: set[int] = set()
    for key, task in sorted(tasks.items(), reverse=True):
        if task.version == versions[key] and key not in gone and not attempt(_removing(actor, task.project_id, key, now)):
            gone.add(key)
    return gone | (set(versions) - set(tasks))


def _removing(actor: Actor, project_id: int, task_id: int, now: datetime) -> Callable[[], object]:
    return lambda: change_plan(
        actor=actor, project_id=project_id, changes=[RemovedTask(task_id, may_empty=True)], reason="The import was undone", now=now
    )


_REMOVALS: Mapping[str, _Removal] = {
    "comms.communication": lambda actor, versions, now: erase_communications(actor=actor, versions=versions, now=now),
    "delivery.task": _remove_tasks,
    "sales.lead": lambda actor, versions, now: erase_leads(actor=actor, versions=versions, now=now),
    "sales.deal": lambda actor, versions, now: erase_deals(actor=actor, versions=versions, now=now),
    "delivery.project": lambda actor, versions, now: archive_projects(actor=actor, versions=versions, now=now),
    "clients.contact": lambda actor, versions, now: archive_contacts(actor=actor, versions=versions, now=now),
    "clients.company": lambda actor, versions, now: archive_companies(actor=actor, versions=versions, now=now),
    "catalog.service": lambda actor, versions, now: archive_services(actor=actor, versions=versions, now=now),
    "staff.person": lambda actor, versions, now: deactivate_people(actor=actor, versions=versions, now=now),
}


@transaction.atomic
def _end(batch: ImportBatch, actor: Actor, result: _Result, now: datetime) -> None:
    row = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if row.status == "undone":
        return
    removed = ImportOutcome.objects.filter(batch=batch, status="undone").count()
    removed += ImportSideRecord.objects.filter(batch=batch, status="undone").count()
    removed += ImportErrand.objects.filter(batch=batch, status="undone").count()
    row.status, row.version, row.updated_at = "undone", row.version + 1, now
    row.kept = [[str(ref), heard(why)] for ref, why in result.kept[:_KEPT_LISTED]]
    row.undo_counts = {"removed": removed, "kept": len(result.kept)}
    row.save(update_fields=["status", "version", "updated_at", "kept", "undo_counts"])
    record_change(
        actor=actor, operation="imports.batch.undo", ref=Ref("imports.batch", row.pk),
        changes={"status": [batch.status, "undone"], "removed": [0, removed]}, now=now,
    )
    publish(events.ImportUndone(batch_id=row.pk), actor=actor, now=now)
