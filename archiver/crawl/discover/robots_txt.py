"""The sitemaps that a robots.txt names (sitemaps.org, "Informing search engine crawlers")."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit


def sitemap_addresses(body: bytes, *, url: str) -> tuple[str, ...]:
    """The absolute addresses of its ``Sitemap`` lines, each once, at most 50; never raises."""
    found: dict[str, None] = {}
    for line in body[:500_000].decode("utf-8-sig", "replace").splitlines():
        key, colon, value = line.partition(":")
        if not colon or key.strip().lower() != "sitemap":
            continue
        try:
            address = urljoin(url, value.split("#")[0].strip())
            parts = urlsplit(address)
        except ValueError:
            continue
        if value.strip() and parts.scheme in ("http", "https") and parts.hostname:
            found[address] = None
    return tuple(found)[:50]
