from __future__ import annotations

import pytest

from archiver.extract.words import Mark, marks_of


@pytest.mark.parametrize(
    ("names", "mark"),
    [
        ("lista-commenti", Mark.COMMENT), ("bloque-comentarios", Mark.COMMENT), ("reacties", Mark.COMMENT),
        ("zone-commentaires", Mark.COMMENT), ("kommentit", Mark.COMMENT), ("ummaeli", Mark.COMMENT),
        ("box-condividi", Mark.SHARE), ("compartir-nota", Mark.SHARE), ("partage", Mark.SHARE),
        ("delen-knoppen", Mark.SHARE), ("jaa-napit", Mark.SHARE), ("deila", Mark.SHARE),
        ("articoli-correlati", Mark.RELATED), ("notas-relacionadas", Mark.RELATED),
        ("lees-ook", Mark.RELATED), ("lire-aussi", Mark.RELATED), ("lue-myos", Mark.RELATED),
        ("leggi-anche", Mark.RELATED), ("tengdar-frettir", Mark.RELATED),
        ("nome-autore", Mark.BYLINE), ("kirjoittaja", Mark.BYLINE), ("hofundur", Mark.BYLINE),
    ],
)  # fmt: skip
def test_class_names_of_other_languages(names: str, mark: int) -> None:
    assert marks_of(names) & mark
