"""Models of several equations: each a block of rows of its own, in tables and in forest plots."""

from __future__ import annotations

import pytest

from reportgen.blocks.plots.forest import Forest
from reportgen.blocks.tables.compare import Compare
from reportgen.blocks.tables.icc import Icc
from reportgen.blocks.tables.model import Model as ModelTable
from reportgen.blocks.terms import term_rows, titled
from reportgen.core.types import Coef, Equation, Method, Note, Term

COUNT = Method("ml", "nonrobust", family="poisson", link="log", scale="rate_ratio")
ORDERED = Method("ml", "nonrobust", family="ordered", link="logit", scale="odds_ratio")
PROBIT = Method("ml", "nonrobust", family="ordered", link="probit")


def coef(estimate, se=0.1):
    return Coef(estimate, se, estimate / se, None, 0.01, estimate - 0.2, estimate + 0.2)


def age(prefix="", equation=""):
    name = f"{prefix}RIDAGEYR"
    return Term(name, ("RIDAGEYR",), (name,), equation=equation)


def intercept(prefix="", equation=""):
    name = f"{prefix}Intercept"
    return Term(name, (), (name,), "intercept", equation=equation)


@pytest.fixture
def poisson(make_model):
    terms = (intercept(), age())
    named = {"Intercept": coef(0.5), "RIDAGEYR": coef(0.1)}
    return make_model("poisson", terms=terms, coef=named, method=COUNT, outcome="smq")


@pytest.fixture
def inflated(make_model):
    """Zero-inflated counts: the zeros of the excess have an equation of their own."""
    terms = (
        intercept("inflate_", "inflate"), age("inflate_", "inflate"), intercept(), age(),
        Term("alpha", (), ("alpha",), "dispersion", equation="dispersion"),
    )  # fmt: skip
    named = {name: coef(0.2 * place) for place, term in enumerate(terms) for name in term.coefs}
    equations = {
        "": Equation("count", scale="rate_ratio"),
        "inflate": Equation("inflate", "inflate_", "odds_ratio"),
        "dispersion": Equation("dispersion"),
    }
    return make_model(
        "zip", terms=terms, coef=named, method=COUNT, equations=equations, outcome="smq"
    )


@pytest.fixture
def multinomial(make_model):
    """Two levels of sex's stand-in against a third."""
    terms = tuple(make(f"RIDRETH1={level}:", level) for level in "23" for make in (intercept, age))
    named = {term.coefs[0]: coef(0.3) for term in terms}
    equations = {
        level: Equation("outcome", f"RIDRETH1={level}:", "odds_ratio", level, "1") for level in "23"
    }
    return make_model(
        "races", terms=terms, coef=named, method=Method("ml", "nonrobust", link="logit"),
        equations=equations, outcome="RIDRETH1",
    )  # fmt: skip


def blocks(table):
    return {block.title: [row.label for row in block.rows] for block in table.blocks if block.rows}


def test_each_equation_is_a_block(inflated, make_context):
    """Counts, excess zeros and the dispersion stand apart, each with its intercept last."""
    table = ModelTable().build(ModelTable.Options(models=("zip",)), make_context(inflated))
    found = blocks(table)
    assert list(found)[:3] == ["Counts", "Excess zeros", "Dispersion"]
    assert found["Counts"] == ["Age (years)", "Intercept"]
    assert found["Excess zeros"] == ["Age (years)", "Intercept"]
    assert found["Dispersion"] == ["Dispersion α"]


def test_counts_of_two_models_share_their_rows(poisson, inflated, make_context):
    """The main equation of one model stands beside the counts of the other."""
    rows = term_rows([poisson, inflated], make_context())
    first = rows[0]
    assert first.coefs == {"poisson": "RIDAGEYR", "zip": "RIDAGEYR"}
    assert [row.full for row in rows if row.kind == "intercept"] == [
        "Intercept", "Excess zeros: Intercept",
    ]  # fmt: skip


def test_a_block_says_what_its_ratios_are(inflated, make_context):
    """Rate ratios and odds ratios in one column are told apart; a dispersion is none."""
    options = ModelTable.Options(models=("zip",), exponentiate=True)
    table = ModelTable().build(options, make_context(inflated))
    assert [block.title for block in table.blocks][:3] == [
        "Counts (rate ratio)", "Excess zeros (odds ratio)", "Dispersion (not exponentiated)",
    ]  # fmt: skip
    assert table.columns[0].label == "Ratio"
    (alpha,) = (row for block in table.blocks for row in block.rows if row.label == "Dispersion α")
    assert (alpha.cells[0].role, alpha.cells[0].value) == ("estimate", 0.8)


def test_levels_of_the_outcome(multinomial, make_context):
    """An equation for a level says which level it is compared with."""
    table = ModelTable().build(ModelTable.Options(models=("races",)), make_context(multinomial))
    assert list(blocks(table))[:2] == [
        "Other Hispanic, against Mexican American",
        "Non-Hispanic White, against Mexican American",
    ]


def test_terms_are_chosen_by_their_plain_names(multinomial, make_context):
    """`terms: [RIDAGEYR]` means age in every equation."""
    options = ModelTable.Options(models=("races",), terms=("RIDAGEYR",))
    table = ModelTable().build(options, make_context(multinomial))
    assert [rows for rows in blocks(table).values()][:2] == [["Age (years)"]] * 2


def test_thresholds_lie_between_levels(make_model, make_context):
    """A threshold is called by the two levels it lies between, and is not exponentiated."""
    levels = {"1": "1/2", "2": "2/3"}
    terms = (
        age(),
        Term("thresholds", ("RIDRETH1",), ("1/2", "2/3"), "threshold", levels, "3", "threshold"),
    )
    named = {"RIDAGEYR": coef(0.1), "1/2": coef(-1.0), "2/3": coef(1.0)}
    model = make_model(
        "ordered", terms=terms, coef=named, method=ORDERED, outcome="RIDRETH1",
        equations={"threshold": Equation("threshold")},
    )  # fmt: skip
    options = ModelTable.Options(models=("ordered",), exponentiate=True)
    table = ModelTable().build(options, make_context(model))
    assert table.blocks[0].rows[0].cells[0].role == "ratio"
    assert table.blocks[1].title == "Thresholds (not exponentiated)"
    assert [row.label for row in table.blocks[1].rows] == [
        "Mexican American | Other Hispanic", "Other Hispanic | Non-Hispanic White",
    ]  # fmt: skip
    assert table.blocks[1].rows[0].cells[0].value == -1.0


@pytest.mark.parametrize(
    ("method", "speaks"),
    [(ORDERED, "an odds ratio above 1"), (PROBIT, "an estimate above 0 speaks")],
)
def test_an_ordered_outcome_says_which_way_it_points(method, speaks, make_model, make_context):
    """From which level to which estimates above 0 lead, in tables and below a forest plot; levels
    of the outcome are not what a correlation is given.
    """
    levels = {"1": "1/2", "2": "2/3"}
    cuts = Term("thresholds", ("RIDRETH1",), ("1/2", "2/3"), "threshold", levels, "3", "threshold")
    model = make_model(
        "ordered", terms=(age(), cuts), method=method, outcome="RIDRETH1", icc=0.1,
        coef={"RIDAGEYR": coef(0.1), "1/2": coef(-1.0), "2/3": coef(1.0)},
        equations={"threshold": Equation("threshold")},
    )  # fmt: skip
    context, chosen = make_context(model), {"models": ("ordered",)}
    found = [
        ModelTable().build(ModelTable.Options(**chosen), context),
        Compare().build(Compare.Options(**chosen), context),
        Forest().build(Forest.Options(**chosen), context),
    ]
    for each in found:
        (note,) = (note for note in each.notes if speaks in note)
        assert "rise from Mexican American to Non-Hispanic White" in note
    table = Icc().build(Icc.Options(**chosen), context)
    assert [row.cells[0].value for block in table.blocks for row in block.rows] == ["age"]


def test_a_forest_has_a_heading_for_each_equation(inflated, make_context):
    """Effects of both equations, no dispersion; the data name the equation."""
    figure = Forest().build(Forest.Options(models=("zip",)), make_context(inflated))
    assert [row[0] for row in figure.rows] == ["Age (years)", "Excess zeros: Age (years)"]


def test_titles_stand_above_the_rows_of_their_equations(poisson, inflated, make_context):
    """A plot's rows begin with the title of each equation that has one."""
    context = make_context()
    models = (poisson, inflated)
    rows = titled(term_rows(models, context), models, context)
    assert [row.label for row in rows if row.kind == "equation"] == [
        "Counts", "Excess zeros", "Dispersion",
    ]  # fmt: skip


def test_a_finding_about_a_coefficient_stands_at_its_number(ols, make_context, make_model):
    """A withheld number is a dash with the letter of its reason; the model's name bears none."""
    from dataclasses import replace

    note = Note("warning", "separation", "no row with it has the event", ("BMXBMI",))
    result = replace(ols.result, notes=(note,), coef={**ols.result.coef, "BMXBMI": Coef(None)})
    model = replace(ols, result=result)
    table = Compare().build(Compare.Options(models=("sbp_ols",)), make_context(model))
    (row,) = (row for row in table.blocks[0].rows if row.label.startswith("Body mass"))
    assert (row.cells[0].empty, row.cells[0].mark) == ("undefined", "a")
    assert table.marks == {"a": "No row with it has the event."}
    assert table.columns[0].mark == ""
