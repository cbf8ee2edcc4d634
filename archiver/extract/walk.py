"""A page's text, or the tree of one, to its document: blocks, nodes and head, gathered in one pass."""

from __future__ import annotations

import re
from typing import cast

from lxml import etree

from archiver.extract.document import Document
from archiver.extract.events import target_of
from archiver.extract.prune import prune
from archiver.extract.settle import settle
from archiver.extract.tree import DEEPEST, LONGEST, tell

FEW, FULL = 400, 2000  # characters of a page without, and with, what is for readers without scripts
NOSCRIPT = re.compile(rb"</?noscript\b[^<>]*>", re.I)


def read(page: bytes) -> Document | None:
    """The document of a page in UTF-8, None where there is nothing to read. Never raises."""
    doc = _read(page)
    if doc is not None and _chars(doc) < FEW and b"<noscript" in page:
        shown = _read(NOSCRIPT.sub(b"", page))
        if shown is not None and _chars(shown) > FULL:
            return shown
    return doc


def _chars(doc: Document) -> int:
    return doc.nodes[0].chars if doc.nodes else 0


def _read(page: bytes) -> Document | None:
    doc = Document()
    left, scripts = prune(page)
    for kind, sourced, script in scripts:
        doc.script_sources += sourced
        doc.add_script(kind, script)
    if len(left) > LONGEST:
        doc.problems.append(f"more than {LONGEST} bytes: the rest is not read")
    if not tell(left, target_of(doc)) and not scripts:
        return None
    return _finished(doc)


def walk(root: etree._Element) -> Document:
    """The document of a parsed page; its nodes know their elements."""
    doc = Document()
    target, nodes = target_of(doc), doc.nodes
    level = deepest = 0
    for event, el in etree.iterwalk(root, events=("start", "end")):
        tag = cast("str", el.tag)
        if event == "start":
            known = len(nodes)
            level += 1
            deepest = max(deepest, level)
            target.start(tag, dict(el.items()))
            if len(nodes) > known:
                nodes[-1].el = el
            text = el.text
        else:
            target.end(tag)
            level -= 1
            text = el.tail
        if text:
            target.data(text)
    target.close()
    if deepest >= DEEPEST:
        doc.problems.append(f"elements nested {DEEPEST} deep: what lies deeper is not read")
    return _finished(doc)


def _finished(doc: Document) -> Document:
    doc.sum_up()
    settle(doc)
    return doc
