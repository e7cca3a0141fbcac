"""Fills a fresh installation with the world of the permission walk, whose owner reads the stretched language; prints every address."""

from __future__ import annotations

import json
import os
from pathlib import Path
from urllib.parse import urlencode

import django

django.setup()

from django.contrib.auth.hashers import Argon2PasswordHasher  # noqa: E402
from django.db import transaction  # noqa: E402
from tools.messages import compiled, pseudo  # noqa: E402

from tests.permissions.lines import address, fill  # noqa: E402
from tests.permissions.table import WEB  # noqa: E402
from tests.permissions.world import World, make_world  # noqa: E402
from tests.words import collected_words  # noqa: E402
from wonward.foundation.access.models import User  # noqa: E402
from wonward.foundation.access.operations import renew_recovery_codes  # noqa: E402


def main() -> None:
    words = Path(os.environ["WONWARD_DATA_DIR"]) / "locale" / "en_XA" / "LC_MESSAGES" / "django.mo"
    words.parent.mkdir(parents=True, exist_ok=True)
    words.write_bytes(compiled(pseudo(collected_words())))
    Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost, Argon2PasswordHasher.parallelism = 1, 8, 1
    with transaction.atomic():
        world = make_world()
        User.objects.filter(email="owner@studio.test").update(language="en-xa")
        code = renew_recovery_codes(user_id=world.actors["owner"].user_id or 0)[0]
    print(json.dumps({"code": code, "places": _addresses(world)}))


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
