"""What every view and its columns mean, with the phrases that descriptions share; a part of ``descriptions``."""

from __future__ import annotations

INSTANT = "UTC, ISO 8601 with microseconds and Z"
STATED = "ISO 8601 as precise as the page states it (an instant with offset, a day, a month, a year), or null"
RECORD = "WARC record id, references captures"
SITE = "the site's key, references sites"

VIEWS: dict[str, tuple[str, dict[str, str]]] = {
    "articles_by_month": (
        "Articles a month and site.",
        {"site": SITE, "month": "YYYY-MM in the site's own calendar", "articles": "how many"},
    ),
    "duplicates": (
        "Articles whose text an earlier one has, a row an article and original: those without a row are first or alone.",
        {
            "article_id": "the later one; references articles",
            "site": SITE,
            "kind": "exact (the same text_digest: as text it differs in spaces, punctuation and case at most) or near (in near_duplicates)",
            "first_id": "of exact ones the first of all, of near ones the earlier of the pair, by day and then by first_seen; references articles",
            "first_site": SITE,
            "distance": "in how many of 64 bits the simhashes differ, 0 for exact ones",
        },
    ),
    "languages": (
        "How much there is of each language.",
        {
            "site": SITE,
            "language": "BCP 47, null where none is known",
            "articles": "how many",
            "words": "their words; those that have no number left out",
            "sentences": "their sentences; those that have no number left out",
            "first_day": "the earliest day of publication: YYYY[-MM[-DD]]",
            "last_day": "the latest",
        },
    ),
    "articles_by_night": (
        "Articles a night and site, with what was observed in it; imports and backfills observed nothing.",
        {
            "site": SITE,
            "night": "UTC day on which a crawl began, or on which none ran",
            "state": "of the night's crawls the best: complete, partial, failed or not run",
            "crawls": "how many ran",
            "new": "articles that were seen for the first time; in the first night all that were there",
            "changed": "articles with a new version",
            "published": "articles that are dated to this day, whenever they were seen",
        },
    ),
    "coverage_by_month": (
        "Articles a month and site over the nights that were observed: the denominator of every rate.",
        {
            "site": SITE,
            "month": "YYYY-MM",
            "published": "articles that are dated to a day of this month, or to the month",
            "complete": "nights that were observed completely",
            "partial": "nights that were observed in part",
            "failed": "nights in which a crawl ran and observed nothing",
            "not_run": "nights in which none ran",
            "on_observed": "articles that are dated to a night that was observed, completely or in part",
            "per_night": "on_observed by the nights complete and partial; null where there is none",
        },
    ),
    "article_files": (
        "The images and documents of articles, as the newest version shows them.",
        {
            "site": SITE,
            "article_id": "references articles",
            "kind": "image or file",
            "url": "its address",
            "text": "an image's description or a link's words",
            "capture": f"the newest capture of it, or null where there is none; {RECORD}",
        },
    ),
    "latest_by_site": (
        "The newest article of each site.",
        {
            "site": SITE,
            "id": "references articles",
            "title": "its headline",
            "date_published": STATED,
            "url": "its address",
        },
    ),
    "changes": (
        "Every version after the first, with what changed.",
        {
            "article_id": "references articles",
            "site": SITE,
            "url": "the article's address",
            "version": "the new version",
            "seen": f"when it was first seen; {INSTANT}",
            "title_before": "the old headline",
            "title_after": "the new headline",
            "title_changed": "1 or 0",
            "body_changed": "1 or 0",
            "date_changed": "1 or 0",
        },
    ),
    "gone": (
        "Articles that the site no longer serves where they were, or no longer names: article_states that last.",
        {
            "id": "references articles",
            "site": SITE,
            "url": "its last address",
            "title": "its headline",
            "date_published": STATED,
            "gone_since": f"first 404 or 410 that no page followed, or null; {INSTANT}",
            "state": "as in article_states; an article may have two, as one that moved and then was gone",
            "since": f"when that was first seen; {INSTANT}",
            "seen_at": "the address that shows it",
            "capture": f"the first capture that proves it; {RECORD}",
            "reason": "what is seen there",
        },
    ),
    "site_health": (
        "How each site is doing.",
        {
            "site": SITE,
            "articles": "how many",
            "with_date": "how many of them have a date",
            "captures": "how many",
            "last_capture": INSTANT,
            "last_observed": f"when the last crawl that saw the site began, and did not fail; {INSTANT}",
            "last_state": "how the last crawl ended",
            "last_reason": "why it was not complete",
            "waiting": "addresses that are still to be fetched",
        },
    ),
}
