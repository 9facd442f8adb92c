"""What does a large CSV file cost of which a sample keeps a part? Two million rows of ten columns,
of which it keeps a twentieth or all, from file to rows that are ready: plain, and compressed.

Every question is a process of its own, so that its peak of memory is its own; what loading the
libraries takes is measured beside it and taken off.
"""

from __future__ import annotations

import gzip
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
from measure import Answer, Row, spent, tell
from pyarrow import csv

ROWS = 2_000_000
LOADED = """\
import pyarrow.csv, pyarrow.compute, pandas
from pathlib import Path
from reportgen.core.contracts import Reach
from reportgen.data import SOURCES
from reportgen.data.dataset import Dataset, SampleStep
from reportgen.data.prepare import prepare
"""
READ = LOADED + "pyarrow.csv.read_csv({file!r}).to_pandas()"
PREPARED = LOADED + """\
source, sample = SOURCES.load("csv").Options(path={name!r}), (SampleStep(where={where!r}),)
prepare(Dataset("d", "csv", source, {{}}, sample), Reach((Path({folder!r}),)))
"""
SAMPLES = {"a twentieth": "age >= 85.5", "all": "age >= 0"}


def main() -> None:
    """The file read by pyarrow to pandas, then samples of it."""
    answer = Answer(f"{ROWS:,} rows of 10 columns of a CSV file, of which a sample keeps a part")
    with tempfile.TemporaryDirectory() as folder:
        size = write(Path(folder)) / 1e6
        empty = spent([sys.executable, "-c", LOADED])
        whole = spent([sys.executable, "-c", READ.format(file=f"{folder}/d.csv")])
        seconds, held = whole.cpu - empty.cpu, whole.peak - empty.peak
        answer.rows += [
            Row(f"the file read by pyarrow to pandas, {size:,.0f} MB", seconds, "1 ×"),
            Row(f"the same: peak of memory, {held:,.0f} MB", None, "1 ×"),
        ]
        for name in ("d.csv", "d.csv.gz"):
            for kept, where in SAMPLES.items():
                code = PREPARED.format(name=name, where=where, folder=folder)
                took = spent([sys.executable, "-c", code])
                label = f"{name}, the sample keeps {kept}"
                answer.rows.append(Row(label, took.cpu - empty.cpu))
                answer.rows[-1].ratio = f"{answer.rows[-1].seconds / seconds:.2g} ×"
                own = took.peak - empty.peak
                answer.rows.append(Row(f"{label}: peak of memory, {own:,.0f} MB", None,
                                       f"{own / held:.2g} ×"))  # fmt: skip
    tell(answer)


def write(folder: Path, seed: int = 1) -> int:
    """The file, plain and compressed, and its bytes: numbers, words, and gaps among both."""
    rng = np.random.default_rng(seed)
    made = {
        "id": np.arange(ROWS), "age": rng.integers(0, 90, ROWS), "site": rng.integers(0, 500, ROWS),
        "sex": np.array(["female", "male"])[rng.integers(0, 2, ROWS)],
        "x": rng.normal(size=ROWS).round(3), "z": rng.normal(27, 5, ROWS).round(1),
        "income": rng.integers(0, 1_000_000, ROWS), "y": rng.normal(size=ROWS),
        "region": np.array(["north", "south", "east", ""])[rng.integers(0, 4, ROWS)],
        "event": rng.integers(0, 2, ROWS),
    }  # fmt: skip
    table = pa.table(made)
    gaps = pa.array(made["z"], mask=rng.random(ROWS) < 0.05)
    csv.write_csv(table.set_column(5, "z", gaps), folder / "d.csv")
    with (folder / "d.csv").open("rb") as plain, gzip.open(folder / "d.csv.gz", "wb", 1) as zipped:
        shutil.copyfileobj(plain, zipped)
    return (folder / "d.csv").stat().st_size


if __name__ == "__main__":
    main()
