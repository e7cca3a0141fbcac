"""Many rows at once: what was given is what is read, however few or many, and the guards see the statement."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import DataError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.owner_guard import written_tables
from wonward.foundation.audit.models import AuditEntry
from wonward.foundation.database import (
    insert_numbered,
    insert_records,
    insert_rows,
    insert_told,
    insert_with_ids,
    put_record,
    update_records,
)
from wonward.foundation.organisation.models import ExchangeRate

NOON = datetime(2026, 3, 29, 12, 0, 0, 123456, tzinfo=UTC)
COLUMNS = ("happened_at", "operation", "noun", "ref_id", "actor_label", "user_id", "salt", "digest", "changes", "on_behalf_of", "via", "chain_hash")
AWKWARD = ("", "\\N", "\\", "tab\tand\nnew line\r", 'quote " and \'', "{braces},NULL", "ümläut 漢字 🎈", "%s %(name)s")


def entry(place: int) -> tuple[object, ...]:
    words = AWKWARD[place % len(AWKWARD)]
    changes = None if place % 3 == 0 else {"name": [words, None], "is_open": True, "hours": 1.5, "list": []}
    return (NOON + timedelta(seconds=place), "test.row", words, place, words, None if place % 2 else place, "salt", "digest", changes, "", "web", "")


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 19, 20, 250])
def test_rows_are_read_as_they_were_given(count):
    insert_rows(AuditEntry, COLUMNS, [entry(place) for place in range(count)])

    found = AuditEntry.objects.filter(operation="test.row").order_by("ref_id").values_list(*COLUMNS)
    assert list(found) == [entry(place) for place in range(count)]


@pytest.mark.django_db
@pytest.mark.parametrize("count", [3, 60])
def test_decimals_and_dates_keep_every_digit(count):
    rows = [(f"X{place:02}", date(2026, 1, 1) + timedelta(days=place), Decimal("0.0000000001") + place) for place in range(count)]

    insert_rows(ExchangeRate, ("currency", "valid_from_date", "rate"), rows)

    assert list(ExchangeRate.objects.filter(currency__startswith="X").order_by("pk").values_list("currency", "valid_from_date", "rate")) == rows


@pytest.mark.django_db
def test_numbered_rows_answer_with_their_ids_in_order():
    ids = insert_numbered(AuditEntry, COLUMNS, [entry(place) for place in range(40)])

    assert list(AuditEntry.objects.filter(pk__in=ids).order_by("pk").values_list("ref_id", flat=True)) == list(range(40))
    assert ids == sorted(ids)


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 250])
def test_the_ids_told_belong_to_the_rows_and_a_fixed_column_is_worked_out_by_the_database(count):
    columns = [name for name in COLUMNS if name != "operation"]
    rows = [[value for name, value in zip(COLUMNS, entry(place), strict=True) if name != "operation"] for place in range(count)]

    ids = insert_told(AuditEntry, columns, rows, fixed={"operation": "lower('TEST.TOLD')"})

    found = dict(AuditEntry.objects.filter(operation="test.told").values_list("pk", "ref_id"))
    assert [found[key] for key in ids] == list(range(count))


@pytest.mark.django_db
def test_records_are_written_with_their_defaults_and_those_in_conflict_may_be_left_out():
    day = date(2026, 1, 1)
    insert_records([])
    insert_records([ExchangeRate(currency="USX", valid_from_date=day, rate=Decimal("1.5"))])

    insert_records([ExchangeRate(currency=code, valid_from_date=day, rate=Decimal(2)) for code in ("USX", "USY")], ignore_conflicts=True)
    insert_records([AuditEntry(happened_at=NOON, operation="test.record", noun="x", ref_id=1, actor_label="A", salt="s", digest="d")])

    assert dict(ExchangeRate.objects.filter(currency__startswith="US").values_list("currency", "rate")) == {"USX": Decimal("1.5"), "USY": Decimal(2)}
    written = AuditEntry.objects.get(operation="test.record")
    assert (written.chain_position, written.on_behalf_of, written.changes) == (None, AuditEntry().on_behalf_of, None)


@pytest.mark.django_db
@pytest.mark.parametrize("count", [2, 30])
def test_one_row_too_many_leaves_none_behind(count):
    rows = [("USX", date(2026, 1, 1) + timedelta(days=place), Decimal(1)) for place in range(count - 1)]
    rows.append(rows[0])

    with pytest.raises(IntegrityError), transaction.atomic():
        insert_rows(ExchangeRate, ("currency", "valid_from_date", "rate"), rows)

    assert not ExchangeRate.objects.filter(currency="USX").exists()


@pytest.mark.django_db
@pytest.mark.parametrize("count", [2, 30])
def test_every_way_of_writing_is_seen_by_who_watches_statements(count):
    seen: list[str] = []

    def watch(execute, sql, params, many, context):
        seen.extend(written_tables(sql))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        insert_rows(AuditEntry, COLUMNS, [entry(place) for place in range(count)])

    assert seen == [AuditEntry._meta.db_table]


def written(place):
    return AuditEntry(**dict(zip(COLUMNS, entry(place), strict=True)))


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3, 250])
def test_records_that_are_asked_for_their_ids_know_them(count):
    records = [written(place) for place in range(count)]

    insert_with_ids([])
    insert_with_ids(records)

    assert [row.ref_id for row in AuditEntry.objects.filter(operation="test.row").order_by("pk")] == list(range(count))
    assert [AuditEntry.objects.get(pk=record.pk).ref_id for record in records[-3:]] == list(range(count))[-3:]
    records[0].salt = "again"
    records[0].save()
    assert AuditEntry.objects.filter(operation="test.row").count() == count


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3, 250])
def test_records_are_changed_by_one_statement_each_by_its_own_values_and_in_the_columns_named_alone(count):
    records = [written(place) for place in range(count)]
    insert_with_ids(records)
    for place, record in enumerate(records):
        values = dict(zip(COLUMNS, entry(place + 1), strict=True))
        record.happened_at, record.noun, record.changes, record.user_id = values["happened_at"], values["noun"], values["changes"], values["user_id"]
        record.salt = "not named"

    with CaptureQueriesContext(connection) as sent:
        update_records([])
        update_records(records, ["happened_at", "noun", "changes", "user_id"])

    assert len(sent) == -(-count // 200) if connection.vendor == "postgresql" else 1
    for place, row in enumerate(AuditEntry.objects.filter(operation="test.row").order_by("pk")):
        values = dict(zip(COLUMNS, entry(place + 1), strict=True))
        assert (row.happened_at, row.noun, row.changes, row.user_id) == (values["happened_at"], values["noun"], values["changes"], values["user_id"])
        assert (row.salt, row.ref_id) == ("salt", place)


@pytest.mark.django_db
def test_every_column_is_written_where_none_is_named():
    record = written(1)
    insert_with_ids([record])
    record.salt, record.ref_id = "other", 77

    update_records([record])

    assert AuditEntry.objects.filter(salt="other", ref_id=77).count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 2])
def test_a_word_too_long_is_refused_not_cut_off(count):
    records = [written(place) for place in range(count)]
    insert_with_ids(records)
    records[-1].salt = "x" * 17
    if connection.vendor == "sqlite":
        pytest.skip("SQLite takes words of any length")

    with pytest.raises(DataError), transaction.atomic():
        update_records(records, ["salt"])


@pytest.mark.django_db
def test_a_record_is_put_in_or_changed_by_its_unique_columns():
    day = date(2026, 1, 1)
    for rate, at in ((Decimal("1.5"), day), (Decimal(2), day), (Decimal(3), day + timedelta(days=1))):
        put_record(ExchangeRate(currency="USX", valid_from_date=at, rate=rate), unique=("currency", "valid_from_date"), fields=("rate",))

    found = ExchangeRate.objects.filter(currency="USX").order_by("valid_from_date").values_list("rate", flat=True)
    assert list(found) == [Decimal(2), Decimal(3)]
