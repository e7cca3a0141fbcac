"""Changing pipelines and their stages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from wonward.domains.sales.models import Deal, Pipeline, Stage, StageVisit
from wonward.domains.sales.rules import keyed_criteria
from wonward.domains.sales.types import FACTS_ASKED
from wonward.foundation.access.policy import require
from wonward.foundation.audit.operations import record_change
from wonward.foundation.custom_fields.operations import copy_requirements
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict, FieldError, NotFound, Refused, Stale
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded

MOST_STAGES = 30
MOST_CRITERIA = 20
LONGEST_CRITERION = 200


@dataclass(frozen=True, slots=True)
class StageDraft:
    """An open stage as somebody wants it; without `id` it is new. `probability` in percent.

    `required_fields` are the facts of `FACTS_ASKED` it asks a deal for, `exit_criteria` the sentences confirmed before a deal
    goes on from it; None leaves what it asked for.
    """

    id: int | None
    name: str
    probability: int
    days_until_stuck: int
    required_fields: tuple[str, ...] | None = None
    exit_criteria: tuple[str, ...] | None = None


@transaction.atomic
def add_open_stages(*, actor: Actor, pipeline_id: int, names: Sequence[str], now: datetime) -> dict[str, int]:
    """Add open stages behind the last open one, each once; returns the ids of all names, known ones included."""
    require(actor, "sales.pipeline.edit")
    pipeline = Pipeline.objects.select_for_update().filter(pk=pipeline_id).first()
    if pipeline is None:
        raise NotFound("pipeline", pipeline_id)
    stages = list(Stage.objects.filter(pipeline=pipeline).order_by("position", "pk"))
    known = {stage.name.casefold(): stage for stage in stages}
    opened = [stage for stage in stages if stage.kind == "open"]
    wanted = dict.fromkeys(name.strip()[:120] for name in names if name.strip())
    fresh = [name for name in wanted if name.casefold() not in known]
    if fresh:
        place = opened[-1].position if opened else -1
        for stage in stages:
            if stage.position > place:
                stage.position += len(fresh)
        Stage.objects.bulk_update(stages, ["position"])
        percent = opened[-1].probability if opened else 10
        added = [
            Stage(pipeline=pipeline, name=name, kind="open", probability=percent, position=place + offset)
            for offset, name in enumerate(fresh, start=1)
        ]
        Stage.objects.bulk_create(added)
        known |= {stage.name.casefold(): stage for stage in added}
        record_change(
            actor=actor, operation="sales.pipeline.change", ref=Ref("sales.pipeline", pipeline.pk),
            changes={"stages": [None, fresh]}, now=now,
        )
    return {name: known[name.casefold()].pk for name in wanted}


@transaction.atomic
def change_pipeline(
    *, actor: Actor, pipeline_id: int, name: str, stages: Sequence[StageDraft], version: int | None = None, now: datetime
) -> None:
    """Rename a pipeline and put its open stages as given, in order; won and lost stages stay behind them.

    A draft without id is a new stage; a stage that is left out goes, unless deals stand in it. A stale version writes nothing.
    """
    require(actor, "sales.pipeline.edit")
    pipeline = Pipeline.objects.select_for_update().filter(pk=pipeline_id).first()
    if pipeline is None:
        raise NotFound("pipeline", pipeline_id)
    if version is not None and version != pipeline.version:
        raise Stale(
            worded("“{name}” was changed by somebody else in the meantime.", name=pipeline.name), current={"version": pipeline.version},
            yours={"version": version},
        )
    known = {stage.pk: stage for stage in Stage.objects.filter(pipeline=pipeline).order_by("position", "pk")}
    _check_drafts(pipeline, name, stages, known)
    before = [_told(stage) for stage in known.values() if stage.kind == "open"]
    gone = [key for key, stage in known.items() if stage.kind == "open" and key not in {draft.id for draft in stages}]
    _refuse_stages_in_use(known, gone)
    Stage.objects.filter(pk__in=gone).delete()
    rows = [_stage_of(pipeline, draft, known) for draft in stages]
    closed = [stage for stage in known.values() if stage.kind != "open"]
    for place, stage in enumerate([*rows, *closed]):
        stage.position = place
    # Names are unique in a pipeline: two stages may swap theirs only by way of names nobody has.
    for stage in rows:
        if stage.pk:
            Stage.objects.filter(pk=stage.pk).update(name=f"~{stage.pk}")
    for stage in [*rows, *closed]:
        stage.save()
    changes: dict[str, list[Any]] = {"name": [pipeline.name, name.strip()], "stages": [before, [_told(stage) for stage in rows]]}
    Pipeline.objects.filter(pk=pipeline_id).update(name=name.strip(), version=pipeline.version + 1, updated_at=now)
    record_change(
        actor=actor, operation="sales.pipeline.change", ref=Ref("sales.pipeline", pipeline_id), now=now,
        changes={field: pair for field, pair in changes.items() if pair[0] != pair[1]},
    )


@transaction.atomic
def create_pipeline(*, actor: Actor, name: str, stages: Sequence[StageDraft] = (), now: datetime) -> int:
    """A new pipeline with the open stages given, or with those of the default one; its id."""
    require(actor, "sales.pipeline.edit")
    words = name.strip()[:120]
    if not words:
        raise Refused.field("name", "A pipeline needs a name.", "required")
    if Pipeline.objects.filter(name=words).exists():
        raise Refused.field("name", worded("There is a pipeline {words} already.", words=words), "taken")
    pipeline = Pipeline.objects.create(name=words, position=Pipeline.objects.count(), created_at=now, updated_at=now)
    of_default = Stage.objects.filter(pipeline__is_default=True).order_by("position", "pk")
    model = list(of_default.exclude(kind="open") if stages else of_default)
    made = Stage.objects.bulk_create(
        Stage(pipeline=pipeline, name=one.name, position=one.position, kind=one.kind, probability=one.probability,
              days_until_stuck=one.days_until_stuck, required_fields=one.required_fields, exit_criteria=one.exit_criteria)
        for one in model
    )
    copy_requirements(pairs=[(Ref("sales.stage", one.pk), Ref("sales.stage", copy.pk)) for one, copy in zip(model, made, strict=True)])
    record_change(
        actor=actor, operation="sales.pipeline.create", ref=Ref("sales.pipeline", pipeline.pk), changes={"name": [None, words]}, now=now
    )
    if stages:
        change_pipeline(actor=actor, pipeline_id=pipeline.pk, name=words, stages=stages, now=now)
    return pipeline.pk


def _check_drafts(pipeline: Pipeline, name: str, stages: Sequence[StageDraft], known: Mapping[int, Stage]) -> None:
    errors = []
    if not name.strip() or len(name.strip()) > 120:
        errors.append(FieldError("name", "A pipeline needs a name of at most 120 characters.", "required"))
    elif Pipeline.objects.filter(name=name.strip()).exclude(pk=pipeline.pk).exists():
        errors.append(FieldError("name", worded("There is a pipeline {name} already.", name=name.strip()), "taken"))
    if not stages or len(stages) > MOST_STAGES:
        errors.append(FieldError("stages", worded("A pipeline has between one and {most_stages} open stages.", most_stages=MOST_STAGES), "range"))
    taken = {stage.name.strip().casefold() for stage in known.values() if stage.kind != "open"}
    for place, draft in enumerate(stages):
        at, words = f"stages[{place}]", draft.name.strip()
        if not words or len(words) > 120:
            errors.append(FieldError(f"{at}.name", "A stage needs a name of at most 120 characters.", "required"))
        elif words.casefold() in taken:
            errors.append(FieldError(f"{at}.name", worded("The stage {words} stands there twice.", words=words), "taken"))
        taken.add(words.casefold())
        if draft.id is not None and (draft.id not in known or known[draft.id].kind != "open"):
            errors.append(FieldError(f"{at}.id", worded("This pipeline has no open stage {id}.", id=draft.id), "unknown"))
        if not 0 <= draft.probability <= 100:
            errors.append(FieldError(f"{at}.probability", worded("The probability of {words} lies between 0 and 100 percent.", words=words), "range"))
        if not 1 <= draft.days_until_stuck <= 1000:
            errors.append(FieldError(f"{at}.days_until_stuck", worded("Deals in {words} are stuck after 1 to 1000 days.", words=words), "range"))
        if unknown := sorted(set(draft.required_fields or ()) - set(FACTS_ASKED)):
            errors.append(FieldError(f"{at}.required_fields", worded("{field} cannot be asked for by a stage.", field=unknown[0]), "unknown"))
        if place == 0 and "main_contact" in (draft.required_fields or ()):
            errors.append(FieldError(f"{at}.required_fields", "The first stage cannot ask for the main contact: a deal is there before its people are.", "order"))
        errors += _criteria_errors(draft, at)
    if errors:
        raise Refused(errors[0].words, errors)


def _criteria_errors(draft: StageDraft, at: str) -> list[FieldError]:
    said = [text.strip() for text in draft.exit_criteria or () if text.strip()]
    words, errors = draft.name.strip(), []
    if len(said) > MOST_CRITERIA:
        errors.append(FieldError(f"{at}.exit_criteria", worded("{words} has at most {most} exit criteria.", words=words, most=MOST_CRITERIA), "too_many"))
    if any(len(text) > LONGEST_CRITERION for text in said):
        errors.append(FieldError(f"{at}.exit_criteria", worded("An exit criterion of {words} has at most {longest} characters.", words=words, longest=LONGEST_CRITERION), "too_long"))
    if len({text.casefold() for text in said}) < len(said):
        errors.append(FieldError(f"{at}.exit_criteria", worded("{words} has the same exit criterion twice.", words=words), "taken"))
    return errors


def _refuse_stages_in_use(known: Mapping[int, Stage], gone: Sequence[int]) -> None:
    stand = Deal.objects.filter(stage_id__in=gone).order_by().values_list("stage_id", flat=True)
    stood = StageVisit.objects.filter(stage_id__in=gone).order_by().values_list("stage_id", flat=True)
    for key in (*stand[:1], *stood[:1]):
        raise Conflict(worded("Deals stand or stood in “{name}”. Move them to another stage before you take it away.", name=known[key].name))


def _stage_of(pipeline: Pipeline, draft: StageDraft, known: Mapping[int, Stage]) -> Stage:
    stage = known[draft.id] if draft.id is not None else Stage(pipeline=pipeline, kind="open")
    stage.name, stage.probability, stage.days_until_stuck = draft.name.strip(), draft.probability, draft.days_until_stuck
    if draft.required_fields is not None:
        stage.required_fields = [name for name in FACTS_ASKED if name in draft.required_fields]
    if draft.exit_criteria is not None:
        stage.exit_criteria = keyed_criteria(stage.exit_criteria, draft.exit_criteria)
    return stage


def _told(stage: Stage) -> list[Any]:
    told = [stage.name, stage.probability, stage.days_until_stuck]
    criteria = [one["text"] for one in stage.exit_criteria]
    if criteria:
        return [*told, list(stage.required_fields), criteria]
    return [*told, list(stage.required_fields)] if stage.required_fields else told
