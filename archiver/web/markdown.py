"""The body of an article as HTML, from its Markdown, by a reader as strict as its writer.

It knows what ``archiver.extract.render`` writes – headings, paragraphs, lists, quotes, tables, code,
links, images, emphasis – and nothing else: no HTML passes, and whatever it does not know stays text.
It reads every character once, so that no text takes it long.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from markupsafe import Markup, escape

from archiver.web.links import web_address

_FENCE = re.compile(r"`{3,}\Z")
_HEADING = re.compile(r"(#{1,6}) (.*)\Z")
_ITEM = re.compile(r"( {0,20})(?:(-)|(\d{1,9})\.) (.*)\Z")
_RULE = re.compile(r"\|(?: --- \|)+\Z")
_CELL = re.compile(r"(?<!\\)\|")
_TOKEN = re.compile(
    r"\\([!-/:-@\[-`{-~])|(!?\[)|\]\(([^()\s]*)\)|(\*+)|(\n)"
    r"|(?<!`)(`+)(?!`)(.{1,20000}?)(?<!`)\6(?!`)|([^\\!\[\]*`\n]+|`+|.)",
    re.S,
)
_BREAK = "  "
_CODE = Markup("<code>{}</code>")
_HEAD, _DATA = Markup('<th scope="col">{}</th>'), Markup("<td>{}</td>")
_TAGS = {
    sign: (Markup(f"<{tag}>"), Markup(f"</{tag}>"))  # noqa: S704
    for sign, tag in (("**", "strong"), ("*", "em"))
}
DEEPEST = 20
"""Marks inside one another; what is deeper is text."""


@dataclass(frozen=True, kw_only=True)
class Places:
    """Where links and images of a text lead: to addresses of this server, or None where they do not.

    ``page`` is asked for the address of a link, ``picture`` for that of an image.
    """

    page: Callable[[str], str | None] = lambda address: None
    picture: Callable[[str], str | None] = lambda address: None


def to_html(markdown: str, places: Places | None = None) -> Markup:
    """The text as HTML. Addresses that are not on the web, http or https, do not become links."""
    return Markup("\n").join(_blocks(markdown.split("\n"), places or Places()))


def addresses(markdown: str) -> list[str]:
    """The addresses that links and images of a text name, each once, at most a thousand."""
    found = re.finditer(r"\]\(([^()\s]*)\)", markdown)
    return list(dict.fromkeys(_address(match[1]) for _, match in zip(range(1000), found, strict=False)))


def _address(target: str) -> str:
    """An address as it stands in Markdown, where what looks like an entity is escaped."""
    return target.replace("&amp;", "&")


def _blocks(lines: list[str], places: Places) -> Iterator[Markup]:
    place = 0
    while place < len(lines):
        line = lines[place]
        if not line.strip():
            place += 1
        elif _FENCE.match(line):
            end = _until(lines, place + 1, line.__eq__)
            yield Markup("<pre><code>{}</code></pre>").format("\n".join(lines[place + 1 : end]))
            place = end + 1
        elif found := _HEADING.match(line):
            # The page's own headline is the first, and an article's begin with the second.
            level = max(len(found[1]), 2)
            yield Markup("<h{0}>{1}</h{0}>").format(level, _inline(found[2], places))
            place += 1
        else:
            end = _end(lines, place)
            yield _block(lines[place:end], places)
            place = end


def _end(lines: list[str], place: int) -> int:
    """Where the block ends that begins here: before an empty line, or one that begins another block."""
    if _ITEM.match(lines[place]):
        return _until(lines, place, lambda each: not each.strip())
    return _until(
        lines, place + 1, lambda each: not each.strip() or bool(_HEADING.match(each) or _FENCE.match(each))
    )


def _until(lines: list[str], start: int, is_end: Callable[[str], bool]) -> int:
    return next((n for n in range(start, len(lines)) if is_end(lines[n])), len(lines))


def _block(lines: list[str], places: Places) -> Markup:
    if _ITEM.match(lines[0]):
        return _list(_items(lines), places)
    if lines[0].startswith("> "):
        said = "\n".join(line.removeprefix("> ").removeprefix(">") for line in lines)
        return Markup("<blockquote><p>{}</p></blockquote>").format(_inline(said, places))
    if lines[0].startswith("|") and len(lines) > 1 and _RULE.match(lines[1]):
        return _table([lines[0], *lines[2:]], places)
    return Markup("<p>{}</p>").format(_inline("\n".join(lines), places))


@dataclass(frozen=True, slots=True)
class _Item:
    depth: int
    number: int | None
    text: str


def _items(lines: list[str]) -> list[_Item]:
    """The items of a list; a line behind a break goes on with the item before it."""
    items: list[_Item] = []
    goes_on = False
    for line in lines:
        found = None if goes_on else _ITEM.match(line)
        if found:
            number = int(found[3]) if found[3] else None
            items.append(_Item(len(found[1]) // 2, number, found[4]))
        else:
            last = items[-1]
            items[-1] = _Item(last.depth, last.number, f"{last.text}\n{line.lstrip()}")
        goes_on = line.endswith(_BREAK)
    return items


def _list(items: list[_Item], places: Places) -> Markup:
    """The items as lists inside one another."""
    out: list[Markup] = []
    opened: list[tuple[int, str]] = []
    for item in items:
        kind = "ul" if item.number is None else "ol"
        while opened and (opened[-1][0] > item.depth or opened[-1] == (item.depth, _other(kind))):
            out.append(Markup("</li></{}>").format(opened.pop()[1]))
        if opened and opened[-1][0] == item.depth:
            out.append(Markup("</li>"))
        else:
            opened.append((item.depth, kind))
            start = Markup(' start="{}"').format(item.number) if (item.number or 1) > 1 else ""
            out.append(Markup("<{}{}>").format(kind, start))
        out.append(Markup("<li>{}").format(_inline(item.text, places)))
    out += [Markup("</li></{}>").format(kind) for _, kind in reversed(opened)]
    return Markup("").join(out)


def _other(kind: str) -> str:
    return "ol" if kind == "ul" else "ul"


def _table(lines: list[str], places: Places) -> Markup:
    rows = []
    for number, line in enumerate(lines):
        cells = [cell.strip() for cell in _CELL.split(line.strip().removeprefix("|").removesuffix("|"))]
        form = _HEAD if number == 0 else _DATA
        rows.append(
            Markup("<tr>{}</tr>").format(Markup("").join(form.format(_inline(c, places)) for c in cells))
        )
    # A region that scrolls must be reached by the keyboard, and has a name then.
    return Markup(
        '<div class="wide" role="region" aria-label="Table" tabindex="0">'
        "<table><thead>{}</thead><tbody>{}</tbody></table></div>"
    ).format(rows[0], Markup("").join(rows[1:]))


def _inline(text: str, places: Places) -> Markup:
    return _Line(places).read(text)


class _Line:
    """The marks of one line of text: each is written as text first, and becomes a tag when it closes."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._out: list[Markup] = []
        self._plain: list[str] = []
        self._opened: list[tuple[str, int]] = []

    def read(self, text: str) -> Markup:
        for found in _TOKEN.finditer(text):
            escaped, opening, target, mark, newline, ticks, code, plain = found.groups()
            if ticks:
                said = code[1:-1] if code[0] == code[-1] == " " and code.strip() else code
                self._write(_CODE.format(said), said)
            elif opening:
                self._open(opening)
            elif mark:
                before = text[max(found.start() - 1, 0) : found.start()]
                behind = text[found.end() : found.end() + 1]
                self._marks(mark, closes=bool(before.strip()), opens=bool(behind.strip()))
            elif newline:
                self._write(Markup("<br>\n") if self._breaks() else Markup("\n"), "\n")
            elif target is None:
                self._write(escape(escaped or plain), escaped or plain)
            else:
                self._close(_address(target))
        return Markup("").join(self._out)

    def _breaks(self) -> bool:
        return bool(self._plain) and self._plain[-1].endswith(_BREAK)

    def _write(self, markup: Markup, plain: str) -> None:
        self._out.append(markup)
        self._plain.append(plain)

    def _open(self, sign: str) -> None:
        if len(self._opened) < DEEPEST:
            self._opened.append((sign, len(self._out)))
        self._write(escape(sign), sign)

    def _marks(self, run: str, *, closes: bool, opens: bool) -> None:
        """A run of marks: it closes what is open as far as it can, and opens what is left of it.

        Two signs are one mark: our writer lets no emphasis end where another one begins.
        """
        if run == "**" and closes:
            self._turn()
        while run:
            sign = self._opened[-1][0] if self._opened else ""
            if run == "**" and sign == "*":
                closes = False
            if closes and sign in _TAGS and run.startswith(sign):
                opening, closing = _TAGS[sign]
                self._out[self._opened.pop()[1]] = opening
                self._write(closing, "")
                run = run[len(sign) :]
                continue
            sign = run[:2]
            if opens:
                self._open(sign)
            else:
                self._write(escape(sign), sign)
            run, closes = run[len(sign) :], False

    def _turn(self) -> None:
        """Have the outer of two marks that opened together be the one that is to close last."""
        if [sign for sign, _ in self._opened[-2:]] == ["**", "*"]:
            (_, outer), (_, inner) = self._opened[-2:]
            if inner == outer + 1:
                self._opened[-2:] = [("*", outer), ("**", inner)]
                self._out[outer], self._out[inner] = Markup("*"), Markup("**")
                self._plain[outer], self._plain[inner] = "*", "**"

    def _close(self, target: str) -> None:
        """A link or an image ends here, where one began; marks inside that are open still are text."""
        place = next((n for n in range(len(self._opened) - 1, -1, -1) if "[" in self._opened[n][0]), None)
        if place is None:
            self._write(escape(f"]({target})"), f"]({target})")
            return
        sign, start = self._opened[place]
        del self._opened[place:]
        if sign == "![":
            words = "".join(self._plain[start + 1 :])
            self._cut(start)
            self._write(_picture(words, self._places.picture(target)), words)
            return
        # A link in a link is none.
        self._opened = [each for each in self._opened if each[0] != "["]
        self._out[start] = _opening(target, self._places.page(target))
        self._write(Markup("</a>") if self._out[start] else Markup(""), "")

    def _cut(self, start: int) -> None:
        del self._out[start:], self._plain[start:]


def _opening(target: str, here: str | None) -> Markup:
    """The tag that opens a link, empty where the address is none of the web."""
    if here:
        return Markup('<a href="{}">').format(here)
    if address := web_address(target):
        return Markup('<a href="{}" rel="external nofollow noreferrer" class="out">').format(address)
    return Markup("")


def _picture(words: str, source: str | None) -> Markup:
    if source:
        return Markup('<img src="{}" alt="{}" loading="lazy">').format(source, words)
    return Markup('<span class="picture">Picture{}</span>').format(f": {words}" if words else "")
