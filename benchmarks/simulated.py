"""Data and specs to measure with: as many rows, models, pages and reports as asked for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = "site,x,z,y,event"
OUTCOMES, EXPOSURES = 20, 50

_DATA = """\
reportgen: 1
title: {title}
{matrix}datasets:
  d: {{source: {file}, columns: [{columns}]}}
"""
_DEFAULTS = "defaults: {data: d, groups: site}\n"
_TEXT = """\
      The outcome rises with x by {{{{ models.{model}.coef.x | est }}}} (see {{{{ ref("{table}") }}}}).
      A paragraph of a report says what was asked, what was done and what was found, in a few
      sentences, and refers to the tables and figures that follow it; so does this one, which is as
      long as most of them are.
"""


def clustered(n: int, clusters: int, seed: int = 1) -> pd.DataFrame:
    """Clusters of unequal sizes, two covariates, a number and a yes/no: the columns of COLUMNS."""
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(seed)
    site = np.sort(rng.integers(0, clusters, n))
    x, z = rng.normal(size=n), rng.normal(size=n)
    shift, slope = rng.normal(0, 0.7, clusters)[site], rng.normal(0, 0.3, clusters)[site]
    eta = 0.3 + 0.5 * x - 0.2 * z + shift
    event = (rng.random(n) < 1 / (1 + np.exp(-eta))).astype(float)
    y = eta + slope * x + rng.normal(size=n)
    return pd.DataFrame({"site": site, "x": x, "z": z, "y": y, "event": event})


def scanned(n: int, clusters: int) -> pd.DataFrame:
    """Clusters with many outcomes y1 … and many exposures x1 …, for a model of each pair."""
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(2)
    site = np.sort(rng.integers(0, clusters, n))
    columns = {"site": site, "z": rng.normal(size=n)}
    columns |= {f"x{each}": rng.normal(size=n) for each in range(1, EXPOSURES + 1)}
    for each in range(1, OUTCOMES + 1):
        shift = rng.normal(0, 0.7, clusters)[site]
        columns[f"y{each}"] = 0.1 * columns[f"x{each}"] + shift + rng.normal(size=n)
    return pd.DataFrame(columns)


def kept(table: pd.DataFrame, file: Path) -> Path:
    """The columns one after the other as doubles, which R and Python read alike."""
    table.to_numpy(dtype=float).T.tofile(file)
    return file


def scan(count: int, file: str) -> str:
    """A spec of `count` models, each of another outcome and exposure of `scanned`."""
    outcomes, exposures = -(-count // EXPOSURES), min(count, EXPOSURES)
    ys = [f"y{each}" for each in range(1, outcomes + 1)]
    xs = [f"x{each}" for each in range(1, exposures + 1)]
    return (
        _DATA.format(title="Scan", matrix="", file=file, columns=", ".join(["site", "z", *ys, *xs]))
        + _DEFAULTS
        + "models:\n  scan:\n    kind: gee\n    formula: $y ~ $x + z\n"
        + f"    each: {{y: [{', '.join(ys)}], x: [{', '.join(xs)}]}}\n"
        + "report:\n  - table: compare\n    models: ['scan[y1,x1]', 'scan[y1,x2]']\n"
        + "output: {formats: [html]}\n"
    )


def pages(count: int, file: str) -> str:
    """A spec of about so many pages: each a section with a paragraph, a table and a figure."""
    models, blocks = [], []
    for each in range(count):
        models += [
            f"  gee{each}: {{kind: gee, formula: y ~ x + z, label: GEE}}\n",
            f"  ols{each}: {{kind: ols, formula: y ~ x * z, cov_type: cluster, label: OLS}}\n",
        ]
        both = f"[gee{each}, ols{each}]"
        blocks += [
            f"  - section: Section {each + 1}\n  - text: |\n",
            _TEXT.format(model=f"gee{each}", table=f"t{each}"),
            f"  - table: compare\n    id: t{each}\n    models: {both}\n",
            f"    columns: [estimate, se, ci, p]\n  - plot: forest\n    models: {both}\n",
        ]
    return _spec(file, "Pages", models, blocks)


def table(file: str, rows: str) -> str:
    """A spec with one long table, a row for each cluster; `rows`: how many the PDF prints."""
    models = ["  m: {kind: mixedlm, formula: y ~ x + z}\n"]
    blocks = ["  - table: ranef\n    models: [m]\n"]
    return _spec(file, "Rows", models, blocks) + f"output: {{table_rows: {rows}}}\n"


def reports(count: int, file: str) -> str:
    """A spec of a matrix of reports, each on rows of its own with three models, a table, a figure."""
    cuts = ", ".join(f"'{2 + each / 1000:.3f}'" for each in range(count))
    models = [
        "  gee: {kind: gee, formula: y ~ x + z, label: GEE}\n",
        "  ols: {kind: ols, formula: y ~ x * z, cov_type: cluster, label: OLS}\n",
        "  mixed: {kind: mixedlm, formula: y ~ x + z, label: Random intercept}\n",
    ]
    blocks = [
        "  - section: Up to $cut\n  - text: |\n",
        _TEXT.format(model="gee", table="t"),
        "  - table: compare\n    id: t\n    models: [gee, ols, mixed]\n",
        "  - plot: forest\n    models: [gee, ols, mixed]\n",
    ]
    text = _spec(file, "Up to $cut", models, blocks, f"matrix:\n  cut: [{cuts}]\n")
    return text.replace("site]}", "site], sample: [{where: x < $cut}]}")


def _spec(file: str, title: str, models: list[str], blocks: list[str], matrix: str = "") -> str:
    head = _DATA.format(title=title, matrix=matrix, file=file, columns="y, x, z, event, site")
    return f"{head}{_DEFAULTS}models:\n{''.join(models)}report:\n{''.join(blocks)}"
