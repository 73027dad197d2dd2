"""Only public addresses are asked, whatever a job's link says: checked where a name becomes an address.

A link in an advert is written by strangers. It may point to this machine, to the router, or to a cloud's metadata; as a
name, or as a number in one of many spellings. What ORIGINS names is allowed: a person put it there.
"""

import ipaddress
import socket
from typing import Any

from scrapy.crawler import Crawler
from scrapy.resolver import CachingThreadedResolver
from twisted.internet.base import ReactorBase
from twisted.internet.error import DNSLookupError

refused: dict[str, str] = {}  # names that led to an address which is not public, for the message
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Say whether a numeric address is one of the open network; an IPv4 address inside an IPv6 one counts as itself.

    >>> is_public("93.184.216.34"), is_public("10.0.0.1"), is_public("::ffff:127.0.0.1"), is_public("169.254.169.254")
    (True, False, False, False)
    """
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if found in _NAT64:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return found.is_global and not found.is_multicast


def numeric(host: str) -> str | None:
    """Return the address that a host's name is itself, in any spelling that systems take; None for a name.

    >>> numeric("0x7f.1"), numeric("2130706433"), numeric("[::1]"), numeric("jobs.example")
    ('127.0.0.1', '127.0.0.1', '::1', None)
    """
    bare = host.strip("[]").rstrip(".")
    try:
        return str(ipaddress.ip_address(bare.partition("%")[0]))
    except ValueError:
        pass
    if not bare[:1].isdigit():
        return None
    try:
        return socket.inet_ntoa(socket.inet_aton(bare))
    except (OSError, UnicodeEncodeError):
        return None


def why_not(host: str) -> str | None:
    """Say why a host may not be asked, where its name alone tells; None when it may."""
    address = numeric(host)
    if address is not None and not is_public(address):
        return f"{host} is an address of this machine or network ({address}), not a public one"
    name = f".{host.rstrip('.').lower()}"
    if name.endswith((".localhost", ".local", ".internal")):
        return f"{host} is a name inside this network, not a public one"
    return None


class PublicResolver(CachingThreadedResolver):
    """Scrapy's resolver; the address it hands on is the one that is connected to, and must be public."""

    allowed: frozenset[str] = frozenset()

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> "PublicResolver":
        """Scrapy's way to make a resolver; names that ORIGINS leads to are a person's wish."""
        from crawler.middlewares.origins import mapping  # noqa: PLC0415 - origins.py imports this module

        resolver = super().from_crawler(crawler, reactor)
        resolver.allowed = frozenset(target.host for target in mapping(crawler.settings).values())
        return resolver

    def getHostByName(self, name: str, timeout: Any = ()) -> Any:  # noqa: N802 - Twisted's name
        """Resolve a name; one that leads to an address which is not public is not known."""
        found = super().getHostByName(name, timeout)
        found.addCallback(self._checked, name)
        return found

    def _checked(self, address: str, name: str) -> str:
        if name not in self.allowed and not is_public(address):
            refused[name] = f"{name} leads to {address}, which is not a public address"
            raise DNSLookupError(refused[name])
        return address
