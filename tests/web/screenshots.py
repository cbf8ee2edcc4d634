"""Takes pictures of every page, to look at: ``python -m tests.web.screenshots DATA FOLDER [PATH...]``.

Each page is taken as a reader sees it in a wide window, in the dark, and on a telephone.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from archiver.home import Home
from tests.web.browser import NAMES, Browser
from tests.web.conftest import serving

LOOKS = {"light": {}, "dark": {"dark": True}, "narrow": {"width": 390, "height": 844}}


def paths_of(home: Home) -> list[str]:
    """The front page, a search, a site, an article that changed and what changed in it."""
    with closing(sqlite3.connect(home.database)) as db:
        site = db.execute("SELECT site FROM articles GROUP BY site ORDER BY count(*) DESC").fetchone()[0]
        article, versions = db.execute(
            "SELECT id, versions FROM articles ORDER BY versions DESC, id"
        ).fetchone()
    compared = [f"/-/article/{article}?compare={versions - 1}-{versions}"] if versions > 1 else []
    return [
        "/",
        "/-/search?q=och",
        f"/-/site/{site}",
        f"/-/article/{article}",
        *compared,
        "/archiver/articles",
    ]


def main(data: str, folder: str, *paths: str) -> None:
    """Take the pictures, one for each page and look."""
    home, into = Home(Path(data)), Path(folder)
    into.mkdir(parents=True, exist_ok=True)
    program = next(found for name in NAMES if (found := shutil.which(name)))
    with serving(home) as shown, Browser(program) as window:
        for path in paths or paths_of(home):
            for look, values in LOOKS.items():
                window.look(**values)  # type: ignore[arg-type]
                window.open(shown.base + path)
                name = re.sub(r"[^0-9A-Za-z]+", "-", path).strip("-") or "front"
                window.picture(into / f"{name}-{look}.png")


if __name__ == "__main__":
    main(*sys.argv[1:])
