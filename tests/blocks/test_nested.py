"""Likelihood-ratio tests, and the reasons for giving none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reportgen.blocks.nested import LikelihoodRatio, Refusal, likelihood_ratio, parameters
from reportgen.core.clusters import Component
from reportgen.core.types import Method

VARIANCES = {"group": 8.7, "age_cen": 0.004}


def changed(model, **result):
    return replace(model, id=model.id + "_changed", result=replace(model.result, **result))


def likelihoods(golden, *names):
    models = golden("nhanes_core_statsmodels")["2015_2016"]
    return [models[name]["llf"] for name in names]


def compared(one, other) -> LikelihoodRatio:
    found = likelihood_ratio(one, other)
    assert isinstance(found, LikelihoodRatio)
    return found


def test_a_covariance_is_an_ordinary_parameter(independent, correlated, golden):
    """Independent against correlated slopes: χ²(1), the statistic and p that R gives."""
    known = golden("nhanes_lrt_R")["2015_2016"]["REML_corr_vs_indep"]
    test = compared(independent, correlated)
    assert test.weights == {1: 1.0}
    assert test.df == known["df"] == 1
    assert test.statistic == pytest.approx(known["LRT"], abs=1e-3)
    assert test.p == pytest.approx(known["p"], rel=1e-3)


def test_an_independent_slope_is_on_the_boundary(make_slopes, golden):
    """One variance more: ½ χ²(0) + ½ χ²(1), half the naive p."""
    known = golden("nhanes_lrt_R")["2015_2016"]["REML_indepslope_vs_int"]
    few, many = likelihoods(golden, "lmm_ri_F2_REML", "lmm_indep_REML")
    test = compared(make_slopes("a", few, {"group": 8.7}), make_slopes("b", many, VARIANCES))
    assert test.weights == {0: 0.5, 1: 0.5}
    assert test.statistic == pytest.approx(known["LRT"], abs=1e-3)
    assert test.p == pytest.approx(known["p_chibar"], rel=1e-3)
    assert not test.conservative


@pytest.mark.parametrize("method", ["REML", "ML"])
def test_a_correlated_slope_is_on_the_boundary(method, make_slopes, golden):
    """A variance and a covariance more: ½ χ²(1) + ½ χ²(2)."""
    known = golden("nhanes_lrt_R")["2015_2016"][f"{method}_corrslope_vs_int"]
    few, many = likelihoods(golden, f"lmm_ri_F2_{method}", f"lmm_corr_{method}")
    test = compared(
        make_slopes("a", few, {"group": 8.7}),
        make_slopes("b", many, VARIANCES, covariance={"group,age_cen": 0.1}),
    )
    assert test.weights == {1: 0.5, 2: 0.5}
    assert test.df == 2
    assert test.statistic == pytest.approx(known["LRT"], abs=2e-3)
    assert test.p == pytest.approx(known["p_chibar"], rel=2e-3)


def test_fixed_effects_are_ordinary_parameters(make_slopes, golden):
    """Body mass index left out of a model fitted by maximum likelihood: χ²(1)."""
    known = golden("nhanes_lrt_R")["2015_2016"]["ML_drop_BMI"]
    method = Method("ml", "observed", groups="group")
    many = make_slopes("b", known["logLik1"], {"group": 3.4}, method=method)
    coef = {name: value for name, value in many.result.coef.items() if name != "BMXBMI"}
    few = make_slopes("a", known["logLik0"], {"group": 3.4}, method=method, coef=coef)
    test = compared(many, few)
    assert (test.df, test.weights) == (1, {1: 1.0})
    assert test.statistic == pytest.approx(known["LRT"], rel=1e-9)
    assert test.p == pytest.approx(known["p"], rel=1e-6)


def test_several_variances_at_once_are_conservative(make_slopes):
    """The weights are not known: χ² with all degrees of freedom, and it says so."""
    few = make_slopes("a", -100.0, {"group": 1.0})
    many = make_slopes("b", -97.0, {"group": 1.0, "age_cen": 0.1, "BMXBMI": 0.1})
    test = compared(few, many)
    assert (test.df, test.weights, test.conservative) == (2, {2: 1.0}, True)


def test_equal_likelihoods_give_p_one(make_slopes):
    """A statistic of zero has p 1, also on the boundary; a rounding below zero is zero."""
    few = make_slopes("a", -100.0, {"group": 1.0})
    test = compared(few, make_slopes("b", -100.0 - 1e-7, VARIANCES))
    assert (test.statistic, test.p) == (0.0, 1.0)


def test_a_random_intercept_against_none(ols, mixed):
    """A full likelihood of a mixed model compares with that of least squares."""
    method = Method("ml", "observed", groups="group")
    full = changed(mixed, method=method, stats={"llf": -21406.29})
    test = compared(ols, full)
    assert test.weights == {0: 0.5, 1: 0.5}
    assert test.statistic == pytest.approx(2 * (21421.531769543843 - 21406.29))


def test_parameters_are_counted(ols, correlated, smoke_glm):
    """Fixed effects, variances, covariances, and the residual variance where there is one."""
    assert parameters(ols.result) == 8 + 1
    assert parameters(correlated.result) == 4 + 2 + 1 + 1
    assert parameters(smoke_glm.result) == 3
    dispersed = replace(smoke_glm.result, stats={"alpha": 0.04})
    assert parameters(dispersed) == 4


@pytest.mark.parametrize(
    ("word", "result"),
    [
        ("failed", {"status": "failed"}),
        ("no_likelihood", {"method": Method("gee", "robust", groups="group")}),
        ("clustered", {"method": Method("ols", "cluster", groups="group")}),
        ("no_llf", {"stats": {}}),
        ("no_llf", {"stats": {"llf": float("inf")}}),
        ("other_outcome", {"outcome": "BMXBMI"}),
        ("other_rows", {"n": 5093}),
        ("other_rows", {"center": {"BMXBMI": 29.5}}),
        ("other_family", {"method": Method("ml", "observed", family="poisson", link="log")}),
        ("other_likelihood", {"method": Method("ml", "observed", groups="group")}),
        ("other_groups", {"method": Method("reml", "observed", groups="site")}),
        ("reml_fixed", {"coef": {}}),
        ("not_optimal", {"stats": {"llf": -21420.0}}),
        ("not_nested", {"covariance": {}, "variance": {"x": 1, "y": 1, "z": 1}}),
        ("same", {"covariance": {}}),
    ],
)
def test_no_test_without_a_reason_for_it(word, result, independent, correlated):
    """Each thing that would make the statistic meaningless is named."""
    base = changed(independent, center={"BMXBMI": 29.4})
    if "variance" in result:
        result = result | {"variance": dict.fromkeys(result["variance"], Component(1.0, 1.0))}
    found = likelihood_ratio(base, changed(correlated, **result))
    assert isinstance(found, Refusal)
    assert found.word == word


def test_the_same_number_of_other_rows(independent, correlated):
    """Two subsets of one size are told apart by which rows they are."""
    few, many = changed(independent, rows="a1"), changed(correlated, rows="b2")
    assert likelihood_ratio(few, many).word == "other_rows"
    assert isinstance(likelihood_ratio(few, changed(correlated, rows="a1")), LikelihoodRatio)


def test_a_component_of_other_levels_is_another(nested):
    """`room` of two columns is two variances by one name."""
    method = replace(nested.result.method, details={"factor.room": "ward"})
    found = likelihood_ratio(nested, changed(nested, method=method, covariance={"group,room": 0.1}))
    assert found.word == "other_groups"


def test_least_squares_with_other_fixed_effects_has_no_restricted_test(ols, mixed):
    """A restricted likelihood compares with that of least squares for the same coefficients."""
    stats = {**mixed.result.stats, "llf_null": -21463.6}
    few = changed(ols, coef=dict(list(ols.result.coef.items())[:3]))
    assert likelihood_ratio(few, changed(mixed, stats=stats)).word == "other_likelihood"


def test_a_refusal_names_the_models_that_were_given(ols, mixed):
    """Not the stand-in by which least squares is compared."""
    full = changed(mixed, stats={**mixed.result.stats, "llf_null": -21463.6}, outcome="BMXBMI")
    assert likelihood_ratio(ols, full) == Refusal("other_outcome", (ols, full))


def test_other_data_are_other_rows(independent, correlated):
    """Two datasets of the same size are not the same rows."""
    found = likelihood_ratio(independent, replace(correlated, data="other"))
    assert found == Refusal("other_rows", (independent, replace(correlated, data="other")))


def test_every_reason_has_words(words):
    """What a refusal is called stands in the language file."""
    import re
    from pathlib import Path

    import reportgen.blocks.nested as module

    source = Path(module.__file__).read_text(encoding="utf-8")
    named = set(re.findall(r'Refusal\("(\w+)"', source)) | set(
        re.findall(r'^ {8}\("(\w+)", lambda', source, re.MULTILINE)
    )
    assert len(named) >= 11
    assert {word for word in named if f"tests.{word}" not in words.texts} == set()
