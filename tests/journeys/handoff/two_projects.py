"""A deal of two services whose templates differ: its win makes two projects."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from tests.people import NOW, Cast, Sale
from wonward.domains.catalog.operations import create_services, create_template
from wonward.domains.catalog.types import NewService
from wonward.domains.sales.operations.deals import create_deals
from wonward.domains.sales.types import NewDeal, NewLine, NextAction
from wonward.journeys.handoff.operations import close_deal_as_won
from wonward.journeys.handoff.types import ClosedDeal
from wonward.journeys.promises.operations import make_promises
from wonward.journeys.promises.queries import list_promises
from wonward.journeys.promises.types import NewPromise, PromiseKind, PromiseRow

TRAINING: list[dict[str, Any]] = [
    {"key": "course", "kind": "phase", "name": "Course"},
    {"key": "prepare", "kind": "task", "name": "Prepare the course", "parent": "course", "duration_days": 3, "promise_key": "course"},
    {"key": "teach", "kind": "task", "name": "Teach", "parent": "course", "duration_days": 2, "promise_key": "training",
     "after": [{"key": "prepare", "type": "FS", "lag_days": 0}]},
]
SAID = {
    "pages": NewPromise(kind=PromiseKind.DELIVERABLE, text="1,100 pages", key="pages"),
    "training": NewPromise(kind=PromiseKind.DELIVERABLE, text="Two days of training", key="training", weight=2),
    "exclusion": NewPromise(kind=PromiseKind.EXCLUSION, text="No recordings"),
    "quality": NewPromise(kind=PromiseKind.QUALITY, text="Everything is accessible"),
}


@dataclass(frozen=True, slots=True)
class TwoProjects:
    """The deal, and the website and the training that its win made."""

    deal_id: int
    closed: ClosedDeal

    @property
    def website(self) -> int:
        return self.closed.project_ids[0]

    @property
    def training(self) -> int:
        return self.closed.project_ids[1]


def training_service(cast: Cast, *, name: str = "Training", template_id: int | None = None) -> int:
    """A service delivered by the template of courses."""
    template_id = template_id or create_template(actor=cast.owner, name="Course", items=TRAINING, now=NOW)
    (service_id,) = create_services(actor=cast.owner, services=[NewService(name=name, template_id=template_id)], now=NOW)
    return service_id


def open_deal(cast: Cast, sale: Sale, service_ids: list[int]) -> int:
    (deal_id,) = create_deals(
        actor=cast.seller, now=NOW,
        deals=[NewDeal(
            name="Site and training", company_id=sale.company_id, lines=tuple(NewLine(key, Decimal(1)) for key in service_ids),
            next_action=NextAction("call", date(2026, 11, 20), "Call Hanne"),
        )],
    )
    return deal_id


def make_two_projects(cast: Cast, sale: Sale, **brief: object) -> TwoProjects:
    """The website and the training, with something promised about each, about both, and a condition."""
    deal_id = open_deal(cast, sale, [sale.service_id, training_service(cast)])
    make_promises(actor=cast.seller, promises=[_on(new, deal_id) for new in SAID.values()], now=NOW)
    return TwoProjects(deal_id, close_deal_as_won(actor=cast.seller, deal_id=deal_id, brief=sale.brief(**brief), now=NOW))


def _on(new: NewPromise, deal_id: int) -> NewPromise:
    return NewPromise(kind=new.kind, text=new.text, key=new.key, weight=new.weight, deal_id=deal_id)


def promised_in(cast: Cast, project_id: int) -> dict[str, PromiseRow]:
    """What holds in a project, by its words."""
    return {row.text: row for row in list_promises(actor=cast.owner, project_id=project_id)}
