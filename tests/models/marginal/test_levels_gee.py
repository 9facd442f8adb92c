"""Estimating equations of outcomes of levels, against statsmodels, R and the equations by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.linalg import block_diag, sqrtm
from scipy.special import softmax
from statsmodels.genmod.cov_struct import GlobalOddsRatio
from statsmodels.genmod.generalized_estimating_equations import NominalGEE, OrdinalGEE

from reportgen.core.errors import DataError, FitError
from reportgen.core.record import model_record
from reportgen.core.types import Model, Variable
from reportgen.models.engines.equations.plackett import Kernel, excess


def values(result, what="estimate"):
    return np.array([getattr(coef, what) for coef in result.coef.values()])


def findings(result):
    return {note.code: note for note in result.notes}


@pytest.fixture(scope="module")
def people():
    """60 clusters of 1 to 5 people, each with four levels of pain and three of transport."""
    rng = np.random.default_rng(21)
    site = np.repeat(np.arange(60), rng.integers(1, 6, 60))
    n, shift = len(site), rng.normal(0, 1, (60, 3))[site]
    table = pd.DataFrame({"site": site, "x": rng.normal(size=n), "arm": rng.choice(["a", "b"], n)})
    table["drug"] = (table.arm == "b").astype(float)
    behind = table.x + 0.5 * table.drug + shift[:, 0] + rng.logistic(size=n)
    table["pain"] = np.digitize(behind, [-1, 0.5, 2])
    utility = shift + np.column_stack([0 * table.x, 0.7 * table.x, table.drug])
    table["way"] = np.array(["bus", "car", "foot"])[
        np.argmax(utility + rng.gumbel(size=(n, 3)), axis=1)
    ]
    return table


# ── ordered levels ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", ["robust", "naive", "bias_reduced"])
@pytest.mark.parametrize("link", ["logit", "probit"])
def test_ordered_levels_as_statsmodels(kind, link, people, fit):
    """Estimates and covariances of OrdinalGEE, whose intercepts are thresholds turned round."""
    result = fit("ordinal_gee", people, formula="pain ~ x + arm", groups="site", link=link,
                 cov_type=kind)  # fmt: skip
    family = sm.families.Binomial(getattr(sm.families.links, link.title())())
    model = OrdinalGEE(people.pain, people[["x", "drug"]], people.site, family=family)
    known = model.fit(ctol=1e-12, maxiter=500, cov_type=kind)
    turned = [*known.params[3:], *-known.params[:3]]
    assert values(result) == pytest.approx(turned, rel=1e-8, abs=1e-10)
    assert values(result, "se") == pytest.approx([*known.bse[3:], *known.bse[:3]], rel=1e-7)
    assert list(result.coef) == ["x", "arm[T.b]", "0/1", "1/2", "2/3"]


def test_independent_rows_as_r(stored, fit):
    """R's polr: the equations of independent rows are its score."""
    table = stored("housing.csv")
    table = table.loc[table.index.repeat(table.Freq)].reset_index(drop=True)
    table["house"] = table.index // 4
    order = {"Low": "Low", "Medium": "Medium", "High": "High"}
    kinds = {kind: kind for kind in ("Tower", "Apartment", "Atrium", "Terrace")}
    variables = {
        name: Variable(name, name, levels=levels, categorical=True)
        for name, levels in {"Sat": order, "Infl": order, "Type": kinds, "Cont": order}.items()
    }
    for link in ("logit", "probit"):
        result = fit("ordinal_gee", table, variables, formula="Sat ~ Infl + Type + Cont",
                     groups="house", link=link, cov_type="naive")  # fmt: skip
        known = stored("regression.json")[f"ordered_{link}"]
        expected = [*known["coef"].values(), *known["zeta"].values()]
        assert values(result) == pytest.approx(expected, rel=1e-5)
        # R inverts the observed information, estimating equations the expected one.
        assert values(result, "se") == pytest.approx(list(known["se"].values()), rel=2e-2)
        assert result.stats["quasi"] == pytest.approx(known["loglik"], rel=1e-9)


def test_a_global_odds_ratio_as_statsmodels(people, fit):
    """statsmodels counts of two cuts the higher of the later row alone: with every cluster there
    twice, the second time in the other order, it counts as we do.
    """
    result = fit("ordinal_gee", people, formula="pain ~ x + arm", groups="site",
                 cov_struct="global_odds_ratio")  # fmt: skip
    turned = people.iloc[::-1].assign(site=lambda table: table.site + 1000)
    both = pd.concat([people, turned], ignore_index=True)
    structure = GlobalOddsRatio("ordinal")
    model = OrdinalGEE(both.pain, both[["x", "drug"]], both.site, cov_struct=structure)
    known = model.fit(ctol=1e-11, maxiter=500)
    expected = [*known.params[3:], *-known.params[:3]]
    errors = np.sqrt(2) * np.array([*known.bse[3:], *known.bse[:3]])
    assert values(result) == pytest.approx(expected, rel=1e-7)
    assert values(result, "se") == pytest.approx(errors, rel=1e-7)
    assert result.working.values["site"] == pytest.approx(structure.dep_params, rel=1e-7)
    assert result.icc is None
    assert result.stats["global_odds_ratio"] == result.working.values["site"]
    record = model_record(Model("pain", "pain", "Pain", "d", result))
    assert record["correlation"] == {}


def test_an_odds_ratio_does_not_depend_on_the_order_of_rows(people, fit):
    """Rows of a cluster in any order."""
    asked = {"formula": "pain ~ x", "groups": "site", "cov_struct": "global_odds_ratio"}
    result = fit("ordinal_gee", people, **asked)
    mixed = fit("ordinal_gee", people.sample(frac=1, random_state=3), **asked)
    assert values(mixed) == pytest.approx(values(result), rel=1e-9)
    assert mixed.working.values == pytest.approx(result.working.values, rel=1e-9)


@pytest.mark.parametrize("ratio", [0.02, 0.5, 1.0, 1.3, 4.0, 60.0])
def test_probabilities_of_one_odds_ratio(ratio):
    """The excess gives four cells with that odds ratio; the kernel is the same to 12 digits."""
    rng = np.random.default_rng(0)
    mean = np.concatenate([rng.random(200), 1e-4 * rng.random(20), 1 - 1e-4 * rng.random(20)])
    one, other = mean[:, None], mean[None, :]
    found = excess(one, other, np.log(ratio))
    both = found + one * other
    cells = both * (1 - one - other + both) / ((one - both) * (other - both))
    assert np.abs(cells[:200, :200] / ratio - 1).max() < 1e-6
    kernel = Kernel.of(np.log(ratio))
    features = kernel.features(mean)
    assert np.abs(features @ (kernel.values[:, None] * features.T) - found).max() < 1e-12


def test_thresholds_are_a_block_without_tests(people, fit):
    """Thresholds have the names and signs of `ordered`, an equation of their own and no test."""
    result = fit("ordinal_gee", people, formula="pain ~ x + arm", groups="site")
    other = fit("ordered", people, formula="pain ~ x + arm")
    assert list(result.coef) == list(other.coef)
    assert values(result) == pytest.approx(values(other), rel=1e-7)
    assert result.equations == other.equations
    assert result.terms == other.terms
    assert {result.coef[name].p for name in ("0/1", "1/2", "2/3")} == {None}
    assert result.coef["0/1"].low < result.coef["0/1"].estimate


# ── levels without order ─────────────────────────────────────────────────────────────────────


def test_unordered_levels_as_r(stored, fit):
    """R's multinom, whose information is the expected one too."""
    table = stored("quine.csv").assign(room=lambda table: table.index // 3)
    result = fit("nominal_gee", table, formula="Age ~ Days + Sex", groups="room", cov_type="naive")
    known = stored("regression.json")["multinomial"]
    assert values(result) == pytest.approx(list(known["coef"].values()), rel=1e-4)
    assert values(result, "se") == pytest.approx(list(known["se"].values()), rel=1e-4)
    assert [equation.reference for equation in result.equations.values()] == ["F0"] * 3


def multinomial(table):
    X = pd.DataFrame({"one": 1.0, "x": table.x, "b": table.drug})
    codes = table.way.map({"bus": 0, "car": 1, "foot": 2})
    return sm.MNLogit(codes, X)


def test_robust_errors_of_unordered_levels(people, fit):
    """The cluster-robust errors of statsmodels' MNLogit without its correction."""
    result = fit("nominal_gee", people, formula="way ~ x + arm", groups="site")
    known = multinomial(people).fit(
        disp=0, method="newton", tol=1e-13, warn_convergence=False, cov_type="cluster",
        cov_kwds={"groups": people.site, "use_correction": False},
    )  # fmt: skip
    assert values(result) == pytest.approx(known.params.to_numpy().T.ravel(), rel=1e-7, abs=1e-9)
    assert values(result, "se") == pytest.approx(known.bse.to_numpy().T.ravel(), rel=1e-7)
    assert result.stats["quasi"] == pytest.approx(known.llf, rel=1e-9)


def test_robust_errors_are_those_of_leaving_clusters_out(people, fit):
    """The jackknife over clusters bears ours out (they are its first order), and not those of
    statsmodels' NominalGEE.
    """
    result = fit("nominal_gee", people, formula="way ~ x + arm", groups="site",
                 cov_type="bias_reduced")  # fmt: skip
    asked = {"disp": 0, "method": "newton", "tol": 1e-8, "warn_convergence": False}
    whole = multinomial(people).fit(**asked).params.to_numpy()
    left = [
        multinomial(people[people.site != site]).fit(**asked, start_params=whole.ravel("F")).params
        for site in range(60)
    ]
    moves = np.array([each.to_numpy().T.ravel() for each in left]) - values(result)
    jackknife = np.sqrt((moves**2).sum(axis=0))
    assert values(result, "se") == pytest.approx(jackknife, rel=0.05)
    codes = people.way.map({"car": 0, "foot": 1, "bus": 2})
    X = pd.DataFrame({"one": 1.0, "x": people.x, "b": people.drug})
    theirs = NominalGEE(codes, X, people.site).fit(cov_type="bias_reduced")
    assert np.max(np.asarray(theirs.bse) / jackknife) < 0.9


def test_the_reference_decides_nothing(people, fit):
    """Whichever level is the reference, with a correlation too: the same model turned round."""
    asked = {"formula": "way ~ x", "groups": "site", "cov_struct": "exchangeable"}
    bus = fit("nominal_gee", people, **asked)
    variable = Variable("way", "Way", reference="car", categorical=True)
    car = fit("nominal_gee", people, {"way": variable}, **asked)
    assert car.coef["way=bus:x"].estimate == pytest.approx(-bus.coef["way=car:x"].estimate)
    assert car.coef["way=bus:x"].se == pytest.approx(bus.coef["way=car:x"].se)
    between = bus.coef["way=foot:x"].estimate - bus.coef["way=car:x"].estimate
    assert car.coef["way=foot:x"].estimate == pytest.approx(between)
    assert car.icc == pytest.approx(bus.icc)
    assert car.stats["qic"] == pytest.approx(bus.stats["qic"])
    assert car.equations["way=bus"].reference == "car"


# ── one correlation ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("cov_struct", ["independence", "exchangeable"])
def test_two_levels_are_a_yes_and_a_no(cov_struct, people, fit):
    """Of two levels the equations are those of a binomial `gee`, which agrees with statsmodels."""
    table = people.assign(hurts=(people.pain > 1).astype(float))
    asked = {"formula": "hurts ~ x + arm", "groups": "site", "cov_struct": cov_struct}
    for kind in ("robust", "naive", "bias_reduced"):
        levels = fit("nominal_gee", table, **asked, cov_type=kind)
        plain = fit("gee", table, **asked, family="binomial", cov_type=kind)
        assert values(levels) == pytest.approx(values(plain), rel=1e-9)
        assert values(levels, "se") == pytest.approx(values(plain, "se"), rel=1e-9)
        assert levels.icc == plain.icc or levels.icc == pytest.approx(plain.icc, rel=1e-9)
        assert levels.stats["qic"] == pytest.approx(plain.stats["qic"], rel=1e-9)


def by_hand(people, beta, rho):
    """Score and bread with whole covariance matrices of two levels of three, cluster by cluster."""
    size = len(beta) // 2
    X = np.column_stack([np.ones(len(people)), people.x, people.drug])[:, :size]
    eta = np.column_stack([np.zeros(len(X)), X @ beta[:size], X @ beta[size:]])
    share = softmax(eta, axis=1)
    y = np.column_stack([people.way == level for level in ("bus", "car", "foot")]).astype(float)
    scores, bread = [], np.zeros((len(beta), len(beta)))
    for site in people.site.unique():
        rows = np.flatnonzero(people.site == site)
        spread = [np.diag(share[row]) - np.outer(share[row], share[row]) for row in rows]
        roots = [np.real(sqrtm(each + 1 / 3)) - 1 / 3 for each in spread]
        V = rho * np.vstack(roots) @ np.vstack(roots).T
        V += block_diag(*((1 - rho) * each for each in spread))
        D = np.vstack([
            each[:, 1:] @ np.kron(np.eye(2), X[row])
            for each, row in zip(spread, rows, strict=True)
        ])  # fmt: skip
        some = np.arange(len(V)) % 3 > 0
        weighted = np.linalg.solve(V[np.ix_(some, some)], D[some]).T
        scores.append(weighted @ (y[rows] - share[rows]).ravel()[some])
        bread += weighted @ D[some]
    return np.array(scores), bread


def test_one_correlation_by_hand(people, fit):
    """Cov(yⱼ, yₖ) = ρ Σⱼ^½ Σₖ^½ with whole matrices: the equations hold, the errors are theirs."""
    result = fit("nominal_gee", people, formula="way ~ x + arm", groups="site",
                 cov_struct="exchangeable")  # fmt: skip
    scores, bread = by_hand(people, values(result), result.icc)
    inverse = np.linalg.inv(bread)
    robust = np.sqrt(np.diag(inverse @ scores.T @ scores @ inverse))
    assert 0.02 < result.icc < 0.5
    assert inverse @ scores.sum(axis=0) == pytest.approx(np.zeros(6), abs=1e-9)
    assert values(result, "se") == pytest.approx(robust, rel=1e-8)


def test_the_correlation_of_shared_probabilities(fit):
    """Clusters that draw their own probabilities from a Dirichlet distribution: ρ = 1/(1 + Σα)."""
    rng = np.random.default_rng(4)
    own = rng.dirichlet([1.0, 2.0, 1.0], 1500)
    drawn = (own.cumsum(axis=1)[:, None, :] < rng.random((1500, 6, 1))).sum(axis=2)
    table = pd.DataFrame({"site": np.repeat(np.arange(1500), 6), "y": drawn.ravel()})
    for kind in ("nominal_gee", "ordinal_gee"):
        result = fit(kind, table, formula="y ~ 1", groups="site", cov_struct="exchangeable")
        assert result.icc == pytest.approx(1 / 5, abs=0.02)


# ── inference, and what can be wrong ─────────────────────────────────────────────────────────


def test_degrees_of_freedom_count_every_coefficient(people, fit):
    """Clusters less coefficients of all equations, or clusters less one."""
    asked = {"formula": "way ~ x + arm", "groups": "site"}
    assert fit("nominal_gee", people, **asked).coef["way=car:x"].df is None
    reduced = fit("nominal_gee", people, **asked, cov_type="bias_reduced")
    assert reduced.coef["way=car:x"].df == 54
    assert fit("nominal_gee", people, **asked, df="clusters").coef["way=car:x"].df == 59
    assert reduced.method.details["df"] == "clusters_coefficients"


def test_criteria_by_their_definition(people, fit):
    """QIC = -2 log-likelihood of independent rows + 2 tr(I V), I their expected information."""
    alone = fit("nominal_gee", people, formula="way ~ x + arm", groups="site", cov_type="naive")
    tied = fit("nominal_gee", people, formula="way ~ x + arm", groups="site",
               cov_struct="exchangeable")  # fmt: skip
    model, beta = multinomial(people), values(tied)
    quasi = model.loglike(beta)
    trace = np.trace(-model.hessian(beta) @ np.array(tied.vcov))
    assert tied.stats["qic"] == pytest.approx(-2 * quasi + 2 * trace, rel=1e-9)
    assert tied.stats["qicu"] == pytest.approx(-2 * quasi + 12, rel=1e-9)
    assert alone.stats["quasi"] > tied.stats["quasi"]
    assert not {"aic", "bic", "llf"} & set(tied.stats)


def test_few_clusters_are_said(people, fit):
    """Fewer than 40 clusters, or no more than coefficients; clusters of one row."""
    few = people[people.site < 25]
    result = fit("nominal_gee", few, formula="way ~ x", groups="site")
    assert "bias_reduced" in findings(result)["few-clusters"].text
    assert "single-member-clusters" in findings(result)
    some = people.assign(site=people.site % 5)
    assert "clusters-coefficients" in findings(
        fit("nominal_gee", some, formula="way ~ x + arm", groups="site")
    )


def test_a_level_of_one_cluster_has_no_robust_error(people, fit):
    """In every equation: its robust error would be zero."""
    rows = people.index[people.site == people.site.value_counts().idxmax()]
    table = people.assign(odd=people.index.isin(rows[:4]).astype(float))
    table.loc[rows, "way"] = ["bus", "car", "foot", "bus", "car"]
    result = fit("nominal_gee", table, formula="way ~ x + odd", groups="site")
    note = findings(result)["one-cluster-level"]
    assert set(note.coefs) == {"way=car:odd", "way=foot:odd"}
    assert {result.coef[name].se for name in note.coefs} == {None}


@pytest.mark.parametrize("kind", ["ordinal_gee", "nominal_gee"])
def test_levels_that_are_separated(kind, people, fit):
    """A covariate that tells a level without error: no finite estimate, and its name is said."""
    mixed = np.where(people.x > 0, 2, people.pain % 2)
    table = people.assign(pain=np.digitize(people.x, [-0.5, 0.5]) if "ord" in kind else mixed)
    with pytest.raises(FitError, match="x` predict") as caught:
        fit(kind, table, formula="pain ~ x", groups="site")
    assert caught.value.problems[0].code == "separation"


def test_what_cannot_be_fitted(people, fit):
    """Two levels in order; single rows; a formula without intercept; tied terms."""
    with pytest.raises(FitError, match="two levels"):
        fit("ordinal_gee", people.assign(pain=people.pain % 2), formula="pain ~ x", groups="site")
    with pytest.raises(DataError, match="every row is a cluster"):
        fit("nominal_gee", people.assign(site=people.index), formula="way ~ x", groups="site")
    with pytest.raises(FitError, match="determined by"):
        fit("nominal_gee", people.assign(z=2 * people.x), formula="way ~ x + z", groups="site")


def test_an_odds_ratio_needs_clusters_that_differ(people, fit):
    """All rows of every cluster on one side of each cut: no odds ratio is finite."""
    table = people.assign(pain=people.site % 3)
    with pytest.raises(FitError, match="odds ratio") as caught:
        fit("ordinal_gee", table, formula="pain ~ 1", groups="site", cov_struct="global_odds_ratio")
    assert caught.value.problems[0].code == "no-odds-ratio"


def test_a_start_leads_to_the_same_solution(people, fit):
    """Begun at another model's estimates."""
    from reportgen.models import MODELS
    from tests.models.conftest import framed

    kind, frame = MODELS.load("ordinal_gee"), framed(people)
    options = kind.Options(formula="pain ~ x + arm", groups="site", cov_struct="exchangeable")
    result = kind.tidy(kind.fit(options, frame))
    begun = kind.tidy(kind.fit(options, frame, replace(result)))
    assert values(begun) == pytest.approx(values(result), rel=1e-9)
