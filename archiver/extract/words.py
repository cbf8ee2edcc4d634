"""What class names mean, and which words ask: the vocabulary of templates in the languages of README.

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
