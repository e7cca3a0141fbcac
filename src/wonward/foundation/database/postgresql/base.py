"""The backend itself; Django looks for `DatabaseWrapper` here."""

from __future__ import annotations

from typing import Any

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """READ COMMITTED, with limits on waiting unless the settings name their own."""

    def get_connection_params(self) -> dict[str, Any]:
        params = super().get_connection_params()
        params.setdefault("options", "-c lock_timeout=15000 -c statement_timeout=60000")
        params.setdefault("application_name", "wonward")
        return params
