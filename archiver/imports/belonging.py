"""Which site a record of others belongs to: by its address, on the day of its capture."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date
from functools import lru_cache
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit

from archiver.site import Site
from archiver.warc.frames import Frame, frames

FIRST = 1000  # records of a file that are asked whose pages it holds
PAGES = frozenset(("response", "revisit", "conversion"))

_WEB = re.compile(r"https?://", re.I)
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


class Belonging:
    """Tells the site of an address; ``only`` is the one that everything belongs to, if a person named it."""

    def __init__(self, sites: Sequence[Site], only: Site | None = None) -> None:
        self._sites = sites
        self._only = only
        self._site_of = lru_cache(maxsize=65_536)(self._by_host)

    def site_of(self, target: str, date_text: str) -> str | None:
        """The name of the site that a record with this target and WARC-Date belongs to, or None."""
        if self._only is not None:
            return self._only.name
        host = host_of(target)
        return self._site_of(host, date_text[:10]) if host else None

    def _by_host(self, host: str, day: str) -> str | None:
        try:
            on = date.fromisoformat(day + "0000-01-01"[len(day) :])
        except ValueError:
            return None
        return next((site.name for site in self._sites if host in site.hosts_on(on)), None)


def first_hosts(paths: Iterable[Path]) -> Counter[str]:
    """How many of the first pages of each file are of which host, as far as it can be read."""
    hosts = Counter[str]()
    for path in paths:
        with suppress(OSError):
            for found in islice(frames(path), FIRST):
                if isinstance(found, Frame) and found.values.get("warc-type") in PAGES:
                    hosts.update(filter(None, [host_of(found.values.get("warc-target-uri", ""))]))
    return hosts


def host_of(target: str) -> str | None:
    """``host`` or ``host:port`` of a target, also of one that has an address in it, as ``urn:text:https://…``."""
    if target.lower().startswith("dns:"):
        return target[4:].lower()
    found = _WEB.search(target)
    if found is None:
        return None
    try:
        parts = urlsplit(target[found.start() :].strip("<>"))
    except ValueError:
        return None
    netloc = parts.netloc.rpartition("@")[2].lower()
    return netloc.removesuffix(_DEFAULT_PORTS[parts.scheme]) or None
