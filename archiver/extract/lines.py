"""What short lines say that are no text of an article, in the languages of README.

Share rows, tags, related links, newsletters, author boxes: labels that are known word for word stand
in sets, which cost a glance; those with words between or behind them in patterns.
"""

from __future__ import annotations

import re

_WORD = re.compile(r"\w+")
_APART = re.compile(r"\s*[,;|/·•#]\s*")
AROUND = " :.–-»›>→…|•*#←«‹<"
"""The signs around the words of a label."""


def _lines(text: str) -> frozenset[str]:
    """The labels of a list, one between two signs."""
    return frozenset(label for part in text.split("|") if (label := " ".join(part.split())))


SECTIONS = frozenset((
    "nyheter", "nyheder", "news", "aktuellt", "aktuelt", "aktuelles", "uutiset", "ajankohtaista", "blogg",
    "blog", "fréttir", "nachrichten", "actualités", "noticias", "nieuws", "notizie", "press",
    "pressmeddelanden", "pressmeddelande", "pressemeldinger", "pressemelding", "pressemeddelelser",
    "pressemitteilungen", "presse", "tiedotteet", "nyhet", "nyhed", "uutinen", "uutisia", "frétt", "artiklar",
    "artikler", "artikel", "artikkel", "blogi", "insikter", "insights", "nyhetsrum", "newsroom", "pressrum",
    "actualité", "communiqués", "noticia", "notas de prensa", "prensa", "nieuwsbericht", "notizia",
    "comunicati",
))  # fmt: skip
"""What sites of the README's languages call their news."""

OURS = frozenset(
    ["våra", "andra", "våre", "andre", "vores", "muut", "unsere", "our", "other", "nos", "nuestras", "onze"]
)
"""Whose they are: a word before such a name."""

RELATED_LABELS = _lines("""
läs också | läs även | läs mer | läs vidare | läs mer om ämnet | mer om ämnet | relaterat |
relaterade artiklar | relaterade nyheter | relaterade inlägg | relaterat innehåll | fler artiklar |
liknande artiklar | liknande nyheter | du kanske också gillar | andra läser |
les også | les mer | les òg | les meir | relatert | relaterte saker | relaterte artikler |
relaterte artiklar | relaterte nyheter | relatert innhold | relatert innhald | lignende saker |
liknande saker | flere saker | fleire saker | mer om saken | meir om saka |
læs også | læs mere | relateret | relaterede artikler | relaterede nyheder | relateret indhold |
lignende artikler | måske er du også interesseret i |
lue myös | lue lisää | aiheeseen liittyvää | aiheeseen liittyvät artikkelit | katso myös |
samasta aiheesta | lisää aiheesta | liittyvät artikkelit |
lesa meira | lestu líka | lestu einnig | tengdar fréttir | tengdar greinar | tengt efni | skylt efni |
sjá einnig | fleiri fréttir | skyldar fréttir |
lesen sie auch | auch interessant | das könnte sie auch interessieren | das könnte dich auch interessieren |
mehr zum thema | ähnliche artikel | ähnliche beiträge | verwandte artikel | verwandte beiträge |
verwandte themen | weitere artikel | weitere beiträge | passend dazu | zum weiterlesen |
read also | read more | read next | see also | also read | related | related articles | related news |
related stories | related posts | related content | similar articles | you may also like |
you might also like | more like this |
à lire aussi | lire aussi | à lire également | articles liés | articles similaires | articles connexes |
sur le même sujet | sur le même thème | voir aussi | vous aimerez aussi | dans la même rubrique |
lea también | lee también | leer también | te puede interesar | también te puede interesar |
le puede interesar | noticias relacionadas | artículos relacionados | contenido relacionado |
entradas relacionadas | ver también | más noticias |
lees ook | lees meer | lees verder | gerelateerd | gerelateerde artikelen | gerelateerde berichten |
gerelateerd nieuws | verwante artikelen | ook interessant | bekijk ook | zie ook | meer nieuws |
leggi anche | articoli correlati | notizie correlate | post correlati | contenuti correlati |
ti potrebbe interessare | ti potrebbe interessare anche | potrebbe interessarti |
potrebbe interessarti anche | potrebbero interessarti | vedi anche
""")
"""Labels over or before links to other articles."""

TAG_LABELS = _lines("""
taggar | tagg | tags | tag | etiketter | etikett | ämnen | ämnesord | nyckelord | kategori | kategorier |
stikkord | emneord | emner | nøkkelord | nøgleord | kategoriar | stikkord for saken |
avainsanat | avainsana | asiasanat | tunnisteet | tunniste | aiheet | kategoriat | kategoria |
efnisorð | efnisflokkar | merki | flokkar | flokkur | leitarorð |
schlagwörter | schlagworte | schlagwort | stichworte | stichwörter | kategorien | kategorie |
topics | keywords | categories | category | filed under | tagged |
mots-clés | mots clés | mot-clé | étiquettes | étiquette | thèmes | catégories | catégorie |
etiquetas | etiqueta | palabras clave | temas | categorías | categoría |
trefwoorden | trefwoord | onderwerpen | labels | categorieën | categorie |
argomenti | parole chiave | etichette | etichetta | categorie | categoria
""")
"""Labels, before a colon, of a list of subjects."""

AUTHOR_LABELS = _lines("""
om författaren | om författarna | om skribenten | om skribenterna | om artikelförfattaren |
om forfatteren | om forfattaren | om forfatterne | om skribenten |
kirjoittajasta | kirjoittajista | tietoa kirjoittajasta | tietoja kirjoittajasta | kirjoittaja |
um höfundinn | um höfund | um höfunda | höfundur |
über den autor | über die autorin | über die autoren | zum autor | zur autorin |
about the author | about the authors | about author |
à propos de l'auteur | à propos de l'autrice | à propos de l'auteure | à propos des auteurs |
à propos de l’auteur | à propos de l’autrice | à propos de l’auteure |
l'auteur | l'autrice | l’auteur | l’autrice | l'auteure | l’auteure |
sobre el autor | sobre la autora | sobre los autores | acerca del autor | acerca de la autora |
over de auteur | over de auteurs | over de schrijver | over de schrijfster |
l'autore | l’autore | sull'autore | sull’autore | sull'autrice | sull’autrice | chi è l'autore |
informazioni sull'autore | informazioni sull’autore | informazioni sull'autrice | informazioni sull’autrice
""")
"""Labels over a few words on who wrote."""

ADDRESS_LABELS = _lines("""
din e-postadress | ange din e-postadress | skriv din e-postadress | fyll i din e-postadress |
din e-postadresse | skriv inn e-postadressen din | din e-mailadresse | indtast din e-mailadresse |
sähköpostiosoitteesi | netfangið þitt | ihre e-mail-adresse | deine e-mail-adresse |
your email | your email address | enter your email | enter your email address |
votre adresse e-mail | votre e-mail | votre adresse email | tu correo electrónico | su correo electrónico |
je e-mailadres | jouw e-mailadres | uw e-mailadres | il tuo indirizzo e-mail | la tua email
""")
"""Labels of the box for a reader's address, of a form that is no form to its page."""

_ASKS = (
    "dela del dele jaa deila teilen share partager partagez compartir comparte comparta deel delen condividi"
)
SHARE = frozenset(_ASKS.split())
"""Words that ask for sharing, the first or the last of their line."""

_THINGS = (
    "artikeln artikel inlägget nyheten sidan den det denna detta här på via med i och artikkelen "
    "artikkel saken saka nyheita innlegget siden denne dette vennene dine venner artiklen nyheden "
    "indlægget opslaget gerne tämä tämän artikkeli artikkelin juttu uutinen sivu sivun somessa "
    "sosiaalisessa mediassa kavereille frétt fréttina fréttinni grein greinina þessa þessari þessu "
    "síðuna með öðrum diesen diese dieser dieses die das beitrag seite meldung nachricht auf mit "
    "freunden jetzt this the article story page post news on with friends to your cet cette ce l le la "
    "les actualité nouvelle sur avec vos amis este esta el artículo noticia página entrada en con tus "
    "amigos dit deze het de bericht nieuws pagina nieuwsbericht op met vrienden questo questa il lo "
    "articolo notizia su gli amici facebook twitter x linkedin whatsapp bluesky mastodon threads "
    "instagram telegram mail e email "
)
SHARED_THINGS = frozenset(_THINGS.split())
"""What is shared, where and with whom: the other words of such a line."""

NEWSLETTER = re.compile(
    r"(?:prenumerera på|anmäl dig till|få vårt|sign up (?:for|to)|subscribe to|get our|meld deg på|"
    r"meld deg inn|"
    r"abonner på|tilmeld dig|få vores|abonnieren sie|abonniere|abonnez-vous|inscrivez-vous|recevez|tilaa|"
    r"skráðu þig|gerast áskrifandi|suscríb[ae]\w*|apúntate|recibe|regístrate|schrijf (?:je|u) in|"
    r"meld (?:je|u) aan|abonneer|ontvang|iscriviti|iscrivetevi|ricevi|abbonati)(?: \S+){0,4} ?\S{0,14}"
    r"(?:nyhetsbrev|nyhedsbrev|newsletter|uutiskirje|nieuwsbrief|póstlist|fréttabréf|boletín|infolettre|"
    r"lettre d['’]info)|"
    r"newsletter abonnieren"
)
"""A line in small letters that asks for a subscription to a newsletter."""

_RELATED_LINE = (
    r"l[äa]s (?:också|också:|även|vidare|mer|mera)\b.*|les (?:også|mer|videre)\b.*|læs (?:også|mere|"
    r"videre)\b.*|"
    r"lue (?:myös|lisää)\b.*|lesen sie auch\b.*|mehr zum thema\b.*|mehr dazu\b.*|read (?:also|more|next)\b.*|"
    r"see also\b.*|also read\b.*|related(?: (?:articles?|stories|posts?|content|news|reading|topics|links))?|"
    r"relaterade?(?: .{0,30})?|relatert(?: .{0,30})?|relateret(?: .{0,30})?|relaterat(?: .{0,30})?|"
    r"aiheeseen liittyvät?.*|lire aussi\b.*|à lire (?:aussi|également)\b.*|sur le même (?:sujet|thème)\b.*|"
    r"lea también\b.*|te puede interesar\b.*|lees ook\b.*|leggi anche\b.*|potrebbe interessarti\b.*|"
    r"more (?:from|on|stories|news|like this)\b.{0,60}|mer (?:från|om|fra)\b.{0,40}|mere (?:fra|om)\b.{0,40}|"
    r"fler (?:nyheter|artiklar|inlägg).{0,40}|flere (?:nyheder|nyheter|artikler|saker).{0,30}|"
    r"senaste nytt|senaste (?:nyheter(?:na)?|artiklarna|inlägg(?:en)?)|seneste (?:nyheder|nyt)|siste "
    r"(?:nytt|nyheter)|"
    r"andra (?:har )?läste? också.*|mest läst[a]?|mest lest|mest læste|most (?:read|popular)|latest "
    r"(?:news|posts|"
    r"stories).{0,20}|recent posts|you (?:may|might) also like.*|recommended(?: for you)?.{0,30}|up next|"
    r"next article|"
    r"weitere (?:artikel|beiträge|meldungen|themen|nachrichten).{0,30}|das könnte (?:sie|dich) auch "
    r"interessieren.*|"
    r"ähnliche (?:artikel|beiträge).{0,30}|neueste beiträge|meistgelesen"
)
_COMMENT_LINE = (
    r"(?:\d+\s+)?(?:kommentarer|kommentar|comments?|kommentare|replies|commentaires?|comentarios|"
    r"reacties|commenti)"
    r"(?:\s*\(?\d+\)?)?|skriv (?:en )?kommentar.*|lämna (?:ett svar|en kommentar).*|legg igjen (?:en "
    r"kommentar|et svar).*|"
    r"leave a (?:comment|reply).*|kommentera(?: avbryt svar)?|schreibe? einen kommentar.*|join the "
    r"conversation.*|"
    r"\d+ (?:svar|replies|tankar|thoughts|svar på).{0,200}|post a comment|show comments|discussion"
)
_SHARE_LINE = (
    r"(?:dela|del|jaa|teilen|share|partager|compartir|delen|condividi|tweet(?:a)?|tipsa|print|skriv ut|"
    r"facebook|"
    r"twitter|linkedin|e-post|email|mail|whatsapp|pinterest|reddit|x|messenger|copy link|kopiera länk|"
    r"telegram|"
    r"drucken|lyssna|listen|spara|save|bookmark|xing|pocket|tumblr|viber|flipboard|gilla|följ(?: oss)?)"
    r"(?:[\s:|,/·•&+]+(?:på|on|this|article|artikeln?|sidan|detta|via|denna|facebook|twitter|linkedin|"
    r"e-post|email|"
    r"mail|whatsapp|x|page|story|the|by|with|friends|auf|artikel|beitrag|sur|med|to|och|and|pinterest|"
    r"reddit|post|"
    r"inlägget?|nyheten?|saken|dela|share|print|tweet|xing|\d+|pocket|telegram|instagram|youtube))*[\s:!.]*"
)
_ASKING_LINE = (
    r".{0,40}(?:prenumerera på (?:vårt )?nyhetsbrev|anmäl dig till (?:vårt )?nyhetsbrev|sign up (?:for|"
    r"to) (?:our|the) "
    r"(?:\w+ )?newsletter|subscribe to (?:our|the)|meld deg på (?:vårt )?nyhetsbrev|tilmeld dig (?:vores "
    r")?nyhedsbrev|"
    r"newsletter abonnieren|tilaa uutiskirje|follow us on|följ oss på|folg oss på|følg oss på|"
    r"inscrivez-vous).{0,120}"
)
_PROMO_LINE = (
    r"advertisement(?: - continue reading below)?|annons|annonse|anzeige|mainos|reklam(?:e)?|publicité|"
    r"article continues (?:below|after).{0,40}|continue reading(?: below)?|loading\.*|sponsored(?: content)?|"
    r"(?:tillbaka|tilbake|tilbage|back|zurück|retour|takaisin|return)(?: (?:till|til|to|zur?|à|home|top|"
    r"toppen|"
    r"start(?:sidan)?|listan?|nyheter|översikt|übersicht|alla|all|overview).{0,30})?|till toppen|back to top|"
    r"tags?:?|etiketter:?|ämnen:?|emner:?|topics:?|nyckelord:?|filed under:?.{0,60}|schlagwörter:?|"
    r"stichworte:?|"
    r"lästid:?\s*\d+.{0,12}|\d+\s*(?:min(?:uters?|utes?|uten)?)\.?\s*(?:läsning|läsa|read|lesetid|"
    r"lesezeit|lesing)?|"
    r"(?:sidor|pages|sider|seiten|sivut|page)\s*:?[\s\d]+|föregående(?: inlägg)?|nästa(?: inlägg)?|"
    r"previous|next|"
    r"visa (?:mer|fler|alla)|load more|show more|ver más|mehr anzeigen|all rights reserved\.?|©.{0,80}|"
    r"copyright .{0,80}"
)
_TOC_LINE = (
    r"innehåll(?:sförteckning)?:?|table of contents|contents|inhalt(?:sverzeichnis)?|indhold|innhold|sisällys"
)


def _line(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{pattern})\Z", re.I)


RELATED_LINE = _line(_RELATED_LINE)
COMMENT_LINE = _line(_COMMENT_LINE)
SHARE_LINE = _line(_SHARE_LINE)
PROMO_LINE = _line(_PROMO_LINE)
ASKING_LINE = _line(_ASKING_LINE)
TOC_LINE = _line(_TOC_LINE)


def heads_news(label: str) -> bool:
    """True for a label in small letters over a site's news: "Nyheter", "Våra nyheter"."""
    whose, _, what = label.partition(" ")
    return label in SECTIONS or (whose in OURS and what in SECTIONS)


def asks_to_share(label: str) -> bool:
    """True for a line in small letters that asks its reader to share the article."""
    if label.partition(" ")[0] not in SHARE and label.rpartition(" ")[2] not in SHARE:
        return False
    words = _WORD.findall(label)
    return len(words) <= 7 and all(word in SHARE or word in SHARED_THINGS for word in words)


def lists_tags(low: str) -> bool:
    """True for a line in small letters that lists subjects, a few words each, after their label."""
    label, sign, rest = low.partition(":")
    if not sign or label.strip() not in TAG_LABELS or not rest.strip() or rest.rstrip()[-1] in ".!?":
        return False
    return all(part.count(" ") < 4 for part in _APART.split(rest.strip()))


def asks_to_follow(label: str) -> bool:
    """True for a line in small letters that asks its reader to subscribe, or to follow the site elsewhere."""
    if (
        "follow us" not in label
        and "oss på" not in label
        and "subscri" not in label
        and "sign up" not in label
    ):
        named = "nyhetsbrev" in label or "nyhedsbrev" in label or "uutiskirje" in label
        if not named and "inscrivez" not in label and "newsletter" not in label:
            return False
    return ASKING_LINE.match(label) is not None


def asks_for_address(low: str) -> bool:
    """True for a line in small letters that asks its reader to take a newsletter."""
    if "newsletter" not in low and "brev" not in low and "brief" not in low and "bréf" not in low:
        named = "uutiskirje" in low or "póstlist" in low or "boletín" in low
        if not named and "infolettre" not in low and "lettre d" not in low:
            return False
    return NEWSLETTER.search(low) is not None and len(_WORD.findall(low)) < 14
