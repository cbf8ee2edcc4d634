"""Text that a page holds only in the JSON of its scripts, where the markup shows its beginning or nothing."""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING, Any

from archiver.extract.document import END_OF_SENTENCE, Block, Document
from archiver.extract.literal import read_json, whole
from archiver.extract.walk import read

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SHORT = 1500  # characters of body below which scripts are asked at all
LEAST = 600  # characters that a script must give
LONGEST = 3_000_000  # characters of one script that are read
DEEPEST = 60
_PUSHED = re.compile(r"push\(\[\s*\d+\s*,\s*(\"(?:[^\"\\]|\\.)*\")\s*\]\)")
_STRING = re.compile(r"\"(?:[^\"\\]|\\.)*(?:\"|\Z)", re.S)  # one without an end is read once
_MARKUP = re.compile(r"<(?:p|h[1-6]|br|li)\b[^<>]*>", re.I)
_TEXT_KEYS = ("text", "value")


def scripted_blocks(doc: Document, shown: Sequence[Block], stated: str = "") -> list[Block]:
    """The blocks of the longest text in the page's scripts that goes on where the shown one ends.

    ``stated`` is the ``articleBody`` that the page states, which counts as one of them.

    Empty where the shown text is long, where no script holds twice as much, or where what it
    holds does not contain the shown text.
    """
    chars = sum(b.chars for b in shown if b.text)
    if chars >= SHORT or not (doc.held or stated):
        return []
    longest = max((b.text for b in shown if b.kind == "text"), key=len, default="")
    opening = _folded(longest)[:60]
    best = ""
    lines = [html.escape(" ".join(line.split())) for line in _bare(stated).splitlines() if line.strip()]
    texts = (found for script in doc.data for found in _texts(script[:LONGEST]))
    for found in (*texts, "".join(f"<p>{line}</p>" for line in lines)):
        if len(found) > len(best) and opening in _folded(_bare(found)):
            best = found
    if len(_bare(best)) < max(LEAST, 2 * chars):
        return []
    held = read(f"<article>{best}</article>".encode("utf-8", "ignore"))
    return [b for b in held.blocks if b.text] if held is not None else []


def _folded(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def _bare(markup: str) -> str:
    return re.sub(r"<[^<>]*>", " ", markup)


def _texts(script: str) -> Iterator[str]:
    """Every text of several paragraphs in a script, as markup."""
    if script.lstrip()[:1] == "<":  # a template that another script puts into the page
        if _is_prose(script):
            yield script
        return
    pushed = _PUSHED.findall(script)
    if pushed:
        yield from _strings("".join(str(_loaded(p) or "") for p in pushed))
        return
    start = script.find("{") if not script.lstrip().startswith("[") else script.find("[")
    if start < 0:
        return
    try:
        value, _ = json.JSONDecoder(strict=False).raw_decode(script, start)
        value = whole(value, script)
    except (ValueError, RecursionError):
        return
    yield from _held(value, 0)


def _strings(text: str) -> Iterator[str]:
    """String literals with markup of paragraphs, in a text that is no JSON as a whole."""
    for literal in _STRING.findall(text):
        if len(literal) > LEAST and isinstance(value := _loaded(literal), str) and _is_prose(value):
            yield value


def _loaded(literal: str) -> Any:
    try:
        return read_json(literal)
    except (ValueError, RecursionError):
        return None


def _is_prose(text: str) -> bool:
    return len(text) > LEAST and len(_MARKUP.findall(text[:20_000])) >= 3


def _held(value: Any, depth: int) -> Iterator[str]:
    """Markup in strings, and lists of paragraphs that are objects, anywhere in a JSON value."""
    if depth > DEEPEST:
        return
    if isinstance(value, str):
        if _is_prose(value):
            yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _held(inner, depth + 1)
    elif isinstance(value, list):
        if joined := _paragraphs(value):
            yield joined
        for inner in value:
            if isinstance(inner, (dict, list, str)):
                yield from _held(inner, depth + 1)


def _paragraphs(items: list[Any]) -> str:
    """The texts of a list's objects, each a paragraph, where three of them read like prose."""
    if len(items) < 3:
        return ""
    lines = []
    for item in items[:2000]:
        if isinstance(item, dict) and (text := " ".join("".join(_pieces(item, 0)).split())):
            tag = "h2" if str(item.get("type", "")).lower().startswith("head") else "p"
            lines.append((tag, text))
    if sum(len(text) > 80 and text.endswith(END_OF_SENTENCE) for _, text in lines) < 3:
        return ""
    return "".join(f"<{tag}>{html.escape(text)}</{tag}>" for tag, text in lines)


def _pieces(item: Any, depth: int) -> Iterator[str]:
    """The strings under an object's keys of text, in order."""
    if depth > 8:
        return
    if isinstance(item, list):
        for inner in item:
            yield from _pieces(inner, depth + 1)
    elif isinstance(item, dict):
        for key, value in item.items():
            if isinstance(value, str):
                if key in _TEXT_KEYS:
                    yield value
            elif key in ("content", "children", "nodes", *_TEXT_KEYS):
                yield from _pieces(value, depth + 1)
