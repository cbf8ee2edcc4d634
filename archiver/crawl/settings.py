"""Scrapy's settings for every crawl: polite, exact, and with the frontier in SQLite.

``scrapy.cfg`` names this module, so ``scrapy crawl news -a site=NAME`` in a checkout runs
just what ``archiver crawl`` runs anywhere.
"""

from __future__ import annotations

import os

from archiver import __version__

BOT_NAME = "nyhetsarkiv"
SPIDER_MODULES = ["spiders"]
NEWSPIDER_MODULE = "spiders"

# After `scrapy crawl` the articles are derived at once; ``archiver crawl`` does it for all sites.
ARCHIVER_DERIVE = True
# Where the archive lies; ``archiver`` sets it from its own configuration.
ARCHIVER_DATA_DIR = os.environ.get("ARCHIVER_DATA_DIR", "data")


def user_agent(contact: str | None) -> str:
    """The User-Agent header: what we are, and whom to ask about it, or that nobody is named."""
    about = f"contact: {contact}" if contact else "contact not configured"
    return f"nyhetsarkiv/{__version__} (news archive; {about})"


USER_AGENT = user_agent(os.environ.get("ARCHIVER_CONTACT"))
# The product token that a robots.txt names (RFC 9309, section 2.2.1).
ROBOTSTXT_USER_AGENT = "nyhetsarkiv"

ROBOTSTXT_OBEY = True
# One in all, as a crawler has one site: a second one that waits its turn would know nothing
# of a Retry-After or a Crawl-delay that the answer before it brings.
CONCURRENT_REQUESTS = 1
CONCURRENT_REQUESTS_PER_DOMAIN = 1
# A hundred asyncio tasks a response are the default; there is one item a page here.
CONCURRENT_ITEMS = 2
DOWNLOAD_DELAY = 1.0
# A delay that a site asks for is a lower bound, so it never varies downwards.
DOWNLOAD_DELAY_JITTER = 0.0
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = 1.0
AUTOTHROTTLE_MAX_DELAY = 60.0
DOWNLOAD_TIMEOUT = 60
DOWNLOAD_MAXSIZE = 20_000_000
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_FAIL_ON_DATALOSS = True

TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
# Redirects are links that the frontier follows: a crash between two hops loses none.
REDIRECT_ENABLED = False
METAREFRESH_ENABLED = False
REFERER_ENABLED = False
COOKIES_ENABLED = True
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"
SCHEDULER = "archiver.crawl.scheduler.FrontierScheduler"
DOWNLOAD_HANDLERS = {
    "http": "archiver.crawl.wire.ExactHTTPHandler",
    "https": "archiver.crawl.wire.ExactHTTPHandler",
    "data": None,
    "file": None,
    "ftp": None,
    "s3": None,
}
DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    # What an archive stores of a night is what a server said that night.
    "scrapy.downloadermiddlewares.httpcache.HttpCacheMiddleware": None,
    # It would take the proxy of the environment.
    "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": None,
    "archiver.crawl.robots.RobotsMiddleware": 100,
    "archiver.crawl.retry.PatientRetryMiddleware": 550,
    "archiver.crawl.decoding.DecodingMiddleware": 590,
    "archiver.crawl.proxy.ProxyMiddleware": 750,
}
SPIDER_MIDDLEWARES = {
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
    "scrapy.spidermiddlewares.referer.RefererMiddleware": None,
}
# Scrapy imports what stands here even where a setting turns it off; without its consoles for
# remote control it starts in four fifths of the time, 10 MB smaller.
EXTENSIONS_BASE = {
    "scrapy.extensions.corestats.CoreStats": 0,
    "scrapy.extensions.logcount.LogCount": 0,
    "scrapy.extensions.memusage.MemoryUsage": 0,
    "scrapy.extensions.closespider.CloseSpider": 0,
    "scrapy.extensions.feedexport.FeedExporter": 0,
    "scrapy.extensions.logstats.LogStats": 0,
    "scrapy.extensions.throttle.AutoThrottle": 0,
}
EXTENSIONS = {"archiver.crawl.extension.ArchiveExtension": 0}
ITEM_PIPELINES = {"archiver.crawl.pipeline.ArchivePipeline": 100}

RETRY_TIMES = 3
# Seconds before the first retry; it doubles with each.
RETRY_DELAY = 1.0
# Where a site asks for more patience than this, its crawl ends; the next one goes on.
RETRY_AFTER_MAX = 120.0

LOG_LEVEL = "INFO"
