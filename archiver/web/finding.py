"""The page of a search: the query language of ``archiver search``, facets that are links, the hits."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from datasette.utils.asgi import Request, Response
from markupsafe import Markup, escape

from archiver.errors import ArchiverError
from archiver.store.filter import Filter
from archiver.store.overview import listed
from archiver.store.query import is_day, no_days
from archiver.store.search import END, HIT, Facets, facets, search
from archiver.store.sites import names_of_sites
from archiver.web.links import search_path
from archiver.web.served import ArchiveDatasette, number, parameter
from archiver.web.texts import seen

SHOWN = 20
PAGES = 500
FACETS = 12


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a reader asks for, as the parameters of the address say it."""

    query: str
    sites: tuple[str, ...]
    languages: tuple[str, ...]
    since: str
    until: str
    page: int

    @property
    def filter(self) -> Filter:
        """The same for the store."""
        return Filter(
            sites=self.sites,
            languages=self.languages,
            since=self.since or None,
            until=self.until or None,
            query=self.query or None,
        )

    def path(self, **other: Any) -> str:
        """The address of this search with other values; it begins with the first page again."""
        values = {
            "q": self.query,
            "site": self.sites,
            "lang": self.languages,
            "from": self.since,
            "to": self.until,
        }
        return search_path(values | other)


async def find(datasette: ArchiveDatasette, request: Request) -> Response:
    """The page."""
    asked = Asked(
        query=parameter(request, "q"),
        sites=tuple(dict.fromkeys(request.args.getlist("site"))),
        languages=tuple(dict.fromkeys(request.args.getlist("lang"))),
        since=parameter(request, "from"),
        until=parameter(request, "to"),
        page=number(request, "page", 1, PAGES),
    )
    mistake = _mistake(asked)
    values: dict[str, Any] = {"asked": asked, "mistake": mistake, "searching": True}
    values["no_days"] = no_days(asked.query)
    if not mistake:
        try:
            values |= await datasette.ask(lambda db: _found(db, asked))
        except ArchiverError as error:
            values["mistake"] = error.message + (f" ({error.hint})" if error.hint else "")
    return await datasette.page("search", request, values)


def _mistake(asked: Asked) -> str:
    for name, day in (("from", asked.since), ("to", asked.until)):
        if day and not is_day(day):
            return f"“{name}” is no date: write YYYY, YYYY-MM or YYYY-MM-DD."
    return "The first day comes after the last." if asked.filter.is_backwards else ""


def _found(db: sqlite3.Connection, asked: Asked) -> dict[str, Any]:
    offset = (asked.page - 1) * SHOWN
    counted = facets(db, asked.filter)
    hits: list[dict[str, Any]]
    if asked.filter.asked.has_words or asked.filter.is_nothing:
        hits = [asdict(hit) for hit in search(db, asked.filter, limit=SHOWN, offset=offset)]
    else:
        hits = listed(db, asked.filter, limit=SHOWN, offset=offset)
    for hit in hits:
        hit["marked"] = marked(hit["snippet"] or "")
        hit["headline"] = marked(title) if HIT in (title := hit.get("marked_title") or "") else None
    last = offset + len(hits)
    names = names_of_sites(db)
    return {
        "hits": hits,
        "names": names,
        "total": counted.total,
        "first": offset + 1,
        "last": last,
        "facets": facet_links(asked, counted, names),
        "before": asked.path(page=str(asked.page - 1)) if asked.page > 1 else None,
        "after": asked.path(page=str(asked.page + 1))
        if last < counted.total and asked.page < PAGES
        else None,
    }


def marked(snippet: str) -> Markup:
    """A snippet with its hits as marks; every text in it stays text."""
    shown, *rest = snippet.split(HIT)
    out = [escape(seen(shown.replace(END, "")))]
    for piece in rest:
        hit, _, behind = piece.partition(END)
        out.append(Markup("<mark>{}</mark>{}").format(seen(hit), seen(behind.replace(END, ""))))
    return Markup("").join(out)


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A value of a facet: following its link chooses it, or takes it back where it is chosen."""

    label: str
    number: int
    path: str
    is_chosen: bool


def facet_links(
    asked: Asked, counted: Facets, names: dict[str, str]
) -> list[tuple[str, list[Choice], list[Choice]]]:
    """The facets by name, each with the first of its values, and the others."""
    year = asked.since if len(asked.since) == 4 and asked.since == asked.until else ""
    groups = [
        ("Site", [_choice(asked, "site", asked.sites, v, n, names.get(v, v)) for v, n in counted.sites]),
        ("Year", [_year(asked, year, value, n) for value, n in counted.years]),
        ("Language", [_choice(asked, "lang", asked.languages, v, n, v) for v, n in counted.languages]),
    ]
    return [(name, choices[:FACETS], choices[FACETS:]) for name, choices in groups if choices]


def _choice(asked: Asked, name: str, chosen: Sequence[str], value: str, amount: int, label: str) -> Choice:
    others = tuple(each for each in chosen if each != value)
    after = others if value in chosen else (*chosen, value)
    return Choice(label=label, number=amount, path=asked.path(**{name: after}), is_chosen=value in chosen)


def _year(asked: Asked, chosen: str, value: str, amount: int) -> Choice:
    is_chosen = value == chosen
    year = "" if is_chosen else value
    return Choice(
        label=value, number=amount, path=asked.path(**{"from": year, "to": year}), is_chosen=is_chosen
    )
