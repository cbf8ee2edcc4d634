"""A small real news site, bundled and served on loopback: what ``archiver demo`` archives.

``DemoServer`` serves it; ``articles()`` says what its articles are, to compare with.
"""

from archiver.demo.content import DemoArticle, articles, drafts
from archiver.demo.server import DemoServer

__all__ = ["DemoArticle", "DemoServer", "articles", "drafts"]
