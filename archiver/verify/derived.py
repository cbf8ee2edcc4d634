"""Articles against their captures: derived again into a database of their own, and compared row by row.

The nights are gone through again in their order. An article's row names the chrome model that it
was derived with, and that says how much of the archive there was at the time: then it is compared.
"""

from __future__ import annotations

import random
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path

from archiver.crawl.rebuild import Step, rebuild_site
from archiver.derive.observing import Clean
from archiver.derive.replaced import NOWHERE
from archiver.derive.site import SiteDerivation, extractor_name
from archiver.derive.stand_ins import REASON
from archiver.home import Home
from archiver.model import Finding
from archiver.site import Site
from archiver.store.chrome import newest_model
from archiver.store.database import open_database
from archiver.verify.files import Tally
from archiver.verify.findings import finding
from archiver.warc.findings import Fault

TABLES = {
    "articles": "id",
    "article_versions": "article_id",
    "article_aliases": "article_id",
    "article_authors": "article_id",
    "article_keywords": "article_id",
    "article_states": "article_id",
    "evidence": "article_id",
    "chrome_blocks": "article_id",
}
"""The tables that deriving fills, and the column that names the article."""

UNLISTED = "state = 'unlisted'"
"""What follows from all nights, and is compared behind the last of them."""


def verify_derived(
    home: Home,
    sites: Iterable[Site],
    *,
    clean: Callable[[Site], Clean | None],
    tally: Tally,
    sample: int | None = None,
) -> Iterator[Finding]:
    """What deriving gives that is not in the rows, or otherwise there.

    ``sample`` bounds the number of articles of each site, which are chosen anew each time.
    """
    for site in sites:
        with (
            tempfile.TemporaryDirectory(dir=home.root, prefix=".verify-") as folder,
            closing(open_database(Path(folder) / "archiver.db")) as db,
        ):
            db.execute("ATTACH ? AS live", (str(home.database.absolute()),))
            comparison = Comparison(home, db, site, clean=clean, sample=sample)
            for fault in comparison.faults():
                yield tally.count(finding(fault, home.database, is_own=True))
            tally.articles += comparison.compared


# Pages that are known by the pages of other addresses, which are derived with any sample.
PROVEN_BY_OTHERS = (REASON, NOWHERE)
_STOOD_IN = """
    SELECT DISTINCT c.url, x.article_id FROM live.captures c
    JOIN live.article_aliases x ON x.site = c.site AND x.url = c.url
    WHERE c.site = ? AND c.kind = 'error' AND c.reason IN (?, ?)
"""


class Comparison:
    """The articles of one site, derived again in ``db``; the archive's own is attached as ``live``."""

    def __init__(
        self,
        home: Home,
        db: sqlite3.Connection,
        site: Site,
        *,
        clean: Callable[[Site], Clean | None],
        sample: int | None,
    ) -> None:
        self.home = home
        self.db = db
        self.site = site
        self.clean = clean
        self.is_sample = sample is not None
        self.extractor = extractor_name(site, clean(site))
        rows = db.execute(
            "SELECT id, chrome_model, extractor FROM live.articles WHERE site = ? ORDER BY id", (site.name,)
        ).fetchall()
        self.stale = sorted({row[2] for row in rows if row[2] != self.extractor})
        current = [(row[0], row[1]) for row in rows if row[2] == self.extractor]
        self.model_of = dict(random.sample(current, min(sample, len(current))) if sample else current)
        self.compared = len(self.model_of)
        self.waiting = dict.fromkeys(self.model_of, "its chrome model does not come back")

    def faults(self) -> Iterator[Fault]:
        """What is otherwise in the archive, an article each, and whether some are stale."""
        damage = list[str]()  # is named by what verify says of the files themselves
        for step in rebuild_site(self.home, self.db, self.site, only_read=True, lost=damage.append):
            self._derive(step, self._addresses(self.waiting) if self.is_sample else None)
            self._compare()
            if left := self._of_this_model():
                self._derive(step, self._addresses(left))
                self._compare()
        self.waiting |= dict.fromkeys(
            self._otherwise_listed() - self.waiting.keys(), "article_states: unlisted"
        )
        for article, what in sorted(self.waiting.items()):
            yield Fault(code="derived-differs", offset=0, detail=f"{article}: {what}")
        if self.stale:
            detail = f"{self.site.name}: derived by {', '.join(self.stale)}, not by {self.extractor}"
            yield Fault(code="stale", offset=0, detail=detail)

    def _otherwise_listed(self) -> set[str]:
        """The articles that are unlisted in one of the two only: that follows from all nights of a site."""
        if self.is_sample:
            return set()
        live, again = (
            {tuple(row) for row in self.db.execute(f"SELECT * FROM {schema}.article_states WHERE {UNLISTED}")}
            for schema in ("live", "main")
        )
        return {str(row[0]) for row in live ^ again} & self.model_of.keys()

    def _derive(self, step: Step, only: Mapping[str, str] | None) -> None:
        clean = self.clean(step.site)
        SiteDerivation(
            self.home, self.db, step.site, clean=clean, everything=step.everything, only=only
        ).run()

    def _addresses(self, articles: Iterable[str]) -> dict[str, str]:
        """The addresses of these articles."""
        wanted = {*articles}
        rows = self.db.execute(
            "SELECT url, article_id FROM live.article_aliases WHERE site = ?", (self.site.name,)
        )
        beside = self.db.execute(_STOOD_IN, (self.site.name, *PROVEN_BY_OTHERS))
        return {row[0]: row[1] for row in rows if row[1] in wanted} | {row[0]: row[1] for row in beside}

    def _of_this_model(self) -> list[str]:
        """The articles that wait to be compared, and were derived with the model of this night."""
        model = newest_model(self.db, self.site.name)
        return [a for a in self.waiting if model is not None and self.model_of[a] == model.digest]

    def _compare(self) -> None:
        for article in self._of_this_model():
            if what := self._difference(article):
                self.waiting[article] = what
            else:
                del self.waiting[article]

    def _difference(self, article: str) -> str:
        """The columns and tables that differ; empty where none does."""
        found = []
        for table, key in TABLES.items():
            if self.is_sample and table == "article_states":
                continue  # what other addresses answered is not derived with a sample
            live, again = (self._rows(schema, table, key, article) for schema in ("live", "main"))
            if live != again:
                found.append(_columns(live, again) if table == "articles" else table)
        return ", ".join(found)

    def _rows(self, schema: str, table: str, key: str, article: str) -> list[dict[str, object]]:
        but = f" AND NOT {UNLISTED}" if table == "article_states" else ""
        rows = self.db.execute(f"SELECT * FROM {schema}.{table} WHERE {key} = ?{but}", (article,))
        return sorted((dict(row) for row in rows), key=lambda row: str(sorted(row.items())))


def _columns(live: list[dict[str, object]], again: list[dict[str, object]]) -> str:
    if not again:
        return "it does not come back"
    return ", ".join(name for name, value in live[0].items() if again[0][name] != value)
