"""Power loss: real work is recorded, then cut off at hundreds of moments; every disk that could be found must hold what was promised."""

from __future__ import annotations

import hashlib
import pickle
import shutil
import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile

from tests.faults.harness.disk import Recorder, Request, power_cuts
from tests.faults.harness.forks import Say, in_fork
from tests.faults.harness.installation import Installation
from tests.faults.harness.journeys import UNFINISHED, _brief, _one, cast, settle
from tests.faults.harness.sweep import Findings
from tests.people import NOW
from wonward.domains.sales.operations.deals import create_deals
from wonward.domains.sales.types import NewDeal, NewLine, NextAction
from wonward.edges.commands.check import find_checks, find_violations
from wonward.foundation.database.sqlite import base, dbapi2
from wonward.foundation.files import storage
from wonward.foundation.files.operations import add_document
from wonward.journeys.handoff.operations import close_deal_as_won
from wonward.kernel.money import Money
from wonward.kernel.ref import Ref

ROUNDS = 8
CHECKED_WHOLE = 20
_NAME = "wonward.sqlite3"


@dataclass(frozen=True)
class Control:
    """A way to lose data that the replay must notice."""

    name: str
    plant: Callable[[], None]


def _pragma(setting: str) -> Callable[[], None]:
    def plant() -> None:
        base._PRAGMAS = (*base._PRAGMAS, setting)

    return plant


def _unsynced_content() -> None:
    class Hasty:
        """`os` whose fsync does nothing."""

        def __getattr__(self, name: str) -> Any:
            return (lambda descriptor: None) if name == "fsync" else getattr(__import__("os"), name)

    storage.os = Hasty()  # type: ignore[assignment]


def _unsynced_folders() -> None:
    storage._sync_folder = lambda folder: None


CONTROLS = (
    Control("synchronous = OFF", _pragma("PRAGMA synchronous = OFF")),
    Control("synchronous = NORMAL", _pragma("PRAGMA synchronous = NORMAL")),
    Control("content that is not synced", _unsynced_content),
    Control("folders that are not synced", _unsynced_folders),
)


def replay(place: Installation, *, images: int, seed: int, plant: Callable[[], None] | None = None, stop_at_first: bool = False) -> Findings:
    """Work, cut the power at `images` moments drawn by `seed`, and judge every disk."""
    place.bring_back("sale")
    root = Path(settings.DATA_DIR)
    start = {str(path): path.read_bytes() for path in root.rglob("*") if path.is_file() and not path.name.endswith("-shm")}
    start = {path: content for path, content in start.items() if not path.endswith(("-wal", ".writer")) or content}
    requests = _record(root, plant)
    found = Findings("power loss", steps=len(requests))
    with tempfile.TemporaryDirectory(prefix="ww-cut-") as folder:
        for cut, disk, promised in power_cuts(start, requests, images, seed):
            found.points += 1
            is_whole_checked = plant is None and found.points % max(1, images // CHECKED_WHOLE) == 0
            for kind, what in _judge(disk, promised, root, Path(folder)) or (_check(place, disk, root) if is_whole_checked else []):
                found.faults.append((kind, f"power cut after request {cut} of {len(requests)}: {what}"))
            if found.faults and stop_at_first:
                break
    return found


def _record(root: Path, plant: Callable[[], None] | None) -> list[Request]:
    with tempfile.NamedTemporaryFile(prefix="ww-record-") as file:

        def work(_: Say) -> int:
            if plant:
                plant()
            base._PRAGMAS = (*base._PRAGMAS, "PRAGMA wal_autocheckpoint = 60")
            recorder = Recorder(root)
            recorder.start()
            _work(recorder)
            recorder.is_on = False
            Path(file.name).write_bytes(pickle.dumps(recorder.requests))
            return len(recorder.requests)

        heard = in_fork(work)
        if heard.error or not heard.said.get("result"):
            raise RuntimeError(f"the work to be cut off failed:\n{heard.error}")
        requests: list[Request] = pickle.loads(Path(file.name).read_bytes())
    return requests


def _work(recorder: Recorder) -> None:
    """Documents, deals and wins; each is acknowledged once its operation has returned."""
    people, company, service = cast(), _one("SELECT id FROM clients_company"), _one("SELECT id FROM catalog_service")
    for number in range(ROUNDS):
        (deal_id,) = create_deals(
            actor=people.seller, now=NOW,
            deals=[NewDeal(name=f"Deal {number}", company_id=company, value=Money(100_000, "EUR"), lines=(NewLine(service, Decimal(1)),),
                           next_action=NextAction("call", date(2026, 12, 1), "Call"))],
        )
        recorder.ack(["deal", deal_id])
        stored = storage.put_stream(ContentFile(f"The plan of deal {number}. ".encode() * 400))
        document_id = add_document(actor=people.seller, name=f"plan {number}.txt", stored=stored, refs=[Ref("sales.deal", deal_id)], now=NOW)
        recorder.ack(["document", document_id])
        closed = close_deal_as_won(actor=people.seller, deal_id=deal_id, brief=_brief(), now=NOW)
        recorder.ack(["handoff", closed.handoff_id])
    settle()


def _lay_out(disk: dict[str, bytes], root: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    for path, content in disk.items():
        place = target / Path(path).relative_to(root)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)


_TABLES = {"deal": "sales_deal", "document": "files_document", "handoff": "handoff_handoff"}


def _judge(disk: dict[str, bytes], promised: list[Any], root: Path, folder: Path) -> list[tuple[str, str]]:
    """A sound database with everything that was acknowledged, and the content of every document it names."""
    _lay_out(disk, root, folder)
    try:
        with closing(dbapi2.connect(folder / _NAME)) as connection:
            (state,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
            if state != "ok":
                return [("half-made", f"the database is damaged: {state}")]
            faults = []
            for word, key in promised:
                if not connection.execute(f"SELECT 1 FROM {_TABLES[word]} WHERE id = ?", [key]).fetchone():
                    faults.append(("lost", f"{word} {key} was acknowledged and is gone"))
            for (sha256,) in connection.execute("SELECT sha256 FROM files_blob"):
                path = folder / "blobs" / sha256[:2] / sha256[2:4] / sha256
                if not path.exists() or hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
                    faults.append(("lost", f"the content {sha256[:12]} of a document is gone or damaged"))
            return faults
    except dbapi2.DatabaseError as error:
        return [("half-made", f"the database cannot be opened: {error}")]


def _check(place: Installation, disk: dict[str, bytes], root: Path) -> list[tuple[str, str]]:
    """Everything `wonward check` asks, once the workers have settled what was under way."""
    _lay_out(disk, root, root)

    def ask(_: Say) -> list[str]:
        settle()
        return [*find_violations(dict(find_checks())), *(["work is left over"] if _one(UNFINISHED) else [])]

    heard = in_fork(ask)
    if heard.error:
        return [("locked", heard.error.strip().splitlines()[-1])]
    return [("half-made", sentence) for sentence in heard.said["result"]]
