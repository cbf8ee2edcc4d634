"""The example spider: a page without landmarks, with columns among its text."""

from bs4 import BeautifulSoup

from archiver.extract.article import extract_article
from archiver.model import Page
from spiders.columns import ColumnsSpider

PAGE = """<!doctype html><html lang="sv"><head><meta charset="utf-8"><title>Reflektion om mod</title></head>
<body><div id="wrap"><p><img src="/img/sherpa-header_mobile.png" alt="sherpa-header_mobile"></p>
<p class="header_mobile">Meny Sök Kontakt</p>
<h1>Reflektion om mod i upphandling</h1>
<p>Den som köper tjänster åt det offentliga behöver mod, och mod behöver tid. Under våren har vi
följt tre inköpare i deras arbete, från den första idén till det sista påskrivna avtalet.</p>
<p>Det vi såg var inte djärvhet utan uthållighet: någon ställde samma fråga en gång till, och lät
svaret ta den tid som det tog. Av det växte bättre avtal än av någon mall.</p>
<div><div><h3>Nyhetsarkiv</h3><ul><li><a href="/2014">2014 var ett händelserikt år för oss och våra
kunder</a></li></ul></div></div>
<div><p><strong>Senaste nyheter</strong></p><p>Vi växer i norr, och söker fler kollegor som vill bo
nära fjällen och arbeta med det offentliga.</p></div>
</div></body></html>"""


def test_the_columns_and_the_mobile_header_are_gone() -> None:
    soup = BeautifulSoup(PAGE, "lxml")
    ColumnsSpider.clean(soup)
    text = soup.get_text(" ", strip=True)
    assert "Nyhetsarkiv" not in text
    assert "händelserikt" not in text
    assert "Senaste nyheter" not in text
    assert "fjällen" not in text
    assert "Meny Sök" not in text
    assert soup.find("img") is None
    assert "uthållighet" in text


def test_an_article_is_extracted_from_the_cleaned_page() -> None:
    page = Page(url="http://127.0.0.1/reflektion", body=PAGE.encode(), content_type="text/html")
    found = extract_article(page, clean=ColumnsSpider.clean)
    assert found.title == "Reflektion om mod i upphandling"
    assert found.body.startswith("Den som köper tjänster")
    assert found.body.endswith("än av någon mall.")


def test_a_column_heading_within_a_sentence_is_text() -> None:
    soup = BeautifulSoup("<body><p>Läs mer i vårt Nyhetsarkiv om detta.</p></body>", "lxml")
    ColumnsSpider.clean(soup)
    assert "Nyhetsarkiv" in soup.get_text()


def test_a_page_of_nothing_but_a_column_heading_does_not_fail() -> None:
    soup = BeautifulSoup("<p>Nyhetsarkiv</p>", "lxml")
    ColumnsSpider.clean(soup)
    assert soup.get_text(strip=True) == ""
