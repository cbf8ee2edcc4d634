"""Addresses in our pages: those of this server, made of ids that may hold anything, and those of the web."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import quote, unquote, urlencode, urlsplit

_UUID = "urn:uuid:"
_UNSEEN = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")

Values = Mapping[str, str | Sequence[str] | None]


def web_address(address: str | None) -> str | None:
    """The address where a link may lead there: http or https, with a host, nothing unseen; else None."""
    if not address or _UNSEEN.search(address):
        return None
    try:
        parts = urlsplit(address)
        parts.port  # noqa: B018 - raises where it is none
    except ValueError:
        return None
    return address if parts.scheme in ("http", "https") and parts.hostname else None


def article_path(identity: str, **values: str | Sequence[str] | None) -> str:
    """The page of an article; ``values`` are its parameters."""
    return f"/-/article/{_part(identity)}{query(values)}"


def site_path(site: str) -> str:
    """The page of a site."""
    return f"/-/site/{_part(site)}"


def cite_path(identity: str, form: str, **values: str | Sequence[str] | None) -> str:
    """A citation of an article in one format."""
    return f"/-/cite/{_part(identity)}.{form}{query(values)}"


def capture_path(record: str, suffix: str = "") -> str:
    """The bytes of a capture; ``.warc`` behind it is its record."""
    return f"/-/capture/{_part(record.strip('<>').removeprefix(_UUID))}{suffix}"


def picture_path(record: str) -> str:
    """An image that was captured."""
    return f"/-/picture/{_part(record.strip('<>').removeprefix(_UUID))}"


def search_path(values: Values) -> str:
    """The page of a search."""
    return f"/-/search{query(values)}"


def records_named(part: str) -> tuple[str, ...]:
    """The record ids that a part of an address may mean."""
    name = unquote(part)
    return f"<{_UUID}{name}>", f"<{name}>", name


def replay_address(base: str, site: str, timestamp: str, url: str) -> str | None:
    """Where pywb plays a capture, None where its address is none that a browser opens."""
    if not web_address(url):
        return None
    return f"{base.rstrip('/')}/{_part(site)}/{timestamp}/{url.replace('#', '%23')}"


def query(values: Values) -> str:
    """Parameters behind an address, without those that have no value."""
    given = [(name, value) for name, value in values.items() if value]
    return "?" + urlencode(given, doseq=True) if given else ""


def _part(text: str) -> str:
    return quote(text, safe=":")
