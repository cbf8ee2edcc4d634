"""Answers of which nothing is kept: the page asks not to be archived, and the profile says ``skip``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archiver.extract.decode import decode as text_of
from archiver.extract.tree import parse
from archiver.store.captures import asks_not_to_be_shown, whole_answers
from archiver.store.frontier import LISTINGS
from archiver.warc.coding import decode
from archiver.warc.exchange import parse_response
from archiver.wishes import NOARCHIVE, header_wishes, meta_wishes

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from archiver.model import Target
    from archiver.site import Site
    from archiver.warc.exchange import Exchange

SKIPPED = "asks not to be archived (noarchive)"


def is_skipped(db: sqlite3.Connection, exchange: Exchange, target: Target, site: Site) -> bool:
    """True for the answer of a page that is not to be kept; what names articles is kept always.

    So is the first answer that asks of a page that was captured before: by it what was captured is hidden.
    """
    if site.crawl.noarchive != "skip" or target.role in LISTINGS:
        return False
    last = next(whole_answers(db, site.name, target.url), None)
    if last is not None and not asks_not_to_be_shown(db, last.warc_record_id):
        return False
    message = parse_response(exchange.response, method=exchange.method)
    if NOARCHIVE in header_wishes("\n".join(message.fields("x-robots-tag")), None):
        return True
    kind = message.header("content-type") or "text/html"
    if not kind.lower().startswith(("text/html", "application/xhtml")):
        return False
    body = decode(b"".join(message.payload()), message.codings, limit=site.crawl.max_bytes).body
    return NOARCHIVE in meta_wishes(_metas(body, kind))


def _metas(body: bytes, content_type: str) -> Iterator[tuple[str, str]]:
    tree = parse(text_of(body, content_type).text)
    for element in () if tree is None else tree.iter("meta"):
        yield (element.get("name") or "").strip().lower(), element.get("content") or ""
