"""A win asks and writes each thing once: its price grows with the rows it makes, hardly with its steps."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.people import NOW, Cast, Sale
from wonward.foundation.audit.models import AuditEntry
from wonward.foundation.events.models import OutboxEvent
from wonward.journeys.handoff.operations import close_deal_as_won

pytestmark = pytest.mark.django_db


def test_what_all_its_steps_note_is_written_by_one_statement_for_each_table(cast: Cast, sale: Sale) -> None:
    entries, facts = AuditEntry.objects.count(), OutboxEvent.objects.count()
    with CaptureQueriesContext(connection) as sent:
        close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)

    written = Counter(table for one in sent for table in re.findall(r'INSERT INTO "?(\w+)', one["sql"]))
    assert AuditEntry.objects.count() - entries >= 5
    assert OutboxEvent.objects.count() - facts >= 4
    assert (written["audit_auditentry"], written["events_outboxevent"], written["events_delivery"], written["events_eventsubject"]) == (1, 1, 1, 1)


def test_the_history_and_the_house_are_told_in_the_order_of_its_steps(cast: Cast, sale: Sale) -> None:
    last, told = AuditEntry.objects.order_by("pk").values_list("pk", flat=True).last() or 0, OutboxEvent.objects.count()
    close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)

    operations = list(AuditEntry.objects.filter(pk__gt=last).order_by("pk").values_list("operation", flat=True).distinct())
    steps = ["sales.deal.win", "promises.promise.make", "delivery.project.create", "finance.budget.open", "promises.promise.attach", "handoff.handoff.submit"]
    assert [one for one in operations if one in steps] == [one for step in steps for one in operations if one == step]
    assert set(steps) <= set(operations)
    facts = list(OutboxEvent.objects.order_by("pk").values_list("name", flat=True))[told:]
    assert facts[0].startswith("sales.deal")
    assert facts[-1].startswith("handoff.")


def test_a_win_of_one_project_sends_no_more_than_seventy_statements(cast: Cast, sale: Sale) -> None:
    with CaptureQueriesContext(connection) as sent:
        close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
    assert len(sent) <= 70, "\n".join(one["sql"][:90] for one in sent)
