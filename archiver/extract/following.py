"""Which page of an article in several pages follows this one, asked of one page alone."""

from __future__ import annotations

from archiver.extract.decode import decode
from archiver.extract.links import absolute
from archiver.extract.parts import next_part
from archiver.extract.walk import read
from archiver.model import Page


def following_page(page: Page) -> str | None:
    """The address of the next page of the same article, or None. Never raises."""
    document = read(decode(page.body, page.content_type).utf8)
    if document is None:
        return None
    base = absolute(document.base, page.url) if document.base else None
    return next_part(document, base or page.url, page.url)
