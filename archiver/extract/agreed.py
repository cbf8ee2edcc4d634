"""Where a site's pages show headline and date: learned where they state them, used where one is unsure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archiver.extract.body import fold, path_of
from archiver.extract.dated import Dated
from archiver.extract.dates import COPYRIGHT, MODIFIED_LABEL, Stamp, find_date, read_date
from archiver.extract.places import place_of
from archiver.extract.published import PUBLISHED_METAS, Dates
from archiver.extract.title import AWAY, Title
from archiver.extract.words import Mark

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, tzinfo

    from archiver.extract.chrome import ChromeModel
    from archiver.extract.document import Block, Document
    from archiver.extract.stated import Stated
    from archiver.model import Mention

LINE = 160  # characters of a line that may show a date
HEADLINE = 300
NO_DATE = Mark.NAV | Mark.COMMENT | Mark.RELATED | Mark.TEASER | Mark.PROMO | Mark.FORM
UNSURE = ("visible", "script", "feed", "listing", "url")


def shown_titles(doc: Document, stated: Stated, mentions: Sequence[Mention]) -> set[str]:
    """The places of the lines that are the headline as this page, a feed or a listing states it."""
    claims = {fold(t) for t in (doc.meta("og:title", "twitter:title"), *(m.title or "" for m in mentions))}
    claims |= {fold(text) for text, _ in stated.headline}
    whole = fold(doc.title)
    found = set()
    for block in _headlines(doc):
        own = fold(block.text)
        if own and (own in claims or (own in whole and 2 * len(own) >= len(whole))):
            found.add(place_of(block.node))
    return found


def _headlines(doc: Document) -> Iterator[Block]:
    """The lines that may be a headline."""
    return (b for b in doc.blocks if b.text and b.chars <= HEADLINE and not b.marks & AWAY)


def agreed_title(
    found: Title | None, doc: Document, stated: Stated, model: ChromeModel, mentions: Sequence[Mention]
) -> Title | None:
    """The title; where nothing stated supports it, the one line where the site's pages have theirs."""
    if not model.agreed_titles or (found is not None and _is_sure(found, doc, stated, model, mentions)):
        return found
    lines = [b for b in _headlines(doc) if place_of(b.node) in model.agreed_titles]
    if len({fold(b.text) for b in lines}) != 1:
        return found
    block = lines[0]
    return Title(text=" ".join(block.text.split()), method="site", where=path_of(block.node), block=block)


def _is_sure(
    found: Title, doc: Document, stated: Stated, model: ChromeModel, mentions: Sequence[Mention]
) -> bool:
    """True for a line of the page that stands where titles do, or that says what the page is called."""
    if found.method == "profile":
        return True
    if found.block is None or model.is_common(found.block):
        return False
    own = fold(found.text)
    claims = [
        doc.meta("og:title"),
        doc.title,
        *(t for t, _ in stated.headline),
        *(m.title or "" for m in mentions),
    ]
    return place_of(found.block.node) in model.agreed_titles or any(own in fold(claim) for claim in claims)


def stated_days(doc: Document, stated: Stated, mentions: Sequence[Mention], zone: tzinfo | None) -> set[date]:
    """The days on which the page, a feed or a listing says that it was published."""
    raws = [m.date for m in mentions if m.date and m.kind in ("feed", "listing")]
    raws += [raw for raw, _ in stated.published]
    raws += [doc.meta(*PUBLISHED_METAS)]
    stamps = [s for raw in raws if raw and (s := read_date(raw, zone=zone))]
    days = {s.day for s in stamps if s.precision in ("day", "instant")}
    return days | {s.moment.astimezone(zone).date() for s in stamps if s.moment is not None and zone}


def shown_dates(doc: Document) -> dict[str, date]:
    """The day that each place shows, where one short line of the page alone stands there with a date."""
    return {place: stamp.day for place, (stamp, _) in _dated_lines(doc, None).items()}


def _dated_lines(doc: Document, zone: tzinfo | None) -> dict[str, tuple[Stamp, Block]]:
    found: dict[str, tuple[Stamp, Block]] = {}
    several: set[str] = set()
    for block in doc.blocks:
        if not block.text or block.chars > LINE or block.marks & NO_DATE or COPYRIGHT.search(block.text):
            continue
        dated = find_date(block.text, zone=zone)
        if dated is None or ((label := MODIFIED_LABEL.search(block.text)) and label.end() <= dated[1]):
            continue
        place = place_of(block.node)
        several |= {place} & found.keys()
        found[place] = (dated[0], block)
    return {place: line for place, line in found.items() if place not in several}


def agreed_date(found: Dates, doc: Document, model: ChromeModel, zone: tzinfo | None) -> Dates:
    """The dates; where a page states none for machines, the one shown where the site's pages show theirs."""
    if not model.agreed_dates or (found.published is not None and found.published.method not in UNSURE):
        return found
    lines = [
        (stamp, block, model.agreed_dates[place])
        for place, (stamp, block) in _dated_lines(doc, zone).items()
        if place in model.agreed_dates
    ]
    if len({stamp.day for stamp, _, _ in lines}) != 1:
        return found
    stamp, block, (right, of) = lines[0]
    if found.published is not None and found.published.stamp.day == stamp.day:
        return found
    where = f"{path_of(block.node)} (right on {right} of {of} pages)"
    return Dates(
        published=Dated(stamp=stamp, method="site", where=where, raw=block.text[:200]),
        modified=found.modified,
    )
