"""CPU seconds of one fit, from a formula to its estimates: `one_fit.py TOOL KIND FILE COLUMNS`.

TOOL is reportgen or statsmodels, KIND gee or mixedlm; FILE holds the columns named (with commas)
one after the other as doubles. A process of its own, so that its memory is that of the fit.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable

import numpy as np
import pandas as pd
from measure import within

FORMULA = "y ~ x + z"


def main() -> None:
    """Print the least of a few runs."""
    warnings.simplefilter("ignore")
    tool, kind, file, columns = sys.argv[1:]
    names = columns.split(",")
    table = pd.DataFrame(np.fromfile(file).reshape(len(names), -1).T, columns=names)
    fit = (_ours if tool == "reportgen" else _statsmodels)(kind, table)
    if len(table) < 100_000:
        fit()  # what is loaded or compiled at the first call is no part of it
    print(within(fit, 3, 2.0))


def _ours(kind: str, table: pd.DataFrame) -> Callable[[], object]:
    from engines import ours

    return ours(kind, table, formula=FORMULA, groups="site")


def _statsmodels(kind: str, table: pd.DataFrame) -> Callable[[], object]:
    import statsmodels.api as sm
    import statsmodels.formula.api as smf

    if kind == "gee":
        structure = sm.cov_struct.Exchangeable
        return lambda: smf.gee(FORMULA, "site", table, cov_struct=structure()).fit()
    return lambda: smf.mixedlm(FORMULA, table, groups="site").fit()


if __name__ == "__main__":
    main()
