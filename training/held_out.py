"""What the body is worth on sites never seen: every page judged by trees that saw no page of its site.

    python -m training.held_out FOLDER                      # the figures
    python -m training.held_out FOLDER --output pred.jsonl  # and the bodies, to look at the worst

FOLDER is that of ``training.train_judge`` and holds ``score.py`` too, which is run on all pages and
again without doubtful labels. Titles and dates are in its figures as well; nothing of them is learned.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from archiver.extract import body
from archiver.extract.article import extract_article
from archiver.extract.judge import compiled
from training.train_judge import FOLDS, as_numbers, fold_of, labelled, read_lines, trained

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from archiver.extract.candidates import Row


def judges(folder: Path) -> list[Callable[[Row], float]]:
    """For each fold of the sites the judge that was trained without it."""
    lines = read_lines(folder)
    return [compiled(as_numbers(trained(lines, lines.folds != fold))) for fold in range(FOLDS)]


def predictions(folder: Path) -> Iterator[dict[str, Any]]:
    """What is extracted from each page with the judge of its fold."""
    scores = judges(folder)
    for label, page in labelled(folder):
        with patch.object(body, "judge", partial(scores.__getitem__, fold_of(label))):
            found = extract_article(page)
        day = (found.date_published or "")[:10]
        yield {"id": label["id"], "title": found.title, "body": found.body, "date": day}


def main() -> int:
    """Writes the predictions and has them scored."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--output", type=Path, help="keep the predictions here")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        output = given.output or Path(place) / "pred.jsonl"
        with output.open("w", encoding="utf-8") as file:
            for found in predictions(given.folder):
                file.write(json.dumps(found, ensure_ascii=False) + "\n")
        score = [sys.executable, str(given.folder / "score.py"), str(output)]
        score += ["--pages", str(given.folder / "pages.jsonl")]
        for more in ([], ["--clean"]):
            print(f"\n{' '.join(more) or 'all pages'}", flush=True)
            subprocess.run([*score, *more], check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
