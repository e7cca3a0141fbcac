from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from wonward.foundation.access import policy
from wonward.foundation.access.policy import visible_refs
from wonward.foundation.events.models import OutboxEvent
from wonward.foundation.files import invariants, jobs
from wonward.foundation.files.models import Blob, Document, DocumentLink
from wonward.foundation.files.operations import (
    add_document,
    add_version,
    archive_document,
    change_document,
    link_document,
    restore_version,
)
from wonward.foundation.files.queries import (
    count_documents,
    count_versions,
    get_document,
    get_version,
    list_documents,
    list_versions,
    may_change_document,
    open_document,
)
from wonward.foundation.files.storage import current_storage, put_stream
from wonward.foundation.files.types import Privacy, StoredBlob
from wonward.kernel.actor import system_actor
from wonward.kernel.errors import NotAllowed, NotFound, Refused, Stale
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def add(actor, *refs, name="offer.pdf", content=b"%PDF-1.7", privacy=Privacy.INTERNAL, now=NOW):
    return add_document(
        actor=actor, name=name, stored=put_stream(io.BytesIO(content)), refs=refs, privacy=privacy, now=now
    )


def test_a_document_shows_on_its_record_with_its_content(records, sam):
    deal = records.add(sam)
    key = add(sam, deal, name="../secret/offer.pdf")
    row = get_document(sam, key)
    assert (row.name, row.media_type, row.size, row.refs) == ("offer.pdf", "application/pdf", 8, (deal,))
    assert (row.uploaded_by_id, row.uploaded_by_label, row.version) == (11, "Sam Sales", 1)
    with open_document(sam, key).stream as stream:
        assert stream.read() == b"%PDF-1.7"


def test_a_stranger_sees_neither_the_document_nor_that_it_exists(records, sam, mia):
    deal = records.add(sam)
    key = add(sam, deal)
    for ask in (get_document, open_document):
        with pytest.raises(NotFound) as hidden:
            ask(mia, key)
        with pytest.raises(NotFound) as missing:
            ask(mia, key + 1000)
        assert hidden.value.message.replace(str(key), "N") == missing.value.message.replace(
            str(key + 1000), "N"
        )
    assert list_documents(mia) == list_documents(mia, [deal]) == []
    assert count_documents(mia) == count_documents(mia, [deal]) == 0


def test_nobody_puts_a_document_on_a_record_they_do_not_see(records, sam, mia):
    deal, hidden = records.add(mia), records.add(sam)
    with pytest.raises(NotFound):
        add(mia, deal, hidden)
    with pytest.raises(NotFound):
        link_document(actor=mia, document_id=add(mia, deal), refs=[hidden], now=NOW)
    with pytest.raises(NotFound):
        add(mia, Ref("testing.unknown", 1))
    assert Document.objects.count() == 1


def test_a_document_belongs_to_at_least_one_record(records, sam):
    with pytest.raises(Refused, match="at least one record"):
        add(sam)


def test_content_that_was_never_stored_is_refused(records, sam):
    lost = StoredBlob("0" * 64, 5, "text/plain")
    with pytest.raises(Refused, match="send it again"):
        add_document(actor=sam, name="a", stored=lost, refs=[records.add(sam)], now=NOW)


def test_without_the_right_nothing_is_added(records, guest):
    with pytest.raises(NotAllowed):
        add(guest, records.add(guest))
    assert not Blob.objects.exists()


def test_linking_shows_the_same_document_elsewhere_and_twice_changes_nothing(records, sam, mia):
    deal, note = records.add(sam), records.add(sam, mia, noun="testing.note")
    key = add(sam, deal)
    for _ in range(2):
        link_document(actor=sam, document_id=key, refs=[note, note], now=NOW)
    assert get_document(mia, key).refs == (note,)
    assert set(get_document(sam, key).refs) == {deal, note}
    assert Blob.objects.count() == Document.objects.count() == 1
    assert list(OutboxEvent.objects.order_by("pk").values_list("name", flat=True)) == [
        "files.document.added",
        "files.document.linked",
    ]


def test_who_does_not_see_a_document_cannot_link_it(records, sam, mia):
    key = add(sam, records.add(sam))
    with pytest.raises(NotFound):
        link_document(actor=mia, document_id=key, refs=[records.add(mia)], now=NOW)


@pytest.mark.parametrize(
    ("privacy", "seers"),
    [
        (Privacy.INTERNAL, {"sam", "mia", "ada"}),
        (Privacy.CLIENT, {"sam", "mia", "ada", "guest"}),
        (Privacy.RESTRICTED, {"sam", "ada"}),
    ],
)
def test_privacy_decides_who_of_those_that_see_the_record(records, sam, mia, ada, guest, privacy, seers):
    people = {"sam": sam, "mia": mia, "ada": ada, "guest": guest}
    deal = records.add(*people.values())
    key = add(sam, deal, privacy=privacy)
    seen_in_list = {name for name, person in people.items() if list_documents(person, [deal])}
    seen_anywhere = {name for name, person in people.items() if list_documents(person)}
    counted = {name for name, person in people.items() if count_documents(person, [deal])}
    opened = {name for name, person in people.items() if visible_refs(person, [Ref("files.document", key)])}
    assert seen_in_list == seen_anywhere == counted == opened == seers


def test_the_same_content_is_kept_once_for_many_documents(records, sam):
    deal = records.add(sam)
    rows = [get_document(sam, add(sam, deal, name=name)) for name in ("a.pdf", "b.pdf")]
    assert rows[0].sha256 == rows[1].sha256
    assert Blob.objects.count() == 1


def test_pages_follow_each_other_without_gaps_newest_first(records, sam):
    deal = records.add(sam)
    keys = [add(sam, deal, now=NOW + timedelta(minutes=step // 2)) for step in range(7)]
    seen, before = [], None
    while page := list_documents(sam, [deal], limit=3, before=before):
        seen += [row.id for row in page]
        before = (page[-1].happened_at, page[-1].id)
    assert seen == keys[::-1]


def test_a_list_costs_the_same_number_of_queries_for_any_number_of_documents(records, sam):
    deal = records.add(sam)
    counts = []
    for _ in range(2):
        for _ in range(5):
            add(sam, deal)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            list_documents(sam, [deal])
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 4


def test_a_document_of_two_records_is_listed_once(records, sam):
    deal, note = records.add(sam), records.add(sam, noun="testing.note")
    add(sam, deal, note)
    assert (
        len(list_documents(sam, [deal, note]))
        == len(list_documents(sam))
        == count_documents(sam, [deal, note])
        == 1
    )


def test_renaming_needs_the_version_one_saw(records, sam):
    key = add(sam, records.add(sam))
    assert change_document(actor=sam, document_id=key, version=1, name="b.pdf", now=NOW) == 2
    with pytest.raises(Stale) as clash:
        change_document(actor=sam, document_id=key, version=1, privacy=Privacy.CLIENT, now=NOW)
    assert (clash.value.current["name"], clash.value.yours["privacy"]) == ("b.pdf", "client")
    assert get_document(sam, key).privacy is Privacy.INTERNAL


def test_a_colleague_who_sees_a_document_may_not_change_it_but_an_admin_may(records, sam, mia, ada):
    key = add(sam, records.add(sam, mia, ada))
    with pytest.raises(NotAllowed, match="Sam Sales"):
        change_document(actor=mia, document_id=key, version=1, name="mine.pdf", now=NOW)
    with pytest.raises(NotAllowed):
        archive_document(actor=mia, document_id=key, now=NOW)
    assert change_document(actor=ada, document_id=key, version=1, name="ours.pdf", now=NOW) == 2


def test_what_a_document_shows_is_replaced_by_who_may_change_it_alone(records, sam, mia, ada, guest):
    deal = records.add(sam, mia, ada, guest)
    key = add(sam, deal, content=b"%PDF-1.7 first", privacy=Privacy.CLIENT)
    second, foreign = put_stream(io.BytesIO(b"%PDF-1.7 second")), put_stream(io.BytesIO(b"%PDF-1.7 theirs"))
    assert add_version(actor=sam, document_id=key, name="b.pdf", stored=second, now=NOW) == 2
    for person in (mia, guest):
        with pytest.raises(NotAllowed):
            add_version(actor=person, document_id=key, name="x.pdf", stored=foreign, now=NOW)
        with pytest.raises(NotAllowed):
            restore_version(actor=person, document_id=key, number=1, now=NOW)
    assert get_document(mia, key).sha256 == second.sha256
    assert not may_change_document(mia, get_document(mia, key))
    assert restore_version(actor=ada, document_id=key, number=1, now=NOW) == 3
    assert (get_document(sam, key).version, [row.number for row in list_versions(sam, key, offset=1, limit=1)]) == (3, [2])
    assert (count_versions(sam, key), count_versions(guest, key), list_versions(guest, key, offset=1)) == (3, 1, [])
    with pytest.raises(NotFound):
        get_version(guest, key, 1)


def test_a_stranger_replaces_nothing_and_learns_nothing(records, sam, mia):
    key = add(sam, records.add(sam))
    stored = put_stream(io.BytesIO(b"%PDF-1.7 theirs"))
    for number in (key, key + 1000):
        with pytest.raises(NotFound):
            add_version(actor=mia, document_id=number, name="x.pdf", stored=stored, now=NOW)
        with pytest.raises(NotFound):
            restore_version(actor=mia, document_id=number, number=1, now=NOW)


def test_what_was_sealed_is_neither_replaced_nor_brought_back(records, sam, ada):
    key = add(system_actor(), records.add(sam, ada))
    stored = put_stream(io.BytesIO(b"%PDF-1.7 theirs"))
    with pytest.raises(Refused, match="sealed"):
        add_version(actor=ada, document_id=key, name="x.pdf", stored=stored, now=NOW)
    with pytest.raises(Refused, match="sealed"):
        restore_version(actor=ada, document_id=key, number=1, now=NOW)


def test_a_version_is_put_on_the_document_one_saw(records, sam):
    key = add(sam, records.add(sam))
    change_document(actor=sam, document_id=key, version=1, name="b.pdf", now=NOW)
    with pytest.raises(Stale):
        add_version(actor=sam, document_id=key, name="x.pdf", stored=put_stream(io.BytesIO(b"%PDF-1.7 mine")), version=1, now=NOW)
    assert count_versions(sam, key) == 1


def test_an_archived_document_leaves_the_lists_but_can_be_opened(records, sam):
    deal = records.add(sam)
    key = add(sam, deal)
    for _ in range(2):
        archive_document(actor=sam, document_id=key, now=NOW)
    assert list_documents(sam, [deal]) == []
    assert count_documents(sam, [deal], with_archived=True) == 1
    row = get_document(sam, key)
    assert (row.archived_at, row.version) == (NOW, 2)


def test_the_system_sees_every_document(records, sam):
    add(sam, records.add(sam), privacy=Privacy.RESTRICTED)
    assert count_documents(system_actor()) == 1


def test_records_that_hang_on_documents_do_not_turn_in_circles(records, sam, mia, monkeypatch):
    def hanging(actor):
        seen = Document.objects.visible_to(actor).values("pk")
        return DocumentLink.objects.filter(document__in=seen).values_list("pk", flat=True)

    monkeypatch.setitem(policy._NOUNS, "testing.hanging", policy.Noun(hanging, None, True))
    key = add(sam, records.add(sam))
    assert [row.id for row in list_documents(sam)] == [key]
    assert list(policy.visible_ids("files.document", sam)) == [key]
    assert list(policy.visible_ids("testing.hanging", mia)) == []


def test_the_check_names_damaged_missing_and_shortened_content(records, sam):
    deal = records.add(sam)
    for content in (b"whole", b"changed", b"short", b"missing"):
        add(sam, deal, content=content)
    assert invariants.check_blobs() == []
    storage = current_storage()
    by_content = {
        content: storage.path_of(put_stream(io.BytesIO(content)).sha256)
        for content in (b"changed", b"short", b"missing")
    }
    by_content[b"changed"].write_bytes(b"CHANGED")
    by_content[b"short"].write_bytes(b"sho")
    by_content[b"missing"].unlink()
    found = " ".join(invariants.check_blobs())
    assert len(invariants.check_blobs()) == 3
    assert all(words in found for words in ("was changed", "has 3 bytes instead of 5", "is missing"))


def test_the_check_names_a_document_that_hangs_nowhere(records, sam):
    key = add(sam, records.add(sam))
    assert invariants.check_document_links() == []
    Document.objects.get(pk=key).links.all().delete()
    assert len(invariants.check_document_links()) == 1


def test_tidying_keeps_what_is_still_arriving(records):
    incoming = current_storage().path_of("0" * 64).parents[2] / "incoming"
    incoming.mkdir(parents=True, exist_ok=True)
    (incoming / "arriving").touch()
    arrived = datetime.fromtimestamp((incoming / "arriving").stat().st_mtime, UTC)
    jobs.tidy(now=arrived + timedelta(hours=23))
    assert (incoming / "arriving").exists()
    jobs.tidy(now=arrived + timedelta(hours=25))
    assert not (incoming / "arriving").exists()
