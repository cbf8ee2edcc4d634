"""What the reports of crawls say that no WARC file does: that nobody answered, and what was given up."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from archiver.home import Home
from archiver.instants import now
from archiver.reports import reports
from archiver.store.clocks import correct_clocks
from archiver.store.crawls import begun, restore_crawl
from archiver.store.frontier import Frontier

Rows = Mapping[str, list[dict[str, Any]]]


class Reported:
    """The reports of a site's crawls, for a rebuild that goes from crawl to crawl. In its transactions.

    What is not ours in a report, or of another version, is left out: an address is due then.
    """

    def __init__(self, home: Home, db: sqlite3.Connection, frontier: Frontier, *, every_page: bool) -> None:
        self.db = db
        self.frontier = frontier
        self.every_page = every_page
        self._rows: dict[str, Rows] = {}
        self._gone_through = set[str]()
        for report in reports(home):
            with suppress(KeyError, TypeError):
                if any(row["site"] == frontier.site for row in report["rows"]["coverage"]):
                    self._rows[str(report["crawl"])] = report["rows"]

    def before(self, crawl: str) -> None:
        """Go through the crawls before this one that left no WARC file, as nobody answered."""
        for earlier in self._rows:
            if earlier < crawl and earlier not in self._gone_through and self._was_run(earlier):
                self._begin(earlier)
                self.of(earlier)

    def of(self, crawl: str) -> None:
        """Give up what this crawl gave up."""
        self._gone_through.add(crawl)
        with suppress(KeyError, TypeError, sqlite3.Error):
            self.frontier.give_up(self._rows[crawl]["frontier"])

    def finish(self) -> bool:
        """Go through what is left, and have the rows of all crawls as they were reported.

        True where what is derived is due again, as a crawl with a wrong clock ran at another time.
        """
        self.before("~")
        for rows in self._rows.values():
            self._restore(rows)
        return correct_clocks(self.db)

    def _was_run(self, crawl: str) -> bool:
        """False for a crawl that left the site out, and changed nothing of what is due."""
        site, rows = self.frontier.site, self._rows[crawl]["coverage"]
        return any(row["site"] == site and row.get("state") != "not run" for row in rows)

    def _begin(self, crawl: str) -> None:
        begin = begun(crawl) or now()
        self.frontier.again(self.frontier.due_again(begin, every_page=self.every_page), begin)
        self._restore(self._rows[crawl])

    def _restore(self, rows: Rows) -> None:
        with suppress(KeyError, TypeError, ValueError, sqlite3.Error):
            restore_crawl(self.db, rows, self.frontier.site)
