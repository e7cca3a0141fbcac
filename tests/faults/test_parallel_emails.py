"""One e-mail is taken in by several people at once: it is one entry for all who see it."""

from __future__ import annotations

import pytest

from tests.emails import email_bytes
from tests.faults.test_parallel_undoing import at_once
from tests.people import NOW, make_cast, make_sale
from wonward.domains.comms.models import Communication
from wonward.edges.commands.check import find_checks, find_violations
from wonward.foundation.files.models import Document
from wonward.journeys.client_record.operations import store_email, take_in_email
from wonward.kernel.ref import Ref


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_ten_people_take_in_an_e_mail_once() -> None:
    cast = make_cast()
    ref = Ref("sales.deal", make_sale(cast).deal_id)
    content = email_bytes(files={"plan.pdf": b"%PDF-1.4"})
    people = [cast.seller, cast.teammate, cast.owner, cast.leader, cast.seller] * 2
    answers = at_once(*[
        lambda actor=actor: take_in_email(actor=actor, arrived=store_email(actor=actor, content=content), refs=[ref], now=NOW) for actor in people
    ])
    assert sorted(answer.is_new for answer in answers) == [False] * 9 + [True]
    assert len({answer.communication_id for answer in answers}) == 1
    assert Communication.objects.filter(external_source="email").count() == 1
    assert sorted(Document.objects.values_list("name", flat=True)) == ["Support.eml", "plan.pdf"]
    assert [said for said in find_violations(dict(find_checks())) if "outbox" not in said] == []


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_people_who_keep_it_to_themselves_have_one_entry_each() -> None:
    cast = make_cast()
    ref = Ref("sales.deal", make_sale(cast).deal_id)
    content = email_bytes()
    answers = at_once(*[
        lambda actor=actor: take_in_email(actor=actor, arrived=store_email(actor=actor, content=content), refs=[ref], privacy="restricted", now=NOW)
        for actor in (cast.seller, cast.teammate) * 3
    ])
    assert sorted(answer.is_new for answer in answers) == [False] * 4 + [True] * 2
    assert Communication.objects.filter(external_source="email").count() == 2
