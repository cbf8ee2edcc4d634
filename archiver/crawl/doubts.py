"""When a crawl asks for an address that cannot exist: once, where the page of an article became another.

What the site answers there tells an edited article from a page that stands in its place; deriving
compares the two.
"""

from __future__ import annotations

import sqlite3

from archiver.crawl.items import Visit
from archiver.probes import probe_address


class Doubts:
    """The doubts of one crawl of one site; it has one at most."""

    def __init__(self, db: sqlite3.Connection, site: str) -> None:
        self.db = db
        self.site = site
        self._was_asked = False

    def about(self, visit: Visit) -> str | None:
        """The address to ask for because of this visit, or None."""
        if self._was_asked or not self._is_changed(visit):
            return None
        self._was_asked = True
        return probe_address(visit.target.url, self.site)

    def _is_changed(self, visit: Visit) -> bool:
        """True for a new page, or a redirect, where an article is known to have been."""
        capture = visit.capture
        if visit.state != "done" or visit.target.role not in ("article", "page") or capture is None:
            return False
        return capture.warc_type == "response" and self._is_article(visit.target.url)

    def _is_article(self, url: str) -> bool:
        row = self.db.execute(
            "SELECT EXISTS (SELECT 1 FROM articles a JOIN article_aliases x ON x.article_id = a.id"
            " WHERE x.site = ? AND x.url = ? AND a.url = x.url)",
            (self.site, url),
        ).fetchone()
        return bool(row[0])
