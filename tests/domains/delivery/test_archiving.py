"""A project is put away and comes back; meanwhile no list shows it and nothing of it is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.domains.delivery.plan import Plan
from tests.people import NOW, TODAY, Cast
from wonward.domains.delivery.operations import archive_project, restore_project
from wonward.domains.delivery.queries.loads import list_work_loads
from wonward.domains.delivery.queries.projects import get_project, list_projects
from wonward.domains.delivery.queries.tasks import list_my_tasks
from wonward.domains.delivery.types import TaskChange
from wonward.foundation.audit.queries import list_history
from wonward.journeys.client_record.queries.search_entries import project_entries
from wonward.journeys.client_record.queries.standing import get_portfolio
from wonward.kernel.errors import Conflict, NotAllowed, NotFound, Stale
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db


def shown(plan: Plan, cast: Cast) -> dict[str, bool]:
    """Where the project, or its work, is met without asking for it."""
    day = TODAY + timedelta(days=400)
    return {
        "list": plan.project_id in [row.id for row in list_projects(actor=cast.manager)],
        "portfolio": plan.project_id in [row.drift.project.id for row in get_portfolio(actor=cast.manager, now=NOW).rows],
        "my work": plan.project_id in [row.project_id for row in list_my_tasks(actor=cast.manager, until=day, limit=500)],
        "search": bool(project_entries([plan.project_id])),
        "load": plan.project_id in [load.project_id for load in list_work_loads(first=TODAY, last=day)],
    }


def test_an_archived_project_is_nowhere_but_at_its_address_and_comes_back_everywhere(plan: Plan, cast: Cast) -> None:
    plan.change(TaskChange(plan.ids["build"], {"assignee_id": cast.manager.person_id}))
    before = get_project(actor=cast.manager, project_id=plan.project_id)
    assert set(shown(plan, cast).values()) == {True}
    archive_project(actor=cast.manager, project_id=plan.project_id, reason="Sold by mistake.", now=NOW)
    assert set(shown(plan, cast).values()) == {False}
    row = get_project(actor=cast.manager, project_id=plan.project_id)
    assert (row.archived_at, row.version) == (NOW, before.version + 1)
    assert plan.project_id in [one.id for one in list_projects(actor=cast.manager, is_archived=True)]
    with pytest.raises(Conflict):
        archive_project(actor=cast.manager, project_id=plan.project_id, now=NOW)
    restore_project(actor=cast.manager, project_id=plan.project_id, version=row.version, now=NOW)
    assert set(shown(plan, cast).values()) == {True}
    again = get_project(actor=cast.manager, project_id=plan.project_id)
    assert (again.archived_at, again.status, again.plan_version) == (None, before.status, before.plan_version)
    with pytest.raises(Conflict):
        restore_project(actor=cast.manager, project_id=plan.project_id, now=NOW)
    said = [row.changes for row in list_history(actor=cast.owner, ref=Ref("delivery.project", plan.project_id))]
    assert any(change.get("reason") == [None, "Sold by mistake."] for change in said)


def test_only_those_who_may_change_a_project_put_it_away_and_only_as_they_saw_it(plan: Plan, cast: Cast) -> None:
    for actor, error in ((cast.seller, NotAllowed), (cast.member, NotFound)):
        with pytest.raises(error):
            archive_project(actor=actor, project_id=plan.project_id, now=NOW)
    with pytest.raises(Stale):
        archive_project(actor=cast.manager, project_id=plan.project_id, version=99, now=NOW)
    assert get_project(actor=cast.manager, project_id=plan.project_id).archived_at is None
