"""Learning the chrome model of a site: a pure function of its pages in their order."""

from __future__ import annotations

import sqlite3

from archiver.derive.captures import DistinctPages, SiteCaptures
from archiver.derive.pages import PageReader
from archiver.extract.chrome import ChromeModel
from archiver.extract.learner import ChromeLearner
from archiver.site import Site
from archiver.store.captures import mentions_of
from archiver.store.chrome import StoredModel, newest_model, save_model
from archiver.store.database import transaction


def learn(
    db: sqlite3.Connection, site: Site, captures: SiteCaptures, reader: PageReader, *, anew: bool, keep: bool
) -> tuple[ChromeModel, int]:
    """The model of all pages so far, and how many they are.

    Only what has come since the stored model is learned, unless ``anew``. ``keep`` stores
    what was learned.
    """
    pages = captures.distinct_pages()
    model, done = (ChromeModel.empty(), 0) if anew else _stored(db, site, pages)
    if done < len(pages):
        learner = ChromeLearner(model)
        for page in reader.pages(pages.after(done)):
            learner.add(page, mentions=mentions_of(db, site.name, page.url), site=site)
        model = learner.model()
        if keep:
            _keep(db, site, model, pages)
    return model, len(pages)


def _stored(db: sqlite3.Connection, site: Site, pages: DistinctPages) -> tuple[ChromeModel, int]:
    """The stored model, where it learned from the first of these pages; else an empty one."""
    stored = newest_model(db, site.name)
    if stored is None or not 0 < stored.learned_from <= len(pages):
        return ChromeModel.empty(), 0
    if pages[stored.learned_from - 1].warc_record_id != stored.last_capture:
        return ChromeModel.empty(), 0
    model = ChromeModel.from_json(stored.model)
    return (model, stored.learned_from) if model.pages else (model, 0)  # 0: of an older version


def _keep(db: sqlite3.Connection, site: Site, model: ChromeModel, pages: DistinctPages) -> None:
    with transaction(db):
        save_model(
            db,
            site.name,
            StoredModel(
                digest=model.digest,
                learned_from=len(pages),
                last_capture=pages[-1].warc_record_id,
                model=model.to_json(),
            ),
        )
