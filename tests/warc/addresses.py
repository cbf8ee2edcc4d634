"""Addresses of every kind, plain and odd, the same ones for the same seed."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SESSION = "0123456789abcdef0123456789ABCDEF"
ASP = "4hqa0555fwsecu455xqckv45"
SCHEMES = ("http", "https", "https", "HTTP", "ftp")
PORTS = ("", "", "", ":80", ":443", ":8080", ":0", ":", ":81:")
HOSTS = (
    *(
        "example.com",
        "www.example.com",
        "WWW.Example.SE",
        "www3.firma.example",
        "a.b.example.co.uk",
        "wwww.se",
    ),
    *(
        "ålesund.example",
        "xn--lesund-hua.example",
        "faß.example",
        "日本.example",
        "a_b.example",
        "-a-.example",
    ),
    *("127.0.0.1", "3279880203", "10.1", "1.2.3.4.5", "192.168.001.1", "[::1]", "[2001:db8::1]", "localhost"),
    *("ex%61mple.com", "user@example.com", "u:p@www.example.com", "news.example.se.", "www.www.example.org"),
)
SEGMENTS = (
    *("a", "B", "nyheter", "2024", "index.html", "article-12", "x.aspx", "X.ASPX", f"(S({ASP}))", f"({ASP})"),
    *("å", "ÅÄÖ", "%C3%A5", "%c3%a5", "%E5", "e\u0301", "\u00a0", "\u2028", "a\u200bb", "😀", "ß", "İ"),
    *(
        ".",
        "..",
        "",
        "...",
        "%2e%2e",
        "%2E",
        "%2F",
        "%3F",
        "%23",
        "%00",
        "%0A",
        "%25",
        "%2525",
        "%",
        "%zz",
        "%%32",
    ),
    *(
        "a b",
        "a%20b",
        "a%2520b",
        "a+b",
        "~x",
        "%7Ex",
        "a=b",
        "a&b",
        "a,b",
        "(x)",
        "'",
        '"',
        "<>",
        "|",
        "\\",
        "^",
    ),
    *("{}", "[x]", "!", "$", "*", ":", "@", f"a;jsessionid={SESSION}"),
)
NAMES = (
    *("a", "B", "id", "page", "Sida", "å", "%C3%A5", "a-b", "a.b", "a[]", "", "x y", "a%3Db", "a%26b", "a+"),
    *("sid", "fsid", "PHPSESSID", "jsessionid", "cfid", "cftoken", "ASPSESSIONIDABCDEFGH", "utm_source"),
)
VALUES = (
    *(
        "",
        "1",
        "2",
        "A",
        "a=b",
        "å",
        "%C3%A5",
        "%E5",
        "a+b",
        "a%20b",
        "%26",
        "%3D",
        "%23",
        "%2526",
        "a/b",
        "//",
    ),
    *("..", "?", "a?b", "%", "&", "😀", "http://example.se/?y=1", SESSION, SESSION.lower(), SESSION + "0"),
    *("ABCDEFGHIJKLMNOPQRSTUVWX", "abcdefghijklmnopqrstuvwx", "123"),
)


def addresses(seed: int, count: int) -> Iterator[str]:
    chance = random.Random(seed)
    for _ in range(count):
        url = chance.choice(SCHEMES) + "://" + chance.choice(HOSTS) + chance.choice(PORTS)
        url += "".join("/" + chance.choice(SEGMENTS) for _ in range(chance.choice((0, 1, 1, 2, 3, 5))))
        url += chance.choice(("", "", "/"))
        if chance.random() < 0.6:
            url += "?" + "".join(_parameter(chance) for _ in range(chance.choice((0, 1, 1, 2, 3, 4))))
        yield url + chance.choice(("", "", "", "", "#", "#x?y"))


def _parameter(chance: random.Random) -> str:
    sign = chance.choice(("=", "=", "=", "=", ""))
    return chance.choice(NAMES) + sign + chance.choice(VALUES) + chance.choice(("&", "&", "&", ";", ""))
