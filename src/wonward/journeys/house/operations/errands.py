"""Long work that is asked for on the screen and done by the worker."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import translation

from wonward.foundation.access.policy import actor_of_user, require
from wonward.foundation.audit.operations import note_opening, record_change
from wonward.foundation.audit.queries import EXPORTED
from wonward.foundation.events.operations import publish
from wonward.foundation.files.storage import current_storage
from wonward.foundation.jobs.operations import enqueue
from wonward.journeys.house.events import HouseExported
from wonward.journeys.house.models import Errand
from wonward.journeys.house.operations.exporting import HOUSE, export_house
from wonward.journeys.house.queries.errands import visible_errands
from wonward.journeys.house.types import ErrandKind, ErrandState, ExportFile
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict, NotFound, Refused
from wonward.kernel.ref import Ref

KEPT_FOR = timedelta(days=3)
_GIVEN_UP_AFTER = timedelta(hours=6)
_LARGEST_FILE = 2**50
UNDER_WAY = (ErrandState.WAITING, ErrandState.RUNNING)


def ask_for_export(*, actor: Actor, now: datetime) -> int:
    """Let everything be written into a file, which is kept for three days; the errand. Conflict while one is being written."""
    require(actor, "house.export.make")
    with transaction.atomic():
        errand_id = begin_errand(actor=actor, kind=ErrandKind.EXPORT, now=now)
        record_change(actor=actor, operation="house.export.ask", ref=HOUSE, changes={"errand": [None, errand_id]}, now=now)
        enqueue("house.export", errand_id=errand_id, now=now)
    return errand_id


def begin_errand(*, actor: Actor, kind: ErrandKind, now: datetime, given: dict[str, object] | None = None) -> int:
    """Note that an errand was asked for. Conflict while another one of its kind is under way."""
    if Errand.objects.filter(kind=kind, state__in=UNDER_WAY).exists():
        raise Conflict("This is being done already.")
    try:
        with transaction.atomic():
            errand = Errand.objects.create(kind=kind, user_id=actor.user_id, asked_by=actor.label[:160], given=given or {}, created_at=now)
    except IntegrityError:
        raise Conflict("This is being done already.") from None
    return errand.pk


def begin_asking(*, actor: Actor, kind: ErrandKind, ref: Ref, reason: str, now: datetime) -> int:
    """Note that somebody wants to know where something of a person lies, or to have it erased; the errand, for the job of the caller."""
    operation = "house.person.ask_to_erase" if kind in (ErrandKind.PERSON, ErrandKind.FORMER) else "house.person.look"
    errand_id = begin_errand(actor=actor, kind=kind, given={f"{ref.noun.partition('.')[2]}_id": ref.id, "reason": reason}, now=now)
    record_change(actor=actor, operation=operation, ref=ref, changes={"errand": [None, errand_id]}, now=now)
    return errand_id


def make_export(*, errand_id: int, now: datetime) -> None:
    """Write the file of an export that was asked for; a repeat begins anew. Who asked must still have the right."""
    errand = Errand.objects.filter(pk=errand_id, state__in=UNDER_WAY).first()
    if errand is None:
        return
    Errand.objects.filter(pk=errand_id).update(state=ErrandState.RUNNING)
    try:
        actor = actor_of_user(errand.user_id) if errand.user_id else None
        if actor is None:
            raise Refused("Who asked for this may not sign in any more.")
        with tempfile.TemporaryDirectory(prefix="export-", dir=settings.DATA_DIR) as place:
            folder, file = Path(place) / "export", Path(place) / "export.zip"
            manifest = export_house(actor=actor, folder=folder, now=now)
            _pack(folder, file)
            with file.open("rb") as stream:
                stored = current_storage().put(stream, _LARGEST_FILE)
    except Refused as refusal:
        with translation.override(actor.language if actor else None):
            failure = refusal.message
        finish_errand(errand_id=errand_id, state=ErrandState.FAILED, failure=failure, now=now)
        return
    report = {"rows": {name: told["rows"] for name, told in manifest["tables"].items()}, "records": manifest["records"], "files": len(manifest["contents"])}
    with transaction.atomic():
        Errand.objects.filter(pk=errand_id).update(
            state=ErrandState.DONE, report=report, sha256=stored.sha256, size=stored.size, finished_at=now
        )
        publish(HouseExported(errand_id=errand_id), actor=actor, now=now)


def serve_errand(*, errand_id: int, work: Callable[[Actor, Errand], dict[str, Any]], now: datetime) -> None:
    """Let an errand be done for whoever asked, if they may still sign in, and note its report, or why it was refused."""
    errand = Errand.objects.filter(pk=errand_id, state__in=UNDER_WAY).first()
    if errand is None:
        return
    actor = actor_of_user(errand.user_id) if errand.user_id else None
    try:
        if actor is None:
            raise Refused("Who asked for this may not sign in any more.")
        report = work(actor, errand)
    except (Refused, NotFound, Conflict) as refusal:
        with translation.override(actor.language if actor else None):
            failure = refusal.message
        finish_errand(errand_id=errand_id, state=ErrandState.FAILED, failure=failure, now=now)
        return
    finish_errand(errand_id=errand_id, state=ErrandState.DONE, report=report, now=now)


def finish_errand(*, errand_id: int, state: ErrandState, now: datetime, failure: str = "", report: dict[str, object] | None = None) -> None:
    """Note how an errand ended."""
    Errand.objects.filter(pk=errand_id).update(state=state, failure=failure, report=report or {}, finished_at=now)


def _pack(folder: Path, file: Path) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, f"wonward-export/{path.relative_to(folder).as_posix()}")


def take_export(*, actor: Actor, errand_id: int, now: datetime) -> ExportFile:
    """Hand out the file of an export, and note who took it. Conflict while it is written, and once it was cleared away."""
    require(actor, "house.export.make")
    with transaction.atomic():
        found = visible_errands(actor).filter(pk=errand_id, kind=ErrandKind.EXPORT).first()
        if found is None:
            raise NotFound("export", errand_id)
        if found.state != ErrandState.DONE or current_storage().find_size(found.sha256) is None:
            raise Conflict("This export has no file yet, or none any more.")
        record_change(actor=actor, operation="house.export.take", ref=HOUSE, changes={"errand": [None, errand_id]}, now=now)
        note_opening(actor=actor, what=EXPORTED, detail="everything", now=now)
    name = f"wonward-export-{found.created_at:%Y-%m-%d}.zip"
    return ExportFile(name, current_storage().open(found.sha256), found.size)


def clear_old_exports(*, now: datetime, kept_for: timedelta = KEPT_FOR) -> int:
    """Remove the files of exports older than three days; how many."""
    old = list(Errand.objects.filter(kind=ErrandKind.EXPORT, state=ErrandState.DONE, finished_at__lte=now - kept_for))
    for errand in old:
        Errand.objects.filter(pk=errand.pk).update(state=ErrandState.GONE, size=0)
        current_storage().remove(errand.sha256)
    return len(old)


def fail_abandoned_errands(*, now: datetime) -> int:
    """Give up errands nobody works on any more, so that they can be asked for again; how many."""
    lost = Errand.objects.filter(state__in=UNDER_WAY, created_at__lt=now - _GIVEN_UP_AFTER)
    return lost.update(state=ErrandState.FAILED, failure="It broke off. Please ask again.", finished_at=now)
