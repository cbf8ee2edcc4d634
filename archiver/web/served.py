"""What the pages of one archive share: where it lies, what may be shown, and how a page is made."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any, TypeVar

from datasette.app import Datasette
from datasette.utils import sqlite_timelimit
from datasette.utils.asgi import Base400, Request, Response

from archiver.home import Home
from archiver.shown import Shown
from archiver.web.headers import OURS

Answer = TypeVar("Answer")

DATABASE = "archiver"
SECONDS = 10
FRESH = 60  # seconds


@dataclass(frozen=True, kw_only=True)
class Served:
    """An archive while it is served.

    ``replay`` is the address at which pywb plays it; ``hosts`` are the names by which it may be asked, None
    where any will do. ``base_url`` is where replay is published, for citations.
    """

    home: Home
    shown: Shown
    replay: str
    base_url: str | None
    hosts: frozenset[str] | None


class ArchiveDatasette(Datasette):  # type: ignore[misc]
    """Datasette with the archive that it shows."""

    def __init__(self, served: Served, **options: Any) -> None:
        # First: Datasette asks the plugin while it is being made.
        self.served = served
        self._known: dict[Callable[..., Any], tuple[float, Any]] = {}
        super().__init__([], **options)

    async def ask(self, question: Callable[[sqlite3.Connection], Answer]) -> Answer:
        """What a function says that is given the database, which it only reads. Raises TooLong."""

        def within(db: sqlite3.Connection) -> Answer:
            with sqlite_timelimit(db, SECONDS * 1000):
                try:
                    return question(db)
                except sqlite3.OperationalError as error:
                    if error.args == ("interrupted",):
                        raise TooLong(f"This takes longer than {SECONDS} seconds: ask for less.") from None
                    raise

        answer: Answer = await self.get_database(DATABASE).execute_fn(within)
        return answer

    async def remembered(self, question: Callable[[sqlite3.Connection], Answer]) -> Answer:
        """The same, which may be as old as a minute: for figures that take long."""
        known = self._known.get(question)
        if known is None or monotonic() - known[0] > FRESH:
            known = self._known[question] = (monotonic(), await self.ask(question))
        answer: Answer = known[1]
        return answer

    def interrupt(self) -> None:
        """End whatever is asked of the database now."""
        self.executor.shutdown(wait=False, cancel_futures=True)
        self.get_database(DATABASE).interrupt()

    async def page(
        self, name: str, request: Request, values: Mapping[str, Any], *, status: int = 200
    ) -> Response:
        """A page of ours, from its template."""
        title = self.metadata("title") or "News archive"
        html = await self.render_template(f"archive/{name}.html", {"archive": title, **values}, request)
        headers = {"content-security-policy": OURS, "cache-control": "no-cache"}
        return Response.html(html, status=status, headers=headers)


class TooLong(Base400):  # type: ignore[misc]
    """What was asked for takes too long."""

    status = 503


class Missing(Base400):  # type: ignore[misc]
    """What was asked for is not there.

    Not Datasette's own error for that, which sends a reader on where an address has escapes in it.
    """

    status = 404


def part(request: Request, name: str) -> str:
    """A part of the address that was asked for, as the route names it, its escapes resolved."""
    from urllib.parse import unquote

    return unquote(request.url_vars[name])


def parameter(request: Request, name: str) -> str:
    """The last value of a parameter, empty where there is none."""
    values = request.args.getlist(name)
    return values[-1].strip() if values else ""


def number(request: Request, name: str, default: int, most: int) -> int:
    """A parameter that is a number from 1 on. Raises Missing for anything else."""
    text = parameter(request, name)
    if not text:
        return default
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text[:9]) <= most:
        raise Missing(f"{name} is a number from 1 to {most:,}")
    return int(text)
