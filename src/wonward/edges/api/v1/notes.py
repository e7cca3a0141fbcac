"""Notes of projects in Markdown, with every state they had."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from django.http import HttpResponse
from ninja import Query

from wonward.domains.delivery.operations import change_note, put_note_away, restore_note, write_note
from wonward.domains.delivery.queries.notes import (
    get_note,
    get_note_revision,
    list_note_revisions,
    list_notes,
)
from wonward.domains.delivery.types import NoteRevisionRow, NoteRow
from wonward.edges.api.v1.answers import Page, answer, page
from wonward.edges.api.v1.inputs import Body, Flag, ListQuery, Name, Prose, QueryFlag
from wonward.edges.api.v1.routes import ApiRequest, route, version_asked


class NoteLineOut(msgspec.Struct, frozen=True):
    """A note in a list: `beginning` is the first 400 characters of its Markdown."""

    id: int
    project_id: int
    title: str
    beginning: str
    author: str
    version: int
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None


class NoteOut(msgspec.Struct, frozen=True):
    """A note with its Markdown; `author` saved it last."""

    id: int
    project_id: int
    title: str
    text: str
    author: str
    version: int
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None


class NoteVersionLineOut(msgspec.Struct, frozen=True):
    """That somebody saved a note."""

    number: int
    title: str
    author: str
    written_at: datetime


class NoteVersionOut(msgspec.Struct, frozen=True):
    """A note as somebody saved it."""

    number: int
    title: str
    author: str
    written_at: datetime
    text: str


class NoteQuery(ListQuery):
    """`is_away` asks for the notes taken out of the list; `q` looks into title and text."""

    is_away: QueryFlag = False


class NoteIn(Body):
    """A new note; the text is Markdown."""

    title: Name
    text: Prose = ""


class NotePatch(Body):
    """What to save anew; `is_away` takes the note out of the list or puts it back."""

    title: Name | None = None
    text: Prose | None = None
    is_away: Flag | None = None


def _show(row: NoteRow) -> NoteOut:
    return NoteOut(
        row.id, row.project_id, row.title, row.text, row.author_label, row.version, row.created_at, row.updated_at, row.archived_at
    )


def _show_line(row: NoteRow) -> NoteLineOut:
    return NoteLineOut(
        row.id, row.project_id, row.title, row.text, row.author_label, row.version, row.created_at, row.updated_at, row.archived_at
    )


def _show_version_line(row: NoteRevisionRow) -> NoteVersionLineOut:
    return NoteVersionLineOut(row.number, row.title, row.author_label, row.written_at)


@route("GET", "/projects/{record:project_id}/notes", permission="delivery.project.view", answers={200: Page[NoteLineOut]})
def read_notes(request: ApiRequest, project_id: int, where: NoteQuery = Query(...)) -> HttpResponse:
    """The notes of a project, the last saved first."""
    rows = list_notes(
        actor=request.actor, project_id=project_id, is_away=where.is_away, text=where.q, updated_since=where.updated_since,
        offset=where.offset, limit=where.limit + 1,
    )
    return page(rows, where, _show_line)


@route(
    "POST", "/projects/{record:project_id}/notes", permission="delivery.plan.change", answers={201: NoteOut},
    example={"title": "Access", "text": "Ask **Hanne** for the keys."},
)
def add_note(request: ApiRequest, project_id: int, body: NoteIn) -> HttpResponse:
    """Write something down in a project."""
    key = write_note(actor=request.actor, project_id=project_id, title=body.title, text=body.text, now=request.now)
    return _answer(request, key, status=201)


@route("GET", "/notes/{record:note_id}", permission="delivery.project.view", answers={200: NoteOut})
def read_note(request: ApiRequest, note_id: int) -> HttpResponse:
    """One note."""
    return _answer(request, note_id)


@route(
    "PATCH", "/notes/{record:note_id}", permission="delivery.plan.change", answers={200: NoteOut},
    example={"text": "Ask **Jonas** for the keys."},
)
def edit_note(request: ApiRequest, note_id: int, body: NotePatch) -> HttpResponse:
    """Save a note anew, take it out of the list or put it back; what it said before stays in its versions."""
    get_note(actor=request.actor, note_id=note_id)
    changes: dict[str, Any] = {name: value for name, value in body.sent().items() if value is not None}
    is_away = changes.pop("is_away", None)
    change_note(actor=request.actor, note_id=note_id, version=version_asked(request), now=request.now, **changes)
    if is_away is not None:
        put_note_away(actor=request.actor, note_id=note_id, is_away=is_away, now=request.now)
    return _answer(request, note_id)


@route("GET", "/notes/{record:note_id}/versions", permission="delivery.project.view", answers={200: Page[NoteVersionLineOut]})
def read_note_versions(request: ApiRequest, note_id: int, where: ListQuery = Query(...)) -> HttpResponse:
    """Every state of a note, newest first."""
    get_note(actor=request.actor, note_id=note_id)
    return page(list_note_revisions(note_id=note_id, offset=where.offset, limit=where.limit + 1), where, _show_version_line)


@route("GET", "/notes/{record:note_id}/versions/{record:number}", permission="delivery.project.view", answers={200: NoteVersionOut})
def read_note_version(request: ApiRequest, note_id: int, number: int) -> HttpResponse:
    """One state of a note with its text."""
    get_note(actor=request.actor, note_id=note_id)
    row = get_note_revision(note_id=note_id, number=number)
    return answer(NoteVersionOut(row.number, row.title, row.author_label, row.written_at, row.text))


@route("POST", "/notes/{record:note_id}/versions/{record:number}/restoration", permission="delivery.plan.change", answers={201: NoteOut})
def restore_note_version(request: ApiRequest, note_id: int, number: int) -> HttpResponse:
    """Save an earlier state of a note as its newest; the one it replaces stays."""
    get_note(actor=request.actor, note_id=note_id)
    restore_note(actor=request.actor, note_id=note_id, number=number, version=version_asked(request), now=request.now)
    return _answer(request, note_id, status=201)


def _answer(request: ApiRequest, note_id: int, *, status: int = 200) -> HttpResponse:
    row = get_note(actor=request.actor, note_id=note_id)
    return answer(_show(row), status=status, version=row.version, location=f"/notes/{note_id}" if status == 201 else "")
