"""Rubin's rules on given copies, against R (the formulas of the papers) and statsmodels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit
from scipy.stats import t

from reportgen.core.clusters import Component, Effect, Spread
from reportgen.core.errors import FitError
from reportgen.core.types import Coef, Facts, Frame, Method, Note, Result
from reportgen.models import MODELS
from reportgen.models.engines.samples.rubin import pool
from reportgen.models.imputed.pooling import pooled

X1 = [0.2, 1.4, -0.7, 2.1, 0.9, -1.2, 0.4, 1.8, -0.3, 0.6, 1.1, -0.9]
X2 = (
    [3, 1, 2, 5, 4, 2, 1, 3, 2, 4, 5, 1],
    [3, 2, 2, 5, 4, 2, 1, 3, 2, 4, 4, 1],
    [3, 1, 2, 5, 4, 1, 1, 3, 2, 4, 5, 1],
    [3, 1, 2, 4, 4, 2, 1, 3, 2, 4, 5, 2],
)
Y = [1.1, 2.9, 0.4, 4.2, 2.2, -0.8, 1.7, 3.9, 0.8, None, 3.1, None]
DRAWN = ((2.4, -0.1), (1.5, 0.6), (1.9, -0.7), (2.8, 0.2))

# R 4.2: lm() of each copy, then colMeans, var and the formulas of Rubin (1987), Barnard and Rubin
# (1999), Li, Raghunathan and Rubin (1991) and Reiter (2007), written out.
R = {
    "estimate": [0.85337753548800377, 1.5570767037133402, 0.048402816306193197,
                 -0.0098864033104737528, 0.36541526232280902],
    "se": [0.34476762310803222, 0.20944002026816674, 0.13015389924259199, 0.27773786911526949,
           0.43739974821503852],
    "df": [4.5514911943613674, 4.4201012111133471, 2.0079969289605164, 3.9728302716154844,
           3.5458359908209101],
    "riv": [0.18490810221537124, 0.21049462755855308, 1.2236067467304692, 0.30672581430165829,
            0.41742562465511646],
    "fmi": [0.16942841582586424, 0.19005600155991947, 0.61996498305720027, 0.26137030835522346,
            0.33203138573924518],
    "p": [0.061016791362415022, 0.0011691014398311033, 0.74555518735493775, 0.97332101359339918,
          0.45605401901493808],
    "low": [-0.059798885671432878, 0.99673914759435978, -0.50947240348190292,
            -0.78309462377517547, -0.91287563167979457],
}  # fmt: skip
COVARIANCE_12 = -0.0076350525237910824
LARGE_DF = [123.19092335144606, 99.212171564300363, 9.9072585059846627, 54.448953838618657,
            34.591038671876895]  # fmt: skip
JOINT_F, JOINT_LARGE, JOINT_40 = 0.36518829924450397, 20.361155366493744, 11.148428665729661


def copies() -> list[pd.DataFrame]:
    tables = []
    for x2, (tenth, twelfth) in zip(X2, DRAWN, strict=True):
        y = [*Y[:9], tenth, Y[10], twelfth]
        tables.append(pd.DataFrame({"x1": X1, "x2": x2, "g": list("abc") * 4, "y": y}))
    return tables


def fitted(kind: str, table: pd.DataFrame, **options) -> Result:
    model = MODELS.load(kind)
    frame = Frame(table, Facts("d", len(table), len(table), ""))
    return model.tidy(model.fit(model.Options(**options), frame))


@pytest.fixture(scope="module")
def fits() -> list[Result]:
    return [fitted("ols", table, formula="y ~ x1 + x2 + g") for table in copies()]


@pytest.fixture(scope="module")
def order() -> list[str]:
    return ["Intercept", "x1", "x2", "g[T.b]", "g[T.c]"]


def test_rubins_rules_are_those_of_R(fits, order):
    """Estimate, SE, Barnard and Rubin's df, riv, fmi, p and interval of each coefficient."""
    result = pooled(fits)
    for place, name in enumerate(order):
        coef = result.coef[name]
        found = {
            "estimate": coef.estimate, "se": coef.se, "df": coef.df, "p": coef.p, "low": coef.low,
            "riv": coef.more["riv"], "fmi": coef.more["fmi"],
        }  # fmt: skip
        assert found == pytest.approx({key: R[key][place] for key in found}, rel=1e-9)
    assert list(result.coef) == list(fits[0].coef)


def test_the_covariance_is_pooled(fits, order):
    """The covariance matrix is the total one, in the order of the coefficients."""
    result = pooled(fits)
    names = list(result.coef)
    places = [names.index(name) for name in order]
    total = np.array(result.vcov)[np.ix_(places, places)]
    assert np.sqrt(np.diag(total)) == pytest.approx(R["se"], rel=1e-9)
    assert total[0, 1] == pytest.approx(COVARIANCE_12, rel=1e-9)


def test_a_normal_law_gives_rubins_large_sample_df(fits, order):
    """Without degrees of freedom of the complete data only the number of copies limits."""
    normal = [
        replace(
            each, coef={name: replace(coef, df=None) for name, coef in each.coef.items()}
        )
        for each in fits
    ]  # fmt: skip
    result = pooled(normal)
    assert [result.coef[name].df for name in order] == pytest.approx(LARGE_DF, rel=1e-9)


def test_statsmodels_combines_to_the_same_standard_errors():
    """MICE.combine's estimates and standard errors, which it then compares with the normal law."""
    import statsmodels.formula.api as smf
    from statsmodels.imputation.mice import MICE

    tables = copies()
    mice = MICE("y ~ x1 + x2", smf.ols, None)
    mice.model_class = smf.ols
    mice.results_list = [smf.ols("y ~ x1 + x2", table).fit() for table in tables]
    mice.exog_names, mice.endog_names = mice.results_list[0].model.exog_names, "y"
    known = mice.combine()
    result = pooled([fitted("ols", table, formula="y ~ x1 + x2") for table in tables])
    assert [coef.estimate for coef in result.coef.values()] == pytest.approx(known.params)
    assert [coef.se for coef in result.coef.values()] == pytest.approx(known.bse, rel=1e-9)


@pytest.mark.parametrize(("complete", "df"), [(np.inf, JOINT_LARGE), (40.0, JOINT_40), (7.0, 7.0)])
def test_joint_tests(fits, order, complete, df):
    """D1 of a factor; Reiter's df, and where his expansion does not hold those of the data."""
    names = list(fits[0].coef)
    estimates = np.array([[each.coef[name].estimate for name in names] for each in fits])
    covariances = np.array([each.vcov for each in fits])
    found = pool(estimates, covariances, np.full(len(names), complete))
    statistic, found_df, p = found.joint([names.index(name) for name in order[3:]])
    assert statistic == pytest.approx(JOINT_F, rel=1e-9)
    assert found_df == pytest.approx(df, rel=1e-9)
    assert 0 < p < 1


def test_the_tests_of_terms_are_pooled(fits):
    """Each term has a test of pooled coefficients."""
    result = pooled(fits)
    assert result.wald["g"].statistic == pytest.approx(JOINT_F, rel=1e-9)
    assert (result.wald["g"].df, result.wald["g"].df_resid) == (2, 7.0)
    assert result.wald["x1"].statistic == pytest.approx(result.coef["x1"].statistic ** 2)


def test_equal_copies_are_one_fit(fits):
    """Nothing missing: no between variance, Barnard and Rubin's limit of the degrees of freedom."""
    result = pooled([fits[0]] * 5)
    for name, coef in fits[0].coef.items():
        found = result.coef[name]
        assert (found.estimate, found.se) == pytest.approx((coef.estimate, coef.se), rel=1e-12)
        assert found.df == pytest.approx(8 / 10 * 7)
        assert found.more["fmi"] == pytest.approx(0, abs=1e-12)


def test_likelihoods_are_not_averaged(fits):
    """What does not pool is left out; R² is averaged by Fisher's z of its root."""
    stats = pooled(fits).stats
    assert {"llf", "aic", "bic"}.isdisjoint(stats)
    z = [np.arctanh(np.sqrt(each.stats["rsquared"])) for each in fits]
    assert stats["rsquared"] == pytest.approx(np.tanh(np.mean(z)) ** 2)
    assert stats["scale"] == pytest.approx(np.mean([each.stats["scale"] for each in fits]))


def mixed(var, se, icc, effect):
    return Result(
        kind="mixedlm", status="ok", method=Method("reml", "observed"),
        coef={"Intercept": Coef(1.0, 0.5)}, icc=icc,
        variance={"g": Component(var, var**0.5, se, (2 * var) ** 0.5)},
        covariance={"g,x": 0.2}, correlation={"g,x": icc},
        random_effects={"a": {"g": Effect(effect, 0.3)}},
    )  # fmt: skip


def test_variances_and_effects_are_averaged():
    """Variances on their own scale; ICC on the logit scale, correlations by Fisher's z."""
    result = pooled([mixed(1.0, 0.3, 0.2, 0.5), mixed(2.0, 0.5, 0.4, 0.9)])
    component, effect = result.variance["g"], result.random_effects["a"]["g"]
    assert (component.var, component.sd) == pytest.approx((1.5, 1.5**0.5))
    assert component.typical_difference == pytest.approx(3**0.5)
    assert component.se == pytest.approx(np.sqrt((0.09 + 0.25) / 2 + 1.5 * 0.5))
    assert result.icc == pytest.approx(expit((logit(0.2) + logit(0.4)) / 2))
    z = (np.arctanh(0.2) + np.arctanh(0.4)) / 2
    assert result.correlation["g,x"] == pytest.approx(np.tanh(z))
    assert effect.estimate == pytest.approx(0.7)
    assert effect.se == pytest.approx(np.sqrt(0.09 + 1.5 * 0.08))


def test_intervals_of_variances_are_pooled_on_their_scales():
    """Variances on the log scale, the ICC on the logit scale, with Rubin's large-sample df."""
    one, two = mixed(1.0, 0.3, 0.2, 0.5), mixed(2.0, 0.5, 0.4, 0.9)
    wide = [
        replace(
            each, spread={"icc": Spread(0.05, 0.1, 0.5)},
            variance={"g": replace(each.variance["g"], low=0.1, high=9.0)},
            method=replace(each.method, details={"intervals": "profile"}),
        )
        for each in (one, two)
    ]  # fmt: skip
    result = pooled(wide)
    component = result.variance["g"]
    within = (0.3**2 + 0.25**2) / 2
    extra = 1.5 * np.log(2) ** 2 / 2
    half = t((1 + within / extra) ** 2).ppf(0.975) * np.sqrt(within + extra)
    assert np.log([component.low, component.high]) == pytest.approx(
        [np.log(1.5) - half, np.log(1.5) + half]
    )
    icc = result.spread["icc"]
    assert logit(result.icc) == pytest.approx((logit(icc.low) + logit(icc.high)) / 2)
    assert result.method.details["intervals"] == "wald"


def test_a_variance_without_an_error_in_one_copy_has_none():
    """On the boundary a variance has no standard error, and neither has the pooled one."""
    result = pooled([mixed(1.0, 0.3, 0.2, 0.5), mixed(0.0, None, 0.0, 0.0)])
    assert result.variance["g"].var == 0.5
    assert result.variance["g"].se is None


def test_a_finding_of_some_copies_says_of_how_many(fits):
    """A note in every copy is told once; one in some with their number."""
    everywhere, rare = Note("info", "a", "always"), Note("warning", "b", "a boundary")
    noted = [replace(each, notes=(everywhere,)) for each in fits]
    noted[2] = replace(noted[2], notes=(everywhere, rare))
    assert [note.text for note in pooled(noted).notes] == [
        "always", "in 1 of 4 completed data sets: a boundary",
    ]  # fmt: skip


def test_one_coefficient_without_an_error_leaves_the_others(fits):
    """What a finding withholds in one copy is withheld in the pool, with 0 in its covariance."""
    lost = {**fits[0].coef, "x2": Coef(None)}
    result = pooled([replace(fits[0], coef=lost), *fits[1:]])
    place = list(result.coef).index("x2")
    assert result.coef["x2"].estimate is None
    assert set(result.vcov[place]) == {0.0}
    assert result.coef["x1"].se == pytest.approx(R["se"][1], rel=1e-9)
    assert "x2" not in result.wald


def test_coefficients_without_errors_are_only_averaged(fits):
    """Where one copy gives no standard error there is no pooled inference."""
    broken = replace(
        fits[0], coef={name: replace(coef, se=None) for name, coef in fits[0].coef.items()}
    )
    result = pooled([broken, *fits[1:]])
    assert {coef.se for coef in result.coef.values()} == {None}
    assert result.coef["x1"].estimate == pytest.approx(R["estimate"][1], rel=1e-9)
    assert result.wald == {}


def test_copies_with_different_coefficients_do_not_pool(fits):
    """A level that occurs in some copies only is a failure in words."""
    other = fitted("ols", copies()[0], formula="y ~ x1 + x2")
    with pytest.raises(FitError) as caught:
        pooled([*fits, other])
    assert caught.value.problems[0].code == "different-terms"
