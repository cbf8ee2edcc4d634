"""Discovery: visits a site once and proposes the profile by which it is crawled from then on."""

from archiver.crawl.discover.visit import Discovery, discover
from archiver.crawl.discover.visitor import Fetch, Fetched, Found

__all__ = ["Discovery", "Fetch", "Fetched", "Found", "discover"]
