"""Deriving one site: its captures in, its articles out, in one pure step a page.

What is new since the last time is read back from the WARC files, the chrome model learns
from it, every article that it touches is built again from all its captures, and the rows
are replaced. Deriving the same captures again gives the same rows.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from archiver.address import plain_address
from archiver.derive.articles import Derived, article_id, build
from archiver.derive.groups import Groups, join_canonical, join_same_text
from archiver.derive.pages import IncompletePageError, Observation, PageReader, is_page, why_no_page
from archiver.errors import DamagedError
from archiver.extract.article import EXTRACTOR, extract_article
from archiver.extract.chrome import ChromeLearner, ChromeModel
from archiver.extract.following import following_page
from archiver.home import Home
from archiver.model import Capture, Mention, Page, PageKind
from archiver.site import Site
from archiver.store.articles import remove_article, save_article
from archiver.store.captures import captures_of, mentions_of
from archiver.store.chrome import StoredModel, newest_model, outgrown_articles, save_model
from archiver.store.crawls import first_complete_crawl
from archiver.store.database import transaction

if TYPE_CHECKING:
    from bs4 import BeautifulSoup

Clean = Callable[["BeautifulSoup"], None]
MAX_PARTS = 50


@dataclass(kw_only=True)
class Outcome:
    """What deriving changed: numbers of articles, and of pages by kind."""

    new: int = 0
    changed: int = 0
    same: int = 0
    removed: int = 0
    kinds: dict[str, int] = field(default_factory=dict)


class SiteDerivation:
    """Derives one site. ``everything`` derives what is derived already, too."""

    def __init__(
        self,
        home: Home,
        db: sqlite3.Connection,
        site: Site,
        *,
        clean: Clean | None = None,
        everything: bool = False,
        progress: Callable[[int, int], None] = lambda done, of: None,
    ) -> None:
        self.db = db
        self.site = site
        self.clean = clean
        self.everything = everything
        self.progress = progress
        self.reader = PageReader(db, home.archive(site.name), max_bytes=site.crawl.max_bytes)
        self.outcome = Outcome()
        self._captures = list(captures_of(db, site.name))
        self._by_url: dict[str, list[Capture]] = {}
        for capture in self._captures:
            self._by_url.setdefault(capture.url, []).append(capture)
        named = {*site.start_urls, *(listing.url for listing in site.listings)}
        # What the profile names as a place that lists articles is none itself, however short it is.
        self._listings = {url for url in named if not site.is_article_address(url)}
        self._unread: dict[str, str] = {}
        self._arrival = {url: place for place, url in enumerate(self._by_url)}
        self._model: ChromeModel | None = None
        self._known_ids = self._aliases()

    def run(self, *, dry: bool = False) -> Outcome:
        """Derive, and store what came out unless ``dry``."""
        self._model = self._learn()
        observations, groups = self._look_around(self._touched())
        built = self._build(groups, observations)
        with transaction(self.db):
            self._store(built, observations)
            if dry:
                self.db.execute("ROLLBACK")
                self.db.execute("BEGIN")
        return self.outcome

    # -- the chrome model

    def _learn(self) -> ChromeModel:
        """The model of all pages so far; only what has come since the last one is learned."""
        pages = self._distinct_pages()
        stored = None if self.everything else newest_model(self.db, self.site.name)
        done = stored.learned_from if stored else 0
        if stored is None or done > len(pages) or (
            done and pages[done - 1].warc_record_id != stored.last_capture
        ):  # fmt: skip
            model, done = ChromeModel.empty(), 0
        else:
            model = ChromeModel.from_json(stored.model)
        if done < len(pages):
            learner = ChromeLearner(model)
            for page in self.reader.pages(pages[done:]):
                learner.add(page, mentions=self._mentions(page.url), site=self.site)
            model = learner.model()
            self._keep(model, pages)
        self._learned_from = len(pages)
        return model

    def _keep(self, model: ChromeModel, pages: list[Capture]) -> None:
        with transaction(self.db):
            save_model(
                self.db,
                self.site.name,
                StoredModel(
                    digest=model.digest,
                    learned_from=len(pages),
                    last_capture=pages[-1].warc_record_id,
                    model=model.to_json(),
                ),
            )

    def _distinct_pages(self) -> list[Capture]:
        """Captures of pages in the order of arrival, each payload of an address once."""
        seen: set[tuple[str, str | None]] = set()
        pages = []
        for capture in self._captures:
            key = (capture.url, capture.payload_digest)
            if is_page(capture) and capture.warc_type == "response" and key not in seen:
                seen.add(key)
                pages.append(capture)
        return pages

    # -- what is to be derived

    def _touched(self) -> list[str]:
        """Addresses with captures that this extractor has not seen, and those they touch."""
        if self.everything:
            return list(self._by_url)
        rows = self.db.execute(
            "SELECT DISTINCT url FROM captures WHERE site = ? AND extractor IS NOT ?",
            (self.site.name, self._extractor),
        )
        urls = {row[0] for row in rows}
        urls.update(outgrown_articles(self.db, self.site.name, self._learned_from))
        ids = {self._known_ids[url] for url in urls if url in self._known_ids}
        urls.update(url for url, known in self._known_ids.items() if known in ids)
        return sorted((url for url in urls if url in self._by_url), key=self._arrival.__getitem__)

    def _aliases(self) -> dict[str, str]:
        rows = self.db.execute(
            "SELECT url, article_id FROM article_aliases WHERE site = ?", (self.site.name,)
        )
        return {row[0]: row[1] for row in rows}

    @property
    def _extractor(self) -> str:
        return EXTRACTOR

    # -- reading

    def _look_around(self, urls: list[str]) -> tuple[dict[str, list[Observation]], dict[str, list[str]]]:
        """Observe these addresses, and the other addresses of the articles that they belong to."""
        observations: dict[str, list[Observation]] = {}
        asked: set[str] = set()
        while urls:
            observations |= self._observe(urls)
            asked.update(urls)
            groups = self._group(observations)
            urls = [
                url
                for members in groups.values()
                if any(member in observations for member in members)
                for url in members
                if url not in asked
            ]
        return observations, self._group(observations)

    def _observe(self, urls: list[str]) -> dict[str, list[Observation]]:
        """For each address what each of its pages says, by WARC-Date."""
        seen: dict[str, list[Observation]] = {}
        for number, url in enumerate(urls, 1):
            captures = sorted((c for c in self._by_url[url] if is_page(c)), key=lambda c: c.warc_date)
            by_payload: dict[str | None, Observation] = {}
            for capture in captures:
                known = by_payload.get(capture.payload_digest)
                found = replace(known, capture=capture) if known else self._read(capture)
                if found:
                    by_payload.setdefault(capture.payload_digest, found)
                    seen.setdefault(url, []).append(found)
            self.progress(number, len(urls))
        return seen

    def _read(self, capture: Capture) -> Observation | None:
        """What a capture says; None where it, or a further page of it, is not whole."""
        try:
            return self._observed(capture)
        except IncompletePageError as error:
            self._unread[capture.warc_record_id] = f"incomplete: {error.message}"
        except DamagedError:
            self._unread[capture.warc_record_id] = "the record cannot be read whole"
        return None

    def _observed(self, capture: Capture) -> Observation:
        page = self.reader.page(capture)
        mentions = self._mentions(capture.url)
        extraction = extract_article(
            page, site=self.site, chrome=self._model, mentions=mentions, clean=self.clean
        )
        parts = self._parts(capture, extraction.next_url) if extraction.kind is PageKind.ARTICLE else []
        if parts:
            extraction = extract_article(
                page,
                site=self.site,
                chrome=self._model,
                mentions=mentions,
                further=[part for _, part in parts],
                clean=self.clean,
            )
        if extraction.kind is PageKind.ARTICLE and capture.url in self._listings:
            extraction = replace(extraction, kind=PageKind.LISTING, reason="a listing of the profile")
            parts = []
        return Observation(
            capture=capture, extraction=extraction, parts=tuple(c.warc_record_id for c, _ in parts)
        )

    def _parts(self, first: Capture, next_url: str | None) -> list[tuple[Capture, Page]]:
        """The further pages of an article as they were at the time of its first."""
        parts: list[tuple[Capture, Page]] = []
        next_url = plain_address(next_url) if next_url else None
        seen = {first.url}
        while next_url and next_url not in seen and len(parts) < MAX_PARTS:
            seen.add(next_url)
            capture = self._nearest(next_url, first)
            if capture is None:
                self._refuse_half(next_url, first)
                break
            page = self.reader.page(capture)
            parts.append((capture, page))
            following = following_page(page)
            next_url = plain_address(following) if following else None
        return parts

    def _refuse_half(self, url: str, first: Capture) -> None:
        """Raises IncompletePageError where this crawl asked for a further page and got none."""
        asked = [c for c in self._by_url.get(url, []) if c.crawl == first.crawl]
        if asked and all(c.truncated or c.status is None or c.status >= 500 for c in asked):
            raise IncompletePageError("a further page could not be fetched", url=url)

    def _nearest(self, url: str, first: Capture) -> Capture | None:
        captures = [c for c in self._by_url.get(url, []) if is_page(c)]
        if not captures:
            return None
        return min(captures, key=lambda c: (c.crawl != first.crawl, abs(c.warc_date - first.warc_date)))

    def _mentions(self, url: str) -> list[Mention]:
        return mentions_of(self.db, self.site.name, url)

    # -- grouping and building

    def _group(self, observations: dict[str, list[Observation]]) -> dict[str, list[str]]:
        groups = Groups(self._arrival)
        latest = {url: seen[-1] for url, seen in observations.items()}
        join_canonical(groups, latest)
        join_same_text(groups, latest)
        by_id: dict[str, str] = {}
        for url, known in self._known_ids.items():
            groups.join(by_id.setdefault(known, url), url)
        for capture in self._captures:
            location = capture.location or ""
            end = latest.get(location) or latest.get(plain_address(location))
            if end is not None and end.extraction.kind is PageKind.ARTICLE:
                groups.join(end.capture.url, capture.url)
        by_record = {c.warc_record_id: c.url for c in self._captures}
        for url, seen in observations.items():
            for part in {record for o in seen for record in o.parts}:
                groups.join(url, by_record[part])
        return groups.members(self._by_url)

    def _build(
        self, groups: dict[str, list[str]], observations: dict[str, list[Observation]]
    ) -> dict[str, Derived | None]:
        """For each touched article, by id, what it is now; None where it is no more."""
        parts = self._part_addresses(observations)
        built: dict[str, Derived | None] = {}
        first_complete = first_complete_crawl(self.db, self.site.name)
        complete = datetime.fromisoformat(first_complete) if first_complete else None
        for members in groups.values():
            if not any(url in observations for url in members):
                continue
            pages = [
                seen
                for url in members
                if url not in parts
                for seen in observations.get(url, [])
                if seen.extraction.kind is PageKind.ARTICLE
            ]
            ids = sorted({self._known_ids[url] for url in members if url in self._known_ids})
            if not pages:
                built.update(dict.fromkeys(ids))
                continue
            identity = self._identity(members, pages, ids)
            built.update(dict.fromkeys(ids))
            built[identity] = self._derived(members, pages, identity, complete)
        return built

    def _identity(self, members: list[str], pages: list[Observation], ids: list[str]) -> str:
        """The article's id: the one it has, else that of its first known address."""
        if len(ids) == 1:
            return ids[0]
        own = [url for url in members if any(seen.capture.url == url for seen in pages)]
        first = min(own, key=lambda url: self._arrival[url])
        return article_id(self.site.name, first)

    def _derived(
        self, members: list[str], pages: list[Observation], identity: str, complete: datetime | None
    ) -> Derived:
        newest = max(pages, key=lambda seen: seen.capture.warc_date).extraction
        evidence = newest.evidence.get("date_published")
        dated_by: list[str] = []
        if evidence and evidence.method in ("feed", "sitemap", "listing"):
            dated_by = [
                m.record
                for url in members
                for m in self._mentions(url)
                if m.kind == evidence.method and m.date and m.record
            ][:1]
        article_records = {seen.capture.warc_record_id for seen in pages}
        return build(
            self.site,
            pages,
            identity=identity,
            addresses=members,
            others=[
                c for url in members for c in self._by_url[url] if c.warc_record_id not in article_records
            ],
            extractor=self._extractor,
            chrome_model=self._model.digest if self._model else None,
            first_complete=complete,
            dated_by=dated_by,
        )

    def _part_addresses(self, observations: dict[str, list[Observation]]) -> set[str]:
        """Addresses that are further pages of an article, and so none of their own."""
        records = {record for seen in observations.values() for o in seen for record in o.parts}
        return {c.url for c in self._captures if c.warc_record_id in records}

    # -- storing

    def _store(self, built: dict[str, Derived | None], observations: dict[str, list[Observation]]) -> None:
        before = self._fingerprints(built)
        for identity in built:
            remove_article(self.db, identity)
        for identity, derived in built.items():
            if derived is not None:
                save_article(
                    self.db,
                    derived.article,
                    published_day=derived.published_day,
                    versions=derived.versions,
                    aliases=derived.aliases,
                    stripped=derived.observation.extraction.stripped,
                )
            self._tally(before.get(identity), derived)
        self._mark(built, observations)

    def _fingerprints(self, ids: Iterable[str]) -> dict[str, tuple[object, ...]]:
        found = {}
        for identity in ids:
            row = self.db.execute(
                "SELECT versions, title, body, date_published FROM articles WHERE id = ?", (identity,)
            ).fetchone()
            if row:
                found[identity] = tuple(row)
        return found

    def _tally(self, before: tuple[object, ...] | None, derived: Derived | None) -> None:
        if derived is None:
            self.outcome.removed += before is not None
            return
        a = derived.article
        after = (a.versions, a.title, a.body, a.date_published)
        self.outcome.new += before is None
        self.outcome.changed += before is not None and before != after
        self.outcome.same += before == after

    def _mark(self, built: dict[str, Derived | None], observations: dict[str, list[Observation]]) -> None:
        """Say of every capture that was looked at what it is."""
        parts = self._part_addresses(observations)
        marks = {}
        for url, seen in observations.items():
            for o in seen:
                kind, reason = o.extraction.kind.value, o.extraction.reason
                if url in parts and o.extraction.kind is PageKind.ARTICLE:
                    reason = "a further page of an article"
                marks[o.capture.warc_record_id] = (kind, reason)
        for capture in self._captures:
            if capture.warc_record_id not in marks and not is_page(capture):
                marks[capture.warc_record_id] = why_no_page(capture)
        for record, reason in self._unread.items():
            marks[record] = ("error", reason)
        for kind, _ in marks.values():
            self.outcome.kinds[kind] = self.outcome.kinds.get(kind, 0) + 1
        self.db.executemany(
            "UPDATE captures SET kind = ?, reason = ?, extractor = ? WHERE warc_record_id = ?",
            ((kind, reason, self._extractor, record) for record, (kind, reason) in marks.items()),
        )
