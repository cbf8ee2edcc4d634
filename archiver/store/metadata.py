"""The file ``metadata.yaml``: what Datasette reads of the tables when it opens an archive home."""

from __future__ import annotations

import json

from archiver.disk import write_atomically
from archiver.home import Home
from archiver.store.descriptions import datasette_metadata


def write_metadata(home: Home) -> None:
    """What Datasette reads when it opens the folder; whoever edits the file keeps it."""
    if not home.metadata.exists():
        # JSON is YAML.
        write_atomically(home.metadata, json.dumps(datasette_metadata(), indent=2) + "\n")
