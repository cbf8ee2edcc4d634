"""The Scrapy spiders. A user's own ``spiders/`` beside an archive joins this package."""

from pkgutil import extend_path

__path__ = extend_path(__path__, __name__)
