"""Notes of a project: every saved state stays."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from wonward.domains.delivery import events
from wonward.domains.delivery.models import NoteRevision, Project, ProjectNote
from wonward.domains.delivery.queries.projects import require_plan_change
from wonward.domains.delivery.rules.notes import LONGEST_NOTE
from wonward.foundation.audit.operations import record_change
from wonward.foundation.events.operations import publish
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotFound, Refused, Stale
from wonward.kernel.ref import Ref
from wonward.kernel.text import says_nothing
from wonward.kernel.wording import worded


@transaction.atomic
def write_note(*, actor: Actor, project_id: int, title: str, text: str, now: datetime) -> int:
    """Begin a note of a project; its id."""
    project = _changeable(actor, project_id)
    values = _checked(title, text)
    note = ProjectNote.objects.create(project=project, author_label=actor.label[:160], created_at=now, updated_at=now, **values)
    _keep(actor, note, now)
    _tell(actor, project, note, {"title": [None, note.title]}, "begin", now)
    return note.pk


@transaction.atomic
def change_note(
    *, actor: Actor, note_id: int, title: str | None = None, text: str | None = None, version: int | None, now: datetime
) -> int:
    """Save a note anew; its version. What is None stays. Stale, with both texts, when somebody saved it in between."""
    note = _locked(actor, note_id)
    values = _checked(note.title if title is None else title, note.text if text is None else text)
    if version is not None and note.version != version:
        raise Stale(
            worded("{author_label} saved “{title}” in the meantime.", author_label=note.author_label, title=note.title),
            current={"title": note.title, "text": note.text, "version": note.version}, yours={**values, "version": version},
        )
    if values == {"title": note.title, "text": note.text}:
        return note.version
    changes: dict[str, list[object]] = {"title": [note.title, values["title"]]} if values["title"] != note.title else {"version": [note.version, note.version + 1]}
    note.title, note.text, note.author_label = values["title"], values["text"], actor.label[:160]
    note.version, note.updated_at = note.version + 1, now
    note.save()
    _keep(actor, note, now)
    _tell(actor, note.project, note, changes, "change", now)
    return note.version


@transaction.atomic
def restore_note(*, actor: Actor, note_id: int, number: int, version: int | None = None, now: datetime) -> int:
    """Save an earlier state of a note as its newest; its version. Stale as in change_note."""
    note = _locked(actor, note_id)
    former = NoteRevision.objects.filter(note_id=note_id, number=number).first()
    if former is None:
        raise NotFound("version", number)
    return change_note(actor=actor, note_id=note_id, title=former.title, text=former.text, version=note.version if version is None else version, now=now)


@transaction.atomic
def put_note_away(*, actor: Actor, note_id: int, is_away: bool = True, now: datetime) -> None:
    """Take a note out of the list, or put it back; what it says stays."""
    note = _locked(actor, note_id)
    if (note.archived_at is not None) is is_away:
        return
    note.archived_at, note.updated_at = (now if is_away else None), now
    note.save(update_fields=["archived_at", "updated_at"])
    _tell(actor, note.project, note, {"is_away": [not is_away, is_away]}, "put_away", now)


def _checked(title: str, text: str) -> dict[str, str]:
    name = " ".join(title.split())[:200]
    if says_nothing(name):
        raise Refused.field("title", "A note needs a title.", "required")
    if len(text) > LONGEST_NOTE:
        raise Refused.field("text", worded("A note has at most {longest_note} characters.", longest_note=f"{LONGEST_NOTE:,}"), "range")
    return {"title": name, "text": text.replace("\r\n", "\n").replace("\x00", "")}


def _changeable(actor: Actor, project_id: int) -> Project:
    project = Project.objects.visible_to(actor).filter(pk=project_id).first()
    if project is None:
        raise NotFound("project", project_id)
    require_plan_change(actor=actor, project_id=project_id, manager_id=project.manager_id)
    return project


def _locked(actor: Actor, note_id: int) -> ProjectNote:
    note = ProjectNote.objects.select_for_update(of=("self",)).filter(pk=note_id, project__in=Project.objects.visible_to(actor)).select_related("project").first()
    if note is None:
        raise NotFound("note", note_id)
    require_plan_change(actor=actor, project_id=note.project_id, manager_id=note.project.manager_id)
    return note


def _keep(actor: Actor, note: ProjectNote, now: datetime) -> None:
    NoteRevision.objects.create(
        note=note, number=note.version, title=note.title, text=note.text, author_label=actor.label[:160], written_at=now
    )


def _tell(actor: Actor, project: Project, note: ProjectNote, changes: dict[str, list[object]], verb: str, now: datetime) -> None:
    record_change(actor=actor, operation=f"delivery.note.{verb}", ref=Ref("delivery.project", project.pk), changes=changes, now=now)
    publish(events.NoteWritten(project_id=project.pk, company_id=project.company_id, note_id=note.pk), actor=actor, now=now)
