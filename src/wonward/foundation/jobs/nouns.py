"""Queued work is of the moment: an installation that takes over another one queues its own."""

from __future__ import annotations

from wonward.foundation.database.registry import passes_by
from wonward.foundation.jobs.models import JobRun, ScheduleTick

passes_by(JobRun)
passes_by(ScheduleTick)
