"""Ids that other products gave to our records: each names one record per source."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import models

from wonward.kernel.errors import Conflict, FieldError
from wonward.kernel.wording import worded


def refuse_known_ids(model: type[models.Model], rows: Sequence[Any], *, plural: str) -> None:
    """Refused by field when a row brings an id that a record of its source, or another row, already has."""
    wanted = [(row.external_source, row.external_id) for row in rows]
    ids = {external_id for _, external_id in wanted if external_id}
    if not ids:
        return
    manager: Any = model._default_manager
    taken = set(manager.filter(external_id__in=ids).values_list("external_source", "external_id"))
    errors, seen = [], set[tuple[str, str]]()
    for place, pair in enumerate(wanted):
        if pair[1] and (pair in taken or pair in seen):
            at = f"{plural}[{place}]." if len(rows) > 1 else ""
            errors.append(FieldError(f"{at}external_id", worded("{external_id} is the id of another record here.", external_id=pair[1]), "taken"))
        seen.add(pair)
    if errors:
        raise Conflict(errors[0].words, errors)
