"""``archiver serve``: the archive in a browser, to read, search and query; Datasette does it."""

from __future__ import annotations

from contextlib import closing

import click

from archiver.cli.main import Settings
from archiver.cli.output import say
from archiver.errors import UsageError

REPLAY = "http://127.0.0.1:8080"


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8001, show_default=True)
@click.option(
    "--host", metavar="ADDRESS", default="127.0.0.1", show_default=True, help="The address to listen on."
)
@click.option(
    "--replay", metavar="URL", default=REPLAY, show_default=True, help="Where archiver replay plays it."
)
@click.pass_obj
def serve(settings: Settings, port: int, host: str, replay: str) -> None:
    """Read, search and query the archive in a browser, with Datasette.

    The archive is only read, and may be crawled meanwhile. Nothing is asked of any other machine, and
    only this one is served unless --host says otherwise. Ctrl-C ends it.

    \b
    archiver serve
    archiver serve --port 9000
    """
    from archiver.shown import check_honoured
    from archiver.store.database import open_reader
    from archiver.suppressions import read_suppressions
    from archiver.web.links import web_address
    from archiver.web.server import listen

    if web_address(replay) is None:
        raise UsageError(f"--replay {replay!r} is no address", hint=f"it has the form {REPLAY}")
    home = settings.home
    with closing(open_reader(home.database)) as db:
        check_honoured(db, read_suppressions(home))
    with closing(listen(host, port)) as listener:
        # Datasette is imported when nothing else is in the way: it takes most of a second.
        from archiver.web.application import application
        from archiver.web.server import serve as run

        datasette = application(home, host=host, replay=replay, base_url=settings.config.base_url)

        def started() -> None:
            if settings.verbosity >= 0:
                say(f"http://{f'[{host}]' if ':' in host else host}:{port}/")
                say("Ctrl-C ends it")

        run(datasette.app(), listener, started=started, ended=datasette.interrupt)
