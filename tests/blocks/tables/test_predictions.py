"""Predicted means and average effects in a table."""

from __future__ import annotations

import pytest

from reportgen.blocks.tables.predictions import Predictions
from reportgen.core.types import Coef, Compared, Margin, Method, Result


def mean(at, estimate=0.5, se=0.05, low=0.4, high=0.6):
    return Margin(Coef(estimate, se, None, None, None, low, high), at)


def effect(first, second=None, name="", at=None):
    value = Coef(0.1, 0.02, 5.0, None, 0.001, 0.06, 0.14)
    return Margin(value, at or {}, (Compared(first, second or {}, name),))


@pytest.fixture
def logistic(make_model, gee):
    method = Method("glmm", "observed", family="binomial", link="logit", scale="odds_ratio",
                    target="cluster", groups="group")  # fmt: skip
    return make_model("smoke", label="GLMM", outcome="smq", method=method,
                      terms=gee.result.terms, coef=gee.result.coef)  # fmt: skip


@pytest.fixture
def build(make_context):
    def made(model, margins, **options):
        answers = {model.id: Result("predictions", "ok", margins=tuple(margins))}
        context = make_context(model).with_computed(answers)
        return Predictions().build(Predictions.Options(models=(model.id,), **options), context)

    return made


def rows(table):
    return [row for block in table.blocks for row in block.rows]


def test_means_at_values(build, gee):
    """A row a combination: the last covariate in the stub, the others in a header above."""
    points = [{"RIDAGEYR": age, "RIAGENDRx": sex} for age in (20.0, 62.5) for sex in ("Female",)]
    table = build(gee, [mean(point) for point in points], of=("RIDAGEYR", "RIAGENDRx"))
    assert [row.label for row in rows(table)] == [
        "Age (years): 20",
        "Female",
        "Age (years): 62.5",
        "Female",
    ]
    assert [column.label for column in table.columns] == ["Mean", "95% CI"]
    assert table.stub == "Sex"


def test_where_the_others_stand_is_said(build, gee):
    """Numbers at their means, levels averaged, and what was held by hand."""
    notes = build(gee, [mean({"RIAGENDRx": "Male"})], of=("RIAGENDRx",)).notes
    assert any("at their means" in note and "levels of factors" in note for note in notes)
    held = build(
        gee, [mean({"RIAGENDRx": "Male"})], of=("RIAGENDRx",),
        at={"RIDAGEYR": (40,), "BMXBMI": (25.5,), "RIDRETH1": (3,)},
    ).notes  # fmt: skip
    assert "Age (years) is held at 40." in held
    assert "Body mass index (kg/m²) is held at 25.5." in held
    assert "Race/ethnicity is held at Non-Hispanic White." in held
    assert not any("means" in note for note in held)


def test_averages_over_rows_are_called_so(build, gee):
    """Standardised means are averages over the rows analysed."""
    table = build(gee, [mean({"RIAGENDRx": "Male"})], of=("RIAGENDRx",), average="observed")
    assert any("averages over the rows analysed" in note for note in table.notes)


def test_a_cluster_specific_probability_is_no_average(build, logistic):
    """A multilevel model's prediction is for a cluster, and the table says for which."""
    table = build(logistic, [mean({"RIDAGEYR": 40.0})], of=("RIDAGEYR",))
    assert table.columns[0].label == "Probability"
    assert any("random effects are zero" in note for note in table.notes)
    link = build(logistic, [mean({"RIDAGEYR": 40.0})], of=("RIDAGEYR",), type="link")
    assert link.columns[0].label == "Linear predictor"
    assert not any("random effects are zero" in note for note in link.notes)


def test_averages_and_clusters_in_one_table(logistic, smoke_gee, make_context):
    """Which model predicts for the population and which for a cluster is said by name."""
    answers = {
        name: Result("predictions", "ok", margins=(mean({"RIDAGEYR": 40.0}),))
        for name in ("smoke", "smoke_gee")
    }
    context = make_context(logistic, smoke_gee).with_computed(answers)
    given = Predictions.Options(models=("smoke", "smoke_gee"), of=("RIDAGEYR",))
    notes = Predictions().build(given, context).notes
    (found,) = [note for note in notes if "random effects are zero" in note]
    assert "population-averaged in GEE" in found
    assert "in GLMM they are for a cluster" in found


def test_a_lopsided_interval_governs_the_decimals(build, logistic):
    """Near 1 the delta method's SE is tiny, and four decimals of it would be for show."""
    table = build(logistic, [mean({"RIDAGEYR": 90.0}, 0.9999, 0.0001, 0.74, 1.0)], of=("RIDAGEYR",))
    assert rows(table)[0].cells[0].error == pytest.approx(0.065)


def test_effects_of_levels_stand_below_their_variable(build, logistic):
    """A number has one row; a variable its header, its reference and a row a level."""
    margins = [
        effect({"RIDAGEYR": 1.0}, name="slope"),
        effect({"RIDRETH1": "2"}, {"RIDRETH1": "1"}),
        effect({"RIDRETH1": "3"}, {"RIDRETH1": "1"}),
    ]
    table = build(logistic, margins, effects="average")
    assert [(row.label, row.indent, row.header) for row in rows(table)] == [
        ("Age (years)", 0, False),
        ("Race/ethnicity", 0, True),
        ("Mexican American", 1, False),
        ("Other Hispanic", 1, False),
        ("Non-Hispanic White", 1, False),
    ]
    assert rows(table)[2].cells[0].empty == "reference"
    assert [column.label for column in table.columns] == ["Average effect", "95% CI", "p"]
    assert any("differences of probabilities" in note for note in table.notes)


def test_a_reference_stands_where_its_level_is_displayed(build, logistic):
    """Not first by being the reference: the order is the same as in a table of coefficients."""
    margins = [effect({"RIDRETH1": level}, {"RIDRETH1": "2"}) for level in ("1", "3")]
    table = build(logistic, margins, effects="average")
    assert [row.label for row in rows(table)][1:] == [
        "Mexican American",
        "Other Hispanic",
        "Non-Hispanic White",
    ]
    assert rows(table)[2].cells[0].empty == "reference"


def test_a_wide_interval_by_itself_costs_no_decimals(build, logistic):
    """One adjusted for many comparisons reaches farther than two standard errors."""
    table = build(logistic, [mean({"RIDAGEYR": 40.0}, 1.80, 0.67, -0.04, 3.63)], of=("RIDAGEYR",))
    assert rows(table)[0].cells[0].error == pytest.approx(0.67)


def test_effects_within_groups_are_indented_once_more(build, logistic):
    """With `by` every group has its own header, reference and levels."""
    margins = [
        effect({"RIDRETH1": "2"}, {"RIDRETH1": "1"}, at={"RIAGENDRx": sex})
        for sex in ("Female", "Male")
    ]
    table = build(logistic, margins, effects="average", by=("RIAGENDRx",))
    assert [(row.label, row.indent) for row in rows(table)] == [
        ("Sex: Female", 0),
        ("Race/ethnicity", 1),
        ("Mexican American", 2),
        ("Other Hispanic", 2),
        ("Sex: Male", 0),
        ("Race/ethnicity", 1),
        ("Mexican American", 2),
        ("Other Hispanic", 2),
    ]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({}, "no-covariate"),
        ({"of": ("RIDAGEYR",), "columns": ("estimate", "p")}, "no-test"),
        ({"effects": "average", "type": "link"}, "effects"),
        ({"effects": "average", "average": "observed"}, "effects"),
        ({"of": ("RIDAGEYR",), "by": ("RIDAGEYR",)}, "covariate-twice"),
        ({"of": ("RIDAGEYR",), "at": {"RIDAGEYR": ()}}, "no-values"),
    ],
)
def test_keys_that_make_no_sense(options, code):
    """Told without any data."""
    given = Predictions.Options(models=("a",), **options)
    assert code in [problem.code for problem in Predictions().check(given)]
