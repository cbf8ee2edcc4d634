"""Pages that stand where an article was and are none: the site's front page, its answer to any address.

An edit leaves the headline or much of the text. A page that shares neither with the article that was at
its address before is compared with the front page, with what the site answers to an address that cannot
exist, and with what other addresses suddenly say that had articles of their own. Where it is none of these
it is another version of the article.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urljoin

from archiver.derive.captures import SiteCaptures
from archiver.derive.observed import Observed
from archiver.derive.observing import PLAIN, Observer
from archiver.derive.renderings import alike_texts, resembles
from archiver.derive.stand_ins import REASON, said_of
from archiver.model import Capture, Extraction, PageKind
from archiver.probes import probe_mark
from archiver.site import Site
from archiver.store.captures import capture as find_capture

NOWHERE = "what the site answers to an address that cannot exist"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Suspect:
    """A page that took the place of an article with which it shares nothing."""

    n: int
    page: int
    before: Extraction
    said: str


class Replacements:
    """Finds the pages of a run that replaced articles. ``mark`` may be called again as more is observed."""

    def __init__(
        self,
        db: sqlite3.Connection,
        site: Site,
        captures: SiteCaptures,
        observed: Observed,
        observer: Observer,
    ) -> None:
        self.db = db
        self.captures = captures
        self.observed = observed
        self.observer = observer
        roots = (urljoin(url, "/") for url in site.start_urls)
        self._fronts = list(dict.fromkeys((*site.start_urls, *roots)))
        rows = db.execute(
            "SELECT url FROM temp.addresses WHERE n <= ? AND instr(url, ?) ORDER BY n",
            (captures.addresses, probe_mark(site.name)),
        )
        self._probes = [row[0] for row in rows]
        self._read: dict[str, Extraction | None] = {}

    def mark(self) -> None:
        """Mark them among the pages that were observed so far: no article any more, and why."""
        suspects: dict[str, list[_Suspect]] = defaultdict(list)
        for n in self._changed():
            for suspect in self._suspects(n):
                suspects[suspect.said].append(suspect)
        for alike in suspects.values():
            if _had_others(alike):
                for suspect in alike:
                    self._mark(suspect.page, PageKind.ERROR, REASON)

    def _changed(self) -> list[int]:
        """The addresses with an article and another page."""
        rows = self.db.execute(
            "SELECT n FROM temp.pages GROUP BY n HAVING count(*) > 1 AND sum(kind = 'article') > 0 ORDER BY n"
        )
        return [row[0] for row in rows]

    def _suspects(self, n: int) -> Iterator[_Suspect]:
        """The pages at an address that share nothing with the article before; what is proven is marked."""
        before: Extraction | None = None
        content: bytes | None = None
        for row in self.db.execute(_PAGES, (n,)).fetchall():
            kind, page = PageKind(row["kind"]), row["page"]
            if kind is PageKind.ARTICLE and row["content"] == content:
                continue
            capture = find_capture(self.db, row["record"])
            if capture is None or (before is None and kind is not PageKind.ARTICLE):
                continue
            if kind is PageKind.ARTICLE:
                now = self.observed.extraction(page)
                if before is None or resembles(before, now):
                    before, content = now, row["content"]
                elif proof := self._proof(capture, now):
                    self._mark(page, *proof)
                else:
                    yield _Suspect(n=n, page=page, before=before, said=said_of((now.title, now.body, None)))
                    before, content = now, row["content"]
            elif kind in PLAIN:
                other = self._extraction(capture)
                if other is not None and (proof := self._proof(capture, other)):
                    self._mark(page, *proof)

    def _proof(self, capture: Capture, said: Extraction) -> tuple[PageKind, str] | None:
        """What a page is that stands for an article, by the other answers of that crawl, or before."""
        fronts = [url for url in self._fronts if url != capture.url and self._is_like(url, capture, said)]
        for url in fronts:
            if self._names_some(url, capture):
                return PageKind.FRONT, f"the page of {url}"
        if fronts:  # a wall before all of the site
            return PageKind.ERROR, REASON
        if any(self._is_like(url, capture, said) for url in self._probes):
            return PageKind.ERROR, NOWHERE
        return None

    def _is_like(self, url: str, capture: Capture, said: Extraction) -> bool:
        """True where an address said the same at that time."""
        other = self.captures.then(self.captures.pages_at(url), capture)
        if other is None:
            return False
        digest = self.captures.page_digest(capture)
        if digest is not None and digest == self.captures.page_digest(other):
            return True
        read = self._extraction(other)
        return read is not None and alike_texts(read.body, said.body)

    def _names_some(self, url: str, capture: Capture) -> bool:
        """False for a listing of the profile that named nothing then: it had been replaced itself."""
        other = self.captures.then(self.captures.pages_at(url), capture)
        records = (other.warc_record_id, other.refers_to) if other else ()
        named = "SELECT EXISTS (SELECT 1 FROM links WHERE capture = ?)"
        if any(self.db.execute(named, (record,)).fetchone()[0] for record in records):
            return True
        ever = "SELECT EXISTS (SELECT 1 FROM links l JOIN captures c ON c.warc_record_id = l.capture"
        row = self.db.execute(f"{ever} WHERE c.site = ? AND c.url = ?)", (self.captures.site, url)).fetchone()
        return not row[0]

    def _extraction(self, capture: Capture) -> Extraction | None:
        digest = self.captures.page_digest(capture)
        key = f"{capture.url} {digest}"
        if key not in self._read:
            seen = self.observer.observe(capture)
            self._read[key] = seen.extraction if seen else None
        return self._read[key]

    def _mark(self, page: int, kind: PageKind, reason: str) -> None:
        self.db.execute("UPDATE temp.pages SET kind = ?, reason = ? WHERE id = ?", (kind.value, reason, page))


_PAGES = """
    SELECT min(o.place) AS place, o.record, o.page, p.kind, p.content FROM temp.observations o
    JOIN temp.pages p ON p.id = o.page WHERE o.n = ? GROUP BY o.page ORDER BY place
"""


def _had_others(alike: Iterable[_Suspect]) -> bool:
    """True where a text came to addresses that had different articles before."""
    found = list(alike)
    return any(s.n != found[0].n and not resembles(s.before, found[0].before) for s in found[1:])
