"""Django's sessions in the database; the one question every request asks is compiled once."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends import db
from django.db.models import QuerySet
from django.utils import timezone

from wonward.foundation.database.prepared import Values, rows


class SessionStore(db.SessionStore):
    """What Django looks for in a session engine."""

    def load(self) -> dict[str, Any]:
        """The stored values of a live session; an unknown or expired key is forgotten."""
        key = self.session_key
        found = rows("session", self._stored, {"key": key, "now": timezone.now()}) if key else []
        if not found:
            self._session_key = None
            return {}
        values: dict[str, Any] = self.decode(found[0][0])
        return values

    def _stored(self, values: Values) -> QuerySet[Any, Any]:
        sessions = self.model.objects.filter(session_key=values["key"], expire_date__gt=values["now"])
        return sessions.values_list("session_data")
