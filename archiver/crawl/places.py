"""The places of a run: so many sites at once, and one at a time on each host."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, suppress

from archiver.site import Site

# Sites that wait beside those that are crawled; each keeps its files open. More than these keep their places.
MAX_ASIDE = 64


class Places:
    """Who comes back to the places of a run goes before who comes first.

    All is for one event loop.
    """

    def __init__(self, count: int) -> None:
        self._free = count
        self._back = 0
        self._aside = 0
        self._changed = asyncio.Condition()
        self._hosts: dict[str, asyncio.Lock] = {}

    def of(self, site: Site) -> Place:
        """The place of a site, which it has not taken yet."""
        return Place(self, site)

    def lock(self, host: str) -> asyncio.Lock:
        """Held by the site that is crawled on the host."""
        return self._hosts.setdefault(host, asyncio.Lock())

    async def take(self, *, again: bool) -> None:
        """Wait for a free place, and take it."""
        self._back += again
        try:
            async with self._changed:
                await self._changed.wait_for(lambda: self._free > 0 and (again or not self._back))
                self._free -= 1
        finally:
            self._back -= again
            if again:
                self._told = asyncio.ensure_future(self._tell())

    def give(self) -> None:
        """Give a place back."""
        self._free += 1
        self._told = asyncio.ensure_future(self._tell())

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    def goes_aside(self, change: int) -> bool:
        """One more site aside, or one less; False where there are too many."""
        if self._aside + change > MAX_ASIDE:
            return False
        self._aside += change
        return True


class Place:
    """The place of one site among those that are crawled, with its hosts: one connection each."""

    def __init__(self, places: Places, site: Site) -> None:
        self._places = places
        self._hosts = sorted(site.host_names)  # in one order, so that no two wait for each other
        self._held = AsyncExitStack()
        self._coming: asyncio.Task[None] | None = None
        self.is_aside = False

    async def take(self, *, again: bool = False) -> None:
        """Wait for the hosts, then for a place."""
        async with AsyncExitStack() as held:
            for host in self._hosts:
                await held.enter_async_context(self._places.lock(host))
            await self._places.take(again=again)
            held.callback(self._places.give)
            self._held = held.pop_all()

    async def leave(self) -> None:
        """Give back place and hosts for good; who waits to come back waits no longer."""
        if self._coming is not None:
            self._coming.cancel()
            with suppress(asyncio.CancelledError):
                await self._coming
        self._places.goes_aside(-self.is_aside)
        self.is_aside = False
        await self._held.aclose()

    async def keep(self, *, wanted: bool) -> None:
        """Step aside while no place is wanted, and come back when one is; does not wait for that."""
        if not self.is_aside and not wanted:
            self.is_aside = self._places.goes_aside(1)
            if self.is_aside:
                await self._held.aclose()
        elif self.is_aside and self._coming is not None and self._coming.done():
            self._coming = None
            self._places.goes_aside(-1)
            self.is_aside = False
        elif self.is_aside and wanted and self._coming is None:
            self._coming = asyncio.ensure_future(self.take(again=True))

    @property
    def is_taken(self) -> bool:
        """True where another site is crawled on one of the hosts, while this one is aside."""
        return self.is_aside and any(self._places.lock(host).locked() for host in self._hosts)
