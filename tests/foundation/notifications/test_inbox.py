from __future__ import annotations

from datetime import timedelta

import pytest

from tests.people import NOW, actor_of
from wonward.domains.sales.operations.deals import change_deal
from wonward.foundation.database.prepared import numbers
from wonward.foundation.events.types import Author
from wonward.foundation.jobs.runner import run_due_jobs
from wonward.foundation.mail.models import OutgoingMail
from wonward.foundation.notifications.models import Reminder
from wonward.foundation.notifications.operations import (
    add_reminder,
    change_notice_settings,
    finish_everything,
    finish_threads,
    fire_reminder,
    follow_record,
    keep_quiet,
    mark_read,
    mute_thread,
    notify,
    reopen_threads,
    send_due_digests,
    snooze_thread,
)
from wonward.foundation.notifications.queries import (
    ask_unread,
    count_unread,
    count_views,
    get_thread,
    list_notices,
    list_reminders,
    list_threads,
)
from wonward.foundation.notifications.types import Level, Notice, Reason, View
from wonward.foundation.realtime.queries import list_visible_events
from wonward.kernel.errors import NotFound, Refused
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def tell(sale, *people, reason=Reason.ASSIGNED, kind="sales.deal.won", detail="Well done.", author=None, key="", now=NOW):
    return notify(
        notice=Notice(kind, Ref("sales.deal", sale.deal_id), detail, key=key),
        to={reason: [person.user_id for person in people]}, author=author or Author(), now=now,
    )


def titles(actor, view=View.FOR_YOU, now=NOW):
    return [row.title for row in list_threads(actor=actor, view=view, now=now).threads]


def test_notices_on_one_record_are_one_thread_with_the_newest_on_top(cast, sale):
    tell(sale, cast.seller, cast.owner, detail="First.")
    tell(sale, cast.seller, detail="Second.", kind="sales.deal.lost", now=NOW + DAY)
    (thread,) = list_threads(actor=cast.seller, view=View.FOR_YOU, now=NOW + DAY).threads
    assert (thread.title, thread.unread_count) == ("Website replatform, Northwind Robotics", 2)
    assert (thread.latest.label, thread.latest.detail) == ("Deal lost", "Second.")
    assert [row.detail for row in list_notices(actor=cast.seller, thread_id=thread.id)] == ["Second.", "First."]
    assert get_thread(actor=cast.owner, thread_id=list_threads(actor=cast.owner, view=View.FOR_YOU, now=NOW).threads[0].id).unread_count == 1
    with pytest.raises(NotFound):
        get_thread(actor=cast.owner, thread_id=thread.id)
    assert list_notices(actor=cast.owner, thread_id=thread.id) == []


def test_nobody_is_told_of_what_they_did_themselves(cast, sale):
    assert tell(sale, cast.seller, cast.owner, author=Author(cast.seller.user_id, cast.seller.label)) == 1
    assert titles(cast.seller, View.EVERYTHING) == []
    assert count_unread(actor=cast.owner, now=NOW) == 1


def test_what_one_no_longer_sees_is_neither_listed_nor_counted_nor_mailed(cast, sale):
    tell(sale, cast.teammate, cast.member)
    assert titles(cast.teammate) == ["Website replatform, Northwind Robotics"]
    assert titles(cast.member) == []
    change_deal(actor=cast.seller, deal_id=sale.deal_id, changes={"is_restricted": True}, now=NOW)
    assert titles(cast.teammate) == []
    assert count_unread(actor=cast.teammate, now=NOW) == 0
    assert numbers([ask_unread(cast.teammate, now=NOW)]) == [0]
    assert send_due_digests(now=NOW) == 0
    assert not OutgoingMail.objects.exists()


def test_the_number_beside_the_inbox_is_that_of_unread_threads(cast, sale):
    tell(sale, cast.seller)
    tell(sale, cast.seller)
    assert numbers([ask_unread(cast.seller, now=NOW), ask_unread(cast.owner, now=NOW)]) == [1, 0]
    (thread,) = list_threads(actor=cast.seller, view=View.FOR_YOU, now=NOW).threads
    mark_read(actor=cast.seller, thread_id=thread.id, now=NOW)
    assert numbers([ask_unread(cast.seller, now=NOW)]) == [0]
    assert titles(cast.seller) == [thread.title]


def test_what_is_watched_stands_apart_from_what_is_for_me(cast, sale):
    follow_record(actor=cast.teammate, ref=Ref("sales.deal", sale.deal_id), is_following=True, now=NOW)
    tell(sale, cast.seller)
    assert (titles(cast.teammate), len(titles(cast.teammate, View.WATCHING))) == ([], 1)
    counts = count_views(actor=cast.teammate, now=NOW)
    assert (counts[View.FOR_YOU], counts[View.WATCHING], counts[View.EVERYTHING]) == (0, 1, 1)
    follow_record(actor=cast.teammate, ref=Ref("sales.deal", sale.deal_id), is_following=False, now=NOW)
    assert tell(sale, cast.seller) == 1


def test_a_record_one_does_not_see_cannot_be_followed_nor_remembered(cast, sale):
    ref = Ref("sales.deal", sale.deal_id)
    with pytest.raises(NotFound):
        follow_record(actor=cast.member, ref=ref, is_following=True, now=NOW)
    with pytest.raises(NotFound):
        add_reminder(actor=cast.member, ref=ref, due_at=NOW + DAY, now=NOW)


def test_done_is_put_away_comes_back_by_undo_and_by_news(cast, sale):
    tell(sale, cast.seller)
    done = finish_everything(actor=cast.seller, now=NOW)
    assert (titles(cast.seller), len(titles(cast.seller, View.DONE))) == ([], 1)
    assert finish_threads(actor=cast.owner, thread_ids=done, now=NOW) == []
    reopen_threads(actor=cast.owner, thread_ids=done, now=NOW)
    assert titles(cast.seller) == []
    reopen_threads(actor=cast.seller, thread_ids=done, now=NOW)
    assert len(titles(cast.seller)) == 1
    finish_threads(actor=cast.seller, thread_ids=done, now=NOW)
    tell(sale, cast.seller, detail="News.")
    assert len(titles(cast.seller)) == 1


def test_a_snoozed_thread_sleeps_until_its_time_or_until_it_names_me(cast, sale):
    tell(sale, cast.seller)
    (thread,) = list_threads(actor=cast.seller, view=View.FOR_YOU, now=NOW).threads
    with pytest.raises(Refused):
        snooze_thread(actor=cast.seller, thread_id=thread.id, until=NOW - DAY, now=NOW)
    snooze_thread(actor=cast.seller, thread_id=thread.id, until=NOW + DAY, now=NOW)
    assert (titles(cast.seller), len(titles(cast.seller, View.SNOOZED))) == ([], 1)
    assert count_unread(actor=cast.seller, now=NOW) == 0
    assert len(titles(cast.seller, now=NOW + DAY)) == 1
    tell(sale, cast.seller, reason=Reason.WATCHING)
    assert titles(cast.seller) == []
    tell(sale, cast.seller, reason=Reason.MENTION)
    assert len(titles(cast.seller)) == 1


def test_a_muted_record_is_heard_of_only_by_name(cast, sale):
    tell(sale, cast.seller)
    (thread,) = list_threads(actor=cast.seller, view=View.FOR_YOU, now=NOW).threads
    mute_thread(actor=cast.seller, thread_id=thread.id, is_muted=True, now=NOW)
    assert tell(sale, cast.seller) == 0
    assert tell(sale, cast.seller, reason=Reason.MENTION) == 1
    mute_thread(actor=cast.seller, thread_id=thread.id, is_muted=False, now=NOW)
    assert tell(sale, cast.seller) == 1


def test_a_notice_with_a_key_is_told_once_to_each_person(cast, sale):
    assert tell(sale, cast.seller, key="overdue:1") == 1
    assert tell(sale, cast.seller, cast.owner, key="overdue:1") == 1
    assert tell(sale, cast.seller, cast.owner, key="overdue:1") == 0


def test_levels_are_kept_per_person_and_topic(cast, sale):
    change_notice_settings(actor=cast.seller, levels={"deals": Level.OFF})
    assert tell(sale, cast.seller, cast.owner) == 1
    change_notice_settings(actor=cast.seller, levels={"deals": Level.MAIL})
    tell(sale, cast.seller)
    run_due_jobs(now=NOW)
    mail = OutgoingMail.objects.get()
    assert (mail.to, mail.subject) == ("seller@studio.test", "Deal won: Website replatform, Northwind Robotics")
    with pytest.raises(Refused):
        change_notice_settings(actor=cast.seller, levels={"nonsense": Level.OFF})


def test_a_mail_that_waits_is_not_sent_for_what_was_read_or_hidden_meanwhile(cast, sale):
    change_notice_settings(actor=cast.teammate, levels={"deals": Level.MAIL})
    tell(sale, cast.teammate)
    change_deal(actor=cast.seller, deal_id=sale.deal_id, changes={"is_restricted": True}, now=NOW)
    run_due_jobs(now=NOW)
    assert not OutgoingMail.objects.exists()


def test_the_digest_gathers_what_is_unread_at_the_hour_of_its_reader_and_says_it_once(cast, sale):
    change_notice_settings(actor=cast.seller, digest_hour=17)
    tell(sale, cast.seller, detail="Well done.")
    tell(sale, cast.seller, kind="sales.deal.lost", detail="Pity.")
    assert send_due_digests(now=NOW) == 0
    evening = NOW.replace(hour=17, minute=5)
    assert send_due_digests(now=evening) == 1
    mail = OutgoingMail.objects.get()
    assert mail.to == "seller@studio.test"
    assert mail.text.index("Deal won: Well done.") < mail.text.index("Deal lost: Pity.")
    assert mail.text.count("Website replatform") == 1
    assert "/inbox/" in mail.text
    assert send_due_digests(now=evening + DAY) == 0
    tell(sale, cast.seller, detail="Again.", now=evening)
    assert send_due_digests(now=evening) == 0
    assert send_due_digests(now=evening + DAY) == 1


def test_quiet_keeps_mail_back_while_the_inbox_goes_on(cast, sale):
    keep_quiet(actor=cast.seller, until=NOW + 3 * DAY, now=NOW)
    tell(sale, cast.seller)
    assert send_due_digests(now=NOW) == 0
    assert len(titles(cast.seller)) == 1
    assert send_due_digests(now=NOW + 4 * DAY) == 1


def test_a_reminder_is_told_once_when_its_time_has_come(cast, sale):
    ref = Ref("sales.deal", sale.deal_id)
    key = add_reminder(actor=cast.seller, ref=ref, due_at=NOW + DAY, note="Ask for the logo.", now=NOW)
    (row,) = list_reminders(actor=cast.seller)
    assert (row.title, row.note) == ("Website replatform, Northwind Robotics", "Ask for the logo.")
    assert list_reminders(actor=cast.teammate) == []
    fire_reminder(reminder_id=key, now=NOW)
    assert titles(cast.seller) == []
    fire_reminder(reminder_id=key, now=NOW + DAY)
    fire_reminder(reminder_id=key, now=NOW + DAY)
    (thread,) = list_threads(actor=cast.seller, view=View.FOR_YOU, now=NOW + DAY).threads
    assert (thread.latest.label, thread.latest.detail, thread.unread_count) == ("Reminder", "Ask for the logo.", 1)


def test_a_reminder_on_a_record_that_was_closed_to_its_owner_is_dropped(cast, sale):
    key = add_reminder(actor=cast.teammate, ref=Ref("sales.deal", sale.deal_id), due_at=NOW + DAY, now=NOW)
    change_deal(actor=cast.seller, deal_id=sale.deal_id, changes={"is_restricted": True}, now=NOW)
    fire_reminder(reminder_id=key, now=NOW + DAY)
    assert not Reminder.objects.exists()
    assert titles(cast.teammate, now=NOW + DAY) == []


def test_open_pages_of_the_reader_alone_hear_of_it(cast, sale):
    tell(sale, cast.seller)
    inbox = Ref("notifications.inbox", cast.seller.user_id)
    heard = {name: [event.refs for event in list_visible_events(actor=actor, limit=500).events if inbox in event.refs]
             for name, actor in cast.everybody().items()}
    assert heard.pop("seller") == [(inbox,)]
    assert not any(heard.values())


def test_a_page_of_the_inbox_goes_on_where_the_last_one_ended(cast):
    from tests.people import make_sale

    sales = [make_sale(cast, name=f"Deal {number}", company=f"Company{number} Ltd") for number in range(5)]
    for number, one in enumerate(sales):
        tell(one, cast.seller, now=NOW + number * timedelta(minutes=number % 2))
    cursor, seen = None, []
    while True:
        page = list_threads(actor=cast.seller, view=View.FOR_YOU, now=NOW + DAY, cursor=cursor, limit=2)
        seen += [row.id for row in page.threads]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 5
    assert list_threads(actor=cast.seller, view=View.FOR_YOU, now=NOW + DAY, cursor="nonsense").threads


def test_somebody_who_left_is_not_told(cast, sale):
    from wonward.foundation.access.models import User

    User.objects.filter(pk=cast.teammate.user_id).update(is_active=False)
    assert tell(sale, cast.teammate) == 0
    assert actor_of("seller@studio.test").user_id == cast.seller.user_id
