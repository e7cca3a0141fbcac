"""How many statements each page asks for: run inside an installation with addresses as arguments; prints JSON."""

from __future__ import annotations

import json
import sys

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from tests.browser.sample.places import OWNER, PASSWORD  # noqa: E402


def main() -> None:
    client = Client(headers={"Host": settings.BASE_URL.partition("://")[2]})
    assert client.post("/sign-in/", {"email": OWNER, "password": PASSWORD}).status_code == 302
    counted = {}
    for address in sys.argv[1:]:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200, address
        counted[address] = len(asked)
    print(json.dumps(counted))


if __name__ == "__main__":
    main()
