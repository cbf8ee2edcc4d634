"""Requests by POST as addresses: the endpoint, and behind a mark the form, as pywb has it in its urlkeys.

``https://example.se/more?__wb_method=POST&action=more&page=2`` stands for the form ``action=more&page=2``
that is posted to ``https://example.se/more``. So the frontier, links and captures keep a POST apart from the
GET of the same address, and from that with another form. No address that a page or a server names ever
has the mark: ``plain_address`` takes it away.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import parse_qsl, quote, unquote, unquote_plus, urlsplit

MARK = "__wb_method=POST"
FORM_TYPE = "application/x-www-form-urlencoded"
MAX_FORM = 4000
# Characters of a form that pywb and cdxj-indexer take into a urlkey.
_MAX_KEY = 4096
_POSTED = re.compile(r"(.*?)[?&]__wb_method=POST(?:&(.*))?\Z", re.S)
_FORM = re.compile(r"[!-~]*\Z")
_FLEETING = re.compile(r".*(?:nonce|csrf|xsrf)|(?:csrf|xsrf|authenticity|requestverification)?token|security")
_NO_LETTER = re.compile(r"[^a-z]")
_WORDS = re.compile(r"[A-Z]?[a-zåäöæø]+|[A-Z]+(?![a-z])|\d+")

Form = list[tuple[str, str]]

_CHANGING = """
    login logon logout signin signon signup signout register registration auth authenticate account konto
    password losenord lösenord passwd pwd comment comments kommentar kommentarer kommentti reply newsletter
    nyhetsbrev nyhedsbrev nyhetsbrevet uutiskirje subscribe subscription subscriber unsubscribe prenumerera
    cart basket checkout varukorg kassa handlekurv ostoskori warenkorb order orders pay payment purchase buy
    contact kontakt kontakta kontaktformular feedback vote poll delete remove upload xmlrpc activate cookie
    cookies consent samtycke
"""
_DOUBTFUL = """
    search sok sök haku suche sog søg update edit save create insert like rate rating
"""
# What is never posted to: whoever does so logs in, writes, buys or is put on a list.
CHANGING = frozenset(_CHANGING.split())
# What a person may state in a profile, and no page: it asks for what the asker chose, or may write.
DOUBTFUL = frozenset(_DOUBTFUL.split())
PERSONAL = frozenset({
    "password", "passwd", "pwd", "username", "user_login", "email", "mail", "epost", "phone", "comment",
    "message", "captcha", "card",
})  # fmt: skip
QUESTIONS = frozenset({"search", "s", "q", "sok", "sök", "haku", "suche"})
# Fields whose value says what is to be done.
TELLING = frozenset({"action", "do", "task", "method", "op", "cmd", "event"})


def posted_address(url: str, form: Iterable[tuple[str, str]]) -> str:
    """The address of a POST of this form to an endpoint, its values as they are."""
    body = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in form)
    return joined(url, body)


def joined(url: str, body: str) -> str:
    """The address of a POST of a body, which is a form in its encoding, to an endpoint."""
    return f"{url}{'&' if '?' in url else '?'}{MARK}" + (f"&{body}" if body else "")


def is_posted(address: str) -> bool:
    """True for the address of a POST."""
    return MARK in address and _POSTED.match(address) is not None


def split_posted(address: str) -> tuple[str, str] | None:
    """Endpoint and body of a POST, None for any other address."""
    found = _POSTED.match(address) if MARK in address else None
    return (found[1], found[2] or "") if found else None


def endpoint_of(address: str) -> str:
    """The address that a request goes to, whatever its method."""
    found = split_posted(address)
    return found[0] if found else address


def form_of(address: str) -> Form:
    """Names and values of the form of a POST, in order; none of any other address."""
    found = split_posted(address)
    return parse_qsl(found[1], keep_blank_values=True) if found else []


def is_form(body: str) -> bool:
    """True for a body that can stand in an address and in a record's field: one line of ASCII, not long."""
    return len(body) <= MAX_FORM and _FORM.match(body) is not None


def form_text(address: str) -> str:
    """The form of a POST without its encoding, as pywb and cdxj-indexer have it."""
    found = split_posted(address)
    return unquote_plus(found[1])[:_MAX_KEY] if found else ""


def key_text(address: str) -> str:
    """An address as its urlkey is made of it: that of a POST has the form behind the mark."""
    return joined(endpoint_of(address), form_text(address)) if is_posted(address) else address


def is_fleeting(name: str) -> bool:
    """True for a field whose value a site gives out anew every day: a nonce, a token against forgery."""
    return _FLEETING.fullmatch(_NO_LETTER.sub("", name.lower())) is not None


def lasting(address: str) -> str:
    """The address under which the frontier knows a request: fleeting values of a POST left empty."""
    found = split_posted(address)
    if found is None or not any(is_fleeting(name) for name, _ in form_of(address)):
        return address
    return posted_address(
        found[0], [(name, "" if is_fleeting(name) else value) for name, value in form_of(address)]
    )


def is_lacking(address: str) -> bool:
    """True for a POST whose fleeting values are to be filled in before it is sent."""
    return any(is_fleeting(name) and not value for name, value in form_of(address))


def filled(address: str, values: Iterable[tuple[str, str]]) -> str | None:
    """The address with its fleeting values filled in; None where one of them is not known."""
    found, known = split_posted(address), dict(values)
    if found is None:
        return address
    form = [(n, known.get(n, "") if is_fleeting(n) and not v else v) for n, v in form_of(address)]
    whole = posted_address(found[0], form)
    return None if is_lacking(whole) else whole


def forbidden(url: str, form: Form) -> str | None:
    """The word by which a POST looks like more than reading on (login, comment, order …), or None."""
    named = (name.lower().replace("-", "_") for name, _ in form)
    return _first(CHANGING, _said(url, form)) or _first(PERSONAL, named)


def doubtful(url: str, form: Form) -> str | None:
    """The word by which a POST looks like a search, or may write something, or None."""
    return _first(DOUBTFUL, _said(url, form)) or _first(QUESTIONS, (n.lower() for n, v in form if v))


def _said(url: str, form: Form) -> list[str]:
    """The words of the path and the query of an address, and of what a form says is to be done."""
    parts = urlsplit(url)
    told = (value for name, value in form if name.lower() in TELLING)
    return [word.lower() for word in _WORDS.findall(" ".join((unquote(parts.path), parts.query, *told)))]


def _first(known: frozenset[str], words: Iterable[str]) -> str | None:
    return next((word for word in words if word in known), None)
