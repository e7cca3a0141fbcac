"""Where plans of several projects wait for each other, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from wonward.domains.delivery.queries.outside import list_outside_links, list_outside_links_of_task
from wonward.domains.delivery.queries.projects import list_plan_changes
from wonward.domains.delivery.types import DependencyRow, OutsideLinkRow
from wonward.edges.web.delivery.plan_presenting import link_fields, link_words
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.formats import date_short, moment
from wonward.edges.web.shell.pages import SignedInRequest

CHANGES_LOOKED_AT = 30


def outside_of_plan(request: SignedInRequest, project_id: int) -> dict[str, Any]:
    """What a plan waits for in other projects, what waits for it, and the last time it moved for that; nothing without a link."""
    links = list_outside_links(actor=request.actor, project_id=project_id)
    if not links:
        return {"outside": [], "outside_move": None}
    return {"outside": [_view(link, link.to_project_id == project_id) for link in links], "outside_move": _last_move(request, project_id)}


def outside_of_task(request: SignedInRequest, task_id: int) -> dict[str, Any]:
    """The same for one task."""
    links = list_outside_links_of_task(actor=request.actor, task_id=task_id)
    return {
        "outside_waits": [_view(link, True) for link in links if link.to_id == task_id],
        "outside_feeds": [_view(link, False) for link in links if link.from_id == task_id],
    }


def outside_marks(links: Sequence[OutsideLinkRow], project_id: int) -> list[tuple[int, str]]:
    """The tasks of a project that touch another one, each with what is to be said of it, for the timeline."""
    said: dict[int, list[str]] = {}
    for link in links:
        if link.to_project_id == project_id:
            other = _named(link.from_name, link.from_number, link.is_from_seen)
            said.setdefault(link.to_id, []).append(_("waits for %(other)s") % {"other": other})
        else:
            other = _named(link.to_name, link.to_number, link.is_to_seen)
            said.setdefault(link.from_id, []).append(_("%(other)s waits for it") % {"other": other})
    return [(key, "; ".join(words)) for key, words in said.items()]


def _named(name: str, number: str, is_seen: bool) -> str:
    if not is_seen:
        return _("work of a project you do not see")
    return _("“%(task)s” of %(project)s") % {"task": name, "project": number}


def _view(link: OutsideLinkRow, is_wait: bool) -> dict[str, Any]:
    """One link with both ends; `is_wait` when the end here is the one that waits."""
    row = DependencyRow(link.from_id, link.to_id, link.type, link.lag_minutes, link.lag_unit)
    is_seen = link.is_from_seen if is_wait else link.is_to_seen
    other_id = link.from_id if is_wait else link.to_id
    return {
        "id": other_id, "is_wait": is_wait, "is_seen": is_seen, "words": link_words(row), **link_fields(row, {}), "by": link.author_label,
        "here": link.to_name if is_wait else link.from_name,
        "here_href": address_of("task", task_id=link.to_id if is_wait else link.from_id),
        "name": (link.from_name if is_wait else link.to_name) or _("Work of a project you do not see"),
        "project": link.from_number if is_wait else link.to_number,
        "project_name": link.from_project_name if is_wait else link.to_project_name,
        "date": date_short(link.from_finish_date if is_wait else link.to_start_date),
        "href": address_of("task", task_id=other_id) if is_seen else "",
        "project_href": address_of("project_plan", project_id=link.from_project_id if is_wait else link.to_project_id) if is_seen else "",
    }


def _last_move(request: SignedInRequest, project_id: int) -> dict[str, Any] | None:
    changes = list_plan_changes(actor=request.actor, project_id=project_id, limit=CHANGES_LOOKED_AT)
    for change in changes:
        if change.cause:
            return {
                "words": _("“%(task)s” of %(project)s moved this plan") % {
                    "task": change.cause.task_name, "project": change.cause.project_number},
                "reason": change.reason, "who": change.author_label, "at": moment(change.happened_at, request.actor.time_zone),
            }
    return None
