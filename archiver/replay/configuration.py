"""pywb's configuration: the collections of which some files lie elsewhere.

pywb finds a collection in its folder, and then looks for WARC files in ``archive/`` alone. Where an
import left files in their place, ``config.yaml`` beside the collections names the path index too.
An archive without such files needs none.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from archiver.disk import refusal, write_atomically
from archiver.home import Home
from archiver.replay.access import access_file
from archiver.warc.places import path_index, places

MARK = "# Written by archiver, from each path-index.txt. Without this line it is yours, and stays as it is.\n"


def config_file(home: Home) -> Path:
    """Where pywb looks for its configuration."""
    return home.root / "config.yaml"


def write_configuration(home: Home) -> list[str]:
    """Tell pywb of the files that lie elsewhere; the sites of which it cannot be told.

    These are there only where a person wrote ``config.yaml``, and did not name the path index of
    the site. Raises StorageError where the disk refuses.
    """
    sites = _with_files_elsewhere(home)
    path = config_file(home)
    try:
        known = path.read_text("utf-8", "replace") if path.exists() else ""
        if known and not known.startswith(MARK):
            return [site for site in sites if _relative(home, path_index(home.archive(site))) not in known]
        text = _configuration(home, sites)
        for site in sites:
            # Rules may come while pywb runs: it takes a folder that is there when it starts.
            access_file(home.collection(site)).parent.mkdir(exist_ok=True)
        if text != known:
            write_atomically(path, text) if text else path.unlink()
    except OSError as error:
        raise refusal(path, error) from None
    return []


def _with_files_elsewhere(home: Home) -> list[str]:
    """The sites whose path index names a file."""
    return [site for site in home.archived() if places(home.archive(site))]


def _configuration(home: Home, sites: Sequence[str]) -> str:
    """The file's text, in JSON, which is YAML; empty where no site needs one."""
    collections = {
        site: {
            "index_paths": _relative(home, home.index(site).parent),
            "archive_paths": [
                _relative(home, home.archive(site)) + "/",
                _relative(home, path_index(home.archive(site))),
            ],
            "acl_paths": _relative(home, access_file(home.collection(site)).parent),
        }
        for site in sites
    }
    return MARK + json.dumps({"collections": collections}, indent=2) + "\n" if sites else ""


def _relative(home: Home, path: Path) -> str:
    """A path as pywb resolves it, which runs in the archive home."""
    return path.relative_to(home.root).as_posix()
