"""Pages that a server sends in the place of what was asked for: bot challenges, errors, walls of consent.

Articles are written about all of these. What tells them apart is that a refusal speaks to its reader
("the page you are looking for", "we use cookies"), is short, and states no day.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from archiver.extract.dates import find_date, may_date
from archiver.extract.words import Mark

if TYPE_CHECKING:
    from archiver.extract.document import Block, Document

CHALLENGED = 250  # characters of prose that a challenge may have besides
FAILED_PROSE = 600  # characters of prose that an error, or a wall of consent among menus, may have
TOLD = 150  # characters of prose that tell something, where they speak of no failure
WALLED = 2500  # characters of prose that a wall of consent may have on a page of nothing else

CHALLENGE = re.compile(
    r"just a moment(?:\.\.\.|…|\Z)|checking your browser|attention required|pardon our interruption|"
    r"(?:verify(?:ing)?|confirm|prove|let us know) (?:that )?you are (?:(?:a )?human|not a (?:ro)?bot)|"
    r"enable javascript and cookies to continue|cf-challenge|ddos protection by|"
    r"unusual traffic from your|request unsuccessful\. incapsula|you have been blocked|"
    r"(?:bekräfta|kontrollera|verifiera) att du (?:inte )?är en (?:människa|robot)|"
    r"bekr[eæ]ft,? at du (?:ikke )?er (?:et menneske|en robot)|"
    r"vahvista,? että (?:olet ihminen|et ole robotti)|"
    r"bestätigen sie,? dass sie (?:ein mensch|kein roboter) sind|"
    r"vérifiez que vous (?:êtes (?:un )?humain|n[’']êtes pas un robot)|"
    r"(?:verifi|confirm)(?:que|ca|e|a) que (?:no )?(?:es|eres|usted es) (?:un )?(?:ser )?(?:humano|robot)|"
    r"(?:controleer|bevestig) (?:of|dat) (?:u|je) (?:een mens|geen robot) ben|"
    r"(?:conferma|verifica) (?:di (?:non )?essere|che (?:non )?sei) (?:un )?(?:essere )?(?:umano|robot)|"
    r"stadfest at du (?:er eit menneske|ikkje er ein robot)|staðfestu að þú sért",
    re.I,
)
# What a challenge is about, and many an article too.
BARRED = re.compile(
    r"captcha|are you a robot|access denied|unusual traffic|åtkomst nekad|tilgang nektet|adgang nægtet|"
    r"pääsy estetty|zugriff verweigert|accès refusé|acceso denegado|accesso negato|toegang geweigerd",
    re.I,
)
GUARDED = re.compile(r"protected by (?:google )?recaptcha|recaptcha.{0,60}(?:privacy|terms|google)", re.I)
STAMPED = re.compile(r"\d:\d\d|\bray id|\bip\b|reference", re.I)  # a line for the server's own people

_NOT_FOUND = (
    r"(?:sidan?|artikeln|inlägget|innehållet|nyheten) (?:du söker|finns (?:tyvärr )?inte|hittades inte|"
    r"kan ?inte|kunde inte hittas|saknas|har tagits bort|är borttage[nt])|"
    r"hitta(?:r|de)? inte sidan|(?:kan|kunde) (?:tyvärr )?inte hitta sidan|"
    r"(?:siden?|artikkelen|artiklen|innholdet|indholdet) (?:finnes ikke|findes ikke|eksister?er ikke|"
    r"ble ikke funnet|blev ikke fundet|er (?:blitt |blevet )?(?:fjernet|slettet))|"
    r"sida (?:finst ikkje|vart ikkje funnen|er (?:fjerna|sletta))|(?:fann|finn) ikkje sida|"
    r"(?:fant|finner) (?:dessverre )?ikke siden|(?:kan|kunne) (?:desværre )?ikke finde siden|"
    r"(?:sivua|artikkelia) ei (?:valitettavasti )?(?:löy|ole)|(?:sivu|artikkeli) on poistettu|"
    r"síðan? (?:fannst|finnst) ekki|"
    r"(?:page|article|content|story) (?:was )?(?:not found|(?:could|can)(?: ?not|[’']?t) be found|"
    r"has been removed|does(?: not|n[’']t) exist|is(?:n[’']t| not| no longer) available)|nothing was found|"
    r"(?:couldn[’']t|could not|can[’']?t|cannot) find (?:that|this|the) page|"
    r"(?:seite|artikel|beitrag) (?:(?:konnte |wurde |ist )?(?:leider )?"
    r"(?:nicht (?:mehr )?(?:gefunden|verfügbar)|gelöscht)|(?:existiert|gibt es) (?:leider )?nicht)|"
    r"(?:page|article) (?:demandée? )?(?:est )?(?:introuvable|non trouvée?|supprimée?|"
    r"n[’']existe (?:pas|plus))|"
    r"(?:página|artículo) (?:ya )?no (?:encontrad[ao]|existe|se encuentra|está disponible)|"
    r"no se (?:ha encontrado|encontró|encuentra) la página|"
    r"(?:pagina|artikel) (?:is )?(?:niet (?:meer )?(?:gevonden|beschikbaar)|bestaat niet|"
    r"kon niet worden gevonden)|"
    r"(?:pagina|articolo) non (?:trovat[ao]|esiste|è (?:più )?disponibile)|impossibile trovare la pagina"
)
_FAILED = (
    r"\b404\b|\b403 forbidden|not found|internal server error|(?:service|temporarily) unavailable|"
    r"under underhåll|site maintenance|502 bad gateway|"
    r"något gick fel|ett fel (?:har )?(?:uppst|inträff)\w+|no[ek] gikk galt|"
    r"noe gjekk gale|det (?:oppstod?|har oppstått) en feil|"
    r"noget gik galt|der (?:er )?opst(?:od|ået) en fejl|jo(?:ta)?kin meni (?:pieleen|vikaan)|tapahtui virhe|"
    r"something went wrong|an error (?:has )?occurred|etwas ist schief ?gelaufen|ein fehler ist aufgetreten|"
    r"une erreur (?:s[’']est produite|est survenue)|(?:se )?ha (?:ocurrido|producido) un error|"
    r"algo salió mal|er (?:is|ging) iets mis(?:gegaan)?|er is een fout opgetreden|si è verificato un errore|"
    r"qualcosa è andato storto|eitthvað fór úrskeiðis"
)
_PARDON = (
    r"error|fel|http|oops|hoppsan|feil|fejl|virhe|fehler|erreur|errore?|fout|sorry|tyvärr|beklager|desværre|"
    r"valitettavasti|leider|désolé|lo sentimos|helaas|spiacenti|ops|ups"
)
NOT_FOUND = re.compile(_NOT_FOUND, re.I)
# phrases that a headline may hold as well: an error's title is little more than one
FAILED = re.compile(rf"\W*(?:{_PARDON})?\W*(?:{_FAILED})\W*", re.I)
ANY_FAILURE = re.compile(_FAILED, re.I)
ADVICE = re.compile(
    r"\b(?:you(?:r| are| were)?|try|please|du|dig|försök|prova|kontrollera|prøv|kokeile|yritä|tarkista|"
    r"etsimääsi|sie|bitte|vous|vérifiez|compruebe|busca|uw?|probeer|controleer|cerchi|controlla|riprova)\b",
    re.I,
)
BARS = re.compile(r"\s+[|–—:«»-]+\s+")

CONSENT = re.compile(
    r"cookie|kakor|samty(?:cke|kke)|consent|einwilligung|eväste|informasjonskaps|toestemming|vafrakök|"
    r"personal data|personenbezogen|personopplysning|personuppgift",
    re.I,
)
PRIVACY = re.compile(
    r"your privacy|before you continue|innan du fortsätter|din integritet|"
    r"(?:ditt|dit) (?:personvern|privatliv)|"
    r"før du (?:fortsetter|fortsætter)|yksityisyyte|ennen kuin jatkat|ihre privatsphäre|bevor sie|"
    r"(?:votre )?vie privée|avant d[’'](?:accéder|aller)|(?:tu|su) privacidad|antes de (?:ir|continuar)|"
    r"(?:uw|je) privacy|voordat (?:u|je)|(?:tua|vostra) privacy|prima di continuare",
    re.I,
)
ASKS = re.compile(
    r"\b(?:(?:vi|we|wir|wij) (?:(?:and|och|og|und|en) (?:our|våra|våre|vore|unsere|onze)\b.{0,40}"
    r"|(?:also )?(?:använder|bruker|bruger|use|verwenden|nutzen|gebruiken|benutzen)\b)"
    r"|käytämme\b|nous utilisons\b|(?:utilizamos|usamos)\b|(?:utilizziamo|usiamo)\b|við notum\b)",
    re.I,
)


def is_challenge(doc: Document) -> bool:
    """True for the words of a bot challenge in the title or a line, on a page that has no prose beside."""
    lines = [doc.title, *(b.text[:2000] for b in doc.blocks[:30])]
    said = [line for line in lines if CHALLENGE.search(line) or BARRED.search(line)]
    if not any(not GUARDED.search(line) for line in said):
        return False
    if any(CHALLENGE.fullmatch(part.strip(" .!?")) for part in BARS.split(doc.title)):
        return True
    prose = sum(b.chars for b in _prose(doc) if b.chars > 60 and not CHALLENGE.search(b.text[:2000]))
    return prose < CHALLENGED and not _shows_day(doc)


def _prose(doc: Document) -> list[Block]:
    return [b for b in doc.blocks if b.sentence and not b.marks & Mark.HIDDEN]


def _shows_day(doc: Document) -> bool:
    """True for a short line with a day, as an article has it below its headline."""
    short = (b.text for b in doc.blocks[:40] if b.chars < 60 and may_date(b.text))
    return any(find_date(text) is not None and not STAMPED.search(text) for text in short)


def is_error(doc: Document, *, prose: list[Block], title: str, dated: bool) -> bool:
    """True where the title is an error's phrase, or holds one on a page of nearly no text.

    ``prose`` are the lines of the page's text. A dated text that never turns to its reader is an
    article about errors.
    """
    chars = sum(b.chars for b in prose)
    if chars >= FAILED_PROSE or len(title) >= 60:
        return False
    heads = f"{title}\n{doc.title}"
    told = sum(b.chars for b in prose if b.sentence and not ADVICE.search(b.text))
    if dated and told >= TOLD and told > 0.5 * chars:
        return False
    if NOT_FOUND.search(heads):
        return True
    alone = any(FAILED.fullmatch(part) for head in heads.split("\n") for part in BARS.split(head))
    return alone or (chars < TOLD and ANY_FAILURE.search(heads) is not None)


def is_consent(doc: Document, *, title: str, dated: bool) -> bool:
    """True for a page whose text asks for consent to cookies, and is about nothing else."""
    heads = f"{title}\n{doc.title}"
    if dated or not (CONSENT.search(heads) or PRIVACY.search(heads)):
        return False
    prose = _prose(doc)
    chars = sum(b.chars for b in prose)
    if chars >= (FAILED_PROSE if len(doc.anchors) >= 8 else WALLED):
        return False
    said = sum(b.chars for b in prose if CONSENT.search(b.text))
    return said > 0.6 * chars and any(ASKS.search(b.text) for b in prose)
