"""Archives whose pages do not link to each other: the profile gives the address of page n."""

from __future__ import annotations

import re

from archiver.site import Listing, Site

MARK = "{n}"


def next_numbered(url: str, site: Site) -> str | None:
    """The page after this one of a listing with ``pagination``, or None for any other address."""
    for listing in site.listings:
        if listing.kind == "html" and listing.pagination and MARK in listing.pagination:
            number = _number(url, listing)
            if number is not None:
                return listing.pagination.replace(MARK, str(number + 1))
    return None


def _number(url: str, listing: Listing) -> int | None:
    before, _, after = (listing.pagination or "").partition(MARK)
    found = re.fullmatch(re.escape(before) + r"(\d{1,5})" + re.escape(after), url)
    if found:
        return int(found[1])
    return 1 if url == listing.url else None
