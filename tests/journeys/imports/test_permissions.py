"""Who may import what, and who sees an import: its author and admins."""

from __future__ import annotations

import dataclasses
import io

import pytest

from tests.journeys.imports.imported import bring, stage
from tests.people import NOW, make_cast
from wonward.domains.clients.queries import count_companies
from wonward.foundation.access.policy import can_see
from wonward.journeys.imports.models import ImportBatch
from wonward.journeys.imports.operations import apply_import, commit_import, stage_import, undo_import
from wonward.journeys.imports.queries import get_batch, list_batches, list_staged_rows
from wonward.kernel.actor import system_actor
from wonward.kernel.errors import NotAllowed, NotFound, Refused
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db
MAY = {
    "companies": {"owner", "seller", "teammate", "leader", "marketer", "manager"}, "contacts": {"owner", "seller", "teammate", "leader", "marketer", "manager"},
    "deals": {"owner", "seller", "teammate", "leader"}, "services": {"owner", "seller", "teammate", "leader", "manager"}, "users": {"owner"},
    "communications": {"owner", "seller", "teammate", "leader", "marketer", "manager"}, "projects": {"owner", "leader", "manager"},
    "tasks": {"owner", "leader", "manager"},
}


@pytest.mark.parametrize("kind", MAY)
def test_the_right_to_the_record_is_asked_for_up_front(kind):
    cast = make_cast()
    for name, actor in cast.everybody().items():
        if name in MAY[kind]:
            assert stage(actor, kind, "Name,Text\nA,B\n").status == "staged"
        else:
            with pytest.raises(NotAllowed, match="access role does not include"):
                stage(actor, kind, "Name,Text\nA,B\n")
    assert ImportBatch.objects.count() == len(MAY[kind])


def test_owner_teammate_and_stranger():
    cast = make_cast()
    batch = stage(cast.seller, "companies", "Name\nAcme\n")
    ref = Ref("imports.batch", batch.id)
    assert get_batch(actor=cast.seller, batch_id=batch.id).file_name == "file.csv"
    assert get_batch(actor=cast.owner, batch_id=batch.id).author_label == "Mara Klein"
    assert (can_see(cast.seller, ref), can_see(cast.owner, ref), can_see(cast.teammate, ref)) == (True, True, False)
    for stranger in (cast.teammate, cast.leader, cast.marketer, cast.member, cast.finance):
        with pytest.raises(NotFound):
            get_batch(actor=stranger, batch_id=batch.id)
        with pytest.raises(NotFound):
            list_staged_rows(actor=stranger, batch_id=batch.id)
        with pytest.raises(NotFound):
            commit_import(actor=stranger, batch_id=batch.id, now=NOW)
        with pytest.raises(NotFound):
            undo_import(actor=stranger, batch_id=batch.id, now=NOW)
    assert [row.id for row in list_batches(actor=cast.seller)] == [batch.id]
    assert list_batches(actor=cast.teammate) == []
    with pytest.raises(NotAllowed):
        list_batches(actor=cast.member)
    assert count_companies(actor=cast.owner) == 0


def test_a_narrow_token_stays_narrow_in_the_background():
    cast = make_cast()
    narrow = dataclasses.replace(
        cast.seller, token_scopes=frozenset({"imports.batch.run", "sales.deal.create", "sales.deal.view", "clients.company.view"})
    )
    batch = stage(narrow, "deals", "Deal ID,Deal Name,Company\n1,A,Acme\n")
    commit_import(actor=narrow, batch_id=batch.id, now=NOW, run_now=True)
    done = get_batch(actor=cast.seller, batch_id=batch.id)
    assert (done.status, done.counts["created"], done.counts.get("companies_created", 0)) == ("done", 1, 0)
    assert count_companies(actor=cast.owner) == 0


def test_whoever_may_no_longer_sign_in_writes_nothing():
    cast = make_cast()
    batch = stage(cast.seller, "companies", "Name\nAcme\n")
    commit_import(actor=cast.seller, batch_id=batch.id, now=NOW)
    from wonward.foundation.access.models import User

    User.objects.filter(pk=cast.seller.user_id).update(is_active=False)
    apply_import(actor_user_id=cast.seller.user_id, batch_id=batch.id, now=NOW)
    failed = get_batch(actor=cast.owner, batch_id=batch.id)
    assert (failed.status, failed.failure) == ("failed", "Mara Klein may no longer sign in, so the import stopped.")
    assert count_companies(actor=cast.owner) == 0


def test_the_command_line_imports_as_the_system():
    done = bring(system_actor(), "companies", "Name\nAcme\n")
    assert (done.status, done.counts["created"]) == ("done", 1)
    deals = bring(system_actor(), "deals", "Deal ID,Deal Name,Stage,Close Date\n1,A,Won,2026-01-01\n2,B,Proposal,\n")
    assert (deals.counts["created"], deals.counts["skipped"]) == (1, 1)


def test_a_file_without_a_name_column_says_so_once_before_all_else():
    cast = make_cast()
    staged = stage(cast.owner, "companies", "Blurb,Thing\nA,B\n")
    assert staged.problems[0].message == "No column was recognised as “Name”. Choose one in the mapping."


@pytest.mark.parametrize(("kind", "word"), [("time_entries", "cannot be imported yet"), ("cats", "“cats” cannot be imported")])
def test_kinds_that_are_not_there_are_refused_with_a_sentence(kind, word):
    cast = make_cast()
    with pytest.raises(Refused, match=word):
        stage(cast.owner, kind, "Name\nA\n")


def test_a_file_beyond_the_limit_is_refused_naming_it():
    cast = make_cast()

    class Endless(io.RawIOBase):
        def read(self, size=-1):
            return b"x" * max(size, 1)

    with pytest.raises(Refused, match="64 MB"):
        stage_import(actor=cast.owner, kind="companies", file_name="big.csv", stream=Endless(), now=NOW)
