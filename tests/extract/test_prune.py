"""What is cut out of a page before it is parsed, and what is not."""

from __future__ import annotations

import time

import pytest

from archiver.extract.prune import prune


def test_scripts_are_kept_beside_and_the_text_stays():
    left, scripts = prune(
        b"<p>Ett</p><script type='application/ld+json'>{}</script><style>p{}</style><!-- <p>nej</p> -->"
        b"<svg viewBox='0'><title>pil</title></svg><SCRIPT src=a.js></SCRIPT><p>Tv\xc3\xa5</p>"
    )
    assert left == "<p>Ett</p><p>Två</p>".encode()
    assert scripts == [("application/ld+json", False, b"{}"), ("", True, b"")]


def test_a_script_in_a_comment_of_a_script_does_not_end_it():
    page = b'<script><!-- x = "<script>y</script>"; --></script><p>text</p>'
    assert prune(page)[0] == b"<p>text</p>"
    page = b'<script><!-- x = "</script><p>text</p>'
    assert prune(page)[0] == b"<p>text</p>"


@pytest.mark.parametrize(
    "page",
    [
        b"<script><p>text</p>",
        b"<svg><path d=''><p>text</p><svg></svg>",
        b"<svg width='1'/><p>text</p>",
        b"<!-- never closed <p>text</p>",
        b'<script a="unclosed <p>text</p></script>',
        b"<scripture>text</scripture>",
    ],
)
def test_where_an_end_is_missing_the_parser_decides(page):
    assert b"text" in prune(page)[0]


@pytest.mark.parametrize(
    "piece", [b"<svg>", b"<script>", b"<!--", b'<svg a="', b"<style>", b"<script><!--<script>"]
)
def test_thousands_without_an_end_cost_little(piece):
    begin = time.process_time()
    prune(piece * 100_000 + b"</svg>")
    assert time.process_time() - begin < 2


def test_how_a_sign_is_read_is_text_only_in_brackets():
    assert prune("<ruby>弾劾<rt>だんがい</rt></ruby>".encode())[0] == "<ruby>弾劾</ruby>".encode()
    bracketed = "<ruby>弾劾<rp>（</rp><rt>だんがい</rt><rp>）</rp></ruby>".encode()
    assert prune(bracketed)[0] == bracketed
