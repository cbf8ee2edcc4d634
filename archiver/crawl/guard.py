"""Keeps a crawl away from private networks: decided on the address that is connected to.

A name is judged by what it resolves to at the moment of the connection, so that a name that
changes its address in between (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any

from twisted.internet.interfaces import IHostnameResolver, IResolutionReceiver
from zope.interface import implementer

from archiver.errors import ArchiverError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from twisted.internet.interfaces import IAddress, IHostResolution

_STANDARD_PORTS = (80, 443)
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")

_IPv6 = ipaddress.IPv6Address


class PrivateAddressError(ArchiverError):
    """A host lies on a private network, and the profile does not start there."""

    def __init__(self, host: str, address: str) -> None:
        super().__init__(
            f"{host} is at {address}, which is no public address; it was not connected to",
            hint="a host on a private network is crawled only where the profile starts there",
        )
        self.host = host
        self.address = address


def is_public(ip: str) -> bool:
    """True for an address of the public internet; an IPv4 address inside an IPv6 one counts.

    False for what is no IP address at all.
    """
    try:
        address = ipaddress.ip_address(ip.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, _IPv6) and (inner := _embedded(address)) is not None:
        address = inner
    return address.is_global and not (address.is_multicast or address.is_reserved)


def is_address(host: str) -> bool:
    """True where a host is written as an IP address."""
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def _embedded(address: _IPv6) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 address leads to, None where it leads to none."""
    if address.ipv4_mapped or address.sixtofour:
        return address.ipv4_mapped or address.sixtofour
    if address.teredo:
        return address.teredo[1]
    if address in _NAT64 or int(address) >> 32 == 0:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None


class AddressGuard:
    """Says which addresses a crawl may connect to: public ones, and the hosts in ``allowed``.

    ``allowed`` holds ``host:port`` or ``host``, the latter for ports 80 and 443 alone.
    """

    def __init__(self, allowed: Iterable[str] = ()) -> None:
        self._allowed: frozenset[tuple[str, int]] = frozenset(
            pair for entry in allowed for pair in _hosts_and_ports(entry)
        )

    def permits(self, host: str, port: int, address: str) -> bool:
        """True where ``host`` at this port may be connected to at this address."""
        return is_public(address) or (_plain(host), port) in self._allowed

    def check(self, host: str, port: int, address: str) -> None:
        """Raises PrivateAddressError where the connection is not permitted."""
        if not self.permits(host, port, address):
            raise PrivateAddressError(host, address)


def _plain(host: str) -> str:
    """A host in the form in which two are compared: lower case, international names in ASCII."""
    host = host.lower().strip("[]").rstrip(".")
    try:
        return host if host.isascii() else host.encode("idna").decode()
    except UnicodeError:
        return host


def _hosts_and_ports(entry: str) -> list[tuple[str, int]]:
    host, colon, port = entry.rpartition(":")
    if colon and port.isdigit() and (":" not in host or host.endswith("]")):
        return [(_plain(host), int(port))]
    return [(_plain(entry), port) for port in _STANDARD_PORTS]


@implementer(IHostnameResolver)
class GuardedResolver:
    """A resolver that gives only the addresses that the guard permits.

    ``refused`` is the first address that was held back, None where there was none.
    """

    def __init__(self, resolver: Any, guard: AddressGuard) -> None:
        self._resolver = resolver
        self._guard = guard
        self.refused: str | None = None

    def resolveHostName(  # noqa: N802
        self,
        resolutionReceiver: IResolutionReceiver,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type[IAddress]] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> IHostResolution:
        """Resolves as the wrapped resolver does, and passes on what is permitted."""
        receiver = _Sieve(resolutionReceiver, self, hostName, portNumber)
        resolution: IHostResolution = self._resolver.resolveHostName(
            receiver, hostName, portNumber, addressTypes, transportSemantics
        )
        return resolution

    def judge(self, host: str, port: int, address: str) -> bool:
        """True where the address may be passed on."""
        if self._guard.permits(host, port, address):
            return True
        self.refused = self.refused or address
        return False


@implementer(IResolutionReceiver)
class _Sieve:
    def __init__(self, receiver: Any, resolver: GuardedResolver, host: str, port: int) -> None:
        self._receiver = receiver
        self._resolver = resolver
        self._host = host
        self._port = port

    def resolutionBegan(self, resolutionInProgress: IHostResolution) -> None:  # noqa: N802, N803
        self._receiver.resolutionBegan(resolutionInProgress)

    def addressResolved(self, address: IAddress) -> None:  # noqa: N802
        if self._resolver.judge(self._host, self._port, getattr(address, "host", "")):
            self._receiver.addressResolved(address)

    def resolutionComplete(self) -> None:  # noqa: N802
        self._receiver.resolutionComplete()
