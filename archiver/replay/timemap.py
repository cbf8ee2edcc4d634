"""TimeMaps (RFC 7089): the mementos of an address, as pywb would show them.

They are read from the CDXJ index that pywb itself reads, so that what a TimeMap names is what
replay plays.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import quote

from archiver.errors import DamagedError, UsageError
from archiver.home import Home
from archiver.replay.access import read_access_rules
from archiver.replay.configuration import played_sites
from archiver.warc.cdxj import lines_of
from archiver.warc.surt import urlkey

BASE = "http://127.0.0.1:8080"
_URL = re.compile(r"https?://[^/?#\s]+\S*\Z", re.I)
# What may stand between < and > in a link: everything that an address is made of.
_SAFE = "!#$%&'()*+,/:;=?@[]~"


@dataclass(frozen=True, kw_only=True, slots=True)
class Memento:
    """One capture in a TimeMap: the address as it was asked for, and when, aware UTC."""

    url: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class TimeMap:
    """The mementos of an address in one collection, the oldest first; at least one.

    ``base`` is where pywb serves the archive, without a slash at its end.
    """

    url: str
    site: str
    base: str
    mementos: Sequence[Memento]

    @property
    def timegate(self) -> str:
        """The URI that redirects to the memento nearest to a date."""
        return f"{self.base}/{self.site}/{self.url}"

    def uri(self, form: str = "link") -> str:
        """The URI at which pywb serves this TimeMap."""
        return f"{self.base}/{self.site}/timemap/{form}/{self.url}"

    def uri_of(self, memento: Memento) -> str:
        """The URI at which pywb plays a memento."""
        return f"{self.base}/{self.site}/{memento.at:%Y%m%d%H%M%S}mp_/{memento.url}"


def time_map(home: Home, url: str, *, base: str = BASE, site: str | None = None) -> TimeMap:
    """The TimeMap of an address. Captures under the same urlkey are its mementos.

    Raises UsageError where the address is none, where no capture of it is there to be shown,
    where several sites have some and none is named, and for an unknown site.
    """
    if not _URL.match(url):
        raise UsageError(f"{url!r} is no address", hint="write it with http:// or https://", url=url)
    if not _URL.match(base):
        raise UsageError(f"--base {base!r} is no address", hint=f"such as {BASE}")
    found = {name: mementos for name in _sites(home, site) if (mementos := list(_mementos(home, name, url)))}
    if not found:
        raise UsageError(f"there is no capture of {url!r}", hint="archiver search finds articles", url=url)
    if len(found) > 1:
        raise UsageError(
            f"{len(found)} sites have captures of {url}: {', '.join(found)}", hint="choose with --site"
        )
    [(name, mementos)] = found.items()
    return TimeMap(url=url, site=name, base=base.rstrip("/"), mementos=mementos)


def _sites(home: Home, site: str | None) -> list[str]:
    known = played_sites(home)
    if not known:
        raise UsageError(f"{home.root}: there is no archive here yet", hint="--data-dir names another")
    if site is not None and site not in known:
        raise UsageError(f"unknown site {site!r} (known: {', '.join(known)})", site=site)
    return known if site is None else [site]


def _mementos(home: Home, site: str, url: str) -> Iterator[Memento]:
    key = urlkey(url)
    if read_access_rules(home.collection(site)).of(key) == "exclude":
        return
    path = home.index(site)
    for line in lines_of(path, key):
        try:
            yield _memento(line)
        except (ValueError, KeyError, TypeError):
            raise DamagedError(
                f"{path}: a line is damaged: {line[:80]!r}", hint="archiver repair writes the index again"
            ) from None


def _memento(line: bytes) -> Memento:
    _, stamp, said = line.decode("utf-8", "replace").split(" ", 2)
    at = datetime.strptime(stamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    return Memento(url=json.loads(said)["url"], at=at)


def link_format(found: TimeMap) -> Iterator[str]:
    """The lines of a TimeMap in ``application/link-format`` (RFC 7089 §5, RFC 6690)."""
    first, last = found.mementos[0], found.mementos[-1]
    yield f'{_link(found.url)}; rel="original",'
    yield f'{_link(found.timegate)}; rel="timegate",'
    yield (
        f'{_link(found.uri())}; rel="self"; type="application/link-format"'
        f'; from="{_date(first.at)}"; until="{_date(last.at)}",'
    )
    for number, memento in enumerate(found.mementos, 1):
        place = "first " * (number == 1) + "last " * (memento is last)
        end = "" if memento is last else ","
        yield f'{_link(found.uri_of(memento))}; rel="{place}memento"; datetime="{_date(memento.at)}"{end}'


def json_format(found: TimeMap) -> dict[str, Any]:
    """The same as an object, in the shape that MemGator and other aggregators answer with."""
    mementos = [{"datetime": _iso(m.at), "uri": _uri(found.uri_of(m))} for m in found.mementos]
    return {
        "original_uri": _uri(found.url),
        "self": _uri(found.uri("json")),
        "timegate_uri": _uri(found.timegate),
        "timemap_uri": {"link_format": _uri(found.uri())},
        "mementos": {"first": mementos[0], "last": mementos[-1], "list": mementos},
    }


def _link(uri: str) -> str:
    return f"<{_uri(uri)}>"


def _uri(uri: str) -> str:
    return quote(uri, safe=_SAFE)


def _date(instant: datetime) -> str:
    return format_datetime(instant, usegmt=True)


def _iso(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")
