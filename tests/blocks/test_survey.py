"""How estimates of a survey are shown: no p, no null, the design in words."""

import pytest

from reportgen.blocks import PLOTS, TABLES
from reportgen.blocks.termtext import Texts
from reportgen.core.types import Coef, Method, Term, Variable

DETAILS = {
    "weights": "wt", "strata": "stratum", "psu": "group", "fpc": None, "lonely": "fail",
    "domain": None, "n_strata": 15, "n_units": 30, "df_design": 15, "outside": 0,
}  # fmt: skip


def mean(estimate, low, high):
    more = {"deff": 4.3337, "n": 5401.0}
    return Coef(estimate, 0.49, None, 15.0, None, low, high, "BPXSY1", more=more)


@pytest.fixture
def over(make_model):
    levels = {"Female": "BPXSY1|RIAGENDRx[Female]", "Male": "BPXSY1|RIAGENDRx[Male]"}
    term = Term("RIAGENDRx", ("RIAGENDRx",), tuple(levels.values()), "categorical", levels)
    return make_model(
        "over", label="Mean", kind="survey", outcome="BPXSY1", n=5401,
        method=Method("survey_mean", "linearized", groups="group", details=DETAILS),
        terms=(term,),
        coef={
            levels["Female"]: mean(121.78, 120.69, 122.88),
            levels["Male"]: mean(124.80, 123.63, 125.98),
        },
    )  # fmt: skip


def built(register, name, context, **options):
    kind = register.load(name)
    return kind.build(kind.Options(**options), context)


def test_a_table_of_estimates_has_no_p(over, make_context):
    """Where nothing is said: estimate, SE, interval, design effect, rows; levels below a header."""
    table = built(TABLES, "model", make_context(over), models=("over",))
    assert [column.label for column in table.columns] == ["Estimate", "SE", "95% CI", "Deff", "n"]
    header, female, male = table.blocks[0].rows
    assert (header.label, header.header) == ("Sex", True)
    assert [row.label for row in (female, male)] == ["Female", "Male"]
    assert [cell.value for cell in male.cells[3:]] == [4.3337, 5401.0]
    assert "Deff" in table.abbreviations


def test_the_design_is_told_in_words(over, make_context):
    """Strata, units, degrees of freedom and weights stand in the note."""
    table = built(TABLES, "model", make_context(over), models=("over",))
    assert "Estimates are weighted means." in table.notes
    design = "Design: 15 strata, 30 sampling units, 15 degrees of freedom, weights wt."
    assert design in table.notes


def test_two_designs_are_told_apart(over, make_model, make_context):
    """A design that not all models share is given with their names."""
    other = make_model(
        "plain", label="Plain", kind="survey", outcome="BPXSY1", n=5401, terms=over.result.terms,
        method=Method(
            "survey_mean", "linearized",
            details=DETAILS | {"strata": None, "psu": None, "weights": None, "n_units": 5401},
        ),
        coef=over.result.coef,
    )  # fmt: skip
    table = built(TABLES, "compare", make_context(over, other), models=("over", "plain"))
    assert (
        "Design of Plain: 5,401 rows as sampling units, 15 degrees of freedom, equal weights."
        in table.notes
    )


def test_a_forest_of_means_has_no_null(over, make_context):
    """The axis covers the estimates, not the way to zero, and says what they are."""
    figure = built(PLOTS, "forest", make_context(over), models=("over",))
    assert "Mean: systolic blood pressure (mmHg), 95% CI" in figure.alt
    assert [row[2] for row in figure.rows] == [121.78, 124.80]


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("bp|sex[1]|race[2]", "Blood pressure, Sex: Male, Race: Other"),
        ("quantile(bp, 0.5)", "Blood pressure, median"),
        ("quantile(bp, 0.025)|sex[1]", "Blood pressure, 2.5% quantile, Sex: Male"),
        ("ratio(bp, bmi)", "Blood pressure / bmi"),
        ("race[2]|sex[1]", "Race: Other, Sex: Male"),
    ],
)
def test_labels_of_estimates(words, name, label):
    """What is estimated, then where."""
    variables = {
        "bp": Variable("bp", "Blood pressure"),
        "sex": Variable("sex", "Sex", levels={"1": "Male"}),
        "race": Variable("race", "Race", levels={"2": "Other"}),
    }
    texts = Texts(lambda column: variables.get(column) or Variable(column, column), words)
    assert texts.coefficient(name) == label


def test_the_levels_alone_where_the_column_is_known(words):
    """One column's estimates are labelled by their domains; the caption names the column."""
    texts = Texts(lambda column: Variable(column, column), words)
    assert texts.domain("bp|sex[1]|race[2]", "bp") == "sex: 1, race: 2"
    assert texts.domain("bp|sex[1]", None) is None
    assert texts.domain("bp", "bp") is None
