"""The text of an article in TEI: its Markdown, read by markdown-it, as divisions, paragraphs and so on."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from lxml import etree

from archiver.export.xml import add, uri, xml_text
from archiver.model import Article

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

NS = "http://www.tei-c.org/ns/1.0"
LARGEST = 1_000_000
"""Characters of Markdown; a longer text becomes paragraphs alone."""
_NESTED = 200
_BLOCKS: dict[str, tuple[str, dict[str, str | None]]] = {
    "paragraph": ("p", {}),
    "bullet_list": ("list", {"rend": "bulleted"}),
    "ordered_list": ("list", {"rend": "numbered"}),
    "list_item": ("item", {}),
    "blockquote": ("quote", {}),
    "table": ("table", {}),
    "tr": ("row", {}),
    "th": ("cell", {"role": "label"}),
    "td": ("cell", {}),
}
_INLINE = {"em": "italic", "strong": "bold"}


def add_body(text: etree._Element, article: Article) -> None:
    """Add the element ``body``, which is never empty."""
    body = add(text, "body")
    if len(article.body_markdown) > LARGEST:
        for paragraph in article.body.split("\n\n"):
            add(body, "p", paragraph)
    else:
        _Writer(body).write(_reader().parse(article.body_markdown))
    if not any(child.tag != f"{{{NS}}}milestone" for child in body):
        add(body, "p")


@functools.cache
def _reader() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False, "maxNesting": _NESTED}).enable("table")


class _Writer:
    """Makes elements of tokens. What is open stands in ``at``, the divisions in ``levels``."""

    def __init__(self, body: etree._Element) -> None:
        self.at = [body]
        self.levels = [0]

    def write(self, tokens: list[Token]) -> None:
        for token in tokens:
            kind = token.type.removesuffix("_open").removesuffix("_close")
            if kind == "inline":
                self._write_inline(token.children or [])
            elif kind == "heading":
                self._heading(token)
            elif kind in ("fence", "code_block"):
                add(add(self.at[-1], "p"), "code", token.content)
            elif kind == "hr":
                add(self.at[-1], "milestone", None, {"unit": "section", "rend": "rule"})
            elif kind in _BLOCKS and not token.hidden:
                self._nest(token, *_BLOCKS[kind])

    def _nest(self, token: Token, tag: str, attributes: dict[str, str | None]) -> None:
        if token.nesting > 0:
            self.at.append(add(self.at[-1], tag, None, attributes))
        else:
            closed = self.at.pop()
            # A list item that is empty, or a quotation, is one; a row has its cells.
            if tag == "quote" and not len(closed):
                add(closed, "p")

    def _heading(self, token: Token) -> None:
        """A heading at the top opens a division, and closes those of its level and below."""
        if token.nesting < 0:
            self.at.pop()
        elif len(self.at) > len(self.levels):
            self.at.append(add(self.at[-1], "p", None, {"rend": "heading"}))
        else:
            level = int(token.tag[1:])
            while self.levels[-1] >= level:
                self.levels.pop()
                self.at.pop()
            self.levels.append(level)
            self.at.append(add(self.at[-1], "div"))
            self.at.append(add(self.at[-1], "head"))

    def _write_inline(self, tokens: list[Token]) -> None:
        for token in tokens:
            kind = token.type.removesuffix("_open").removesuffix("_close")
            if token.nesting < 0:
                self.at.pop()
            elif kind in _INLINE:
                self.at.append(add(self.at[-1], "hi", None, {"rend": _INLINE[kind]}))
            elif kind == "link":
                target = uri(str(token.attrs["href"]))
                self.at.append(add(self.at[-1], "ref", None, {"target": target}))
            elif kind == "image":
                figure = add(self.at[-1], "figure")
                if url := uri(str(token.attrs["src"])):
                    add(figure, "graphic", None, {"url": url})
                add(figure, "figDesc", token.content)
            elif kind == "code_inline":
                add(self.at[-1], "code", token.content)
            elif kind == "hardbreak":
                add(self.at[-1], "lb")
            else:
                self._say("\n" if kind == "softbreak" else token.content)

    def _say(self, text: str) -> None:
        """More text, behind what the open element holds."""
        element, text = self.at[-1], xml_text(text)
        if len(element):
            element[-1].tail = (element[-1].tail or "") + text
        else:
            element.text = (element.text or "") + text
