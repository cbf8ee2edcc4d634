"""``archiver sites``: the profiles of the sites that are archived."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
import msgspec

from archiver.amounts import count
from archiver.cli.chosen import mention_contact
from archiver.cli.expect import expect
from archiver.cli.main import Settings
from archiver.cli.output import emit, emit_document, printable, say, say_error
from archiver.disk import write_atomically
from archiver.errors import ArchiverError, ConfigurationError, UsageError
from archiver.home import Home
from archiver.instants import now
from archiver.site import NAME, Site, is_web_address, parse_site

DELAY = 0.5


@click.group()
def sites() -> None:
    """Add, list, show, check, rename and remove sites.

    \b
    archiver sites add https://www.example.se/nyheter/
    archiver sites check example
    """


sites.add_command(expect)


@sites.command()
@click.argument("url", required=False)
@click.option("--name", metavar="NAME", help="The site's key; by default from its host.")
@click.option(
    "--from",
    "table",
    metavar="LIST.csv",
    type=click.Path(path_type=Path),
    help="Many: columns url, name, and what you like.",
)
@click.option("--delay", type=click.FloatRange(0), default=DELAY, show_default=True, metavar="SECONDS")
@click.pass_obj
def add(settings: Settings, url: str | None, name: str | None, table: Path | None, delay: float) -> int:
    """Visit a site and write its profile, to read and edit.

    Finds its feeds, its sitemaps and its news archive. URL is best a page of its news.

    \b
    archiver sites add https://www.example.se/nyheter/
    archiver sites add --from consultancies.csv
    """
    from archiver.crawl.discover.profile import SiteRow, read_csv

    if (url is None) == (table is None):
        raise UsageError("give either an address or --from LIST.csv")
    rows = list(read_csv(table)) if table else [SiteRow(line=0, url=checked_url(url or ""), name=name)]
    home = settings.home.prepare()
    for row in rows:
        checked_url(row.url)
        if row.name:
            _check_name(row.name)
    if table:
        rows = _not_there_yet(home, rows)
        if not rows:
            return 0
    elif name and home.profile(name).exists():
        raise _is_there(home, name)
    mention_contact(settings, (row.url for row in rows))
    return _visit_all(settings, home, rows, delay)


def checked_url(url: str) -> str:
    """The address. Raises UsageError where it is none."""
    if not is_web_address(url):
        raise UsageError(
            f"{url!r} is no http or https address",
            hint="an example: https://www.example.se/nyheter/",
            url=url,
        )
    return url


def _not_there_yet(home: Home, rows: list[Any]) -> list[Any]:
    """The rows of a list that have no profile yet, by name or address; the others are told."""
    known = {url: site.name for site in home.readable_sites()[0] for url in site.start_urls}
    left = []
    for row in rows:
        there = known.get(row.url) if row.name is None else row.name
        if there is not None and home.profile(there).exists():
            say(f"{row.url}: is there already, as {there}; left out")
        else:
            left.append(row)
    return left


def _is_there(home: Home, name: str) -> UsageError:
    return UsageError(
        f"{home.profile(name)} is there already", hint=f"edit it, or archiver sites remove {name} first"
    )


def _check_name(name: str) -> None:
    if not NAME.match(name):
        raise UsageError(
            f"{name!r} is no name for a site", hint="use a to z, 0 to 9, - and _, up to 63 characters"
        )


def _visit_all(settings: Settings, home: Home, rows: list[Any], delay: float) -> int:
    """Visit every site and write its profile, one after the other.

    A site that fails does not stop the others, and what is interrupted keeps what it has written.
    """
    from archiver.crawl.discover import Discovery, Fetch, discover
    from archiver.crawl.fetch import run_fetching

    failed = 0
    problems: dict[str, str] = {}

    async def job(fetch: Fetch) -> None:
        nonlocal failed
        for row in rows:
            say(f"visiting {row.url}") if settings.verbosity >= 0 else None
            outcome: Discovery | ArchiverError
            try:
                outcome = await discover(row.url, fetch=fetch, now=now(), name=row.name)
            except ArchiverError as error:
                outcome = error
            failed += not _write(settings, home, row, outcome, problems)

    run_fetching(
        job,
        allowed=[urlsplit(row.url).netloc for row in rows],
        delay=delay,
        contact=settings.config.get("contact"),
        proxy=settings.config.proxy,
        problems=problems,
    )
    if failed and len(rows) == 1:
        return 4
    return 3 if failed else 0


def _write(settings: Settings, home: Home, row: Any, outcome: Any, problems: dict[str, str]) -> bool:
    from archiver.crawl.discover.profile import profile_toml

    if isinstance(outcome, ArchiverError):
        why = problems.get(row.url)
        say_error(outcome, because=why)
        return False
    site = _with_row(outcome.site, row)
    name, number = site.name, 2
    while home.profile(site.name).exists():
        if row.name:
            say(f"archiver: {home.profile(name)} is there already")
            return False
        site = msgspec.structs.replace(site, name=f"{name}-{number}")
        number += 1
    notes = [
        f"Written by `archiver sites add {row.url}`; read it, edit it, it is yours.",
        *(f"found: {line}" for line in outcome.found),
    ]
    write_atomically(home.profile(site.name), profile_toml(site, notes=notes))
    home.site(site.name)
    if settings.verbosity >= 0:
        _report(home, site, outcome)
    return True


def _with_row(site: Site, row: Any) -> Site:
    """The profile with what a row of a list says of the site."""
    data = msgspec.to_builtins(site) | dict(row.keys)
    if row.metadata:
        data["metadata"] = dict(site.metadata) | dict(row.metadata)
    return parse_site(data, source=f"line {row.line}")


def _report(home: Home, site: Site, outcome: Any) -> None:
    for line in outcome.found:
        say(f"  {line}")
    names = len({mention.url for mention in outcome.mentions})
    say(
        f"{site.name}: {count(len(site.listings), 'listing')} that name{'s' * (len(site.listings) == 1)}"
        f" {count(names, 'address')}, {count(outcome.visits, 'request')}"
    )
    say(f"  profile: {home.profile(site.name)}")
    if not site.listings:
        say(
            "  nothing lists articles here; give the address of the news page, or write [[listings]] yourself"
        )
    say(f"  next: archiver sites check {site.name}   then: archiver crawl {site.name}")


@sites.command("list")
@click.option("--json", "form", flag_value="json", help="One JSON document.")
@click.option("--jsonl", "form", flag_value="jsonl", help="A JSON object a line.")
@click.pass_obj
def list_sites(settings: Settings, form: Any) -> int:
    """All sites that have a profile.

    \b
    archiver sites list
    archiver sites list --json
    """
    found, broken = settings.home.readable_sites()
    rows = [
        {
            "site": site.name,
            "name": site.display_name,
            "url": site.start_urls[0],
            "language": site.language,
            "listings": len(site.listings),
        }
        for site in found
    ]
    emit(rows, ("site", "name", "url", "language", "listings"), form=form or "auto")
    for error in broken:
        say_error(error)
    return ConfigurationError.exit_code if broken else 0


@sites.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="As read, with all defaults, as JSON.")
@click.pass_obj
def show(settings: Settings, name: str, as_json: bool) -> None:
    """The profile of a site.

    \b
    archiver sites show example
    archiver sites show example --json
    """
    site = settings.home.site(name)
    if as_json:
        emit_document({f: msgspec.to_builtins(getattr(site, f)) for f in site.__struct_fields__})
    else:
        print(printable(settings.home.profile(name).read_text("utf-8")), end="")


@sites.command()
@click.argument("name")
@click.argument("display_name", metavar="DISPLAY_NAME")
@click.pass_obj
def rename(settings: Settings, name: str, display_name: str) -> None:
    """Change the display name of a site; the key NAME, and with it all ids, never changes.

    \b
    archiver sites rename example "Exempelbolaget AB"
    """
    from archiver.cli.renaming import rename as rename_site

    settings.home.site(name)
    before, after = rename_site(settings.home.profile(name), display_name)
    if settings.verbosity >= 0:
        say(f"{name}: {before.display_name or name} is now called {after.display_name}")
        say("  the database says so after the next crawl, or: archiver derive " + name)


@sites.command()
@click.argument("name")
@click.pass_obj
def remove(settings: Settings, name: str) -> None:
    """Remove the profile of a site; its captures and articles stay.

    \b
    archiver sites remove example
    """
    home = settings.home
    aside = home.removed(name)
    try:
        if name in home.site_names():
            home.profile(name).replace(aside)
        elif name in home.archived():
            aside.touch()  # the profile is gone already, and that is meant
        else:
            home.site(name)  # says which sites there are
    except OSError as error:
        raise ConfigurationError(
            f"{home.profile(name)}: {error.strerror or error}",
            hint="give yourself the right to write there, or choose another --data-dir",
        ) from None
    if settings.verbosity >= 0:
        say(f"{name} is no longer crawled; its profile is now {aside}")
        say(f"  what was captured stays: {home.collection(name)}")


@sites.command()
@click.argument("name")
@click.option("--pages", type=click.IntRange(1, 100), default=8, show_default=True)
@click.option("--delay", type=click.FloatRange(0), default=DELAY, show_default=True, metavar="SECONDS")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.pass_obj
def check(settings: Settings, name: str, pages: int, delay: float, as_json: bool) -> int:
    """A dry run of a few pages: what would be stored, field by field, with evidence.

    \b
    archiver sites check example
    archiver sites check example --pages 20
    """
    from archiver.cli.check import check_site

    site = settings.home.site(name)
    return check_site(settings, site, pages=pages, delay=delay, as_json=as_json)
