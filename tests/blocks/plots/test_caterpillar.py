"""`plot: caterpillar`: predicted random effects, sorted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reportgen.blocks.plots.caterpillar import Caterpillar
from reportgen.blocks.plots.style import SMALL
from reportgen.blocks.plots.tall import TALLEST, density
from reportgen.core.clusters import Effect
from reportgen.core.errors import FitError, SpecError

BLOCK = Caterpillar()
Z = 1.959963984540054


def build(model, make_context, **options):
    given = Caterpillar.Options(models=(model.id,), **options)
    assert list(BLOCK.check(given)) == []
    return BLOCK.build(given, make_context(model))


def with_effects(model, effects):
    return replace(model, result=replace(model.result, random_effects=effects))


def test_sorted_with_conditional_intervals(mixed, make_context):
    """Highest first, each with estimate ± z·SE."""
    figure = build(mixed, make_context)
    assert [row[0] for row in figure.rows] == ["1192", "1201", "1202", "1191"]
    assert figure.rows[0][1:3] == (2.0, 1.0)
    assert figure.rows[0][3:] == pytest.approx((2.0 - Z, 2.0 + Z), rel=1e-12)
    assert figure.columns[0] == "Masked variance unit"
    assert any("shrunken" in note for note in figure.notes)


def test_the_text_alternative(mixed, make_context):
    """Both ends, and how many intervals leave out zero: 2.0 − 1.96 > 0, −1.5 + 1.96 > 0."""
    alt = build(mixed, make_context).alt
    assert "Difference in systolic blood pressure (mmHg)" in alt
    assert "2.0 (1192)" in alt
    assert "−1.5 (1191)" in alt
    assert "1 of 4 intervals" in alt


def test_the_effect_asked_for(correlated, make_context):
    """`effect` chooses among the model's own; an effect without an error has no limits."""
    effects = {
        "a": {"group": Effect(1.0, 0.5), "age_cen": Effect(-0.1)},
        "b": {"group": Effect(0.5, 0.5), "age_cen": Effect(0.2)},
    }
    model = with_effects(correlated, effects)
    assert [row[0] for row in build(model, make_context).rows] == ["a", "b"]
    figure = build(model, make_context, effect="age_cen")
    assert figure.rows == (("b", 0.2, None, None, None), ("a", -0.1, None, None, None))
    assert "slope of age centred" in figure.alt
    with pytest.raises(SpecError) as caught:
        build(model, make_context, effect="age")
    assert caught.value.problems[0].path == ("effect",)


def test_warnings_are_notes(correlated, make_context):
    """What the fit warned of stands below the figure."""
    notes = build(with_effects(correlated, {"a": {"group": Effect(1.0)}}), make_context).notes
    assert any("boundary" in note for note in notes)


def test_many_clusters_fill_one_page(mixed, make_context):
    """Rows come closer and labels fewer, and the note says so; the data hold every cluster."""
    effects = {str(number): {"group": Effect(number / 50 - 2, 1.0)} for number in range(200)}
    figure = build(with_effects(mixed, effects), make_context)
    assert len(figure.rows) == 200
    assert any("of 200 clusters are labelled" in note for note in figure.notes)


@pytest.mark.parametrize("count", [1, 5, 39, 60, 200, 3000])
def test_labels_never_overlap(count):
    """No label is higher than the rows it stands for, none smaller than the smallest type."""
    close = density(count)
    assert close.size >= SMALL
    assert close.size / 72 <= close.row * close.stride
    assert close.row * count <= TALLEST + 1e-9


def test_refusals(ols, broken, make_context):
    """No random effects, a failed fit, or more than one model."""
    with pytest.raises(FitError, match="no random effects"):
        build(ols, make_context)
    with pytest.raises(FitError, match="rank deficient"):
        build(broken, make_context)
    (problem,) = BLOCK.check(Caterpillar.Options(models=("a", "b")))
    assert problem.path == ("models",)
