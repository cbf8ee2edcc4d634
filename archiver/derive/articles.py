"""Building an article from what was observed at its addresses: versions, dates, evidence."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from archiver.derive.pages import Observation
from archiver.derive.renderings import plain_version
from archiver.instants import to_text
from archiver.model import Article, ArticleState, Capture, Version
from archiver.site import Site
from archiver.store.articles import capture_reference


@dataclass(frozen=True, kw_only=True, slots=True)
class Derived:
    """An article with all that is stored beside it."""

    article: Article
    versions: tuple[Version, ...]
    aliases: tuple[str, ...]
    published_day: str | None
    observation: Observation
    states: tuple[ArticleState, ...] = ()


def article_id(site: str, first_address: str) -> str:
    """The id of an article: the first 16 hex digits of SHA-256 over site and first address."""
    return hashlib.sha256(f"{site}\n{first_address}".encode()).hexdigest()[:16]


def day_in(zone: ZoneInfo, date: str | None) -> str | None:
    """A stated date in the site's own calendar: ``YYYY[-MM[-DD]]``, as precise as it is."""
    if date is None or len(date) <= 10:
        return date
    moment = datetime.fromisoformat(date)
    return (moment.astimezone(zone) if moment.tzinfo else moment).date().isoformat()


def one_a_crawl(observations: Sequence[Observation], preferred: str) -> list[Observation]:
    """One observation a crawl, by when they came; that of the preferred address where there is one.

    An import or a backfill brings the pages of many days: of each day it counts those of one address.
    """
    chosen: dict[str, list[Observation]] = {}
    for seen in sorted(observations, key=_when):
        known = chosen.setdefault(seen.capture.visit, [])
        url = known[-1].capture.url if known else None
        if url is not None and (seen.capture.source == "crawl" or url != seen.capture.url):
            if url == preferred != seen.capture.url:
                continue
            known.clear()
        known.append(seen)
    return sorted((seen for known in chosen.values() for seen in known), key=_when)


def own_pages(observations: Sequence[Observation]) -> list[Observation]:
    """The observations of the article's own page, those of other versions of it left out.

    An AMP or print version, and a page that names another of these addresses as canonical, counts
    only where nothing else was captured in any crawl: its text differs, and no one edited it. Where
    such an address once had the very text of the own page, it is the same page.
    """
    plain = [o for o in observations if plain_version(o.capture.url) is None] or list(observations)
    addresses = {o.capture.url for o in plain}
    own = [o for o in plain if _canonical(o) not in addresses - {o.capture.url}] or plain
    contents = {o.content for o in own}
    same = {o.capture.url for o in plain if o.content in contents}
    return [o for o in plain if o.capture.url in same]


def _canonical(seen: Observation) -> str:
    return seen.extraction.canonical_url or seen.capture.url


def _when(seen: Observation) -> tuple[datetime, str]:
    return seen.capture.seen, seen.capture.warc_record_id


def runs_of(observations: Sequence[Observation]) -> list[list[Observation]]:
    """Runs that agree in title, body and date; A, B, A is three runs."""
    runs: list[list[Observation]] = []
    for seen in observations:
        if runs and runs[-1][0].content == seen.content:
            runs[-1].append(seen)
        else:
            runs.append([seen])
    return runs


def build(
    site: Site,
    observations: Sequence[Observation],
    *,
    identity: str,
    addresses: Sequence[str],
    others: Sequence[Capture],
    extractor: str,
    chrome_model: str | None,
    first_complete: datetime | None,
    dated_by: Sequence[str],
) -> Derived:
    """The article that these observations of article pages make. None of them is empty.

    ``others`` are the captures of its addresses that hold no article; they can say that
    it is gone. ``dated_by`` are the records of a feed or listing that gave the date.
    """
    own = own_pages(observations)
    preferred = _preferred(own, addresses)
    chosen = one_a_crawl(own, preferred)
    runs = runs_of(chosen)
    versions = tuple(_version(number, run) for number, run in enumerate(runs, 1))
    latest = runs[-1][-1]
    e = latest.extraction
    day = day_in(site.zone, e.date_published)
    article = Article(
        id=identity,
        site=site.name,
        url=preferred if any(o.capture.url == preferred for o in own) else latest.capture.url,
        canonical_url=preferred,
        publisher=e.publisher or site.publisher,
        title=e.title,
        description=e.description,
        body=e.body,
        body_markdown=e.body_markdown,
        authors=e.authors,
        keywords=e.keywords,
        date_published=e.date_published,
        date_modified=e.date_modified,
        language=e.language or site.language,
        version=len(versions),
        versions=len(versions),
        first_seen=versions[0].first_seen,
        last_seen=versions[-1].last_seen,
        gone_since=_gone_since(latest, others),
        observed=_observed(site, day, observations, first_complete),
        capture=capture_reference(latest.capture),
        captures=(latest.capture.warc_record_id, *latest.parts, *dated_by),
        evidence={name: asdict(found) for name, found in sorted(e.evidence.items())},
        extractor=extractor,
        chrome_model=chrome_model,
        profile=site.digest,
    )
    return Derived(
        article=article,
        versions=versions,
        aliases=tuple(sorted({*addresses, preferred})),
        published_day=day,
        observation=latest,
    )


def _preferred(own: Sequence[Observation], addresses: Sequence[str]) -> str:
    """The canonical address where the newest page rightly claims one, else its own."""
    newest = max(own, key=_when)
    canonical = newest.extraction.canonical_url
    return canonical if canonical and canonical in addresses else newest.capture.url


def _version(number: int, run: Sequence[Observation]) -> Version:
    e = run[-1].extraction
    return Version(
        version=number,
        title=e.title,
        body=e.body,
        body_markdown=e.body_markdown,
        authors=e.authors,
        date_published=e.date_published,
        date_modified=e.date_modified,
        first_seen=to_text(run[0].capture.seen),
        last_seen=to_text(run[-1].capture.seen),
        capture=run[-1].capture.warc_record_id,
        captures=tuple(seen.capture.warc_record_id for seen in run),
    )


def _gone_since(latest: Observation, others: Sequence[Capture]) -> str | None:
    """When the newest address first answered 404 or 410 and never again with a page."""
    later = [
        c.seen
        for c in others
        if c.url == latest.capture.url and c.status in (404, 410) and c.seen > latest.capture.seen
    ]
    return to_text(min(later)) if later else None


def _observed(
    site: Site, day: str | None, observations: Sequence[Observation], first_complete: datetime | None
) -> str:
    """Where others may be unknown: before the first complete night, and what web archives alone have."""
    if first_complete is None or all(seen.capture.source == "backfill" for seen in observations):
        return "retrospective"
    if day is None:
        first_seen = min(map(_when, observations))[0]
        return "live" if first_seen.date() > first_complete.date() else "retrospective"
    start = first_complete.astimezone(site.zone).date().isoformat()
    return "live" if day >= start[: len(day)] else "retrospective"
