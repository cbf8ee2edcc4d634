"""Who wrote which records of a file: a crawl of ours, or others, whose records an import took over.

An import puts records of ours around those of others, which stay byte for byte as they were: a
warcinfo with the command ``import``, ``metadata`` records that say what was taken and under which
profile, and at the end the outcome. All of them name that warcinfo; what lies between them is of
others, whatever it says.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import msgspec

from archiver.model import Source
from archiver.warc.capture import SOURCE_FIELD, is_capture
from archiver.warc.record import Buffer, Record, parse_warc_fields

OUTCOME = "urn:nyhetsarkiv:outcome:"
IMPORT = "urn:nyhetsarkiv:import:"
SOFTWARE = "nyhetsarkiv/"
MAX_OWN = 1 << 25  # bytes of a record of ours that describes an import


@dataclass(frozen=True, kw_only=True)
class Imported:
    """What an import took from a file of others, and what it left there.

    ``sha256`` is in hex, over the whole file. ``left_out`` counts records by the reason.
    ``no_captures`` are the ids of responses that were copied and stand for no page, such as the
    answer to a POST. Where the file stays in its place, ``path`` says where that was, ``name`` how
    rows call it, and ``offsets`` where its captures begin.
    """

    file: str
    sha256: str
    bytes: int
    records: int
    captures: int
    left_out: dict[str, int] = field(default_factory=dict)
    no_captures: tuple[str, ...] = ()
    path: str | None = None
    name: str | None = None
    offsets: tuple[int, ...] = ()

    def place(self) -> tuple[str, Path] | None:
        """Name and path of a file that stays in its place, None for one that was copied."""
        return (self.name, Path(self.path)) if self.name and self.path else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """Where one record comes from: its crawl, whether it is of others, and what says so.

    ``is_backfill`` where a backfill wrote it, which keeps what it exchanged with a web archive too.
    ``excluded`` are the ids of records that are no captures, ``imported`` is set on the record that
    describes an import.
    """

    crawl: str = ""
    is_import: bool = False
    is_foreign: bool = False
    is_backfill: bool = False
    excluded: frozenset[str] = frozenset()
    imported: Imported | None = None

    @property
    def source(self) -> Source:
        """What brought the captures among the records."""
        return "import" if self.is_import else "backfill" if self.is_backfill else "crawl"

    def has_capture(self, record: Record) -> bool:
        """True where a record is a capture of the site. An answer of a web archive is none.

        What a backfill derives from it says which memento it was.
        """
        if not is_capture(record) or record.id in self.excluded:
            return False
        return not self.is_backfill or record.get(SOURCE_FIELD) is not None


FOREIGN = Origin(is_import=True, is_foreign=True)
"""The origin of the records of a file that lies elsewhere."""


@lru_cache(maxsize=64)
def _of_crawl(crawl: str, *, is_backfill: bool) -> Origin:
    """The origin of the records of a crawl of our own."""
    return Origin(crawl=crawl, is_backfill=is_backfill)


class Origins:
    """Follows the records of a file in their order, and says of each where it comes from."""

    def __init__(self) -> None:
        self._crawls: dict[str, str] = {}
        self._backfills: set[str] = set()
        self._import: str | None = None
        self._excluded: frozenset[str] = frozenset()

    def of(self, get: Callable[[str], str | None], block: Callable[[], Buffer]) -> Origin:
        """The origin of the next record; ``get`` gives its fields, by names in lower case."""
        own = get("warc-record-id") or ""
        info = own if get("warc-type") == "warcinfo" else get("warc-warcinfo-id") or ""
        if self._import is None:
            if get("warc-type") != "warcinfo":
                return _of_crawl(self._crawls.get(info, ""), is_backfill=info in self._backfills)
            return self._begun(own, dict(parse_warc_fields(block())))
        crawl = self._crawls[self._import]
        if info != self._import:
            return Origin(crawl=crawl, is_import=True, is_foreign=True, excluded=self._excluded)
        target = get("warc-target-uri") or ""
        if target.startswith(OUTCOME):
            self._import, self._excluded = None, frozenset()
        imported = _description(block()) if target.startswith(IMPORT) else None
        if imported is not None:
            self._excluded = frozenset(imported.no_captures)
        return Origin(crawl=crawl, is_import=True, imported=imported)

    def _begun(self, warcinfo: str, said: dict[str, str]) -> Origin:
        crawl = self._crawls[warcinfo] = said.get("isPartOf", "")
        if is_import(said):
            self._import = warcinfo
        elif is_backfill(said):
            self._backfills.add(warcinfo)
        return Origin(crawl=crawl, is_import=is_import(said), is_backfill=is_backfill(said))


def is_import(info: dict[str, str]) -> bool:
    """True for the warcinfo that an import of this software begins with."""
    return info.get("command") == "import" and info.get("software", "").startswith(SOFTWARE)


def is_backfill(info: dict[str, str]) -> bool:
    """True for the warcinfo of a file that a backfill of this software wrote."""
    return info.get("command") == "backfill" and info.get("software", "").startswith(SOFTWARE)


def _description(block: Buffer) -> Imported | None:
    try:
        return msgspec.json.decode(bytes(memoryview(block)[:MAX_OWN]), type=Imported)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
