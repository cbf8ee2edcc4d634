"""``archiver repair``: what verify can mend, never by losing a byte."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from archiver.cli.main import Settings
from archiver.cli.output import count, printable, say
from archiver.errors import UsageError
from archiver.home import Home
from archiver.instants import now
from archiver.locking import locked
from archiver.verify.files import named_files


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(path_type=Path))
@click.pass_obj
def repair(settings: Settings, paths: tuple[Path, ...]) -> int:
    """Mend what verify finds and what can be mended: a torn tail, junk, a lost index, rows.

    Nothing is lost: a torn tail is kept in a file of its own, and a file that is written anew
    stays beside the new one as NAME.damaged-TIME. Without PATH it mends the whole archive.

    \b
    archiver verify || archiver repair && archiver verify
    archiver repair from-elsewhere.warc.gz
    """
    from archiver.verify.repair import repair_files

    home, done = settings.home, 0
    if not paths and not home.database.exists():
        raise UsageError(
            f"{home.database}: there is no archive here",
            hint="archiver rebuild makes the database from WARC files; --data-dir names another archive",
        )
    for text in repair_files(named_files(paths), now=now()) if paths else _archive(home):
        print(printable(text))
        done += 1
    if settings.verbosity >= 0:
        say(f"{count(done, 'repair')} made" if done else "nothing was to be mended")
    return 0


def _archive(home: Home) -> Iterator[str]:
    from archiver.crawl.rebuild import archived_sites
    from archiver.verify.repair import repair_site

    with locked(home):
        for site in archived_sites(home):
            yield from repair_site(home, site, now=now())
