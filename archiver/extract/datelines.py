"""The lines and elements of one page that show when its article was published or changed.

Only the article's head and foot are looked at, and of its lines only those that can hold a date.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from archiver.extract.body import Chosen, path_of
from archiver.extract.bylines import LABELLED
from archiver.extract.coarse import coarse_date
from archiver.extract.dated import NAMED, NEAR, Dated, is_change, is_elsewhere, seen
from archiver.extract.dates import (
    COPYRIGHT,
    DAY_FIRST,
    MODIFIED_LABEL,
    PUBLISHED_LABEL,
    YEAR_FIRST,
    Stamp,
    find_date,
    is_relative,
    may_date,
    read_date,
)
from archiver.extract.deadlines import is_of_event
from archiver.extract.foot import FOOT, LABELLED_FOOT, ends_of
from archiver.extract.headline import date_part
from archiver.extract.passing import in_item, in_sentence, is_told
from archiver.extract.smallprint import small_print

if TYPE_CHECKING:
    from datetime import tzinfo

    from archiver.extract.document import Block, Document, Time

DATELINE = re.compile(r"\s*(?:[.)]+\s*[-–—:]?|[-–—|:])\s")
POSTED = re.compile(
    r"\b(?:artikel|beitrag|eintrag|meldung|post|entry|article|inlägg(?:et)?|innlegg(?:et)?|indlæg(?:get)?)\b"
    r".{0,30}?\b(?:wurde|was|skrevs|publicerades|ble|blev)\b",
    re.I,
)
CLOCK = re.compile(r"\d[:.h]\d\d(?![\d.])")  # a time of day is told of a posting, seldom of other things
RANGE = re.compile(r"\d(?:\.?\s*[^\W\d_]+\.?)?\s*[–-]\Z")  # "1 januari –": the first day of a span of time
# what a clock says that was never set
UNSET = (date(1, 1, 1), date(1969, 12, 31), date(1970, 1, 1), date(2000, 1, 1))
# who writes 24-03-04 for the fourth of March, and who for the 24th; others' is no date
SHORT = {"sv": YEAR_FIRST, "": YEAR_FIRST, "da": DAY_FIRST, "nl": DAY_FIRST}
DIGITS = re.compile(r"20\d{6}(?![\d-])")


class Datelines:
    """The places on one page where a date may be shown."""

    def __init__(
        self,
        doc: Document,
        chosen: Chosen,
        title: Block | None = None,
        *,
        zone: tzinfo | None,
        month_first: bool = False,
        latest: date = date.max,
    ) -> None:
        self.doc = doc
        self.zone = zone
        self.title = title
        self.month_first = month_first
        self.latest = latest
        self.short = SHORT.get(doc.language[:2].lower(), "")
        self.body = {b.index for b in chosen.blocks if b.chars}
        self.first = min(self.body, default=0)
        self.after = max(self.body, default=-1)
        self.at = title.index if title is not None else self.first
        self.start = max(min(self.at, self.first) - 8, 0)
        self.end = self.over = len(doc.blocks)
        if self.body:
            self.end, self.over = ends_of(doc, self.after, least=self.at + 1)
        self.split = min(max(self.at + 8, self.first + 3) + 1, self.after + LABELLED_FOOT, self.over)

    def read(self, raw: str) -> Stamp | None:
        """The date of a machine's value or of a short text."""
        stamp = read_date(raw, zone=self.zone, month_first=self.month_first, short=self.short)
        return stamp if stamp is None or self.is_possible(stamp) else None

    def find(self, text: str, *, coarse: bool = False) -> tuple[Stamp, int, int] | None:
        """The first date of a line, as ``find_date`` finds it; none where it is after the latest possible."""
        found = find_date(text, zone=self.zone, month_first=self.month_first, short=self.short, coarse=coarse)
        return found if found is None or found[0].day <= self.latest else None

    def is_possible(self, stamp: Stamp) -> bool:
        """False for what a clock says that was never set, and for a day after the latest possible."""
        return stamp.day not in UNSET and stamp.day <= self.latest

    @cached_property
    def shown(self) -> Dated | None:
        """The date of publishing that a reader sees, by the clearest place that has one."""
        return self.times() or self.labelled() or self.visible()

    @cached_property
    def days(self) -> set[date]:
        """The days that stand beside the title, else the one of the date that is shown elsewhere."""
        return self.beside or ({self.shown.stamp.day} if self.shown else set())

    @cached_property
    def beside(self) -> set[date]:
        """The days that stand beside the title, told as none of a change."""
        low, high = self.at - 3, self.split
        raws = [self._small_print(b) for b in self.head if b.index >= low and b.chars <= 160]
        raws += [
            time.text if may_date(time.text) else time.value for time in self.doc.times
            if low <= time.block < high and not is_elsewhere(time.node.marks & ~NEAR) and not is_change(time)
            and not self._in_passing(time)
        ]  # fmt: skip
        # what a script would write into an element in UTC is no day that a reader sees
        return {stamp.day for raw in raws if (stamp := self._unchanged(raw)) and not stamp.utc}

    @cached_property
    def head(self) -> list[Block]:
        """Lines from above the title to the beginning of the text that may hold a date."""
        return self._lines(self.start, self.split)

    @cached_property
    def lines(self) -> list[Block]:
        """Lines of the article's head and foot that may hold a date, in order."""
        return self.head + self._lines(self.split, min(self.after + LABELLED_FOOT, self.over))

    def _lines(self, low: int, high: int) -> list[Block]:
        """Those of these lines that may hold a date, the text's own prose left out."""
        body, after, before = self.body, self.first + 1, self.after - 1
        return [
            block for block in self.doc.blocks[low:high]
            if 0 < block.chars <= 300 and not (after < block.index < before and block.index in body)
            and may_date(block.text) and not self._is_other(block) and not is_of_event(self.doc, block)
        ]  # fmt: skip

    def _is_other(self, block: Block) -> bool:
        """True for a line of another article, or one that is a link."""
        marks = block.marks
        if is_elsewhere(marks & ~NEAR if self.is_beside(block.index) else marks):
            return True
        if block.index > self.first and in_item(self.doc, block.node, self.title):
            return True
        return block.chars > 30 and block.links > 0.8 * block.chars and not marks & NAMED

    def times(self) -> Dated | None:
        """The ``<time>`` of the article's head or foot, never one of a comment or another article."""
        best: tuple[float, Dated] | None = None
        end = self.after + (12 if len(self.doc.times) > 1 else 10**9)
        for time in self.doc.times:
            marks = time.node.marks
            if self.is_beside(time.block):
                marks &= ~NEAR
            if is_elsewhere(marks) or is_change(time):
                continue
            if self.body and not self.start <= time.block <= min(end, self.end - 1):
                continue
            if (time.block > self.after and self._leads_on(time.block)) or self._holds_event(time.block):
                continue
            if self._in_passing(time):
                continue
            stamp = self.read(time.value or time.text)
            if stamp is None or stamp.precision in ("month", "year"):
                continue
            worth = 1.0 if time.published else 0.0
            worth += 0.5 if time.block <= self.first else 0.0
            worth -= 0.8 if time.block in self.body else 0.0
            worth -= 0.02 * min(abs(time.block - self.at), 60)
            if best is None or worth > best[0]:
                best = (
                    worth,
                    Dated(stamp=stamp, method="time", where=path_of(time.node), raw=time.value or time.text),
                )
        return best[1] if best and best[0] > -1.5 else None

    def labelled(self) -> Dated | None:
        """A line such as "Publicerad 4 mars 2024" in the head or the foot of the article."""
        for block in self.lines:
            # prose tells of other things that were published on a day
            most = 3 if block.index in self.body else 60
            text = self._small_print(block)
            for found in PUBLISHED_LABEL.finditer(text, 0, most + 30):
                if found.start() > most or COPYRIGHT.search(text, 0, found.start()):
                    break
                if dated := self._after(block, text, found.end()):
                    return dated
        return None

    def modified(self) -> Dated | None:
        """A line such as "Uppdaterad: 16 januari 2013"."""
        for block in self.lines:
            if block.index >= min(self.after + FOOT, self.end):
                break
            found = MODIFIED_LABEL.search(block.text)
            if found and (dated := self._after(block, block.text, found.end())):
                return dated
        return None

    def visible(self) -> Dated | None:
        """A short line with a date between title and text, or right beside them."""
        best: tuple[float, Dated] | None = None
        last = min(self.after + FOOT, self.end)
        for block in self.lines:
            if block.chars > 160 or block.index >= last or is_relative(block.text):
                continue
            text = self._small_print(block)
            found = self.find(text)
            if found is None or COPYRIGHT.search(text) or _told_as_change(text, found[1]):
                continue
            share = (found[2] - found[1]) / len(text)
            named = bool(block.marks & NAMED) or (block.chars <= 80 and LABELLED.match(text) is not None)
            least = 0.12 if CLOCK.search(text, found[1], found[2]) else 0.25
            told = is_told(text, found[1], found[2])
            if (share < least or told) and not named and not _is_signed(text):
                continue
            worth = share + (0.5 if named else 0.0) + (0.6 if block.index <= self.first else 0.0)
            worth -= 0.05 * abs(block.index - self.at)
            if best is None or worth > best[0]:
                best = worth, seen(block, found[0], "visible", 200)
        return best[1] if best else None

    def dateline(self) -> Dated | None:
        """A date that opens the text ("4.3.2024 - In …"), or a line after it that tells of the posting."""
        blocks = self.doc.blocks
        above = [b for b in blocks[max(self.at - 2, 0) : self.at] if b.text and not is_elsewhere(b.marks)]
        for block in (*above, *blocks[self.first : self.first + 4]):
            found = self.find(block.text[:60])
            if found is None or found[1] > 14 or is_of_event(self.doc, block):
                continue
            if DATELINE.match(block.text, found[2]):
                return seen(block, found[0], "visible", 80)
        for block in blocks[self.after + 1 : self.after + 4]:
            told = POSTED.search(block.text[:300])
            if told and (dated := self._after(block, block.text, told.end())):
                return dated
        return coarse_date(self)

    def _unchanged(self, raw: str) -> Stamp | None:
        """The first date of a text, where it is not told as one of a change."""
        found = self.find(raw)
        return found[0] if found and not _told_as_change(raw, found[1]) else None

    def _small_print(self, block: Block) -> str:
        """A line's text; of the headline the date that stands apart in it, empty where none does."""
        if block is not self.title:
            return block.text
        if part := date_part(block):
            return part
        found = find_date(block.text)
        return block.text if found and _is_apart(block.text, found[1]) else ""

    def _after(self, block: Block, text: str, end: int) -> Dated | None:
        rest = text[end : end + 80]
        if (digits := DIGITS.match(rest)) and (stamp := self.read(digits[0])):
            return seen(block, stamp, "labelled line", 200)
        found = self.find(rest, coarse=True)
        if found is None or found[1] > 25:
            return None
        return seen(block, found[0], "labelled line", 200)

    def _leads_on(self, index: int) -> bool:
        """True for a line that is mostly a link: the date of another article stands in it."""
        block = self._line_at(index)
        return block is not None and block.links > max(0.5 * block.chars, 20)

    def _holds_event(self, index: int) -> bool:
        block = self._line_at(index)
        return block is not None and block.chars <= 300 and is_of_event(self.doc, block)

    def _in_passing(self, time: Time) -> bool:
        """True for a day in a sentence of the text, or in an item of a list that says more."""
        block = self._line_at(time.block)
        if block is not None and in_sentence(block, time, is_text=time.block in self.body):
            return True
        return time.block > self.first and in_item(self.doc, time.node, self.title)

    def _line_at(self, index: int) -> Block | None:
        """The line at a place; none for what stands after the last."""
        return self.doc.blocks[index] if index < len(self.doc.blocks) else None

    def is_beside(self, index: int) -> bool:
        """True for a line a few lines from the title."""
        if self.title is None or (self.body and index > max(self.after, self.at)):
            return False
        return -3 <= index - self.at <= 4


def _is_signed(text: str) -> bool:
    """True for a short line that says nothing but who wrote and when."""
    return len(text) <= 80 and small_print(text, text.lower())[0]


def _is_apart(text: str, start: int) -> bool:
    """True for a date of a headline that is no part of what it says: first, or behind a sign."""
    before = text[:start].rstrip()
    return not before or (before[-1] in "|·,:(–-" and not RANGE.search(before))


def _told_as_change(text: str, start: int) -> bool:
    label = MODIFIED_LABEL.search(text)
    return label is not None and label.end() <= start
