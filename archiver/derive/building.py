"""Building the articles of a run, one at a time: first which there are, then what each of them is now."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from archiver.derive.answers import Answers
from archiver.derive.articles import Derived, article_id, build, own_pages
from archiver.derive.captures import SiteCaptures
from archiver.derive.groups import Groups, addresses_of
from archiver.derive.known import KnownArticles
from archiver.derive.observed import Observed
from archiver.derive.pages import Observation
from archiver.derive.states import states_of
from archiver.site import Site
from archiver.store.captures import mentions_of
from archiver.store.crawls import first_complete_crawl
from archiver.suppressions import Suppressions

_TABLES = (
    "DROP TABLE IF EXISTS temp.plan",
    "DROP TABLE IF EXISTS temp.members",
    "CREATE TEMP TABLE plan (place INTEGER PRIMARY KEY, article TEXT NOT NULL UNIQUE, first INTEGER)",
    "CREATE TEMP TABLE members (first INTEGER, n INTEGER, PRIMARY KEY (first, n)) WITHOUT ROWID",
)


class Plan:
    """The articles that a run touches, each with the addresses that it has by now.

    ``parts`` has a 1 for each number of an address that is a further page of an article.
    """

    def __init__(
        self, db: sqlite3.Connection, captures: SiteCaptures, observed: Observed, known: KnownArticles
    ) -> None:
        self.db = db
        self.captures = captures
        self.observed = observed
        self.known = known
        self.parts = bytearray(captures.addresses + 1)
        for statement in _TABLES:
            db.execute(statement)

    def make(self, groups: Groups, suppressions: Suppressions) -> None:
        """Say of each group which articles it was, and which one it is now."""
        seen = self.observed.flags()
        self._find_parts(groups, seen)
        articles = self.observed.flags("kind = 'article'")
        withheld = any(self.observed.flags("kind = 'noarchive'"))
        for members in groups.members(seen):
            ids = self.known.of(members)
            for identity in ids:
                self._note(identity, None)
            own = [n for n in members if articles[n] and not self.parts[n]]
            if own and not (withheld and self.observed.is_withheld(members)):
                self._note(self._identity(own[0], ids), members[0])
                self.db.executemany(
                    "INSERT INTO temp.members VALUES (?, ?)", ((members[0], n) for n in members)
                )
        if suppressions:
            self._hide(suppressions)

    def _note(self, identity: str, first: int | None) -> None:
        self.db.execute(
            "INSERT INTO temp.plan (article, first) VALUES (?, ?)"
            " ON CONFLICT (article) DO UPDATE SET first = excluded.first",
            (identity, first),
        )

    def _identity(self, first: int, ids: list[str]) -> str:
        """The article's id: the one it has, else that of its first address with a page of it."""
        return ids[0] if len(ids) == 1 else article_id(self.captures.site, self.captures.url(first))

    def _hide(self, suppressions: Suppressions) -> None:
        """Leave out the articles that are suppressed: by their id, or by their only addresses."""
        noted = self.db.execute("SELECT article FROM temp.plan").fetchall()
        for identity in [row[0] for row in noted if suppressions.of_article(row[0]) is not None]:
            self._note(identity, None)
        self.db.executemany(
            "INSERT OR IGNORE INTO temp.plan (article) VALUES (?)",
            ((identity,) for identity in self.known.hidden(suppressions)),
        )

    def _find_parts(self, groups: Groups, seen: bytearray) -> None:
        """Find the addresses that are further pages of an article, and so none of their own."""
        later = bytearray(len(seen))
        rows = self.db.execute(
            "SELECT x.n FROM temp.newest x JOIN temp.pages p ON p.id = x.page WHERE p.part <> 0"
        )
        for row in rows:
            later[row[0]] = 1
        for _, records in self.observed.further_pages():
            for n in addresses_of(self.db, self.captures, records):
                self.parts[n] = 1
        for members in groups.members(later):
            if any(seen[n] and not later[n] for n in members):
                for n in members:
                    self.parts[n] |= later[n]

    def articles(self) -> Iterator[tuple[str, int | None]]:
        """The id of each article that is touched, and its first address; None where it is no more."""
        rows = self.db.execute("SELECT article, first FROM temp.plan ORDER BY place")
        return ((row[0], row[1]) for row in rows)

    def members(self, first: int) -> list[int]:
        """All addresses of the article with this first one, as they came."""
        rows = self.db.execute("SELECT n FROM temp.members WHERE first = ? ORDER BY n", (first,))
        return [row[0] for row in rows]


class Builder:
    """Builds the articles of a plan from what was observed."""

    def __init__(self, site: Site, plan: Plan, *, extractor: str, chrome_model: str) -> None:
        self.db = plan.db
        self.site = site
        self.plan = plan
        self.extractor = extractor
        self.chrome_model = chrome_model
        self.answers = Answers(self.db, plan.captures, site)
        complete = first_complete_crawl(self.db, site.name)
        self.first_complete = datetime.fromisoformat(complete) if complete else None

    def article(self, identity: str, first: int) -> Derived:
        """What the article with this first address is now."""
        captures, parts = self.plan.captures, self.plan.parts
        members = self.plan.members(first)
        urls = [captures.url(n) for n in members]
        pages = [o for n in members if not parts[n] for o in self.plan.observed.articles_at(n)]
        records = {seen.capture.warc_record_id for seen in pages}
        derived = build(
            self.site,
            pages,
            identity=identity,
            addresses=urls,
            others=[c for url in urls for c in captures.at(url) if c.warc_record_id not in records],
            extractor=self.extractor,
            chrome_model=self.chrome_model,
            first_complete=self.first_complete,
            dated_by=self._dated_by(urls, pages),
        )
        answers = self.answers.at(urls, records)
        states = states_of(own_pages(pages), answers, derived.article.canonical_url or "")
        gone = next((s.since for s in states if s.state == "gone" and s.until is None), None)
        article = replace(derived.article, gone_since=derived.article.gone_since or gone)
        return replace(derived, article=article, states=states)

    def _dated_by(self, urls: list[str], pages: list[Observation]) -> list[str]:
        """The record of the feed or listing that gave the newest page its date."""
        newest = max(pages, key=lambda seen: seen.capture.seen).extraction
        evidence = newest.evidence.get("date_published")
        if not evidence or evidence.method not in ("feed", "sitemap", "listing"):
            return []
        found = (m for url in urls for m in mentions_of(self.db, self.site.name, url))
        return [m.record for m in found if m.kind == evidence.method and m.date and m.record][:1]
