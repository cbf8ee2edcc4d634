"""Where the redirects of a site end, as the frontier has them."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

REDIRECT_TO = "redirect to "
"""The beginning of why an address is done that leads to another one, which follows."""
HOPS = 50  # the most that a profile lets a crawl follow


@dataclass(frozen=True, kw_only=True, slots=True)
class Landing:
    """The end of redirects: its address, what became of it, and its newest capture.

    ``state`` is None where the frontier does not know it, or where there is none.
    """

    url: str
    state: str | None = None
    reason: str | None = None
    crawl: str | None = None
    capture: str | None = None
    is_circle: bool = False


def landing_of(db: sqlite3.Connection, site: str, url: str) -> Landing:
    """The end of the redirects that begin at an address; the address itself where it does not lead on."""
    met = set[str]()
    while url not in met and len(met) <= HOPS:
        met.add(url)
        row = db.execute(
            "SELECT state, reason, crawl, capture FROM frontier WHERE site = ? AND url = ?", (site, url)
        ).fetchone()
        if row is None:
            return Landing(url=url, is_circle=True)
        reason = row["reason"] or ""
        if not reason.startswith(REDIRECT_TO):
            return Landing(url=url, **dict(row))
        url = reason.removeprefix(REDIRECT_TO)
    return Landing(url=url, is_circle=True)
