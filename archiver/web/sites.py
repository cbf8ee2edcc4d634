"""The page of a site: how it is doing, which nights were observed, what is newest, what was stripped."""

from __future__ import annotations

import sqlite3
from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from datasette.utils.asgi import Request, Response

from archiver.plots import MARKS
from archiver.store import overview
from archiver.web.front import SHOWN
from archiver.web.months import months_of, plot_of
from archiver.web.served import ArchiveDatasette, Missing, part

NIGHTS = 400
MONTHS = 14
LISTED = 30
STRIPPED = 40


async def site(datasette: ArchiveDatasette, request: Request) -> Response:
    """The page. Raises Missing where there is no such site."""
    name = part(request, "site")
    values = await datasette.ask(lambda db: _values(db, name))
    if values is None:
        raise Missing(f"There is no site {name}.")
    return await datasette.page("site", request, values)


def _values(db: sqlite3.Connection, name: str) -> dict[str, Any] | None:
    states = overview.site_states(db, name)
    if not states:
        return None
    nights = overview.observed_nights(db, name, NIGHTS)
    by_month = {name: overview.articles_by_month(db, name).get(name, {})}
    return {
        "state": states[0],
        "start_urls": overview.start_urls(db, name),
        "nights": nights[:LISTED],
        "calendar": calendar({row["night"]: row for row in nights}),
        "marks": MARKS,
        "observed": sum(row["state"] in ("complete", "partial") for row in nights),
        "known_nights": len(nights),
        "plot": plot_of(by_month, {name: states[0].name}, months_of(by_month)),
        "newest": overview.newest(db, SHOWN, site=name),
        "gone": overview.latest_gone(db, SHOWN, site=name),
        "stripped": overview.stripped_of(db, name, STRIPPED),
        "looked_at": overview.LOOKED_AT,
    }


def calendar(nights: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, list[Mapping[str, Any] | None]]]:
    """The nights as rows: month, and what is known of each of its days; the newest month first.

    A day without anything is None, also one that is yet to come.
    """
    rows: list[tuple[str, list[Mapping[str, Any] | None]]] = []
    if not nights:
        return rows
    day, first = date.fromisoformat(max(nights)).replace(day=1), min(nights)[:7]
    while f"{day:%Y-%m}" >= first and len(rows) < MONTHS:
        days = [f"{day:%Y-%m}-{n:02}" for n in range(1, monthrange(day.year, day.month)[1] + 1)]
        rows.append((f"{day:%Y-%m}", [nights.get(each) for each in days]))
        day = (day - timedelta(days=1)).replace(day=1)
    return rows
