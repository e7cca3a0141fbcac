from __future__ import annotations

import json

import pytest
from django.urls import reverse

from tests.edges.web.delivery.test_handoffs import HTMX, count_queries
from tests.people import NOW
from wonward.foundation.notifications.operations import notify
from wonward.foundation.notifications.queries import get_notice_settings, list_reminders, list_threads
from wonward.foundation.notifications.types import Level, Notice, Reason, View
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db


@pytest.fixture
def thread(cast, sale):
    notify(notice=Notice("sales.deal.won", Ref("sales.deal", sale.deal_id), "Well done."), to={Reason.ASSIGNED: [cast.seller.user_id]}, now=NOW)
    return list_threads(actor=cast.seller, view=View.FOR_YOU, now=NOW).threads[0]


def page_of(client, name, *args, **query):
    return client.get(reverse(name, args=args), query).content.decode()


def test_the_inbox_lists_what_is_new_and_the_rail_counts_it(cast, thread, sign_in):
    page = page_of(sign_in(cast.seller), "inbox")
    assert "Website replatform, Northwind Robotics" in page
    assert "Well done." in page
    assert 'id="inbox-count"' in page
    assert ">1<span" in page
    assert "All done" in page_of(sign_in(cast.owner), "inbox")
    assert "Website replatform" not in page_of(sign_in(cast.teammate), "inbox", view="everything")


def test_reading_is_a_request_of_its_own_and_quiets_the_rail(cast, thread, sign_in):
    client = sign_in(cast.seller)
    page = page_of(client, "inbox_thread", thread.id)
    assert "Open the deal" in page
    assert reverse("inbox_reading", args=[thread.id]) in page
    assert client.post(reverse("inbox_reading", args=[thread.id]), headers=HTMX).status_code == 204
    assert reverse("inbox_reading", args=[thread.id]) not in page_of(client, "inbox_thread", thread.id)
    assert ">1<span" not in client.get(reverse("inbox_count"), headers=HTMX).content.decode()


def test_the_entry_of_somebody_else_does_not_exist(cast, thread, sign_in):
    stranger = sign_in(cast.owner)
    assert stranger.get(reverse("inbox_thread", args=[thread.id])).status_code == 404
    for name in ("inbox_done", "inbox_reading", "inbox_mute"):
        assert stranger.post(reverse(name, args=[thread.id])).status_code == 404
    assert page_of(sign_in(cast.seller), "inbox").count("Well done.") == 1


def test_done_answers_with_the_rest_of_the_list_and_an_undo(cast, thread, sign_in):
    client = sign_in(cast.seller)
    answer = client.post(reverse("inbox_done", args=[thread.id]), {"view": "for-you"}, headers=HTMX)
    toast = json.loads(answer.headers["HX-Trigger"])["toast"]
    assert "All done" in answer.content.decode()
    assert toast["undo_url"] == reverse("inbox_reopening")
    client.post(toast["undo_url"], toast["undo_values"], headers=HTMX)
    assert "Well done." in page_of(client, "inbox")
    client.post(reverse("inbox_all_done"))
    assert "Well done." in page_of(client, "inbox", view="done")


def test_a_snoozed_entry_waits_in_its_own_part(cast, thread, sign_in):
    client = sign_in(cast.seller)
    assert client.post(reverse("inbox_snooze", args=[thread.id]), {"until": "nonsense"}).status_code == 422
    client.post(reverse("inbox_snooze", args=[thread.id]), {"until": "monday"}, headers=HTMX)
    assert "Well done." not in page_of(client, "inbox")
    assert "until 23 Nov 2026, 08:00" in page_of(client, "inbox", view="snoozed")


def test_a_record_is_followed_and_remembered_from_its_drawer(cast, sale, sign_in):
    client, ref = sign_in(cast.teammate), f"sales.deal:{sale.deal_id}"
    assert "Follow it to hear of it" in page_of(client, "record_notices", ref=ref)
    client.post(reverse("record_following"), {"ref": ref})
    assert "You follow it" in page_of(client, "record_notices", ref=ref)
    refused = client.post(reverse("record_notices"), {"ref": ref, "day": "2026-01-01"}, headers=HTMX)
    assert refused.status_code == 422
    assert "lies ahead" in refused.content.decode()
    client.post(reverse("record_notices"), {"ref": ref, "day": "2026-12-01", "time": "14:30", "note": "Ask for the logo."})
    (row,) = list_reminders(actor=cast.teammate)
    assert row.due_at.isoformat() == "2026-12-01T14:30:00+00:00"
    page = page_of(client, "reminders")
    assert "Ask for the logo." in page
    assert "Website replatform" in page
    client.post(reverse("reminder_removal", args=[row.id]))
    assert "No reminders" in page_of(client, "reminders")
    assert sign_in(cast.member).get(reverse("record_notices"), {"ref": ref}).status_code == 404
    assert client.get(reverse("record_notices"), {"ref": "nonsense"}).status_code == 422


def test_levels_and_the_hour_of_the_digest_are_chosen_in_the_profile(cast, sign_in):
    client = sign_in(cast.seller)
    assert "Deals won and lost" in page_of(client, "profile_notices")
    client.post(reverse("profile_notices"), {"level-deals": "off", "digest_hour": "17", "version": "1"})
    settings = get_notice_settings(cast.seller.user_id)
    assert (settings.levels["deals"], settings.digest_hour) == (Level.OFF, 17)
    assert client.post(reverse("profile_notices"), {"level-deals": "loud"}).status_code == 422
    assert client.post(reverse("profile_notices"), {"digest_hour": "25"}).status_code == 422
    assert client.post(reverse("profile_notices"), {"level-deals": "off", "version": "1"}).status_code == 412
    client.post(reverse("profile_notices"), {"digest_hour": ""})
    assert get_notice_settings(cast.seller.user_id).digest_hour is None


def test_the_inbox_asks_as_much_for_fifty_entries_as_for_one(cast, thread, sign_in):
    count_queries(sign_in(cast.seller), reverse("inbox_thread", args=[thread.id]))
