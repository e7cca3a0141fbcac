"""Behind a proxy every request comes from the proxy; what it says of the sender counts only when we were told to trust it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest, HttpResponse

Network = IPv4Network | IPv6Network


def sender_behind(address: str, forwarded: str, trusted: Sequence[Network]) -> str:
    """Who sent what arrived from `address`: the last in the chain that is no proxy of ours, else the address itself."""
    sender = address
    chain = [*(part.strip() for part in forwarded.split(",") if part.strip()), address]
    for hop in reversed(chain):
        try:
            place = ip_address(hop)
        except ValueError:
            return sender
        sender = hop
        if not any(place in network for network in trusted):
            return sender
    return sender


def sender_of_request(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Puts the sender in place of the proxy, for everything that limits or records by address."""

    def answered(request: HttpRequest) -> HttpResponse:
        if settings.TRUSTED_PROXIES:
            trusted = [ip_network(one) for one in settings.TRUSTED_PROXIES]
            address = str(request.META.get("REMOTE_ADDR", ""))
            request.META["REMOTE_ADDR"] = sender_behind(address, request.headers.get("X-Forwarded-For", ""), trusted)
        return get_response(request)

    return answered
