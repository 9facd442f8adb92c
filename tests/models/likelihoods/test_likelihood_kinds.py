"""Kinds with a likelihood of several linear predictors, against R and statsmodels."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf
from statsmodels.miscmodels.ordinal_model import OrderedModel
from statsmodels.tools.numdiff import approx_hess

from reportgen.core.errors import DataError, FitError
from reportgen.core.types import Variable
from reportgen.models.engines.regressions import categories, counts
from reportgen.models.engines.regressions.predictors import Likelihood, peak


@pytest.fixture(scope="module")
def r(stored):
    return stored("regression.json")


@pytest.fixture(scope="module")
def quine(stored):
    return stored("quine.csv")


@pytest.fixture(scope="module")
def housing(stored):
    table = stored("housing.csv")
    return table.loc[table.index.repeat(table.Freq)].reset_index(drop=True)


def values(result, what="estimate"):
    return [getattr(coef, what) for coef in result.coef.values()]


# ── derivatives ──────────────────────────────────────────────────────────────────────────────


def row_likelihoods():
    rng = np.random.default_rng(0)
    y, codes = rng.poisson(1.5, 50).astype(float), rng.integers(0, 4, 50)
    below = rng.normal(0, 1, 50)
    cuts = np.column_stack([below + 0.2 + rng.random(50), below])
    free = rng.normal(0, 0.7, (50, 3))
    poisson, dispersed = counts.poisson, counts.negative_binomial
    yield "poisson", poisson(y), free[:, :1]
    yield "negative binomial", dispersed(y), free[:, :2]
    yield "zip", counts.inflated(y, poisson(y), poisson(0 * y)), free[:, :2]
    yield "zinb", counts.inflated(y, dispersed(y), dispersed(0 * y)), free
    yield "multinomial", categories.multinomial(codes), free
    for link, latent in categories.LATENT.items():
        yield f"ordered {link}", categories.ordered(codes, 4, latent), cuts


@pytest.mark.parametrize(("rows", "eta"), [each[1:] for each in row_likelihoods()],
                         ids=[each[0] for each in row_likelihoods()])  # fmt: skip
def test_derivatives_are_exact(rows, eta):
    """Gradient and Hessian by row agree with central differences of the values."""
    _, gradient, hessian = rows(eta)
    for place in range(eta.shape[1]):
        step = np.zeros(eta.shape[1])
        step[place] = 1e-5
        (high, above, _), (low, below, _) = rows(eta + step), rows(eta - step)
        assert (high - low) / 2e-5 == pytest.approx(gradient[:, place], abs=1e-6, rel=1e-6)
        assert (above - below) / 2e-5 == pytest.approx(hessian[:, place], abs=1e-5, rel=1e-5)


def test_a_likelihood_without_a_highest_point_does_not_settle():
    """Separated outcomes let the predictor go on for ever, however little there is to gain."""
    x = np.linspace(-1, 1, 20)
    codes = (x > 0.05).astype(int)
    found = peak(Likelihood(categories.multinomial(codes), [x[:, None]]), np.zeros(1))
    assert not found.settled


# ── one linear predictor ─────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def people():
    rng = np.random.default_rng(8)
    site = np.repeat(np.arange(20), 15)
    x, z = rng.normal(size=300), rng.normal(size=300)
    arm = rng.choice(["a", "b"], 300)
    table = pd.DataFrame({"site": site, "x": x, "z": z, "arm": arm, "days": 0.5 + rng.random(300)})
    table["event"] = (rng.random(300) < 1 / (1 + np.exp(0.3 - 0.8 * x))).astype(int)
    mean = table.days * np.exp(0.7 + 0.4 * x)
    table["count"] = rng.negative_binomial(2, 2 / (2 + mean))
    table["many"] = np.where(rng.random(300) < 0.3, 0, rng.poisson(mean + 0.5))
    return table


@pytest.mark.parametrize(
    ("kind", "formula", "made"),
    [
        ("logit", "event ~ x + arm", smf.logit),
        ("probit", "event ~ x + arm", smf.probit),
        ("poisson", "count ~ x + arm", smf.poisson),
    ],
)
def test_binary_and_counts_as_statsmodels(kind, formula, made, people, fit):
    """Estimates, errors from the observed information, likelihood and McFadden's R²."""
    result = fit(kind, people, formula=formula)
    known = made(formula, people).fit(
        disp=0, warn_convergence=False, method="newton", tol=1e-12, maxiter=100
    )
    assert {name: coef.estimate for name, coef in result.coef.items()} == pytest.approx(
        dict(known.params), rel=1e-8
    )
    assert {name: coef.se for name, coef in result.coef.items()} == pytest.approx(
        dict(known.bse), rel=1e-7
    )
    for mine, theirs in (("llf", "llf"), ("aic", "aic"), ("bic", "bic"), ("prsquared",) * 2):
        assert result.stats[mine] == pytest.approx(getattr(known, theirs), rel=1e-9)


def test_a_logit_is_about_its_event(people, fit):
    """Text and booleans are coded by us: the later level is the event, and printed as such."""
    plain = fit("logit", people, formula="event ~ x")
    for table in (
        people.assign(event=people.event.map({0: "no", 1: "yes"})),
        people.assign(event=people.event == 1),
    ):
        result = fit("logit", table, formula="event ~ x")
        assert values(result) == pytest.approx(values(plain))
        assert result.method.event in ("yes", "True")


# ── counts ───────────────────────────────────────────────────────────────────────────────────


def test_negative_binomial_as_r(r, quine, fit):
    """Days absent from school: estimates, dispersion and likelihood of MASS's glm.nb."""
    result = fit("negativebinomial", quine, formula="Days ~ Sex + Age + Lrn")
    known = r["negative_binomial"]
    found = values(result)
    assert found[:-1] == pytest.approx(list(known["coef"].values()), rel=1e-6)
    assert result.coef["alpha"].estimate == pytest.approx(known["alpha"], rel=1e-6)
    assert result.stats["llf"] == pytest.approx(known["loglik"], rel=1e-9)
    # MASS takes the dispersion as known and the expected information: near, and not the same.
    assert values(result, "se")[:-1] == pytest.approx(list(known["se"].values()), rel=0.05)


def test_negative_binomial_as_statsmodels(quine, fit):
    """Errors from the observed information of all parameters, the dispersion's among them."""
    formula = "Days ~ Sex + Age + Lrn"
    result = fit("negativebinomial", quine, formula=formula)
    known = smf.negativebinomial(formula, quine).fit(
        disp=0, warn_convergence=False, method="newton", maxiter=200
    )
    assert values(result) == pytest.approx(list(known.params), rel=1e-6)
    assert values(result, "se") == pytest.approx(list(known.bse), rel=1e-5)
    assert result.stats["prsquared"] == pytest.approx(known.prsquared, rel=1e-6)
    alpha = result.coef["alpha"]
    assert (alpha.statistic, alpha.p) == (None, None)
    spread = np.exp(1.959963984540054 * alpha.se / alpha.estimate)
    assert alpha.low == pytest.approx(alpha.estimate / spread)
    assert alpha.high == pytest.approx(alpha.estimate * spread)


@pytest.mark.parametrize("kind", ["HC0", "HC1", "cluster"])
def test_robust_errors_of_counts(kind, people, fit):
    """HC0, HC1 and cluster-robust from the scores of all parameters."""
    options = {"groups": "site"} if kind == "cluster" else {}
    formula = "count ~ x + arm"
    result = fit("negativebinomial", people, formula=formula, cov_type=kind, **options)
    model = smf.negativebinomial(formula, people)
    begin = model.fit(disp=0, warn_convergence=False, method="newton", maxiter=200).params
    keywords = {"groups": people.site} if kind == "cluster" else None
    how = "HC0" if kind == "HC1" else kind
    known = model.fit(
        begin,
        disp=0,
        warn_convergence=False,
        method="newton",
        maxiter=200,
        cov_type=how,
        cov_kwds=keywords,
    )
    factor = np.sqrt(300 / (300 - 4)) if kind == "HC1" else 1
    found = {name: coef.se for name, coef in result.coef.items()}
    assert found == pytest.approx(dict(known.bse * factor), rel=1e-5)
    if kind == "cluster":
        assert {coef.df for coef in result.coef.values() if coef.p is not None} == {19.0}


def test_counts_without_overdispersion(people, fit):
    """No more spread than Poisson's: its estimates, a dispersion of 0, and a word about it."""
    rng = np.random.default_rng(0)
    table = people.assign(count=rng.binomial(10, 0.3, 300))
    result = fit("negativebinomial", table, formula="count ~ x")
    plain = fit("poisson", table, formula="count ~ x")
    assert values(result) == pytest.approx(values(plain), rel=1e-9)
    assert [note.code for note in result.notes] == ["no-overdispersion"]
    assert result.method.details["alpha"] == 0


@pytest.mark.parametrize("kind", ["zeroinflatedpoisson", "zeroinflatednegativebinomial"])
def test_zero_inflation_as_statsmodels(kind, people, fit):
    """Both parts, the dispersion, and the likelihood."""
    dispersed = "negative" in kind
    rng = np.random.default_rng(2)
    mean = np.exp(1 + 0.4 * people.x)
    drawn = rng.negative_binomial(3, 3 / (3 + mean)) if dispersed else rng.poisson(mean)
    table = people.assign(many=np.where(rng.random(300) < 0.3, 0, drawn))
    result = fit(kind, table, formula="many ~ x + arm", exog_infl="1 + z")
    model = sm.ZeroInflatedNegativeBinomialP if dispersed else sm.ZeroInflatedPoisson
    X = np.column_stack([np.ones(300), table.x, table.arm == "b"]).astype(float)
    Z = np.column_stack([np.ones(300), table.z])
    begin = np.array([*values(result)[3:5], *values(result)[:3], *values(result)[5:]])
    known = model(table.many, X, exog_infl=Z).fit(
        begin, disp=0, warn_convergence=False, method="newton", maxiter=200, tol=1e-12
    )
    order = [2, 3, 4, 0, 1, 5][: len(begin)]
    assert values(result) == pytest.approx(list(np.asarray(known.params)[order]), rel=1e-5)
    # The errors of ZeroInflatedPoisson are 3 % off: its Hessian is not that of its likelihood.
    curved = approx_hess(np.asarray(known.params), known.model.loglike)
    errors = np.sqrt(np.diag(np.linalg.inv(-curved)))[order]
    assert values(result, "se") == pytest.approx(list(errors), rel=1e-4)
    assert result.stats["llf"] == pytest.approx(known.llf, rel=1e-10)
    assert list(result.coef)[3:5] == ["inflate_Intercept", "inflate_z"]
    assert [result.equations[key].scale for key in ("", "inflate")] == ["rate_ratio", "odds_ratio"]


def test_exposure_of_zero_inflated_counts(people, fit):
    """Exposure belongs to the counts alone."""
    result = fit("zeroinflatedpoisson", people, formula="many ~ x", exposure="days")
    table = people.assign(logged=np.log(people.days))
    offset = fit("zeroinflatedpoisson", table, formula="many ~ x", offset="logged")
    assert values(result) == pytest.approx(values(offset), rel=1e-9)


def test_no_excess_of_zeros(people, fit):
    """Without zeros, or with no more than the counts explain, there is no such model."""
    for count in (people["count"] + 1, np.random.default_rng(3).binomial(6, 0.5, 300)):
        with pytest.raises(FitError, match="no more zeros") as caught:
            fit("zeroinflatedpoisson", people.assign(many=count), formula="many ~ x")
        assert caught.value.problems[0].code == "no-zeros"


@pytest.mark.parametrize("kind", ["negativebinomial", "zeroinflatedpoisson"])
def test_outcomes_that_are_no_counts(kind, people, fit):
    """Negative and broken numbers are no counts."""
    for count in (people["count"] - 5, people["count"] + 0.5):
        with pytest.raises(DataError):
            fit(kind, people.assign(count=count), formula="count ~ x")


def test_counts_of_zero_alone_in_a_level(people, fit):
    """A level with zeros alone is named, whichever model of counts it is."""
    table = people.assign(count=people["count"].where(people.arm == "a", 0))
    for kind in ("negativebinomial", "zeroinflatedpoisson"):
        with pytest.raises(FitError, match="with `arm` = `b` is above 0"):
            fit(kind, table, formula="count ~ x + arm")


# ── levels ───────────────────────────────────────────────────────────────────────────────────


def test_multinomial_as_r(r, quine, fit):
    """Age groups by days absent and sex: nnet's multinom."""
    result = fit("mnlogit", quine, formula="Age ~ Days + Sex")
    known = r["multinomial"]
    assert values(result) == pytest.approx(list(known["coef"].values()), rel=1e-4)
    assert values(result, "se") == pytest.approx(list(known["se"].values()), rel=1e-4)
    assert result.stats["llf"] == pytest.approx(known["loglik"], rel=1e-9)
    assert list(result.coef)[:3] == ["Age=F1:Intercept", "Age=F1:Days", "Age=F1:Sex[T.M]"]
    assert [equation.reference for equation in result.equations.values()] == ["F0"] * 3


@pytest.mark.parametrize("kind", ["nonrobust", "HC0", "cluster"])
def test_multinomial_as_statsmodels(kind, people, fit):
    """Estimates and every covariance."""
    rng = np.random.default_rng(4)
    table = people.assign(choice=rng.choice(["bus", "car", "foot"], 300))
    options = {"groups": "site"} if kind == "cluster" else {}
    result = fit("mnlogit", table, formula="choice ~ x + arm", cov_type=kind, **options)
    codes = table.choice.map({"bus": 0, "car": 1, "foot": 2})
    X = pd.DataFrame({"one": 1.0, "x": table.x, "b": (table.arm == "b").astype(float)})
    keywords = {"groups": table.site} if kind == "cluster" else None
    asked = {} if kind == "nonrobust" else {"cov_type": kind}
    asked |= {"cov_kwds": keywords} if keywords else {}
    known = sm.MNLogit(codes, X).fit(
        disp=0, warn_convergence=False, method="newton", tol=1e-12, **asked
    )
    assert values(result) == pytest.approx(list(known.params.to_numpy().T.ravel()), rel=1e-7)
    assert values(result, "se") == pytest.approx(list(known.bse.to_numpy().T.ravel()), rel=1e-6)
    assert result.stats["prsquared"] == pytest.approx(known.prsquared, rel=1e-7)


def test_the_reference_of_an_outcome(people, fit):
    """A declared reference turns the comparison round."""
    rng = np.random.default_rng(4)
    table = people.assign(choice=rng.choice(["bus", "car", "foot"], 300))
    variable = Variable("choice", "Choice", reference="car", categorical=True)
    result = fit("mnlogit", table, {"choice": variable}, formula="choice ~ x")
    plain = fit("mnlogit", table, formula="choice ~ x")
    turned = result.coef["choice=bus:x"].estimate
    assert turned == pytest.approx(-plain.coef["choice=car:x"].estimate, rel=1e-7)
    assert result.equations["choice=bus"].reference == "car"


@pytest.mark.parametrize("link", ["logit", "probit"])
def test_ordered_levels_as_r(link, r, housing, fit):
    """Satisfaction with housing: MASS's polr, thresholds with their errors."""
    order = {"Low": "Low", "Medium": "Medium", "High": "High"}
    kinds = ["Tower", "Apartment", "Atrium", "Terrace"]
    variables = {
        "Sat": Variable("Sat", "Satisfaction", levels=order, categorical=True),
        "Infl": Variable("Infl", "Influence", levels=order, categorical=True),
        "Type": Variable("Type", "Type", levels={kind: kind for kind in kinds}, categorical=True),
        "Cont": Variable("Cont", "Contact", levels=order, categorical=True),
    }
    result = fit("ordered", housing, variables, formula="Sat ~ Infl + Type + Cont", distr=link)
    known = r[f"ordered_{link}"]
    assert values(result)[:6] == pytest.approx(list(known["coef"].values()), rel=1e-5)
    assert values(result)[6:] == pytest.approx(list(known["zeta"].values()), rel=1e-5)
    assert values(result, "se") == pytest.approx(list(known["se"].values()), rel=1e-4)
    assert result.stats["llf"] == pytest.approx(known["loglik"], rel=1e-9)
    assert list(result.coef)[6:] == ["Low/Medium", "Medium/High"]
    assert {result.coef[name].p for name in ("Low/Medium", "Medium/High")} == {None}


def test_ordered_levels_as_statsmodels(people, fit):
    """Estimates of OrderedModel, whose second threshold is the logarithm of a difference."""
    rng = np.random.default_rng(6)
    table = people.assign(pain=np.digitize(people.x + rng.logistic(size=300), [-1, 0.5]))
    result = fit("ordered", table, formula="pain ~ x + z")
    model = OrderedModel(table.pain, table[["x", "z"]], distr="logit")
    known = model.fit(disp=0, warn_convergence=False, method="bfgs", gtol=1e-10, maxiter=500)
    cuts = model.transform_threshold_params(np.asarray(known.params))[1:-1]
    assert values(result) == pytest.approx([*known.params[:2], *cuts], rel=1e-4)
    assert values(result, "se")[:2] == pytest.approx(list(known.bse[:2]), rel=1e-3)


def test_levels_that_are_separated(people, fit):
    """A covariate that tells a level without error: no finite estimate, and its name is said."""
    mixed = np.where(people.x > 0, 2, np.random.default_rng(1).integers(0, 2, 300))
    for kind, pain in (("mnlogit", mixed), ("ordered", np.digitize(people.x, [-0.5, 0.5]))):
        table = people.assign(pain=pain)
        with pytest.raises(FitError, match="x` predict") as caught:
            fit(kind, table, formula="pain ~ x")
        assert caught.value.problems[0].code == "separation"


def test_an_outcome_of_many_values_has_no_levels(people, fit):
    """A measurement is no outcome of levels."""
    with pytest.raises(DataError, match="300 different values"):
        fit("ordered", people, formula="x ~ z")


@pytest.mark.parametrize("kind", ["ordered", "ordinal_gee"])
def test_words_have_no_order_of_their_own(kind, people, fit):
    """The alphabet's order is a guess, and said; a declared order and numbers are none."""
    pain = np.digitize(people.x + np.random.default_rng(6).logistic(size=300), [-1, 0.5])
    table = people.assign(pain=np.array(["none", "some", "much"])[pain], grade=pain)
    options = {"groups": "site"} if kind == "ordinal_gee" else {}
    guessed = fit(kind, table, formula="pain ~ x", **options)
    assert list(guessed.coef)[1:] == ["much/none", "none/some"]
    (note,) = (note for note in guessed.notes if note.code == "order-guessed")
    assert note.level == "warning"
    words = {word: word for word in ("none", "some", "much")}
    known = {"pain": Variable("pain", "Pain", levels=words, categorical=True)}
    declared = fit(kind, table, known, formula="pain ~ x", **options)
    assert list(declared.coef)[1:] == ["none/some", "some/much"]
    numbered = fit(kind, table, formula="grade ~ x", **options)
    for result in (declared, numbered):
        assert "order-guessed" not in {note.code for note in result.notes}


def test_ordered_levels_keep_their_intercepts():
    """Thresholds stand for the intercept: a formula without it is refused."""
    from reportgen.models import MODELS

    kind = MODELS.load("ordered")
    problems = list(kind.check(kind.Options(formula="y ~ 0 + x")))
    assert [problem.code for problem in problems] == ["no-intercept"]
