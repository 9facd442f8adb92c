"""`plot: icc`: intraclass correlations, a point a model."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reportgen.blocks.plots.icc import MOST_ROWS, Icc
from reportgen.core.clusters import IccPoint
from reportgen.core.errors import FitError

BLOCK = Icc()


@pytest.fixture(scope="module")
def outcomes(make_model):
    """A list of models whose members differ in their outcome."""
    given = {"BPXSY1": 0.0306, "RIDAGEYR": 0.0157, "smq": 0.959}
    return [
        make_model(f"icc[{name}]", kind="gee", outcome=name, icc=icc) for name, icc in given.items()
    ]


def build(models, make_context, **options):
    given = Icc.Options(models=tuple(dict.fromkeys(model.name for model in models)), **options)
    assert list(BLOCK.check(given)) == []
    return BLOCK.build(given, make_context(*models))


def test_members_of_a_list_are_called_by_their_outcomes(outcomes, gee, make_context):
    """A single model by its outcome and its label, where the models differ in their outcomes."""
    figure = build([*outcomes, gee], make_context)
    assert figure.rows == (
        ("icc", "Systolic blood pressure (mmHg)", 0.0306),
        ("icc", "Age", 0.0157),
        ("icc", "Ever smoker", 0.959),
        ("", "Systolic blood pressure (mmHg): GEE", gee.result.icc),
    )


def test_along_a_covariate(correlated, gee, make_context):
    """A line a model whose slope varies, with its interval; the others are named as left out."""
    points = tuple(
        IccPoint(x, 0.03 + 0.00002 * x * x, 0.01, 0.08, place)
        for x, place in ((-30.0, ""), (-17.0, "below"), (0.0, "mean"), (17.0, "above"), (30.0, ""))
    )
    model = replace(correlated, result=replace(correlated.result, icc_at={"age_cen": points}))
    figure = build([model, gee], make_context, x="age_cen")
    assert figure.rows[0] == ("Correlated", -30.0, pytest.approx(0.048), 0.01, 0.08)
    assert figure.columns[1] == "Age centred within cluster (years)"
    assert "least 0.030 at 0" in figure.alt
    assert any("Left out" in note and "GEE" in note for note in figure.notes)
    assert any(note.startswith("Shaded: 95% interval") for note in figure.notes)
    with pytest.raises(FitError, match="varies between clusters in none"):
        build([gee], make_context, x="age_cen")


def test_the_text_alternative_names_the_extremes(outcomes, gee, make_context):
    """The highest, the lowest, and the range of the list, with three decimals."""
    alt = build([*outcomes, gee], make_context).alt
    assert "4 models" in alt
    assert "highest is Ever smoker, 0.959" in alt
    assert "GEE, 0.013" in alt
    assert "icc" not in alt
    assert "from 0.016 to 0.959" in alt


def test_what_is_left_out_is_said(outcomes, ols, broken, make_context):
    """A model without an intraclass correlation and one that failed are named in the notes."""
    figure = build([*outcomes, ols, broken], make_context)
    assert len(figure.rows) == 3
    assert any("OLS" in note for note in figure.notes)
    assert any("Broken could not be fitted" in note for note in figure.notes)


def test_none_to_show(ols, broken, make_context):
    """There is no empty figure."""
    with pytest.raises(FitError, match="intraclass"):
        build([ols], make_context)
    with pytest.raises(FitError, match="rank deficient"):
        build([broken], make_context)


def test_two_definitions_are_told_apart(gee, mixed, smoke_mixed, make_context):
    """A working correlation, a share of variance and a latent share are not the same thing."""
    notes = build([gee, mixed, smoke_mixed], make_context).notes
    assert len(notes) == 3
    assert build([gee], make_context).notes == ()


def test_a_long_list_stays_on_one_page(make_model, outcomes, make_context):
    """Where there are more models than rows on a page, the longest list is on one row."""
    many = [
        make_model(f"noise[{number}]", kind="gee", outcome=f"y{number}", icc=number / 1e4)
        for number in range(MOST_ROWS)
    ]
    figure = build([*outcomes, *many], make_context)
    assert len(figure.rows) == len(outcomes) + len(many)
    assert any("stroke" in note for note in figure.notes)
    assert not build(outcomes, make_context).notes


def test_numbered_copies_are_one_row(make_model, make_context):
    """Six or more are one row, called by what their names share, with their range."""
    few, many = (
        [
            make_model(f"noise[noise_{number}]", label=f"noise {number}", icc=number / 1000)
            for number in range(1, count + 1)
        ]
        for count in (5, 6)
    )
    assert not build(few, make_context).notes
    figure = build(many, make_context)
    assert any("stroke" in note for note in figure.notes)
    assert "noise: from 0.001 to 0.006" in figure.alt


def test_the_label_of_a_list_is_its_heading(make_model, make_context):
    """Where its author gave it one; members are then called by their outcomes."""
    members = [
        make_model(f"icc[{name}]", label="Unconditional", outcome=name, icc=0.02)
        for name in ("BPXSY1", "smq")
    ]
    rows = build(members, make_context).rows
    assert [row[:2] for row in rows] == [
        ("Unconditional", "Systolic blood pressure (mmHg)"),
        ("Unconditional", "Ever smoker"),
    ]


def test_a_subgroup_is_called_by_its_level(make_model, make_context):
    """What all labels of a list begin with is its heading."""
    members = [
        make_model(f"gee[{sex}]", label=f"GEE: {sex}", kind="gee", outcome="BPXSY1", icc=0.02)
        for sex in ("Female", "Male")
    ]
    rows = build(members, make_context).rows
    assert [row[:2] for row in rows] == [("GEE", "Female"), ("GEE", "Male")]


def test_caption_note_and_check(gee, make_context):
    """The author's caption and note come first; no models is a problem at `models`."""
    figure = build([gee], make_context, caption="Mine.", note="By hand.")
    assert (figure.caption, figure.notes[0]) == ("Mine.", "By hand.")
    assert build([gee], make_context).caption
    (problem,) = BLOCK.check(Icc.Options(models=()))
    assert problem.path == ("models",)
