"""A month or a year alone, as pages show when they name no day: the last that is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archiver.extract.body import path_of
from archiver.extract.dated import NAMED, NEAR, Dated, is_change, is_elsewhere, seen
from archiver.extract.dates import find_date, read_date
from archiver.extract.smallprint import COARSE

if TYPE_CHECKING:
    from archiver.extract.datelines import Datelines
    from archiver.extract.dates import Stamp
    from archiver.extract.document import Block

LINE = 40  # characters of a line that names a month or a year


def coarse_date(lines: Datelines) -> Dated | None:
    """The month or the year of an element, a line or a badge beside the title."""
    return _in_time(lines) or _in_line(lines) or _badge(lines)


def _in_time(lines: Datelines) -> Dated | None:
    for time in lines.doc.times:
        if is_change(time) or not lines.is_beside(time.block) or is_elsewhere(time.node.marks & ~NEAR):
            continue
        raw = time.value or time.text
        stamp = lines.read(raw) or _stamp_in(lines, raw)
        if stamp is not None and stamp.precision in ("month", "year"):
            return Dated(stamp=stamp, method="time", where=path_of(time.node), raw=raw)
    return None


def _in_line(lines: Datelines) -> Dated | None:
    for block in lines.lines:
        if block.chars > LINE or block.kind == "heading":
            continue
        told = COARSE.match(block.text)
        if told and told["published"] and (stamp := _stamp_in(lines, block.text, told["y"])):
            return seen(block, stamp, "labelled line", 80)
        if lines.is_beside(block.index) and (stamp := _alone(lines, block)):
            return seen(block, stamp, "visible", 80)
    return None


def _alone(lines: Datelines, block: Block) -> Stamp | None:
    """The month that a line beside the title is, or the year where the line is named for dates."""
    if not block.marks & NAMED and not 0 < block.index - lines.at <= 2:
        return None
    found = find_date(block.text, coarse=True)
    if found is not None:
        whole = found[0].precision == "month" and found[2] - found[1] == block.chars
        return found[0] if whole and lines.is_possible(found[0]) else None
    return lines.read(block.text) if block.marks & NAMED and block.chars == 4 else None


def _stamp_in(lines: Datelines, text: str, year: str = "") -> Stamp | None:
    """The month in a short text, else its year."""
    found = find_date(text, coarse=True)
    stamp = found[0] if found is not None else read_date(year)
    return stamp if stamp is not None and lines.is_possible(stamp) else None


def _badge(lines: Datelines) -> Dated | None:
    """A day, a month and a year in lines of their own beside the title."""
    near = lines.doc.blocks[max(lines.at - 4, 0) : lines.at + 4]
    for one, two, three in zip(near, near[1:], near[2:], strict=False):
        if one.chars > 2 or two.chars > 10 or three.chars != 4 or is_elsewhere(one.marks & ~NEAR):
            continue
        if stamp := lines.read(f"{one.text} {two.text} {three.text}"):
            return seen(one, stamp, "visible", 80)
    return None
