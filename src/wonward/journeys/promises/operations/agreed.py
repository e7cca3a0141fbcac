"""The finish that a handoff agreed on: another date for it is agreed on with the scope, and reaches everything from there."""

from __future__ import annotations

from datetime import date

from wonward.domains.delivery.queries.projects import find_projects
from wonward.journeys.promises.models import Promise
from wonward.journeys.promises.queries.holding import find_deals_of_project, find_projects_of_deals
from wonward.journeys.promises.types import CONDITIONS, FINISH, NewPromise
from wonward.kernel.actor import Actor, system_actor
from wonward.kernel.errors import FieldError, Refused
from wonward.kernel.wording import worded

_LIVE = ("draft", "confirmed")
_GONE = ("waived", "replaced")


def finish_errors(*, actor: Actor, new: NewPromise, at: str = "") -> list[FieldError]:
    """What is wrong with promising this finish where one was agreed on; the handoff itself agrees on any."""
    if actor.is_system or new.key.strip() != FINISH or new.due_date is None:
        return []
    agreed = _agreed_on(new.deal_id, new.project_id)
    return [] if agreed in (None, new.due_date) else [_amend(f"{at}due_date", agreed)]


def refuse_another_finish(*, actor: Actor, promise: Promise, **changes: object) -> None:
    """Refuse to let a promise name, or stop naming, the finish agreed on at its handoff; `changes` are its facts as they would be."""
    now = {"key": promise.key, "due_date": promise.due_date, "kind": promise.kind, "state": promise.state}
    wanted = {**now, **changes}
    if actor.is_system or wanted == now or FINISH not in (promise.key, wanted["key"]):
        return
    agreed = _agreed_on(promise.deal_id, promise.project_id)
    names_it = promise.key == FINISH and promise.state not in _GONE and promise.due_date == agreed
    still_names_it = (
        wanted["key"] == FINISH and wanted["due_date"] == agreed and wanted["state"] not in _GONE and wanted["kind"] not in CONDITIONS
    )
    is_another = wanted["key"] == FINISH and wanted["state"] in _LIVE and wanted["due_date"] not in (None, agreed)
    if agreed and ((names_it and not still_names_it) or is_another):
        error = _amend("due_date", agreed)
        raise Refused(error.words, [error])


def _agreed_on(deal_id: int | None, project_id: int | None) -> date | None:
    """The promised finish of projects that a handoff made; None where there is none."""
    if deal_id is not None:
        places = find_projects_of_deals(deal_ids=[deal_id]).get(deal_id, ())
    else:
        places = (project_id,) if project_id is not None and find_deals_of_project(project_id=project_id) else ()
    projects = find_projects(actor=system_actor(), project_ids=places[:1]) if places else {}
    return next((project.promised_finish_date for project in projects.values()), None)


def _amend(field: str, agreed: date | None) -> FieldError:
    return FieldError(
        field, worded("{day} is agreed with the handoff. For another finish amend the scope: projects, brief and promise follow it.", day=agreed), "amend",
    )
