"""When a crawl asks for TDMRep's file of a server: before anything else of it, once a week."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urljoin, urlsplit

from archiver.model import Capture, Target
from archiver.reservations import TDM_FILE
from archiver.site import Site
from archiver.store.captures import last_answer

# A night's crawl does not begin at the same second as that of the week before.
EVERY = timedelta(days=6, hours=20)
MAX_ORIGINS = 10


def files_due(db: sqlite3.Connection, site: str, targets: Iterable[Target], at: datetime) -> list[str]:
    """The files of the servers that these addresses lie on, as far as they are to be asked for again."""
    parts = (urlsplit(target.url) for target in targets)
    files = dict.fromkeys(f"{p.scheme}://{p.netloc}{TDM_FILE}" for p in parts)
    due = (url for url in files if (last := last_answer(db, site, url)) is None or at - last >= EVERY)
    return list(due)[:MAX_ORIGINS]


def file_behind(capture: Capture | None, site: Site, at: datetime) -> str | None:
    """Where a redirect says that the file is, as long as that is on the site, or None."""
    if capture is None or not capture.location:
        return None
    url = urljoin(capture.url, capture.location).partition("#")[0]
    return url if url != capture.url and site.owns(url, at.date()) else None
