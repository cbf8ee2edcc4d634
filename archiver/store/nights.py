"""Rows of ``nights``: the figures of each crawl of a site, from which expectations are learned."""

from __future__ import annotations

import sqlite3
from dataclasses import asdict, fields
from datetime import date, timedelta

import msgspec

from archiver.instants import from_text
from archiver.night import Night

KEPT = 400  # nights from which is learned, and as many that brought something
DATED_BEFORE = timedelta(days=7)  # that an article may be dated before the night on which it is new

_NOT_STORED = ("day", "state", "alarms")
_COLUMNS = tuple(field.name for field in fields(Night) if field.name not in _NOT_STORED)
_OBJECTS = ("had", "lost", "lacking", "lengths", "layout", "listings", "samples")


def save_night(db: sqlite3.Connection, night: Night) -> None:
    """Insert or replace the figures of a night."""
    row = asdict(night)
    values = [
        msgspec.json.encode(row[name], order="sorted").decode() if name in _OBJECTS else row[name]
        for name in _COLUMNS
    ]
    marks = ", ".join("?" * len(_COLUMNS))
    db.execute(f"INSERT OR REPLACE INTO nights ({', '.join(_COLUMNS)}) VALUES ({marks})", values)


def nights_before(db: sqlite3.Connection, site: str, crawl: str) -> list[Night]:
    """The nights of a site before a crawl from which is learned, the oldest first.

    The newest, and the newest that brought something: a site that publishes once a month has few. Those
    whose clock was wrong saw everything as of another day.
    """
    rows = db.execute(
        f"SELECT {', '.join('n.' + name for name in _COLUMNS)}, v.night AS day, v.state FROM nights n"
        " JOIN coverage v ON v.site = n.site AND v.crawl = n.crawl"
        f" WHERE n.site = :site AND n.crawl IN ({_NEWEST.format('1')} UNION"
        f" {_NEWEST.format('new > 0 OR named > 0')}) ORDER BY n.crawl",
        {"site": site, "crawl": crawl},
    ).fetchall()
    alarms = _alarms(db, site)
    return [_night(row, alarms.get(row["crawl"], frozenset())) for row in rows]


_NEWEST = (
    "SELECT * FROM (SELECT crawl FROM nights WHERE site = :site AND crawl < :crawl AND ({})"
    " AND crawl NOT IN (SELECT id FROM crawls WHERE coalesce(no_later, no_earlier) IS NOT NULL)"
    f" ORDER BY crawl DESC LIMIT {KEPT})"
)


def _night(row: sqlite3.Row, alarms: frozenset[str]) -> Night:
    values = {name: msgspec.json.decode(row[name]) if name in _OBJECTS else row[name] for name in row.keys()}  # noqa: SIM118
    return msgspec.convert(values | {"alarms": alarms}, Night)


def _alarms(db: sqlite3.Connection, site: str) -> dict[str, frozenset[str]]:
    """The codes of a site's findings but for notes, by crawl."""
    found: dict[str, set[str]] = {}
    for crawl, code in db.execute(
        "SELECT crawl, code FROM findings WHERE site = ? AND severity <> 'note'", (site,)
    ):
        found.setdefault(crawl, set()).add(code)
    return {crawl: frozenset(codes) for crawl, codes in found.items()}


def published_days(db: sqlite3.Connection, site: str) -> list[date]:
    """The days on which a site's articles were published, as far as it is known to the day.

    An article that appeared in a night counts on that day, where it is dated much earlier or not at all.
    """
    rows = db.execute("SELECT published_day, first_seen, observed FROM articles WHERE site = ?", (site,))
    return [day for row in rows if (day := _published(row)) is not None]


def _published(row: sqlite3.Row) -> date | None:
    stated = date.fromisoformat(row["published_day"]) if len(row["published_day"] or "") == 10 else None
    if row["observed"] != "live":
        return stated
    seen = from_text(row["first_seen"]).date()
    return stated if stated is not None and seen - DATED_BEFORE <= stated <= seen else seen
