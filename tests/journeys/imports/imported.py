"""Short ways to stage and apply a file in a test."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from tests.people import NOW
from wonward.journeys.imports.operations import commit_import, stage_import
from wonward.journeys.imports.queries import get_batch
from wonward.journeys.imports.types import BatchRow
from wonward.kernel.actor import Actor


def stage(actor: Actor, kind: str, content: str | bytes, *, name: str = "file.csv", **options: Any) -> BatchRow:
    """Stage a file and read the import back."""
    data = content.encode() if isinstance(content, str) else content
    batch_id = stage_import(actor=actor, kind=kind, file_name=name, stream=io.BytesIO(data), now=NOW, **options)
    return get_batch(actor=actor, batch_id=batch_id)


def apply(actor: Actor, batch: BatchRow, choices: Mapping[str, Any] | None = None) -> BatchRow:
    """Commit an import, apply it at once, and read it back."""
    commit_import(actor=actor, batch_id=batch.id, choices=choices, now=NOW, run_now=True)
    return get_batch(actor=actor, batch_id=batch.id)


def bring(actor: Actor, kind: str, content: str | bytes, choices: Mapping[str, Any] | None = None, **options: Any) -> BatchRow:
    """Stage and apply."""
    return apply(actor, stage(actor, kind, content, **options), choices)


def field_of(batch: BatchRow, header: str) -> str:
    """The field a header is mapped to."""
    return next(line.field for line in batch.mapping if line.header == header)


def messages(batch: BatchRow) -> str:
    """Every problem, one per line."""
    return "\n".join(problem.message for problem in batch.problems)
