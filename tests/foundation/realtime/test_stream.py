"""A viewer learns that something they may see has changed, exactly once, and nothing else."""

from __future__ import annotations

import asyncio
import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections, transaction

from tests.foundation.realtime.browser import Browser
from tests.foundation.runtime.facts import RecordChanged, RightsChanged
from tests.foundation.runtime.models import Record
from wonward.foundation.access import policy
from wonward.foundation.events.operations import publish_many
from wonward.foundation.realtime import listener
from wonward.foundation.realtime.hub import Hub, rest_seconds
from wonward.foundation.realtime.queries import list_visible_events
from wonward.foundation.realtime.stream import EventStream
from wonward.kernel.actor import Actor, system_actor

ANNA, BORIS = 7, 8


class Site:
    """The stream application of one test, who is signed in, and a thread that writes like another process."""

    def __init__(self, now, **options):
        self.now = now
        self.signed_in = {ANNA, BORIS}
        self.asked = 0
        self.hub = Hub(**options)
        self.threads = ThreadPoolExecutor(2)
        self.writer = ThreadPoolExecutor(1)
        self.application = EventStream(self.hub, self.actor_of, threads=self.threads, heartbeat=0.05)

    def actor_of(self, scope):
        self.asked += 1
        user = int(dict(scope["headers"]).get(b"cookie", b"user=0").removeprefix(b"user="))
        return Actor(label=f"User {user}", user_id=user) if user in self.signed_in else None

    def open(self, user=None, **options):
        return Browser(self.application, user=user, **options)

    async def tell(self, *facts):
        """Publish in one transaction; the ids."""
        return await asyncio.get_running_loop().run_in_executor(self.writer, self._tell, facts)

    def _tell(self, facts):
        with transaction.atomic():
            return publish_many(facts, actor=system_actor(), now=self.now)

    def end(self):
        self.hub.stop()
        self.hub.wait_until_stopped()
        for pool, size in ((self.threads, 2), (self.writer, 1)):
            every_thread = threading.Barrier(size)
            for _ in range(size):
                pool.submit(lambda together=every_thread: (together.wait(), connections.close_all()))
            pool.shutdown()


@pytest.fixture
def site(committed, now):
    site = Site(now)
    yield site
    site.end()


@pytest.fixture
def records(committed):
    """Record 1 and 2 are Anna's, 3 is Boris's."""
    return [
        Record.objects.create(pk=pk, viewer_id=viewer).pk for pk, viewer in ((1, ANNA), (2, ANNA), (3, BORIS))
    ]


def run(story):
    asyncio.run(asyncio.wait_for(story, 60))


def test_an_event_arrives_with_name_version_and_visible_refs_and_nothing_more(site, records):
    async def story():
        async with site.open(ANNA) as browser:
            (number,) = await site.tell(RecordChanged(1, others=(3, 2)))
            await browser.until(lambda: browser.events)
            data = {
                "name": "runtime.record.changed",
                "refs": ["runtime.record:1", "runtime.record:2"],
                "version": 1,
            }
            assert browser.events == [(number, "runtime.record.changed", data)]
            assert (browser.status, browser.headers[b"content-type"]) == (
                200,
                b"text/event-stream; charset=utf-8",
            )
            assert browser.body.startswith(b"retry: 1000\nid: ")

    run(story())


def test_a_viewer_without_the_right_receives_no_byte_of_an_event(site, records):
    async def story():
        async with site.open(ANNA) as anna, site.open(BORIS) as boris:
            opening = boris.body.partition(b"\n\n")[0]
            await site.tell(RecordChanged(1), RecordChanged(2))
            await anna.until(lambda: len(anna.events) == 2)
            (last,) = await site.tell(RecordChanged(3))
            await boris.until(lambda: boris.events)
            assert boris.ids == [last]
            rest = boris.body.replace(b": still here\n\n", b"").removeprefix(opening + b"\n\n")
            assert rest.count(b"id:") == rest.count(b"\n\n") == 1
            assert b"runtime.record:1" not in boris.body

    run(story())


def test_a_stream_that_was_cut_resumes_without_loss_or_repeat(site, records):
    """Cut again and again while events keep coming, live and missed ones mixed."""

    async def story():
        published = []
        received = []
        last = 0
        writing = asyncio.create_task(write(published))
        while not (writing.done() and received[-1:] == published[-1:]):
            async with site.open(ANNA, last_event_id=last) as browser:
                await browser.until(lambda: len(browser.ids) >= 7 or browser.ids[-1:] == published[-1:])
            received += browser.ids
            last = received[-1] if received else 0
        await writing
        assert received == published
        assert len(received) == 400

    async def write(published):
        for _ in range(100):
            published += await site.tell(*[RecordChanged(1)] * 4)

    run(story())


def test_the_last_id_may_come_as_a_parameter_and_unseen_events_stay_unseen_on_resume(site, records):
    async def story():
        first, _, third = await site.tell(RecordChanged(1), RecordChanged(3), RecordChanged(2))
        async with site.open(ANNA, query=b"last_event_id=%d" % first) as browser:
            await browser.until(lambda: browser.events)
            assert browser.ids == [third]

    run(story())


def test_more_missed_events_than_one_part_holds_all_arrive(site, records):
    async def story():
        ids = await site.tell(*[RecordChanged(1)] * 450)
        async with site.open(ANNA, last_event_id=ids[0]) as browser:
            await browser.until(lambda: browser.ids[-1:] == ids[-1:])
            assert browser.ids == ids[1:]

    run(story())


def test_an_idle_stream_sends_heartbeats(site, records):
    async def story():
        async with site.open(ANNA) as browser:
            await browser.until(lambda: browser.body.count(b": still here\n\n") >= 2)

    run(story())


@pytest.mark.parametrize(
    ("options", "status", "sentence"),
    [
        ({}, 401, "Sign in"),
        ({"user": 99}, 401, "Sign in"),
        ({"user": ANNA, "query": b"who=me"}, 400, "There is no parameter who."),
        ({"user": ANNA, "last_event_id": "x"}, 400, "whole number"),
        ({"user": ANNA, "last_event_id": "9" * 40}, 400, "whole number"),
        ({"user": ANNA, "last_event_id": "٣"}, 400, "whole number"),
        ({"user": ANNA, "method": "POST"}, 405, "GET"),
    ],
)
def test_a_wrong_request_is_answered_with_a_problem(site, options, status, sentence):
    async def story():
        async with site.open(**options) as browser:
            await browser.until(lambda: browser.has_ended)
            problem = json.loads(browser.body)
            assert (browser.status, problem["status"]) == (status, status)
            assert sentence in problem["detail"]

    run(story())


def test_a_revocation_ends_the_stream_before_the_events_that_come_with_it(site, records):
    async def story():
        async with site.open(ANNA) as anna, site.open(BORIS) as boris:
            site.signed_in.remove(ANNA)
            await site.tell(RightsChanged(ANNA), RecordChanged(1), RecordChanged(3))
            await anna.until(lambda: anna.has_ended)
            await boris.until(lambda: boris.events)
            assert anna.events == []

    run(story())


def test_rights_are_asked_for_again_after_a_while(committed, now, records):
    site = Site(now, recheck_seconds=0.01)

    async def story():
        async with site.open(ANNA) as anna:
            site.signed_in.remove(ANNA)
            await anna.until(lambda: anna.has_ended)

    try:
        run(story())
    finally:
        site.end()


def test_a_record_that_is_taken_away_is_unseen_at_once(site, records):
    async def story():
        async with site.open(ANNA) as browser:
            await asyncio.to_thread(take_away)
            await site.tell(RecordChanged(1))
            (second,) = await site.tell(RecordChanged(2))
            await browser.until(lambda: browser.events)
            assert browser.ids == [second]

    def take_away():
        Record.objects.filter(pk=1).update(viewer_id=BORIS)
        connections.close_all()

    run(story())


def test_a_client_that_reads_too_slowly_is_cut_off_and_loses_nothing(site, records, monkeypatch):
    monkeypatch.setattr(listener, "MOST_WAITING", 10)

    async def story():
        async with site.open(ANNA) as slow, site.open(ANNA) as quick:
            (first,) = await site.tell(RecordChanged(1))
            await slow.until(lambda: slow.events)
            slow.stop_reading()
            ids = [await tell_and_wait(quick) for _ in range(30)]
            await slow.until(lambda: slow.has_ended)
            assert slow.ids == [first]
        async with site.open(ANNA, last_event_id=first) as again:
            await again.until(lambda: again.ids[-1:] == ids[-1:])
            assert again.ids == ids

    async def tell_and_wait(browser):
        (number,) = await site.tell(RecordChanged(1))
        await browser.until(lambda: browser.ids[-1:] == [number])
        return number

    run(story())


def test_viewers_with_the_same_rights_share_one_look_at_the_database(site, records, monkeypatch):
    looks = []
    look = policy._NOUNS["runtime.record"].visible_ids
    counted = policy.Noun(lambda actor: looks.append(actor.user_id) or look(actor), None, True)
    monkeypatch.setitem(policy._NOUNS, "runtime.record", counted)

    async def story():
        browsers = [site.open(ANNA) for _ in range(20)] + [site.open(BORIS) for _ in range(20)]
        for browser in browsers:
            await browser.__aenter__()
        await site.tell(RecordChanged(1, others=(3,)))
        for browser in browsers:
            await browser.until(lambda browser=browser: browser.events)
        for browser in browsers:
            await browser.__aexit__()
        assert sorted(looks) == [ANNA, BORIS]

    run(story())


def test_stopping_ends_every_stream_and_lets_nobody_in(site, records):
    async def story():
        async with site.open(ANNA) as anna, site.open(BORIS) as boris:
            site.hub.stop()
            await anna.until(lambda: anna.has_ended and boris.has_ended)
        async with site.open(ANNA) as late:
            assert late.status == 503
            assert late.headers[b"retry-after"] == b"2"

    run(story())


def test_a_closed_stream_is_forgotten_and_the_next_starts_from_now(site, records):
    async def story():
        async with site.open(ANNA):
            pass
        assert site.hub._listeners == set()
        await site.tell(RecordChanged(1))
        async with site.open(ANNA) as browser:
            (number,) = await site.tell(RecordChanged(2))
            await browser.until(lambda: browser.events)
            assert browser.ids == [number]

    run(story())


@pytest.mark.django_db
def test_the_log_of_a_viewer_goes_on_after_parts_in_which_nothing_was_visible(department, now):
    Record.objects.create(pk=1, viewer_id=ANNA)
    actor = Actor(label="Anna", user_id=ANNA)
    with transaction.atomic():
        ids = publish_many([RecordChanged(n) for n in (3, 3, 1, 3)], actor=system_actor(), now=now)
    part = list_visible_events(actor=actor, after=ids[0] - 1, limit=2)
    assert (part.events, part.last_id, part.is_complete) == ((), ids[1], False)
    part = list_visible_events(actor=actor, after=part.last_id, limit=3)
    assert [event.id for event in part.events] == [ids[2]]
    assert (part.last_id, part.is_complete) == (ids[3], True)


def test_the_more_streams_the_longer_events_are_gathered_and_never_longer_than_a_second() -> None:
    rests = [rest_seconds(count) for count in (0, 1, 40, 200, 2000, 5000)]
    assert rests == sorted(rests)
    assert (rests[0], rests[-1]) == (0, 1)
    assert rests[3] <= 0.1, "a company of 200 notices nothing"
