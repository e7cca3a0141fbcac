"""With an area off nobody is told of it any more: not in the inbox, not in a digest or mail, not by a reminder. On again, all is there."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.people import NOW, Cast, actor_of, make_cast, make_sale
from wonward.domains.staff.operations.house import change_house
from wonward.foundation.access.policy import AREA_PREFIXES
from wonward.foundation.mail.models import OutgoingMail
from wonward.foundation.notifications.models import Notification
from wonward.foundation.notifications.operations import (
    add_reminder,
    change_notice_settings,
    fire_reminder,
    mail_notice,
    notify,
    send_due_digests,
)
from wonward.foundation.notifications.queries import count_unread, list_notices, list_reminders, list_threads
from wonward.foundation.notifications.registry import kinds_of, list_topics
from wonward.foundation.notifications.types import Notice, Reason, View
from wonward.journeys.handoff.operations import close_deal_as_won
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db
AREAS = ("sales", "delivery")


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def _switch(cast: Cast, **areas: bool) -> None:
    every = dict.fromkeys(("sales", "delivery", "money", "marketing", "portal"), True)
    change_house(actor=cast.owner, changes={"areas": {**every, **areas}}, now=NOW)


def _tell_everything(cast: Cast, ref: Ref) -> list[str]:
    """One notice of every kind there is, on a record everybody keeps seeing; the kinds."""
    kinds = [kind for topic in list_topics() for kind in kinds_of(topic.key)]
    for kind in kinds:
        notify(notice=Notice(kind, ref, f"told by {kind}"), to={Reason.ASSIGNED: [cast.owner.user_id]}, now=NOW)
    Notification.objects.update(wants_digest=True)
    return kinds


@pytest.mark.parametrize("area", AREAS)
def test_nothing_of_an_area_that_is_off_is_told_and_all_of_it_is_there_again(cast: Cast, area: str) -> None:
    sale = make_sale(cast)
    kinds = _tell_everything(cast, Ref("clients.company", sale.company_id))
    closed = {kind for kind in kinds if kind.startswith(AREA_PREFIXES[area])}
    assert 0 < len(closed) < len(kinds)
    change_notice_settings(actor=cast.owner, digest_hour=17)
    _switch(cast, **{area: False})
    owner = actor_of("owner@studio.test")
    (thread,) = list_threads(actor=owner, view=View.EVERYTHING, now=NOW).threads
    assert thread.latest.kind not in closed
    assert {row.kind for row in list_notices(actor=owner, thread_id=thread.id)} == set(kinds) - closed
    assert send_due_digests(now=NOW.replace(hour=17, minute=5)) == 1
    digest = OutgoingMail.objects.get().text
    assert [kind for kind in closed if f"told by {kind}" in digest] == []
    for key in Notification.objects.filter(kind__in=closed).values_list("pk", flat=True):
        mail_notice(notification_id=key, now=NOW)
    assert OutgoingMail.objects.count() == 1
    _switch(cast)
    assert {row.kind for row in list_notices(actor=actor_of("owner@studio.test"), thread_id=thread.id)} == set(kinds)


@pytest.mark.parametrize("area", AREAS)
def test_a_thread_with_nothing_else_in_it_is_gone_with_its_area(cast: Cast, area: str) -> None:
    sale = make_sale(cast)
    kind = {"sales": "sales.deal.won", "delivery": "handoff.returned"}[area]
    ref = Ref("clients.company", sale.company_id)
    notify(notice=Notice(kind, ref), to={Reason.ASSIGNED: [cast.owner.user_id]}, now=NOW)
    assert count_unread(actor=cast.owner, now=NOW) == 1
    _switch(cast, **{area: False})
    owner = actor_of("owner@studio.test")
    assert list_threads(actor=owner, view=View.EVERYTHING, now=NOW).threads == ()
    assert count_unread(actor=owner, now=NOW) == 0


@pytest.mark.parametrize("area", AREAS)
def test_a_reminder_of_a_record_of_the_area_is_silent(cast: Cast, area: str) -> None:
    sale = make_sale(cast)
    closed = close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
    ref = {"sales": Ref("sales.deal", sale.deal_id), "delivery": Ref("delivery.project", closed.project_ids[0])}[area]
    reminder_id = add_reminder(actor=cast.owner, ref=ref, due_at=NOW + timedelta(hours=1), now=NOW)
    _switch(cast, **{area: False})
    owner = actor_of("owner@studio.test")
    assert list_reminders(actor=owner) == []
    fire_reminder(reminder_id=reminder_id, now=NOW + timedelta(hours=2))
    assert [row.ref for row in list_threads(actor=owner, view=View.EVERYTHING, now=NOW).threads if row.ref == ref] == []
