"""Finding spiders: the installed ones, and a user's own beside the archive."""

from __future__ import annotations

import sys
import warnings
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from archiver.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable

    from bs4 import BeautifulSoup
    from scrapy import Spider

PACKAGE = "spiders"


def spider_folders(home: Path, named: str | None) -> list[Path]:
    """Folders that may hold a user's own package ``spiders``: beside and in the archive home.

    Never the folder that one happens to stand in.
    """
    root = home.absolute()
    folders = [root.parent, root, *([Path(named).absolute().parent] if named else [])]
    return [folder for folder in dict.fromkeys(folders) if (folder / PACKAGE).is_dir()]


def find_spiders(home: Path, named: str | None = None) -> dict[str, type[Spider]]:
    """All spiders by name. Raises ConfigurationError for none, two of a name, or a broken one."""
    for folder in spider_folders(home, named):
        if str(folder) not in sys.path:
            sys.path.append(str(folder))
    from scrapy.utils.misc import walk_modules
    from scrapy.utils.spider import iter_spider_classes

    _see_all_folders()
    found: dict[str, type[Spider]] = {}
    names: Counter[str] = Counter()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            modules = list(walk_modules(PACKAGE))
    except Exception as error:
        raise ConfigurationError(
            f"spiders: {type(error).__name__}: {error}", hint="correct the module; -v shows where"
        ) from error
    for module in modules:
        for spider in iter_spider_classes(module):
            found[spider.name] = spider
            names[spider.name] += 1
    double = sorted(name for name, count in names.items() if count > 1)
    if double:
        raise ConfigurationError(f"spiders: two are called {double[0]!r}", hint="rename one of them")
    if not found:
        raise ConfigurationError("spiders: none was found", hint="archiver doctor shows where it looked")
    return found


def cleaning_function(spider: type[Spider]) -> Callable[[BeautifulSoup], None] | None:
    """What a spider of one's own takes out of its pages, or None where it says nothing of that."""
    from archiver.crawl.spider import SiteSpider

    if not issubclass(spider, SiteSpider) or spider.clean is SiteSpider.clean:
        return None
    return spider.clean


def _see_all_folders() -> None:
    """Let a package that is imported already see folders that joined the path since."""
    package = sys.modules.get(PACKAGE)
    if package is not None:
        from pkgutil import extend_path

        package.__path__ = extend_path(package.__path__, PACKAGE)
