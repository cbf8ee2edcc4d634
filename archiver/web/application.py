"""Datasette on an archive home, with our pages: read only, and without what needs an address elsewhere."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from datasette.plugins import pm
from datasette.utils import BadMetadataError, parse_metadata

from archiver.errors import ConfigurationError
from archiver.home import Home
from archiver.shown import Shown
from archiver.store.metadata import SETTINGS, datasette_metadata
from archiver.web import plugin
from archiver.web.database import ArchiveDatabase
from archiver.web.headers import hosts_for
from archiver.web.served import DATABASE, ArchiveDatasette, Served

SIZES = {"default_page_size": 50, "max_returned_rows": 1000, "num_sql_threads": 4}


def application(home: Home, *, host: str, replay: str, base_url: str | None = None) -> ArchiveDatasette:
    """Datasette for the archive; ``host`` is what it is served on, ``replay`` where pywb plays it.

    Raises ConfigurationError where ``metadata.yaml`` cannot be read.
    """
    if not pm.is_registered(plugin):
        pm.register(plugin, plugin.__name__)
        # Where rich is installed Datasette's own prints a traceback for every address that is not there.
        pm.unregister(name="datasette.handle_exception")
    package = files("archiver.web")
    served = Served(home=home, shown=Shown(home), replay=replay, base_url=base_url, hosts=hosts_for(host))
    datasette = ArchiveDatasette(
        served,
        memory=False,
        metadata=_metadata(home),
        settings=SETTINGS | SIZES,
        template_dir=str(package / "templates"),
        static_mounts=[(plugin.STATIC, str(package / "static"))],
    )
    datasette.remove_database("_memory")
    datasette.add_database(ArchiveDatabase(datasette, home.database), name=DATABASE)
    return datasette


def _metadata(home: Home) -> dict[str, Any]:
    """What ``metadata.yaml`` says, which whoever runs the archive may have edited."""
    if not home.metadata.exists():
        return datasette_metadata()
    try:
        said = parse_metadata(home.metadata.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, BadMetadataError) as error:
        raise _unreadable(home, error) from None
    if not isinstance(said, dict):
        raise _unreadable(home, "it is no table of names and values")
    return _with_our_index(said)


def _with_our_index(said: dict[str, Any]) -> dict[str, Any]:
    """What the file says, with where this version's full-text index is: the file may be of an earlier one."""
    ours = datasette_metadata()["databases"][DATABASE]["tables"]
    databases = said.get("databases")
    tables = (databases.get(DATABASE) or {}).get("tables") if isinstance(databases, dict) else None
    for name, table in tables.items() if isinstance(tables, dict) else ():
        if isinstance(table, dict):
            for key in ("fts_table", "fts_pk"):
                table.pop(key, None)
                if key in ours.get(name, {}):
                    table[key] = ours[name][key]
    return said


def _unreadable(home: Home, why: object) -> ConfigurationError:
    return ConfigurationError(
        f"{home.metadata}: {' '.join(str(why).split())}",
        hint="correct it, or delete it: the next crawl writes it again",
    )
