"""`wonward export`: everything as CSV and JSON with its ids, and the documents' files."""

from __future__ import annotations

import argparse
import csv
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from wonward.domains.catalog.queries import list_services, list_templates
from wonward.domains.clients.queries import list_companies, list_contacts
from wonward.domains.comms.queries import list_log
from wonward.domains.delivery.queries.projects import list_projects
from wonward.domains.delivery.queries.tasks import list_dependencies, list_tasks
from wonward.domains.sales.queries.deals import list_deals, list_lines_of_deals
from wonward.domains.sales.types import DealFilter
from wonward.domains.staff.queries import list_people
from wonward.edges.commands.output import complain, progress, say, say_json
from wonward.foundation.files.queries import list_documents, open_document
from wonward.foundation.files.rules import clean_name
from wonward.journeys.handoff.queries import list_handoffs
from wonward.journeys.promises.queries import list_promises
from wonward.kernel.actor import Actor, system_actor
from wonward.kernel.money import Money
from wonward.kernel.ref import Ref

_AT_ONCE = 500
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def run(arguments: argparse.Namespace) -> int:
    """Write one CSV and one JSON file per kind of record into an empty or new folder."""
    folder = Path(arguments.directory)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        complain(f"{folder} is not an empty folder.")
        return 1
    folder.mkdir(parents=True, exist_ok=True)
    actor = system_actor("Export", via="command")
    counts: dict[str, int] = {}
    for name, rows in _kinds(actor).items():
        counts[name] = _write(folder, name, rows)
        progress(f"{name}: {counts[name]}")
    counts["documents"] = _write(folder, "documents", _documents(actor, folder / "documents"))
    if arguments.json:
        say_json({"directory": str(folder), "counts": counts})
    else:
        say(f"Exported {sum(counts.values())} records into {folder}.")
    return 0


def _kinds(actor: Actor) -> dict[str, Iterator[Any]]:
    now = datetime.now(UTC)
    return {
        "people": iter(list_people(actor=actor, active_only=False, limit=1_000_000)),
        "companies": _paged(list_companies, actor=actor, sort="created_at"),
        "contacts": _paged(list_contacts, actor=actor, sort="created_at"),
        "services": _paged(list_services, actor=actor, sort="created_at"),
        "templates": _paged(list_templates, actor=actor, sort="created_at"),
        "deals": _paged(list_deals, actor=actor, where=DealFilter(), now=now, sort="id"),
        "deal_lines": _lines(actor, now),
        "handoffs": _paged(list_handoffs, actor=actor, sort="id"),
        "projects": _paged(list_projects, actor=actor, sort="id"),
        "tasks": _of_projects(actor, lambda key: list_tasks(actor=actor, project_id=key)),
        "dependencies": _of_projects(actor, lambda key: list_dependencies(project_id=key)),
        "promises": _paged(list_promises, actor=actor, sort="id"),
        "communications": _paged(list_log, actor=actor),
    }


def _paged(query: Callable[..., list[Any]], **asked: Any) -> Iterator[Any]:
    offset = 0
    while rows := query(**asked, offset=offset, limit=_AT_ONCE):
        yield from rows
        offset += len(rows)


def _lines(actor: Actor, now: datetime) -> Iterator[Any]:
    offset = 0
    while rows := list_deals(actor=actor, where=DealFilter(), now=now, sort="id", offset=offset, limit=_AT_ONCE):
        yield from list_lines_of_deals(actor=actor, deal_ids=[row.id for row in rows])
        offset += len(rows)


def _of_projects(actor: Actor, query: Callable[[int], list[Any]]) -> Iterator[Any]:
    for project in _paged(list_projects, actor=actor, sort="id"):
        yield from query(project.id)


def _documents(actor: Actor, folder: Path) -> Iterator[dict[str, Any]]:
    offset = 0
    while rows := list_documents(actor, limit=_AT_ONCE, offset=offset, sort="updated_at", with_archived=True):
        offset += len(rows)
        for row in rows:
            folder.mkdir(exist_ok=True)
            file = folder / f"{row.id}-{clean_name(row.name)}"
            with open_document(actor, row.id).stream as source, file.open("wb") as target:
                shutil.copyfileobj(source, target)
            yield {**_record(row), "file": f"documents/{file.name}"}


def _write(folder: Path, name: str, rows: Iterator[Any]) -> int:
    """Both files side by side, row by row; returns how many rows there were."""
    count = 0
    with (
        (folder / f"{name}.json").open("w", encoding="utf-8") as as_json,
        (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as as_csv,
    ):
        writer: csv.DictWriter[str] | None = None
        as_json.write("[")
        for row in rows:
            record = row if isinstance(row, dict) else _record(row)
            as_json.write((",\n" if count else "\n") + json.dumps(record, ensure_ascii=False))
            if writer is None:
                writer = csv.DictWriter(as_csv, list(_flat(record)))
                writer.writeheader()
            writer.writerow(_flat(record))
            count += 1
        as_json.write("\n]\n")
    return count


def _record(row: Any) -> dict[str, Any]:
    return {field.name: _plain(getattr(row, field.name)) for field in fields(row)}


def _plain(value: Any) -> Any:
    if isinstance(value, Money):
        return {"amount": str(value.amount), "currency": value.currency}
    if isinstance(value, Ref | Decimal):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return _record(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value


def _flat(record: Mapping[str, Any]) -> dict[str, Any]:
    """Money in two columns, lists as JSON, and nothing a spreadsheet would take for a formula."""
    flat: dict[str, Any] = {}
    for name, value in record.items():
        if name in ("value", "price", "cost"):
            flat[f"{name}_amount"] = value["amount"] if value else ""
            flat[f"{name}_currency"] = value["currency"] if value else ""
        elif isinstance(value, list | dict):
            flat[name] = json.dumps(value, ensure_ascii=False)
        elif isinstance(value, str) and value.startswith(_FORMULA_STARTS):
            flat[name] = f"'{value}"
        else:
            flat[name] = value
    return flat
