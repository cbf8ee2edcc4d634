"""What a citation of an article says, before any format: the one mapping from an Article.

A citation is robust (robustlinks.mementoweb.org): beside the original address it names the memento, the
instant of the capture, the WARC record and the digest of its payload, so that it can be followed and
checked when the page is gone. CSL-JSON, RIS and BibTeX are all made from this noun.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import BinaryIO

from archiver.export.options import Options
from archiver.model import Article

# Words of which a name has one are no person's: a wrong family name is worse than none.
_NO_PERSONS = (
    "ab as asa aps a/s oy oyj gmbh inc ltd llc plc group team redaktion redaktionen redaksjonen redaksjon"
    " news nyheter media press presse avdelning avdelningen byrån byrå institute institut institutet"
    " universitet university kommun kommune region stiftelsen stiftelse foundation förbundet forbundet"
    " sverige norge danmark finland sweden norway denmark the and och og & ja und of för for admin"
    " editor editorial staff webmaster guest author norden nordic radio television tv jr sr junior senior phd"
    " ph.d md mba msc bsc dr prof svenska sveriges norges danmarks finlands norsk norske dansk danske suomen"
)
_BODIES = frozenset(_NO_PERSONS.split())
_OFFICE = re.compile(
    r"(?:byrån|byrå|bladet|tidningen|posten|enheten|avdelningen|gruppen|förbundet|forbundet|verket|styrelsen|"
    r"nämnden|institutet|universitetet|högskolan|redaktionen|föreningen|stiftelsen|myndigheten|kansliet)$"
)
_PARTICLES = frozenset(
    ["von", "van", "de", "der", "den", "af", "av", "da", "di", "du", "la", "le", "ten", "ter", "zu"]
)
_WORD = re.compile(r"[^\W\d_]+(?:[-'’.][^\W\d_]+)*\.?")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Name:
    """An author: a family and a given name where the text looks like one person's, else ``literal``."""

    literal: str
    family: str | None = None
    given: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Citation:
    """What is cited of an article. All texts are one line without control characters.

    ``url`` is the article's own address, ``original_url`` the one that was captured, ``memento_url`` where
    the capture plays, None where no address of this archive is configured. ``captured`` is the instant of
    the capture (UTC, with ``Z``), ``record`` its WARC record id without angle brackets, ``digest`` that of
    its payload. ``date`` is the publication as precise as the page states it, ``gone_since`` the instant
    since which the page is not there any more.
    """

    id: str
    title: str | None
    authors: tuple[Name, ...]
    publisher: str | None
    date: str | None
    url: str | None
    original_url: str | None
    memento_url: str | None
    captured: str | None
    record: str | None
    digest: str | None
    language: str | None
    abstract: str | None
    keywords: tuple[str, ...]
    gone_since: str | None = None

    @property
    def note(self) -> str | None:
        """The evidence of the capture in words, None where there is no capture."""
        if not self.record:
            return None
        said = [f"Captured {self.captured}" if self.captured else "Captured", f"WARC record {self.record}"]
        said += [f"payload {self.digest}"] if self.digest else []
        return "; ".join([*said, f"gone since {self.gone_since[:10]}"] if self.gone_since else said)


def citation_of(article: Article, *, base_url: str | None = None) -> Citation:
    """The citation of an article; ``base_url`` is where this archive's replay is published, if anywhere."""
    capture = article.capture or {}
    publisher = one_line(article.publisher) or article.site
    names = (one_line(name) for name in article.authors)
    return Citation(
        id=article.id or one_line(article.url) or "untitled",
        title=one_line(article.title),
        authors=tuple(name_of(name, publisher=publisher) for name in names if name),
        publisher=publisher,
        date=article.date_published,
        url=one_line(article.canonical_url or article.url),
        original_url=one_line(article.url),
        memento_url=memento_url(article, base_url),
        captured=capture.get("warc_date"),
        record=(capture.get("warc_record_id") or "").strip("<>") or None,
        digest=capture.get("payload_digest"),
        language=one_line(article.language),
        abstract=one_line(article.description),
        keywords=tuple(word for each in article.keywords if (word := one_line(each))),
        gone_since=article.gone_since,
    )


def write_citations(
    text: Callable[[Citation], str], articles: Iterable[Article], out: BinaryIO, options: Options
) -> int:
    """Write what a format makes of each article, one after the other as they come; the number of them."""
    count = 0
    for article in articles:
        out.write(text(citation_of(article, base_url=options.base_url)).encode())
        count += 1
    return count


def memento_url(article: Article, base_url: str | None) -> str | None:
    """Where the capture plays: pywb's address of a site's collection, an instant and an address.

    None where no base is configured, or where the article has no capture.
    """
    captured, url = (article.capture or {}).get("warc_date"), one_line(article.url)
    if not base_url or not captured or not url or not article.site:
        return None
    return f"{base_url.rstrip('/')}/{article.site}/{re.sub('[^0-9]', '', captured)[:14]}/{url}"


def name_of(text: str, *, publisher: str | None = None) -> Name:
    """An author's name, split where it looks like a person's: "Family, Given" or two to four plain words."""
    family, comma, given = (part.strip() for part in text.partition(","))
    words = [*family.split(), *given.split()]
    if comma and family and given and "," not in given and _is_person(words) and not _are_two(family, given):
        return Name(literal=text, family=family, given=given)
    words = text.split()
    is_led = words[:1] and words[0].lower() in _PARTICLES  # where the family name ends, nothing tells
    if comma or is_led or not 2 <= len(words) <= 4 or not _is_person(words) or _is_part(text, publisher):
        return Name(literal=text)
    at = next((n for n, word in enumerate(words) if n and word.lower() in _PARTICLES), len(words) - 1)
    return Name(literal=text, family=" ".join(words[at:]), given=" ".join(words[:at]))


def _is_body(word: str) -> bool:
    """True for a word that is no name of a person: of an office, a newspaper, or behind a name."""
    low = word.strip(".").lower()
    return (
        low in _BODIES or bool(_OFFICE.search(low)) or (len(word) > 1 and word.isupper() and "." not in word)
    )


def _is_person(words: list[str]) -> bool:
    def fits(word: str) -> bool:
        return word in _PARTICLES or (word[:1].isupper() and (len(word) < 3 or not word.isupper()))

    return (
        all(_WORD.fullmatch(word) and not _is_body(word) and fits(word) for word in words)
        and words[-1] not in _PARTICLES
    )


def _are_two(family: str, given: str) -> bool:
    """True for two people with a comma between them: "Anna Berg, Bo Ek"."""
    plain = [word for word in family.split() if word.lower() not in _PARTICLES]
    return len(plain) > 1 and len(given.split()) > 1


def _is_part(text: str, publisher: str | None) -> bool:
    low, whole = text.casefold(), (publisher or "").casefold()
    return bool(whole) and (low in whole or whole in low)


def one_line(text: str | None) -> str | None:
    """Text without line breaks and control characters, None where nothing is left of it."""
    return " ".join(_CONTROLS.sub(" ", text or "").split()) or None
