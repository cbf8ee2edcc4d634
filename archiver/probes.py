"""The address that cannot exist, beside one that did: what a site answers there stands for no article.

Where a page of an article has become another one, a crawl asks for such an address once. Its answer is a
capture like any other, and deriving compares the page with it.
"""

from __future__ import annotations

import hashlib
import re
from urllib.parse import urlsplit, urlunsplit

_VALUE = re.compile(r"=[^&]*")


def probe_mark(site: str) -> str:
    """The word in an address by which a site's probes are known; its owner sees from whom they come."""
    return "nyhetsarkiv-" + hashlib.sha256(site.encode()).hexdigest()[:12]


def is_probe(url: str, site: str) -> bool:
    """True for the address of a probe of this site."""
    return probe_mark(site) in url


def probe_address(url: str, site: str) -> str:
    """The address beside an article's at which nothing can be: another name in the same folder.

    Where a query chooses the page, its values are others.
    """
    parts, mark = urlsplit(url), probe_mark(site)
    if parts.query:
        return urlunsplit((parts.scheme, parts.netloc, parts.path, _VALUE.sub(f"={mark}", parts.query), ""))
    folder, _, name = parts.path.rstrip("/").rpartition("/")
    _, dot, suffix = name.rpartition(".")
    end = f".{suffix}" if dot and suffix.isalpha() else ""
    slash = "/" if parts.path.endswith("/") else ""
    return urlunsplit((parts.scheme, parts.netloc, f"{folder}/{mark}{end}{slash}", "", ""))
