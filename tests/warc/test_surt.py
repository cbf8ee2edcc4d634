"""Urlkeys; the expected ones are those of pywb 2.10."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.warc.surt import urlkey
from tests.warc.addresses import addresses

ROOT = Path(__file__).resolve().parents[2]

S32 = "0123456789abcdef0123456789ABCDEF"
ASP = "4hqa0555fwsecu455xqckv45"
KEYS = {
    "http://example.com": "com,example)/",
    "https://WWW2.Example.com:443/A/?b=2&A=1": "com,example)/a?a=1&b=2",
    "https://example.com:80/": "com,example:80)/",
    "http://user:pw@news.example.co.uk:8080/x#y": "uk,co,example,news:8080)/x",
    "http://127.0.0.1:8099/plain": "1,0,0,127:8099)/plain",
    "http://3279880203/": "11,0,127,195)/",
    "http://[2001:db8::1]:81/": "2001:db8::1:81)/",
    "http://Ålesund.no/Å": "no,xn--lesund-hua)/%c3%85",
    "http://example.com./a//b/./c/../d/": "com,example)/a/b/d",
    "http://example.com/../a": "com,example)/../a",
    "http://example.com/a%2520b c": "com,example)/a%20b%20c",
    "http://example.com/%C3%A5?q=%E5&&r": "com,example)/%c3%a5?&q=%e5&r",
    "http://example.com/a?": "com,example)/a",
    f"http://example.com/a?x=1&PHPSESSID={S32}&y=2": "com,example)/a?x=1&y=2",
    f"http://example.com/a?jsessionid={S32}": "com,example)/a",
    "http://example.com/a?cfid=1&cftoken=2&x=1": "com,example)/a?x=1",
    f"http://example.com/(S({ASP}))/x.aspx": "com,example)/x.aspx",
    f"http://example.com/a/({ASP})/x.aspx": "com,example)/a/x.aspx",
    "http://www.www.example.com/": "com,example,www)/",
    "urn:uuid:1": "urn:uuid:1",
    "mailto:a@b.example": "mailto:a@b.example",
    "": "-",
}


@pytest.mark.parametrize("url", KEYS)
def test_urlkey(url: str) -> None:
    assert urlkey(url) == KEYS[url]


@given(st.text(max_size=60))
def test_any_text_has_a_key(text: str) -> None:
    assert urlkey(text)
    assert urlkey("http://example.com/" + text).startswith("com,example)")


PYWB = """
import json, sys
from pywb.utils.canonicalize import canonicalize
for url in json.load(sys.stdin):
    try:
        print(canonicalize(url))
    except Exception:
        print("-refused-")
"""


@pytest.mark.parametrize("count", [10_000, pytest.param(100_000, marks=pytest.mark.soak)])
def test_keys_agree_with_pywb(count: int) -> None:
    python = ROOT / ".venv-tools" / "bin" / "python"
    if not python.exists():
        pytest.skip("pywb is not there: run `make tools`")
    urls = list(addresses(20260102, count))
    done = subprocess.run(
        [python, "-c", PYWB],
        input=json.dumps(urls),
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONIOENCODING": "utf-8"},
        timeout=100,
    )
    keys = done.stdout.split("\n")[:-1]
    assert len(keys) == len(urls)
    taken = [(url, key) for url, key in zip(urls, keys, strict=True) if key != "-refused-"]
    assert len(taken) > 0.95 * count
    assert [(url, key, urlkey(url)) for url, key in taken if urlkey(url) != key] == []
