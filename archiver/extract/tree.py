"""Text to an lxml tree that survives anything: garbage, depth, size, no markup at all."""

from __future__ import annotations

import re

from lxml import etree

DECLARATION = re.compile(r"\A\s*<\?xml[^>]{0,200}\?>", re.I)
MARKUP = re.compile(r"<(?:!doctype|html|head|body|div|p|article|main|table|title|meta|section|h1|br)\b", re.I)
LONGEST = 12_000_000  # characters of a document that are read; news pages have a hundredth


def parse(text: str) -> etree._Element | None:
    """The root element of an HTML document, None where there is nothing to parse. Never raises."""
    text = DECLARATION.sub("", text[:LONGEST])
    if not text.strip():
        return None
    parser = etree.HTMLParser(
        encoding="utf-8",
        remove_comments=True,
        remove_pis=True,
        huge_tree=True,
        no_network=True,
        collect_ids=False,
    )
    try:
        return etree.fromstring(text.encode("utf-8", "ignore"), parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return None


def looks_like_markup(text: str) -> bool:
    """True where the beginning of a text holds tags of HTML."""
    return MARKUP.search(text[:20_000]) is not None


def line_of(el: etree._Element) -> str:
    """All text of an element as one line."""
    return " ".join("".join(map(str, el.itertext())).split())
