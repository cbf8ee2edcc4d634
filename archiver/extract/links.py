"""References of a page made absolute, and the parts of addresses, each worked out once."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import SplitResult, urljoin, urlsplit

OTHER_SCHEME = re.compile(r"(?!https?:)[a-z][a-z0-9+.\-]{0,20}:", re.I)
UNSAFE = re.compile(r"[\t\n\r]")


@lru_cache(maxsize=8_000)
def split_url(url: str) -> SplitResult:
    """The parts of an address; all empty where it is none."""
    try:
        return urlsplit(url)
    except ValueError:
        return SplitResult("", "", "", "", "")


@lru_cache(maxsize=10_000)
def absolute(href: str, base: str) -> str | None:
    """The absolute http(s) address of a reference without its fragment, None where it has none."""
    href = UNSAFE.sub("", href.strip())
    cut = href.find("#")
    if cut >= 0:
        href = href[:cut]
    if not href:
        return base.partition("#")[0]
    if href.startswith(("http://", "https://")):
        return href if split_url(href).netloc else None
    if OTHER_SCHEME.match(href):
        return None
    if href[0] == "/" and href[1:2] not in ("/", "") and "/." not in href:
        return _root(base) + href
    try:
        joined = urljoin(base, href)
    except ValueError:
        return None
    return joined if joined.startswith(("http://", "https://")) and split_url(joined).netloc else None


@lru_cache(maxsize=2_000)
def _root(base: str) -> str:
    parts = split_url(base)
    return f"{parts.scheme}://{parts.netloc}"
