"""Who sees an objective; its links follow the deals and projects they name."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import QuerySet

from wonward.foundation.access.policy import register_noun
from wonward.foundation.database.registry import LinkMove, moves_links
from wonward.journeys.insights.models import Objective, ObjectiveLink
from wonward.kernel.actor import Actor


def visible_objective_ids(actor: Actor) -> QuerySet[Any]:
    return Objective.objects.visible_to(actor).values_list("pk", flat=True)


def objective_names(ids: Collection[int]) -> Mapping[int, str]:
    return dict(Objective.objects.filter(pk__in=ids).values_list("pk", "name"))


register_noun("insights.objective", visible_objective_ids, is_host=False, names_of=objective_names, tells_history=True)


@moves_links
def move_objectives(move: LinkMove) -> None:
    move.refs(ObjectiveLink, "noun", "ref_id", alone_with=("objective_id",))
