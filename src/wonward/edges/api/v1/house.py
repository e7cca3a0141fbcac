"""The house as a whole: everything out as files, and the trash."""

from __future__ import annotations

from datetime import datetime

import msgspec
from django.http import FileResponse, HttpResponse
from ninja import Query

from wonward.edges.api.v1.answers import Page, answer, page
from wonward.edges.api.v1.inputs import Body, Count, Flag, ListQuery, Prose, RefText, Whole
from wonward.edges.api.v1.routes import ApiRequest, route
from wonward.foundation.access.policy import require
from wonward.foundation.files.rules import delivery_headers
from wonward.journeys.house.operations import (
    ask_for_backup,
    ask_for_export,
    bring_back,
    set_backup_plan,
    take_export,
    trash_record,
)
from wonward.journeys.house.queries.backup import get_backup_plan
from wonward.journeys.house.queries.errands import find_errand, list_errands
from wonward.journeys.house.queries.trash import list_trash
from wonward.journeys.house.types import BackupRow, ErrandKind, ErrandRow, TrashRow
from wonward.kernel.errors import NotFound
from wonward.kernel.ref import Ref

_EXPORT, _BACKUP = "house.export.make", "house.backup.edit"


class ExportOut(msgspec.Struct, frozen=True):
    """An export of everything: waiting, running, done, failed (with `failure`), or gone once its file was cleared away."""

    id: int
    state: str
    asked_by: str
    failure: str
    size: int
    created_at: datetime
    finished_at: datetime | None


class ExportsOut(msgspec.Struct, frozen=True):
    """The latest exports, the newest first."""

    items: list[ExportOut]


class BackupOut(msgspec.Struct, frozen=True):
    """When a backup is made every day, in the house's time, and how the last one went; `failure` is empty when it went well."""

    is_on: bool
    hour: int
    keep: int
    version: int
    tried_at: datetime | None
    done_at: datetime | None
    file: str
    size: int
    failure: str


class BackupIn(Body):
    """At which hour a backup is made every day, and how many are kept."""

    is_on: Flag
    hour: Whole
    keep: Whole
    version: Count | None = None


class TrashOut(msgspec.Struct, frozen=True):
    """A record in the trash; it goes for good at `goes_at`."""

    id: int
    ref: str
    name: str
    trashed_by: str
    trashed_at: datetime
    goes_at: datetime


class TrashedOut(msgspec.Struct, frozen=True):
    """Where a record lies in the trash."""

    id: int


class BroughtBackOut(msgspec.Struct, frozen=True):
    """The record that is there again, under its old number."""

    ref: str


class TrashIn(Body):
    """A company, contact, lead, deal, project or task to put away; `reason` where a task that goes breaks a confirmed promise."""

    ref: RefText
    reason: Prose = ""


def _show_export(row: ErrandRow) -> ExportOut:
    return ExportOut(row.id, row.state.value, row.asked_by, row.failure, row.size, row.created_at, row.finished_at)


def _show_trash(row: TrashRow) -> TrashOut:
    return TrashOut(row.id, f"{row.noun}:{row.ref_id}", row.name, row.trashed_by, row.trashed_at, row.goes_at)


def _export(request: ApiRequest, export_id: int) -> ErrandRow:
    require(request.actor, _EXPORT)
    found = find_errand(actor=request.actor, kind=ErrandKind.EXPORT, errand_id=export_id)
    if found is None:
        raise NotFound("export", export_id)
    return found


@route("GET", "/exports", permission=_EXPORT, answers={200: ExportsOut})
def read_exports(request: ApiRequest) -> HttpResponse:
    """The latest exports of everything."""
    return answer(ExportsOut([_show_export(row) for row in list_errands(actor=request.actor, kind=ErrandKind.EXPORT)]))


@route("POST", "/exports", permission=_EXPORT, answers={201: ExportOut})
def add_export(request: ApiRequest) -> HttpResponse:
    """Let everything be written into a file, which is kept for three days."""
    export_id = ask_for_export(actor=request.actor, now=request.now)
    return answer(_show_export(_export(request, export_id)), status=201, location=f"/exports/{export_id}")


@route("GET", "/exports/{record:export_id}", permission=_EXPORT, answers={200: ExportOut})
def read_export(request: ApiRequest, export_id: int) -> HttpResponse:
    """How far an export is."""
    return answer(_show_export(_export(request, export_id)))


@route("POST", "/exports/{record:export_id}/file", permission=_EXPORT, answers={200: bytes})
def take_export_file(request: ApiRequest, export_id: int) -> FileResponse:
    """The file of a finished export as a zip; who took it is noted."""
    file = take_export(actor=request.actor, errand_id=export_id, now=request.now)
    response = FileResponse(file.stream)
    for header, value in delivery_headers(file.name, "application/zip").items():
        response.headers[header] = value
    return response


def _show_backup(row: BackupRow) -> BackupOut:
    return BackupOut(row.is_on, row.hour, row.keep, row.version, row.tried_at, row.done_at, row.file, row.size, row.failure)


@route("GET", "/backup", permission=_BACKUP, answers={200: BackupOut})
def read_backup(request: ApiRequest) -> HttpResponse:
    """When backups are made, and how the last one went."""
    return answer(_show_backup(get_backup_plan(actor=request.actor)))


@route("PUT", "/backup", permission=_BACKUP, answers={200: BackupOut}, example={"is_on": True, "hour": 2, "keep": 14})
def put_backup(request: ApiRequest, body: BackupIn) -> HttpResponse:
    """Make a backup every day at an hour and keep so many, or none any more."""
    set_backup_plan(actor=request.actor, is_on=body.is_on, hour=body.hour, keep=body.keep, version=body.version, now=request.now)
    return answer(_show_backup(get_backup_plan(actor=request.actor)))


@route("POST", "/backup/runs", permission=_BACKUP, answers={202: BackupOut})
def add_backup_run(request: ApiRequest) -> HttpResponse:
    """Let a backup be made now."""
    ask_for_backup(actor=request.actor, now=request.now)
    return answer(_show_backup(get_backup_plan(actor=request.actor)), status=202)


@route("GET", "/trash", permission=None, answers={200: Page[TrashOut]})
def read_trash(request: ApiRequest, where: ListQuery = Query(...)) -> HttpResponse:
    """What you put into the trash, and everything there for those with the right; the latest first."""
    return page(list_trash(actor=request.actor, offset=where.offset, limit=where.limit + 1), where, _show_trash)


@route("POST", "/trash", permission=None, answers={201: TrashedOut}, example={"ref": "sales.deal:12"})
def add_to_trash(request: ApiRequest, body: TrashIn) -> HttpResponse:
    """Put a record that you may change into the trash, with everything of it. 409 names what stands on it."""
    item_id = trash_record(actor=request.actor, ref=Ref.parse(body.ref), reason=body.reason, now=request.now)
    return answer(TrashedOut(item_id), status=201)


@route("POST", "/trash/{record:item_id}/return", permission=None, answers={200: BroughtBackOut})
def bring_back_from_trash(request: ApiRequest, item_id: int) -> HttpResponse:
    """Bring a record back as it was, under its number."""
    return answer(BroughtBackOut(str(bring_back(actor=request.actor, item_id=item_id, now=request.now))))
