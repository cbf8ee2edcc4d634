"""What a page is: article, listing, front page, error, challenge … and why.

What the site's own pages and what feeds say of a page decide; words in addresses only weigh.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from archiver.extract.body import OUTSIDE, Chosen, fold
from archiver.extract.links import absolute
from archiver.extract.walk import Block, Document
from archiver.extract.words import Mark
from archiver.model import Mention, PageKind

CHALLENGE = re.compile(
    r"just a moment\.\.\.|checking your browser|attention required|verify(?:ing)? (?:that )?you are (?:a )?human|"
    r"enable javascript and cookies to continue|cf-challenge|ddos protection by|are you a robot|"
    r"unusual traffic|access denied|request unsuccessful\. incapsula|pardon our interruption|captcha",
    re.I,
)
NOT_FOUND = re.compile(
    r"\b404\b|(?:sidan|sida) (?:finns inte|hittades inte|kunde inte hittas|saknas)|hittar inte sidan|"
    r"sidan (?:du söker|kan inte)|(?:siden|side) (?:finnes ikke|findes ikke|ble ikke funnet|blev ikke fundet)|"
    r"fant ikke siden|kunne ikke finde siden|sivua ei löyd|page (?:not found|could not be found|does not exist)|"
    r"not found|seite (?:nicht gefunden|wurde nicht gefunden)|seite existiert nicht|page introuvable|"
    r"página no encontrada|pagina non trovata|pagina niet gevonden|internal server error|"
    r"(?:service|temporarily) unavailable|under underhåll|site maintenance|något gick fel|502 bad gateway",
    re.I,
)
CONSENT = re.compile(r"cookie|kakor|samtycke|consent|einwilligung|evästee", re.I)
LISTING_PATH = re.compile(
    r"/(?:tags?|taggar|etiketter?|categor(?:y|ies)|kategori(?:er|e)?|authors?|forfattare|topics?|amne(?:n)?|emne|"
    r"arkiv|archives?|search|sok|page|sida|seite)(?:/|\.html?\Z|\Z)",
    re.I,
)
DATE_PATH = re.compile(r"/(?:19|20)\d\d(?:/\d{1,2}){0,2}(?:/|/index\.html?)?\Z")
PAGED = re.compile(
    r"(?:[?&](?:page|paged|p|sida|side|offset|start)=\d+\Z|/(?:page|sida|side|seite)/?\d+/?\Z)", re.I
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """A page's kind, why, and how sure that is (0 to 1)."""

    kind: PageKind
    reason: str
    confidence: float


def early_kind(doc: Document, *, status: int, url: str, text_chars: int) -> Verdict | None:
    """Kinds that need no body: redirects, shells, challenges, errors, logins."""
    if status >= 400:
        return Verdict(kind=PageKind.ERROR, reason=f"status {status}", confidence=1.0)
    if doc.refresh and "url=" in doc.refresh.lower() and text_chars < 400:
        return Verdict(kind=PageKind.REDIRECT, reason="meta refresh", confidence=1.0)
    opening = (doc.title + "\n" + "\n".join(b.text for b in doc.blocks[:30]))[:2000]
    if text_chars < 1500 and CHALLENGE.search(opening):
        return Verdict(
            kind=PageKind.CHALLENGE, reason="words of a bot challenge on a short page", confidence=0.9
        )
    if text_chars < 200 and (doc.script_sources or doc.script_chars > 200 or doc.frames):
        return Verdict(kind=PageKind.EMPTY, reason="scripts and no text", confidence=0.9)
    if not text_chars:
        return Verdict(kind=PageKind.EMPTY, reason="no text", confidence=1.0)
    return None


def decide(
    doc: Document,
    chosen: Chosen,
    *,
    url: str,
    title: Block | None,
    title_text: str,
    mentions: Sequence[Mention],
    ruled: bool | None,
    in_menu: bool,
    odds: tuple[float, int, int],
    dated: bool,
    canonical: str | None,
) -> Verdict:
    """The kind of a page whose body and date are known."""
    prose = sum(b.chars for b in chosen.blocks if b.text)
    if special := _special(doc, chosen, prose, title_text):
        return special
    if ruled is False:
        return Verdict(kind=PageKind.PAGE, reason="address rule of the profile", confidence=1.0)
    if ruled is True:
        return Verdict(kind=PageKind.ARTICLE, reason="address rule of the profile", confidence=1.0)
    path = unquote(urlsplit(url).path)
    if path in ("", "/") or re.fullmatch(r"/index\.\w+", path):
        if not urlsplit(url).query:
            return Verdict(kind=PageKind.FRONT, reason="root of the site", confidence=0.9)
    if reason := listing_reason(doc, url, title=title, title_text=title_text):
        return Verdict(kind=PageKind.LISTING, reason=reason, confidence=0.8)
    fed = any(m.kind == "feed" for m in mentions)
    if in_menu and not (fed and dated):
        return Verdict(kind=PageKind.PAGE, reason="linked from the menus of most pages", confidence=0.8)
    return _weighed(prose, odds, mentions=mentions, fed=fed, dated=dated, path=path, doc=doc)


def _weighed(
    prose: int,
    odds: tuple[float, int, int],
    *,
    mentions: Sequence[Mention],
    fed: bool,
    dated: bool,
    path: str,
    doc: Document,
) -> Verdict:
    """Article or plain page, by weights; the reason names the heaviest."""
    layout, yes, no = odds
    score, reasons = 0.0, []
    if yes >= 3 and no >= 2:
        score += max(-2.5, min(2.5, 1.5 * layout))
        reasons.append((abs(layout), f"layout is {'like' if layout > 0 else 'unlike'} {yes} known articles"))
    if fed:
        score += 1.5
        reasons.append((1.5, "named by a feed"))
    elif any(m.kind == "listing" and m.date for m in mentions):
        score += 0.8
        reasons.append((0.8, "named by a listing"))
    score += 0.7 if dated else -0.5
    reasons.append((0.6, "dated" if dated else "no date"))
    if prose < 250:
        score -= 0.4 if dated or fed else 1.2
    if LISTING_PATH.search(path):
        score -= 1.0
    if doc.meta("og:type") == "article":
        score += 0.3
    if yes < 3:
        score += 0.5 if prose > 800 else 0.0
    confidence = min(1.0, 0.5 + abs(score) / 6)
    reason = max(reasons)[1] if reasons else "text"
    kind = PageKind.ARTICLE if score > 0 else PageKind.PAGE
    return Verdict(kind=kind, reason=reason, confidence=round(confidence, 2))


def _special(doc: Document, chosen: Chosen, prose: int, title_text: str) -> Verdict | None:
    heads = f"{title_text}\n{doc.title}"
    if NOT_FOUND.search(heads) and prose < 600 and len(title_text) < 60:
        return Verdict(kind=PageKind.ERROR, reason="title of an error page", confidence=0.9)
    if doc.passwords and prose < 500:
        return Verdict(kind=PageKind.LOGIN, reason="asks for a password", confidence=0.9)
    if prose < 600 and chosen.blocks and CONSENT.search(title_text):
        said = sum(b.chars for b in chosen.blocks if CONSENT.search(b.text))
        if said > 0.6 * prose:
            return Verdict(kind=PageKind.CONSENT, reason="text about cookies alone", confidence=0.8)
    return None


def looks_like_listing(doc: Document, url: str) -> bool:
    """True where the page's structure or address says that it lists other pages."""
    return listing_reason(doc, url) is not None


def listing_reason(
    doc: Document, url: str, *, title: Block | None = None, title_text: str = ""
) -> str | None:
    """Why a page is a listing: entries that lead to other pages, a paged or dated address."""
    path = unquote(urlsplit(url).path)
    if PAGED.search(url):
        return "address of a page of a listing"
    entries = _entries(doc, url)
    if len(entries) >= 3:
        return f"{len(entries)} entries that lead to other pages"
    if entries and (DATE_PATH.search(path) or LISTING_PATH.search(path)):
        return "entries under the address of an archive"
    if DATE_PATH.search(path) or (LISTING_PATH.search(path) and not _long_prose(doc)):
        return "address of an archive"
    return None


def _long_prose(doc: Document) -> bool:
    return sum(b.chars for b in doc.blocks if b.kind == "text" and b.sentence and not b.marks & OUTSIDE) > 600


def _entries(doc: Document, url: str) -> list[str]:
    """Headings in the main content that link to other pages of the site, or articles that do."""
    own = _key(url)
    found: list[str] = []
    host = urlsplit(url).netloc
    for block in doc.blocks:
        if block.marks & (OUTSIDE & ~(Mark.TEASER | Mark.RELATED)) or not block.hrefs:
            continue
        heading = block.kind == "heading" and block.links >= 0.7 * block.chars
        if not heading:
            continue
        target = absolute(block.hrefs[0], url)
        if target and urlsplit(target).netloc == host and _key(target) != own and target not in found:
            found.append(target)
    articles = [
        n for n in doc.nodes
        if n.tag == "article" and n.chars and not n.marks & (Mark.COMMENT | Mark.ASIDE | Mark.NAV | Mark.FOOTER)
    ]  # fmt: skip
    if len(articles) >= 3 and len(found) < 3:
        starts = {a.parent.index for a in articles if a.parent is not None}
        if len(starts) == 1:
            return [f"article {n}" for n in range(len(articles))]
    return found


def _key(url: str) -> str:
    parts = urlsplit(url)
    return unquote(parts.path).rstrip("/").removesuffix("/index.html") + (
        "?" + parts.query if parts.query else ""
    )


def same_title(one: str, other: str) -> bool:
    """True where two titles are the same words."""
    return bool(one) and fold(one) == fold(other)
