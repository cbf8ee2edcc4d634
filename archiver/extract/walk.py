"""A page's text, or the tree of one, to its document: blocks, nodes and head, gathered in one pass."""

from __future__ import annotations

from typing import cast

from lxml import etree

from archiver.extract.document import Document
from archiver.extract.events import target_of
from archiver.extract.prune import prune
from archiver.extract.settle import settle
from archiver.extract.tree import tell


def read(page: bytes) -> Document | None:
    """The document of a page in UTF-8, None where there is nothing to read. Never raises."""
    doc = Document()
    left, scripts = prune(page)
    for kind, sourced, script in scripts:
        doc.script_sources += sourced
        doc.add_script(kind, script.decode("utf-8", "ignore"))
    if not tell(left, target_of(doc)) and not scripts:
        return None
    return _finished(doc)


def walk(root: etree._Element) -> Document:
    """The document of a parsed page; its nodes know their elements."""
    doc = Document()
    target, nodes = target_of(doc), doc.nodes
    for event, el in etree.iterwalk(root, events=("start", "end")):
        tag = cast("str", el.tag)
        if event == "start":
            known = len(nodes)
            target.start(tag, dict(el.items()))
            if len(nodes) > known:
                nodes[-1].el = el
            text = el.text
        else:
            target.end(tag)
            text = el.tail
        if text:
            target.data(text)
    target.close()
    return _finished(doc)


def _finished(doc: Document) -> Document:
    doc.sum_up()
    settle(doc)
    return doc
