"""What do many rows cost? A Parquet file of 50 columns, of which a spec uses 6, from file to HTML.

Ten million rows, or as many as asked: `large.py --rows 1000000`; `LARGE` names a folder that keeps
the file. Every question is a process of its own, so that its peak of memory is its own. What the
same build takes for a few rows (libraries, pages) is measured beside it and taken off.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
from measure import Answer, Row, Spent, ratio, spent, tell, times
from pyarrow import parquet

ROWS, GROUP = 10_000_000, 500_000
CLUSTERS, COLUMNS, FEW = 50_000, 50, 5_000
READING, SIZE = "reading the columns", "the size of the columns"
USED = ("site", "x", "z", "sex", "y", "event")
CODES = {
    "empty": "import pyarrow.parquet, pandas",
    "read": "import pyarrow.parquet as p, pandas; t = p.read_table({file!r}, columns={used})"
            ".to_pandas(); print(t.memory_usage(index=False).sum())",
}  # fmt: skip
FITS = {
    "ols": ("OLS, cluster-robust", "{kind: ols, formula: y ~ x + z + C(sex), cov_type: cluster}"),
    "gee": ("logistic GEE, exchangeable",
            "{kind: gee, formula: event ~ x + z + C(sex), family: binomial}"),
    "mixedlm": ("random intercept", "{kind: mixedlm, formula: y ~ x + z + C(sex)}"),
}  # fmt: skip
SPEC = """\
reportgen: 1
title: Many rows
datasets:
  d: {{source: d.parquet, columns: [site, x, z, sex, y, event]}}
defaults: {{data: d, groups: site, engine: fast}}
models:
{models}
report:
  - {{table: compare, models: [{names}]}}
output: {{formats: [html]}}
"""


def main() -> None:
    """The columns read, each model alone, and all three together."""
    rows = int(sys.argv[sys.argv.index("--rows") + 1]) if "--rows" in sys.argv else ROWS
    answer = Answer(
        f"{rows:,} rows",
        f"{len(USED)} of the {COLUMNS} columns of a Parquet file, rows in {CLUSTERS:,} clusters, to HTML by "
        "the fast engine. What the same build takes for few rows is taken off. Memory is the peak.",
    )
    with tempfile.TemporaryDirectory() as folder:
        place = Path(os.environ.get("LARGE", folder))
        if not (place / "d.parquet").is_file():
            write(place / "d.parquet", rows)
        asked = CODES["read"].format(file=str(place / "d.parquet"), used=list(USED))
        read, empty = (spent([sys.executable, "-c", code]) for code in (asked, CODES["empty"]))
        small = place / "small"
        small.mkdir(exist_ok=True)
        write(small / "d.parquet", FEW)
        size, seconds = int(read.said) / 1e6, read.cpu - empty.cpu
        answer.rows += [
            Row(f"pyarrow reads the columns to pandas: {size:,.0f} MB", seconds),
            Row("the same: memory", None, times((read.peak - empty.peak) / size), against=SIZE),
        ]  # fmt: skip
        for names in (*((name,) for name in FITS), tuple(FITS)):
            label = FITS[names[0]][0] if len(names) == 1 else "all three"
            whole, base = build(place, *names), build(small, *names)
            row = Row(label, max(whole.cpu - base.cpu, 1e-9), against=READING)
            timed = names in (("gee",), ("mixedlm",))
            if timed:
                ratio(row, seconds, 3)
            else:
                row.ratio = times((row.seconds or 0.0) / seconds)
            answer.rows.append(row)
            held = (whole.peak - base.peak) / size
            answer.rows.append(
                Row(f"{label}: memory", None, times(held), "≤ 3 ×", held <= 3, SIZE)
            )  # fmt: skip
        answer.said.append(
            f"The same builds of {FEW:,} rows take {base.peak:,.0f} MB, which is taken off."
        )
    tell(answer)


def write(path: Path, rows: int, seed: int = 1) -> None:
    """The file, a group of rows at a time: what a spec uses among what it does not."""
    rng = np.random.default_rng(seed)
    shift = rng.normal(0, 0.7, CLUSTERS)
    writer = None
    for first in range(0, rows, GROUP):
        table = pa.table(_group(rng, shift, min(GROUP, rows - first)))
        writer = writer or parquet.ParquetWriter(path, table.schema)
        writer.write_table(table, row_group_size=GROUP)
    assert writer is not None
    writer.close()


def _group(rng: np.random.Generator, shift: np.ndarray, n: int) -> dict[str, np.ndarray]:
    site = rng.integers(0, CLUSTERS, n)
    x, z, sex = rng.normal(size=n), rng.normal(size=n), rng.integers(1, 4, n)
    eta = 0.3 + 0.5 * x - 0.2 * z + 0.1 * (sex == 2) + shift[site]
    made = {"site": site, "x": x, "z": z, "sex": sex, "y": eta + rng.normal(size=n),
            "event": (rng.random(n) < 1 / (1 + np.exp(-eta))).astype(int)}  # fmt: skip
    more = {f"c{number:02}": rng.integers(0, 200, n) for number in range(COLUMNS - len(made))}
    return {**made, **more}


def build(place: Path, *names: str) -> Spent:
    """A whole build of a spec with these models, without a cache."""
    models = "\n".join(f"  {name}: {FITS[name][1]}" for name in names)
    (place / "large.yaml").write_text(
        SPEC.format(models=models, names=", ".join(names)), encoding="utf-8"
    )
    return spent([sys.executable, "-m", "reportgen", "build", place / "large.yaml", "--no-cache",
                  "--out", place / "out", "--limit", "bytes=20000000000"])  # fmt: skip


if __name__ == "__main__":
    main()
