"""Crawls news sites, keeps exactly what the servers sent, and gives clean articles.

For programs there is ``Archive``; what it gives can be imported from here, too, when it is first asked for.
"""

from typing import TYPE_CHECKING

__version__ = "0.1.0"
__all__ = [
    "Archive", "ArchivedSite", "ArchiverError", "Article", "ArticleState", "Capture", "Coverage", "Facets",
    "Hit", "Page", "Version",
]  # fmt: skip

if TYPE_CHECKING:
    from archiver.archive import Archive
    from archiver.errors import ArchiverError
    from archiver.model import Article, ArticleState, Capture, Page, Version
    from archiver.store.observed import ArchivedSite, Coverage
    from archiver.store.search import Facets, Hit
else:
    _PLACES = {
        "archiver.archive": ("Archive",),
        "archiver.errors": ("ArchiverError",),
        "archiver.model": ("Article", "ArticleState", "Capture", "Page", "Version"),
        "archiver.store.observed": ("ArchivedSite", "Coverage"),
        "archiver.store.search": ("Facets", "Hit"),
    }

    def __getattr__(name):
        import importlib

        for module, names in _PLACES.items():
            if name in names:
                return getattr(importlib.import_module(module), name)
        raise AttributeError(f"module 'archiver' has no attribute {name!r}")

    def __dir__():
        return sorted({*globals(), *__all__})
