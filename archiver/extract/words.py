"""What class names and short lines mean: the vocabulary of templates in the languages of README.

Class names are weak evidence (they often wrap whole pages): ``settle`` forgets a mark on an
element that holds most of the page's text.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise


class Mark:
    """What an element or a block looks like, apart from article text: bits of an int."""

    HIDDEN = 1
    NAV = 2
    FOOTER = 4
    ASIDE = 8
    HEADER = 16
    COMMENT = 32
    SHARE = 64
    RELATED = 128
    BYLINE = 256
    TAGS = 512
    PROMO = 1024
    COOKIE = 2048
    CAPTION = 4096
    FORM = 8192
    AUTHOR = 16384
    TEASER = 32768
    LEAD = 65536
    TITLE = 131072
    CONTENT = 262144
    DATE = 524288
    QUOTE = 1048576


MARK_NAMES = (
    (Mark.HIDDEN, "hidden"), (Mark.COOKIE, "cookie notice"), (Mark.COMMENT, "comments"),
    (Mark.SHARE, "share row"), (Mark.RELATED, "related links"), (Mark.TEASER, "teaser"),
    (Mark.AUTHOR, "author box"), (Mark.TAGS, "tags"), (Mark.PROMO, "promotion"), (Mark.NAV, "menu"),
    (Mark.ASIDE, "column"), (Mark.FOOTER, "footer"), (Mark.FORM, "form"), (Mark.BYLINE, "byline"),
    (Mark.QUOTE, "pull quote"),
)  # fmt: skip
"""How a mark is named to a reader, the most telling first."""

_WORDS: dict[int, str] = {
    Mark.NAV: "nav navbar navigation menu submenu breadcrumb breadcrumbs pagination pager paginav paginate "
    "skiplink skip toc brodsmulor brodsmula meny navigering pagenav postnav sitemap tableofcontents",
    Mark.FOOTER: "footer colophon sidfot bottombar",
    Mark.HEADER: "masthead topbar sidhuvud",
    Mark.ASIDE: "sidebar sidokolumn sidospalt rail",
    Mark.COMMENT: "comment comments kommentar kommentarer commentlist disqus respond replies discussion "
    "komments kommentare kommentit commenti commento comentario comentarios commentaire commentaires "
    "reactie reacties ummaeli",
    Mark.SHARE: "share sharing shares sharebar social socials sociala addtoany sharedaddy addthis dela "
    "delning del "
    "sharethis some follow followus teilen jaa deila delen condividi condivisione compartir comparte "
    "partage partager partages",
    Mark.RELATED: "related relaterade relaterat relatert relateret recommended recommendations "
    "recommend recirc "
    "outbrain taboola mostread popular readmore readalso latest senaste similar nextpost prevpost upnext "
    "morefrom "
    "trending lasmer lasocksa verwandte zergnet luemyos correlato correlati correlate leggianche "
    "relacionado relacionados relacionada relacionadas leatambien tepuedeinteresar "
    "gerelateerd gerelateerde leesook lireaussi alireaussi similaires tengdar",
    Mark.BYLINE: "byline meta metadata dateline posted authors postinfo articleinfo postmeta entrymeta "
    "skribent "
    "forfatter redaktor autor autorin auteur auteurs autore autori autores kirjoittaja toimittaja "
    "hofundur",
    Mark.TAGS: "tags taglist taglinks catlinks categories keywords topics etiketter amnesord emneord "
    "kategorier "
    "posttags tagcloud",
    Mark.PROMO: "newsletter nyhetsbrev nyhedsbrev nyhetsbrevet subscribe subscription signup paywall "
    "advert ads "
    "advertisement advertisements sponsor sponsored annons banner donate promo promotion cta abo werbung "
    "adslot "
    "regwall piano",
    Mark.COOKIE: "cookie cookies consent gdpr kakor onetrust cookiebot cookiebanner cmp",
    Mark.CAPTION: "caption captions figcaption bildtext credit credits photocredit imagecaption billedtekst "
    "bildetekst photographer fotograf copyright legend",
    Mark.TEASER: "teaser teasers",
    Mark.LEAD: "lead lede ingress standfirst preamble manchet underrubrik deck subheadline subhead "
    "chapeau sommario vorspann dek intro subtitle excerpt",
    Mark.TITLE: "headline rubrik overskrift",
    Mark.DATE: "date published pubdate timestamp datum dato publicerad publisert time",
    Mark.QUOTE: "pullquote",
}
WORDS = {word: mark for mark, names in _WORDS.items() for word in names.split()}
_PAIRS = {
    "author-box": Mark.AUTHOR, "author-bio": Mark.AUTHOR, "about-author": Mark.AUTHOR,
    "author-info": Mark.AUTHOR, "post-author": Mark.BYLINE, "author-name": Mark.BYLINE,
    "entry-content": Mark.CONTENT, "post-content": Mark.CONTENT, "article-body": Mark.CONTENT,
    "article-content": Mark.CONTENT, "post-body": Mark.CONTENT, "articlebody": Mark.CONTENT,
    "story-body": Mark.CONTENT, "body-text": Mark.CONTENT, "entry-title": Mark.TITLE,
    "post-title": Mark.TITLE, "article-title": Mark.TITLE, "page-title": Mark.TITLE, "page-links": Mark.NAV,
    "page-numbers": Mark.NAV, "widget-area": Mark.ASIDE, "read-more": Mark.RELATED,
    "read-also": Mark.RELATED, "most-read": Mark.RELATED, "las-mer": Mark.RELATED,
    "las-ocksa": Mark.RELATED, "tag-links": Mark.TAGS, "cat-links": Mark.TAGS, "tag-list": Mark.TAGS,
    "post-tags": Mark.TAGS, "site-header": Mark.HEADER, "site-footer": Mark.FOOTER,
    "page-footer": Mark.FOOTER, "next-article": Mark.RELATED, "more-news": Mark.RELATED,
    "recent-posts": Mark.RELATED, "latest-news": Mark.RELATED, "article-list": Mark.TEASER,
    "skip-link": Mark.HIDDEN, "post-navigation": Mark.NAV, "pull-quote": Mark.QUOTE,
    "rich-text": Mark.CONTENT, "published-at": Mark.DATE,
}  # fmt: skip
PAIRS = {tuple(pair.split("-")): mark for pair, mark in _PAIRS.items() if "-" in pair}
_HIDDEN = frozenset(
    (
        "hidden",
        "d-none",
        "is-hidden",
        "hide",
        "sr-only",
        "sr-only-focusable",
        "visually-hidden",
        "visuallyhidden",
        "screen-reader-text",
        "screenreader-text",
        "screen-reader",
        "offscreen",
        "u-hidden",
        "u-visually-hidden",
        "element-invisible",
        "visually-hidden-focusable",
        "a11y-hidden",
        "print-only",
    )
)
_SPLIT = re.compile(r"(?<=[a-z])(?=[A-Z])")
_VOID = (
    "has-",
    "no-",
    "with-",
    "not-",
    "is-",
    "tag-",
    "category-",
    "elementor",
    "wp-block-group",
    "js-",
    "supports-",
)


_WHOLE = {
    **dict.fromkeys(_HIDDEN, Mark.HIDDEN),
    **{pair: mark for pair, mark in _PAIRS.items() if "-" not in pair},
    "author": Mark.BYLINE, "vcard": Mark.BYLINE, "widget": Mark.ASIDE,
}  # fmt: skip
# words without which no name says anything: those above, those of pairs, and the beginnings of
# words that a name may hold in two parts ("side-bar")
_TELLING = frozenset((
    *_WHOLE, *WORDS, *(word for pair in (*_PAIRS, *_HIDDEN) for word in pair.split("-")),
    *(word[:size] for word in WORDS for size in range(2, len(word))),
)) - frozenset(("is", "only", "reader"))  # fmt: skip


_VOID_FIRST = frozenset(name.split("-")[0] for name in _VOID)
_PAIR_FIRST = frozenset(first for first, _ in PAIRS)
_BEGINNINGS = frozenset(word[:size] for word in WORDS for size in range(2, len(word)))


@lru_cache(maxsize=8_000)
def marks_of(names: str) -> int:
    """The marks that an element's class and id names speak for."""
    if _TELLING.isdisjoint(_words(names)):
        return 0
    if " " not in names:
        return _marks_of_one(names.rstrip("0123456789"))
    found = 0
    for name in names.split():
        found |= _marks_of_one(name.rstrip("0123456789"))
    return found


def _words(names: str) -> list[str]:
    """The words that names are made of, in lower case."""
    low = names.lower()
    if low != names:
        low = _SPLIT.sub(" ", names).lower()
    return low.replace("-", " ").replace("_", " ").split()


@lru_cache(maxsize=8_000)
def _marks_of_one(name: str) -> int:
    words = _words(name)
    if _TELLING.isdisjoint(words):
        return 0
    low, first = name.lower(), words[0]
    found = _WHOLE.get(low, 0)
    if first in _VOID_FIRST and low.startswith(_VOID):
        return found & Mark.HIDDEN
    for word in words:
        if word in WORDS:
            found |= WORDS[word]
    if len(words) == 1:
        return found
    if first in _BEGINNINGS:
        found |= WORDS.get("".join(words), 0)
    if not _PAIR_FIRST.isdisjoint(words):
        for pair in pairwise(words):
            found |= PAIRS.get(pair, 0)
    if found & Mark.ASIDE and ("grid" in words or "layout" in words):
        found &= ~Mark.ASIDE  # frames that have room for a column are named after it
    return found | Mark.ASIDE if first == "widget" and low.startswith("widget_") else found


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
_PROMO_LINE = (
    r".{0,40}(?:prenumerera på (?:vårt )?nyhetsbrev|anmäl dig till (?:vårt )?nyhetsbrev|sign up (?:for|"
    r"to) (?:our|the) "
    r"(?:\w+ )?newsletter|subscribe to (?:our|the)|meld deg på (?:vårt )?nyhetsbrev|tilmeld dig (?:vores "
    r")?nyhedsbrev|"
    r"newsletter abonnieren|tilaa uutiskirje|follow us on|följ oss på|folg oss på|følg oss på|"
    r"inscrivez-vous).{0,120}|"
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
TOC_LINE = _line(_TOC_LINE)
_PERSON = r"[A-ZÅÄÖÆØÜÉ][\w’'.\-]+"
BYLINE_LINE = re.compile(
    r"(?i:text|foto|photo|av|by|von|af|fra|tekst|bild|bilder|skribent|author|författare|forfatter|"
    r"autor(?:in)?|text och (?:bild|foto)|text & foto|teksti|kirjoittaja|par|por|di|door|journalist|reporter|"
    r"written by|skrevet av|skrivet av|av:|posted by|redaktör|redaktion)\s*[:/]?\s+"
    rf"(?:{_PERSON}(?:[\s,&]+|\Z)){{1,5}}(?:(?:och|og|and|und)\s+(?:{_PERSON}(?:\s+|\Z)){{1,4}})?\Z"
)

_APPEALS = (
    "click here klicka här klick hier read läs les læs lesen sie mehr more mer subscribe newsletter "
    "nyhetsbrev app download follow folge folg följ suscríbete abonnez haz clic cliquez anmelden "
    "abonnieren kostenlos gratis free sign join facebook instagram twitter telegram youtube whatsapp "
    "podcast copyright foto photo image bild quelle source redaktion published updated editor note "
    "disclaimer affiliate werbung anzeige annons sponsored mira puedes ver lee también lire aussi leggi "
    "anche lees ook comments kommentar share teilen dela artikel article story rights reserved contact "
    "kontakt press tags autor author written contributed reporting additional"
)
APPEALS = frozenset(_APPEALS.split())
"""Words that lines which are no text are full of: what they ask of the reader, what they credit."""
