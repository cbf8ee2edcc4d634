"""One walk over a tree: the blocks of text in reading order, the elements that hold them, the head.

A *block* is a line of text as a browser would set it: a paragraph, a heading, a list item, a
cell. A *node* is an element that can hold blocks. Everything that later steps ask is gathered
here, so that a page is walked once; no step but a site's own selectors touches lxml again.
"""

from __future__ import annotations

from typing import cast

from lxml import etree

from archiver.extract.document import BREAK, Block, Document, Node, Piece, Time, goodness, plain
from archiver.extract.tags import (
    BLOCK,
    CHROME_MARKS,
    INLINE,
    INLINE_MARKS,
    KINDS,
    MAX_NODES,
    ROLE_MARKS,
    ROLES,
    STICKY,
    TAG_MARKS,
    UNMARKED,
)
from archiver.extract.tree import line_of
from archiver.extract.words import Mark, marks_of

DATA = 2000  # characters; a script of less holds no article


def walk(root: etree._Element) -> Document:
    """The document's blocks, nodes and head in one pass."""
    walker = _Walker(root)
    walker.run()
    _settle(walker.doc)
    return walker.doc


class _Walker:
    """The state of the walk: the open nodes, the pieces of the line being read."""

    def __init__(self, root: etree._Element) -> None:
        self.doc = Document(root=root)
        self.stack: list[Node] = []
        self.pieces: list[Piece] = []
        self.hrefs: list[str] = []
        self.open_link: list[tuple[str, str]] = []
        self.links = 0
        self.lists = 0
        self.quotes = 0

    def run(self) -> None:
        """Walks the tree; the loop asks each element for as little as it can."""
        events = etree.iterwalk(self.doc.root, events=("start", "end"))
        roles, stack = ROLES, self.stack
        skipped: etree._Element | None = None
        for event, el in events:
            tag = el.tag
            role = roles.get(tag)
            if role is None:
                role = roles.setdefault(tag, BLOCK if "-" in tag else INLINE)
            if event == "start":
                if role == BLOCK:
                    self._open(el, tag)
                    leave = len(self.doc.nodes) > MAX_NODES
                elif role == INLINE:
                    leave = self._inline(el, tag)
                else:
                    self._dropped(el, tag)
                    leave = True
                if leave:
                    events.skip_subtree()
                    skipped = el
                continue
            if el is skipped:
                skipped = None
                if role == BLOCK:
                    self._close(tag)
            elif role == BLOCK:
                self._close(tag)
            elif tag == "a" or tag in INLINE_MARKS:
                self._inline_end(tag)
            tail = el.tail
            if tail and stack and (self.pieces or self.open_link or not tail.isspace()):
                self._text(tail)
        self._flush()

    # ------------------------------------------------------------ elements

    def _dropped(self, el: etree._Element, tag: str) -> None:
        doc = self.doc
        if tag == "script":
            kind = (el.get("type") or "").lower()
            if "ld+json" in kind:
                doc.scripts.append(el.text or "")
            else:
                text = el.text or ""
                doc.script_chars += len(text)
                if len(text) > DATA:
                    doc.data.append(text)
                doc.script_sources += el.get("src") is not None
        elif tag == "input":
            doc.inputs += 1
            if (el.get("type") or "").lower() == "password":
                doc.passwords += 1
                doc.asked = doc.asked or not any(n.own & CHROME_MARKS for n in self.stack)
        elif tag in ("iframe", "frame", "object", "embed"):
            doc.frames += 1

    def _open(self, el: etree._Element, tag: str) -> None:
        """Opens a node."""
        if self.pieces:
            self._flush()
        parent = self.stack[-1] if self.stack else None
        node = Node(el, tag, parent, len(self.doc.nodes))
        self._name(node, el, tag)
        if tag in ("ul", "ol", "menu", "dir"):
            self.lists += 1
        elif tag == "html":
            self.doc.language = self.doc.language or el.get("lang") or el.get("xml:lang") or ""
        if parent is not None:
            parent.children += 1
            if parent.kind in STICKY:
                node.kind = parent.kind
                node.level = parent.level
        kind = KINDS.get(tag)
        if kind and not (node.kind == "cell" and kind in ("caption", "quote")):
            node.kind = kind
        if kind == "heading":
            node.level = int(tag[1])
        elif kind == "item":
            node.level = max(self.lists, 1)
            if parent is not None and parent.tag == "ol":
                node.number = parent.number = parent.number + 1
        self.doc.nodes.append(node)
        self.stack.append(node)
        if text := el.text:
            self._text(text)

    def _name(self, node: Node, el: etree._Element, tag: str) -> None:
        """Reads what an element's attributes say of it."""
        marks = TAG_MARKS.get(tag, 0)
        items = el.items()
        if items:
            found = cast("dict[str, str]", dict(items))
            names = found.get("class") or ""
            ident = found.get("id")
            node.names = names
            if (names or ident) and tag not in UNMARKED:
                if names:
                    marks |= marks_of(names)
                if ident:
                    marks |= marks_of(ident)
                if tag in ("main", "article"):
                    marks &= Mark.COMMENT | Mark.HIDDEN | Mark.TEASER | Mark.RELATED | Mark.CONTENT
            if len(items) > 1 or not names:
                marks |= self._said(node, el, found)
        node.own = marks

    def _said(self, node: Node, el: etree._Element, found: dict[str, str]) -> int:
        """The marks of an element's role, style, visibility and properties."""
        marks = 0
        if role := found.get("role"):
            marks |= ROLE_MARKS.get(role, 0)
        if (style := found.get("style")) and _invisible(style):
            marks |= Mark.HIDDEN
        if "hidden" in found or found.get("aria-hidden") == "true":
            marks |= Mark.HIDDEN
        if prop := found.get("itemprop"):
            self._prop(node, el, prop)
            if "articleBody" in prop:
                marks |= Mark.CONTENT
        return marks

    def _prop(self, node: Node, el: etree._Element, prop: str) -> None:
        value = el.get("content") or el.get("datetime") or ""
        if not value and prop not in ("articleBody", "text") and len(el) < 12:
            value = line_of(el)[:300]
        scope = _scope(el)
        for name in prop.split():
            self.doc.props.append((name, value, scope, node, len(self.doc.blocks)))

    def _inline(self, el: etree._Element, tag: str) -> bool:
        """Reads an inline element; True where its subtree is to be left out."""
        doc = self.doc
        if tag == "meta":
            self._meta(el)
            return False
        if tag in ("link", "title", "base"):
            return self._head(el, tag)
        if not self.stack:
            return False
        if tag == "br":
            self._break()
            return False
        if tag == "a":
            self._link(el)
        elif tag == "img":
            self._image(el)
        elif tag == "time":
            self._time(el)
        items = el.items()
        found = cast("dict[str, str]", dict(items)) if items else {}
        if items and tag not in _SEEN and _hides(found):
            return True
        if tag in INLINE_MARKS:
            self.pieces.append((tag,))
        prop = found.get("itemprop")
        if prop and tag != "time":
            self._prop(self.stack[-1], el, prop)
        elif prop:
            self.doc.props.append(
                (prop, el.get("datetime") or el.text or "", _scope(el), self.stack[-1], len(doc.blocks))
            )
        if text := el.text:
            self._text(text)
        return False

    def _inline_end(self, tag: str) -> None:
        if tag == "a" and self.open_link:
            self.open_link.pop()
            self.pieces.append(("/a",))
        elif tag in INLINE_MARKS and self.stack:
            self.pieces.append(("/" + tag,))

    def _close(self, tag: str) -> None:
        if self.pieces:
            self._flush()
        if not self.stack:
            return
        node = self.stack.pop()
        if tag in ("ul", "ol", "menu", "dir"):
            self.lists -= 1
        parent = node.parent
        if parent is not None:
            parent.chars += node.chars
            parent.links += node.links
            parent.good += node.good
            if parent.first < 0:
                parent.first = node.first
            if node.last > parent.last:
                parent.last = node.last

    # ------------------------------------------------------------ head

    def _meta(self, el: etree._Element) -> None:
        content = el.get("content")
        if content is None:
            return
        for key in ("property", "name", "itemprop", "http-equiv"):
            name = el.get(key)
            if not name:
                continue
            if key == "itemprop" and self.stack and self.stack[-1].tag not in ("html", "body"):
                self.doc.props.append((name, content, _scope(el), self.stack[-1], len(self.doc.blocks)))
            elif key == "http-equiv" and name.lower() == "refresh":
                self.doc.refresh = self.doc.refresh or content
            else:
                self.doc.metas.append((name.lower(), content))

    def _head(self, el: etree._Element, tag: str) -> bool:
        if tag == "link":
            href, rel = el.get("href"), el.get("rel")
            if href and rel:
                self.doc.links.append({"rel": rel.lower(), "href": href, **{
                    k: str(v) for k, v in el.attrib.items() if k in ("type", "title", "hreflang", "media")
                }})  # fmt: skip
        elif tag == "title":
            self.doc.title = self.doc.title or line_of(el)
        else:
            self.doc.base = self.doc.base or el.get("href") or ""
        return True

    # ------------------------------------------------------------ lines

    def _link(self, el: etree._Element) -> None:
        href = (el.get("href") or "").strip()
        rel = el.get("rel") or ""
        self.open_link.append((href, rel))
        self.pieces.append(("a", href))
        if href:
            self.hrefs.append(href)
            names = el.get("class") or ""
            self.doc.anchors.append((href, rel, names, self.stack[-1]))

    def _image(self, el: etree._Element) -> None:
        src = el.get("src") or ""
        if not src or src.startswith("data:"):
            src = el.get("data-src") or el.get("data-lazy-src") or src
        if src and not src.startswith("data:"):
            self.pieces.append(("img", src.strip(), " ".join((el.get("alt") or "").split())))

    def _time(self, el: etree._Element) -> None:
        names = el.get("class") or ""
        published = el.get("pubdate") is not None or "publish" in names or "pubdate" in names
        text = line_of(el)[:120]
        value = (el.get("datetime") or "").strip()
        name = (el.get("itemprop") or "") + " " + names
        self.doc.times.append(Time(value, text, name, self.stack[-1], len(self.doc.blocks), published))

    def _break(self) -> None:
        for piece in reversed(self.pieces):
            if piece == BREAK:
                self._flush()
                return
            if isinstance(piece, str) and not piece.isspace():
                break
        self.pieces.append(BREAK)

    def _text(self, text: str) -> None:
        if self.open_link:
            self.links += len(text.strip())
        elif not self.pieces and text.isspace():
            return
        self.pieces.append(text)

    def _flush(self) -> None:
        """Closes the line being read: a block where it says anything."""
        pieces, self.pieces = self.pieces, []
        hrefs, self.hrefs = self.hrefs, []
        links, self.links = self.links, 0
        if not pieces or not self.stack:
            return
        node = self.stack[-1]
        text = plain(pieces, code=node.kind == "code")
        images = 0
        if len(pieces) > 1 or not text:
            for piece in pieces:
                images += type(piece) is tuple and piece[0] == "img"
        if self.open_link:
            self.pieces.extend(("a", href) for href, _ in self.open_link)
            if not hrefs and self.open_link[-1][0]:
                hrefs = [self.open_link[-1][0]]
        if not text and not images:
            return
        block = Block(node, pieces, text, links, hrefs, len(self.doc.blocks))
        block.images = images
        self.doc.blocks.append(block)
        node.chars += block.chars
        node.links += block.links
        node.good += goodness(block)
        if node.first < 0:
            node.first = block.index
        node.last = block.index


_SEEN = frozenset(("a", "img", "time"))


def _hides(found: dict[str, str]) -> bool:
    """True where the attributes of an inline element hide it."""
    names, style = found.get("class"), found.get("style")
    return (
        bool(names and marks_of(names) & Mark.HIDDEN)
        or bool(style and _invisible(style))
        or "hidden" in found
        or found.get("aria-hidden") == "true"
    )


def _scope(el: etree._Element) -> str:
    """The itemtype of the nearest item that an element belongs to."""
    for up, parent in enumerate(el.iterancestors()):
        if parent.get("itemscope") is not None:
            return (parent.get("itemtype") or "").rsplit("/", 1)[-1]
        if up > 30:
            break
    return ""


def _invisible(style: str) -> bool:
    folded = style.replace(" ", "").lower()
    return "display:none" in folded or "visibility:hidden" in folded


def _about_cookies(blocks: list[Block]) -> bool:
    said = [b for b in blocks if b.chars > 60]
    return sum("cookie" in b.text.lower() or "kakor" in b.text.lower() for b in said) * 3 >= len(said)


# boxes of these kinds are small; a long text in one is an article behind a wall or in a form
SMALL = (
    Mark.PROMO | Mark.SHARE | Mark.TAGS | Mark.BYLINE | Mark.FORM | Mark.CAPTION | Mark.TEASER | Mark.AUTHOR
)  # fmt: skip


def _settle(doc: Document) -> None:
    """Hands marks down from node to node, except from an element that holds most of the page."""
    total = doc.nodes[0].good if doc.nodes else 0.0
    _free_title(doc)
    _unhide(doc)
    weak = Mark.HEADER | Mark.QUOTE | Mark.LEAD | Mark.CONTENT | Mark.TITLE | Mark.DATE
    for node in doc.nodes:
        own = node.own
        if own and node.good > 250:
            if node.good > 0.45 * total:
                own = _credible(doc, node, own)
            elif own & SMALL and node.good > 600 and node.links < 0.25 * node.chars:
                own &= ~SMALL
                if node.parent is not None and node.parent.marks & Mark.CONTENT:
                    own &= ~Mark.HIDDEN  # the part that only subscribers see
        inherited = node.parent.marks if node.parent else 0
        node.marks = (inherited & ~weak) | (inherited & weak) | own
    for block in doc.blocks:
        block.marks = block.node.marks


def _unhide(doc: Document) -> None:
    """Hidden elements that go on with the text before them, as behind a wall, are no longer hidden."""
    groups: dict[tuple[int, str], list[Node]] = {}
    for node in doc.nodes:
        if node.own & Mark.HIDDEN and node.good > 0 and node.parent is not None:
            groups.setdefault((node.parent.index, node.names), []).append(node)
    for nodes in groups.values():
        if _goes_on(doc, nodes):
            for node in nodes:
                node.own &= ~Mark.HIDDEN


def _goes_on(doc: Document, nodes: list[Node]) -> bool:
    """True where elements of one make hold most of a text whose beginning stands before them."""
    first, parent = nodes[0], nodes[0].parent
    good = sum(n.good for n in nodes)
    if parent is None or good < 600 or good < 0.4 * parent.good:
        return False
    if sum(n.links for n in nodes) > 0.2 * sum(n.chars for n in nodes) or not 0 <= parent.first < first.first:
        return False
    before = [b for b in doc.blocks[parent.first : first.first] if goodness(b) >= 60]
    if not before or doc.blocks[first.first].text in (b.text for b in before):
        return False
    return sum(goodness(b) >= 60 for n in nodes for b in doc.blocks[n.first : n.last + 1]) >= 3


def _free_title(doc: Document) -> None:
    """What holds the page's own heading is no menu, column or box, whatever it is called."""
    title = doc.title.casefold()
    heads = [b for b in doc.blocks if b.kind == "heading" and b.level == 1 and b.chars > 8]
    for block in heads:
        if block.text.casefold() not in title or block.links > 0.5 * block.chars:
            continue
        node: Node | None = block.node
        while node is not None and node.tag not in ("nav", "aside", "footer"):
            node.own &= Mark.CONTENT | Mark.HEADER | Mark.LEAD | Mark.TITLE | Mark.HIDDEN | Mark.COMMENT
            node = node.parent


def _credible(doc: Document, node: Node, own: int) -> int:
    """Of the marks of an element that holds most of a page's prose: those that may still be true."""
    keep = Mark.CONTENT
    if own & Mark.COOKIE and _about_cookies(doc.blocks[node.first : node.last + 1]):
        keep |= Mark.COOKIE
    if own & Mark.COMMENT and node.tag not in ("main", "article", "body") and node.children > 1:
        first = node.first
        if first > 20:
            keep |= Mark.COMMENT
    return own & keep
