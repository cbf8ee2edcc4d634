"""Search: a person's words never fail, and mean what people expect."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.store.expression import expression
from archiver.store.filter import Filter
from archiver.store.index import index_article
from archiver.store.query import parse_query
from archiver.store.search import Facets, facets, search
from archiver.store.words import spellings

TEXTS = {
    "a1": ("Samverkan i vården", "Det offentliga behöver samverka mer."),
    "b2": ("Digitalisering", "En digitaliseringsstrategi för vård och omsorg i Ålesund."),
    "c3": ("OR och AND", "Villkor som OR, AND och NOT i databaser."),
    "d4": (
        "Ny lufthavn i København",
        "Prosjektleder Anna Berg om digitaliseringsprosjekter i Århus, og om ære.",
    ),
    "e5": (
        "Aarhus på dansk",
        "En poet er ingen pote, och köer är inga kor. Københavns lufthavn er ikke her."
        " Utsläppen av CO₂ på 40 m² är ﬁna, Ｆｕｌｌ av 10⁶.",
    ),
}
SITES = {"a1": "s", "b2": "s", "c3": "my-site", "d4": "my-site", "e5": "other"}
DAYS = {"a1": "2020-05", "b2": "2020-05", "c3": "2019", "d4": "2021-03-04", "e5": None}
LANGUAGES = {"a1": "sv", "b2": "sv-SE", "c3": "sv", "d4": "nb", "e5": "da"}
AUTHORS = {
    "a1": '["Anna Berg", "Bo Ek"]',
    "c3": '["Berg Anna"]',
    "b2": "[]",
    "d4": '["Robert\'); DROP TABLE"]',
    "e5": "[]",
}


@pytest.fixture(scope="module")
def db() -> Iterator[sqlite3.Connection]:
    from archiver.store.database import open_database

    db = open_database(Path(":memory:"))
    db.execute("PRAGMA foreign_keys = OFF")
    for key, (title, body) in TEXTS.items():
        identity = key.ljust(16, "0")
        db.execute(
            "INSERT INTO articles (id, site, url, canonical_url, title, body, body_markdown, version,"
            " versions, first_seen, last_seen, observed, capture, captures, extractor, profile,"
            " published_day, language, authors, text_digest)"
            " VALUES (?, ?, 'u', 'u', ?, ?, '', 1, 1, 'x', 'x', 'live', 'c', '[]', 'e', 'p', ?, ?, ?, 'd')",
            (identity, SITES[key], title, body, DAYS[key], LANGUAGES[key], AUTHORS[key]),
        )
        index_article(db, identity)
    yield db
    db.close()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("samverkan", ["a1"]),
        ("samverk*", ["a1"]),
        ("vården OR vård", ["a1", "b2"]),
        ('"behöver samverka"', ["a1"]),
        ('"samverka behöver"', []),
        ("vård -digitaliseringsstrategi", []),
        ("alesund", ["b2"]),
        ("or", ["c3"]),
        ("", []),
        ("-", []),
        ('"', []),
        # Letters as readers type them.
        ("kobenhavn", ["d4", "e5"]),
        ("koebenhavn", ["d4", "e5"]),
        ("KØBENHAVN", ["d4", "e5"]),
        ("arhus", ["d4"]),
        ("århus", ["d4", "e5"]),
        ("aarhus", ["d4", "e5"]),
        ("aere", ["d4"]),
        ("ære", ["d4"]),
        ("poeter", []),
        ("pote", ["e5"]),
        ('"lufthavn i koebenhavn"', ["d4"]),
        ("co2", ["e5"]),
        ("CO₂ m2", ["e5"]),
        ('"fina full av 106"', ["e5"]),
        # Parts of compounds.
        ("prosjekt", ["d4"]),
        ("strategi", ["b2"]),
        ("vård -strategi", ["b2"]),  # what is left out is left out as a word
        # Fields.
        ("site:my-site", ["c3", "d4"]),
        ("site:my", []),
        ("site:s site:other", ["a1", "b2", "e5"]),
        ("-site:s", ["c3", "d4", "e5"]),
        ("year:2020", ["a1", "b2"]),
        ("year:2019-2020", ["a1", "b2", "c3"]),
        ("-year:2020", ["c3", "d4", "e5"]),
        ("after:2020-06", ["d4"]),
        ("before:2021", ["a1", "b2", "c3"]),
        ("before:2021-03-04", ["a1", "b2", "c3"]),
        ("before:2021-03-05 after:2021-03-04", ["d4"]),
        ("lang:sv", ["a1", "b2", "c3"]),
        ("lang:sv-SE", ["b2"]),
        ("lang:nb OR lang:da", ["d4", "e5"]),
        ('author:"anna berg"', ["a1"]),
        ("author:berg", ["a1", "c3"]),
        ("author:berg -author:ek", ["c3"]),
        ("author:robert", ["d4"]),
        ("lufthavn site:other", ["e5"]),
        ("lufthavn -kobenhavn", ["e5"]),
        ("site:other year:2020", []),
        # What is no field is looked for as words.
        ("year:soon", []),
        ("villkor:och", []),
        ('"anna:berg"', ["a1", "d4"]),
        ("https://x.example/'; DROP TABLE articles; --", []),
    ],
)
def test_what_a_query_finds(db: sqlite3.Connection, query: str, found: list[str]) -> None:
    assert sorted(hit.id[:2] for hit in search(db, Filter(query=query))) == found


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.sampled_from("ab\"*-'()^:{}+ ANDORTNEAåö\x00\n;.,%_"), max_size=30))
def test_no_query_is_an_error(db: sqlite3.Connection, query: str) -> None:
    search(db, Filter(query=query))


@pytest.mark.parametrize(
    ("since", "until", "matches"),
    [
        ("2020", None, True),
        ("2020-05-31", None, True),
        ("2020-06", None, False),
        (None, "2020-05-01", True),
        (None, "2020-04", False),
        ("2020-05", "2020-05", True),
        ("2019", "2019", False),
    ],
)
def test_a_month_matches_when_it_overlaps(
    db: sqlite3.Connection, since: str | None, until: str | None, matches: bool
) -> None:
    hits = search(db, Filter(query="samverkan", since=since, until=until))
    assert bool(hits) is matches


def test_words_in_the_title_come_first_and_parts_of_words_last(db: sqlite3.Connection) -> None:
    assert [hit.id[:2] for hit in search(db, Filter(query="lufthavn"))] == ["d4", "e5"]
    assert [hit.id[:2] for hit in search(db, Filter(query="lufthavn"), limit=1, offset=1)] == ["e5"]
    assert search(db, Filter(query="lufthavn"), offset=2) == []
    assert [hit.id[:2] for hit in search(db, Filter(query="kobenhavn OR poet"))] == ["d4", "e5"]
    whole_then_part = search(db, Filter(query="digitalisering"))
    assert [hit.id[:2] for hit in whole_then_part] == ["b2", "d4"]
    pages = [search(db, Filter(query="digitalisering"), limit=1, offset=n)[0].id for n in range(2)]
    assert pages == [hit.id for hit in whole_then_part]


def test_a_query_without_words_gives_the_newest(db: sqlite3.Connection) -> None:
    assert [hit.id[:2] for hit in search(db, Filter())] == ["d4", "a1", "b2", "c3", "e5"]
    assert [hit.id[:2] for hit in search(db, Filter(query="lang:sv"))] == ["a1", "b2", "c3"]


def test_a_snippet_is_of_the_text_as_it_stands_and_marks_the_hit(db: sqlite3.Connection) -> None:
    (hit,) = search(db, Filter(query="prosjekt aere"))
    assert "\x02digitaliseringsprosjekter\x03 i Århus, og om \x02ære\x03" in hit.snippet


def test_what_matched_in_the_title_is_marked_there(db: sqlite3.Connection) -> None:
    (hit,) = search(db, Filter(query="or"))
    assert (hit.title, hit.marked_title) == ("OR och AND", "\x02OR\x03 och AND")
    (hit,) = search(db, Filter(query="omsorg"))
    assert (hit.title, hit.marked_title) == ("Digitalisering", "Digitalisering")


def test_what_is_typed_without_the_letters_of_a_language_is_found_however_long_it_is() -> None:
    assert "jamstalldhetsforandring" in spellings("jaemstaelldhetsfoeraendring")
    asked = expression(parse_query('"daerfoer behoever sigtuna satsa paa jaemstaelldhetsintegrering"'))
    assert '"darfor behover sigtuna satsa pa jamstalldhetsintegrering"' in asked


def test_words_that_are_said_often_are_asked_for_once() -> None:
    assert parse_query("digital " * 5000 + "digital OR väg digital") == parse_query("digital OR väg digital")
    assert parse_query("-a -a b OR b") == parse_query("-a b")


def test_a_span_of_years_that_is_longer_than_any_archive() -> None:
    years = parse_query("year:0000-9999").years.wanted
    assert ("2024" in years, len(years)) == (True, 501)
    assert "2024" in parse_query("year:1400-2024").years.wanted


def test_words_of_the_title_are_marked_in_the_text_too(db: sqlite3.Connection) -> None:
    (hit,) = search(db, Filter(query="or"))
    assert hit.snippet.startswith("Villkor som \x02OR\x03,")


def test_facets_count_all_that_matches(db: sqlite3.Connection) -> None:
    assert facets(db, Filter(query="lufthavn OR vård OR samverkan")) == Facets(
        total=4,
        sites=(("s", 2), ("my-site", 1), ("other", 1)),
        years=(("2021", 1), ("2020", 2)),
        languages=(("sv", 2), ("da", 1), ("nb", 1)),
    )
    assert facets(db, Filter(query="lufthavn", since="2021")).total == 1
    assert facets(db, Filter()).total == 5
    assert facets(db, Filter(query="*")).total == 0
    assert facets(db, Filter(sites=("other",))).sites == (("other", 1),)


def test_sites_of_options_and_of_the_query_both_count(db: sqlite3.Connection) -> None:
    assert search(db, Filter(sites=("s",), query="site:other")) == []
    assert [hit.id[:2] for hit in search(db, Filter(sites=("s", "other"), query="site:other"))] == ["e5"]


def test_the_expression_is_quoted_throughout() -> None:
    text = "{title body authors keywords} : "
    assert expression(parse_query('a "b c" -d e* author:NEAR')) == (
        f'({text}("a") AND {text}("b c") AND {text}("e"*) AND {{authors}} : ("near")) NOT ({text}("d"))'
    )


def test_an_older_index_is_made_anew(demo_copy: Path) -> None:
    from archiver.store.database import open_database

    path = demo_copy / "archiver.db"
    with closing(open_database(path)) as db:
        [one] = db.execute("SELECT id FROM articles ORDER BY id LIMIT 1").fetchone()
        db.execute("UPDATE articles SET body = body || ' CO₂-avgiften' WHERE id = ?", (one,))
        db.execute("DELETE FROM _sqlite_migrations WHERE name = 'letters_alike'")
        db.execute("PRAGMA user_version = 17")
        db.commit()
    with closing(open_database(path)) as db:
        assert [hit.id for hit in search(db, Filter(query="co2 avgiften"))] == [one]
        db.execute("INSERT INTO articles_fts(articles_fts) VALUES ('integrity-check')")
