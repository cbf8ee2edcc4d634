"""An import of 100,000 records: in the memory of a small machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from archiver.home import Home
from tests.imports.archive import BASE, findings, new_home, select
from tests.imports.foreign import Got, common_crawl, packed
from tests.memory import measured, measured_code

pytestmark = [pytest.mark.soak, pytest.mark.timeout(900)]

EXCHANGES = 33_333
LIMIT = 200 * 1024  # kB
OURS = 50  # of so many captures one is of our site


def big_file(path: Path, exchanges: int = EXCHANGES) -> None:
    """A file of the news sets: a warcinfo, and of each page request, response and metadata."""
    with path.open("wb") as file:
        for first in range(0, exchanges, 100):
            pages = []
            for n in range(first, min(first + 100, exchanges)):
                base = BASE if n % OURS == 0 else f"https://www.host-{n % 700}.example"
                text = "".join(
                    f"<p>Stycke {k} om kommun {n}, som {n * 7 + k} personer har skrivit om i år.</p>"
                    for k in range(9)
                )
                head = f"<html><head><title>Rubrik {n}</title></head><body><main><h1>Rubrik {n}</h1>"
                body = (
                    f"{head}<time datetime='2021-01-0{n % 9 + 1}'></time>{text}</main></body></html>".encode()
                )
                pages.append(
                    Got(
                        f"{base}/nyheter/{n}",
                        body,
                        f"2021-03-04T{n // 3600:02}:{n // 60 % 60:02}:{n % 60:02}Z",
                    )
                )
            records = common_crawl(pages)
            file.write(packed(records if first == 0 else records[1:]))


@pytest.mark.parametrize("layout", ["copied", "in place"])
def test_a_hundred_thousand_records(tmp_path: Path, layout: str) -> None:
    home, path = new_home(tmp_path / "data"), tmp_path / "big.warc.gz"
    big_file(path)
    words = ["import", str(path), *(["--in-place"] if layout == "in place" else [])]
    ended = measured(home.root, "-q", *words)
    assert ended.code == 0, ended.said
    assert ended.most < LIMIT
    assert select(home, "SELECT count(*) FROM captures") == [EXCHANGES // OURS + 1]
    assert select(home, "SELECT count(*) FROM articles") == [EXCHANGES // OURS + 1]
    assert findings(home) == []


def rows_of_one_site(home: Home, path: Path, exchanges: int) -> int:
    """Imports such a file into one site up to its rows; the most memory that it took, in kB."""
    big_file(path, exchanges)
    code = (
        "import sys\nfrom contextlib import closing\nfrom pathlib import Path\n"
        "from archiver.home import Home\nfrom archiver.imports.run import ImportOptions, ImportRun\n"
        "from archiver.instants import new_crawl_id, now\nfrom archiver.store.database import open_database\n"
        "home = Home(Path(sys.argv[1]))\nsite = home.site('n')\n"
        "with closing(open_database(home.database)) as db:\n"
        "    run = ImportRun(home, db, [site], ImportOptions(crawl=new_crawl_id(), only=site), clock=now)\n"
        "    run.take(Path(sys.argv[2]))\n    run.end()\n"
    )
    ended = measured_code(code, str(home.root), str(path))
    assert ended.code == 0, ended.said
    assert select(home, "SELECT count(*) FROM captures") == [exchanges]
    return ended.most


def test_all_of_them_of_one_site_up_to_their_rows(tmp_path: Path) -> None:
    home = new_home(tmp_path / "data")
    assert rows_of_one_site(home, tmp_path / "big.warc.gz", EXCHANGES) < LIMIT
