"""What finished projects say about the hours that templates plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wonward.domains.delivery.queries.efforts import list_finished_role_minutes
from wonward.foundation.database.reading import once
from wonward.journeys.capacity.rules.effort import EffortHistory
from wonward.journeys.handoff.queries import list_sold_efforts

MOST_PROJECTS = 200


def read_effort_history(roles: Mapping[int, str]) -> EffortHistory:
    """Hours of done tasks as last planned against hours as sold with the template, for `roles` (name by id).

    A sale counts once all its projects are finished. Four queries; this is the one place that knows where the hours that came are from.
    """
    return once(("capacity effort history", tuple(sorted(roles))), lambda: EffortHistory.of(_finished_sales(roles)))


def _finished_sales(roles: Mapping[int, str]) -> Iterator[tuple[dict[str, float], dict[str, float]]]:
    finished = list_finished_role_minutes(limit=MOST_PROJECTS)
    for project_ids, sold in list_sold_efforts(project_ids=finished) if finished else ():
        if all(key in finished for key in project_ids):
            came: dict[str, float] = {}
            for minutes in (finished[key] for key in project_ids):
                for role_id, part in minutes.items():
                    came[roles.get(role_id, "")] = came.get(roles.get(role_id, ""), 0) + part / 60
            yield {role: part / 60 for role, part in sold.items()}, came
