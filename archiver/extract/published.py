"""When an article was published and changed: every place that says so, graded, and one choice.

A stamp in UTC that is one day from the day that the page shows or its address names is read
in the site's own day.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING
from urllib.parse import unquote

from archiver.extract.body import OUTSIDE, Chosen, path_of
from archiver.extract.dates import (
    COPYRIGHT,
    MODIFIED_LABEL,
    PUBLISHED_LABEL,
    Stamp,
    find_date,
    is_relative,
    of_moment,
    read_date,
    url_date,
)
from archiver.extract.links import split_url
from archiver.extract.words import Mark

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, tzinfo

    from archiver.extract.document import Block, Document
    from archiver.extract.stated import Stated
    from archiver.model import Mention

PUBLISHED_METAS = (
    "article:published_time", "og:article:published_time", "article:published", "og:published_time",
    "datepublished", "date_published", "publication_date", "publishdate", "publish-date", "pubdate",
    "parsely-pub-date", "sailthru.date", "dc.date.issued", "dcterms.issued", "dcterms.created",
    "dc.date.created", "cxenseparse:recs:publishtime", "citation_publication_date",
    "cxenseparse:publishtime", "rnews:datepublished", "dcterms.date", "dc.date", "date", "pub_date",
    "article.published", "published_time", "bt:pubdate", "displaydate", "originalpublicationdate",
    "shareaholic:article_published_time", "article_date_original", "created",
)  # fmt: skip
MODIFIED_METAS = (
    "article:modified_time", "og:updated_time", "article:modified", "datemodified", "dcterms.modified",
    "dc.date.modified", "last-modified", "lastmod", "revised", "shareaholic:article_modified_time",
)  # fmt: skip
DATELINE = re.compile(r"\s*(?:[.)]\s*[-–—:]?|[-–—|:])\s")
POSTED = re.compile(
    r"\b(?:artikel|beitrag|eintrag|meldung|post|entry|article|inlägg(?:et)?|innlegg(?:et)?|indlæg(?:get)?)\b"
    r".{0,30}?\b(?:wurde|was|skrevs|publicerades|ble|blev)\b",
    re.I,
)
SCRIPTED = re.compile(
    r"\"(?:date_?)?(?:first_?)?publish(?:ed)?_?(?:at|date|time|on)?\\?\"\s*:\s*\\?\"(20\d\d-\d\d-\d\d[^\"\\]{0,24})",
    re.I,
)
NEAR = Mark.TEASER | Mark.AUTHOR | Mark.FORM  # what a line beside the title may be called
ELSEWHERE = OUTSIDE & ~(Mark.HIDDEN | Mark.TAGS | Mark.SHARE | Mark.ASIDE | Mark.FOOTER)


@dataclass(frozen=True, kw_only=True, slots=True)
class Dated:
    """A date with how it is known."""

    stamp: Stamp
    method: str
    where: str
    raw: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Dates:
    """Published and modified, each None where the page does not say."""

    published: Dated | None
    modified: Dated | None


def find_dates(
    doc: Document,
    stated: Stated,
    chosen: Chosen,
    *,
    url: str,
    title: Block | None,
    mentions: Sequence[Mention],
    zone: tzinfo | None,
    language: str,
    ruled: str | None = None,
) -> Dates:
    """The dates of a page; ``ruled`` is the raw text that the site's own rule selects."""
    reader = _Reader(doc, chosen, url, title, zone, language)
    published = reader.machine(stated.published, PUBLISHED_METAS)
    if ruled and (stamp := reader.read(ruled)):
        published = Dated(stamp=stamp, method="profile", where="layout.date", raw=ruled)
    shown = reader.times() or reader.labelled() or reader.visible()
    address = url_date(unquote(split_url(url).path))
    chosen_date = published or shown
    if chosen_date is None:
        chosen_date = reader.mentioned(mentions) or reader.dateline() or reader.scripted()
    if chosen_date is None and address is not None:
        chosen_date = Dated(stamp=address, method="url", where="path", raw=split_url(url).path)
    if chosen_date is not None:
        chosen_date = reader.local(chosen_date, shown, address)
    modified = reader.machine(stated.modified, MODIFIED_METAS) or reader.modified()
    if modified is not None:
        modified = reader.local(modified, None, None)
    return Dates(published=chosen_date, modified=modified)


class _Reader:
    """The places on one page where a date may stand."""

    def __init__(
        self, doc: Document, chosen: Chosen, url: str, title: Block | None, zone: tzinfo | None, language: str
    ) -> None:
        self.doc = doc
        self.zone = zone
        self.title = title
        self.month_first = language.lower() in ("en-us", "en_us")
        blocks = [b.index for b in chosen.blocks if b.text]
        first = min(blocks, default=0)
        last = max(blocks, default=-1)
        at = title.index if title is not None else first
        self.start = max(min(at, first) - 8, 0)
        self.first = first
        self.body = set(blocks)
        self.after = last

    def read(self, raw: str) -> Stamp | None:
        return read_date(raw, zone=self.zone, month_first=self.month_first)

    def machine(self, stated: list[tuple[str, str]], metas: tuple[str, ...]) -> Dated | None:
        """What JSON-LD, metas and microdata state, in this order."""
        for wanted in ("script", "meta", "["):
            if wanted == "meta":
                for name in metas:
                    raw = self.doc.meta(name)
                    if raw and (stamp := self.read(raw)):
                        return Dated(stamp=stamp, method="meta", where=f"meta[{name}]", raw=raw)
                continue
            for raw, where in stated:
                if where.startswith(wanted) and (stamp := self.read(raw)):
                    method = "json-ld" if wanted == "script" else "microdata"
                    return Dated(stamp=stamp, method=method, where=where, raw=raw)
        return None

    def times(self) -> Dated | None:
        """The ``<time>`` of the article's head or foot, never one of a comment or another article."""
        best: tuple[float, Dated] | None = None
        for time in self.doc.times:
            marks = time.node.marks
            if self._beside(time.block):
                marks &= ~NEAR
            if _elsewhere(marks) or "dateModified" in time.name:
                continue
            if "updated" in time.name and "published" not in time.name:
                continue
            stamp = self.read(time.value or time.text)
            if stamp is None or stamp.precision in ("month", "year"):
                continue
            if not self.start <= time.block <= self.after + 12 and self.body:
                continue
            worth = 1.0 if time.published else 0.0
            worth += 0.5 if time.block <= self.first else 0.0
            worth -= 0.8 if time.block in self.body else 0.0
            worth -= 0.02 * abs(time.block - (self.title.index if self.title else self.first))
            if best is None or worth > best[0]:
                best = (
                    worth,
                    Dated(stamp=stamp, method="time", where=path_of(time.node), raw=time.value or time.text),
                )
        return best[1] if best and best[0] > -1.5 else None

    def labelled(self) -> Dated | None:
        """A line such as "Publicerad 4 mars 2024" in the head or the foot of the article."""
        for block in self._lines(below=30):
            found = PUBLISHED_LABEL.search(block.text)
            if found and found.start() < 40 and (dated := self._after(block, found.end())):
                return dated
        return None

    def dateline(self) -> Dated | None:
        """A date that opens the text ("4.3.2024 - In …"), or a line after it that tells of the posting."""
        around = [
            *self.lines_of_title(),
            *[b for b in self.doc.blocks[self.first : self.first + 4] if b.text],
        ]
        for block in around:
            found = find_date(block.text[:60], zone=self.zone, month_first=self.month_first)
            if found and found[1] <= 14 and DATELINE.match(block.text, found[2]):
                return Dated(stamp=found[0], method="visible", where=path_of(block.node), raw=block.text[:80])
        for block in self.doc.blocks[self.after + 1 : self.after + 4]:
            told = POSTED.search(block.text[:300])
            if told and (dated := self._after(block, told.end())):
                return dated
        return None

    def lines_of_title(self) -> list[Block]:
        """The two lines above the title's."""
        at = self.title.index if self.title is not None else self.first
        return [b for b in self.doc.blocks[max(at - 2, 0) : at] if b.text and not _elsewhere(b.marks)]

    def scripted(self) -> Dated | None:
        """A time of publishing in the data of a script, where all that are stated name one day."""
        found: list[tuple[str, Stamp]] = []
        for script in self.doc.data:
            for match in SCRIPTED.finditer(script[:1_000_000]):
                stamp = self.read(match[1])
                if stamp is not None:
                    found.append((match[1], stamp))
        if not found or len({stamp.day for _, stamp in found}) > 1:
            return None
        return Dated(stamp=found[0][1], method="script", where="script", raw=found[0][0])

    def modified(self) -> Dated | None:
        """A line such as "Uppdaterad: 16 januari 2013"."""
        for block in self._lines():
            found = MODIFIED_LABEL.search(block.text)
            if found and (dated := self._after(block, found.end())):
                return dated
        return None

    def _after(self, block: Block, end: int) -> Dated | None:
        rest = block.text[end : end + 80]
        found = find_date(rest, zone=self.zone, month_first=self.month_first, coarse=True)
        if found is None or found[1] > 25:
            return None
        return Dated(stamp=found[0], method="labelled line", where=path_of(block.node), raw=block.text[:200])

    def visible(self) -> Dated | None:
        """A short line with a date between title and text, or right beside them."""
        best: tuple[float, Dated] | None = None
        for block in self._lines():
            if block.chars > 160 or is_relative(block.text):
                continue
            found = find_date(block.text, zone=self.zone, month_first=self.month_first)
            if found is None:
                continue
            if (label := MODIFIED_LABEL.search(block.text)) and label.end() <= found[1]:
                continue
            share = (found[2] - found[1]) / block.chars
            if share < 0.25 and not block.marks & (Mark.BYLINE | Mark.DATE):
                continue
            worth = share + (0.5 if block.marks & (Mark.BYLINE | Mark.DATE) else 0.0)
            at = self.title.index if self.title else self.first
            worth -= 0.05 * abs(block.index - at)
            worth += 0.6 if block.index <= self.first else 0.0
            if best is None or worth > best[0]:
                best = (
                    worth,
                    Dated(stamp=found[0], method="visible", where=path_of(block.node), raw=block.text[:200]),
                )
        return best[1] if best else None

    def _lines(self, *, below: int = 13) -> list[Block]:
        """Lines of the article's head and foot, in order, the body's own prose left out."""
        lines = []
        for block in self.doc.blocks[self.start : self.after + below]:
            marks = block.marks & ~NEAR if self._beside(block.index) else block.marks
            if not block.text or block.chars > 300 or _elsewhere(marks) or COPYRIGHT.search(block.text):
                continue
            inside = block.index in self.body
            if inside and (block.index > self.first + 1 and block.index < self.after - 1):
                continue
            if block.links > 0.8 * block.chars and block.chars > 30:
                continue
            lines.append(block)
        return lines

    def _beside(self, index: int) -> bool:
        return self.title is not None and -3 <= index - self.title.index <= 4

    def mentioned(self, mentions: Sequence[Mention]) -> Dated | None:
        """What the feed, else the listing, that named the page says; never a sitemap's lastmod."""
        for kind in ("feed", "listing"):
            for mention in mentions:
                if mention.kind == kind and mention.date and (stamp := self.read(mention.date)):
                    return Dated(stamp=stamp, method=kind, where=mention.where, raw=mention.date)
        return None

    def local(self, dated: Dated, shown: Dated | None, address: Stamp | None) -> Dated:
        """A UTC stamp in the site's own day."""
        stamp = dated.stamp
        if stamp.precision != "instant" or not stamp.utc or stamp.moment is None:
            return dated
        local = stamp.moment.astimezone(self.zone) if self.zone else None
        days = [s for s in (shown.stamp.day if shown else None, _exact(address)) if s]
        if local is not None:
            if days and local.date() not in days:
                return dated
            return Dated(stamp=of_moment(local), method=dated.method, where=dated.where, raw=dated.raw)
        hour = stamp.moment.astimezone(UTC).hour
        for day in days:
            # a day of the Americas begins up to eight hours later, one of Asia up to ten earlier
            if (day - stamp.day).days in ((-1,) if hour < 8 else (1,) if hour >= 14 else ()):
                shifted = Stamp(iso=day.isoformat(), day=day, precision="day")
                return Dated(stamp=shifted, method=dated.method, where=dated.where, raw=dated.raw)
        return dated


def _elsewhere(marks: int) -> bool:
    """True in a comment, a menu, another article; in a column unless it is marked as a byline."""
    return bool(marks & ELSEWHERE or (marks & Mark.ASIDE and not marks & (Mark.BYLINE | Mark.DATE)))


def _exact(stamp: Stamp | None) -> date | None:
    return stamp.day if stamp is not None and stamp.precision == "day" else None
