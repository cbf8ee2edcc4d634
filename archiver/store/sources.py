"""Feeds, sitemaps and listings of a site against one another: what one names and another lacks."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import permutations

from archiver.store.crawls import save_finding

CODE = "sources"
EXAMPLES = 3
KINDS = ("feed", "sitemap", "listing")
# What web archives alone have of the past, no source need name today.
_ARTICLES = (
    "SELECT id, url, published_day, {named} FROM articles WHERE site = ? AND EXISTS (SELECT 1 FROM captures c"
    " WHERE c.warc_record_id = articles.capture AND c.source <> 'backfill') ORDER BY published_day DESC, id"
)
_NAMED = (
    "EXISTS (SELECT 1 FROM article_aliases x JOIN links l ON l.site = x.site AND l.url = x.url"
    " AND l.kind = '{kind}' WHERE x.article_id = articles.id) AS {kind}"
)


@dataclass(kw_only=True, slots=True)
class Gap:
    """Articles that one kind of source names and another lacks; ``source`` None for those that none names."""

    source: str | None
    lacks: str | None
    articles: int = 0
    examples: list[str] = field(default_factory=list)

    def message(self, of: int) -> str:
        """What a person reads."""
        shown = ", ".join(self.examples) + (" …" if self.articles > len(self.examples) else "")
        share = f"{self.articles} of {of} articles"
        if self.source is None:
            return f"no source names {share}, only other pages do: {shown}"
        share += " of its time" if self.lacks == "feed" else ""
        return f"the {self.source} names {share} that no {self.lacks} does: {shown}"


def gaps(db: sqlite3.Connection, site: str) -> tuple[list[Gap], int]:
    """What the sources of a site lack, and how many articles there are. Whatever ever named one counts.

    A feed names the newest articles only: it lacks what was published since the first quarter of its
    entries. Kinds of source that name no article at all are left out.
    """
    named = ", ".join(_NAMED.format(kind=kind) for kind in KINDS)
    rows = db.execute(_ARTICLES.format(named=named), (site,)).fetchall()
    kinds = [kind for kind in KINDS if any(row[kind] for row in rows)]
    begins = _first_day(rows)
    found = {pair: Gap(source=pair[0], lacks=pair[1]) for pair in permutations(kinds, 2)}
    alone = Gap(source=None, lacks=None)
    for row in rows:
        for gap in _lacking(row, found, alone, kinds, begins):
            gap.articles += 1
            if len(gap.examples) < EXAMPLES:
                gap.examples.append(row["url"])
    return [gap for gap in (*found.values(), alone) if gap.articles], len(rows)


def _first_day(rows: list[sqlite3.Row]) -> str:
    """The day from which on a feed names everything, in the site's calendar."""
    days = sorted(row["published_day"] for row in rows if row["feed"] and row["published_day"])
    return str(days[len(days) // 4]) if days else ""


def _lacking(
    row: sqlite3.Row, found: dict[tuple[str, str], Gap], alone: Gap, kinds: list[str], begins: str
) -> Iterator[Gap]:
    if kinds and not any(row[kind] for kind in kinds):
        yield alone
    for (source, lacks), gap in found.items():
        is_expected = lacks != "feed" or (row["published_day"] or "") >= begins > ""
        if row[source] and not row[lacks] and is_expected:
            yield gap


def save_gaps(db: sqlite3.Connection, site: str, crawl: str) -> None:
    """Note as findings of a crawl what the site's sources lack. In the caller's transaction."""
    found, articles = gaps(db, site)
    for gap in found:
        save_finding(
            db,
            site=site,
            crawl=crawl,
            code=CODE,
            severity="note",
            message=gap.message(articles),
            url=gap.examples[0],
            hint=f"archiver sites show {site}",
        )
