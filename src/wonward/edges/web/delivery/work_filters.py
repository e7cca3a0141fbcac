"""The one filter bar of all views of a project's work, carried in the address."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from wonward.domains.delivery.queries.details import list_labels
from wonward.domains.delivery.queries.projects import list_project_members
from wonward.domains.delivery.types import TASK_STATUSES, WorkFilter
from wonward.edges.web.delivery.task_presenting import status_words
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.pages import SignedInRequest
from wonward.foundation.organisation.queries import civil_date

NAMES = ("status", "person", "label", "only", "q")


def read_filter(request: SignedInRequest) -> WorkFilter:
    """What the address asks for; what it cannot mean is left out."""
    query = request.GET
    person = query.get("person", "")
    only = query.get("only", "").split(",")
    return WorkFilter(
        today=civil_date(request.now, request.actor.time_zone),
        statuses=tuple(one for one in query.getlist("status") if one in TASK_STATUSES),
        person_id=int(person) if person.isdecimal() and len(person) < 16 else None,
        label=query.get("label", "").strip()[:40], is_late="late" in only, is_blocked="blocked" in only,
        text=query.get("q", "").strip()[:120],
    )


def kept_query(query: QueryDict, **changes: str) -> str:
    """The filters of an address as a query, with some of them changed; "" takes one away."""
    pairs = [(name, value) for name in NAMES for value in query.getlist(name) if name not in changes and value]
    return urlencode([*pairs, *((name, value) for name, value in changes.items() if value)])


def filter_context(request: SignedInRequest, project_id: int, route: str, where: WorkFilter) -> dict[str, Any]:
    """The bar: what can be chosen, what is chosen, and the same question asked of the other views."""
    query, home = request.GET, address_of(route, project_id=project_id)
    own = [(name, value) for name in request.GET if name not in (*NAMES, "page", "from", "column", "part") for value in query.getlist(name)]
    only = [name for name, is_on in (("late", where.is_late), ("blocked", where.is_blocked)) if is_on]

    def toggled(name: str) -> str:
        chosen = [one for one in only if one != name] if name in only else [*only, name]
        text = "&".join(filter(None, (kept_query(query, only=",".join(chosen)), urlencode(own))))
        return f"{home}?{text}" if text else home

    shared = kept_query(query)
    return {
        "where": where, "filter_action": home, "own_fields": own, "clear_href": f"{home}?{urlencode(own)}" if own else home,
        "late_href": toggled("late"), "blocked_href": toggled("blocked"), "is_filtered": where.is_on,
        "status_choices": [(key, status_words(key), key in where.statuses) for key in TASK_STATUSES],
        "person_choices": [(0, _("Nobody yet")), *list_project_members(project_id=project_id)],
        "label_names": [label.name for label in list_labels()],
        "work_query": f"?{shared}" if shared else "",
    }
