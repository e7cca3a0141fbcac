"""Files and notes of a project."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from wonward.domains.delivery.operations import change_note, put_note_away, restore_note, write_note
from wonward.domains.delivery.queries.exchange import list_task_ids
from wonward.domains.delivery.queries.notes import (
    compare_note_texts,
    count_note_revisions,
    count_notes,
    get_note,
    get_note_revision,
    list_note_revisions,
    list_notes,
)
from wonward.domains.delivery.queries.projects import get_project, may_change_plan
from wonward.domains.delivery.queries.tasks import find_tasks
from wonward.domains.delivery.types import NoteRow, ProjectRow
from wonward.edges.web.delivery.pages_asked import page_asked
from wonward.edges.web.delivery.plan_views import header_context
from wonward.edges.web.delivery.prose import prose
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import FormReader, errors_by_field
from wonward.edges.web.shell.formats import moment, size_words
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render
from wonward.edges.web.shell.replies import go_to
from wonward.foundation.files.operations import add_document
from wonward.foundation.files.queries import count_documents, find_documented_refs, list_documents
from wonward.foundation.files.storage import put_stream
from wonward.foundation.files.types import DocumentRow
from wonward.kernel.errors import Refused, Stale
from wonward.kernel.ref import Ref

FILES_PER_PAGE = 50
NOTES_PER_PAGE = 50
REVISIONS_PER_PAGE = 50
MOST_TASKS = 500


@page(permission="delivery.project.view")
def project_docs(request: SignedInRequest, project_id: int) -> HttpResponse:
    """What was written down in a project, and every file on it and its tasks."""
    return _docs(request, project_id, {})


@page(permission="files.document.add", methods=("POST",))
def project_files(request: SignedInRequest, project_id: int) -> HttpResponse:
    """Put a file on the project. The content is stored first, outside any transaction."""
    get_project(actor=request.actor, project_id=project_id)
    upload = request.FILES.get("file")
    if upload is None:
        return _docs(request, project_id, {"file": _("Choose a file.")})
    try:
        stored = put_stream(upload)
        add_document(
            actor=request.actor, name=upload.name or "file", stored=stored, refs=[Ref("delivery.project", project_id)], now=request.now
        )
    except Refused as refusal:
        return _docs(request, project_id, errors_by_field(refusal.errors) or {"file": refusal.message})
    return go_to(request, address_of("project_docs", project_id=project_id))


def _docs(request: SignedInRequest, project_id: int, errors: dict[str, str]) -> HttpResponse:
    actor, query = request.actor, request.GET
    row = get_project(actor=actor, project_id=project_id)
    is_away, files_away = query.get("notes") == "away", query.get("files") == "away"
    number, notes_number = page_asked(query), page_asked(query, "notes_page")
    with_files = find_documented_refs(Ref("delivery.task", key) for key in list_task_ids(project_id=project_id))
    refs = [Ref("delivery.project", project_id), *sorted(with_files, key=str)[:MOST_TASKS]]
    files = list_documents(actor, refs, limit=FILES_PER_PAGE, offset=(number - 1) * FILES_PER_PAGE, sort="-updated_at", only_archived=files_away)
    total = count_documents(actor, refs, only_archived=files_away)
    tasks = find_tasks(task_ids=[ref.id for one in files for ref in one.refs if ref.noun == "delivery.task"])
    names = {key: task.name for key, task in tasks.items() if task.project_id == project_id}
    notes = list_notes(actor=actor, project_id=project_id, is_away=is_away, offset=(notes_number - 1) * NOTES_PER_PAGE, limit=NOTES_PER_PAGE)
    note_total = count_notes(project_id=project_id, is_away=is_away)
    home = f"{address_of('project_docs', project_id=project_id)}?{'notes=away&' if is_away else ''}{'files=away&' if files_away else ''}"
    context = {
        **_frame(request, row), "errors": errors, "is_away": is_away, "files_away": files_away, "may_attach": actor.may("files.document.add"),
        "notes": [{"row": one, "href": address_of("project_note", note_id=one.id), "at": moment(one.updated_at, actor.time_zone),
                   "start": " ".join(one.text.split())[:160]} for one in notes],
        "files": [_file(one, names, actor.time_zone) for one in files],
        "page_number": number, "pages": max(1, -(-total // FILES_PER_PAGE)), "total": total,
        "base_href": f"{home}{f'notes_page={notes_number}&' if notes_number > 1 else ''}",
        "notes_number": notes_number, "notes_pages": max(1, -(-note_total // NOTES_PER_PAGE)), "note_total": note_total,
        "notes_href": f"{home}{f'page={number}&' if number > 1 else ''}notes_",
    }
    return render(request, "delivery/docs.html", context, status=422 if errors else 200)


def _file(one: DocumentRow, names: dict[int, str], zone: str) -> dict[str, Any]:
    task = next((ref.id for ref in one.refs if ref.noun == "delivery.task" and ref.id in names), None)
    return {
        "name": one.name, "href": address_of("document_preview", document_id=one.id), "size": size_words(one.size),
        "by": one.uploaded_by_label, "at": moment(one.updated_at, zone), "privacy": one.privacy.value,
        "task": names[task] if task else "", "task_href": address_of("task", task_id=task) if task else "",
    }


def _frame(request: SignedInRequest, row: ProjectRow) -> dict[str, Any]:
    may_change = may_change_plan(actor=request.actor, project_id=row.id, manager_id=row.manager_id)
    return {**header_context(request, row), "tab": "docs", "project": row, "may_change": may_change}


@page(permission="delivery.plan.change", methods=("GET", "POST"))
def new_note(request: SignedInRequest, project_id: int) -> HttpResponse:
    """Begin a note."""
    row = get_project(actor=request.actor, project_id=project_id)
    errors: dict[str, str] = {}
    if request.method == "POST":
        reader = FormReader(request.POST)
        try:
            title, text = reader.text("title", limit=200), reader.text("text")
            reader.finish()
            key = write_note(actor=request.actor, project_id=project_id, title=title, text=text, now=request.now)
            return go_to(request, address_of("project_note", note_id=key))
        except Refused as refusal:
            if not refusal.errors:
                raise
            errors = errors_by_field(refusal.errors)
    context = {**_frame(request, row), "note": None, "errors": errors, "title_value": request.POST.get("title", ""),
               "text_value": request.POST.get("text", ""), "action": request.path, "theirs": None}
    return render(request, "delivery/note_form.html", context, status=422 if errors else 200)


@page(permission="delivery.project.view", methods=("GET", "POST"))
def project_note(request: SignedInRequest, note_id: int) -> HttpResponse:
    """A note as it reads; with `edit` its text; posted, it is saved."""
    note = get_note(actor=request.actor, note_id=note_id)
    row = get_project(actor=request.actor, project_id=note.project_id)
    frame = _frame(request, row)
    if request.method == "POST":
        return _save(request, note, frame)
    if request.GET.get("edit") and frame["may_change"]:
        return _form(request, note, frame, {})
    context = {**frame, "note": note, "prose": prose(note.text), "at": moment(note.updated_at, request.actor.time_zone)}
    return render(request, "delivery/note.html", context)


def _save(request: SignedInRequest, note: NoteRow, frame: dict[str, Any]) -> HttpResponse:
    reader = FormReader(request.POST)
    title, text, version = reader.text("title", limit=200), reader.text("text"), reader.version()
    try:
        reader.finish()
        change_note(actor=request.actor, note_id=note.id, title=title, text=text, version=version or 0, now=request.now)
    except Stale:
        theirs = get_note(actor=request.actor, note_id=note.id)
        return _form(request, theirs, frame, {}, theirs=theirs, status=409)
    except Refused as refusal:
        if not refusal.errors:
            raise
        return _form(request, note, frame, errors_by_field(refusal.errors), status=422)
    return go_to(request, address_of("project_note", note_id=note.id))


def _form(
    request: SignedInRequest, note: NoteRow, frame: dict[str, Any], errors: dict[str, str], *, theirs: NoteRow | None = None, status: int = 200
) -> HttpResponse:
    values = request.POST
    context = {
        **frame, "note": note, "errors": errors, "title_value": values.get("title", note.title), "text_value": values.get("text", note.text),
        "action": address_of("project_note", note_id=note.id), "theirs": theirs,
        "difference": compare_note_texts(values.get("text", ""), theirs.text) if theirs else [],
    }
    return render(request, "delivery/note_form.html", context, status=status)


@page(permission="delivery.project.view")
def note_history(request: SignedInRequest, note_id: int) -> HttpResponse:
    """Every state of a note, and what changed with the chosen one."""
    note = get_note(actor=request.actor, note_id=note_id)
    row = get_project(actor=request.actor, project_id=note.project_id)
    place = page_asked(request.GET)
    revisions = list_note_revisions(note_id=note_id, offset=(place - 1) * REVISIONS_PER_PAGE, limit=REVISIONS_PER_PAGE)
    total = count_note_revisions(note_id=note_id)
    home = address_of("note_history", note_id=note_id)
    wanted = request.GET.get("version", "")
    number = int(wanted) if wanted.isdecimal() and len(wanted) < 7 else note.version
    chosen = get_note_revision(note_id=note_id, number=number)
    before = get_note_revision(note_id=note_id, number=number - 1) if number > 1 else None
    context = {
        **_frame(request, row), "note": note, "chosen": chosen, "before": before,
        "difference": compare_note_texts(before.text if before else "", chosen.text),
        "revisions": [{"row": one, "at": moment(one.written_at, request.actor.time_zone),
                       "href": f"{home}?version={one.number}&page={place}"} for one in revisions],
        "page_number": place, "pages": max(1, -(-total // REVISIONS_PER_PAGE)), "total": total, "base_href": f"{home}?version={number}&",
        "at": moment(chosen.written_at, request.actor.time_zone),
    }
    return render(request, "delivery/note_history.html", context)


@page(permission="delivery.plan.change", methods=("POST",))
def note_restoring(request: SignedInRequest, note_id: int, number: int) -> HttpResponse:
    """Save an earlier state again; what it replaces stays."""
    restore_note(actor=request.actor, note_id=note_id, number=number, now=request.now)
    return go_to(request, address_of("project_note", note_id=note_id))


@page(permission="delivery.plan.change", methods=("POST",))
def note_putting_away(request: SignedInRequest, note_id: int) -> HttpResponse:
    """Take a note out of the list, or put it back."""
    note = get_note(actor=request.actor, note_id=note_id)
    put_note_away(actor=request.actor, note_id=note_id, is_away=note.archived_at is None, now=request.now)
    return go_to(request, address_of("project_docs", project_id=note.project_id))
