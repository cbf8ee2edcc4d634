"""Reading the archive: ``search``, ``show`` and ``history``."""

from __future__ import annotations

import re
import sqlite3
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TypeVar

import click

from archiver.amounts import count, plain
from archiver.cli.changes import print_differences
from archiver.cli.main import Settings
from archiver.cli.output import emit, emit_document, printable, say
from archiver.differences import differences, what_changed
from archiver.errors import UsageError
from archiver.lookup import find_article, version_of
from archiver.model import Article, ArticleState, Version
from archiver.store import articles as store
from archiver.store.database import open_reader
from archiver.store.duplicates import duplicates_of
from archiver.store.filter import Filter
from archiver.store.query import is_day, no_days
from archiver.store.search import END, HIT, Facets, Hit, facets
from archiver.store.search import search as search_articles
from archiver.store.sites import check_sites
from archiver.store.states import states as states_of

if TYPE_CHECKING:
    from rich.text import Text

Command = TypeVar("Command", bound=Callable[..., Any])

SHOWN = 6  # values of a facet on a terminal


def day_option(value: str | None, name: str) -> str | None:
    """A day, month or year that a person typed. Raises UsageError for anything else."""
    if value is not None and not is_day(value):
        raise UsageError(f"{name} {value!r} is no date", hint="use YYYY, YYYY-MM or YYYY-MM-DD")
    return value


def filter_options(command: Command) -> Command:
    """The options that say which articles are meant: --site, --from and --to."""
    site = click.option(
        "--site", "sites", multiple=True, metavar="S", help="Only this site; may be repeated."
    )
    first = click.option("--from", "since", metavar="D", help="From this day, month or year on, inclusive.")
    last = click.option("--to", "until", metavar="D", help="Up to this day, month or year, inclusive.")
    return site(first(last(command)))


def bounded(wanted: Filter) -> Filter:
    """The same filter. Raises UsageError where its days are none, or the last comes before the first."""
    since, until = day_option(wanted.since, "--from"), day_option(wanted.until, "--to")
    if since and until and Filter(since=since, until=until).is_backwards:
        raise UsageError(f"--from {since} is later than --to {until}", hint="change the two about")
    return wanted


def chosen(sites: tuple[str, ...], since: str | None, until: str | None, query: str | None = None) -> Filter:
    """The filter that a command's options describe. Raises UsageError where nothing can match it."""
    wanted = bounded(Filter(sites=sites, since=since, until=until, query=query))
    if wanted.is_nothing:
        raise UsageError(
            f"the query {query!r} names no word to look for",
            hint="archiver search digitalisering; archiver export without --query takes all articles",
        )
    return wanted


def mention_undated(db: sqlite3.Connection, wanted: Filter) -> None:
    """Say how many articles a date filter leaves out because they have no date."""
    if wanted.first or wanted.last or wanted.asked.years.wanted:
        undated = store.count_undated(db, wanted)
        if undated:
            say(f"{count(undated, 'article')} without a date left out")


class QueryCommand(click.Command):
    """A command whose query may begin with ``-``, as ``-upphandling`` does: that is no option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does, with the query behind all options."""
        options = [param for param in self.get_params(ctx) if isinstance(param, click.Option)]
        known = {name for option in options for name in (*option.opts, *option.secondary_opts)}
        valued = {name for option in options if not option.is_flag for name in option.opts}
        for place, word in enumerate(args):
            if word == "--":
                break
            is_value = place > 0 and args[place - 1] in valued
            if re.match("-[^-]", word) and word not in known and not is_value:
                args = [*args[:place], *args[place + 1 :], "--", word]
                break
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            if "extra argument" not in error.message:
                raise
            hint = "put all of it between quotes: archiver search 'vård -covid'"
            raise UsageError("a query is one argument", hint=hint) from None


@click.command(cls=QueryCommand)
@click.argument("query")
@filter_options
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True)
@click.option("--offset", type=click.IntRange(0), default=0, help="Leave out so many of the best.")
@click.option("--facets", "by_facet", is_flag=True, help="How many there are by site, year and language.")
@click.option("--json", "form", flag_value="json", help="One JSON document.")
@click.option("--jsonl", "form", flag_value="jsonl", help="A JSON object a line.")
@click.pass_obj
def search(
    settings: Settings,
    query: str,
    sites: tuple[str, ...],
    since: str | None,
    until: str | None,
    limit: int,
    offset: int,
    by_facet: bool,
    form: Any,
) -> None:
    """Find articles by their words, best first: words in the title count most.

    A query has words, "phrases", -not, OR, prefix* and the fields site: author: year: before: after: lang:,
    also with - before them. å, ä, ö, æ and ø are found as they are typed (kobenhavn, koebenhavn), and a word
    also as a part of a longer one (prosjekt in digitaliseringsprosjekt). No query is an error.

    \b
    archiver search digitalisering
    archiver search '"offentlig sektor" -vård samverk*' --from 2020
    archiver search 'klimat OR hållbarhet year:2019-2021 -site:sherpa'
    archiver search 'author:"Anna Berg" after:2020-06 lang:sv' --facets
    """
    db = open_reader(settings.home.database)
    wanted = bounded(Filter(sites=sites, since=since, until=until, query=query))
    check_sites(db, sites)
    mention_undated(db, wanted)
    for field in no_days(query):
        say(f"{field} names no day, and is looked for as words; write YYYY, YYYY-MM or YYYY-MM-DD")
    if wanted.is_nothing:
        say("the query names nothing to look for")
    if by_facet:
        emit(_facet_rows(facets(db, wanted)), ("facet", "value", "articles"), form=form or "auto")
        return
    hits = search_articles(db, wanted, limit=limit, offset=offset)
    if not form and sys.stdout.isatty():
        _print_hits(hits)
        _say_facets(facets(db, wanted), len(hits))
        return
    marks = str.maketrans({HIT: "[", END: "]"})
    rows = [
        {
            "id": hit.id,
            "site": hit.site,
            "date_published": hit.date_published,
            "title": hit.title,
            "url": hit.url,
            "snippet": " ".join(_snippet(hit).translate(marks).split()),
        }
        for hit in hits
    ]
    emit(rows, ("id", "site", "date_published", "title", "url", "snippet"), form=form or "auto")


def _snippet(hit: Hit) -> str:
    """A piece of the text; behind the headline where that alone has what was looked for."""
    is_title = HIT not in hit.snippet and HIT in (hit.marked_title or "")
    return f"{hit.marked_title}: {hit.snippet}" if is_title else hit.snippet


def _facet_rows(found: Facets) -> list[dict[str, Any]]:
    """Each value with its number, and the number of all."""
    of = (("site", found.sites), ("year", found.years), ("language", found.languages))
    rows = [{"facet": n, "value": value, "articles": k} for n, values in of for value, k in values]
    return [*rows, {"facet": "all", "value": "", "articles": found.total}]


def _say_facets(found: Facets, shown: int) -> None:
    """How many there are, and of what: a line each, the first values."""
    if found.total:
        say(f"{plain(shown)} of {count(found.total, 'article')}")
    for name, values in (("site", found.sites), ("year", found.years), ("lang", found.languages)):
        if len(values) > 1:
            some = ", ".join(f"{name}:{value} ({plain(k)})" for value, k in values[:SHOWN])
            say(f"  {some}{', …' if len(values) > SHOWN else ''}")


def _marked(text: str, style: str = "") -> Text:
    """A text with what matched in it in another colour."""
    from rich.text import Text

    line = Text(style=style)
    for n, piece in enumerate(re.split(f"[{HIT}{END}]", text)):
        line.append(printable(piece), style="bold yellow" if n % 2 else "")
    return line


def _print_hits(hits: list[Hit]) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    for hit in hits:
        title = _marked(hit.marked_title or "untitled", style="bold")
        console.print(title, Text(f"  {hit.site}  {(hit.date_published or 'no date')[:10]}", style="cyan"))
        console.print(Text("  ") + _marked(" ".join(hit.snippet.split())))
        console.print(Text(f"  {hit.id}  {hit.url}", style="dim"))
    if not hits:
        say("nothing was found")


@click.command()
@click.argument("reference", metavar="ARTICLE")
@click.option("--version", type=click.IntRange(1), help="An earlier version.")
@click.option("--diff", nargs=2, type=click.IntRange(1), metavar="A B", help="What changed from A to B.")
@click.option("--evidence", is_flag=True, help="How each field is known, and what was stripped.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.pass_obj
def show(
    settings: Settings,
    reference: str,
    version: int | None,
    diff: tuple[int, int] | None,
    evidence: bool,
    as_json: bool,
) -> None:
    """Show one article, by its id or any address that it ever had.

    \b
    archiver show https://www.example.se/nyheter/ny-rapport/
    archiver show cdf45fe247db5f92 --evidence
    archiver show cdf45fe247db5f92 --diff 1 2
    """
    from archiver.export.record import record

    db = open_reader(settings.home.database)
    article = find_article(settings.home, db, reference)
    versions = store.versions(db, article.id or "")
    if diff:
        _show_diff(article, *(version_of(versions, number) for number in diff), as_json=as_json)
        return
    picked = version_of(versions, version) if version else versions[-1]
    states = states_of(db, article.id or "")
    if as_json:
        removed = {"stripped": [asdict(b) for b in store.stripped(db, article.id or "")]} if evidence else {}
        became = {"states": [asdict(state) for state in states]}
        emit_document(record(article) | {"version": picked.version} | _texts(picked) | became | removed)
        return
    _print_article(article, picked, states)
    for other in duplicates_of(db, article.id or ""):
        words = "the same text" if other["distance"] == 0 else "nearly the same text"
        print(f"\n{words}: {other['id']}  {other['site']}  {printable(other['title'] or '')}")
    if evidence:
        from archiver.cli.evidence import print_evidence

        print_evidence(db, settings, article)


def _show_diff(article: Article, old: Version, new: Version, *, as_json: bool) -> None:
    if as_json:
        versions = {"from": old.version, "to": new.version}
        emit_document({"id": article.id} | versions | {"changes": differences(old, new)})
    else:
        print_differences(old, new)


def _texts(version: Version) -> dict[str, Any]:
    return {
        "title": version.title,
        "body": version.body,
        "body_markdown": version.body_markdown,
        "authors": list(version.authors),
        "date_published": version.date_published,
        "date_modified": version.date_modified,
    }


def _print_article(article: Article, version: Version, states: Sequence[ArticleState]) -> None:
    rows = [
        ("site", article.site),
        ("url", article.canonical_url),
        ("published", version.date_published or "no date is stated"),
        ("modified", version.date_modified),
        ("authors", ", ".join(version.authors)),
        ("version", f"{version.version} of {article.versions}"),
        ("seen", f"{version.first_seen[:19]}Z to {version.last_seen[:19]}Z"),
        ("gone since", article.gone_since),
        *((state.state, _lasted(state)) for state in states),
        ("id", article.id),
    ]
    print(printable(version.title or "untitled"))
    print()
    width = max(11, *(len(name) + 1 for name, value in rows if value))
    for name, value in rows:
        if value:
            print(f"{name:<{width}}{printable(value)}")
    print()
    print(printable(version.body_markdown))


def _lasted(state: ArticleState) -> str:
    """When an article was in a state, and what was seen there."""
    until = f" until {state.until[:19]}Z" if state.until else ""
    return f"since {state.since[:19]}Z{until}: {state.reason}"


@click.command()
@click.argument("reference", metavar="ARTICLE")
@click.option("--json", "form", flag_value="json", help="One JSON document.")
@click.option("--jsonl", "form", flag_value="jsonl", help="A JSON object a line.")
@click.pass_obj
def history(settings: Settings, reference: str, form: Any) -> None:
    """The versions of an article: what changed, and when it was seen.

    \b
    archiver history https://www.example.se/nyheter/ny-rapport/
    """
    db = open_reader(settings.home.database)
    article = find_article(settings.home, db, reference)
    rows, before = [], None
    for version in store.versions(db, article.id or ""):
        rows.append(
            {
                "version": version.version,
                "first_seen": version.first_seen,
                "last_seen": version.last_seen,
                "changed": what_changed(before, version),
                "title": version.title,
                "capture": version.capture,
            }
        )
        before = version
    columns = ("version", "first_seen", "last_seen", "changed", "title", "capture")
    emit(rows, columns, form=form or "auto")
