"""Why a download has no response, in words that the frontier and the report share."""

from __future__ import annotations

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from scrapy.utils.python import global_object_name

from archiver.crawl.guard import PrivateAddressError

_WORDS: tuple[tuple[type[BaseException], str], ...] = (
    (PrivateAddressError, "private address"),
    (DownloadTimeoutError, "timeout"),
    (DownloadCancelledError, "too large"),
    (CannotResolveHostError, "connection: the host name does not resolve"),
    (DownloadConnectionRefusedError, "connection: refused"),
    (ResponseDataLossError, "connection: the answer was cut off"),
    (UnsupportedURLSchemeError, "no web address"),
    (ValueError, "no web address"),
)


def failure_reason(error: BaseException) -> str:
    """The words for an exception of the download; its class where there are none."""
    for kind, words in _WORDS:
        if isinstance(error, kind):
            return words
    return f"connection: {global_object_name(type(error)).rsplit('.', 1)[-1]}"
