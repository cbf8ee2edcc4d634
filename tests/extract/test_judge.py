"""The block judge and the text that only a script holds."""

from __future__ import annotations

import json
import time
from importlib.resources import files

import pytest

from archiver.extract import body
from archiver.extract.article import candidates_of, extract_article
from archiver.extract.candidates import KIND_CODES, NAMES
from archiver.extract.judge import compiled, judge
from archiver.model import Page
from tests.extract.pages import FIRST, SECOND, THIRD, document

URL = "https://www.fjallbro.example/nyheter/sa-gick-det/"
LINES = (FIRST, SECOND, THIRD, "Nu går arbetet vidare i tre kommuner, och resultaten kommer att följas upp.")
PROSE = [line + " " + line.replace("vi", "de") for line in LINES]


def extracted(html: str) -> tuple[str, str]:
    found = extract_article(Page(url=URL, body=html.encode()))
    return found.body or "", found.evidence["body"].method if "body" in found.evidence else ""


def model(**changed: object) -> dict[str, object]:
    tree = [NAMES.index("chars"), 3.0, -1.0, [NAMES.index("density"), 0.5, 2.0, -2.0]]
    return {"names": list(NAMES), "bias": 0.25, "stops": [[1, 9]], "trees": [tree, 0.5], **changed}


def row(**values: float) -> tuple[float, ...]:
    return tuple(values.get(name, 0.0) for name in NAMES)


def test_trees_are_summed_as_they_are_written() -> None:
    score = compiled(model())
    assert score(row(chars=2.0)) == pytest.approx(0.25 - 1 + 0.5)
    assert score(row(chars=4.0, density=0.1)) == pytest.approx(0.25 + 2 + 0.5)
    assert score(row(chars=4.0, density=0.9)) == pytest.approx(0.25 - 2 + 0.5)


def test_a_clear_score_needs_the_first_trees_only() -> None:
    assert compiled(model(stops=[[1, 1]]))(row(chars=4.0)) == pytest.approx(2.25)


def test_a_judge_of_other_features_is_refused() -> None:
    with pytest.raises(ValueError, match="other features"):
        compiled(model(names=["chars"]))


def test_what_is_no_number_never_becomes_code() -> None:
    with pytest.raises(ValueError):
        compiled(model(trees=[[0, "__import__('os')", 1, 2]]))


def test_the_shipped_judge_is_small_and_fits_its_features() -> None:
    source = files("archiver.extract").joinpath("judge.json").read_text("utf-8")
    assert len(source) < 60_000
    assert len(json.loads(source)["trees"]) <= 200
    assert judge()(row()) != 0


def test_rows_name_every_feature() -> None:
    items = "".join(f"<li>Punkt nummer {number} i listan</li>" for number in range(5))
    body = "<h1>En rubrik</h1>" + "".join(f"<p>{line}</p>" for line in PROSE) + f"<ul>{items}</ul>"
    found = candidates_of(Page(url=URL, body=document(body).encode()))
    assert [len(numbers) for _, numbers in found] == [len(NAMES)] * len(found)
    assert "Punkt nummer 3 i listan" in {block.text for block, _ in found}


def test_long_lines_amid_prose_of_their_make_need_no_row() -> None:
    lines = [f"{line} ({number})." for number, line in enumerate(PROSE * 4)]
    body = "<h1>En rubrik</h1><div>" + "".join(f"<p>{line}</p>" for line in lines) + "</div>"
    asked = {block.text for block, _ in candidates_of(Page(url=URL, body=document(body).encode()))}
    assert lines[3] not in asked
    assert lines[-1] in asked
    assert lines[3] in extracted(document(body))[0]


def test_text_that_only_a_script_holds_is_read() -> None:
    paragraphs = [{"type": "paragraph", "content": [{"type": "text", "value": line}]} for line in PROSE]
    data = json.dumps({"props": {"pad": "x" * 2000, "body": {"content": paragraphs}}})
    html = document(f"<h1>En rubrik</h1><p>{PROSE[0]}</p><script type='application/json'>{data}</script>")
    assert extracted(html) == ("\n\n".join(PROSE), "script")


def test_text_of_another_article_in_a_script_is_left_there() -> None:
    other = [line.replace("Kommunen", "Regionen")[::-1] + "." for line in PROSE]
    data = json.dumps({"pad": "x" * 2000, "more": [{"text": line} for line in other]})
    html = document(f"<h1>En rubrik</h1><p>{PROSE[0]}</p><script type='application/json'>{data}</script>")
    assert extracted(html) == (PROSE[0], "container")


def test_hidden_paragraphs_that_go_on_with_a_shown_text_are_text() -> None:
    rest = "".join(f'<div class="bara" style="display:none"><p>{line}</p></div>' for line in PROSE[1:] * 2)
    found, _ = extracted(document(f"<h1>En rubrik</h1><div><p>{PROSE[0]}</p>{rest}</div>"))
    assert PROSE[0] in found
    assert PROSE[3] in found


def test_a_heading_amid_text_stays_whatever_the_judge_says(monkeypatch: pytest.MonkeyPatch) -> None:
    kind = NAMES.index("kind")
    monkeypatch.setattr(
        body, "judge", lambda: lambda row: -1.0 if row[kind] == KIND_CODES["heading"] else 1.0
    )
    first, second, *rest = (f"<p>{line}</p>" for line in PROSE)
    link = '<h3><a href="/nyheter/annat/">Hösten fylls av kurser</a></h3>'
    box = f"<div><h3>Fler av våra rapporter</h3></div>{''.join(rest)}"
    text = f"<h1>En rubrik</h1><div>{first}<h2>Våra slutsatser</h2>{second}{link}{box}</div>"
    assert extracted(document(text))[0].split("\n\n") == [PROSE[0], "Våra slutsatser", *PROSE[1:]]


@pytest.mark.parametrize(
    "script",
    [
        'push([1,"a"])' + '"' + '\\"' * 400_000,
        "<" * 600_000,
        "<p " * 200_000,
        "[" * 300_000,
        '{"a":' * 100_000,
    ],
)
def test_hostile_scripts_take_no_time(script: str) -> None:
    start = time.process_time()
    extract_article(Page(url=URL, body=document(f"<h1>En rubrik</h1><script>{script}</script>").encode()))
    assert time.process_time() - start < 1.5
