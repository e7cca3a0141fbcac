"""Bugs of the classes the sweep is there for, each put into the product on purpose: a sweep that misses one proves nothing."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection, transaction

from tests.faults.harness import journeys
from tests.faults.harness.forks import Say
from tests.faults.harness.installation import Installation
from tests.faults.harness.journeys import JOURNEYS, Journey
from tests.faults.harness.sweep import Findings, hunt
from wonward.domains.catalog.operations import import_template, templates
from wonward.edges.api.v1 import routes
from wonward.edges.commands import restore
from wonward.edges.commands.archive import ArchiveWriter
from wonward.foundation.access.operations import claim_reply, store_reply
from wonward.foundation.events import dispatcher
from wonward.foundation.events.bus import find_subscription
from wonward.foundation.events.models import DeliveryState
from wonward.foundation.files.storage import DiskStorage
from wonward.foundation.jobs import runner
from wonward.foundation.mail import jobs as mail_jobs
from wonward.journeys.handoff.operations import winning
from wonward.journeys.imports.operations import applying

MOST_POINTS = 80


@dataclass(frozen=True)
class PlantedBug:
    """A sentence about the bug, the journey it lies in, and how it is put there."""

    name: str
    journey: str
    plant: Callable[[], None]
    act: Callable[[Say], None] | None = None

    def as_journey(self) -> Journey:
        journey = JOURNEYS[self.journey]
        return replace(journey, act=self.act) if self.act else journey


def find(bug: PlantedBug, place: Installation, seed: int) -> Findings:
    """Sweep the journey with the bug until it shows."""
    return hunt(bug.as_journey(), place, plant=bug.plant, most=MOST_POINTS, seed=seed)


def _plain(function: Any) -> Any:
    """An operation without its transaction."""
    return function.__wrapped__


def _publish_alone(module: Any) -> None:
    """The product refuses to publish outside a transaction; give each fact one of its own."""
    module.publish = transaction.atomic(module.publish)


def _win_without_transaction() -> None:
    """Nor is anything gathered for its end, which the product refuses outside a transaction too."""
    _publish_alone(winning)
    winning.written_together = nullcontext  # type: ignore[assignment]
    journeys.close_deal_as_won = _plain(winning.close_deal_as_won)


def _answer_early(say: Say) -> None:
    with transaction.atomic():
        journeys._win()
        say("ack", True)


def _nothing() -> None:
    return


def _publish_afterwards() -> None:
    really = winning.publish

    def late(event: Any, **named: Any) -> int:
        def now() -> None:
            with transaction.atomic():
                really(event, **named)

        transaction.on_commit(now)
        return 0

    winning.publish = late  # type: ignore[assignment]


def _deliver_apart(*, effect_first: bool) -> Callable[[], None]:
    def deliver(delivery: Any, now: Any) -> None:
        subscription = find_subscription(delivery.event.name, delivery.handler)
        assert subscription is not None

        def take_effect() -> None:
            with transaction.atomic():
                subscription.handler(dispatcher._decode(subscription, delivery.event), **dispatcher._author(subscription, delivery.event), now=now)

        def mark() -> None:
            dispatcher._held(delivery).update(state=DeliveryState.DONE, due_at=None, leased_until=None)

        for step in (take_effect, mark) if effect_first else (mark, take_effect):
            step()

    def plant() -> None:
        dispatcher._deliver = deliver

    return plant


def _never_take_over() -> None:
    dispatcher._lease_abandoned = lambda now, lease: []


def _never_reap() -> None:
    runner.reap_abandoned_jobs = lambda *, now: 0  # type: ignore[assignment]
    journeys.reap_abandoned_jobs = lambda *, now: 0  # type: ignore[assignment]


def _note_before_sending() -> None:
    transport = mail_jobs.current_transport

    def hasty() -> Any:
        real = transport()
        sender = real.send

        def send(message: Any) -> None:
            mail_id = int(str(message["Message-ID"]).strip("<>").split(".")[0].rpartition("-")[2])
            mail_jobs.record_sent(mail_id=mail_id, now=journeys.NOW)
            sender(message)

        real.send = send  # type: ignore[method-assign]
        return real

    mail_jobs.current_transport = hasty


def _chunk_without_transaction() -> None:
    applying._apply_chunk = _plain(applying._apply_chunk)


def _mark_chunk_first() -> None:
    apply_chunk = applying._apply_chunk

    def hasty(work: Any, batch: Any, chunk_id: int, carried: Any) -> None:
        rows = applying.ImportChunk.objects.filter(pk=chunk_id)
        rows.update(applied_at=work.now)
        with transaction.atomic():
            rows.update(applied_at=None)
            apply_chunk(work, batch, chunk_id, carried)

    applying._apply_chunk = hasty


def _template_without_transaction() -> None:
    _publish_alone(templates)
    journeys.import_template = _plain(import_template)


def _answer_apart(*, user_id: int, key: str, request_digest: str, answer: Any, now: Any) -> Any:
    with transaction.atomic():
        stored = claim_reply(user_id=user_id, key=key, request_digest=request_digest, now=now)
        transaction.set_rollback(stored is None)
    if stored is not None:
        return stored
    reply = answer()
    with transaction.atomic():
        claim_reply(user_id=user_id, key=key, request_digest=request_digest, now=now)
        store_reply(user_id=user_id, key=key, reply=reply)
    return reply


def _remember_answers_apart() -> None:
    routes.answer_once = _answer_apart


def _forget_answers() -> None:
    routes.answer_once = lambda *, user_id, key, request_digest, answer, now: answer()


def _content_after_row() -> None:
    put = DiskStorage.put

    def lazy(self: DiskStorage, stream: Any, limit_bytes: int) -> Any:
        blob = put(self, stream, limit_bytes)
        content = self.path_of(blob.sha256).read_bytes()
        self.path_of(blob.sha256).unlink()
        _WAITING[blob.sha256] = (self.path_of(blob.sha256), content)
        return blob

    def size(self: DiskStorage, sha256: str) -> int | None:
        if sha256 in _WAITING and connection.in_atomic_block:
            path, content = _WAITING.pop(sha256)
            transaction.on_commit(lambda: path.write_bytes(content) and None)
            return len(content)
        path = self.path_of(sha256)
        return path.stat().st_size if path.exists() else None

    DiskStorage.put, DiskStorage.find_size = lazy, size  # type: ignore[method-assign]


_WAITING: dict[str, Any] = {}


def _archive_in_place() -> None:
    start = ArchiveWriter.__init__

    def hasty(self: ArchiveWriter, target: Any) -> None:
        start(self, target)
        self._aside.rename(target)
        self._aside = target

    ArchiveWriter.__init__ = hasty  # type: ignore[method-assign]


def _restore_without_mark() -> None:
    def forget(mark: Any) -> None:
        mark.touch()
        mark.unlink()

    restore._leave = forget
    restore.unfinished_restore = lambda: _Forgotten()  # type: ignore[assignment, return-value]


class _Forgotten:
    """A mark that is never there."""

    parent = property(lambda _: journeys.Path(journeys.settings.DATA_DIR))

    def exists(self) -> bool:
        return False

    def touch(self) -> None:
        return

    def unlink(self) -> None:
        return


BUGS = (
    PlantedBug("a win without a transaction", "handoff", _win_without_transaction),
    PlantedBug("a win that is acknowledged before it is committed", "handoff", _nothing, _answer_early),
    PlantedBug("a fact published after the commit", "handoff", _publish_afterwards),
    PlantedBug("an effect committed before its delivery is marked", "outbox", _deliver_apart(effect_first=True)),
    PlantedBug("a delivery marked before its effect is committed", "outbox", _deliver_apart(effect_first=False)),
    PlantedBug("a delivery of a dead worker that nobody takes over", "outbox", _never_take_over),
    PlantedBug("a job of a dead worker that nobody takes over", "import", _never_reap),
    PlantedBug("a letter noted as sent before it is sent", "outbox", _note_before_sending),
    PlantedBug("a chunk of an import without a transaction", "import", _chunk_without_transaction),
    PlantedBug("a chunk of an import marked before its rows", "import", _mark_chunk_first),
    PlantedBug("a template without a transaction", "template", _template_without_transaction),
    PlantedBug("an answer remembered after the transaction it answers", "upload", _remember_answers_apart),
    PlantedBug("an idempotency key that is not remembered", "upload", _forget_answers),
    PlantedBug("a document committed before its content is stored", "upload", _content_after_row),
    PlantedBug("a backup written under its final name", "backup", _archive_in_place),
    PlantedBug("a broken-off restore that cannot be started again", "restore", _restore_without_mark),
)
