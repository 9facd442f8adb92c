"""Inputs that a library answers with numbers all the same, and what a reader is told of each."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

from reportgen.core.errors import DataError, FitError, SpecError
from reportgen.core.types import Facts, Frame, Result, Variable
from reportgen.models import MODELS
from reportgen.models.formula import parse


def base(n: int = 200) -> pd.DataFrame:
    """Ordinary rows, to be spoiled."""
    rng = np.random.default_rng(5)
    x, z = rng.normal(size=n), rng.normal(size=n)
    table = pd.DataFrame({"x": x, "z": z, "site": np.arange(n) % 50, "w": 1 + rng.random(n)})
    table["c"] = np.array(["a", "b", "c"])[np.arange(n) % 3]
    table["h"] = rng.choice(["p", "q"], n)
    table["y"] = 1 + 0.5 * x + rng.normal(size=n)
    table["event"] = (rng.random(n) < 1 / (1 + np.exp(-x))).astype(int)
    table["count"] = rng.poisson(np.exp(0.3 + 0.3 * x))
    return table


def fitted(kind: str, table: pd.DataFrame, **options) -> Result:
    variables = {name: Variable(name, name) for name in table}
    frame = Frame(table, Facts("data", len(table), len(table), "0" * 64, variables=variables))
    model = MODELS.load(kind)
    return model.tidy(model.fit(model.Options(**options), frame))


def spoiled(**columns):
    return base().assign(**columns)


T, R = base(), np.random.default_rng(1)
BINOMIAL = {"formula": "event ~ x", "family": "binomial"}
C_ZERO = {"formula": "event ~ c + x", "family": "binomial"}
ONLY = np.where(T.index == 0, "only", T.c)
ALIASED = {"x2": 2 * T.x}
EMPTY = T.assign(c=T.c.where(~((T.c == "c") & (T.h == "q")), "a"))

FLAGGED = [
    (1, "glm", spoiled(event=(T.x > 0).astype(int)), BINOMIAL, {"separation"}),
    (2, "logit", spoiled(event=(T.x > 0).astype(int)), {"formula": "event ~ x"}, {"separation"}),
    (3, "glm", spoiled(event=T.event.where(T.c != "c", 0)), C_ZERO, {"separation"}),
    (4, "gee", spoiled(event=T.event.where(T.c != "c", 0)), {**C_ZERO, "groups": "site"},
     {"separation"}),
    (5, "ols", spoiled(y=3.0), {"formula": "y ~ x"}, {"constant-outcome"}),
    (6, "glm", spoiled(event=0), BINOMIAL, {"constant-outcome"}),
    (7, "logit", spoiled(event=1), {"formula": "event ~ x"}, {"constant-outcome"}),
    (8, "poisson", spoiled(count=0), {"formula": "count ~ x"}, {"constant-outcome"}),
    (9, "poisson", spoiled(count=T["count"].where(T.c != "c", 0)), {"formula": "count ~ c"},
     {"separation"}),
    (10, "glm", spoiled(event=T.event + 1), BINOMIAL, {"outcome-range"}),
    (14, "glm", spoiled(event=T["count"]), BINOMIAL, {"outcome-range"}),
    (15, "poisson", spoiled(count=T["count"] - 1), {"formula": "count ~ x"}, {"outcome-range"}),
    (16, "glm", spoiled(y=T["count"]), {"formula": "y ~ x", "family": "gamma", "link": "log"},
     {"outcome-range"}),
    (22, "ols", spoiled(x=np.nan), {"formula": "y ~ x"}, {"no-rows"}),
    (23, "ols", spoiled(x=T.x.where(T.index != 3, np.inf)), {"formula": "y ~ x"}, {"not-finite"}),
    (24, "ols", spoiled(x=T.x.where(T.index != 3, 0).abs()), {"formula": "y ~ np.log(x)"},
     {"not-finite"}),
    (25, "ols", T, {"formula": "y ~ np.log(x)"}, {"not-finite"}),
    (26, "ols", spoiled(x=T.x.astype(str)), {"formula": "y ~ x"}, {"numbers-as-text"}),
    (27, "ols", spoiled(x=T.x.round(1).astype(str).where(T.index != 3, "1,2")),
     {"formula": "y ~ x"}, {"numbers-as-text"}),
    (33, "ols", spoiled(x=pd.date_range("2020-01-01", periods=200)), {"formula": "y ~ x"},
     {"date-column"}),
    (35, "ols", spoiled(c=pd.Series(np.where(T.index % 2, 1, 2).tolist(), dtype=object).where(
        T.index % 4 != 0, "1")), {"formula": "y ~ c"}, {"mixed-levels"}),
    (36, "ols", spoiled(**ALIASED), {"formula": "y ~ x + x2"}, {"rank-deficient"}),
    (37, "glm", spoiled(**ALIASED), {"formula": "event ~ x + x2", "family": "binomial"},
     {"rank-deficient"}),
    (38, "gee", spoiled(**ALIASED), {"formula": "y ~ x + x2", "groups": "site"},
     {"rank-deficient"}),
    (39, "mixedlm", spoiled(**ALIASED), {"formula": "y ~ x + x2", "groups": "site"},
     {"rank-deficient"}),
    (40, "ols", spoiled(x2=T.x + 1e-9 * T.z), {"formula": "y ~ x + x2"},
     {"ill-conditioned", "rank-deficient"}),
    (41, "logit", spoiled(**ALIASED), {"formula": "event ~ x + x2"}, {"rank-deficient"}),
    (42, "ols", T[:3], {"formula": "y ~ x + z + w + h"}, {"too-few-rows"}),
    (43, "ols", T[:3], {"formula": "y ~ c"}, {"no-residual-df"}),
    (44, "ols", T[:1], {"formula": "y ~ x"}, {"constant-outcome"}),
    (45, "ols", T[:0], {"formula": "y ~ x"}, {"no-rows"}),
    (48, "ols", EMPTY, {"formula": "y ~ c * h"}, {"empty-column"}),
    (49, "ols", spoiled(c=ONLY), {"formula": "y ~ c"}, {"leverage"}),
    (50, "ols", spoiled(c=ONLY), {"formula": "y ~ c", "cov_type": "HC3"}, {"leverage-robust"}),
    (52, "ols", spoiled(q=3 * T.y + 1), {"formula": "y ~ q"}, {"perfect-fit"}),
    (68, "ols", spoiled(site=1), {"formula": "y ~ x", "cov_type": "cluster", "groups": "site"},
     {"one-cluster"}),
    (69, "ols", spoiled(site=T.index % 3),
     {"formula": "y ~ x + z + c", "cov_type": "cluster", "groups": "site"},
     {"clusters-coefficients"}),
    (133, "negativebinomial", spoiled(count=R.binomial(10, 0.3, 200)), {"formula": "count ~ x"},
     {"no-overdispersion"}),
    (135, "zeroinflatedpoisson", spoiled(count=T["count"] + 1), {"formula": "count ~ x"},
     {"no-zeros"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "table", "options", "codes"),
    [case[1:] for case in FLAGGED],
    ids=[f"{case[0]}-{case[1]}" for case in FLAGGED],
)
def test_what_cannot_be_trusted_is_said(kind, table, options, codes):
    """A finding that warns, or a refusal, with the code of what is wrong."""
    assert said(kind, table, options) & codes


def said(kind, table, options) -> set[str]:
    """The codes of what failed the fit, or of what its reader is warned of."""
    try:
        result = fitted(kind, table, **options)
    except (DataError, FitError) as error:
        return {problem.code for problem in error.problems}
    assert result.status == "warning"
    return {note.code for note in result.notes if note.level != "info"}


REFUSED = [
    (59, "wls", {"w": T.w - 3}, {"formula": "y ~ x", "weights": "w"}),
    (64, "glm", {"w": T.w.round() - 3}, {**BINOMIAL, "freq_weights": "w"}),
    (65, "poisson", {"w": T.w.where(T.index != 2, 0)}, {"formula": "count ~ x", "exposure": "w"}),
    (66, "poisson", {"w": T.x}, {"formula": "count ~ x", "exposure": "w"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "columns", "options"), [case[1:] for case in REFUSED],
    ids=[f"{case[0]}-{case[1]}" for case in REFUSED],
)  # fmt: skip
def test_weights_and_exposures_that_cannot_be(kind, columns, options):
    """Negative weights and times of no length are errors of the data."""
    with pytest.raises((DataError, FitError)):
        fitted(kind, spoiled(**columns), **options)


@pytest.mark.parametrize("kind", ["glm", "logit", "gee"])
@pytest.mark.parametrize("outcome", [T.event == 1, T.event.map({0: "no", 1: "yes"})])
def test_the_sign_of_a_yes_stands(kind, outcome):
    """11–13: words and booleans give the coefficients of 0 and 1, and the event is named."""
    options = {"formula": "event ~ x"}
    options |= {"family": "binomial"} if kind != "logit" else {}
    options |= {"groups": "site"} if kind == "gee" else {}
    plain, coded = (fitted(kind, table, **options) for table in (T, spoiled(event=outcome)))
    assert coded.coef["x"].estimate == pytest.approx(plain.coef["x"].estimate, rel=1e-6)
    assert coded.method.event in ("True", "yes")


@pytest.mark.parametrize(("x", "z"), [(1e12, 1.0), (1e-8, 1e10)])
def test_units_do_not_matter(x, z):
    """19, 20: the size of a unit changes no test."""
    plain = fitted("ols", T, formula="y ~ x + z")
    scaled = fitted("ols", spoiled(x=T.x * x, z=T.z * z), formula="y ~ x + z")
    for name in ("x", "z"):
        assert scaled.coef[name].statistic == pytest.approx(plain.coef[name].statistic, rel=1e-6)


def test_small_whole_numbers_do_not_wrap():
    """29, 30: squares of int8 and differences of uint8 are those of the numbers."""
    table = spoiled(k=(T.index % 120).astype("int8"), a=(T.index % 9).astype("uint8"))
    wide = table.astype({"k": float, "a": float})
    formula = "y ~ I(k**2) + I(a - k)"
    small, large = fitted("ols", table, formula=formula), fitted("ols", wide, formula=formula)
    for name, coef in large.coef.items():
        assert small.coef[name].estimate == pytest.approx(coef.estimate, rel=1e-9)


def test_missing_rows_are_counted():
    """21, 61, 62: rows lost to a covariate or a weight are left out together, and counted."""
    table = spoiled(x=T.x.where(T.index >= 100), w=T.w.where(T.index % 50 != 7))
    result = fitted("wls", table, formula="y ~ x", weights="w")
    kept = fitted("wls", table.dropna(subset=["x", "w"]), formula="y ~ x", weights="w")
    assert result.n == kept.n == 98
    assert dict(result.missing) == {"x": 100, "w": 4}
    assert result.coef["x"].estimate == pytest.approx(kept.coef["x"].estimate)


@pytest.mark.parametrize(
    "text",
    [
        "y ~ a b", "y ~ 1x", "y ~ class", "y ~ x - z", "y ~ y + x", "y ~ True", "y ~ None",
        "y ~ x-y",
    ],
)  # fmt: skip
def test_formulas_that_mean_nothing(text):
    """51, 100–106, 120, 130: names that are no names, and terms taken away that are not there."""
    with pytest.raises(SpecError):
        parse(text)


@pytest.mark.parametrize("name", ["a b", "lambda", "log", "C", "it's", "größe", "T.x", "a[b]"])
def test_any_column_can_be_quoted(name):
    """101–119: a quoted name is its column, whatever it looks like."""
    text = f'y ~ Q("{name}")'
    table = spoiled(**{name: T.x})
    assert next(iter(parse(text).terms)).columns == (name,)
    found = fitted("ols", table, formula=text)
    plain = fitted("ols", T, formula="y ~ x")
    assert list(found.coef.values())[1].estimate == pytest.approx(plain.coef["x"].estimate)


CLEAN = {
    "ols": "y ~ x + c", "glm": "y ~ x + c", "logit": "event ~ x + c", "poisson": "count ~ x + c",
    "quantreg": "y ~ x + c", "rlm": "y ~ x + c",
}  # fmt: skip


@pytest.mark.parametrize("kind", CLEAN)
def test_ordinary_data_raise_no_alarm(kind):
    """Seventeen draws of ordinary data for each kind: no finding that warns, and no warning."""
    for seed in range(17):
        rng = np.random.default_rng([seed, 9])
        x, c = rng.normal(size=300), rng.choice(["a", "b", "c"], 300)
        eta = 0.2 + 0.5 * x + 0.3 * (c == "b")
        table = pd.DataFrame({"x": x, "c": c, "y": eta + rng.normal(size=300)})
        table["event"] = (rng.random(300) < 1 / (1 + np.exp(-eta))).astype(int)
        table["count"] = rng.poisson(np.exp(eta))
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            result = fitted(kind, table, formula=CLEAN[kind])
        assert result.status == "ok", (seed, result.notes)
