"""The work of a project on a calendar, by month or by week."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from urllib.parse import urlencode

from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wonward.domains.delivery.queries.projects import get_project
from wonward.domains.delivery.queries.work import list_days
from wonward.domains.staff.queries import get_calendar
from wonward.edges.web.delivery.plan_views import header_context
from wonward.edges.web.delivery.work_filters import NAMES, filter_context, kept_query, read_filter
from wonward.edges.web.delivery.work_presenting import calendar_weeks
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.formats import date_form
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render
from wonward.edges.web.shell.saved_lists import SavedList, list_in, look_at, register_list
from wonward.foundation.access.queries import get_preferences

SPANS = ("month", "week")
CALENDAR = register_list(SavedList(
    "delivery.calendar", "project_calendar", gettext_lazy("Calendar of work"), gettext_lazy("All work"), "delivery.project.view", (*NAMES, "span"),
    noun="delivery.task", place=("project_id", "delivery.project"),
))


@page(permission="delivery.project.view")
def project_calendar(request: SignedInRequest, project_id: int) -> HttpResponse:
    """What is worked on, day by day."""
    actor = request.actor
    row = get_project(actor=actor, project_id=project_id)
    look = look_at(request, list_in(CALENDAR, project_id))
    query = QueryDict(urlencode(look.query))
    where, span = read_filter(request, query), query.get("span", "month")
    span = span if span in SPANS else "month"
    end = row.finished_date or row.forecast_finish_date or where.today
    day = _asked_day(request.GET.get("day", ""), max(row.start_date, min(where.today, end)))
    first, last = _bounds(day, span, get_preferences(actor.user_id).week_start if actor.user_id else 0)
    tasks, total = list_days(actor=actor, project_id=project_id, where=where, first=first, last=last)
    calendar = get_calendar(row.calendar_id)
    working = [calendar.is_working_day(first + timedelta(days=place)) for place in range((last - first).days + 1)]
    context = {
        **header_context(request, row), "tab": "calendar", "span": span, "look": look,
        "weeks": calendar_weeks(tasks, first, last, where.today, day.month if span == "month" else 0, working),
        "title": date_form(day, "LLLL y") if span == "month" else _("Week of %(day)s") % {"day": date_form(first, "d MMMM y")},
        "days": [date_form(first + timedelta(days=place), "EEE") for place in range(7)], "total": total, "shown": len(tasks),
        **_links(query, project_id, day, span, where.today), **filter_context(request, project_id, "project_calendar", where, query),
    }
    return render(request, "delivery/calendar.html", context, block="month")


def _asked_day(text: str, otherwise: date) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return otherwise
    return day if 1990 <= day.year <= 2150 else otherwise


def _bounds(day: date, span: str, starts: int) -> tuple[date, date]:
    """The first and the last day shown: whole weeks, which start as the reader has them start."""
    first, last = day, day
    if span == "month":
        first, last = day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])
    return first - timedelta(days=(first.weekday() - starts) % 7), last + timedelta(days=(starts - 1 - last.weekday()) % 7)


def _links(query: QueryDict, project_id: int, day: date, span: str, today: date) -> dict[str, object]:
    home, shared = address_of("project_calendar", project_id=project_id), kept_query(query)

    def at(when: date, how: str = span) -> str:
        return f"{home}?span={how}&day={when.isoformat()}{'&' if shared else ''}{shared}"

    if span == "month":
        before, after = day.replace(day=1) - timedelta(days=1), day.replace(day=28) + timedelta(days=4)
    else:
        before, after = day - timedelta(days=7), day + timedelta(days=7)
    return {
        "before_href": at(before), "after_href": at(after.replace(day=1) if span == "month" else after), "today_href": at(today),
        "spans": [{"label": words, "href": at(day, key), "is_current": key == span} for key, words in (("month", _("Month")), ("week", _("Week")))],
    }
