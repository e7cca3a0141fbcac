"""Queued work runs at least once, is tried again, and is never lost or hidden."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connections, transaction
from django_tasks_db.models import DBTaskResult

from tests.foundation.runtime import jobs
from tests.foundation.runtime.models import Effect
from wonward.foundation.jobs import runner
from wonward.foundation.jobs.models import JobRun, ScheduleTick
from wonward.foundation.jobs.operations import enqueue, prune_finished_jobs, retry_job
from wonward.foundation.jobs.queries import count_failed_jobs, list_failed_jobs, oldest_due_job_age
from wonward.foundation.jobs.registry import all_jobs, job, remove_job
from wonward.foundation.jobs.runner import LEASE, extend_lease, reap_abandoned_jobs, run_due_jobs
from wonward.foundation.jobs.schedules import Schedules, latest_tick
from wonward.kernel.actor import Actor, system_actor
from wonward.kernel.errors import NotAllowed, NotFound

SYSTEM = system_actor()


@pytest.fixture
def effect_job(department, monkeypatch):
    monkeypatch.setitem(jobs.FAILURES, "left", 0)
    job("runtime.effect", retries=3)(jobs.make_effect)


@pytest.fixture
def hourly_job(department):
    job("runtime.hourly", every=timedelta(hours=1))(jobs.make_hourly_effect)


def effects():
    return sorted(Effect.objects.values_list("handler", "key"))


@pytest.mark.django_db
def test_a_queued_job_runs_once_with_its_keywords(effect_job, now):
    enqueue("runtime.effect", now=now, key=4)
    assert run_due_jobs(now=now) == 1
    assert run_due_jobs(now=now) == 0
    assert effects() == [("job", 4)]


@pytest.mark.django_db
def test_a_job_waits_for_its_time(effect_job, now):
    enqueue("runtime.effect", now=now, run_at=now + timedelta(hours=1), key=4)
    assert run_due_jobs(now=now + timedelta(minutes=59)) == 0
    assert oldest_due_job_age(now=now) is None
    assert oldest_due_job_age(now=now + timedelta(hours=2)) == timedelta(hours=1)
    assert run_due_jobs(now=now + timedelta(hours=1)) == 1


@pytest.mark.django_db
def test_a_job_nobody_declares_cannot_be_queued(department, now):
    with pytest.raises(LookupError, match="No package declares the job runtime.unknown"):
        enqueue("runtime.unknown", now=now)


@pytest.mark.django_db
def test_a_keyword_that_is_not_json_is_refused(effect_job, now):
    with pytest.raises(TypeError):
        enqueue("runtime.effect", now=now, key=datetime(2026, 1, 1, tzinfo=UTC))
    assert DBTaskResult.objects.count() == 0


def test_a_job_vanishes_with_the_transaction_that_queued_it(committed, effect_job, now):
    with transaction.atomic():
        enqueue("runtime.effect", now=now, key=4)
        transaction.set_rollback(True)
    assert run_due_jobs(now=now) == 0
    assert JobRun.objects.count() == 0


@pytest.mark.django_db
def test_a_failing_job_is_tried_again_after_growing_pauses(effect_job, now):
    jobs.FAILURES["left"] = 2
    enqueue("runtime.effect", now=now, key=4)
    assert run_due_jobs(now=now) == 1
    assert run_due_jobs(now=now + timedelta(seconds=3)) == 0
    assert run_due_jobs(now=now + timedelta(seconds=7)) == 1
    assert run_due_jobs(now=now + timedelta(seconds=12)) == 0
    assert run_due_jobs(now=now + timedelta(seconds=60)) == 1
    assert effects() == [("job", 4)]
    assert count_failed_jobs() == 0


@pytest.mark.django_db
def test_a_job_that_fails_to_the_end_is_visible_and_can_be_repeated(effect_job, now):
    jobs.FAILURES["left"] = 4
    job_id = enqueue("runtime.effect", now=now, key=4)
    for _ in range(6):
        run_due_jobs(now=now)
        now += timedelta(days=1)
    (failed,) = list_failed_jobs(actor=SYSTEM)
    assert (failed.id, failed.name, failed.arguments, failed.attempts) == (
        job_id,
        "runtime.effect",
        {"key": 4},
        4,
    )
    assert "No luck with 4." in failed.last_error
    assert failed.failed_at is not None
    retry_job(actor=SYSTEM, job_id=job_id, now=now)
    assert run_due_jobs(now=now) == 1
    assert effects() == [("job", 4)]
    assert list_failed_jobs(actor=SYSTEM) == []
    with pytest.raises(NotFound):
        retry_job(actor=SYSTEM, job_id=job_id, now=now)


@pytest.mark.django_db
def test_a_queued_job_whose_package_is_gone_fails_at_once_and_says_so(effect_job, now):
    enqueue("runtime.effect", now=now, key=4)
    remove_job("runtime.effect")
    run_due_jobs(now=now)
    assert (
        "No package declares the job runtime.effect any more." in list_failed_jobs(actor=SYSTEM)[0].last_error
    )


@pytest.mark.django_db
def test_failed_jobs_are_shown_and_repeated_only_with_the_right(effect_job, now):
    stranger = Actor(label="Stranger", user_id=9)
    with pytest.raises(NotAllowed):
        list_failed_jobs(actor=stranger)
    with pytest.raises(NotAllowed):
        retry_job(actor=stranger, job_id=uuid4(), now=now)


@pytest.mark.django_db
def test_a_job_of_a_dead_worker_is_queued_again(effect_job, now):
    enqueue("runtime.effect", now=now, key=4)
    assert runner._lease_next(now, "dead", LEASE) is not None
    assert reap_abandoned_jobs(now=now + LEASE / 2) == 0
    assert run_due_jobs(now=now + LEASE / 2) == 0
    later = now + LEASE
    assert reap_abandoned_jobs(now=later) == 1
    assert run_due_jobs(now=later + timedelta(seconds=7)) == 1
    assert effects() == [("job", 4)]


@pytest.mark.django_db
def test_a_job_that_kills_every_worker_is_given_up(effect_job, now):
    enqueue("runtime.effect", now=now, key=4)
    for _ in range(4):
        assert runner._lease_next(now, "dying", LEASE) is not None
        now += LEASE
        assert reap_abandoned_jobs(now=now) == 1
        now += timedelta(days=1)
    assert runner._lease_next(now, "dying", LEASE) is None
    (failed,) = list_failed_jobs(actor=SYSTEM)
    assert failed.last_error == "The worker stopped while the job runtime.effect ran."


@pytest.mark.django_db
def test_a_long_job_keeps_its_lease_while_its_worker_lives(effect_job, now):
    enqueue("runtime.effect", now=now, key=4)
    leased = runner._lease_next(now, "alive", LEASE)
    assert extend_lease(leased, now=now + LEASE / 2)
    assert reap_abandoned_jobs(now=now + LEASE) == 0


@pytest.mark.django_db
def test_a_worker_that_lost_its_lease_can_report_nothing(effect_job, now):
    enqueue("runtime.effect", now=now, key=4)
    stale = runner._lease_next(now, "stalled", LEASE)
    later = now + LEASE
    reap_abandoned_jobs(now=later)
    later += timedelta(minutes=1)
    current = runner._lease_next(later, "other", LEASE)
    assert current.fence == stale.fence + 1
    assert not extend_lease(stale, now=later)
    runner._report_success(stale, later)
    runner._report_failure(stale, "too late", "Late", later)
    task = DBTaskResult.objects.get()
    assert task.status == "RUNNING"
    runner._report_success(current, later)
    task.refresh_from_db()
    assert task.status == "SUCCESSFUL"


def test_parallel_workers_run_each_job_once(committed, effect_job, now):
    for key in range(30):
        enqueue("runtime.effect", now=now, key=key)
    start = threading.Barrier(3)
    problems = []

    def work():
        try:
            start.wait()
            run_due_jobs(now=now)
        except Exception as error:
            problems.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert effects() == [("job", key) for key in range(30)]


def test_each_tick_of_a_schedule_is_queued_once_by_however_many_workers(committed, hourly_job, now):
    start = threading.Barrier(4)
    queued = []

    def look():
        start.wait()
        queued.append(Schedules().tick(now=now + timedelta(minutes=20)))
        connections.close_all()

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(queued) == [0, 0, 0, 1]
    assert run_due_jobs(now=now + timedelta(minutes=20)) == 1
    assert ScheduleTick.objects.get().due_at == now


@pytest.mark.django_db
def test_a_schedule_goes_on_with_the_next_tick_and_makes_up_for_none(hourly_job, now):
    schedules = Schedules()
    for later in (timedelta(0), timedelta(minutes=59), timedelta(hours=1), timedelta(hours=30)):
        schedules.tick(now=now + later)
        run_due_jobs(now=now + later)
    assert [key for _, key in Effect.objects.order_by("pk").values_list("handler", "key")] == [9, 10, 15]


@pytest.mark.django_db
def test_a_tick_passes_while_the_job_of_an_earlier_one_still_waits(hourly_job, now):
    schedules = Schedules()
    assert schedules.tick(now=now) == 1
    assert schedules.tick(now=now + timedelta(hours=1)) == 0
    assert run_due_jobs(now=now + timedelta(hours=1)) == 1
    assert schedules.tick(now=now + timedelta(hours=2)) == 1


def test_ticks_are_multiples_since_1970():
    moment = datetime(2026, 1, 5, 9, 17, 3, tzinfo=UTC)
    assert latest_tick(timedelta(minutes=5), moment) == datetime(2026, 1, 5, 9, 15, tzinfo=UTC)
    assert latest_tick(timedelta(days=1), moment) == datetime(2026, 1, 5, tzinfo=UTC)


@pytest.mark.django_db
def test_finished_jobs_and_old_ticks_are_forgotten_and_failures_are_kept(effect_job, hourly_job, now):
    enqueue("runtime.effect", now=now, key=1)
    run_due_jobs(now=now)
    Schedules().tick(now=now - timedelta(days=50))
    run_due_jobs(now=now)
    remove_job("runtime.hourly")
    jobs.FAILURES["left"] = 4
    failing = enqueue("runtime.effect", now=now, key=2)
    for days in range(5):
        run_due_jobs(now=now + timedelta(days=days))
    assert prune_finished_jobs(now=now + timedelta(days=13)) == 0
    assert prune_finished_jobs(now=now + timedelta(days=15)) == 2
    assert list(DBTaskResult.objects.values_list("pk", flat=True)) == [failing]
    assert ScheduleTick.objects.count() == 0


def test_a_name_is_declared_once_and_an_interval_is_positive(effect_job):
    with pytest.raises(ValueError, match="declared twice"):
        job("runtime.effect")(jobs.make_effect)
    with pytest.raises(ValueError, match="positive interval"):
        job("runtime.never", every=timedelta(0))(jobs.make_effect)
    assert [known.name for known in all_jobs()] == ["runtime.effect"]
