"""An archive for programs: ``Archive("data")`` reads articles, searches, and gives captures.

What it needs is imported where it is used, so that ``from archiver import Archive`` takes no time; pyarrow
and pandas only where a table is asked for. Nothing is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from archiver.errors import UsageError
from archiver.model import Article, ArticleState, Capture, Page, Version
from archiver.opened import Opened

if TYPE_CHECKING:
    import pandas
    import pyarrow

    from archiver.shown import Shown
    from archiver.store.filter import Filter
    from archiver.store.observed import ArchivedSite, Coverage
    from archiver.store.search import Facets, Hit

Sites = str | Iterable[str] | None
"""The key of a site, several of them, or None for all."""
Day = str | date | int | None
"""A day, a year, or a text ``YYYY[-MM[-DD]]``: a month or a year counts whole."""


class Archive(Opened):
    """An archive, opened for reading when something is first asked of it.

    ``data`` is its folder; without one it is that of the command: ``ARCHIVER_DATA_DIR``, ``archiver.toml``,
    or ``data``. Use it in a ``with`` statement, or close it. It belongs to the thread that first asks. What
    is hidden on request, or asks to be in no archive, is in no answer.

    >>> from archiver import Archive
    >>> with Archive("data") as archive:
    ...     print(sum(1 for article in archive.articles(site="demo")))
    50

    All methods raise ArchiverError where there is no archive, or where it cannot be read.
    """

    def articles(
        self, *, site: Sites = None, since: Day = None, until: Day = None, query: str | None = None
    ) -> Iterator[Article]:
        """The articles, by site, day and id: one in memory at a time, all of one state of the archive.

        ``since`` and ``until`` are inclusive, and leave out articles without a date. ``query`` is what
        ``search`` takes. Raises UsageError for a site that is not there, and a date that is none.

        >>> archive = Archive("data")
        >>> for article in archive.articles(site="demo", since="2016-11", until="2016-11", query="avfall"):
        ...     print(article.date_published, article.title)
        2016-11-16 Hållbarhetsredovisning för den som inte måste
        >>> archive.close()
        """
        from archiver.store.articles import articles

        wanted = self._filter(site, since, until, query)
        return self._read(lambda db: articles(db, wanted))

    def count(
        self, *, site: Sites = None, since: Day = None, until: Day = None, query: str | None = None
    ) -> int:
        """How many articles there are.

        >>> with Archive("data") as archive:
        ...     archive.count(), archive.count(since=2016, until="2016-06")
        (50, 3)
        """
        from archiver.store.articles import count_articles

        wanted = self._filter(site, since, until, query)
        return self._ask(lambda db: count_articles(db, wanted))

    def article(self, reference: str) -> Article:
        """The article with this id, or this address, or any that it ever had. Raises UsageError.

        >>> with Archive("data") as archive:
        ...     first = next(archive.articles())
        ...     archive.article(first.url) == archive.article(first.id) == first
        True
        """
        from archiver.lookup import find_article

        return self._ask(lambda db: find_article(self._home, db, reference))

    def history(self, reference: str) -> list[Version]:
        """The versions of an article, the oldest first. Raises UsageError where there is no such article.

        >>> with Archive("data") as archive:
        ...     for version in archive.history(next(archive.articles()).id):
        ...         print(version.version, len(version.captures))
        1 1
        """
        from archiver.store.articles import versions

        identity = self.article(reference).id or ""
        return self._ask(lambda db: versions(db, identity))

    def states(self, reference: str) -> list[ArticleState]:
        """What became of an article where it was last seen: gone, moved, replaced; often nothing.

        Raises UsageError where there is no such article.
        """
        from archiver.store.states import states

        identity = self.article(reference).id or ""
        return self._ask(lambda db: list(states(db, identity)))

    def search(
        self,
        query: str,
        *,
        site: Sites = None,
        since: Day = None,
        until: Day = None,
        limit: int = 20,
        offset: int = 0,
    ) -> list[Hit]:
        """The articles that match a query, best first: words, "phrases", -not, OR, prefix*, fields.

        A query without words gives the newest, one that names nothing to look for gives nothing. The
        ``snippet`` of a hit marks what matched with ``archiver.store.search.HIT`` and ``END``.

        >>> with Archive("data") as archive:
        ...     for hit in archive.search("hallbarhetsredovisning", limit=1):
        ...         print(hit.date_published, hit.title)
        2016-11-16 Hållbarhetsredovisning för den som inte måste
        """
        from archiver.store.search import search

        wanted = self._filter(site, since, until, query, may_be_nothing=True)
        return self._ask(lambda db: search(db, wanted, limit=max(limit, 0), offset=max(offset, 0)))

    def facets(
        self, query: str | None = None, *, site: Sites = None, since: Day = None, until: Day = None
    ) -> Facets:
        """How many articles match, in all and by site, year and language; all of them without a query.

        >>> with Archive("data") as archive:
        ...     found = archive.facets()
        ...     found.total, found.sites
        (50, (('demo', 50),))
        """
        from archiver.store.search import facets

        wanted = self._filter(site, since, until, query, may_be_nothing=True)
        return self._ask(lambda db: facets(db, wanted))

    def captures(
        self, *, site: Sites = None, url: str | None = None, since: Day = None, until: Day = None
    ) -> Iterator[Capture]:
        """The responses and revisits of any address, or of one however it is spelt, by site and time.

        ``since`` and ``until`` are UTC days on which they were captured.

        >>> with Archive("data") as archive:
        ...     article = next(archive.articles())
        ...     for capture in archive.captures(url=article.url):
        ...         print(capture.status, capture.mime, capture.warc_type)
        200 text/html response
        """
        from archiver.store.captures import captures_between
        from archiver.warc.surt import urlkey

        wanted = self._filter(site, since, until, None)
        key = urlkey(url) if url is not None else None
        found = self._read(lambda db: captures_between(db, wanted, key=key))
        return (capture for capture in found if self._may.refusal(capture) is None)

    def page(self, capture: Capture | str) -> Page:
        """The page that a capture, or the one with this record id, holds: its body without content coding.

        Of a revisit it is the page that it refers to. Raises UsageError for a capture that is not there or
        hidden, DamagedError where its bytes cannot be read.

        >>> with Archive("data") as archive:
        ...     article = next(archive.articles())
        ...     page = archive.page(article.capture["warc_record_id"])
        ...     page.status, page.body[:15].lower()
        (200, b'<!doctype html>')
        """
        from archiver.originals import page_of
        from archiver.warc.coding import LIMIT

        held, archive = self._shown(capture)
        return self._ask(lambda db: page_of(db, archive, held, limit=LIMIT))

    def payload(self, capture: Capture | str) -> bytes:
        """The bytes that ``payload_digest`` is of: the body as it was sent, without framing of chunks.

        Of a revisit they are those that it refers to. Raises as ``page`` does.

        >>> import hashlib
        >>> with Archive("data") as archive:
        ...     capture = next(archive.captures(site="demo"))
        ...     capture.payload_digest == "sha256:" + hashlib.sha256(archive.payload(capture)).hexdigest()
        True
        """
        from archiver.originals import payload_of

        held, archive = self._shown(capture)
        return self._ask(lambda db: payload_of(db, archive, held))

    def record(self, capture: Capture | str) -> bytes:
        """The record of a capture as it lies in its file, mostly a gzip member of its own.

        Raises as ``page`` does.

        >>> import gzip
        >>> with Archive("data") as archive:
        ...     capture = next(archive.captures(site="demo"))
        ...     gzip.decompress(archive.record(capture))[:8]
        b'WARC/1.1'
        """
        from archiver.warc.places import located
        from archiver.warc.reader import read_record

        held, archive = self._shown(capture)
        path = located(archive, held.filename)
        read_record(path, held.offset)  # or says what is wrong with it
        with path.open("rb") as file:
            file.seek(held.offset)
            return file.read(held.length)

    def sites(self) -> list[ArchivedSite]:
        """The sites that there is something of, by name.

        >>> with Archive("data") as archive:
        ...     [(site.name, site.articles) for site in archive.sites()]
        [('demo', 50)]
        """
        from archiver.store.observed import archived_sites

        return self._ask(archived_sites)

    def coverage(self, *, site: Sites = None, since: Day = None, until: Day = None) -> list[Coverage]:
        """What was observed of the sites, by site and night; ``since`` and ``until`` are UTC days.

        >>> with Archive("data") as archive:
        ...     [(night.state, night.articles_new) for night in archive.coverage(site="demo")]
        [('complete', 50)]
        """
        from archiver.store.observed import coverage

        wanted = self._filter(site, since, until, None)
        return self._ask(lambda db: coverage(db, wanted))

    def to_arrow(
        self, *, site: Sites = None, since: Day = None, until: Day = None, query: str | None = None
    ) -> pyarrow.Table:
        """The articles as a table of Arrow, typed as the export to Parquet is; all of it is in memory.

        Raises UsageError where pyarrow is not installed.

        >>> with Archive("data") as archive:
        ...     table = archive.to_arrow(query="year:2016")
        ...     table.schema.field("first_seen").type
        TimestampType(timestamp[us, tz=UTC])
        """
        from archiver.export.parquet import arrow_table

        return arrow_table(self.articles(site=site, since=since, until=until, query=query))

    def to_pandas(
        self, *, site: Sites = None, since: Day = None, until: Day = None, query: str | None = None
    ) -> pandas.DataFrame:
        """The articles as a data frame, a row an article; instants are of UTC, dates of the page are text.

        ``capture`` and ``evidence`` are dicts, the lists of authors and the like are arrays of numpy.
        Raises UsageError where pandas and pyarrow are not installed.

        >>> with Archive("data") as archive:
        ...     frame = archive.to_pandas(site="demo")
        >>> frame.shape[0], str(frame["first_seen"].dtype)
        (50, 'datetime64[us, UTC]')
        """
        try:
            import pandas  # noqa: F401
        except ImportError:
            raise UsageError(
                "a data frame needs pandas, which is not installed", hint="pip install 'nyhetsarkiv[pandas]'"
            ) from None
        table = self.to_arrow(site=site, since=since, until=until, query=query)
        return table.to_pandas(maps_as_pydicts="strict")

    def _filter(
        self, site: Sites, since: Day, until: Day, query: str | None, *, may_be_nothing: bool = False
    ) -> Filter:
        """The filter that these words describe. Raises UsageError for a site or a date that is none."""
        from archiver.store.filter import Filter
        from archiver.store.sites import check_sites

        sites = (site,) if isinstance(site, str) else tuple(site or ())
        if site is not None and not sites:
            raise UsageError("site is empty: it names no site", hint="leave it out to mean all of them")
        self._ask(lambda db: check_sites(db, sites))
        days = Filter(since=_day(since, "since"), until=_day(until, "until"))
        if days.is_backwards:
            raise UsageError(f"since {days.since} is later than until {days.until}")
        wanted = Filter(sites=sites, since=days.since, until=days.until, query=query)
        if wanted.is_nothing and not may_be_nothing:
            raise UsageError(f"the query {query!r} names nothing to look for", hint="None takes all articles")
        return wanted

    @cached_property
    def _may(self) -> Shown:
        from archiver.shown import Shown

        return Shown(self._home)

    def _shown(self, capture: Capture | str) -> tuple[Capture, Path]:
        """A capture, and the folder of its site's files. Raises UsageError where it may not be shown."""
        from archiver.store.articles import is_text
        from archiver.store.captures import capture as find_capture

        record = capture if isinstance(capture, str) else capture.warc_record_id
        held = self._ask(lambda db: find_capture(db, record)) if is_text(record) else None
        if held is None or self._may.refusal(held) is not None:
            raise UsageError(f"no capture has the record id {record!r}, or it is hidden")
        return held, self._home.archive(held.site)


def _day(value: Day, name: str) -> str | None:
    """A day, month or year as text. Raises UsageError for anything else."""
    from archiver.store.query import is_day

    text = value.isoformat()[:10] if isinstance(value, date) else None if value is None else str(value)
    if text is not None and not is_day(text):
        raise UsageError(f"{name} {text!r} is no date", hint="use YYYY, YYYY-MM or YYYY-MM-DD, or a date")
    return text
