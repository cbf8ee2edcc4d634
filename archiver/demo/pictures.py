"""The demo site's pictures: a handful of small SVG and PNG files, drawn from their names."""

from __future__ import annotations

import struct
import zlib
from hashlib import sha256

WIDTH, HEIGHT = 480, 270


def picture(name: str) -> tuple[str, bytes]:
    """The media type and the bytes of the picture of this name; the same bytes every time."""
    if name.endswith(".png"):
        return "image/png", _png(name)
    return "image/svg+xml", _svg(name)


def _bars(name: str) -> list[int]:
    """Twelve heights between 40 and 220, from the name."""
    return [40 + byte % 181 for byte in sha256(name.encode()).digest()[:12]]


def _svg(name: str) -> bytes:
    bars = "".join(
        f'<rect x="{12 + 39 * i}" y="{HEIGHT - 20 - h}" width="28" height="{h}" fill="#{c}"/>'
        for i, h in enumerate(_bars(name))
        for c in ["3a6b5c" if i % 3 else "b5532f"]
    )
    text = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}"><rect width="100%" height="100%" fill="#f3efe6"/>{bars}</svg>\n'
    )
    return text.encode()


def _png(name: str) -> bytes:
    """Hills in three greys on an indexed palette, one byte a pixel."""
    bars = _bars(name)
    heights = [
        bars[x // 44] + (bars[(x // 44 + 1) % 12] - bars[x // 44]) * (x % 44) // 44 for x in range(WIDTH)
    ]
    rows = bytearray()
    for y in range(HEIGHT):
        level = HEIGHT - y
        rows.append(0)
        rows += bytes((h > level) + (h // 2 > level) for h in heights)
    palette = bytes.fromhex("e8e4da 8fa79d 3a6b5c")
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 3, 0, 0, 0)
    parts = ((b"IHDR", header), (b"PLTE", palette), (b"IDAT", zlib.compress(bytes(rows), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
