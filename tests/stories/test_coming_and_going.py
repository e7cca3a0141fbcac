"""Invitation, sign-in, second factor, forgotten password, rights: told through the pages, as people meet them."""

from __future__ import annotations

import re
from datetime import timedelta

import pyotp
import pytest
from django.test import Client
from django.urls import reverse

from tests.edges.web.sales.conftest import plain_static  # noqa: F401
from tests.people import NOW, PASSWORD, make_cast, make_sale, token_of
from wonward.domains.staff.queries import find_actor
from wonward.edges.web.shell.identity import actor_from_session_cookie
from wonward.foundation.access.models import SignInAttempt, User
from wonward.foundation.access.queries import find_user_id
from wonward.foundation.audit.models import AuditEntry
from wonward.foundation.mail.models import OutgoingMail

pytestmark = pytest.mark.django_db


class Clock:
    now = NOW


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr("wonward.edges.web.shell.middleware.read_clock", lambda: clock.now)
    return clock


@pytest.fixture
def cast(db):
    return make_cast()


def come_in(email: str, password: str = PASSWORD, client: Client | None = None) -> Client:
    client = client or Client()
    client.post(reverse("sign_in"), {"email": email, "password": password})
    return client


def is_in(client: Client) -> bool:
    return client.get(reverse("my_work")).status_code == 200


def link_in_last_mail() -> str:
    text = OutgoingMail.objects.order_by("-pk").first().text
    return re.search(r"https?://[^/]+(/\S+)", text)[1]


def invite(client: Client, **changes):
    values = {"name": "Nora New", "email": "nora@studio.test", "role": "sales", "team": "North", **changes}
    return client.post(reverse("invite"), values)


def test_an_invitation_lets_somebody_in_once(cast, clock):
    owner = come_in("owner@studio.test")
    assert invite(owner).status_code == 302
    link = link_in_last_mail()
    nora = Client()
    assert "Welcome, Nora New" in nora.get(link).content.decode()
    assert nora.post(link, {"password": "short", "again": "short"}).status_code == 422
    assert nora.post(link, {"password": "a long sentence", "again": "another one"}).status_code == 422
    assert not is_in(nora)
    assert nora.post(link, {"password": "a long sentence", "again": "a long sentence"}).headers["Location"] == "/"
    assert is_in(nora)
    assert Client().get(link).status_code == 404
    assert Client().post(link, {"password": "a long sentence", "again": "a long sentence"}).status_code == 404
    assert is_in(come_in("nora@studio.test", "a long sentence"))
    assert {"staff.person.create", "staff.sign_in.invite", "staff.sign_in.accept"} <= set(AuditEntry.objects.values_list("operation", flat=True))


def test_an_invitation_ends_after_a_week_or_by_a_newer_one(cast, clock):
    owner = come_in("owner@studio.test")
    invite(owner)
    first = link_in_last_mail()
    person_id = find_actor(user_id=find_user_id("nora@studio.test")).person_id
    owner.post(reverse("person_invitation", args=[person_id]))
    second = link_in_last_mail()
    assert (Client().get(first).status_code, Client().get(second).status_code) == (404, 200)
    clock.now = NOW + timedelta(days=7, minutes=1)
    assert Client().get(second).status_code == 404


def test_a_sales_person_invites_nobody_and_an_admin_makes_no_owner(cast):
    assert invite(come_in("seller@studio.test")).status_code == 403
    owner = come_in("owner@studio.test")
    invite(owner, name="Ada Admin", email="ada@studio.test", role="admin")
    link = link_in_last_mail()
    admin = Client()
    admin.post(link, {"password": "a long sentence", "again": "a long sentence"})
    assert invite(admin, role="owner").status_code == 403
    assert find_user_id("nora@studio.test") is None


def test_a_forgotten_password_is_answered_alike_for_known_and_unknown(cast):
    answers = []
    for email in ("seller@studio.test", "nobody@studio.test"):
        page = Client().post(reverse("forgotten_password"), {"email": email}).content.decode()
        answers.append(re.sub(r'value="[A-Za-z0-9]{64}"|content="[A-Za-z0-9]{64}"', "", page).replace(email, "X"))
    assert answers[0] == answers[1]
    assert [mail.to for mail in OutgoingMail.objects.all()] == ["seller@studio.test"]


def test_a_new_password_ends_every_session_and_the_link(cast, clock):
    seller = come_in("seller@studio.test")
    assert is_in(seller)
    Client().post(reverse("forgotten_password"), {"email": "seller@studio.test"})
    link = link_in_last_mail()
    assert Client().post(link, {"password": "a long sentence", "again": "a long sentence"}).status_code == 302
    assert not is_in(seller)
    assert Client().get(link).status_code == 404
    assert not is_in(come_in("seller@studio.test"))
    assert is_in(come_in("seller@studio.test", "a long sentence"))


def test_a_link_for_a_new_password_lives_two_hours(cast, clock):
    Client().post(reverse("forgotten_password"), {"email": "seller@studio.test"})
    link = link_in_last_mail()
    clock.now = NOW + timedelta(hours=2, minutes=1)
    assert Client().get(link).status_code == 404


def test_links_cannot_be_asked_for_without_end(cast):
    statuses = [Client().post(reverse("forgotten_password"), {"email": "seller@studio.test"}).status_code for _ in range(5)]
    assert statuses == [200, 200, 200, 429, 429]
    assert OutgoingMail.objects.count() == 3


def test_passwords_cannot_be_tried_without_end_and_nothing_is_hashed_any_more(cast, monkeypatch):
    for _ in range(10):
        come_in("seller@studio.test", "wrong one")
    asked = []
    monkeypatch.setattr("wonward.foundation.access.operations.signing_in.check_password", lambda *args: asked.append(args))
    answer = Client().post(reverse("sign_in"), {"email": "seller@studio.test", "password": PASSWORD})
    assert (answer.status_code, asked) == (429, [])
    assert SignInAttempt.objects.count() == 10


def turn_on(client: Client) -> tuple[str, list[str]]:
    """The secret and the recovery codes of a second factor that is turned on by the page."""
    page = client.get(reverse("profile_security")).content.decode()
    assert "<svg" in page
    assert "style=" not in page
    secret = client.session["factor_secret"]
    sent = {"do": "factor", "code": pyotp.TOTP(secret).at(Clock.now), "current_password": PASSWORD}
    assert client.post(reverse("profile_security"), {**sent, "code": "000000"}).status_code == 422
    assert client.post(reverse("profile_security"), {**sent, "current_password": "wrong"}).status_code == 422
    page = client.post(reverse("profile_security"), sent).content.decode()
    codes = re.findall(r"<li><code>([0-9a-f]{6}-[0-9a-f]{6})</code>", page)
    assert len(codes) == 10
    return secret, codes


def test_a_second_factor_is_asked_for_and_each_code_works_once(cast, clock):
    other, here = come_in("seller@studio.test"), come_in("seller@studio.test")
    secret, codes = turn_on(here)
    assert (is_in(here), is_in(other)) == (True, False)
    clock.now = NOW + timedelta(minutes=5)
    code = pyotp.TOTP(secret).at(clock.now)
    again = come_in("seller@studio.test")
    assert not is_in(again)
    assert again.post(reverse("sign_in_code"), {"code": "123123"}).status_code == 422
    assert again.post(reverse("sign_in_code"), {"code": code}).status_code == 302
    assert is_in(again)
    replayed = come_in("seller@studio.test")
    assert replayed.post(reverse("sign_in_code"), {"code": code}).status_code == 422
    assert replayed.post(reverse("sign_in_code"), {"code": codes[0].upper()}).status_code == 302
    assert is_in(replayed)
    third = come_in("seller@studio.test")
    assert third.post(reverse("sign_in_code"), {"code": codes[0]}).status_code == 422
    assert User.objects.get(email="seller@studio.test").factor_secret == secret
    assert codes[1] not in str(list(User.objects.values()))


def test_codes_cannot_be_tried_without_end(cast, clock):
    here = come_in("seller@studio.test")
    secret, _codes = turn_on(here)
    clock.now = NOW + timedelta(minutes=30)
    again = come_in("seller@studio.test")
    statuses = [again.post(reverse("sign_in_code"), {"code": f"{number:06d}"}).status_code for number in range(11)]
    assert statuses[-1] == 429
    assert again.post(reverse("sign_in_code"), {"code": pyotp.TOTP(secret).at(clock.now)}).status_code == 429
    assert not is_in(again)


def test_the_step_between_password_and_code_does_not_last(cast, clock):
    turn_on(come_in("seller@studio.test"))
    again = come_in("seller@studio.test")
    clock.now = NOW + timedelta(minutes=11)
    assert again.get(reverse("sign_in_code")).headers["Location"] == reverse("sign_in")
    assert Client().get(reverse("sign_in_code")).status_code == 302


def test_turning_the_factor_off_asks_for_the_password(cast, clock):
    here = come_in("seller@studio.test")
    turn_on(here)
    assert here.post(reverse("profile_security"), {"do": "drop", "current_password": "wrong"}).status_code == 422
    here.post(reverse("profile_security"), {"do": "drop", "current_password": PASSWORD})
    assert is_in(here)
    assert is_in(come_in("seller@studio.test"))


def test_a_changed_password_leaves_only_this_browser_signed_in(cast):
    other, here = come_in("seller@studio.test"), come_in("seller@studio.test")
    sent = {"do": "password", "current_password": PASSWORD, "password": "a long sentence", "again": "a long sentence"}
    assert here.post(reverse("profile_security"), {**sent, "current_password": "wrong"}).status_code == 422
    assert here.post(reverse("profile_security"), sent).status_code == 200
    assert (is_in(here), is_in(other)) == (True, False)
    assert OutgoingMail.objects.filter(to="seller@studio.test", subject__startswith="Your password was changed").count() == 1


def test_one_browser_is_signed_out_from_another_and_its_stream_with_it(cast):
    other, here = come_in("seller@studio.test"), come_in("seller@studio.test")
    cookie = f"session={other.cookies['session'].value}"
    assert actor_from_session_cookie(cookie, NOW) is not None
    other_id = other.session["sign_in"]
    assert come_in("teammate@studio.test").post(reverse("browser_end", args=[other_id])).status_code == 404
    here.post(reverse("browser_end", args=[other_id]))
    assert (is_in(here), is_in(other)) == (True, False)
    assert actor_from_session_cookie(cookie, NOW) is None


def test_a_new_access_role_or_a_deactivation_ends_every_session(cast):
    owner, seller = come_in("owner@studio.test"), come_in("seller@studio.test")
    address = reverse("person_sign_in", args=[cast.seller.person_id])
    owner.post(address, {"do": "save", "email": "seller@studio.test", "role": "finance"})
    assert not is_in(seller)
    seller = come_in("seller@studio.test")
    assert is_in(seller)
    owner.post(address, {"do": "deactivate"})
    assert not is_in(seller)
    assert not is_in(come_in("seller@studio.test"))
    owner.post(address, {"do": "activate"})
    assert is_in(come_in("seller@studio.test"))


def test_the_last_owner_cannot_give_up_and_is_told_why(cast):
    owner = come_in("owner@studio.test")
    address = reverse("person_sign_in", args=[cast.owner.person_id])
    for sent in ({"do": "save", "email": "owner@studio.test", "role": "sales"}, {"do": "deactivate"}):
        answer = owner.post(address, sent)
        assert answer.status_code == 422
        assert "is the only owner" in answer.content.decode()
    assert is_in(owner)
    owner.post(reverse("person_sign_in", args=[cast.leader.person_id]), {"do": "save", "email": "leader@studio.test", "role": "owner"})
    owner.post(address, {"do": "save", "email": "owner@studio.test", "role": "sales"})
    assert find_actor(user_id=cast.owner.user_id).role == "sales"


def test_a_role_changed_on_its_screen_counts_at_the_next_request(cast):
    sale = make_sale(cast)
    owner, member = come_in("owner@studio.test"), come_in("member@studio.test")
    page = reverse("deal", args=[sale.deal_id])
    assert member.get(page).status_code == 404
    assert "Who sees money" in owner.get(reverse("roles")).content.decode()
    sent = {"sales.deal.view": "all", "version": "1"}
    assert owner.post(reverse("role", args=["member"]), sent).status_code == 302
    assert member.get(page).status_code == 200
    assert "84,000" not in member.get(page).content.decode()
    assert owner.post(reverse("role", args=["member"]), sent).status_code == 412
    owner.post(reverse("role", args=["member"]), {"sales.deal.view": "own"})
    assert member.get(page).status_code == 404
    assert owner.post(reverse("role", args=["member"]), {"sales.deal.view": "sometimes"}).status_code == 422
    assert owner.post(reverse("role", args=["owner"]), {"sales.deal.view": "none"}).status_code == 422
    assert AuditEntry.objects.filter(operation="access.role.change").count() == 2


def test_a_team_may_do_otherwise_than_its_roles(cast):
    sale = make_sale(cast)
    owner, member = come_in("owner@studio.test"), come_in("member@studio.test")
    owner.post(reverse("person", args=[cast.member.person_id]), {"name": "Noor Haddad", "team": "Deal desk"})
    team_id = find_actor(user_id=cast.member.user_id).team_id
    owner.post(reverse("team", args=[team_id]), {"sales.deal.view": "all"})
    assert member.get(reverse("deal", args=[sale.deal_id])).status_code == 200
    owner.post(reverse("team", args=[team_id]), {"sales.deal.view": ""})
    assert member.get(reverse("deal", args=[sale.deal_id])).status_code == 404
    owner.post(reverse("team", args=[team_id]), {"do": "rename", "name": "Desk"})
    assert "Desk" in owner.get(reverse("roles")).content.decode()


def test_a_token_is_shown_once_narrows_rights_and_ends_when_revoked(cast):
    seller = come_in("seller@studio.test")
    page = seller.post(reverse("profile_tokens"), {"name": "Reports", "days": "30", "scope": ["sales.deal.view"]}).content.decode()
    token = re.search(r"wnw_[\w-]+", page)[0]
    assert token not in seller.get(reverse("profile_tokens")).content.decode()
    headers = {"Authorization": f"Bearer {token}"}
    assert Client().get("/api/v1/deals", headers=headers).status_code == 200
    assert Client().get("/api/v1/companies", headers=headers).status_code == 403
    token_id = re.search(r"/profile/tokens/(\d+)/end/", seller.get(reverse("profile_tokens")).content.decode())[1]
    assert come_in("teammate@studio.test").post(reverse("token_end", args=[token_id])).status_code == 404
    seller.post(reverse("token_end", args=[token_id]))
    assert Client().get("/api/v1/deals", headers=headers).status_code == 401
    assert seller.post(reverse("profile_tokens"), {"name": "", "days": "30"}).status_code == 422
    assert token_of(cast.seller)


def test_preferences_are_kept_and_nonsense_is_refused(cast):
    seller = come_in("seller@studio.test")
    sent = {"language": "de", "time_zone": "Europe/Berlin", "week_start": "6", "theme": "dark", "density": "compact", "keyboard_is_on": "on"}
    seller.post(reverse("profile"), sent)
    page = seller.get(reverse("my_work")).content.decode()
    assert 'data-theme="dark"' in page
    assert 'data-density="compact"' in page
    assert find_actor(user_id=cast.seller.user_id).time_zone == "Europe/Berlin"
    for field, value in (("time_zone", "Mars/Base"), ("language", "xx"), ("week_start", "3"), ("theme", "neon")):
        assert seller.post(reverse("profile"), {**sent, field: value}).status_code == 422
