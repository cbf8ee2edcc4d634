"""What a run leaves in files beside the database: its report, and what Datasette reads."""

from __future__ import annotations

import json
from contextlib import closing
from typing import Any

from archiver.disk import write_atomically
from archiver.home import Home
from archiver.store.crawls import rows_of_crawl
from archiver.store.database import open_database
from archiver.store.descriptions import datasette_metadata
from archiver.store.frontier import given_up


def write_report(home: Home, crawl: str, document: dict[str, Any]) -> None:
    """The report with the rows of the crawl, from which a rebuild brings them back."""
    with closing(open_database(home.database)) as db:
        document = document | {"rows": {**rows_of_crawl(db, crawl), "frontier": given_up(db, crawl)}}
    text = json.dumps(document, ensure_ascii=False, indent=2)
    home.run(crawl).mkdir(parents=True, exist_ok=True)
    write_atomically(home.run(crawl) / "report.json", text + "\n")


def write_metadata(home: Home) -> None:
    """What Datasette reads when it opens the folder; whoever edits the file keeps it."""
    if not home.metadata.exists():
        # JSON is YAML.
        write_atomically(home.metadata, json.dumps(datasette_metadata(), indent=2) + "\n")
