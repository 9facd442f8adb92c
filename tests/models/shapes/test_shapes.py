"""Histograms, boxes and normal quantiles against numpy, matplotlib and the binomial law."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.cbook import boxplot_stats
from scipy.stats import binom, norm
from statsmodels.graphics.gofplots import ProbPlot

from reportgen.core.clusters import Effect
from reportgen.core.errors import DataError, FitError
from reportgen.core.types import Facts, Frame, Result, Variable
from reportgen.models.shapes.box import Box, boxed
from reportgen.models.shapes.histogram import Histogram, edges, grid
from reportgen.models.shapes.quantiles import ENDS, MOST_POINTS, Quantiles, against_normal

RNG = np.random.default_rng(5)
CONTINUOUS = np.sort(RNG.gamma(3.0, size=400))


def frame(**columns):
    table = pd.DataFrame(columns)
    variables = {name: Variable(name, name) for name in table}
    variables["arm"] = Variable("arm", "Arm", levels={"b": "B", "a": "A"}, categorical=True)
    return Frame(table, Facts("d", len(table), len(table), "", variables=variables))


def ask(kind, rows, **options):
    return kind.fit(kind.Options(**options), rows)


def test_freedman_and_diaconis():
    """Of values on no grid the intervals are numpy's by the same rule."""
    assert edges(CONTINUOUS, None) == pytest.approx(np.histogram_bin_edges(CONTINUOUS, "fd"))


def test_as_many_intervals_as_asked():
    """`bins` divides the range."""
    assert edges(CONTINUOUS, 12) == pytest.approx(np.linspace(CONTINUOUS[0], CONTINUOUS[-1], 13))


def test_each_interval_holds_as_many_steps_of_a_grid():
    """Even readings: intervals are whole steps of 2 wide and end between two readings."""
    readings = np.sort(2.0 * RNG.integers(45, 100, 900))
    found = edges(readings, None)
    assert grid(readings) == 2.0
    width = found[1] - found[0]
    assert width % 2 == 0
    assert (found % 2 == 1).all()
    assert found[0] < readings[0]
    assert found[-1] > readings[-1]
    q1, q3 = np.quantile(readings, [0.25, 0.75])
    assert width == pytest.approx(2 * (q3 - q1) / 900 ** (1 / 3), abs=1.0)


def test_grids():
    """Steps of a half, of a tenth, of seven; none where decimals go on."""
    assert grid(np.array([0.5, 1.0, 3.0])) == 0.5
    assert grid(np.array([0.1, 0.2, 0.7])) == pytest.approx(0.1)
    assert grid(np.array([7.0, 14.0, 35.0])) == 7.0
    assert grid(CONTINUOUS) is None


def test_equal_values_and_equal_quartiles():
    """One value has one interval; equal quartiles do not make intervals without end."""
    assert len(edges(np.full(5, 3.0), None)) == 2
    heavy = np.sort(np.append(np.zeros(90), np.linspace(0.001, 8.7654321, 10)))
    assert 2 < len(edges(heavy, None)) < 20


def test_counts_by_group():
    """Counts are numpy's on the same ends, in display order; missing values are counted."""
    x = np.append(CONTINUOUS, np.nan)
    arm = np.tile(["a", "b"], 201)[:401]
    found = ask(Histogram(), frame(x=x, arm=arm), column="x", by="arm")
    assert [name for name in found.observations if name.startswith("count")] == [
        "count:b", "count:a",
    ]  # fmt: skip
    ends = [*found.observations["from"], found.observations["to"][-1]]
    expected = np.histogram(x[(arm == "a") & ~np.isnan(x)], ends)[0]
    assert found.observations["count:a"] == tuple(expected)
    assert sum(map(sum, (found.observations["count:a"], found.observations["count:b"]))) == 400
    assert [(each.group, each.n, each.missing) for each in found.summaries] == [
        ("b", 200, 0), ("a", 200, 1), ("", 400, 1),
    ]  # fmt: skip


def test_text_has_no_histogram():
    """A column of text is an error of the data, one without values none of a number."""
    with pytest.raises(DataError, match="holds text"):
        ask(Histogram(), frame(x=["u", "v"], arm=["a", "b"]), column="x")
    with pytest.raises(FitError, match="no value"):
        ask(Box(), frame(x=[np.nan, np.nan], arm=["a", "b"]), column="x")


def test_boxes_are_tukeys():
    """Quartiles, whiskers and values outside as matplotlib computes them."""
    values = np.sort(np.append(CONTINUOUS, [30.0, 31.0, -9.0]))
    (expected,) = boxplot_stats(values)
    box, whiskers, outside = boxed(values)
    assert (box.q1, box.median, box.q3) == pytest.approx(
        (expected["q1"], expected["med"], expected["q3"])
    )
    assert whiskers == pytest.approx((expected["whislo"], expected["whishi"]))
    assert outside == pytest.approx(sorted(expected["fliers"]))
    assert box.counts == {"outside": len(expected["fliers"])}


def test_many_values_outside_are_thinned():
    """All are counted; the farthest are among those drawn."""
    values = np.sort(np.append(np.linspace(0, 1, 9000), np.linspace(5, 9, 2000)))
    box, _, outside = boxed(values)
    assert box.counts["outside"] == 2000
    assert len(outside) <= 500
    assert outside[-1] == 9.0


def test_boxes_by_group():
    """A box a level, with its missing values."""
    found = ask(Box(), frame(x=[1, 2, 3, 4, None], arm=["a", "a", "b", "b", "b"]), column="x",
                by="arm")  # fmt: skip
    assert [(each.group, each.median, each.missing) for each in found.summaries] == [
        ("b", 3.5, 1), ("a", 1.5, 0),
    ]  # fmt: skip


def test_normal_quantiles():
    """Theoretical quantiles are statsmodels' with a = ½, the line goes through the quartiles."""
    stats, drawn = against_normal(CONTINUOUS, 0.95)
    assert drawn["normal"] == pytest.approx(ProbPlot(CONTINUOUS, a=0.5).theoretical_quantiles)
    assert drawn["value"] == pytest.approx(CONTINUOUS)
    for share in (0.25, 0.75):
        assert stats["center"] + stats["scale"] * norm.ppf(share) == pytest.approx(
            np.quantile(CONTINUOUS, share)
        )


def test_the_envelope_by_the_binomial_law():
    """The i-th of n is below its lower limit if at least i of n are: 2.5 % of samples."""
    values = np.sort(RNG.normal(3, 2, 60))
    stats, drawn = against_normal(values, 0.95)
    place = np.arange(1, 61)
    low, high = (
        norm.cdf((np.array(drawn[name]) - stats["center"]) / stats["scale"])
        for name in ("low", "high")
    )
    assert binom.sf(place - 1, 60, low) == pytest.approx(np.full(60, 0.025), rel=1e-6)
    assert binom.cdf(place - 1, 60, high) == pytest.approx(np.full(60, 0.025), rel=1e-6)
    assert stats["outside"] == sum((values < drawn["low"]) | (values > drawn["high"]))


def test_a_large_sample_keeps_its_ends():
    """So many points are drawn; the outermost on both sides are all there."""
    values = np.sort(RNG.normal(size=30_000))
    drawn = against_normal(values, 0.95)[1]
    assert len(drawn["value"]) == MOST_POINTS
    assert drawn["value"][:ENDS] == tuple(values[:ENDS])
    assert drawn["value"][-ENDS:] == tuple(values[-ENDS:])


def test_effects_of_one_component():
    """`effect` chooses among a model's random effects; two values are too few to see anything."""
    effects = {
        str(number): {"site": Effect(float(number)), "age": Effect(-1.0)} for number in range(5)
    }
    start = Result("mixedlm", "ok", random_effects=effects)
    kind = Quantiles()
    found = kind.fit(kind.Options(of="ranef", effect="site"), frame(arm=["a"]), start)
    assert found.observations["value"] == (0.0, 1.0, 2.0, 3.0, 4.0)
    with pytest.raises(FitError, match="three values"):
        kind.fit(kind.Options(of="ranef", effect="age"), frame(arm=["a"]), start)
