"""Models of several equations: probabilities of levels and means of inflated counts.

Expected numbers are made of statsmodels' own fits, or by scipy from the coefficients, with
gradients by differences: nothing here asks the code that is tested.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf
from scipy.special import expit
from scipy.stats import logistic, nbinom, norm, poisson
from statsmodels.discrete.count_model import ZeroInflatedNegativeBinomialP, ZeroInflatedPoisson
from statsmodels.tools.numdiff import approx_fprime_cs

from reportgen.core.errors import DataError

LEVELS = ["poor", "fair", "good", "best"]
AT = {"x": (-1, 0.5)}


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    rng = np.random.default_rng(12)
    n = 600
    x, z, arm = rng.normal(size=n), rng.normal(size=n), rng.choice(["a", "b", "c"], n)
    latent = 0.7 * x - 0.4 * z + 0.8 * (arm == "b") + rng.logistic(size=n)
    health = np.array(LEVELS)[np.digitize(latent, [-1.2, 0.3, 1.6])]
    mean = np.exp(0.6 + 0.3 * x + 0.4 * (arm == "c"))
    never = rng.random(n) < expit(-0.8 + 0.7 * z + 0.3 * x)
    return pd.DataFrame({
        "x": x, "z": z, "arm": arm, "health": health, "site": np.repeat(np.arange(60), 10),
        "days": rng.uniform(0.5, 2, n), "male": rng.integers(0, 2, n),
        "visits": np.where(never, 0, rng.poisson(mean)),
        "calls": np.where(never, 0, rng.negative_binomial(2, 2 / (2 + mean))),
    })  # fmt: skip


@pytest.fixture(scope="module")
def frame(table, framed):
    return framed(table, health=LEVELS)


def design(rows: pd.DataFrame) -> np.ndarray:
    """The columns of `x + z + arm`, in the order of the formula."""
    return np.column_stack([
        np.ones(len(rows)), rows.x, rows.z, rows.arm == "b", rows.arm == "c"
    ]).astype(float)  # fmt: skip


def delta(function, result) -> tuple[np.ndarray, np.ndarray]:
    """Values of a function of all coefficients, and SEs: complex steps and the full covariance."""
    b = np.array([coef.estimate for coef in result.coef.values()])
    J, V = np.atleast_2d(approx_fprime_cs(b, function)), np.array(result.vcov)
    return np.atleast_1d(function(b)), np.sqrt(np.einsum("kp,pq,kq->k", J, V, J))


def numbers(result, *names: str) -> np.ndarray:
    return np.array([[getattr(each.value, name) for name in names] for each in result.margins])


# ── levels without an order ──────────────────────────────────────────────────────────────────

MULTINOMIAL = "health ~ x + z + arm"


@pytest.fixture(scope="module")
def nominal(frame, run):
    return run("mnlogit", frame, formula=MULTINOMIAL)


@pytest.fixture(scope="module")
def mnlogit(table):
    codes = pd.Categorical(table.health, LEVELS).codes
    return sm.MNLogit(codes, design(table)).fit(disp=0, method="newton", tol=1e-12, maxiter=100)


def test_average_effects_on_the_probability_of_each_level(table, frame, run, mnlogit):
    """`MNLogit.get_margeff`: effect and SE of every number and every yes or no, on each level."""
    fit = run("mnlogit", frame, formula="health ~ x + z + male")
    codes = pd.Categorical(table.health, LEVELS).codes
    X = np.column_stack([np.ones(len(table)), table.x, table.z, table.male])
    model = sm.MNLogit(codes, X).fit(disp=0, method="newton", tol=1e-12, maxiter=100)
    expected = model.get_margeff(dummy=True)
    found = run("average_effects", frame, fit)
    assert [(each.outcome, *each.compared[0].first) for each in found.margins] == [
        (level, name) for level in LEVELS for name in ("x", "z", "male")
    ]
    values = numbers(found, "estimate", "se")
    assert values[:, 0] == pytest.approx(expected.margeff.T.ravel(), rel=1e-6)
    assert values[:, 1] == pytest.approx(expected.margeff_se.T.ravel(), rel=1e-5)
    assert values[:, 0].reshape(4, 3).sum(axis=0) == pytest.approx(np.zeros(3), abs=1e-10)


def test_probabilities_of_levels_at_points(table, frame, run, nominal, mnlogit):
    """`MNLogit.predict` at each point, SE by complex steps, limits on the logit scale."""
    found = run("predictions", frame, nominal, of=("x", "arm"), at={**AT, "z": (0.2,)})
    points = [each.at for each in found.margins[:6]]
    rows = pd.DataFrame([{"z": 0.2, **point} for point in points])
    shares = mnlogit.predict(design(rows))
    X = design(rows)

    def probabilities(b):
        eta = np.column_stack([np.zeros(len(X)), X @ b.reshape(3, 5).T])
        return (np.exp(eta) / np.exp(eta).sum(axis=1, keepdims=True)).T.ravel()

    values, se = delta(probabilities, nominal)
    mine = numbers(found, "estimate", "se", "low", "high")
    assert [each.outcome for each in found.margins] == np.repeat(LEVELS, 6).tolist()
    assert mine[:, 0] == pytest.approx(shares.T.ravel(), rel=1e-6)
    assert mine[:, 1] == pytest.approx(se, rel=1e-7)
    half = norm.ppf(0.975) * se / (values * (1 - values))
    middle = np.log(values / (1 - values))
    assert mine[:, 2] == pytest.approx(expit(middle - half), rel=1e-7)
    assert mine[:, 3] == pytest.approx(expit(middle + half), rel=1e-7)


def test_probabilities_do_not_depend_on_the_reference(table, framed, run, nominal, frame):
    """Another reference of the outcome has other coefficients and the same probabilities."""
    other = framed(table, health=["good", "poor", "fair", "best"])
    fit = run("mnlogit", other, formula=MULTINOMIAL)
    asked = {"of": ("arm",), "average": "observed"}
    mine = {(each.outcome, each.at["arm"]): each.value.se
            for each in run("predictions", other, fit, **asked).margins}  # fmt: skip
    assert [level for level, _ in mine][::3] == ["good", "poor", "fair", "best"]
    for each in run("predictions", frame, nominal, **asked).margins:
        assert mine[each.outcome, each.at["arm"]] == pytest.approx(each.value.se, rel=1e-6)


def test_standardised_probabilities_and_their_differences(table, frame, run, nominal):
    """Each row with the arm put in its place, averaged; differences and ratios of the averages."""

    def averages(b, arm):
        eta = design(table.assign(arm=arm)) @ b.reshape(3, 5).T
        eta = np.column_stack([np.zeros(len(eta)), eta])
        return (np.exp(eta) / np.exp(eta).sum(axis=1, keepdims=True)).mean(axis=0)

    asked = {"of": ("arm",), "method": "reference", "average": "observed", "levels": ("good",)}
    for scale, function in (
        ("response", lambda b: (averages(b, "b") - averages(b, "a"))[2]),
        ("log_response", lambda b: np.log(averages(b, "b") / averages(b, "a"))[2]),
    ):
        found = run("contrasts", frame, nominal, scale=scale, **asked)
        values, se = delta(function, nominal)
        assert [each.outcome for each in found.margins] == ["good", "good"]
        assert numbers(found, "estimate", "se")[0] == pytest.approx([values[0], se[0]], rel=1e-6)


def test_log_odds_are_compared_by_their_coefficients(frame, run, nominal):
    """On the linear scale a difference of two arms is the coefficient of each level's equation."""
    found = run("contrasts", frame, nominal, of=("arm",), method="reference")
    assert [each.outcome for each in found.margins] == np.repeat(LEVELS[1:], 2).tolist()
    names = [f"health={level}:arm[T.{arm}]" for level in LEVELS[1:] for arm in "bc"]
    expected = [(nominal.coef[name].estimate, nominal.coef[name].se) for name in names]
    assert numbers(found, "estimate", "se") == pytest.approx(np.array(expected), rel=1e-9)


def test_families_of_comparisons_are_those_of_a_level(frame, run, nominal):
    """p is adjusted for the three pairs of arms, not for the three times four levels."""
    asked = {"of": ("arm",), "scale": "response"}
    plain = numbers(run("contrasts", frame, nominal, **asked), "p")[:, 0]
    held = numbers(run("contrasts", frame, nominal, adjust="bonferroni", **asked), "p")[:, 0]
    assert held == pytest.approx(np.minimum(3 * plain, 1))


# ── levels with an order ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("distr", "law"), [("logit", logistic), ("probit", norm)])
def test_probabilities_between_thresholds(table, frame, run, distr, law):
    """F(τⱼ - xβ) - F(τⱼ₋₁ - xβ) at points, SE by differences with the full covariance."""
    fit = run("ordered", frame, formula=MULTINOMIAL, distr=distr)
    found = run("predictions", frame, fit, of=("x", "arm"), at={**AT, "z": (0.2,)})
    rows = pd.DataFrame([{"z": 0.2, **each.at} for each in found.margins[:6]])
    X = design(rows)[:, 1:]

    def probabilities(b):
        below = law.cdf(b[4:] - (X @ b[:4])[:, None])
        return np.diff(below, axis=1, prepend=0.0, append=1.0).T.ravel()

    b = np.array([coef.estimate for coef in fit.coef.values()])
    step = 1e-6
    J = np.array([
        (probabilities(b + step * unit) - probabilities(b - step * unit)) / (2 * step)
        for unit in np.eye(len(b))
    ]).T  # fmt: skip
    se = np.sqrt(np.einsum("kp,pq,kq->k", J, np.array(fit.vcov), J))
    assert [each.outcome for each in found.margins] == np.repeat(LEVELS, 6).tolist()
    mine = numbers(found, "estimate", "se", "low", "high")
    assert mine[:, 0] == pytest.approx(probabilities(b), rel=1e-9)
    assert mine[:, 1] == pytest.approx(se, rel=1e-6)
    eta = law.ppf(mine[:, 0])
    half = norm.ppf(0.975) * se / law.pdf(eta)
    assert mine[:, 2] == pytest.approx(law.cdf(eta - half), rel=1e-6)
    assert mine[:, 3] == pytest.approx(law.cdf(eta + half), rel=1e-6)


def test_average_effects_of_an_ordered_outcome(table, frame, run):
    """The mean of each row's derivative, f(τⱼ₋₁ - xβ)β - f(τⱼ - xβ)β, and of each row's change."""
    fit = run("ordered", frame, formula=MULTINOMIAL)
    found = run("average_effects", frame, fit, of=("x", "arm"))
    X = design(table)[:, 1:]

    def by_hand(b):
        distance = b[4:] - (X @ b[:4])[:, None]
        f = np.exp(distance) / (1 + np.exp(distance)) ** 2
        return -np.diff(b[0] * f, axis=1, prepend=0.0, append=0.0).mean(axis=0)

    def change(b):
        shares = []
        for arm in ("a", "c"):
            eta = design(table.assign(arm=arm))[:, 1:] @ b[:4]
            below = 1 / (1 + np.exp(eta[:, None] - b[4:]))
            shares.append(np.column_stack([below, np.ones(len(eta))]).mean(axis=0))
        change = shares[1] - shares[0]
        return np.append(change[:1], change[1:] - change[:-1])

    mine = {(each.outcome, each.compared[0].name, str(each.compared[0].first)): each.value
            for each in found.margins}  # fmt: skip
    for place, level in enumerate(LEVELS):
        for key, function in ((("slope", "{'x': 1.0}"), by_hand), (("", "{'arm': 'c'}"), change)):
            values, se = delta(function, fit)
            value = mine[level, *key]
            assert value.estimate == pytest.approx(values[place], rel=1e-6)
            assert value.se == pytest.approx(se[place], rel=1e-5)


def test_a_latent_scale_has_differences_only(frame, run):
    """A comparison of arms is the coefficient; a mean would need an origin that is nowhere."""
    fit = run("ordered", frame, formula=MULTINOMIAL)
    (found,) = run("contrasts", frame, fit, of=("arm",), method="reference").margins[:1]
    assert found.outcome == ""
    assert found.value.estimate == pytest.approx(fit.coef["arm[T.b]"].estimate)
    assert found.value.se == pytest.approx(fit.coef["arm[T.b]"].se)
    refused = run("predictions", frame, fit, of=("arm",), type="link")
    assert refused.status == "failed"
    assert refused.notes[0].code == "not-estimable"


@pytest.mark.parametrize(
    ("kind", "likely", "near"),
    [("ordinal_gee", "ordered", 0.03), ("nominal_gee", "mnlogit", 1e-4)],
)
def test_levels_within_clusters(frame, run, kind, likely, near):
    """Estimating equations of independent rows have the probabilities of the likelihood, and the
    errors that their robust covariance gives.
    """
    equations = run(kind, frame, formula=MULTINOMIAL, groups="site", cov_struct="independence")
    likelihood = run(likely, frame, formula=MULTINOMIAL, cov_type="cluster", groups="site")
    found, known = (
        numbers(run("average_effects", frame, fit, of=("x", "arm")), "estimate", "se")
        for fit in (equations, likelihood)
    )
    assert found[:, 0] == pytest.approx(known[:, 0], rel=1e-5)
    # The covariances differ by G/(G - 1) · (n - 1)/(n - p), which only the likelihood has, and
    # for ordered levels by the information, which is the observed or the expected.
    p = len(likelihood.coef)
    factor = np.sqrt(60 / 59 * 599 / (600 - p))
    assert known[:, 1] / found[:, 1] == pytest.approx(np.full(len(found), factor), rel=near)


# ── counts with an excess of zeros ───────────────────────────────────────────────────────────

KINDS = {
    "zeroinflatedpoisson": ("visits", ZeroInflatedPoisson),
    "zeroinflatednegativebinomial": ("calls", ZeroInflatedNegativeBinomialP),
}


@pytest.fixture(scope="module", params=KINDS)
def counts(request, frame, run):
    outcome, made = KINDS[request.param]
    fit = run(
        request.param, frame, formula=f"{outcome} ~ x + z + arm", exog_infl="1 + z + x",
        exposure="days",
    )  # fmt: skip
    assert fit.status == "ok", fit.notes
    return fit, outcome, made


def zeros(law, mean, b):
    return np.exp(-mean) if law == "visits" else (1 + b[8] * mean) ** (-1 / b[8])


def inflated(b, rows, days):
    """Mean, and the share of excess zeros: coefficients of the counts, then of 1, z, x."""
    share = 1 / (1 + np.exp(-(np.column_stack([np.ones(len(rows)), rows.z, rows.x]) @ b[5:8])))
    return np.exp(design(rows) @ b[:5]) * days, share


@pytest.mark.parametrize("scale", ["response", "zero"])
def test_means_and_zeros_of_inflated_counts(frame, run, counts, scale):
    """(1 - π)μ and π + (1 - π)P(0) at points: one unit of exposure, SE with both equations."""
    fit, outcome, _ = counts
    asked = {"of": ("x", "arm"), "at": {**AT, "z": (0.2,)}, "type": scale}
    found = run("predictions", frame, fit, **asked)
    rows = pd.DataFrame([{"z": 0.2, **each.at} for each in found.margins])

    def values(b):
        mean, share = inflated(b, rows, 1.0)
        if scale == "response":
            return (1 - share) * mean
        return share + (1 - share) * zeros(outcome, mean, b)

    expected, se = delta(values, fit)
    mine = numbers(found, "estimate", "se", "low", "high")
    assert mine[:, 0] == pytest.approx(expected, rel=1e-9)
    assert mine[:, 1] == pytest.approx(se, rel=1e-7)
    if scale == "response":
        factor = np.exp(norm.ppf(0.975) * se / expected)
        assert mine[:, 2:] == pytest.approx(
            np.column_stack([expected / factor, expected * factor]), rel=1e-7
        )


def test_inflated_counts_are_predicted_as_statsmodels_does(table, frame, run, counts):
    """Averages over the rows with their own exposure: statsmodels' `predict` at our estimates."""
    fit, outcome, made = counts
    b = np.array([coef.estimate for coef in fit.coef.values()])
    infl = np.column_stack([np.ones(len(table)), table.z, table.x])
    model = made(table[outcome], design(table), exog_infl=infl, exposure=table.days)
    theirs = np.concatenate([b[5:8], b[:5], b[8:]])
    for scale, which in (("response", "mean"), ("zero", "prob-zero")):
        found = run("predictions", frame, fit, of=("arm",), average="observed", type=scale)
        for each in found.margins:
            rows = design(table.assign(arm=each.at["arm"]))
            expected = model.predict(
                theirs, exog=rows, exog_infl=infl, exposure=table.days, which=which
            )
            assert each.value.estimate == pytest.approx(expected.mean(), rel=1e-8)


def test_average_effects_go_through_both_equations(table, frame, run, counts):
    """A covariate that makes counts larger and zeros likelier has the effect of both."""
    fit, _, _ = counts
    (found,) = run("average_effects", frame, fit, of=("x",)).margins

    def by_hand(b):
        mean, share = inflated(b, table, table.days.to_numpy())
        return ((1 - share) * mean * (b[1] - share * b[7])).mean()

    values, se = delta(by_hand, fit)
    assert found.value.estimate == pytest.approx(values[0], rel=1e-6)
    assert found.value.se == pytest.approx(se[0], rel=1e-5)


def test_rates_are_compared_by_the_coefficients_of_the_counts(frame, run, counts):
    """On the linear scale a difference is that of the counts' own equation."""
    fit, _, _ = counts
    (found, _) = run("contrasts", frame, fit, of=("arm",), method="reference").margins
    assert found.value.estimate == pytest.approx(fit.coef["arm[T.b]"].estimate, rel=1e-9)
    assert found.value.se == pytest.approx(fit.coef["arm[T.b]"].se, rel=1e-9)


def test_a_covariate_of_the_zeros_alone(frame, run):
    """A column that only the excess zeros depend on has its effect, and can be asked for."""
    fit = run("zeroinflatedpoisson", frame, formula="visits ~ x", exog_infl="1 + z")
    names = [next(iter(each.compared[0].first))
             for each in run("average_effects", frame, fit).margins]  # fmt: skip
    assert names == ["x", "z"]
    low, high = run("predictions", frame, fit, of=("z",), at={"z": (-1, 1)}).margins
    assert low.value.estimate > high.value.estimate


@pytest.mark.parametrize(
    ("kind", "outcome"), [("poisson", "visits"), ("negativebinomial", "calls")]
)
def test_the_chance_of_a_zero(table, frame, run, kind, outcome):
    """P(0) of counts without an excess, by scipy's distributions, averaged over the rows."""
    fit = run(kind, frame, formula=f"{outcome} ~ x + z + arm", exposure="days")
    found = run("predictions", frame, fit, of=("arm",), average="observed", type="zero")
    b = np.array([coef.estimate for coef in fit.coef.values()])
    for each in found.margins:
        mean = np.exp(design(table.assign(arm=each.at["arm"])) @ b[:5]) * table.days
        size = 1 / b[-1]
        law = poisson(mean) if kind == "poisson" else nbinom(size, size / (size + mean))
        assert each.value.estimate == pytest.approx(law.pmf(0).mean(), rel=1e-8)


# ── what cannot be ───────────────────────────────────────────────────────────────────────────


def test_kinds_that_have_no_such_number(table, frame, run):
    """Levels of a mean, unknown levels, and zeros of what is no count are refused in words."""
    least = run("ols", frame, formula="z ~ x")
    zero = run("predictions", frame, least, of=("x",), at=AT, type="zero")
    assert (zero.status, zero.notes[0].code) == ("failed", "no-zero")
    fit = run("mnlogit", frame, formula="health ~ x")
    for other, wanted in ((least, ("good",)), (fit, ("worse",))):
        with pytest.raises(DataError, match="no level of the outcome"):
            run("predictions", frame, other, of=("x",), at=AT, levels=wanted)


def test_clusters_and_covariances_carry_over(table, frame, run):
    """Cluster-robust covariances of all equations, with t of clusters less one."""
    fit = run("mnlogit", frame, formula="health ~ x", cov_type="cluster", groups="site")
    found = run("predictions", frame, fit, of=("x",), at={"x": (0,)}, levels=("best",))
    (value,) = [each.value for each in found.margins]
    model = smf.mnlogit("code ~ x", table.assign(code=pd.Categorical(table.health, LEVELS).codes))
    assert model.fit(disp=0).predict(pd.DataFrame({"x": [0]})).iloc[0, 3] == pytest.approx(
        value.estimate, rel=1e-5
    )
    assert value.df == 59
