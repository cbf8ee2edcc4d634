"""What corpus work asks of the database, as SQL: duplicates, languages, nights and what was observed."""


def _place(of: str = "") -> str:
    """A text by which articles are in the order in which they came.

    One that is dated to a month or year comes behind those of its days, one without a date last.
    """
    day = f"{of}published_day"
    padded = f"coalesce({day} || substr('0000-99-99', length({day}) + 1), '9999-99-99')"
    return f"{padded} || {of}first_seen || {of}id"


PLACE = _place("a.")
"""The order of the articles ``a``: the first of those with one text is the original, as far as is known."""

NO_WORDS = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
"""The text_digest of a text without words: articles that have none are no copies of one another."""

CORPUS = f"""
ALTER TABLE articles ADD COLUMN words INTEGER;
ALTER TABLE articles ADD COLUMN sentences INTEGER;
DROP INDEX articles_text;
CREATE INDEX articles_text ON articles(text_digest, published_day, first_seen, id, site);
CREATE INDEX articles_language ON articles(site, language, published_day, words, sentences);
CREATE TABLE descriptions (
    name TEXT NOT NULL,
    position INTEGER NOT NULL,
    column_name TEXT,
    type TEXT,
    refers_to TEXT,
    about TEXT NOT NULL,
    PRIMARY KEY (name, position)
) WITHOUT ROWID;
CREATE VIEW duplicates AS
    WITH same AS (
        SELECT id, site, first_value(id) OVER first AS first_id, first_value(site) OVER first AS first_site
        FROM articles WHERE text_digest <> '{NO_WORDS}'
        WINDOW first AS (PARTITION BY text_digest ORDER BY {_place()})
    ), near AS (
        SELECT a.id, a.site, b.id AS other_id, b.site AS other_site, d.distance,
            {_place("a.")} > {_place("b.")} AS is_later
        FROM near_duplicates d JOIN articles a ON a.id = d.article_id JOIN articles b ON b.id = d.other_id
        WHERE a.text_digest <> b.text_digest
    )
    SELECT id AS article_id, site, 'exact' AS kind, first_id, first_site, 0 AS distance
    FROM same WHERE id <> first_id
    UNION ALL SELECT iif(is_later, id, other_id), iif(is_later, site, other_site), 'near',
        iif(is_later, other_id, id), iif(is_later, other_site, site), distance FROM near;
CREATE VIEW languages AS
    SELECT site, language, count(*) AS articles, sum(words) AS words, sum(sentences) AS sentences,
        min(published_day) AS first_day, max(published_day) AS last_day
    FROM articles GROUP BY site, language;
CREATE VIEW articles_by_night AS
    SELECT v.site, v.night, CASE min(CASE v.state WHEN 'complete' THEN 1 WHEN 'partial' THEN 2
            WHEN 'failed' THEN 3 ELSE 4 END)
            WHEN 1 THEN 'complete' WHEN 2 THEN 'partial' WHEN 3 THEN 'failed' ELSE 'not run' END AS state,
        sum(v.state <> 'not run') AS crawls, sum(v.articles_new) AS new, sum(v.articles_changed) AS changed,
        (SELECT count(*) FROM articles a WHERE a.site = v.site AND a.published_day = v.night) AS published
    FROM coverage v JOIN crawls c ON c.id = v.crawl AND c.command NOT IN ('import', 'backfill')
    GROUP BY v.site, v.night;
CREATE VIEW coverage_by_month AS
    WITH nights AS (
        SELECT site, substr(night, 1, 7) AS month, sum(state = 'complete') AS complete,
            sum(state = 'partial') AS partial, sum(state = 'failed') AS failed,
            sum(state = 'not run') AS not_run,
            sum(iif(state IN ('complete', 'partial'), published, 0)) AS on_observed
        FROM articles_by_night GROUP BY site, month
    ), months AS (
        SELECT site, month FROM nights UNION SELECT site, month FROM articles_by_month
    )
    SELECT m.site, m.month, coalesce(b.articles, 0) AS published, coalesce(n.complete, 0) AS complete,
        coalesce(n.partial, 0) AS partial, coalesce(n.failed, 0) AS failed, coalesce(n.not_run, 0) AS not_run,
        coalesce(n.on_observed, 0) AS on_observed,
        round(1.0 * n.on_observed / nullif(n.complete + n.partial, 0), 2) AS per_night
    FROM months m LEFT JOIN nights n ON n.site = m.site AND n.month = m.month
    LEFT JOIN articles_by_month b ON b.site = m.site AND b.month = m.month
"""
