"""The urlkey of an address: the SURT form that CDXJ indexes are sorted and asked by.

Two addresses that show the same page on practically every server get one key: letter case,
``www.``, default ports, user names, session ids and the order of the query are set aside.
The keys agree with those of pywb, so that pywb finds what is written here.
"""

from __future__ import annotations

import re
import socket
from contextlib import suppress
from functools import lru_cache
from urllib.parse import unquote_to_bytes

_DEFAULT_PORTS = {"http": 80, "https": 443}
_AS_THEY_ARE = ("mailto:", "urn:", "dns:", "javascript:", "data:", "filedesc:", "warcinfo:")
_SPLIT = re.compile(r"(?:([A-Za-z][A-Za-z0-9+.-]*):(?!\d))?/*([^/?]*)([^?]*)(\?.*)?\Z", re.DOTALL)
_WWW = re.compile(rb"www\d*\.")
_NUMBERS = re.compile(rb"[\d.]+\Z")
_TO_ESCAPE = re.compile(rb"[\x00-\x20\x7f-\xff#%]")
_ASP_SESSIONS = tuple(
    re.compile(rb"\A(.*/)\(" + pattern + rb"\)/([^?]+\.aspx.*)\Z")
    for pattern in (rb"(?:[a-z]\([0-9a-z]{24}\))+", rb"[0-9a-z]{24}")
)
_QUERY_SESSIONS = tuple(
    re.compile(rb"\A(.*)(?:" + pattern + rb")(?:&(.*))?\Z", re.DOTALL)
    for pattern in (
        rb"jsessionid=[0-9a-z]{32}",
        rb"phpsessid=[0-9a-z]{32}",
        rb"sid=[0-9a-z]{32}",
        rb"aspsessionid[a-z]{8}=[a-z]{24}",
        rb"cfid=[^&]+&cftoken=[^&]+",
    )
)


def urlkey(url: str) -> str:
    """The key of an address, as ``com,example)/path?a=1&b=2``. Never raises.

    An address without a host in it, such as ``urn:`` or ``mailto:``, is its own key.
    """
    url = re.sub(r"[\t\r\n]", "", url).strip(" ")
    if not url or url.lower().startswith(_AS_THEY_ARE):
        return url or "-"
    found = _SPLIT.match(url.partition("#")[0])
    if found is None or not found[2]:
        return url
    scheme, netloc, path, query = found[1] or "http", found[2], found[3], found[4]
    key = _authority_key(netloc, scheme.lower()) + b")" + _path_key(path) + _query_key(query)
    return key.decode("ascii", "replace")


@lru_cache(maxsize=4096)
def _authority_key(netloc: str, scheme: str) -> bytes:
    """Host labels in reverse order, joined by commas, and the port where it is no default."""
    host, port = _split_port(netloc.rpartition("@")[2])
    name = _host(host)
    if not name.startswith(b"[") and b":" not in name:
        name = b",".join(reversed(name.split(b".")))
    shown = b"" if not port or port == _DEFAULT_PORTS.get(scheme) else b":%d" % port
    return _escape(name.strip(b"[]")) + shown


def _split_port(authority: str) -> tuple[str, int]:
    """Host and port; a port that is not stated, or not a number, is 0."""
    host, colon, port = authority.rstrip(":").rpartition(":")
    if not colon or "]" in port or not (port.isascii() and port.isdigit()):
        return authority.rstrip(":"), 0
    return host, int(port)


def _host(host: str) -> bytes:
    """A host in its plain form: lower case, ASCII, no ``www.``, an IPv4 address dotted."""
    raw = _unescape(host.encode("utf-8", "surrogatepass"))
    with suppress(UnicodeError):
        raw = raw.decode("utf-8").encode("idna") if not raw.isascii() else raw
    raw = re.sub(rb"\.{2,}", b".", raw.lower().strip(b"."))
    raw = _WWW.sub(b"", raw, count=1) if _WWW.match(raw) else raw
    return _dotted(raw) if _NUMBERS.match(raw) else raw


def _dotted(host: bytes) -> bytes:
    try:
        if host.isdigit():
            return socket.inet_ntoa((int(host[:20]) & 0xFFFFFFFF).to_bytes(4, "big")).encode()
        return socket.inet_ntoa(socket.inet_aton(host.decode())).encode()
    except (OSError, OverflowError):
        return host


def _path_key(path: str) -> bytes:
    raw = _unescape(path.encode("utf-8", "surrogatepass"))
    key = _escape(_resolve(raw)).lower()
    for pattern in _ASP_SESSIONS:
        if b".aspx" in key and (found := pattern.match(key)):
            key = bytes(found[1]) + bytes(found[2])
    return key[:-1] if len(key) > 1 and key.endswith(b"/") else key


def _resolve(path: bytes) -> bytes:
    """The path without empty and dot segments; a ``..`` that leads above the root stays."""
    if b"//" not in path and b"/." not in path:
        return path or b"/"
    kept: list[bytes] = []
    for segment in path[1:].split(b"/"):
        if segment == b".." and kept:
            kept.pop()
        elif segment != b".":
            kept.append(segment)
    return b"/" + b"/".join(segment for segment in kept if segment)


def _query_key(query: str | None) -> bytes:
    """``?`` and the parameters in order, session ids left out; nothing for an empty query."""
    if not query or query == "?":
        return b""
    key: bytes = _escape(_unescape(query[1:].encode("utf-8", "surrogatepass"))).lower()
    for pattern in _QUERY_SESSIONS:
        if (b"id=" in key or b"sessionid" in key) and (found := pattern.match(key)):
            key = bytes(found.expand(rb"\1\2"))
    if b"&" in key:
        parameters: list[bytes] = key.split(b"&")
        parameters.sort(key=_name_and_value)
        key = b"&".join(parameters)
    return b"?" + key if key else b""


def _name_and_value(pair: bytes) -> list[bytes]:
    return pair.split(b"=", 1)


def _unescape(raw: bytes) -> bytes:
    """Percent-escapes taken off until none is left."""
    while b"%" in raw:
        plain = unquote_to_bytes(raw)
        if plain == raw:
            break
        raw = plain
    return raw


def _escape(raw: bytes) -> bytes:
    escaped: bytes = _TO_ESCAPE.sub(lambda found: b"%%%02x" % found[0][0], raw)
    return escaped
