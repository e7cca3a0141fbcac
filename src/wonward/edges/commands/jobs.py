"""Long work of the commands that a screen may ask for too."""

from __future__ import annotations

from datetime import datetime

from wonward.edges.commands.sample import load_sample_company
from wonward.foundation.jobs.registry import job
from wonward.journeys.house.operations import serve_sample_load


@job("house.sample_load", retries=0)
def fill_house(*, errand_id: int, now: datetime) -> None:
    serve_sample_load(errand_id=errand_id, load=lambda: load_sample_company(now=now, say=lambda text: None, is_guest=True), now=now)
