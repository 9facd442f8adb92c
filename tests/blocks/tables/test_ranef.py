"""`table: ranef`: predicted random effects."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reportgen.blocks.tables.ranef import Ranef
from reportgen.core.clusters import Effect
from reportgen.core.errors import FitError, SpecError

BLOCK = Ranef()
Z = 1.959963984540054


def build(model, make_context, **options):
    given = Ranef.Options(models=(model.id,), **options)
    assert list(BLOCK.check(given)) == []
    return BLOCK.build(given, make_context(model))


def labels(table):
    return [[row.label for row in block.rows] for block in table.blocks]


def test_all_clusters_highest_first(mixed, make_context):
    """Sorted, with conditional standard errors and intervals, and the note on shrinkage."""
    table = build(mixed, make_context)
    assert labels(table) == [["1192", "1201", "1202", "1191"]]
    estimate, error, interval = table.blocks[0].rows[0].cells
    assert (estimate.value, error.value) == (2.0, 1.0)
    assert interval.value == pytest.approx((2.0 - Z, 2.0 + Z), rel=1e-12)
    assert table.stub == "Masked variance unit"
    assert any("shrunken" in note for note in table.notes)


def test_the_extremes(mixed, make_context):
    """`top: 1` keeps the highest and the lowest, apart, and says how many there are."""
    table = build(mixed, make_context, top=1)
    assert labels(table) == [["1192"], ["1191"]]
    assert [block.title for block in table.blocks] == ["Highest 1", "Lowest 1"]
    assert "2 of 4 clusters are shown." in table.notes


def test_top_of_half_shows_all(mixed, make_context):
    """No cluster is shown twice."""
    assert labels(build(mixed, make_context, top=2)) == [["1192", "1201", "1202", "1191"]]


def test_two_effects_stand_side_by_side(correlated, make_context):
    """A spanner an effect; `effect` says which of them orders the rows."""
    effects = {
        "a": {"group": Effect(1.0, 0.5), "age_cen": Effect(-0.1)},
        "b": {"group": Effect(0.5, 0.5), "age_cen": Effect(0.2)},
    }
    model = replace(correlated, result=replace(correlated.result, random_effects=effects))
    table = build(model, make_context)
    assert labels(table) == [["a", "b"]]
    assert [column.spanner for column in table.columns[::3]] == [
        "masked variance unit (intercept)",
        "slope of age centred within cluster (years)",
    ]
    assert [cell.empty for cell in table.blocks[0].rows[0].cells[3:]] == [
        None,
        "undefined",
        "undefined",
    ]
    assert labels(build(model, make_context, effect="age_cen")) == [["b", "a"]]
    with pytest.raises(SpecError) as caught:
        build(model, make_context, effect="age")
    assert caught.value.problems[0].path == ("effect",)


def test_effects_of_another_level_have_a_table_of_their_own(nested, make_context):
    """Rooms do not stand beside the clusters that hold them; the note says what is left out."""
    table = build(nested, make_context)
    assert labels(table) == [["1191", "1192"]]
    assert "Not shown here: room within masked variance unit (intercept)." in table.notes
    rooms = build(nested, make_context, effect="room")
    assert labels(rooms) == [["1191, 1", "1192, 1", "1191, 2"]]
    assert rooms.stub == "Room within masked variance unit"
    assert [cell.empty for cell in rooms.blocks[0].rows[2].cells] == [
        None, "undefined", "undefined",
    ]  # fmt: skip


def test_effects_of_crossed_factors(crossed, make_context):
    """Each factor's levels by their labels."""
    table = build(crossed, make_context)
    assert (table.stub, labels(table)) == ("Sex", [["Female", "Male"]])


def test_a_model_without_effects(ols, make_context):
    """There is nothing to show."""
    with pytest.raises(FitError, match="no random effects"):
        build(ols, make_context)


def test_effects_that_are_withheld(smoke_mixed, make_context):
    """A multilevel model that shows no variance has withheld its effects; it is not without."""
    result = replace(smoke_mixed.result, variance={}, random_effects={})
    with pytest.raises(FitError, match="are withheld"):
        build(replace(smoke_mixed, result=result), make_context)


def test_top_is_at_least_one():
    """`top: 0` is a problem at `top`."""
    (problem,) = BLOCK.check(Ranef.Options(models=("m",), top=0))
    assert problem.path == ("top",)
