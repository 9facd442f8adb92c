"""A large CSV file read by Arrow, where it holds nothing that two readers could read differently.

Every file is read by `csv.py` alone unless all of this is so: lines end in one way, none is blank
but for its end, quotes stand only around whole values and hold no quote and no line, and what Arrow
calls a number has the letters of one. Whatever is odd, and every error, is for the careful reader.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reportgen.core.dataclass import dataclass
from reportgen.data.sources._file import bounded

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

SMALL = 4_000_000
"""Bytes below which it is not worth while."""
STEP = 16_000_000
"""Bytes that are looked at at a time."""
LONGEST = 100_000
"""Bytes of a line; the careful reader refuses a value of more than 131,072."""
DIFFERENT = 50_000
"""Texts of a column up to which each is looked at once."""
SURE = 18
"""Digits of whole numbers that every reader takes alike."""
WHITE = "".join(chr(code) for code in range(0x3001) if chr(code).isspace())
"""What a value is stripped of, as Python has it."""

TEXT = 0.2
"""The share of values that are no numbers beyond which a column is one of text."""

DIGITS, SIGNS, POINTS = frozenset(b"0123456789-"), frozenset(b"+.eE"), frozenset(b".eE")

Careful = Callable[[list[str]], "pd.Series[Any]"]


@dataclass(frozen=True)
class Sheet:
    """A file with its separator and header. `marks` are the texts that mean a missing number,
    `name` is what its author calls it.
    """

    path: Path
    name: str
    separator: str
    header: tuple[str, ...]
    marks: frozenset[str]


def is_text(bad: int, filled: int) -> bool:
    """Whether a column is one of text, of whose `filled` values `bad` are no numbers."""
    return not filled or bad > max(1, TEXT * filled) or bad == filled


class OddError(Exception):
    """The file is not for this reader."""


def worth(path: Path) -> bool:
    """Whether a file is so large, and Arrow there."""
    large = path.suffix.lower() != ".gz" and path.stat().st_size > SMALL
    return large and find_spec("pyarrow") is not None


def columns(sheet: Sheet, wanted: Sequence[str], careful: Callable[[str], Careful]) -> pd.DataFrame:
    """The wanted columns. `careful` gives for a column what types its texts where these are odd.

    OddError where the careful reader must read it all.
    """
    import pandas as pd
    import pyarrow as pa
    from pyarrow import csv

    quoted, rows = _examined(sheet)
    bounded(rows - 1, len(wanted), sheet.name)
    try:
        table = csv.read_csv(
            sheet.path,
            csv.ReadOptions(column_names=list(sheet.header), skip_rows=1),
            csv.ParseOptions(
                delimiter=sheet.separator, quote_char='"' if quoted else False,
                double_quote=False, escape_char=False, newlines_in_values=False,
            ),
            csv.ConvertOptions(
                include_columns=list(wanted), strings_can_be_null=False, null_values=[],
                column_types={name: pa.string() for name in wanted},
            ),
        )  # fmt: skip
    except pa.ArrowInvalid as error:
        raise OddError from error
    if not table.num_rows:
        raise OddError
    made: dict[str, pd.Series[Any]] = {}
    for name in wanted:
        texts = table.column(name)
        table = table.remove_column(table.schema.get_field_index(name))
        made[name] = _typed(texts, sheet.marks, careful(name))
    return pd.DataFrame(made, copy=False)


# ── the bytes ────────────────────────────────────────────────────────────────────────────────


def _examined(sheet: Sheet) -> tuple[bool, int]:
    """Whether values stand in quotes, and how many ends of lines there are. OddError for what two
    readers could read differently.
    """
    quoted, first, rest, count = False, True, b"", 0
    with sheet.path.open("rb") as file:
        while chunk := file.read(STEP):
            whole, _, rest = (rest + chunk).rpartition(b"\n")
            if not whole:
                raise OddError
            quoted |= _lines(whole.removeprefix(b"\xef\xbb\xbf") if first else whole, sheet)
            count += whole.count(b"\n") + 1
            first = False
    return quoted | (bool(rest) and _lines(rest, sheet)), count


def _lines(lines: bytes, sheet: Sheet) -> bool:
    """Whether some whole lines (the last without its end) have quotes. OddError for odd ones."""
    import numpy as np

    try:
        lines.isascii() or lines.decode("utf-8")
    except UnicodeDecodeError as error:
        raise OddError from error
    carriages = lines.count(b"\r")
    if b"\0" in lines or carriages != lines.count(b"\r\n") + lines.endswith(b"\r"):
        raise OddError
    data = np.frombuffer(lines, dtype=np.uint8)
    ends = np.flatnonzero(data == ord("\n"))
    if np.diff(ends, prepend=-1, append=len(data)).max() > LONGEST:
        raise OddError
    quotes = np.flatnonzero(data == ord('"'))
    if len(quotes):
        _check_quotes(data, quotes, ends, ord(sheet.separator))
    return bool(len(quotes))


def _check_quotes(data: np.ndarray, quotes: np.ndarray, ends: np.ndarray, separator: int) -> None:
    """OddError but for quotes around whole values that hold no quote and no end of a line."""
    import numpy as np

    if len(quotes) % 2:
        raise OddError
    opening, closing = quotes[::2], quotes[1::2]
    around = np.concatenate([[ord("\n")], data, [ord("\n")]])
    before, after = around[opening], around[closing + 2]
    if not np.isin(before, [separator, ord("\n")]).all():
        raise OddError
    if not np.isin(after, [separator, ord("\n"), ord("\r")]).all():
        raise OddError
    if (np.searchsorted(ends, opening) != np.searchsorted(ends, closing)).any():
        raise OddError


# ── the values ───────────────────────────────────────────────────────────────────────────────


def _typed(texts: Any, marks: frozenset[str], careful: Careful) -> pd.Series[Any]:
    """A column as the careful reader types it."""
    import pyarrow as pa
    from pyarrow import compute

    texts = compute.utf8_trim(texts, characters=WHITE)
    empty = compute.equal(texts, "")
    unknown = compute.or_(empty, compute.is_in(texts, value_set=pa.array(sorted(marks))))
    filled = compute.if_else(unknown, pa.scalar(None, pa.string()), texts)
    numbers = _numbers(filled)
    if numbers is not None:
        return numbers
    if _is_text(filled):
        column: pd.Series[Any] = pa.table(
            {"values": compute.if_else(empty, pa.scalar(None, pa.string()), texts)}
        ).to_pandas()["values"]
        return column
    return careful(texts.to_pylist())


def _numbers(filled: Any) -> pd.Series[Any] | None:
    """The column, if it is one of plain whole numbers, or of numbers some of which have decimals;
    None for all others.
    """
    import pandas as pd
    import pyarrow as pa
    from pyarrow import compute

    letters = _letters(filled.drop_null())
    whole = letters <= DIGITS
    if not letters or not (whole or (letters <= DIGITS | SIGNS and letters & POINTS)):
        return None
    try:
        values = compute.cast(filled, pa.int64() if whole else pa.float64())
    except pa.ArrowInvalid:
        return None
    if whole and compute.max(compute.binary_length(filled)).as_py() > SURE:
        return None
    if whole and values.null_count:
        if compute.max(compute.abs(values)).as_py() >= 2**53:
            return None
        values = compute.cast(values, pa.float64())
    return pd.Series(values.to_numpy(), copy=False)


def _letters(texts: Any) -> frozenset[int]:
    """Every byte that occurs in a column in which nothing is missing."""
    import numpy as np

    seen = np.zeros(256, dtype=np.int64)
    for chunk in texts.chunks:
        offsets, data = chunk.buffers()[1:]
        if data is None or offsets is None:
            continue
        places = np.frombuffer(offsets, dtype=np.int32)[chunk.offset :][: len(chunk) + 1]
        own = np.frombuffer(data, dtype=np.uint8)[places[0] : places[-1]]
        seen += np.bincount(own, minlength=256)
    return frozenset(np.flatnonzero(seen).tolist())


def _is_text(filled: Any) -> bool:
    """Whether the careful reader would call it a column of text. Each different text is looked at
    once; no for what is not told so easily.
    """
    import numpy as np
    import pandas as pd

    different = filled.drop_null().dictionary_encode().unify_dictionaries()
    if len(different) == 0:
        return True
    texts = different.chunk(0).dictionary
    if len(texts) > DIFFERENT:
        return False
    numbers = pd.to_numeric(pd.Series(texts.to_pylist(), dtype=object), errors="coerce")
    if max(map(len, texts.to_pylist())) > SURE and numbers.notna().any():
        return False
    odd = np.flatnonzero(numbers.isna())
    bad = sum(int(np.isin(chunk.indices.to_numpy(), odd).sum()) for chunk in different.chunks)
    return is_text(bad, len(different))
