"""Where a block stands on a site's pages: a place that all pages of one layout have in common."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from archiver.extract.links import split_url

if TYPE_CHECKING:
    from archiver.extract.document import Block, Node

_DIGITS = re.compile(r"\d+")


def place_of(node: Node | None) -> str:
    """A node's place as its three nearest elements with their class names, numbers left out."""
    steps: list[str] = []
    while node is not None and len(steps) < 3:
        if node.tag not in ("html", "body"):
            names = " ".join(sorted(n for n in node.names.split()[:4] if not _DIGITS.search(n)))
            steps.append(f"{node.tag}.{names}" if names else node.tag)
        node = node.parent
    return ">".join(reversed(steps))


def block_key(block: Block, place: str | None = None) -> str:
    """The identity of a block on a site: hex over its place and its folded text."""
    text = " ".join(block.text.casefold().split())
    return short_hash(f"{place_of(block.node) if place is None else place}\n{text}")


def short_hash(text: str) -> str:
    """Twelve hex digits that stand for a text."""
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=6).hexdigest()


def address_key(url: str) -> str:
    """An address on its site: path and query, a slash at the end left out."""
    parts = split_url(url)
    return (parts.path.rstrip("/") or "/") + (f"?{parts.query}" if parts.query else "")


def is_link_line(block: Block) -> bool:
    """True for a line that is a link and little else, as the entries of a column are."""
    return block.links >= 0.6 * block.chars
