"""Mail servers that hang, lie or send without end hold nobody up, and no letter is lost or sent twice for them."""

from __future__ import annotations

import pytest

from tests.faults.harness.third_parties import TRAPS, _month, judge, set_up

pytestmark = pytest.mark.django_db
# The others behave alike at this level; all of them are tried by the fault harness.
TRIED = {"greets without end", "redirects", "breaks off after the letter", "keeps the letter and curses", "says yes where it should ask"}


@pytest.mark.parametrize(("name", "talk"), [trap for trap in TRAPS if trap[0] in TRIED], ids=[name for name, _ in TRAPS if name in TRIED])
def test_a_bad_mail_server_neither_loses_nor_doubles_a_letter_nor_holds_the_worker(settings, name, talk):
    settings.EMAIL_URL = ""
    with set_up(name, talk) as trap:
        told = _month(lambda *_: None, trap.port, None)
    assert judge("", told, trap.taken) == []
