"""Who the token speaks for."""

from __future__ import annotations

import msgspec
from django.http import HttpResponse

from wonward.edges.api.v1.answers import answer
from wonward.edges.api.v1.routes import ApiRequest, route
from wonward.foundation.access.queries import get_preferences


class UserOut(msgspec.Struct, frozen=True):
    """A sign-in."""

    id: int
    email: str
    language: str
    time_zone: str


class PersonRefOut(msgspec.Struct, frozen=True):
    """Somebody who owns and is assigned."""

    id: int
    name: str


class MeOut(msgspec.Struct, frozen=True):
    """The token's user and person, and how far each right reaches: own, team, related or all."""

    user: UserOut
    person: PersonRefOut
    access_role: str
    permissions: dict[str, str]


@route("GET", "/me", permission=None, answers={200: MeOut})
def read_me(request: ApiRequest) -> HttpResponse:
    """Who am I, and what may I do?"""
    actor = request.actor
    assert actor.user_id is not None
    assert actor.person_id is not None
    mine = get_preferences(actor.user_id)
    reaches = {name: actor.scope_of(name).value for name in sorted(actor.grants) if actor.may(name)}
    user = UserOut(actor.user_id, mine.email, mine.language, mine.time_zone)
    return answer(MeOut(user, PersonRefOut(actor.person_id, actor.label), actor.role, reaches))
