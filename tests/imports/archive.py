"""An archive home with the profile of a site that is served nowhere, its pages, and what is asked of it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from archiver.cli.main import main
from archiver.demo.site_map import FEED, HTML, NEWS, site_map
from archiver.home import Home
from archiver.instants import now
from archiver.verify.archive import archive_files, verify_archive
from archiver.verify.files import Tally
from archiver.verify.fixity import verify_fixity
from tests.imports.foreign import HOST, Got

BASE = f"https://{HOST}"
TABLES = (
    "articles", "article_versions", "article_aliases", "article_authors", "article_keywords", "evidence",
    "chrome_blocks", "captures", "links", "near_duplicates", "simhash_bands", "chrome_models", "sites",
    "crawls", "coverage", "findings",
)  # fmt: skip


def pages(number: int = 12, *, changed: bool = False, date: str = "2021-03-04T05:06:{:02}Z") -> list[Got]:
    """The feed, the first listing and articles of the demo site, as if they lay at another address."""
    found = site_map(BASE, changed=changed)
    paths = [
        p
        for p, r in found.items()
        if r.media_type == HTML and r.status == 200 and p.startswith(NEWS) and p != NEWS
    ]
    chosen = [FEED, NEWS, *paths[: number - 2]]
    return [
        Got(
            BASE + path,
            found[path].body,
            date.format(n % 60),
            b"Content-Type: " + found[path].media_type.encode(),
        )
        for n, path in enumerate(chosen)
    ]


def old_pages(base: str) -> list[Got]:
    """The site as somebody captured it years ago, with an article that is gone since."""
    found = site_map(base, changed=True)
    paths = [p for p, r in found.items() if r.media_type == HTML and r.status == 200 and p.startswith(NEWS)]
    gone = Got(
        f"{base}/nyheter/gammal-nyhet/",
        found[paths[-1]].body.replace(b"<h1", b"<h1 id=x"),
        "2014-03-04T05:06:07Z",
    )
    return [*(Got(base + path, found[path].body, "2014-03-04T05:06:07Z") for path in paths), gone]


def new_home(root: Path, name: str = "n", host: str = HOST) -> Home:
    """An archive that knows one site, and of it nothing but the profile."""
    home = Home(root).prepare()
    home.profile(name).write_text(
        f'start_urls = ["https://{host}/nyheter/"]\nlanguage = "sv"\n\n'
        f'[[listings]]\nkind = "feed"\nurl = "https://{host}{FEED}"\n',
        "utf-8",
    )
    return home


def run(home: Home, *words: str) -> int:
    """The command, in this process."""
    return main(["--data-dir", str(home.root), "-q", *words])


def rows(home: Home, table: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(home.database)) as db:
        return sorted(db.execute(f"SELECT * FROM {table}").fetchall(), key=repr)


def select(home: Home, query: str) -> list[Any]:
    """The first column of a query's rows."""
    with closing(sqlite3.connect(home.database)) as db:
        return [row[0] for row in db.execute(query)]


def contents(home: Home, site: str = "n") -> list[bytes]:
    """The bytes of a site's WARC files, in the order of their names."""
    return [path.read_bytes() for path in sorted(home.archive(site).glob("*.warc.gz"))]


def findings(home: Home) -> list[tuple[str, str]]:
    """Level and code of everything that verify finds in the whole archive."""
    tally = Tally()
    files = archive_files(home)
    found = [
        *verify_archive(home, files, now=now(), tally=tally),
        *verify_fixity(home, list(files), tally=tally),
    ]
    return [(f.level, f.code) for f in found]


def report_of(text: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(text)
    return document


def check_rebuild(home: Home, sites: Sequence[str] = ("n",)) -> None:
    """Without database and indexes, a rebuild brings back every row and every line."""
    before = {table: rows(home, table) for table in TABLES}
    indexes = {site: home.index(site).read_bytes() for site in sites}
    home.database.unlink()
    for site in sites:
        home.index(site).unlink()
        (home.collection(site) / "path-index.txt").unlink(missing_ok=True)
    assert run(home, "rebuild") == 0
    for table, kept in before.items():
        assert rows(home, table) == kept, table
    assert {site: home.index(site).read_bytes() for site in sites} == indexes
