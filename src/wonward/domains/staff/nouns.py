"""Everybody who may see colleagues sees all of them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet

from wonward.domains.staff.models import Booking, Person
from wonward.domains.staff.queries import find_actor
from wonward.foundation.access.policy import register_actor_finder, register_noun
from wonward.foundation.database.registry import LinkMove, moves_links
from wonward.kernel.actor import Actor


def visible_people(actor: Actor) -> QuerySet[Any]:
    people = Person.objects.all() if actor.may("staff.person.view") else Person.objects.none()
    return people.values_list("pk", flat=True)


def person_names(ids: Collection[int]) -> dict[int, str]:
    return dict(Person.objects.filter(pk__in=ids).values_list("pk", "name"))


register_noun("staff.person", visible_people, is_host=False, names_of=person_names)
register_actor_finder(lambda user_id: find_actor(user_id=user_id, via="system"))


@moves_links
def move_bookings(move: LinkMove) -> None:
    move.refs(Booking, "subject_noun", "subject_id")
