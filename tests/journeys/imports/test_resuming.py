"""An import ends done or failed, whatever happens on the way, and never writes a row twice."""

from __future__ import annotations

import pytest

from tests.journeys.imports.imported import stage
from tests.people import NOW, make_cast
from wonward.domains.sales.queries.sums import sum_deals
from wonward.domains.sales.types import DealFilter
from wonward.foundation.jobs.runner import run_due_jobs
from wonward.journeys.imports.models import ImportBatch, ImportOutcome
from wonward.journeys.imports.operations import apply_import, commit_import, fail_abandoned_imports
from wonward.journeys.imports.operations.kinds import deals as deals_kind
from wonward.journeys.imports.queries import get_batch, list_staged_rows
from wonward.kernel.errors import Conflict

pytestmark = pytest.mark.django_db
ROWS = 1800


def big_file() -> str:
    stages = ("Won", "Lost", "Prospecting")
    lines = [f"{number},D{number},Company {number % 50},Mara Klein,{stages[number % 3]},{number},2026-01-05" for number in range(ROWS)]
    return "Deal ID,Deal Name,Company,Owner,Stage,Amount,Close Date\n" + "\n".join(lines) + "\n"


class PowerCut(Exception):
    """The worker dies in the middle of a chunk."""


def cut_in_chunk(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    calls = {"count": 0}
    create = deals_kind.create_deals

    def cutting(**arguments):
        calls["count"] += 1
        if calls["count"] == number:
            raise PowerCut
        return create(**arguments)

    monkeypatch.setattr(deals_kind, "create_deals", cutting)


def test_killed_in_the_third_chunk_it_goes_on_to_the_same_totals(monkeypatch):
    cast = make_cast()
    batch = stage(cast.seller, "deals", big_file())
    commit_import(actor=cast.seller, batch_id=batch.id, now=NOW)
    with monkeypatch.context() as patched:
        cut_in_chunk(patched, 3)
        with pytest.raises(PowerCut):
            apply_import(actor_user_id=cast.seller.user_id, batch_id=batch.id, now=NOW)
    broken = get_batch(actor=cast.seller, batch_id=batch.id)
    assert (broken.status, broken.rows_applied) == ("failed", 1000)
    assert "PowerCut" in broken.failure
    assert sum_deals(actor=cast.seller, where=DealFilter(), now=NOW).count == 1000 == ImportOutcome.objects.count()
    apply_import(actor_user_id=cast.seller.user_id, batch_id=batch.id, now=NOW)
    done = get_batch(actor=cast.seller, batch_id=batch.id)
    assert (done.status, done.failure, done.rows_applied) == ("done", "", ROWS)
    assert (done.counts["created"], done.counts["history_won"], done.counts["history_lost"], done.counts["next_actions_given"]) == (
        ROWS, 600, 600, 600
    )
    assert sum_deals(actor=cast.seller, where=DealFilter(), now=NOW).count == ROWS
    assert all(line.value_in_file == line.value_written and line.rows_in_file == line.rows_written for line in done.reconciliation)
    apply_import(actor_user_id=cast.seller.user_id, batch_id=batch.id, now=NOW)
    assert sum_deals(actor=cast.seller, where=DealFilter(), now=NOW).count == ROWS


def test_the_job_tries_again_by_itself(monkeypatch):
    cast = make_cast()
    batch = stage(cast.seller, "deals", big_file())
    commit_import(actor=cast.seller, batch_id=batch.id, now=NOW)
    assert get_batch(actor=cast.seller, batch_id=batch.id).status == "running"
    with monkeypatch.context() as patched:
        cut_in_chunk(patched, 2)
        run_due_jobs(now=NOW)
    assert get_batch(actor=cast.seller, batch_id=batch.id).status == "failed"
    run_due_jobs(now=NOW.replace(day=25))
    assert get_batch(actor=cast.seller, batch_id=batch.id).status == "done"
    assert sum_deals(actor=cast.seller, where=DealFilter(), now=NOW).count == ROWS


def test_an_import_nobody_works_on_any_more_ends_failed_and_can_be_taken_up_again():
    cast = make_cast()
    batch = stage(cast.seller, "deals", big_file())
    ImportBatch.objects.filter(pk=batch.id).update(status="running", started_at=NOW)
    assert fail_abandoned_imports(now=NOW) == 0
    assert fail_abandoned_imports(now=NOW.replace(hour=12)) == 1
    assert "goes on where it stopped" in get_batch(actor=cast.seller, batch_id=batch.id).failure
    commit_import(actor=cast.seller, batch_id=batch.id, now=NOW, run_now=True)
    assert get_batch(actor=cast.seller, batch_id=batch.id).status == "done"


def test_an_import_with_a_job_in_the_queue_is_left_alone():
    cast = make_cast()
    batch = stage(cast.seller, "deals", big_file())
    commit_import(actor=cast.seller, batch_id=batch.id, now=NOW)
    assert fail_abandoned_imports(now=NOW.replace(day=30)) == 0


def test_committing_twice_changes_nothing_and_a_finished_import_is_not_committed_again():
    cast = make_cast()
    batch = stage(cast.seller, "deals", big_file())
    commit_import(actor=cast.seller, batch_id=batch.id, now=NOW)
    commit_import(actor=cast.seller, batch_id=batch.id, now=NOW)
    run_due_jobs(now=NOW)
    assert sum_deals(actor=cast.seller, where=DealFilter(), now=NOW).count == ROWS
    with pytest.raises(Conflict, match="done already"):
        commit_import(actor=cast.seller, batch_id=batch.id, now=NOW)


def test_every_row_can_be_listed_with_what_became_of_it():
    cast = make_cast()
    text = "Deal ID,Deal Name,Amount\n1,A,5\n2,B,five\n3,C,7\n"
    batch = stage(cast.seller, "deals", text)
    waiting = list_staged_rows(actor=cast.seller, batch_id=batch.id)
    assert [(row.number, row.status) for row in waiting] == [(2, "waiting"), (3, "skipped"), (4, "waiting")]
    assert waiting[0].values == {"Deal ID": "1", "Deal Name": "A", "Amount": "5"}
    commit_import(actor=cast.seller, batch_id=batch.id, now=NOW, run_now=True)
    (skipped,) = list_staged_rows(actor=cast.seller, batch_id=batch.id, status="skipped")
    assert "“five” is not a number" in skipped.message
    created = list_staged_rows(actor=cast.seller, batch_id=batch.id, status="created", offset=1, limit=1)
    assert [(row.number, row.ref.noun) for row in created] == [(4, "sales.deal")]
