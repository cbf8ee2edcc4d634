"""What a crawl asks for: what it begins with, and what is one hop further."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from archiver.crawl.discover.json_feeds import is_posts_address
from archiver.model import Role, Target

if TYPE_CHECKING:
    from datetime import date

    from archiver.site import Site

# What goes first: what is surely new before what may be, listings before what they name.
PRIORITY: dict[Role, int] = {
    "feed": 90, "sitemap": 80, "listing": 70, "article": 60, "page": 40, "media": 20,
}  # fmt: skip

_DEEPEST = 30
_NEWS = _DEEPEST + 1  # more than any depth takes away

Found = tuple[str, Role]


def seeds(site: Site, on: date | None = None) -> tuple[Target, ...]:
    """The addresses that a crawl of a site begins with: its listings and start pages.

    Those on a host that the site does not use on this day are left out. WordPress' list of all
    posts, which no server sends only where it changed, counts as a deeper page of the others.
    """
    begun: list[tuple[str, Role]] = [
        (listing.url, "listing" if listing.kind == "html" else listing.kind) for listing in site.listings
    ]
    begun += [(url, "listing") for url in site.start_urls]
    if on is not None:
        begun = [(url, role) for url, role in begun if not site.has_left(url, on)]
    is_deep = {listing.url: is_posts_address(listing.url) for listing in site.listings}
    behind = not all(is_deep.values())
    return tuple(
        Target(
            url=url, role=role, priority=PRIORITY[role] * 100, hops=int(behind and is_deep.get(url, False))
        )
        for url, role in begun
    )


def followed(
    found: Iterable[Found], target: Target, is_new: Callable[[str], bool], older: Container[str]
) -> tuple[Target, ...]:
    """The new ones among the addresses that were found, each once, in the role found first."""
    roles: dict[str, Role] = {}
    for url, role in found:
        if url not in older:
            roles.setdefault(url, role)
    return tuple(one_hop_further(url, role, target) for url, role in roles.items() if is_new(url))


def one_hop_further(url: str, role: Role, target: Target) -> Target:
    """An address one hop further. Shallow ones go first, so new articles do."""
    depth = min(target.hops + 1, _DEEPEST)
    return Target(
        url=url,
        role=role,
        priority=PRIORITY[role] * 100 - depth,
        hops=target.hops + 1,
        via=target.url,
    )


def as_news(target: Target) -> Target:
    """What a list names that was read before and did not name it: it goes before what waits since then."""
    return replace(target, priority=target.priority + _NEWS)
