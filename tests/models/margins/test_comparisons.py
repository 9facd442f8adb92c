"""Contrast matrices, adjustments for multiplicity, and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from reportgen.core.errors import DataError, FitError
from reportgen.core.types import Result
from reportgen.models.margins.comparisons import comparisons
from reportgen.models.margins.multiplicity import adjusted

LEVELS = [{"dose": level} for level in "abcd"]


def rows(method, chosen=LEVELS, reference=None, **custom):
    return comparisons(chosen, method, reference, custom)[0].tolist()


def test_orthogonal_polynomials_in_whole_numbers():
    """Linear, quadratic and cubic trends as printed in every table of them (and by emmeans)."""
    assert rows("polynomial") == [[-3, -1, 1, 3], [1, -1, -1, 1], [-1, 3, -3, 1]]
    assert rows("polynomial", LEVELS[:3]) == [[-1, 0, 1], [1, -2, 1]]
    five = [{"dose": level} for level in "abcde"]
    assert rows("polynomial", five)[3] == [1, -4, 6, -4, 1]


def test_each_level_against_the_mean_of_all():
    """`eff`: deviations add up to nothing."""
    assert rows("eff", LEVELS[:2]) == [[0.5, -0.5], [-0.5, 0.5]]


def test_the_reference_is_the_level_named():
    """The others minus that one; the first where none is named."""
    assert rows("reference", reference="c")[0] == [1, 0, -1, 0]
    assert rows("reference")[0] == [-1, 1, 0, 0]


def test_weights_of_the_authors_own():
    """In the order of the levels, or by level with 0 for the others."""
    assert rows("custom", first=[1, -1, 0, 0], last={"d": 1, "a": -1}) == [
        [1, -1, 0, 0],
        [-1, 0, 0, 1],
    ]


@pytest.mark.parametrize(
    ("method", "reference", "custom"),
    [
        ("reference", "z", {}),
        ("custom", None, {"odd": [1, -1]}),
        ("custom", None, {"odd": {"z": 1, "a": -1}}),
    ],
)
def test_levels_that_are_not_there(method, reference, custom):
    """A level or a number of weights that does not fit is told, with what there is."""
    with pytest.raises(DataError):
        comparisons(LEVELS, method, reference, custom)


def test_one_mean_has_nothing_to_be_compared_with():
    """A factor that was held at one level gives no comparison."""
    with pytest.raises(FitError):
        comparisons(LEVELS[:1], "pairwise", None, {})


@pytest.fixture(scope="module")
def groups():
    """Three groups of ten and a control, as data and as differences from the control."""
    rng = np.random.default_rng(17)
    samples = [rng.normal(shift, 1, 10) for shift in (0.0, 0.6, 1.0, 1.2)]
    pooled = np.mean([sample.var(ddof=1) for sample in samples])
    covariance = pooled / 10 * (np.ones((3, 3)) + np.eye(3))
    differences = np.array([sample.mean() - samples[0].mean() for sample in samples[1:]])
    return samples, differences / np.sqrt(np.diag(covariance)), covariance


def test_dunnett_is_scipys(groups):
    """Several groups against one control: p and limits, within the error of the integration."""
    from scipy.stats import dunnett

    samples, statistic, covariance = groups
    df = np.full(3, 36.0)
    p, reach = adjusted("dunnett", statistic, df, covariance, means=4, confidence=0.95)
    expected = dunnett(*samples[1:], control=samples[0], rng=np.random.default_rng(2))
    assert p == pytest.approx(expected.pvalue, abs=2e-3)
    limits = expected.confidence_interval(0.95)
    width = (limits.high - limits.low) / 2
    assert reach * np.sqrt(np.diag(covariance)) == pytest.approx(width, rel=2e-3)


def test_the_same_question_has_the_same_answer(groups):
    """The integration has a fixed seed: a report is the same every time it is made."""
    _, statistic, covariance = groups
    df = np.full(3, np.inf)
    first = adjusted("dunnett", statistic, df, covariance, means=4, confidence=0.95)
    again = adjusted("dunnett", statistic, df, covariance, means=4, confidence=0.95)
    assert (first[0] == again[0]).all()
    assert (first[1] == again[1]).all()


def test_scheffe_is_the_f_test_of_the_best_comparison(groups):
    """t² / r against F with r and d degrees of freedom, r what the comparisons span."""
    from scipy.stats import f

    _, statistic, covariance = groups
    p, _ = adjusted("scheffe", statistic, np.full(3, 36.0), covariance, means=4, confidence=0.95)
    assert p == pytest.approx(f.sf(statistic**2 / 3, 3, 36))


def test_single_step_limits_agree_with_their_p():
    """Where p is exactly 5 % an interval of 95 % ends at 0: Bonferroni and Šidák."""
    from scipy.stats import t

    df, covariance = np.full(4, 20.0), np.eye(4)
    for method, share in (("bonferroni", 0.05 / 4), ("sidak", 1 - 0.95**0.25)):
        statistic = np.full(4, t.ppf(1 - share / 2, 20))
        p, reach = adjusted(method, statistic, df, covariance, means=5, confidence=0.95)
        assert p == pytest.approx(np.full(4, 0.05))
        assert reach == pytest.approx(statistic)


@pytest.fixture(scope="module")
def small(framed, run):
    rng = np.random.default_rng(1)
    table = pd.DataFrame({"y": rng.normal(size=50), "x": rng.normal(size=50),
                          "g": rng.choice(["a", "b"], 50)})  # fmt: skip
    frame = framed(table)
    return frame, run("ols", frame, formula="y ~ x + g")


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"of": ("z",)}, "not-in-model"),
        ({"of": ("x",)}, "needs-values"),
        ({"of": ("x",), "at": {"x": ("low",)}}, "not-a-number"),
        ({"of": ("g",), "at": {"g": ("c",)}}, "unknown-level"),
    ],
)
def test_a_point_that_the_model_does_not_have(small, run, options, code):
    """Unknown covariates, levels and values stop the build where they are asked for."""
    frame, fit = small
    with pytest.raises(DataError) as caught:
        run("predictions", frame, fit, **options)
    assert [problem.code for problem in caught.value.problems] == [code]


def test_beyond_the_data_is_said(small, run):
    """A value outside of the range analysed is computed, with a warning."""
    frame, fit = small
    found = run("predictions", frame, fit, of=("x",), at={"x": (0.0, 99.0)})
    assert [note.code for note in found.notes] == ["extrapolation"]
    assert not run("predictions", frame, fit, of=("x",), at={"x": (0.0,)}).notes


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"status": "failed"}, "fit-failed"),
        ({"vcov": ()}, "no-covariance"),
        ({"n": 49}, "rows-not-found"),
    ],
)
def test_a_fit_that_nothing_can_be_computed_from(small, run, change, code):
    """A failed fit, one without covariance, and one whose rows were made up (imputed)."""
    from dataclasses import replace

    frame, fit = small
    found = run("predictions", frame, replace(fit, **change), of=("g",))
    assert isinstance(found, Result)
    assert (found.status, found.notes[0].code) == ("failed", code)


def test_what_rests_on_a_withheld_coefficient_is_not_given(framed, run):
    """A level whose coefficient is infinite has no mean; the others keep theirs."""
    from dataclasses import replace

    rng = np.random.default_rng(2)
    table = pd.DataFrame({"y": rng.normal(size=90), "g": np.repeat(["a", "b", "c"], 30)})
    frame = framed(table)
    fit = run("ols", frame, formula="y ~ g")
    coef = {**fit.coef, "g[T.c]": replace(fit.coef["g[T.c]"], estimate=None, se=None)}
    partly = replace(fit, coef=coef)
    means = run("predictions", frame, partly, of=("g",))
    assert [margin.value.estimate is None for margin in means.margins] == [False, False, True]
    assert [note.code for note in means.notes] == ["withheld"]
    pairs = run("contrasts", frame, partly, of=("g",), adjust="tukey")
    assert [margin.value.p is None for margin in pairs.margins] == [False, True, True]
    whole = run("contrasts", frame, fit, of=("g",), adjust="tukey")
    assert pairs.margins[0].value.p == pytest.approx(whole.margins[0].value.p)


def test_a_model_without_an_intercept_has_differences_but_no_means(framed, run):
    """A hazard model: its ratios are defined, its means are not."""
    from dataclasses import replace

    rng = np.random.default_rng(2)
    frame = framed(pd.DataFrame({"y": rng.normal(size=60), "g": np.repeat(["a", "b"], 30)}))
    fit = run("ols", frame, formula="y ~ g")
    bare = replace(fit, coef={"g[T.b]": fit.coef["g[T.b]"]}, vcov=((fit.coef["g[T.b]"].se ** 2,),))
    assert run("predictions", frame, bare, of=("g",)).notes[0].code == "not-estimable"
    (pair,) = run("contrasts", frame, bare, of=("g",)).margins
    assert pair.value.estimate == pytest.approx(-fit.coef["g[T.b]"].estimate)


def test_the_smallest_degrees_of_freedom_of_those_that_take_part(small, run):
    """With degrees of freedom of their own the coefficients of a contrast set its law."""
    from dataclasses import replace

    frame, fit = small
    coef = {name: replace(each, df=df) for (name, each), df in
            zip(fit.coef.items(), (10.0, 7.0, 30.0), strict=True)}  # fmt: skip
    own = replace(fit, coef=coef)
    assert coef["g[T.b]"].df == 30.0
    assert run("contrasts", frame, own, of=("g",)).margins[0].value.df == 30.0
    means = run("predictions", frame, own, of=("g",)).margins
    assert [margin.value.df for margin in means] == [7.0, 7.0]
