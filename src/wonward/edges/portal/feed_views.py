"""Calendars to subscribe to, behind secret links: a calendar program asks, nobody is signed in."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from wonward.domains.delivery.queries.feeds import get_person_feed, get_project_feed, write_calendar
from wonward.domains.delivery.types.feeds import CalendarEntry, CalendarFeed, FeedItem
from wonward.edges.portal.pages import OutsiderRequest, portal_page


@portal_page()
def person_calendar(request: OutsiderRequest, token: str) -> HttpResponse:
    """Somebody's tasks, milestones and time off, in the language and with the rights of whoever made the link."""
    return _answer(request, get_person_feed(token=token, now=request.now), "person.ics", is_person=True)


@portal_page()
def project_calendar_feed(request: OutsiderRequest, token: str) -> HttpResponse:
    """A project's milestones, tasks and promised finish."""
    return _answer(request, get_project_feed(token=token, now=request.now), "project.ics", is_person=False)


def _answer(request: OutsiderRequest, feed: CalendarFeed, file_name: str, *, is_person: bool) -> HttpResponse:
    with translation.override(feed.language):
        entries = [_entry(item, with_project=is_person) for item in feed.items]
    response = HttpResponse(write_calendar(name=feed.name, entries=entries, now=request.now), content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'inline; filename="{file_name}"'
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _entry(item: FeedItem, *, with_project: bool) -> CalendarEntry:
    uid = f"{item.kind.replace('_', '-')}-{item.id}@wonward"
    if item.kind == "time_off":
        return CalendarEntry(uid, _absence(item.detail), item.first_date, item.last_date, is_busy=True)
    if item.kind == "promise":
        title, page = _("Promised finish: %(project)s") % {"project": item.project_name}, reverse("project", args=[item.project_id])
    else:
        title, page = item.name, reverse("task", args=[item.id])
        if with_project:
            title = f"{title} · {item.project_name}"
    if item.is_done:
        title = f"✓ {title}"
    note = f"{item.project_number} {item.project_name}"
    return CalendarEntry(uid, title, item.first_date, item.last_date, note, settings.BASE_URL.rstrip("/") + page)


def _absence(kind: str) -> str:
    return {
        "vacation": _("Vacation"), "sick": _("Sick"), "parental": _("Parental leave"), "training": _("Training"),
    }.get(kind, _("Away"))
