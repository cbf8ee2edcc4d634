"""A WACZ of the archive, or of some of its articles: which records go into it, and in which files.

Without a filter it holds the WARC files of the sites as they are. With one it holds what the chosen
articles were derived from, every capture of their addresses, what is a part of their pages, and the
originals of all revisits. A file of which only a part is chosen, or that an import left in its place,
becomes a file with the records that are meant.
"""

from __future__ import annotations

import re
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from archiver import __version__
from archiver.errors import DamagedError, StorageError, UsageError
from archiver.home import Home
from archiver.originals import original_of
from archiver.replay.access import read_access_rules
from archiver.store import chosen as store
from archiver.store.articles import articles
from archiver.store.filter import Filter
from archiver.warc.cdxj import is_indexed, line
from archiver.warc.excerpt import excerpt
from archiver.warc.places import located
from archiver.warc.record import FIELDS_TYPE, compress, serialise, sha256, warc_date, warc_fields
from archiver.warc.wacz import WaczWriter

SOFTWARE = f"nyhetsarkiv/{__version__}"
_STEP = 1 << 20
Watch = Callable[[int, int, str], None]
_NO_NAME = re.compile(r"[^A-Za-z0-9._-]+")


def _unwatched(done: int, of: int, noun: str) -> None:
    """Nobody watches."""


@dataclass(frozen=True, kw_only=True)
class Package:
    """What a WACZ came to. ``without_original`` counts revisits whose original the archive lacks."""

    pages: int
    captures: int
    without_original: int


def write_wacz(
    home: Home, db: sqlite3.Connection, wanted: Filter, out: BinaryIO, *, watch: Watch = _unwatched
) -> Package:
    """Write the WACZ of the articles that a filter lets through, or of whole sites; as a stream.

    The same captures give the same bytes: it says that it was made when the newest of them was. ``watch``
    hears after each WARC file how many of how many are in it.
    Raises UsageError where there is nothing to put into it, DamagedError where a record is not where
    it should be, OSError where a file cannot be read or written.
    """
    sites = list(wanted.sites) or [row[0] for row in db.execute("SELECT name FROM sites ORDER BY name")]
    try:
        _choose(home, db, sites, wanted)
        files = store.chosen_files(db)
        if not files:
            raise UsageError("there is nothing to put into a WACZ: no capture is meant")
        newest = store.newest_chosen(db)
        with WaczWriter(out, created=newest, software=SOFTWARE) as writer:
            return _written(_Packer(home, db, writer, newest), files, wanted, watch)
    except sqlite3.OperationalError as error:
        raise StorageError(f"archiver.db: {error}", hint="free some space for temporary files") from None


def _choose(home: Home, db: sqlite3.Connection, sites: list[str], wanted: Filter) -> None:
    """Choose the captures that are meant, without those that may not be shown."""
    if wanted.since or wanted.until or wanted.query:
        store.choose_for_articles(db, wanted)
    else:
        store.choose_all(db, sites)
    store.choose_originals(db, lambda revisit: original_of(db, home.archive(revisit.site), revisit))
    for site in {site for site, _, _ in store.chosen_files(db)}:
        if rules := read_access_rules(home.collection(site)):
            store.leave_out(db, site, lambda key, rules=rules: rules.of(key) != "allow")  # type: ignore[misc]


def _written(packer: _Packer, files: list[tuple[str, str, bool]], wanted: Filter, watch: Watch) -> Package:
    for number, (site, filename, is_whole) in enumerate(files, 1):
        packer.add_file(site, filename, is_whole=is_whole)
        watch(number, len(files), "files")
    db, writer = packer.db, packer.writer
    captures = writer.add_index(line(c) for c in store.placed_captures(db) if is_indexed(c))
    pages = writer.add_pages(_pages(db, wanted))
    sites = ", ".join(dict.fromkeys(site for site, _, _ in files))
    writer.finish(title=f"News of {sites}", description=_description(wanted))
    return Package(pages=pages, captures=captures, without_original=store.revisits_without_original(db))


class _Packer:
    """Puts WARC files into a WACZ, whole or in part, under names that are all different."""

    def __init__(self, home: Home, db: sqlite3.Connection, writer: WaczWriter, newest: datetime) -> None:
        self.home = home
        self.db = db
        self.writer = writer
        self._newest = newest
        self._names: set[str] = set()

    def add_file(self, site: str, filename: str, *, is_whole: bool) -> None:
        archive = self.home.archive(site)
        path = located(archive, filename)
        try:
            size = path.stat().st_size
        except FileNotFoundError:
            raise DamagedError(
                f"{path}: there is no such file", hint="archiver verify says more", site=site
            ) from None
        # A file elsewhere holds what is no part of this archive, too.
        if is_whole and path == archive / filename:
            name = self._free_name(site, filename)
            self.writer.add_warc(name, _pieces_of(path), size=size)
            store.place_file(self.db, site, filename, name)
            return
        if not store.count_not_placed(self.db, site, filename):
            return  # two sites share a file elsewhere, and the other one came first
        # Another name than that of the whole file; what has no gzip member of its own gets one.
        stem = filename.removesuffix(".gz").removesuffix(".warc")
        name = self._free_name(site, f"{stem}.excerpt.warc.gz")
        info = partial(self._warcinfo, name, site, filename)
        self.writer.add_warc(name, self._part_of(path, name, info), size=2 * size)
        if missing := store.count_not_placed(self.db, site, filename):
            raise DamagedError(
                f"{path}: {missing} of its records cannot be found in it",
                hint="archiver verify says more",
                site=site,
            )

    def _part_of(self, path: Path, name: str, warcinfo: Callable[[], Iterator[bytes]]) -> Iterator[bytes]:
        at = 0
        for part in excerpt(path, self._is_chosen, warcinfo=warcinfo):
            begin = at
            for piece in part.pieces:
                at += len(piece)
                yield piece
            if self._is_chosen(part.record):
                store.place(self.db, part.record, name, begin, at - begin)

    def _is_chosen(self, record: str) -> bool:
        return store.is_chosen(self.db, record)

    def _warcinfo(self, name: str, site: str, filename: str) -> Iterator[bytes]:
        """A warcinfo record for the part of a file that has none; its id follows from what the part holds."""
        digest = store.chosen_digest(self.db, site, filename)
        identity = uuid.uuid5(uuid.NAMESPACE_URL, f"{name} {digest}")
        block = warc_fields([("software", SOFTWARE), ("format", "WARC File Format 1.1")])
        fields = [
            ("WARC-Type", "warcinfo"),
            ("WARC-Record-ID", f"<{identity.urn}>"),
            ("WARC-Date", warc_date(self._newest)),
            ("WARC-Filename", name),
            ("Content-Type", FIELDS_TYPE),
            ("WARC-Block-Digest", sha256([block])),
            ("Content-Length", str(len(block))),
        ]
        return compress(serialise(fields, [block]))

    def _free_name(self, site: str, filename: str) -> str:
        """The file's own name, as a data package may have it, with the site in front where it is taken."""
        name = _NO_NAME.sub("-", Path(filename).name)
        while name.lower() in self._names:
            name = f"{site}-{name}"
        self._names.add(name.lower())
        return name


def _pieces_of(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_STEP):
            yield piece


def _pages(db: sqlite3.Connection, wanted: Filter) -> Iterator[dict[str, Any]]:
    """The articles as pages: each with the capture that plays it, its date and its text."""
    for article in articles(db, wanted):
        capture = store.placed_capture(db, (article.capture or {}).get("warc_record_id", ""))
        if capture is not None and not is_indexed(capture):
            capture = store.placed_original(db, capture.warc_record_id)
        if capture is None:
            continue
        page = {"id": article.id, "url": capture.url, "ts": f"{capture.warc_date:%Y-%m-%dT%H:%M:%SZ}"}
        page |= {"title": article.title or article.url, "date": article.date_published}
        yield {**page, "site": article.site, "text": article.body}


def _description(wanted: Filter) -> str:
    said = [f"from {wanted.since}"] if wanted.since else []
    said += [f"to {wanted.until}"] if wanted.until else []
    said += [f"that match {wanted.query!r}"] if wanted.query else []
    return " ".join(["articles", *said]) if said else "all captures"
