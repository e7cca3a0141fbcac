"""Who reacts to which fact. Packages subscribe in their `handlers.py`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from wonward.kernel.event import Event

_Handler = TypeVar("_Handler", bound=Callable[..., None])


@dataclass(frozen=True, slots=True)
class Subscription:
    """One handler of one kind of event; `name` is the handler's `module.qualname`."""

    name: str
    event_type: type[Event]
    handler: Callable[..., None]
    tells_author: bool = False


_SUBSCRIPTIONS: dict[str, dict[str, Subscription]] = {}


def subscribe(*event_types: type[Event], tells_author: bool = False) -> Callable[[_Handler], _Handler]:
    """Register a function `handler(event, *, now)` for one or more kinds of events; returns it unchanged.

    The handler runs in a transaction of its own: everything it writes happens once, or not at all. With `tells_author`
    it is called as `handler(event, *, author, now)`, with the Author of the fact.
    """

    def register(handler: _Handler) -> _Handler:
        name = f"{handler.__module__}.{handler.__qualname__}"
        for event_type in event_types:
            handlers = _SUBSCRIPTIONS.setdefault(event_type.name, {})
            if name in handlers:
                raise ValueError(f"{name} subscribes to {event_type.name} twice.")
            for known in handlers.values():
                if known.event_type is not event_type:
                    raise ValueError(f"Two kinds of events call themselves {event_type.name}.")
            handlers[name] = Subscription(name, event_type, handler, tells_author)
        return handler

    return register


def unsubscribe(handler: Callable[..., None]) -> None:
    """Take a handler out again; its pending deliveries end in the dead letters."""
    name = f"{handler.__module__}.{handler.__qualname__}"
    for handlers in _SUBSCRIPTIONS.values():
        handlers.pop(name, None)


def handler_names(event_name: str) -> tuple[str, ...]:
    """The handlers of an event, in the order of their subscription."""
    return tuple(_SUBSCRIPTIONS.get(event_name, ()))


def find_subscription(event_name: str, handler_name: str) -> Subscription | None:
    """The subscription of a handler, or None when the handler is gone."""
    return _SUBSCRIPTIONS.get(event_name, {}).get(handler_name)
