"""A site's own rules: CSS selectors of its profile, for the days on which a layout holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lxml import etree

from archiver.extract.body import Chosen, fold, is_same, mark_chrome, path_of
from archiver.extract.labels import DATED, MOST, SHARED, is_sure, names_of, says
from archiver.extract.tree import line_of
from archiver.extract.words import MARK_NAMES, Mark
from archiver.model import Stripped

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from archiver.extract.chrome import ChromeModel
    from archiver.extract.document import Block, Document, Node
    from archiver.site import Layout, Site

NEVER = Mark.HIDDEN | Mark.COOKIE | Mark.SHARE  # no text, even in the element that a person chose
HEAD = 12  # lines among which the title is said again


@dataclass(slots=True)
class Rules:
    """What a profile's layout finds on a page; empty where it has no rule or finds nothing."""

    title: str | None = None
    date: str | None = None
    authors: tuple[str, ...] = ()
    body: list[etree._Element] | None = field(default=None)

    def choose(self, doc: Document, title: Block | None, title_text: str, chrome: ChromeModel) -> Chosen:
        """The blocks inside the elements that the body's selector names, without what is surely no text."""
        wanted = set(self.body or ())
        tops: dict[int, Node] = {}
        for node in doc.nodes:
            if node.el in wanted:
                tops[node.index] = node
            elif node.parent is not None and node.parent.index in tops:
                tops[node.index] = tops[node.parent.index]
        chosen = Chosen(container=next(iter(tops.values()), None))
        known, folded = mark_chrome(doc, chrome), fold(title_text)
        for place, block in enumerate([b for b in doc.blocks if b.node.index in tops]):
            if block is title or (place < HEAD and folded and is_same(block, title_text, folded)):
                continue
            if block.index in known:
                chosen.stripped.append(known[block.index])
            elif why := _no_text(block, tops[block.node.index]):
                where = path_of(block.node)
                chosen.stripped.append(Stripped(text=block.text[:300], where=where, reason=why))
            else:
                chosen.blocks.append(block)
        chosen.chars = sum([b.chars for b in chosen.blocks])
        return chosen


def _no_text(block: Block, top: Node) -> str:
    """Why a line inside the element that a person chose is no text all the same; empty for text."""
    marks = block.marks & NEVER & ~top.marks
    if marks:
        return next(name for mark, name in MARK_NAMES if marks & mark)
    if block.chars < MOST and block.kind in ("text", "item") and (said := says(block.text)):
        return names_of(said) if is_sure(block) or said & (SHARED | DATED) else ""
    return ""


def read_rules(root: etree._Element, site: Site | None, day: date | None) -> Rules:
    """The values that the site's layout for this day selects; what it drops is removed from the tree.

    ``day`` is that of the capture. Where it is not known, only layouts that always hold are
    tried. The first layout whose body is on the page counts.
    """
    for layout in _layouts(site, day) if site else ():
        rules = _apply(root, layout)
        if rules is not None:
            return rules
    return Rules()


def _layouts(site: Site, day: date | None) -> Iterable[Layout]:
    if day is None:
        return [layout for layout in site.layouts if layout.since is None and layout.until is None]
    return site.layouts_on(day)


def _apply(root: etree._Element, layout: Layout) -> Rules | None:
    """What a layout finds, None where its body is not on the page."""
    rules = Rules()
    if layout.body and not (found := _select(root, layout.body)):
        return None
    for selector in layout.drop:
        for el in _select(root, selector):
            _remove(el)
    if layout.body:
        rules.body = found
    if layout.title and (els := _select(root, layout.title)):
        rules.title = line_of(els[0])
    if layout.date and (els := _select(root, layout.date)):
        rules.date = els[0].get("datetime") or els[0].get("content") or line_of(els[0])
    if layout.authors:
        rules.authors = tuple(t for t in map(line_of, _select(root, layout.authors)) if t)
    return rules


def _select(root: etree._Element, selector: str) -> list[etree._Element]:
    from lxml.cssselect import CSSSelector, SelectorError

    try:
        found = CSSSelector(selector, translator="html")(root)
        return [el for el in found if isinstance(el, etree._Element)] if isinstance(found, list) else []
    except (SelectorError, etree.XPathError, ValueError):
        return []


def _remove(el: etree._Element) -> None:
    """Takes an element out of the tree and leaves the text after it."""
    parent = el.getparent()
    if parent is None:
        return
    before = el.getprevious()
    if el.tail:
        if before is not None:
            before.tail = (before.tail or "") + el.tail
        else:
            parent.text = (parent.text or "") + el.tail
    el.tail = None
    parent.remove(el)
