"""``archiver suppress``: takedowns, their list, and taking one back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, replace
from typing import Any

import click

from archiver.amounts import count
from archiver.cli.derive import clean_of, note_derivation
from archiver.cli.main import Settings
from archiver.cli.output import emit, say
from archiver.derive.deriving import derive_all
from archiver.errors import UsageError
from archiver.home import Home
from archiver.instants import now, to_text
from archiver.locking import locked
from archiver.replay.access import hide_from_replay
from archiver.store import suppressions as store
from archiver.store.captures import captured_urls
from archiver.store.database import open_database, transaction
from archiver.store.sites import save_site
from archiver.suppressions import (
    Suppression,
    Suppressions,
    kind_of,
    read_suppressions,
    write_suppressions,
)


@click.group()
def suppress() -> None:
    """Hide articles on request, list what is hidden, take it back.

    What is hidden is in no search, export, page or replay, and is not crawled again. The bytes stay in
    the WARC files, and the decision in suppressions.jsonl, which a rebuild honours.

    \b
    archiver suppress add https://www.example.se/nyheter/namn/ --reason "request of 2026-11-20"
    archiver suppress list
    """


@suppress.command()
@click.argument("target", metavar="URL|PREFIX*|ARTICLE")
@click.option("--reason", required=True, help="Why, for whoever asks later.")
@click.pass_obj
def add(settings: Settings, target: str, reason: str) -> None:
    """Hide an address, all addresses that begin so (a * at the end), or an article by its id.

    An address hides the article that has it, under every other address too.

    \b
    archiver suppress add https://www.example.se/nyheter/namn/ --reason "request of 2026-11-20"
    archiver suppress add 'https://www.example.se/medarbetare/*' --reason "personal data"
    """
    home = settings.home
    kind = kind_of(target)
    if not reason.strip():
        raise UsageError("--reason says nothing", hint="write why it is hidden, for whoever asks later")
    if kind != "article" and not target.startswith(("http://", "https://")):
        raise UsageError(
            f"{target!r} is no address, no beginning of addresses with a *, and no article's id",
            hint="archiver search shows addresses and ids; addresses begin with http:// or https://",
        )
    with _archive(home) as db:
        before = read_suppressions(home)
        if before.with_target(target):
            say(f"{target}: is hidden already")
            return
        decision = Suppression(target=target, kind=kind, reason=reason.strip(), added=to_text(now()))
        alone = Suppressions([decision])
        hidden = store.articles_at(db, alone.hides, target)
        if kind == "article" and not hidden:
            if before.behind(target):
                say(f"{target}: is hidden already")
                return
            raise UsageError(f"no article has the id {target}", hint="archiver search finds articles")
        pages = sum(1 for url in captured_urls(db) if before.hides(url))
        urls = sorted({url for each in hidden.values() for url in each} - {target})
        decision = replace(decision, urls=tuple(urls), articles=tuple(sorted(hidden)))
        after = Suppressions([*before, decision])
        # The file first: whatever happens then, the next derivation hides what it names.
        write_suppressions(home, after)
        with transaction(db):
            store.save_suppressions(db, after.rows)
            store.hide(db, hidden, after.hides)
        hide_from_replay(home, db, after)
        pages = sum(1 for url in captured_urls(db) if after.hides(url)) - pages
    say(f"{target}: {count(len(hidden), 'article')} and {count(pages, 'address')} hidden")
    if not hidden and not pages:
        say("  nothing here has such an address; what comes under it will be hidden")


@suppress.command("list")
@click.option("--json", "form", flag_value="json", help="One JSON document.")
@click.option("--jsonl", "form", flag_value="jsonl", help="A JSON object a line.")
@click.pass_obj
def list_(settings: Settings, form: Any) -> None:
    """What is hidden, since when and why.

    \b
    archiver suppress list
    archiver suppress list --json
    """
    rows = [asdict(decision) for decision in read_suppressions(settings.home)]
    emit(rows, ("target", "kind", "added", "reason"), form=form or "auto")


@suppress.command()
@click.argument("target", metavar="TARGET")
@click.pass_obj
def remove(settings: Settings, target: str) -> None:
    """Show again what was hidden; TARGET as archiver suppress list prints it.

    \b
    archiver suppress remove https://www.example.se/nyheter/namn/
    """
    home = settings.home
    with _archive(home) as db:
        before = read_suppressions(home)
        taken_back = before.with_target(target)
        if taken_back is None:
            raise UsageError(f"{target!r} is not hidden", hint="archiver suppress list says what is")
        after = Suppressions(decision for decision in before if decision is not taken_back)
        write_suppressions(home, after)
        hide_from_replay(home, db, after)
        with transaction(db):
            store.save_suppressions(db, after.rows)
            free = store.show_again(db, after.hides)
        shown = _derive(settings, db, free)
    say(f"{target}: {count(shown, 'article')} shown again")


def _derive(settings: Settings, db: sqlite3.Connection, free: Mapping[str, list[str]]) -> int:
    shown = 0
    for name, urls in sorted(free.items()):
        site = settings.home.site(name)
        with transaction(db):
            save_site(db, site)
        shown += derive_all(settings.home, db, site, clean=clean_of(site, settings)).new
        note_derivation(settings.home, db, site, urls)
    return shown


@contextmanager
def _archive(home: Home) -> Iterator[sqlite3.Connection]:
    """The database of an archive that there is, while no other run works on it."""
    if not home.database.exists():
        raise home.no_database()
    with locked(home), closing(open_database(home.database)) as db:
        yield db
