"""What of a scanned file goes to which site: captures that are new, and the records that belong to them."""

from __future__ import annotations

import os
import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from archiver.imports.scan import Piece, Scan
from archiver.instants import to_text
from archiver.store.captures import capture as find_capture
from archiver.warc.imported import Imported
from archiver.warc.record import parse_warc_date

AROUND = frozenset(("warcinfo", "resource", "metadata"))
"""Kinds of records that may be about the file itself, and go with every part of it."""


@dataclass(kw_only=True)
class Part:
    """What goes to one site: the numbers of its records, its captures, and responses that are none."""

    site: str
    numbers: set[int] = field(default_factory=set)
    captures: list[Piece] = field(default_factory=list)
    no_captures: list[str] = field(default_factory=list)


@dataclass(kw_only=True)
class Plan:
    """The parts of a file by site, and how much of it is no part of any.

    ``hosts`` counts captures of hosts that no profile names, ``known`` those that the archive has,
    ``kept`` by kind the records that were taken and are no captures, each with the reason.
    """

    parts: list[Part] = field(default_factory=list)
    hosts: Counter[str] = field(default_factory=Counter)
    known: int = 0
    kept: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)


def plan(db: sqlite3.Connection, scan: Scan, sites: Sequence[str]) -> Plan:
    """Sort the records of a file to the sites."""
    made = Plan(left_out=Counter(scan.left_out))
    requests = _linked(scan)
    for piece in scan.pieces:
        method = next((r.method for r in requests.get(piece.id, ()) if r.method), None)
        if piece.is_capture and method not in (None, "GET"):
            piece.is_capture, piece.why_none = False, f"answer to {method}"
    new = _new_captures(db, scan, made)
    for site in sites:
        captures = [piece for piece in new if piece.site == site]
        if captures:
            made.parts.append(_part(site, captures, scan, requests))
    _count_kept(scan, made)
    return made


def _linked(scan: Scan) -> dict[str, list[Piece]]:
    """By the id of each record that answers or is answered, the records on the other side."""
    by_id = {piece.id: piece for piece in scan.pieces}
    found: dict[str, list[Piece]] = {}
    for piece in scan.pieces:
        for name in piece.linked:
            if (other := by_id.get(name)) is not None:
                found.setdefault(name, []).append(piece)
                found.setdefault(piece.id, []).append(other)
    return found


def _new_captures(db: sqlite3.Connection, scan: Scan, made: Plan) -> list[Piece]:
    """The captures that belong to a site and that the archive does not have."""
    new = []
    for piece in scan.pieces:
        if not piece.is_capture:
            continue
        if piece.site is None:
            made.hosts[piece.host or "?"] += 1
        elif (row := find_capture(db, piece.id)) is None:
            new.append(piece)
        elif (row.url, to_text(row.warc_date)) == (piece.url, to_text(parse_warc_date(piece.date))):
            made.known += 1
        else:
            made.left_out["record-id-taken"] += 1
    return new


def _part(site: str, captures: list[Piece], scan: Scan, linked: dict[str, list[Piece]]) -> Part:
    part = Part(site=site, captures=captures)
    chosen = {piece.id for piece in captures}
    for piece in scan.pieces:
        if piece.id in chosen or (not piece.is_capture and _goes_with(piece, site, chosen, linked)):
            part.numbers.add(piece.number)
            if piece.why_none is not None:
                part.no_captures.append(piece.id)
    return part


def _goes_with(piece: Piece, site: str, chosen: set[str], linked: dict[str, list[Piece]]) -> bool:
    """True where a record that is no capture goes to the site: with its capture, or by its own address."""
    answered = [other for other in linked.get(piece.id, ()) if other.is_capture]
    if answered:
        return any(other.id in chosen for other in answered)
    return piece.site == site or (piece.host is None and piece.kind in AROUND)


def _count_kept(scan: Scan, made: Plan) -> None:
    taken = {number for part in made.parts for number in part.numbers}
    for piece in scan.pieces:
        if piece.number in taken and not piece.is_capture:
            made.kept[piece.why_none or piece.kind] += 1


def description(scan: Scan, made: Plan, part: Part, *, name: str | None = None) -> Imported:
    """What a part says of itself in the archive; ``name`` where the file stays in its place."""
    return Imported(
        file=os.fsencode(scan.path.name).decode("utf-8", "replace"),
        sha256=scan.sha256,
        bytes=scan.bytes,
        records=len(part.numbers) if name is None else len(part.captures),
        captures=len(part.captures),
        left_out=dict(sorted(made.left_out.items())),
        no_captures=tuple(part.no_captures) if name is None else (),
        path=str(scan.path.absolute()) if name else None,
        name=name,
        offsets=tuple(piece.offset for piece in part.captures) if name else (),
    )
