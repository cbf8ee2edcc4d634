"""What a page states beside its lines: the head, scripts, times, properties, forms, hidden words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archiver.extract.document import UNSEEN, Document, Node, Time
from archiver.extract.tags import CHROME_MARKS, ROLE_MARKS, UNMARKED
from archiver.extract.words import Mark, marks_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    Attributes = Mapping[str, str]

PROPS = 3000  # properties that are kept of a page
LISTENERS = 12  # elements inside one another whose text is that of a property
PASSWORDS = 20
TITLED = 1000  # characters that are read of a title, a headline has a tenth
DESCRIBED = 20_000  # and of a meta
SAID = 300  # characters that are read of an element that states a property
LONG_PROPS = frozenset(("articleBody", "text", "reviewBody", "mainEntityOfPage", "content:encoded"))


class Listener:
    """An open element whose text is that of a property or of a time."""

    __slots__ = ("level", "props", "size", "texts", "time")

    def __init__(self, level: int, *, props: range = range(0), time: Time | None = None) -> None:
        self.level = level
        self.props = props
        self.time = time
        self.texts: list[str] = []
        self.size = 0


class Aside:
    """The elements that are no lines, as the parser meets them.

    ``ending`` are the levels of the open elements whose end matters, ``listening`` those whose
    text does; ``raw`` takes the text of a script or a title while one is open.
    """

    __slots__ = ("doc", "ending", "kind", "listening", "raw", "scopes")

    def __init__(self, doc: Document) -> None:
        self.doc = doc
        self.ending: list[int] = []
        self.listening: list[Listener] = []
        self.scopes: list[tuple[int, str]] = []
        self.raw: list[str] | None = None
        self.kind = ""

    # ------------------------------------------------------------ attributes

    def stated(self, node: Node, found: Attributes, level: int) -> int:
        """The marks of a node's role, style and visibility; its language, properties and scope."""
        marks = Mark.HIDDEN if _invisible(found) else 0
        if role := found.get("role"):
            marks |= ROLE_MARKS.get(role, 0)
        if node.parent is None:
            self.doc.language = self.doc.language or found.get("lang") or found.get("xml:lang") or ""
        if prop := _named(found):
            if "articleBody" in prop:
                marks |= Mark.CONTENT
            self._property(prop, found, node, level)
        if "itemscope" in found or "typeof" in found:
            self._scope(found, level)
        return marks

    def inline(self, found: Attributes, stack: list[Node], level: int) -> bool:
        """Reads the attributes of an element inside a line; True where they hide it."""
        left = len(found)
        hidden = False
        if "class" in found:
            left -= 1
            hidden = bool(marks_of(found["class"]) & Mark.HIDDEN)
        if left:
            hidden = hidden or _invisible(found)
            if stack and (prop := _named(found)):
                self._property(prop, found, stack[-1], level, hidden=hidden)
            if not hidden and ("itemscope" in found or "typeof" in found):
                self._scope(found, level)
        return hidden

    def _scope(self, found: Attributes, level: int) -> None:
        kind = found.get("itemtype") or found.get("typeof") or ""
        self.scopes.append((level, kind.rstrip("/").rsplit("/", 1)[-1].rpartition(":")[2]))
        self.ending.append(level)

    def _property(
        self, prop: str, found: Attributes, node: Node, level: int, *, hidden: bool = False
    ) -> None:
        """Notes a property with its machine value; without one it is what a shown element says."""
        doc = self.doc
        first = len(doc.props)
        if first >= PROPS:
            return
        value = found.get("content") or found.get("datetime") or ""
        scope = self.scopes[-1][1] if self.scopes else ""
        for name in prop.split():
            doc.props.append((name.rpartition(":")[2], value, scope, node, len(doc.blocks)))
        if not value and not hidden and prop not in LONG_PROPS:
            self._listen(Listener(level, props=range(first, len(doc.props))))

    # ------------------------------------------------------------ elements

    def other(
        self, tag: str, found: Attributes, stack: list[Node], level: int
    ) -> tuple[str, str, str] | None:
        """An element that is no line; the piece of one where it is an image."""
        if tag == "img":
            return _image(found)
        if tag == "meta":
            self._meta(found, stack, level)
        elif tag == "time" and stack:
            self._time(found, stack[-1], level)
        elif tag == "link":
            self._link(found)
        elif tag == "base":
            self.doc.base = self.doc.base or found.get("href") or ""
        return None

    def _meta(self, found: Attributes, stack: list[Node], level: int) -> None:
        content = found.get("content")
        if content is None:
            return
        content = content[:DESCRIBED]
        if not content.isprintable():
            content = UNSEEN.sub("", content)
        inside = bool(stack) and stack[-1].tag not in UNMARKED
        for key in ("property", "name", "itemprop", "http-equiv"):
            name = found.get(key)
            if not name:
                continue
            if inside and key in ("property", "itemprop"):
                self._property(name, found, stack[-1], level)
            if key == "http-equiv" and name.lower() == "refresh":
                self.doc.refresh = self.doc.refresh or content
            elif key != "itemprop" or not inside:
                self.doc.metas.append((name.lower(), content))

    def _link(self, found: Attributes) -> None:
        href, rel = found.get("href"), found.get("rel")
        if href and rel:
            self.doc.links.append({"rel": rel.lower(), "href": href, **{
                k: str(v) for k, v in found.items() if k in ("type", "title", "hreflang", "media")
            }})  # fmt: skip

    def _time(self, found: Attributes, node: Node, level: int) -> None:
        names, doc = found.get("class") or "", self.doc
        prop = found.get("itemprop") or found.get("property") or ""
        published = "pubdate" in found or "publish" in names or "pubdate" in names
        value = (found.get("datetime") or "").strip()
        time = Time(value, "", f"{prop} {names}", node, len(doc.blocks), published)
        doc.times.append(time)
        self._listen(Listener(level, time=time))
        if prop:
            self._property(prop, found, node, level)

    def dropped(self, tag: str, found: Attributes, stack: list[Node]) -> None:
        """An element that is left out with all that it holds."""
        doc = self.doc
        if tag == "script":
            doc.script_sources += "src" in found
            self.kind, self.raw = (found.get("type") or "script"), []
        elif tag == "title":
            self.kind, self.raw = tag, []
        elif tag == "input":
            doc.inputs += 1
            if (found.get("type") or "").lower() == "password":
                doc.passwords += 1
                if not doc.asked and doc.passwords <= PASSWORDS:
                    doc.asked = not any(n.own & CHROME_MARKS for n in stack)
        elif tag in ("iframe", "frame", "object", "embed"):
            doc.frames += 1

    def left_out(self) -> None:
        """The end of an element that is left out."""
        if self.raw is None:
            return
        text = "".join(self.raw)
        self.raw = None
        if self.kind == "title":
            self.doc.title = self.doc.title or " ".join(UNSEEN.sub("", text).split())[:TITLED].rstrip()
        else:
            self.doc.add_script(self.kind, text.encode("utf-8", "ignore"))

    # ------------------------------------------------------------ what is listened to

    def _listen(self, listener: Listener) -> None:
        if len(self.listening) >= LISTENERS:
            return
        self.listening.append(listener)
        self.ending.append(listener.level)

    def overhear(self, text: str) -> None:
        """Text inside the elements that are listened to."""
        size = 1 if text.isspace() else len(text)
        for listener in self.listening:
            if listener.size < SAID:
                listener.texts.append(text)
                listener.size += size

    def ended(self, level: int) -> None:
        """The element at this level has ended."""
        while self.ending and self.ending[-1] == level:
            self.ending.pop()
        while self.scopes and self.scopes[-1][0] == level:
            self.scopes.pop()
        while self.listening and self.listening[-1].level == level:
            self._heard(self.listening.pop())

    def _heard(self, listener: Listener) -> None:
        said = " ".join("".join(listener.texts).split())[:SAID]
        if listener.time is not None:
            listener.time.text = said[:120]
        for at in listener.props:
            name, _, scope, node, block = self.doc.props[at]
            self.doc.props[at] = (name, said, scope, node, block)


def _named(found: Attributes) -> str:
    """The names of the properties that an element states: microdata, or RDFa with its prefixes."""
    if prop := found.get("itemprop") or found.get("property"):
        return prop
    rel = found.get("rel")
    return rel if rel and ":" in rel else ""


def _image(found: Attributes) -> tuple[str, str, str] | None:
    src = found.get("src") or ""
    if not src or src.startswith("data:"):
        src = found.get("data-src") or found.get("data-lazy-src") or src
    if not src or src.startswith("data:"):
        return None
    return "img", src.strip(), " ".join((found.get("alt") or "").split())


def _invisible(found: Attributes) -> bool:
    """True where an element's style or its attributes hide it."""
    if "hidden" in found or found.get("aria-hidden") == "true":
        return True
    style = found.get("style")
    if not style or ("none" not in style and "hidden" not in style):
        return False
    folded = style.replace(" ", "").lower()
    return "display:none" in folded or "visibility:hidden" in folded
