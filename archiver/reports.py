"""The reports of crawls, ``runs/<crawl>/report.json``: what each came to, in files of their own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from archiver.bounded import whole_text
from archiver.home import Home


def reports(home: Home) -> Iterator[dict[str, Any]]:
    """The reports of all crawls that can be read, in the order of the crawls."""
    for path in sorted((home.root / "runs").glob("*/report.json")):
        with suppress(OSError, ValueError, RecursionError):
            found = json.loads(whole_text(path))
            if isinstance(found, dict):
                yield found


def heads(home: Home, site: str) -> dict[str, str]:
    """The head of a site's chain of manifests at the end of each crawl, by crawl."""
    found: dict[str, str] = {}
    for report in reports(home):
        for row in report.get("sites") or []:
            if isinstance(row, dict) and row.get("site") == site and row.get("head"):
                found[str(report.get("crawl"))] = str(row["head"])
    return found
