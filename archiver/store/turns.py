"""Whose turn it is: what goes before what among the pending addresses of a site."""

from __future__ import annotations

from collections.abc import Iterator

_IS_LIST = "role IN ('listing', 'feed', 'sitemap')"

# What goes before pages that were answered before; the index ``frontier_new`` says the same.
NEW = f"(capture IS NULL OR {_IS_LIST})"

# Lists that may ask to wait as another one did: never asked for, and no page with which the profile begins.
_UNTRIED = f"({_IS_LIST} AND crawl IS NULL AND NOT (role = 'listing' AND hops = 0))"


def turns(*, answered: bool, wary: bool) -> Iterator[tuple[str, bool]]:
    """Conditions for what goes first, second and so on; with each, whether it waits for all that is out.

    Pages that were answered before come when nothing else is pending, and pages that fail at last, as do
    lists that fail while nothing was ``answered`` yet: what ends a crawl is not to end each one before
    anything else is seen. Where the last one was ended so, a crawl is ``wary``, and asks for the lists that
    were never asked for behind the new pages.
    """
    sound = f"(failing IS NULL OR {_IS_LIST})" if answered else "failing IS NULL"
    if wary:
        yield f"{NEW} AND {sound} AND NOT {_UNTRIED}", False
    yield f"{NEW} AND {sound}", wary
    yield sound, False
    yield "1", True
