"""The reports of crawls, ``runs/<crawl>/report.json``: what each came to, in files of their own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from archiver.bounded import whole_text
from archiver.home import Home


def reports(home: Home, damaged: Callable[[Path], None] = lambda path: None) -> Iterator[dict[str, Any]]:
    """The reports of all crawls, in the order of the crawls; ``damaged`` is told which cannot be read."""
    for path in sorted((home.root / "runs").glob("*/report.json")):
        found = None
        with suppress(OSError, ValueError, RecursionError):
            found = json.loads(whole_text(path))
        if isinstance(found, dict):
            yield found
        else:
            damaged(path)


def reported_sites(home: Home) -> set[str]:
    """The sites of which a report says that their chain of manifests had a head: they had WARC files."""
    rows = (row for report in reports(home) for row in report.get("sites") or [])
    return {str(row.get("site")) for row in rows if isinstance(row, dict) and row.get("head")}


def heads(home: Home, site: str) -> dict[str, str]:
    """The head of a site's chain of manifests at the end of each crawl, by crawl."""
    found: dict[str, str] = {}
    for report in reports(home):
        for row in report.get("sites") or []:
            if isinstance(row, dict) and row.get("site") == site and row.get("head"):
                found[str(report.get("crawl"))] = str(row["head"])
    return found
