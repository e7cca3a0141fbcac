"""A won deal with its project, three promises and what was said about them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.db.models import Count

from tests.people import NOW, Cast, Sale, make_cast, make_sale
from tests.remembered import remembered
from wonward.domains.comms.operations import log_communications
from wonward.domains.comms.types import CommunicationKind, NewCommunication, NewParticipant
from wonward.domains.delivery.queries.tasks import list_tasks
from wonward.domains.delivery.types import TaskRow
from wonward.foundation.audit.models import AuditEntry
from wonward.foundation.events.models import OutboxEvent
from wonward.journeys.handoff.operations import close_deal_as_won
from wonward.journeys.promises.operations import make_promises
from wonward.journeys.promises.queries import get_promise
from wonward.journeys.promises.types import NewPromise, PromiseKind, PromiseRow, Source
from wonward.kernel.ref import Ref

SAID = "Please move all 42 templates.\nAnd the  search must answer in under a second."
SAID_AT = datetime(2026, 3, 12, 8, 47, tzinfo=UTC)
DUE = date(2026, 12, 24)
FACTS = ("promises.promise.at_risk", "promises.promise.uncovered", "promises.promise.repaired")


@dataclass(slots=True)
class World:
    """The cast, the sale, and what it became."""

    cast: Cast
    sale: Sale
    entry_id: int
    project_id: int
    promise_ids: dict[str, int]

    def task(self, key: str) -> TaskRow:
        return next(row for row in list_tasks(actor=self.cast.owner, project_id=self.project_id) if row.key == key)

    def promise(self, key: str) -> PromiseRow:
        return get_promise(actor=self.cast.owner, promise_id=self.promise_ids[key])


def say(cast: Cast, sale: Sale, words: str = SAID, **changes: object) -> int:
    """The client writes something on the deal."""
    values: dict[str, object] = {"privacy": "internal", **changes}
    (entry_id,) = log_communications(
        actor=cast.seller, now=NOW,
        entries=[NewCommunication(kind=CommunicationKind.EMAIL, refs=(Ref("sales.deal", sale.deal_id),), body=words,
                                  happened_at=SAID_AT, participants=(NewParticipant(contact_id=sale.contact_id),),
                                  **values)],  # type: ignore[arg-type]
    )
    return entry_id


def quoted(entry_id: int, quote: str) -> Source:
    return Source(quote=quote, ref=Ref("comms.communication", entry_id))


@remembered
def make_world() -> World:
    """Templates due with the build and covered by key; content due later; a search promise that nothing covers."""
    cast = make_cast()
    sale = make_sale(cast)
    entry_id = say(cast, sale)
    new = {
        "templates": NewPromise(kind=PromiseKind.DELIVERABLE, text="42 templates", deal_id=sale.deal_id, key="templates",
                                due_date=DUE, weight=3, source=quoted(entry_id, "all 42 templates")),
        "pages": NewPromise(kind=PromiseKind.DELIVERABLE, text="1,100 pages", deal_id=sale.deal_id, key="pages", weight=2),
        "search": NewPromise(kind=PromiseKind.QUALITY, text="Search answers in a second", deal_id=sale.deal_id, weight=2,
                             source=quoted(entry_id, "the search must answer in under a second")),
    }
    ids = make_promises(actor=cast.seller, promises=list(new.values()), now=NOW)
    closed = close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
    return World(cast, sale, entry_id, closed.project_ids[0], dict(zip(new, ids, strict=True)))


def crossings() -> list[tuple[str, list[int]]]:
    """The facts about crossed lines so far, in order, with the promises they name."""
    rows = OutboxEvent.objects.filter(name__in=FACTS).order_by("pk")
    return [(row.name.rpartition(".")[2], row.payload["promise_ids"]) for row in rows]


def audit_of(promise_id: int) -> list[str]:
    """The operations noted about a promise, oldest first."""
    rows = AuditEntry.objects.filter(noun="promises.promise", ref_id=promise_id).order_by("pk")
    return [row.operation.rpartition(".")[2] for row in rows]


def audit_counts() -> dict[int, int]:
    """How many audit rows there are about each promise."""
    rows = AuditEntry.objects.filter(noun="promises.promise").order_by().values_list("ref_id")
    return dict(rows.annotate(Count("pk")))
