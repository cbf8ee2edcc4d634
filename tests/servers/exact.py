"""A server on loopback that sends prepared bytes, whatever they are, and keeps what it was sent.

Every answer has a payload of its own, so that no two captures are ever the same one.
"""

from __future__ import annotations

import gzip
import socket
import ssl
import struct
import threading
import time
import zlib
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal

import brotli

if TYPE_CHECKING:
    from pathlib import Path

Then = Literal["keep", "close", "stall", "reset", "hang up next time"]
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The bytes of one answer and what happens to the connection then.

    ``truncated`` is the WARC-Truncated that a capture of it carries, ``interim`` the part
    of the bytes that is no final response, ``slices`` the size of the pieces it is sent in.
    """

    wire: bytes
    then: Then = "keep"
    truncated: str | None = None
    interim: bytes = b""
    slices: int = 50_000
    record: str = "response"

    @property
    def final(self) -> bytes:
        return self.wire[len(self.interim) :]


def page(name: str, words: int = 400) -> bytes:
    """An HTML page that no other name has."""
    return (
        f"<html><head><title>Café {name}</title></head><body>{'<p>ord </p>' * words}</body></html>".encode()
    )


def chunked(body: bytes, size: int = 700, extension: bytes = b"", trailer: bytes = b"") -> bytes:
    pieces = (body[i : i + size] for i in range(0, len(body), size))
    framed = (b"%X%s\r\n%s\r\n" % (len(piece), extension, piece) for piece in pieces)
    return b"".join(framed) + b"0\r\n" + trailer + b"\r\n"


def head(*lines: bytes, status: bytes = b"HTTP/1.1 200 OK") -> bytes:
    return b"\r\n".join((status, *lines)) + b"\r\n\r\n"


def sized(body: bytes, *lines: bytes, status: bytes = b"HTTP/1.1 200 OK", length: int | None = None) -> bytes:
    stated = b"Content-Length: %d" % (len(body) if length is None else length)
    return head(b"Content-Type: text/html", *lines, stated, status=status) + body


def framed(body: bytes, *lines: bytes) -> bytes:
    return head(b"Content-Type: text/html", *lines, b"Transfer-Encoding: chunked") + body


def cases() -> dict[str, Answer]:
    """The hostile answers by path."""
    huge = b"x" * (3 << 20)
    raw = zlib.compressobj(wbits=-15)
    packed = gzip.compress(page("chunkedgzip"), mtime=0)
    deflated = raw.compress(page("deflate")) + raw.flush()
    plain = (
        b"HTTP/1.1 200 Everything Fine\r\nserver: Weird/1.0\r\nX-lower-CASE:   padded value  \r\n"
        b"content-type: text/html\r\nDate: Mon, 01 Jan 2024 00:00:00 GMT\r\nConnection: keep-alive\r\n"
        b'Keep-Alive: timeout=5\r\nETag: "a"\r\nCONTENT-LENGTH: %d\r\n\r\n' % len(page("plain"))
    )
    return {
        "/robots.txt": Answer(wire=sized(b"User-agent: *\nDisallow: /x", b"content-TYPE: text/plain")),
        "/plain": Answer(wire=plain + page("plain")),
        "/gzip": Answer(wire=sized(gzip.compress(page("gzip"), mtime=0), b"Content-Encoding: gzip")),
        "/brotli": Answer(wire=sized(brotli.compress(page("br")), b"Content-Encoding: br")),
        "/deflate": Answer(wire=sized(deflated, b"Content-Encoding: deflate")),
        "/chunked": Answer(wire=framed(chunked(page("chunked"), 700, b";ext=1"))),
        "/chunkedgzip": Answer(wire=framed(chunked(packed, 90), b"Content-Encoding: gzip")),
        "/trailer": Answer(wire=framed(chunked(page("trailer"), trailer=b"X-Sum: 1\r\n"))),
        "/cookies": Answer(
            wire=sized(b"kakor", b"Set-Cookie: a=1; Path=/", b"X-Dup: 1", b"set-cookie: b=2", b"x-dup: 2")
        ),
        "/folded": Answer(wire=sized(b"vikt", b"X-Fold: one\r\n two", b"nocolonline", b"X-Latin: caf\xe9")),
        "/lines": Answer(wire=sized(b"korta rader").replace(b"\r\n", b"\n")),
        "/redirect": Answer(wire=sized(b"moved", b"location: /target", status=b"HTTP/1.1 301 Moved")),
        "/target": Answer(wire=sized(page("target"))),
        "/304": Answer(
            wire=head(b'ETag: "a"', b"Content-Length: 4711", status=b"HTTP/1.1 304 Not Modified"),
            record="revisit",
        ),
        "/204": Answer(wire=head(b"X-Nothing: here", status=b"HTTP/1.1 204 No Content")),
        "/404": Answer(wire=sized(b"borta", status=b"HTTP/1.1 404 Nope")),
        "/500": Answer(wire=sized(b"fel", status=b"HTTP/1.1 500 Oops")),
        "/head": Answer(wire=head(b"Content-Type: text/html", b"Content-Length: 12345")),
        "/100": Answer(wire=CONTINUE + sized(b"hundra"), interim=CONTINUE),
        "/103": Answer(wire=HINTS + CONTINUE + sized(b"tips"), interim=HINTS + CONTINUE),
        "/bytewise": Answer(wire=sized(b"en i taget"), slices=1),
        "/spooled": Answer(wire=sized(huge)),
        "/close": Answer(
            wire=head(b"Content-Type: text/html", status=b"HTTP/1.0 200 OK") + page("c"), then="close"
        ),
        "/truncated": Answer(wire=sized(page("t")[:1000], length=5000), then="close", truncated="disconnect"),
        "/truncchunk": Answer(wire=framed(chunked(page("tc"))[:1500]), then="close", truncated="disconnect"),
        "/trunchead": Answer(wire=b"HTTP/1.1 200 OK\r\nContent-Ty", then="close", truncated="disconnect"),
        "/reset": Answer(
            wire=head(b"Content-Type: text/html") + b"half", then="reset", truncated="disconnect"
        ),
        "/stall": Answer(wire=sized(b"partial", length=5000), then="stall", truncated="time"),
        "/garbage": Answer(wire=b"SSH-2.0-OpenSSH_9.6\r\n\r\nhello", then="close", truncated="unspecified"),
        "/badchunk": Answer(wire=framed(b"5\r\nabcde\r\nZZ\r\nx"), then="close", truncated="disconnect"),
        "/toolong": Answer(wire=sized(b"y" * (3 << 20)), truncated="length"),
        "/toolong-nolen": Answer(wire=framed(chunked(b"z" * (3 << 20), 60_000)), truncated="length"),
        "/empty": Answer(wire=b"", then="close"),
        "/only100": Answer(wire=CONTINUE, interim=CONTINUE, then="close"),
        "/kept": Answer(wire=sized(b"forst"), then="hang up next time"),
    }


@dataclass
class ExactServer:
    """Serves the cases on a free port of loopback, with TLS where a certificate is given."""

    certificate: Path | None = None
    answers: dict[str, Answer] = field(default_factory=cases)
    received: dict[str, list[bytes]] = field(default_factory=dict)
    port: int = 0

    def __enter__(self) -> ExactServer:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listener.getsockname()[1]
        self._context = None
        if self.certificate:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(self.certificate)
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    @property
    def base(self) -> str:
        return f"{'https' if self.certificate else 'http'}://127.0.0.1:{self.port}"

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError):
            if self._context:
                connection = self._context.wrap_socket(connection, server_side=True)
            with connection:
                while self._exchange(connection):
                    pass

    def _exchange(self, connection: socket.socket) -> bool:
        request = b""
        while b"\r\n\r\n" not in request:
            data = connection.recv(65536)
            if not data:
                return False
            request += data
        path = request.split()[1].decode()
        self.received.setdefault(path, []).append(request)
        answer = self.answers.get(path) or self.answers["/404"]
        for i in range(0, len(answer.wire), answer.slices):
            connection.sendall(answer.wire[i : i + answer.slices])
        return self._after(connection, answer.then)

    def _after(self, connection: socket.socket, then: Then) -> bool:
        if then == "stall":
            time.sleep(6)
        if then == "reset":
            time.sleep(0.3)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if then == "hang up next time":
            connection.recv(65536)
        if then == "close" and self._context:
            with suppress(OSError):
                connection = connection.unwrap()  # type: ignore[attr-defined]
        return then == "keep"


def self_signed(path: Path) -> Path:
    """A key and a certificate for 127.0.0.1 in one PEM file."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return path
