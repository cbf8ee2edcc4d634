"""``archiver repair``: what verify can mend, never by losing a byte."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from shlex import quote

import click

from archiver.amounts import count
from archiver.cli.main import Settings
from archiver.cli.output import printable, say
from archiver.errors import UsageError
from archiver.home import Home
from archiver.instants import now
from archiver.locking import locked
from archiver.verify.archive import archive_files, verify_archive
from archiver.verify.files import Tally, named_files, verify_file
from archiver.warc.file import OPEN


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(path_type=Path))
@click.pass_obj
def repair(settings: Settings, paths: tuple[Path, ...]) -> int:
    """Mend what verify finds and what can be mended: a torn tail, junk, a lost index, rows.

    Nothing is lost: a torn tail is kept in a file of its own, and a file that is written anew
    stays beside the new one as NAME.damaged-TIME. Without PATH it mends the whole archive; of an
    archive's own files only one that is still open can be named. The exit code is 1 where defects are left.

    \b
    archiver verify || archiver repair
    archiver repair from-elsewhere.warc.gz
    """
    from archiver.verify.repair import repair_files

    home, done = settings.home, 0
    if not paths and not home.database.exists():
        raise home.no_database()
    files = named_files(paths)
    with ExitStack() as locks:
        for each in _homes_of(files):
            locks.enter_context(locked(each))
        for text in repair_files(files, now=now()) if paths else _archive(home):
            print(printable(text))
            done += 1
    left = _defects(home, files)
    if settings.verbosity >= 0:
        say(f"{count(done, 'repair')} made" if done else "nothing was mended")
    if left:
        say(f"{count(left, 'defect')} left that cannot be mended here; archiver verify says which")
    return 1 if left else 0


def _homes_of(files: list[Path]) -> Iterator[Home]:
    """The archives that own some of these files. Raises UsageError for a file that has a manifest.

    What is mended of it must be attested anew, and its rows follow.
    """
    found: dict[Path, Home] = {}
    for path in files:
        folder = path.resolve().parent
        home = Home(folder.parent.parent.parent)
        if folder.name != "archive" or folder.parent.parent != home.collections or not home.sites.is_dir():
            continue
        if not path.name.endswith(OPEN):
            raise UsageError(
                f"{path}: is a file of an archive",
                hint=f"archiver --data-dir {quote(str(home.root))} repair: rows, index, manifests follow",
            )
        found[home.root] = home
    yield from found.values()


def _defects(home: Home, files: list[Path]) -> int:
    """How many defects verify finds now."""
    tally = Tally()
    found = (
        chain.from_iterable(verify_file(path, now=now(), tally=tally) for path in files)
        if files
        else verify_archive(home, archive_files(home), now=now(), tally=tally)
    )
    for _ in found:
        pass
    return tally.defects


def _archive(home: Home) -> Iterator[str]:
    from archiver.crawl.rebuild import archived_sites
    from archiver.verify.repair import repair_site

    with locked(home):
        for site in archived_sites(home):
            yield from repair_site(home, site, now=now())
