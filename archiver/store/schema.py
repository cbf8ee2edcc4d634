"""The schema of ``archiver.db``: one migration a change, in the order in which they came."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlite_utils.migrations import Migrations

from archiver.counting import count_sentences, count_words
from archiver.store.corpus import CORPUS
from archiver.store.index import index_again
from archiver.store.tables import SEARCH, TABLES, VIEWS

if TYPE_CHECKING:
    from sqlite_utils import Database

migrations = Migrations("nyhetsarkiv")


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


ASKS = """
ALTER TABLE captures ADD COLUMN x_robots_tag TEXT;
ALTER TABLE captures ADD COLUMN tdm TEXT;
ALTER TABLE captures ADD COLUMN asks TEXT;
CREATE INDEX captures_asks ON captures(site, url) WHERE asks IS NOT NULL
"""


NEW_FIRST = """
CREATE INDEX frontier_new ON frontier(site, priority DESC)
    WHERE state = 'pending' AND (capture IS NULL OR role IN ('listing', 'feed', 'sitemap'))
"""


@migrations()
def new_first(db: Database) -> None:
    """What is new is found among a million pages that are due, without looking at these."""
    _run(db, NEW_FIRST)


# Nights that were not run stand under the crawl that found it out: the latest night comes first.
LATEST_NIGHT = HEALTH.replace("ORDER BY v.crawl DESC", "ORDER BY v.crawl DESC, v.night DESC")


@migrations()
def latest_night(db: Database) -> None:
    """The state of a site is that of the latest night."""
    _run(db, LATEST_NIGHT)


@migrations()
def asks(db: Database) -> None:
    """What pages ask of machines is kept with their captures."""
    _run(db, ASKS)


STATES = """
CREATE TABLE article_states (
    article_id TEXT NOT NULL REFERENCES articles(id) ON DELETE CASCADE,
    state TEXT NOT NULL CHECK (state IN ('gone', 'moved', 'soft 404', 'consent wall', 'challenge', 'login',
        'front page', 'replaced', 'unlisted')),
    since TEXT NOT NULL,
    until TEXT,
    url TEXT NOT NULL,
    capture TEXT NOT NULL REFERENCES captures(warc_record_id),
    reason TEXT NOT NULL,
    PRIMARY KEY (article_id, state, since)
) WITHOUT ROWID;
DROP VIEW gone;
CREATE VIEW gone AS
    SELECT a.id, a.site, a.url, a.title, a.date_published, a.gone_since, s.state, s.since, s.url AS seen_at,
        s.capture, s.reason
    FROM article_states s JOIN articles a ON a.id = s.article_id WHERE s.until IS NULL
"""


@migrations()
def states(db: Database) -> None:
    """What became of articles, and since when; in an older database ``archiver derive`` fills the rows."""
    _run(db, STATES)


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


# What a web archive gave was not observed by it either.
UNOBSERVED = LATEST_NIGHT.replace("<> 'import'", "NOT IN ('import', 'backfill')")
BACKFILLS = f"""
ALTER TABLE captures ADD COLUMN source_uri TEXT;
{UNOBSERVED.strip()}
"""


@migrations()
def backfills(db: Database) -> None:
    """The memento that a backfilled capture was derived from; backfills say nothing of how a site is."""
    _run(db, BACKFILLS)


DENIED = """
ALTER TABLE nights ADD COLUMN wanted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE nights ADD COLUMN denied INTEGER NOT NULL DEFAULT 0;
ALTER TABLE coverage ADD COLUMN profile TEXT
"""


@migrations()
def denied(db: Database) -> None:
    """What was never to be had is counted each night; coverage names the profile that a site was read by."""
    _run(db, DENIED)


# A run with a wrong clock is no later than the first that knows it, and its nights come before.
RAN = "coalesce(c.no_later, c.no_earlier, c.started)"
LATEST = f"""FROM coverage v JOIN crawls c ON c.id = v.crawl
            WHERE v.site = s.name AND c.command NOT IN ('import', 'backfill')
            ORDER BY {RAN} DESC, v.night DESC LIMIT 1"""
CLOCKS = f"""
ALTER TABLE crawls ADD COLUMN ran_after TEXT;
ALTER TABLE crawls ADD COLUMN no_earlier TEXT;
ALTER TABLE crawls ADD COLUMN no_later TEXT;
ALTER TABLE captures ADD COLUMN corrected TEXT;
ALTER TABLE captures ADD COLUMN seen_date TEXT GENERATED ALWAYS AS (coalesce(corrected, warc_date)) VIRTUAL;
DROP INDEX captures_site_url;
CREATE INDEX captures_site_url ON captures(site, url, seen_date);
DROP VIEW article_files;
{FILES.replace("c.warc_date", "c.seen_date").strip()};
DROP VIEW site_health;
CREATE VIEW site_health AS
    SELECT s.name AS site,
        (SELECT count(*) FROM articles a WHERE a.site = s.name) AS articles,
        (SELECT count(*) FROM articles a WHERE a.site = s.name AND a.date_published IS NOT NULL) AS with_date,
        (SELECT count(*) FROM captures c WHERE c.site = s.name) AS captures,
        (SELECT max(seen_date) FROM captures c WHERE c.site = s.name) AS last_capture,
        (SELECT max({RAN}) FROM coverage v JOIN crawls c ON c.id = v.crawl
            WHERE v.site = s.name AND v.state IN ('complete', 'partial')) AS last_observed,
        (SELECT v.state {LATEST}) AS last_state,
        (SELECT v.reason {LATEST}) AS last_reason,
        (SELECT count(*) FROM frontier f
            WHERE f.site = s.name AND f.state IN ('pending', 'leased')) AS waiting
    FROM sites s
"""


@migrations()
def clocks(db: Database) -> None:
    """What a run with a wrong clock captured counts when it was captured."""
    _run(db, CLOCKS)


@migrations()
def failing(db: Database) -> None:
    """Since when a page fails: it is tried ever more rarely."""
    db.execute("ALTER TABLE frontier ADD COLUMN failing TEXT")


INDEX = """
DROP TABLE articles_fts;
CREATE TABLE search_rows (
    row INTEGER PRIMARY KEY,
    article_id TEXT NOT NULL UNIQUE REFERENCES articles(id),
    site TEXT NOT NULL,
    day TEXT,
    language TEXT
);
CREATE INDEX search_rows_day ON search_rows(day);
CREATE INDEX articles_day ON articles(published_day);
CREATE VIEW searchable AS
    SELECT r.row, a.id, a.title, a.body, a.authors, a.keywords, '' AS facets
    FROM search_rows r JOIN articles a ON a.id = r.article_id;
CREATE VIRTUAL TABLE articles_fts USING fts5(
    id UNINDEXED, title, body, authors, keywords, facets,
    content = 'searchable', content_rowid = 'row', tokenize = "unicode61 remove_diacritics 2"
);
CREATE TABLE vocabulary (row INTEGER PRIMARY KEY, word TEXT NOT NULL UNIQUE);
CREATE VIRTUAL TABLE vocabulary_fts USING fts5(
    word, content = 'vocabulary', content_rowid = 'row', tokenize = 'trigram'
)
"""
VOCABULARY = (
    """
    CREATE TRIGGER vocabulary_learnt AFTER INSERT ON vocabulary BEGIN
        INSERT INTO vocabulary_fts (rowid, word) VALUES (new.row, new.word);
    END
    """,
    """
    CREATE TRIGGER vocabulary_forgotten AFTER DELETE ON vocabulary BEGIN
        INSERT INTO vocabulary_fts (vocabulary_fts, rowid, word) VALUES ('delete', old.row, old.word);
    END
    """,
)


@migrations()
def search(db: Database) -> None:
    """Nordic letters as readers type them, parts of compounds, and an index without a copy of the texts."""
    _run(db, INDEX)
    for trigger in VOCABULARY:
        db.execute(trigger)
    index_again(db.conn)


@migrations()
def corpus(db: Database) -> None:
    """Words and sentences, duplicates, languages and nights for corpus work; the meaning of all columns."""
    _run(db, CORPUS)
    ids = [row[0] for row in db.execute("SELECT id FROM articles")]
    for identity in ids:
        body, language = db.execute(
            "SELECT body, language FROM articles WHERE id = ?", (identity,)
        ).fetchone()
        counts = (count_words(body), count_sentences(body, language))
        db.execute("UPDATE articles SET words = ?, sentences = ? WHERE id = ?", (*counts, identity))


@migrations()
def modified(db: Database) -> None:
    """What a source says of an article's last change, beside its date."""
    db.execute("ALTER TABLE links ADD COLUMN modified TEXT")


@migrations()
def letters_alike(db: Database) -> None:
    """CO₂ is found as it is typed, and words of ligatures and of letters in full width."""
    db.execute("DELETE FROM vocabulary")
    index_again(db.conn)
