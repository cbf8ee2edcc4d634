"""The address under which a page is known: without what only tells visitors apart.

Sites and newsletters hang tracking parameters and session ids on links. The same article
would be fetched once for each; without them it has one address. Nothing else of an address
changes, as any other parameter may choose the page.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit, urlunsplit

from w3lib.url import safe_url_string

from archiver.posted import MARK

_TRACKING = re.compile(
    r"(?:utm_\w+|mtm_\w+|hsa_\w+|fbclid|gclid|gclsrc|dclid|wbraid|gbraid|msclkid|yclid|twclid|ttclid|"
    r"igshid|li_fat_id|mc_cid|mc_eid|mkt_tok|_hsenc|_hsmi|_ga|_gl|__hs\w+|vero_id|oly_enc_id|oly_anon_id)\Z",
    re.I,
)
_SESSION = re.compile(
    r"(?:phpsessid|jsessionid|aspsessionid\w*|asp\.net_sessionid|cfid|cftoken|zenid|oscsid|sessionid|"
    r"session_id)\Z",
    re.I,
)
# Names that some sites use for a session and others for a page: the value tells.
_DOUBTFUL = re.compile(r"(?:sid|session|sess|s|token)\Z", re.I)
_RANDOM = re.compile(r"(?=.*[0-9])(?=.*[a-zA-Z])[0-9a-zA-Z,-]{20,}\Z")
_IN_PATH = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/;?#]*", re.I)
# Most links of a page: nothing to take away, seen at one glance.
_IS_PLAIN = re.compile(r"https?://[a-z0-9.-]+(?::(?!(?:80|443)/)\d+)?/[a-zA-Z0-9/._~%!$&()*+,=:@-]*\Z")
_DEFAULT_PORT = {"http": ":80", "https": ":443"}


def plain_address(url: str) -> str:
    """An absolute address without fragment, tracking parameters, session id and default port.

    What is left keeps its order, with what is not ASCII percent-encoded as it is when it is
    sent. What is no address comes back as it is.
    """
    if _IS_PLAIN.match(url):
        return url
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    if not parts.netloc:
        return url
    query = parts.query
    if query:
        query = "&".join(pair for pair in query.split("&") if not _is_personal(pair))
    path = _IN_PATH.sub("", parts.path) if ";" in parts.path else parts.path
    host = parts.netloc.lower() if "@" not in parts.netloc else parts.netloc
    host = host.removesuffix(_DEFAULT_PORT.get(parts.scheme, " "))
    try:
        return safe_url_string(urlunsplit((parts.scheme, host, path or "/", query, "")))
    except ValueError:
        return url


def spellings(url: str) -> list[str]:
    """An address as it is, plain, and with or without the slash at the end of its path."""
    plain = plain_address(url)
    path, mark, query = plain.partition("?")
    other = path.removesuffix("/") if path.endswith("/") else path + "/"
    return list(dict.fromkeys((url, plain, other + mark + query)))


def _is_personal(pair: str) -> bool:
    name, _, value = pair.removeprefix("amp;").partition("=")
    if pair == MARK:  # no page makes a POST of what it links to
        return True
    if _TRACKING.match(name) or _SESSION.match(name):
        return True
    return bool(_DOUBTFUL.match(name) and _RANDOM.match(value))


def host_of(url: str) -> str:
    """``host`` or ``host:port`` of an address, lower case."""
    return urlsplit(url).netloc.lower()
