"""The schema of ``archiver.db``: one migration a change, in the order in which they came.

Names are those of INTERFACE: schema.org's in snake case for articles, CDXJ's for
captures. ``where`` in ``evidence`` is a keyword of SQL; quote it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlite_utils.migrations import Migrations

if TYPE_CHECKING:
    from sqlite_utils import Database

migrations = Migrations("nyhetsarkiv")

TABLES = """
CREATE TABLE sites (
    name TEXT PRIMARY KEY,
    display_name TEXT,
    publisher TEXT,
    country TEXT,
    language TEXT,
    timezone TEXT NOT NULL,
    start_urls TEXT NOT NULL,
    profile TEXT NOT NULL,
    metadata TEXT NOT NULL DEFAULT '{}'
);
CREATE TABLE crawls (
    id TEXT PRIMARY KEY,
    command TEXT NOT NULL,
    started TEXT NOT NULL,
    finished TEXT,
    software TEXT NOT NULL
);
CREATE TABLE coverage (
    site TEXT NOT NULL REFERENCES sites(name),
    night TEXT NOT NULL,
    crawl TEXT NOT NULL REFERENCES crawls(id),
    state TEXT NOT NULL CHECK (state IN ('complete', 'partial', 'failed', 'not run')),
    reason TEXT,
    listings INTEGER NOT NULL DEFAULT 0,
    due INTEGER NOT NULL DEFAULT 0,
    fetched INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0,
    articles_new INTEGER NOT NULL DEFAULT 0,
    articles_changed INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (site, night, crawl)
);
CREATE TABLE captures (
    warc_record_id TEXT PRIMARY KEY,
    warc_type TEXT NOT NULL,
    site TEXT NOT NULL REFERENCES sites(name),
    crawl TEXT NOT NULL REFERENCES crawls(id),
    url TEXT NOT NULL,
    urlkey TEXT NOT NULL,
    timestamp TEXT NOT NULL,
    warc_date TEXT NOT NULL,
    mime TEXT,
    status INTEGER,
    digest TEXT,
    filename TEXT NOT NULL,
    "offset" INTEGER NOT NULL,
    length INTEGER NOT NULL,
    truncated TEXT,
    profile TEXT,
    refers_to TEXT,
    location TEXT,
    etag TEXT,
    last_modified TEXT,
    source TEXT NOT NULL DEFAULT 'crawl',
    kind TEXT,
    reason TEXT,
    extractor TEXT
);
CREATE INDEX captures_site_url ON captures(site, url, warc_date);
CREATE INDEX captures_digest ON captures(digest) WHERE warc_type = 'response';
CREATE INDEX captures_file ON captures(site, filename, "offset");
CREATE INDEX captures_underived ON captures(site) WHERE extractor IS NULL;
CREATE TABLE chrome_models (
    digest TEXT PRIMARY KEY,
    site TEXT NOT NULL REFERENCES sites(name),
    learned_from INTEGER NOT NULL,
    last_capture TEXT,
    model TEXT
);
CREATE TABLE articles (
    id TEXT PRIMARY KEY,
    site TEXT NOT NULL REFERENCES sites(name),
    url TEXT NOT NULL,
    canonical_url TEXT NOT NULL,
    publisher TEXT,
    title TEXT,
    description TEXT,
    body TEXT NOT NULL,
    body_markdown TEXT NOT NULL,
    authors TEXT NOT NULL DEFAULT '[]',
    keywords TEXT NOT NULL DEFAULT '[]',
    date_published TEXT,
    date_modified TEXT,
    published_day TEXT,
    text_digest TEXT NOT NULL,
    simhash TEXT,
    language TEXT,
    version INTEGER NOT NULL,
    versions INTEGER NOT NULL,
    first_seen TEXT NOT NULL,
    last_seen TEXT NOT NULL,
    gone_since TEXT,
    observed TEXT NOT NULL CHECK (observed IN ('live', 'retrospective')),
    capture TEXT NOT NULL REFERENCES captures(warc_record_id),
    captures TEXT NOT NULL,
    extractor TEXT NOT NULL,
    chrome_model TEXT,
    profile TEXT NOT NULL
);
CREATE INDEX articles_site_day ON articles(site, published_day);
CREATE INDEX articles_text ON articles(text_digest);
CREATE TABLE simhash_bands (
    band INTEGER NOT NULL,
    value INTEGER NOT NULL,
    article_id TEXT NOT NULL REFERENCES articles(id) ON DELETE CASCADE,
    PRIMARY KEY (band, value, article_id)
) WITHOUT ROWID;
CREATE INDEX simhash_bands_article ON simhash_bands(article_id);
CREATE TABLE near_duplicates (
    article_id TEXT NOT NULL REFERENCES articles(id) ON DELETE CASCADE,
    other_id TEXT NOT NULL REFERENCES articles(id) ON DELETE CASCADE,
    distance INTEGER NOT NULL,
    PRIMARY KEY (article_id, other_id)
) WITHOUT ROWID;
CREATE INDEX near_duplicates_other ON near_duplicates(other_id);
CREATE TABLE article_versions (
    article_id TEXT NOT NULL REFERENCES articles(id) ON DELETE CASCADE,
    version INTEGER NOT NULL,
    title TEXT,
    body TEXT NOT NULL,
    body_markdown TEXT NOT NULL,
    authors TEXT NOT NULL,
    date_published TEXT,
    date_modified TEXT,
    first_seen TEXT NOT NULL,
    last_seen TEXT NOT NULL,
    capture TEXT NOT NULL REFERENCES captures(warc_record_id),
    captures TEXT NOT NULL,
    PRIMARY KEY (article_id, version)
);
CREATE TABLE article_aliases (
    site TEXT NOT NULL REFERENCES sites(name),
    url TEXT NOT NULL,
    article_id TEXT NOT NULL REFERENCES articles(id) ON DELETE CASCADE,
    PRIMARY KEY (site, url)
);
CREATE INDEX article_aliases_article ON article_aliases(article_id);
CREATE TABLE article_authors (
    article_id TEXT NOT NULL REFERENCES articles(id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (article_id, position)
);
CREATE TABLE article_keywords (
    article_id TEXT NOT NULL REFERENCES articles(id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    keyword TEXT NOT NULL,
    PRIMARY KEY (article_id, position)
);
CREATE TABLE evidence (
    article_id TEXT NOT NULL REFERENCES articles(id) ON DELETE CASCADE,
    field TEXT NOT NULL,
    method TEXT NOT NULL,
    "where" TEXT NOT NULL,
    raw TEXT NOT NULL,
    PRIMARY KEY (article_id, field)
);
CREATE TABLE links (
    capture TEXT NOT NULL REFERENCES captures(warc_record_id),
    site TEXT NOT NULL REFERENCES sites(name),
    kind TEXT NOT NULL,
    url TEXT NOT NULL,
    text TEXT,
    date TEXT,
    PRIMARY KEY (capture, kind, url)
) WITHOUT ROWID;
CREATE INDEX links_url ON links(site, url);
CREATE TABLE chrome_blocks (
    article_id TEXT NOT NULL REFERENCES articles(id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    text TEXT NOT NULL,
    "where" TEXT NOT NULL,
    reason TEXT NOT NULL,
    pages INTEGER NOT NULL,
    "of" INTEGER NOT NULL,
    PRIMARY KEY (article_id, position)
);
CREATE TABLE findings (
    site TEXT NOT NULL REFERENCES sites(name),
    crawl TEXT NOT NULL REFERENCES crawls(id),
    code TEXT NOT NULL,
    severity TEXT NOT NULL CHECK (severity IN ('note', 'warning', 'error')),
    message TEXT NOT NULL,
    url TEXT,
    hint TEXT,
    PRIMARY KEY (site, crawl, code, message)
);
CREATE TABLE suppressions (
    target TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    reason TEXT NOT NULL,
    added TEXT NOT NULL
);
CREATE TABLE frontier (
    site TEXT NOT NULL REFERENCES sites(name),
    url TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'leased', 'done', 'given up')),
    reason TEXT,
    role TEXT NOT NULL,
    priority INTEGER NOT NULL,
    hops INTEGER NOT NULL,
    redirects INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    via TEXT,
    crawl TEXT,
    capture TEXT,
    PRIMARY KEY (site, url)
);
CREATE INDEX frontier_due ON frontier(site, priority DESC) WHERE state = 'pending';
"""

SEARCH = """
CREATE VIRTUAL TABLE articles_fts USING fts5(
    id UNINDEXED, title, body, authors, keywords,
    tokenize = "unicode61 remove_diacritics 2"
);
"""

VIEWS = """
CREATE VIEW articles_by_month AS
    SELECT site, substr(published_day, 1, 7) AS month, count(*) AS articles
    FROM articles WHERE length(published_day) >= 7 GROUP BY site, month;
CREATE VIEW latest_by_site AS
    SELECT site, id, title, date_published, url FROM (
        SELECT *, row_number() OVER (
            PARTITION BY site ORDER BY published_day IS NULL, published_day DESC, first_seen DESC
        ) AS place FROM articles
    ) WHERE place = 1;
CREATE VIEW changes AS
    SELECT new.article_id, a.site, a.url, new.version, new.first_seen AS seen,
        old.title AS title_before, new.title AS title_after,
        old.title IS NOT new.title AS title_changed,
        old.body IS NOT new.body AS body_changed,
        old.date_published IS NOT new.date_published AS date_changed
    FROM article_versions new
    JOIN article_versions old ON old.article_id = new.article_id AND old.version = new.version - 1
    JOIN articles a ON a.id = new.article_id;
CREATE VIEW gone AS
    SELECT id, site, url, title, date_published, gone_since FROM articles WHERE gone_since IS NOT NULL;
CREATE VIEW site_health AS
    SELECT s.name AS site,
        (SELECT count(*) FROM articles a WHERE a.site = s.name) AS articles,
        (SELECT count(*) FROM articles a WHERE a.site = s.name AND a.date_published IS NOT NULL) AS with_date,
        (SELECT count(*) FROM captures c WHERE c.site = s.name) AS captures,
        (SELECT max(warc_date) FROM captures c WHERE c.site = s.name) AS last_capture,
        (SELECT max(c.started) FROM coverage v JOIN crawls c ON c.id = v.crawl
            WHERE v.site = s.name AND v.state IN ('complete', 'partial')) AS last_observed,
        (SELECT state FROM coverage v WHERE v.site = s.name ORDER BY crawl DESC LIMIT 1) AS last_state,
        (SELECT reason FROM coverage v WHERE v.site = s.name ORDER BY crawl DESC LIMIT 1) AS last_reason,
        (SELECT count(*) FROM frontier f
            WHERE f.site = s.name AND f.state IN ('pending', 'leased')) AS waiting
    FROM sites s;
"""


@migrations()
def create(db: Database) -> None:
    """The tables, the full-text index and the views of the first release."""
    _run(db, TABLES, SEARCH, VIEWS)


def _run(db: Database, *scripts: str) -> None:
    """Executes the statements of scripts, inside the transaction of a migration."""
    for script in scripts:
        for statement in script.split(";\n"):
            if statement.strip():
                db.execute(statement)


FILES = """
CREATE VIEW article_files AS
    SELECT l.site, a.id AS article_id, l.kind, l.url, l.text,
        (SELECT c.warc_record_id FROM captures c WHERE c.site = l.site AND c.url = l.url AND c.status = 200
            ORDER BY c.warc_date DESC LIMIT 1) AS capture
    FROM articles a JOIN links l ON l.capture = a.capture AND l.kind IN ('image', 'file')
"""


# What an import brings was not observed by it; the state of a site is that of its last crawl.
HEALTH = """
DROP VIEW site_health;
CREATE VIEW site_health AS
    SELECT s.name AS site,
        (SELECT count(*) FROM articles a WHERE a.site = s.name) AS articles,
        (SELECT count(*) FROM articles a WHERE a.site = s.name AND a.date_published IS NOT NULL) AS with_date,
        (SELECT count(*) FROM captures c WHERE c.site = s.name) AS captures,
        (SELECT max(warc_date) FROM captures c WHERE c.site = s.name) AS last_capture,
        (SELECT max(c.started) FROM coverage v JOIN crawls c ON c.id = v.crawl
            WHERE v.site = s.name AND v.state IN ('complete', 'partial')) AS last_observed,
        (SELECT v.state FROM coverage v JOIN crawls c ON c.id = v.crawl
            WHERE v.site = s.name AND c.command <> 'import' ORDER BY v.crawl DESC LIMIT 1) AS last_state,
        (SELECT v.reason FROM coverage v JOIN crawls c ON c.id = v.crawl
            WHERE v.site = s.name AND c.command <> 'import' ORDER BY v.crawl DESC LIMIT 1) AS last_reason,
        (SELECT count(*) FROM frontier f
            WHERE f.site = s.name AND f.state IN ('pending', 'leased')) AS waiting
    FROM sites s;
"""


@migrations()
def article_files(db: Database) -> None:
    """The images and documents of articles."""
    _run(db, FILES)


@migrations()
def imports(db: Database) -> None:
    """Imports are no crawls: they say nothing of how a site is."""
    _run(db, HEALTH)


DUE = """
ALTER TABLE frontier ADD COLUMN due TEXT;
DROP INDEX frontier_due;
CREATE INDEX frontier_pending ON frontier(site, priority DESC) WHERE state = 'pending';
CREATE INDEX frontier_due ON frontier(site, due) WHERE due IS NOT NULL
"""


@migrations()
def attempts(db: Database) -> None:
    """How often an address was leased is not in the WARC files, and nothing asks for it."""
    db.execute("ALTER TABLE frontier DROP COLUMN attempts")


@migrations()
def due(db: Database) -> None:
    """Pages are asked for again on a day of their own."""
    _run(db, DUE)


NEW_FIRST = """
CREATE INDEX frontier_new ON frontier(site, priority DESC)
    WHERE state = 'pending' AND (capture IS NULL OR role IN ('listing', 'feed', 'sitemap'))
"""


@migrations()
def new_first(db: Database) -> None:
    """What is new is found among a million pages that are due, without looking at these."""
    _run(db, NEW_FIRST)


NIGHTS = """
CREATE TABLE nights (
    site TEXT NOT NULL REFERENCES sites(name),
    crawl TEXT NOT NULL REFERENCES crawls(id),
    asked INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    broken INTEGER NOT NULL,
    pages INTEGER NOT NULL,
    walls INTEGER NOT NULL,
    articles INTEGER NOT NULL,
    with_date INTEGER NOT NULL,
    with_title INTEGER NOT NULL,
    with_author INTEGER NOT NULL,
    body_chars INTEGER,
    reread INTEGER NOT NULL,
    had TEXT NOT NULL,
    lost TEXT NOT NULL,
    new INTEGER NOT NULL,
    lacking TEXT NOT NULL,
    lengths TEXT NOT NULL,
    named INTEGER NOT NULL,
    unread INTEGER NOT NULL,
    layout TEXT NOT NULL,
    listings TEXT NOT NULL,
    samples TEXT NOT NULL,
    reader TEXT NOT NULL,
    PRIMARY KEY (site, crawl)
);
"""


@migrations()
def nights(db: Database) -> None:
    """The figures of each night, from which is learned what to expect of a site."""
    _run(db, NIGHTS)
