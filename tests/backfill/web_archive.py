"""A web archive in the shape of the Wayback Machine, served on loopback; what it answers can be set."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import urlencode

from tests.imports.archive import BASE, pages
from tests.imports.foreign import HOST
from tests.servers.raw import Answer, RawServer, answer

CDX = "/cdx/search/cdx"
COLUMNS = ("urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length")
TEXT = " ".join(["Kommunen bygger en ny digital tjänst för alla som vill söka bygglov."] * 8)


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A memento that the archive has."""

    url: str
    stamp: str
    body: bytes = b""
    status: str = "200 OK"
    mime: str = "text/html"
    headers: tuple[str, ...] = ()
    digest: str | None = None

    @property
    def path(self) -> str:
        """Where it is played as it was captured."""
        return f"/web/{self.stamp}id_/{self.url}"

    @property
    def moment(self) -> str:
        """Its date as HTTP has it."""
        moment = datetime.strptime(self.stamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        return format_datetime(moment, usegmt=True)

    def row(self) -> list[str]:
        """Its row in a list of captures."""
        sha1 = base64.b32encode(hashlib.sha1(self.body, usedforsecurity=False).digest()).decode()
        key = "se,exempel)" + self.url.partition(HOST)[2]
        size = str(len(self.body))
        return [key, self.stamp, self.url, self.mime, self.status[:3], self.digest or sha1, size]

    def answer(self, *more: str, body: bytes | None = None) -> bytes:
        """What the archive answers to who asks for it."""
        lines = [
            f"Memento-Datetime: {self.moment}",
            f'Link: <{self.url}>; rel="original", <http://archive/web/{self.url}>; rel="timegate"',
            "x-archive-src: some.warc.gz",
            "Server: nginx",
            *(f"x-archive-orig-{line}" for line in ("server: Apache", *self.headers)),
            *more,
        ]
        return answer(self.body if body is None else body, *lines, status=self.status, kind=self.mime)


def article(title: str, stamp: str, *, path: str = "", text: str = TEXT, day: str = "2014-03-04") -> Kept:
    """A memento of an article of the site."""
    said = f'<p class="date">Publicerad <time datetime="{day}">{day}</time></p><p>{text}</p>'
    body = (
        f"<!DOCTYPE html><html lang=sv><head><title>{title}</title></head>"
        f"<body><main><article><h1>{title}</h1>{said}</article></main></body></html>"
    )
    where = path or f"/nyheter/{title.lower().replace(' ', '-')}/"
    return Kept(url=BASE + where, stamp=stamp, body=body.encode())


def query(host: str = HOST, **more: str) -> str:
    """What a CDX server is asked for."""
    wanted = {"url": host, "matchType": "host", "output": "json", "showResumeKey": "true", **more}
    return f"{CDX}?{urlencode(wanted)}"


def rows_of(kept: Iterable[Kept]) -> list[list[str]]:
    """The rows of a list in their order, the names of the columns first."""
    return [list(COLUMNS), *sorted(one.row() for one in kept)]


def as_json(kept: Iterable[Kept], *, key: str | None = None) -> bytes:
    """A list as the Wayback Machine gives it, with a key to resume with."""
    rows = rows_of(kept) + ([[], [key]] if key else [])
    return ("[" + ",\n".join(json.dumps(row) for row in rows) + "]\n").encode()


def as_text(kept: Iterable[Kept], *, key: str | None = None) -> bytes:
    """The same in lines."""
    lines = [" ".join(row) for row in rows_of(kept)[1:]]
    return "".join(f"{line}\n" for line in [*lines, *(["", key] if key else [])]).encode()


def time_map(kept: Iterable[Kept], url: str, *more: str) -> bytes:
    """A TimeMap; ``more`` are lines that come first."""
    lines = [
        f'<{url}>; rel="original"',
        *more,
        *(f'</web/{k.stamp}/{k.url}>; rel="memento"; datetime="{k.moment}"' for k in kept),
    ]
    return ",\n".join(lines).encode() + b"\n"


def web_archive(kept: Sequence[Kept], *, given: bytes | None = None) -> RawServer:
    """The archive, with a list of what it has (in JSON, unless another is given) at its CDX server."""
    listing: Answer = answer(as_json(kept) if given is None else given, kind="application/json")
    return RawServer({query(): listing, **{one.path: one.answer() for one in kept}})


def some(number: int = 6, *, stamp: str = "20260102030405") -> list[Kept]:
    """A feed, a listing and articles of a site as they were one day."""
    return [
        Kept(url=got.url, stamp=stamp, body=got.body, mime=got.head.split(b": ")[1].split(b";")[0].decode())
        for got in pages(number)
    ]
