"""Tells a monitor that a night began and how it ended, in the manner of healthchecks.io.

``URL/start`` is asked for at the beginning, ``URL`` after a night without fault and ``URL/N`` after
exit code N. A monitor that hears nothing in time raises the alarm, so that a night that never ran is
noticed too. Whatever happens here, the night goes on: a ping never raises, and has one deadline for
all of it, names that do not resolve and servers that drip included.
"""

from __future__ import annotations

import http.client
import threading
import urllib.error
import urllib.request
from urllib.parse import urlsplit, urlunsplit

from archiver import __version__

TIMEOUT = 10.0
# What such services keep of a body.
LARGEST_BODY = 100_000


def ping_address(url: str, what: str) -> str:
    """The address for ``"start"`` or an exit code as text; a query stays at its end."""
    parts = urlsplit(url)
    suffix = "" if what == "0" else f"/{what}"
    return urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/") + suffix, parts.query, ""))


def ping(url: str, what: str, *, body: str = "", timeout: float = TIMEOUT) -> str | None:
    """Ping, and wait ``timeout`` seconds at most; what went wrong in one line, or None.

    ``what`` is ``"start"`` or the exit code as text, ``body`` what the monitor is to show of it.
    """
    said: list[str | None] = []
    # A thread, as a name that does not resolve, and a byte a second, know no other deadline.
    thread = threading.Thread(target=lambda: said.append(_ask(url, what, body, timeout)), daemon=True)
    thread.start()
    thread.join(timeout)
    return said[0] if said else f"{_place(url)}: no answer within {timeout:g} seconds"


def _ask(url: str, what: str, body: str, timeout: float) -> str | None:
    try:
        address = ping_address(url, what)
        if urlsplit(address).scheme not in ("http", "https"):
            return "the ping URL must begin with http:// or https://"
        headers = {"User-Agent": f"nyhetsarkiv/{__version__}", "Content-Type": "text/plain; charset=utf-8"}
        request = urllib.request.Request(address, data=body.encode()[:LARGEST_BODY], headers=headers)
        # A proxy of the environment is nothing that anybody chose for this.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=timeout):
            return None
    except urllib.error.HTTPError as error:
        error.close()
        return f"{_place(url)}: answered {error.code}"
    except urllib.error.URLError as error:
        return f"{_place(url)}: {error.reason}"
    except (OSError, ValueError, http.client.HTTPException) as error:
        return f"{_place(url)}: {error or type(error).__name__}"


def _place(url: str) -> str:
    """The host alone: the path of such an address is its password."""
    try:
        return urlsplit(url).hostname or "the ping URL"
    except ValueError:
        return "the ping URL"
