from datetime import datetime

from tests.foundation.runtime.models import Effect

FAILURES = {"left": 0}


def make_effect(*, key: int, now: datetime) -> None:
    """Fails as often as `FAILURES` says, then writes an effect."""
    if FAILURES["left"]:
        FAILURES["left"] -= 1
        raise RuntimeError(f"No luck with {key}.")
    Effect.objects.create(handler="job", key=key)


def make_hourly_effect(*, now: datetime) -> None:
    Effect.objects.create(handler="hourly", key=now.hour)
