"""Every page says what the archive holds, and whatever others wrote stays text."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from lxml import html

from archiver.home import Home
from archiver.store.database import open_database
from archiver.web.headers import CAPTURED, OURS
from tests.web.conftest import MORE, ROBERT, SCRIPT, Got, Library, Shown, serving

pytestmark = pytest.mark.xdist_group("web")


def tree(got: Got) -> html.HtmlElement:
    assert got.status == 200, got.text
    return html.fromstring(got.body.decode())


def words(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def pages(library: Library) -> dict[str, str]:
    identity = library.id_of
    return {
        "front": "/",
        "search": "/-/search?q=upphandling",
        "all": "/-/search",
        "nothing": "/-/search?q=finnsintealls",
        "mistake": "/-/search?q=x&from=2024-13",
        "article": f"/-/article/{identity('farlig')}",
        "changed": f"/-/article/{identity('andrad')}",
        "older": f"/-/article/{identity('andrad')}?version=1",
        "compared": f"/-/article/{identity('andrad')}?compare=1-2",
        "gone": f"/-/article/{identity('borta')}",
        "site": "/-/site/s",
        "error": "/-/article/0000000000000000",
    }


def test_the_front_page_counts_what_there_is(shown: Shown, library: Library) -> None:
    page = tree(shown.get("/"))
    assert words(page.find(".//h1")) == "13 articles from 2 sites"
    assert len(page.xpath("//svg//rect")) > 10
    headlines = [words(el) for el in page.xpath("//section[@aria-labelledby='newest']//a[@class='headline']")]
    assert headlines[0] == SCRIPT
    changed = page.xpath("//section[@aria-labelledby='changes']")[0]
    assert "En nyhet som har ändrats" in words(changed)
    assert "title, text" in words(changed)
    assert "status 410" in words(changed)
    [row] = page.xpath("//table[@class='sites']//tr[th//bdi[contains(text(), 'bästa')]]")
    assert "complete" in words(row)
    numbers = page.xpath("//table[@class='numbers']//tr[th//a[text()='2023']]")
    assert words(numbers[0]).endswith("4")


def test_a_search_finds_counts_and_narrows(shown: Shown, library: Library) -> None:
    page = tree(shown.get("/-/search?q=upphandling"))
    assert words(page.xpath("//*[@id='hits']")[0]) == "6 articles"
    assert {words(el) for el in page.xpath("//mark")} == {"upphandling"}
    [year] = [a for a in page.xpath("//nav[@id='facets']//a") if words(a) == "2019 1"]
    narrowed = tree(shown.get(year.get("href")))
    assert words(narrowed.xpath("//*[@id='hits']")[0]) == "1 article"
    [chosen] = narrowed.xpath("//nav[@id='facets']//a[@aria-current and contains(., '2019')]")
    again = tree(shown.get(chosen.get("href")))
    assert words(again.xpath("//*[@id='hits']")[0]) == "6 articles"


def test_without_words_all_articles_are_listed_in_pages(shown: Shown) -> None:
    page = tree(shown.get("/-/search?site=t"))
    titles = [words(el) for el in page.xpath("//ol[contains(@class, 'hits')]//a[@class='headline']")]
    assert titles == [f"Från den andra webbplatsen {n}" for n in (3, 2, 1)]
    assert shown.get("/-/search?page=0").status == 404
    assert shown.get("/-/search?page=%D9%A3").status == 404
    far = tree(shown.get("/-/search?page=400"))
    assert far.xpath("//a[@rel='prev']")
    assert not far.xpath("//a[@rel='next']")


@pytest.mark.parametrize(
    "query",
    [
        "%22",
        "%22%22",
        "*",
        "-",
        "-x",
        "OR",
        "NEAR(",
        "a%00b",
        "'%3B+DROP+TABLE+articles%3B--",
        "%FF",
        "x" * 5000,
        "%02%03",
        "site%3A",
    ],
)
def test_no_query_is_an_error(shown: Shown, query: str) -> None:
    assert shown.get(f"/-/search?q={query}").status == 200


def test_a_date_that_is_none_is_said(shown: Shown) -> None:
    page = tree(shown.get("/-/search?q=x&from=2024-02-31x"))
    assert "is no date" in words(page.xpath("//*[@role='alert']")[0])
    assert "comes after" in words(
        tree(shown.get("/-/search?from=2024&to=2023")).xpath("//*[@role='alert']")[0]
    )


def test_an_article_is_read_with_its_source_and_its_proof(shown: Shown, library: Library) -> None:
    page = tree(shown.get(f"/-/article/{library.id_of('farlig')}"))
    assert words(page.find(".//h1")) == SCRIPT
    body = page.xpath("//div[@class='body']")[0]
    assert body.get("lang") == "sv"
    assert "<img src=x onerror=alert(1)> som text, och *stjärnor* och [klamrar](inte" in words(body)
    links = [a.get("href") for a in body.iter("a")]
    assert links == [f"/-/article/{library.id_of('vanlig-1')}", 'https://www.example.org/a?b=1&c="2"']
    [image] = body.iter("img")
    assert image.get("alt") == 'Karta över "Norr"'
    assert shown.get(image.get("src")).headers["Content-Type"] == "image/png"
    assert [words(td) for td in body.iter("td")] == ["2023", "1 | 2"]
    assert "print('</pre>')" in body.xpath(".//pre")[0].text_content()
    fields = [words(th) for th in page.xpath("//section[@aria-labelledby='proof']//tbody/tr/th")]
    assert {"title", "date_published", "body"} <= set(fields)
    replayed = page.xpath("//a[starts-with(@href, 'http://127.0.0.1:8080/s/')]/@href")
    assert re.fullmatch(
        rf"http://127.0.0.1:8080/s/\d{{14}}/{re.escape(library.site)}/nyheter/farlig/", replayed[0]
    )


def test_history_shows_versions_and_marks_what_changed(shown: Shown, library: Library) -> None:
    identity = library.id_of("andrad")
    older = tree(shown.get(f"/-/article/{identity}?version=1"))
    assert words(older.find(".//h1")) == "En nyhet som ändras"
    record = older.xpath("//a[contains(text(), 'The WARC record')]/@href")[0]
    part = record.rpartition("/")[2].removesuffix(".warc")
    cited = words(older.get_element_by_id("reference"))
    assert ("En nyhet som ändras" in cited, part in cited) == (True, True)
    for form, each in (("ris", "TI  - En nyhet som ändras"), ("txt", "En nyhet som ändras")):
        [path] = [p for p in older.xpath("//section[@aria-labelledby='cite']//a/@href") if f".{form}" in p]
        assert each in shown.get(path).text
    compared = tree(shown.get(f"/-/article/{identity}?compare=1-2"))
    inserted = [words(el) for el in compared.xpath("//section[@class='compared']//ins")][1:]
    assert inserted[0] == "har ändrats"
    assert words(html.fromstring(MORE)) in inserted
    assert [words(el) for el in compared.xpath("//section[@class='compared']//del")][1] == "ändras"
    for wrong in ("version=3", "version=x", "compare=2-1", "compare=1-9", "compare=1"):
        assert shown.get(f"/-/article/{identity}?{wrong}").status == 404, wrong


def test_an_article_that_is_gone_says_so_and_links_the_proof(shown: Shown, library: Library) -> None:
    page = tree(shown.get(f"/-/article/{library.id_of('borta')}"))
    [notice] = page.xpath("//p[@class='notice']")
    assert words(notice).startswith("Gone since")
    assert shown.get(notice.find(".//a").get("href")).text == "borta"


def test_an_address_leads_to_its_article(shown: Shown, library: Library) -> None:
    from urllib.parse import quote

    page = tree(shown.get("/-/article/" + quote(f"{library.site}/nyheter/vanlig-1/", safe="")))
    assert "Vanlig nyhet nummer 1" in words(page.find(".//h1"))


def test_a_site_tells_of_its_nights_and_its_chrome(shown: Shown) -> None:
    page = tree(shown.get("/-/site/s"))
    assert words(page.find(".//h1")) == "Första & <b>bästa</b>"
    assert len(page.xpath("//table[@class='calendar']//td[@class='complete']")) == 2
    assert "2 of the last 2 nights were observed" in words(page)
    chrome = page.xpath("//section[@aria-labelledby='chrome']")[0]
    assert "2018-02-11" not in words(chrome)  # what one article alone has is no chrome of the site
    assert shown.get("/-/site/nope").status == 404
    assert shown.get("/-/site/%2e%2e%2f").status == 404


def test_hostile_text_is_text_on_every_page(shown: Shown, library: Library) -> None:
    known = ["/-/archive/archive.js"]
    for name, path in pages(library).items():
        got = shown.get(path)
        page = html.fromstring(got.body.decode())
        assert [el.get("src") for el in page.iter("script")] == known, name
        assert not page.xpath("//@style | //style | //@*[starts-with(name(), 'on')] | //iframe | //object"), (
            name
        )
        for href in page.xpath("//@href"):
            assert href.startswith(("/", "#", "http://", "https://")), (name, href)
        assert "\u202e" not in page.find(".//title").text_content()
    robert = shown.get(f"/-/article/{library.id_of('vriden')}").text
    assert "\u202e" not in robert
    assert ROBERT.split(";")[0].replace("'", "&#39;") in robert


def test_every_answer_says_what_a_browser_may_do(shown: Shown, library: Library) -> None:
    for path in [*pages(library).values(), "/archiver/articles", "/archiver.json", "/-/archive/archive.css"]:
        headers = shown.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert headers["Referrer-Policy"] == "no-referrer", path
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, path
        assert "unsafe-inline" not in policy.replace("style-src 'self' 'unsafe-inline'", ""), path
    for path in pages(library).values():
        assert shown.get(path).headers["Content-Security-Policy"] == OURS
    assert shown.get("/archiver.json").headers["Content-Security-Policy"] == CAPTURED


def test_only_reading_is_answered_and_only_under_names_of_this_machine(shown: Shown) -> None:
    assert shown.get("/", method="POST").status in (403, 405)
    assert shown.get("/", method="DELETE").status == 405
    head = shown.get("/", method="HEAD")
    assert (head.status, head.body) == (200, b"")
    assert shown.get("/", Host="evil.example").status == 421
    assert shown.get("/archiver.json", Host="evil.example:80").status == 421
    for name in ("localhost", f"localhost:{shown.port}", "127.0.0.1", "[::1]:8001"):
        assert shown.get("/-/archive/archive.css", Host=name).status == 200, name


def test_what_is_not_there_is_a_page_or_json(shown: Shown, capfd: pytest.CaptureFixture[str]) -> None:
    for path in (
        "/nope",
        "/-/nope",
        "/archiver/nope",
        "/-/article/x%00y",
        "/-/cite/x.ris",
        "/archiver/articles/x",
    ):
        got = shown.get(path)
        assert got.status == 404, path
        assert "Not found" in got.text, path
    assert json.loads(shown.get("/archiver/nope.json").body)["ok"] is False
    wrong = shown.get("/archiver?sql=select+nope")
    assert wrong.status == 400
    said = capfd.readouterr()
    assert said.out + said.err == ""


def test_an_article_is_taken_along_in_each_format(shown: Shown, library: Library) -> None:
    identity = library.id_of("farlig")
    page = tree(shown.get(f"/-/article/{identity}"))
    paths = page.xpath("//a[starts-with(@href, '/-/cite/')]/@href")
    assert paths
    for path in paths:
        got = shown.get(path)
        assert got.status == 200
        assert got.headers["Content-Security-Policy"] == CAPTURED
        assert "html" not in got.headers["Content-Type"]
    assert json.loads(shown.get(f"/-/cite/{identity}.json").body)["title"] == SCRIPT
    reference = words(page.xpath("//*[@id='reference']")[0])
    assert SCRIPT in reference
    assert re.search(r"Captured \d{4}-.*<urn:uuid:[-0-9a-f]{36}>, payload sha256:[0-9a-f]{64}", reference)


def test_a_body_of_ten_megabytes_is_shown_in_part_and_given_whole(library_copy: Library) -> None:
    identity, body = library_copy.id_of("andrad"), ("Ett långt ord. " * 50 + "\n\n") * 14_000
    with closing(sqlite3.connect(library_copy.home.database)) as db, db:
        db.execute("UPDATE articles SET body = ?1, body_markdown = ?1 WHERE id = ?2", (body, identity))
        db.execute(
            "UPDATE article_versions SET body = ?1, body_markdown = ?1 WHERE article_id = ?2 AND version = 2",
            (body, identity),
        )
    with serving(library_copy.home) as shown:
        page = shown.get(f"/-/article/{identity}")
        assert page.status == 200
        assert len(page.body) < 2_000_000
        assert "longer than a page can show" in page.text
        assert shown.get(f"/-/cite/{identity}.txt").text == body + "\n"
        compared = shown.get(f"/-/article/{identity}?compare=1-2")
        assert compared.status == 200
        assert len(compared.body) < 2_000_000


def test_an_archive_without_articles_says_what_to_do(tmp_path: Path) -> None:
    home = Home(tmp_path)
    open_database(home.database).close()
    with serving(home) as shown:
        assert "archiver sites add URL" in shown.get("/").text
        assert "Nothing was found" in shown.get("/-/search?q=x").text
        assert shown.get("/-/search").status == 200


def test_ids_of_articles_lead_from_tables_and_queries_to_their_pages(shown: Shown, library: Library) -> None:
    identity = library.id_of("farlig")
    for path in (
        f"/archiver?sql=select+id+from+articles+where+id='{identity}'",
        "/archiver/changes",
        "/archiver/gone",
    ):
        page = tree(shown.get(path))
        hrefs = page.xpath("//td//a[starts-with(@href, '/-/article/')]/@href")
        assert hrefs, path
        assert shown.get(hrefs[0]).status == 200
    odd = tree(shown.get("/archiver?sql=select+'<b>'+as+id,+'x'+as+article_id"))
    assert not odd.xpath("//td//a[starts-with(@href, '/-/article/')]")
