from __future__ import annotations

from functools import cache

import pytest

from archiver.model import PageKind
from tests.extract.add_fixture import main
from tests.extract.fixture import (
    FIXTURES,
    OF_AN_ARTICLE,
    OF_EVERY_PAGE,
    Fixture,
    fields,
    fixtures,
    page_files,
    read_fixture,
)

ALL = {fixture.name: fixture for fixture in fixtures()}


@cache
def found(name):
    return ALL[name].extract()


def cases():
    for name, fixture in ALL.items():
        for field in fixture.expected:
            why = fixture.known_differences.get(field)
            marks = [pytest.mark.xfail(reason=why, strict=True)] if why else []
            yield pytest.param(name, field, id=f"{name}-{field}", marks=marks)


@pytest.mark.parametrize(("name", "field"), list(cases()))
def test_the_page_says(name, field):
    said = fields(found(name)).get(field, "not asked: the page is taken for no article")
    assert said == ALL[name].expected[field]


@pytest.mark.parametrize("fixture", list(ALL.values()), ids=list(ALL))
def test_a_fixture_is_complete(fixture: Fixture):
    wanted = {*OF_EVERY_PAGE}
    if fixture.expected["kind"] == PageKind.ARTICLE.value:
        wanted |= {*OF_AN_ARTICLE}
    assert set(fixture.expected) == wanted
    assert fixture.expected["kind"] in {kind.value for kind in PageKind}
    assert set(fixture.known_differences) <= wanted
    assert all(fixture.known_differences.values())
    assert fixture.valid_until is None or fixture.captured <= fixture.valid_until
    if day := fixture.expected.get("date_published"):
        assert day[:10] <= fixture.captured.isoformat()


def test_every_fixture_is_there_once():
    files = [file for folder in FIXTURES.iterdir() for file in page_files(folder)]
    assert len({file.read_bytes() for file in files}) == len(files)
    assert len({fixture.url for fixture in ALL.values()}) == len(ALL)
    whole = {file.with_suffix("") for file in files}
    assert {file.with_suffix("") for file in FIXTURES.glob("*/*.json")} == whole
    assert len(list(FIXTURES.iterdir())) >= 12


def test_adding_one_writes_what_the_extractor_says_today(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("tests.extract.add_fixture.FIXTURES", tmp_path / "fixtures")
    page = FIXTURES / "hugo" / "hiljainen-tieto.html"
    words = ["hugo", str(page), "--url", ALL["hugo/hiljainen-tieto"].url, "--captured", "2025-02-01"]
    assert main(words) == 0
    added = read_fixture(tmp_path / "fixtures" / "hugo" / page.name)
    assert added.expected == fields(found("hugo/hiljainen-tieto"))
    assert added.page.body == page.read_bytes()
    shown = capsys.readouterr().out
    assert shown == added.file.with_suffix(".json").read_text("utf-8")
    assert main(words) == 2, "one that is there is not overwritten"


def test_adding_one_with_the_site_s_other_pages(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("tests.extract.add_fixture.FIXTURES", tmp_path / "fixtures")
    one = ALL["table-columns/fyra-fragor"]
    beside = one.file.parent / str(one.learn_with)
    assert main(["copy", str(one.file), "--url", one.url, "--learn-with", str(beside)]) == 0
    added = read_fixture(tmp_path / "fixtures" / "copy" / one.file.name)
    assert added.expected["stripped"]
    assert "stripped" in capsys.readouterr().out
