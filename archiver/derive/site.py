"""Deriving one site: its captures in, its articles out, in one pure step a page.

What is new since the last time is read back from the WARC files, the chrome model learns
from it, every article that it touches is built again from all its captures, and the rows
are replaced. Deriving the same captures again gives the same rows. What was observed lies on the
disk until its article is built, so that a site may have more pages than fit into memory.
"""

from __future__ import annotations

import hashlib
import inspect
import sqlite3
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress

from archiver.derive.building import Builder, Plan
from archiver.derive.captures import SiteCaptures
from archiver.derive.groups import Groups, elsewhere, grouped
from archiver.derive.known import KnownArticles
from archiver.derive.learning import learn
from archiver.derive.observed import Observed
from archiver.derive.observing import Clean, Observer
from archiver.derive.pages import PageReader
from archiver.derive.replaced import Replacements
from archiver.derive.reserved import Reserved
from archiver.derive.rows import Outcome, mark_captures, store_articles
from archiver.derive.stand_ins import mark_stand_ins
from archiver.derive.unlisted import unlisted_articles
from archiver.extract.article import EXTRACTOR
from archiver.extract.fingerprint import text_digest
from archiver.extract.parts import first_part
from archiver.home import Home
from archiver.model import Mention
from archiver.site import Site
from archiver.store.articles import alike
from archiver.store.captures import mentions_of
from archiver.store.chrome import outgrown_articles
from archiver.store.database import disk_errors, transaction
from archiver.store.states import save_unlisted
from archiver.store.visits import plan_visits
from archiver.suppressions import read_suppressions


def extractor_name(site: Site, clean: Clean | None) -> str:
    """The extractor's name and version; with a site's own code, that code's digest too.

    A row of another extractor is stale, so editing the code derives the site again.
    """
    if clean is None:
        return EXTRACTOR
    module = inspect.getmodule(clean)
    source = inspect.getsource(module) if module else ""
    return f"{EXTRACTOR}+{site.spider}@sha256:{hashlib.sha256(source.encode()).hexdigest()[:16]}"


class _NothingIsKept(Exception):  # noqa: N818
    """Ends the transaction of a dry run; going back to a savepoint would hold every changed page."""


class SiteDerivation:
    """Derives one site. ``everything`` derives what is derived already, too.

    ``only`` names the addresses to derive and the articles that they belong to, and nothing
    else is derived then.
    """

    def __init__(
        self,
        home: Home,
        db: sqlite3.Connection,
        site: Site,
        *,
        clean: Clean | None = None,
        everything: bool = False,
        only: Mapping[str, str] | None = None,
        progress: Callable[[int, int], None] = lambda done, of: None,
        check: Callable[[], None] = lambda: None,
    ) -> None:
        self.db = db
        self.site = site
        self.clean = clean
        self.everything = everything
        self.only = only
        self.progress = progress
        self.check = check
        self.reader = PageReader(db, home.archive(site.name), max_bytes=site.crawl.max_bytes, check=check)
        self.outcome = Outcome()
        self.extractor = extractor_name(site, clean)
        self.suppressions = read_suppressions(home)

    def run(self, *, dry: bool = False) -> Outcome:
        """Derive, and store what came out unless ``dry``. Raises StorageError where the disk refuses."""
        with disk_errors():
            self.captures = SiteCaptures(self.db, self.site.name)
            self.known = KnownArticles(self.db, self.captures, self.only or {})
            self.observed = Observed(self.db, self.captures)
            model, learned_from = learn(
                self.db, self.site, self.captures, self.reader, anew=self.everything, keep=not dry
            )
            observer = Observer(
                self.site, self.captures, self.reader, model, self._mentions, self.clean, self.suppressions
            )
            groups = self._look_around(observer, self._touched(learned_from))
            plan = Plan(self.db, self.captures, self.observed, self.known)
            plan.make(groups, self.suppressions)
            self._store(plan, observer, model.digest, dry=dry)
        return self.outcome

    def _store(self, plan: Plan, observer: Observer, chrome_model: str, *, dry: bool) -> None:
        builder = Builder(self.site, plan, extractor=self.extractor, chrome_model=chrome_model)
        self.outcome.unread = len(observer.damaged)
        with suppress(_NothingIsKept), transaction(self.db):
            store_articles(self.db, plan, builder, self.outcome, self.check)
            mark_captures(
                self.db,
                self.captures,
                plan.parts,
                reserved=Reserved(self.captures, self.reader),
                unread=observer.unread,
                hidden=observer.hidden,
                extractor=self.extractor,
                outcome=self.outcome,
            )
            if self.only is None:
                save_unlisted(self.db, self.site.name, [*unlisted_articles(self.db, self.site.name)])
            plan_visits(self.db, self.site.name, self.suppressions.hides)
            if dry:
                raise _NothingIsKept

    # -- what is to be derived

    def _touched(self, learned_from: int) -> Sequence[int]:
        """Addresses with captures that this extractor has not seen, and those they touch."""
        if self.only is not None:
            found = (self.captures.captured(url) for url in self.only)
            return sorted(n for n in found if n is not None)
        if self.everything:
            return range(1, self.captures.addresses + 1)
        self.db.execute("DROP TABLE IF EXISTS temp.touched")
        self.db.execute("CREATE TEMP TABLE touched (n INTEGER PRIMARY KEY)")
        self.db.execute(_UNSEEN, (self.extractor,))
        self.db.execute(_DATED_ANEW, (self.site.name, self.extractor))
        outgrown = outgrown_articles(self.db, self.site.name, learned_from)
        self.db.executemany(_NAMED, ((url,) for url in outgrown))
        self.db.execute(_OF_THE_SAME_ARTICLES)
        rows = self.db.execute(
            "SELECT n FROM temp.touched WHERE n <= ? ORDER BY n", (self.captures.addresses,)
        )
        return array("q", (row[0] for row in rows))

    def _look_around(self, observer: Observer, numbers: Sequence[int]) -> Groups:
        """Observe these addresses, and the other addresses of the articles that they belong to."""
        asked = bytearray(self.captures.addresses + 1)
        groups = Groups(self.captures.addresses)
        replaced = Replacements(self.db, self.site, self.captures, self.observed, observer)
        while numbers:
            for done, n in enumerate(numbers, 1):
                self.check()
                self.observed.add(n, observer)
                asked[n] = 1
                self.progress(done, len(numbers))
            mark_stand_ins(self.db)
            replaced.mark()
            groups = grouped(self.db, self.captures, self.observed, self.site.host_names)
            wanted = (n for members in groups.members(self.observed.flags()) for n in members)
            found = dict.fromkeys(n for n in wanted if not asked[n])
            if asked.count(0) > 1:  # no address has the number 0
                found |= dict.fromkeys(n for n in self._hinted(numbers) if not asked[n])
            numbers = array("q", found)
        return groups

    def _hinted(self, numbers: Sequence[int]) -> Iterator[int]:
        """Addresses that may be the same articles: plain versions, first pages, those of the same text."""
        for n in numbers:
            row = self.db.execute("SELECT * FROM temp.articles_now WHERE n = ?", (n,)).fetchone()
            if row is not None:
                named = (self.captures.captured(url) for url in self._named_by(row))
                yield from (found for found in named if found is not None)

    def _named_by(self, row: sqlite3.Row) -> Iterator[str]:
        """The addresses that an article's page hints at."""
        extraction, hosts = self.observed.extraction(row["page"]), self.site.host_names
        yield from elsewhere(self.captures.url(row["n"]), hosts)
        for url in (row["plain"], first_part(self.captures.url(row["n"])) if row["part"] else None):
            if url:
                yield from (url, url + "/")
        yield from self.known.lone_renderings.get(row["title"], ())
        digest = text_digest(extraction.body)
        yield from alike(
            self.db, self.site.name, digest, title=row["title"] if row["plain"] or len(hosts) > 1 else None
        )

    def _mentions(self, url: str) -> list[Mention]:
        return mentions_of(self.db, self.site.name, url)


_UNSEEN = """
    INSERT INTO temp.touched SELECT DISTINCT a.n FROM temp.arrivals a
    JOIN captures c ON c.rowid = a.capture WHERE c.extractor IS NOT ?
"""
# What a feed or a listing dates otherwise than before, where nothing but these dates it.
_DATED_ANEW = """
    INSERT OR IGNORE INTO temp.touched SELECT k.n FROM captures c
    CROSS JOIN links l ON l.capture = c.warc_record_id AND l.kind IN ('feed', 'listing')
    JOIN temp.addresses d ON d.url = l.url JOIN temp.known k ON k.n = d.n JOIN articles a ON a.id = k.article
    LEFT JOIN evidence e ON e.article_id = a.id AND e.field = 'date_published'
    WHERE c.site = ? AND c.extractor IS NOT ? AND l.date IS NOT NULL
        AND (e.method IS NULL OR (e.method IN ('feed', 'listing') AND e.raw <> l.date))
"""
_NAMED = "INSERT OR IGNORE INTO temp.touched SELECT n FROM temp.addresses WHERE url = ?"
_OF_THE_SAME_ARTICLES = """
    INSERT OR IGNORE INTO temp.touched SELECT n FROM temp.known
    WHERE article IN (SELECT article FROM temp.known WHERE n IN (SELECT n FROM temp.touched))
"""
