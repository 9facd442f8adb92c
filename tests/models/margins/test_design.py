"""New rows are coded as the fit's own: patsy's stateful transforms, levels and contrasts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import patsy
import pytest

from reportgen.models.formulas.design import matrix
from reportgen.models.formulas.formula import parse

FORMULAS = [
    "y ~ x + C(g)",
    "y ~ center(x) * standardize(z)",
    "y ~ bs(x, df=5) + g",
    "y ~ bs(x, knots=(30, 50), degree=2, include_intercept=True) - 1",
    "y ~ cr(x, df=4) + cc(z, df=4)",
    "y ~ cr(x, df=4, constraints='center')",
    "y ~ te(cr(x, df=3), cr(z, df=3))",
    "y ~ C(g, Sum) * x",
    "y ~ C(g, Poly)",
    "y ~ np.log(x) + I(x**2):g",
    "y ~ 0 + g:x",
]


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    return pd.DataFrame({
        "y": rng.normal(size=60), "x": rng.uniform(20, 70, 60), "z": rng.normal(size=60),
        "g": np.repeat(["a", "b", "c"], 20),
    })  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
def test_new_rows_get_the_columns_patsy_would_give_them(text, rows):
    """The design of other rows is `build_design_matrices` of the fit's own design info."""
    at = pd.DataFrame({"x": [25.0, 66.5, 41.0], "z": [0.1, -0.4, 0.9], "g": ["c", "a", "a"]})
    right = text.split("~")[1]
    info = patsy.dmatrix(right, rows).design_info
    (expected,) = patsy.build_design_matrices([info], at)
    found, names, _ = matrix(parse(text), rows, at=at)
    assert sorted(names) == sorted(info.column_names)
    order = [info.column_names.index(name) for name in names]
    assert found == pytest.approx(np.asarray(expected)[:, order], rel=1e-9, abs=1e-9)


def test_polynomials_of_new_rows(rows):
    """Values already there get the polynomial they had; means and lengths stay the fit's."""
    formula = parse("y ~ poly(x, 3)")
    whole = matrix(formula, rows)[0]
    assert matrix(formula, rows, at=rows.iloc[7:9])[0] == pytest.approx(whole[7:9], abs=1e-10)
