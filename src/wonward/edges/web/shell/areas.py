"""How a request finds its page: among a few hundred addresses only those that begin as the asked one does are tried."""

from __future__ import annotations

from functools import cached_property
from importlib import import_module

from django.urls import URLPattern, URLResolver
from django.urls.resolvers import ResolverMatch, RoutePattern


class Area(URLResolver):
    """The pages of one module of addresses, as `path("", include(module))` has them; they are tried in the same order."""

    def __init__(self, module: str) -> None:
        super().__init__(RoutePattern("", is_endpoint=False), import_module(module))

    def resolve(self, path: str) -> ResolverMatch:
        first = path.partition("/")[0]
        return self._by_first.get(first, self._others).resolve(path)

    @cached_property
    def _by_first(self) -> dict[str, URLResolver]:
        """What can answer an address by its first part, for every first part that is known."""
        known = {first for one in self.url_patterns if (first := _first_part(one)) is not None}
        return {first: self._part(first) for first in known}

    @cached_property
    def _others(self) -> URLResolver:
        return self._part(None)

    def _part(self, first: str | None) -> URLResolver:
        return URLResolver(self.pattern, [one for one in self.url_patterns if _first_part(one) in (None, first)])


def _first_part(one: URLPattern | URLResolver) -> str | None:
    """The first part of every address that a pattern matches; None where that is not one and the same."""
    route = str(one.pattern) if isinstance(one.pattern, RoutePattern) else "<"
    first, slash, _rest = route.partition("/")
    return None if "<" in first or (isinstance(one, URLResolver) and not slash) else first
