"""Which addresses may be asked, and how a URL is shown. Pure; the standard library only."""

import re
from ipaddress import IPv4Address, IPv6Address, ip_network
from urllib.parse import urlsplit, urlunsplit

Address = IPv4Address | IPv6Address

_NEVER = tuple(
    ip_network(network)
    for network in (
        *("0.0.0.0/8", "169.254.0.0/16", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15"),
        *("198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        *("::/128", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16"),
        *("3fff::/20", "5f00::/16", "fe80::/10", "fec0::/10", "ff00::/8"),
    )
)
"""Link-local (where clouds keep secrets), translated, reserved, multicast: nothing public lives there."""

_PRIVATE = tuple(
    ip_network(network)
    for network in (
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "::1/128",
        "fc00::/7",
    )
)
_SECRET = re.compile(r"key|token|secret|passw|pwd|sign|auth|session|ticket|credential", re.I)


def shown(url: str) -> str:
    """A URL for people and logs: without user, password, fragment and the values of secret parameters."""
    try:
        parts = urlsplit(url)
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return url.split("?")[0].rpartition("@")[2]
    pairs = (pair.partition("=") for pair in parts.query.split("&"))
    query = "&".join(
        f"{name}=…" if _SECRET.search(name) else name + equals + value for name, equals, value in pairs
    )
    return urlunsplit((parts.scheme, host + port, parts.path, query, ""))


def refusal(address: Address, allow_private: bool) -> str | None:
    """Why an address may not be connected to; None if it may."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    real = mapped or address
    if any(real in network for network in _NEVER):
        return "an address that nothing public can have"
    if any(real in network for network in _PRIVATE):
        return None if allow_private else "an address inside a private network"
    return None if real.is_global else "an address that is not on the public internet"
