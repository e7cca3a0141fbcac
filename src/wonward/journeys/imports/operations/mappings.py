"""Keeping the choices of an import under a name, for the next file that looks the same."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from wonward.foundation.audit.operations import record_change
from wonward.journeys.imports.models import SavedMapping
from wonward.journeys.imports.operations.committing import check_import, find_import
from wonward.journeys.imports.operations.staging import require_right
from wonward.journeys.imports.queries import may_change_mapping, visible_mappings
from wonward.journeys.imports.rules.words import header_key
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotAllowed, NotFound, Refused
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded

NOUN = "imports.mapping"
MOST_MAPPINGS = 200


@transaction.atomic
def save_mapping(*, actor: Actor, batch_id: int, name: str, now: datetime) -> int:
    """Keep how a file is mapped, with what became of its stages, owners and formats; its id.

    One's own mapping of the same name is replaced; somebody else's is refused.
    """
    batch = find_import(actor, batch_id)
    require_right(actor, batch.kind)
    words = " ".join(name.split())
    if not words or len(words) > 80:
        raise Refused.field("name", "A mapping needs a name of at most 80 characters.", "required")
    kept = _kept(batch.mapping, batch.choices)
    headers = sorted({header_key(line["header"]) for line in batch.mapping if line["field"]})
    row = SavedMapping.objects.select_for_update().filter(kind=batch.kind, name__iexact=words).first()
    if row is None:
        if SavedMapping.objects.count() >= MOST_MAPPINGS:
            raise Refused(worded("There are {most_mappings} mappings already. Delete one first.", most_mappings=MOST_MAPPINGS))
        row = SavedMapping(kind=batch.kind, created_at=now, author_id=actor.user_id, author_label=actor.label[:160])
    elif not may_change_mapping(actor, row.author_id):
        raise Refused.field("name", worded("{author_label} has a mapping called “{name}” already.", author_label=row.author_label, name=row.name), "taken")
    before = row.choices if row.pk else None
    row.name, row.headers, row.choices, row.updated_at = words, headers, kept, now
    row.save()
    record_change(actor=actor, operation="imports.mapping.save", ref=Ref(NOUN, row.pk), changes={"choices": [before, kept]}, now=now)
    return row.pk


def _kept(lines: list[dict[str, Any]], choices: dict[str, Any]) -> dict[str, Any]:
    """Every column with its field; columns that nobody decided about and nobody knows stay open for better proposals."""
    decided = choices.get("mapping", {})
    mapping: dict[str, str | None] = {}
    for line in lines:
        if line["header"] not in mapping and (line["field"] or line["header"] in decided):
            mapping[line["header"]] = line["field"] or None
    return {**{key: value for key, value in choices.items() if value}, "mapping": mapping}


def use_mapping(*, actor: Actor, batch_id: int, mapping_id: int, now: datetime) -> None:
    """Read a staged file by kept choices, as far as its headers are there."""
    batch = find_import(actor, batch_id)
    row = visible_mappings(actor).filter(pk=mapping_id, kind=batch.kind).first()
    if row is None:
        raise NotFound("mapping", mapping_id)
    here = {header_key(column["header"]): column["header"] for column in reversed(batch.columns)}
    mapping = {here[header_key(header)]: field for header, field in row.choices.get("mapping", {}).items() if header_key(header) in here}
    check_import(actor=actor, batch_id=batch_id, choices={**row.choices, "mapping": mapping}, now=now)


@transaction.atomic
def delete_mapping(*, actor: Actor, mapping_id: int, now: datetime) -> None:
    """Forget kept choices; imports that used them stay as they are."""
    row = visible_mappings(actor).select_for_update(of=("self",)).filter(pk=mapping_id).first()
    if row is None:
        raise NotFound("mapping", mapping_id)
    if not may_change_mapping(actor, row.author_id):
        raise NotAllowed("Only who kept a mapping, or an admin, may delete it.")
    record_change(actor=actor, operation="imports.mapping.delete", ref=Ref(NOUN, row.pk), changes={"name": [row.name, None], "choices": [row.choices, None]}, now=now)
    row.delete()
