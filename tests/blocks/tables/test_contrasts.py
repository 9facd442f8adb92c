"""Comparisons in a table: what they are called, how they are scaled, what is said below."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reportgen.blocks.tables.contrasts import Contrasts
from reportgen.core.errors import FitError
from reportgen.core.types import Coef, Compared, Margin, Method, Note, Result, failed

HOLM = (
    "p values are adjusted for the 2 comparisons by Holm’s method; each interval stands for itself."
)
PAIR = Compared({"RIDRETH1": "1"}, {"RIDRETH1": "3"})
OTHER = Compared({"RIDRETH1": "1"}, {"RIDRETH1": "4"})


def margin(compared, estimate=0.5, at=None):
    value = Coef(estimate, 0.1, estimate / 0.1, None, 0.01, estimate - 0.2, estimate + 0.2)
    return Margin(value, at or {}, compared if isinstance(compared, tuple) else (compared,))


def computed(*margins, notes=()):
    return Result("contrasts", "ok", margins=margins, notes=notes)


@pytest.fixture
def logistic(make_model, gee):
    method = Method("gee", "robust", family="binomial", link="logit", scale="odds_ratio",
                    target="population", groups="group")  # fmt: skip
    return make_model("smoke", label="GEE", outcome="smq", method=method, n_groups=30,
                      terms=gee.result.terms, coef=gee.result.coef)  # fmt: skip


@pytest.fixture
def build(make_context):
    def made(models, answers, **options):
        context = make_context(*models).with_computed(answers)
        given = {"models": tuple(model.id for model in models), "of": ("RIDRETH1",), **options}
        return Contrasts().build(Contrasts.Options(**given), context)

    return made


def rows(table):
    return [row for block in table.blocks for row in block.rows]


def test_a_difference_names_both_levels(build, gee):
    """First minus second, with the levels as the data show them and a true minus sign."""
    table = build([gee], {gee.id: computed(margin(PAIR))})
    (row,) = rows(table)
    assert row.label == "Mexican American − Non-Hispanic White"
    assert [cell.value for cell in row.cells] == [0.5, (0.3, 0.7), 0.01]
    assert [column.label for column in table.columns] == ["Difference", "95% CI", "p"]


def test_a_ratio_is_the_exponential(build, logistic):
    """Exponentiated, a difference of log odds is an odds ratio, and is called one."""
    table = build([logistic], {"smoke": computed(margin(PAIR))}, exponentiate=True)
    (row,) = rows(table)
    assert row.label == "Mexican American / Non-Hispanic White"
    assert row.cells[0].value == pytest.approx(1.6487212707)
    assert row.cells[0].role == "ratio"
    assert table.columns[0].label == "Odds ratio"


def test_a_ratio_of_probabilities_is_a_risk_ratio(build, logistic):
    """On the scale of the outcome the ratio is of probabilities, not of odds."""
    answers = {"smoke": computed(margin(PAIR))}
    table = build([logistic], answers, exponentiate=True, type="response")
    assert table.columns[0].label == "Risk ratio"


def test_the_scale_of_differences_is_said(build, logistic):
    """Log odds look like anything; probabilities are named as such."""
    answers = {"smoke": computed(margin(PAIR))}
    assert (
        "Differences are on the scale of the linear predictor." in build([logistic], answers).notes
    )
    response = build([logistic], answers, type="response")
    assert "Differences of probabilities." in response.notes
    assert any("population-averaged" in note for note in response.notes)


def test_groups_of_rows_stand_below_their_value(build, gee):
    """With `by` a header row for each value, named with its variable."""
    margins = [margin(PAIR, at={"RIAGENDRx": sex}) for sex in ("Female", "Male")]
    table = build([gee], {gee.id: computed(*margins)}, by=("RIAGENDRx",))
    assert [(row.label, row.header, row.indent) for row in rows(table)] == [
        ("Sex: Female", True, 0),
        ("Mexican American − Non-Hispanic White", False, 1),
        ("Sex: Male", True, 0),
        ("Mexican American − Non-Hispanic White", False, 1),
    ]


@pytest.mark.parametrize(
    ("adjust", "said"),
    [
        (None, "p values are not adjusted for the 2 comparisons."),
        ("tukey", "p values and intervals are adjusted for the 2 comparisons by Tukey’s method."),
        (
            "holm",
            HOLM,
        ),
    ],
)
def test_multiplicity_is_never_silent(build, gee, adjust, said):
    """Whether and how several comparisons were allowed for stands below the table."""
    answers = {gee.id: computed(margin(PAIR), margin(OTHER))}
    assert said in build([gee], answers, adjust=adjust).notes


def test_other_comparisons_have_names(build, gee):
    """Trends, deviations from the mean, the author's own, differences of differences."""
    answers = {
        gee.id: computed(
            margin(Compared(name="linear")),
            margin(Compared(name="power 4")),
            margin(Compared({"RIDRETH1": "2"}, name="rest")),
            margin(Compared(name="custom", label="Hispanic or not")),
            margin((Compared({"RIAGENDRx": "Male"}, {"RIAGENDRx": "Female"}), PAIR)),
        )
    }
    assert [row.label for row in rows(build([gee], answers))] == [
        "Linear trend",
        "Trend of degree 4",
        "Other Hispanic − mean of all",
        "Hispanic or not",
        "Male − Female, Mexican American − Non-Hispanic White",
    ]


def test_models_side_by_side_keep_to_their_rows(build, gee, ols):
    """A comparison that a model does not have is blank there."""
    answers = {gee.id: computed(margin(PAIR)), ols.id: computed(margin(PAIR), margin(OTHER))}
    table = build([gee, ols], answers)
    first, second = rows(table)
    assert [cell.empty for cell in second.cells[:3]] == ["absent"] * 3
    assert second.cells[3].value == 0.5
    assert {column.spanner for column in table.columns} == {"GEE", "OLS"}
    assert first.cells[0].value == 0.5


def test_a_failed_computation_is_said_at_its_column(build, gee, ols):
    """One model that gives nothing does not take the table away."""
    wrong = failed("contrasts", "no-covariance", "the covariance is not known")
    table = build([gee, ols], {gee.id: wrong, ols.id: computed(margin(PAIR))})
    assert rows(table)[0].cells[0].empty == "failed"
    assert table.columns[0].mark == "a"
    assert table.marks["a"] == "GEE: the covariance is not known."


def test_nothing_at_all_leaves_the_table_out(build, gee):
    """Where no model gives a number the reason stands in the table's place."""
    wrong = failed("contrasts", "no-covariance", "the covariance is not known")
    with pytest.raises(FitError, match="the covariance is not known"):
        build([gee], {gee.id: wrong})


def test_extrapolation_is_marked(build, gee):
    """A warning of the computation stands at the model's numbers."""
    note = Note("warning", "extrapolation", "Age is asked for at a value beyond the data")
    table = build([gee], {gee.id: computed(margin(PAIR), notes=(note,))})
    assert table.marks == {"a": "Age is asked for at a value beyond the data."}


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"of": ()}, "no-covariate"),
        ({"by": ("RIDRETH1",)}, "covariate-twice"),
        ({"at": {"RIDAGEYR": (20, 40)}}, "many-values"),
        ({"method": "interaction"}, "one-covariate"),
        ({"reference": "1"}, "reference"),
        ({"adjust": "dunnett"}, "adjust"),
        ({"adjust": "tukey", "method": "eff"}, "adjust"),
        ({"weights": {"odd": (1.0, 1.0)}}, "no-contrast"),
        ({"weights": {"odd": {"1": 1.0, "2": -1.0}}, "method": "eff"}, "two-methods"),
        ({"columns": ("p", "p")}, "column-twice"),
    ],
)
def test_keys_that_make_no_sense(options, code):
    """Told without any data."""
    given = Contrasts.Options(**{"models": ("a",), "of": ("RIDRETH1",), **options})
    assert code in [problem.code for problem in Contrasts().check(given)]


def test_the_numbers_are_asked_of_models_that_have_any(make_context, gee, ols):
    """A failed model is asked nothing; every key reaches the computation."""
    gone = replace(ols, result=replace(ols.result, status="failed"))
    options = Contrasts.Options(
        models=(gee.id, ols.id), of=("RIDRETH1",), adjust="holm", type="response",
        exponentiate=True, at={"RIDAGEYR": (40,)},
    )  # fmt: skip
    asked = Contrasts().requests(options, make_context(gee, gone))
    assert list(asked) == [gee.id]
    request = asked[gee.id]
    assert (request.kind, request.of) == ("contrasts", gee.id)
    assert request.options["scale"] == "log_response"
    assert request.options["at"] == {"RIDAGEYR": (40,)}
