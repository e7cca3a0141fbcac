"""Every page that can be opened says nothing that came past the catalogue: all of them in a stretched language."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import available_timezones

import pytest
from django.conf import settings
from django.test import override_settings
from django.utils import translation
from django.utils.translation import trans_real
from tools.messages import compiled, pseudo

from tests.edges.web.language.test_words import NAMES, bare_words, stored_words
from tests.permissions.lines import address, fill
from tests.permissions.table import WEB
from tests.permissions.walker import Walker
from tests.words import collected_words
from wonward.domains.catalog.queries import list_gallery
from wonward.foundation.access.models import User

pytestmark = pytest.mark.django_db
# Days and months come from Django and the browser; zones and countries are called as the world calls them; the gallery is what a house takes over and rewords.
OF_THE_WORLD = {
    *(word for name in (*calendar.month_name, *calendar.month_abbr, *calendar.day_name, *calendar.day_abbr) for word in name.split()),
    *(word for zone in available_timezones() for word in re.findall(r"[A-Za-z]{2,}", zone)),
}
WITH_OTHER_WORDS = {
    "calendar": "names every country and its parts for their holidays", "lead_form": "shows the code that a site takes over", "new_lead_form": "shows the code that a site takes over",
    "import_batch": "shows the headers of the file",
    "webhooks": "names facts as programs read them", "webhook": "names facts as programs read them",
}
KNOWN = {
    "leveling_run": "keeps sentences as they were found when the search ran",
}


@pytest.fixture
def stretched(walker: Walker, tmp_path: Path) -> Iterator[Walker]:
    """The owner reads a language of which every translated word is marked."""
    place = tmp_path / "en_XA" / "LC_MESSAGES" / "django.mo"
    place.parent.mkdir(parents=True)
    place.write_bytes(compiled(pseudo(collected_words())))
    sums = walker._sums
    was = User.objects.filter(email="owner@studio.test").values_list("language", flat=True).get()
    with override_settings(LOCALE_PATHS=[str(tmp_path), *settings.LOCALE_PATHS]):
        trans_real._translations.clear()
        User.objects.filter(email="owner@studio.test").update(language="en-xa")
        yield walker
        User.objects.filter(email="owner@studio.test").update(language=was)
    walker.take_faults()
    walker._sums = sums
    trans_real._translations.clear()
    translation.activate("en")


def test_no_word_of_any_page_comes_past_the_catalogue(stretched: Walker) -> None:
    known = stored_words() | NAMES | OF_THE_WORLD | {word for one, _ in list_gallery(actor=stretched.world.actors["owner"]) for word in one.name.split()}
    bare, opened = [], 0
    for line in WEB:
        if line.method != "GET":
            continue
        path, query = address(line, stretched.world, line.families[0]), fill(line.query, stretched.world, line.families[0])
        page = stretched.web("owner", "GET", path, query)
        assert page.status < 500, path
        if page.status != 200 or "⟦" not in page.content or not page.content.lstrip().startswith("<") or line.name in WITH_OTHER_WORDS or line.name in KNOWN:
            continue
        opened += 1
        bare += [f"{line.name} {path}: {sorted(words)}"] if (words := bare_words(page.content, known)) else []
    assert opened > 120
    assert not bare, "\n".join(["These words are not in the catalogue:", *bare])
