"""The front page: what the archive comes to, what is new, changed or gone, how the sites are doing."""

from __future__ import annotations

import sqlite3
from functools import partial
from typing import Any

from datasette.utils.asgi import Request, Response

from archiver.store import overview
from archiver.web.months import month_table, months_of, plot_of
from archiver.web.served import ArchiveDatasette

SHOWN = 8


async def front(datasette: ArchiveDatasette, request: Request) -> Response:
    """The page."""
    by_month = await datasette.remembered(overview.articles_by_month)
    values = await datasette.ask(partial(_values, by_month))
    return await datasette.page("front", request, values)


def _values(by_month: dict[str, dict[str, int]], db: sqlite3.Connection) -> dict[str, Any]:
    sites = overview.site_states(db)
    names = {state.site: state.name for state in sites}
    months = months_of(by_month)
    return {
        "sites": sites,
        "names": names,
        "articles": sum(state.articles for state in sites),
        "plot": plot_of(by_month, names, months),
        "months": month_table(by_month, months),
        "first_month": months[0] if months else None,
        "newest": overview.newest(db, SHOWN),
        "changes": overview.latest_changes(db, SHOWN),
        "gone": overview.latest_gone(db, SHOWN),
    }
