"""Deciding that an import goes ahead: choices are taken, a job is queued in the same transaction."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from django.db import transaction

from wonward.foundation.audit.operations import record_change
from wonward.foundation.jobs.operations import enqueue
from wonward.journeys.imports.models import ImportBatch
from wonward.journeys.imports.operations.applying import apply_import
from wonward.journeys.imports.operations.staging import read_stored, require_right, survey, write_chunks
from wonward.journeys.imports.queries import own_fields, visible_batches
from wonward.journeys.imports.rules.dates import ORDERS
from wonward.journeys.imports.rules.framing import Table
from wonward.journeys.imports.rules.mapping import override_mapping, propose_mapping
from wonward.journeys.imports.rules.numbers import is_currency
from wonward.journeys.imports.rules.shapes import columns_of
from wonward.journeys.imports.types import Choices
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict, FieldError, NotFound, Refused
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded

_log = logging.getLogger("wonward.imports")
_WORDS = {"stages": ("won", "lost", "create"), "owners": ("create", "me", "none"), "companies": ("create",), "services": ("create",)}


def commit_import(
    *, actor: Actor, batch_id: int, choices: Mapping[str, Any] | None = None, now: datetime, run_now: bool = False
) -> None:
    """Let an import go ahead as `running` and queue its job; empty choices take every proposal and default.

    `choices` has the keys of `types.Choices`; an unknown key or value is refused by name. A failed import may be committed
    again and goes on where it stopped; on one that runs, this changes nothing. `run_now` applies it at once, outside this
    transaction; then read its status.
    """
    stored = find_import(actor, batch_id)
    require_right(actor, stored.kind)
    wished = read_choices(choices or {})
    table = read_stored(stored.sha256, stored.kind) if wished and stored.status == "staged" else None
    with transaction.atomic():
        batch = find_import(actor, batch_id, is_locked=True)
        if batch.status in ("done", "undone"):
            raise Conflict(worded("This import is {status} already. Send the file again to import it once more.", status=worded(batch.status)))
        if batch.status == "failed" and wished:
            raise Conflict("This import has begun; it goes on with the choices it began with.")
        if batch.status != "running":
            if table is not None:
                _read_again(batch, actor, table, wished, now)
            _start(batch, actor, now)
    if run_now:
        try:
            apply_import(actor_user_id=stored.author_id, batch_id=batch_id, now=now)
        except Exception:
            # The batch has been marked as failed with its sentence; the queued job tries again.
            _log.exception("The import %s failed", batch_id)


def check_import(*, actor: Actor, batch_id: int, choices: Mapping[str, Any], version: int | None = None, now: datetime) -> None:
    """Read a staged file again by these choices and say anew what would happen; nothing is imported yet."""
    stored = find_import(actor, batch_id)
    require_right(actor, stored.kind)
    wished = read_choices(choices)
    table = read_stored(stored.sha256, stored.kind)
    with transaction.atomic():
        batch = find_import(actor, batch_id, is_locked=True)
        if batch.status != "staged":
            raise Conflict("This import has begun; its choices do not change any more.")
        if version is not None and version != batch.version:
            raise Conflict("This import was changed in another window. Load the page again and look at its choices.")
        _read_again(batch, actor, table, wished, now)
        batch.version += 1
        batch.updated_at = now
        batch.save()


def _read_again(batch: ImportBatch, actor: Actor, table: Table, wished: Mapping[str, Any], now: datetime) -> None:
    batch.choices = {**batch.choices, **wished, "mapping": {**batch.choices.get("mapping", {}), **wished.get("mapping", {})}}
    own = own_fields(batch.kind, actor=actor)
    proposed = propose_mapping(batch.kind, columns_of(table.headers, table.rows), own)
    lines = override_mapping(batch.kind, proposed, batch.choices["mapping"], own)
    write_chunks(batch, survey(batch, actor, table, lines, now=now))


def _start(batch: ImportBatch, actor: Actor, now: datetime) -> None:
    batch.status, batch.failure, batch.started_at, batch.finished_at = "running", "", now, None
    batch.token_scopes = sorted(actor.token_scopes) if actor.token_scopes is not None else None
    batch.version += 1
    batch.updated_at = now
    batch.save()
    record_change(
        actor=actor, operation="imports.batch.commit", ref=Ref("imports.batch", batch.pk),
        changes={"status": ["staged", "running"], "choices": [None, {key: value for key, value in batch.choices.items() if value}]}, now=now,
    )
    enqueue("imports.apply", now=now, batch_id=batch.pk, actor_user_id=batch.author_id)


def find_import(actor: Actor, batch_id: int, *, is_locked: bool = False) -> ImportBatch:
    """A batch the actor sees, or NotFound."""
    batches = visible_batches(actor)
    batch = (batches.select_for_update(of=("self",)) if is_locked else batches).filter(pk=batch_id).first()
    if batch is None:
        raise NotFound("import", batch_id)
    return batch


def read_choices(choices: Mapping[str, Any]) -> dict[str, Any]:
    """The choices that say something, checked by name and type; Refused lists what is wrong."""
    known = {field.name for field in fields(Choices)}
    errors = [FieldError(str(key), worded("“{key}” is not a choice; choose among {known}.", key=key, known=", ".join(sorted(known))), "unknown") for key in choices if key not in known]
    for key, words in _WORDS.items():
        errors += _value_errors(key, choices.get(key, {}), words)
    if not isinstance(choices.get("mapping", {}), Mapping):
        errors.append(FieldError("mapping", "A mapping names a field for each header."))
    for key in ("owner_id", "project_id"):
        value = choices.get(key)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            errors.append(FieldError(key, worded("{key} is the number of a record.", key=key)))
    if choices.get("date_order") and choices["date_order"] not in ORDERS:
        errors.append(FieldError("date_order", worded("Choose one of {orders}.", orders=", ".join(ORDERS)), "unknown"))
    if choices.get("currency") and not is_currency(str(choices["currency"])):
        errors.append(FieldError("currency", worded("“{currency}” is not a currency.", currency=choices["currency"]), "unknown"))
    if errors:
        raise Refused(errors[0].words, errors)
    plain = asdict(Choices(**choices)) if choices else {}
    if plain.get("currency"):
        plain["currency"] = plain["currency"].upper()
    return {key: value for key, value in plain.items() if value}


def _value_errors(key: str, values: Any, words: Sequence[str]) -> list[FieldError]:
    if not isinstance(values, Mapping):
        return [FieldError(key, worded("{key} names a target for each value of the file.", key=key))]
    allowed = worded("the number of a record or one of {words}", words=", ".join(words))
    return [
        FieldError(f"{key}.{value}", worded("“{target}” is no target for “{value}”; give {allowed}.", target=target, value=value, allowed=allowed), "unknown")
        for value, target in values.items()
        if isinstance(target, bool) or not (isinstance(target, int) or target in words)
    ]
