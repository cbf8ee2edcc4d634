"""Draws docs/extraction.svg: a page of the demo site, what was kept of it, and why the rest was not.

``python docs/reference.py`` writes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from xml.sax.saxutils import escape

from archiver.demo.site_map import HTML, site_map
from archiver.extract.article import extract_article
from archiver.extract.chrome import ChromeModel, Seen
from archiver.extract.decode import decode
from archiver.extract.document import Block
from archiver.extract.walk import read
from archiver.extract.words import Mark
from archiver.model import Extraction, Page

BASE = "https://www.akerbar-granit.example"
PATH = "/nyheter/gdpr-ett-kvartal-senare/"
WIDTH, ROW, BOX, LETTER, SHOWN = 940, 24, 580, 6.6, 82
COLOURS = {"body": ("#cfe8d5", "#2c7a45"), "field": ("#fdeec2", "#b8860b"), "out": ("#eeeeee", "#b5b5b5")}
NAMES = (
    (Mark.COOKIE, "cookie notice"), (Mark.SHARE, "share row"), (Mark.TAGS, "tags"),
    (Mark.RELATED, "related"), (Mark.PROMO, "newsletter box"), (Mark.ASIDE, "column"),
    (Mark.NAV, "menu"), (Mark.FOOTER, "footer"), (Mark.HEADER, "page header"), (Mark.FORM, "form"),
    (Mark.HIDDEN, "hidden"), (Mark.BYLINE | Mark.DATE, "byline or date line"), (Mark.CAPTION, "caption"),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A bar of the picture: its text, its colour's name, and what is said beside it."""

    text: str
    colour: str
    why: str


def demo_pages() -> list[Page]:
    """The pages of the demo site that answer with HTML."""
    return [
        Page(url=BASE + path, body=found.body, content_type=found.media_type)
        for path, found in site_map(BASE).items()
        if found.media_type == HTML and found.status == 200 and not found.location
    ]


def rows() -> list[Row]:
    """The page's blocks in page order; neighbours that are out for one reason share a bar."""
    pages = demo_pages()
    page = next(p for p in pages if p.url == BASE + PATH)
    model = ChromeModel.empty().learn([(p, ()) for p in pages])
    found = extract_article(page, chrome=model)
    doc = read(decode(page.body, page.content_type).utf8)
    assert doc is not None
    proven = model.proven(doc.blocks)
    single = [_row(block, found, proven.get(block.index)) for block in doc.blocks if block.text]
    return [row for key, group in groupby(single, _group) for row in _joined(key, list(group))]


def _row(block: Block, found: Extraction, seen: Seen | None) -> Row:
    text = " ".join(block.text.split())
    lines = {line for row in found.body.split("\n") for line in row.split("\t")}
    if text == found.title:
        return Row(text=text, colour="field", why="title")
    if block.text in lines:
        return Row(text=text, colour="body", why=f"body: {_kind(block)}")
    reasons = [name for mark, name in NAMES if block.marks & mark][:1]
    if seen:
        reasons.append(f"on {seen.pages} of {seen.of} pages")
    if block.marks & (Mark.BYLINE | Mark.DATE) and not seen:
        return Row(text=text, colour="field", why=_says(text, found))
    return Row(text=text, colour="out", why=", ".join(reasons) or "link or label beside the text")


def _says(text: str, found: Extraction) -> str:
    """Which field a byline or a date line states."""
    if any(name in text for name in found.authors):
        return "authors"
    return "date line" if any(c.isdigit() for c in text) else "byline"


def _kind(block: Block) -> str:
    return {"text": "paragraph", "item": "list item", "cell": "cell of a table"}.get(block.kind, block.kind)


def _group(row: Row) -> tuple[str, str, str]:
    return (row.colour, row.why, "" if row.colour == "out" else row.text)


def _joined(key: tuple[str, str, str], group: list[Row]) -> list[Row]:
    colour, why, _ = key
    return [Row(text=" · ".join(row.text for row in group), colour=colour, why=why)]


def svg() -> str:
    """The picture as SVG, the same for the same page and extractor."""
    drawn = rows()
    height = ROW * (len(drawn) + 3)
    legend = (("body", "body"), ("field", "another field"), ("out", "left out, and why"))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
        f'height="{height}" font-family="system-ui, sans-serif" font-size="12.5" role="img">',
        "<title>The blocks of a page of the demo site: what became the article and what did not</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        *(_bar(12 + 150 * n, 8, 140, colour, text) for n, (colour, text) in enumerate(legend)),
        f'<text x="{WIDTH - 12}" y="24" text-anchor="end" fill="#777777">{escape(PATH)}</text>',
        *(_line(number, row) for number, row in enumerate(drawn, 2)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _line(number: int, row: Row) -> str:
    text = row.text if len(row.text) <= SHOWN else row.text[: SHOWN - 2].rsplit(" ", 1)[0] + " …"
    wide = max(60, min(BOX, round(len(text) * LETTER) + 20))
    ink = COLOURS[row.colour][1] if row.colour != "out" else "#666666"
    y = number * ROW
    return (
        _bar(12, y, wide, row.colour, text)
        + f'<text x="{BOX + 32}" y="{y + 15}" fill="{ink}">{escape(row.why)}</text>'
    )


def _bar(x: int, y: int, wide: int, colour: str, text: str) -> str:
    fill, edge = COLOURS[colour]
    ink = "#777777" if colour == "out" else "#1d1d1d"
    return (
        f'<rect x="{x}" y="{y}" width="{wide}" height="20" rx="3" fill="{fill}" stroke="{edge}"/>'
        f'<text x="{x + 8}" y="{y + 14}" fill="{ink}">{escape(text)}</text>'
    )
