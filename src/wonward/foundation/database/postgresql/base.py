"""The backend itself; Django looks for `DatabaseWrapper` here."""

from __future__ import annotations

from typing import Any

from django.db.backends.postgresql import base

from wonward.foundation.database.unchanged import forget_answers


class DatabaseWrapper(base.DatabaseWrapper):
    """READ COMMITTED, with limits on waiting unless the settings name their own."""

    def get_connection_params(self) -> dict[str, Any]:
        params = super().get_connection_params()
        params.setdefault("options", "-c lock_timeout=15000 -c statement_timeout=60000")
        params.setdefault("application_name", "wonward")
        return params

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        forget_answers(self)
        return super().get_new_connection(conn_params)
