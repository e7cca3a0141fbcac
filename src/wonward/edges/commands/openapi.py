"""`wonward openapi`: what the API's own door says of itself."""

from __future__ import annotations

import argparse
import json

from django.http import HttpRequest
from django.urls import resolve

from wonward.edges.commands.output import say

ADDRESS = "/api/v1/openapi.json"


def run(arguments: argparse.Namespace) -> int:
    """Print the OpenAPI document, sorted, so that two versions compare well."""
    del arguments
    request = HttpRequest()
    request.method, request.path = "GET", ADDRESS
    found = resolve(ADDRESS)
    document = json.loads(found.func(request, *found.args, **found.kwargs).content)
    say(json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False))
    return 0
