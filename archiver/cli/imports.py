"""``archiver import``: WARC files of others become captures, and captures become articles."""

from __future__ import annotations

import sqlite3
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from archiver.amounts import count
from archiver.cli.chosen import prepared_sites
from archiver.cli.derive import clean_of
from archiver.cli.main import Settings
from archiver.cli.output import emit, emit_document, say, say_error
from archiver.cli.progress import Bar, CrawlProgress
from archiver.derive.deriving import derive_all
from archiver.derive.rows import Outcome
from archiver.errors import ArchiverError, DamagedError, StorageError, UsageError
from archiver.home import Home
from archiver.imports.belonging import first_hosts
from archiver.imports.run import ImportOptions, ImportRun, SourceReport, refuse_without_offsets
from archiver.instants import new_crawl_id, now
from archiver.locking import locked
from archiver.replay.access import hide_from_replay
from archiver.replay.configuration import write_configuration
from archiver.reports import write_report
from archiver.site import Site
from archiver.store.captures import underived_crawl
from archiver.store.crawls import count_articles
from archiver.store.database import open_database, transaction
from archiver.store.metadata import write_metadata
from archiver.suppressions import read_suppressions
from archiver.verify.files import named_files
from archiver.warc.findings import KINDS
from archiver.warc.manifest import head

COLUMNS = ("file", "records", "taken", "captures", "known", "left_out", "unknown_hosts")
SHOWN = 5


@click.command(name="import")
@click.argument(
    "paths", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path, readable=False)
)
@click.option("--site", "name", metavar="SITE", help="Everything belongs to this site, whatever its host.")
@click.option("--in-place", is_flag=True, help="Leave the files where they are, and note where that is.")
@click.option("--json", "form", flag_value="json", help="One JSON document.")
@click.pass_obj
def import_files(
    settings: Settings, paths: tuple[Path, ...], name: str | None, in_place: bool, form: Any
) -> int:
    """Take over WARC files that other programs wrote: their pages become captures and articles.

    Files of Common Crawl, wget, browsertrix, Heritrix, ArchiveBox, warcio and others, compressed
    record by record, as a whole or not at all; texts (WET), too. Records are copied byte for byte.
    A page belongs to the site whose profile names its host; of pages of other hosts only the number
    is told. What is damaged is told and left out, and what the archive has is not taken twice.

    The exit code is 1 where something of a file was damaged.

    \b
    archiver import CC-NEWS-20260101020304-00001.warc.gz
    archiver import --site sherpa old-crawls/*.warc.gz
    archiver import --in-place /mnt/store/heritrix/
    """
    files = named_files(paths)
    home = settings.home
    sites, broken = _sites(home, name, files)
    if in_place:
        refuse_without_offsets(files)
    only = sites[0] if name else None
    options = ImportOptions(
        crawl=new_crawl_id(), only=only, in_place=in_place, operator=settings.config.get("operator")
    )
    with locked(home), closing(open_database(home.database)) as db:
        summary = _import(settings, home, db, sites, options, files)
    if form:
        emit_document(summary.document())
    else:
        emit(summary.rows(), COLUMNS)
        if settings.verbosity >= 0:
            summary.tell(home)
    for error in [*broken, *summary.errors]:
        say_error(error)
    return summary.exit_code


def _sites(home: Home, name: str | None, files: Sequence[Path]) -> tuple[list[Site], Sequence[Any]]:
    """The sites that records may belong to. Raises UsageError where there is none."""
    try:
        return prepared_sites(home, (name,) if name else ())
    except UsageError as error:
        hosts = first_hosts(files)
        if hosts:
            error.message += f"; the files hold pages of {_common(hosts)}"
        error.hint = _how_to_name(home, hosts, name)
        raise


def _how_to_name(home: Home, hosts: Mapping[str, int], name: str | None = None) -> str:
    """What to do about pages of hosts that no profile names."""
    host = max(hosts, key=hosts.__getitem__, default="www.example.se")
    return (
        f"archiver sites add https://{host}/ makes a profile; of a site that is gone write one yourself:"
        f' {home.profile(name or "NAME")} with the line start_urls = ["https://{host}/"]'
    )


class Summary:
    """What an import came to."""

    def __init__(self, crawl: str) -> None:
        self.crawl = crawl
        self.sources: list[SourceReport] = []
        self.outcomes: dict[str, Outcome] = {}
        self.heads: dict[str, str | None] = {}
        self.errors: list[ArchiverError] = []

    @property
    def exit_code(self) -> int:
        """That of the first error, 1 where a file was damaged, 0 otherwise."""
        if self.errors:
            return self.errors[0].exit_code
        return 1 if any(source.faults for source in self.sources) else 0

    def rows(self) -> list[dict[str, Any]]:
        """A row for each file."""
        return [
            {
                "file": source.file,
                "records": source.records,
                "taken": source.taken,
                "captures": source.captures,
                "known": source.known,
                "left_out": source.left_out.total(),
                "unknown_hosts": source.hosts.total(),
            }
            for source in self.sources
        ]

    def document(self) -> dict[str, Any]:
        """Everything as plain values."""
        files = [
            {
                **row,
                "sites": source.sites,
                "kept": dict(source.kept),
                "left_out": dict(source.left_out),
                "unknown_hosts": dict(source.hosts.most_common()),
                "faults": [asdict(fault) for fault in source.faults],
            }
            for row, source in zip(self.rows(), self.sources, strict=True)
        ]
        sites = [
            {
                "site": site,
                "state": "imported",
                "captures": sum(source.sites.get(site, 0) for source in self.sources),
                "articles_new": outcome.new,
                "articles_changed": outcome.changed,
                "head": self.heads.get(site),
            }
            for site, outcome in self.outcomes.items()
        ]
        return {"crawl": self.crawl, "exit_code": self.exit_code, "files": files, "sites": sites}

    def tell(self, home: Home) -> None:
        """Say for a person what became of the files, and what did not."""
        for source in self.sources:
            self._tell_source(source)
        for row in self.document()["sites"]:
            say(
                f"{row['site']}: {count(row['captures'], 'capture')}, "
                f"{count(row['articles_new'], 'new article')}, {row['articles_changed']} changed"
            )
        if not self.outcomes and not self.errors:
            say("nothing was new")
        if hosts := sum((source.hosts for source in self.sources), Counter[str]()):
            say(f"  {_how_to_name(home, hosts)}")
            say("  then the same command again; or --site NAME: everything belongs to this site")

    def _tell_source(self, source: SourceReport) -> None:
        name = Path(source.file).name
        for fault in source.faults[:SHOWN]:
            said = f": {fault.detail}" if fault.detail else ""
            say(f"{name}:{fault.offset}: {fault.code}: {KINDS[fault.code].what}{said}")
        for hint in dict.fromkeys(KINDS[fault.code].hint for fault in source.faults[:SHOWN]):
            say(f"  {hint}")
        if len(source.faults) > SHOWN:
            say(f"{name}: … and {len(source.faults) - SHOWN} more faults; --json has them")
        _tell_counts(f"{name}: left out", source.left_out)
        _tell_counts(f"{name}: taken, but no captures", source.kept)
        _tell_counts(f"{name}: not taken, as no profile names the host", source.hosts)


def _tell_counts(what: str, counts: Mapping[str, int]) -> None:
    if counts:
        say(f"{what}: {_common(counts)}")


def _common(counts: Mapping[str, int]) -> str:
    """The commonest of what was counted, and how many others there are."""
    common = Counter(counts).most_common()
    more = f" and {len(common) - SHOWN} more" if len(common) > SHOWN else ""
    return ", ".join(f"{what} {number}" for what, number in common[:SHOWN]) + more


def _import(
    settings: Settings,
    home: Home,
    db: sqlite3.Connection,
    sites: Sequence[Site],
    options: ImportOptions,
    files: Sequence[Path],
) -> Summary:
    """Import the files and derive the sites that got something; the lock is held by the caller."""
    summary = Summary(options.crawl)
    is_watched = settings.verbosity >= 0 and sys.stderr.isatty()
    total = 2 * sum(path.stat().st_size for path in files)
    with Bar("import", total, enabled=is_watched) as bar:
        run = ImportRun(home, db, sites, options, clock=now, watch=bar.at)
        run.begin()
        _derive(settings, home, db, run.sites.values(), is_watched=False)
        for path in files:
            try:
                summary.sources.append(run.take(path))
            except (UsageError, DamagedError) as error:
                summary.errors.append(error)
            except StorageError as error:
                summary.errors.append(error)
                break
        run.end()
    if decisions := read_suppressions(home):
        hide_from_replay(home, db, decisions, run.touched)  # a collection may be new
    summary.outcomes = _derive(settings, home, db, run.touched.values(), is_watched=is_watched)
    summary.heads = {name: head(home.collection(name)) for name in run.touched}
    if run.touched:
        write_metadata(home)
        write_report(home, options.crawl, summary.document())
    write_configuration(home)
    return summary


def _derive(
    settings: Settings, home: Home, db: sqlite3.Connection, sites: Iterable[Site], *, is_watched: bool
) -> dict[str, Outcome]:
    """Derive what was never derived, as a crash may have left some; what changed, by site."""
    outcomes = {}
    with CrawlProgress(enabled=is_watched) as progress:
        for site in sites:
            crawl = underived_crawl(db, site.name)
            if crawl is None:
                continue
            clean = clean_of(site, settings)
            outcome = derive_all(home, db, site, clean=clean, progress=progress.deriving(site))
            outcomes[site.name] = outcome
            with transaction(db):
                count_articles(db, site.name, crawl, new=outcome.new, changed=outcome.changed)
    return outcomes
