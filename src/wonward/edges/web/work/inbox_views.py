"""The inbox: what concerns me, put away thread by thread."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import FormReader
from wonward.edges.web.shell.pages import SignedInRequest, is_fragment, page
from wonward.edges.web.shell.records import PLACES, record_address
from wonward.edges.web.shell.render import render
from wonward.edges.web.shell.replies import go_to, nothing, with_toast
from wonward.edges.web.work.inbox_presenting import (
    inbox_days,
    look_of,
    notice_views,
    snooze_choices,
    view_tabs,
)
from wonward.foundation.notifications.operations import (
    finish_everything,
    finish_threads,
    keep_quiet,
    mark_read,
    mute_thread,
    reopen_threads,
    snooze_thread,
)
from wonward.foundation.notifications.queries import (
    count_unread,
    count_views,
    get_notice_settings,
    get_thread,
    list_notices,
    list_threads,
)
from wonward.foundation.notifications.types import View
from wonward.kernel.errors import Refused


@page(permission=None)
def inbox(request: SignedInRequest) -> HttpResponse:
    """What waits, newest first."""
    return _show(request, None, here=request.get_full_path())


@page(permission=None)
def inbox_thread(request: SignedInRequest, thread_id: int) -> HttpResponse:
    """One thread beside the list."""
    return _show(request, thread_id, here=request.get_full_path())


def _show(request: SignedInRequest, thread_id: int | None, *, here: str) -> HttpResponse:
    actor, view = request.actor, _view(request)
    assert actor.user_id is not None
    thread = get_thread(actor=actor, thread_id=thread_id) if thread_id is not None else None
    found = list_threads(actor=actor, view=view, now=request.now, cursor=request.GET.get("cursor"))
    settings = get_notice_settings(actor.user_id)
    quiet_until = settings.quiet_until if settings.quiet_until and settings.quiet_until > request.now else None
    context = {
        "view": view, "tabs": view_tabs(view, count_views(actor=actor, now=request.now)), "thread": thread,
        "days": inbox_days(found.threads, view=view, current_id=thread_id, actor=actor, now=request.now),
        "next_href": f"{address_of('inbox')}?view={view}&cursor={found.next_cursor}" if found.next_cursor else "",
        "notices": notice_views(list_notices(actor=actor, thread_id=thread.id, noun=thread.ref.noun), actor) if thread else [],
        "open_href": record_address(thread.ref) if thread else "", "open_words": PLACES[thread.ref.noun].words if thread and thread.ref.noun in PLACES else "",
        "look": look_of(thread.latest.kind) if thread else ("bell", ""), "snoozes": snooze_choices(actor, request.now),
        "quiet_until": quiet_until, "here": here,
    }
    return render(request, "work/inbox.html", context, block="inbox")


def _view(request: SignedInRequest) -> View:
    text = request.GET.get("view", "") or request.POST.get("view", "")
    return View(text) if text in list(View) else View.FOR_YOU


@page(permission=None)
def inbox_count(request: SignedInRequest) -> HttpResponse:
    """The number beside the inbox, fetched again when it changes."""
    return render(request, "work/inbox_count.html", {"count": count_unread(actor=request.actor, now=request.now)}, block="count")


@page(permission=None, methods=("POST",))
def inbox_reading(request: SignedInRequest, thread_id: int) -> HttpResponse:
    """The open thread has been looked at."""
    mark_read(actor=request.actor, thread_id=thread_id, now=request.now)
    return nothing() if is_fragment(request) else go_to(request, address_of("inbox_thread", thread_id=thread_id))


@page(permission=None, methods=("POST",))
def inbox_done(request: SignedInRequest, thread_id: int) -> HttpResponse:
    """Put one thread away, and go on with the list."""
    thread = get_thread(actor=request.actor, thread_id=thread_id)
    done = finish_threads(actor=request.actor, thread_ids=[thread.id], now=request.now)
    return _after(request, _("Done: %(title)s") % {"title": thread.title}, done)


@page(permission=None, methods=("POST",))
def inbox_all_done(request: SignedInRequest) -> HttpResponse:
    """Put everything away that is awake."""
    done = finish_everything(actor=request.actor, now=request.now)
    return _after(request, ngettext("%(num)s entry is done", "%(num)s entries are done", len(done)) % {"num": len(done)}, done)


@page(permission=None, methods=("POST",))
def inbox_reopening(request: SignedInRequest) -> HttpResponse:
    """Take threads back; the undo of done and snooze."""
    ids = [int(key) for key in request.POST.get("ids", "").split(",")[:2000] if key.isascii() and key.isdigit() and len(key) < 16]
    reopen_threads(actor=request.actor, thread_ids=ids, now=request.now)
    return nothing() if is_fragment(request) else go_to(request, address_of("inbox"))


@page(permission=None, methods=("POST",))
def inbox_snooze(request: SignedInRequest, thread_id: int) -> HttpResponse:
    """Let a thread come back later."""
    until = _until(request)
    if until is None:
        raise Refused.field("until", _("Choose when it comes back."), "required")
    snooze_thread(actor=request.actor, thread_id=thread_id, until=until, now=request.now)
    return _after(request, _("It comes back when you said."), [thread_id])


@page(permission=None, methods=("POST",))
def inbox_mute(request: SignedInRequest, thread_id: int) -> HttpResponse:
    """Hear no more of a record unless somebody names me, or hear of it again."""
    is_muted = request.POST.get("do") != "unmute"
    mute_thread(actor=request.actor, thread_id=thread_id, is_muted=is_muted, now=request.now)
    return go_to(request, f"{address_of('inbox_thread', thread_id=thread_id)}?view={_view(request)}")


@page(permission=None, methods=("POST",))
def inbox_quiet(request: SignedInRequest) -> HttpResponse:
    """No mail until a time; without one the quiet ends."""
    keep_quiet(actor=request.actor, until=_until(request), now=request.now)
    return go_to(request, f"{address_of('inbox')}?view={_view(request)}")


def _until(request: SignedInRequest) -> datetime | None:
    """The chosen moment: one of the choices, or the morning of a day."""
    choice = request.POST.get("until", "")
    for key, _words, instant in snooze_choices(request.actor, request.now):
        if key == choice:
            return instant
    reader = FormReader(request.POST)
    day = reader.day("day")
    reader.finish()
    return datetime.combine(day, time(8), ZoneInfo(request.actor.time_zone)) if day else None


def _after(request: SignedInRequest, words: str, undo_ids: list[int]) -> HttpResponse:
    """The list once more, with an undo."""
    if not is_fragment(request):
        return go_to(request, f"{address_of('inbox')}?view={_view(request)}")
    values = {"ids": ",".join(map(str, undo_ids))}
    shown = _show(request, None, here=f"{address_of('inbox')}?view={_view(request)}")
    return with_toast(shown, words, undo_url=address_of("inbox_reopening") if undo_ids else "", undo_values=values)
