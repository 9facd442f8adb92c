"""Chained equations: what is imputed, from what, and that the answers are nearer the truth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from reportgen.core.errors import DataError
from reportgen.core.options import Impute
from reportgen.core.types import Facts, Frame, Result, Variable
from reportgen.models import MODELS
from reportgen.models.engines.samples import multinomial
from reportgen.models.engines.samples.chained import completed
from reportgen.models.imputed.imputation import check, request
from reportgen.run.queues import worker


def frame_of(table: pd.DataFrame, **variables) -> Frame:
    known = {name: Variable(name, name) for name in table} | variables
    return Frame(table, Facts("d", len(table), len(table), "", variables=known))


def fitted(kind: str, table: pd.DataFrame, impute: Impute | None = None, **options) -> Result:
    given = MODELS.load(kind).Options(**options, impute=impute)
    return worker.fit(kind, given, frame_of(table), None, False)


def asked(table: pd.DataFrame, kind="ols", impute=None, **options):
    given = MODELS.load(kind).Options(**options, impute=impute or Impute(seed=1, copies=3))
    frame = frame_of(table)
    return frame, request(given, frame)


@pytest.fixture(scope="module")
def whole() -> pd.DataFrame:
    """600 people: y depends on x, z and three kinds of k; a helps to tell x."""
    rng = np.random.default_rng(5)
    n = 600
    z, k = rng.normal(size=n), rng.choice(list("abc"), size=n, p=[0.5, 0.3, 0.2])
    x = 0.6 * z + (k == "c") + rng.normal(size=n)
    y = 1 + 1.0 * x + 0.5 * z - 1.0 * (k == "b") + rng.normal(size=n)
    a = x + rng.normal(scale=0.3, size=n)
    return pd.DataFrame({"y": y, "x": x, "z": z, "k": k, "a": a, "b": (x > 0).astype(float)})


@pytest.fixture(scope="module")
def holes(whole) -> pd.DataFrame:
    """x is missing where y is large (at random given y), k and b here and there."""
    rng = np.random.default_rng(6)
    table = whole.copy()
    table.loc[rng.random(600) < 1 / (1 + np.exp(-2 * (whole.y - 1.5))), "x"] = np.nan
    table.loc[rng.random(600) < 0.2, "k"] = None
    table.loc[rng.random(600) < 0.2, "b"] = np.nan
    return table


def test_imputation_mends_what_leaving_out_rows_breaks(whole, holes):
    """Rows lost by their outcome bias the complete cases; imputed fits are near the truth."""
    formula = "y ~ x + z + C(k)"
    truth = fitted("ols", whole, formula=formula).coef
    complete = fitted("ols", holes, formula=formula).coef
    imputed = fitted("ols", holes, Impute(seed=3, copies=10, columns=("a",)), formula=formula)
    assert imputed.n == imputed.n_read == 600
    for name in ("Intercept", "x"):
        off = abs(complete[name].estimate - truth[name].estimate)
        assert off > 3 * truth[name].se
        assert abs(imputed.coef[name].estimate - truth[name].estimate) < off / 3
        assert imputed.coef[name].se > truth[name].se
        assert 0 < imputed.coef[name].more["fmi"] < 0.8


def test_the_same_seed_gives_the_same_numbers(holes):
    """Nothing else decides the draws, and another seed gives others."""

    def run(seed):
        return fitted("ols", holes, Impute(seed=seed, copies=2), formula="y ~ x + z")

    np.random.seed(0)
    first = run(1)
    np.random.seed(1)
    assert run(1) == first
    assert run(2).coef["x"].estimate != first.coef["x"].estimate


def test_every_value_imputed_is_one_that_occurs(holes):
    """Numbers are lent by donors, levels are levels, and observed values stay as they were."""
    frame, wanted = asked(holes, formula="y ~ x + C(k) + b")
    for copy in completed(frame, wanted):
        assert not copy.table[["x", "k", "b"]].isna().any().any()
        for name in ("x", "k", "b"):
            known = holes[name].notna()
            assert copy.table.loc[known, name].equals(holes.loc[known, name])
            assert set(copy.table[name]) <= set(holes[name].dropna())
    assert frame.table["x"].isna().any()


def test_levels_are_drawn_with_their_chances(whole):
    """Levels missing at random come back with the shares of the whole, and its relation to y."""
    rng = np.random.default_rng(9)
    table = whole.assign(k=whole.k.where(rng.random(600) > 0.5))
    frame, wanted = asked(
        table, formula="y ~ C(k) + x + z", impute=Impute(seed=2, copies=20)
    )  # fmt: skip
    gone = table.k.isna()
    shares = np.mean(
        [copy.table.k[gone].value_counts(normalize=True)[list("abc")] for copy in
         completed(frame, wanted)], axis=0,
    )  # fmt: skip
    assert shares == pytest.approx(
        whole.k[gone].value_counts(normalize=True)[list("abc")], abs=0.06
    )


@pytest.mark.parametrize("dtype", ["Int64", "boolean", "category", "object", "string"])
def test_types_of_columns_survive(holes, dtype):
    """Whatever holds a missing value can be imputed and then used in a formula."""
    column = holes.b.map({0.0: 0, 1.0: 1}).astype("Int64")
    if dtype == "boolean":
        column = column.astype("boolean")
    elif dtype != "Int64":
        column = holes.b.map({0.0: "no", 1.0: "yes"}).astype(dtype)
    result = fitted("ols", holes.assign(b=column), Impute(seed=1, copies=2), formula="y ~ b + z")
    assert result.status == "ok"
    assert result.n == 600
    assert result.imputed == {"b": int(column.isna().sum())}


def test_what_is_imputed_and_from_what(holes):
    """The model's own columns and those of `columns`; formulas are evaluated on completed rows."""
    table = holes.assign(w=1.0, site=np.arange(600) % 20)
    _, wanted = asked(
        table, "wls", formula="y ~ np.log(x + 50) + C(k) + z", weights="w",
        impute=Impute(seed=1, columns=("b", "a")),
    )  # fmt: skip
    assert wanted.columns == ("x", "k", "b")
    assert set(wanted.helpers) == {"y", "z", "a", "w"}
    assert wanted.categories == {"k"}
    assert wanted.design == ("w",)
    _, wanted = asked(table, "gee", formula="y ~ x", groups="site")
    assert wanted.clusters == (("site",),)


def test_a_row_without_a_weight_is_not_given_one(holes):
    """Design columns are never imputed: their rows are left out, and counted as missing."""
    table = holes.assign(w=np.where(holes.index < 6, np.nan, 1.0))
    result = fitted("wls", table, Impute(seed=1, copies=2), formula="y ~ x", weights="w")
    assert (result.n, result.n_read) == (594, 600)
    gone = holes.x.isna()
    assert result.missing == {"x": int(gone.sum()), "w": 6}
    assert result.imputed == {"x": int(gone[6:].sum())}


def test_clusters_are_never_imputed(holes):
    """A row without a cluster stays one, and is refused as it is without imputation."""
    table = holes.assign(site=(holes.index % 20).where(holes.index > 5))
    with pytest.raises(DataError) as caught:
        fitted("mixedlm", table, Impute(seed=1, copies=2), formula="y ~ x", groups="site")
    assert caught.value.problems[0].code == "missing-clusters"


def test_clusters_keep_their_likeness(whole):
    """Outcomes imputed with their clusters keep the intraclass correlation of the whole."""
    rng = np.random.default_rng(4)
    site = np.repeat(np.arange(20), 30)
    y = rng.normal(size=20)[site] + whole.x + rng.normal(size=600)
    table = whole.assign(y=y, site=site)
    gaps = table.assign(y=y.where(rng.random(600) > 0.4))
    options = {"formula": "y ~ x", "groups": "site"}
    truth = fitted("mixedlm", table, **options)
    imputed = fitted("mixedlm", gaps, Impute(seed=1, copies=5), **options)
    assert imputed.icc == pytest.approx(truth.icc, abs=0.08)
    assert imputed.variance["site"].se > 0
    assert len(imputed.random_effects) == 20


def test_too_many_clusters_are_a_finding(holes):
    """Where clusters cannot enter the imputation the report says what follows."""
    table = holes.assign(site=np.arange(600) // 2)
    result = fitted("gee", table, Impute(seed=1, copies=2), formula="y ~ x", groups="site")
    assert "imputation-without-clusters" in {note.code for note in result.notes}


def test_nothing_missing_is_one_fit(whole):
    """The model is fitted once, as if nothing had been asked, and a note says so."""
    result = fitted("ols", whole, Impute(seed=1), formula="y ~ x")
    plain = fitted("ols", whole, formula="y ~ x")
    assert result.coef == plain.coef
    assert [note.code for note in result.notes] == ["nothing-to-impute"]


def test_a_copy_that_cannot_be_fitted_fails_the_model(holes):
    """The others alone would be an answer about easier data."""
    table = holes.assign(y=1.0)
    result = fitted("ols", table, Impute(seed=1, copies=3), formula="y ~ x + z")
    assert result.status == "failed"
    assert result.notes[0].text.startswith("in completed data set 1 of 3: ")


def test_levels_too_many_to_impute(holes):
    """A column of names is no category to draw from."""
    names = pd.Series([f"p{number}" for number in range(600)]).where(holes.index > 5)
    result = fitted("ols", holes.assign(who=names), Impute(seed=1), formula="y ~ z + C(who)")
    assert result.notes[0].code == "impute-levels"


def test_what_the_report_is_told(holes):
    """Copies, seed, counts, and whether more copies would be needed."""
    result = fitted("ols", holes, Impute(seed=7, copies=2), formula="y ~ x + z")
    details, codes = result.method.details, [note.code for note in result.notes]
    assert (details["copies"], details["seed"]) == (2, 7)
    assert result.imputed == {"x": int(holes.x.isna().sum())}
    assert codes == ["imputed", "few-copies", "no-pooled-likelihood"]
    assert "seed 7" in result.notes[0].text


@pytest.mark.parametrize(
    ("given", "key"),
    [({"copies": 1}, "copies"), ({"donors": 0}, "donors"), ({"seed": -1}, "seed")],
)
def test_numbers_out_of_range(given, key):
    """Found before any data are read."""
    (problem,) = check(Impute(**{"seed": 1, **given}))
    assert problem.path == ("impute", key)
    assert not list(check(None))


def test_draws_are_of_the_multinomial_logit():
    """The mode is statsmodels' MNLogit where the prior says little; draws have its covariance."""
    import statsmodels.api as sm

    rng = np.random.default_rng(8)
    X = np.column_stack([np.ones(3000), rng.normal(size=(3000, 2))])
    beta = np.array([[0.2, -0.5], [0.8, 0.1], [-0.4, 0.6]])
    chances = multinomial.probabilities(X, beta)
    codes = (rng.random(3000)[:, None] > np.cumsum(chances, axis=1)[:, :-1]).sum(axis=1)
    known = sm.MNLogit(codes, X).fit(disp=False)
    start = np.zeros((3, 2))
    draws, modes = zip(
        *(multinomial.draw(X, codes, 3, start, rng) for _ in range(200)), strict=True
    )
    assert modes[0] == pytest.approx(known.params, abs=2e-3)
    spread = np.std([each.T.ravel() for each in draws], axis=0)
    assert spread == pytest.approx(np.sqrt(np.diag(known.cov_params())), rel=0.2)


def test_a_separated_level_is_drawn_all_the_same():
    """A level that always occurs where x is positive has finite coefficients under the prior."""
    rng = np.random.default_rng(1)
    X = np.column_stack([np.ones(200), np.repeat([-1.0, 1.0], 100)])
    codes = np.repeat([0, 1], 100)
    drawn, mode = multinomial.draw(X, codes, 2, np.zeros((2, 1)), rng)
    assert np.isfinite(drawn).all()
    assert 2 < mode[1, 0] < 10
