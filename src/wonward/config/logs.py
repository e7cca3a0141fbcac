"""Log lines as JSON, one a line, for whoever collects them; and without secrets in any format."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime

_SECRETS = re.compile(
    r"(?i)(\bbearer\s+|\b(?:password|passwd|secret|token|api[_-]?key|sessionid|session|csrf\w*)[\"']?\s*[=:]\s*[\"']?|://[^\s:/@]+:)([^\s\"'&;,@]+)"
)
MASK = "•••"


def without_secrets(text: str) -> str:
    """The text with what follows “password=”, “Bearer ” and the like, and passwords in addresses, replaced."""
    return _SECRETS.sub(lambda match: match[1] + MASK, text)


class PlainLines(logging.Formatter):
    """The usual line."""

    def format(self, record: logging.LogRecord) -> str:
        return without_secrets(super().format(record))


class JsonLines(logging.Formatter):
    """`{"at", "level", "logger", "message", "process"}` and `error` with the traceback when there is one."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"), "level": record.levelname,
            "logger": record.name, "message": without_secrets(record.getMessage()), "process": record.process,
        }
        if record.exc_info:
            line["error"] = without_secrets(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)
