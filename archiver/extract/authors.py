"""Who wrote it: people's names as stated, or as a byline shows them."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from archiver.extract.body import OUTSIDE, Chosen, fold, path_of
from archiver.extract.bylines import BYLINE_LINE, CAPITAL, IS_OFFICE, LABEL, OFFICE, PICTURED, SURE, TOLD
from archiver.extract.dates import find_date
from archiver.extract.words import Mark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archiver.extract.document import Block, Document, Node
    from archiver.extract.stated import Stated

Found = tuple[tuple[str, ...], str, str, str]
AWAY = OUTSIDE & ~(Mark.AUTHOR | Mark.FOOTER)
METAS = (
    "author",
    "article:author",
    "dc.creator",
    "dcterms.creator",
    "parsely-author",
    "sailthru.author",
    "byl",
)
MOST = 20  # people of one article
VALUES = 200  # statements of authors, and links to them, that are read
LINK_PIECES, LINE = 20, 300  # pieces and characters of a link's text that are read
# a link or a heading beside a name that says more than the name
ALL_OF = re.compile(
    r"\b(?:visa|se|läs|vis|les|læs|view|show|see|read|more|alla?|alles?|zeige)\b.{0,30}?\b(?:av|af|by|von|from|från|fra)\s+",
    re.I,
)
NAME = re.compile(
    r"[^\W\d_][\w’'.\-]*(?:\s+(?:(?:von|van|de|der|den|af|av|da|di|le|la|bin|"
    r"al)\s+)*[^\W\d_][\w’'.\-]*){1,4}\Z"
)
PARTICLES = frozenset(
    ("von", "van", "de", "der", "den", "af", "av", "da", "di", "du", "le", "la", "bin", "al", "zu", "dos")
)
ARTICLES = frozenset(("The", "Der", "Die", "Das", "Les", "Los", "Do", "Den", "Det"))
SPLIT = re.compile(r"\s*(?:,|;|\||/|&|\b(?:and|och|og|und|et|ja|y|en)\b)\s*", re.I)
BAR = re.compile(r"[|•·∙–—\n-]")
BARS = re.compile(r"\s+[|•·∙–—-]\s+|\n")
DEGREES = re.compile(r"\s+(?:[A-Z]{2,4}|Ph\.?D\.?|M\.?D\.?)(?:,\s+(?:[A-Z]{2,4}|Ph\.?D\.?|M\.?D\.?))+\Z")
WHEN = re.compile(
    r"[\s,(–-]+(?:den|am|on|at|um|kl\.?|le|el|il|op)?(?:\s+\w{2,10}[.,]*)?[\s,–-]*\Z|\s+\w{3,15}:\s*\Z", re.I
)
FILED = re.compile(r"\s+(?:in|i|im|under|unter|dans|en)\s+[A-ZÅÄÖÆØÜÉ].{2,40}\Z")  # a section after a name
NOBODY = re.compile(r"https?:|@|[_]|\bwww\.|^\S+\.[a-z]{2,4}$|^\S*\d\S*$", re.I)
# what a system calls those who may write in it, and what a staff calls itself
STAFF = re.compile(
    r"(?:(?:word ?press|wp|site|web|super|the|die|der|dem|la|de|our)[ -]?)*(?:admin(?:istrat[oö]r)?\b.*|"
    r"root|user|webb?master|(?:webb?)?redaktion(?:en)?|(?:nett)?redaksjon(?:en)?|toimitus|redactie|rédaction|redacción|"
    r"redazione|ritstjórn|editors?|editorial(?: (?:team|staff))?|staff(?: (?:writer|reporter)s?)?|"
    r"gäst|guest|unknown|anonymous|author)\Z",
    re.I,
)
FIRM = re.compile(r"\b(?:AB|AS|A/S|ApS|Oy|Oyj|GmbH|Ltd|Inc|LLC|AG|KB|HB)\.?\Z|^[a-z]+(?:\.[a-z]+)+\Z")
OF_AUTHORS = re.compile(r"author|autor|byline|skribent|forfatter|författar|kirjoittaja", re.I)
EDGE = 200  # lines at the beginning and at the end of an article where a byline is looked for


def find_authors(doc: Document, stated: Stated, chosen: Chosen, *, title: Block | None) -> Found:
    """(names, method, where, raw); no names where the page names nobody."""
    site = {fold(n) for n in (doc.meta("og:site_name"), stated.publisher) if n}
    machine = [n for n, w in stated.authors if w.startswith("script")]
    if names := _names(machine, site):
        return names, "json-ld", stated.authors[0][1], "; ".join(n for n, _ in stated.authors)[:300]
    for meta in METAS:
        values = doc.all_meta(meta)
        if values and (names := _names(values, site)):
            return names, "meta", f"meta[{meta}]", "; ".join(values)[:300]
    if names := _names([n for n, _ in stated.authors], site):
        return names, "microdata", stated.authors[0][1], "; ".join(n for n, _ in stated.authors)[:300]
    return _shown(doc, chosen, title, site)


def _names(values: list[str], site: set[str]) -> tuple[str, ...]:
    """The people that values name; a value that is the site's own name names nobody."""
    found: list[str] = []
    for value in values[:VALUES]:
        value = next((bare for part in BARS.split(value) if (bare := _bare(part, site))), "")
        if not value or len(value) > 160:
            continue
        parts = [p for p in SPLIT.split(value) if p]
        named = _without_offices(parts)
        people = named if len(parts) > 1 and all(NAME.match(p) for p in named) else [value]
        found += [p for p in people if len(p) < 80 and p not in found]
        if len(found) >= MOST:
            break
    return tuple(found[:MOST])


def _without_offices(parts: list[str]) -> list[str]:
    """The parts of a byline up to the office of whom it names: "Anna Smith, Staff Reporter"."""
    for place, part in enumerate(parts):
        if place and IS_OFFICE.match(part):
            return parts[:place]
    return parts


def _is_site(value: str, site: set[str]) -> bool:
    """True for the name of the site, of its staff, of an office of it."""
    own = fold(value)
    return any(own == name or own.startswith(name + " ") for name in site)


# "von Trier, Lars", "von Rosen": here the word is a part of the name, and says not by whom something is.
NOBLE = re.compile(
    rf"(?:[Vv]on|[Vv]an|av|af)\s+(?:(?:de[rmn]?|zu)\s+)?[{CAPITAL}][^\s,]+\s*,\s*[^\W\d_]|"
    rf"[Vv]on\s+[{CAPITAL}][^\W\d_A-ZÅÄÖÆØÜ][^\s,]+\Z"
)


def _bare(value: str, site: set[str]) -> str:
    """A stated author without a label before, and without a date, a title or an office after it."""
    if value.lstrip().startswith(","):
        return ""  # an office whose name is missing
    value = value.strip()
    unlabelled = LABEL.sub("", value)
    own = value if NOBLE.match(value) and not STAFF.match(unlabelled) else unlabelled
    name = DEGREES.sub("", _undated(own)).strip(" ,;:–—-")
    return (
        "" if NOBODY.search(name) or STAFF.match(name) or FIRM.search(name) or _is_site(name, site) else name
    )


def _undated(text: str) -> str:
    found = find_date(text)
    return WHEN.sub("", text[: found[1]]) if found else text


def _shown(doc: Document, chosen: Chosen, title: Block | None, site: set[str]) -> Found:
    """Names in a byline near the title or the end, in links to authors, in "Text: Name" lines."""
    indexes = [b.index for b in chosen.blocks]
    start = min([*indexes, title.index if title else 10**9], default=0)
    start = 0 if start == 10**9 else max(start - 6, 0)
    end = max(indexes, default=start) + 12
    if found := _linked(doc, start, end, site):
        return found
    body, lines = set(indexes), doc.blocks[start:end]
    if len(lines) > 2 * EDGE:
        lines = lines[:EDGE] + lines[-EDGE:]
    for block in lines:
        if block.chars > 120 or block.chars < 5 or block.marks & AWAY & ~Mark.TEASER:
            continue
        for part in BARS.split(block.text) if BAR.search(block.text) else (block.text,):
            if (names := _of_line(part, block, site)) and (
                block.index not in body or len(part) == block.chars or _is_dated(block.text, part)
            ):
                return names, "byline", path_of(block.node), block.text[:200]
        if title is not None and 0 < block.index - title.index <= 3 and (name := _with_office(block.text)):
            return (name,), "byline", path_of(block.node), block.text[:200]
    return (), "", "", ""


def _linked(doc: Document, start: int, end: int, site: set[str]) -> Found | None:
    """The text of a link to an author."""
    anchors = [a for a in doc.anchors if "/author" in a[0] or "author" in a[1] or "fn" in a[2]]
    done: set[tuple[str, int]] = set()
    for href, rel, names, node in anchors[:VALUES]:
        if not ("author" in rel or "/author" in href or "fn" in names.split()):
            continue
        if node.marks & AWAY or node.first < 0:
            continue
        for block in doc.blocks[max(node.first, start) : min(node.last + 1, end)]:
            if (href, block.index) in done or href not in block.hrefs:
                continue
            done.add((href, block.index))
            text = ALL_OF.sub("", _link_text(block, href))
            if people := _names([text.partition(" @")[0]], site):
                return people, "byline", path_of(node), block.text[:200]
    return None


def _is_dated(text: str, part: str) -> bool:
    """True for a line that is this part and a date."""
    found = find_date(text)
    return found is not None and len(text) - len(part) - (found[2] - found[1]) < 8


def _with_office(text: str) -> str:
    """The person of a line such as "Anna Lind, Partner"; else empty."""
    office = OFFICE.search(text)
    name = text[: office.start()].strip() if office else ""
    return name if name and _is_person(name) else ""


def _of_line(text: str, block: Block, site: set[str]) -> tuple[str, ...]:
    """The names in a part of a line: after a label, or alone in an element that is named for authors."""
    if sure := _sure_label(text):
        return _people(FILED.sub("", _undated(text[sure.end() :])), site)
    label = LABEL.match(text)
    if label and not (block.marks & Mark.BYLINE or BYLINE_LINE.match(text)):
        label = label if _undated(text) != text or len(text) < block.chars else None
    if label is None and not _for_authors(block.node):
        return ()
    text = text[label.end() :] if label else text
    return _people(_undated(PICTURED.sub("", text)), site)


def _sure_label(text: str) -> re.Match[str] | None:
    """The beginning that no other line than a byline has, or one that tells when and by whom."""
    if sure := SURE.match(text):
        return sure
    told = TOLD.match(text)
    return told if told and _undated(text) != text else None


def _people(text: str, site: set[str]) -> tuple[str, ...]:
    """The names of people that a text is."""
    return tuple(n for n in _names([text.strip(" ,|–-")], site) if _is_person(n))


def _for_authors(node: Node) -> bool:
    return bool(OF_AUTHORS.search(node.names)) and node.chars < 120


def _is_person(name: str) -> bool:
    """True for two to five words that begin with capitals, particles aside."""
    words = [w for w in name.split() if w not in PARTICLES]
    if words[:1] and words[0] in ARTICLES:
        return False
    return 2 <= len(words) <= 5 and bool(NAME.match(name)) and all(w[0].isupper() for w in words)


def _link_text(block: Block, href: str) -> str:
    """The beginning of the text of the link to this address in a block."""
    return " ".join("".join(islice(_pieces(block, href), LINK_PIECES)).split())[:LINE]


def _pieces(block: Block, href: str) -> Iterator[str]:
    on = False
    for piece in block.pieces:
        if isinstance(piece, str):
            if on:
                yield piece
        elif piece[0] == "a":
            on = piece[1] == href
        elif piece[0] == "/a":
            on = False
