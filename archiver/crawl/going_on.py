"""Going on from a page of a list: deeper while it brings news, and no further where it only repeats.

On most nights a crawl asks for the first page of each list alone. Behind a page that names anything
new, or anything otherwise than before, the next one is asked for too, however well it is known. What
stands deeper is asked for again on a day of its own in each week (``Frontier.due_again``).
"""

from __future__ import annotations

import sqlite3

from archiver.crawl.hints import hinted
from archiver.crawl.items import Visit
from archiver.crawl.targets import as_news
from archiver.crawl.verdict import redirected
from archiver.model import Link
from archiver.store.captures import links_of, read_as, was_said_before
from archiver.store.frontier import LISTINGS, Frontier
from archiver.store.landings import REDIRECT_TO


def acknowledge(db: sqlite3.Connection, frontier: Frontier, visit: Visit, *, crawl: str) -> None:
    """Store what became of an address, and what is to be asked for because of it. In a transaction.

    The visit's links are stored already. What is decided depends on the rows alone, so that a rebuild
    that goes through the same visits comes to the same.
    """
    follow, lists, again = visit.follow, visit.lists, list(visit.always)
    if visit.pages and _repeats(db, frontier, visit):
        follow = tuple(target for target in follow if target.url not in visit.pages)
        lists = tuple(target for target in lists if target.url not in visit.pages)
    elif visit.again and _brings_news(db, frontier, visit, crawl):
        again += visit.again
    if visit.target.role in LISTINGS and frontier.capture_of(visit.target.url):
        follow = tuple(as_news(target) for target in follow)
    frontier.add(follow)
    for target in lists:
        frontier.read_as_listing(target, instead_of=("article", "page"))
    if visit.target.role == "listing" and (visit.reason or "").startswith(REDIRECT_TO):
        for url in visit.always:
            further = redirected(visit.target, url)
            frontier.read_as_listing(further, instead_of=("feed", "sitemap", "page"))
    frontier.ask_again(again, crawl=crawl)
    record = visit.capture.warc_record_id if visit.capture else None
    if record is not None and visit.state == "done" and visit.target.role in LISTINGS:
        frontier.heed(hinted(db, frontier.site, record), crawl=crawl)
    frontier.settle(visit.target.url, visit.state, visit.reason, record, crawl=crawl)


def _brings_news(db: sqlite3.Connection, frontier: Frontier, visit: Visit, crawl: str) -> bool:
    """True for a page of a list that names what was never asked for, or says otherwise what it said before.

    One that names nothing by itself leads on, too.
    """
    named = _first_of_each(visit)
    if not named:
        return True
    return any(
        not frontier.was_settled(link.url) or not was_said_before(db, frontier.site, link, crawl)
        for link in named
    )


def _repeats(db: sqlite3.Connection, frontier: Frontier, visit: Visit) -> bool:
    """True for a further page that names nothing but what the page does that led to it, which did so, too.

    Such pages follow one another without end where a server takes any number for the first. One alone
    may be: a list may begin with more entries than its further pages have.
    """
    via = frontier.target(visit.target.via) if visit.target.via else None
    if via is None or via.via is None or visit.target.hops < 2:
        return False
    own = {link.url for link in visit.links if link.kind != "passed"}
    before = _named_at(db, frontier, via.url)
    return _adds_nothing(own, before) and _adds_nothing(before, _named_at(db, frontier, via.via))


def _adds_nothing(own: set[str], before: set[str]) -> bool:
    return own <= before if own else not before


def _named_at(db: sqlite3.Connection, frontier: Frontier, url: str) -> set[str]:
    """What the newest capture of an address names; a 304 what the page before it does."""
    record = frontier.capture_of(url)
    return links_of(db, read_as(db, record)) if record else set()


def _first_of_each(visit: Visit) -> list[Link]:
    """The links of a visit, of each address the first; the others are not stored."""
    found: dict[str, Link] = {}
    for link in visit.links:
        if link.kind == "passed":
            continue  # it is not asked for
        found.setdefault(link.url, link)
    return list(found.values())
