"""What a stage asks of a deal: facts and custom fields on the way in, exit criteria on the way on."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from wonward.domains.clients.queries import list_stakeholders
from wonward.domains.sales.models import Contract, Deal, Stage, StageVisit
from wonward.domains.sales.queries.pipelines import list_pipelines
from wonward.domains.sales.types import FACTS_ASKED, NewDeal
from wonward.foundation.custom_fields.queries import list_every_field, missing_fields
from wonward.foundation.custom_fields.types import FieldRow
from wonward.kernel.errors import FieldError, Refused
from wonward.kernel.ref import Ref
from wonward.kernel.wording import joined, worded

_COLUMNS = {"company_id": "company_id", "value": "value_minor", "expected_close_date": "expected_close_date", "source": "source"}


def unfilled(deal_id: int, stage: Stage) -> list[FieldError]:
    """The facts and custom fields a stage asks for that a deal leaves empty."""
    asked = missing_fields(place=Ref("sales.stage", stage.pk), ref=Ref("sales.deal", deal_id))
    return [
        *_errors_for(_empty_facts(deal_id, stage.required_fields)),
        *(FieldError(f"custom.{row.key}", worded("Fill in “{label}”.", label=row.label), "required") for row in asked),
    ]


def unconfirmed(deal: Deal) -> list[FieldError]:
    """The exit criteria of the stage a deal stands in that nobody has confirmed; a signed contract says more than any of them."""
    criteria = deal.stage.exit_criteria
    if not criteria or Contract.objects.filter(deal_id=deal.pk).exists():
        return []
    met = {one["key"] for one in current_stay(deal).confirmed or ()}
    return [
        FieldError(f"exit_criteria.{one['key']}", worded("Confirm “{text}”.", text=one["text"]), "unconfirmed")
        for one in criteria if one["key"] not in met
    ]


def current_stay(deal: Deal) -> StageVisit:
    """The stay in the stage a deal stands in."""
    return StageVisit.objects.filter(deal_id=deal.pk, stage_id=deal.stage_id).order_by("-entered_at", "-pk")[0]


def is_onward(deal: Deal, stage: Stage) -> bool:
    """Whether a move goes on; back, and to the first stage of another pipeline, the way is always free."""
    if stage.pipeline_id == deal.pipeline_id:
        return stage.position > deal.stage.position
    return Stage.objects.filter(pipeline_id=stage.pipeline_id, position__lt=stage.position).exists()


def refuse_unready(deal: Deal, stage: Stage) -> None:
    """Refuse a move to a stage that asks for more than the deal holds, or on from one with open exit criteria, naming each."""
    if errors := [*(unconfirmed(deal) if is_onward(deal, stage) else ()), *unfilled(deal.pk, stage)]:
        raise Refused(worded("Before “{name}”: {errors}", name=stage.name, errors=joined(error.words for error in errors)), errors)


def refuse_unfilled_from_the_start(deals: Sequence[NewDeal], rows: Sequence[Deal]) -> None:
    """A deal begins in no stage that asks for more than it comes with."""
    asking: dict[int, list[FieldRow]] = {}
    for row in list_every_field(noun="sales.deal"):
        for ref in row.places:
            asking.setdefault(ref.id, []).append(row)
    facts = {stage.id: stage.required_fields for pipeline in list_pipelines() for stage in pipeline.stages}
    errors = []
    for index, (new, deal) in enumerate(zip(deals, rows, strict=True)):
        at = f"deals[{index}]." if len(deals) > 1 else ""
        errors += _errors_for([name for name in facts.get(deal.stage_id, ()) if not _has(deal, name)], at)
        errors += [
            FieldError(f"{at}custom.{row.key}", worded("Fill in “{label}”.", label=row.label), "required")
            for row in asking.get(deal.stage_id, ()) if new.custom.get(row.key) in (None, "", [], ())
        ]
    if errors:
        raise Refused(worded("The stage asks for more: {errors}", errors=joined(error.words for error in errors)), errors)


def refuse_emptied(deal: Deal, changes: Mapping[str, Any]) -> None:
    """What the stage asks for is not emptied while an open deal stands in it."""
    emptied = [name for name in changes if name in _COLUMNS and changes[name] in (None, "")]
    if emptied and deal.status == "open" and (errors := _errors_for([name for name in deal.stage.required_fields if name in emptied])):
        raise Refused(worded("“{name}” asks for it: {errors}", name=deal.stage.name, errors=joined(error.words for error in errors)), errors)


def _empty_facts(deal_id: int, names: Collection[str]) -> list[str]:
    if not names:
        return []
    deal = Deal.objects.get(pk=deal_id)
    return [name for name in names if not _has(deal, name)]


def _has(deal: Deal, name: str) -> bool:
    if name == "main_contact":
        return deal.pk is not None and any(row.is_main for row in list_stakeholders(ref=Ref("sales.deal", deal.pk)))
    return name not in _COLUMNS or getattr(deal, _COLUMNS[name]) not in (None, "")


def _errors_for(names: Sequence[str], at: str = "") -> list[FieldError]:
    return [FieldError(f"{at}{name}", worded("Fill in “{label}”.", label=FACTS_ASKED[name]), "required") for name in names if name in FACTS_ASKED]
