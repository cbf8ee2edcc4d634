"""The reports of crawls, ``runs/<crawl>/report.json``: what each came to, in files of their own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from archiver.bounded import whole_text
from archiver.disk import write_atomically
from archiver.home import Home
from archiver.store.crawls import rows_of_crawl
from archiver.store.database import open_database
from archiver.store.frontier import given_up

# Bytes of a report: it names what a crawl gave up, which may be every address of a large site.
MOST = 1 << 26


def reports(
    home: Home, damaged: Callable[[Path], None] = lambda path: None, *, latest: int | None = None
) -> Iterator[dict[str, Any]]:
    """The reports of all crawls, in the order of the crawls; ``damaged`` is told which cannot be read.

    ``latest`` bounds how many are read, counted from the last.
    """
    paths = sorted((home.root / "runs").glob("*/report.json"))
    for path in paths if latest is None else paths[-latest:]:
        found = None
        with suppress(OSError, ValueError, RecursionError):
            found = json.loads(whole_text(path, MOST))
        if isinstance(found, dict):
            yield found
        else:
            damaged(path)


def heads(home: Home, damaged: Callable[[Path], None] = lambda path: None) -> dict[str, dict[str, str]]:
    """By site, the head of its chain of manifests at the end of each crawl, by crawl.

    These sites had WARC files. ``damaged`` is that of ``reports``.
    """
    found: dict[str, dict[str, str]] = {}
    for report in reports(home, damaged):
        for row in report.get("sites") or []:
            if isinstance(row, dict) and row.get("head"):
                found.setdefault(str(row.get("site")), {})[str(report.get("crawl"))] = str(row["head"])
    return found


def write_report(home: Home, crawl: str, document: dict[str, Any]) -> None:
    """The report with the rows of the crawl, from which a rebuild brings them back."""
    with closing(open_database(home.database)) as db:
        document = document | {"rows": {**rows_of_crawl(db, crawl), "frontier": given_up(db, crawl)}}
    text = json.dumps(document, ensure_ascii=False, indent=2)
    home.run(crawl).mkdir(parents=True, exist_ok=True)
    write_atomically(home.run(crawl) / "report.json", text + "\n")
