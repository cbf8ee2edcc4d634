"""The verdict on one answer: what becomes of its address, and what its page names.

The spider asks for it while it crawls, recovery and rebuild ask for it again from the
WARC record; both come to the same, as it depends on nothing but the answer, the target
and the profile.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import MAXYEAR, date
from urllib.parse import urlsplit

from archiver.address import plain_address
from archiver.crawl.items import Visit
from archiver.crawl.reading import always, read
from archiver.model import Capture, Page, Target
from archiver.posted import is_posted
from archiver.site import Site, is_web_address
from archiver.store.failures import AS_NEVER
from archiver.store.frontier import LISTINGS
from archiver.store.landings import REDIRECT_TO

MAX_ADDRESS = 2000
# What leads from a POST to a page; others would have the form sent on (RFC 9110, 15.4).
SEE_OTHER = frozenset({301, 302, 303})
REDIRECTS = frozenset({301, 302, 303, 307, 308})
AS_BEFORE = "not modified (304)"
_REASONS = {
    403: "forbidden (403)",
    404: "not found (404)",
    410: "gone (410)",
    429: "too many requests (429)",
    304: f"{AS_NEVER} (304)",
}


def verdict(
    target: Target,
    site: Site,
    *,
    status: int,
    location: str | None,
    page: Callable[[], Page],
    capture: Capture | None,
    year: int | None = None,
    day: date | None = None,
    since: str | None = None,
    is_new: Callable[[str], bool] = always,
) -> Visit:
    """The visit that a whole answer makes.

    ``day`` is that of the answer: hosts that the site uses on other days only are no part of
    it, and archives of later years are traps. It is the capture's where neither it nor a
    ``year`` is given.
    ``location`` is the absolute target of a redirect; ``page`` is asked for the page only
    where there is one, ``is_new`` once of each address that the page names and that would be
    followed. For a 304 the page is that of its original: today's profile may want more of it.
    """
    day = day or (capture.warc_date.date() if capture else None)
    if status in REDIRECTS and location:
        further = redirected(target, _destination(location.split("#")[0], target))
        return _redirect(target, site, further, capture, is_new, day)
    is_as_before = status == 304 and capture is not None and capture.refers_to is not None
    if status != 200 and not is_as_before:
        return Visit(target=target, state="given up", reason=status_reason(status), capture=capture)
    if is_as_before and target.role in ("article", "media"):
        return Visit(target=target, state="done", reason=AS_BEFORE, capture=capture)
    found = page()
    if found.fault:
        # Neither an article nor links come from a part of a page.
        return Visit(target=target, state="given up", reason=f"incomplete: {found.fault}", capture=capture)
    year = year or (day.year if day else MAXYEAR)
    reading = read(found, target, site, year=year, day=day, since=since, is_new=is_new)
    return Visit(
        target=target,
        state="done",
        reason=AS_BEFORE if is_as_before else None,
        capture=capture,
        links=reading.links,
        follow=reading.follow,
        older=reading.older,
        lists=reading.lists,
        pages=reading.pages,
        again=reading.again,
        always=reading.always,
    )


def _redirect(
    target: Target,
    site: Site,
    further: Target,
    capture: Capture | None,
    is_new: Callable[[str], bool],
    day: date | None,
) -> Visit:
    location = further.url
    problem = None
    if is_posted(target.url) and capture is not None and capture.status not in SEE_OTHER:
        problem = "redirects a POST"
    elif is_posted(location) or not is_web_address(location) or len(location) > MAX_ADDRESS:
        problem = "redirects to no web address"
    elif not site.owns(location, day):
        problem = f"redirects off the site, to {urlsplit(location).netloc}"
    elif further.redirects > site.crawl.max_redirects:
        problem = "too many redirects"
    if problem:
        return Visit(target=target, state="given up", reason=problem, capture=capture)
    is_further = location != target.url
    return Visit(
        target=target,
        state="done",
        reason=f"{REDIRECT_TO}{location}",
        capture=capture,
        follow=(further,) if is_further and is_new(location) else (),
        always=(location,) if is_further and target.role in LISTINGS else (),
    )


def _destination(location: str, target: Target) -> str:
    """Where a redirect leads: the plain address, unless that is where we come from.

    Some servers answer only with their own parameter on the address.
    """
    plain = plain_address(location.replace(" ", "%20"))
    return location if plain in (target.url, target.via) else plain


def redirected(target: Target, location: str) -> Target:
    """The address that a redirect leads to; it takes the place of the one that led there."""
    return Target(
        url=location,
        role=target.role,
        priority=target.priority + 1,
        hops=target.hops,
        redirects=target.redirects + 1,
        via=target.url,
    )


def status_reason(status: int) -> str:
    """Why an address without a page is given up, in words that the frontier knows."""
    if status >= 500:
        return f"server error ({status})"
    return _REASONS.get(status, f"status {status}")
