"""Django's WSGI application; the server entry mounts it beside the event streams."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wonward.config.settings")

application = get_wsgi_application()
