"""A column of a large CSV file, typed a block at a time as the careful reader types it whole.

Each block is kept as the numbers or texts that it seems to hold. What tells the type of the column
is gathered over all rows; where it comes out otherwise than a block was kept, the column must be
read again, with its type known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from reportgen.core.dataclass import dataclass

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

SURE = 18
"""Digits of whole numbers that every reader takes alike."""
EXACT = 2**53
"""Below it whole numbers are floats without loss."""
WHITE = "".join(chr(code) for code in range(0x3001) if chr(code).isspace())
"""What a value is stripped of, as Python has it."""
TEXT = 0.2
"""The share of values that are no numbers beyond which a column is one of text."""

DIGITS, SIGNS, POINTS = b"0123456789", b"+.eE", b".eE"

Type = Literal["whole", "decimal", "text", "again", "careful"]


def is_text(bad: int, filled: int) -> bool:
    """Whether a column is one of text, of whose `filled` values `bad` are no numbers."""
    return not filled or bad > max(1, TEXT * filled) or bad == filled


@dataclass(frozen=True)
class _Block:
    """Some rows of a column: an Arrow array, and what they say of its type."""

    kind: Literal["whole", "decimal", "text", "empty"]
    values: Any
    filled: int = 0
    bad: int = 0  # of those that are filled, how many are no numbers
    longest: int = 0  # characters of a value
    greatest: int = 0  # the largest whole number, without its sign
    signs: bool = False  # there are other letters than digits and minus signs
    points: bool = False  # some of these are those of decimals
    gaps: bool = True


class Column:
    """A column as its blocks come. `marks` are the texts that mean a missing number; values are
    kept of `rows`, places in ascending order, or of all; as texts where `text` says so.
    """

    def __init__(
        self, marks: Sequence[str], rows: np.ndarray | None = None, *, text: bool = False
    ) -> None:
        self._marks, self._rows, self._text = marks, rows, text
        self._first = 0
        self._blocks: list[_Block] = []

    def add(self, texts: Any) -> None:
        """The next block of the file: an Arrow array, in which empty cells are missing."""
        block = _Block("text", _stripped(texts)) if self._text else _understood(texts, self._marks)
        values = self._kept(block.values)
        self._first += len(texts)
        self._blocks.append(replace(block, values=values))

    def type(self) -> Type:
        """What the column holds. `again`: text, of which some was kept as numbers; `careful`: what
        only the careful reader can tell.
        """
        blocks = self._blocks
        kinds = {block.kind for block in blocks} - {"empty"}
        filled, bad = sum(block.filled for block in blocks), sum(block.bad for block in blocks)
        longest = max(block.longest for block in blocks)
        if kinds and "text" not in kinds:
            return self._number(longest)
        if not is_text(bad, filled) or (longest > SURE and bad < filled):
            return "careful"
        return "text" if kinds <= {"text"} else "again"

    def numbers(self, whole: bool) -> pd.Series[Any]:
        """Its values as numbers: whole ones, or decimals."""
        import numpy as np
        import pandas as pd

        exact = whole and not any(block.gaps for block in self._blocks)
        made = np.empty(sum(len(block.values) for block in self._blocks), int if exact else float)
        end = len(made)
        while self._blocks:  # from the last, each free once it is copied
            values = self._blocks.pop().values
            made[end - len(values) : end] = _floats(values) if not exact else values.to_numpy()
            end -= len(values)
        if whole and not exact:
            made += 0.0  # a whole zero has no sign
        return pd.Series(made, copy=False)

    def texts(self) -> Any:
        """Its values as texts, an Arrow array of several chunks."""
        import pyarrow as pa

        return pa.chunked_array([block.values for block in self._blocks], pa.string())

    def _kept(self, values: Any) -> Any:
        """Those of some values that belong to the rows."""
        import pyarrow as pa

        if self._rows is None:
            return values
        first, last = self._rows.searchsorted([self._first, self._first + len(values)])
        whole = last - first == len(values)
        return values if whole else values.take(pa.array(self._rows[first:last] - self._first))

    def _number(self, longest: int) -> Type:
        """The type of a column all of whose blocks are of numbers."""
        blocks = self._blocks
        if any(block.signs for block in blocks):
            return "decimal" if any(block.points for block in blocks) else "careful"
        greatest = max(block.greatest for block in blocks)
        inexact = any(block.gaps for block in blocks) and greatest >= EXACT
        return "careful" if longest > SURE or inexact else "whole"


def _understood(texts: Any, marks: Sequence[str]) -> _Block:
    """A block as numbers, if all its values are, else as texts."""
    found = _numbers(texts)
    if found is None:
        texts = _stripped(texts)
        filled = _unmarked(texts, marks)
        if filled.null_count == len(filled):
            return _Block("empty", texts)
        found = _numbers(filled) or _words(texts, filled)
    return found


def _numbers(texts: Any) -> _Block | None:
    """A block whose values have the letters of numbers, and are; None for all others."""
    import pyarrow as pa
    from pyarrow import compute

    letters = _bytes(texts).translate(None, DIGITS + b"-")
    if texts.null_count == len(texts) or letters.translate(None, SIGNS):
        return None
    longest = compute.max(compute.binary_length(texts)).as_py()
    whole = not letters and longest <= SURE
    try:
        values = compute.cast(texts, pa.int64() if whole else pa.float64())
    except pa.ArrowInvalid:
        return None
    points = any(sign in letters for sign in POINTS)
    block = _Block(
        "decimal", values, filled=len(texts) - texts.null_count, longest=longest,
        signs=bool(letters), points=points, gaps=texts.null_count > 0,
    )  # fmt: skip
    return _whole(block, texts) if whole else block


def _whole(block: _Block, texts: Any) -> _Block | None:
    """A block of whole numbers. A zero with a sign, which among decimals keeps it, is a float."""
    import pyarrow as pa
    from pyarrow import compute

    bounds = compute.min_max(block.values)
    least, most = bounds["min"].as_py(), bounds["max"].as_py()
    greatest = max(most, -least)
    signed = least <= 0 <= most and b"-" in _bytes(texts)
    if not signed or not compute.any(compute.equal(block.values, 0)).as_py():
        return replace(block, kind="whole", greatest=greatest)
    floats = compute.cast(texts, pa.float64())
    return replace(block, values=floats, greatest=greatest) if greatest < EXACT else None


def _words(texts: Any, filled: Any) -> _Block:
    """A block of texts. Each different one is looked at once: how many are no numbers?"""
    import numpy as np
    import pandas as pd

    counted = filled.drop_null().value_counts()
    different = counted.field("values").to_pylist()
    odd = pd.to_numeric(pd.Series(different, dtype=object), errors="coerce").isna()
    counts = counted.field("counts").to_numpy()
    return _Block(
        "text", texts, filled=int(np.sum(counts)), bad=int(np.sum(counts[odd.to_numpy()])),
        longest=max(map(len, different)),
    )  # fmt: skip


def _stripped(texts: Any) -> Any:
    """Values without the blanks around them; what is left empty is missing."""
    import pyarrow as pa
    from pyarrow import compute

    data = _bytes(texts)
    if len(data.translate(None, WHITE.encode())) == len(data):
        return texts
    trimmed = compute.utf8_trim(texts, characters=WHITE)
    return compute.if_else(compute.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed)


def _unmarked(texts: Any, marks: Sequence[str]) -> Any:
    """Values with those missing that are the mark of a missing number."""
    import pyarrow as pa
    from pyarrow import compute

    marked = compute.is_in(texts, value_set=pa.array(marks, pa.string()))
    if not compute.any(marked).as_py():
        return texts
    return compute.if_else(marked, pa.scalar(None, pa.string()), texts)


def _floats(values: Any) -> np.ndarray:
    """Arrow numbers, or texts none of which is one, as floats."""
    import numpy as np
    import pyarrow as pa
    from pyarrow import compute

    if pa.types.is_string(values.type):
        return np.full(len(values), np.nan)
    floats: np.ndarray = compute.cast(values, pa.float64(), safe=False).to_numpy(
        zero_copy_only=False
    )
    return floats


def _bytes(texts: Any) -> bytes:
    """All letters of some values, without what is between them."""
    import numpy as np

    offsets, data = texts.buffers()[1:]
    if data is None or offsets is None:
        return b""
    places = np.frombuffer(offsets, dtype=np.int32)[texts.offset :][: len(texts) + 1]
    found: bytes = data.slice(int(places[0]), int(places[-1] - places[0])).to_pybytes()
    return found
