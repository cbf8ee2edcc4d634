"""``archiver derive`` and ``archiver rebuild``: articles from captures, rows from WARC files."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from archiver.amounts import count
from archiver.cli.chosen import prepared_sites
from archiver.cli.main import Settings
from archiver.cli.output import emit, say, say_error
from archiver.derivations import Derivation, add_derivation
from archiver.derive.deriving import derive_all
from archiver.derive.observing import Clean
from archiver.errors import UsageError
from archiver.home import Home
from archiver.instants import now
from archiver.locking import locked
from archiver.replay.access import hide_from_replay
from archiver.replay.configuration import write_configuration
from archiver.reports import heads
from archiver.site import Site
from archiver.store.captures import newest_crawl
from archiver.store.crawls import count_articles
from archiver.store.database import forget_logs, open_database, refuse_newer, transaction
from archiver.store.sites import save_site
from archiver.store.suppressions import hide, save_suppressions, show_again
from archiver.suppressions import read_suppressions


def clean_of(site: Site, settings: Settings) -> Clean | None:
    """The cleaning function of a site's own spider, or None where it has none."""
    if site.spider == "news":
        return None
    from archiver.crawl.spiders import cleaning_function, find_spiders

    spiders = find_spiders(settings.home.root, settings.config.get("spiders_dir"))
    if site.spider not in spiders:
        raise UsageError(f"site {site.name}: there is no spider {site.spider!r}", site=site.name)
    return cleaning_function(spiders[site.spider])


def note_derivation(
    home: Home, db: sqlite3.Connection, site: Site, urls: Sequence[str] | None = None
) -> None:
    """Note that these addresses of a site, or all, were derived again: a rebuild does the same."""
    after = newest_crawl(db, site.name)
    if after is not None:
        add_derivation(home, Derivation(after=after, site=site, urls=None if urls is None else tuple(urls)))


@click.command()
@click.argument("names", nargs=-1, metavar="[SITE]...")
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@click.option("--json", "form", flag_value="json", help="One JSON document.")
@click.pass_obj
def derive(settings: Settings, names: tuple[str, ...], dry_run: bool, form: Any) -> int:
    """Derive articles from the captures again, without one request.

    Use it after an upgrade or when a profile has changed: a better extractor improves the
    whole archive.

    \b
    archiver derive --dry-run
    archiver derive sherpa
    """
    home = settings.home
    sites, broken = prepared_sites(home, names)
    rows, unread = [], 0
    with locked(home), closing(open_database(home.database)) as db:
        for site in sites:
            if not dry_run:
                with transaction(db):
                    save_site(db, site)
            outcome = derive_all(home, db, site, clean=clean_of(site, settings), everything=True, dry=dry_run)
            if not dry_run:
                note_derivation(home, db, site)
            rows.append({"site": site.name, **asdict(outcome)})
            unread += outcome.unread
            if outcome.unread:
                say(f"{site.name}: {count(outcome.unread, 'capture')} cannot be read; run archiver verify")
    emit(rows, ("site", "new", "changed", "same", "removed", "kinds"), form=form or "auto")
    for error in broken:
        say_error(error)
    return 1 if unread else 3 if broken else 0


@click.command()
@click.pass_obj
def rebuild(settings: Settings) -> int:
    """Make archiver.db again, from WARC files and site profiles alone.

    The old database stays beside the new one, as archiver.db.before-rebuild-TIME. What is damaged or
    missing is told and left out; the exit code is 1 then.

    \b
    archiver rebuild && archiver verify
    """
    home = settings.home
    if not home.database.exists() and not home.has_captures:
        raise home.no_database()
    if home.database.exists():
        refuse_newer(home.database)
    with locked(home):
        beside = home.root / "archiver.db.rebuilding"
        _remove(beside)
        try:
            with closing(open_database(beside)) as db:
                sites, lost = _rebuild_all(settings, home, db)
                db.execute("PRAGMA journal_mode = DELETE")
            _take_the_place(beside, home.database)
        except BaseException:
            _remove(beside)
            raise
        open_database(home.database).close()
    if not sites:
        say(f"{home.collections}: there are no WARC files; the new database is empty")
    if lost:
        say("archiver verify says more; take a damaged or missing file from a second copy")
    return 1 if lost else 0


def _rebuild_all(settings: Settings, home: Home, db: sqlite3.Connection) -> tuple[int, int]:
    """Bring back every site, night by night; how many they are, and how much was lost."""
    from archiver.crawl.rebuild import archived_sites

    sites = archived_sites(home)
    decisions = read_suppressions(home)
    with transaction(db):
        save_suppressions(db, decisions.rows)
    lost = 0
    for site in sites:
        lost += _rebuild_one(settings, db, site)
        articles = db.execute("SELECT count(*) FROM articles WHERE site = ?", (site.name,)).fetchone()[0]
        if settings.verbosity >= 0:
            say(f"{site.name}: {count(articles, 'article')}")
    rebuilt = {name for site in sites for name in (site.name, home.backfill(site.name).name)}
    for name in sorted(heads(home).keys() - rebuilt):
        say(f"{home.archive(name)}: the WARC files are missing; what they held is not in the database")
        lost += 1
    with transaction(db):  # addresses: what is due, or not, depends on what is hidden now
        show_again(db, decisions.hides)
        hide(db, (), decisions.hides)
    if decisions:
        hide_from_replay(home, db, decisions)
    write_configuration(home)
    return len(sites), lost


def _rebuild_one(settings: Settings, db: sqlite3.Connection, site: Site) -> int:
    """Bring back one site: its rows from the WARC files, its articles night by night; how much was lost."""
    from archiver.crawl.rebuild import rebuild_site

    lost: list[str] = []
    for step in rebuild_site(settings.home, db, site, lost=lost.append):
        clean = clean_of(step.site, settings)
        outcome = derive_all(settings.home, db, step.site, clean=clean, everything=step.everything)
        if step.crawl is not None:
            with transaction(db):
                count_articles(db, site.name, step.crawl, new=outcome.new, changed=outcome.changed)
    for text in lost:
        say(text)
    return len(lost)


def _take_the_place(new: Path, database: Path) -> None:
    """Put the new database where the old one is, which stays under another name.

    There is a database at every moment: the old one gets its second name first.
    """
    if database.exists():
        aside = database.with_name(f"{database.name}.before-rebuild-{now():%Y%m%dT%H%M%S.%fZ}")
        for suffix in ("", "-wal"):
            part = database.with_name(database.name + suffix)
            if part.exists():
                aside.with_name(aside.name + suffix).hardlink_to(part)
    forget_logs(database)
    new.replace(database)


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
