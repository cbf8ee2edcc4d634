"""``archiver pack``: many small WARC files into few, record for record."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from archiver.cli.main import Settings
from archiver.cli.output import emit, say
from archiver.errors import UsageError
from archiver.locking import locked


@click.command()
@click.argument("names", nargs=-1, metavar="[SITE]...")
@click.option("--json", "form", flag_value="json", help="One JSON document.")
@click.pass_obj
def pack(settings: Settings, names: tuple[str, ...], form: Any) -> int:
    """Merge closed WARC files into files of up to 1 GB, record for record.

    A hundred sites make some hundred files a night. Records are copied as they are; rows, index
    and manifests follow. Where a crash cut it off, the next run finishes it.

    \b
    archiver pack
    0 5 1 * *  archiver --data-dir /srv/news -q pack     (each month, from cron)
    """
    from archiver.crawl.pack import pack_site
    from archiver.store.database import open_database

    home = settings.home
    if not home.database.exists():
        raise home.no_database()
    known = home.archived()
    for name in names:
        if name not in known:
            raise UsageError(f"unknown site {name!r} (known: {', '.join(known) or 'none yet'})", site=name)
    rows, left_out = [], list[Path]()
    with locked(home), closing(open_database(home.database)) as db:
        for site in names or known:
            packing = pack_site(home, db, site, left_out=left_out.append)
            rows += [{"site": site, **asdict(packed)} for packed in packing]
    if rows or form:
        emit(rows, ("site", "file", "files", "bytes"), form=form or "auto")
    elif settings.verbosity >= 0:
        say("nothing was to be packed")
    for path in left_out:
        say(f"{path}: left out: it is not what its manifest says, or none names it; archiver verify --fixity")
    return 1 if left_out else 0
