"""Changing pipelines and their stages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from wonward.domains.sales.models import Pipeline, Stage
from wonward.foundation.access.policy import require
from wonward.foundation.audit.operations import record_change
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotFound
from wonward.kernel.ref import Ref


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
