"""What was answered about dates stands behind every promise of one."""

from __future__ import annotations

from wonward.journeys.capacity.queries.dates import read_odds
from wonward.journeys.promises.operations import odds_come_from

odds_come_from(read_odds)
