"""`table: compare`: structure and exact raw values."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from reportgen.blocks.tables.compare import Compare
from reportgen.core.document import Cell, Column
from reportgen.core.errors import SpecError
from reportgen.core.types import Coef, Method, Term

BLOCK = Compare()


@pytest.fixture
def build(make_context):
    """The table of given models with given options."""

    def build(*models, **options):
        given = Compare.Options(models=tuple(model.id for model in models), **options)
        assert list(BLOCK.check(given)) == []
        return BLOCK.build(given, make_context(*models))

    return build


def rows_of(table, name):
    block = next(block for block in table.blocks if block.name == name)
    return {row.label: row for row in block.rows}


def values(row):
    return [cell.value if cell.empty is None else cell.empty for cell in row.cells]


# ── the case study's table ───────────────────────────────────────────────────────────────────


def test_columns_stand_under_their_model(build, ols, gee):
    """A spanner a model, its columns below, the ratio of standard errors last."""
    table = build(ols, gee, columns=("estimate", "se"), ratio="se")
    assert table.columns == (
        Column("Estimate", "estimate", "OLS"),
        Column("SE", "se", "OLS"),
        Column("Estimate", "estimate", "GEE"),
        Column("SE", "se", "GEE"),
        Column("SE ratio", "se_ratio"),
    )
    assert table.caption == "Systolic blood pressure (mmHg): OLS and GEE"
    assert table.abbreviations == ("GEE", "OLS", "SE")


def test_a_row_holds_full_precision(build, ols, gee):
    """Raw numbers with the standard error that governs their decimals; the ratio is theirs."""
    table = build(ols, gee, columns=("estimate", "se"), ratio="se")
    cells = rows_of(table, "coefficients")["Age (years)"].cells
    first, second = 0.012901309770248462, 0.0184933469969113
    assert cells == (
        Cell(0.47869867493277646, "estimate", error=first),
        Cell(first, "se", error=first),
        Cell(0.47410079514854736, "estimate", error=second),
        Cell(second, "se", error=second),
        Cell(second / first, "se_ratio"),
    )


def test_a_category_shows_its_reference(build, ols, gee):
    """A header without cells, indented levels, the reference named once a model, else blank."""
    rows = rows_of(build(ols, gee, columns=("estimate", "se"), ratio="se"), "coefficients")
    assert rows["Sex"].header
    assert rows["Sex"].cells == ()
    assert rows["Female"].indent == rows["Male"].indent == 1
    assert values(rows["Female"]) == ["reference", None, "reference", None, None]
    assert list(rows)[-1] == "Intercept"


def test_fit_rows_of_the_case_study(build, ols, gee):
    """What one model does not define is undefined; what only one defines compares nothing."""
    rows = rows_of(build(ols, gee, columns=("estimate", "se")), "fit")
    assert {label: values(row)[::2] for label, row in rows.items()} == {
        "Observations": [5102, 5102],
        "Clusters (size)": ["undefined", "30 (106–226)"],
        "Intraclass correlation": ["undefined", 0.013459737656620816],
        "Standard errors": ["model-based", "robust"],
    }
    assert values(rows["Observations"])[1::2] == [None, None]


def test_what_all_share_is_a_sentence(build, independent, correlated):
    """Estimator and kind of standard error are said once, below the table."""
    table = build(independent, correlated)
    assert "Fitted by restricted maximum likelihood." in table.notes
    assert "Standard errors: observed information." in table.notes
    assert "Clusters: masked variance unit." in table.notes
    assert "Standard errors" not in rows_of(table, "fit")


# ── terms that not every model has ───────────────────────────────────────────────────────────


def test_rows_are_the_union_in_order(build, ols, independent):
    """A term of the second model stands where its own model has it; elsewhere it is absent."""
    table = build(ols, independent, columns=("estimate",))
    rows = rows_of(table, "coefficients")
    assert list(rows)[:5] == [
        "Age (years)",
        "Age centred within cluster (years)",
        "Sex",
        "Female",
        "Male",
    ]
    assert values(rows["Age (years)"])[1] == "absent"
    assert values(rows["Mexican American"]) == ["reference", "absent"]


def test_random_effects_have_their_own_block(build, ols, correlated):
    """Variances, residual variance and correlation; a model without them has blanks."""
    table = build(ols, correlated, columns=("estimate", "se", "p"))
    assert [block.name for block in table.blocks] == ["coefficients", "random", "fit"]
    rows = rows_of(table, "random")
    assert {label: values(row)[3] for label, row in rows.items()} == {
        "Variance: masked variance unit (intercept)": 8.654880263630595,
        "Variance: slope of age centred within cluster (years)": 0.004158347009597047,
        "Variance: residual": 255.4,
        "Correlation: intercept, age centred within cluster (years)": 0.6273679,
    }
    for row in rows.values():
        assert values(row)[:3] == ["absent"] * 3
        assert values(row)[5] == "undefined"


def test_a_failed_model_keeps_its_columns(build, ols, broken):
    """Where its numbers would be it failed; the note says why, with a letter on its column."""
    table = build(broken, ols, columns=("estimate",))
    rows = rows_of(table, "coefficients")
    assert values(rows["Age (years)"])[0] == "failed"
    assert values(rows["Female"]) == [None, "reference"]
    assert values(rows_of(table, "fit")["Observations"]) == ["failed", 5102]
    assert [column.mark for column in table.columns] == ["a", ""]
    assert table.marks == {
        "a": "Broken could not be fitted: the design is rank deficient: `x` repeats `z`."
    }


def test_all_models_failed(build, broken):
    """The table still stands, and says so."""
    table = build(broken)
    assert [block.name for block in table.blocks] == ["fit"]
    assert table.marks


def test_a_warning_marks_the_column(build, independent, correlated):
    """A finding that weakens a number is printed with the number."""
    table = build(independent, correlated)
    assert [column.mark for column in table.columns] == ["", "", "a", ""]
    assert table.marks == {"a": "The estimate may be on the boundary."}


def test_what_is_not_defined_is_undefined(build, make_model):
    """A coefficient without a standard error has no interval and no p either."""
    term = Term("RIDAGEYR", ("RIDAGEYR",), ("RIDAGEYR",))
    model = make_model("m", terms=(term,), coef={"RIDAGEYR": Coef(1.0)})
    table = build(model, columns=("estimate", "se", "ci", "p", "statistic", "df"))
    row = rows_of(table, "coefficients")["Age (years)"]
    assert values(row) == [1.0, *["undefined"] * 5]


# ── ratios ───────────────────────────────────────────────────────────────────────────────────


def test_exponentials_are_named_and_exact(build, smoke_glm):
    """Odds ratio, limits and the standard error exp(b)·SE by the delta method; intercept too."""
    table = build(smoke_glm, columns=("estimate", "se", "ci"), exponentiate=True)
    assert [(column.label, column.role) for column in table.columns] == [
        ("Odds ratio", "ratio"),
        ("SE", "ratio_se"),
        ("95% CI", "ratio_ci"),
    ]
    b, se = 0.9095967779981022, 0.060166714321882135
    estimate, error, interval = rows_of(table, "coefficients")["Male"].cells
    assert estimate.value == pytest.approx(2.4833, abs=1e-4)
    assert (estimate.value, estimate.role, estimate.error) == (math.exp(b), "ratio", se)
    assert error.value == pytest.approx(math.exp(b) * se, rel=1e-15)
    assert interval.value == pytest.approx((math.exp(b - 1.96 * se), math.exp(b + 1.96 * se)))
    assert rows_of(table, "coefficients")["Intercept"].cells[0].value == math.exp(
        -2.305999135116038
    )


def test_a_ratio_too_large_is_no_number(build, make_model):
    """exp(800) is beyond a double: undefined, not an error and not infinity."""
    term = Term("RIDAGEYR", ("RIDAGEYR",), ("RIDAGEYR",))
    method = Method("glm", "nonrobust", "x", "binomial", "logit", "odds_ratio")
    coef = {"RIDAGEYR": Coef(800.0, 1.0, low=798.0, high=802.0)}
    table = build(make_model("m", terms=(term,), coef=coef, method=method), exponentiate=True)
    row = rows_of(table, "coefficients")["Age (years)"]
    assert values(row) == ["undefined", "undefined"]


@pytest.mark.parametrize(("exponentiate", "notes"), [(True, 1), ("auto", 0), (False, 0)])
def test_a_link_without_ratios_stays_linear(exponentiate, notes, build, ols, smoke_glm):
    """Only a scale that has a name is exponentiated; `auto` says nothing about the others."""
    table = build(ols, smoke_glm, columns=("estimate",), exponentiate=exponentiate)
    assert table.columns[0].label == "Estimate"
    assert table.columns[1].label == ("Odds ratio" if exponentiate else "Estimate")
    assert sum("not exponentiated" in note for note in table.notes) == notes


def test_population_and_cluster_are_told_apart(build, smoke_glm, smoke_gee, smoke_mixed):
    """Odds ratios of a multilevel model and of GEE differ by construction; the note says which."""
    both = build(smoke_glm, smoke_gee, smoke_mixed, exponentiate=True)
    assert any(
        "population-averaged in GEE and cluster-specific in Random intercept" in note
        for note in both.notes
    )
    one = build(smoke_glm, smoke_gee, exponentiate=True)
    assert not any("population-averaged" in note for note in one.notes)


def test_whom_cluster_specific_estimates_compare(build, smoke_glm, smoke_mixed):
    """A multilevel model beside none that averages: its estimates are said to be cluster-specific;
    where it averages over its random effects, that is said instead.
    """
    table = build(smoke_glm, smoke_mixed, exponentiate=True)
    assert any("cluster-specific (Random intercept)" in note for note in table.notes)
    method = replace(smoke_mixed.result.method, target="population")
    averaged = replace(smoke_mixed, result=replace(smoke_mixed.result, method=method))
    notes = build(smoke_glm, averaged, exponentiate=True).notes
    assert any("averaged over its random effects" in note for note in notes)
    assert not any("cluster-specific" in note for note in notes)


def test_withheld_variances_are_not_absent(build, smoke_mixed):
    """Beside a model that has the variance, one that withholds its own shows a dash."""
    kept = replace(smoke_mixed.result, variance={})
    table = build(smoke_mixed, replace(smoke_mixed, id="other", label="Mode", result=kept))
    cells = rows_of(table, "random")["Variance: masked variance unit (intercept)"].cells
    assert [cell.empty for cell in cells[2:]] == ["undefined", "undefined"]


def test_ratios_of_several_models_have_a_spanner(build, ols, gee, mixed):
    """With three models each later one is compared with the first, and the column says so."""
    table = build(ols, gee, mixed, columns=("se",), ratio="se")
    assert table.columns[3:] == (
        Column("GEE to OLS", "se_ratio", "SE ratio"),
        Column("Random intercept to OLS", "se_ratio", "SE ratio"),
    )
    rows = rows_of(table, "random")
    assert values(rows["Variance: residual"])[3:] == [None, None]


def test_the_ratio_is_of_the_linear_scale(build, smoke_glm, smoke_gee):
    """Exponentiated or not, the standard errors compared are those of the coefficients."""
    table = build(smoke_glm, smoke_gee, columns=("se",), ratio="se", exponentiate=True)
    cell = rows_of(table, "coefficients")["Male"].cells[-1]
    assert cell.value == 0.062342108717526774 / 0.060166714321882135


def test_a_ratio_needs_two(build, ols):
    """`ratio` with one model is an error at its key."""
    with pytest.raises(SpecError) as caught:
        build(ols, ratio="se")
    assert caught.value.problems[0].path == ("ratio",)


# ── notes ────────────────────────────────────────────────────────────────────────────────────


def test_different_rows_are_told(build, ols, smoke_glm, gee):
    """Columns that rest on different observations say so; equal ones are silent."""
    assert any("OLS: 5,102, GLM: 5,093" in note for note in build(ols, smoke_glm).notes)
    assert not any("different observations" in note for note in build(ols, gee).notes)


def test_a_criterion_that_does_not_exist_names_its_substitute(build, gee, mixed):
    """AIC of GEE: undefined, the note names QIC; of a restricted likelihood: the note names ML."""
    table = build(gee, mixed, stats=("aic",))
    assert values(rows_of(table, "fit")["AIC"])[::2] == ["undefined", "undefined"]
    assert any(note.startswith("GEE: AIC") and "QIC" in note for note in table.notes)
    assert any(note.startswith("Random intercept: AIC") for note in table.notes)


def test_a_likelihood_offered_by_gee_is_not_printed(build, gee):
    """Even where a Result holds one."""
    offered = replace(gee, result=replace(gee.result, stats={"aic": 1.0, "llf": 1.0}))
    rows = rows_of(build(offered, stats=("llf", "aic")), "fit")
    assert [values(row)[0] for row in rows.values()] == ["undefined", "undefined"]


def test_the_event_is_named(build, smoke_glm):
    """Which value of the outcome the odds are of."""
    method = replace(smoke_glm.result.method, event="1")
    model = replace(smoke_glm, result=replace(smoke_glm.result, method=method))
    assert "The event is Ever smoker: 1." in build(model).notes


def test_the_working_correlation_is_named(build, ols, gee):
    """Though only one of the models has any."""
    assert "Working correlation within clusters: exchangeable." in build(ols, gee).notes


def test_the_author_speaks_first(build, ols):
    """A caption and a note of the author's own."""
    table = build(ols, caption="Mine", note="Weights were not used.")
    assert table.caption == "Mine"
    assert table.notes[0] == "Weights were not used."


# ── the choice of rows ───────────────────────────────────────────────────────────────────────


def test_terms_are_chosen_ordered_and_renamed(build, ols):
    """By column, term or coefficient; a level brings its header and reference; the rest is told."""
    table = build(
        ols,
        terms=("RIDAGEYR", "C(RIDRETH1)[T.4]"),
        order=("RIDRETH1",),
        rename={"RIDAGEYR": "Age", "C(RIDRETH1)[T.4]": "Black"},
    )
    labels = list(rows_of(table, "coefficients"))
    assert labels == ["Race/ethnicity", "Mexican American", "Black", "Age"]
    (note,) = (note for note in table.notes if note.startswith("Also in the models"))
    assert "Sex" in note
    assert "Race/ethnicity: Other Hispanic" in note
    assert "Intercept" in note


def test_an_unknown_term_is_an_error_at_its_place(build, ols):
    """All of them at once, each with its path and what was probably meant."""
    with pytest.raises(SpecError) as caught:
        build(ols, terms=("RIDAGEYR", "BMXBM"), rename={"SEX": "x"})
    first, second = caught.value.problems
    assert (first.path, first.hint) == (("terms", 1), "did you mean `BMXBMI`?")
    assert (second.path, second.key) == (("rename", "SEX"), True)


def test_statistics_are_chosen(build, ols, gee):
    """In their fixed order, whatever the order of asking."""
    table = build(ols, gee, stats=("qic", "n"))
    rows = rows_of(table, "fit")
    assert list(rows) == ["Observations", "QIC"]
    assert values(rows["QIC"])[::2] == ["undefined", 5119.6]
    assert [block.name for block in build(ols, stats=()).blocks] == ["coefficients"]


def test_equal_labels_do_not_merge_their_columns(build, gee, smoke_gee):
    """Two models called GEE stand under two spanners."""
    table = build(gee, smoke_gee, columns=("estimate",))
    assert [column.spanner for column in table.columns] == ["GEE [sbp_gee]", "GEE [smoke_gee]"]
    assert table.caption == "GEE [sbp_gee] and GEE [smoke_gee]"


def test_the_statistic_is_named_by_its_distribution(build, ols, gee):
    """t with degrees of freedom, z without."""
    table = build(ols, gee, columns=("statistic",))
    assert [column.label for column in table.columns] == ["t", "z"]


@pytest.mark.parametrize(
    ("options", "path"),
    [
        ({"models": ()}, ("models",)),
        ({"models": ("a",), "columns": ("se", "se")}, ("columns", 1)),
        ({"models": ("a",), "columns": ()}, ("columns",)),
    ],
)
def test_wrong_options_are_found_without_data(options, path):
    """Each with the path of the value at fault."""
    assert [problem.path for problem in BLOCK.check(Compare.Options(**options))] == [path]


# ── panels and stars ─────────────────────────────────────────────────────────────────────────


def stacked(make_context, *models, **options):
    given = Compare.Options(**options)
    assert list(BLOCK.check(given)) == []
    return BLOCK.build(given, make_context(*models))


def test_panels_stand_in_the_same_columns(make_context, ols, gee, smoke_glm, smoke_gee):
    """A title a panel, its own rows and statistics; models of one label share their spanner."""
    linear = replace(ols, label="GLM")
    table = stacked(
        make_context, linear, gee, smoke_glm, smoke_gee, columns=("estimate", "se"),
        panels={"Pressure": ("sbp_ols", "sbp_gee"), "Smoking": ("smoke_glm", "smoke_gee")},
    )  # fmt: skip
    assert [column.spanner for column in table.columns] == ["GLM", "GLM", "GEE", "GEE"]
    assert [block.title for block in table.blocks if block.title] == [
        "Panel A. Pressure", "Panel B. Smoking",
    ]  # fmt: skip
    assert [block.name for block in table.blocks] == ["coefficients", "fit"] * 2
    first, _, second, fit = table.blocks
    assert any(row.label.startswith("Body mass index") for row in first.rows)
    assert not any(row.label.startswith("Body mass index") for row in second.rows)
    age = next(row for row in second.rows if row.label == "Age (years)")
    assert age.cells[0].value == smoke_glm.result.coef["RIDAGEYR"].estimate
    events = next(row for row in fit.rows if row.label == "Events")
    assert [cell.value for cell in events.cells] == [2128, None, 2128, None]


def test_models_of_other_labels_are_numbered_and_named_in_each_panel(
    make_context, ols, gee, smoke_glm
):
    """What stands in a column is said in the panel; a panel of fewer models leaves cells blank."""
    table = stacked(
        make_context, ols, gee, smoke_glm, columns=("estimate", "p"), exponentiate="auto",
        panels={"Pressure": ("sbp_ols", "sbp_gee"), "Smoking": ("smoke_glm",)},
    )  # fmt: skip
    assert [column.spanner for column in table.columns] == ["(1)", "(1)", "(2)", "(2)"]
    assert table.columns[0].label == "Estimate"
    titles = [block.title for block in table.blocks if block.title]
    assert titles == ["Panel A. Pressure: Estimate", "Panel B. Smoking: Odds ratio"]
    assert values(table.blocks[0].rows[0]) == ["OLS", None, "GEE", None]
    assert values(table.blocks[2].rows[0]) == ["GLM", None, None, None]
    widths = {len(row.cells) for block in table.blocks for row in block.rows if row.cells}
    assert widths == {4}


def test_stars_only_when_asked(build, ols):
    """One, two or three beside the estimate, and what they mean below."""
    coef = dict(ols.result.coef)
    levels = (0.2, 0.04, 0.009, 0.0009)
    for name, p in zip(list(coef)[:4], levels, strict=True):
        coef[name] = replace(coef[name], p=p)
    model = replace(ols, result=replace(ols.result, coef=coef))
    assert not any(cell.mark for row in build(model).blocks[0].rows for cell in row.cells)
    table = build(model, columns=("se", "estimate"), stars=True)
    rows = rows_of(table, "coefficients")
    assert [rows[label].cells[1].mark for label in ("Intercept", "Age (years)")] == ["", "*"]
    assert rows["Body mass index (kg/m²)"].cells[1].mark == "***"
    assert table.notes[-1] == "* p < 0.05, ** p < 0.01, *** p < 0.001."


@pytest.mark.parametrize(
    ("options", "path"),
    [
        ({}, ("models",)),
        ({"models": ("a",), "panels": {"A": ("b",)}}, ("panels",)),
        ({"panels": {"A": ()}}, ("panels", "A")),
        ({"models": ("a",), "columns": ("se",), "stars": True}, ("stars",)),
    ],
)
def test_contradictory_options(options, path):
    """Both ways of naming models, or none; stars beside nothing."""
    assert [problem.path for problem in BLOCK.check(Compare.Options(**options))] == [path]


def test_a_ratio_needs_even_panels(make_context, ols, gee, smoke_glm, smoke_gee):
    """Each panel compares with its own first model."""
    panels = {"A": ("sbp_ols", "sbp_gee"), "B": ("smoke_glm",)}
    with pytest.raises(SpecError, match="only one"):
        stacked(make_context, ols, gee, smoke_glm, panels=panels, ratio="se")
    panels = {"A": ("sbp_ols", "sbp_gee", "smoke_gee"), "B": ("smoke_glm", "smoke_gee")}
    with pytest.raises(SpecError, match="as many models"):
        stacked(make_context, ols, gee, smoke_glm, smoke_gee, panels=panels, ratio="se")
