"""A large CSV file as blocks of whole lines, and whether two readers could read one differently.

They could not where lines end in one way, none is blank but for its end, and quotes stand only
around whole values and hold no quote and no line.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from reportgen.core.dataclass import dataclass

if TYPE_CHECKING:
    import numpy as np

STEP = 2_000_000
"""Bytes of a block."""
LONGEST = 100_000
"""Bytes of a line; the careful reader refuses a value of more than 131,072."""
MARK = b"\xef\xbb\xbf"
"""What may stand before the header of a file in UTF-8."""


@dataclass(frozen=True)
class Sheet:
    """A file with its separator and header. `marks` are the texts that mean a missing number,
    `name` is what its author calls it, `bound` how many bytes it may hold once expanded.
    """

    path: Path
    name: str
    separator: str
    header: tuple[str, ...]
    marks: frozenset[str]
    bound: int


class OddError(Exception):
    """The file is not for the quick reader."""


def blocks(sheet: Sheet) -> Iterator[bytes]:
    """The lines below the header, many at a time. OddError for a file that cannot be expanded, or
    further than it may.
    """
    rest, size, first = b"", 0, True
    with _opened(sheet.path) as file:
        while chunk := _read(file):
            size += len(chunk)
            data = rest + chunk
            cut = data.rfind(b"\n") + 1
            block, rest = data[:cut], data[cut:]
            if size > sheet.bound or len(rest) > LONGEST:
                raise OddError
            if first and block:
                block, first = block[block.find(b"\n") + 1 :], False
            if block:
                yield block
    if rest and not first:
        yield rest


def examined(sheet: Sheet) -> Iterator[bytes]:
    """The same. OddError where two readers could read a block differently."""
    for block in blocks(sheet):
        _check(block, sheet)
        yield block


def _opened(path: Path) -> BinaryIO:
    zipped = path.suffix.lower() == ".gz"
    return cast("BinaryIO", gzip.open(path, "rb")) if zipped else path.open("rb")


def _read(file: BinaryIO) -> bytes:
    try:
        return file.read(STEP)
    except (OSError, EOFError, zlib.error) as error:
        raise OddError from error


def _check(lines: bytes, sheet: Sheet) -> None:
    try:
        lines.isascii() or lines.decode("utf-8")
    except UnicodeDecodeError as error:
        raise OddError from error
    if b"\0" in lines or lines.startswith(MARK) or _too_long(lines):
        raise OddError
    if b"\r" in lines and lines.count(b"\r") != lines.count(b"\r\n") + lines.endswith(b"\r"):
        raise OddError
    if b'"' in lines:
        _check_quotes(lines, ord(sheet.separator))


def _too_long(lines: bytes) -> bool:
    """Whether a line is longer than any should be: from the last end within reach to the next."""
    end = -1
    while len(lines) - end > LONGEST:
        last, end = end, lines.rfind(b"\n", end + 1, end + 1 + LONGEST)
        if end <= last:
            return True
    return False


def _check_quotes(lines: bytes, separator: int) -> None:
    """OddError but for quotes around whole values that hold no quote and no end of a line."""
    import numpy as np

    data = np.frombuffer(lines, dtype=np.uint8)
    quotes, ends = (np.flatnonzero(data == ord(sign)) for sign in '"\n')
    if len(quotes) % 2:
        raise OddError
    opening, closing = quotes[::2], quotes[1::2]
    around = np.concatenate([[ord("\n")], data, [ord("\n")]])
    if not _among(around[opening], b"\n", separator):
        raise OddError
    if not _among(around[closing + 2], b"\r\n", separator):
        raise OddError
    if (np.searchsorted(ends, opening) != np.searchsorted(ends, closing)).any():
        raise OddError


def _among(signs: np.ndarray, ends: bytes, separator: int) -> bool:
    import numpy as np

    return bool(np.isin(signs, [separator, *ends]).all())
