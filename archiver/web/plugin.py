"""What Datasette asks of a plugin: our routes, what is withheld, the headers of every answer."""

from __future__ import annotations

import re
import sqlite3
import sys
import traceback
from collections.abc import Awaitable, Callable
from functools import partial
from importlib.metadata import version
from typing import Any

from datasette import hookimpl
from datasette.utils.asgi import Base400, Forbidden, Request, Response
from datasette.views.base import DatasetteError
from jinja2 import Environment
from markupsafe import Markup

from archiver.errors import ArchiverError
from archiver.plots import plot_style
from archiver.web import articles, links, raw
from archiver.web.database import is_withheld, withhold
from archiver.web.finding import find
from archiver.web.front import front
from archiver.web.headers import App, guarded
from archiver.web.served import DATABASE, ArchiveDatasette
from archiver.web.sites import site
from archiver.web.texts import FILTERS

STATIC = "-/archive"
IDENTITIES = ("id", "article_id", "other_id")
_IDENTITY = re.compile(r"[0-9a-f]{16}\Z")
View = Callable[[ArchiveDatasette, Request], Awaitable[Any]]
Route = tuple[str, Callable[..., Awaitable[Any]]]


async def _plot_style(datasette: ArchiveDatasette, request: Request) -> Response:
    return Response(plot_style(), content_type="text/css; charset=utf-8")


VIEWS: tuple[tuple[str, View], ...] = (
    (r"/$", front),
    (r"/-/search$", find),
    (r"/-/article/(?P<article>[^/]+)$", articles.article),
    (r"/-/cite/(?P<article>[^/]+)\.(?P<format>[a-z-]+)$", articles.copy),
    (r"/-/site/(?P<site>[^/]+)$", site),
    (r"/-/capture/(?P<record>[^/]+)\.warc$", raw.record),
    (r"/-/capture/(?P<record>[^/]+)$", raw.capture),
    (r"/-/picture/(?P<record>[^/]+)$", raw.picture),
    (r"/-/archive-plots\.css$", _plot_style),
)


@hookimpl
def register_routes(datasette: Any) -> list[Route]:
    """Our pages, for an archive that is served."""
    return [(path, _reading(view)) for path, view in VIEWS] if isinstance(datasette, ArchiveDatasette) else []


def _reading(view: View) -> Callable[..., Awaitable[Any]]:
    """The view as Datasette calls it, by the names of its arguments; it is asked to read alone."""

    async def answer(datasette: Any, request: Any) -> Any:
        if request.method not in ("GET", "HEAD"):
            return Response.text("Only GET is understood.\n", status=405, headers={"allow": "GET, HEAD"})
        return await view(datasette, request)

    return answer


@hookimpl
def prepare_connection(conn: sqlite3.Connection, database: str, datasette: Any) -> None:
    """What no query may read is withheld from each connection to the archive."""
    if isinstance(datasette, ArchiveDatasette) and database == DATABASE:
        withhold(conn)


@hookimpl
def permission_allowed(datasette: Any, action: str, resource: Any) -> bool | None:
    """Tables that no query may read have no page either."""
    is_ours = isinstance(datasette, ArchiveDatasette) and action == "view-table"
    return False if is_ours and resource[0] == DATABASE and is_withheld(resource[1]) else None


@hookimpl
def asgi_wrapper(datasette: Any) -> Callable[[App], App]:
    """The headers of every answer."""
    if not isinstance(datasette, ArchiveDatasette):
        return lambda app: app
    return partial(guarded, hosts=datasette.served.hosts)


@hookimpl
def prepare_jinja2_environment(env: Environment, datasette: Any) -> None:
    """What our templates write with."""
    if isinstance(datasette, ArchiveDatasette):
        env.filters |= FILTERS
        env.globals |= {"link": links, "our_static": f"/{STATIC}", "software": version("nyhetsarkiv")}


@hookimpl
def render_cell(value: Any, column: str, datasette: Any) -> Markup | None:
    """The id of an article, in whatever table or query, is a link to its page."""
    is_ours = isinstance(datasette, ArchiveDatasette) and column in IDENTITIES
    if not is_ours or not isinstance(value, str) or not _IDENTITY.match(value):
        return None
    return Markup('<a href="{}">{}</a>').format(links.article_path(value), value)


@hookimpl
def extra_css_urls(datasette: Any) -> list[str]:
    """How Datasette's own pages look beside ours."""
    return [f"/{STATIC}/datasette.css"] if isinstance(datasette, ArchiveDatasette) else []


@hookimpl
def menu_links(datasette: Any) -> list[dict[str, str]]:
    """The ways back from Datasette's pages."""
    if not isinstance(datasette, ArchiveDatasette):
        return []
    return [
        {"href": datasette.urls.path("/"), "label": "Overview"},
        {"href": datasette.urls.path("/-/search"), "label": "Search"},
    ]


@hookimpl(tryfirst=True)
def handle_exception(datasette: Any, request: Request, exception: Exception) -> Any:
    """An error as a page of ours, or as JSON where that was asked for; a defect is told of on stderr."""
    if not isinstance(datasette, ArchiveDatasette):
        return None
    status, message = _said(exception)

    async def answer() -> Response:
        if request.path.endswith(".json"):
            return Response.json({"ok": False, "error": message, "status": status}, status=status)
        return await datasette.page("error", request, {"message": message, "status": status}, status=status)

    return answer


@hookimpl(tryfirst=True)
def forbidden(datasette: Any, request: Request, message: str) -> Any:
    """What a page that may not be seen says."""
    if not isinstance(datasette, ArchiveDatasette):
        return None
    return handle_exception(datasette, request, Forbidden(message))()


def _said(exception: Exception) -> tuple[int, str]:
    """The status of an error, and what a reader is told of it."""
    if isinstance(exception, Base400):
        return exception.status, str(exception.args[0] if exception.args else "There is nothing here.")
    if isinstance(exception, DatasetteError):
        return exception.status, str(exception.message)
    if isinstance(exception, ArchiverError):
        print(f"archiver: {exception.message}", file=sys.stderr)
        return (
            503,
            "The archive cannot be shown as it is; the terminal of archiver serve says why.",
        )
    traceback.print_exception(exception, file=sys.stderr)
    return 500, "Something went wrong here; the terminal of archiver serve says more."
