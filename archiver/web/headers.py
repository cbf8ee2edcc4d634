"""What every answer says to the browser: which scripts may run, and that nothing leaves this machine."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Awaitable, Callable, MutableMapping
from ipaddress import ip_address
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

OURS = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""The policy of our pages: no script and no style but the files beside them."""

# The one script in Datasette's own pages that is always the same, and that its pages of tables need.
_OF_TABLES = base64.b64encode(hashlib.sha256(b"DATASETTE_ALLOW_FACET = true;").digest()).decode()
DATASETTE = (
    OURS.replace("script-src 'self'", f"script-src 'self' 'sha256-{_OF_TABLES}'")
    .replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
    .replace("img-src 'self'", "img-src 'self' data:")
)
"""The policy of Datasette's own pages, which have styles of their columns in them."""

CAPTURED = "sandbox; default-src 'none'; frame-ancestors 'none'"
"""The policy of whatever others wrote: it runs nothing, and loads nothing."""

_ALWAYS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)


def guarded(app: App, hosts: frozenset[str] | None) -> App:
    """The application with these headers on each answer, for requests that name one of ``hosts``.

    None lets every name pass. A page of another site whose name was made to mean this machine would
    otherwise read the archive from within a reader's browser.
    """

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = _headers(list(message.get("headers", [])))
            await send(message)

        if scope["type"] == "http" and hosts is not None and _host(scope) not in hosts:
            await _misdirected(send_with_headers)
            return
        await app(scope, receive, send_with_headers)

    return answer


def hosts_for(host: str) -> frozenset[str] | None:
    """The names by which a server on this address may be asked: on loopback those of loopback, else any."""
    try:
        is_loopback = ip_address(host).is_loopback
    except ValueError:
        is_loopback = host == "localhost"
    return frozenset(("localhost", "127.0.0.1", "[::1]", f"[{host}]", host)) if is_loopback else None


def _host(scope: Scope) -> str:
    headers: dict[bytes, bytes] = dict(scope.get("headers") or [])
    named = headers.get(b"host", b"").decode("latin-1").lower()
    return named if named.endswith("]") else named.rpartition(":")[0] or named


def _headers(given: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    named = {name.lower(): value for name, value in given}
    added = [(name, value) for name, value in _ALWAYS if name not in named]
    if b"content-security-policy" not in named:
        is_page = named.get(b"content-type", b"").startswith(b"text/html")
        added.append((b"content-security-policy", (DATASETTE if is_page else CAPTURED).encode()))
    return given + added


async def _misdirected(send: Send) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": 421, "headers": headers})
    await send({"type": "http.response.body", "body": b"This archive is served to this machine alone.\n"})
