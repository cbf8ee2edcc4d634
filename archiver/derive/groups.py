"""Which addresses are one article: canonical links, equal texts, redirects, renderings and further pages.

A canonical link is believed only where the addresses that claim it agree: a link to the front
page, or one that several different articles claim, joins nothing.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Collection, Iterator
from itertools import groupby
from urllib.parse import urlsplit

from archiver.address import plain_address
from archiver.derive.captures import SiteCaptures
from archiver.derive.observed import Observed
from archiver.derive.renderings import EDITED, is_same_article, resembles, shared_runs
from archiver.extract.parts import first_part

# Shorter texts than this may be alike by chance.
MIN_TEXT = 200
# Redirects in a row that are followed.
MAX_HOPS = 10


class Groups:
    """Disjoint sets of addresses, by their numbers; the one that arrived first stands for its set."""

    def __init__(self, addresses: int) -> None:
        self._addresses = addresses
        self._parent = array("q", range(addresses + 1))

    def find(self, n: int) -> int:
        """The address that stands for the group of this one."""
        parent = self._parent
        parent.extend(range(len(parent), n + 1))
        root = n
        while parent[root] != root:
            root = parent[root]
        while parent[n] != root:
            parent[n], n = root, parent[n]
        return root

    def join(self, a: int, b: int) -> None:
        """Make two addresses one article; the one that arrived first stands for both."""
        first, second = sorted((self.find(a), self.find(b)))
        self._parent[second] = first

    def members(self, touched: bytearray) -> Iterator[list[int]]:
        """The groups with an address of these, in the order of arrival, and so their addresses.

        ``touched`` has a 1 for each number of an address that it names.
        """
        roots = bytearray(len(self._parent))
        for n, one in enumerate(touched):
            if one:
                roots[self.find(n)] = 1
        members = (n for n in range(1, self._addresses + 1) if roots[self.find(n)])
        for _, group in groupby(array("q", sorted(members, key=self.find)), key=self.find):
            yield list(group)


def grouped(
    db: sqlite3.Connection, captures: SiteCaptures, observed: Observed, hosts: Collection[str] = ()
) -> Groups:
    """The groups that these observations make, with what the archive knows already.

    ``hosts`` are those that the site ever used.
    """
    groups = Groups(captures.addresses)
    join_canonical(groups, db, captures)
    join_same_text(groups, db)
    join_renderings(groups, db, observed)
    join_hosts(groups, db, captures, observed, hosts)
    join_parts(groups, db, captures)
    _join_known(groups, db)
    _join_redirects(groups, db, captures, observed)
    _join_read_parts(groups, db, captures, observed)
    return groups


def join_canonical(groups: Groups, db: sqlite3.Connection, captures: SiteCaptures) -> None:
    """Join each article with the canonical address that it rightly claims."""
    rows = db.execute(
        """
        SELECT x.canonical, x.n, x.title FROM temp.articles_now x JOIN temp.addresses a ON a.n = x.n
        WHERE x.canonical <> '' AND x.canonical <> a.url ORDER BY x.canonical
        """
    )
    for canonical, claims in groupby(rows, key=lambda row: row["canonical"]):
        claimants = list(claims)
        titles = {row["title"] for row in claimants}
        n = captures.given(canonical)
        known = _page_now(db, n)
        if known is not None and known["kind"] != "article":
            continue
        if len(titles | ({known["title"]} if known else set())) == 1:
            for row in claimants:
                groups.join(n, row["n"])


def _page_now(db: sqlite3.Connection, n: int) -> sqlite3.Row | None:
    """Kind and title of the newest page at an address, or None."""
    row: sqlite3.Row | None = db.execute(
        "SELECT p.kind, p.title FROM temp.newest x JOIN temp.pages p ON p.id = x.page WHERE x.n = ?", (n,)
    ).fetchone()
    return row


def join_same_text(groups: Groups, db: sqlite3.Connection) -> None:
    """Join addresses that serve the same article: equal in title, date and text."""
    rows = db.execute(
        "SELECT content, n FROM temp.articles_now WHERE chars >= ? ORDER BY content", (MIN_TEXT,)
    )
    _join_equal(groups, rows)


def _join_equal(groups: Groups, rows: sqlite3.Cursor) -> None:
    """Join the addresses in rows, sorted by what makes them equal."""
    value, first = None, 0
    for row in rows:
        if row[0] == value:
            groups.join(first, row["n"])
        else:
            value, first = row[0], row["n"]


def join_renderings(groups: Groups, db: sqlite3.Connection, observed: Observed) -> None:
    """Join AMP and print versions with their article: by the address, else by title, day and text."""
    rows = db.execute("SELECT * FROM temp.articles_now WHERE plain IS NOT NULL ORDER BY place")
    for row in rows:
        named = _article_at(db, row["plain"])
        if named is not None and named["title"] == row["title"]:
            groups.join(named["n"], row["n"])
        elif row["title"] and (same := _same_article(db, observed, row)) is not None:
            groups.join(same, row["n"])


def _article_at(db: sqlite3.Connection, stem: str) -> sqlite3.Row | None:
    """The article at an address, a slash at its end or not."""
    row: sqlite3.Row | None = db.execute(
        "SELECT * FROM temp.articles_now WHERE stem = ? ORDER BY place DESC LIMIT 1", (stem,)
    ).fetchone()
    return row


def _same_article(db: sqlite3.Connection, observed: Observed, row: sqlite3.Row) -> int | None:
    """The address of the article of which a page is a rendering, by what both say."""
    found = db.execute(
        "SELECT n, page FROM temp.articles_now WHERE plain IS NULL AND title = ? ORDER BY place",
        (row["title"],),
    ).fetchall()
    own = observed.extraction(row["page"])
    return next((r["n"] for r in found if is_same_article(observed.extraction(r["page"]), own)), None)


def join_hosts(
    groups: Groups, db: sqlite3.Connection, captures: SiteCaptures, observed: Observed, hosts: Collection[str]
) -> None:
    """Join the addresses of an article on the hosts and schemes that a site used one after the other.

    The same path counts where much of the text stayed, any other where headline, day and text agree: hosts
    in two languages may have the same paths.
    """
    for row in db.execute("SELECT n, page, title FROM temp.articles_now ORDER BY place").fetchall():
        url = captures.url(row["n"])
        for other in elsewhere(url, hosts):
            found = captures.number(other)
            page = _last_article(db, found) if found is not None else None
            if found is None or page is None:
                continue
            own, others = observed.extraction(row["page"]), observed.extraction(page)
            is_same_host = urlsplit(other).netloc == urlsplit(url).netloc
            if shared_runs(others.body, own.body) >= EDITED or (is_same_host and resembles(others, own)):
                groups.join(found, row["n"])
        if len(hosts) < 2:
            continue
        for named in db.execute(_SAME_TITLE, (row["title"], row["n"])).fetchall():
            is_other = urlsplit(captures.url(named["n"])).netloc != urlsplit(url).netloc
            own = observed.extraction(row["page"])
            if is_other and is_same_article(observed.extraction(named["page"]), own):
                groups.join(named["n"], row["n"])


_SAME_TITLE = "SELECT n, page FROM temp.articles_now WHERE title = ? AND n < ? ORDER BY place"


def elsewhere(url: str, hosts: Collection[str]) -> Iterator[str]:
    """The addresses with the same path on the other hosts of a site, and under the other scheme."""
    parts = urlsplit(url)
    for host in sorted({*hosts, parts.netloc.lower()}):
        for scheme in ("https", "http"):
            if (scheme, host) != (parts.scheme, parts.netloc.lower()):
                yield parts._replace(scheme=scheme, netloc=host).geturl()


def join_parts(groups: Groups, db: sqlite3.Connection, captures: SiteCaptures) -> None:
    """Join each page that shows itself to be page 2, 3 … of an article with the first."""
    for row in db.execute("SELECT * FROM temp.articles_now WHERE part <> 0 ORDER BY place"):
        first = _article_at(db, first_part(captures.url(row["n"])).rstrip("/"))
        if first is not None and first["n"] != row["n"] and _continues(first["title"], row["title"]):
            groups.join(first["n"], row["n"])


def _continues(first: str | None, later: str | None) -> bool:
    """True where a page has the title of the first, or one that begins with it."""
    return bool(first) and (later or "").startswith(first or "")


def _join_known(groups: Groups, db: sqlite3.Connection) -> None:
    """Join the addresses of each article that the archive has already."""
    _join_equal(groups, db.execute("SELECT article, n FROM temp.known ORDER BY article"))


def _join_redirects(
    groups: Groups, db: sqlite3.Connection, captures: SiteCaptures, observed: Observed
) -> None:
    """Join each address with the article that it sends its readers to, where that may be its own.

    An address that had an article of another text and headline is sent to another article: these two
    stay what they are.
    """
    rows = db.execute(_SENT_ON)
    for n, location in rows:
        end = _end_of(db, captures, location)
        if end is not None and end != n and _is_article_of(db, observed, n, end):
            groups.join(end, n)


_SENT_ON = """
    SELECT DISTINCT a.n, c.location FROM temp.arrivals a JOIN captures c ON c.rowid = a.capture
    WHERE c.location <> ''
    UNION SELECT n, canonical FROM temp.pages WHERE kind = 'redirect' AND canonical <> ''
"""
_NEXT_HOP = """
    SELECT coalesce(c.location, p.canonical) FROM temp.arrivals a JOIN captures c ON c.rowid = a.capture
    LEFT JOIN temp.observations o ON o.record = c.warc_record_id
    LEFT JOIN temp.pages p ON p.id = o.page AND p.kind = 'redirect'
    WHERE a.n = ? AND coalesce(c.location, p.canonical, '') <> ''
    ORDER BY c.seen_date DESC, a.place DESC LIMIT 1
"""


def _end_of(db: sqlite3.Connection, captures: SiteCaptures, location: str) -> int | None:
    """The address of the article to which redirects lead, or None."""
    for _ in range(MAX_HOPS):
        numbers = (captures.number(url) for url in (location, plain_address(location)))
        known = [n for n in numbers if n is not None]
        pages = [(n, page) for n in known if (page := _page_now(db, n)) and page["kind"] != "redirect"]
        if pages:
            n, page = pages[0]
            return n if page["kind"] == "article" else None
        hop = next((row for n in known if (row := db.execute(_NEXT_HOP, (n,)).fetchone())), None)
        if hop is None:
            return None
        location = hop[0]
    return None


def _is_article_of(db: sqlite3.Connection, observed: Observed, n: int, end: int) -> bool:
    """False where an address had an article of its own that is not the one at another."""
    own, other = (_last_article(db, number) for number in (n, end))
    return own is None or other is None or resembles(observed.extraction(own), observed.extraction(other))


def _last_article(db: sqlite3.Connection, n: int) -> int | None:
    """The newest page of an article at an address, as far as it was observed."""
    row = db.execute(
        "SELECT o.page FROM temp.observations o JOIN temp.pages p ON p.id = o.page"
        " WHERE o.n = ? AND p.kind = 'article' ORDER BY o.place DESC LIMIT 1",
        (n,),
    ).fetchone()
    return row[0] if row else None


def _join_read_parts(
    groups: Groups, db: sqlite3.Connection, captures: SiteCaptures, observed: Observed
) -> None:
    """Join each article with the further pages that were read with it."""
    for n, records in observed.further_pages():
        for part in addresses_of(db, captures, records):
            groups.join(n, part)


def addresses_of(db: sqlite3.Connection, captures: SiteCaptures, records: list[str]) -> Iterator[int]:
    """The addresses of captures, by their record ids."""
    for record in records:
        row = db.execute("SELECT url FROM captures WHERE warc_record_id = ?", (record,)).fetchone()
        if row is not None and (n := captures.number(row[0])) is not None:
            yield n
