"""WARC files as other programs write them, byte by byte; ``KINDS`` has one of each."""

from __future__ import annotations

import base64
import gc
import gzip
import hashlib
import io
import json
import uuid
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

HOST = "www.nyheter.example"


@dataclass(frozen=True)
class Got:
    """A page that was asked for: its address, body and the second of its capture."""

    url: str
    body: bytes
    date: str = "2021-03-04T05:06:07Z"
    head: bytes = b"Content-Type: text/html; charset=utf-8"


def an_id() -> str:
    return f"<urn:uuid:{uuid.uuid4()}>"


def sha1(*pieces: bytes) -> str:
    return "sha1:" + base64.b32encode(hashlib.sha1(b"".join(pieces)).digest()).decode()


def sha256(*pieces: bytes) -> str:
    return "sha256:" + hashlib.sha256(b"".join(pieces)).hexdigest()


def record(kind: str, block: bytes, *fields: tuple[str, str], version: str = "1.0") -> bytes:
    """A record with these fields in this order."""
    given = {name for name, _ in fields}
    head = [("WARC-Type", kind), *fields]
    head += [("WARC-Record-ID", an_id())] if "WARC-Record-ID" not in given else []
    lines = "".join(f"{name}: {value}\r\n" for name, value in [*head, ("Content-Length", str(len(block)))])
    return f"WARC/{version}\r\n{lines}\r\n".encode() + block + b"\r\n\r\n"


def http(got: Got, *more: bytes, status: bytes = b"HTTP/1.1 200 OK") -> bytes:
    return (
        b"\r\n".join([status, got.head, *more, b"Content-Length: %d" % len(got.body)])
        + b"\r\n\r\n"
        + got.body
    )


def chunked(got: Got) -> tuple[bytes, bytes]:
    """A message in chunks, and its body as it was framed."""
    half = len(got.body) // 2
    parts = [piece for piece in (got.body[:half], got.body[half:]) if piece]
    framed = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in parts) + b"0\r\n\r\n"
    return b"HTTP/1.1 200 OK\r\n" + got.head + b"\r\nTransfer-Encoding: chunked\r\n\r\n" + framed, framed


def asked(got: Got, method: str = "GET") -> bytes:
    return f"{method} / HTTP/1.1\r\nHost: {HOST}\r\nUser-Agent: other\r\n\r\n".encode()


def heritrix(pages: Sequence[Got]) -> list[bytes]:
    """No digest of blocks, name servers' answers, notes on each page; a revisit without an id of its original."""
    about = (
        b"software: Heritrix/3.4.0-20220727 http://crawler.archive.org\r\nformat: WARC File Format 1.0\r\n"
    )
    made = [record("warcinfo", about, ("WARC-Date", pages[0].date), ("WARC-Filename", "h.warc.gz"),
                   ("Content-Type", "application/warc-fields"))]  # fmt: skip
    made.append(record("response", b"20210304050607\nwww.nyheter.example.\t600\tIN\tA\t192.0.2.1\n",
                       ("WARC-Target-URI", f"dns:{HOST}"), ("WARC-Date", pages[0].date),
                       ("WARC-IP-Address", "192.0.2.53"), ("Content-Type", "text/dns")))  # fmt: skip
    for got in pages:
        answer = an_id()
        where = [("WARC-Target-URI", got.url), ("WARC-Date", got.date)]
        made.append(record("response", http(got), *where, ("WARC-Payload-Digest", sha1(got.body)),
                           ("WARC-IP-Address", "192.0.2.1"), ("WARC-Record-ID", answer),
                           ("Content-Type", "application/http; msgtype=response")))  # fmt: skip
        made.append(record("request", asked(got), *where, ("WARC-Concurrent-To", answer),
                           ("Content-Type", "application/http; msgtype=request")))  # fmt: skip
        made.append(record("metadata", b"via: http://a/\r\nhopsFromSeed: L\r\nfetchTimeMs: 7\r\n", *where,
                           ("WARC-Concurrent-To", answer), ("Content-Type", "application/warc-fields")))  # fmt: skip
    first = pages[0]
    made.append(record("revisit", http(first).partition(first.body)[0], ("WARC-Target-URI", first.url),
                       ("WARC-Date", "2021-03-05T05:06:07Z"), ("WARC-Payload-Digest", sha1(first.body)),
                       ("WARC-Profile", "http://netpreserve.org/warc/1.0/revisit/identical-payload-digest"),
                       ("WARC-Truncated", "length"), ("WARC-Refers-To-Target-URI", first.url),
                       ("WARC-Refers-To-Date", first.date),
                       ("Content-Type", "application/http; msgtype=response")))  # fmt: skip
    made.append(record("revisit", b"HTTP/1.1 200 OK\r\n\r\n", ("WARC-Target-URI", f"https://{HOST}/elsewhere"),
                       ("WARC-Date", "2021-03-05T05:06:08Z"), ("WARC-Payload-Digest", sha1(b"never here")),
                       ("WARC-Profile", "http://netpreserve.org/warc/1.0/revisit/identical-payload-digest"),
                       ("Content-Type", "application/http; msgtype=response")))  # fmt: skip
    return made


def common_crawl(pages: Sequence[Got]) -> list[bytes]:
    """Of the news sets: content codings and framing taken off, the request first, an old head as it was."""
    info = an_id()
    made = [record("warcinfo", b"robots: classic\r\nsoftware: StormCrawler 1.14\r\nisPartOf: CC-NEWS\r\n",
                   ("WARC-Date", pages[0].date), ("WARC-Record-ID", info),
                   ("Content-Type", "application/warc-fields"))]  # fmt: skip
    for got in pages:
        asking, answer = an_id(), an_id()
        where = [("WARC-Target-URI", got.url), ("WARC-Date", got.date), ("WARC-Warcinfo-ID", info)]
        # Older sets kept these three lines over a body that is neither framed nor coded.
        block = b"HTTP/1.1 200 OK\r\n" + got.head + b"\r\nContent-Encoding: gzip\r\n"
        block += b"Transfer-Encoding: chunked\r\nContent-Length: 77\r\n\r\n" + got.body
        made.append(record("request", asked(got), *where, ("WARC-Record-ID", asking),
                           ("WARC-Block-Digest", sha1(asked(got))),
                           ("Content-Type", "application/http; msgtype=request")))  # fmt: skip
        made.append(record("response", block, *where, ("WARC-Record-ID", answer),
                           ("WARC-Concurrent-To", asking), ("WARC-IP-Address", "192.0.2.1"),
                           ("WARC-Payload-Digest", sha1(got.body)), ("WARC-Block-Digest", sha1(block)),
                           ("WARC-Identified-Payload-Type", "text/html"),
                           ("Content-Type", "application/http; msgtype=response")))  # fmt: skip
        made.append(record("metadata", b"fetchTimeMs: 77\r\n", *where, ("WARC-Concurrent-To", answer),
                           ("Content-Type", "application/warc-fields")))  # fmt: skip
    return made


def browsertrix(pages: Sequence[Got]) -> list[bytes]:
    """WARC/1.1, SHA-256, heads renamed, requests of scripts, and notes on pages as ``resource`` records."""
    info = an_id()
    about = b"software: Browsertrix-Crawler 1.5.0 (with warcio.js 2.4.2)\r\nformat: WARC File Format 1.1\r\n"
    made = [record("warcinfo", about, ("WARC-Date", pages[0].date), ("WARC-Filename", "rec-0.warc.gz"),
                   ("WARC-Record-ID", info), ("Content-Type", "application/warc-fields"), version="1.1")]  # fmt: skip
    for got in pages:
        made += _answered(got, "GET", info)
        note = json.dumps({"pageid": got.url, "urls": {}}).encode()
        made.append(record("resource", note, ("WARC-Target-URI", f"urn:pageinfo:{got.url}"),
                           ("WARC-Date", got.date), ("WARC-Warcinfo-ID", info),
                           ("WARC-Payload-Digest", sha256(note)), ("WARC-Block-Digest", sha256(note)),
                           ("Content-Type", "application/json"), version="1.1"))  # fmt: skip
    made += _answered(
        Got(f"https://{HOST}/api/count", b'{"n": 1}', head=b"content-type: application/json"), "POST", info
    )
    return made


def _answered(got: Got, method: str, info: str) -> list[bytes]:
    answer = an_id()
    date = got.date.replace("Z", ".123Z")
    where = [("WARC-Target-URI", got.url), ("WARC-Date", date), ("WARC-Warcinfo-ID", info)]
    block = http(got, b"x-orig-content-encoding: br", b"x-orig-transfer-encoding: chunked")
    return [
        record("response", block, *where, ("WARC-Record-ID", answer), ("WARC-Payload-Digest", sha256(got.body)),
               ("WARC-Block-Digest", sha256(block)), ("WARC-Page-ID", "p"), ("WARC-Resource-Type", "document"),
               ("Content-Type", "application/http; msgtype=response"), version="1.1"),
        record("request", asked(got, method), *where, ("WARC-Concurrent-To", answer),
               ("WARC-Block-Digest", sha256(asked(got, method))),
               ("Content-Type", "application/http; msgtype=request"), version="1.1"),
    ]  # fmt: skip


def wget_like(pages: Sequence[Got]) -> list[bytes]:
    """Addresses in angle brackets, digests over the chunk framing, the program's log as a ``resource``."""
    info = an_id()
    made = [record("warcinfo", b"software: Wget/1.21.3 (linux-gnu)\r\nformat: WARC File Format 1.0\r\n",
                   ("Content-Type", "application/warc-fields"), ("WARC-Date", pages[0].date),
                   ("WARC-Record-ID", info), ("WARC-Filename", "w.warc.gz"))]  # fmt: skip
    for got in pages:
        asking = an_id()
        block, framed = chunked(got)
        where = [("WARC-Target-URI", f"<{got.url}>"), ("WARC-Date", got.date), ("WARC-Warcinfo-ID", info)]
        made.append(record("request", asked(got), *where, ("WARC-Record-ID", asking),
                           ("WARC-Block-Digest", sha1(asked(got))),
                           ("Content-Type", "application/http;msgtype=request")))  # fmt: skip
        made.append(record("response", block, *where, ("WARC-Concurrent-To", asking),
                           ("WARC-Block-Digest", sha1(block)), ("WARC-Payload-Digest", sha1(framed)),
                           ("WARC-IP-Address", "192.0.2.1"),
                           ("Content-Type", "application/http;msgtype=response")))  # fmt: skip
    log = b"--2021-03-04-- getting it\n"
    made.append(record("resource", log, ("WARC-Target-URI", "<metadata://gnu.org/software/wget/warc/wget.log>"),
                       ("WARC-Date", pages[0].date), ("WARC-Warcinfo-ID", info), ("WARC-Block-Digest", sha1(log)),
                       ("Content-Type", "text/plain")))  # fmt: skip
    return made


def of_warcio(pages: Sequence[Got]) -> list[bytes]:
    """What warcio's own writer makes of them, in WARC/1.1."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # it leaves its temporary files to the collector
        made = _of_warcio(pages)
        gc.collect()
    return made


def _of_warcio(pages: Sequence[Got]) -> list[bytes]:
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import BufferWARCWriter

    made = []
    for n, got in enumerate([None, *pages]):
        writer: Any = BufferWARCWriter(gzip=False, warc_version="1.1")
        if got is None:
            writer.write_record(writer.create_warcinfo_record("x.warc.gz", {"software": "warcio"}))
        else:
            head = StatusAndHeaders(
                "200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.0"
            )
            answer = writer.create_warc_record(
                got.url, "response", payload=io.BytesIO(got.body), http_headers=head,
                warc_headers_dict={"WARC-Date": got.date},
            )  # fmt: skip
            asking = StatusAndHeaders(f"GET /{n} HTTP/1.0", [("Host", HOST)], is_http_request=True)
            request = writer.create_warc_record(got.url, "request", http_headers=asking)
            writer.write_request_response_pair(request, answer)
        made.append(bytes(writer.get_contents()))
    return [piece for packed in made for piece in split(packed)]


def split(data: bytes) -> list[bytes]:
    """The records of a file that is not compressed."""
    starts = [0]
    while (at := data.find(b"\r\n\r\nWARC/1", starts[-1])) >= 0:
        starts.append(at + 4)
    return [data[a:b] for a, b in zip(starts, [*starts[1:], len(data)], strict=True)]


def wet(pages: Sequence[Got]) -> list[bytes]:
    """Texts that were taken from pages, as Common Crawl offers them."""
    made = [record("warcinfo", b"Software-Info: ia-web-commons\r\n", ("WARC-Date", pages[0].date),
                   ("Content-Type", "application/warc-fields"))]  # fmt: skip
    for got in pages:
        text = got.body
        made.append(record("conversion", text, ("WARC-Target-URI", got.url), ("WARC-Date", got.date),
                           ("WARC-Refers-To", an_id()), ("WARC-Block-Digest", sha1(text)),
                           ("WARC-Identified-Content-Language", "swe"), ("Content-Type", "text/plain")))  # fmt: skip
    return made


Style = Callable[[Sequence[Got]], list[bytes]]
STYLES: dict[str, Style] = {
    "heritrix": heritrix,
    "common crawl": common_crawl,
    "browsertrix": browsertrix,
    "wget-like": wget_like,
    "warcio": of_warcio,
}


def packed(records: Iterable[bytes], layout: str = "by record") -> bytes:
    """The records as a file: ``by record``, ``plain`` or ``one member``."""
    if layout == "by record":
        return b"".join(gzip.compress(piece) for piece in records)
    data = b"".join(records)
    return gzip.compress(data) if layout == "one member" else data
