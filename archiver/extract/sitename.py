"""What a site is called, and its name taken off a title."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archiver.extract.body import fold
from archiver.extract.dates import COPYRIGHT
from archiver.extract.lines import SECTIONS
from archiver.extract.links import split_url

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archiver.extract.document import Document
    from archiver.extract.stated import Stated

PLAIN = str.maketrans("åäöæøüéè", "aaoaouee")
SEPARATOR = re.compile(r"\s+[|\-–—·•:«»/‹›]+\s+|\s*[|»]\s*|\s-\s")
READ = 1000  # characters of a title in which its separators are looked for


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteNames:
    """What the site is called, as words; ``proofs`` are texts that a name of it stands in.

    ``host`` is the name in its address, ``last`` the last part of the page's ``<title>``, which
    often is one.
    """

    stated: frozenset[str]
    proofs: tuple[str, ...]
    host: str
    last: str

    def __contains__(self, words: str) -> bool:
        """True for a name that is stated."""
        return words in self.stated

    def own(self, text: str) -> bool:
        """True for words that are the site's name: as stated, in its address, beside its © sign."""
        words = fold(text)
        if not words or words in self:
            return bool(words)
        if len(words) > 60:
            return False
        whole = words.translate(PLAIN).replace(" ", "")
        if len(self.host) > 2 and (whole == self.host or (len(whole) > 3 and self.host.startswith(whole))):
            return True
        if len(self.host) > 3 and whole.startswith(self.host) and words.count(" ") < 4:
            return True
        return len(words) > 2 and any(f" {words} " in proof for proof in self.proofs)


def names_of_site(doc: Document, stated: Stated, url: str, known: Sequence[str] = ()) -> SiteNames:
    """The names of a page's site, with what else proves one."""
    stated_names = (*known, doc.meta("og:site_name"), stated.publisher, *stated.sites)
    proofs = [b.text for b in doc.blocks[-12:] if b.chars <= 200 and COPYRIGHT.search(b.text)]
    labels = split_url(url).netloc.lower().partition(":")[0].removeprefix("www.").split(".")
    cuts = _cuts(doc.title)
    return SiteNames(
        stated=frozenset(fold(n) for n in stated_names if n),
        proofs=tuple(f" {fold(text)} " for text in proofs),
        host=labels[-2].replace("-", "") if len(labels) > 1 else "",
        last=fold(doc.title[cuts[-1].end() :]) if cuts else "",
    )


def _cuts(text: str) -> list[re.Match[str]]:
    """The separators of a title."""
    return list(SEPARATOR.finditer(text[:READ]))


def without_site(text: str, names: SiteNames) -> str:
    """A stated title without the site's name before or after a separator."""
    cut = False
    for _ in range(3):
        cuts = _cuts(text)
        if not cuts:
            return text
        before, after = text[: cuts[-1].start()].strip(), text[cuts[-1].end() :]
        if before and (names.own(after) or (cut and fold(after) in SECTIONS)):
            text, cut = before, True
        elif names.own(text[: cuts[0].start()]):
            return text[cuts[0].end() :].strip() or text
        else:
            break
    return text


def without_speaker(text: str, names: SiteNames) -> str:
    """A headline without the site's name, as it is stated, and a colon before it."""
    speaker, sign, said = text.partition(": ")
    words = fold(speaker)
    own = sign and words and (words in names or words == names.last)
    return said.strip() if own and " " in said.strip() else text


def unnamed(text: str) -> str:
    """A ``<title>`` without its last part where that looks like a name, and a headline is before it."""
    cuts = _cuts(text)
    if not cuts:
        return text
    before, after = text[: cuts[-1].start()].strip(), text[cuts[-1].end() :].strip()
    named = after[:1].isupper() and len(after.split()) <= 4 and after[-1].isalnum()
    return before if named and len(before.split()) >= 3 else text
