"""A loop over statsmodels' formula interface: `scan_loop.py FILE COUNT`.

It makes the estimates of the spec of `simulated.scan`: a GEE for each outcome and exposure.
"""

from __future__ import annotations

import sys
from itertools import islice, product

import pandas as pd
import statsmodels.api as sm
import statsmodels.formula.api as smf


def main() -> None:
    """Fit and keep estimates with standard errors."""
    table, count = pd.read_csv(sys.argv[1]), int(sys.argv[2])
    outcomes = [name for name in table if name.startswith("y")]
    exposures = [name for name in table if name.startswith("x")]
    found = {}
    for y, x in islice(product(outcomes, exposures), count):
        fit = smf.gee(
            f"{y} ~ {x} + z", "site", table, cov_struct=sm.cov_struct.Exchangeable()
        ).fit()
        found[y, x] = pd.DataFrame({"estimate": fit.params, "se": fit.bse, "p": fit.pvalues})
    print(len(found))


if __name__ == "__main__":
    main()
