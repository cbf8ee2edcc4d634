"""A capture from the fields and the head of its record, the same for writer and reader.

Everything that a capture says stands in the record itself; that is why an index and the
rows of a database can be made again from WARC files alone.
"""

from __future__ import annotations

from contextlib import suppress
from typing import cast
from urllib.parse import urljoin

from archiver.model import Capture, Truncated
from archiver.warc.exchange import MAX_HEAD, ResponseMessage, parse_response
from archiver.warc.record import IDENTICAL, NOT_MODIFIED, Record, parse_warc_date, sha256
from archiver.warc.surt import urlkey

METHOD_FIELD = "WARC-Request-Method"


def is_capture(record: Record) -> bool:
    """True for a response or revisit that answers a GET: what can stand for the page."""
    if record.type not in ("response", "revisit") or not record.get("WARC-Target-URI"):
        return False
    return (record.get(METHOD_FIELD) or "GET") == "GET"


def capture_of(record: Record, *, site: str, crawl: str, filename: str) -> Capture:
    """The capture that this response or revisit record is. Raises ValueError on a bad date."""
    message = parse_response(bytes(memoryview(record.block)[:MAX_HEAD]))
    url = (record.get("WARC-Target-URI") or "").strip("<>")
    began = parse_warc_date(record.get("WARC-Date") or "")
    return Capture(
        warc_record_id=record.id,
        warc_type=record.type,
        site=site,
        crawl=crawl,
        url=url,
        urlkey=urlkey(url),
        timestamp=began.strftime("%Y%m%d%H%M%S"),
        warc_date=began,
        mime=media_type(message),
        status=message.status,
        payload_digest=_payload_digest(record),
        filename=filename,
        offset=record.offset,
        length=record.length,
        truncated=_truncated(record),
        profile=record.get("WARC-Profile"),
        refers_to=record.get("WARC-Refers-To"),
        location=_location(message, url),
        etag=message.header("etag"),
        last_modified=message.header("last-modified"),
    )


def media_type(message: ResponseMessage) -> str | None:
    """The response's own media type in lower case, without parameters."""
    stated = (message.header("content-type") or "").partition(";")[0].strip().lower()
    return stated if stated and stated.isprintable() and " " not in stated else None


def is_not_modified(capture: Capture) -> bool:
    """True for the revisit that a 304 is: it holds no page of its own."""
    return capture.profile == NOT_MODIFIED


def _payload_digest(record: Record) -> str | None:
    """The SHA-256 that the record states, else that of its payload; None without a payload.

    A digest of another kind, as others write it, is never taken for the payload's identity.
    """
    stated = record.get("WARC-Payload-Digest")
    if stated and stated.startswith("sha256:"):
        return stated
    message = parse_response(bytes(record.block))
    if record.type == "revisit" or not message.has_body:
        return None
    return sha256(message.payload())


def _truncated(record: Record) -> Truncated | None:
    """Why the response is not whole; a revisit that leaves its body out is whole."""
    if record.get("WARC-Profile") == IDENTICAL:
        return None
    return cast("Truncated | None", record.get("WARC-Truncated"))


def _location(message: ResponseMessage, url: str) -> str | None:
    """The absolute target of a redirect, None for any other response."""
    stated = message.header("location")
    if stated is None or message.status is None or not 300 <= message.status < 400:
        return None
    with suppress(UnicodeDecodeError):
        stated = stated.encode("latin-1").decode("utf-8")
    try:
        return urljoin(url, stated.strip())
    except ValueError:
        return stated
