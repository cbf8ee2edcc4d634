"""What a page is: article, listing, front page, error, challenge … and why.

What the site's own pages and what feeds say of a page decide; words in addresses only weigh.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from archiver.extract.dates import DEADLINE, may_date, read_date
from archiver.extract.links import split_url
from archiver.extract.listings import LISTING_PATH, listing_reason
from archiver.model import Mention, PageKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archiver.extract.body import Chosen
    from archiver.extract.document import Document
    from archiver.extract.likeness import Likeness

CHALLENGE = re.compile(
    r"just a moment(?:\.\.\.|\Z)|checking your browser|attention required|verify(?:ing)? "
    r"(?:that )?you are (?:a )?human|"
    r"enable javascript and cookies to continue|cf-challenge|ddos protection by|are you a robot|"
    r"unusual traffic|access denied|request unsuccessful\. incapsula|pardon our interruption|captcha",
    re.I,
)
GUARDED = re.compile(r"protected by (?:google )?recaptcha|recaptcha.{0,60}(?:privacy|terms|google)", re.I)
_NOT_FOUND = (
    r"(?:sidan|sida) (?:finns inte|hittades inte|kunde inte hittas|kan inte hittas|saknas)|hittar inte sidan|"
    r"sidan (?:du söker|kan inte)|(?:siden|side) (?:finnes ikke|findes ikke|ble ikke funnet|blev ikke "
    r"fundet)|"
    r"(?:fant|finner) (?:dessverre )?ikke siden|kan (?:desværre )?ikke finde siden|kunne ikke finde siden|"
    r"(?:etsimääsi )?sivua ei (?:valitettavasti )?löy|page (?:not found|could not be found|does not exist)|"
    r"page can[’']?t be found|page cannot be found|page is(?:n[’']t| not) available|nothing was found|"
    r"seite (?:nicht gefunden|wurde nicht gefunden)|seite existiert nicht|page introuvable|"
    r"página no encontrada|pagina non trovata|pagina niet gevonden"
)
_FAILED = (
    r"\b404\b|not found|internal server error|(?:service|temporarily) unavailable|under underhåll|"
    r"site maintenance|något gick fel|502 bad gateway"
)
NOT_FOUND = re.compile(_NOT_FOUND, re.I)
# phrases that a headline may hold as well: an error's title is little more than one
FAILED = re.compile(rf"\W*(?:error|fel|http|oops|hoppsan|feil|fejl)?\W*(?:{_FAILED})\W*", re.I)
ANY_FAILURE = re.compile(_FAILED, re.I)
INDEX = re.compile(r"index of /", re.I)
ROOT = re.compile(r"/?|/(?:index|default|start)\.\w+|/(?:sv|se|en|no|nb|da|dk|fi|de|is)/?", re.I)
LOGIN = re.compile(
    r"log ?in\b|sign in|logga in|logg inn|log ind|anmelden|kirjaudu|lösenord|password|skyddad", re.I
)
CONSENT = re.compile(r"cookie|kakor|samtycke|consent|einwilligung|evästee", re.I)

ARTICLE_PATH = re.compile(r"/(?:19|20)\d\d/(?:\d\d?/){0,2}[^/\d]|/[^/-]+(?:-[^/-]+){4}", re.I)
_STATIC = (
    r"om[ -]?(?:oss|f[öo]retaget|os|company)?|about(?:[ -]us)?|über[ -]uns|ueber-uns|tietoa meistä|meistä|"
    r"kontakt(?:a)?(?:[ -](?:oss|os|uppgifter))?|contact(?:[ -]us)?|yhteystiedot|impressum|"
    r"(?:v[åa]ra[ -]|vore[ -]|our[ -])?(?:tj[äa]nster|tjenester|ydelser|services|erbjudanden?|leistungen|"
    r"palvelut)|"
    r"(?:integritets|personuppgifts|privatlivs|personverns?|cookie|privacy|sekretess)[ -]?(?:policy|"
    r"polic[iy]es?|"
    r"politik|erkl[æa]ring)?(?:(?:[ -](?:och|og|and|&))?[ -](?:kakor|cookies?|policy))?|gdpr|"
    r"datenschutz(?:erklärung)?|"
    r"tietosuoja(?:seloste)?|kakor|cookies|(?:lediga|ledige)[ -](?:tj[äa]nster|jobb|stillinge[rn]?)|"
    r"jobb(?:a[ -](?:hos|med)"
    r"[ -].{1,20})?|careers?|jobs|work[ -](?:with|at|for)[ -].{1,20}|karri[äa]r(?:e)?|avoimet työpaikat|"
    r"medarbetare|medarbejdere|ansatte|personal|team(?:et)?|our[ -]team|people|konsulter|kunder|clients?|"
    r"villkor|terms(?:[ -].{0,20})?|legal|tillg[äa]nglighet(?:sredog[öo]relse)?|sitemap|webbkarta|"
    r"nyhetsbrev|newsletter|"
    r"faq|hitta(?: hit)?|start|hem|home|log ?in|logga in|prislista|priser|prices|pricing|referenser|"
    r"references"
)
STATIC_TITLE = re.compile(rf"(?:{_STATIC})\Z", re.I)
STATIC_PATH = re.compile(rf"(?:\A|/)(?:{_STATIC})(?:\.\w+)?/?\Z", re.I)
SECTION_PATH = re.compile(
    r"/(?:tj[äa]nster|tjenester|ydelser|services?|leistungen|palvelut|om-oss|om-os|about(?:-us)?|medarbetare|medarbejdere|"
    r"people|team|personal|konsulter|karri[äa]re?|careers?|jobb?|lediga-tjanster|produkter|products|l[öo]sningar|"
    r"solutions|kurser|utbildning(?:ar)?|courses|kontakt|contact)/[^/]",
    re.I,
)
LOGGED_IN = 250  # characters of prose beside the form of a page that asks for a password
CHALLENGED = 250  # characters of prose that a challenge may have besides
VACANCY = re.compile(
    r"\b(?:vi söker (?:en|dig|nu|flera)|vi erbjuder dig|om tjänsten|om rollen|arbetsuppgifter|"
    r"kvalifikationer|personligt brev|"
    r"vi søker|om stillingen|arbeidsoppgaver|vi tilbyr|vi søger|arbejdsopgaver|"
    r"vi tilbyder|"
    r"we are (?:looking|hiring)|your profile|about the (?:role|job)|cover letter|wir suchen|ihre aufgaben|"
    r"wir bieten|etsimme|tarjoamme)\b",
    re.I,
)
BARS = re.compile(r"\s+[|–—:«»-]+\s+")
STATIC_KINDS = (
    (
        PageKind.JOB,
        re.compile(r"ledig[ae]|jobb?\b|jobs?\b|career|karri|stilling|ty[öo]paik|stellen|vacanc|rekry"),
    ),
    (PageKind.PERSON, re.compile(r"medarbet|medarbej|/people/|/team/|/konsulter/|/personal/|ansatte/")),
    (PageKind.SERVICE, re.compile(r"tj[äa]nst|tjenest|ydelse|services?\b|leistung|palvelu")),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """A page's kind, why, and how sure that is (0 to 1)."""

    kind: PageKind
    reason: str
    confidence: float


def early_kind(doc: Document, *, status: int, text_chars: int) -> Verdict | None:
    """Kinds that need no body: redirects, shells, challenges, errors, logins."""
    if status >= 400:
        return Verdict(kind=PageKind.ERROR, reason=f"status {status}", confidence=1.0)
    if doc.refresh and "url=" in doc.refresh.lower() and text_chars < 400:
        return Verdict(kind=PageKind.REDIRECT, reason="meta refresh", confidence=1.0)
    if text_chars >= 1500:
        return None
    if _is_challenge(doc):
        return Verdict(
            kind=PageKind.CHALLENGE, reason="words of a bot challenge on a short page", confidence=0.9
        )
    bare = len(doc.anchors) < 4 and not any(b.kind == "heading" for b in doc.blocks)
    if text_chars < 200 and bare and (doc.script_sources or doc.script_chars > 200 or doc.frames):
        return Verdict(kind=PageKind.EMPTY, reason="scripts and no text", confidence=0.9)
    if not text_chars:
        return Verdict(kind=PageKind.EMPTY, reason="no text", confidence=1.0)
    return None


def _is_challenge(doc: Document) -> bool:
    """True for the words of a bot challenge in the title or a line, on a page that has no prose beside."""
    lines = [doc.title, *(b.text for b in doc.blocks[:30])]
    said = [line for line in lines if CHALLENGE.search(line[:2000]) and not GUARDED.search(line)]
    prose = sum(
        b.chars for b in doc.blocks if b.sentence and b.chars > 60 and not CHALLENGE.search(b.text[:2000])
    )
    whole = any(CHALLENGE.fullmatch(part.strip(" .!?")) for part in BARS.split(doc.title))
    return bool(said) and (prose < CHALLENGED or whole)


def decide(
    doc: Document,
    chosen: Chosen,
    *,
    url: str,
    title_text: str,
    mentions: Sequence[Mention],
    ruled: bool | None,
    in_menu: bool,
    likeness: Likeness,
    dated: bool,
    alone: bool,
) -> Verdict:
    """The kind of a page whose body and date are known; ``alone`` where nothing is known of its site."""
    prose = sum(b.chars for b in chosen.blocks if b.text)
    fed = is_fed(mentions)
    if special := _special(doc, chosen, prose, title_text, dated=dated or fed):
        return special
    if ruled is False:
        return Verdict(kind=PageKind.PAGE, reason="address rule of the profile", confidence=1.0)
    path = unquote(split_url(url).path)
    if url and ROOT.fullmatch(path) and not split_url(url).query:
        return Verdict(kind=PageKind.FRONT, reason="root of the site", confidence=0.9)
    if reason := listing_reason(doc, url, container=chosen.container):
        return Verdict(kind=PageKind.LISTING, reason=reason, confidence=0.8)
    if ruled is True:
        return Verdict(kind=PageKind.ARTICLE, reason="address rule of the profile", confidence=1.0)
    if in_menu and not (fed and dated):
        kind = _static_kind(title_text, path)
        return Verdict(kind=kind, reason="linked from the menus of most pages", confidence=0.8)
    says = [
        *_said_elsewhere(mentions, fed),
        *_said_by_layout(likeness),
        *_said_by_page(doc, prose, dated, path, title_text, alone),
    ]
    if job := states_job(doc):
        says.append((-4.0, "states a vacancy"))
    elif job := _asks_to_apply(doc, chosen, f"{title_text} {path}".lower()):
        says.append((-2.0, "tells of a vacancy until a day"))
    score = sum(value for value, _ in says)
    kind = PageKind.ARTICLE if score > 0 else PageKind.JOB if job else _static_kind(title_text, path)
    for_it = [(abs(v), why) for v, why in says if (v > 0) == (score > 0)]
    reason = "; ".join(why for _, why in sorted(for_it, reverse=True)[:2]) or "nothing speaks for an article"
    return Verdict(kind=kind, reason=reason, confidence=round(min(1.0, 0.5 + abs(score) / 6), 2))


def is_fed(mentions: Sequence[Mention]) -> bool:
    """True where a feed names the page with a date; some feeds list every page, undated."""
    return any(m.kind == "feed" and m.date and read_date(m.date) for m in mentions)


def _said_elsewhere(mentions: Sequence[Mention], fed: bool) -> list[tuple[float, str]]:
    if fed:
        return [(2.0, "named by a feed")]
    if any(m.kind == "listing" and m.date for m in mentions):
        return [(1.5, "named with a date by a listing")]
    if any(m.kind == "listing" for m in mentions):
        return [(0.6, "named by a listing")]
    return []


def _said_by_layout(likeness: Likeness) -> list[tuple[float, str]]:
    if likeness.known < 6:
        return []
    score = max(-3.0, min(1.5, likeness.score))
    if score > 0:
        return [(score, f"laid out like {likeness.known} known articles")]
    return [(score, f"laid out unlike {likeness.known} known articles: {', '.join(likeness.odd)}")]


def _said_by_page(
    doc: Document, prose: int, dated: bool, path: str, title_text: str, alone: bool
) -> list[tuple[float, str]]:
    undated = -0.3 if alone and prose > 500 else -0.7 if alone else -1.1
    says = [(0.8, "dated") if dated else (undated, "no date")]
    if prose < 200:
        says.append((-0.5, "little text"))
    elif prose > 800:
        says.append((0.4, "long text"))
    if STATIC_TITLE.match(title_text) or STATIC_PATH.search(path.lower()):
        says.append((-2.0, "called like a page about the firm"))
    if not dated and SECTION_PATH.search(path.lower()):
        says.append((-0.8, "undated under a section about the firm"))
    if LISTING_PATH.search(path):
        says.append((-0.5, "address like a listing's"))
    if doc.meta("og:type") == "article":
        says.append((0.4, "og:type article"))
    if ARTICLE_PATH.search(path):
        says.append((0.5, "address like an article's"))
    return says


def states_job(doc: Document) -> bool:
    """True where the page states a vacancy and no article for machines."""
    return any("JobPosting" in script for script in doc.scripts) and not any(
        "Article" in script or "BlogPosting" in script for script in doc.scripts
    )


def _asks_to_apply(doc: Document, chosen: Chosen, named: str) -> bool:
    """True for a deadline on a page that is called, or reads, like a vacancy."""
    own = [b.index for b in chosen.blocks[:1] + chosen.blocks[-1:]] or [0]
    near = [b for b in doc.blocks[max(own[0] - 8, 0) : own[-1] + 6] if b.chars <= 300 and not b.links]
    dated = [b.text for b in near if may_date(b.text)]
    if not dated or not DEADLINE.search("\n".join(dated)):
        return False
    if STATIC_KINDS[0][1].search(named):
        return True
    return sum(bool(VACANCY.search(b.text, 0, 400)) for b in near) > 1


def _static_kind(title_text: str, path: str) -> PageKind:
    """Which kind of page an undated page about the firm is."""
    text = f"{title_text} {path}".lower()
    for kind, pattern in STATIC_KINDS:
        if pattern.search(text):
            return kind
    return PageKind.PAGE


def _is_error(doc: Document, prose: int, title_text: str, heads: str) -> bool:
    """True where the title is an error's phrase, or holds one on a page of nearly no text."""
    if prose >= 600 or len(title_text) >= 60:
        return False
    if NOT_FOUND.search(heads):
        return True
    alone = any(FAILED.fullmatch(part) for head in heads.split("\n") for part in BARS.split(head))
    return alone or (prose < 150 and ANY_FAILURE.search(heads) is not None)


def _special(doc: Document, chosen: Chosen, prose: int, title_text: str, *, dated: bool) -> Verdict | None:
    heads = f"{title_text}\n{doc.title}"
    if _is_error(doc, prose, title_text, heads):
        return Verdict(kind=PageKind.ERROR, reason="title of an error page", confidence=0.9)
    if INDEX.match(doc.title) or INDEX.match(title_text):
        return Verdict(kind=PageKind.LISTING, reason="index of a directory", confidence=0.9)
    if doc.passwords and prose < LOGGED_IN and (doc.asked or LOGIN.search(heads)):
        return Verdict(kind=PageKind.LOGIN, reason="asks for a password", confidence=0.9)
    if prose < 600 and not dated and chosen.blocks and CONSENT.search(title_text):
        said = sum(b.chars for b in chosen.blocks if CONSENT.search(b.text))
        if said > 0.6 * prose:
            return Verdict(kind=PageKind.CONSENT, reason="text about cookies alone", confidence=0.8)
    return None
