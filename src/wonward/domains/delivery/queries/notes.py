"""Reading the notes of a project and every state they had."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet
from django.db.models.functions import Substr

from wonward.domains.delivery.models import NoteRevision, Project, ProjectNote
from wonward.domains.delivery.rules.notes import DiffLine, compare_texts
from wonward.domains.delivery.types import NoteRevisionRow, NoteRow
from wonward.foundation.access.policy import visible_refs
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotFound
from wonward.kernel.ref import Ref

BEGINNING = 400
_COLUMNS = ("pk", "project_id", "title", "text", "author_label", "version", "created_at", "updated_at", "archived_at")


def list_notes(
    *, actor: Actor, project_id: int, is_away: bool = False, text: str = "", updated_since: datetime | None = None, offset: int = 0,
    limit: int = 50,
) -> list[NoteRow]:
    """The notes of a project the viewer sees, the last saved first, each with the first 400 characters of its text.

    `is_away` asks for those taken out of the list, `text` for those whose title or text holds it.
    """
    if not visible_refs(actor, [Ref("delivery.project", project_id)]):
        raise NotFound("project", project_id)
    notes = _notes(project_id, is_away)
    if text:
        notes = notes.filter(Q(title__icontains=text) | Q(text__icontains=text))
    if updated_since is not None:
        notes = notes.filter(updated_at__gte=updated_since)
    columns = [Substr("text", 1, BEGINNING) if name == "text" else name for name in _COLUMNS]
    return [NoteRow(*values) for values in notes.order_by("-updated_at", "-pk").values_list(*columns)[offset : offset + limit]]


def count_notes(*, project_id: int, is_away: bool = False) -> int:
    """How many notes a project the viewer has been shown holds in the list, or taken out of it."""
    return _notes(project_id, is_away).count()


def _notes(project_id: int, is_away: bool) -> QuerySet[ProjectNote]:
    return ProjectNote.objects.filter(project_id=project_id, archived_at__isnull=not is_away)


def get_note(*, actor: Actor, note_id: int) -> NoteRow:
    """One note of a visible project, or NotFound."""
    notes = ProjectNote.objects.filter(pk=note_id, project__in=Project.objects.visible_to(actor))
    values = notes.values_list(*_COLUMNS).first()
    if values is None:
        raise NotFound("note", note_id)
    return NoteRow(*values)


def count_note_revisions(*, note_id: int) -> int:
    """How many states a note the viewer has been shown had."""
    return NoteRevision.objects.filter(note_id=note_id).count()


def list_note_revisions(*, note_id: int, offset: int = 0, limit: int = 100) -> list[NoteRevisionRow]:
    """Every state of a note the viewer has been shown, newest first, without the texts."""
    rows = NoteRevision.objects.filter(note_id=note_id).order_by("-number")
    return [NoteRevisionRow(*values, "") for values in rows.values_list("number", "title", "author_label", "written_at")[offset : offset + limit]]


def compare_note_texts(before: str, after: str) -> list[DiffLine]:
    """What became of a text of a note, line by line and within a line word by word."""
    return compare_texts(before.replace("\r\n", "\n"), after.replace("\r\n", "\n"))


def get_note_revision(*, note_id: int, number: int) -> NoteRevisionRow:
    """One state of a note the viewer has been shown, or NotFound."""
    rows = NoteRevision.objects.filter(note_id=note_id, number=number)
    values = rows.values_list("number", "title", "author_label", "written_at", "text").first()
    if values is None:
        raise NotFound("version", number)
    return NoteRevisionRow(*values)
