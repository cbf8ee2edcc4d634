"""Discovery: visits a site once and proposes the profile by which it is crawled from then on."""

from archiver.crawl.discover.visit import Discovery, Fetch, Fetched, Found, discover

__all__ = ["Discovery", "Fetch", "Fetched", "Found", "discover"]
