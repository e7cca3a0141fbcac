"""Whatever changes a password, a factor, a role or whether somebody may sign in ends the browsers that were signed in before."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyotp
import pytest
from django.urls import reverse

from tests.people import NOW, PASSWORD, Cast, make_cast
from tests.stories.authenticator import Authenticator
from tests.stories.test_coming_and_going import come_in, is_in
from wonward.domains.staff import operations as staff
from wonward.foundation.access.models import Passkey, User
from wonward.foundation.access.operations import RESET, begin_passkey, make_link
from wonward.foundation.access.operations.passkeys import NewPasskey, keep_passkey

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105
OPERATIONS = Path(staff.__file__).parent
# What changes nothing that lets somebody in, or lets in somebody who was not in before.
KEEPS = {
    "accept_invitation", "add_token", "change_own_preferences", "end_browser", "end_token", "give_sign_in", "invite_people", "invite_person",
    "name_passkey", "note_own_change", "own_sign_in", "request_password_reset", "send_invitation", "sign_in_by_passkey", "tell_of_change",
}


def _own(cast: Cast) -> dict[str, Any]:
    return {"actor": cast.seller, "current_password": PASSWORD, "address": "10.0.0.1", "now": NOW}


def _with_factor(cast: Cast) -> None:
    User.objects.filter(pk=cast.seller.user_id).update(factor_secret=SECRET)


def _with_passkey(cast: Cast) -> None:
    keep_passkey(user_id=cast.seller.user_id or 0, made=NewPasskey("Key", "AAAA", "AAAA", 0, False), now=NOW)


def _add_passkey(cast: Cast) -> None:
    options, challenge = begin_passkey(user_id=cast.seller.user_id or 0, now=NOW)
    answer = Authenticator("https://crm.studio.test", "crm.studio.test").make(options)
    staff.add_passkey(challenge=challenge, answer=answer, name="Key", **_own(cast))


def _change(cast: Cast, **changes: Any) -> None:
    staff.change_sign_in(actor=cast.owner, person_id=cast.seller.person_id or 0, changes=changes, now=NOW)


def _reset(cast: Cast) -> None:
    token = make_link(user_id=cast.seller.user_id or 0, purpose=RESET, now=NOW)
    staff.reset_password(token=token, password="another long sentence", now=NOW)


def _nothing(cast: Cast) -> None:
    """Nothing has to be there before."""


Step = Callable[[Cast], Any]
ENDS: dict[str, tuple[Step, Step]] = {
    "change_password": (_nothing, lambda cast: staff.change_password(password="another long sentence", **_own(cast))),
    "reset_password": (_nothing, _reset),
    "turn_factor_on": (_nothing, lambda cast: staff.turn_factor_on(secret=SECRET, code=pyotp.TOTP(SECRET).at(NOW), **_own(cast))),
    "drop_factor": (_with_factor, lambda cast: staff.drop_factor(**_own(cast))),
    "new_recovery_codes": (_with_factor, lambda cast: staff.new_recovery_codes(**_own(cast))),
    "add_passkey": (_nothing, _add_passkey),
    "drop_passkey": (_with_passkey, lambda cast: staff.drop_passkey(passkey_id=Passkey.objects.get().pk, **_own(cast))),
    "change_sign_in": (_nothing, lambda cast: _change(cast, role="finance")),
    "change_sign_in, e-mail": (_nothing, lambda cast: _change(cast, email="mara@elsewhere.test")),
    "change_sign_in, off": (_nothing, lambda cast: _change(cast, is_active=False)),
    "end_other_browsers": (_nothing, lambda cast: staff.end_other_browsers(actor=cast.seller, keep_id=None, now=NOW)),
}


@pytest.mark.parametrize("name", ENDS)
def test_it_ends_every_browser_of_this_person_and_nobody_elses(name, monkeypatch, settings):
    settings.BASE_URL = "https://crm.studio.test"
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    monkeypatch.setattr("wonward.edges.web.shell.middleware.read_clock", lambda: NOW)
    cast, (before, change) = make_cast(), ENDS[name]
    phone, desk, other = come_in("seller@studio.test"), come_in("seller@studio.test"), come_in("teammate@studio.test")
    before(cast)
    for client in (phone, desk):
        session = client.session
        session["stamp"] = _stamp(cast)
        session.save()
    assert (is_in(phone), is_in(desk), is_in(other)) == (True, True, True)
    change(cast)
    assert (is_in(phone), is_in(desk), is_in(other)) == (False, False, True)
    assert phone.get(reverse("my_work")).headers["Location"].startswith(reverse("sign_in"))


def _stamp(cast: Cast) -> str:
    from wonward.domains.staff.queries import find_session_stamp

    return find_session_stamp(cast.seller.user_id or 0)


def test_every_operation_on_a_sign_in_says_whether_it_ends_sessions():
    known = {
        node.name for name in ("security", "passkeys", "sign_ins")
        for node in ast.parse((OPERATIONS / f"{name}.py").read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    }
    assert known == KEEPS | {name.partition(",")[0] for name in ENDS}
