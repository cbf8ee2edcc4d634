"""When an article was published and changed: every place that says so, graded, and one choice.

A stamp in UTC that is one day from the day that the page shows or its address names is read
in the site's own day.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, timedelta
from typing import TYPE_CHECKING
from urllib.parse import unquote

from archiver.extract.addresses import url_date
from archiver.extract.body import Chosen
from archiver.extract.dated import Dated
from archiver.extract.datelines import Datelines
from archiver.extract.dates import Stamp, of_moment
from archiver.extract.document import Document
from archiver.extract.links import split_url

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from archiver.extract.document import Block
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
MACHINES = ("json-ld", "meta", "microdata")
SCRIPTED = re.compile(
    r"\"(?:date_?)?(?:first_?)?publish(?:ed)?_?(?:at|date|time|on)?\\?\"\s*:\s*\\?\"(20\d\d-\d\d-\d\d[^\"\\]{0,24})",
    re.I,
)


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
    captured: date | None = None,
) -> Dates:
    """The dates of a page; ``ruled`` is the raw text that the site's own rule selects.

    What is dated more than a year after its capture is dated wrongly.
    """
    american = language.lower() in ("en-us", "en_us")
    latest = captured + timedelta(days=366) if captured else date.max
    lines = Datelines(doc, chosen, title, zone=zone, month_first=american, latest=latest)
    metas = _metas(doc)
    published = _by_machines(lines, stated.published, metas, PUBLISHED_METAS)
    if ruled and (stamp := lines.read(ruled)):
        published = Dated(stamp=stamp, method="profile", where="layout.date", raw=ruled)
    published = published or _first(lines.shown, _by_machines(lines, stated.created, {}, ()))
    if published is None:
        published = _mentioned(lines, mentions) or lines.dateline() or _scripted(lines)
    address = url_date(_path(url))
    published = published or _addressed(url, address)
    if published is not None and published.stamp.utc:
        published = _local(published, zone, lines.days, address)
    modified = _by_machines(lines, stated.modified, metas, MODIFIED_METAS) or lines.modified()
    if modified is not None and modified.stamp.utc:
        modified = _local(modified, zone, set(), None)
    if published is not None and _disputed(published, lines, address):
        published = _settled(published, modified, lines)
    if modified and published and published.stamp.day - modified.stamp.day > timedelta(days=1):
        modified = None  # a change that came before is none of this text
    return Dates(published=published, modified=modified)


def _first(shown: Dated | None, created: Dated | None) -> Dated | None:
    """The date that a page shows; the one of its creation where it shows none, or the same less precisely."""
    if shown is None or (created is not None and created.stamp.day == shown.stamp.day):
        return created
    return shown


def told_elsewhere(url: str, mentions: Sequence[Mention], zone: tzinfo | None) -> Dated | None:
    """When a page of no markup was published, as a feed, a listing or its address says."""
    lines = Datelines(Document(), Chosen(), zone=zone)
    return _mentioned(lines, mentions) or _addressed(url, url_date(_path(url)))


def _addressed(url: str, address: Stamp | None) -> Dated | None:
    """The date that an address names, where it names one."""
    return Dated(stamp=address, method="url", where="path", raw=split_url(url).path) if address else None


def _disputed(dated: Dated, lines: Datelines, address: Stamp | None) -> bool:
    """True for a date stated for machines where a reader sees another beside the title, or in the address."""
    if dated.method not in MACHINES or dated.stamp.day in lines.beside:
        return False
    far = address is not None and address.precision == "day" and abs((address.day - dated.stamp.day).days) > 1
    return bool(lines.beside) or far


def _settled(dated: Dated, modified: Dated | None, lines: Datelines) -> Dated:
    """Of a disputed meta and a date beside the title the latter, unless that is the day of a change."""
    shown = lines.shown
    if dated.method != "meta" or shown is None or shown.stamp.day not in lines.beside:
        return replace(dated, method="disputed")
    changed = modified is not None and modified.stamp.day == shown.stamp.day > dated.stamp.day
    return replace(dated, method="disputed") if changed else shown


def stated_date(doc: Document, stated: Stated, zone: tzinfo | None) -> Dated | None:
    """What a page without text states for machines alone."""
    lines = Datelines(doc, Chosen(), zone=zone)
    return _by_machines(lines, stated.published, _metas(doc), PUBLISHED_METAS)


def _path(url: str) -> str:
    """The path of an address, for an archived copy the original's: the day of the copy is none."""
    return unquote(split_url(url).path).rpartition("://")[2]


def _metas(doc: Document) -> dict[str, str]:
    """The first content of each meta."""
    found: dict[str, str] = {}
    for name, content in doc.metas:
        if name not in found and content.strip():
            found[name] = content
    return found


def _by_machines(
    lines: Datelines, stated: list[tuple[str, str]], metas: dict[str, str], names: tuple[str, ...]
) -> Dated | None:
    """What JSON-LD, metas and microdata state, in this order."""
    return (
        _stated(lines, stated, "script", "json-ld")
        or _by_metas(lines, metas, names)
        or _stated(lines, stated, "[", "microdata")
    )


def _stated(lines: Datelines, stated: list[tuple[str, str]], start: str, method: str) -> Dated | None:
    for raw, where in stated:
        if where.startswith(start) and (stamp := lines.read(raw)):
            return Dated(stamp=stamp, method=method, where=where, raw=raw)
    return None


def _by_metas(lines: Datelines, metas: dict[str, str], names: tuple[str, ...]) -> Dated | None:
    for name in names:
        raw = metas.get(name)
        if raw and (stamp := lines.read(raw)):
            return Dated(stamp=stamp, method="meta", where=f"meta[{name}]", raw=" ".join(raw.split()))
    return None


def _mentioned(lines: Datelines, mentions: Sequence[Mention]) -> Dated | None:
    """What the feed, else the listing, that named the page says; never a sitemap's lastmod."""
    for kind in ("feed", "listing"):
        for mention in mentions:
            if mention.kind == kind and mention.date and (stamp := lines.read(mention.date)):
                return Dated(stamp=stamp, method=kind, where=mention.where, raw=mention.date)
    return None


def _scripted(lines: Datelines) -> Dated | None:
    """A time of publishing in the data of a script, where all that are stated name one day."""
    found: list[tuple[str, Stamp]] = []
    for script in lines.doc.data:
        for match in SCRIPTED.finditer(script[:1_000_000]):
            stamp = lines.read(match[1])
            if stamp is not None:
                found.append((match[1], stamp))
    if not found or len({stamp.day for _, stamp in found}) > 1:
        return None
    return Dated(stamp=found[0][1], method="script", where="script", raw=found[0][0])


def _local(dated: Dated, zone: tzinfo | None, shown: set[date], address: Stamp | None) -> Dated:
    """A UTC stamp in the site's own day, as its zone says, else what the page shows, else its address."""
    stamp = dated.stamp
    if stamp.moment is None:
        return dated
    named = {address.day} if address is not None and address.precision == "day" else set()
    if zone is not None:
        local = stamp.moment.astimezone(zone)
        contradicted = (shown or named) and local.date() not in shown | named
        return dated if contradicted else replace(dated, stamp=of_moment(local))
    day = _neighbour(stamp.day, stamp.moment.astimezone(UTC).hour, shown or named)
    if day is None:
        return dated
    return replace(dated, stamp=Stamp(iso=day.isoformat(), day=day, precision="day"))


def _neighbour(day: date, hour: int, days: set[date]) -> date | None:
    """The one of these days that is local at an hour of a UTC day; None where the UTC day is shown."""
    # a day of the Americas begins up to eight hours later, one of Asia up to ten earlier
    step = -1 if hour < 8 else 1 if hour >= 14 else 0
    other = day + timedelta(days=step)
    return other if step and day not in days and other in days else None
