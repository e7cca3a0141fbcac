"""The real stream and server before a trivial site. `Cookie: user=7` or `Authorization: Bearer 7` is user 7."""

import os

from a2wsgi import WSGIMiddleware
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.foundation.runtime_settings")
site = get_wsgi_application()

from tests.foundation.runtime.registration import register_all  # noqa: E402
from wonward.foundation.realtime.front import StreamsInFront  # noqa: E402
from wonward.kernel.actor import Actor  # noqa: E402

register_all()


def actor_of(scope):
    headers = dict(scope["headers"])
    text = headers.get(b"cookie", b"user=").removeprefix(b"user=")
    text = text or headers.get(b"authorization", b"").removeprefix(b"Bearer ")
    return Actor(label=f"User {text.decode()}", user_id=int(text)) if text.isdigit() else None


application = StreamsInFront(
    WSGIMiddleware(site, workers=4), {"/events/stream": actor_of, "/api/v1/events/stream": actor_of}
)
