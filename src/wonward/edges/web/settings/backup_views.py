"""Backups by themselves: when, how many, and how the last one went."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext as _

from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import FormReader, errors_by_field
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render
from wonward.edges.web.shell.saying import go_on, take_said
from wonward.foundation.files.rules import limit_in_words
from wonward.foundation.organisation.queries import get_organisation
from wonward.journeys.house.operations import ask_for_backup, set_backup_plan
from wonward.journeys.house.queries.backup import get_backup_plan
from wonward.kernel.errors import Refused

_RIGHT = "house.backup.edit"


@page(permission=_RIGHT, methods=("GET", "POST"))
def backup(request: SignedInRequest) -> HttpResponse:
    """When a backup is made and how the last one went; a POST changes it."""
    before = get_backup_plan(actor=request.actor)
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            reader = FormReader(request.POST)
            is_on, hour, keep, version = reader.flag("is_on"), reader.number("hour"), reader.number("keep"), reader.version()
            reader.finish()
            set_backup_plan(
                actor=request.actor, is_on=is_on, hour=-1 if hour is None else hour, keep=keep or 0, version=version, now=request.now
            )
            undo = {"is_on": "on" if before.is_on else "", "hour": before.hour, "keep": before.keep}
            return go_on(request, address_of("backup"), _("Saved."), undo_url=address_of("backup"), undo=undo)
        except Refused as refusal:
            if not refusal.errors:
                raise
            errors = errors_by_field(refusal.errors)
    context = {
        "tab": "backup", "said": take_said(request), "row": before, "errors": errors, "values": request.POST if errors else {},
        "hours": [(str(hour), f"{hour:02}:00") for hour in range(24)], "folder": str(settings.BACKUP_DIR),
        "size": limit_in_words(before.size), "zone": get_organisation().time_zone,
    }
    return render(request, "settings/backup.html", context, status=422 if errors else 200)


@page(permission=_RIGHT, methods=("POST",))
def backup_now(request: SignedInRequest) -> HttpResponse:
    """Let a backup be made now."""
    ask_for_backup(actor=request.actor, now=request.now)
    return go_on(request, address_of("backup"), _("A backup is being made. You may leave this page."))
