"""A date that a page shows, with how it is known, and where on the page none of the article's stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from archiver.extract.body import OUTSIDE, path_of
from archiver.extract.words import Mark

if TYPE_CHECKING:
    from archiver.extract.dates import Stamp
    from archiver.extract.document import Block, Time

NEAR = Mark.TEASER | Mark.AUTHOR | Mark.FORM | Mark.PROMO  # what a line beside the title may be called
ELSEWHERE = OUTSIDE & ~(Mark.HIDDEN | Mark.TAGS | Mark.SHARE | Mark.ASIDE | Mark.FOOTER)
NAMED = Mark.BYLINE | Mark.DATE


@dataclass(frozen=True, kw_only=True, slots=True)
class Dated:
    """A date with how it is known."""

    stamp: Stamp
    method: str
    where: str
    raw: str


def seen(block: Block, stamp: Stamp, method: str, most: int) -> Dated:
    """The date that a line shows; ``most`` characters of it are kept."""
    return Dated(stamp=stamp, method=method, where=path_of(block.node), raw=block.text[:most])


def is_change(time: Time) -> bool:
    """True for the time of a change."""
    return "dateModified" in time.name or ("updated" in time.name and "published" not in time.name)


def is_elsewhere(marks: int) -> bool:
    """True in a comment, a menu, another article; in a column unless it is marked as a byline."""
    return bool(marks & ELSEWHERE or (marks & Mark.ASIDE and not marks & NAMED))
