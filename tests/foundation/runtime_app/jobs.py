from datetime import datetime, timedelta

from tests.foundation.runtime_app.models import Effect
from wonward.foundation.jobs.registry import job

FAILURES = {"left": 0}


@job("runtime.effect", retries=3)
def make_effect(*, key: int, now: datetime) -> None:
    if FAILURES["left"]:
        FAILURES["left"] -= 1
        raise RuntimeError(f"No luck with {key}.")
    Effect.objects.create(handler="job", key=key)


@job("runtime.hourly", every=timedelta(hours=1))
def make_hourly_effect(*, now: datetime) -> None:
    Effect.objects.create(handler="hourly", key=now.hour)
