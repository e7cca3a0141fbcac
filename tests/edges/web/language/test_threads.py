"""Two readers at once, each in a thread of their own, each in their own language and zone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, local
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation
from django.utils.translation import gettext, trans_real

from wonward.config.thread_locals import keep_with_threads
from wonward.edges.web.shell.formats import money_words
from wonward.kernel.money import Money


def test_readers_at_once_keep_their_own_language_and_zone():
    both = Barrier(2, timeout=30)

    def read(language: str, zone: str) -> tuple[str, str, str]:
        with translation.override(language), timezone.override(ZoneInfo(zone)):
            both.wait()
            said = gettext("Today"), money_words(Money(8_400_000, "EUR")), timezone.get_current_timezone_name()
            both.wait()
        return said

    with ThreadPoolExecutor(2) as pool:
        english, german = pool.submit(read, "en", "Asia/Tokyo"), pool.submit(read, "de", "Europe/Berlin")
        assert english.result() == ("Today", "€84,000", "Asia/Tokyo")
        assert german.result() == ("Heute", "84.000\xa0€", "Europe/Berlin")


def test_a_thread_that_begins_speaks_the_language_of_the_installation():
    with translation.override("de"), ThreadPoolExecutor(1) as pool:
        assert pool.submit(translation.get_language).result() == "en"


def test_a_framework_that_keeps_them_elsewhere_is_named_at_the_start(monkeypatch):
    monkeypatch.setattr(trans_real, "_active", local())
    monkeypatch.delattr(timezone, "_active")
    with pytest.raises(LookupError, match=r"django\.utils\.timezone"):
        keep_with_threads()
