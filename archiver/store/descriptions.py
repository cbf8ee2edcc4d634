"""What every table, view and column means: one source for the docs and for Datasette."""

from __future__ import annotations

from typing import Any

_INSTANT = "UTC, ISO 8601 with microseconds and Z"
_STATED = (
    "ISO 8601 as precise as the page states it (an instant with offset, a day, a month, a year), or null"
)
_RECORD = "WARC record id, references captures"
_SITE = "the site's key, references sites"

TABLES: dict[str, tuple[str, dict[str, str]]] = {
    "articles": (
        "The current version of every article.",
        {
            "id": "first 16 hex digits of SHA-256 over site, newline and the first known address; it never changes",
            "site": _SITE,
            "url": "address of the newest capture, after redirects",
            "canonical_url": "the page's own canonical link where it may claim it, else the address",
            "publisher": "who publishes it, from the page or the profile",
            "title": "the page's own headline, without the site's name",
            "description": "the page's summary of itself",
            "body": "the text: paragraphs separated by a blank line",
            "body_markdown": "the same with headings, lists, links, quotes, tables and images",
            "authors": "names, as a JSON list",
            "keywords": "keywords, as a JSON list",
            "date_published": _STATED,
            "date_modified": _STATED,
            "text_digest": "sha256 over the words of the body: equal where only spaces or punctuation differ",
            "simhash": "64-bit simhash of the body's words and pairs of words, hex; null for short texts",
            "published_day": "date_published in the site's own calendar: YYYY[-MM[-DD]], or null",
            "language": "BCP 47",
            "version": "number of the current version",
            "versions": "how many versions there are",
            "first_seen": f"first capture; {_INSTANT}",
            "last_seen": f"last capture with this text; {_INSTANT}",
            "gone_since": f"first 404 or 410 that no page followed, or null; {_INSTANT}",
            "observed": "live, or retrospective where it was published before the site's first complete crawl",
            "capture": f"the record that the article was read from; {_RECORD}",
            "captures": "all record ids that it was derived from, as a JSON list",
            "extractor": "name and version of the extractor",
            "chrome_model": "digest of the chrome model used",
            "profile": "digest of the site profile used",
        },
    ),
    "article_versions": (
        "Every version of every article: runs of captures that agree in title, body and date.",
        {
            "article_id": "references articles",
            "version": "1 for the first",
            "title": "the headline then",
            "body": "the text then",
            "body_markdown": "the text then, with its structure",
            "authors": "names, as a JSON list",
            "date_published": _STATED,
            "date_modified": _STATED,
            "first_seen": f"first capture of the run; {_INSTANT}",
            "last_seen": f"last capture of the run; {_INSTANT}",
            "capture": f"the record it was read from; {_RECORD}",
            "captures": "the record ids of the run, as a JSON list",
        },
    ),
    "near_duplicates": (
        "Pairs of articles, of any site, whose texts are the same or nearly.",
        {
            "article_id": "references articles; the smaller id of the pair",
            "other_id": "references articles",
            "distance": "in how many of 64 bits the simhashes differ: 0 to 3",
        },
    ),
    "simhash_bands": (
        "Index by which near duplicates are found.",
        {
            "band": "0 to 3",
            "value": "16 bits of the simhash",
            "article_id": "references articles",
        },
    ),
    "article_aliases": (
        "Every address that an article ever had.",
        {"site": _SITE, "url": "the address", "article_id": "references articles"},
    ),
    "article_states": (
        "What became of articles where they were last seen, and the captures that prove it.",
        {
            "article_id": "references articles",
            "state": "gone (404, 410), moved (redirects for good to a new address), soft 404, consent wall, challenge, "
            "login, front page, replaced (by any other page) or unlisted (no listing names it any more)",
            "since": f"when that was first seen; {_INSTANT}",
            "until": f"when a page of the article came back; null while it lasts; {_INSTANT}",
            "url": "the address that shows it",
            "capture": f"the first capture that proves it; {_RECORD}",
            "reason": "what is seen there: the status, the target of a redirect, the kind of page",
        },
    ),
    "article_authors": (
        "The authors of articles, a name a row.",
        {
            "article_id": "references articles",
            "position": "1 for the first named",
            "name": "as the page writes it",
        },
    ),
    "article_keywords": (
        "The keywords of articles, one a row.",
        {
            "article_id": "references articles",
            "position": "1 for the first",
            "keyword": "as the page writes it",
        },
    ),
    "evidence": (
        "How each field of each article is known.",
        {
            "article_id": "references articles",
            "field": "the column of articles",
            "method": "json-ld, meta, time, labelled line, visible, url, feed, listing and so on",
            "where": "the place on the page, or the address of the feed or listing",
            "raw": "the value as it stands there",
        },
    ),
    "chrome_blocks": (
        "What was taken out of an article as chrome, and what proves it.",
        {
            "article_id": "references articles",
            "position": "order on the page",
            "text": "the block's text",
            "where": "its place in the page's tree",
            "reason": "why it is chrome",
            "pages": "how many of the site's pages carry it, 0 where the page itself was enough",
            "of": "how many pages could have carried it",
        },
    ),
    "captures": (
        "Every response and revisit record: what was fetched when, and where it lies.",
        {
            "warc_record_id": "WARC-Record-ID",
            "warc_type": "response, revisit, or conversion (a text that others made of a response)",
            "site": _SITE,
            "crawl": "references crawls",
            "url": "target URI; that of a POST has __wb_method=POST and the form behind it",
            "urlkey": "SURT of the target URI, as in CDXJ; of a POST with its form, as pywb has it",
            "timestamp": "14 digits, UTC, as in CDXJ",
            "warc_date": f"when the exchange began; {_INSTANT}",
            "mime": "media type that the server stated",
            "status": "HTTP status, null where there was none; 200 for a conversion",
            "digest": "sha256 of the payload",
            "filename": "WARC file, relative to collections/<site>/archive; of a file elsewhere the name in path-index.txt",
            "offset": "byte at which the record begins",
            "length": "bytes of the record as it lies there",
            "truncated": "why the record is not whole: length, time, disconnect, unspecified; null where it is",
            "profile": "WARC-Profile of a revisit",
            "refers_to": "record id of the original of a revisit",
            "location": "absolute target of a redirect",
            "etag": "the server's ETag",
            "last_modified": "the server's Last-Modified, as sent",
            "source": "crawl, import or backfill",
            "x_robots_tag": "the server's X-Robots-Tag, a line a field",
            "source_uri": "the memento of a web archive that a backfill derived it from, as it was asked for",
            "tdm": "what the header reserves by TDMRep: tdm-reservation=0 or 1, tdm-policy=address",
            "asks": "what header and metas of the page, and tdmrep.json, ask of machines, once derived: noarchive and so on",
            "kind": "what the page is: article, listing, error and so on; null until it is derived",
            "reason": "why it is taken for that",
            "extractor": "the extractor that said so",
        },
    ),
    "links": (
        "What captures name: entries of feeds, sitemaps and listings, images and documents of articles.",
        {
            "capture": _RECORD,
            "site": _SITE,
            "kind": "feed, sitemap, listing, image, file or requisite",
            "url": "the address named",
            "text": "the entry's title, an image's description or a link's words",
            "date": "the entry's date, as it stands there",
        },
    ),
    "sites": (
        "The sites, as their profiles describe them.",
        {
            "name": "the key; it never changes",
            "display_name": "what people call it",
            "publisher": "who publishes it",
            "country": "ISO 3166",
            "language": "BCP 47",
            "timezone": "IANA name; dates without an offset are read in it",
            "start_urls": "where a crawl begins, as a JSON list",
            "profile": "digest of the profile",
            "metadata": "the profile's free table, as a JSON object",
        },
    ),
    "crawls": (
        "Every crawl: one run of one command.",
        {
            "id": "YYYYMMDDTHHMMSSZ-xxxx",
            "command": "the command",
            "started": _INSTANT,
            "finished": f"null where it was cut off; {_INSTANT}",
            "software": "name and version",
        },
    ),
    "coverage": (
        "What each crawl observed of each site: it separates no news from not observed.",
        {
            "site": _SITE,
            "night": "UTC day on which the crawl began, or on which none ran",
            "crawl": "references crawls; of a night that was not run the one that found it out",
            "state": "complete, partial, failed or not run",
            "reason": "why it is not complete",
            "listings": "listings, feeds and sitemaps that were read",
            "due": "addresses that were to be fetched",
            "fetched": "addresses with a complete answer",
            "failed": "addresses without one",
            "articles_new": "articles seen for the first time",
            "articles_changed": "articles with a new version",
            "profile": "digest of the site profile used",
        },
    ),
    "nights": (
        "What each crawl observed of each site in numbers; expectations are learned from it.",
        {
            "site": _SITE,
            "crawl": "references crawls",
            "asked": "addresses of pages that were answered or failed, listings left out",
            "refused": "of these answered with 4xx",
            "broken": "of these answered with 5xx, cut off or not at all",
            "pages": "whole pages",
            "walls": "of these a challenge, a wall of consent, a login, an empty shell or an error",
            "articles": "articles that were read, new or again",
            "with_date": "of these have a date",
            "with_title": "of these have a title",
            "with_author": "of these have an author",
            "body_chars": "median length of their bodies",
            "reread": "articles that were read before and again",
            "had": "of these have a field, or had it in an earlier version; JSON object by field",
            "lost": "of these lack what an earlier version has, or half of its body; JSON object by field",
            "new": "articles that were seen for the first time",
            "lacking": "of these have no date, title or author; JSON object by field",
            "lengths": "lengths of their bodies, at most 200 of them; JSON list",
            "named": "addresses that a feed or a listing named for the first time and that were asked for",
            "unread": "of these gave no article",
            "wanted": "addresses named as articles that answered, in this night or before",
            "denied": "of these answer with an error or a wall, and never gave an article",
            "layout": "where fields were found on articles, and how often; JSON object by field and place",
            "listings": "what each listing said: entries, newest day, how many articles it is behind; JSON list",
            "samples": "a page for each thing that may be wrong; JSON object",
            "reader": "the extractor and a digest of the layouts in the profile",
        },
    ),
    "chrome_models": (
        "The chrome models: what each site wraps around its articles.",
        {
            "digest": "sha256 of the model's content",
            "site": _SITE,
            "learned_from": "how many captures it learned from, in the order of their arrival",
            "last_capture": f"the last of them; {_RECORD}",
            "model": "the model as JSON; null for all but the newest of a site",
        },
    ),
    "findings": (
        "What a person should know of a site after a crawl.",
        {
            "site": _SITE,
            "crawl": "references crawls",
            "code": "short name of the finding",
            "severity": "note, warning or error",
            "message": "what was found",
            "url": "the page that shows it",
            "hint": "what to do",
        },
    ),
    "suppressions": (
        "What is hidden on request.",
        {
            "target": "an address, the beginning of addresses with * behind it, or an article's id",
            "kind": "url, prefix or article",
            "reason": "why",
            "added": f"when; {_INSTANT}",
        },
    ),
    "frontier": (
        "Every address that the crawls of a site know, and what became of it.",
        {
            "site": _SITE,
            "url": "the address",
            "state": "pending, leased, done or given up",
            "reason": "why it was given up, or where it redirects to",
            "role": "listing, feed, sitemap, article or page",
            "priority": "higher goes first",
            "hops": "links from a start address",
            "redirects": "redirects in a row that led here",
            "via": "the address that named it",
            "crawl": "the crawl that last knew what became of it",
            "due": "when a page that was answered is asked for again, UTC",
            "capture": f"its last answer; {_RECORD}",
        },
    ),
    "articles_fts": (
        "Full-text index (FTS5) of articles; join on id.",
        {
            "id": "references articles",
            "title": "indexed",
            "body": "indexed",
            "authors": "indexed, a name a line",
            "keywords": "indexed, one a line",
        },
    ),
    "articles_by_month": (
        "Articles a month and site.",
        {"site": _SITE, "month": "YYYY-MM in the site's own calendar", "articles": "how many"},
    ),
    "article_files": (
        "The images and documents of articles, as the newest version shows them.",
        {
            "site": _SITE,
            "article_id": "references articles",
            "kind": "image or file",
            "url": "its address",
            "text": "an image's description or a link's words",
            "capture": f"the newest capture of it, or null where there is none; {_RECORD}",
        },
    ),
    "latest_by_site": (
        "The newest article of each site.",
        {
            "site": _SITE,
            "id": "references articles",
            "title": "its headline",
            "date_published": _STATED,
            "url": "its address",
        },
    ),
    "changes": (
        "Every version after the first, with what changed.",
        {
            "article_id": "references articles",
            "site": _SITE,
            "url": "the article's address",
            "version": "the new version",
            "seen": f"when it was first seen; {_INSTANT}",
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
            "site": _SITE,
            "url": "its last address",
            "title": "its headline",
            "date_published": _STATED,
            "gone_since": f"first 404 or 410 that no page followed, or null; {_INSTANT}",
            "state": "as in article_states; an article may have two, as one that moved and then was gone",
            "since": f"when that was first seen; {_INSTANT}",
            "seen_at": "the address that shows it",
            "capture": f"the first capture that proves it; {_RECORD}",
            "reason": "what is seen there",
        },
    ),
    "site_health": (
        "How each site is doing.",
        {
            "site": _SITE,
            "articles": "how many",
            "with_date": "how many of them have a date",
            "captures": "how many",
            "last_capture": _INSTANT,
            "last_observed": f"when the last crawl that saw the site began, and did not fail; {_INSTANT}",
            "last_state": "how the last crawl ended",
            "last_reason": "why it was not complete",
            "waiting": "addresses that are still to be fetched",
        },
    ),
}


def datasette_metadata() -> dict[str, Any]:
    """Datasette's metadata for an archive home, from the same descriptions."""
    tables: dict[str, Any] = {
        name: {"description": about, "columns": columns} for name, (about, columns) in TABLES.items()
    }
    # The index keeps its own text, keyed by the article's id.
    tables["articles"] |= {"fts_table": "articles_fts", "fts_pk": "id", "sort_desc": "published_day"}
    for name in ("articles_fts", "frontier", "chrome_models", "simhash_bands"):
        tables[name]["hidden"] = True
    return {
        "title": "News archive",
        "description": "Clean articles from exact captures, made by nyhetsarkiv.",
        "databases": {"archiver": {"tables": tables}},
    }
