"""A part of a WARC file: chosen records with all that belongs to them, each as it lies in its file.

A record's gzip member is copied byte for byte. Only where a record has no member of its own – a
plain file, one member for all – it is compressed anew, and its header and block stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from archiver.warc.findings import Fault
from archiver.warc.frames import Frame, frames
from archiver.warc.member import member

_ABOUT = ("warc-concurrent-to", "warc-refers-to")
# Targets of the records that say of a crawl what it did: its profile, its chrome model, its outcome.
OF_A_CRAWL = "urn:nyhetsarkiv:"


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One record of an excerpt: its id, and the bytes of its member, read as they are asked for."""

    record: str
    pieces: Iterable[bytes]


def excerpt(
    path: Path, wanted: Callable[[str], bool], *, warcinfo: Callable[[], Iterable[bytes]]
) -> Iterator[Part]:
    """The records whose id is ``wanted``, in their order, with the records that belong to them.

    These are the requests and metadata records that name one of them or that one of them names, what
    the file says of its crawl, and before each record the warcinfo record that it names. Where the
    file has none, ``warcinfo`` gives the member of one. Nothing is yielded where no record is wanted.
    Raises OSError.
    """
    with path.open("rb") as file:
        chosen = _Chosen(wanted)
        is_begun = False
        for frame in chosen.in_order(frames(path)):
            if not is_begun and frame.values.get("warc-type") != "warcinfo":
                yield Part(record="", pieces=warcinfo())
            is_begun = True
            yield Part(record=_id(frame), pieces=member(file, frame))


class _Chosen:
    """Decides about the records of one file as they come."""

    def __init__(self, wanted: Callable[[str], bool]) -> None:
        self._wanted = wanted
        self._infos: dict[str, Frame] = {}
        self._latest = ""
        self._begun: set[str] = set()
        self._of_crawl: dict[str, list[Frame]] = {}
        # Records before a response may be those that it names: wget writes the request first.
        self._before: dict[str, Frame] = {}

    def in_order(self, found: Iterable[Frame | Fault]) -> Iterator[Frame]:
        """What is to be copied, each warcinfo record before the first record that names it."""
        for frame in found:
            if isinstance(frame, Fault):
                continue
            kind = frame.values.get("warc-type", "")
            info = frame.values.get("warc-warcinfo-id", "").strip() or self._latest
            if kind == "warcinfo":
                self._latest = _id(frame)
                self._infos[self._latest] = frame
            elif self._belongs(frame):
                yield from self._begin(info)
                yield from self._named_before(frame)
                yield frame
            elif kind == "metadata" and frame.values.get("warc-target-uri", "").startswith(OF_A_CRAWL):
                if info in self._begun:
                    yield frame
                else:
                    self._of_crawl.setdefault(info, []).append(frame)
            elif kind in ("response", "revisit"):
                self._before.clear()
            else:
                self._before[_id(frame)] = frame

    def _begin(self, info: str) -> Iterator[Frame]:
        """What the file says of a crawl, before the first record of it that is wanted."""
        if info not in self._begun:
            self._begun.add(info)
            if (frame := self._infos.pop(info, None)) is not None:
                yield frame
            yield from self._of_crawl.pop(info, ())

    def _belongs(self, frame: Frame) -> bool:
        about = (value for name, value in frame.fields if name.lower() in _ABOUT)
        kind = frame.values.get("warc-type")
        is_beside = kind in ("request", "metadata") and any(self._wanted(one.strip()) for one in about)
        return is_beside or self._wanted(_id(frame))

    def _named_before(self, frame: Frame) -> list[Frame]:
        """The records before a wanted one that it names; whatever else stood there is let go."""
        names = [value.strip() for name, value in frame.fields if name.lower() == "warc-concurrent-to"]
        named = [self._before[name] for name in names if name in self._before]
        self._before.clear()
        return named


def _id(frame: Frame) -> str:
    return frame.values.get("warc-record-id", "").strip()
