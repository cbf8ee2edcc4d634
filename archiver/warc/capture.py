"""A capture from the fields and the head of its record, the same for writer and reader.

Everything that a capture says stands in the record itself; that is why an index and the
rows of a database can be made again from WARC files alone.
"""

from __future__ import annotations

import mmap
import re
from contextlib import suppress
from typing import TYPE_CHECKING, cast
from urllib.parse import urljoin

from archiver.model import Capture, Source, Truncated
from archiver.posted import is_form, joined, key_text
from archiver.warc.exchange import MAX_HEAD, ResponseMessage, parse_response
from archiver.warc.record import IDENTICAL, NOT_MODIFIED, Record, parse_warc_date, sha256
from archiver.warc.surt import urlkey
from archiver.wishes import tdm_of

if TYPE_CHECKING:
    from archiver.warc.exchange import Wire
    from archiver.warc.record import Buffer

METHOD_FIELD = "WARC-Request-Method"
SOURCE_FIELD = "WARC-Source-URI"
"""Names the memento that a record was derived from, as pywb's recorder has it, and warcio knows it."""
FORM_FIELD = "WARC-Request-Form"
"""The form that a POST sent, in its encoding; the request record holds it too, in its block."""
MAX_FIELD = 500
TYPES = ("response", "revisit", "conversion")
_WEB = re.compile(r"<?https?://[^/]", re.I)


def is_capture(record: Record) -> bool:
    """True for a response or revisit that answers a GET, or a text made of one: what can stand for a page.

    So does the answer to a POST of a form that the record names. Others write responses of name
    servers and their own notes beside these; a page has an address of http or https.
    """
    if record.type not in TYPES or not _WEB.match(record.get("WARC-Target-URI") or ""):
        return False
    return (record.get(METHOD_FIELD) or "GET") == "GET" or _posted_form(record) is not None


def _posted_form(record: Record) -> str | None:
    """The form that a response of ours answers, None where it answers no POST of one."""
    form = record.get(FORM_FIELD) if record.get(METHOD_FIELD) == "POST" else None
    return form if form is not None and is_form(form) else None


def target_of(record: Record) -> str:
    """The target URI, without the angle brackets that some programs put around it."""
    return (record.get("WARC-Target-URI") or "").strip("<>")


def capture_of(record: Record, *, site: str, crawl: str, filename: str, source: Source = "crawl") -> Capture:
    """The capture that this response, revisit or conversion record is. Raises ValueError on a bad date.

    A conversion is the text of a page: it has no head, and counts as an answer with status 200. The
    address of an answer to a POST has the form behind it (``archiver.posted``).
    """
    is_text = record.type == "conversion"
    message = parse_response(b"" if is_text else bytes(memoryview(record.block)[:MAX_HEAD]))
    form = _posted_form(record)
    url = target_of(record) if form is None else joined(target_of(record), form)
    began = parse_warc_date(record.get("WARC-Date") or "")
    return Capture(
        warc_record_id=record.id,
        warc_type=record.type,
        site=site,
        crawl=crawl,
        url=url,
        urlkey=urlkey(key_text(url)),
        timestamp=began.strftime("%Y%m%d%H%M%S"),
        warc_date=began,
        mime=plain_type(record.get("Content-Type")) if is_text else media_type(message),
        status=200 if is_text else message.status,
        payload_digest=_payload_digest(record, source),
        filename=filename,
        offset=record.offset,
        length=record.length,
        truncated=_truncated(record),
        profile=record.get("WARC-Profile"),
        refers_to=record.get("WARC-Refers-To"),
        location=_location(message, target_of(record)),
        etag=message.header("etag"),
        last_modified=message.header("last-modified"),
        source=source,
        x_robots_tag=_lines(message, "x-robots-tag"),
        tdm=tdm_of(reservation=message.header("tdm-reservation"), policy=message.header("tdm-policy")),
        source_uri=record.get(SOURCE_FIELD) if source == "backfill" else None,
    )


def _lines(message: ResponseMessage, name: str) -> str | None:
    """All fields of a name, a line each: what one of them says holds for the agent that it names."""
    lines = (" ".join(value.split()) for value in message.fields(name))
    return "\n".join(line[:MAX_FIELD] for line in lines if line) or None


def media_type(message: ResponseMessage) -> str | None:
    """The response's own media type in lower case, without parameters."""
    return plain_type(message.header("content-type"))


def plain_type(content_type: str | None) -> str | None:
    """A media type in lower case, without parameters; None for what is none."""
    stated = (content_type or "").partition(";")[0].strip().lower()
    return stated if stated and stated.isprintable() and " " not in stated else None


def is_not_modified(capture: Capture) -> bool:
    """True for the revisit that a 304 is: it holds no page of its own."""
    return capture.profile == NOT_MODIFIED


def _payload_digest(record: Record, source: Source) -> str | None:
    """The SHA-256 that a record of ours states, else that of its payload; None without a payload.

    What others state is never taken for the payload's identity: it may be of another kind, or
    taken over the chunk framing. Only where the payload is elsewhere their word stands.
    """
    stated = record.get("WARC-Payload-Digest")
    is_revisit = record.type == "revisit"
    if stated and stated.startswith("sha256:") and (source != "import" or (is_revisit and len(stated) == 71)):
        return stated
    if record.type == "conversion":
        return sha256([record.block])
    message = parse_response(wire_of(record.block))
    if is_revisit or not message.has_body:
        return None
    return sha256(message.payload())


def wire_of(block: Buffer) -> Wire:
    """A block as bytes or a memory map; one that is a memory map already is not copied."""
    if isinstance(block, memoryview) and isinstance(block.obj, mmap.mmap) and len(block) == len(block.obj):
        return block.obj
    return bytes(block)


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
