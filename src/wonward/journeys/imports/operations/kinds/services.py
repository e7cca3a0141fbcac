"""Services: known by id or exactly the same name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from wonward.domains.catalog.operations import change_service, create_services
from wonward.domains.catalog.queries import list_service_keys
from wonward.domains.catalog.types import NewService
from wonward.journeys.imports.operations.kinds.meeting import offer_new, one_by_one, settle_known
from wonward.journeys.imports.operations.matching import Services
from wonward.journeys.imports.operations.work import Outcome, Work, money_of, write_each
from wonward.journeys.imports.queries import find_ledger
from wonward.journeys.imports.rules.records import ReadRow, Record
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded

_LARGEST_HOURS = 100_000


class ServiceRows:
    """Rows of services."""

    noun = "catalog.service"
    permissions: Mapping[str, str] = {"catalog.service.edit": worded("change services")}

    def survey(self, work: Work, rows: Sequence[ReadRow]) -> None:
        services = Services(work.choices)
        known = _find_known(work, services, rows)
        near = {}
        for row in rows:
            record = row.record
            for field in ("price", "cost"):
                if record.get(field) and record[field][0] < 0:
                    row.stop("", worded("Row {number}: a price cannot be negative.", number=row.number), "negative")
            if record.get("price") and record.get("cost") and record["price"][1] != record["cost"][1]:
                row.stop("", worded("Row {number}: price and cost are in different currencies.", number=row.number), "two_currencies")
            if not row.is_stopped:
                work.tally["known" if row.external_id in known else "new"] += 1
                if row.external_id not in known and (found := services.near(record["name"])):
                    near[record["name"]] = found
        offer_new(work, "service", near, worded("a service of a similar name is there; it is added beside it"))

    def apply(self, work: Work, rows: Sequence[ReadRow]) -> list[Outcome]:
        services = Services(work.choices)
        known = _find_known(work, services, rows)
        fresh = [row for row in rows if row.external_id not in known]
        written = write_each(
            lambda part: create_services(actor=work.actor, services=part, now=work.now), [_new(work, row) for row in fresh]
        )
        outcomes = [
            Outcome(row, "created", Ref(self.noun, key)) if isinstance(key, int)
            else Outcome(row, "skipped", message=worded("Row {number}: {key}", number=row.number, key=key))
            for row, key in zip(fresh, written, strict=True)
        ]
        return outcomes + settle_known(
            work, [(row, Ref(self.noun, known[row.external_id])) for row in rows if row.external_id in known],
            versions=lambda ids: {key: version for key, _, version in list_service_keys() if key in ids},
            change=one_by_one(lambda row, key, fields: _change(work, row.record, key, fields)),
        )


def _find_known(work: Work, services: Services, rows: Sequence[ReadRow]) -> dict[str, int]:
    ledger = find_ledger(kind="services", source=work.source, external_ids=[row.external_id for row in rows])
    known = {key: entry.ref_id for key, entry in ledger.items() if entry.ref_id in services.versions}
    for row in rows:
        if row.external_id not in known and (found := services.find(row.record.get("name", ""))):
            known[row.external_id] = found
    return known


def _minutes(record: Record) -> int:
    hours = Decimal(record.get("effort_hours") or 0)
    return int(hours * 60) if 0 <= hours <= _LARGEST_HOURS else 0


def _new(work: Work, row: ReadRow) -> NewService:
    record = row.record
    return NewService(
        name=record["name"], description=record.get("description", ""), series=record.get("series", ""),
        price=money_of(record.get("price")), cost=money_of(record.get("cost")), effort_minutes=_minutes(record),
        external_source=work.source, external_id=row.external_id,
    )


def _change(work: Work, record: Record, key: int, fields: set[str]) -> None:
    changes: dict[str, Any] = {name: record[name] for name in ("name", "description", "series") if name in fields and record.get(name)}
    changes |= {name: money_of(record[name]) for name in ("price", "cost") if name in fields and record.get(name)}
    if "effort_hours" in fields and record.get("effort_hours"):
        changes["effort_minutes"] = _minutes(record)
    changes["is_to_review"] = False
    change_service(actor=work.actor, service_id=key, changes=changes, now=work.now)
