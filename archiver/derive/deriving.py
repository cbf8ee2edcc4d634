"""Deriving one site, and what follows from it: what its pages ask not to be shown is hidden."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from archiver.derive.observing import Clean
from archiver.derive.rows import Outcome
from archiver.derive.site import SiteDerivation
from archiver.home import Home
from archiver.replay.access import hide_what_asks
from archiver.site import Site


def derive_all(
    home: Home,
    db: sqlite3.Connection,
    site: Site,
    *,
    clean: Clean | None = None,
    everything: bool = False,
    dry: bool = False,
    progress: Callable[[int, int], None] = lambda done, of: None,
    check: Callable[[], None] = lambda: None,
) -> Outcome:
    """Derive one site and say what changed.

    ``check`` is called before each page and each article; what it raises ends the derivation, of which
    no row is kept then, so that the next one does all of it.
    """
    derivation = SiteDerivation(
        home, db, site, clean=clean, everything=everything, progress=progress, check=check
    )
    outcome = derivation.run(dry=dry)
    if not dry:
        hide_what_asks(home, db, derivation.suppressions, site.name)
    return outcome
