"""What is interrupted: the ways of the product on which something could be lost, doubled or left half made."""

from __future__ import annotations

import argparse
import io
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass
from datetime import date, timedelta
from email import message_from_bytes
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from tests.edges.api.client import Api
from tests.faults.harness.forks import Say
from tests.people import NOW, WEBSITE, Cast, actor_of, make_cast, make_sale, token_of
from wonward.domains.catalog.operations import import_template
from wonward.domains.comms.operations import log_communications
from wonward.domains.comms.types import CommunicationKind, NewCommunication
from wonward.domains.sales.types import ClosingBrief
from wonward.edges.commands import backup, restore
from wonward.edges.commands.archive import DATABASES, unpack
from wonward.foundation.events.dispatcher import deliver_pending
from wonward.foundation.files.operations import add_document
from wonward.foundation.files.storage import put_stream
from wonward.foundation.jobs.runner import reap_abandoned_jobs, run_due_jobs
from wonward.foundation.mail.operations import queue_mail
from wonward.journeys.handoff.operations import close_deal_as_won
from wonward.journeys.imports.operations import commit_import, stage_import, staging
from wonward.kernel.actor import system_actor
from wonward.kernel.errors import Refused
from wonward.kernel.ref import Ref

UNFINISHED = """
    SELECT (SELECT COUNT(*) FROM events_delivery WHERE state = 'pending')
         + (SELECT COUNT(*) FROM jobs_jobrun WHERE due_at IS NOT NULL OR leased_until IS NOT NULL)
"""
MAILS = 3
ROWS, ROWS_PER_CHUNK = 45, 15


@dataclass(frozen=True)
class Journey:
    """`prepare` lays the ground, `act` is interrupted, `recover` is what a client, worker or admin does next.

    `act` says `ack` once the caller has been answered. When it is atomic, either all of it happened or nothing.
    """

    name: str
    prepare: Callable[[], None]
    act: Callable[[Say], None]
    recover: Callable[[], None]
    is_atomic: bool = True
    starts_from: str = "sale"
    verdict: Callable[[], list[str]] = list
    is_warmed: bool = True
    """Whether it is done once before it is killed; not worth it where its work is long and its imports are few."""


def settle() -> None:
    """What workers do until nothing is left to do, a day at a time; every lease of a dead worker has run out by then."""
    for days in range(1, 31):
        now = NOW + timedelta(days=days)
        reap_abandoned_jobs(now=now)
        deliver_pending(now=now, limit=5000)
        run_due_jobs(now=now, limit=5000)
        if not _one(UNFINISHED):
            return


def make_ground() -> None:
    """People, a company, a contact, a template, and an open deal with talk and a document on it."""
    cast = make_cast()
    sale = make_sale(cast)
    ref = Ref("sales.deal", sale.deal_id)
    log_communications(
        actor=cast.seller, now=NOW,
        entries=[NewCommunication(kind=CommunicationKind.CALL, subject="Scope", body="42 templates", happened_at=NOW, refs=(ref,))],
    )
    add_document(actor=cast.seller, name="brief.txt", stored=put_stream(ContentFile(b"What was said.")), refs=[ref], now=NOW)
    settle()


def cast() -> Cast:
    """The people of the ground."""
    return Cast(**{name: actor_of(f"{name}@studio.test") for name in Cast.__slots__})


def _one(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        (number,) = cursor.fetchone()
    return int(number)


def _deal() -> int:
    return _one("SELECT id FROM sales_deal")


def _brief() -> ClosingBrief:
    return ClosingBrief(
        scope_summary="Move 42 templates.", promised_finish_date=date(2027, 3, 19), key_constraints="The fair on 24 March.",
        main_stakeholder_id=_one("SELECT id FROM clients_contact"), kickoff_date=date(2026, 12, 1),
    )


def _win() -> None:
    close_deal_as_won(actor=cast().seller, deal_id=_deal(), brief=_brief(), now=NOW)


def _win_and_say(say: Say) -> None:
    _win()
    say("ack", True)


def _win_again() -> None:
    _win()
    settle()


def _won_with_mail() -> None:
    _win()
    with transaction.atomic():
        for number in range(MAILS):
            queue_mail(actor=system_actor(), to=f"client{number}@example.test", subject=f"News {number}", text="Hello", now=NOW)


def _work(_: Say) -> None:
    deliver_pending(now=NOW, limit=5000)
    run_due_jobs(now=NOW, limit=5000)


def _letters() -> list[str]:
    """Each queued letter arrived, and never twice under two names."""
    folder = Path(settings.DATA_DIR) / "mail"
    names = [str(message_from_bytes(path.read_bytes())["Message-ID"]) for path in sorted(folder.glob("*.eml"))]
    if len(names) < MAILS:
        return [f"lost: {MAILS - len(names)} of {MAILS} letters never left"]
    return [] if len(set(names)) == MAILS == len(names) else [f"duplicate: {len(names)} letters for {MAILS}"]


def _stage_rows() -> None:
    lines = [f"{number},D{number},Company {number % 9},Mara Klein,{('Won', 'Lost', 'Prospecting')[number % 3]},{number}" for number in range(ROWS)]
    text = "Deal ID,Deal Name,Company,Owner,Stage,Amount\n" + "\n".join(lines)
    staging.ROWS_PER_CHUNK = ROWS_PER_CHUNK
    batch_id = stage_import(actor=cast().seller, kind="deals", file_name="deals.csv", stream=io.BytesIO(text.encode()), now=NOW)
    commit_import(actor=cast().seller, batch_id=batch_id, now=NOW)


def _import(_: Say) -> None:
    run_due_jobs(now=NOW, limit=5000)


TEMPLATE = {"format": "wonward.template", "schema": 1, "name": "Brand", "number": 1, "items": WEBSITE}


def _add_template(say: Say) -> None:
    import_template(actor=cast().owner, document=TEMPLATE, now=NOW)
    say("ack", True)


def _look_for_template() -> None:
    """A caller without an answer looks whether its template is there before it sends it again."""
    if not _one("SELECT COUNT(*) FROM catalog_template WHERE name = 'Brand'"):
        import_template(actor=cast().owner, document=TEMPLATE, now=NOW)
    settle()


def _remember_token() -> None:
    Path(settings.DATA_DIR, "token").write_text(token_of(cast().seller))


def _upload() -> None:
    api = Api(None, token=Path(settings.DATA_DIR, "token").read_text())
    status, told = api.upload(
        "/documents", {"refs": f"sales.deal:{_deal()}", "file": SimpleUploadedFile("plan.txt", b"The plan." * 1000)},
        Idempotency_Key="plan-1",
    )
    assert status == 201, (status, told)


def _upload_and_say(say: Say) -> None:
    _upload()
    say("ack", True)


def _upload_again() -> None:
    _upload()
    settle()


def _archive() -> Path:
    return Path(settings.DATA_DIR).parent / "safe" / "backup.tar"


def _back_up() -> None:
    target = _archive()
    target.parent.mkdir(exist_ok=True)
    for left in target.parent.iterdir():
        left.unlink()
    _win()
    settle()


def _make_backup() -> None:
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        assert backup.run(argparse.Namespace(file=str(_archive()), json=False, verify=True, keep=0)) == 0


def _make_backup_and_say(say: Say) -> None:
    _make_backup()
    say("ack", True)


def _back_up_if_missing() -> None:
    if not _archive().exists():
        _make_backup()


def _is_backup_whole() -> list[str]:
    """What stands under the name of the backup can be unpacked, and its database is sound."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            unpack(_archive(), Path(folder))
        except Refused as refusal:
            return [f"half-made: {refusal.message}"]
        if connection.vendor == "sqlite":
            with closing(sqlite3.connect(Path(folder) / DATABASES["sqlite"])) as copy:
                if copy.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                    return ["half-made: the database in the backup is damaged"]
    return []


def _restore() -> None:
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        assert restore.run(argparse.Namespace(file=str(_archive()), json=False)) == 0


def _restore_and_say(say: Say) -> None:
    _restore()
    say("ack", True)


def _restore_again() -> None:
    """Started again; an installation that is whole by now refuses, and the comparison tells whether it is."""
    with suppress(Refused):
        _restore()


def _lay_out_former_tables() -> None:
    """The tables as they were before the last step of every package, where no other package's steps ask for it."""
    executor = MigrationExecutor(connection)
    graph, wanted = executor.loader.graph, list[tuple[str, str]]()
    leaves = [leaf for leaf in graph.leaf_nodes() if graph.nodes[leaf].__module__.startswith("wonward.")]
    for leaf in leaves:
        planned = {(step.app_label, step.name) for step, _ in executor.migration_plan(wanted)}
        if leaf not in planned:
            wanted += [parent.key for parent in graph.node_map[leaf].parents if parent.key[0] == leaf[0]]
    executor.migrate(wanted)


def _migrate() -> None:
    call_command("migrate", interactive=False, verbosity=0)


def _nothing() -> None:
    return


JOURNEYS = {
    journey.name: journey
    for journey in (
        Journey("handoff", _nothing, _win_and_say, _win_again),
        Journey("outbox", _won_with_mail, _work, settle, is_atomic=False, verdict=_letters),
        Journey("import", _stage_rows, _import, settle, is_atomic=False),
        Journey("template", _nothing, _add_template, _look_for_template),
        Journey("upload", _remember_token, _upload_and_say, _upload_again),
        Journey("backup", _back_up, _make_backup_and_say, _back_up_if_missing, is_atomic=False, verdict=_is_backup_whole),
        Journey("restore", _nothing, _restore_and_say, _restore_again, is_atomic=False, starts_from="nothing"),
        Journey("migrate", _lay_out_former_tables, lambda _: _migrate(), _migrate, is_atomic=False, starts_from="no tables", is_warmed=False),
    )
}
