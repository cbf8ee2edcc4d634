"""Text to a tree or to the events of one, by a parser that survives garbage, depth and size."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from lxml import etree

if TYPE_CHECKING:
    from archiver.extract.events import Target

DECLARATION = re.compile(rb"\A\s*<\?xml[^>]{0,200}\?>", re.I)
MARKUP = re.compile(r"<(?:!doctype|html|head|body|div|p|article|main|table|title|meta|section|h1|br)\b", re.I)
LONGEST = 12_000_000  # bytes of a document that are read; news pages have a hundredth
DEEPEST = 2048  # levels of a tree, by the parser; its events know no such limit


def parse(text: str) -> etree._Element | None:
    """The root element of an HTML document, None where there is nothing to parse. Never raises."""
    root = _parsed(text.encode("utf-8", "ignore"))
    return root if isinstance(root, etree._Element) else None


def tell(page: bytes, target: Target) -> bool:
    """Tells ``target`` what a parser finds in UTF-8; False where there is nothing. Never raises."""
    return _parsed(page, target=target) is not None


def _parsed(page: bytes, **options: Any) -> Any:
    page = DECLARATION.sub(b"", page[:LONGEST])
    if not page or page.isspace():
        return None
    parser = etree.HTMLParser(
        encoding="utf-8",
        remove_comments=True,
        remove_pis=True,
        huge_tree=True,
        no_network=True,
        collect_ids=False,
        **options,
    )
    try:
        return etree.fromstring(page, parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return None


def looks_like_markup(text: str) -> bool:
    """True where the beginning of a text holds tags of HTML."""
    return MARKUP.search(text[:20_000]) is not None


def line_of(el: etree._Element) -> str:
    """All text of an element as one line."""
    return " ".join("".join(map(str, el.itertext())).split())
