"""An address leads to the same page whether all others were tried before it or only its neighbours."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern

from wonward.edges.web.shell.areas import Area

SAMPLES = {"int": "7", "str": "x", "slug": "a-b", "uuid": "0b0e9a3a-0c4f-4a3e-9d0c-3b1f6a5b7c1d", "path": "a/b"}


def plain(one: URLPattern | URLResolver) -> URLPattern | URLResolver:
    return URLResolver(one.pattern, one.url_patterns) if isinstance(one, Area) else one


def addresses(patterns, before: str = "") -> Iterator[str]:
    for one in patterns:
        route = before + re.sub(r"<(?:(\w+):)?\w+>", lambda found: SAMPLES.get(found[1] or "str", "x"), str(one.pattern))
        if isinstance(one, URLResolver):
            yield from addresses(one.url_patterns, route)
        elif not isinstance(one.pattern, RegexPattern):
            yield route


def test_every_address_of_the_office_finds_the_page_that_a_search_from_the_top_finds():
    root = get_resolver()
    searched = URLResolver(root.pattern, [plain(one) for one in root.url_patterns])
    found = 0
    for address in {*addresses(one for one in root.url_patterns if isinstance(one, Area))}:
        try:
            wanted = searched.resolve(f"/{address}")
        except Resolver404:
            continue
        match = root.resolve(f"/{address}")
        assert (match.func, match.kwargs, match.route) == (wanted.func, wanted.kwargs, wanted.route), address
        found += 1
    assert found > 200


@pytest.mark.parametrize("address", ["/nowhere/", "/deals", "/deals/x/y/z/", "//", "/projects/7/nothing/"])
def test_an_address_of_nothing_is_missing(address: str):
    with pytest.raises(Resolver404):
        get_resolver().resolve(address)
