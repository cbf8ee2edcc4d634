"""A site's own rules: CSS selectors of its profile, for the days on which a layout holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lxml import etree

from archiver.extract.body import Chosen
from archiver.extract.tree import line_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from archiver.extract.document import Block, Document
    from archiver.site import Layout, Site


@dataclass(slots=True)
class Rules:
    """What a profile's layout finds on a page; empty where it has no rule or finds nothing."""

    title: str | None = None
    date: str | None = None
    authors: tuple[str, ...] = ()
    body: list[etree._Element] | None = field(default=None)

    def choose(self, doc: Document, title: Block | None) -> Chosen:
        """The blocks inside the elements that the body's selector names."""
        wanted = set(self.body or ())
        inside: set[int] = set()
        chosen = Chosen()
        for node in doc.nodes:
            if node.el in wanted or (node.parent is not None and node.parent.index in inside):
                inside.add(node.index)
                chosen.container = chosen.container or node
        chosen.blocks = [b for b in doc.blocks if b.node.index in inside and b is not title]
        return chosen


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
