"""Stored values as a short string: float64, compressed, with a checksum.

    lr1:COUNT:CRC32:BASE64 of the zlib-compressed, byte-transposed, little-endian float64 values

Transposed (all first bytes, then all second bytes, …) because the high bytes of neighbours are
mostly alike, which is what the compressor finds.
"""

from __future__ import annotations

import base64
import binascii
import sys
import zlib
from array import array

MOST_VALUES = 10_000_000
_FORMAT = "lr1"


def pack(values: array[float]) -> str:
    """`values` as one string that `unpack` gives back bit by bit."""
    raw = _little_endian(values).tobytes()
    columns = b"".join(raw[i::8] for i in range(8))
    text = base64.b64encode(zlib.compress(columns, 9)).decode()
    return f"{_FORMAT}:{len(values)}:{zlib.crc32(raw):08x}:{text}"


def unpack(text: str) -> array[float]:
    """The values that `pack` was given.

    Raises:
        ValueError: Another version's format, a damaged string, or too many values.
    """
    version, _, rest = text.partition(":")
    count_text, _, rest = rest.partition(":")
    crc_text, _, body = rest.partition(":")
    if version != _FORMAT:
        raise ValueError(
            f"table: packed values must be of format {_FORMAT}, got {version[:20]!r}. "
            "A newer lrkit may have written them."
        )
    if not (count_text.isascii() and count_text.isdigit()) or len(count_text) > 9:
        raise ValueError("table: the packed values have no count; the string is damaged.")
    count = int(count_text)
    if not 1 <= count <= MOST_VALUES:
        raise ValueError(f"table: 1 to {MOST_VALUES:,} values can be packed, got {count:,}.")
    raw = _inflate(body, 8 * count)
    if raw is None or f"{zlib.crc32(raw):08x}" != crc_text:
        raise ValueError("table: the packed values are damaged: their checksum does not match.")
    values = array("d")
    values.frombytes(raw)
    return _little_endian(values)


def _inflate(body: str, size: int) -> bytes | None:
    """The packed bytes in their own order, or None where they are not `size` bytes."""
    try:
        inflater = zlib.decompressobj()
        columns = inflater.decompress(base64.b64decode(body, validate=True), size + 1)
    except (binascii.Error, ValueError, zlib.error):
        return None
    if len(columns) != size or not inflater.eof:
        return None
    raw = bytearray(size)
    for i in range(8):
        raw[i::8] = columns[i * size // 8 : (i + 1) * size // 8]
    return bytes(raw)


def _little_endian(values: array[float]) -> array[float]:
    if sys.byteorder == "big":
        values = values[:]
        values.byteswap()
    return values
