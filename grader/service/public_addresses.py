"""Which addresses of the network are public: those that outgoing requests may go to."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

_UNICAST = IPv6Network("2000::/3")  # all that IPv6 routes on the internet
_NAT64 = IPv6Network("64:ff9b::/96")


def is_public(text: str) -> bool:
    """Return whether an address that a name was resolved to is one of the internet.

    Private, loopback, link-local, shared, reserved and multicast addresses are not, nor is an IPv6 address by which an
    IPv4 address that is none can be reached. Raises ValueError for what is no address.
    """
    address = ip_address(text.partition("%")[0])
    if isinstance(address, IPv4Address):
        return address.is_global and not address.is_multicast
    if (within := _ipv4_within(address)) is not None:
        return is_public(str(within))
    return address in _UNICAST and address.is_global


def _ipv4_within(address: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address behind this one: mapped, or by 6to4, Teredo or NAT64."""
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
