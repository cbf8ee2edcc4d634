"""Plain text pages: lines take the place of blocks, a title line the place of a heading."""

from __future__ import annotations

import re
from dataclasses import dataclass

from archiver.extract.dated import Dated
from archiver.extract.dates import MODIFIED_LABEL, PUBLISHED_LABEL, find_date
from archiver.extract.labels import COMMENTS, PROMO, RELATED, SHARED, says
from archiver.extract.lines import AROUND

NAVIGATION = re.compile(
    r"(?:(?:nyhets|news|artikel|blogg?)?\s?arkiv(?:et)?|nyhetsarkiv|news archive|archives?|meny|menu|"
    r"start|hem|home|"
    r"kontakt(?:a oss)?|contact(?: us)?|om oss|about(?: us)?|sök|search|logga in|log in|nyheter|news|"
    r"aktuellt|"
    r"till innehållet|hoppa till innehåll|skip to content|navigation|sidfot|sidhuvud|footer|header)\Z",
    re.I,
)
FILE_NAME = re.compile(r"[\w.]+(?:[_\-][\w.]+)+\Z")
SENTENCE = (".", "?", "!", ":", ";")
LONG = 120  # characters; a longer line is prose
NO_TEXT = COMMENTS | RELATED | SHARED | PROMO


@dataclass(frozen=True, kw_only=True, slots=True)
class PlainArticle:
    """What lines say: the title, the paragraphs, a labelled date, the lines taken out as chrome."""

    title: str | None
    paragraphs: tuple[str, ...]
    published: Dated | None
    dropped: tuple[str, ...]


def read_plain(text: str) -> PlainArticle:
    """The article in a plain text, by the look of its lines."""
    lines = [" ".join(line.split()) for line in text.replace("\r", "\n").split("\n")]
    lines = [line for line in lines if line]
    prose = [n for n, line in enumerate(lines) if len(line) >= LONG]
    first = prose[0] if prose else 0
    last = prose[-1] if prose else len(lines) - 1
    head, tail = lines[:first], lines[last + 1 :]
    title, lead, dropped = _head(head)
    body, rest = _tail(tail)
    middle: list[str] = []
    for line in lines[first : last + 1]:
        (dropped if _is_chrome(line) else middle).append(line)
    if title is None and not prose and middle:
        title, middle = middle[0], middle[1:]
    published, lead = _dated([*lead])
    return PlainArticle(
        title=title,
        paragraphs=(*lead, *middle, *body),
        published=published,
        dropped=(*dropped, *rest),
    )


def _is_chrome(line: str) -> bool:
    """True for a line of a menu, or one that says that it is no text."""
    if len(line) >= LONG:
        return False
    return NAVIGATION.match(line.strip(AROUND)) is not None or bool(says(line) & NO_TEXT)


def _head(head: list[str]) -> tuple[str | None, list[str], list[str]]:
    """The title among the lines before the prose, what follows it, what is chrome."""
    dropped = [line for line in head if _is_chrome(line) or FILE_NAME.match(line)]
    left = [line for line in head if line not in dropped]
    if not left:
        return None, [], dropped
    worth = [
        (len(line.split()) >= 3) + 2 * (not line.endswith(SENTENCE)) - n * 0.01 for n, line in enumerate(left)
    ]
    at = worth.index(max(worth))
    return left[at], left[at + 1 :], [*dropped, *left[:at]]


def _tail(tail: list[str]) -> tuple[list[str], list[str]]:
    """Of the short lines after the prose: those that still are text, and the rest."""
    kept: list[str] = []
    for n, line in enumerate(tail):
        if _is_chrome(line):
            return kept, tail[n:]
        if not line.endswith((".", "!", "?", "”", '"', ":")) and len(line.split()) < 4:
            return kept, tail[n:]
        kept.append(line)
    return kept, []


def _dated(lead: list[str]) -> tuple[Dated | None, list[str]]:
    """A line of the head that states the date, taken out of the text."""
    for n, line in enumerate(lead):
        if len(line) > 80 or (MODIFIED_LABEL.match(line) and not PUBLISHED_LABEL.match(line)):
            continue
        label = PUBLISHED_LABEL.match(line)
        found = find_date(line[label.end() :] if label else line)
        if found and (label or found[2] - found[1] > 0.6 * len(line)):
            dated = Dated(stamp=found[0], method="labelled line", where="head", raw=line)
            return dated, lead[:n] + lead[n + 1 :]
    return None, lead
