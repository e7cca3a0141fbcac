"""The holders of two proposal links: each opens one proposal, is a stranger to everything else, and loses it when it is revoked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.test import Client

from tests.people import NOW
from tests.permissions.lines import Line, address, fill
from tests.permissions.table import API, WEB
from tests.permissions.walker import _BETWEEN_DIGITS, Walker
from tests.permissions.watch import MAY_CHANGE_ON_REFUSAL, WriteWatch, checksums
from tests.permissions.world import CANARIES
from wonward.domains.sales.models import Proposal, ProposalLink
from wonward.domains.sales.operations.proposals import revoke_links, send_proposal
from wonward.edges.api.v1.routes import ANYBODY

pytestmark = pytest.mark.django_db
HOLDERS = ("holder of the open one", "holder of the restricted one")
# What a proposal says to its reader: its own value, and the price of what it sells.
TOLD = {"open": {"value of the open deal", "price of the service"}, "hidden": {"value of the restricted deal", "price of the service", "name of the restricted deal",
                                                                               "name of the restricted company"}}


@dataclass(frozen=True, slots=True)
class Links:
    """The tokens of the two links."""

    open: str
    hidden: str


@contextmanager
def _sent(walker: Walker) -> Iterator[Links]:
    """Both proposals sent, and each holder in a browser that has opened its link; taken back afterwards."""
    before = walker._sums
    mark = transaction.savepoint()
    try:
        seller = walker.world.actors["seller"]
        soon = date.fromisoformat(str(walker.world.ids["day.soon"]))
        links = Links(*(
            send_proposal(actor=seller, proposal_id=walker.world.ids[f"proposal.{key}"], valid_until=soon, recipient=f"{key}@client.test", now=NOW)
            for key in ("open", "hidden")
        ))
        for name, token in zip(HOLDERS, (links.open, links.hidden), strict=True):
            walker._clients[name], walker._tokens[name] = Client(raise_request_exception=False), token
            assert walker._clients[name].get(f"/p/{token}/").status_code == 200
        walker._sums = checksums()
        yield links
    finally:
        transaction.savepoint_rollback(mark)
        walker._sums = before
        for name in HOLDERS:
            walker._clients.pop(name, None), walker._tokens.pop(name, None)


def _canaries_in(text: str) -> set[str]:
    digits = _BETWEEN_DIGITS.sub("", text)
    return {one.name for one in CANARIES if one.text in (digits if one.is_amount else text.lower())}


def _refused(walker: Walker, holder: str, line: Line) -> bool:
    """Whether a line sends a holder away like anybody without account."""
    family = line.families[0]
    path, body = address(line, walker.world, family), fill(line.body, walker.world, family)
    if line.surface == "web":
        answer = walker.web(holder, line.method, path, body or fill(line.query, walker.world, family))
        return (answer.status, answer.location.split("?")[0]) == (302, "/sign-in/")
    content = b"" if body is None else json.dumps(body).encode()
    answer = walker._judge(
        holder, line.method, f"/api/v1{path}",
        lambda client: client.generic(line.method, f"/api/v1{path}", content, content_type="application/json",
                                      headers={"Authorization": f"Bearer {walker._tokens[holder]}"}),
    )
    return answer.status == 401


@pytest.mark.parametrize("holder", HOLDERS)
def test_the_holder_of_a_link_is_a_stranger_to_every_page_and_route(walker: Walker, holder: str):
    with _sent(walker):
        walker.report([
            f"{holder} is not sent away from {line.method} {line.path}" for line in (*API, *WEB)
            if line.permission != ANYBODY and not _refused(walker, holder, line)
        ])
        walker.check_tables()
        walker.report()


def test_a_link_shows_its_own_proposal_and_no_secret_of_any_other(walker: Walker):
    with _sent(walker) as links:
        for key, token in (("open", links.open), ("hidden", links.hidden)):
            for path in (f"/p/{token}/", f"/p/{token}/file.pdf"):
                answer = Client().get(path)
                assert answer.status_code == 200
                assert _canaries_in(answer.content.decode("utf-8", "replace")) <= TOLD[key], path
        one, other = [Client().get(f"/p/{token}/").content.decode() for token in (links.open, links.hidden)]
        numbers = dict(Proposal.objects.values_list("pk", "number"))
        mine, theirs = [numbers[walker.world.ids[f"proposal.{key}"]] for key in ("open", "hidden")]
        assert mine in one
        assert mine not in other
        assert theirs in other
        assert theirs not in one


def test_ids_of_the_other_proposal_in_query_or_body_change_nothing_there(walker: Walker):
    with _sent(walker) as links:
        other = walker.world.ids["proposal.hidden"]
        foreign = {"proposal_id": other, "proposal": other, "deal_id": walker.world.ids["deal.hidden"], "token": links.hidden, "version_id": other, "id": other}
        plain = Client().get(f"/p/{links.hidden}/").content
        reply = Client().post(f"/p/{links.open}/?token={links.hidden}&proposal_id={other}", {**foreign, "do": "ask", "asker": "Hanne", "text": "Why so much?"})
        assert reply.status_code == 200
        assert "Why so much?" in Client().get(f"/p/{links.open}/").content.decode()
        assert Client().get(f"/p/{links.hidden}/").content == plain
        signed = Client().post(f"/p/{links.open}/", {**foreign, "do": "sign", "name": "Hanne", "email": "h@client.test", "is_agreed": "on", "seen": "1"})
        assert signed.status_code == 422
        assert set(Proposal.objects.filter(pk__in=(other, walker.world.ids["proposal.open"])).values_list("status", flat=True)) == {"sent"}


def test_a_revoked_link_looks_like_one_that_never_was_and_writes_nothing(walker: Walker):
    with _sent(walker) as links:
        never = "A" * len(links.open)
        wanted = {path: Client().get(f"/p/{never}/{path}") for path in ("", "file.pdf")}
        assert {answer.status_code for answer in wanted.values()} == {404}
        assert revoke_links(actor=walker.world.actors["seller"], proposal_id=walker.world.ids["proposal.open"], now=NOW) == 1
        watch = WriteWatch()
        with connection.execute_wrapper(watch):
            for path, unknown in wanted.items():
                gone = Client().get(f"/p/{links.open}/{path}")
                assert (gone.status_code, gone.content.replace(links.open.encode(), b"")) == (404, unknown.content.replace(never.encode(), b"")), path
            for do in ("ask", "sign"):
                body = {"do": do, "asker": "Hanne", "text": "Still here?", "name": "Hanne", "email": "h@client.test", "is_agreed": "on", "seen": "1"}
                assert Client().post(f"/p/{links.open}/", body).status_code == 404
        assert watch.tables <= MAY_CHANGE_ON_REFUSAL
        assert Client().get(f"/p/{links.hidden}/").status_code == 200


def test_an_expired_link_signs_nothing_and_the_database_keeps_no_token(walker: Walker):
    with _sent(walker) as links:
        kept = [str(value) for row in ProposalLink.objects.values() for value in row.values()]
        assert not [value for value in kept if links.open in value or links.hidden in value]
        ProposalLink.objects.update(expires_at=NOW - timedelta(days=900))
        for token in (links.open, links.hidden):
            seen = next(one.text for one in CANARIES if one.name == "price of the service")
            body = {"do": "sign", "name": "Hanne", "email": "h@client.test", "is_agreed": "on", "seen": seen}
            assert Client().post(f"/p/{token}/", body).status_code in (404, 422)
        assert not Proposal.objects.filter(status="accepted").exists()
