"""Exact capture inside Scrapy: the bytes of every exchange, as they were sent and received.

The HTTP/1.1 download handler of Scrapy is used with a protocol that keeps a copy of what
the connection carries, before anything parses it. Whatever reaches the handler is seen:
robots.txt, redirects, retries, HEAD, 304, errors. This is the one module that knows private
classes of Scrapy and Twisted; ``check_private_classes`` says whether they are as expected.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, Protocol, cast

import scrapy
from scrapy.core.downloader.handlers import http11
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.exceptions import (
    DownloadCancelledError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
from scrapy.utils._download_handlers import wrap_twisted_exceptions
from scrapy.utils.defer import maybe_deferred_to_future
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet import error as tx_error
from twisted.internet.endpoints import HostnameEndpoint
from twisted.internet.error import ConnectionDone
from twisted.web import _newclient
from twisted.web.client import HTTPConnectionPool, ResponseFailed

from archiver.crawl.guard import AddressGuard, GuardedResolver, PrivateAddressError, is_address
from archiver.crawl.tap import Tap
from archiver.errors import ConfigurationError
from archiver.instants import now
from archiver.warc.exchange import MAX_HEAD, Exchange

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.internet.defer import Deferred

    from archiver.model import Capture, Truncated

_ALLOWANCE = 1 << 20
_PORTS = {"http": 80, "https": 443}
_TAP = "_archiver_tap"
_IN_HEAD = (_newclient.STATUS, _newclient.HEADER)


class ExchangeSink(Protocol):
    """What a crawl does with each exchange; its result is ``request.meta["capture"]``."""

    def __call__(self, exchange: Exchange, request: Request) -> Capture | None:
        """Stores the exchange. An error that it raises fails the download."""


class _Tee:
    """A transport that keeps a copy of what is written to it."""

    def __init__(self, transport: Any, tap: Tap) -> None:
        self._transport = transport
        self._tap = tap

    def write(self, data: bytes) -> Any:
        self._tap.sent += data
        return self._transport.write(data)

    def writeSequence(self, pieces: Any) -> Any:  # noqa: N802
        pieces = list(pieces)
        self._tap.sent += b"".join(pieces)
        return self._transport.writeSequence(pieces)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class _TappedProtocol(http11._LenientHTTP11ClientProtocol):
    """Scrapy's protocol, with a copy of each byte for the exchange that it serves."""

    _tap: Tap | None = None

    def request(self, request: Any) -> Deferred[Any]:
        tap = self._tap = getattr(request, _TAP, None)
        if tap is not None and self.state == "QUIESCENT":
            transport: Any = self.transport
            tap.begin(getattr(transport.getPeer(), "host", None))
            write_to = type(request).writeTo
            request.writeTo = lambda transport: write_to(request, _Tee(transport, tap))
        return super().request(request)

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        tap = self._tap
        if tap is not None:
            tap.receive(data)
        super().dataReceived(data)  # type: ignore[no-untyped-call]
        if tap is not None and (tap.is_full or self._head_is_endless(tap)):
            tap.is_full = True
            self.transport.abortConnection()  # type: ignore[union-attr]
        if self._tap is tap and self.state == "QUIESCENT":
            self._tap = None

    def _head_is_endless(self, tap: Tap) -> bool:
        """True where header fields come and come: they are held in memory while they do."""
        parser: Any = self._parser
        return tap.size > MAX_HEAD and parser is not None and parser.state in _IN_HEAD

    def connectionLost(self, reason: Any = None) -> None:  # noqa: N802
        if self._tap is not None:
            self._tap.was_reset = not reason.check(ConnectionDone)
        super().connectionLost(reason)  # type: ignore[no-untyped-call]
        self._tap = None


class _TappedFactory(http11._LenientHTTP11ClientFactory):
    def buildProtocol(self, addr: Any) -> _TappedProtocol:  # noqa: N802
        return _TappedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


class _TappedConnection:
    """A connection of the pool that tells its protocol which exchange the request belongs to."""

    def __init__(self, connection: Any, tap: Tap) -> None:
        self._connection = connection
        self._tap = tap

    def request(self, request: Any) -> Any:
        setattr(request, _TAP, self._tap)
        return self._connection.request(request)


class _TappedPool:
    """The handler's pool as one download sees it: guarded, and with the tap of that download."""

    def __init__(self, pool: HTTPConnectionPool, tap: Tap | None, guard: AddressGuard | None) -> None:
        self._pool = pool
        self._tap = tap
        self._guard = guard
        self.persistent = pool.persistent

    def getConnection(self, key: Any, endpoint: Any) -> Any:  # noqa: N802
        resolver = self._guarded(endpoint)
        connecting = self._pool.getConnection(key, endpoint)
        if resolver is not None:
            connecting.addErrback(_explain, resolver, endpoint)
        if self._tap is not None:
            connecting.addCallback(_TappedConnection, self._tap)
        return connecting

    def _guarded(self, endpoint: Any) -> GuardedResolver | None:
        """Has the endpoint resolve its name through the guard; None where it has no name."""
        inner: Any = getattr(endpoint, "_wrappedEndpoint", endpoint)
        has_name = isinstance(inner, HostnameEndpoint)
        if self._guard is None or not has_name:
            return None
        resolver = GuardedResolver(inner._getNameResolverAndMaybeWarn(inner._reactor), self._guard)
        inner._getNameResolverAndMaybeWarn = lambda reactor: resolver
        return resolver


def _explain(failure: Any, resolver: GuardedResolver, endpoint: Any) -> Any:
    """Says that the guard held an address back, where the connection failed for that."""
    if resolver.refused is None or not failure.check(tx_error.DNSLookupError):
        return failure
    host = getattr(endpoint, "_wrappedEndpoint", endpoint)._hostText
    raise PrivateAddressError(host, resolver.refused)


class ExactHTTPHandler(HTTP11DownloadHandler):
    """Scrapy's HTTP/1.1 handler that hands each exchange to ``crawler.exchange_sink``.

    For http and https; both schemes of a crawler share one handler. The sink is called once
    for each download whose request was written, however it ended, and what it returns is
    ``request.meta["capture"]``, which is None in every other case. ``crawler.address_guard``
    is asked before each connection. Without these attributes nothing is kept or held back.
    """

    lazy = False

    def __init__(self, crawler: Crawler) -> None:
        check_private_classes()
        super().__init__(crawler)
        self._pool._factory = _TappedFactory
        self._closed = False

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ExactHTTPHandler:
        """The one handler of this crawler."""
        handler = getattr(crawler, "_exact_handler", None)
        if not isinstance(handler, cls):
            handler = cls(crawler)
            crawler._exact_handler = handler  # type: ignore[attr-defined]
        return handler

    async def download_request(self, request: Request) -> Response:
        """Downloads as Scrapy does, and stores the exchange whatever comes of it."""
        request.meta["capture"] = None
        sink: ExchangeSink | None = getattr(self._crawler, "exchange_sink", None)
        guard = self._guard_for(request)
        size = request.meta.get("download_maxsize", self._default_maxsize)
        tap = None
        if sink is not None:
            tap = Tap(limit=2 * size + _ALLOWANCE if size else 0, clock=now)
        truncated: Truncated | None = "unspecified"
        try:
            response = await self._download(request, _TappedPool(self._pool, tap, guard))
            truncated = _flagged(response.flags)
            return response
        except Exception as error:
            truncated = _reason(error)
            raise
        finally:
            if sink is not None and tap is not None:
                self._store(tap, request, truncated, sink)

    def _guard_for(self, request: Request) -> AddressGuard | None:
        """The guard of this connection: none for one to a proxy, which the operator chose.

        Behind a proxy only the host as written can be judged. Raises PrivateAddressError.
        """
        guard: AddressGuard | None = getattr(self._crawler, "address_guard", None)
        if guard is None or not request.meta.get("proxy"):
            return guard
        parts = urlparse_cached(request)
        host, port = parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)
        if is_address(host):
            guard.check(host, port, host)
        return None

    async def _download(self, request: Request, pool: _TappedPool) -> Response:
        """One download, as the parent does it, with the pool of this one request."""
        agent = http11._ScrapyAgent(
            contextFactory=self._contextFactory,
            bindAddress=self._bind_address,
            pool=cast("HTTPConnectionPool", pool),
            maxsize=self._default_maxsize,
            warnsize=self._default_warnsize,
            fail_on_dataloss=self._fail_on_dataloss,
            crawler=self._crawler,
            tls_verbose_logging=self._tls_verbose_logging,
        )
        with wrap_twisted_exceptions():
            return await maybe_deferred_to_future(agent.download_request(request))

    def _store(self, tap: Tap, request: Request, truncated: Truncated | None, sink: ExchangeSink) -> None:
        if tap.began is None or not tap.sent:
            return
        if tap.is_full:
            truncated = "length"
        elif tap.was_reset and truncated is None and request.url.startswith("http:"):
            truncated = "disconnect"
        try:
            exchange = Exchange(
                url=request.url.partition("#")[0],
                began=tap.began,
                request=bytes(tap.sent),
                response=tap.response(),
                ip=None if request.meta.get("proxy") else tap.ip,
                truncated=truncated,
                method=request.method,
            )
            request.meta["capture"] = sink(exchange, request)
        finally:
            tap.end()

    async def close(self) -> None:
        """Closes the kept connections, once for both schemes."""
        if not self._closed:
            self._closed = True
            await super().close()


def _flagged(flags: list[str]) -> Truncated | None:
    """Why a response that Scrapy returned is not whole, by its flags."""
    if "download_stopped" in flags:
        return "unspecified"
    return "disconnect" if "dataloss" in flags else None


def _reason(error: Exception) -> Truncated:
    """Why a download that failed has no whole response."""
    if isinstance(error, DownloadTimeoutError):
        return "time"
    if isinstance(error, DownloadCancelledError):
        return "length"
    if isinstance(error, ResponseDataLossError):
        return "disconnect"
    if isinstance(error, DownloadFailedError) and isinstance(error.__cause__, ResponseFailed):
        lost = any(f.check(tx_error.ConnectionDone, tx_error.ConnectionLost) for f in error.__cause__.reasons)
        return "disconnect" if lost else "unspecified"
    return "unspecified"


_AGENT = (
    "self contextFactory connectTimeout bindAddress pool maxsize warnsize fail_on_dataloss crawler"
    " tls_verbose_logging"
)
_EXPECTED: tuple[tuple[Any, str, str], ...] = (
    (http11._ScrapyAgent, "__init__", _AGENT),
    (http11._ScrapyAgent, "download_request", "self request"),
    (http11._LenientHTTP11ClientProtocol, "request", "self request"),
    (http11._LenientHTTP11ClientFactory, "__init__", "self quiescentCallback metadata"),
    (http11._LenientHTTP11ClientFactory, "buildProtocol", "self addr"),
    (_newclient.HTTP11ClientProtocol, "dataReceived", "self bytes"),
    (_newclient.HTTP11ClientProtocol, "connectionLost", ""),
    (_newclient.HTTP11ClientProtocol, "state", ""),
    (_newclient.Request, "writeTo", "self transport"),
    (HTTPConnectionPool, "getConnection", "self key endpoint"),
    (HTTPConnectionPool, "_factory", ""),
    (HTTP11DownloadHandler, "download_request", "self request"),
    (HostnameEndpoint, "_getNameResolverAndMaybeWarn", "self reactor"),
)


def check_private_classes() -> None:
    """Raises ConfigurationError where Scrapy or Twisted are not what this module was written for."""
    for owner, name, parameters in _EXPECTED:
        member = getattr(owner, name, None)
        found = " ".join(inspect.signature(member).parameters) if parameters and member else ""
        if member is None or found != parameters:
            raise ConfigurationError(
                f"Scrapy {scrapy.__version__}: {owner.__name__}.{name} is not what exact capture expects",
                hint="install the versions that constraints.txt names",
            )
