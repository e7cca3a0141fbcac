"""Which addresses may be called. Pure decisions on plain values."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urljoin, urlsplit

from wonward.foundation.http.types import DEFAULT_PORTS, Forbidden, Target

LONGEST_URL = 2000
FIRST_FREE_PORT = 1024
_LONGEST_HOST = 253
_NAME = re.compile(r"[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?)*\.?")
_PLAIN = re.compile(r"[\x21-\x7e]+")
# Addresses of IPv6 that carry one of IPv4, each with where its four bytes stand from the right.
_CARRIERS = (
    (IPv6Network("64:ff9b::/96"), 0), (IPv6Network("2002::/16"), 80), (IPv6Network("::ffff:0:0:0/96"), 0), (IPv6Network("::/96"), 0),
)
# Shared by nobody outside, whatever the tables of this Python say of them.
_INSIDE = (IPv6Network("64:ff9b:1::/48"), IPv6Network("2001::/23"), IPv6Network("fec0::/10"), IPv6Network("100::/64"), IPv6Network("5f00::/16"))
_ANYWHERE = IPv6Network("2000::/3")


def read_url(url: str) -> Target:
    """Where an address leads; Forbidden for one that is no plain http or https address of a host with a name."""
    if len(url) > LONGEST_URL or not _PLAIN.fullmatch(url) or "\\" in url:
        raise Forbidden("The address holds characters that an address cannot hold, or is too long.")
    try:
        parts = urlsplit(url)
        port, host = parts.port, (parts.hostname or "")
    except ValueError:
        raise Forbidden("The address cannot be read.") from None
    if parts.scheme not in DEFAULT_PORTS:
        raise Forbidden("The address must begin with https:// or http://.")
    if parts.username is not None or parts.password is not None:
        raise Forbidden("The address holds a name or password; leave them out.")
    if not is_host(host):
        raise Forbidden("The address names no host.")
    if port is not None and port not in DEFAULT_PORTS.values() and port < FIRST_FREE_PORT:
        raise Forbidden(f"Port {port} belongs to another service.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host.rstrip(".") if ":" not in host else host, port or DEFAULT_PORTS[parts.scheme], path)


def is_host(host: str) -> bool:
    """Whether a text is a name of a host, or an address of one."""
    if ":" in host:
        return is_address(host)
    return len(host) <= _LONGEST_HOST and bool(_NAME.fullmatch(host))


def is_address(host: str) -> bool:
    """Whether a host is given by its number; a zone does not belong in one."""
    try:
        return "%" not in host and bool(ip_address(host))
    except ValueError:
        return False


def is_public(address: str) -> bool:
    """Whether an address belongs to somebody outside: nothing of this machine, this network, or what stands for them."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv4Address):
        return _is_global(found)
    if found.scope_id is not None:
        return False
    if found.ipv4_mapped is not None:
        return _is_global(found.ipv4_mapped)
    for network, shift in _CARRIERS:
        if found in network:
            return _is_global(IPv4Address(int(found) >> shift & 0xFFFFFFFF))
    return found in _ANYWHERE and not any(found in network for network in _INSIDE) and _is_global(found)


def _is_global(address: IPv4Address | IPv6Address) -> bool:
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified or address.is_loopback)


def next_target(here: Target, place: str) -> Target:
    """Where a redirect leads; Forbidden when it leads from https to http."""
    authority = f"{here.scheme}://{here.host_header}{here.path}"
    there = read_url(urljoin(authority, place))
    if here.scheme == "https" and there.scheme != "https":
        raise Forbidden("A redirect leads from https to http.")
    return there
