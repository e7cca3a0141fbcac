"""A world with at least one row in every table: the story of a sale, and a made-up row where the story leaves none.

Tables are found by the registry of models, so that a new one is in here by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from typing import Any

from django.core.files.base import ContentFile
from django.db import IntegrityError, models, transaction

from tests.people import NOW, make_cast, make_sale
from wonward.foundation.database.queries import house_models
from wonward.foundation.files.operations import add_document
from wonward.foundation.files.storage import put_stream
from wonward.journeys.handoff.operations import accept_handoff, close_deal_as_won
from wonward.kernel.ref import Ref

_serial = count(1)


def make_full_world() -> Any:
    """A cast, a sale that was won and accepted, a document, and a row in every table that is left."""
    cast = make_cast()
    sale = make_sale(cast, name="=HYPERLINK(1)")
    stored = put_stream(ContentFile(b"%PDF-1.7 the offer"))
    add_document(actor=cast.seller, name="offer.pdf", stored=stored, refs=[Ref("sales.deal", sale.deal_id)], now=NOW)
    closed = close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
    accept_handoff(actor=cast.manager, handoff_id=closed.handoff_id, version=None, now=NOW)
    waiting = [name for name, model in house_models().items() if not model._base_manager.exists()]
    while waiting:
        refused = {name: why for name in waiting if (why := _fill(house_models()[name]))}
        assert len(refused) < len(waiting), f"No row could be made: {refused}"
        waiting = list(refused)
    return cast


def _fill(model: type[models.Model]) -> str:
    """Add a row with as much in it as the constraints of the table let be; why there is none."""
    why = ""
    columns = [field for field in model._meta.concrete_fields if isinstance(field, models.ForeignKey) or not field.primary_key]
    optional = [field.attname for field in columns if field.null]
    links = [field.attname for field in columns if field.null and isinstance(field, models.ForeignKey)]
    for filled in (optional, links, *([one] for one in optional), []):
        values: dict[str, Any] = {}
        for field in columns:
            if field.null and field.attname not in filled:
                continue
            if isinstance(field, models.ForeignKey):
                values[field.attname] = field.remote_field.model._base_manager.order_by("-pk").values_list("pk", flat=True).first()
            elif not field.has_default() or field.unique:
                values[field.attname] = next(_examples(field))
        try:
            with transaction.atomic():
                model._base_manager.bulk_create([model(**values)])
        except IntegrityError as error:
            why = str(error)
        else:
            return ""
    return why


def _examples(field: Any) -> Iterator[Any]:
    number = next(_serial)
    if field.choices:
        yield field.choices[0][0]
    elif isinstance(field, models.DateTimeField):
        yield datetime(2026, 11, 19, 9, 30, number % 60, 123456, tzinfo=UTC)
    elif isinstance(field, models.DateField):
        yield NOW.date()
    elif isinstance(field, models.TimeField):
        yield NOW.time()
    elif isinstance(field, models.BooleanField):
        yield True
    elif isinstance(field, models.JSONField):
        yield {"said": ["Ärger", number, None, {"at": "2026-11-19"}]}
    elif isinstance(field, models.DecimalField):
        yield number % 100
    elif isinstance(field, models.IntegerField):
        yield number
    else:
        yield f"=w{number}"[: field.max_length or 100]
