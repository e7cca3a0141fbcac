"""A person's own settings: look and habits, what they hear of, how they sign in, their tokens."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

from django.http import HttpResponse
from django.utils.translation import gettext as _

from wonward.domains.staff.operations import change_own_preferences
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import FormReader, errors_by_field
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render
from wonward.edges.web.shell.replies import go_to
from wonward.foundation.access.policy import closed_prefixes
from wonward.foundation.access.queries import SignInFacts, get_sign_in_facts
from wonward.foundation.notifications.operations import change_notice_settings
from wonward.foundation.notifications.queries import get_notice_settings
from wonward.foundation.notifications.registry import kinds_of, list_topics
from wonward.foundation.notifications.types import Level
from wonward.foundation.organisation.queries import get_organisation
from wonward.kernel.errors import Refused


def own_facts(request: SignedInRequest) -> SignInFacts:
    """The sign-in of whoever looks."""
    assert request.actor.user_id is not None
    return get_sign_in_facts([request.actor.user_id])[request.actor.user_id]


@cache
def _zones() -> tuple[tuple[str, str], ...]:
    """The time zones that a person can be in; asking for them reads six hundred files."""
    names = sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/") or name == "UTC")
    return tuple((name, name.replace("_", " ")) for name in names)


@page(permission=None, methods=("GET", "POST"))
def profile(request: SignedInRequest) -> HttpResponse:
    """Language, time zone, week, theme, density, keys."""
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            reader = FormReader(request.POST)
            week_start = reader.number("week_start")
            reader.finish()
            chosen = {name: request.POST.get(name) or None for name in ("language", "time_zone", "theme", "density")}
            preferences = {**chosen, "week_start": week_start, "keyboard_is_on": reader.flag("keyboard_is_on")}
            change_own_preferences(actor=request.actor, preferences=preferences, now=request.now)
            return go_to(request, f"{address_of('profile')}?saved=1")
        except Refused as refusal:
            if not refusal.errors:
                raise
            errors = errors_by_field(refusal.errors)
    context = {
        "mine": own_facts(request), "errors": errors, "is_saved": request.GET.get("saved") == "1",
        "languages": [("en", "English (US)"), ("en-gb", "English (UK)"), ("de", "Deutsch")],
        "zones": _zones(),
        "week_starts": [(0, _("Monday")), (6, _("Sunday")), (5, _("Saturday"))],
        "themes": [("light", _("Light")), ("dark", _("Dark")), ("system", _("As the system"))],
        "densities": [("normal", _("Normal")), ("compact", _("Compact"))],
    }
    return render(request, "work/profile.html", context, status=422 if errors else 200)


@page(permission=None, methods=("GET", "POST"))
def profile_notices(request: SignedInRequest) -> HttpResponse:
    """What I hear of, and how."""
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            reader = FormReader(request.POST)
            hour, version = reader.number("digest_hour"), reader.version()
            reader.finish()
            levels = {topic.key: request.POST.get(f"level-{topic.key}", "") for topic in list_topics()}
            change_notice_settings(
                actor=request.actor, levels={key: level for key, level in levels.items() if level}, digest_hour=hour,
                has_digest=hour is not None, version=version,
            )
            return go_to(request, f"{address_of('profile_notices')}?saved=1")
        except Refused as refusal:
            if not refusal.errors:
                raise
            errors = errors_by_field(refusal.errors)
    assert request.actor.user_id is not None
    settings, closed = get_notice_settings(request.actor.user_id), closed_prefixes(get_organisation().areas)
    context = {
        "settings": settings, "errors": errors, "is_saved": request.GET.get("saved") == "1",
        "topics": [
            (topic.key, _(topic.label), _(topic.hint), settings.levels[topic.key].value) for topic in list_topics()
            if not all(kind.startswith(closed) for kind in kinds_of(topic.key))
        ],
        "levels": [
            (Level.OFF.value, _("Nothing")), (Level.INBOX.value, _("Inbox")), (Level.DIGEST.value, _("Inbox and daily mail")),
            (Level.MAIL.value, _("Inbox and mail at once")),
        ],
        "hours": [(hour, f"{hour:02d}:00") for hour in range(24)],
    }
    return render(request, "work/profile_notices.html", context, status=422 if errors else 200)
