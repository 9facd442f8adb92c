"""A design that is made a block of rows at a time gives what the whole matrix gives."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pandas as pd
import patsy
import pytest
from statsmodels.genmod.families import Binomial
from statsmodels.genmod.generalized_linear_model import GLM
from statsmodels.regression.linear_model import WLS

from reportgen.core.types import Facts, Frame, Result, Variable
from reportgen.models import MODELS
from reportgen.models.engines.regressions import blocks, fisher
from reportgen.models.engines.regressions.blocks import Blocks
from reportgen.models.engines.regressions.families import family
from reportgen.models.engines.regressions.leastsquares import solve
from reportgen.models.formulas import design
from reportgen.models.formulas.formula import parse
from reportgen.models.health.columns import basis


def frame(n: int = 600, seed: int = 1) -> Frame:
    """Clusters of unequal sizes whose rows stand anywhere, a number, an event, a count, weights."""
    rng = np.random.default_rng(seed)
    site = rng.integers(0, 60, n) ** 2
    x, z, sex = rng.normal(size=n), rng.integers(0, 9, n), rng.choice(["a", "b", "c"], n)
    shift, slope = rng.normal(0, 0.7, 3600)[site], rng.normal(0, 0.4, 3600)[site]
    eta = 0.3 + 0.5 * x - 0.2 * z + 0.6 * (sex == "b") + shift + slope * x
    table = pd.DataFrame({
        "site": site, "x": x, "z": z, "sex": sex, "y": eta + rng.normal(size=n),
        "event": (rng.random(n) < 1 / (1 + np.exp(-eta))).astype(int),
        "count": rng.poisson(np.exp(0.5 * np.tanh(eta))), "w": rng.uniform(0.5, 2, n),
        "time": rng.uniform(1, 3, n),
        "z1": z + 1,
    })  # fmt: skip
    table.loc[5:9, "x"] = np.nan
    variables = {name: Variable(name, name) for name in table}
    return Frame(table, Facts("d", n, n, "0" * 64, variables=variables))


@contextmanager
def small_blocks() -> Iterator[None]:
    """Everything is many rows."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "WHOLE", 50)
        patch.setattr(blocks, "ROWS", 37)
        yield


def fitted(kind: str, options: dict[str, Any], data: Frame) -> tuple[Result, dict[str, Any]]:
    """The Result of a fit, and what belongs to its rows."""
    model = MODELS.load(kind)
    live = model.fit(model.Options(engine="fast", **options), data)
    return model.tidy(live), model.augment(live)


def close(one: Any, other: Any, path: str = "") -> None:
    """Two plain values are the same up to the last digits."""
    if isinstance(one, float) and isinstance(other, float):
        assert one == pytest.approx(other, rel=2e-8, abs=1e-8), path
    elif isinstance(one, dict):
        assert list(one) == list(other), path
        for key, value in one.items():
            close(value, other[key], f"{path}.{key}")
    elif isinstance(one, tuple):
        assert len(one) == len(other), path
        for number, (left, right) in enumerate(zip(one, other, strict=True)):
            close(left, right, f"{path}[{number}]")
    elif hasattr(one, "__dataclass_fields__"):
        close(vars(one), vars(other), path)
    else:
        assert one == other, path


FITS = {
    "ols": ("ols", {"formula": "y ~ x * C(sex) + z"}),
    "ols HC3": ("ols", {"formula": "y ~ x + C(sex)", "cov_type": "HC3"}),
    "ols cluster": (
        "ols", {"formula": "y ~ np.exp(x) + C(sex, Sum)", "cov_type": "cluster", "groups": "site"}
    ),
    "ols, a column that is determined": ("ols", {"formula": "y ~ x + I(2 * x) + z + C(sex)"}),
    "ols without a constant": ("ols", {"formula": "y ~ 0 + x + z"}),
    "wls": ("wls", {"formula": "y ~ x + poly(z, 2)", "weights": "w", "cov_type": "HC1"}),
    "gee": ("gee", {"formula": "event ~ x + C(sex) + z", "family": "binomial", "groups": "site"}),
    "gee independence, bias reduced": ("gee", {
        "formula": "y ~ x + z", "groups": "site", "cov_struct": "independence",
        "cov_type": "bias_reduced",
    }),
    "gee of counts": ("gee", {
        "formula": "count ~ x + bs(z, df=4)", "groups": "site", "family": "poisson",
        "exposure": "time", "weights": "w",
    }),
    "gee probit": ("gee", {
        "formula": "event ~ x", "groups": "site", "family": "binomial", "link": "probit"
    }),
    "gee over time": ("gee", {
        "formula": "y ~ x", "groups": "site", "cov_struct": "autoregressive", "time": "time"
    }),
    "random intercept": ("mixedlm", {"formula": "y ~ x + C(sex) + z", "groups": "site"}),
    "random slope": ("mixedlm", {
        "formula": "y ~ x + C(sex)", "groups": "site", "re_formula": "1 + x",
        "df": "satterthwaite",
    }),
    "variance components": ("mixedlm", {
        "formula": "y ~ x", "groups": "site", "vc_formula": {"sex": "0 + C(sex)"}
    }),
    "glm": ("glm", {"formula": "event ~ x + C(sex)", "family": "binomial"}),
    "glm cluster": ("glm", {
        "formula": "event ~ x * C(sex) + z", "family": "binomial", "cov_type": "cluster",
        "groups": "site",
    }),
    "glm HC3": ("glm", {"formula": "event ~ x + z", "family": "binomial", "cov_type": "HC3"}),
    "glm of counts": ("glm", {
        "formula": "count ~ x + bs(z, df=4)", "family": "poisson", "exposure": "time",
        "cov_type": "HC1",
    }),
    "glm, normal": ("glm", {"formula": "y ~ x + I(2 * x) + z"}),
    "glm probit, offset": ("glm", {
        "formula": "event ~ x", "family": "binomial", "link": "probit", "offset": "w"
    }),
    "glm by statsmodels": ("glm", {
        "formula": "count ~ x", "family": "poisson", "freq_weights": "z1"
    }),
    "logit": ("logit", {"formula": "event ~ x + C(sex)", "cov_type": "HC0"}),
    "poisson": ("poisson", {"formula": "count ~ x + z", "offset": "w"}),
}  # fmt: skip


@pytest.mark.parametrize("name", FITS)
def test_blocks_change_no_number(name: str) -> None:
    """A Result, with its notes, fitted values and residuals, does not depend on the blocks."""
    kind, options = FITS[name]
    whole, rows = fitted(kind, options, frame())
    with small_blocks():
        parts, other = fitted(kind, options, frame())
    close(parts, whole)
    close({key: tuple(value) for key, value in other.items()}, rows)


def test_one_cluster_alone_is_found_in_blocks() -> None:
    """Leverage, and clusters that move an estimate, are seen block by block."""
    data = frame()
    table = data.table.assign(odd=(data.table["site"] == 1).astype(float))
    table.loc[table["site"] == 4, ["y", "x"]] *= 30
    data = Frame(table, data.facts)
    options = {"formula": "y ~ x + odd", "cov_type": "cluster", "groups": "site"}
    with small_blocks():
        found, _ = fitted("ols", options, data)
        linear, _ = fitted("mixedlm", {"formula": "y ~ x + z", "groups": "site"}, data)
    assert {"one-cluster-level", "influential-clusters"} <= {note.code for note in found.notes}
    whole, _ = fitted("ols", options, data)
    close(found, whole)
    close(linear, fitted("mixedlm", {"formula": "y ~ x + z", "groups": "site"}, data)[0])


def test_separation_is_found_in_blocks() -> None:
    """A level without an event has no finite estimate, and the others have theirs."""
    data = frame()
    data.table.loc[data.table["sex"] == "c", "event"] = 0
    options = {"formula": "event ~ x + C(sex)", "family": "binomial", "groups": "site"}
    for kind in ("gee", "glm"):
        with small_blocks():
            found, _ = fitted(kind, options, data)
        assert "separation" in {note.code for note in found.notes}
        close(found, fitted(kind, options, data)[0])


def test_a_logistic_model_by_blocks_never_holds_its_matrix(monkeypatch: pytest.MonkeyPatch) -> None:
    """No part of a fit, of its robust errors or of what it is examined for asks for all of X."""
    options = {"formula": "event ~ x + C(sex)", "family": "binomial", "cov_type": "cluster"}
    with small_blocks():
        monkeypatch.setattr(Blocks, "whole", property(lambda self: pytest.fail("all of X")))
        found, _ = fitted("glm", options | {"groups": "site"}, frame())
    assert found.status == "ok"


def test_scoring_by_blocks_is_statsmodels() -> None:
    """Coefficients and errors to nine digits or more, begun anywhere."""
    data = frame().table.dropna()
    X = patsy.dmatrix("x + C(sex) + z", data)
    theirs = GLM(data["event"], X, family=Binomial()).fit(tol=1e-14)
    with small_blocks():
        parts = Blocks(*X.shape, lambda rows: np.asarray(X)[rows])
        y, logistic = data["event"].to_numpy(float), family("binomial", "logit")
        for start in (None, np.zeros(X.shape[1])):
            found = fisher.solve(y, parts, logistic, {}, start=start)
            np.testing.assert_allclose(found.b, theirs.params, rtol=1e-10)
            np.testing.assert_allclose(np.sqrt(np.diag(found.unscaled)), theirs.bse, rtol=1e-10)
            assert found.results.llf == pytest.approx(theirs.llf, rel=1e-12)


@pytest.mark.parametrize(
    "formula",
    ["y ~ x * C(sex)", "y ~ 0 + C(sex):C(z) + x", "y ~ C(z, Poly) + C(sex, Sum):x", "y ~ 1",
     "y ~ bs(x, df=5):C(sex) + np.log(w)", "y ~ C(sex):C(z)", "y ~ te(cr(x, df=3), cr(w, df=3))"],
)  # fmt: skip
def test_rows_are_coded_as_patsy_codes_them(formula: str) -> None:
    """Any block of a design is patsy's matrix of these rows, bit for bit."""
    data = frame()
    table = data.table.dropna()
    theirs = patsy.dmatrix(formula.partition("~")[2], table, return_type="dataframe")
    found, names, _ = design.blocks(parse(formula), table)
    assert set(names) == set(theirs.columns)
    assert np.array_equal(found.whole, theirs[list(names)].to_numpy())
    with small_blocks():
        found, names, _ = design.blocks(parse(formula), table)
        stacked = np.vstack([block for _, block in found])
        places = np.array([3, 400, 17])
        assert np.array_equal(found.at(places), theirs[list(names)].to_numpy()[places])
    assert np.array_equal(stacked, theirs[list(names)].to_numpy())


@pytest.mark.parametrize(("shift", "degree"), [(0, 3), (1e5, 2), (3e3, 3), (1e4, 3)])
def test_least_squares_by_blocks_keeps_its_digits(shift: float, degree: int) -> None:
    """Powers that nearly depend on each other give whole numbers back, to rounding of y."""
    x = np.random.default_rng(2).integers(1, 1000, 500) + shift
    X = np.column_stack([x**power for power in range(degree + 1)])
    b = np.array([1.0, 2.0, -3.0, 4.0])[: degree + 1]
    y = X @ b
    with small_blocks():
        found = solve(y, Blocks(*X.shape, lambda rows: X[rows]), None)
    missed = np.abs(found.b - b) * np.linalg.norm(X, axis=0) / np.linalg.norm(y)
    assert missed.max() < 2e-15


def test_weighted_least_squares_by_blocks_is_statsmodels() -> None:
    """Coefficients, standard errors and R² of a weighted fit with a large origin."""
    rng = np.random.default_rng(4)
    X = np.column_stack([np.ones(500), 1e6 + rng.normal(size=500), rng.normal(size=500)])
    y, w = X @ [1.0, 2.0, 3.0] + rng.normal(size=500), rng.uniform(0.5, 2, 500)
    with small_blocks():
        found = solve(y, Blocks(500, 3, lambda rows: X[rows]), w)
    theirs = WLS(y, X - [0, 1e6, 0], weights=w).fit()
    assert found.b[1:] == pytest.approx(theirs.params[1:], rel=1e-8)
    errors = np.sqrt(np.diag(found.unscaled) * found.scale)
    assert errors[1:] == pytest.approx(theirs.bse[1:], rel=1e-8)
    assert found.stats(w)["rsquared"] == pytest.approx(theirs.rsquared, rel=1e-9)
    assert found.stats(w)["llf"] == pytest.approx(theirs.llf, rel=1e-9)


def test_rank_is_found_in_blocks() -> None:
    """Dependent columns are found where only the last block tells them apart, and where none."""
    rng = np.random.default_rng(3)
    X = np.column_stack([np.ones(400), rng.normal(size=400), np.zeros(400)])
    X[:, 2] = X[:, 1]
    tied = X.copy()
    X[399, 2] += 1
    with small_blocks():
        assert list(basis(Blocks(400, 3, lambda rows: X[rows]), "abc").kept) == [0, 1, 2]
        both = np.column_stack([X, tied[:, 2]])
        found = basis(Blocks(400, 4, lambda rows: both[rows]), ["Intercept", "b", "c", "d"])
    assert list(found.kept) == [0, 1, 2]
    assert {note.code for note in found.notes} == {"rank-deficient"}


@pytest.mark.parametrize("apart", [1.0, 1e-2, 1e-5])
def test_leverages_are_right_however_near_columns_are_to_each_other(apart):
    """Those of one block, by whichever way they are found, are those of Q."""
    rng = np.random.default_rng(3)
    x = rng.normal(size=500)
    X = np.column_stack([np.ones(500), 1e4 * x, x + apart * rng.normal(size=500)])
    q, r = np.linalg.qr(X / np.linalg.norm(X, axis=0))
    own = Blocks.of(X)
    np.testing.assert_allclose(own.basis.leverage, (q**2).sum(axis=1), rtol=1e-8)
    np.testing.assert_allclose(
        (own.basis.of(np.arange(4)) ** 2).sum(axis=1), (q[:4] ** 2).sum(axis=1), rtol=1e-8
    )
    np.testing.assert_allclose(np.abs(np.diag(own.triangle)), np.abs(np.diag(r)), rtol=1e-7)
