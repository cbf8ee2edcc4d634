"""Addresses that gave no page: which may give one yet, since when they fail, when they are tried again."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Collection
from datetime import datetime, timedelta

from archiver.address import host_of
from archiver.store.crawls import begun
from archiver.store.landings import REDIRECT_TO
from archiver.store.visits import SHARE

INCOMPLETE = "incomplete"
"""The beginning of why an address is given up whose page did not come whole."""

AS_NEVER = "says not modified of what was never sent"
"""Why an address is given up that answers as if we had its page."""

UNHEARD = ("timeout", "connection", "robots.txt unreachable")
"""Failures in which the server said nothing of the address."""

PASSING = (
    *UNHEARD,
    "server error",
    "too many requests",
    INCOMPLETE,
    AS_NEVER,
)
"""Failures that may pass; the next crawls try again."""

IN_VAIN = "waited for in vain"
"""The end of why an address is given up on a host that was waited for all patience long."""

WAIT, BUSY = "asked to wait", "busy"
"""What stands in why a crawl ended whose site asked for time."""
_ASKED = re.compile(rf"(?:^|, )(?:{WAIT}|{BUSY}) \d")

FORBIDDEN = "forbidden by robots.txt"
"""Not asked for by rules that may be others by the next crawl."""

DENIED = ("status 401", "forbidden (403)")
"""Why an address is given up that the server keeps to others; the next page of a list may be one."""

GONE = ("not found (404)", "gone (410)")

# Pages that fail and are few: this number, or one in so many of the pages of a site.
FEW, FEW_OF = 2, 20
RAREST = timedelta(days=30)  # between two tries of a page that fails and fails


def may_pass(reason: str | None) -> bool:
    """True for a failure that may have passed by the next crawl."""
    return (reason or "").startswith(PASSING)


def try_again(db: sqlite3.Connection, site: str, at: datetime, *, always: Collection[str]) -> None:
    """Make pending what failed in passing or was forbidden. In a transaction.

    A page that goes on failing is tried ever more rarely; addresses of the roles ``always`` are not.
    """
    reasons = (*PASSING, FORBIDDEN)
    likes = " OR ".join(["reason LIKE ?"] * len(reasons))
    rows = db.execute(
        f"SELECT url, role, crawl, failing FROM frontier WHERE site = ? AND state = 'given up' AND ({likes})",
        (site, *(f"{reason}%" for reason in reasons)),
    ).fetchall()
    db.executemany(
        "UPDATE frontier SET state = 'pending', due = NULL WHERE site = ? AND url = ?",
        ((site, row["url"]) for row in rows if row["role"] in always or _is_due(row, at)),
    )


def _is_due(row: sqlite3.Row, at: datetime) -> bool:
    """True where an address was not tried for a part of the time for which it had failed by then."""
    tried, since = begun(row["crawl"] or ""), begun(row["failing"] or "")
    if tried is None or since is None or tried > at:
        return True
    return at - tried >= min((tried - since) / SHARE, RAREST)


def look_where_it_was(db: sqlite3.Connection, site: str) -> None:
    """Make pending what redirected to a page that is gone since, or leads on. In a transaction.

    It may be back where it was.
    """
    db.execute(
        f"""
        UPDATE frontier SET state = 'pending', redirects = 0, due = NULL
        WHERE site = ?1 AND state = 'done' AND reason LIKE '{REDIRECT_TO}%' AND EXISTS (
            SELECT 1 FROM frontier t WHERE t.site = ?1
            AND (t.reason IN (?2, ?3) OR t.reason LIKE '{REDIRECT_TO}%')
            AND t.url = substr(frontier.reason, {len(REDIRECT_TO) + 1}) AND t.crawl > frontier.crawl)
        """,
        (site, *GONE),
    )


def was_refused_before(db: sqlite3.Connection, site: str, url: str, crawl: str) -> bool:
    """True for an address that was last answered by 429 or 503, and fails since an earlier crawl."""
    row = db.execute(
        "SELECT failing, reason FROM frontier WHERE site = ? AND url = ?", (site, url)
    ).fetchone()
    return (
        row is not None
        and row["failing"] not in (None, crawl)
        and (row["reason"] or "").startswith(("server error (503)", "too many requests"))
    )


def failing_since(db: sqlite3.Connection, site: str, url: str) -> str | None:
    """The crawl since which a page fails in passing, None where it does not."""
    row = db.execute("SELECT failing FROM frontier WHERE site = ? AND url = ?", (site, url)).fetchone()
    return row["failing"] if row else None


def was_asked_to_wait(db: sqlite3.Connection, site: str) -> bool:
    """True where the last crawl of a site ended because the site asked for time."""
    row = db.execute(
        "SELECT reason FROM coverage WHERE site = ? AND state <> 'not run' ORDER BY crawl DESC LIMIT 1",
        (site,),
    ).fetchone()
    return row is not None and bool(_ASKED.search(row["reason"] or ""))


def has_few_failing(db: sqlite3.Connection, site: str) -> bool:
    """True where the pages that fail in passing are a few of those that a site has."""
    row = db.execute(
        "SELECT count(failing) AS failing, count(*) AS pages FROM frontier"
        " WHERE site = ? AND role IN ('article', 'page')",
        (site,),
    ).fetchone()
    return bool(row["failing"] <= max(FEW, row["pages"] // FEW_OF))


def unmet(db: sqlite3.Connection, site: str) -> int:
    """How many addresses of a site wait that never answered."""
    row = db.execute(
        "SELECT count(*) FROM frontier WHERE site = ? AND state IN ('pending', 'leased') AND capture IS NULL",
        (site,),
    )
    return int(row.fetchone()[0])


def waited_in_vain(db: sqlite3.Connection, site: str) -> set[str]:
    """The hosts of a site that its last crawl waited for in vain."""
    rows = db.execute(
        """
        SELECT url FROM frontier WHERE site = ?1 AND state = 'given up' AND reason LIKE ?2 AND crawl =
            (SELECT max(crawl) FROM coverage WHERE site = ?1 AND state <> 'not run')
        """,
        (site, f"%({IN_VAIN})"),
    )
    return {host_of(row["url"]) for row in rows}


def cut_off(db: sqlite3.Connection, site: str, *, hops: int) -> str | None:
    """A page of a list so many hops from the first that it leads no further; None without."""
    row = db.execute(
        "SELECT url FROM frontier WHERE site = ? AND state = 'done'"
        " AND role IN ('listing', 'feed') AND hops >= ? ORDER BY hops, rowid LIMIT 1",
        (site, hops),
    ).fetchone()
    return row["url"] if row else None
