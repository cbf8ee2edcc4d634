"""The words of a heading that are the headline: no kicker, subtitle, date or name of the site."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from archiver.extract.body import fold
from archiver.extract.document import BREAK
from archiver.extract.sitename import SiteNames, without_site
from archiver.extract.smallprint import SURELY, is_date_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archiver.extract.document import Block, Piece

QUOTED = re.compile(r"[„”“\"»«‹›]\w")
DASH = re.compile(r"\s[-–—]\s")


class Claim(NamedTuple):
    """What the page calls itself for machines; ``folded`` is its text as words."""

    text: str
    where: str
    method: str
    folded: str


def own_text(block: Block, claims: list[Claim], names: SiteNames) -> str:
    """The heading's line; without a kicker or subtitle inside it where a stated title is without them."""
    text = spaced(block, claims)
    own = fold(text)
    last_text = _last_part(block)
    last = fold(last_text)
    for claim in claims:
        cut = without_site(claim.text, names)
        said = claim.folded if cut == claim.text else fold(cut)
        if said == own:
            if claim.method == "microdata":  # the heading itself, a kicker in it with it
                continue
            if last_text and DASH.fullmatch(cut[: len(cut) - len(last_text)][-3:]):
                return last_text  # the kicker is told apart with a dash
            bare = _kicked(block) and cut.count(":") > text.count(":")
            return cut if bare or (" : " in text and " : " not in cut) else text
        if last and said.startswith(last) and own not in said:
            return last_text
        if len(said) >= 0.35 * len(own) and len(said.split()) > 2:
            if own.endswith(said):
                return cut
            if own.startswith(said) and _begins(block, said):
                return cut
    return text


def _begins(block: Block, said: str) -> bool:
    """True where these words end with an inline element of the heading: a subtitle follows."""
    text = ""
    for piece in block.pieces:
        if isinstance(piece, str):
            text += piece.replace(BREAK, " ")
            if fold(text) == said:
                return True
    return False


def _last_part(block: Block) -> str:
    """The last part of a heading of several, where it could be a headline alone; else empty."""
    parts = [" ".join(p.split()) for p in block.pieces if isinstance(p, str) and p.strip()]
    return parts[-1] if len(parts) > 1 and len(parts[-1].split()) > 3 else ""


def _kicked(block: Block) -> bool:
    """True for a heading of several parts, which a style sheet may set apart without a sign."""
    return sum(isinstance(p, str) and not p.isspace() and p != BREAK for p in block.pieces) > 1


def spaced(block: Block, claims: Sequence[Claim] = ()) -> str:
    """A heading's text with a space between inline elements that a style sheet sets apart.

    A date that stands apart in it is left out, unless a claim states it as part of the headline.
    """
    text = _text_of(block.pieces)
    span = _date_in(block)
    if span is None or any(claim.folded == fold(text) for claim in claims):
        return text
    return _text_of(block.pieces[: span[0]] + block.pieces[span[1] :]).strip(" ,|·–-") or text


def date_part(block: Block) -> str:
    """The date line that stands apart in a heading; empty where none does."""
    span = _date_in(block)
    return "" if span is None else _text_of(block.pieces[span[0] : span[1]])


def _date_in(block: Block) -> tuple[int, int] | None:
    """Where among the pieces of a heading a date line stands, at its end or its beginning."""
    pieces = block.pieces
    at = [n for n, piece in enumerate(pieces) if isinstance(piece, str) and piece.strip()]
    for count in range(min(3, len(at) - 1), 0, -1):
        for low, high in ((at[-count], len(pieces)), (0, at[count - 1] + 1)):
            if is_date_line(_text_of(pieces[low:high]), SURELY):
                return low, high
    return None


def _text_of(pieces: Sequence[Piece]) -> str:
    text = ""
    for piece in pieces:
        if isinstance(piece, str) and piece:
            if text and text[-1].islower() and (piece[0].isupper() or QUOTED.match(piece)):
                text += " "
            text += piece.replace(BREAK, " ")
    return " ".join(text.replace("\xad", "").replace("\u200b", "").split())
