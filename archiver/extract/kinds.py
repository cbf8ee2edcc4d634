"""What a page is: article, listing, front page, error, challenge … and why.

What the site's own pages and what feeds say of a page decide; words in addresses only weigh.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from archiver.extract.dates import may_date, read_date
from archiver.extract.deadlines import tells_deadline
from archiver.extract.likeness import LEAST as LEAST_KNOWN
from archiver.extract.links import split_url
from archiver.extract.listings import LISTING_PATH, NEWS_PATH, listing_reason
from archiver.extract.refusals import is_challenge, is_consent, is_error
from archiver.model import Mention, PageKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archiver.extract.body import Chosen
    from archiver.extract.document import Block, Document
    from archiver.extract.likeness import Likeness

FOLDER = re.compile("/")
INDEX = re.compile(r"index of /", re.I)
ROOT = re.compile(r"/?|/(?:index|default|start)\.\w+|/(?:sv|se|en|no|nb|da|dk|fi|de|is)/?", re.I)
LOGIN = re.compile(
    r"log ?in\b|sign in|logga in|logg inn|log ind|anmelden|kirjaudu|lösenord|password|skyddad", re.I
)

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
BY_RULE = "address rule of the profile"
Vote = tuple[float, str]  # for an article, or against; and why
UNLIKE = -3.0  # what layouts may say against a page
REDESIGNED = -1.2  # and against one with a date that a listing names, which may be of a new layout
IN_MENU, MENU_SAYS = "linked from the menus of most pages", -1.6
ADDRESSED: Vote = (0.6, "dated by its address")
LOGGED_IN = 250  # characters of prose beside the form of a page that asks for a password
VACANCY = re.compile(
    r"\b(?:vi söker (?:en|dig|nu|flera)|vi erbjuder dig|om tjänsten|om rollen|arbetsuppgifter|"
    r"kvalifikationer|personligt brev|"
    r"vi søker|om stillingen|arbeidsoppgaver|vi tilbyr|vi søger|arbejdsopgaver|"
    r"vi tilbyder|"
    r"we are (?:looking|hiring)|your profile|about the (?:role|job)|cover letter|wir suchen|ihre aufgaben|"
    r"wir bieten|etsimme|tarjoamme)\b",
    re.I,
)
JOB = re.compile(r"ledig[ae]|jobb?\b|jobs?\b|career|karri|stilling|ty[öo]paik|stellen|vacanc|rekry")
STATIC_KINDS = (
    (PageKind.JOB, JOB),
    (PageKind.PERSON, re.compile(r"medarbet|medarbej|/people/|/team/|/konsulter/|/personal/|ansatte/")),
    (PageKind.SERVICE, re.compile(r"tj[äa]nst|tjenest|ydelse|services?\b|leistung|palvelu")),
)
CALLED = {
    PageKind.JOB: "vacancy", PageKind.PERSON: "page about a person", PageKind.SERVICE: "page about a service",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """A page's kind, why, and how sure that is (0 to 1)."""

    kind: PageKind
    reason: str
    confidence: float


def early_kind(doc: Document, *, status: int, text_chars: int) -> Verdict | None:
    """Kinds that need no body: errors by their status, redirects, challenges, shells."""
    if status >= 400:
        return Verdict(kind=PageKind.ERROR, reason=f"status {status}", confidence=1.0)
    if doc.refresh and "url=" in doc.refresh.lower() and text_chars < 400:
        return Verdict(kind=PageKind.REDIRECT, reason="meta refresh", confidence=1.0)
    if text_chars >= 1500:
        return None
    if is_challenge(doc):
        return Verdict(
            kind=PageKind.CHALLENGE, reason="words of a bot challenge on a short page", confidence=0.9
        )
    bare = len(doc.anchors) < 4 and not any(b.kind == "heading" for b in doc.blocks)
    if text_chars < 200 and bare and (doc.script_sources or doc.script_chars > 200 or doc.frames):
        return Verdict(kind=PageKind.EMPTY, reason="scripts and no text", confidence=0.9)
    if not text_chars:
        return Verdict(kind=PageKind.EMPTY, reason="no text", confidence=1.0)
    return None


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
    by_address: bool,
) -> Verdict:
    """The kind of a page whose body and date are known; ``alone`` where nothing is known of its site.

    ``by_address`` says that only the page's address names its day.
    """
    prose = sum(b.chars for b in chosen.blocks if b.text)
    path = unquote(split_url(url).path)
    if sure := _special(doc, chosen, prose, title_text, dated) or _by_address(doc, chosen, url, path, ruled):
        return sure
    if in_menu and not dated:
        other, why = _static_kind(chosen, title_text, path)
        return Verdict(kind=other, reason="; ".join(filter(None, (IN_MENU, why))), confidence=0.8)
    job = _said_of_job(doc, chosen, f"{title_text} {path}".lower())
    says = [
        *([(MENU_SAYS, IN_MENU)] if in_menu and not is_fed(mentions) else []),
        *_said_elsewhere(mentions),
        *_said_by_layout(likeness, least=REDESIGNED if dated and is_listed(mentions) else UNLIKE),
        *_said_by_page(doc, prose, dated, path, title_text, alone, by_address),
        *job,
    ]
    if sum(value for value, _ in says) > 0:
        return _weighed(says, PageKind.ARTICLE)
    return _weighed(says, *((PageKind.JOB, "") if job else _static_kind(chosen, title_text, path)))


def _by_address(doc: Document, chosen: Chosen, url: str, path: str, ruled: bool | None) -> Verdict | None:
    """What the profile's rules, the root of the site and the entries of a listing decide."""
    if ruled is False:
        return Verdict(kind=PageKind.PAGE, reason=BY_RULE, confidence=1.0)
    if url and ROOT.fullmatch(path) and not split_url(url).query:
        return Verdict(kind=PageKind.FRONT, reason="root of the site", confidence=0.9)
    if reason := listing_reason(doc, url, container=chosen.container):
        return Verdict(kind=PageKind.LISTING, reason=reason, confidence=0.8)
    return Verdict(kind=PageKind.ARTICLE, reason=BY_RULE, confidence=1.0) if ruled else None


def _weighed(says: list[Vote], kind: PageKind, called: str = "") -> Verdict:
    """A page of this kind, for the two votes that counted most and for what it is ``called``."""
    score = sum(value for value, _ in says)
    counted = sorted(((abs(v), why) for v, why in says if (v > 0) == (score > 0)), reverse=True)
    why = "; ".join(why for _, why in counted[:2]) or "nothing speaks for an article"
    return Verdict(
        kind=kind,
        reason=f"{why}; {called}" if called else why,
        confidence=round(min(1.0, 0.5 + abs(score) / 6), 2),
    )


def is_fed(mentions: Sequence[Mention]) -> bool:
    """True where a feed names the page with a date; some feeds list every page, undated."""
    return any(m.kind == "feed" and m.date and read_date(m.date) for m in mentions)


def is_listed(mentions: Sequence[Mention]) -> bool:
    """True where a listing names the page."""
    return any(m.kind == "listing" for m in mentions)


def _said_elsewhere(mentions: Sequence[Mention]) -> list[Vote]:
    if is_fed(mentions):
        return [(2.0, "named by a feed")]
    if any(m.kind == "listing" and m.date for m in mentions):
        return [(1.5, "named with a date by a listing")]
    if is_listed(mentions):
        return [(0.6, "named by a listing")]
    return []


def _said_by_layout(likeness: Likeness, *, least: float) -> list[Vote]:
    """What the layouts of known articles say of a page, and no less than ``least``."""
    if likeness.known < LEAST_KNOWN:
        return []
    score = max(least, min(1.5, likeness.score))
    if score > 0:
        return [(score, f"laid out like {likeness.known} known articles")]
    return [(score, f"laid out unlike {likeness.known} known articles: {', '.join(likeness.odd)}")]


def _said_by_page(
    doc: Document, prose: int, dated: bool, path: str, title_text: str, alone: bool, by_address: bool
) -> list[Vote]:
    undated = -0.3 if alone and prose > 500 else -0.7 if alone else -1.1
    says = [(0.8, "dated") if dated else ADDRESSED if by_address else (undated, "no date")]
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


def _said_of_job(doc: Document, chosen: Chosen, named: str) -> list[Vote]:
    if states_job(doc):
        return [(-4.0, "states a vacancy")]
    return [(-2.0, "tells of a vacancy until a day")] if _asks_to_apply(doc, chosen, named) else []


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
    if not dated or not tells_deadline("\n".join(dated)):
        return False
    return JOB.search(named) is not None or _reads_like_vacancy(near)


def _reads_like_vacancy(blocks: list[Block]) -> bool:
    """True where two lines or more say what vacancies say."""
    return sum(bool(VACANCY.search(b.text, 0, 400)) for b in blocks) > 1


def _static_kind(chosen: Chosen, title: str, path: str) -> tuple[PageKind, str]:
    """Which kind of page an undated page about the firm is, and what says so.

    Among the news, or at an address with the words of a headline, words such as "jobb" tell what it is about:
    there a page is what its whole title says, and a vacancy where it reads like one.
    """
    above = path.rstrip("/").rpartition("/")[0] + "/"
    low, news = f"{title} {path}".lower(), _is_below_news(above)
    if news or ARTICLE_PATH.search(path):
        called = title if STATIC_TITLE.match(title) else ""
        low = f"{called} {'' if news else above}".lower()
        if _reads_like_vacancy(chosen.blocks):
            return PageKind.JOB, "reads like a vacancy"
    for kind, pattern in STATIC_KINDS:
        if found := pattern.search(low):
            return kind, f'called "{found[0].strip("/")}", like a {CALLED[kind]}'
    return PageKind.PAGE, ""


def _is_below_news(above: str) -> bool:
    """True where the folders of an address are below one that lists a site's news."""
    return any(NEWS_PATH.search(above[: cut.start()]) for cut in FOLDER.finditer(above, 1))


def _special(doc: Document, chosen: Chosen, prose: int, title: str, dated: bool) -> Verdict | None:
    heads = f"{title}\n{doc.title}"
    if is_error(doc, prose=[b for b in chosen.blocks if b.text], title=title, dated=dated):
        return Verdict(kind=PageKind.ERROR, reason="title of an error page", confidence=0.9)
    if INDEX.match(doc.title) or INDEX.match(title):
        return Verdict(kind=PageKind.LISTING, reason="index of a directory", confidence=0.9)
    if doc.passwords and prose < LOGGED_IN and (doc.asked or LOGIN.search(heads)):
        return Verdict(kind=PageKind.LOGIN, reason="asks for a password", confidence=0.9)
    if is_consent(doc, title=title, dated=dated):
        return Verdict(kind=PageKind.CONSENT, reason="text about cookies alone", confidence=0.8)
    return None
