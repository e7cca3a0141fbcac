"""A person's own settings."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _

from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import FormReader, errors_by_field
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render
from wonward.edges.web.shell.replies import go_to
from wonward.foundation.notifications.operations import change_notice_settings
from wonward.foundation.notifications.queries import get_notice_settings
from wonward.foundation.notifications.registry import list_topics
from wonward.foundation.notifications.types import Level
from wonward.kernel.errors import Refused


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
    settings = get_notice_settings(request.actor.user_id)
    context = {
        "settings": settings, "errors": errors, "is_saved": request.GET.get("saved") == "1",
        "topics": [(topic.key, _(topic.label), _(topic.hint), settings.levels[topic.key].value) for topic in list_topics()],
        "levels": [
            (Level.OFF.value, _("Nothing")), (Level.INBOX.value, _("Inbox")), (Level.DIGEST.value, _("Inbox and daily mail")),
            (Level.MAIL.value, _("Inbox and mail at once")),
        ],
        "hours": [(hour, f"{hour:02d}:00") for hour in range(24)],
    }
    return render(request, "work/profile_notices.html", context, status=422 if errors else 200)
