"""Deriving one site: its captures in, its articles out, in one pure step a page.

What is new since the last time is read back from the WARC files, the chrome model learns
from it, every article that it touches is built again from all its captures, and the rows
are replaced. Deriving the same captures again gives the same rows.
"""

from __future__ import annotations

import hashlib
import inspect
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import cached_property

from archiver.address import plain_address
from archiver.derive.articles import Derived, article_id, build
from archiver.derive.captures import SiteCaptures
from archiver.derive.groups import (
    Groups,
    join_canonical,
    join_parts,
    join_renderings,
    join_same_text,
)
from archiver.derive.learning import learn
from archiver.derive.observing import Clean, Observer
from archiver.derive.pages import Observation, PageReader
from archiver.derive.renderings import plain_version
from archiver.derive.rows import Outcome, mark_captures, store_articles
from archiver.derive.stand_ins import without_stand_ins
from archiver.extract.article import EXTRACTOR
from archiver.extract.fingerprint import text_digest
from archiver.extract.parts import first_part
from archiver.home import Home
from archiver.model import Mention, PageKind
from archiver.site import Site
from archiver.store.articles import alike, titles_of
from archiver.store.captures import mentions_of
from archiver.store.chrome import outgrown_articles
from archiver.store.crawls import first_complete_crawl
from archiver.store.database import transaction
from archiver.suppressions import read_suppressions

Seen = dict[str, list[Observation]]


def extractor_name(site: Site, clean: Clean | None) -> str:
    """The extractor's name and version; with a site's own code, that code's digest too.

    A row of another extractor is stale, so editing the code derives the site again.
    """
    if clean is None:
        return EXTRACTOR
    module = inspect.getmodule(clean)
    source = inspect.getsource(module) if module else ""
    return f"{EXTRACTOR}+{site.spider}@sha256:{hashlib.sha256(source.encode()).hexdigest()[:16]}"


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
    ) -> None:
        self.db = db
        self.site = site
        self.clean = clean
        self.everything = everything
        self.only = only
        self.progress = progress
        self.reader = PageReader(db, home.archive(site.name), max_bytes=site.crawl.max_bytes)
        self.captures = SiteCaptures(db, site.name)
        self.outcome = Outcome()
        self.extractor = extractor_name(site, clean)
        self.suppressions = read_suppressions(home)
        self._known_ids = self._aliases() | dict(only or {})

    def run(self, *, dry: bool = False) -> Outcome:
        """Derive, and store what came out unless ``dry``."""
        model, learned_from = learn(
            self.db, self.site, self.captures, self.reader, anew=self.everything, keep=not dry
        )
        observer = Observer(
            self.site, self.captures, self.reader, model, self._mentions, self.clean, self.suppressions
        )
        observations, groups = self._look_around(observer, self._touched(learned_from))
        parts = self._part_addresses(observations, groups)
        built = self._build(groups, observations, parts, model.digest)
        self.outcome.unread = len(observer.damaged)
        with transaction(self.db):
            self.db.execute("SAVEPOINT derived")
            store_articles(self.db, built, self.outcome)
            mark_captures(
                self.db,
                self.captures,
                observations,
                parts=parts,
                unread=observer.unread,
                hidden=observer.hidden,
                extractor=self.extractor,
                outcome=self.outcome,
            )
            if dry:
                self.db.execute("ROLLBACK TO derived")
        return self.outcome

    # -- what is to be derived

    def _touched(self, learned_from: int) -> list[str]:
        """Addresses with captures that this extractor has not seen, and those they touch."""
        by_url = self.captures.by_url
        if self.only is not None:
            return [url for url in by_url if url in self.only]
        if self.everything:
            return list(by_url)
        rows = self.db.execute(
            "SELECT DISTINCT url FROM captures WHERE site = ? AND extractor IS NOT ?",
            (self.site.name, self.extractor),
        )
        urls = {row[0] for row in rows}
        urls.update(outgrown_articles(self.db, self.site.name, learned_from))
        ids = {self._known_ids[url] for url in urls if url in self._known_ids}
        urls.update(url for url, known in self._known_ids.items() if known in ids)
        return sorted((url for url in urls if url in by_url), key=self.captures.arrival.__getitem__)

    def _aliases(self) -> dict[str, str]:
        rows = self.db.execute(
            "SELECT url, article_id FROM article_aliases WHERE site = ?", (self.site.name,)
        )
        return {row[0]: row[1] for row in rows}

    def _look_around(self, observer: Observer, urls: list[str]) -> tuple[Seen, dict[str, list[str]]]:
        """Observe these addresses, and the other addresses of the articles that they belong to."""
        observations: Seen = {}
        asked: set[str] = set()
        while urls:
            for number, url in enumerate(urls, 1):
                if seen := observer.observe(url):
                    observations[url] = seen
                self.progress(number, len(urls))
            asked.update(urls)
            observations = without_stand_ins(observations)
            groups = self._group(observations)
            urls = [
                url
                for members in groups.values()
                if any(member in observations for member in members)
                for url in members
                if url not in asked
            ]
            urls += [url for url in self._hinted(observations) if url not in asked and url not in urls]
        return observations, self._group(observations)

    def _hinted(self, observations: Seen) -> list[str]:
        """Addresses that may be the same articles: plain versions, first pages, those of the same text."""
        found: list[str] = []
        for url, seen in observations.items():
            extraction = seen[-1].extraction
            if extraction.kind is not PageKind.ARTICLE:
                continue
            plain = plain_version(url)
            named = [plain] if plain else []
            named += [first_part(url)] if extraction.part else []
            found += [u for name in named for u in (name, name + "/") if u in self.captures.by_url]
            found += self._lone_renderings.get(extraction.title, [])
            digest = text_digest(extraction.body)
            found += alike(self.db, self.site.name, digest, title=extraction.title if plain else None)
        return list(dict.fromkeys(found))

    @cached_property
    def _lone_renderings(self) -> dict[str | None, list[str]]:
        """By title, the addresses of articles of which only AMP or print versions came so far."""
        whole = {known for url, known in self._known_ids.items() if plain_version(url) is None}
        lone = {known: url for url, known in self._known_ids.items() if known not in whole}
        found: dict[str | None, list[str]] = {}
        for identity, title in titles_of(self.db, self.site.name) if lone else ():
            if identity in lone:
                found.setdefault(title, []).append(lone[identity])
        return found

    def _mentions(self, url: str) -> list[Mention]:
        return mentions_of(self.db, self.site.name, url)

    # -- grouping and building

    def _group(self, observations: Seen) -> dict[str, list[str]]:
        groups = Groups(self.captures.arrival)
        latest = {url: seen[-1] for url, seen in observations.items()}
        join_canonical(groups, latest)
        join_same_text(groups, latest)
        join_renderings(groups, latest)
        join_parts(groups, latest)
        self._join_known(groups)
        self._join_redirects(groups, latest)
        self._join_read_parts(groups, observations)
        return groups.members(self.captures.by_url)

    def _join_known(self, groups: Groups) -> None:
        """Join the addresses of each article that the archive has already."""
        by_id: dict[str, str] = {}
        for url, known in self._known_ids.items():
            groups.join(by_id.setdefault(known, url), url)

    def _join_redirects(self, groups: Groups, latest: Mapping[str, Observation]) -> None:
        """Join each address with the article that it sends its readers to."""
        for capture in self.captures.all:
            location = capture.location or ""
            end = latest.get(location) or latest.get(plain_address(location))
            if end is not None and end.extraction.kind is PageKind.ARTICLE:
                groups.join(end.capture.url, capture.url)

    def _join_read_parts(self, groups: Groups, observations: Seen) -> None:
        """Join each article with the further pages that were read with it."""
        by_record = {c.warc_record_id: c.url for c in self.captures.all}
        for url, seen in observations.items():
            for part in {record for o in seen for record in o.parts}:
                groups.join(url, by_record[part])

    def _build(
        self, groups: dict[str, list[str]], observations: Seen, parts: set[str], chrome_model: str
    ) -> dict[str, Derived | None]:
        """For each touched article, by id, what it is now; None where it is no more."""
        built: dict[str, Derived | None] = {}
        first_complete = first_complete_crawl(self.db, self.site.name)
        complete = datetime.fromisoformat(first_complete) if first_complete else None
        for members in groups.values():
            if not any(url in observations for url in members):
                continue
            pages = _article_pages(observations, [url for url in members if url not in parts])
            ids = sorted({self._known_ids[url] for url in members if url in self._known_ids})
            built.update(dict.fromkeys(ids))
            if pages:
                identity = self._identity(members, pages, ids)
                built[identity] = self._derived(members, pages, identity, complete, chrome_model)
        return built | self._hidden(built)

    def _hidden(self, built: Mapping[str, Derived | None]) -> dict[str, None]:
        """The articles that are suppressed: by their id, or by their only addresses."""
        by_id = [identity for identity in built if self.suppressions.of_article(identity) is not None]
        by_address = [
            identity
            for url, identity in self._known_ids.items()
            if identity not in built and self.suppressions.hides(url)
        ]
        return dict.fromkeys([*by_id, *by_address])

    def _identity(self, members: list[str], pages: list[Observation], ids: list[str]) -> str:
        """The article's id: the one it has, else that of its first known address."""
        if len(ids) == 1:
            return ids[0]
        own = {seen.capture.url for seen in pages}
        first = min((url for url in members if url in own), key=self.captures.arrival.__getitem__)
        return article_id(self.site.name, first)

    def _derived(
        self,
        members: list[str],
        pages: list[Observation],
        identity: str,
        complete: datetime | None,
        chrome_model: str,
    ) -> Derived:
        records = {seen.capture.warc_record_id for seen in pages}
        return build(
            self.site,
            pages,
            identity=identity,
            addresses=members,
            others=[
                c for url in members for c in self.captures.by_url[url] if c.warc_record_id not in records
            ],
            extractor=self.extractor,
            chrome_model=chrome_model,
            first_complete=complete,
            dated_by=self._dated_by(members, pages),
        )

    def _dated_by(self, members: list[str], pages: list[Observation]) -> list[str]:
        """The record of the feed or listing that gave the newest page its date."""
        newest = max(pages, key=lambda seen: seen.capture.warc_date).extraction
        evidence = newest.evidence.get("date_published")
        if not evidence or evidence.method not in ("feed", "sitemap", "listing"):
            return []
        mentions = (m for url in members for m in self._mentions(url) if m.kind == evidence.method)
        return [m.record for m in mentions if m.date and m.record][:1]

    def _part_addresses(self, observations: Seen, groups: dict[str, list[str]]) -> set[str]:
        """Addresses that are further pages of an article, and so none of their own."""
        records = {record for seen in observations.values() for o in seen for record in o.parts}
        parts = {c.url for c in self.captures.all if c.warc_record_id in records}
        later = {url for url, seen in observations.items() if seen[-1].extraction.part}
        for members in groups.values():
            if any(url in observations and url not in later for url in members):
                parts.update(later.intersection(members))
        return parts


def _article_pages(observations: Seen, urls: Iterable[str]) -> list[Observation]:
    """What the article pages at these addresses say."""
    seen = (o for url in urls for o in observations.get(url, ()))
    return [o for o in seen if o.extraction.kind is PageKind.ARTICLE]
