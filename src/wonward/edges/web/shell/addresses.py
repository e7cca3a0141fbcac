"""Addresses of pages. Django's resolver is asked once per route; numbers are then put into what it answered."""

from __future__ import annotations

from functools import lru_cache

from django.urls import reverse

_FIRST_PLACE = 918_273_645_000


def address_of(route: str, **values: object) -> str:
    """The path of a named route."""
    if not values:
        return _fixed(route)
    if all(type(value) is int and value >= 0 for value in values.values()):
        return _pattern(route, tuple(values)) % tuple(values.values())
    return reverse(route, kwargs=values)


@lru_cache(maxsize=512)
def _fixed(route: str) -> str:
    return reverse(route)


@lru_cache(maxsize=512)
def _pattern(route: str, names: tuple[str, ...]) -> str:
    """The route with %d in the order of `names`; the route must use them in that order, else it is asked each time."""
    places = {name: _FIRST_PLACE + at for at, name in enumerate(names)}
    pattern = reverse(route, kwargs=places).replace("%", "%%")
    spots = [pattern.index(str(place)) for place in places.values()]
    if spots != sorted(spots):
        raise LookupError(f"Name the values of {route} in the order of its path.")
    for place in places.values():
        pattern = pattern.replace(str(place), "%d", 1)
    return pattern
