"""``archiver replay``: the archive in a browser, as it was; pywb does it."""

from __future__ import annotations

import os

import click

from archiver.cli.main import Settings
from archiver.cli.output import say
from archiver.errors import ArchiverError


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8080, show_default=True)
@click.option(
    "--host", metavar="ADDRESS", default="127.0.0.1", show_default=True, help="The address to listen on."
)
@click.option("--setup", is_flag=True, help="Make the environment that pywb runs from, and end.")
@click.pass_obj
def replay(settings: Settings, port: int, host: str, setup: bool) -> int:
    """Play the archived pages in a browser, with pywb.

    pywb reads the archive as it is, and runs in an environment of its own, which --setup makes
    once in the user's cache. Only this machine is served unless --host says otherwise. Ctrl-C
    ends it.

    \b
    archiver replay --setup
    archiver replay
    archiver replay --port 9000
    """
    from archiver.replay.configuration import config_file, write_configuration
    from archiver.replay.environment import environments, find_python, own_folder, set_up
    from archiver.replay.server import Server, run_until_interrupted

    if setup:
        folder = own_folder(os.environ)
        say(f"installing pywb into {folder} (half a minute)")
        set_up(folder)
        say("archiver replay runs it")
        return 0
    home = settings.home
    sites = home.archived()
    if not sites:
        raise home.no_archive()
    for site in sites:
        if not home.index(site).exists():
            raise home.no_index(site)
    python = find_python(environments(os.environ))
    loud = settings.verbosity > 0
    for site in write_configuration(home):
        say(f"{config_file(home)}: names no path index of {site}, whose files elsewhere do not play")

    def started() -> None:
        if settings.verbosity >= 0:
            address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
            for site in sites:
                say(f"{site}: {address}/{site}/")
            say("Ctrl-C ends it")

    server = Server(home.root, python, host=host, port=port, loud=loud)
    code = run_until_interrupted(server, started)
    raise ArchiverError(f"pywb ended by itself with exit code {code}: {server.last_words}")
