"""The page's own headline, without the name of the site."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from archiver.extract.body import fold, path_of
from archiver.extract.document import BREAK
from archiver.extract.headline import Claim, date_part, own_text, spaced, without_kicker
from archiver.extract.lines import SECTIONS
from archiver.extract.links import split_url
from archiver.extract.sitename import SiteNames, names_of_site, unnamed, without_site, without_speaker
from archiver.extract.words import Mark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archiver.extract.document import Block, Document
    from archiver.extract.stated import Stated
    from archiver.model import Mention

AWAY = (
    Mark.NAV
    | Mark.FOOTER
    | Mark.ASIDE
    | Mark.COMMENT
    | Mark.RELATED
    | Mark.TEASER
    | Mark.HIDDEN
    | Mark.COOKIE
)
NEAR = 8  # lines between the name of a section and the headline, and from there to its text
DATED = 60  # characters that a date adds to a line
LEVELS = {1: 1.0, 2: 0.5, 3: 0.3}
# what a claimed title says after its last bar is the site's name in a few words
BARRED = re.compile(r"(?<=\S.{8})\s+[|]\s+\S+(?:\s\S+){0,5}\Z")
SIGNPOST = re.compile(
    r"(?:haupt|sidans |page )?(?:inhalt|innehåll|innhold|indhold|main content|content|navigation|"
    r"meny|menu|menü|quicklinks)(?: und service)?\Z",
    re.I,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Title:
    """A headline, how it was found, and the block of the page that shows it."""

    text: str
    method: str
    where: str
    block: Block | None


class Said(NamedTuple):
    """All that the page calls itself, as words, each once; ``whole`` is its ``<title>``."""

    texts: dict[str, frozenset[str]]
    whole: str
    words: frozenset[str]


def find_title(
    doc: Document,
    stated: Stated,
    *,
    site_names: Sequence[str] = (),
    mentions: Sequence[Mention] = (),
    url: str = "",
) -> Title | None:
    """The headline: a heading that what is stated supports, else what is stated."""
    names = names_of_site(doc, stated, url, site_names)
    claims = _claims(doc, stated, mentions)
    found = _choose(doc, stated, claims, names)
    if found is None:
        return None
    block = found.block or _dated_line(doc, found.text)
    text = found.text if _is_spoken(found, doc, claims) else without_speaker(found.text, names)
    return replace(found, text=text, block=block)


def _is_spoken(found: Title, doc: Document, claims: list[Claim]) -> bool:
    """True for a shown headline whose name before a colon is its own: it is stated so too.

    A ``<title>`` without another name of the site says nothing of it.
    """
    if found.method != "heading" or ": " not in found.text:
        return False
    own = fold(found.text)
    return _whole(found.text, doc) or any(c.folded == own and c.method != "microdata" for c in claims)


def _choose(doc: Document, stated: Stated, claims: list[Claim], names: SiteNames) -> Title | None:
    said = _said(doc, claims)
    best, score = _best(_headings(doc, AWAY) or _headings(doc, AWAY & ~Mark.COOKIE), said, names)
    if best is None or not _is_said(best, claims):
        other, higher = _best([b for b in _in_menus(doc) if _is_said(b, claims)], said, names)
        best, score = (other, higher) if other is not None else (best, score)
    if best is not None and score >= 1.0:
        best = _headline_below(doc, _headline_above(doc, best, names))
        text = own_text(best, [*claims, *_parts(stated)], names)
        text = without_kicker(text, best, doc.title)
        text = text if _whole(text, doc) else without_site(text, names)
        return Title(text=text, method="heading", where=path_of(best.node), block=best)
    sole = best is not None and best.level == 1 and _sole(doc, best)
    if not sole and (found := _stated_title(claims, names)) is not None:
        return found
    if best is not None and not (_is_within(doc, best) and _says_more(doc, names)):
        text = without_site(spaced(best, claims), names)
        return Title(text=text, method="heading", where=path_of(best.node), block=best)
    return _head_title(doc, names)


def _dated_line(doc: Document, text: str) -> Block | None:
    """The line that is this headline and, after a break, a date: a cell of a layout made of tables."""
    for block in doc.blocks:
        if 0 < block.chars - len(text) < DATED and BREAK in block.pieces and not block.marks & AWAY:
            date = date_part(block)
            if date and fold(block.text) == fold(f"{text} {date}"):
                return block
    return None


def _whole(text: str, doc: Document) -> bool:
    """True for a headline that itself ends with a name: the site's stands beside it in the title."""
    return text in doc.title and len(doc.title) > len(text) + 3


def _is_within(doc: Document, best: Block) -> bool:
    """True for a heading of a lower level with prose above it: one of the text's own."""
    if best.level == 1:
        return False
    above = doc.blocks[max(best.index - 6, 0) : best.index]
    return any(b.chars > 80 and b.sentence and b.links < 0.3 * b.chars and not b.marks & AWAY for b in above)


def _says_more(doc: Document, names: SiteNames) -> bool:
    """True for a ``<title>`` that is more than the name of the site or of a section."""
    found = _head_title(doc, names)
    return found is not None and " " in found.text and not names.own(found.text)


def _said(doc: Document, claims: list[Claim]) -> Said:
    whole = fold(doc.title)
    texts = {claim.folded: frozenset(claim.folded.split()) for claim in claims if claim.folded}
    return Said(texts, whole, frozenset(whole.split()))


def _best(headings: list[Block], said: Said, names: SiteNames) -> tuple[Block | None, float]:
    best, score = None, 0.0
    for block in headings:
        if _at_most(block) <= score:
            continue
        worth = _worth(block, said, names)
        if worth > score:
            best, score = block, worth
    return best, score


def _sole(doc: Document, best: Block) -> bool:
    """True for the only main heading of a page, where it is no label."""
    firsts = [b for b in doc.blocks if b.kind == "heading" and b.level == 1 and not b.marks & AWAY]
    return firsts == [best] and best.text.count(" ") > 1


def _headline_above(doc: Document, best: Block, names: SiteNames) -> Block:
    """The main heading right above a standfirst that is set as a heading too; else the block itself."""
    if best.level == 1 or not best.marks & Mark.LEAD or not best.index:
        return best
    above = doc.blocks[best.index - 1]
    own = above.kind == "heading" and above.level == 1 and not above.marks & AWAY
    return above if own and fold(above.text) not in names else best


def _headline_below(doc: Document, best: Block) -> Block:
    """The one heading over prose, where the main heading names the section; else the block itself."""
    if best.level != 1 or fold(best.text) not in SECTIONS:
        return best
    below = doc.blocks[best.index + 1 :]
    heads = [
        b for b in below if b.kind == "heading" and 1 < b.level < 4 and not b.marks & AWAY and not b.links
    ]
    own = heads[0] if heads else best
    if own is best or own.index - best.index > NEAR or own.text.count(" ") < 2:
        return best
    if any(b.level <= own.level and b.node.names == own.node.names for b in heads[1:]):
        return best  # posts one below the other
    prose = [b for b in doc.blocks[own.index + 1 : own.index + NEAR] if b.good > 60 and b.sentence]
    return own if prose else best


def _stated_title(claims: list[Claim], names: SiteNames) -> Title | None:
    for claim in claims:
        cut = BARRED.sub("", without_site(claim.text, names))
        if cut and fold(cut) not in names:
            return Title(text=cut, method=claim.method, where=claim.where, block=None)
    return None


def stated_title(doc: Document, stated: Stated) -> Title | None:
    """What a page without text calls itself, in its head alone."""
    names = names_of_site(doc, stated, "")
    return _stated_title(_claims(doc, stated, ()), names) or _head_title(doc, names)


def _head_title(doc: Document, names: SiteNames) -> Title | None:
    """What the ``<title>`` says, without the site's name."""
    if not doc.title:
        return None
    cut = unnamed(BARRED.sub("", without_site(doc.title, names))) or doc.title
    return Title(text=cut, method="title", where="title", block=None)


def _claims(doc: Document, stated: Stated, mentions: Sequence[Mention]) -> list[Claim]:
    """Each stated headline, the most trusted first."""
    claims = [Claim(t, w, "json-ld", fold(t)) for t, w in stated.headline if w.startswith("script")]
    metas = ("og:title", "twitter:title", "dc.title", "dcterms.title", "title", "headline")
    claims += [Claim(t, f"meta[{name}]", "meta", fold(t)) for name in metas if (t := doc.meta(name))]
    claims += _parts(stated)[:1]  # other elements that call themselves headline belong to boxes
    claims += [Claim(m.title, m.where or m.kind, m.kind, fold(m.title)) for m in mentions if m.title]
    return claims


def _parts(stated: Stated) -> list[Claim]:
    """The elements that are called the headline."""
    return [Claim(t, w, "microdata", fold(t)) for t, w in stated.headline if w.startswith("[")]


def _headings(doc: Document, away: int) -> list[Block]:
    title = Mark.TITLE
    found = [b for b in doc.blocks if b.kind == "heading" or b.node.own & title]
    return [
        b for b in found
        if (b.level <= 3 if b.kind == "heading" else b.chars > 8) or (b.node.own & title and b.chars > 8)
        if 0 < b.chars <= 400 and not b.marks & away and not SIGNPOST.match(b.text)
    ][:60]  # fmt: skip


def _in_menus(doc: Document) -> list[Block]:
    """The main headings in what looks like a menu: some sites write the headline in a bar alone."""
    return [
        b for b in doc.blocks
        if b.kind == "heading" and b.level == 1 and b.marks & Mark.NAV and not b.marks & AWAY & ~Mark.NAV
    ]  # fmt: skip


def _is_said(block: Block, claims: list[Claim]) -> bool:
    """True where the page states this heading word for word."""
    own = fold(block.text)
    return any(claim.folded == own and claim.method in ("meta", "json-ld") for claim in claims)


def _worth(block: Block, said: Said, names: SiteNames) -> float:
    """How well a heading agrees with what the page calls itself elsewhere."""
    own = fold(block.text)
    if not own or own in names:
        return 0.0
    if block.hrefs and block.links > 0.7 * block.chars and _leads_home(block.hrefs[0]):
        return 0.0  # the site's name, which leads home
    worth = _rank(block)
    whole = said.whole
    words = own.count(" ")
    if words > 1 and own in whole and whole.startswith(own):
        worth += 0.5
    return worth + 1.6 * _agreed(own, words, said)


def _rank(block: Block) -> float:
    """How likely a heading is the headline, by its level, its name and its place alone."""
    worth = LEVELS.get(block.level, 0.3) if block.kind == "heading" else 0.2
    worth += 0.3 if block.node.own & Mark.TITLE else 0.0
    return worth - min(block.index, 400) / 2000


def _at_most(block: Block) -> float:
    """What a heading is worth that agrees with all that is stated."""
    return _rank(block) + 0.5 + 1.6


def _agreed(own: str, words: int, said: Said) -> float:
    """The best agreement with a stated headline or the page's title."""
    if own in said.texts:
        return 1.0
    mine = frozenset(own.split())
    agreed = max((_agreement(own, mine, text, theirs) for text, theirs in said.texts.items()), default=0.0)
    whole = said.whole
    if not whole:
        return agreed
    if own in whole:
        agreed = max(agreed, min(1.0, (0.35 if words else 0.0) + len(own) / len(whole)))
    else:
        agreed = max(agreed, _agreement(own, mine, whole, said.words))
    if len(whole) > 12 and own.startswith(whole[: max(20, int(0.8 * len(whole)))]):
        agreed = max(agreed, 0.8)
    return agreed


def _leads_home(href: str) -> bool:
    parts = split_url(href)
    return not parts.query and (parts.path == "/" or bool(parts.netloc and not parts.path))


def _agreement(own: str, mine: frozenset[str], claim: str, theirs: frozenset[str]) -> float:
    """1 for equal texts, less where one holds the other, 0 for different ones."""
    if own == claim:
        return 1.0
    if own in claim or claim in own:
        return 0.4 + 0.5 * min(len(own), len(claim)) / max(len(own), len(claim))
    common = len(mine & theirs)
    return 0.8 * common / (len(mine) + len(theirs) - common) if common > 2 else 0.0
