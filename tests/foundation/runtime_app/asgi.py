"""The real stream and server under a trivial site: `Cookie: user=7` or `Authorization: Bearer 7` is user 7."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.foundation.runtime_settings")

from a2wsgi import WSGIMiddleware
from django.core.wsgi import get_wsgi_application

site = get_wsgi_application()

from wonward.foundation.realtime.front import StreamsInFront
from wonward.kernel.actor import Actor


def actor_of(scope):
    headers = dict(scope["headers"])
    number = (headers.get(b"cookie", b"") or headers.get(b"authorization", b"")).decode().rpartition("=")[2]
    number = number.removeprefix("Bearer ")
    return Actor(label=f"User {number}", user_id=int(number)) if number.isdigit() else None


application = StreamsInFront(
    WSGIMiddleware(site, workers=4), {"/events/stream": actor_of, "/api/v1/events/stream": actor_of}
)
