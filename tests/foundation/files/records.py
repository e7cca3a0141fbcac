"""Records to hang things on, seen by whom the test says, without any department's tables."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest
from django.contrib.contenttypes.models import ContentType

from wonward.foundation.access import policy
from wonward.kernel.actor import Actor
from wonward.kernel.ref import Ref

_serial = count()


class Records:
    """Makes records of two nouns; a record is seen by the users named when it was made, and by the system."""

    nouns = ("testing.deal", "testing.note")

    def visible_ids(self, noun: str, actor: Actor):
        rows = ContentType.objects.filter(model__startswith=noun)
        if not actor.is_system:
            rows = rows.filter(app_label__contains=f",{actor.user_id},")
        return rows.values_list("pk", flat=True)

    def add(self, *viewers: Actor, noun: str = "testing.deal") -> Ref:
        seen_by = f",{','.join(str(viewer.user_id) for viewer in viewers)},"
        return Ref(noun, ContentType.objects.create(app_label=seen_by, model=f"{noun}{next(_serial)}").pk)

    def add_many(self, amount: int, *viewers: Actor, noun: str = "testing.deal") -> list[Ref]:
        seen_by = f",{','.join(str(viewer.user_id) for viewer in viewers)},"
        rows = [ContentType(app_label=seen_by, model=f"{noun}{next(_serial)}") for _ in range(amount)]
        return [Ref(noun, row.pk) for row in ContentType.objects.bulk_create(rows)]


@pytest.fixture
def records(db: None) -> Iterator[Records]:
    made = Records()
    for noun in made.nouns:
        policy.register_noun(noun, lambda actor, noun=noun: made.visible_ids(noun, actor))
    yield made
    for noun in made.nouns:
        del policy._NOUNS[noun]


def actor_of(role: str, user_id: int, label: str) -> Actor:
    return Actor(label=label, user_id=user_id, person_id=user_id, role=role, grants=policy.grants_of(role))


@pytest.fixture
def sam() -> Actor:
    return actor_of("sales", 11, "Sam Sales")


@pytest.fixture
def mia() -> Actor:
    return actor_of("member", 12, "Mia Member")


@pytest.fixture
def ada() -> Actor:
    return actor_of("admin", 13, "Ada Admin")


@pytest.fixture
def guest() -> Actor:
    return actor_of("guest", 14, "Gus Guest")
