"""A backup is made every day at an hour of the house, read back, and so many are kept; what fails is told and tried again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client, override_settings

from tests.edges.api.client import Api
from tests.people import NOW, PASSWORD, Cast, make_cast
from wonward.edges.commands import backup as command
from wonward.edges.commands.archive import unpack
from wonward.edges.commands.backup import back_up_into
from wonward.edges.commands.doctor import gather_facts
from wonward.foundation.database import queries as database
from wonward.foundation.jobs.operations import enqueue
from wonward.foundation.jobs.registry import find_job
from wonward.foundation.jobs.runner import run_due_jobs
from wonward.journeys.house.operations import ask_for_backup, serve_backup, set_backup_plan
from wonward.journeys.house.queries.backup import get_backup_plan
from wonward.journeys.house.rules.backup import latest_moment
from wonward.journeys.house.types import MadeBackup
from wonward.kernel.errors import NotAllowed, Refused, Stale

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


class Maker:
    """Notes what was asked of it, and fails as long as it has a sentence to fail with."""

    def __init__(self) -> None:
        self.asked: list[int] = []
        self.failure = ""

    def __call__(self, keep: int) -> MadeBackup:
        self.asked.append(keep)
        if self.failure:
            raise OSError(self.failure)
        return MadeBackup("wonward-2026-11-19T020000Z.tar", 4711)


def switch_on(cast: Cast, hour: int = 2, keep: int = 7, now: datetime = NOW) -> None:
    set_backup_plan(actor=cast.owner, is_on=True, hour=hour, keep=keep, now=now)


def test_one_is_made_at_once_and_then_every_day_at_its_hour(cast: Cast):
    make = Maker()
    assert serve_backup(make=make, is_asked=False, now=NOW) is False
    switch_on(cast)
    made = [NOW + step * timedelta(minutes=15) for step in range(4 * 24 * 3) if serve_backup(make=make, is_asked=False, now=NOW + step * timedelta(minutes=15))]
    hours = [moment.astimezone(UTC).hour for moment in made[1:]]
    assert made[0] == NOW
    assert len(made) == 4
    assert len(set(hours)) == 1
    assert latest_moment(made[1], 2, "Europe/Berlin") <= made[1]
    assert make.asked == [7] * 4


@pytest.mark.parametrize(("now", "expected"), [
    (datetime(2026, 3, 29, 12, tzinfo=UTC), datetime(2026, 3, 29, 1, tzinfo=UTC)), (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 0, tzinfo=UTC)),
    (datetime(2026, 11, 19, 0, 59, tzinfo=UTC), datetime(2026, 11, 18, 1, tzinfo=UTC)), (datetime(2026, 11, 19, 1, tzinfo=UTC), datetime(2026, 11, 19, 1, tzinfo=UTC)),
])
def test_the_hour_is_that_of_the_house_also_when_clocks_change(now: datetime, expected: datetime):
    assert latest_moment(now, 2, "Europe/Berlin") == expected


def test_what_fails_is_told_and_tried_again_every_hour_until_it_goes_well(cast: Cast):
    make = Maker()
    make.failure = "No space left on device"
    switch_on(cast)
    tried = sum(not serve_backup(make=make, is_asked=False, now=NOW + step * timedelta(minutes=15)) for step in range(12))
    assert (tried, len(make.asked)) == (12, 3)
    plan = get_backup_plan(actor=cast.owner)
    assert (plan.failure, plan.done_at) == ("OSError: No space left on device", None)
    assert "No space left on device" in gather_facts()["backup"]
    make.failure = ""
    assert serve_backup(make=make, is_asked=False, now=NOW + 4 * HOUR)
    plan = get_backup_plan(actor=cast.owner)
    assert (plan.failure, plan.done_at, plan.size) == ("", NOW + 4 * HOUR, 4711)


def test_a_worker_that_was_killed_over_it_is_followed_by_another(cast: Cast):
    switch_on(cast)

    def killed(keep: int) -> MadeBackup:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        serve_backup(make=killed, is_asked=False, now=NOW)
    make = Maker()
    assert serve_backup(make=make, is_asked=False, now=NOW + timedelta(minutes=15)) is False
    assert serve_backup(make=make, is_asked=False, now=NOW + HOUR)


def test_it_is_looked_for_by_a_schedule_and_made_when_asked_for_though_it_is_off(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    from wonward.edges.commands import jobs

    make = Maker()
    monkeypatch.setattr(jobs, "_make_backup", lambda keep, now: make(keep))
    declared = find_job("house.backup")
    assert declared is not None
    assert declared.every == timedelta(minutes=15)
    ask_for_backup(actor=cast.owner, now=NOW)
    run_due_jobs(now=NOW)
    assert (make.asked, get_backup_plan(actor=cast.owner).is_on) == ([14], False)
    enqueue("house.backup", now=NOW)
    run_due_jobs(now=NOW)
    assert make.asked == [14]


def test_only_those_with_the_right_set_it_and_nobody_writes_over_another(cast: Cast):
    for who in (cast.seller, cast.leader, cast.finance):
        with pytest.raises(NotAllowed):
            switch_on(Cast(**{**cast.everybody(), "owner": who}))
    for hour, keep in ((24, 7), (-1, 7), (2, 0), (2, 366)):
        with pytest.raises(Refused):
            switch_on(cast, hour, keep)
    switch_on(cast)
    with pytest.raises(Stale):
        set_backup_plan(actor=cast.owner, is_on=False, hour=2, keep=7, version=0, now=NOW)


def test_it_is_set_on_the_screen_and_over_the_api(cast: Cast):
    office = Client()
    assert office.post("/sign-in/", {"email": "owner@studio.test", "password": PASSWORD}).status_code == 302
    assert "None was made here yet" in office.get("/settings/backup/").content.decode()
    assert office.post("/settings/backup/", {"is_on": "on", "hour": "25", "keep": "7"}).status_code == 422
    assert office.post("/settings/backup/", {"is_on": "on", "hour": "3", "keep": "7", "version": "0"}).status_code == 302
    make = Maker()
    make.failure = "<b>full</b>"
    serve_backup(make=make, is_asked=False, now=NOW)
    shown = office.get("/settings/backup/").content.decode()
    assert "failed: OSError: &lt;b&gt;full" in shown
    assert office.post("/settings/backup/now/").status_code == 302
    assert office.get("/readyz").status_code == 200
    api = Api(cast.owner)
    assert api.get("/backup")[1]["hour"] == 3
    assert api.put("/backup", {"is_on": False, "hour": 4, "keep": 2})[1]["keep"] == 2
    assert api.put("/backup", {"is_on": True, "hour": 99, "keep": 2})[0] == 422
    assert api.post("/backup/runs", {})[0] == 202
    assert Api(cast.leader).get("/backup")[0] == 403


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_backup_is_whole_and_only_so_many_stay(tmp_path: Path):
    folder = tmp_path / "backups"
    (tmp_path / "data").mkdir()
    with override_settings(DATA_DIR=tmp_path / "data"):
        made = [back_up_into(folder, keep=2, now=NOW + day * DAY) for day in range(4)]
        (folder / ".wonward-2026-11-19T093000Z.tar.0123abcd").write_bytes(b"half")
        (folder / "of-somebody-else.tar").write_bytes(b"not ours")
        made.append(back_up_into(folder, keep=2, now=NOW + 4 * DAY))
        (tmp_path / "into").mkdir()
        manifest = unpack(folder / made[-1].file, tmp_path / "into")
    assert sorted(path.name for path in folder.iterdir()) == sorted(["of-somebody-else.tar", made[-2].file, made[-1].file])
    assert manifest["migrations"] == database.list_migrations()
    assert folder.stat().st_mode & 0o077 == 0


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_one_that_does_not_read_back_does_not_stay_and_takes_no_good_one_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = tmp_path / "backups"
    (tmp_path / "data").mkdir()
    with override_settings(DATA_DIR=tmp_path / "data"):
        good = back_up_into(folder, keep=1, now=NOW)

        def damaged(target: Path) -> None:
            raise Refused("It is damaged.")

        monkeypatch.setattr(command, "_verify", damaged)
        with pytest.raises(Refused):
            back_up_into(folder, keep=1, now=NOW + DAY)
    assert [path.name for path in folder.iterdir()] == [good.file]
