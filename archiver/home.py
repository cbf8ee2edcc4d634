"""The archive home: the folder that holds the database, the collections and the profiles.

Everything an archive is lies below one folder (``data/`` by default), laid out so that
Datasette and pywb open it as it is. This module knows the paths and makes the folder.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from archiver.disk import real_path
from archiver.errors import ArchiverError, ConfigurationError, DamagedError, UsageError
from archiver.model import BACKFILL
from archiver.site import NAME, Site, read_site

_FILES = (
    ".demo", ".lock", "archiver.toml", "config.yaml", "datasette.yaml", "metadata.yaml", "suppressions.jsonl",
)  # fmt: skip


@dataclass(frozen=True)
class Home:
    """The paths of one archive. Nothing is created but by ``prepare``."""

    root: Path

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.root / "archiver.db"

    @property
    def sites(self) -> Path:
        """The folder of the site profiles."""
        return self.root / "sites"

    @property
    def metadata(self) -> Path:
        """What Datasette reads when it opens the folder."""
        return self.root / "metadata.yaml"

    @property
    def configuration(self) -> Path:
        """What Datasette reads beside it from 1.0 on."""
        return self.root / "datasette.yaml"

    @property
    def lock(self) -> Path:
        """The file that a run locks."""
        return self.root / ".lock"

    @property
    def collections(self) -> Path:
        """The folder of the collections, one a site."""
        return self.root / "collections"

    def collection(self, site: str) -> Path:
        """The pywb collection of a site."""
        return self.collections / site

    def archive(self, site: str) -> Path:
        """The folder of a site's WARC files."""
        return self.collection(site) / "archive"

    def backfill(self, site: str) -> Path:
        """The collection of what web archives gave of a site; it has no index of its own."""
        return self.collections / f"{site}{BACKFILL}"

    def collections_of(self, site: str) -> list[Path]:
        """Both collections of a site; the second is only there where something was backfilled."""
        backfill = self.backfill(site)
        return [self.collection(site), *([backfill] if backfill.exists() else [])]

    def archives(self, site: str) -> list[Path]:
        """The folders of a site's WARC files, in both of its collections."""
        return [collection / "archive" for collection in self.collections_of(site)]

    def index(self, site: str) -> Path:
        """The CDXJ index of a site."""
        return self.collection(site) / "indexes" / "index.cdxj"

    @property
    def runs(self) -> Path:
        """The folder of the crawls' reports and logs."""
        return self.root / "runs"

    def run(self, crawl: str) -> Path:
        """The folder of one crawl's report and log."""
        return self.runs / crawl

    def profile(self, name: str) -> Path:
        """The file of a site's profile, whether it exists or not."""
        return self.sites / f"{name}.toml"

    def removed(self, name: str) -> Path:
        """Where the profile of a site stands that somebody removed."""
        return self.sites / f"{name}.toml.removed"

    def holds(self, path: Path) -> bool:
        """True for a place in which the archive itself has a file or a folder, or may have one."""
        path, root = real_path(path), self.root.resolve()
        folders = (self.collections, self.sites, self.runs)
        if path == root or any(path.is_relative_to(folder.resolve()) for folder in folders):
            return True
        # Each may be a link to a place elsewhere; beside the database SQLite has files of its own.
        own, database = {root / name for name in _FILES}, {root / self.database.name, self.database.resolve()}
        beside = any(path.parent == db.parent and path.name.startswith(db.name) for db in database)
        return beside or path in own | {name.resolve() for name in own}

    def archived(self) -> list[str]:
        """The sites that have a collection, by name."""
        names = (folder.parent.name for folder in self.collections.glob("*/archive"))
        return sorted({name.removesuffix(BACKFILL) for name in names})

    @property
    def has_captures(self) -> bool:
        """True where a collection holds WARC files."""
        return any(self.collections.glob("*/archive/*.warc*"))

    def no_database(self) -> ArchiverError:
        """What to say where there is no database: it was lost, or there is no archive."""
        if self.has_captures:
            return DamagedError(
                f"{self.database}: the database is missing, and there are WARC files",
                hint="archiver rebuild makes it again from them",
            )
        return self.no_archive()

    def no_index(self, site: str) -> ArchiverError:
        """What to say where a site has WARC files and no index of them."""
        return DamagedError(
            f"{self.index(site)}: the index is missing", hint="archiver repair writes it again"
        )

    def no_archive(self) -> ArchiverError:
        """What to say where there is no archive."""
        return UsageError(
            f"{self.root}: there is no archive here yet",
            hint="archiver sites add URL and archiver crawl make one; --data-dir names another",
        )

    def check(self) -> Home:
        """Raises ConfigurationError where the home is something else than a folder."""
        if self.root.exists() and not self.root.is_dir():
            raise ConfigurationError(
                f"{self.root}: the data directory cannot be used: it is no folder",
                hint="choose another with --data-dir or ARCHIVER_DATA_DIR",
            )
        return self

    def prepare(self) -> Home:
        """Make the folders, and try that they can be written. Raises ConfigurationError."""
        try:
            for folder in (self.root, self.sites, self.collections, self.runs):
                folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.root):
                pass
        except OSError as error:
            raise ConfigurationError(
                f"{self.root}: the data directory cannot be used: {error.strerror or error}",
                hint="choose another with --data-dir or ARCHIVER_DATA_DIR",
            ) from None
        return self

    def site(self, name: str) -> Site:
        """The profile of this name. Raises UsageError where there is none."""
        if not NAME.match(name) or not self.profile(name).exists():
            known = ", ".join(self.site_names()) or "none yet"
            raise UsageError(
                f"unknown site {name!r} (known: {known})",
                hint="archiver sites add URL makes a profile",
                site=name,
            )
        return read_site(self.profile(name))

    def site_names(self) -> list[str]:
        """The names of all profiles, sorted."""
        return sorted(path.stem for path in self.sites.glob("*.toml"))

    def readable_sites(self) -> tuple[list[Site], list[ConfigurationError]]:
        """Every profile that can be read, and what is wrong with each of the others."""
        sites, broken = [], []
        for name in self.site_names():
            try:
                sites.append(read_site(self.profile(name)))
            except ConfigurationError as error:
                error.site = name
                broken.append(error)
        return sites, broken
