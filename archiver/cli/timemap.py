"""``archiver timemap``: the mementos of an address, in link-format."""

from __future__ import annotations

import click

from archiver.cli.main import Settings
from archiver.cli.output import emit_document, printable


@click.command()
@click.argument("url")
@click.option("--site", metavar="S", help="Of this site, where several have captures of the address.")
@click.option(
    "--base",
    metavar="URL",
    default="http://127.0.0.1:8080",
    show_default=True,
    help="Where replay is served.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.pass_obj
def timemap(settings: Settings, url: str, site: str | None, base: str, as_json: bool) -> None:
    """List the mementos of any captured URL as a TimeMap (RFC 7089, link-format).

    It names what archiver replay plays: every capture of the address, redirects and errors
    too, under whatever scheme and spelling has the same urlkey.

    \b
    archiver timemap https://www.example.se/nyheter/ny-rapport/
    archiver timemap https://www.example.se/ --base https://archive.example.org
    """
    from archiver.replay.timemap import json_format, link_format, time_map

    found = time_map(settings.home, url, base=base, site=site)
    if as_json:
        emit_document(json_format(found))
        return
    for line in link_format(found):
        print(printable(line))
