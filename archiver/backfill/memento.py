"""A memento as its site once answered, from what a web archive answers today.

Web archives give the headers of a capture under names of their own, and add theirs. What the site
said is brought back as far as that can be told; the body stays as it came, byte for byte.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from archiver.backfill.listed import Listed, moment_of
from archiver.backfill.wire import Answer
from archiver.warc.blocks import in_steps, joined
from archiver.warc.coding import decode, looks_coded
from archiver.warc.exchange import ResponseMessage
from archiver.warc.surt import urlkey

if TYPE_CHECKING:
    from archiver.model import Truncated

Digest = Literal["agrees", "agrees without its coding", "differs", "not stated"]

ORIGINAL = b"x-archive-orig-"
_FRAMING = frozenset((b"transfer-encoding", b"connection", b"keep-alive", b"trailer", b"upgrade", b"te"))
# What an archive hands on under its own name beside those that it renames.
_HANDED_ON = frozenset((
    b"content-type", b"content-encoding", b"content-language", b"content-disposition", b"location",
    b"x-robots-tag", b"tdm-reservation", b"tdm-policy", b"last-modified", b"etag", b"link",
))  # fmt: skip
# What is never of the site where an archive renames nothing.
_OF_ARCHIVE = frozenset((
    b"memento-datetime", b"content-location", b"preference-applied", b"x-archive-src", b"x-ts", b"x-tr",
    b"x-tl", b"x-na", b"x-nid", b"x-rl", b"x-location", b"x-page-cache", b"x-app-server", b"x-cache-key",
    b"x-archive-guessed-content-type", b"x-archive-guessed-charset", b"server-timing", b"date", b"server",
))  # fmt: skip
_OF_MEMENTO = re.compile(rb'rel="?[^";]*\b(?:original|memento|timegate|timemap)\b')
_LINK = re.compile(rb"<[^>]*>(?:\"[^\"]*\"|[^,\"])*")
_IN_LOCATION = re.compile(rb"/\d{14}(?:[a-z]{2}_)?/(?=https?:)", re.I)


@dataclass(frozen=True, kw_only=True)
class Memento:
    """What is derived from an answer: the head and body that the site once sent.

    ``digest`` says how the body compares with the digest that the list states. A body that is larger than
    the site's pages may be is ``truncated``.
    """

    url: str
    moment: datetime
    head: bytes
    body: bytes
    digest: Digest
    truncated: Truncated | None = None


@dataclass(frozen=True, kw_only=True)
class Refused:
    """An answer from which nothing is derived, and why."""

    reason: str


def memento_of(answer: Answer, asked: Listed, *, limit: int) -> Memento | Refused:
    """The memento that was asked for, or why an answer is not it."""
    message = answer.message
    if answer.status == 0:
        return Refused(reason="no HTTP answer")
    moment = _moment(message)
    if moment is None:
        return Refused(reason=f"the archive's own answer, status {answer.status}")
    if moment != moment_of(asked.timestamp):
        return Refused(reason="the memento of another moment")
    original = _original(message)
    if original is not None and urlkey(original) != urlkey(asked.url):
        return Refused(reason="the memento of another address")
    if answer.exchange.truncated not in (None, "length"):
        return Refused(reason=f"cut off ({answer.exchange.truncated})")
    payload = joined(message.payload(), limit)
    if payload is None or answer.exchange.truncated:
        return _too_large(answer, asked, moment, limit)
    return _derived(answer, asked, moment, payload, limit)


def _too_large(answer: Answer, asked: Listed, moment: datetime, limit: int) -> Memento:
    """The beginning of a page that is larger than pages may be; it never becomes an article."""
    body = b""
    for piece in in_steps(answer.message.payload()):
        body += bytes(piece[: limit - len(body)])
        if len(body) >= limit:
            break
    head = original_head(answer.message, size=len(body), is_coded=True)
    return Memento(
        url=asked.url, moment=moment, head=head, body=body, digest="not stated",
        truncated="length",
    )  # fmt: skip


def _derived(
    answer: Answer, asked: Listed, moment: datetime, payload: bytes, limit: int
) -> Memento | Refused:
    message = answer.message
    decoded = decode(payload, message.codings, limit=limit)
    digest = compared(asked.digest, payload, decoded.body)
    if digest in ("differs", "not stated") and _is_rewritten(answer.url, asked, decoded.body):
        return Refused(reason="rewritten by the archive")
    if message.codings and decoded.fault is not None and digest != "agrees":
        return Refused(reason="damaged")
    body = decoded.body if digest == "agrees without its coding" else payload
    # Some hand on the name of a coding that the body has lost.
    is_coded = body is payload and all(looks_coded(payload[:4096], c) for c in message.codings[-1:])
    head = original_head(message, size=len(body), is_coded=is_coded)
    return Memento(url=asked.url, moment=moment, head=head, body=body, digest=digest)


def _moment(message: ResponseMessage) -> datetime | None:
    """The instant of a memento, aware UTC (RFC 7089, section 2.1.1); None for what is none."""
    try:
        moment = parsedate_to_datetime(message.header("memento-datetime") or "")
    except (TypeError, ValueError, OverflowError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _original(message: ResponseMessage) -> str | None:
    """The address that was captured, as the Link header has it; None where it does not say."""
    for value in message.fields("link"):
        for link in re.finditer(r'<([^>]*)>((?:"[^"]*"|[^,"])*)', value):
            if re.search(r'rel="?[^";]*\boriginal\b', link[2]):
                return link[1].strip()
    return None


def compared(stated: str | None, payload: bytes, decoded: bytes) -> Digest:
    """How a body compares with a digest as CDX servers state it: SHA-1 in base 32, or named and in hex."""
    wanted = _digest(stated) if stated else None
    if wanted is None:
        return "not stated"
    name, value = wanted
    if hashlib.new(name, payload, usedforsecurity=False).digest() == value:
        return "agrees"
    if decoded and hashlib.new(name, decoded, usedforsecurity=False).digest() == value:
        return "agrees without its coding"
    return "differs"


def _digest(stated: str) -> tuple[str, bytes] | None:
    name, colon, value = stated.partition(":")
    name, value = (name.lower().replace("-", ""), value) if colon else ("", stated)
    for known, size in (("sha1", 20), ("sha256", 32), ("md5", 16)):
        if name not in ("", known):
            continue
        try:
            raw = bytes.fromhex(value) if len(value) == 2 * size else _base32(value)
        except ValueError:
            continue
        if len(raw) == size:
            return known, raw
    return None


def _base32(value: str) -> bytes:
    return base64.b32decode(value.upper() + "=" * (-len(value) % 8))


def _is_rewritten(uri: str, asked: Listed, body: bytes) -> bool:
    """True where a body names mementos of its own site in the archive: no site ever wrote that."""
    archive, host = urlsplit(uri).netloc, urlsplit(asked.url).netloc
    pattern = rb"/\d{14}(?:[a-z]{2}_)?/https?:(?:\\?/){2}" + re.escape(host.encode("latin-1", "replace"))
    at_archive = re.escape(archive.encode("latin-1", "replace")) + rb"[^\s\"'<>]{0,100}?" + pattern
    return re.search(at_archive + rb"|[\"'(]/[\w/-]{0,100}?" + pattern, body, re.I) is not None


# -- the head


def original_head(message: ResponseMessage, *, size: int, is_coded: bool) -> bytes:
    """The status line and the headers that the site sent, as far as the archive gives them.

    The framing is gone with the transfer, and Content-Length is that of the body. A content coding
    stays where the body is in it still.
    """
    renamed = [(n[len(ORIGINAL) :], v) for n, v in message.headers if n.lower().startswith(ORIGINAL)]
    known = {name.lower() for name, _ in renamed}
    lines = [message.head.split(b"\n", 1)[0].rstrip(b"\r")]
    has_length = False
    for name, value in message.headers:
        is_original = name.lower().startswith(ORIGINAL)
        name = name[len(ORIGINAL) :] if is_original else name
        key = name.lower()
        if key == b"content-length":
            if not has_length:
                lines.append(name + b": " + str(size).encode())
            has_length = True
        elif (
            key
            and _is_sites(key, is_original=is_original, known=known)
            and _holds(message, key, is_coded=is_coded)
        ):
            value = _plain(key, value, is_original=is_original)
            lines += [name + b": " + value] if value else []
    if not has_length and message.has_body:
        lines.append(b"Content-Length: " + str(size).encode())
    return b"\r\n".join([*lines, b"", b""])


def _is_sites(key: bytes, *, is_original: bool, known: set[bytes]) -> bool:
    """True for a header of the site, by its name in lower case."""
    if key in _FRAMING:
        return False
    if is_original:
        return key != b"content-encoding"
    if known:
        return key in _HANDED_ON and (key not in known or key == b"content-encoding")
    return key not in _OF_ARCHIVE


def _holds(message: ResponseMessage, key: bytes, *, is_coded: bool) -> bool:
    return key != b"content-encoding" or is_coded


def _plain(key: bytes, value: bytes, *, is_original: bool) -> bytes:
    """A value without what the archive put into it."""
    if is_original:
        return value
    if key == b"location" and (found := _IN_LOCATION.search(value)):
        return value[found.end() :]
    if key == b"link":
        links = (found[0].strip() for found in _LINK.finditer(value))
        return b", ".join(link for link in links if not _OF_MEMENTO.search(link))
    return value
