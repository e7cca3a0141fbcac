"""Facts leave in the background."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from wonward.foundation.http.transport import Client
from wonward.foundation.http.types import Call, Forbidden, Unreachable
from wonward.foundation.jobs.operations import enqueue
from wonward.foundation.jobs.registry import job
from wonward.foundation.webhooks.operations import (
    begin_sending,
    collect_facts,
    end_sending,
    prune_sendings,
    record_sending,
)
from wonward.foundation.webhooks.rules import first_line
from wonward.foundation.webhooks.types import Parcel

_CALL_SECONDS = 10.0
_ROUND_SECONDS = 60.0
_LARGEST_ANSWER = 4096


@job("webhooks.collect", retries=0, every=timedelta(seconds=15))
def collect(*, now: datetime) -> None:
    for webhook_id in collect_facts(now=now):
        enqueue("webhooks.send", webhook_id=webhook_id, now=now)


@job("webhooks.send", retries=0)
def send(*, webhook_id: int, now: datetime) -> None:
    """One after the other, until nobody answers or a minute is over; what is left stays due. After a crash in between one may arrive twice."""
    parcels = begin_sending(webhook_id=webhook_id, now=now)
    if not parcels:
        return
    started, is_answered = time.monotonic(), True
    for parcel in parcels:
        if time.monotonic() - started > _ROUND_SECONDS:
            break
        is_answered = _send(parcel, now)
        if not is_answered:
            break
    end_sending(webhook_id=webhook_id, now=now, nobody_answered=not is_answered)


def _send(parcel: Parcel, now: datetime) -> bool:
    """Whether anybody answered at all."""
    call = Call("POST", parcel.address, parcel.headers, parcel.body, seconds=_CALL_SECONDS, largest=_LARGEST_ANSWER)
    try:
        answer = Client().send(call)
    except (Forbidden, Unreachable) as problem:
        record_sending(sending_id=parcel.sending_id, is_taken=False, status=None, said=str(problem), now=now)
        return False
    record_sending(sending_id=parcel.sending_id, is_taken=answer.is_good, status=answer.status, said=first_line(answer.body), now=now)
    return True


@job("webhooks.prune", every=timedelta(days=1))
def prune(*, now: datetime) -> None:
    prune_sendings(now=now)
