from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archiver.extract.article import extract_article
from archiver.model import Mention, Page, PageKind
from tests.extract.pages import FIRST, SECOND, THIRD

if TYPE_CHECKING:
    from pathlib import Path

PLAIN = f"""fjallbro-logo_liten

Meny

Vi prövade ett nytt sätt

Publicerad 4 mars 2024

{FIRST} {SECOND}
{SECOND} {THIRD}

Så blev det till slut.

Nyhetsarkiv

Senaste nyheter
Hösten fylls av kurser
"""


def read(text: str):
    return extract_article(
        Page(url="https://www.fjallbro.example/n.txt", body=text.encode(), content_type="text/plain")
    )


def test_lines_take_the_place_of_blocks():
    found = read(PLAIN)
    assert found.kind is PageKind.ARTICLE
    assert found.title == "Vi prövade ett nytt sätt"
    assert found.body == f"{FIRST} {SECOND}\n\n{SECOND} {THIRD}\n\nSå blev det till slut."
    assert found.date_published == "2024-03-04"
    assert [s.text for s in found.stripped] == [
        "fjallbro-logo_liten", "Meny", "Nyhetsarkiv", "Senaste nyheter", "Hösten fylls av kurser"
    ]  # fmt: skip


def test_no_date_where_none_is_stated():
    assert read(PLAIN.replace("Publicerad 4 mars 2024\n", "")).date_published is None


def test_markup_called_plain_text_is_read_as_markup():
    found = read(f"<html><body><article><h1>Rubrik</h1><p>{FIRST}</p><p>{SECOND}</p></article></body></html>")
    assert found.body == f"{FIRST}\n\n{SECOND}"


def test_the_seed_page(shared: Path):
    seed = (shared / "seed" / "sherpa-almedalen-2015.txt").read_bytes()
    found = extract_article(Page(url="file:seed.txt", body=seed, content_type="text/plain"))
    assert found.title == "Reflektion #1 Samverkan - Almedalen 2015"
    assert found.body.startswith("Här kommer vår första reflektion")
    assert found.body.endswith("samverkan i komplexa miljöer.")
    assert not {"sherpa-header_mobile", "Nyhetsarkiv", "Senaste nyheter"} & set(found.body.split("\n"))
    assert found.date_published is None


@pytest.mark.parametrize(
    "label",
    [
        "Läs också",
        "Articoli correlati",
        "Tengdar fréttir",
        "Compartir este artículo",
        "Meld je aan voor de nieuwsbrief",
    ],
)
def test_labels_between_the_lines_of_prose_are_chrome(label):
    text = f"Så gick det för kommunen\n\n{FIRST} {SECOND}\n\n{label}\n\n{SECOND} {FIRST}\n"
    found = extract_article(Page(url="", body=text.encode(), content_type="text/plain"))
    assert found.body == f"{FIRST} {SECOND}\n\n{SECOND} {FIRST}"
    assert label in [s.text for s in found.stripped]


LINES = f"Så gick det för kommunen\n\n{FIRST} {SECOND}\n\n{SECOND} {FIRST}\n"


def test_the_date_of_plain_text_is_told_by_a_feed_or_the_address():
    url = "https://www.fjallbro.example/2024/03/04/n.txt"
    told = Mention(url=url, kind="feed", date="Tue, 05 Mar 2024 10:00:00 +0100", where="item[0]")
    plain = Page(url=url, body=LINES.encode(), content_type="text/plain")
    found = extract_article(plain)
    assert (found.date_published, found.evidence["date_published"].method) == ("2024-03-04", "url")
    found = extract_article(plain, mentions=(told,))
    assert found.date_published == "2024-03-05T10:00:00+01:00"
    assert found.evidence["date_published"].method == "feed"


def test_lines_without_any_tag_are_plain_text_whatever_they_are_sent_as():
    sent = Page(url="https://www.fjallbro.example/n", body=LINES.encode(), content_type="text/html")
    found = extract_article(sent)
    assert found.title == "Så gick det för kommunen"
    assert found.body == f"{FIRST} {SECOND}\n\n{SECOND} {FIRST}"
