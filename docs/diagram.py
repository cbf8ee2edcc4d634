"""Draws docs/database.svg: the tables and views of the database, and what refers to what.

``python docs/reference.py`` writes it.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from archiver.store.described import Column, Described, described

# Where each table stands: a column of the picture a line of groups, from left to right.
PLACES: tuple[tuple[tuple[str, tuple[str, ...]], ...], ...] = (
    (("sites and nights", ("sites", "crawls", "coverage", "nights", "findings", "suppressions")),),
    (
        ("captures", ("captures", "links", "frontier", "chrome_models")),
        ("views of nights", ("articles_by_night", "site_health")),
    ),
    (
        ("articles", ("articles", "near_duplicates", "descriptions")),
        ("views of months", ("coverage_by_month", "articles_by_month", "latest_by_site")),
    ),
    (
        ("what hangs on an article", ("article_versions", "article_states", "evidence", "article_authors",
            "article_keywords", "article_aliases", "chrome_blocks")),
    ),
    (("views of articles", ("changes", "gone", "duplicates", "languages", "article_files")),),
)  # fmt: skip
GROUPS = {group: names for place in PLACES for group, names in place}
LEGEND = "bold: primary key · arrow and line: refers to · dashed: a view · database.md has all columns"
LEFT_OUT = frozenset(["simhash_bands", "search_rows", "searchable", "vocabulary"])
"""Tables that only the software reads, as all indexes of full text."""
SHOWN = {"articles": 22, "captures": 14, "sites": 7, "coverage": 8, "nights": 8}
"""How many columns of a table are drawn; of any other ten at most."""
COLOURS = {
    "sites and nights": ("#fdf3e1", "#a96f12"), "captures": ("#e6f0fa", "#1f5f9e"),
    "articles": ("#e5f3e8", "#24713b"), "what hangs on an article": ("#eef6f0", "#4d8a60"),
    **dict.fromkeys(("views of nights", "views of months", "views of articles"), ("#f4f1f8", "#6d5a92")),
}  # fmt: skip
WIDE, GAP, ROW, LINE, HEAD, TOP, APART = 232, 60, 17, 13, 24, 78, 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Box:
    """A table as it is drawn: where, the lines of its meaning, and the columns that are shown."""

    table: Described
    group: str
    place: int
    y: int
    about: Sequence[str]
    columns: Sequence[Column]

    @property
    def x(self) -> int:
        """The left side."""
        return GAP // 2 + self.place * (WIDE + GAP)

    @property
    def more(self) -> int:
        """How many columns are not shown."""
        return len(self.table.columns) - len(self.columns)

    @property
    def rows_at(self) -> int:
        """Where the columns begin."""
        return self.y + HEAD + LINE * len(self.about) + 7

    @property
    def height(self) -> int:
        """From the head to behind the last row."""
        return self.rows_at - self.y + ROW * (len(self.columns) + (self.more > 0)) + 6

    def middle_of(self, number: int) -> int:
        """Where a line meets the row of this number."""
        return self.rows_at + ROW * number + ROW // 2


def boxes() -> list[Box]:
    """All tables and views, where they stand."""
    tables = {table.name: table for table in described()}
    made = []
    for place, groups in enumerate(PLACES):
        y = TOP
        for group, names in groups:
            for name in names:
                box = _box(tables[name], group, place, y)
                made.append(box)
                y += box.height + APART
            y += 2 * APART  # the name of the next group
    return made


def _box(table: Described, group: str, place: int, y: int) -> Box:
    about = textwrap.wrap(table.about.partition(":")[0].rstrip(".") + ".", 37)
    shown = SHOWN.get(table.name, 10)
    wanted = [column for column in table.columns if column.is_key or column.refers_to]
    others = [column for column in table.columns if column not in wanted][: max(0, shown - len(wanted))]
    columns = [column for column in table.columns if column in wanted or column in others]
    if len(table.columns) - len(columns) == 1:  # the row that says so would take as much
        columns = list(table.columns)
    return Box(table=table, group=group, place=place, y=y, about=about, columns=columns)


def svg() -> str:
    """The picture as SVG, the same for the same schema."""
    drawn = boxes()
    width = len(PLACES) * (WIDE + GAP)
    height = max(box.y + box.height for box in drawn) + 24
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" font-family="system-ui, sans-serif" font-size="11.5" role="img">',
        "<title>The tables and views of archiver.db, and what refers to what</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        f'<text x="{GAP // 2}" y="28" font-size="17" font-weight="600" fill="#1d1d1d">archiver.db</text>',
        f'<text x="{GAP // 2 + 118}" y="28" fill="#6b6b6b">{LEGEND}</text>',
        *_groups(drawn),
        *(_box_svg(box) for box in drawn),
        *_lines(drawn),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _groups(drawn: Sequence[Box]) -> Iterator[str]:
    """The name of each group, above its first table."""
    for group, names in GROUPS.items():
        first = next(box for box in drawn if box.table.name == names[0])
        yield (
            f'<text x="{first.x}" y="{first.y - 12}" font-size="13" font-weight="600" '
            f'fill="{COLOURS[group][1]}">{group}</text>'
        )


def _box_svg(box: Box) -> str:
    fill, ink = COLOURS[box.group]
    dashes = ' stroke-dasharray="4 3"' if box.table.is_view else ""
    parts = [
        f'<rect x="{box.x}" y="{box.y}" width="{WIDE}" height="{box.height}" rx="5" fill="#ffffff" '
        f'stroke="{ink}"{dashes}/>',
        f'<rect x="{box.x + 1}" y="{box.y + 1}" width="{WIDE - 2}" height="{box.rows_at - box.y - 3}" rx="4" '
        f'fill="{fill}"/>',
        f'<text x="{box.x + 10}" y="{box.y + 17}" font-size="13" font-weight="600" fill="{ink}">'
        f"{box.table.name}</text>",
    ]
    for number, line in enumerate(box.about):
        y = box.y + HEAD + 8 + LINE * number
        parts.append(f'<text x="{box.x + 10}" y="{y}" font-size="10.5" fill="#555555">{escape(line)}</text>')
    parts += [_row(box, number, column) for number, column in enumerate(box.columns)]
    if box.more:
        y = box.middle_of(len(box.columns)) + 4
        parts.append(f'<text x="{box.x + 10}" y="{y}" fill="#8a8a8a">… {box.more} more</text>')
    return "\n".join(parts)


def _row(box: Box, number: int, column: Column) -> str:
    y = box.middle_of(number) + 4
    weight = ' font-weight="700"' if column.is_key else ""
    text = f'<text x="{box.x + 10}" y="{y}" fill="#1d1d1d"{weight}>{column.name}</text>'
    said = f"→ {column.refers_to}" if column.refers_to else column.type
    ink = _ink(column.refers_to) if column.refers_to else "#9a9a9a"
    return (
        f'{text}<text x="{box.x + WIDE - 10}" y="{y}" font-size="10.5" text-anchor="end" fill="{ink}">'
        f"{said}</text>"
    )


def _ink(name: str | None) -> str:
    return next((COLOURS[group][1] for group, names in GROUPS.items() if name in names), "#555555")


def _lines(drawn: Sequence[Box]) -> Iterator[str]:
    """A curve for each reference between neighbours; what lies further apart is named in its row alone."""
    by_name = {box.table.name: box for box in drawn}
    for box in drawn:
        for number, column in enumerate(box.columns):
            target = by_name.get(column.refers_to or "")
            if target is None or box.table.is_view or abs(box.place - target.place) > 1 or box is target:
                continue
            yield _curve(box, number, target)


def _curve(box: Box, number: int, target: Box) -> str:
    """From the side of a row to the head of the table that it refers to, with a dot at the end."""
    y, goal = box.middle_of(number), target.y + HEAD // 2 + 1
    right = target.place > box.place
    start, end = (box.x + WIDE, target.x) if right else (box.x, target.x + WIDE)
    bend = GAP * 0.55
    if target.place == box.place:
        end = target.x
        path = f"M{start} {y} C{start - bend} {y} {end - bend} {goal} {end} {goal}"
    else:
        sign = 1 if right else -1
        path = f"M{start} {y} C{start + sign * bend} {y} {end - sign * bend} {goal} {end} {goal}"
    ink = _ink(target.table.name)
    return (
        f'<path d="{path}" fill="none" stroke="{ink}" stroke-width="1.2" stroke-opacity="0.65"/>'
        f'<circle cx="{end}" cy="{goal}" r="3" fill="{ink}"/>'
    )
