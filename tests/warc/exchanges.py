"""Exchanges to write, with a clock and ids that are the same each time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

from archiver.warc.exchange import Exchange
from archiver.warc.writer import WarcWriter

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOON = datetime(2026, 1, 2, 12, 0, 0, 123456, tzinfo=UTC)
CRAWL = "20260102T120000Z-ab12"
URL = "https://www.example.com/Nyheter/?b=2&a=1"
REQUEST = b"GET /Nyheter/?b=2&a=1 HTTP/1.1\r\nHost: www.example.com\r\n\r\n"


def clock() -> Callable[[], datetime]:
    ticks = count()
    return lambda: NOON + timedelta(seconds=next(ticks))


def answer(body: bytes, *lines: bytes, status: bytes = b"200 OK") -> bytes:
    fields = [b"HTTP/1.1 " + status, b"Content-Type: text/html; charset=utf-8", *lines]
    return b"\r\n".join([*fields, b"Content-Length: %d" % len(body)]) + b"\r\n\r\n" + body


def exchange(response: bytes = answer(b"<p>Hej</p>"), **values: Any) -> Exchange:
    known: dict[str, Any] = {"url": URL, "began": NOON, "request": REQUEST, "ip": "192.0.2.1"}
    return Exchange(**{**known, **values}, response=response)


def writer(archive: Path, **values: Any) -> WarcWriter:
    known: dict[str, Any] = {
        "site": "exempel",
        "crawl": CRAWL,
        "info": {"software": "nyhetsarkiv/0.1.0", "robots": "obey", "operator": "Arkivet"},
        "clock": clock(),
        "host": "Värd-1.example",
    }
    return WarcWriter(archive, **{**known, **values})
