"""What the listings of a site said in a crawl: how much they name, and how far they are behind."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlsplit

from archiver.night import ListingNight
from archiver.store.captures import links_of, read_as
from archiver.store.landings import landing_of
from archiver.store.passed import PassedOver

NEWEST = 60  # articles that a listing is held against
OLDER = 5  # that were there before the first night, so that a listing is known from the beginning
EXAMPLES = 3  # of what no pattern takes
LAG = timedelta(days=2)  # that a listing may be behind


def listings_of(
    db: sqlite3.Connection, site: str, crawl: str, night: str, begun: Collection[str]
) -> tuple[ListingNight, ...]:
    """What each listing, feed and sitemap of the profile said, by its address there, wherever it led to.

    ``begun`` are the addresses with which the crawl began.
    """
    newest = _newest(db, site, date.fromisoformat(night) - LAG)
    passed = PassedOver(db, site, crawl)
    rows = [row for row in db.execute(_LISTINGS, (site, crawl)) if row["url"] in begun]
    return tuple(_listing(db, site, crawl, _Listed.of(db, site, crawl, row), newest, passed) for row in rows)


_LISTINGS = """
    SELECT url, role, state, reason, crawl, capture FROM frontier
    WHERE site = ? AND crawl = ? AND role IN ('listing', 'feed', 'sitemap')
        AND state IN ('done', 'given up') ORDER BY role, url
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Listed:
    """What came in a crawl of a listing of the profile: the page where it led to, if any."""

    url: str
    role: str
    place: str
    state: str | None
    is_circle: bool
    record: str | None
    kind: str | None
    digest: str | None

    @classmethod
    def of(cls, db: sqlite3.Connection, site: str, crawl: str, row: sqlite3.Row) -> _Listed:
        place = landing_of(db, site, row["url"])
        page = db.execute(_PAGE, (place.capture, crawl)).fetchone()
        record, kind, digest = page or (None, None, None)
        return cls(
            url=row["url"], role=row["role"], place=place.url, state=place.state,
            is_circle=place.is_circle, record=record, kind=kind, digest=digest,
        )  # fmt: skip

    @property
    def redirect(self) -> str | None:
        """Where it led to, None where its own page came."""
        return self.place if self.is_circle or self.place != self.url else None


_PAGE = """
    SELECT c.warc_record_id, c.kind, coalesce(o.digest, c.digest)
    FROM captures c LEFT JOIN captures o ON o.warc_record_id = c.refers_to
    WHERE c.warc_record_id = ? AND c.crawl = ?
"""


def _listing(
    db: sqlite3.Connection,
    site: str,
    crawl: str,
    listed: _Listed,
    newest: list[str],
    passed: PassedOver,
) -> ListingNight:
    has = [_names(db, site, listed, article) for article in newest]
    behind = has.index(True) if True in has else len(has)
    record = read_as(db, listed.record) if listed.state == "done" and listed.record is not None else None
    entries = _entries(db, site, listed, record) if record else 0 if listed.is_circle else None
    over = passed.on([record, *_further(db, site, crawl, listed)]) if record else []
    over = passed.lost(over) if entries else over
    kept, had = _kept(db, site, crawl, listed, record) if record and entries and listed.redirect else (0, 0)
    return ListingNight(
        url=listed.url,
        role=listed.role,
        entries=entries,
        newest=_newest_day(db, record) if record else None,
        behind=behind,
        followed=sum(has[behind:]),
        could_follow=len(has) - behind,
        digest=listed.digest,
        kind=listed.kind,
        redirect=listed.redirect,
        kept=kept,
        had=had,
        passed=len(over) if record else None,
        examples=tuple(over[:EXAMPLES]),
    )


def _further(db: sqlite3.Connection, site: str, crawl: str, listed: _Listed) -> list[str]:
    """The captures that further pages of a listing stand for in a crawl."""
    rows = db.execute(
        "SELECT capture FROM frontier WHERE site = ? AND crawl = ? AND role = 'listing' AND state = 'done'"
        " AND via IN (?, ?) AND url <> ? AND capture IS NOT NULL",
        (site, crawl, listed.url, listed.place, listed.place),
    ).fetchall()
    return [read_as(db, row[0]) for row in rows]


def _kept(db: sqlite3.Connection, site: str, crawl: str, listed: _Listed, record: str) -> tuple[int, int]:
    """How many of the addresses that a listing named at another place it still names, and of how many.

    An address is still named where one of the same article is, or one that ends with the same name.
    """
    row = db.execute(
        _FORMER, {"site": site, "crawl": crawl, "url": listed.url, "place": listed.place}
    ).fetchone()
    if row is None:
        return 0, 0
    former, today = links_of(db, read_as(db, row[0])), links_of(db, record)
    names = {_name(url) for url in today}
    articles = {article for url in today if (article := _article(db, site, url))}
    kept = [url for url in former if _name(url) in names or _article(db, site, url) in articles]
    return len(kept), len(former)


# The last capture of a listing before it led to where it leads now, of a night in which it was in order.
_FORMER = """
    SELECT c.warc_record_id FROM nights n, json_each(n.listings) one
    JOIN captures c ON c.site = n.site AND c.crawl = n.crawl AND c.status IN (200, 304)
        AND c.url = coalesce(one.value ->> 'redirect', :url)
    WHERE n.site = :site AND n.crawl < :crawl AND one.value ->> 'url' = :url
        AND one.value ->> 'entries' > 0 AND coalesce(one.value ->> 'redirect', :url) <> :place
        AND NOT EXISTS (SELECT 1 FROM findings x WHERE x.site = n.site AND x.crawl = n.crawl
            AND x.code = 'listing-moved' AND x.severity <> 'note' AND x.url = :url)
    ORDER BY n.crawl DESC LIMIT 1
"""


def _name(url: str) -> str:
    """The last part of an address, by which an article is known wherever it stands."""
    parts = urlsplit(url)
    return parts.path.rstrip("/").rpartition("/")[2] + "?" + parts.query


def _article(db: sqlite3.Connection, site: str, url: str) -> str | None:
    row = db.execute(
        "SELECT article_id FROM article_aliases WHERE site = ? AND url = ?", (site, url)
    ).fetchone()
    return row[0] if row else None


def _newest(db: sqlite3.Connection, site: str, until: date) -> list[str]:
    """The ids of the articles that appeared last up to a day, the newest first.

    What was there before the site was first seen whole comes behind them, by its day; what web archives
    alone have does not count.
    """
    rows = db.execute(
        """
        SELECT * FROM (SELECT id FROM articles WHERE site = :site AND observed = 'live' AND first_seen < :end
            ORDER BY first_seen DESC, id LIMIT :newest)
        UNION ALL SELECT * FROM (SELECT id FROM articles
            WHERE site = :site AND observed <> 'live' AND published_day IS NOT NULL
            AND EXISTS (SELECT 1 FROM captures c
                WHERE c.warc_record_id = articles.capture AND c.source <> 'backfill')
            ORDER BY published_day DESC, id LIMIT :older)
        """,
        {
            "site": site,
            "end": (until + timedelta(days=1)).isoformat(),
            "newest": NEWEST,
            "older": OLDER,
        },
    )
    return [row[0] for row in rows]


def _names(db: sqlite3.Connection, site: str, listed: _Listed, article: str) -> bool:
    """True where a listing, or a further page of it, has ever named an article."""
    row = db.execute(
        """
        SELECT EXISTS (
            SELECT 1 FROM article_aliases x JOIN links l ON l.site = x.site AND l.url = x.url
            JOIN captures c ON c.warc_record_id = l.capture
            WHERE x.article_id = :article AND l.site = :site AND l.kind = :role AND (c.url IN (:url, :place)
                OR EXISTS (SELECT 1 FROM frontier f
                    WHERE f.site = l.site AND (f.url = c.url OR f.capture = l.capture) AND f.role = :role
                        AND f.via IN (:url, :place))))
        """,
        {"article": article, "site": site, "role": listed.role, "url": listed.url, "place": listed.place},
    ).fetchone()
    return bool(row[0])


def _entries(db: sqlite3.Connection, site: str, listed: _Listed, record: str) -> int:
    """How many addresses a listing names; those of the parts of a sitemap are its own."""
    count = _links(db, record, listed.role)
    if listed.role == "sitemap":
        parts = db.execute(
            """
            SELECT f.capture FROM frontier f JOIN captures c ON c.warc_record_id = f.capture
            WHERE f.site = ? AND f.via = ? AND f.role = 'sitemap' AND f.state = 'done'
            """,
            (site, listed.place),
        ).fetchall()
        count += sum(_links(db, read_as(db, part[0]), "sitemap") for part in parts)
    return count


def _links(db: sqlite3.Connection, record: str, kind: str) -> int:
    row = db.execute("SELECT count(*) FROM links WHERE capture = ? AND kind = ?", (record, kind)).fetchone()
    return int(row[0])


def _newest_day(db: sqlite3.Connection, record: str) -> str | None:
    """The newest day of the articles that a listing names."""
    row = db.execute(
        "SELECT max(a.published_day) FROM links l JOIN article_aliases x ON x.site = l.site AND x.url = l.url"
        " JOIN articles a ON a.id = x.article_id WHERE l.capture = ?",
        (record,),
    ).fetchone()
    return str(row[0]) if row[0] else None
