"""The health of a site after a crawl: its figures are counted, stored, and held against the nights before."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from dataclasses import replace

import msgspec

from archiver.crawl.targets import seeds
from archiver.instants import from_text
from archiver.nightly.detect import detect
from archiver.nightly.finding import SiteFinding
from archiver.site import Site
from archiver.store.crawls import Coverage, first_complete_crawl, save_finding
from archiver.store.figures import figures_of
from archiver.store.nights import nights_before, published_days, save_night


def check_health(
    db: sqlite3.Connection, site: Site, coverage: Coverage, *, extractor: str
) -> list[SiteFinding]:
    """Count and store what a crawl observed of a site, and say what is wrong. In a transaction.

    Its captures are derived by ``extractor``. Each finding has the page that shows it and the command to
    look closer; all but notes make the site unhealthy.
    """
    named = {target.url for target in seeds(site) if not target.hops}
    tonight = figures_of(db, site.name, coverage, reader=f"{extractor} {_rules(site)}", begun=named)
    save_night(db, tonight)
    history = nights_before(db, site.name, coverage.crawl)
    begun = first_complete_crawl(db, site.name)
    watched = from_text(begun).date() if begun else tonight.day
    found = detect(site.expect, history, tonight, published_days(db, site.name), watched)
    return [_with_remedy(finding, site) for finding in found]


def _rules(site: Site) -> str:
    """A digest of the rules by which the profile has pages read; what it expects is none of them."""
    return hashlib.sha256(msgspec.json.encode(site.layouts)).hexdigest()[:16]


def save_findings(db: sqlite3.Connection, site: str, crawl: str, found: Sequence[SiteFinding]) -> None:
    """A row for each finding. In a transaction."""
    for finding in found:
        save_finding(
            db,
            site=site,
            crawl=crawl,
            code=finding.code,
            severity=finding.severity,
            message=finding.message,
            url=finding.url,
            hint=finding.hint,
        )


def _with_remedy(finding: SiteFinding, site: Site) -> SiteFinding:
    """The finding with a page, where it has none of its own the site's first, and a command."""
    shown = finding.code in ("no-date", "no-title", "no-author", "short-body", "layout")
    url = finding.url or site.start_urls[0]
    hint = f"archiver show --evidence {url}" if shown and finding.url else f"archiver sites check {site.name}"
    return replace(finding, url=url, hint=hint)
