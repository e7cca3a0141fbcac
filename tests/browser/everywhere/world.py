"""Fills a fresh installation with the world of the permission walk, whose owner reads the stretched language; prints every address, and which cover all layouts."""

from __future__ import annotations

import json
import os
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth.hashers import Argon2PasswordHasher  # noqa: E402
from django.db import transaction  # noqa: E402
from django.test import Client  # noqa: E402
from jinja2 import meta  # noqa: E402
from tools.messages import collect, compiled, pseudo  # noqa: E402

from tests.people import PASSWORD  # noqa: E402
from tests.permissions.lines import address, fill  # noqa: E402
from tests.permissions.table import WEB  # noqa: E402
from tests.permissions.world import World, make_world  # noqa: E402
from wonward.edges.web.shell import render  # noqa: E402
from wonward.foundation.access.models import User  # noqa: E402
from wonward.foundation.access.operations import renew_recovery_codes  # noqa: E402


def main() -> None:
    words = Path(os.environ["WONWARD_DATA_DIR"]) / "locale" / "en_XA" / "LC_MESSAGES" / "django.mo"
    words.parent.mkdir(parents=True, exist_ok=True)
    words.write_bytes(compiled(pseudo(collect())))
    Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost, Argon2PasswordHasher.parallelism = 1, 8, 1
    with transaction.atomic():
        world = make_world()
        User.objects.filter(email="owner@studio.test").update(language="en-xa")
        code, another = renew_recovery_codes(user_id=world.actors["owner"].user_id or 0)[:2]
    places = _addresses(world)
    print(json.dumps({"code": code, "places": places, "covering": _covering(_templates(places, another))}))


def _templates(places: dict[str, str], code: str) -> dict[str, set[str]]:
    """What each page is drawn from: its templates, the parts they take in, and the areas these belong to."""
    client = Client(headers={"Host": settings.BASE_URL.partition("://")[2]})
    client.post("/sign-in/", {"email": "owner@studio.test", "password": PASSWORD})
    assert client.post("/sign-in/code/", {"code": code}).status_code == 302
    found: dict[str, set[str]] = {}
    for name, path in places.items():
        drawn: set[str] = set()

        def noted(template: str, into: set[str] = drawn) -> Any:
            into |= _parts(template) | {template.partition("/")[0]}
            return _TEMPLATE(template)

        with patch.object(render, "_template", noted):
            client.get(path)
        found[name] = drawn
    return found


_TEMPLATE = render._template


@cache
def _parts(template: str) -> frozenset[str]:
    """A template and all it takes in."""
    environment = _TEMPLATE(template).environment
    assert environment.loader is not None
    taken = meta.find_referenced_templates(environment.parse(environment.loader.get_source(environment, template)[0]))
    return frozenset({template}).union(*(_parts(name) for name in taken if name))


def _covering(drawn: dict[str, set[str]]) -> list[str]:
    """Few pages that show every area and every template that several pages share."""
    pages = Counter(part for parts in drawn.values() for part in parts)
    left = {part for part, count in pages.items() if count > 1}
    chosen = []
    while left:
        chosen.append(max(drawn, key=lambda name: len(drawn[name] & left)))
        left -= drawn[chosen[-1]]
    return chosen


def _addresses(world: World) -> dict[str, str]:
    """Every page a browser can ask for, by the name of its route."""
    found = {}
    for line in WEB:
        if line.method == "GET":
            query = fill(line.query, world, line.families[0])
            found[line.name] = address(line, world, line.families[0]) + (f"?{urlencode(query, doseq=True)}" if query else "")
    return found


if __name__ == "__main__":
    main()
