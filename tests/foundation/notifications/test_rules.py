from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from wonward.foundation.notifications.rules import STRENGTH, digest_is_due, is_told, recipients
from wonward.foundation.notifications.types import Reason

USERS = st.integers(1, 6)
TOLD = st.dictionaries(st.sampled_from(list(Reason)), st.lists(USERS | st.none(), max_size=5), max_size=3)
ZONES = st.sampled_from(["UTC", "Europe/Berlin", "America/Los_Angeles", "Pacific/Kiritimati", "Asia/Kathmandu"])
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


@given(TOLD, st.sets(USERS), USERS | st.none())
def test_everybody_is_told_but_the_author_and_by_their_strongest_reason(to, followers, author):
    found = recipients(to, followers, author)
    named = {user for users in to.values() for user in users if user is not None}
    assert set(found) == (named | followers) - {author}
    for user, reason in found.items():
        reasons = {one for one, users in to.items() if user in users} | ({Reason.WATCHING} if user in followers else set())
        assert reason in reasons
        assert all(STRENGTH.index(reason) <= STRENGTH.index(other) for other in reasons)


def test_through_a_mute_only_a_mention_is_heard():
    assert [reason for reason in Reason if is_told(reason, is_muted=True)] == [Reason.MENTION]
    assert all(is_told(reason, is_muted=False) for reason in Reason)


@given(st.integers(0, 23), ZONES, MOMENTS)
def test_a_digest_goes_out_once_a_day_of_its_reader_and_not_before_their_hour(hour, zone, start):
    sent: list[datetime] = []
    for quarter in range(4 * 24 * 4):
        now = start + timedelta(minutes=15 * quarter)
        if digest_is_due(hour=hour, time_zone=zone, last_sent_at=sent[-1] if sent else None, quiet_until=None, now=now):
            sent.append(now)
    days = [moment.astimezone(ZoneInfo(zone)).date() for moment in sent]
    assert len(days) == len(set(days)) >= 3
    assert all(moment.astimezone(ZoneInfo(zone)).hour >= hour for moment in sent)


@given(st.integers(0, 23), MOMENTS)
def test_quiet_holds_every_digest_back(hour, now):
    assert not digest_is_due(hour=hour, time_zone="UTC", last_sent_at=None, quiet_until=now + timedelta(minutes=1), now=now)
    assert not digest_is_due(hour=None, time_zone="UTC", last_sent_at=None, quiet_until=None, now=now)
